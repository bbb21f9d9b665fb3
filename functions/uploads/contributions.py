"""Table ``contributions``: what was sent from browsers, and what became of it.

A row's state only moves by conditional writes, so that a guest who takes a photo back, the owner who decides about it
and the function that brings it into its set can't undo each other's work.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.aws_errors import is_busy, is_condition_failed
from functions.batch_get import PATIENCE_SECONDS, batch_get
from functions.contribution_rows import KEEP_BEGUN_DAYS, KEEP_REFUSED_DAYS, Contribution, PlacedPhoto
from functions.dates import timestamp

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

BEGUN, WAITING, LET_IN, SHOWN, THERE, FAILED = "begun", "waiting", "let_in", "shown", "there", "failed"
REFUSED, TAKEN_BACK = "refused", "taken_back"
GONE = (REFUSED, TAKEN_BACK)
ON_THE_WAY = (WAITING, LET_IN)
IN_THE_SET = (SHOWN, THERE)
# Why a photo that was in its set failed all the same (functions/process/images.py): the same bytes would fail again.
UNUSABLE = frozenset({"DamagedImage", "EmptyFile", "NotAnImage", "TooComplex", "TooLarge", "TooManyPixels"})
# From these a photo can be announced anew; what was in its set may have been deleted.
AGAIN = (BEGUN, FAILED, TAKEN_BACK, *IN_THE_SET)
WAITING_INDEX = "waiting"
# Of one sender and set, `mine` shows no more.
MAX_MINE = 1000
_PHOTO = "photo."
_DAY_SECONDS = 86_400
# About as many rows as a query reads for the price of one or two by their ids.
_FEW = 20
# Rows are written side by side.
_THREADS = 8


def contribution_id(who: str, sha256: str) -> str:
    """Id of the row of somebody's photo."""
    return f"{who}.{sha256}"


