"""What the owner asks for becomes events, or is refused with the reason."""

from datetime import date

import pytest
from people_cases import Journal as Made
from people_cases import box, imported, inventory, named_in_file, person, photo, ref, regions

from functions.people.deciding import Door
from functions.people.decision_fields import DecisionError
from functions.people.decisions import Event, Named, PersonForgotten, Split, Undone
from functions.people.forgotten_names import finished
from functions.people.hanging import hang
from functions.people.inventory import Inventory
from functions.people.journal_lines import Journal, read_lines
from functions.people.knowledge import fold
from functions.people.people_state import make_state

ANN, BOB, CARL = person(1), person(2), person(3)
PHOTO = photo("set/a.jpg", 1, 2, taken_at="2019-05-01T12:00:00")
PHOTOS = inventory(PHOTO)
FACE = {"path": "set/a.jpg", "box": list(box(1)), "face": "e-set/a.jpg-1"}


def made() -> Made:
    journal = Made()
    journal.add("name", person=ANN, name="Ann")
    journal.add("name", person=BOB, name="Bob")
    return journal


def let_in(
    journal: Made, *drafts: object, photos: Inventory = PHOTOS, journal_lines: Journal | None = None
) -> list[Event]:
    known = fold(journal.events)
    state = make_state(known, hang(known, photos), photos, {})
    lines = journal_lines or Journal(tuple(journal.events))
    return Door(lines, known, state, photos, date(2026, 11, 26)).events(list(drafts), "ann@example.org")


def test_a_face_is_completed_from_its_photo() -> None:
    for draft in (
        FACE,
        {"face": "e-set/a.jpg-1"},
        FACE | {"photo": "whatever", "taken_at": "1900", "width": 4, "height": 3},
    ):
        (event,) = let_in(made(), {"kind": "assign", "person": ANN, "faces": [draft]})
        assert event.faces == (ref(PHOTO, 1),)  # type: ignore[attr-defined]


def test_a_drawn_box_is_cut_at_the_edges_of_the_photo() -> None:
    (event,) = let_in(made(), {"kind": "box", "face": {"path": "set/a.jpg", "box": [-0.1, 0.9, 0.3, 0.3]}})
    assert event.face.box == (0, 0.9, 0.2, 0.1)  # type: ignore[attr-defined]


def test_a_new_person_is_the_same_in_all_decisions_of_a_call() -> None:
    name, assign = let_in(
        made(), {"kind": "name", "person": "new", "name": "Carl"}, {"kind": "assign", "person": "new", "faces": [FACE]}
    )
    assert name.person == assign.person  # type: ignore[attr-defined]
    assert name.person not in (ANN, BOB)  # type: ignore[attr-defined]


def test_faces_can_be_one_person_before_anybody_knows_the_name() -> None:
    (assign,) = let_in(made(), {"kind": "assign", "person": "new", "faces": [FACE]})
    assert fold([assign]).people[assign.person].name is None  # type: ignore[attr-defined]


def test_ids_go_on_from_the_latest_whatever_the_clock_says() -> None:
    future = read_lines(['{"v":2,"id":"7ZZZZZZZZZ0000000000000000"}'])
    first, second = let_in(
        made(), {"kind": "hide", "person": ANN}, {"kind": "show", "person": ANN}, journal_lines=future
    )
    assert "7ZZZZZZZZZ0000000000000000" < first.id < second.id


def test_an_undo_comes_after_what_it_undoes_and_only_once() -> None:
    journal = made()
    wrong = journal.events[0].id
    (undo,) = let_in(journal, {"kind": "undo", "event": wrong})
    assert undo.id > wrong
    journal.events.append(undo)
    with pytest.raises(DecisionError, match="event: this is already undone"):
        let_in(journal, {"kind": "undo", "event": wrong})
    (again,) = let_in(journal, {"kind": "undo", "event": undo.id})
    assert len(let_in(journal, {"kind": "undo", "event": undo.id}, {"kind": "undo", "event": wrong})) == 2
    journal.events.append(again)
    assert isinstance(let_in(journal, {"kind": "undo", "event": wrong})[0], Undone)


