"""S3's objects, read from the journal's cells when they are needed, in place of ministack's dictionaries.

ministack keeps an object in several dictionaries: its current record, its versions, and the tags, ACLs and annotations
of each version. The cell of an object has all of it, and each dictionary here is a view of the cells. A cell that a
call has asked for stays in memory until the call is answered, so that ministack may change a record where it is.
"""

import heapq
import itertools
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from local.embedded.cells import decode_value, encode_value
from local.embedded.replacing import replace, replace_value
from local.journal import Journal, below, decode_key, encode_key

# As ministack has it: what is known of an object or of a version, but for its bytes.
Record = dict[str, Any]
# Sorts after everything that follows it in a key.
_LAST = "\U0010ffff"
_FIELDS = {"_object_tags": "tags", "_object_acl": "acl", "_object_annotations": "annotations"}


class Place(NamedTuple):
    """Where an object is."""

    account: str
    bucket: str
    key: str


@dataclass
class Cell:
    """An object: its current record, if it has one, and its versions, oldest first; by version, what it has besides."""

    current: Record | None = None
    versions: list[Record] = field(default_factory=list)
    tags: dict[str, Any] = field(default_factory=dict)
    acl: dict[str, Any] = field(default_factory=dict)
    annotations: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def decode(cls, value: bytes) -> "Cell":
        """A cell as it is kept."""
        cell = cls(**decode_value(value))
        if cell.current is not None:
            cell.current.setdefault("body", None)
        return cell

    def encode(self) -> bytes | None:
        """The cell as it is kept, or None where there is no object."""
        if self.current is None and not self.versions:
            return None
        names = {"null", *(version["version_id"] for version in self.versions)}
        besides = {
            one: {name: value for name, value in getattr(self, one).items() if name in names}
            for one in _FIELDS.values()
        }
        return encode_value({"current": self.current, "versions": self.versions, **besides})


