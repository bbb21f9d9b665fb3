"""The journal as lines of JSON."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from people_cases import Journal as Made
from people_cases import person, photo, ref, regions, sha256

from functions.people.decision_fields import DecisionError
from functions.people.decisions import read_event
from functions.people.journal_lines import Journal, read_file, read_lines, write_file

PHOTO = photo("set/a.jpg", 1, 2, taken_at="2019-05-01T12:00:00")
ANN, BOB = person(1), person(2)


def every_kind() -> Made:
    journal = Made()
    faces = [ref(PHOTO, 1), ref(PHOTO, 7)]
    name = journal.add("name", person=ANN, name="Ann")
    journal.add("assign", person=ANN, faces=faces)
    journal.add("reject", person=ANN, faces=faces)
    journal.add("ignore", faces=faces, why="no-face")
    journal.add("box", face=faces[1])
    journal.add("box", face=faces[1], person=ANN)
    journal.add("merge", person=ANN, into=BOB)
    journal.add("split", person=ANN, faces=faces, to=BOB)
    journal.add("split", person=ANN, faces=faces, to=BOB, name="Bób 👩‍👧 עדה")
    journal.add("hide", person=ANN)
    journal.add("show", person=ANN)
    journal.add("portrait", person=ANN, face=faces[0])
    journal.add("birth", person=ANN, date="2019-05-01")
    journal.add("birth", person=ANN)
    journal.add("import", faces=regions((faces[0], "Ann")), source="sidecar")
    journal.add("replace", photo=sha256("new"), was=sha256("old"))
    journal.add("undo", event=name)
    journal.add("forgotten")
    return journal


def test_events_of_every_kind_survive_their_file() -> None:
    events = every_kind().events
    journal = read_file(write_file(Journal(tuple(events))))
    assert journal == Journal(tuple(events))


def test_a_line_is_what_the_docs_say() -> None:
    journal = Made()
    journal.add("assign", person=ANN, faces=[ref(PHOTO, 1)])
    face = {"photo": PHOTO.sha256, "box": [0.11, 0.01, 0.08, 0.08], "path": "set/a.jpg", "face": "e-set/a.jpg-1"}
    assert json.loads(journal.events[0].to_json()) == {
        "v": 1,
        "id": "01EVENT0000000000000000001",
        "at": "2026-11-26T10:00:00+00:00",
        "by": "ann@example.org",
        "kind": "assign",
        "person": ANN,
        "faces": [face | {"taken_at": "2019-05-01T12:00:00"}],
    }


LINE = every_kind().events[0].to_json()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (LINE[:-5], "this is not JSON"),
        ("7", "this is not a JSON object"),
        ("[" * 100_000, "this is JSON of too many levels"),
        (LINE.replace('"v":1', '"v":2'), "v has to be 1: a newer kinpics wrote this, or none"),
        (LINE.replace('"v":1', '"v":true'), "v has to be 1: a newer kinpics wrote this, or none"),
        (LINE.replace('"name","person"', '"dance","person"'), "kind has to be one of name, assign, reject"),
        (LINE.replace('"Ann"', '""'), "name: a name can't be empty"),
        (LINE.replace('"Ann"', '" \\u200b "'), "name: a name can't be empty"),
        (LINE.replace('"Ann"', json.dumps("x" * 500)), "name: 'xxxxxxxxxxxxxxxxxxxx'… is too long"),
        (LINE.replace('"Ann"', '"\\u202eAnn"'), "has a character that can't be seen"),
        (LINE.replace('"Ann"', "7"), "name: a name has to be a text"),
        (LINE.replace(ANN, "me"), "person: has to be a ULID"),
        (LINE.replace('"name":', '"nick":"A","name":'), "an event of kind 'name' has no 'nick'"),
        (LINE.replace("2026-11-26T", "2026-13-26T"), "at: has to be a moment"),
        (LINE.replace("+00:00", ""), "at: has to be a moment"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_kept(line: str, reason: str) -> None:
    journal = read_lines(["", LINE, line + "\n", line])
    assert [event.to_json() for event in journal.events] == [LINE]
    (unread,) = journal.unread
    assert (unread.number, unread.text) == (3, line)
    assert unread.reason.startswith(reason) or reason in unread.reason
    assert read_file(write_file(journal)).unread[0].text == line


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"box": [0, 0, 0, 1]}, "faces: a box needs a width and a height"),
        ({"box": [1.2, 0, 0.1, 0.1]}, "faces: the box [1.2, 0, 0.1, 0.1] is outside the photo"),
        ({"box": [0, 0, 1]}, "faces: a box is four numbers"),
        ({"box": [0, 0, 1, 1e999]}, "faces: a box is four numbers"),
        ({"box": [0, 0, 1, 10**400]}, "faces: a box is four numbers"),
        ({"box": "all"}, "faces: box has to be a list of four numbers"),
        ({"photo": "abc"}, "faces: photo has to be the SHA-256"),
        ({"photo": None, "path": None}, "faces: a face needs a photo or a path"),
        ({"path": "a\nb"}, "faces: path has to be a text of one line"),
        ({"eyes": 2}, "faces: a face has no 'eyes'"),
    ],
)
def test_a_face_that_cannot_be_is_named(changed: dict[str, object], reason: str) -> None:
    values = json.loads(every_kind().events[1].to_json())
    values["faces"] = [ref(PHOTO, 1).to_json() | changed]
    with pytest.raises(DecisionError) as error:
        read_event(json.dumps(values))
    assert str(error.value).startswith(reason)


def test_a_damaged_line_has_a_key_of_its_own_and_a_newer_one_its_id() -> None:
    journal = read_lines(["{", LINE.replace('"v":1', '"v":9')])
    damaged, newer = journal.unread
    assert newer.id == every_kind().events[0].id
    assert damaged.id < newer.id
    assert read_lines(["{"]).unread[0].id == damaged.id
    assert journal.latest == newer.id


def test_of_two_events_with_one_id_the_second_is_named() -> None:
    other = LINE.replace('"Ann"', '"Anna"')
    journal = read_lines([LINE, LINE, other])
    assert [event.to_json() for event in journal.events] == [LINE]
    assert journal.unread[0].reason == "id: another event of this journal has the id 01EVENT0000000000000000001"


def test_bytes_that_are_no_text_damage_one_line() -> None:
    journal = read_file(b"\xef\xbb\xbf" + LINE.encode() + b"\r\n{\xff}\n")
    assert len(journal.events) == 1
    assert journal.unread[0].text == "{\\xff}"


TEXTS = st.text(st.characters(exclude_characters="\n"))


@given(st.lists(TEXTS | st.sampled_from([event.to_json() for event in every_kind().events]), max_size=6))
def test_any_lines_can_be_read_and_none_is_lost(lines: list[str]) -> None:
    journal = read_lines(lines)
    kept = {text for _, text in journal.lines()}
    assert {line.strip() for line in lines if line.strip()} <= kept
    assert write_file(read_file(write_file(journal))) == write_file(journal)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(every_kind().events), st.data())
def test_any_value_in_any_field_is_read_or_refused(event: object, data: st.DataObject) -> None:
    values = json.loads(event.to_json())  # type: ignore[attr-defined]
    values[data.draw(st.sampled_from([*values, "of_others"]))] = data.draw(JSON)
    line = json.dumps(values)
    try:
        read = read_event(line)
    except DecisionError as error:
        assert str(error)
    else:
        assert read_event(read.to_json()) == read
