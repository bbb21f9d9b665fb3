"""Collections, faces and users: SQLite keeps them, and memory has their descriptors for searching.

A change is committed before it is answered, so what was acknowledged is there after a crash. A user's descriptor is
the mean of the descriptors of the user's faces.
"""

import contextlib
import dataclasses
import hashlib
import itertools
import json
import operator
import sqlite3
import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from local.rekognition.engine import FoundFace
from local.rekognition.exceptions import (
    ConflictException,
    IdempotentParameterMismatchException,
    ResourceAlreadyExistsException,
    ResourceNotFoundException,
)
from local.rekognition.likeness import DLIB
from local.rekognition.own_engine import OwnEngine
from local.rekognition.schema import create_tables
from local.rekognition.vectors import Vectors

_COLUMNS = "number, face_id, image_id, external_image_id, bounding_box, confidence, user_id"
_TOKEN_SECONDS = 3600.0
_ROWS_AT_ONCE = 10_000
# Releases of the engine put a face's box in slightly different places; boxes of two faces share less.
_SAME_PLACE = 0.4
_collection_of = operator.itemgetter(0)
# Namespace of image ids.
_IMAGES = uuid.UUID("6e6f1d51-2f0a-4f0e-9d3b-5f1f7f5b0c11")


@dataclass(frozen=True)
class StoredFace:
    """A face of a collection; ``number`` orders faces by when they were indexed."""

    number: int
    face_id: str
    image_id: str
    external_image_id: str | None
    bounding_box: dict[str, float]
    confidence: float
    user_id: str | None


@dataclass(frozen=True)
class StoredUser:
    """A user of a collection; ``number`` orders users by when they were created."""

    number: int
    user_id: str
    face_count: int


