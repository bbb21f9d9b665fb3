"""Collections and faces: SQLite keeps them, their descriptors are also held in memory for searching.

A change is committed before it is answered, so what was acknowledged is there after a crash.
"""

import hashlib
import json
import sqlite3
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local.rekognition.engine import FoundFace
from local.rekognition.errors import ResourceAlreadyExistsException, ResourceNotFoundException
from local.rekognition.vectors import Vectors

_SCHEMA = """
CREATE TABLE IF NOT EXISTS collections (id TEXT PRIMARY KEY, created REAL NOT NULL);
CREATE TABLE IF NOT EXISTS faces (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    collection TEXT NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    face_id TEXT NOT NULL UNIQUE,
    image_id TEXT NOT NULL,
    external_image_id TEXT,
    image_digest TEXT NOT NULL,
    bounding_box TEXT NOT NULL,
    confidence REAL NOT NULL,
    descriptor BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS faces_by_image ON faces (collection, image_digest, external_image_id);
"""
_COLUMNS = "number, face_id, image_id, external_image_id, bounding_box, confidence"


@dataclass(frozen=True)
class StoredFace:
    """A face of a collection; ``number`` orders faces by when they were indexed."""

    number: int
    face_id: str
    image_id: str
    external_image_id: str | None
    bounding_box: dict[str, float]
    confidence: float


class State:
    """All collections of one folder."""

    def __init__(self, path: Path | str):
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.executescript(_SCHEMA)
        self._vectors: dict[str, Vectors] = {name: Vectors() for name, _ in self.collections()}
        rows = self._db.execute("SELECT collection, face_id, descriptor FROM faces ORDER BY number")
        for collection, face_id, descriptor in rows:
            self._vectors[collection].add(face_id, descriptor)

    def close(self) -> None:
        self._db.close()

    def collections(self) -> list[tuple[str, float]]:
        """Name and time of creation (seconds since 1970) of each collection, by name."""
        return self._db.execute("SELECT id, created FROM collections ORDER BY id").fetchall()

    def create_collection(self, collection: str) -> None:
        if collection in self._vectors:
            raise ResourceAlreadyExistsException(f"The collection id: {collection} already exists")
        self._db.execute("INSERT INTO collections VALUES (?, ?)", (collection, time.time()))
        self._vectors[collection] = Vectors()

    def delete_collection(self, collection: str) -> None:
        self.vectors(collection)
        self._db.execute("DELETE FROM collections WHERE id = ?", (collection,))
        del self._vectors[collection]

    def describe(self, collection: str) -> tuple[int, float]:
        """Number of faces and time of creation of a collection."""
        count = len(self.vectors(collection))
        (created,) = self._db.execute("SELECT created FROM collections WHERE id = ?", (collection,)).fetchone()
        return count, created

    def vectors(self, collection: str) -> Vectors:
        """The descriptors of a collection. Raises ``ResourceNotFoundException``."""
        try:
            return self._vectors[collection]
        except KeyError:
            raise ResourceNotFoundException(f"The collection id: {collection} does not exist") from None

    def index(
        self, collection: str, image: bytes, external_image_id: str | None, faces: list[FoundFace]
    ) -> list[StoredFace]:
        """Store the faces of a picture, in the order given; one indexed before, under the same name, keeps its ids."""
        vectors = self.vectors(collection)
        digest = hashlib.sha256(image).hexdigest()
        known = self._faces(
            "collection = ? AND image_digest = ? AND external_image_id IS ? ORDER BY number",
            (collection, digest, external_image_id),
        )
        image_id = known[0].image_id if known else str(uuid.uuid4())
        by_box = {json.dumps(face.bounding_box): face for face in known}
        self._db.execute("BEGIN")
        try:
            stored = [
                by_box.get(json.dumps(_box(face)))
                or self._insert(collection, digest, image_id, external_image_id, face)
                for face in faces
            ]
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        for face, row in zip(faces, stored, strict=True):
            if row.face_id not in vectors:
                vectors.add(row.face_id, face.descriptor)
        return stored

    def face(self, collection: str, face_id: str) -> StoredFace | None:
        self.vectors(collection)
        return next(iter(self._faces("collection = ? AND face_id = ?", (collection, face_id))), None)

    def faces(self, collection: str, after: int, limit: int) -> list[StoredFace]:
        """Faces of a collection in the order they were indexed, from number ``after`` on."""
        self.vectors(collection)
        return self._faces("collection = ? AND number > ? ORDER BY number LIMIT ?", (collection, after, limit))

    def delete_faces(self, collection: str, face_ids: list[str]) -> list[str]:
        """Delete faces; returns the ids that were there."""
        vectors = self.vectors(collection)
        present = [face_id for face_id in dict.fromkeys(face_ids) if face_id in vectors]
        self._db.execute("BEGIN")
        self._db.executemany(
            "DELETE FROM faces WHERE collection = ? AND face_id = ?", [(collection, face_id) for face_id in present]
        )
        self._db.execute("COMMIT")
        for face_id in present:
            vectors.remove(face_id)
        return present

    def _insert(
        self, collection: str, digest: str, image_id: str, external_image_id: str | None, face: FoundFace
    ) -> StoredFace:
        face_id = str(uuid.uuid4())
        box = _box(face)
        cursor = self._db.execute(
            "INSERT INTO faces (collection, face_id, image_id, external_image_id, image_digest, bounding_box,"
            " confidence, descriptor) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                collection,
                face_id,
                image_id,
                external_image_id,
                digest,
                json.dumps(box),
                face.confidence,
                face.descriptor,
            ),
        )
        return StoredFace(cursor.lastrowid or 0, face_id, image_id, external_image_id, box, face.confidence)

    def _faces(self, where: str, values: tuple) -> list[StoredFace]:
        return list(self._read(self._db.execute(f"SELECT {_COLUMNS} FROM faces WHERE {where}", values)))  # noqa: S608

    @staticmethod
    def _read(rows: sqlite3.Cursor) -> Iterator[StoredFace]:
        for number, face_id, image_id, external_image_id, box, confidence in rows:
            yield StoredFace(number, face_id, image_id, external_image_id, json.loads(box), confidence)


def _box(face: FoundFace) -> dict[str, float]:
    """A Rekognition ``BoundingBox``; it may run past the picture's edge, as Rekognition's do."""
    return {
        "Width": round(face.width, 6),
        "Height": round(face.height, 6),
        "Left": round(face.left, 6),
        "Top": round(face.top, 6),
    }