class ObjectStore:
    """The objects of all buckets."""

    def __init__(self, s3: Any, journal: Journal):
        self._s3 = s3
        self._journal = journal
        # What calls have asked for since one was answered; a place where nothing is has an empty cell.
        self._open: dict[Place, Cell] = {}
        self._versions = _Versions(self)

    def load(self) -> None:
        """Give each bucket its objects, and forget those of buckets that are not there any more."""
        s3 = self._s3
        buckets = s3._buckets._data
        after = None
        while found := next(self._journal.read("object", "", after), None):
            account, bucket, _ = decode_key(found[0])
            after = below(account, bucket) + _LAST
            if (account, bucket) not in buckets:
                self._journal.remove("object", below(account, bucket))
        for (account, name), bucket in buckets.items():
            bucket["objects"] = Objects(self, account, name)
        replace_value(s3._buckets, "_data", _Buckets(self, buckets), "dict")
        replace_value(s3._object_versions, "_data", self._versions, "dict")
        for name, one in _FIELDS.items():
            replace_value(getattr(s3, name), "_data", _Besides(self, one), "dict")
        self._collect = replace(
            s3, "_collect_list_entries", self._list, "(bucket_objects, prefix, delimiter, max_keys, start_after)"
        )
        self._versions_list = replace(s3, "_list_object_versions", self._list_versions, "(bucket_name, query_params)")
        replace(s3, "_bucket_has_versions", lambda name: self._has_objects(s3.get_account_id(), name), "(name)")

    def cell(self, place: Place) -> Cell:
        """An object's cell; an empty one where there is none. It may be changed until the call ends."""
        if place not in self._open:
            value = self._journal.get("object", encode_key(*place))
            self._open[place] = Cell() if value is None else Cell.decode(value)
        return self._open[place]

    def forget(self) -> None:
        """A call has ended, and what it changed is kept."""
        self._open.clear()

    def walk(self, account: str, bucket: str, prefix: str = "", after: str | None = None) -> Iterator[tuple[str, Cell]]:
        """Key and cell of the objects of a bucket whose keys begin with ``prefix`` and follow ``after``, by key."""
        start = None if after is None else encode_key(account, bucket, after)
        found = self._journal.read("object", encode_key(account, bucket, prefix), start)
        kept = ((decode_key(key)[-1], value) for key, value in found)
        asked = sorted(
            place.key
            for place in self._open
            if place[:2] == (account, bucket) and place.key.startswith(prefix) and (after is None or place.key > after)
        )
        last = None
        for key, value in heapq.merge(kept, ((key, None) for key in asked), key=lambda one: one[0]):
            if key == last:
                continue
            last = key
            place = Place(account, bucket, key)
            cell = self._open[place] if place in self._open else Cell.decode(value or b"")
            if cell.current is not None or cell.versions:
                yield key, cell

    def walk_all(self) -> Iterator[tuple[Place, Cell]]:
        """Place and cell of every object."""
        for account, bucket in list(self._s3._buckets._data):
            for key, cell in self.walk(account, bucket):
                yield Place(account, bucket, key), cell

    def adopt(self, account: str, name: str, bucket: dict[str, Any]) -> None:
        """Give a new bucket its objects."""
        self.remove_bucket(account, name)
        records, bucket["objects"] = bucket.get("objects") or {}, Objects(self, account, name)
        bucket["objects"].update(records)

    def remove_bucket(self, account: str, name: str) -> None:
        """Forget all objects of a bucket."""
        if self._has_objects(account, name):
            self._journal.remove("object", below(account, name))
        for place in [place for place in self._open if place[:2] == (account, name)]:
            del self._open[place]

    def _has_objects(self, account: str, bucket: str) -> bool:
        return next(self.walk(account, bucket), None) is not None

    # What ministack calls to list them

    def _list(
        self, objects: MutableMapping[str, Record], prefix: str, delimiter: str, max_keys: int, start_after: str
    ) -> tuple[list[str], list[str], bool, str]:
        """Keys and common prefixes of a page, whether more follow, and what the next page starts after."""
        if not isinstance(objects, Objects):
            found: tuple[list[str], list[str], bool, str] = self._collect(
                objects, prefix, delimiter, max_keys, start_after
            )
            return found
        rows = list(itertools.islice(self._rows(objects, prefix, delimiter, start_after), max_keys + 1))
        page = rows[:max_keys]
        keys, groups = ([value for value, is_group in page if is_group == wanted] for wanted in (False, True))
        return keys, groups, len(rows) > max_keys, page[-1][0] if page else ""

    def _rows(self, objects: "Objects", prefix: str, delimiter: str, start_after: str) -> Iterator[tuple[str, bool]]:
        """Keys, and prefixes that stand for all keys that begin with them, in order; and which of them it is."""
        after = start_after or None
        while True:
            for key, cell in self.walk(objects.account, objects.bucket, prefix, after):
                if cell.current is None:
                    continue
                group = _group(key, prefix, delimiter)
                if group is None:
                    self._open.setdefault(Place(objects.account, objects.bucket, key), cell)
                    yield key, False
                    continue
                if group > start_after:
                    yield group, True
                after = group + _LAST
                break
            else:
                return

    def _list_versions(self, name: str, query: dict[str, Any]) -> Any:
        """ministack's list of versions, of a bucket that seems to have those of the page alone."""
        bucket = self._s3._buckets.get(name)
        if bucket is None:
            return self._versions_list(name, query)
        objects = bucket["objects"]
        page = self._versions_page(objects, query)
        bucket["objects"] = {key: cell.current for key, cell in page.items() if cell.current is not None}
        self._versions.page = [(objects.account, (name, key)) for key, cell in page.items() if cell.versions]
        try:
            return self._versions_list(name, query)
        finally:
            bucket["objects"], self._versions.page = objects, None

    def _versions_page(self, objects: "Objects", query: dict[str, Any]) -> dict[str, Cell]:
        """The objects that a page of versions is about, by key, and one more if there are more."""
        prefix, delimiter, marker, version = (
            self._s3._qp(query, name, "") for name in ("prefix", "delimiter", "key-marker", "version-id-marker")
        )
        most = int(self._s3._qp(query, "max-keys", "1000"))
        page: dict[str, Cell] = {}
        if version:  # the page before ended within this object
            page[marker] = self.cell(Place(objects.account, objects.bucket, marker))
        after, count = marker or None, 0
        while count <= most:
            for key, cell in self.walk(objects.account, objects.bucket, prefix, after):
                page[key] = cell
                group = _group(key, prefix, delimiter)
                count += 1 if group else max(1, len(cell.versions))
                after = group + _LAST if group else key
                if group or count > most:
                    break
            else:
                break
        return page


