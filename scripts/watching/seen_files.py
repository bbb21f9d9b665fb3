"""What a watcher has seen: each file with its digest, and the photo it became. Kept in a SQLite file.

Nothing on the site depends on it. Without it, every file is read again and compared with the site; only files that went
meanwhile stay unnoticed, and their photos stay on the site.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from functions.errors import KinpicsError
from functions.keys import ImagePath
from scripts.watching.folder_tree import Sight

_SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
    folder BLOB NOT NULL,
    name BLOB NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    photo TEXT,
    state TEXT NOT NULL,
    etag TEXT NOT NULL,
    event TEXT NOT NULL,
    source TEXT,
    trouble TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (folder, name)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS files_by_digest ON files (sha256);
CREATE INDEX IF NOT EXISTS files_by_photo ON files (photo);
CREATE INDEX IF NOT EXISTS files_in_work ON files (state) WHERE state IN ('sent', 'gone') OR source IS NOT NULL;
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY);
"""
_COLUMNS = "folder, name, size, mtime_ns, sha256, photo, state, etag, event, source, trouble"
_UNPUBLISHED = "unpublished"
# The event of a file that couldn't be read: the next start tries again.
TRY_AGAIN = "try again"


class SeenFilesError(KinpicsError):
    """The file that keeps what was seen can't be used; the message says why and what to do."""


class State(StrEnum):
    """How far a file has come: its original is in S3; processed; refused by processing; no photo; not there any more.

    The photo of a file that is gone is still on the site.
    """

    SENT = "sent"
    THERE = "there"
    FAILED = "failed"
    LEFT = "left"
    GONE = "gone"


@dataclass(frozen=True)
class SeenFile:
    """A file of the tree, ``folder`` relative to it, and its ``photo``, None if it is none.

    ``etag`` is the original's, ``event`` what to tell once it is processed. ``source`` is the photo that it was before
    it was moved, until that is deleted. ``trouble`` says why the file, as it is now, couldn't be brought to the site.
    """

    folder: str
    name: str
    sight: Sight
    sha256: str = ""
    photo: ImagePath | None = None
    state: State = State.LEFT
    etag: str = ""
    event: str = ""
    source: ImagePath | None = None
    trouble: str = ""

    @property
    def place(self) -> tuple[str, str]:
        return self.folder, self.name


