"""DynamoDB in memory: items, conditions and transactions; units are counted and limited as AWS does."""

import copy
import heapq
import pickle
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bench.simulated import expressions
from bench.simulated.client import RefusedError, Tally
from bench.simulated.latency import Latency
from bench.simulated.limits import Rate
from bench.simulated.quotas import QUOTAS
from bench.simulated.world import World

_READ_BYTES, _WRITE_BYTES = 4096, 1024
Key = tuple[Any, ...]
_NONE: dict[str, str] = {}


@dataclass
class Table:
    """A table: its items, pickled, each with its size as DynamoDB counts it, by partition key and sort key.

    ``max_reads`` and ``max_writes`` are the owner's own maxima of units a second, 0 for none. ``indexed`` are the
    attributes of its index, if it has one: each write that changes them is a write to the index too.
    """

    name: str
    keys: tuple[str, ...]
    max_reads: float = 0
    max_writes: float = 0
    indexed: tuple[str, ...] = ()
    items: dict[Any, dict[Any, tuple[bytes, int]]] = field(default_factory=lambda: defaultdict(dict))

    def key_of(self, item: Mapping[str, Any]) -> Key:
        return item[self.keys[0]], item[self.keys[1]] if len(self.keys) > 1 else None

    def get(self, key: Key) -> dict[str, Any] | None:
        found = self.items[key[0]].get(key[1]) if key[0] in self.items else None
        return pickle.loads(found[0]) if found else None

    def size(self, key: Key) -> int:
        found = self.items[key[0]].get(key[1]) if key[0] in self.items else None
        return found[1] if found else 0

    def put(self, item: dict[str, Any], size: int = 0) -> None:
        """Keep an item; its size, where that is known already."""
        partition, sort = self.key_of(item)
        # As boto3 gives every number back.
        item = {name: Decimal(value) if type(value) is int else value for name, value in item.items()}
        self.items[partition][sort] = (pickle.dumps(item, 5), size or size_of(item))

    def delete(self, key: Key) -> None:
        self.items[key[0]].pop(key[1], None)
        if not self.items[key[0]]:
            del self.items[key[0]]

    def rows(self) -> Iterator[dict[str, Any]]:
        """All items."""
        for partition in self.items.values():
            for item, _ in partition.values():
                yield pickle.loads(item)


def size_of(value: Any) -> int:
    """Bytes that DynamoDB counts for a value.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """
    if isinstance(value, str):
        return len(value) if value.isascii() else len(value.encode())
    if isinstance(value, Mapping):
        return 3 + sum(1 + len(name) + size_of(item) for name, item in value.items())
    if isinstance(value, list | set):
        return 3 + sum(1 + size_of(item) for item in value)
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return len(str(value)) // 2 + 1
    return len(value) if isinstance(value, bytes) else 1


