"""The face detector on the demo's photos: strips change nothing in what it finds, turned and small faces are found."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from local.rekognition.detector import Detector
from local.rekognition.engine import Analysis, FoundFace, analyse, detector_file
from local.rekognition.likeness import DLIB


@pytest.fixture(scope="module")
def portrait(demo_folders: list[Path]) -> Image.Image:
    """A photo with one face."""
    (path,) = (path for folder in demo_folders for path in folder.glob("obama.jpg"))
    return ImageOps.exif_transpose(Image.open(path)).convert("RGB")


@pytest.fixture(scope="module")
def own(portrait: Image.Image) -> FoundFace:
    """What is found of that face."""
    (face,) = found_in(portrait).faces
    return face


def found_in(picture: Image.Image) -> Analysis:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=92)
    return analyse(file.getvalue())


def test_strips_change_nothing(with_faces: list[Path]) -> None:
    whole = Detector(detector_file(), strip=4096)
    for strip in (96, 128):
        in_strips = Detector(detector_file(), strip=strip)
        for path in with_faces:
            # Of no multiple of 32, so that the last strip is shorter.
            pixels = np.asarray(ImageOps.exif_transpose(Image.open(path)).convert("RGB").resize((700, 500)))
            expected, found = whole.find(pixels), in_strips.find(pixels)
            assert expected, path.name
            assert [face.score for face in found] == pytest.approx([face.score for face in expected], abs=1e-4)
            for one, other in zip(found, expected, strict=True):
                assert one.points == pytest.approx(other.points, abs=0.01)


@pytest.mark.parametrize("degrees", [40, 90, 180, -90])
def test_a_turned_face_is_the_same_person(portrait: Image.Image, own: FoundFace, degrees: int) -> None:
    (face,) = found_in(portrait.rotate(-degrees, Image.Resampling.BICUBIC, expand=True)).faces
    assert (face.roll - own.roll - degrees + 180) % 360 - 180 == pytest.approx(0, abs=5)
    assert DLIB.compare(face.vector, own.vector) >= 99


@pytest.mark.parametrize("width", [60, 84])
def test_a_small_face_in_a_large_photo_is_the_same_person(portrait: Image.Image, own: FoundFace, width: int) -> None:
    scale = width / (own.width * portrait.width)
    small = portrait.resize((round(portrait.width * scale), round(portrait.height * scale)), Image.Resampling.LANCZOS)
    large = Image.new("RGB", (4000, 3000), "grey")
    large.paste(small, (2500, 1700))
    (face,) = found_in(large).faces
    assert face.width * 4000 == pytest.approx(width, rel=0.15)
    assert DLIB.compare(face.vector, own.vector) >= 90


def test_a_large_photo_is_searched_in_a_larger_copy() -> None:
    assert Detector.long_side(4000) < Detector.long_side(6000) < 6000


def test_landmarks_lie_in_the_face(own: FoundFace) -> None:
    places = own.landmarks
    assert places["eyeLeft"][0] < places["nose"][0] < places["eyeRight"][0]
    assert max(places["eyeLeft"][1], places["eyeRight"][1]) < places["nose"][1]
    for x, y in places.values():
        assert own.left < x < own.left + own.width
        assert own.top < y < own.top + own.height


def test_a_picture_of_one_colour_holds_no_face() -> None:
    assert found_in(Image.new("RGB", (90, 3000), "white")).faces == []
