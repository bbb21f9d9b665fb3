"""Keeps what the embedded AWS must not forget: cells of JSON in one SQLite file, written before a call is acknowledged.

SQLite's write-ahead log is the journal: a commit is appended to it in one piece, a torn last one is recognised by its
checksum and dropped, and a start replays it (https://www.sqlite.org/wal.html). A thread of its own
merges it into the file, so that no call waits for that. A commit survives the end of the process at any moment. The log
is not synced at each commit, so a power cut may lose the last moments, but never damages the file.
"""

import contextlib
import sqlite3
import threading
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from functions.errors import KinpicsError

# The format of the folder that the file is in: `local.folder_format` brings those of earlier releases up to it.
FORMAT = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS cells (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    value BLOB NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (kind, key)
) WITHOUT ROWID;
"""

# Pages of 4 KiB.
_LONG_LOG = 4096

# Kind and key of a cell, and its new value; None removes it.
Change = tuple[str, str, bytes | None]


class DamagedError(KinpicsError):
    """A file of the state can't be read; the message names it and says what is wrong."""


class Journal:
    """The cells of one file. Used by one thread."""

    def __init__(self, path: Path):
        """Open or create. Raises ``DamagedError``."""
        self._path = path
        self._db = sqlite3.connect(path, isolation_level=None)
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute("PRAGMA wal_autocheckpoint = 0")
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            if version not in (0, FORMAT):
                raise DamagedError(f"{path} was written by {'a newer' if version > FORMAT else 'an older'} kinpics")
            tables = check(self._db)
            if version == FORMAT and "cells" not in tables:
                raise sqlite3.DatabaseError("its table is missing")
            if version == 0:
                if tables - {"cells"}:
                    raise DamagedError(f"{path} is another kind of file")
                self._db.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {FORMAT}; COMMIT;")
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise DamagedError(f"{path} is damaged ({error})") from None
        except DamagedError:
            self._db.close()
            raise

    def read(self, kind: str) -> Iterator[tuple[str, bytes]]:
        """Key and value of each cell of a kind, by key. Raises ``DamagedError``."""
        try:
            rows = self._db.execute("SELECT key, value, checksum FROM cells WHERE kind = ? ORDER BY key", (kind,))
            for key, value, checksum in rows:
                if _checksum(kind, key, value) != checksum:
                    raise DamagedError(f"{self._path} is damaged (the checksum of a cell of {kind} is wrong)")
                yield key, value
        except sqlite3.DatabaseError as error:
            raise DamagedError(f"{self._path} is damaged ({error})") from None

    def get(self, kind: str, key: str) -> bytes | None:
        """The value of a cell, or None. Raises ``DamagedError``."""
        try:
            row = self._db.execute("SELECT value FROM cells WHERE kind = ? AND key = ?", (kind, key)).fetchone()
        except sqlite3.DatabaseError as error:
            raise DamagedError(f"{self._path} is damaged ({error})") from None
        return row[0] if row else None

    def is_empty(self) -> bool:
        """Whether nothing was ever stored."""
        return self._db.execute("SELECT 1 FROM cells LIMIT 1").fetchone() is None

    def write(self, changes: Iterable[Change]) -> None:
        """Make all changes or none. Raises ``sqlite3.Error``, such as when the disk is full."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            for kind, key, value in changes:
                if value is None:
                    self._db.execute("DELETE FROM cells WHERE kind = ? AND key = ?", (kind, key))
                else:
                    row = (kind, key, value, _checksum(kind, key, value))
                    self._db.execute("REPLACE INTO cells VALUES (?, ?, ?, ?)", row)
            self._db.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            raise

    def close(self) -> None:
        self._db.close()


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


def check(file: sqlite3.Connection) -> set[str]:
    """Check every page of a file, and return the names of its tables. Raises ``sqlite3.DatabaseError``."""
    (found,) = file.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise sqlite3.DatabaseError(" ".join(found.split()))
    return {name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def merge(file: sqlite3.Connection) -> None:
    """Merge a write-ahead log into its file, so that the next writer starts it afresh."""
    # PASSIVE neither waits nor makes anyone wait.
    _, length, _ = file.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    if length > _LONG_LOG:
        # A writer that never pauses would keep it from finishing; RESTART makes it wait for the last pages.
        file.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()


def _checksum(kind: str, key: str, value: bytes) -> int:
    return zlib.crc32(value, zlib.crc32(f"{kind}\0{key}".encode()))