def test_the_first_decision_about_an_imported_person_keeps_the_name() -> None:
    journal = made()
    journal.add("import", faces=regions((ref(PHOTO, 1), "Dora")), source="sidecar")
    photos = inventory(named_in_file(PHOTO, ("Eve", box(2))))
    (named, hide) = let_in(journal, {"kind": "hide", "person": imported("Dora")})
    assert isinstance(named, Named)
    assert (named.person, named.name, hide.kind) == (imported("Dora"), "Dora", "hide")
    events = let_in(journal, {"kind": "merge", "person": imported("Eve"), "into": imported("Dora")}, photos=photos)
    assert sorted(event.name for event in events if isinstance(event, Named)) == ["Dora", "Eve"]
    (renamed,) = let_in(journal, {"kind": "name", "person": imported("Dora"), "name": "Dora M."})
    assert isinstance(renamed, Named)


def test_another_person_of_an_imported_name_leaves_the_first_their_photos() -> None:
    journal = made()
    photos = inventory(named_in_file(PHOTO, ("Eve", box(2))))
    journal.events += let_in(journal, {"kind": "name", "person": "new", "name": "eve"}, photos=photos)
    known = fold(journal.events)
    assert hang(known, photos).imported == {"e-set/a.jpg-2": imported("Eve")}
    assert sorted(entry.name or "" for entry in known.people.values()) == ["Ann", "Bob", "Eve", "eve"]


def test_the_same_sidecar_twice_is_one_event() -> None:
    journal = made()
    draft = {"kind": "import", "faces": [FACE | {"name": "Dora"}], "source": "sidecar"}
    events = let_in(journal, draft, draft)
    assert len(events) == 1
    journal.events += events
    assert let_in(journal, draft) == []


def test_a_split_of_all_photos_leaves_the_person_with_none() -> None:
    journal = made()
    journal.add("assign", person=ANN, faces=[ref(PHOTO, 1)])
    (split,) = let_in(journal, {"kind": "split", "person": ANN, "faces": [FACE], "to": "new"})
    assert isinstance(split, Split)
    journal.events.append(split)
    known = fold(journal.events)
    assert known.people[ANN].name == "Ann"
    assert hang(known, PHOTOS).confirmed == {"e-set/a.jpg-1": split.to}


NO_SUCH = {"kind": "hide", "person": CARL}


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        (7, "a decision has to be an object with a kind"),
        ({"kind": "dance"}, "kind has to be one of"),
        ({"kind": ["name"]}, "kind has to be one of"),
        ({"kind": "forgotten"}, "kind: only kinpics itself decides 'forgotten'"),
        ({"kind": "name", "person": ANN, "name": ""}, "name: a name can't be empty"),
        (
            {"kind": "name", "person": ANN, "name": "A" * 500},
            "name: 'AAAAAAAAAAAAAAAAAAAA'… is",
        ),
        ({"kind": "name", "person": ANN}, "name: a name has to be a text"),
        ({"kind": "name", "person": "Ann", "name": "Ann"}, "person: has to be a ULID"),
        (NO_SUCH, "person: there is no such person"),
        ({"kind": "merge", "person": ANN, "into": ANN}, "into: a person can't be merged with themselves"),
        ({"kind": "merge", "person": ANN, "into": CARL}, "into: there is no such person"),
        ({"kind": "split", "person": ANN, "faces": [FACE], "to": ANN}, "to: the faces leave this person"),
        ({"kind": "birth", "person": ANN, "date": "2026-11-27"}, "date: 2026-11-27 is in the future"),
        ({"kind": "birth", "person": ANN, "date": "2026-02-30"}, "date: has to be a date such as"),
        ({"kind": "undo", "event": ANN}, "event: the journal has no such decision"),
        ({"kind": "assign", "person": ANN, "faces": []}, "faces: has to be a list of 1 to 1000 faces"),
        ({"kind": "assign", "person": ANN, "faces": [7]}, "faces: a face has to be an object"),
        ({"kind": "assign", "person": ANN, "faces": [{"path": "set/b.jpg"}]}, "path: there is no photo set/b.jpg"),
        ({"kind": "assign", "person": ANN, "faces": [{"box": [0, 0, 1, 1]}]}, "a face needs the path of its photo"),
        ({"kind": "assign", "person": ANN, "faces": [{"path": "set/a.jpg"}]}, "faces: box has to be a list"),
        ({"kind": "box", "face": {"path": "set/a.jpg", "box": [2, 0, 1, 1]}}, "face: the box [2, 0, 1, 1] is outside"),
        ({"kind": "box", "face": FACE | {"eyes": 2}}, "face: a face has no 'eyes'"),
        ({"kind": "ignore", "faces": [FACE], "why": "ugly"}, "why: has to be 'stranger' or 'no-face'"),
    ],
)
def test_what_cannot_be_meant_is_refused(draft: object, reason: str) -> None:
    with pytest.raises(DecisionError) as error:
        let_in(made(), draft)
    assert str(error.value).startswith(reason)


