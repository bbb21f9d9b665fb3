"""Table ``ledger``: how many paid calls a day has seen, and what searches have found.

Every paid call to Rekognition is counted before it is made, in one conditional write, so that no number of functions
at once goes beyond the day's ceiling. Removal requests and private addresses are counted the same way. A day's
searches, requests and addresses are released hour by hour, so that nobody uses up in one hour what everybody else
needs. The ledger keeps what a face search found, with the version of the collection it was found in. It serves again
until the collection changes, and beyond the ceiling even then.

The ceilings themselves are parameters of `template.yaml` (`DailySearches`, `VisitorDailySearches`,
`DailyIndexing`), but for those of removal requests and private addresses (`removal/`).
"""

import json
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.aws_errors import is_condition_failed
from functions.batch_get import PATIENCE_SECONDS, batch_get
from functions.errors import KinpicsError
from functions.ledger_rows import (
    KEEP_ANSWERS_DAYS,
    KEEP_COUNTS_DAYS,
    KEEP_VISITORS_DAYS,
    CollectionVersion,
    DailyCount,
    KeptAnswer,
)

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_DAY_SECONDS = 86_400
_HOUR_SECONDS = 3_600
_HOURS = 24
# The part of a day's searches or requests that may be used at any time; the rest is released hour by hour.
_BURST_SHARE = 4
_KEEP_COUNTS_SECONDS = KEEP_COUNTS_DAYS * _DAY_SECONDS
_KEEP_VISITORS_SECONDS = KEEP_VISITORS_DAYS * _DAY_SECONDS
_KEEP_ANSWERS_SECONDS = KEEP_ANSWERS_DAYS * _DAY_SECONDS
# Rekognition can take a few seconds to see a change, so an answer that comes this soon after one may be out of date. It
# is only used beyond the ceiling.
_SETTLING_SECONDS = 10.0
_BEFORE_ANY_VERSION = -1
# What is counted besides paid calls.
_ASKED = {
    "film": "films",
    "convert": "minutes of MediaConvert",
    "removal": "removal requests",
    "posted": "private addresses",
}


class CeilingReachedError(KinpicsError):
    """What the site has for a day is used up.

    ``until`` is when there are new ones (seconds since 1970); None where there never are.
    """

    def __init__(self, message: str, until: float | None):
        super().__init__(f"{message}; {_from(until)}")
        self.until = until


class AllowanceReachedError(CeilingReachedError):
    """What a visitor has for a day is used up; the others may have more."""


