"""Exact nearest-neighbour search over descriptors: one contiguous float32 matrix, one pass over it per search.

Dimensions: a descriptor has 128; the matrix is (faces, 128). Adding writes a row, deleting moves the last row into the
gap: there is no index to rebuild. Several threads read a large matrix, each a part of it, because one alone does not
use all of the memory's bandwidth. (BLAS is kept to one thread; its own threads would share out every small product.)
"""

import concurrent.futures
import functools
import itertools
import math
import os

import numpy as np
from numpy.typing import NDArray

DIMENSIONS = 128
Vector = NDArray[np.float32]
Rows = NDArray[np.intp]
# Descriptors of one person lie 0.41 apart on average, of two 0.82 (euclidean). The logistic curve between distance and
# similarity puts 80, Rekognition's default threshold, where about 1 pair of strangers in 1,000 passes.
_STEEPNESS = 47.0
_MIDDLE = 0.56
# With fewer rows a second thread costs more than it gains; with more threads memory is the limit.
_ROWS_PER_THREAD = 16_384
_MAX_THREADS = 4
# The scores of so many rows stay in the cache until they are read.
_ROWS_AT_ONCE = 32_768


def similarity(distance: float) -> float:
    """Similarity, 0 to 100, of two descriptors ``distance`` apart."""
    return 100.0 / (1.0 + math.exp(min(700.0, _STEEPNESS * (distance - _MIDDLE))))


def largest_distance(threshold: float) -> float:
    """The distance whose similarity is ``threshold``."""
    if threshold <= 0:
        return math.inf
    if threshold >= 100:
        return 0.0
    return _MIDDLE + math.log(100.0 / threshold - 1.0) / _STEEPNESS


class Vectors:
    """Descriptors by face id."""

    def __init__(self) -> None:
        self._matrix = np.empty((64, DIMENSIONS), dtype=np.float32)
        self._half_squares = np.empty(64, dtype=np.float32)
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

    def add(self, face_id: str, descriptor: bytes) -> None:
        """Add a face's descriptor, 128 float32 as bytes."""
        row = len(self._ids)
        if row == len(self._matrix):
            self._matrix = np.concatenate([self._matrix, np.empty_like(self._matrix)])
            self._half_squares = np.concatenate([self._half_squares, np.empty_like(self._half_squares)])
        vector = np.frombuffer(descriptor, dtype=np.float32)
        self._matrix[row] = vector
        self._half_squares[row] = vector @ vector / 2
        self._ids.append(face_id)
        self._rows[face_id] = row

    def remove(self, face_id: str) -> None:
        """Remove a face, if it is there."""
        row = self._rows.pop(face_id, None)
        if row is None:
            return
        last = self._ids.pop()
        if last != face_id:
            self._matrix[row] = self._matrix[len(self._ids)]
            self._half_squares[row] = self._half_squares[len(self._ids)]
            self._ids[row] = last
            self._rows[last] = row

    def search(self, descriptor: Vector, threshold: float, limit: int) -> list[tuple[str, float]]:
        """Faces at least ``threshold`` similar, best first: pairs of face id and similarity."""
        count = len(self._ids)
        if not count:
            return []
        # |x - d|² <= reach² is x·d - |x|²/2 >= (|d|² - reach²)/2: one product and one difference a row.
        square = float(descriptor @ descriptor)
        reach = largest_distance(threshold)
        least = (square - reach * reach - 1e-6) / 2

        def search(start: int, end: int) -> tuple[Rows, Vector]:
            """Rows from ``start`` to ``end`` that are near enough (the nearest ``limit`` of them), and their scores."""
            rows, scores = [], []
            for first in range(start, end, _ROWS_AT_ONCE):
                last = min(first + _ROWS_AT_ONCE, end)
                part = self._matrix[first:last] @ descriptor
                part -= self._half_squares[first:last]
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
        best = np.argsort(-scores, kind="stable")
        return [
            (self._ids[row], similarity(math.sqrt(max(0.0, square - 2 * float(score)))))
            for row, score in zip(rows[best], scores[best], strict=True)
        ]


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
