"""What was found, in SQLite in a temporary file: so an import of any size takes the same memory."""

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from functions.errors import KinpicsError
from scripts.imports.found import Entry, Found, Unplaced

# What becomes of a photo: it waits to be placed, is the same as another, is on the site already, or doesn't go there.
NEW, SAME, PRESENT, OUT = "new", "same", "present", "out"
_BATCH = 1000
# Stars from which on a photo is better than others, and the most there are.
_GOOD, _BEST = 3, 5
_SCHEMA = """
CREATE TABLE found (
  id INTEGER PRIMARY KEY, source INTEGER, entry TEXT, size INTEGER, crc INTEGER, data TEXT,
  state TEXT DEFAULT 'new', kind TEXT, seen_at TEXT, epoch INTEGER, zoned INTEGER, sha256 TEXT,
  set_name TEXT, file TEXT, also TEXT DEFAULT '[]', stars INTEGER DEFAULT 0
);
CREATE INDEX entries ON found (entry);
CREATE INDEX sizes ON found (size);
CREATE INDEX digests ON found (sha256);
CREATE INDEX times ON found (epoch % 900, epoch);
CREATE INDEX paths ON found (set_name, file);
CREATE TABLE unplaced (name TEXT, reason TEXT, is_failure INTEGER);
CREATE TABLE stored (set_name TEXT, file TEXT, size INTEGER);
CREATE INDEX stored_sizes ON stored (size);
CREATE TABLE deleted (set_name TEXT, file TEXT, size INTEGER, version TEXT);
CREATE INDEX deleted_sizes ON deleted (size);
"""


class DiskFullError(KinpicsError):
    """There is no room left for the table."""