def allowed_by(ceiling: int, moment: float) -> int:
    """How many of a day's ``ceiling`` searches, or requests, may have been made by ``moment`` (seconds since 1970).

    A quarter at any time; of the rest, each hour (UTC) adds its share, whatever was made before.
    """
    burst = ceiling // _BURST_SHARE
    begun = int(moment % _DAY_SECONDS // _HOUR_SECONDS) + 1
    return burst + -(-(ceiling - burst) * begun // _HOURS)


def next_allowed(ceiling: int, moment: float) -> float | None:
    """When more searches will be allowed than at ``moment``; None for never."""
    hour = moment // _HOUR_SECONDS * _HOUR_SECONDS
    allowed = allowed_by(ceiling, moment)
    for later in (hour + number * _HOUR_SECONDS for number in range(1, _HOURS + 1)):
        if ceiling and (later % _DAY_SECONDS == 0 or allowed_by(ceiling, later) > allowed):
            return later
    return None


def _from(moment: float | None) -> str:
    if moment is None:
        return "none are allowed at all"
    return f"new ones from {datetime.fromtimestamp(moment, UTC):%H:%M} UTC"


# Face id, `photo_ref` of its photo, similarity.
FaceHit = tuple[str, str, float]


@dataclass(frozen=True)
class Found:
    """What a search has found, best match first."""

    matches: list[FaceHit]
    # Seconds since 1970.
    moment: float
    is_current: bool


@dataclass(frozen=True)
class Recalled:
    """What the ledger knows of a search: an earlier answer, and the version to keep a new answer under."""

    found: Found | None
    version: int


@dataclass(frozen=True)
class Ledger:
    """One site's ledger. ``client`` is the client of a boto3 DynamoDB *resource*.

    ``patience`` is how many seconds reads may wait for a busy table; then they raise ``TableBusyError``.
    """

    client: "DynamoDBClient"
    table: str
    clock: Callable[[], float] = time.time
    patience: float = PATIENCE_SECONDS

    def count(self, purpose: str, ceiling: int, number: int = 1) -> None:
        """Count a paid call for ``purpose``, of ``ceiling`` a day, or so many. Raises ``CeilingReachedError``."""
        self._count(purpose, ceiling, self._midnight() if ceiling >= number else None, number)

    def count_search(self, ceiling: int, visitor: str | None = None, visitor_ceiling: int = 0) -> None:
        """Count a paid search against the daily ``ceiling``, released hour by hour, and the ``visitor_ceiling``.

        ``visitor`` is a Cognito identity, None for the owner. Raises ``CeilingReachedError`` or ``TableBusyError``.
        """
        own = f"visitor/{self._today()}/{visitor}" if visitor else None
        self._count_by_hour("search", ceiling, own, visitor_ceiling)

    def count_removal(self, ceiling: int, visitor: str, visitor_ceiling: int) -> None:
        """Count a visitor's removal request as `count_search` counts a search; raises the same."""
        self._count_by_hour("removal", ceiling, f"{self._calls('removal')}/{visitor}", visitor_ceiling)

    def count_posted(self, ceiling: int, visitor: str, visitor_ceiling: int) -> None:
        """Count a visitor's new private address likewise; raises the same."""
        self._count_by_hour("posted", ceiling, f"{self._calls('posted')}/{visitor}", visitor_ceiling)

    def read_count(self, purpose: str) -> int:
        """Paid calls for ``purpose`` today."""
        item = self.client.get_item(TableName=self.table, Key={"entry": self._calls(purpose)}).get("Item")
        return (DailyCount.from_item(item).calls or 0) if item else 0

    def note_change(self, collection: str) -> None:
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
        entries = [f"search/{collection}/{search}", f"collection/{collection}"]
        kept_row, state_row = self._read(entries)
        kept, state = KeptAnswer.from_item(kept_row), CollectionVersion.from_item(state_row)
        version = state.version or 0
        is_settled = self.clock() - (state.changed_at or 0) >= _SETTLING_SECONDS
        found = None
        if kept.found is not None:
            matches: list[FaceHit] = [tuple(match) for match in json.loads(zlib.decompress(kept.found))]
            found = Found(matches, kept.moment or 0, kept.version == version)
        return Recalled(found, version if is_settled else _BEFORE_ANY_VERSION)

    def keep_answer(self, collection: str, search: str, found: Found, version: int) -> None:
        """Keep what a search found in the ``version`` of the collection that `recall` gave before."""
        answer = KeptAnswer(
            entry=f"search/{collection}/{search}",
            found=zlib.compress(json.dumps(found.matches).encode()),
            version=version,
            moment=int(found.moment),
            expires_at=int(self.clock()) + _KEEP_ANSWERS_SECONDS,
        )
        self.client.put_item(TableName=self.table, Item=answer.to_item())

    def _read(self, entries: list[str]) -> list[Mapping[str, Any]]:
        """Each entry's item; one with nothing but its key where there is none."""
        keys = [{"entry": entry} for entry in entries]
        rows = {row["entry"]: row for row in batch_get(self.client, self.table, keys, patience=self.patience)}
        return [rows.get(entry, {"entry": entry}) for entry in entries]

    def _count_by_hour(self, purpose: str, ceiling: int, own: str | None, own_ceiling: int) -> None:
        """Count a call first in the visitor's ``own`` entry, if there is one, then in the entry of all.

        A refused call only reads, because uploads count in the same table: a flood of them writes nothing.
        """
        allowed, until = allowed_by(ceiling, self.clock()), next_allowed(ceiling, self.clock())
        entries = [self._calls(purpose), *([own] if own else [])]
        used = [DailyCount.from_item(item).calls or 0 for item in self._read(entries)]
        if used[0] >= allowed:
            raise _all_used(purpose, allowed, until)
        if own and not (used[1] < own_ceiling and self._add(own, own_ceiling, _KEEP_VISITORS_SECONDS)):
            what = _ASKED.get(purpose, "new searches")
            message = f"this visitor has used up the day's {own_ceiling} {what}"
            raise AllowanceReachedError(message, self._midnight() if own_ceiling else None)
        self._count(purpose, allowed, until)

    def _count(self, purpose: str, allowed: int, until: float | None, number: int = 1) -> None:
        if not self._add(self._calls(purpose), allowed, _KEEP_COUNTS_SECONDS, number):
            raise _all_used(purpose, allowed, until)

    def _add(self, entry: str, ceiling: int, keep_seconds: int, number: int = 1) -> bool:
        """Count on; False where that would go beyond the ceiling."""
        try:
            self.client.update_item(
                TableName=self.table,
                Key={"entry": entry},
                UpdateExpression="ADD calls :number SET expires_at = :expires",
                ConditionExpression="(attribute_not_exists(calls) AND :left >= :none) OR calls <= :left",
                ExpressionAttributeValues={
                    ":number": number,
                    ":none": 0,
                    ":left": ceiling - number,
                    ":expires": int(self.clock()) + keep_seconds,
                },
            )
        except ClientError as error:
            if not is_condition_failed(error):
                raise
            return False
        return True

    def _calls(self, purpose: str) -> str:
        return f"calls/{purpose}/{self._today()}"

    def _today(self) -> str:
        return datetime.fromtimestamp(self.clock(), UTC).date().isoformat()

    def _midnight(self) -> float:
        return (self.clock() // _DAY_SECONDS + 1) * _DAY_SECONDS


def _all_used(purpose: str, allowed: int, until: float | None) -> CeilingReachedError:
    what = _ASKED.get(purpose, "paid Rekognition calls")
    message = f"the {allowed} {what} allowed so far today are used up"
    return CeilingReachedError(message, until)
