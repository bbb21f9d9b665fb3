"""DynamoDB's items, read from the journal's cells when they are needed, in place of ministack's dictionaries.

ministack keeps a table as a dictionary whose `items` holds partitions, which hold items. Here `items` is a mapping that
reads cells of kind ``item``. An index is kept as cells of kind ``entry``, each with what the index shows of an item, in
the order of the index's keys. ministack's Query and Scan sort all that they might need before they take a page of it.
So they are given that page alone, in a dictionary of its own (`_Page`); all else about them stays ministack's.
"""

import hashlib
import itertools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from local.embedded.cells import encode_if_any
from local.embedded.replacing import replace
from local.journal import Journal, below, decode_key, encode_key

# As ministack has them: a table's record, and an item in DynamoDB's own JSON.
Table = dict[str, Any]
Item = dict[str, Any]
Request = dict[str, Any]
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.KeyConditionExpressions.html
_BEGINS_WITH = re.compile(r"\bbegins_with\s*\(\s*([#\w.-]+)\s*,\s*(:\w+)\s*\)")
# The sort key of an item whose table has none, as ministack calls it.
_NO_SORT = "__no_sort__"


class Place(NamedTuple):
    """Partition key and sort key of an item."""

    partition: str
    sort: str


@dataclass(frozen=True)
class Index:
    """An index whose items are kept in its order: one whose keys, and whose table's, are all strings.

    ``shown`` are the attributes that it holds, or None for all.
    """

    name: str
    partition: str
    sort: str | None
    shown: frozenset[str] | None

    def key_of(self, item: Item, place: Place) -> tuple[str, ...] | None:
        """Where an item is in the index, or None if it isn't."""
        keys = [self.partition, *([self.sort] if self.sort else [])]
        if any(key not in item for key in keys):
            return None
        partition, *rest = (str(item[key]["S"]) for key in keys)
        return self.name, partition, *(rest or [""]), *place

    def entry_of(self, item: Item) -> Item:
        """What the index holds of an item."""
        return item if self.shown is None else {name: value for name, value in item.items() if name in self.shown}


class Partition(Mapping[str, Item]):
    """The items of a partition by sort key, as ministack looks at them; empty where there is no such partition."""

    def __init__(self, journal: Journal, table: str, partition: str):
        self._journal = journal
        self._parts = (table, partition)

    def __getitem__(self, sort: str) -> Item:
        value = self._journal.get("item", encode_key(*self._parts, sort))
        if value is None:
            raise KeyError(sort)
        item: Item = json.loads(value)
        return item

    def __iter__(self) -> Iterator[str]:
        return (decode_key(key)[-1] for key, _ in self._journal.read("item", below(*self._parts)))

    def __len__(self) -> int:
        return self._journal.count("item", below(*self._parts))

    def __bool__(self) -> bool:
        return any(True for _ in self)

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Item]:
        return dict(self.items())


class Items(Mapping[str, Partition]):
    """The items of a table by partition, as ministack looks at them."""

    def __init__(self, journal: Journal, table: str):
        self._journal = journal
        self._table = table

    def __getitem__(self, partition: str) -> Partition:
        found = Partition(self._journal, self._table, partition)
        if not found:
            raise KeyError(partition)
        return found

    def get(self, partition: str, default: Any = None) -> Partition:
        return Partition(self._journal, self._table, partition)

    def __iter__(self) -> Iterator[str]:
        after = None
        while found := next(self._journal.read("item", below(self._table), after), None):
            partition = decode_key(found[0])[1]
            yield partition
            after = below(self._table, partition) + "\U0010ffff"

    def __len__(self) -> int:
        return sum(1 for _ in self)


