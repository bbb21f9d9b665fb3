"""Transactions: writes to rows of one or several tables that happen together or not at all.

Each write names what it has seen of its row, so a write from stale knowledge fails whole; the caller then reads again
and tries again.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from functions.aws_errors import code_of
from functions.batch_get import back_off
from functions.errors import KinpicsError
from functions.table_rows import Row, attributes

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

MAX_ATTEMPTS = 20

# One of a transaction's items, as TransactWriteItems takes it.
Write = dict[str, Any]


class StaleRowError(KinpicsError):
    """The rows changed between reading and writing, again and again."""


def transact(
    client: "DynamoDBClient", writes: list[Write], attempt: int, tell_failed: Callable[[Write], None] | None = None
) -> bool:
    """Run a transaction; False when a condition no longer held or another transaction was at the same rows.

    ``attempt`` counts from 0: the pause before the next try grows with it. ``tell_failed`` is told of each write whose
    condition no longer held.
    """
    items = _one_check_a_row(writes)
    try:
        client.transact_write_items(TransactItems=cast("list[TransactWriteItemTypeDef]", items))
    except ClientError as error:
        if code_of(error) != "TransactionCanceledException":
            raise
        reasons = [reason.get("Code") for reason in error.response.get("CancellationReasons", [])]
        if not {*reasons} & {"ConditionalCheckFailed", "TransactionConflict", "ThrottlingError"}:
            raise
        for item, reason in zip(items, reasons, strict=False):
            if tell_failed and reason == "ConditionalCheckFailed":
                tell_failed(item)
        back_off(attempt)
        return False
    return True


def is_unchanged(row: Row, *names: str) -> Write:
    """The condition that a row is still there, with these attributes as they were read."""
    there = {name: row.source[name] for name in names if name in row.source}
    key = next(iter(attributes(type(row))))
    conditions = [f"attribute_exists({key})", *(f"{name} = :seen_{name}" for name in there)]
    conditions += [f"attribute_not_exists({name})" for name in names if name not in there]
    values = {f":seen_{name}": value for name, value in there.items()}
    return {
        "ConditionExpression": " AND ".join(conditions),
        **({"ExpressionAttributeValues": values} if values else {}),
    }


def _one_check_a_row(writes: list[Write]) -> list[Write]:
    """The same writes, with only the last check of each row: a transaction allows one operation per row."""
    checks = {
        (check["TableName"], *sorted(check["Key"].items())): write
        for write in writes
        if (check := write.get("ConditionCheck"))
    }
    return [write for write in writes if "ConditionCheck" not in write] + list(checks.values())
