"""What browsers sent in a day, counted in table ``ledger`` before a POST is given: files and bytes.

Every allowance has an entry of its own: the sender's, the set's, the site's. Files count in all of them or in none.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from functions.aws_errors import is_condition_failed
from functions.batch_get import TableBusyError, back_off, batch_get
from functions.ledger_rows import KEEP_COUNTS_DAYS, KEEP_VISITORS_DAYS, DailyCount

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_DAY_SECONDS = 86_400
# Between reading what is left and counting, others may have been faster.
_ATTEMPTS = 5


@dataclass(frozen=True)
class Allowance:
    """How many files and bytes may be sent in a day.

    ``says`` begins a sentence about it; ``entry`` is empty for the site's.
    """

    says: str
    entry: str
    files: int
    bytes: int


@dataclass(frozen=True)
class Granted:
    """How many of the files somebody wants to send were counted: the first ones.

    ``short`` is the allowance that the next one didn't fit into, for its number of files (``is_files``) or their bytes;
    None if all fit. There is a new one from ``until`` on (seconds since 1970).
    """

    count: int
    short: Allowance | None
    is_files: bool
    until: float


@dataclass(frozen=True)
class UploadCounts:
    """Counts in the table ``table``. ``client`` is the client of a boto3 DynamoDB *resource*.

    ``clock`` gives seconds since 1970; ``patience`` is how many seconds reads may wait for a busy table.
    """

    client: "DynamoDBClient"
    table: str
    clock: Callable[[], float]
    patience: float

    def count(self, sizes: Sequence[int], allowances: Sequence[Allowance]) -> Granted:
        """Count as many files of these ``sizes`` in bytes, from the first on, as every allowance has room for.

        What doesn't fit only reads. Raises ``TableBusyError`` if others were faster again and again.
        """
        for attempt in range(_ATTEMPTS):
            granted = _fitting(sizes, allowances, self._used(allowances), self._midnight())
            if not granted.count or self._add_all(allowances, granted.count, sum(sizes[: granted.count])):
                return granted
            back_off(attempt)
        raise TableBusyError("too many uploads at once: try again in a moment")

    def _used(self, allowances: Sequence[Allowance]) -> list[DailyCount]:
        keys = [{"entry": self._entry(allowance)} for allowance in allowances]
        found = batch_get(self.client, self.table, keys, patience=self.patience, ConsistentRead=True)
        rows = {row["entry"]: DailyCount.from_item(row) for row in found}
        return [rows.get(key["entry"], DailyCount(entry=key["entry"])) for key in keys]

    def _add_all(self, allowances: Sequence[Allowance], files: int, size: int) -> bool:
        """Add to every entry, or to none."""
        added: list[Allowance] = []
        try:
            for allowance in allowances:
                if not self._add(allowance, files, size):
                    break
                added.append(allowance)
        finally:
            if len(added) < len(allowances):
                self.take_off(files, size, added)
        return len(added) == len(allowances)

    def take_off(self, files: int, size: int, allowances: Sequence[Allowance]) -> None:
        """Take off files that were counted, of ``size`` bytes together, and can't be sent after all."""
        for allowance in allowances:
            self._subtract(allowance, files, size)

    def _add(self, allowance: Allowance, files: int, size: int) -> bool:
        """Add to an entry; False where it has no room."""
        keep_days = KEEP_VISITORS_DAYS if allowance.entry else KEEP_COUNTS_DAYS
        try:
            self.client.update_item(
                TableName=self.table,
                Key={"entry": self._entry(allowance)},
                UpdateExpression="ADD calls :files, #bytes :size SET expires_at = :expires",
                ConditionExpression="(attribute_not_exists(calls) OR calls <= :most_files) "
                "AND (attribute_not_exists(#bytes) OR #bytes <= :most_bytes)",
                ExpressionAttributeNames={"#bytes": "bytes"},
                ExpressionAttributeValues={
                    ":files": files,
                    ":size": size,
                    ":most_files": allowance.files - files,
                    ":most_bytes": allowance.bytes - size,
                    ":expires": int(self.clock()) + keep_days * _DAY_SECONDS,
                },
            )
        except ClientError as error:
            if not is_condition_failed(error):
                raise
            return False
        return True

    def _subtract(self, allowance: Allowance, files: int, size: int) -> None:
        self.client.update_item(
            TableName=self.table,
            Key={"entry": self._entry(allowance)},
            UpdateExpression="ADD calls :files, #bytes :size",
            ExpressionAttributeNames={"#bytes": "bytes"},
            ExpressionAttributeValues={":files": -files, ":size": -size},
        )

    def _entry(self, allowance: Allowance) -> str:
        day = datetime.fromtimestamp(self.clock(), UTC).date().isoformat()
        return f"calls/upload/{day}" + (f"/{allowance.entry}" if allowance.entry else "")

    def _midnight(self) -> float:
        return (self.clock() // _DAY_SECONDS + 1) * _DAY_SECONDS


def _fitting(
    sizes: Sequence[int], allowances: Sequence[Allowance], used: Sequence[DailyCount], until: float
) -> Granted:
    """How many files fit into what is left of each allowance."""
    left = [
        (allowance.files - (count.calls or 0), allowance.bytes - (count.bytes or 0))
        for allowance, count in zip(allowances, used, strict=True)
    ]
    size = 0
    for number, wanted in enumerate(sizes):
        size += wanted
        for allowance, (files, most) in zip(allowances, left, strict=True):
            if number >= files or size > most:
                return Granted(number, allowance, number >= files, until)
    return Granted(len(sizes), None, False, until)