class ItemStore:
    """The items of all tables. ``failed`` is told when one could not be written."""

    def __init__(self, dynamodb: Any, journal: Journal, failed: Callable[[Exception], None]):
        self._dynamodb = dynamodb
        self._journal = journal
        self._failed = failed
        # What is known of each table's indexes, by the table's id; and how they were defined then.
        self._indexes: dict[str, tuple[list[Any], dict[str, Index]]] = {}
        self._page: _Page | None = None
        # How often the items of each table have changed, by its name.
        self.changes: Counter[str] = Counter()

    def watch(self) -> None:
        """Put this store in place of ministack's dictionaries."""
        dynamodb = self._dynamodb
        replace(dynamodb, "_set_item", self.set, "(table, pk_val, sk_val, item)")
        replace(dynamodb, "_remove_item", self.remove, "(table, pk_val, sk_val)")
        replace(dynamodb, "_items_replaced", self._take_over, "(table)")
        replace(dynamodb, "_update_counts", self._count, "(table)")
        self._query = replace(dynamodb, "_query", self._read_query, "(data)")
        self._scan = replace(dynamodb, "_scan", self._read_scan, "(data)")
        self._index_members = replace(dynamodb, "_index_members", self._members, "(table)")
        self._index_order = replace(dynamodb, "_index_order_keys", self._order, "(table, sk_name)")
        signature = "(items, limit, table, index_name=None)"
        self._paginate = replace(dynamodb, "_paginate_evaluated_items", self._take_page, signature)

    def load(self) -> None:
        """Give each table its items, and forget those of tables that are not there any more."""
        tables = {table["TableId"]: table for table in self._dynamodb._tables._data.values()}
        for kind in ("item", "entry", "index"):
            after = None
            while found := next(self._journal.read(kind, "", after), None):
                table = decode_key(found[0])[0]
                after = below(table) + "\U0010ffff"
                if table not in tables:
                    self._journal.remove(kind, below(table))
        for table in tables.values():
            table["items"] = Items(self._journal, table["TableId"])
            self._count(table)
            self._indexes_of(table)

    # What changes items

    def set(self, table: Table, partition: str, sort: str, item: Item) -> Item | None:
        """Store an item, and return the one it replaces."""
        return self._change(table, Place(partition, sort), item)

    def remove(self, table: Table, partition: str, sort: str) -> Item | None:
        """Remove an item, and return it if it was there."""
        return self._change(table, Place(partition, sort), None)

    def _change(self, table: Table, place: Place, item: Item | None) -> Item | None:
        before: Item | None = self._items_of(table).get(place.partition).get(place.sort)
        if item is None and before is None:
            return None
        self._put("item", encode_key(table["TableId"], *place), item)
        self.changes[table["TableName"]] += 1
        # What ministack keeps of the other indexes, once they were asked for.
        for one, is_added in ((before, False), (item, True)):
            if one is not None:
                self._dynamodb._index_item(table, *place, one, add=is_added)
        for index in self._indexes_of(table).values():
            old, new = (index.key_of(one, place) if one is not None else None for one in (before, item))
            if old and old != new:
                self._put("entry", encode_key(table["TableId"], *old), None)
            if new and item is not None:
                self._put("entry", encode_key(table["TableId"], *new), index.entry_of(item))
        self._set_count(table, table["ItemCount"] + (item is not None) - (before is not None))
        return before

    def _put(self, kind: str, key: str, content: Any) -> None:
        try:
            self._journal.put(kind, key, encode_if_any(content))
        except Exception as error:
            self._failed(error)
            raise

    def _take_over(self, table: Table) -> None:
        """All items of a table at once, which ministack has in dictionaries: after a rollback or a restored backup."""
        replaced = table["items"]
        self.changes[table["TableName"]] += 1
        table["items"] = Items(self._journal, table["TableId"])
        for kind in ("item", "entry", "index"):
            self._journal.remove(kind, below(table["TableId"]))
        self._indexes.pop(table["TableId"], None)
        for partition, items in replaced.items():
            for sort, item in items.items():
                self._put("item", encode_key(table["TableId"], partition, sort), item)
        self._count(table)

    def _items_of(self, table: Table) -> Items:
        if not isinstance(table["items"], Items):  # a new table's, or a replica's
            self._take_over(table)
        items: Items = table["items"]
        return items

    def _count(self, table: Table) -> None:
        if not isinstance(table["items"], Items):
            self._take_over(table)
        self._set_count(table, self._journal.count("item", below(table["TableId"])))

    @staticmethod
    def _set_count(table: Table, count: int) -> None:
        table["ItemCount"] = count
        table["TableSizeBytes"] = 200 * count  # as ministack has it

    # Indexes

    def _indexes_of(self, table: Table) -> dict[str, Index]:
        """The indexes that are kept in order, by name; builds those that were added."""
        defined = [table.get("GlobalSecondaryIndexes"), table.get("LocalSecondaryIndexes")]
        known = self._indexes.get(table["TableId"])
        if known and known[0] == defined:
            return known[1]
        indexes = {index.name: index for index in (self._index(table, one) for one in _chained(defined)) if index}
        kept = {decode_key(key)[1]: value for key, value in self._journal.read("index", below(table["TableId"]))}
        for name in kept.keys() | indexes.keys():
            now = _describe(indexes[name]) if name in indexes else None
            if kept.get(name) != now:
                self._journal.remove("entry", below(table["TableId"], name))
                self._build(table, indexes.get(name))
                self._journal.put("index", encode_key(table["TableId"], name), now)
        self._indexes[table["TableId"]] = json.loads(json.dumps(defined)), indexes
        return indexes

    def _build(self, table: Table, index: Index | None) -> None:
        for key, value in self._journal.read("item", below(table["TableId"])) if index else ():
            _, partition, sort = decode_key(key)
            item = json.loads(value)
            if index and (place := index.key_of(item, Place(partition, sort))):
                self._put("entry", encode_key(table["TableId"], *place), index.entry_of(item))

    def _index(self, table: Table, defined: dict[str, Any]) -> Index | None:
        hashes, ranges = self._dynamodb._index_key_lists(defined)
        own = [name for name in (table["pk_name"], table["sk_name"]) if name]
        names = [*hashes, *ranges, *own]
        if len(hashes) != 1 or len(ranges) > 1 or not self._are_strings(table, names):
            return None
        projection = defined.get("Projection") or {}
        kind = projection.get("ProjectionType", "ALL")
        shown = None if kind == "ALL" else frozenset([*names, *(projection.get("NonKeyAttributes") or [])])
        return Index(defined["IndexName"], hashes[0], ranges[0] if ranges else None, shown)

    def _are_strings(self, table: Table, names: Iterable[str]) -> bool:
        return all(self._dynamodb._get_attr_type(table, name) == "S" for name in names)

    # What reads them

    def _read_query(self, data: Request) -> Any:
        table = self._table(data)
        page = self._query_page(table, data) if table else None
        return self._with_page(table, page, lambda: self._query(data))

    def _read_scan(self, data: Request) -> Any:
        table = self._table(data)
        page = self._scan_page(table, data) if table else None
        return self._with_page(table, page, lambda: self._scan(data))

    def _table(self, data: Request) -> Table | None:
        table: Table | None = self._dynamodb._tables.get(self._dynamodb._normalize_table_name(data.get("TableName")))
        if table:
            self._items_of(table)
        return table

    def _with_page(self, table: Table | None, page: "_Page | None", read: Callable[[], Any]) -> Any:
        """What ``read`` answers where the table seems to have these items alone."""
        if table is None or page is None:
            return read()
        items, table["items"], self._page = table["items"], page.partitions, page
        try:
            return read()
        finally:
            table["items"], self._page = items, None

    def _query_page(self, table: Table, data: Request) -> "_Page | None":
        """The page that a query asks for, or None where ministack has to look at the whole partition."""
        dynamodb = self._dynamodb
        index = self._indexes_of(table).get(data.get("IndexName", ""))
        if "IndexName" in data and not index:
            return None
        names = [table["pk_name"], table["sk_name"]] if index is None else [index.partition, index.sort]
        if not self._are_strings(table, filter(None, names)):
            return None
        condition, values = data.get("KeyConditionExpression", ""), data.get("ExpressionAttributeValues", {})
        aliases, conditions = data.get("ExpressionAttributeNames", {}), data.get("KeyConditions") or {}
        if condition:
            wanted = dynamodb._extract_pk_from_condition(condition, values, aliases, names[0])
        else:
            wanted = dynamodb._extract_pk_from_key_conditions(conditions, names[0])
        if not isinstance(wanted, str):
            return _Page()  # it will be refused

        def is_asked(item: Item) -> bool:
            try:
                if condition:
                    asked = dynamodb._evaluate_condition(
                        condition, item, values, aliases, slot="KeyConditionExpression"
                    )
                    return bool(asked)
                return bool(dynamodb._evaluate_key_conditions_item(item, conditions, names[0]))
            except ValueError:
                return True  # it will be refused

        backwards = data.get("ScanIndexForward") is False
        prefix = _prefix_of(condition, values, aliases, names[1])
        found = self._found(table, index, [wanted], data, prefix, backwards=backwards)
        has_more_keys = len(conditions) > 1 or len(dynamodb._key_condition_clauses(dynamodb._tokenize(condition))) > 1
        return self._cut(filter(lambda one: is_asked(one[1]), found) if has_more_keys else found, table, index, data)

    def _scan_page(self, table: Table, data: Request) -> "_Page | None":
        """The page that a scan asks for, or None where ministack has to look at the whole table."""
        index = self._indexes_of(table).get(data.get("IndexName", ""))
        if "IndexName" in data and not index:
            return None
        found = self._found(table, index, [], data)
        segments, segment = data.get("TotalSegments") or 1, data.get("Segment") or 0
        if segments > 1:
            name = index.partition if index else table["pk_name"]
            value_of = self._dynamodb._extract_key_val
            found = (one for one in found if _segment(value_of(one[1][name]), segments) == segment)
        return self._cut(found, table, index, data)

    def _found(
        self,
        table: Table,
        index: Index | None,
        within: list[str],
        data: Request,
        prefix: str = "",
        *,
        backwards: bool = False,
    ) -> Iterator[tuple[Place, Item]]:
        """Items of a table or an index after the one that the request starts with, in the order of their keys;
        ``within`` is the partition, if one is asked for, and ``prefix`` is how their sort keys begin there."""
        start = data.get("ExclusiveStartKey") or {}
        own = [table["pk_name"], table["sk_name"]]
        names = [index.partition, index.sort, *own] if index else own
        beginning = [table["TableId"], *([index.name] if index else [])]
        after = None
        if start:
            values = [self._start_value(start, name) for name in names]
            if not table["sk_name"]:
                values[-1] = _NO_SORT
            after = encode_key(*beginning, *within, *values[len(within) :])
        kind = "entry" if index else "item"
        first = encode_key(*beginning, *within, prefix)
        for key, value in self._journal.read(kind, first, after, backwards=backwards):
            yield Place(*decode_key(key)[-2:]), json.loads(value)

    def _start_value(self, start: Item, name: str | None) -> str:
        if name is None:
            return ""
        return str(self._dynamodb._extract_key_val(start.get(name, {})) or "")

    def _cut(self, found: Iterable[tuple[Place, Item]], table: Table, index: Index | None, data: Request) -> "_Page":
        """As many as ministack's own page has: up to a limit, and to a size that it measures."""
        page, size, limit = _Page(), 0, data.get("Limit")
        for place, item in found:
            length = self._dynamodb._item_size_bytes(item)
            if page.partitions and size + length > self._dynamodb._DDB_PAGE_SIZE_BYTES:
                page.has_more = True
                break
            page.add(place, item)
            size += length
            if (limit and page.count >= int(limit)) or size >= self._dynamodb._DDB_PAGE_SIZE_BYTES:
                page.has_more = True
                break
        page.index = index
        return page

    # What Query and Scan call while they read a page

    def _members(self, table: Table) -> Any:
        return {} if self._page is not None else self._index_members(table)

    def _order(self, table: Table, sort: Any) -> Any:
        order = self._index_order(table, sort)
        if self._page is None or self._page.index is None:
            return order
        return [(self._page.index.partition, "S"), *(one for one in order if one[0] != self._page.index.partition)]

    def _take_page(self, items: list[Item], limit: int | None, table: Table, index_name: str | None = None) -> Any:
        if self._page is None:
            return self._paginate(items, limit, table, index_name)
        return items, self._page.has_more


