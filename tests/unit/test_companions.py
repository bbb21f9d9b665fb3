"""Faces of a collection are told apart better with the other faces of the same person."""

from pathlib import Path

import numpy as np
import pytest

from local.rekognition import companions
from local.rekognition.companions import Faces
from local.rekognition.engine import FoundFace
from local.rekognition.likeness import DLIB, Likeness
from local.rekognition.state import State
from local.rekognition.vectors import Vectors

PLAIN = Likeness(dimensions=3, steepness=47.0, middle=0.5)


def album(*together: tuple[str, ...], **faces: tuple[float, float, float]) -> tuple[Vectors, dict[str, np.ndarray]]:
    """Faces, and those of them that are together in a picture; the others are each in one of their own."""
    vectors, kept = Vectors(PLAIN), {name: np.array(face, np.float32) for name, face in faces.items()}
    picture = {name: number for number, names in enumerate(together, 1) for name in names}
    pictures = [picture.get(name, number) for number, name in enumerate(faces, 1000)]
    vectors.add_all(list(kept), [face.tobytes() for face in kept.values()], pictures)
    return vectors, kept


def random_faces(count: int, spread: float = 0.05) -> np.ndarray:
    return np.random.default_rng(3).normal(0, spread, (count, DLIB.dimensions)).astype(np.float32)


def apart(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.linalg.norm(one - other) / np.sqrt(DLIB.room(one) * DLIB.room(other)))


def test_a_face_without_companions_is_searched_as_it_is() -> None:
    vectors = Vectors()
    for number, face in enumerate(random_faces(50, 0.09)):
        vectors.add(str(number), face.tobytes())
    for face in random_faces(5, 0.09):
        assert dict(vectors.search_person(face, 0, 100)) == pytest.approx(dict(vectors.search(face, 0, 100)))
    assert Vectors().search_person(random_faces(1)[0], 50, 10) == []


def test_two_faces_are_as_alike_as_without_a_collection() -> None:
    vectors, kept = album(one=(0, 0, 0), other=(0.46, 0, 0))
    assert dict(vectors.search_person(kept["one"], 1, 9)) == {
        "one": pytest.approx(100),
        "other": pytest.approx(PLAIN.compare(kept["one"], kept["other"]), rel=1e-3),
    }


def test_an_unlike_photo_of_a_person_is_found_by_the_others() -> None:
    vectors, kept = album(
        searched=(0, 0, 0), near=(0.2, 0, 0), nearer=(0.2, 0.1, 0), profile=(0.48, 0.05, 0), nobody=(3, 0, 0)
    )
    assert PLAIN.compare(kept["searched"], kept["profile"]) < 90
    found = [name for name, _ in vectors.search_person(kept["searched"], 90, 9)]
    assert sorted(found) == ["near", "nearer", "profile", "searched"]


def test_a_stranger_who_is_like_one_photo_alone_is_not_found() -> None:
    vectors, kept = album(
        searched=(0, 0, 0), one=(-0.3, 0.1, 0), two=(-0.3, 0, 0.1), three=(-0.3, 0, -0.1), stranger=(0.44, 0, 0)
    )
    assert PLAIN.compare(kept["searched"], kept["stranger"]) > 90
    found = [name for name, _ in vectors.search_person(kept["searched"], 50, 9)]
    assert sorted(found) == ["one", "searched", "three", "two"]


@pytest.mark.parametrize(("apart", "is_found"), [(0.32, True), (0.23, False)])
def test_people_with_similar_photos_are_told_from_look_alikes(apart: float, is_found: bool) -> None:
    vectors, kept = album(
        searched=(0, 0, 0), one=(apart, 0, 0), two=(0, apart, 0), three=(0, 0, apart), other=(0.3, 0.3, 0.3)
    )
    assert [PLAIN.compare(kept[name], kept["other"]) > 90 for name in ("one", "two", "three")] == [True] * 3
    found = {name for name, _ in vectors.search_person(kept["searched"], 90, 9)}
    assert found == {"searched", "one", "two", "three"} | ({"other"} if is_found else set())


def test_a_burst_of_photos_counts_as_one() -> None:
    """How alike photos of one moment are says nothing about how alike a person's photos are."""
    faces: dict[str, tuple[float, float, float]] = {
        "searched": (0, 0, 0),
        "own": (0.35, 0, 0),
        "profile": (0.3, 0.35, 0),
    }
    burst: dict[str, tuple[float, float, float]] = {f"burst{n}": (0.01 * n, 0.02 * (n % 2), 0) for n in range(1, 9)}
    alone, kept = album(**faces)
    several, _ = album(**faces, **burst)
    found = dict(several.search_person(kept["searched"], 90, 99))
    assert found.keys() == faces.keys() | burst.keys()
    expected = dict(alone.search_person(kept["searched"], 90, 99))
    assert {name: found[name] for name in faces} == pytest.approx(expected, rel=1e-6)


def test_a_higher_threshold_and_a_limit_take_from_the_same_answer() -> None:
    """The site searches once, at the lowest similarity, and filters."""
    vectors = Vectors()
    for number, face in enumerate(random_faces(300, 0.028)):
        vectors.add(str(number), face.tobytes())
    searched = random_faces(300, 0.028)[7]
    everything = vectors.search_person(searched, 50, 1000)
    assert len(everything) > 100
    assert everything[0] == ("7", pytest.approx(100))
    for threshold in (70.0, 90.0, 99.0):
        expected = [match for match in everything if match[1] >= threshold]
        assert vectors.search_person(searched, threshold, 1000) == expected
        assert vectors.search_person(searched, threshold, 5) == expected[:5]


