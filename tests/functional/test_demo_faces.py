"""People recur in the demo's photos, and the laptop's face service recognises them."""

import io

import numpy as np
import pytest
from sample_photos import SAMPLES, sources

from local.demo.packages import opened
from local.demo.sets import SETS
from local.rekognition.engine import analyse
from local.rekognition.likeness import DLIB, Vector

THRESHOLD = 90
# The pages' "Sure". Two of the three on the sofa are alike enough for the site's own threshold.
SURE = 99


@pytest.fixture(scope="module")
def faces(demo_folders: list) -> dict[str, list[Vector]]:
    """The faces in some photos of three sets, left to right."""
    photos = {name: opened(data) for name, data in sources(SAMPLES).items()}
    chosen = {
        "2012_portrait_days/wall.jpg",
        "2012_portrait_days/biden_close.jpg",
        "2012_portrait_days/collins_film.jpg",
        "2012_portrait_days/hopper_mono.jpg",
        "2017_evenings_out/sofa.jpg",
        "2017_evenings_out/dressed_up_smile.jpg",
        "2017_evenings_out/sofa_right.jpg",
        "2018_slow_weekend/window.jpg",
        "2018_slow_weekend/window_left.jpg",
        "2018_slow_weekend/window_right.jpg",
    }
    found = {}
    for one in SETS:
        for photo in one.photos:
            if (name := f"{one.name}/{photo.file}") in chosen:
                file = io.BytesIO()
                photo.recipe(photos).save(file, "JPEG", quality=88)
                ordered = sorted(analyse(file.getvalue()).faces, key=lambda face: face.left)
                found[name] = [face.vector for face in ordered]
    assert set(found) == chosen
    return found


def is_same(first: Vector, second: Vector, threshold: float = THRESHOLD) -> bool:
    return DLIB.compare(first, second) >= threshold


@pytest.mark.parametrize(
    ("group", "place", "alone", "threshold"),
    [
        ("2012_portrait_days/wall.jpg", 0, "2012_portrait_days/hopper_mono.jpg", THRESHOLD),
        ("2012_portrait_days/wall.jpg", 2, "2012_portrait_days/collins_film.jpg", THRESHOLD),
        ("2012_portrait_days/wall.jpg", 3, "2012_portrait_days/biden_close.jpg", THRESHOLD),
        ("2017_evenings_out/sofa.jpg", 1, "2017_evenings_out/dressed_up_smile.jpg", THRESHOLD),
        ("2017_evenings_out/sofa.jpg", 2, "2017_evenings_out/sofa_right.jpg", SURE),
    ],
)
def test_a_person_from_a_group_is_found_alone_and_nobody_else_is(
    faces: dict[str, list[Vector]], group: str, place: int, alone: str, threshold: float
) -> None:
    (face,) = faces[alone]
    found = [is_same(face, other, threshold) for other in faces[group]]
    assert found == [number == place for number in range(len(faces[group]))]


def test_four_by_the_window_are_two_and_two(faces: dict[str, list[Vector]]) -> None:
    group = faces["2018_slow_weekend/window.jpg"]
    pairs = faces["2018_slow_weekend/window_left.jpg"] + faces["2018_slow_weekend/window_right.jpg"]
    assert len(group) == len(pairs) == 4
    assert [[is_same(one, other) for other in pairs] for one in group] == np.eye(4, dtype=bool).tolist()
