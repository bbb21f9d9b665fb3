"""Searching a face among many: against one pass over the same matrix at memory bandwidth, numpy's largest element."""

import statistics
import time
from collections.abc import Callable

import numpy as np

from local.rekognition.likeness import DLIB
from local.rekognition.vectors import Vectors

SIZES = (10_000, 100_000, 1_000_000)
RUNS = 21
FACES_A_PHOTO = 3


def run() -> list[str]:
    """Lines of the report."""
    lines = ["search of a face, the 100 nearest over similarity 80, median:"]
    for size in SIZES:
        vectors = _filled(size)
        matrix = vectors._matrix[:size]
        query = matrix[size // 2].copy()
        ours = _median(lambda v=vectors, q=query: v.search_person(q, 80.0, 100))
        once = _median(lambda v=vectors, q=query: v.search(q, 80.0, 100))
        peer = _median(lambda m=matrix: m.max())
        lines.append(
            f"  {size:9,} faces   {ours * 1000:6.2f} ms, of users {once * 1000:6.2f} ms, one pass {peer * 1000:6.2f} ms"
            f"   -> {ours / peer:.2f}x, {once / peer:.2f}x"
        )
    return lines


def _filled(size: int) -> Vectors:
    vectors = Vectors()
    random = np.random.default_rng(1)
    for start in range(0, size, 10_000):
        rows = random.normal(0, 0.09, (min(10_000, size - start), DLIB.dimensions)).astype(np.float32)
        for number, row in enumerate(rows, start):
            vectors.add(str(number), row.tobytes(), 1 + number // FACES_A_PHOTO)
    return vectors


def _median(work: Callable[[], object]) -> float:
    work()
    seconds = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds)