@dataclass(frozen=True)
class Contributions:
    """Reads and writes the table ``name``. ``client`` is the client of a boto3 DynamoDB *resource*.

    ``clock`` gives seconds since 1970; ``patience`` is how many seconds a batch of reads may wait for a busy table.
    """

    client: "DynamoDBClient"
    name: str
    clock: Callable[[], float]
    patience: float = PATIENCE_SECONDS

    def get(self, set_name: str, row_id: str) -> Contribution | None:
        item = self.client.get_item(TableName=self.name, Key=_key(set_name, row_id), ConsistentRead=True).get("Item")
        return Contribution.from_item(item) if item else None

    def get_all(self, set_name: str, ids: Iterable[str]) -> dict[str, Contribution]:
        """Rows by id; those that aren't there, or have expired, are left out."""
        found = map(Contribution.from_item, self._batch(set_name, ids))
        return {row.id: row for row in found if self._is_kept(row)}

    def get_placed(self, set_name: str, digests: Iterable[str]) -> dict[str, PlacedPhoto]:
        """What the set holds of browsers' photos, by SHA-256."""
        found = map(PlacedPhoto.from_item, self._batch(set_name, [_PHOTO + digest for digest in digests]))
        return {row.id.removeprefix(_PHOTO): row for row in found if row.by}

    def find(
        self, set_name: str, ids: Iterable[str], digests: Iterable[str]
    ) -> tuple[dict[str, Contribution], dict[str, PlacedPhoto]]:
        """What `get_all` and `get_placed` find, in one read."""
        items = list(self._batch(set_name, [*ids, *(_PHOTO + digest for digest in digests)]))
        placed = [PlacedPhoto.from_item(item) for item in items if item["id"].startswith(_PHOTO)]
        rows = [Contribution.from_item(item) for item in items if not item["id"].startswith(_PHOTO)]
        return (
            {row.id: row for row in rows if self._is_kept(row)},
            {photo.id.removeprefix(_PHOTO): photo for photo in placed if photo.by},
        )

    def look_at(self, set_name: str, who: str, ids: Iterable[str]) -> list[Contribution]:
        """Some of somebody's photos, as they were a moment ago: whoever looks soon looks again.

        Hundreds of guests look at the same time. A query costs as much as a tenth of its rows one by one, so only those
        that aren't among somebody's first are read by their ids.
        """
        wanted = set(ids)
        page = self.client.query(**self._of(set_name, f"{who}."), Limit=_FEW)
        found = {row.id: row for row in map(Contribution.from_item, page["Items"]) if row.id in wanted}
        if missing := wanted - found.keys() if "LastEvaluatedKey" in page else ():
            more = map(Contribution.from_item, self._batch(set_name, missing, is_consistent=False))
            found |= {row.id: row for row in more}
        return [row for row in found.values() if self._is_kept(row)]

    def list_of(self, set_name: str, who: str) -> list[Contribution]:
        """What somebody sent to a set, newest first."""
        rows = []
        for row in self._query(set_name, f"{who}."):
            rows.append(row)
            if len(rows) >= MAX_MINE:
                break
        return sorted((row for row in rows if self._is_kept(row)), key=lambda row: row.at or "", reverse=True)

    def list_waiting(self, set_name: str, limit: int, after: str = "") -> tuple[list[Contribution], str]:
        """Photos of a set that wait, the longest first, from ``after`` on; and where more of them begin."""
        start: dict[str, Any] = {}
        if after:
            row_id = after.partition("/")[2]
            start["ExclusiveStartKey"] = {**_key(set_name, row_id), "waits_in": set_name, "waits_since": after}
        page = self.client.query(
            TableName=self.name,
            IndexName=WAITING_INDEX,
            KeyConditionExpression="waits_in = :set",
            ExpressionAttributeValues={":set": set_name},
            Limit=limit,
            **start,
        )
        last = page.get("LastEvaluatedKey")
        return [Contribution.from_item(item) for item in page["Items"]], str(last["waits_since"]) if last else ""

    def count_waiting(self) -> dict[str, int]:
        """How many photos wait, by set."""
        counts: dict[str, int] = {}
        pages = self.client.get_paginator("scan").paginate(
            TableName=self.name, IndexName=WAITING_INDEX, ProjectionExpression="waits_in"
        )
        for page in pages:
            for item in page["Items"]:
                counts[str(item["waits_in"])] = counts.get(str(item["waits_in"]), 0) + 1
        return counts

    def begin(self, rows: Iterable[Contribution]) -> list[Contribution]:
        """Announce photos that aren't there yet; those that a busy table has no room for just now are returned.

        A row that has moved on meanwhile stays as it is.
        """
        rows = list(rows)
        with ThreadPoolExecutor(_THREADS) as pool:
            return [row for row, is_kept in zip(rows, pool.map(self._begin, rows), strict=True) if not is_kept]

    def _begin(self, row: Contribution) -> bool:
        fresh = {
            **row.to_item(),
            "state": BEGUN,
            "begun_at": int(self.clock()),
            "at": self._now(),
            "expires_at": int(self.clock()) + KEEP_BEGUN_DAYS * _DAY_SECONDS,
        }
        try:
            self.client.put_item(
                TableName=self.name,
                Item=fresh,
                ConditionExpression=f"attribute_not_exists(id) OR expires_at < :now OR {_is_one_of(AGAIN)}",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues={":now": int(self.clock()), **_values(AGAIN)},
            )
        except ClientError as error:
            if is_busy(error):
                return False
            if not is_condition_failed(error):
                raise
        return True

    def move(self, row: Contribution, state: str, come_from: Iterable[str], **more: str) -> bool:
        """Give a row another state, if it has one of those it may ``come_from``; False if not.

        ``more`` are further attributes: `code` and `message` of a failure, `file`.
        """
        sets = {"#state": ":to", "#at": ":at", **{f"#{name}": f":{name}" for name in more}}
        values: dict[str, Any] = {":to": state, ":at": self._now(), **{f":{name}": text for name, text in more.items()}}
        names = {"#state": "state", "#at": "at", **{f"#{name}": name for name in more}}
        removed = ["waits_in", "waits_since"]
        if state == WAITING:
            sets |= {"waits_in": ":in", "waits_since": ":since"}
            values |= {":in": row.set_name, ":since": f"{values[':at']}/{row.id}"}
            removed = []
        if state == FAILED:
            sets["expires_at"] = ":expires"
            values[":expires"] = int(self.clock()) + KEEP_BEGUN_DAYS * _DAY_SECONDS
        else:
            removed.append("expires_at")
        expression = "SET " + ", ".join(f"{name} = {value}" for name, value in sets.items())
        try:
            self.client.update_item(
                TableName=self.name,
                Key=_key(row.set_name, row.id),
                UpdateExpression=f"{expression} REMOVE {', '.join(removed)}",
                ConditionExpression=_is_one_of(tuple(come_from)),
                ExpressionAttributeNames=names,
                ExpressionAttributeValues={**values, **_values(tuple(come_from))},
            )
        except ClientError as error:
            if not is_condition_failed(error):
                raise
            return False
        return True

    def forget(self, row: Contribution) -> None:
        """Keep of a photo that is gone only that it is gone, for a while."""
        left = Contribution(
            set_name=row.set_name,
            id=row.id,
            who=row.who,
            state=row.state,
            at=row.at,
            expires_at=int(self.clock()) + KEEP_REFUSED_DAYS * _DAY_SECONDS,
        )
        with _unless_moved_on():
            self.client.put_item(
                TableName=self.name,
                Item=left.to_item(),
                ConditionExpression=_is_one_of(GONE),
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues=_values(GONE),
            )

    def get_placed_one(self, set_name: str, sha256: str) -> PlacedPhoto | None:
        """The photo of a set with this content, with nobody's part in it left or with somebody's."""
        key = _key(set_name, _PHOTO + sha256)
        item = self.client.get_item(TableName=self.name, Key=key, ConsistentRead=True).get("Item")
        return PlacedPhoto.from_item(item) if item else None

    def take_part(self, row: Contribution, file: str) -> PlacedPhoto:
        """Give a contribution its part in the photo of its content, which is called ``file`` unless it has a name."""
        found = self.client.update_item(
            TableName=self.name,
            Key=_key(row.set_name, _PHOTO + row.sha256),
            UpdateExpression="SET #file = if_not_exists(#file, :file) ADD #by :id",
            ExpressionAttributeNames={"#file": "file", "#by": "by"},
            ExpressionAttributeValues={":file": file, ":id": {row.id}},
            ReturnValues="ALL_NEW",
        )
        return PlacedPhoto.from_item(found["Attributes"])

    def rename_placed(self, placed: PlacedPhoto, file: str) -> None:
        """Note under which name a photo came into its set."""
        self.client.update_item(
            TableName=self.name,
            Key=_key(placed.set_name, placed.id),
            UpdateExpression="SET #file = :file",
            ExpressionAttributeNames={"#file": "file"},
            ExpressionAttributeValues={":file": file},
        )

    def note_unusable(self, placed: PlacedPhoto, code: str, message: str) -> PlacedPhoto:
        """Note that a photo can't be shown, and why; the photo with all who have a part in it by then.

        Whoever takes part later finds the note.
        """
        found = self.client.update_item(
            TableName=self.name,
            Key=_key(placed.set_name, placed.id),
            UpdateExpression="SET #code = :code, #message = :message, failed_at = :now",
            ExpressionAttributeNames={"#code": "code", "#message": "message"},
            ExpressionAttributeValues={":code": code, ":message": message, ":now": int(self.clock())},
            ReturnValues="ALL_NEW",
        )
        return PlacedPhoto.from_item(found["Attributes"])

    def is_unusable(self, photo: PlacedPhoto) -> bool:
        """Whether the same bytes were found unusable lately; a newer release may do better."""
        until = (photo.failed_at or 0) + KEEP_BEGUN_DAYS * _DAY_SECONDS
        return photo.code in UNUSABLE and self.clock() < until

    def forget_unusable(self, placed: PlacedPhoto) -> None:
        """Let a photo be tried again."""
        self.client.update_item(
            TableName=self.name,
            Key=_key(placed.set_name, placed.id),
            UpdateExpression="REMOVE #code, #message, failed_at",
            ExpressionAttributeNames={"#code": "code", "#message": "message"},
        )

    def leave(self, row: Contribution) -> PlacedPhoto | None:
        """Take a contribution's part in the photo of its content; the photo, if there is one."""
        with _unless_moved_on():
            found = self.client.update_item(
                TableName=self.name,
                Key=_key(row.set_name, _PHOTO + row.sha256),
                UpdateExpression="DELETE #by :id",
                ConditionExpression="attribute_exists(id)",
                ExpressionAttributeNames={"#by": "by"},
                ExpressionAttributeValues={":id": {row.id}},
                ReturnValues="ALL_NEW",
            )
            return PlacedPhoto.from_item(found["Attributes"])
        return None

    def remove_placed(self, placed: PlacedPhoto) -> None:
        """Forget a photo in which nobody has a part any more."""
        with _unless_moved_on():
            self.client.delete_item(
                TableName=self.name,
                Key=_key(placed.set_name, placed.id),
                ConditionExpression="attribute_not_exists(#by)",
                ExpressionAttributeNames={"#by": "by"},
            )

    def _batch(self, set_name: str, ids: Iterable[str], *, is_consistent: bool = True) -> Iterator[Any]:
        keys = [_key(set_name, row_id) for row_id in dict.fromkeys(ids)]
        return batch_get(self.client, self.name, keys, patience=self.patience, ConsistentRead=is_consistent)

    def _query(self, set_name: str, prefix: str) -> Iterator[Contribution]:
        for page in self.client.get_paginator("query").paginate(**self._of(set_name, prefix)):
            yield from map(Contribution.from_item, page["Items"])

    def _of(self, set_name: str, prefix: str) -> dict[str, Any]:
        return {
            "TableName": self.name,
            "KeyConditionExpression": "set_name = :set AND begins_with(id, :prefix)",
            "ExpressionAttributeValues": {":set": set_name, ":prefix": prefix},
        }

    def _is_kept(self, row: Contribution) -> bool:
        # DynamoDB may take days to remove expired rows.
        return row.expires_at is None or row.expires_at > self.clock()

    def _now(self) -> str:
        return timestamp(datetime.fromtimestamp(self.clock(), UTC))


def _key(set_name: str, row_id: str) -> dict[str, str]:
    return {"set_name": set_name, "id": row_id}


def _is_one_of(states: tuple[str, ...]) -> str:
    return f"#state IN ({', '.join(f':{state}' for state in states)})"


def _values(states: tuple[str, ...]) -> dict[str, str]:
    return {f":{state}": state for state in states}


@contextlib.contextmanager
def _unless_moved_on() -> Iterator[None]:
    """Let a write be refused whose row has moved on."""
    try:
        yield
    except ClientError as error:
        if not is_condition_failed(error):
            raise
