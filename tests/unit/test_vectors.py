import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.rekognition.likeness import DLIB, Crowding, Likeness
from local.rekognition.vectors import Vectors


def vector(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.09, DLIB.dimensions).astype(np.float32)


def brute_force(kept: dict[str, np.ndarray], query: np.ndarray, threshold: float) -> dict[str, float]:
    values = {name: DLIB.compare(other, query) for name, other in kept.items()}
    return {name: value for name, value in values.items() if value >= threshold}


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 30)), max_size=200),
    st.integers(0, 40),
    st.sampled_from([0.0, 1e-20, 50.0]),
)
def test_search_is_exact_through_adding_and_removing(steps: list, query: int, threshold: float) -> None:
    vectors, kept = Vectors(), {}
    for add, number in steps:
        name = str(number)
        if add and name not in kept:
            vectors.add(name, vector(number).tobytes())
            kept[name] = vector(number)
        elif not add:
            vectors.remove(name)
            kept.pop(name, None)
    assert len(vectors) == len(kept)
    found = vectors.search(vector(query), threshold, 1000)
    expected = brute_force(kept, vector(query), threshold)
    assert {name for name, _ in found} == set(expected)
    assert [value for _, value in found] == sorted((value for _, value in found), reverse=True)


def test_a_limit_keeps_the_best() -> None:
    vectors = Vectors()
    for number in range(100):
        vectors.add(str(number), vector(number).tobytes())
    everything = vectors.search(vector(7), 0, 100)
    assert everything[0][0] == "7"
    assert vectors.search(vector(7), 0, 5) == everything[:5]


def test_many_rows_are_shared_out_and_searched_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    """More rows than one thread takes at once, and more than one thread takes."""
    monkeypatch.setattr("local.rekognition.vectors._ROWS_PER_THREAD", 1_024)
    monkeypatch.setattr("local.rekognition.vectors._ROWS_AT_ONCE", 2_048)
    vectors = Vectors()
    rows = np.random.default_rng(1).normal(0, 0.06, (9_000, DLIB.dimensions)).astype(np.float32)
    for number, row in enumerate(rows):
        vectors.add(str(number), row.tobytes())
    query = rows[4_000]
    distances = np.linalg.norm(rows.astype(np.float64) - query, axis=1) / np.sqrt(DLIB.room(rows) * DLIB.room(query))
    nearest = [str(number) for number in np.argsort(distances)[:50]]
    assert [name for name, _ in vectors.search(query, 0, 50)] == nearest
    assert vectors.search(query, 99, 50)[0][0] == "4000"
    threshold = DLIB.similarity(float(np.sort(distances)[499:501].mean()))
    assert len(vectors.search(query, threshold, 9_000)) == 500


@pytest.mark.parametrize("threshold", [0.001, 1, 50, 80, 95, 99, 99.99])
def test_similarity_and_distance_are_inverse(threshold: float) -> None:
    assert DLIB.similarity(DLIB.largest_distance(threshold)) == pytest.approx(threshold)


def test_thresholds_at_the_ends() -> None:
    assert DLIB.largest_distance(0) == float("inf")
    assert DLIB.largest_distance(100) == 0
    assert DLIB.similarity(1e9) == pytest.approx(0)


def test_a_distance_counts_less_where_faces_are_crowded() -> None:
    crowding = Crowding(weights=np.array([1, 0], dtype=np.float32), offset=0.0, least=0.5, most=2.0)
    likeness = Likeness(dimensions=2, steepness=47.0, middle=0.5, crowding=crowding)
    crowded, roomy = np.array([[-0.5, 0], [-0.5, 0.5]], np.float32), np.array([[0.5, 0], [0.5, 0.5]], np.float32)
    assert likeness.compare(*crowded) < 50 < likeness.compare(*roomy)
    assert likeness.compare(crowded[0], crowded[0]) == pytest.approx(100)
    plain = Likeness(dimensions=2, steepness=47.0, middle=0.5)
    assert plain.compare(*crowded) == plain.compare(*roomy) == pytest.approx(50)


def test_room_is_kept_between_its_limits() -> None:
    crowding = Crowding(weights=np.array([10, 0], dtype=np.float32), offset=0.0, least=0.5, most=2.0)
    assert list(crowding.room(np.array([[-9, 0], [0, 0], [9, 0]], dtype=np.float32))) == pytest.approx([0.5, 1.0, 2.0])


def test_the_numbers_that_come_with_the_engine_fit_it() -> None:
    assert DLIB.crowding is not None
    assert DLIB.crowding.weights.shape == (DLIB.dimensions,)
    assert 0.5 < DLIB.crowding.least < 1 < DLIB.crowding.most < 2


def test_many_are_added_as_one_by_one() -> None:
    singly, together = Vectors(), Vectors()
    for number in range(200):
        singly.add(str(number), vector(number).tobytes())
    together.add_all([str(number) for number in range(200)], [vector(number).tobytes() for number in range(200)])
    expected = dict(singly.search(vector(7), 0, 200))
    assert dict(together.search(vector(7), 0, 200)) == pytest.approx(expected)