class State:
    """All collections of one folder."""

    def __init__(self, path: Path | str, own: OwnEngine | None = None):
        """Open or create. Raises ``sqlite3.DatabaseError`` for a file that is damaged, or not one of these.

        Only faces that the same engine described can be searched; the others are kept.
        """
        self.likeness = own.likeness if own else DLIB
        self._engine = own.fingerprint if own else None
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("PRAGMA wal_autocheckpoint = 0")  # the stack's own thread does it, so that no call waits
        self._db.execute("PRAGMA foreign_keys = ON")
        create_tables(self._db)
        self._vectors: dict[str, Vectors] = {name: Vectors(self.likeness) for name, _ in self.collections()}
        for collection, faces in self._db.execute("SELECT id, faces FROM collections"):
            self._vectors[collection].reserve(faces)
        rows = self._db.execute(
            "SELECT collection, face_id, descriptor, image_digest FROM faces WHERE engine IS ? ORDER BY number",
            (self._engine,),
        )
        while many := rows.fetchmany(_ROWS_AT_ONCE):
            for collection, faces in itertools.groupby(sorted(many, key=_collection_of), key=_collection_of):
                _, face_ids, descriptors, digests = zip(*faces, strict=True)
                self._vectors[collection].add_all(face_ids, descriptors, [_picture(digest) for digest in digests])
        counts = dict(self._db.execute("SELECT collection, count(*) FROM faces GROUP BY collection"))
        for collection, faces in self._db.execute("SELECT id, faces FROM collections"):
            if (left := counts.get(collection, 0)) != faces:
                raise sqlite3.DatabaseError(f"{collection} had {faces} faces, {left} are left")
        (collections,) = self._db.execute("SELECT collections FROM identity").fetchone()
        if len(self._vectors) != collections:
            raise sqlite3.DatabaseError(f"it had {collections} collections, {len(self._vectors)} are left")
        self._user_vectors: dict[str, Vectors] = {name: Vectors(self.likeness) for name in self._vectors}
        for collection, user_id in self._db.execute(
            "SELECT DISTINCT collection, user_id FROM faces WHERE user_id <> ''"
        ):
            self._describe_user(collection, user_id)

    def close(self) -> None:
        self._db.close()

    @property
    def foreign_faces(self) -> int:
        """How many faces another engine described; they are found again when their pictures are indexed again."""
        (count,) = self._db.execute("SELECT count(*) FROM faces WHERE engine IS NOT ?", (self._engine,)).fetchone()
        return int(count)

    @property
    def identity(self) -> str:
        """What distinguishes this file from every other."""
        (identity,) = self._db.execute("SELECT id FROM identity").fetchone()
        return str(identity)

    def collections(self) -> list[tuple[str, float]]:
        """Name and time of creation (seconds since 1970) of each collection, by name."""
        return self._db.execute("SELECT id, created FROM collections ORDER BY id").fetchall()

    def create_collection(self, collection: str) -> None:
        if collection in self._vectors:
            raise ResourceAlreadyExistsException(f"The collection id: {collection} already exists")
        with self._transaction():
            self._db.execute("INSERT INTO collections (id, created) VALUES (?, ?)", (collection, time.time()))
            self._db.execute("UPDATE identity SET collections = collections + 1")
        self._vectors[collection] = Vectors(self.likeness)
        self._user_vectors[collection] = Vectors(self.likeness)

    def delete_collection(self, collection: str) -> None:
        self.vectors(collection)
        with self._transaction():
            self._db.execute("DELETE FROM collections WHERE id = ?", (collection,))
            self._db.execute("UPDATE identity SET collections = collections - 1")
        del self._vectors[collection], self._user_vectors[collection]

    def describe(self, collection: str) -> tuple[int, int, float]:
        """Number of faces, number of users and time of creation of a collection."""
        self.vectors(collection)
        (users,) = self._db.execute("SELECT count(*) FROM users WHERE collection = ?", (collection,)).fetchone()
        created, faces = self._db.execute(
            "SELECT created, faces FROM collections WHERE id = ?", (collection,)
        ).fetchone()
        return faces, users, created

    def vectors(self, collection: str) -> Vectors:
        """The descriptors of a collection. Raises ``ResourceNotFoundException``."""
        try:
            return self._vectors[collection]
        except KeyError:
            raise ResourceNotFoundException(f"The collection id: {collection} does not exist") from None

    def index(
        self, collection: str, image: bytes, external_image_id: str | None, faces: list[FoundFace]
    ) -> list[StoredFace]:
        """Store the faces of a picture, in the order given. A face indexed before under the same name keeps its ids,
        and what an earlier release of the engine, or another engine, made of it is replaced.

        As in Rekognition, the image id is made from the picture's bytes: one picture under two names has one image id.
        """
        vectors = self.vectors(collection)
        digest = hashlib.sha256(image).hexdigest()
        known = self._faces(
            "collection = ? AND image_digest = ? AND external_image_id IS ? ORDER BY number",
            (collection, digest, external_image_id),
        )
        image_id = known[0].image_id if known else str(uuid.uuid5(_IMAGES, digest))
        with self._transaction():
            stored, inserted = [], 0
            for face in faces:
                same = _same_face(known, face)
                if same is None:
                    inserted += 1
                    stored.append(self._insert(collection, digest, image_id, external_image_id, face))
                else:
                    known.remove(same)
                    stored.append(self._replace(same, face))
            self._count(collection, inserted)
        for face, row in zip(faces, stored, strict=True):
            vectors.remove(row.face_id)
            vectors.add(row.face_id, face.descriptor, _picture(digest))
        for user_id in {row.user_id for row in stored if row.user_id is not None}:
            self._describe_user(collection, user_id)
        return stored

    def faces_by_id(self, collection: str, face_ids: Iterable[str]) -> dict[str, StoredFace]:
        """Those of the faces that are in the collection, by id."""
        self.vectors(collection)
        # With the sign SQLite finds them by their ids; it would look through the whole collection otherwise.
        where = "+collection = ? AND face_id IN (SELECT value FROM json_each(?))"
        return {face.face_id: face for face in self._faces(where, (collection, json.dumps(list(face_ids))))}

    def faces(self, collection: str, after: int, limit: int, user_id: str | None = None) -> list[StoredFace]:
        """Faces of a collection, or of one of its users, in the order they were indexed, from number ``after`` on."""
        self.vectors(collection)
        if user_id is None:
            # With the sign SQLite reads them in the order of their numbers; it would sort the collection otherwise.
            return self._faces("+collection = ? AND number > ? ORDER BY number LIMIT ?", (collection, after, limit))
        where = "collection = ? AND user_id = ? AND number > ? ORDER BY number LIMIT ?"
        return self._faces(where, (collection, user_id, after, limit))

    def delete_faces(self, collection: str, face_ids: Iterable[str]) -> None:
        """Delete faces of a collection."""
        vectors = self.vectors(collection)
        wanted = list(face_ids)
        with self._transaction():
            cursor = self._db.executemany(
                "DELETE FROM faces WHERE collection = ? AND face_id = ?", [(collection, face_id) for face_id in wanted]
            )
            self._count(collection, -max(0, cursor.rowcount))
        for face_id in wanted:
            vectors.remove(face_id)

    # Users

    def user_vectors(self, collection: str) -> Vectors:
        """The descriptors of a collection's users that have faces. Raises ``ResourceNotFoundException``."""
        self.vectors(collection)
        return self._user_vectors[collection]

    def compare(self, collection: str, user_id: str, face_id: str) -> float:
        """The similarity of a user that has faces and a face: 0 for one that another engine described."""
        vectors, users = self.vectors(collection), self.user_vectors(collection)
        return self.likeness.compare(users.get(user_id), vectors.get(face_id)) if face_id in vectors else 0.0

    def user(self, collection: str, user_id: str) -> StoredUser:
        """Raises ``ResourceNotFoundException``."""
        self.vectors(collection)
        found = self._users("u.collection = ? AND u.user_id = ?", (collection, user_id))
        if not found:
            raise ResourceNotFoundException(f"The user id: {user_id} does not exist in {collection}")
        return found[0]

    def users(self, collection: str, after: int, limit: int) -> list[StoredUser]:
        """Users of a collection in the order they were created, from number ``after`` on."""
        self.vectors(collection)
        return self._users("u.collection = ? AND u.number > ? ORDER BY u.number LIMIT ?", (collection, after, limit))

    def create_user(self, collection: str, user_id: str) -> None:
        self.vectors(collection)
        try:
            self._db.execute("INSERT INTO users (collection, user_id) VALUES (?, ?)", (collection, user_id))
        except sqlite3.IntegrityError:
            raise ConflictException(f"The user id: {user_id} already exists in {collection}") from None

    def delete_user(self, collection: str, user_id: str) -> None:
        """Delete a user; the faces stay and belong to nobody."""
        self.user(collection, user_id)
        with self._transaction():
            self._db.execute(
                "UPDATE faces SET user_id = NULL WHERE collection = ? AND user_id = ?", (collection, user_id)
            )
            self._db.execute("DELETE FROM users WHERE collection = ? AND user_id = ?", (collection, user_id))
        self._describe_user(collection, user_id)

    def associate(self, collection: str, user_id: str, face_ids: Iterable[str], associated: bool) -> None:
        """Make faces the user's, or nobody's."""
        with self._transaction():
            self._db.executemany(
                "UPDATE faces SET user_id = ? WHERE collection = ? AND face_id = ?",
                [(user_id if associated else None, collection, face_id) for face_id in face_ids],
            )
        self._describe_user(collection, user_id)

    def answered(self, token: str, request: str) -> dict[str, Any] | None:
        """The answer given to a request with this token before. Raises ``IdempotentParameterMismatchException``."""
        row = self._db.execute("SELECT request, answer FROM tokens WHERE token = ?", (token,)).fetchone()
        if row is None:
            return None
        if row[0] != request:
            raise IdempotentParameterMismatchException("ClientRequestToken was used with other parameters")
        answer: dict[str, Any] = json.loads(row[1])
        return answer

    def remember_answer(self, token: str, request: str, answer: dict[str, Any]) -> None:
        """Keep the answer to a request with a token, for an hour."""
        now = time.time()
        with self._transaction():
            self._db.execute("DELETE FROM tokens WHERE created < ?", (now - _TOKEN_SECONDS,))
            self._db.execute("REPLACE INTO tokens VALUES (?, ?, ?, ?)", (token, request, json.dumps(answer), now))

    # Inside

    def _count(self, collection: str, more: int) -> None:
        """Keep how many faces a collection has, which shows when some are lost."""
        self._db.execute("UPDATE collections SET faces = faces + ? WHERE id = ?", (more, collection))

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            yield

    def _describe_user(self, collection: str, user_id: str) -> None:
        """Compute the user's descriptor again; that is cheap, because a user has 100 faces at most."""
        rows = self._db.execute(
            "SELECT descriptor FROM faces WHERE collection = ? AND user_id = ? AND engine IS ?",
            (collection, user_id, self._engine),
        )
        descriptors = [np.frombuffer(descriptor, dtype=np.float32) for (descriptor,) in rows]
        users = self._user_vectors[collection]
        users.remove(user_id)
        if descriptors:
            users.add(user_id, np.mean(descriptors, axis=0, dtype=np.float32).tobytes())

    def _users(self, where: str, values: tuple[str | int | None, ...]) -> list[StoredUser]:
        query = (
            "SELECT u.number, u.user_id, (SELECT count(*) FROM faces f WHERE f.collection = u.collection AND"  # noqa: S608
            f" f.user_id = u.user_id) FROM users u WHERE {where}"
        )
        return [StoredUser(*row) for row in self._db.execute(query, values)]

    def _insert(
        self, collection: str, digest: str, image_id: str, external_image_id: str | None, face: FoundFace
    ) -> StoredFace:
        face_id = str(uuid.uuid4())
        box = _box(face)
        cursor = self._db.execute(
            "INSERT INTO faces (collection, face_id, image_id, external_image_id, image_digest, bounding_box,"
            " confidence, descriptor, engine) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                collection,
                face_id,
                image_id,
                external_image_id,
                digest,
                json.dumps(box),
                face.confidence,
                face.descriptor,
                self._engine,
            ),
        )
        return StoredFace(cursor.lastrowid or 0, face_id, image_id, external_image_id, box, face.confidence, None)

    def _replace(self, known: StoredFace, face: FoundFace) -> StoredFace:
        """Put what is known of a face now in place of what was."""
        box = _box(face)
        self._db.execute(
            "UPDATE faces SET bounding_box = ?, confidence = ?, descriptor = ?, engine = ? WHERE number = ?",
            (json.dumps(box), face.confidence, face.descriptor, self._engine, known.number),
        )
        return dataclasses.replace(known, bounding_box=box, confidence=face.confidence)

    def _faces(self, where: str, values: tuple[str | int | None, ...]) -> list[StoredFace]:
        return list(self._read(self._db.execute(f"SELECT {_COLUMNS} FROM faces WHERE {where}", values)))  # noqa: S608

    @staticmethod
    def _read(rows: sqlite3.Cursor) -> Iterator[StoredFace]:
        for number, face_id, image_id, external_image_id, box, confidence, user_id in rows:
            yield StoredFace(number, face_id, image_id, external_image_id, json.loads(box), confidence, user_id)


