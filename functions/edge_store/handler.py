"""Entry point of the edge store function.

It is called with changes of table ``access``, and by CloudFormation before the gate goes by a new store; whatever calls
it, it makes the store equal to the whole table. `kinpics doctor` only asks whether it is, with ``{"action":
"compare"}``: the answer is ``{"entries", "wrong"}``, how many there should be, and how many differ.
"""

import functools
import json
import os
import urllib.request
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger
from botocore.config import Config

from functions.access.access_table import AccessTable
from functions.access.edge_entries import entries
from functions.edge_store.entry_store import EntryStore, fitting

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()
_CONFIG = Config(retries={"mode": "standard", "max_attempts": 5})
_ANSWER_SECONDS = 10
COMPARE = "compare"


@functools.cache
def _access() -> AccessTable:
    return AccessTable(boto3.resource("dynamodb", config=_CONFIG).meta.client, os.environ["ACCESS_TABLE"])


@functools.cache
def _store() -> EntryStore:
    return EntryStore(boto3.client("cloudfront-keyvaluestore", config=_CONFIG), os.environ["EDGE_STORE"])


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, int] | None:
    """Bring the store up to date. A failure is raised, so that Lambda tries again; CloudFormation is told."""
    if event.get("action") == COMPARE:
        wanted = entries(_access().read_all())
        return {"entries": len(wanted), "wrong": _store().count_wrong(wanted)}
    if "RequestType" not in event:
        _update()
        return None
    try:
        # The store goes with the stack; there is nothing to take back.
        if event["RequestType"] != "Delete":
            _update()
    except Exception as error:
        logger.exception("the store could not be filled")
        _answer(event, "FAILED", f"{type(error).__name__}: see the log group of the edge store function")
    else:
        _answer(event, "SUCCESS")
    return None


def _update() -> None:
    wanted = entries(_access().read_all())
    kept = fitting(wanted)
    if len(kept) < len(wanted):
        logger.error("entries are too large for the store", count=len(wanted) - len(kept))
    logger.info("the store is up to date", entries=len(kept), changed=_store().make_equal(kept))


def _answer(event: dict[str, Any], status: str, reason: str = "") -> None:
    """Tell CloudFormation how it went, as it wants to know of its custom resources.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
    """
    names = ("StackId", "RequestId", "LogicalResourceId")
    body = {name: event[name] for name in names} | {
        "Status": status,
        "Reason": reason,
        "PhysicalResourceId": event["LogicalResourceId"],
    }
    # The signed address wants no content type.
    request = urllib.request.Request(  # noqa: S310 - CloudFormation's own address
        event["ResponseURL"], json.dumps(body).encode(), {"content-type": ""}, method="PUT"
    )
    with urllib.request.urlopen(request, timeout=_ANSWER_SECONDS):  # noqa: S310
        pass
