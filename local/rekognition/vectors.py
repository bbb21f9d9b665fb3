"""Exact nearest-neighbour search over descriptors: one contiguous float32 matrix, one pass of it a search.

Dimensions: a descriptor has 128; the matrix is (faces, 128). Adding writes a row, deleting moves the last row into the
gap: there is no index to rebuild.
"""

import math

import numpy as np

DIMENSIONS = 128
# dlib's descriptors of one person lie 0.435 apart on average, of two 0.830 (euclidean). The logistic curve between
# distance and similarity puts 80, Rekognition's default threshold, where 1 pair of strangers in 1,000 passes.
_STEEPNESS = 47.0
_MIDDLE = 0.577


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
        self._squares = np.empty(64, dtype=np.float32)
        self._ids: list[str] = []
        self._rows: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, face_id: str) -> bool:
        return face_id in self._rows

    def get(self, face_id: str) -> np.ndarray:
        """The descriptor of a face. Raises ``KeyError``."""
        return self._matrix[self._rows[face_id]]

    def add(self, face_id: str, descriptor: bytes) -> None:
        """Add a face's descriptor, 128 float32 as bytes."""
        row = len(self._ids)
        if row == len(self._matrix):
            self._matrix = np.concatenate([self._matrix, np.empty_like(self._matrix)])
            self._squares = np.concatenate([self._squares, np.empty_like(self._squares)])
        vector = np.frombuffer(descriptor, dtype=np.float32)
        self._matrix[row] = vector
        self._squares[row] = vector @ vector
        self._ids.append(face_id)
        self._rows[face_id] = row

    def remove(self, face_id: str) -> None:
        """Forget a face; nothing happens for one that is not there."""
        row = self._rows.pop(face_id, None)
        if row is None:
            return
        last = self._ids.pop()
        if last != face_id:
            self._matrix[row] = self._matrix[len(self._ids)]
            self._squares[row] = self._squares[len(self._ids)]
            self._ids[row] = last
            self._rows[last] = row

    def search(self, descriptor: np.ndarray, threshold: float, limit: int) -> list[tuple[str, float]]:
        """Faces at least ``threshold`` similar, best first: pairs of face id and similarity."""
        count = len(self._ids)
        if not count:
            return []
        squares = self._squares[:count] - 2.0 * (self._matrix[:count] @ descriptor) + descriptor @ descriptor
        reach = largest_distance(threshold)
        near = np.flatnonzero(squares <= reach * reach + 1e-6)
        if len(near) > limit:
            near = near[np.argpartition(squares[near], limit - 1)[:limit]]
        near = near[np.argsort(squares[near], kind="stable")]
        return [(self._ids[row], similarity(math.sqrt(max(0.0, float(squares[row]))))) for row in near]