def _picture(digest: str) -> int:
    """A number for a picture, of 60 bits, from its SHA-256 in hexadecimal."""
    return int(digest[:15], 16)


def _same_face(known: list[StoredFace], face: FoundFace) -> StoredFace | None:
    """The known face of the picture that takes up most of the same place, if it is the same."""
    shares = [(_shared(other.bounding_box, _box(face)), other) for other in known]
    share, same = max(shares, key=lambda pair: pair[0], default=(0.0, None))
    return same if share >= _SAME_PLACE else None


def _shared(one: dict[str, float], other: dict[str, float]) -> float:
    """How much of the area that two boxes take up together they share, 0 to 1."""
    sides = [
        min(one[start] + one[size], other[start] + other[size]) - max(one[start], other[start])
        for start, size in (("Left", "Width"), ("Top", "Height"))
    ]
    shared = max(0.0, sides[0]) * max(0.0, sides[1])
    together = one["Width"] * one["Height"] + other["Width"] * other["Height"] - shared
    return shared / together if together else 0.0


def _box(face: FoundFace) -> dict[str, float]:
    """A Rekognition ``BoundingBox``; it may run past the picture's edge, as Rekognition's do."""
    return {
        "Width": round(face.width, 6),
        "Height": round(face.height, 6),
        "Left": round(face.left, 6),
        "Top": round(face.top, 6),
    }
