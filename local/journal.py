"""Keeps what the embedded AWS must not forget: cells of bytes in one SQLite file, each with a kind and a key, in the
order of their keys. They are read from there when they are needed, so that memory doesn't grow with them.

SQLite's write-ahead log is the journal: a commit is appended to it in one piece, a torn last one is recognised by its
checksum and dropped, and a start replays it (https://www.sqlite.org/wal.html). A thread of its own
merges it into the file, so that no call waits for that. A commit survives the end of the process at any moment. The log
is not synced at each commit, so a power cut may lose the last moments, but never damages the file.
"""

import contextlib
import re
import sqlite3
import threading
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from functions.errors import KinpicsError

# The format of the folder that the file is in: `local.folder_format` brings those of earlier releases up to it.
FORMAT = 2
SCHEMA = """
CREATE TABLE IF NOT EXISTS cells (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    value BLOB NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (kind, key)
);
"""
PUT = """
INSERT INTO cells VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value, checksum = excluded.checksum
"""

# Pages of 4 KiB.
_LONG_LOG = 4096
# Bytes of a file whose pages are all checked at a start: 0.1 s.
_MOST_CHECKED = 64 * 1024 * 1024
# Cells read at once: few at first, because most readers stop early.
_FIRST_READ = 16
_MOST_READ = 1024
# What separates the parts of a key sorts before every character of a part.
_SEPARATOR = "\x01"
_ESCAPES = {"\x00": "\x02\x03", "\x01": "\x02\x04", "\x02": "\x02\x05"}
_UNESCAPES = {escaped: character for character, escaped in _ESCAPES.items()}
_TRANSLATION = str.maketrans(_ESCAPES)
_ESCAPED = re.compile("\x02[\x03-\x05]")
_LAST_CHARACTER = "\U0010ffff"

# Kind and key of a cell, and its new value; None removes it.
Change = tuple[str, str, bytes | None]


class DamagedError(KinpicsError):
    """A file of the state can't be read; the message names it and says what is wrong."""


def encode_key(*parts: str) -> str:
    """The key of a cell, from its parts: keys sort as the lists of their parts do."""
    return _SEPARATOR.join(part.translate(_TRANSLATION) for part in parts)


def decode_key(key: str) -> list[str]:
    """The parts of a cell's key."""
    return [_ESCAPED.sub(lambda found: _UNESCAPES[found[0]], part) for part in key.split(_SEPARATOR)]


def below(*parts: str) -> str:
    """The beginning of all keys that have these parts and more."""
    return encode_key(*parts, "")


