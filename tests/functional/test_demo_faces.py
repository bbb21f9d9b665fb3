"""People recur in the demo's photos, and the laptop's face service recognises them."""

import io

import pytest
from sample_photos import SAMPLES, sources

from local.demo.packages import opened
from local.demo.sets import SETS
from local.rekognition import quality
from local.rekognition.engine import analyse
from local.rekognition.likeness import Vector
from local.rekognition.vectors import Vectors

THRESHOLD = 90


CHOSEN = {
    "2012_portrait_days/wall.jpg",
    "2012_portrait_days/biden_close.jpg",
    "2012_portrait_days/collins_film.jpg",
    "2012_portrait_days/hopper_mono.jpg",
    "2017_evenings_out/sofa.jpg",
    "2017_evenings_out/sofa_middle.jpg",
    "2017_evenings_out/sofa_right.jpg",
    "2017_evenings_out/dressed_up.jpg",
    "2017_evenings_out/dressed_up_smile.jpg",
    "2017_evenings_out/prints.jpg",
    "2018_slow_weekend/window.jpg",
    "2018_slow_weekend/window_left.jpg",
    "2018_slow_weekend/window_right.jpg",
}


class Photos:
    """The faces in some photos of three of the demo's sets, left to right, in one collection."""

    def __init__(self, names: set[str]) -> None:
        self._vectors = Vectors()
        self._faces: dict[str, Vector] = {}
        photos = {name: opened(data) for name, data in sources(SAMPLES).items()}
        recipes = {f"{one.name}/{photo.file}": photo.recipe for one in SETS for photo in one.photos}
        for number, name in enumerate(sorted(names), 1):
            file = io.BytesIO()
            recipes[name](photos).save(file, "JPEG", quality=88)
            good, _ = quality.split(analyse(file.getvalue()), "AUTO")
            for place, face in enumerate(sorted(good, key=lambda face: face.left)):
                self._faces[f"{name}#{place}"] = face.vector
                self._vectors.add(f"{name}#{place}", face.descriptor, number)

    def of(self, photo: str) -> list[str]:
        return [face for face in self._faces if face.startswith(f"{photo}#")]

    def search(self, face: str) -> set[str]:
        found = self._vectors.search_person(self._faces[face], THRESHOLD, 1000)
        return {other for other, _ in found}


@pytest.fixture(scope="module")
def photos(demo_folders: list) -> Photos:
    return Photos(CHOSEN)


@pytest.mark.parametrize(
    ("group", "place", "alone"),
    [
        ("2012_portrait_days/wall.jpg", 0, "2012_portrait_days/hopper_mono.jpg"),
        ("2012_portrait_days/wall.jpg", 2, "2012_portrait_days/collins_film.jpg"),
        ("2012_portrait_days/wall.jpg", 3, "2012_portrait_days/biden_close.jpg"),
        ("2017_evenings_out/sofa.jpg", 1, "2017_evenings_out/dressed_up_smile.jpg"),
        ("2017_evenings_out/sofa.jpg", 2, "2017_evenings_out/sofa_right.jpg"),
    ],
)
def test_a_person_from_a_group_is_found_alone_and_nobody_else_is(
    photos: Photos, group: str, place: int, alone: str
) -> None:
    (face,) = photos.of(alone)
    assert photos.search(face) & set(photos.of(group)) == {f"{group}#{place}"}
    beside = set(photos.of(group)) - {f"{group}#{place}"}
    assert not any(face in photos.search(other) for other in beside)


def test_four_by_the_window_are_two_and_two(photos: Photos) -> None:
    group = photos.of("2018_slow_weekend/window.jpg")
    pairs = photos.of("2018_slow_weekend/window_left.jpg") + photos.of("2018_slow_weekend/window_right.jpg")
    assert len(group) == len(pairs) == 4
    assert [photos.search(one) & set(pairs) for one in group] == [{other} for other in pairs]
