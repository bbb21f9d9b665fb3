"""Which part of a photo is shown: the one with the faces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.crops import Area, Focus, crop, focus

CARD = 1200 / 630
FRACTIONS = st.floats(-0.2, 1.2)
FACES = st.lists(st.builds(Area, FRACTIONS, FRACTIONS, st.floats(0, 1), st.floats(0, 1)), max_size=6)
SIDES = st.integers(1, 20_000)


def face(x: float, y: float, size: float = 0.1) -> Area:
    """A face with its middle at this place."""
    return Area(x - size / 2, y - size / 2, size, size)


@given(FACES, SIDES, SIDES, st.floats(0.2, 5))
def test_a_crop_is_inside_the_photo_and_as_large_as_it_can_be(
    faces: list[Area], width: int, height: int, ratio: float
) -> None:
    part = crop(faces, width, height, ratio)
    assert part.left >= 0
    assert part.top >= 0
    assert part.left + part.width <= 1 + 1e-9
    assert part.top + part.height <= 1 + 1e-9
    assert max(part.width, part.height) == 1
    assert part.width * width / (part.height * height) == pytest.approx(ratio)


@given(FACES, SIDES, SIDES, st.floats(0.2, 5))
def test_a_browser_shows_the_same_part(faces: list[Area], width: int, height: int, ratio: float) -> None:
    part, shown = crop(faces, width, height, ratio), focus(faces, width, height, ratio)
    assert 0 <= shown.x <= 100
    assert 0 <= shown.y <= 100
    assert shown.x / 100 * (1 - part.width) == pytest.approx(part.left, abs=0.001)
    assert shown.y / 100 * (1 - part.height) == pytest.approx(part.top, abs=0.001)


def test_without_faces_the_middle_is_shown_or_a_little_above_it() -> None:
    assert focus([], 3000, 1000, CARD) == Focus(50, 50)
    assert focus([], 1000, 3000, CARD) == Focus(50, 40)


def test_nothing_is_cut_off_a_photo_of_the_same_shape() -> None:
    assert crop([face(0.1, 0.1)], 1200, 630, CARD) == Area(0, 0, 1, 1)


@pytest.mark.parametrize("x", [0.0, 0.1, 0.5, 0.8, 1.0])
def test_a_face_at_any_place_of_a_panorama_is_in_view(x: float) -> None:
    part = crop([face(x, 0.5)], 4000, 1000, CARD)
    assert part.left <= max(0, x - 0.05)
    assert part.left + part.width >= min(1, x + 0.05)


@pytest.mark.parametrize("y", [0.1, 0.3, 0.5, 0.9])
def test_a_portrait_shows_the_whole_head(y: float) -> None:
    part = crop([face(0.5, y, 0.2)], 3000, 4000, CARD)
    assert part.top <= max(0, y - 0.2) + 1e-9
    assert part.top + part.height >= min(1, y + 0.18)


def test_a_group_is_in_view_whole() -> None:
    part = crop([face(0.3, 0.5, 0.05), face(0.6, 0.5, 0.05), face(0.5, 0.5, 0.05)], 3000, 1000, CARD)
    assert part.left < 0.27
    assert part.left + part.width > 0.63


def test_if_faces_dont_fit_the_largest_are_kept() -> None:
    large, small, near = face(0.2, 0.8, 0.2), face(0.8, 0.1, 0.05), face(0.7, 0.75, 0.05)
    part = crop([small, large, near], 3000, 4000, CARD)
    assert part.top <= 0.7
    assert part.top + part.height >= 0.9
    assert part.top <= 0.725


def test_a_face_larger_than_the_crop_is_centred() -> None:
    part = crop([face(0.5, 0.5, 0.9)], 1000, 2000, CARD)
    assert part.top + part.height / 2 == pytest.approx(0.5)