class DynamoDB:
    """The tables of one site."""

    refusal_seconds = 0.005

    def __init__(self, world: World, tables: list[Table], tally: Tally, latency: Latency):
        self.tables = {table.name: table for table in tables}
        self.tally = tally
        self._world, self._latency = world, latency
        self._rates: dict[tuple[str, str, Any], Rate] = {}
        # Items that a transaction is at.
        self._locked: set[tuple[str, Key]] = set()
        self.conflicts = 0

    def seconds(self, name: str) -> float:
        return self._latency.of(name)

    def get_item(
        self, *, TableName: str, Key: dict[str, Any], ConsistentRead: bool = False, **_: Any
    ) -> dict[str, Any]:
        table = self.tables[TableName]
        key = table.key_of(Key)
        self._read(table, key[0], table.size(key), consistent=ConsistentRead)
        item = table.get(key)
        return {"Item": item} if item else {}

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, list[Any]] = {}
        left: dict[str, Any] = {}
        for name, wanted in RequestItems.items():
            table = self.tables[name]
            found[name] = []
            for number, given in enumerate(wanted["Keys"]):
                key = table.key_of(given)
                try:
                    self._read(table, key[0], table.size(key), consistent=wanted.get("ConsistentRead", False))
                except RefusedError:
                    if not number:
                        raise
                    left[name] = {**wanted, "Keys": wanted["Keys"][number:]}
                    break
                item = table.get(key)
                found[name] += [item] if item else []
        return {"Responses": found, "UnprocessedKeys": left}

    def query(
        self,
        *,
        TableName: str,
        ExpressionAttributeValues: dict[str, Any],
        ConsistentRead: bool = False,
        Limit: int = 0,
        **_: Any,
    ) -> dict[str, Any]:
        """A partition's items by sort key; of the conditions on keys, only the one on the partition key is known."""
        table = self.tables[TableName]
        (partition,) = ExpressionAttributeValues.values()
        there = table.items.get(partition, {})
        sorts = heapq.nsmallest(Limit, there) if Limit else sorted(there)
        self._read(table, partition, sum(there[sort][1] for sort in sorts), consistent=ConsistentRead)
        return {"Items": [table.get((partition, sort)) for sort in sorts]}

    def put_item(self, *, TableName: str, Item: dict[str, Any], **options: Any) -> dict[str, Any]:
        table = self.tables[TableName]
        old = self._change(table, table.key_of(Item), dict(Item), options)
        return {"Attributes": old} if old and options.get("ReturnValues") == "ALL_OLD" else {}

    def delete_item(self, *, TableName: str, Key: dict[str, Any], **options: Any) -> dict[str, Any]:
        table = self.tables[TableName]
        self._change(table, table.key_of(Key), None, options)
        return {}

    def update_item(self, *, TableName: str, Key: dict[str, Any], **options: Any) -> dict[str, Any]:
        table = self.tables[TableName]
        key = table.key_of(Key)
        old = self._change(table, key, _updated(table.get(key) or dict(Key), options), options)
        return {"Attributes": old} if old and options.get("ReturnValues") == "ALL_OLD" else {}

    def transact_write_items(self, *, TransactItems: list[dict[str, Any]]) -> dict[str, Any]:
        """All writes, or none; while they last, no other write may be at the same items."""
        writes = [(action, write) for given in TransactItems for action, write in given.items()]
        places = [
            (self.tables[write["TableName"]], self.tables[write["TableName"]].key_of(write.get("Key") or write["Item"]))
            for _, write in writes
        ]
        new: list[dict[str, Any] | None] = []
        reasons: list[dict[str, str]] = []
        for (action, write), (table, key) in zip(writes, places, strict=True):
            old = table.get(key)
            new.append(
                dict(write["Item"])
                if action == "Put"
                else _updated(old or dict(write["Key"]), write)
                if action == "Update"
                else old
                if action == "ConditionCheck"
                else None
            )
            reasons.append({"Code": self._reason(table, key, old, write)})
        sizes = [size_of(item) if item is not None else 0 for item in new]
        units = [2 * _write_units(table.size(key), size) for (table, key), size in zip(places, sizes, strict=True)]
        throttled = False
        for (table, key), reason in zip(places, reasons, strict=True):
            if not self._has_room(table, key[0], "writes"):
                reason["Code"] = "ThrottlingError"
                throttled = True
        for (table, key), taken in zip(places, units, strict=True):
            if not throttled:
                self._take(table, key[0], "writes", taken)
        if any(reason["Code"] != "None" for reason in reasons):
            self.conflicts += any(reason["Code"] == "TransactionConflict" for reason in reasons)
            self.tally.refused["transact_write_items"] += throttled
            raise RefusedError("TransactionCanceledException", CancellationReasons=reasons)
        for (action, _), (table, key), item, size in zip(writes, places, new, sizes, strict=True):
            if action == "ConditionCheck":
                continue
            self._index(table, table.get(key), item)
            if item is None:
                table.delete(key)
            else:
                table.put(item, size)
        held = {(table.name, key) for table, key in places}
        self._locked |= held
        self._world.at(
            self._world.now + self._latency.typical("transact_write_items"),
            lambda: self._locked.difference_update(held),
        )
        return {}

    def _reason(self, table: Table, key: Key, old: dict[str, Any] | None, write: dict[str, Any]) -> str:
        if (table.name, key) in self._locked:
            return "TransactionConflict"
        return "None" if _holds(old, write) else "ConditionalCheckFailed"

    def _change(
        self, table: Table, key: Key, item: dict[str, Any] | None, options: dict[str, Any]
    ) -> dict[str, Any] | None:
        if (table.name, key) in self._locked:
            self.conflicts += 1
            raise RefusedError("TransactionConflictException")
        if not self._has_room(table, key[0], "writes"):
            raise RefusedError("ThrottlingException")
        old = table.get(key)
        size = size_of(item) if item is not None else 0
        self._take(table, key[0], "writes", _write_units(table.size(key), size))
        if not _holds(old, options):
            raise RefusedError("ConditionalCheckFailedException")
        self._index(table, old, item)
        if item is not None:
            table.put(item, size)
        elif old is not None:
            table.delete(key)
        return old

    def _index(self, table: Table, old: dict[str, Any] | None, new: dict[str, Any] | None) -> None:
        """Count what a write changes in the table's index, which holds only items that have its key."""
        if not table.indexed:
            return
        before, after = (
            {name: item.get(name) for name in table.indexed} if item and table.indexed[0] in item else None
            for item in (old, new)
        )
        if before != after:
            moved = bool(before and after and before[table.indexed[0]] != after[table.indexed[0]])
            self.tally.units["dynamodb_writes"] += 1 + moved
            self.tally.tables[f"{table.name}/index writes"] += 1 + moved

    def _read(self, table: Table, partition: Any, size: int, *, consistent: bool) -> None:
        if not self._has_room(table, partition, "reads"):
            raise RefusedError("ThrottlingException")
        self._take(table, partition, "reads", max(1, -(-size // _READ_BYTES)) * (1 if consistent else 0.5))

    def _has_room(self, table: Table, partition: Any, kind: str) -> bool:
        return all(rate.has_room() for rate in self._limits(table, partition, kind))

    def _take(self, table: Table, partition: Any, kind: str, units: float) -> None:
        self.tally.units[f"dynamodb_{kind}"] += units
        self.tally.tables[f"{table.name} {kind}"] += units
        for rate in self._limits(table, partition, kind):
            rate.take(units)

    def _limits(self, table: Table, partition: Any, kind: str) -> list[Rate]:
        """The limits of the table, of the partition key, and the owner's own."""
        known = [("table", QUOTAS[f"dynamodb_table_{kind}"].value, None)]
        if len(table.keys) > 1:
            known.append(("partition", QUOTAS[f"dynamodb_partition_{kind}"].value, partition))
        if own := (table.max_reads if kind == "reads" else table.max_writes):
            known.append(("own", own, None))
        found = []
        for scope, units, which in known:
            place = (f"{table.name} {kind}", scope, which)
            if place not in self._rates:
                self._rates[place] = Rate(self._world.time, units)
            found.append(self._rates[place])
        return found


def _write_units(old: int, new: int) -> int:
    """Units of a write, by the sizes of the item before and after."""
    return max(1, -(-max(old, new) // _WRITE_BYTES))


def _holds(item: Mapping[str, Any] | None, options: dict[str, Any]) -> bool:
    text = options.get("ConditionExpression")
    if not text:
        return True
    names, values = options.get("ExpressionAttributeNames", _NONE), options.get("ExpressionAttributeValues", _NONE)
    return expressions.condition(text)(item or {}, values, names)


def _updated(item: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    names, values = options.get("ExpressionAttributeNames", _NONE), options.get("ExpressionAttributeValues", _NONE)
    changed = copy.copy(item)
    expressions.update(options["UpdateExpression"], changed, values, names)
    return changed