class SeenFiles:
    """The files that one watcher has seen. Used by one thread."""

    def __init__(self, path: Path):
        """Open or create. Raises ``SeenFilesError``."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = open(path.with_suffix(".lock"), "w", encoding="utf-8")  # noqa: SIM115 - held until `close`
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            raise SeenFilesError("another `kinpics watch` is watching this folder: stop it first") from None
        self._path = path
        try:
            self._db = sqlite3.connect(path, isolation_level=None)
            self._db.executescript(f"PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; {_SCHEMA}")
            if "trouble" not in {row[1] for row in self._db.execute("PRAGMA table_info(files)")}:
                # Made before this column was.
                self._db.execute("ALTER TABLE files ADD COLUMN trouble TEXT NOT NULL DEFAULT ''")
            self._check()
            self._db.execute("UPDATE files SET size = -1 WHERE event = ?", (TRY_AGAIN,))
        except sqlite3.DatabaseError as error:
            self._lock.close()
            raise self.damaged(error) from None

    def damaged(self, error: sqlite3.Error) -> SeenFilesError:
        """The error for a file that SQLite can't read or write."""
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            return SeenFilesError(f"there is no room left for {self._path}: make room and run the command again")
        return SeenFilesError(
            f"{self._path} is damaged ({error}): delete it. It only remembers what was seen; every file is then "
            "compared with the site again"
        )

    def close(self) -> None:
        self._db.close()
        self._lock.close()

    def in_folder(self, folder: str) -> dict[str, SeenFile]:
        """Those of one folder, by name."""
        return {file.name: file for file in self._find("folder = ?", os.fsencode(folder))}

    def folders(self) -> set[str]:
        """Every folder that something was seen in."""
        return {os.fsdecode(folder) for (folder,) in self._db.execute("SELECT DISTINCT folder FROM files")}

    def with_digest(self, sha256: str) -> list[SeenFile]:
        """Files of this content that are photos."""
        return list(self._find("sha256 = ? AND photo IS NOT NULL", sha256))

    def of_photo(self, photo: ImagePath) -> SeenFile | None:
        """The file that is this photo, or was before it went."""
        return next(self._find("photo = ?", str(photo)), None)

    def of_set(self, set_name: str) -> list[SeenFile]:
        """The files that are photos of a set, or were before they went."""
        return list(self._find("photo >= ? AND photo < ?", f"{set_name}/", f"{set_name}0"))  # "0" comes after "/"

    def in_state(self, state: State) -> list[SeenFile]:
        """Those that are this far, by folder and name."""
        return list(self._find("state = ? ORDER BY folder, name", state))

    def moved(self) -> list[SeenFile]:
        """Processed photos whose earlier place on the site is still to be deleted."""
        return list(self._find("source IS NOT NULL AND state = ? ORDER BY folder, name", State.THERE))

    def failing(self) -> list[SeenFile]:
        """Those that are there and couldn't be brought to the site as they are, by folder and name."""
        return list(self._find("trouble <> '' AND state <> ? ORDER BY folder, name", State.GONE))

    def count_photos(self) -> dict[str, int]:
        """How many photos each folder has on the site."""
        rows = self._db.execute("SELECT folder, count(*) FROM files WHERE photo IS NOT NULL GROUP BY folder")
        return {os.fsdecode(folder): number for folder, number in rows}

    def put(self, file: SeenFile, instead_of: SeenFile | None = None) -> None:
        """Remember a file as it is now, and forget another in the same moment."""
        row = (
            os.fsencode(file.folder),
            os.fsencode(file.name),
            file.sight.size,
            file.sight.mtime_ns,
            file.sha256,
            str(file.photo) if file.photo else None,
            file.state,
            file.etag,
            file.event,
            str(file.source) if file.source else None,
            file.trouble,
        )
        marks = ", ".join("?" * len(row))
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            if instead_of:
                self.forget(instead_of)
            self._db.execute(f"REPLACE INTO files ({_COLUMNS}) VALUES ({marks})", row)  # noqa: S608

    def forget(self, file: SeenFile) -> None:
        place = os.fsencode(file.folder), os.fsencode(file.name)
        self._db.execute("DELETE FROM files WHERE folder = ? AND name = ?", place)

    @property
    def is_unpublished(self) -> bool:
        """Whether the pages have still to show something."""
        return self._db.execute("SELECT 1 FROM notes WHERE name = ?", (_UNPUBLISHED,)).fetchone() is not None

    def note_unpublished(self, is_unpublished: bool) -> None:
        """Remember whether the pages have still to show something."""
        change = "REPLACE INTO notes VALUES (?)" if is_unpublished else "DELETE FROM notes WHERE name = ?"
        self._db.execute(change, (_UNPUBLISHED,))

    def _check(self) -> None:
        """Raise ``sqlite3.DatabaseError`` if a part can't be read, or has what is never written."""
        (found,) = self._db.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise sqlite3.DatabaseError("database disk image is malformed")
        states = ", ".join(f"'{state}'" for state in State)
        wrong = f"state NOT IN ({states}) OR photo NOT LIKE '%/%' OR source NOT LIKE '%/%'"
        if self._db.execute(f"SELECT 1 FROM files WHERE {wrong}").fetchone():  # noqa: S608
            raise sqlite3.DatabaseError("a row has what was never written")

    def _find(self, where: str, *values: str | bytes) -> Iterator[SeenFile]:
        for row in self._db.execute(f"SELECT {_COLUMNS} FROM files WHERE {where}", values).fetchall():  # noqa: S608
            folder, name, size, mtime_ns, sha256, photo, state, etag, event, source, trouble = row
            yield SeenFile(
                os.fsdecode(folder),
                os.fsdecode(name),
                Sight(size, mtime_ns),
                sha256,
                _photo(photo),
                State(state),
                etag,
                event,
                _photo(source),
                trouble,
            )


def _photo(text: str | None) -> ImagePath | None:
    return ImagePath(*text.split("/", 1)) if text else None