class Journal:
    """The cells of one file. Used by one thread at a time."""

    def __init__(self, path: Path):
        """Open or create. Raises ``DamagedError``."""
        self._path = path
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute("PRAGMA wal_autocheckpoint = 0")
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            if version not in (0, FORMAT):
                raise DamagedError(f"{path} was written by {'a newer' if version > FORMAT else 'an older'} kinpics")
            tables = check_at_start(self._db, path)
            if version == FORMAT and "cells" not in tables:
                raise sqlite3.DatabaseError("its table is missing")
            if version == 0:
                if tables - {"cells"}:
                    raise DamagedError(f"{path} is another kind of file")
                self._db.executescript(f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {FORMAT}; COMMIT;")
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise DamagedError(f"{path} is damaged ({error})") from None
        except DamagedError:
            self._db.close()
            raise

    def read(
        self, kind: str, prefix: str = "", after: str | None = None, *, backwards: bool = False
    ) -> Iterator[tuple[str, bytes]]:
        """Key and value of each cell of a kind whose key begins with ``prefix``, by key, from the one that follows
        ``after`` on. Cells may change meanwhile. Raises ``DamagedError``."""
        first, last, is_within = prefix, _end(prefix), ">="
        if after is not None and backwards:
            last = min(last, after)
        size = _FIRST_READ
        while True:
            if after is not None and not backwards and after >= first:
                first, is_within = after, ">"
            query = (
                f"SELECT key, value, checksum FROM cells WHERE kind = ? AND key {is_within} ? AND key < ?"  # noqa: S608
                f" ORDER BY key {'DESC' if backwards else 'ASC'} LIMIT ?"
            )
            try:
                rows = self._db.execute(query, (kind, first, last, size)).fetchall()
            except sqlite3.DatabaseError as error:
                raise DamagedError(f"{self._path} is damaged ({error})") from None
            for key, value, checksum in rows:
                self._check(kind, key, value, checksum)
                yield key, value
            if len(rows) < size:
                return
            size = min(2 * size, _MOST_READ)
            after = rows[-1][0]
            last = after if backwards else last

    def get(self, kind: str, key: str) -> bytes | None:
        """The value of a cell, or None. Raises ``DamagedError``."""
        try:
            query = "SELECT value, checksum FROM cells WHERE kind = ? AND key = ?"
            row = self._db.execute(query, (kind, key)).fetchone()
        except sqlite3.DatabaseError as error:
            raise DamagedError(f"{self._path} is damaged ({error})") from None
        if row is None:
            return None
        self._check(kind, key, *row)
        value: bytes = row[0]
        return value

    def count(self, kind: str, prefix: str = "") -> int:
        """How many cells of a kind have a key that begins with ``prefix``."""
        query = "SELECT count(*) FROM cells WHERE kind = ? AND key >= ? AND key < ?"
        (found,) = self._db.execute(query, (kind, prefix, _end(prefix))).fetchone()
        return int(found)

    def is_empty(self) -> bool:
        """Whether nothing was ever stored."""
        return self._db.execute("SELECT 1 FROM cells LIMIT 1").fetchone() is None

    def put(self, kind: str, key: str, value: bytes | None) -> None:
        """Change a cell, or remove it: seen by whoever reads at once, and kept once it is committed. Raises
        ``sqlite3.Error``, such as when the disk is full: then nothing since the last commit is kept."""
        self._begin()
        if value is None:
            self._db.execute("DELETE FROM cells WHERE kind = ? AND key = ?", (kind, key))
        else:
            row = (kind, key, value, checksum_of(kind, key, value))
            self._db.execute(PUT, row)

    def remove(self, kind: str, prefix: str) -> None:
        """Remove all cells of a kind whose key begins with ``prefix``, as ``put`` does."""
        self._begin()
        self._db.execute("DELETE FROM cells WHERE kind = ? AND key >= ? AND key < ?", (kind, prefix, _end(prefix)))

    def write(self, changes: Iterable[Change] = ()) -> None:
        """Make these changes, and keep all since the last time, or none of them. Raises ``sqlite3.Error``, such as when
        the disk is full."""
        with self._db:  # commits, or rolls back
            for change in changes:
                self.put(*change)

    @property
    def is_changed(self) -> bool:
        """Whether something was put that is not committed."""
        return self._db.in_transaction

    def close(self) -> None:
        self._db.close()

    def _begin(self) -> None:
        if not self._db.in_transaction:
            self._db.execute("BEGIN IMMEDIATE")

    def _check(self, kind: str, key: str, value: bytes, checksum: int) -> None:
        if checksum_of(kind, key, value) != checksum:
            raise DamagedError(f"{self._path} is damaged (the checksum of a cell of {kind} is wrong)")


class Compactor:
    """A thread that merges the write-ahead logs of SQLite files into them, whoever writes them."""

    def __init__(self, paths: list[Path], seconds: float = 1.0):
        self._paths = paths
        self._seconds = seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kinpics-compactor", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        with contextlib.ExitStack() as stack:
            files = [stack.enter_context(contextlib.closing(sqlite3.connect(path))) for path in self._paths]
            while not self._stop.wait(self._seconds):
                for file in files:
                    with contextlib.suppress(sqlite3.DatabaseError):  # the next call that writes there reports it
                        merge(file)


def check_at_start(file: sqlite3.Connection, path: Path) -> set[str]:
    """The names of a file's tables. Of a large file no more is checked here: `check_later` does it while the stack
    runs. Raises ``sqlite3.DatabaseError``."""
    return _tables(file) if is_large(path) else check(file)


def check_later(path: Path) -> None:
    """Check every page of a file that is in use, unless that was done at the start. Raises ``DamagedError``."""
    if is_large(path):
        with contextlib.closing(sqlite3.connect(path)) as file:
            try:
                check(file)
            except sqlite3.DatabaseError as error:
                raise DamagedError(f"{path} is damaged ({error})") from None


def is_large(path: Path) -> bool:
    """Whether checking every page of a file takes too long for a start."""
    return path.stat().st_size > _MOST_CHECKED


def check(file: sqlite3.Connection) -> set[str]:
    """Check every page of a file, and return the names of its tables. Raises ``sqlite3.DatabaseError``."""
    (found,) = file.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise sqlite3.DatabaseError(" ".join(found.split()))
    return _tables(file)


def _tables(file: sqlite3.Connection) -> set[str]:
    return {name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def merge(file: sqlite3.Connection) -> None:
    """Merge a write-ahead log into its file, so that the next writer starts it afresh."""
    # PASSIVE neither waits nor makes anyone wait.
    _, length, _ = file.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    if length > _LONG_LOG:
        # A writer that never pauses would keep it from finishing; RESTART makes it wait for the last pages.
        file.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()


def checksum_of(kind: str, key: str, value: bytes) -> int:
    """What tells whether a cell is as it was written."""
    return zlib.crc32(value, zlib.crc32(f"{kind}\0{key}".encode()))


def _end(prefix: str) -> str:
    """What sorts after all texts that begin with a prefix, and before all others after it."""
    stem = prefix.rstrip(_LAST_CHARACTER)
    if not stem:
        return _LAST_CHARACTER * (len(prefix) + 1)
    last = ord(stem[-1]) + 1
    return stem[:-1] + chr(0xE000 if last == 0xD800 else last)  # no text has surrogates