class Objects(MutableMapping[str, Record]):
    """The current records of a bucket's objects, by key."""

    def __init__(self, store: ObjectStore, account: str, bucket: str):
        self._store = store
        self.account = account
        self.bucket = bucket

    def _cell(self, key: str) -> Cell:
        return self._store.cell(Place(self.account, self.bucket, key))

    def __getitem__(self, key: str) -> Record:
        record = self._cell(key).current
        if record is None:
            raise KeyError(key)
        return record

    def __setitem__(self, key: str, record: Record) -> None:
        self._cell(key).current = record

    def __delitem__(self, key: str) -> None:
        self[key]  # raises where there is none
        self._cell(key).current = None

    def __iter__(self) -> Iterator[str]:
        found = self._store.walk(self.account, self.bucket)
        return (key for key, cell in found if cell.current is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __bool__(self) -> bool:
        return any(True for _ in self)


class _Versions(MutableMapping[tuple[str, tuple[str, str]], list[Record]]):
    """The versions of objects that have any, by account and by bucket and key."""

    def __init__(self, store: ObjectStore):
        self._store = store
        # Those that there seem to be, while a page of a list is made.
        self.page: list[tuple[str, tuple[str, str]]] | None = None

    def _cell(self, place: tuple[str, tuple[str, str]]) -> Cell:
        account, (bucket, key) = place
        return self._store.cell(Place(account, bucket, key))

    def __getitem__(self, place: tuple[str, tuple[str, str]]) -> list[Record]:
        versions = self._cell(place).versions
        if not versions:
            raise KeyError(place)
        return versions

    def __setitem__(self, place: tuple[str, tuple[str, str]], versions: list[Record]) -> None:
        self._cell(place).versions = versions

    def __delitem__(self, place: tuple[str, tuple[str, str]]) -> None:
        self[place]  # raises where there are none
        self._cell(place).versions = []

    def __iter__(self) -> Iterator[tuple[str, tuple[str, str]]]:
        if self.page is not None:
            return iter(self.page)
        found = self._store.walk_all()
        return ((place.account, (place.bucket, place.key)) for place, cell in found if cell.versions)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _Besides(MutableMapping[tuple[str, tuple[str, str, str | None]], Any]):
    """Tags, ACLs or annotations, by account and by bucket, key and version; None is the version ``null``."""

    def __init__(self, store: ObjectStore, name: str):
        self._store = store
        self._name = name

    def _all(self, place: tuple[str, tuple[str, str, str | None]]) -> dict[str, Any]:
        account, (bucket, key, _) = place
        found: dict[str, Any] = getattr(self._store.cell(Place(account, bucket, key)), self._name)
        return found

    def __getitem__(self, place: tuple[str, tuple[str, str, str | None]]) -> Any:
        return self._all(place)[place[1][2] or "null"]

    def __setitem__(self, place: tuple[str, tuple[str, str, str | None]], value: Any) -> None:
        self._all(place)[place[1][2] or "null"] = value

    def __delitem__(self, place: tuple[str, tuple[str, str, str | None]]) -> None:
        del self._all(place)[place[1][2] or "null"]

    def __iter__(self) -> Iterator[tuple[str, tuple[str, str, str | None]]]:
        for place, cell in self._store.walk_all():
            for version in getattr(cell, self._name):
                yield place.account, (place.bucket, place.key, None if version == "null" else version)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _Buckets(dict[tuple[str, str], dict[str, Any]]):
    """ministack's buckets by account and name; one that is made or removed has no objects."""

    def __init__(self, store: ObjectStore, buckets: dict[tuple[str, str], dict[str, Any]]):
        super().__init__(buckets)
        self._store = store

    def __setitem__(self, place: tuple[str, str], bucket: dict[str, Any]) -> None:
        self._store.adopt(*place, bucket)
        super().__setitem__(place, bucket)

    def setdefault(self, place: tuple[str, str], bucket: dict[str, Any]) -> dict[str, Any]:
        if place not in self:
            self[place] = bucket
        return self[place]

    def __delitem__(self, place: tuple[str, str]) -> None:
        super().__delitem__(place)
        self._store.remove_bucket(*place)

    def pop(self, place: tuple[str, str], *default: Any) -> Any:
        if place not in self:
            return super().pop(place, *default)
        bucket = self[place]
        del self[place]
        return bucket


def _group(key: str, prefix: str, delimiter: str) -> str | None:
    """The common prefix that stands for a key in a list, if one does."""
    end = key.find(delimiter, len(prefix)) if delimiter else -1
    return None if end < 0 else key[: end + len(delimiter)]
