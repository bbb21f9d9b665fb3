"""What the command line calls faces and boxes."""

import pytest

from scripts.people.people_calls import PeopleCallError, is_face, read_box


def test_a_box_is_four_fractions_of_a_photo() -> None:
    assert read_box("0.5, 0,0.25,1") == [0.5, 0, 0.25, 1]


@pytest.mark.parametrize(
    "text", ["", "0.1,0.1,0.2", "0.1;0.1;0.2;0.2", "1.1,0,0.2,0.2", "0,0,0,0.2", "nan,0,1,1", "inf,0,1,1", "-3,0,1,1"]
)
def test_what_is_no_box_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(PeopleCallError, match="is no box in a photo: write left, top, width and height"):
        read_box(text)


def test_a_face_is_told_from_a_name() -> None:
    assert is_face("a set/photo #1.jpg#12")
    assert is_face("60eae29e-aaff-4a4d-8ce2-a09d052ef365")
    assert not is_face("Ann #1")