def test_of_several_decisions_the_wrong_one_is_named_and_none_is_kept() -> None:
    with pytest.raises(DecisionError, match=r"^person: there is no such person") as refused:
        let_in(made(), {"kind": "hide", "person": ANN}, NO_SUCH)
    assert refused.value.number == 2
    for drafts in ([], [NO_SUCH] * 101):
        with pytest.raises(DecisionError, match="events has to be a list of 1 to 100 decisions"):
            let_in(made(), *drafts)


def test_a_person_who_was_merged_is_told_by_whom_they_are_now() -> None:
    journal = made()
    journal.add("merge", person=ANN, into=BOB)
    for draft in (
        {"kind": "merge", "person": BOB, "into": ANN},
        {"kind": "name", "person": ANN, "name": "Anna"},
        {"kind": "hide", "person": ANN},
    ):
        with pytest.raises(DecisionError, match="this person was merged with Bob: load the page again"):
            let_in(journal, draft)


@pytest.mark.parametrize("name", ["<b>Ann</b>", "👩‍👧", "עדה", "José", "O'Neil & Söhne", "x" * 80])
def test_names_of_all_kinds_are_names(name: str) -> None:
    (event,) = let_in(made(), {"kind": "name", "person": "new", "name": f"  {name} "})
    assert event.name == name  # type: ignore[attr-defined]


def test_somebody_forgotten_since_the_last_round_does_not_come_back() -> None:
    journal = made()
    journal.add("assign", person=ANN, faces=[ref(PHOTO, 1)])
    stale = make_state(fold(journal.events), hang(fold(journal.events), PHOTOS), PHOTOS, {})
    begun = PersonForgotten(id=person(8), at="2026-11-26T10:35:37+00:00", by="cli", people=(ANN,))
    left = finished(Journal((*journal.events, begun)))
    door = Door(left, fold(left.events), stale, PHOTOS, date(2026, 11, 26))
    for draft, reason in (
        ({"kind": "assign", "person": ANN, "faces": [FACE]}, "person: there is no such person"),
        ({"kind": "name", "person": ANN, "name": "Ann"}, "person: this person was forgotten: load the page again"),
        ({"kind": "split", "person": BOB, "faces": [FACE], "to": ANN}, "to: this person was forgotten"),
    ):
        with pytest.raises(DecisionError, match=reason):
            door.events([draft], "ann@example.org")
    (event,) = door.events([{"kind": "name", "person": CARL, "name": "Ann"}], "ann@example.org")
    assert event.person == CARL, "nor is their name pinned because somebody else gets it"  # type: ignore[attr-defined]