class _Page:
    """What a query or a scan finds: partitions of items, as ministack keeps them, and whether more follow."""

    def __init__(self) -> None:
        self.partitions: dict[str, dict[str, Item]] = {}
        self.count = 0
        self.has_more = False
        self.index: Index | None = None

    def add(self, place: Place, item: Item) -> None:
        self.partitions.setdefault(place.partition, {})[place.sort] = item
        self.count += 1


def _prefix_of(condition: str, values: dict[str, Any], aliases: dict[str, str], sort: str | None) -> str:
    """How the sort keys begin that a key condition asks for; empty if it doesn't say. A partition may have thousands of
    others, which needn't be read to find out that they don't."""
    found = _BEGINS_WITH.search(condition)
    if not found or aliases.get(found[1], found[1]) != sort:
        return ""
    value = values.get(found[2]) or {}
    return str(value.get("S", ""))


def _chained(lists: list[Any]) -> Iterator[dict[str, Any]]:
    return itertools.chain.from_iterable(one or [] for one in lists)


def _describe(index: Index) -> bytes:
    """What an index's entries depend on."""
    return json.dumps([index.partition, index.sort, index.shown and sorted(index.shown)]).encode()


def _segment(partition: str, segments: int) -> int:
    """Which part of a scan by several has a partition, as ministack shares them out."""
    return int.from_bytes(hashlib.sha1(str(partition).encode()).digest()[:4], "big") % segments  # noqa: S324
