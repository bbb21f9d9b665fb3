"""Table ``ledger``: how many paid calls a day has seen, and what searches have found.

Every paid call of Rekognition is counted before it is made, in one conditional write, so that no number of functions
at once goes beyond the day's ceiling. What a face search found is kept with the version of the collection it was found
in, and serves again until the collection changes; beyond the ceiling it serves even then.
"""

import json
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from boto3.dynamodb.types import Binary
from botocore.exceptions import ClientError

_DAY_SECONDS = 86_400
# Counters of past days are for the owner to look at (`kinpics doctor`).
_KEEP_COUNTS_SECONDS = 40 * _DAY_SECONDS
_KEEP_VISITORS_SECONDS = 2 * _DAY_SECONDS
_KEEP_ANSWERS_SECONDS = 90 * _DAY_SECONDS
# An answer given so soon after a change may not know of it yet: Rekognition promises no moment. It is kept for use
# beyond the ceiling alone.
_SETTLING_SECONDS = 10.0
_BEFORE_ANY_VERSION = -1


class CeilingReachedError(Exception):
    """The day's paid calls are used up; ``code`` says whose: the album's (CeilingReached) or a visitor's."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Found:
    """What a search has found: ``(face id, image id, similarity)``, best first."""

    matches: list[tuple[str, str, float]]
    # Seconds since 1970.
    moment: float
    is_current: bool


@dataclass(frozen=True)
class Recalled:
    """What the ledger knows of a search: an earlier answer, and what a new one is to be kept with."""

    found: Found | None
    version: int


@dataclass(frozen=True)
class Ledger:
    """One album's ledger. ``client`` is the client of a boto3 DynamoDB *resource*."""

    client: Any
    table: str
    clock: Callable[[], float] = time.time

    def count(self, purpose: str, ceiling: int) -> None:
        """Count a paid call for ``purpose`` (`index`, `search`). Raises ``CeilingReachedError``."""
        entry = f"calls/{purpose}/{self._today()}"
        if not self._add(entry, ceiling, _KEEP_COUNTS_SECONDS):
            raise CeilingReachedError(
                "CeilingReached",
                f"the {ceiling} paid Rekognition calls that this album makes in a day at most are used up; "
                "there are new ones after midnight UTC",
            )

    def count_visitor(self, identity_id: str, ceiling: int) -> None:
        """Count a paid search of one visitor, by Cognito identity. Raises ``CeilingReachedError``."""
        if not self._add(f"visitor/{self._today()}/{identity_id}", ceiling, _KEEP_VISITORS_SECONDS):
            raise CeilingReachedError(
                "AllowanceReached",
                f"a visitor can make {ceiling} searches a day; there are new ones after midnight UTC",
            )

    def counted(self, purpose: str) -> int:
        """Paid calls for ``purpose`` today."""
        response = self.client.get_item(TableName=self.table, Key={"entry": f"calls/{purpose}/{self._today()}"})
        return int(response.get("Item", {}).get("calls", 0))

    def changed(self, collection: str) -> None:
        """Note that a collection has other faces than before: answers kept until now are no longer current."""
        self.client.update_item(
            TableName=self.table,
            Key={"entry": f"collection/{collection}"},
            UpdateExpression="ADD #version :one SET changed_at = :now",
            ExpressionAttributeNames={"#version": "version"},
            ExpressionAttributeValues={":one": 1, ":now": int(self.clock())},
        )

    def recall(self, collection: str, search: str) -> Recalled:
        """What a search in a collection found before, and the collection's version now."""
        keys = [f"search/{collection}/{search}", f"collection/{collection}"]
        request: dict[str, Any] = {self.table: {"Keys": [{"entry": key} for key in keys]}}
        items: dict[str, dict] = {}
        while request:
            response = self.client.batch_get_item(RequestItems=request)
            items |= {item["entry"]: item for item in response["Responses"].get(self.table, [])}
            request = response.get("UnprocessedKeys") or {}
        state = items.get(keys[1], {})
        version = int(state.get("version", 0))
        is_settled = self.clock() - float(state.get("changed_at", 0)) >= _SETTLING_SECONDS
        kept = items.get(keys[0])
        found = kept and Found(
            [tuple(match) for match in json.loads(zlib.decompress(_bytes(kept["found"])))],
            float(kept["moment"]),
            int(kept["version"]) == version,
        )
        return Recalled(found or None, version if is_settled else _BEFORE_ANY_VERSION)

    def remember(self, collection: str, search: str, found: Found, version: int) -> None:
        """Keep what a search found in the ``version`` of the collection that `recall` gave before."""
        self.client.put_item(
            TableName=self.table,
            Item={
                "entry": f"search/{collection}/{search}",
                "found": Binary(zlib.compress(json.dumps(found.matches).encode())),
                "version": version,
                "moment": int(found.moment),
                "expires_at": int(self.clock()) + _KEEP_ANSWERS_SECONDS,
            },
        )

    def _add(self, entry: str, ceiling: int, keep_seconds: int) -> bool:
        """Count one on; False where the ceiling is reached."""
        try:
            self.client.update_item(
                TableName=self.table,
                Key={"entry": entry},
                UpdateExpression="ADD calls :one SET expires_at = :expires",
                ConditionExpression="(attribute_not_exists(calls) AND :ceiling > :none) OR calls < :ceiling",
                ExpressionAttributeValues={
                    ":one": 1,
                    ":none": 0,
                    ":ceiling": ceiling,
                    ":expires": int(self.clock()) + keep_seconds,
                },
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True

    def _today(self) -> str:
        return datetime.fromtimestamp(self.clock(), UTC).date().isoformat()


def _bytes(value: Any) -> bytes:
    return value.value if isinstance(value, Binary) else value
