"""Read many rows of DynamoDB by their keys, as fast as the table lets it.

A batch may leave keys out, mostly because the table's maximum of read units is reached. They are asked for again after
a growing pause.
"""

import itertools
import random
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from functions.errors import KinpicsError

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
MAX_KEYS = 100
# Lambda's own limit is far higher; the owner's commands may wait for a table that visitors keep busy.
PATIENCE_SECONDS = 60.0


class TableBusyError(KinpicsError):
    """DynamoDB kept leaving keys out; try again later."""


def batch_get(
    client: "DynamoDBClient",
    table: str,
    keys: Iterable[dict[str, str]],
    *,
    patience: float = PATIENCE_SECONDS,
    **options: Any,
) -> Iterator[Mapping[str, Any]]:
    """Items of ``table`` by ``keys``, in any order; missing ones are left out.

    ``client`` is the client of a boto3 DynamoDB *resource*, ``options`` are BatchGetItem's for a table. Raises
    ``TableBusyError`` where keys are left over after ``patience`` seconds of pauses.
    """
    left = list(keys)
    for start in range(0, len(left), MAX_KEYS):
        wanted: dict[str, Any] = {table: {"Keys": left[start : start + MAX_KEYS], **options}}
        waited = 0.0
        for attempt in itertools.count():
            response = client.batch_get_item(RequestItems=wanted)
            yield from response["Responses"].get(table, [])
            wanted = response.get("UnprocessedKeys") or {}
            if not wanted:
                break
            if waited >= patience:
                raise TableBusyError(f"DynamoDB is too busy to read all rows of {table}: try again later")
            waited += back_off(attempt)


def back_off(attempt: int) -> float:
    """Wait with full jitter; returns the seconds waited.

    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """
    seconds = random.uniform(0, min(2.0, 0.02 * 2**attempt))  # noqa: S311 - spreads retries, guards nothing
    time.sleep(seconds)
    return seconds