def test_a_copy_of_the_searched_face_is_like_it_and_is_no_companion() -> None:
    faces: dict[str, tuple[float, float, float]] = {"searched": (0, 0, 0), "near": (0.2, 0, 0), "far": (0.45, 0, 0)}
    alone, kept = album(**faces)
    copied, _ = album(**faces, copy=(0, 0, 0))
    found = dict(copied.search_person(kept["searched"], 50, 9))
    assert found.pop("copy") == pytest.approx(100)
    assert found == dict(alone.search_person(kept["searched"], 50, 9))


def test_a_neighbour_who_looks_alike_is_somebody_else_everywhere() -> None:
    faces: dict[str, tuple[float, float, float]] = {
        "searched": (0, 0, 0),
        "own": (0, 0.2, 0),
        "neighbour": (0.44, 0, 0),
        "neighbour_alone": (0.44, 0.1, 0),
    }
    strangers, kept = album(**faces)
    assert dict(strangers.search_person(kept["searched"], 90, 9)).keys() == faces.keys()
    beside, _ = album(("searched", "neighbour"), **faces)
    assert dict(beside.search_person(kept["searched"], 1, 9)).keys() == {"searched", "own"}


def test_a_neighbour_in_another_photo_of_the_person_is_somebody_else_too() -> None:
    vectors, kept = album(
        ("own", "neighbour"),
        searched=(0, 0, 0),
        own=(0, 0.2, 0),
        neighbour=(0.44, 0, 0),
        neighbour_alone=(0.44, 0, 0.1),
    )
    assert sorted(name for name, _ in vectors.search_person(kept["searched"], 1, 9)) == ["own", "searched"]


@pytest.mark.parametrize(("neighbour", "square"), [(-0.45, 0.2125), (0.45, 0.2125 * 0.2125 / 0.1)])
def test_a_face_nearer_to_a_neighbour_is_farther_by_as_much_as_it_is(neighbour: float, square: float) -> None:
    vectors, kept = album(
        ("searched", "neighbour"), searched=(0, 0, 0), face=(0.35, 0.3, 0), neighbour=(neighbour, 0, 0)
    )
    found = dict(vectors.search_person(kept["searched"], 0, 9))
    assert found["face"] == pytest.approx(PLAIN.similarity(square**0.5), rel=1e-3)
    assert found["neighbour"] < 1


def test_somebody_twice_in_one_picture_is_not_their_own_rival() -> None:
    faces: dict[str, tuple[float, float, float]] = {"searched": (0, 0, 0), "mirror": (0.3, 0, 0), "other": (0.4, 0, 0)}
    alone, kept = album(**faces)
    mirrored, _ = album(("searched", "mirror"), **faces)
    found = dict(mirrored.search_person(kept["searched"], 90, 9))
    assert found.keys() == dict(alone.search_person(kept["searched"], 90, 9)).keys()


def test_a_face_that_is_moved_or_removed_keeps_or_loses_its_picture() -> None:
    vectors, kept = album(
        ("searched", "neighbour"), gone=(2, 0, 0), searched=(0, 0, 0), other=(0, 0.2, 0), neighbour=(0.44, 0, 0)
    )
    vectors.remove("gone")
    assert dict(vectors.search_person(kept["searched"], 50, 9)).keys() == {"searched", "other"}
    vectors.remove("neighbour")
    vectors.add("neighbour", kept["neighbour"].tobytes(), 77)
    assert dict(vectors.search_person(kept["searched"], 50, 9)).keys() == {"searched", "other", "neighbour"}


def test_who_is_in_one_picture_is_known_after_a_restart(tmp_path: Path) -> None:
    faces = np.zeros((4, DLIB.dimensions), np.float32)
    # Two neighbours who look alike, and another photo of each.
    faces[1, 0], faces[2, 1], faces[3, :2] = 0.4, 0.2, (0.4, 0.1)
    one, other, alone, other_alone = (
        FoundFace(left, 0.1, 0.2, 0.3, 1.0, {}, 0.0, 50.0, 50.0, face.tobytes())
        for left, face in zip((0.1, 0.6, 0.4, 0.4), faces, strict=True)
    )

    def found(state: State) -> list[str]:
        matches = state.vectors("album").search_person(faces[0], 50, 9)
        by_id = state.faces_by_id("album", (face for face, _ in matches))
        return sorted(face.external_image_id or "" for face in by_id.values())

    state = State(tmp_path / "faces.sqlite")
    state.create_collection("album")
    state.index("album", b"both", "both", [one, other])
    state.index("album", b"alone", "alone", [alone])
    state.index("album", b"other alone", "other alone", [other_alone])
    assert found(state) == ["alone", "both"]
    state.close()
    assert found(State(tmp_path / "faces.sqlite")) == ["alone", "both"]


def test_several_faces_stand_for_the_mean_of_their_squares() -> None:
    faces = random_faces(12)
    members = np.arange(12) < 5
    squares = np.array([[apart(one, other) ** 2 for other in faces[members]] for one in faces])
    found = companions.squares_within(Faces.of(faces, DLIB), members)
    assert found[~members] == pytest.approx(squares[~members].mean(axis=1), rel=1e-4)
    assert found[members] == pytest.approx(squares[members].sum(axis=1) / 4, rel=1e-4)
