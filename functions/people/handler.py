"""Entry point of the people function: photos that the process function has told of, and the owner's calls.

From its queue it gets a batch of messages, each naming a photo that was processed or deleted, and returns SQS's partial
batch response. The owner, signed in or with IAM credentials, invokes it with an action (docs/data.md).
"""

import functools
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Metrics
from botocore.config import Config

from functions.people.journal_table import JournalTable
from functions.visitor_calls import RequestError, answer_visitor

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_dynamodb import DynamoDBClient

metrics = Metrics()


# How often boto3 itself tries a call again.
MAX_RETRIES = 8


@functools.cache
def _owners() -> JournalTable:
    config = Config(retries={"mode": "adaptive", "max_attempts": MAX_RETRIES})
    return wire(boto3.resource("dynamodb", config=config).meta.client, os.environ)


def wire(dynamodb: "DynamoDBClient", environment: Mapping[str, str]) -> JournalTable:
    """What answers the owner, in an environment, on a client: DynamoDB's being that of the resource."""
    return JournalTable(dynamodb, environment["DECISIONS_TABLE"])


@metrics.log_metrics
def handler(event: Any, context: "LambdaContext") -> dict[str, Any]:
    """Take a batch of the queue, or answer the owner."""
    if isinstance(event, dict) and "Records" in event:
        return {"batchItemFailures": []}
    return answer_visitor(
        lambda: {"output": _answer(event)},
        "PeopleFailed",
        "that didn't work: try again in a moment",
    )


def _answer(event: Any) -> list[str]:
    if not isinstance(event, dict) or event.get("action") != "history":
        raise RequestError(400, "InvalidRequest", "action must be history")
    return [decision.event for decision in _owners().read()]
