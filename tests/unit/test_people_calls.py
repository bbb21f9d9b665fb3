"""What the command line calls faces and boxes."""

from typing import Any

import pytest

from scripts.people.people_calls import PeopleCallError, PeopleCalls, is_face, read_box

ANN, MERGED = "01KB00000000000000000000A1", "01KB00000000000000000000A2"


def test_a_box_is_four_fractions_of_a_photo() -> None:
    assert read_box("0.5, 0,0.25,1") == [0.5, 0, 0.25, 1]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0.1,0.1,0.2",
        "0.1;0.1;0.2;0.2",
        "1.1,0,0.2,0.2",
        "0,0,0,0.2",
        "nan,0,1,1",
        "inf,0,1,1",
        "-3,0,1,1",
        "0.1,0.1,2,0.2",
    ],
)
def test_what_is_no_box_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(PeopleCallError, match="isn't a box in a photo: write left, top, width and height"):
        read_box(text)


def test_a_face_is_told_from_a_name() -> None:
    assert is_face("a set/photo #1.jpg#12")
    assert is_face("60eae29e-aaff-4a4d-8ce2-a09d052ef365")
    assert not is_face("Ann #1")


class _Album(PeopleCalls):
    """An album of one photo, with Ann and Bob; Ann's other id is from before a merge."""

    FACES = (
        {"path": "set/a.jpg", "box": [0.1, 0, 0.2, 0.2], "face": None},
        {"path": "set/a.jpg", "box": [0.5, 0, 0.2, 0.2], "face": "id"},
    )

    def call(self, action: str, **fields: Any) -> Any:
        if action == "people":
            return {"people": [{"id": ANN, "slug": "ann", "name": "Ann", "photos": 1}]}
        if action == "photo":
            return {"faces": list(self.FACES)}
        if fields["person"] not in (ANN, MERGED):
            raise PeopleCallError("there is no such person")
        return {"id": ANN, "name": "Ann", "faces": [self.FACES[0]]}


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        ("Bob", "nobody is called Bob: `kinpics people list` lists everybody"),
        (MERGED, f"{MERGED} was merged into Ann: use {ANN}"),
        (MERGED.replace("2", "3"), "nobody is called"),
        ("set/a 1.jpg", "set/a 1.jpg isn't a face: `kinpics people photo 'set/a 1.jpg'` lists those in a photo"),
    ],
)
def test_an_error_about_an_unknown_person_says_what_to_do(who: str, reason: str) -> None:
    with pytest.raises(PeopleCallError) as refused:
        _Album(None).person(who)  # type: ignore[arg-type]
    assert str(refused.value).startswith(reason)


def test_only_faces_of_a_person_can_be_taken_from_them() -> None:
    album = _Album(None)  # type: ignore[arg-type]
    ann = album.person("Ann")
    first = {"path": "set/a.jpg", "box": [0.1, 0, 0.2, 0.2]}
    assert album.faces_of(ann, ["set/a.jpg#1", "set/a.jpg#1"]) == [first]
    with pytest.raises(PeopleCallError, match=r"set/a.jpg#2 isn't known to be Ann: if it is, run `kinpics people name"):
        album.faces_of(ann, ["set/a.jpg#1", "set/a.jpg#2"])
