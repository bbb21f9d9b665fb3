"""Exact nearest-neighbour search over descriptors: one contiguous float32 matrix, one pass over it per search.

The matrix is (faces, dimensions of a descriptor). Adding writes a row, deleting moves the last row into the gap: there
is no index to rebuild. Several threads read a large matrix, each a part of it, because one alone does not use all of
the memory's bandwidth. (BLAS is kept to one thread; its own threads would share out every small product.)
"""

import concurrent.futures
import functools
import itertools
import math
import os
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from local.rekognition import companions
from local.rekognition.companions import NO_PICTURE, Faces
from local.rekognition.likeness import DLIB, Likeness, Vector

Rows = NDArray[np.intp]
_Number = TypeVar("_Number", bound=np.generic)
# With fewer rows a second thread costs more than it gains; with more threads memory is the limit.
_ROWS_PER_THREAD = 16_384
_MAX_THREADS = 4
# The scores of so many rows stay in the cache until they are read.
_ROWS_AT_ONCE = 32_768


class Vectors:
    """Descriptors by face id, of one recogniser."""

    def __init__(self, likeness: Likeness = DLIB) -> None:
        self._likeness = likeness
        self._matrix = np.empty((64, likeness.dimensions), dtype=np.float32)
        self._half_squares = np.empty(64, dtype=np.float32)
        # One by the room around each face.
        self._tightness = np.empty(64, dtype=np.float32)
        self._pictures = np.empty(64, dtype=np.int64)
        self._ids: list[str] = []
        self._rows: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, face_id: str) -> bool:
        return face_id in self._rows

    def get(self, face_id: str) -> Vector:
        """The descriptor of a face. Raises ``KeyError``."""
        descriptor: Vector = self._matrix[self._rows[face_id]]
        return descriptor

    def reserve(self, count: int) -> None:
        """Make room for so many faces at once."""
        if count > len(self._matrix):
            self._matrix = _longer(self._matrix, count)
            self._half_squares = _longer(self._half_squares, count)
            self._tightness = _longer(self._tightness, count)
            self._pictures = _longer(self._pictures, count)

    def add(self, face_id: str, descriptor: bytes, picture: int = NO_PICTURE) -> None:
        """Add a face's descriptor, float32 as bytes, and the number of the picture it is in, 64 bits with a sign."""
        self.add_all([face_id], [descriptor], [picture])

    def add_all(
        self, face_ids: Sequence[str], descriptors: Sequence[bytes], pictures: Sequence[int] | None = None
    ) -> None:
        """Add the descriptors of many faces that aren't there, and the numbers of their pictures if they have any."""
        first, last = len(self._ids), len(self._ids) + len(face_ids)
        if last > len(self._matrix):
            self.reserve(max(last, 2 * len(self._matrix)))
        rows = np.frombuffer(b"".join(descriptors), dtype=np.float32).reshape(-1, self._likeness.dimensions)
        self._matrix[first:last] = rows
        self._half_squares[first:last] = np.einsum("ij,ij->i", rows, rows) / 2
        self._tightness[first:last] = 1 / self._likeness.room(rows)
        self._pictures[first:last] = NO_PICTURE if pictures is None else pictures
        self._rows.update(zip(face_ids, range(first, last), strict=True))
        self._ids += face_ids

    def remove(self, face_id: str) -> None:
        """Remove a face, if it is there."""
        row = self._rows.pop(face_id, None)
        if row is None:
            return
        last = self._ids.pop()
        if last != face_id:
            self._matrix[row] = self._matrix[len(self._ids)]
            self._half_squares[row] = self._half_squares[len(self._ids)]
            self._tightness[row] = self._tightness[len(self._ids)]
            self._pictures[row] = self._pictures[len(self._ids)]
            self._ids[row] = last
            self._rows[last] = row

    def search(self, descriptor: Vector, threshold: float, limit: int) -> list[tuple[str, float]]:
        """Faces at least ``threshold`` similar, best first: pairs of face id and similarity."""
        reach = self._likeness.largest_distance(threshold)
        return self._matches(*self._near(Faces.of(descriptor[None], self._likeness), reach, limit), limit)

    def search_person(self, descriptor: Vector, threshold: float, limit: int) -> list[tuple[str, float]]:
        """Like `search`, but faces are compared with all that belong to the searched one's person, see `companions`."""
        reach = self._likeness.largest_distance(threshold)
        face = Faces.of(descriptor[None], self._likeness)
        widest = self._likeness.largest_distance(companions.LEAST_SIMILARITY)
        rows, _ = self._near(face, widest, companions.MOST)
        # The face itself, if it is in the collection, and copies of it.
        copies = (self._matrix[rows] == descriptor).all(axis=1)
        copied, rows = rows[copies], rows[~copies]
        nearest = face.followed_by(self._faces.take(rows))
        picture = self._pictures[copied[:1]] if len(copied) else [NO_PICTURE]
        person = companions.companions(nearest, self._likeness, np.concatenate([picture, self._pictures[rows]]))
        # The first is the face itself.
        known = np.concatenate([copied, rows[person.faces[1:]]])
        squares = np.concatenate(
            [np.zeros(len(copied), np.float32), companions.squares_of_companions(nearest, person)[1:]]
        )
        others, far = self._near(
            nearest.together(person.moments),
            reach / math.sqrt(person.narrowness),
            limit + len(known) + companions.MOST,
        )
        new = ~np.isin(others, known)
        others, far = others[new], far[new] * np.float32(person.narrowness)
        if person.rivals.any():
            far = companions.apart_from_rivals(
                far, self._faces.take(others), nearest.marked(person.faces), nearest.marked(person.rivals)
            )
        rows, squares = np.concatenate([known, others]), np.concatenate([squares, far])
        near = squares <= reach * reach
        return self._matches(rows[near], squares[near], limit)

    @property
    def _faces(self) -> Faces:
        return Faces(self._matrix, self._half_squares, self._tightness)

    def _matches(self, rows: Rows, squares: Vector, limit: int) -> list[tuple[str, float]]:
        """Ids and similarities of rows at these squares of distances, best first, ``limit`` at most."""
        best = np.argsort(squares, kind="stable")[:limit]
        return [
            (self._ids[row], self._likeness.similarity(math.sqrt(float(square))))
            for row, square in zip(rows[best], squares[best], strict=True)
        ]

    def _near(self, searched: Faces, reach: float, limit: int) -> tuple[Rows, Vector]:
        """The rows, and the squares of their distances, that are no farther than ``reach`` from the one row of
        ``searched``; the nearest ``limit`` of them, in no order."""
        count = len(self._ids)
        if not count:
            return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.float32)
        # The square of a distance |x - d| is -2 (x·d - |x|²/2 - |d|²/2), and shrinks with the room around both faces.
        descriptor, half_square = searched.descriptors[0], searched.half_squares[0]
        room = 1 / float(searched.tightness[0])
        least = -(reach * reach * room + 1e-6) / 2

        def search(start: int, end: int) -> tuple[Rows, Vector]:
            """Rows from ``start`` to ``end`` that are near enough (the nearest ``limit`` of them), and their scores."""
            rows, scores = [], []
            for first in range(start, end, _ROWS_AT_ONCE):
                last = min(first + _ROWS_AT_ONCE, end)
                part = self._matrix[first:last] @ descriptor
                part -= self._half_squares[first:last]
                part -= half_square
                part *= self._tightness[first:last]
                near = np.flatnonzero(part >= least)
                rows.append(near + first)
                scores.append(part[near])
            return _nearest(np.concatenate(rows), np.concatenate(scores), limit)

        parts = min(_threads(), max(1, count // _ROWS_PER_THREAD))
        edges = [count * part // parts for part in range(parts + 1)]
        others = [_pool().submit(search, *span) for span in itertools.pairwise(edges[1:])]
        found = [search(edges[0], edges[1]), *(other.result() for other in others)]
        rows = np.concatenate([rows for rows, _ in found])
        scores = np.concatenate([scores for _, scores in found])
        rows, scores = _nearest(rows, scores, limit)
        return rows, np.maximum(scores * np.float32(-2 / room), 0)


def _longer(rows: NDArray[_Number], count: int) -> NDArray[_Number]:
    """The same rows at the beginning of so many."""
    longer = np.empty((count, *rows.shape[1:]), dtype=rows.dtype)
    longer[: len(rows)] = rows
    return longer


def _nearest(rows: Rows, scores: Vector, limit: int) -> tuple[Rows, Vector]:
    """The ``limit`` rows of highest score, in no order."""
    if len(rows) <= limit:
        return rows, scores
    best = np.argpartition(-scores, limit - 1)[:limit]
    return rows[best], scores[best]


def _threads() -> int:
    return min(_MAX_THREADS, os.cpu_count() or 1)


@functools.cache
def _pool() -> concurrent.futures.ThreadPoolExecutor:
    return concurrent.futures.ThreadPoolExecutor(max(1, _threads() - 1), thread_name_prefix="kinpics-search")
