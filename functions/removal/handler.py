"""Entry point of the removal function; its event and its answer are described in docs/data.md.

It does what few visitors ask for, and rarely: it takes removal requests, and keeps private addresses.
"""

import functools
import os
from typing import TYPE_CHECKING, Any

from botocore.config import Config

from functions.pace import Pace
from functions.people_queue import PeopleQueue
from functions.posted_table import PostedTable
from functions.removal.posted_addresses import PostedAddresses
from functions.removal.posted_call import FIELDS, parse_posted_call
from functions.removal.removal_request import parse_call
from functions.removal.requests_table import RemovalRequests
from functions.site_parts import SiteParts, boto3_clients
from functions.visitor_calls import answer_visitor, visitor_of

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

# Somebody waits for the answer, and the page tries again by itself.
_PATIENCE_SECONDS = 3.0
_pace = Pace()


@functools.cache
def _parts() -> SiteParts:
    clients = boto3_clients(Config(retries={"mode": "standard", "max_attempts": 3}))
    return SiteParts(os.environ, clients, patience=_PATIENCE_SECONDS)


@functools.cache
def _requests() -> RemovalRequests:
    parts = _parts()
    return RemovalRequests(
        client=parts.dynamodb,
        table=parts.environment["REQUESTS_TABLE"],
        faces=parts.faces(),
        ledger=parts.ledger,
        access=parts.access,
        images=parts.images,
    )


@functools.cache
def _addresses() -> PostedAddresses:
    return wire_addresses(_parts())


def wire_addresses(parts: SiteParts) -> PostedAddresses:
    """What keeps private addresses."""
    return PostedAddresses(
        table=PostedTable(parts.dynamodb, parts.environment["ACCESS_TABLE"], parts.clock),
        access=parts.access,
        faces=parts.faces(),
        images=parts.images,
        photos=parts.photos,
        ledger=parts.ledger,
        people=PeopleQueue(parts.sqs, parts.environment["QUEUE_URL"]),
        s3=parts.s3,
        site_bucket=parts.environment["SITE_BUCKET"],
    )


def handler(event: Any, context: "LambdaContext") -> dict[str, Any]:
    """Answer a visitor who makes a removal request or a private address, asks about it, or takes it back."""
    _pace.wait()
    if isinstance(event, dict) and event.get("action") in tuple(FIELDS):
        return answer_visitor(
            lambda: _addresses().answer(parse_posted_call(event), visitor_of(context)),
            "PostedFailed",
            "this can't be done right now: try again in a moment",
        )
    return answer_visitor(
        lambda: _requests().answer(parse_call(event), visitor_of(context)),
        "RemovalFailed",
        "the request can't be taken right now: try again in a moment",
    )
