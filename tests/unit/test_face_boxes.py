"""Boxes of faces, and when two are around the same face."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.people.boxes import Box, is_same_place, overlap

PLACE, SIDE = st.floats(-0.3, 0.99), st.floats(0.31, 1.3)
BOXES = st.builds(lambda *sides: Box.of(sides), PLACE, PLACE, SIDE, SIDE)


@given(BOXES, BOXES)
def test_overlap_is_a_share_and_the_same_from_both_sides(one: Box, other: Box) -> None:
    assert 0 <= overlap(one, other) <= 1 + 1e-9
    assert overlap(one, other) == pytest.approx(overlap(other, one))
    assert overlap(one, one) == pytest.approx(1)


@given(BOXES, BOXES)
def test_boxes_that_overlap_by_more_than_half_are_at_the_same_place(one: Box, other: Box) -> None:
    if overlap(one, other) > 0.5:
        assert is_same_place(one, other)
    assert is_same_place(one, other) == is_same_place(other, one)


def test_a_whole_head_and_a_small_box_in_it_are_one_face_and_a_neighbour_is_not() -> None:
    head, face, cheek_to_cheek = Box(0.2, 0.2, 0.2, 0.3), Box(0.26, 0.28, 0.09, 0.12), Box(0.33, 0.25, 0.12, 0.16)
    assert overlap(head, face) < 0.5
    assert is_same_place(head, face)
    assert not is_same_place(face, cheek_to_cheek)
    assert not is_same_place(head, cheek_to_cheek)


@given(BOXES)
def test_the_part_in_the_photo_is_in_it(box: Box) -> None:
    part = box.inside()
    assert min(part.left, part.top) >= 0
    assert max(part.left + part.width, part.top + part.height) <= 1.00001
