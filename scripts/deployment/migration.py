"""Move what an earlier release kept elsewhere; runs after each deployment, and in `kinpics reconcile`.

The first release kept forgotten people in a partition of table `matches`, and let visitors write their removal requests
there. Both are copied into tables of their own, then a row says so. Until then the process function reads both tables,
so that nobody is indexed again in between. The old rows of forgotten people are removed once no photo is being
processed, because a function of the first release may still be running.
"""

import re
import time
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from functions.aws_errors import is_condition_failed
from functions.face_collection import ALBUM_COLLECTION, is_face_id
from functions.forgotten_people import MOVED
from functions.removal.requests_table import KEPT_SECONDS
from functions.visitor_rows import FORGOTTEN, MAX_REQUEST_FACES, RemovalRequest
from scripts.common.stack import Stack

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]{8,15}Z", re.ASCII)


def migrate(stack: Stack) -> None:
    """Copy an earlier release's rows, unless that is done already."""
    table = stack.outputs.forgotten_table
    moved = {"kind": FORGOTTEN, "id": MOVED}
    if "Item" in stack.dynamodb.get_item(TableName=table, Key=moved, ConsistentRead=True):
        return
    for entry in stack.forgotten.list_first_rows():
        stack.dynamodb.put_item(TableName=table, Item=entry.to_item())
    _move_requests(stack)
    # Search results that the first release kept may name faces of forgotten people.
    stack.ledger.note_change(ALBUM_COLLECTION)
    stack.dynamodb.put_item(TableName=table, Item=moved)


def remove_old_rows(stack: Stack) -> None:
    """Remove the rows that were copied; call this only while no photo is being processed."""
    migrate(stack)
    for entry in stack.forgotten.list_first_rows():
        key = {"identity_id": FORGOTTEN, "kind": entry.id}
        stack.dynamodb.delete_item(TableName=stack.outputs.matches_table, Key=key)


def _move_requests(stack: Stack) -> None:
    """Move the requests that visitors wrote themselves, unless they have made a new one since."""
    matches = stack.outputs.matches_table
    pages = stack.dynamodb.get_paginator("scan").paginate(
        TableName=matches, FilterExpression="kind = :kind", ExpressionAttributeValues={":kind": "forget"}
    )
    for item in [item for page in pages for item in page["Items"]]:
        request = _cleaned(item)
        if request:
            try:
                stack.dynamodb.put_item(
                    TableName=stack.outputs.requests_table,
                    Item=request.to_item(),
                    ConditionExpression="attribute_not_exists(identity_id)",
                )
            except ClientError as error:
                if not is_condition_failed(error):
                    raise
        stack.dynamodb.delete_item(TableName=matches, Key={"identity_id": item["identity_id"], "kind": "forget"})


def _cleaned(item: dict[str, Any]) -> RemovalRequest | None:
    """A visitor's request without anything that doesn't belong in it; None if it names no face."""
    made_at, ids = item.get("made_at"), item.get("face_ids")
    face_ids = [entry for entry in ids if isinstance(entry, str) and is_face_id(entry)] if isinstance(ids, list) else []
    if not face_ids:
        return None
    now = time.time()
    is_moment = isinstance(made_at, str) and _MOMENT.fullmatch(made_at)
    return RemovalRequest(
        identity_id=item["identity_id"],
        made_at=str(made_at) if is_moment else datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds"),
        expires_at=int(now) + KEPT_SECONDS,
        face_ids=face_ids[:MAX_REQUEST_FACES],
    )
