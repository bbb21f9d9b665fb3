"""Rows of sets that aren't public, as DynamoDB's own JSON: pages read them with what reads the public ones.

While a set moves between the tables, its rows are in both; then each is asked, the private one first.
"""

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.access.audiences import Access
from functions.batch_get import batch_get
from functions.door.door_call import Place
from functions.photo_rows import GRID_INDEX, SETS_PARTITION

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

# Lambda answers with at most 6 MB: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MAX_ANSWER_BYTES = 5_000_000
# No set has this name: asked for in place of what somebody may not see, as often as for what isn't there.
NOWHERE = "//"

Item = dict[str, Any]


@dataclass(frozen=True)
class PrivateRows:
    """The tables by name: private rows, public rows. ``client`` is a plain client, not that of a resource."""

    client: "DynamoDBClient"
    private: str
    public: str
    patience: float

    def list_sets(self, access: Access) -> list[Item]:
        """The rows of all sets that aren't public, by name."""
        found: dict[str, Item] = {}
        for table in (self.private, self.public) if access.moving else (self.private,):
            pages = self.client.get_paginator("query").paginate(TableName=table, **_partition(SETS_PARTITION))
            for page in pages:
                for item in page["Items"]:
                    name = item["sortkey"]["S"]
                    if table == self.private or is_moving(access, [name]):
                        found.setdefault(name, _wire(item))
        return [found[name] for name in sorted(found)]

    def get_rows(self, keys: Iterable[tuple[str, str]], *, also_public: bool) -> Iterator[Item]:
        """Whole rows by their keys; ``also_public`` also looks among the public ones."""
        wanted = [_key(*key) for key in keys]
        found: set[str] = set()
        for table in (self.private, self.public) if also_public else (self.private,):
            for item in batch_get(self.client, table, wanted, patience=self.patience):
                row = _wire(dict(item))
                name = json.dumps([row["primarykey"], row["sortkey"]])
                if name not in found:
                    found.add(name)
                    yield row

    def list_photos(
        self, set_name: str, start: Place, *, whole: bool, also_public: bool
    ) -> tuple[list[Item], Place | None]:
        """A page of a set's rows, as many as one Query gives and an answer holds, and where the next one begins.

        Rows are the grid's, or with ``whole`` all of each row, also of photos that aren't in the grid's index.
        """
        tables = (self.private, self.public) if also_public else (self.private,)
        if start.table >= len(tables):
            return [], None
        options: dict[str, Any] = _partition(set_name)
        if not whole:
            options["IndexName"] = GRID_INDEX
        if start.sortkey:
            options["ExclusiveStartKey"] = _start_key(set_name, start, whole=whole)
        page = self.client.query(TableName=tables[start.table], **options)
        rows = fitting([_wire(dict(item)) for item in page["Items"]])
        if len(rows) < len(page["Items"]) or "LastEvaluatedKey" in page:
            last = rows[-1] if rows else page["LastEvaluatedKey"]
            return rows, Place(start.table, last["sortkey"]["S"], last.get("grid_key", {}).get("S", ""))
        return rows, Place(start.table + 1) if start.table + 1 < len(tables) else None


def is_moving(access: Access, set_names: Iterable[str]) -> bool:
    """Whether one of these sets is on its way between the tables."""
    return any(map(access.is_moving, set_names))


def fitting(rows: list[Item]) -> list[Item]:
    """The first of these rows, as many as one answer can hold; at least one, if there is one."""
    size = 0
    for number, row in enumerate(rows):
        size += len(json.dumps(row)) + 2
        if number and size > MAX_ANSWER_BYTES:
            return rows[:number]
    return rows


def _partition(name: str) -> dict[str, Any]:
    return {"KeyConditionExpression": "primarykey = :p", "ExpressionAttributeValues": {":p": {"S": name}}}


def _key(primarykey: str, sortkey: str) -> Item:
    return {"primarykey": {"S": primarykey}, "sortkey": {"S": sortkey}}


def _start_key(set_name: str, start: Place, *, whole: bool) -> Item:
    key = _key(set_name, start.sortkey)
    return key if whole else {**key, "grid_key": {"S": start.grid_key}}


def _wire(value: Any) -> Any:
    """What boto3 gives, as DynamoDB sends it: bytes are base64."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {name: _wire(item) for name, item in value.items()}
    return [_wire(item) for item in value] if isinstance(value, list) else value
