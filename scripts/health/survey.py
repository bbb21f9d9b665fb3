"""What S3, the tables and the collection hold, as far as it has been listed (`stocktaking`): a small database.

It is on disk, so that memory doesn't grow with the site, and so that listing goes on where it was stopped. What
disagrees is found in the order of keys (`drift`).
"""

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from functions.errors import KinpicsError
from functions.keys import NONE, ImagePath
from functions.photo_rows import ImageRecord, Photo, PhotoSet

# Pages of SQLite's own that it keeps in memory, in kB.
_CACHE_KB = 8_000
_FORMAT = 5
_SCHEMA = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stages (name TEXT PRIMARY KEY, token TEXT, steps INTEGER, is_done INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS originals (path TEXT PRIMARY KEY, etag TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS copies (path TEXT, kind TEXT, PRIMARY KEY (path, kind)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS photo_rows (
    path TEXT PRIMARY KEY, set_name TEXT, etag TEXT, image_id TEXT, faults TEXT, has_card INTEGER,
    has_sha256 INTEGER, plays INTEGER, faces INTEGER, still TEXT, film TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS shown_rows (
    path TEXT PRIMARY KEY, set_name TEXT, original TEXT, faces INTEGER, may_be INTEGER
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS row_faces (face_id TEXT, path TEXT, PRIMARY KEY (face_id, path)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS set_rows (
    name TEXT PRIMARY KEY, photos INTEGER, faces INTEGER, is_uncounted INTEGER, is_sound INTEGER
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS faces (face_id TEXT PRIMARY KEY, external_image_id TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS records (image_id TEXT, path TEXT, PRIMARY KEY (image_id, path)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS misplaced (name TEXT PRIMARY KEY, place TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS portraits (image_id TEXT PRIMARY KEY, item TEXT) WITHOUT ROWID;
"""


class SurveyBusyError(KinpicsError):
    """Another command is listing the same site."""


@dataclass(frozen=True)
class PhotoRow:
    """What a photo's row says that must agree with the rest.

    ``etag`` is None in a row that another program wrote; ``faults`` names what a row of this release would have.
    """

    etag: str | None
    image_id: str | None
    face_ids: frozenset[str]
    faults: frozenset[str]
    has_card: bool
    has_sha256: bool
    # Whether it is a film that can be played.
    plays: bool = False
    # Of a Live Photo's film its photo, and of its photo the film.
    still: str | None = None
    film: str | None = None

    @classmethod
    def of(cls, photo: Photo) -> "PhotoRow":
        faults = frozenset({*photo.missing, *photo.unread})
        face_ids = frozenset(photo.face_ids)
        plays = photo.film is not None and not photo.film.get("unplayable")
        has = bool(photo.card_at), bool(photo.sha256), plays
        return cls(photo.etag, photo.image_id, face_ids, faults, *has, photo.still, photo.film_beside)


class Survey:
    """Originals, copies of them, rows, records by image id and faces, in ``file`` or in memory.

    ``rule`` is the rule that download copies follow now. A copy's kind is that of its prefix in the thumbnails bucket.
    Raises ``SurveyBusyError`` where another process has the file.
    """

    def __init__(self, rule: str = NONE, file: Path | None = None):
        self.rule = rule
        self.file = file
        try:
            self.db = _open(file)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            raise SurveyBusyError(
                "another `kinpics reconcile` or `kinpics doctor` is looking at the site: wait until it ends"
            ) from None
        except sqlite3.DatabaseError:
            if file is None:
                raise
            file.unlink()
            self.db = _open(file)

    def close(self) -> None:
        """Close the file, which stays."""
        self.db.close()

    def remove(self) -> None:
        """Close the file and delete it."""
        self.db.close()
        if self.file:
            self.file.unlink(missing_ok=True)

    def begin(self, facts: dict[str, str], now: float) -> float | None:
        """Note what the survey is of, and that it begins ``now`` (seconds since 1970); returns None.

        If it was begun already, returns when: 0 if it is of something else, or in another format.
        """
        wanted = {**facts, "format": str(_FORMAT), "rule": self.rule}
        known = dict(self.db.execute("SELECT name, value FROM about"))
        begun = known.pop("begun", None)
        known.pop("opened")
        if begun is None:
            self.db.executemany("INSERT INTO about VALUES (?, ?)", {**wanted, "begun": str(now)}.items())
            return None
        return float(begun) if known == wanted else 0.0

    def read_stage(self, name: str) -> tuple[str | None, int, bool]:
        """How far a stage of listing has come: a token to go on with, how many steps were made, whether it is done."""
        row = self.db.execute("SELECT token, steps, is_done FROM stages WHERE name = ?", (name,)).fetchone()
        return (row[0], row[1], bool(row[2])) if row else (None, 0, False)

    @contextlib.contextmanager
    def page(self, stage: str, token: str | None, steps: int) -> Iterator[None]:
        """What is added within is noted along with how far the stage has come; without a token, it is done."""
        with self.db:
            self.db.execute("BEGIN")
            yield
            self.db.execute("INSERT OR REPLACE INTO stages VALUES (?, ?, ?, ?)", (stage, token, steps, token is None))

    def add_originals(self, originals: Iterable[tuple[ImagePath, str]]) -> None:
        """Originals with their ETags."""
        rows = ((str(path), etag) for path, etag in originals)
        self.db.executemany("INSERT OR REPLACE INTO originals VALUES (?, ?)", rows)

    def add_copies(self, kind: str, paths: Iterable[ImagePath]) -> None:
        """Photos that have a copy of a kind."""
        self.db.executemany("INSERT OR REPLACE INTO copies VALUES (?, ?)", ((str(path), kind) for path in paths))

    def add_misplaced(self, name: str, place: str) -> None:
        """A row, of the photo ``<set>/<file>`` or of a set, that lies in ``place``, in the wrong table."""
        self.db.execute("INSERT OR REPLACE INTO misplaced VALUES (?, ?)", (name, place))

    def add_row(self, path: ImagePath, row: PhotoRow, *, is_misplaced: bool = False) -> None:
        """A photo's row; one that is misplaced counts if there is none where it belongs."""
        still, film = (file and f"{path.set_name}/{file}" for file in (row.still, row.film))
        has = (row.has_card, row.has_sha256, row.plays, len(row.face_ids), still, film)
        values = (str(path), path[0], row.etag, row.image_id, json.dumps(sorted(row.faults)), *has)
        or_else = "IGNORE" if is_misplaced else "REPLACE"
        self.db.execute(f"INSERT OR {or_else} INTO photo_rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)  # noqa: S608 - one of two words
        faces = ((face_id, str(path)) for face_id in row.face_ids)
        self.db.executemany("INSERT OR REPLACE INTO row_faces VALUES (?, ?)", faces)

    def add_shown(self, row: ImagePath, faces: int, *, may_be: bool) -> None:
        """A row that shows another set's photo with so many faces; ``may_be`` says whether everybody sees both sets."""
        values = (str(row), row.set_name, str(row.original), faces, may_be)
        self.db.execute("INSERT OR REPLACE INTO shown_rows VALUES (?, ?, ?, ?, ?)", values)

    def add_set(self, photo_set: PhotoSet, *, is_misplaced: bool = False) -> None:
        """A set's row; one that is misplaced counts if there is none where it belongs."""
        or_else = "IGNORE" if is_misplaced else "REPLACE"
        counts = (photo_set.pic_count or 0, photo_set.face_count or 0)
        values = (photo_set.sortkey, *counts, photo_set.is_uncounted, is_sound(photo_set))
        self.db.execute(f"INSERT OR {or_else} INTO set_rows VALUES (?, ?, ?, ?, ?)", values)  # noqa: S608 - one of two words

    def add_record(self, record: ImageRecord) -> None:
        """A photo's record by image id, or one of the gallery."""
        if record.person is None:
            paths = ((record.image_id, path) for path in record.paths or {""})
            self.db.executemany("INSERT OR REPLACE INTO records VALUES (?, ?)", paths)
        else:
            item = json.dumps(TypeSerializer().serialize(record.to_item()), default=sorted)
            self.db.execute("INSERT OR REPLACE INTO portraits VALUES (?, ?)", (record.image_id, item))

    def add_faces(self, faces: Iterable[tuple[str, str]]) -> None:
        """Ids of faces in the collection, with their external image ids."""
        self.db.executemany("INSERT OR REPLACE INTO faces VALUES (?, ?)", faces)

    def list_portraits(self) -> Iterator[ImageRecord]:
        """The records of the gallery."""
        for (item,) in self.db.execute("SELECT item FROM portraits"):
            yield ImageRecord.from_item(TypeDeserializer().deserialize(json.loads(item)))

    def count(self) -> tuple[int, int]:
        """How many photos and faces have rows."""
        shown = "SELECT count(*), sum(faces) FROM photo_rows WHERE still IS NULL"
        photos, faces = self.db.execute(shown).fetchone()
        return photos, faces or 0


def _open(file: Path | None) -> sqlite3.Connection:
    """A database with the tables; the file is this process's alone."""
    db = sqlite3.connect(file or ":memory:", isolation_level=None, timeout=0)
    try:
        # A file that is damaged is made again, so nothing has to wait for the disk.
        db.execute("PRAGMA synchronous = OFF")
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
        db.executescript(_SCHEMA)
        db.execute("INSERT OR REPLACE INTO about VALUES ('opened', 'once')")
    except sqlite3.DatabaseError:
        db.close()
        raise
    return db


def is_sound(photo_set: PhotoSet) -> bool:
    """Whether a set's counts, where there are any, are numbers."""
    counts: list[Any] = [photo_set.source.get(name) for name in ("pic_count", "face_count")]
    return all(count is None or isinstance(count, Decimal) for count in counts)