@contextlib.contextmanager
def telling_of_full_disk() -> Iterator[None]:
    """Raises ``DiskFullError`` for what SQLite says then."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_FULL:
            raise
        raise DiskFullError(
            "the disk for temporary files is full: free some of it, or let TMPDIR name a folder on another disk, and "
            "run the same command again"
        ) from None


@dataclass(frozen=True, slots=True)
class Item:
    """A photo with all that has been found out about it. ``also`` are the other sets it belongs to."""

    id: int
    source: int
    found: Found
    state: str
    kind: str | None
    seen_at: str | None
    sha256: str | None
    set_name: str | None
    file: str | None
    also: tuple[str, ...]

    @property
    def taken_at(self) -> str | None:
        """When it was taken: as the service says, else as its file does."""
        return self.found.taken_at or self.seen_at


class FoundTable:
    """Photos by id, in the order in which they were found."""

    def __init__(self) -> None:
        # A name that is empty is a temporary file, which goes with the process however it ends.
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(_SCHEMA)
        self._db.execute("BEGIN")

    def add(self, source: int, found: Found) -> None:
        """Note a photo of the container with this number."""
        entry = found.entry
        epoch, zoned = _epoch(found.taken_at)
        self._db.execute(
            "INSERT INTO found (source, entry, size, crc, data, epoch, zoned) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (source, entry.name, entry.size, entry.crc, json.dumps(found.to_json()), epoch, zoned),
        )

    def leave_out(self, unplaced: Unplaced, item: int | None = None) -> None:
        """Note what doesn't go in, with its reason; ``item`` if it had been found."""
        self._db.execute("INSERT INTO unplaced VALUES (?, ?, ?)", (*unplaced[:2], int(unplaced.is_failure)))
        if item is not None:
            self.change(item, state=OUT)

    def change(self, item: int, **values: Any) -> None:
        """Set columns of a photo."""
        columns = ", ".join(f"{name} = ?" for name in values)
        self._db.execute(f"UPDATE found SET {columns} WHERE id = ?", (*values.values(), item))  # noqa: S608 - our names

    def give_seen_time(self, item: int, seen_at: str) -> None:
        """Note when a photo was taken by what its file says."""
        epoch, zoned = _epoch(seen_at)
        self.change(item, seen_at=seen_at, epoch=epoch, zoned=zoned)

    def give_found(self, item: int, found: Found) -> None:
        """Replace what is known of a photo."""
        self.change(item, data=json.dumps(found.to_json()))

    def note_stars(self, stars: Mapping[int, int]) -> None:
        """Note the stars that photos have in their own files, by the photos' ids."""
        self._db.executemany(
            "UPDATE found SET stars = ? WHERE id = ?", ((given, item) for item, given in stars.items())
        )

    def items(self, where: str = "state = 'new'", values: Iterable[Any] = (), order: str = "id") -> Iterator[Item]:
        """Photos, however many, while the table may be changed: in portions, by ids that are looked up first."""
        ids = self._db.execute(f"SELECT id FROM found WHERE {where} ORDER BY {order}", tuple(values)).fetchall()  # noqa: S608
        for start in range(0, len(ids), _BATCH):
            portion = [row[0] for row in ids[start : start + _BATCH]]
            marks = ",".join("?" * len(portion))
            rows = self._db.execute(
                "SELECT id, source, entry, size, crc, data, state, kind, seen_at, sha256, set_name, file, also "  # noqa: S608
                f"FROM found WHERE id IN ({marks})",
                portion,
            )
            by_id = {row[0]: _item(row) for row in rows}
            yield from (by_id[number] for number in portion)

    def item(self, number: int) -> Item:
        return next(self.items("id = ?", (number,)))

    def find_best(self, set_name: str) -> str | None:
        """The file of a set's best photo by its owner: its first favourite, or else the first with the most stars.

        Those are told by the service, or noted by `note_stars`; five stars are as good as a favourite.
        """
        rows = self._db.execute(
            "SELECT file, MAX(CASE WHEN json_extract(data, '$.is_favourite') THEN ? ELSE 0 END, "
            "IFNULL(json_extract(data, '$.rating'), 0), stars) AS best "
            "FROM found WHERE set_name = ? AND state IN ('new', 'present') AND best >= ? "
            "ORDER BY best DESC, epoch, file LIMIT 1",
            (_BEST, set_name, _GOOD),
        )
        return next((row[0] for row in rows), None)

    def count(self, where: str = "1") -> int:
        return int(self._db.execute(f"SELECT COUNT(*) FROM found WHERE {where}").fetchone()[0])  # noqa: S608

    def query(self, sql: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """Rows of any question."""
        return self._db.execute(sql, tuple(values)).fetchall()

    def add_stored(self, stored: Iterable[tuple[str, str, int]]) -> None:
        """Note the originals that the site has: set, file and size."""
        self._db.executemany("INSERT INTO stored VALUES (?, ?, ?)", stored)

    def add_deleted(self, deleted: Iterable[tuple[str, str, int, str]]) -> None:
        """Note the originals that the site had and still keeps: set, file, size and version."""
        self._db.executemany("INSERT INTO deleted VALUES (?, ?, ?, ?)", deleted)

    def unplaced(self) -> Iterator[Unplaced]:
        """What doesn't go in, by reason."""
        for name, reason, is_failure in self._db.execute(
            "SELECT * FROM unplaced ORDER BY is_failure DESC, reason, rowid"
        ):
            yield Unplaced(name, reason, bool(is_failure))

    def close(self) -> None:
        self._db.close()


def _item(row: tuple[Any, ...]) -> Item:
    number, source, name, size, crc, data, state, kind, seen_at, sha256, set_name, file, also = row
    found = Found.from_json(Entry(name, size, crc), json.loads(data))
    return Item(number, source, found, state, kind, seen_at, sha256, set_name, file, tuple(json.loads(also)))


def _epoch(moment: str | None) -> tuple[int | None, int]:
    """Seconds since 1970 of a moment, as if in UTC if it has no zone, and whether it has one."""
    if moment is None:
        return None, 0
    parsed = datetime.fromisoformat(moment)
    zoned = parsed.tzinfo is not None
    return int((parsed if zoned else parsed.replace(tzinfo=UTC)).timestamp()), int(zoned)
