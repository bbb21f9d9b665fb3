"""Who is on which photo, and what visitors may know of it."""

import json
from dataclasses import replace

import pytest
from people_cases import Journal, box, imported, inventory, named_in_file, person, photo, ref

from functions.people import public_files as public_files_module
from functions.people.face_refs import FaceRef
from functions.people.hanging import DRAWN, KeptFace, hang
from functions.people.inventory import Inventory
from functions.people.knowledge import fold
from functions.people.people_state import (
    AUTOMATIC,
    CONFIRMED,
    IMPORTED,
    State,
    Suggestion,
    Unknown,
    Whose,
    faces_in,
    make_state,
)
from functions.people.public_files import portrait_name, portraits_allowed, public_files
from functions.public_lists import lists_of_nobody

ANN, BOB, CARL = person(1), person(2), person(3)
PHOTOS = [
    photo("fair/1.jpg", 1, 2, taken_at="2019-05-01T10:00:00"),
    photo("fair/2.jpg", 1, 2, 3, taken_at="2020-06-01T10:00:00"),
    photo("home/3.jpg", 1, taken_at=None),
]
FAIR_1, FAIR_2, HOME_3 = PHOTOS


def named() -> Journal:
    journal = Journal()
    journal.add("name", person=ANN, name="Ann")
    journal.add("assign", person=ANN, faces=[ref(FAIR_1, 1)])
    journal.add("name", person=BOB, name="Bob")
    journal.add("assign", person=BOB, faces=[ref(FAIR_1, 2)])
    return journal


AUTOMATICALLY = {"e-fair/2.jpg-1": ANN, "e-home/3.jpg-1": ANN, "e-fair/2.jpg-2": BOB}


def state_of(journal: Journal, automatic: dict[str, str] | None = None, *unknown: Unknown) -> State:
    photos = inventory(PHOTOS)
    known = fold(journal.events)
    return make_state(known, hang(known, photos), photos, AUTOMATICALLY if automatic is None else automatic, unknown)


def files_of(state: State) -> dict[str, dict[str, object]]:
    return {key: json.loads(body) for key, body in public_files(state, inventory(PHOTOS)).items()}


def test_people_have_their_photos_by_time_and_who_is_with_them() -> None:
    ann, bob = state_of(named()).people
    assert (ann.name, ann.photos, ann.first, ann.last) == (
        "Ann",
        ("fair/1.jpg", "fair/2.jpg", "home/3.jpg"),
        "2019-05-01",
        "2020-06-01",
    )
    assert (bob.name, bob.together) == ("Bob", ((ANN, 2),))


def test_a_face_says_by_which_word_it_has_its_name() -> None:
    whose = state_of(named()).whose
    assert whose["e-fair/1.jpg-1"] == Whose(ANN, CONFIRMED)
    assert whose["e-fair/2.jpg-1"] == Whose(ANN, AUTOMATIC)


def test_the_machine_overrides_no_decision() -> None:
    journal = named()
    journal.add("reject", person=ANN, faces=[ref(FAIR_2, 1)])
    journal.add("ignore", faces=[ref(HOME_3, 1)], why="stranger")
    state = state_of(journal, {"e-fair/1.jpg-1": BOB, **AUTOMATICALLY, "e-fair/2.jpg-3": CARL})
    assert state.whose == {
        "e-fair/1.jpg-1": Whose(ANN, CONFIRMED),
        "e-fair/1.jpg-2": Whose(BOB, CONFIRMED),
        "e-fair/2.jpg-2": Whose(BOB, AUTOMATIC),
    }
    assert state.ignored == {"e-home/3.jpg-1": "stranger"}


def test_the_chosen_portrait_stays_until_the_face_is_somebody_elses() -> None:
    journal = named()
    journal.add("portrait", person=ANN, face=ref(FAIR_2, 1))
    assert state_of(journal).by_id[ANN].portrait == "e-fair/2.jpg-1"
    journal.add("reject", person=ANN, faces=[ref(FAIR_2, 1)])
    assert state_of(journal).by_id[ANN].portrait == "e-fair/1.jpg-1"


def test_without_a_choice_the_sharpest_large_face_is_the_portrait() -> None:
    face = HOME_3.faces[0]._replace(box=box(1, 0.09), sharpness=100.0)
    photos = inventory([FAIR_1, FAIR_2, HOME_3._replace(faces=(face,))])
    known = fold(named().events)
    portraits = [
        make_state(known, hang(known, photos), photos, {**AUTOMATICALLY, face.id: who}).by_id[ANN].portrait
        for who in (ANN, BOB)
    ]
    assert portraits == [face.id, "e-fair/1.jpg-1"]


def test_a_portrait_is_large_in_its_thumbnail_whatever_the_cameras_pixels() -> None:
    large = FAIR_2._replace(width=400, height=300, faces=(FAIR_2.faces[0]._replace(box=box(1, 0.2)),))
    journal = named()
    journal.add("assign", person=ANN, faces=[ref(FAIR_1, 1), FaceRef(large.sha256, box(1, 0.2), large.path)])
    known, photos = fold(journal.events), inventory([FAIR_1, large])
    assert make_state(known, hang(known, photos), photos, {}).by_id[ANN].portrait == "e-fair/2.jpg-1"


def test_a_person_without_photos_stays_and_visitors_do_not_see_them() -> None:
    journal = named()
    journal.add("name", person=CARL, name="Carl")
    state = state_of(journal)
    assert state.by_id[CARL].photos == ()
    assert "people/carl/photos.json" not in files_of(state)
    assert b"Carl" not in b"".join(public_files(state, inventory(PHOTOS)).values())


def test_hidden_people_are_in_no_public_file() -> None:
    journal = named()
    journal.add("hide", person=BOB)
    state = state_of(journal)
    assert state.by_id[BOB].hidden
    files = public_files(state, inventory(PHOTOS))
    assert "people/bob/photos.json" not in files
    assert not any(b"Bob" in body or BOB.encode() in body or b"bob" in body for body in files.values())
    journal.add("show", person=BOB)
    assert "people/bob/photos.json" in public_files(state_of(journal), inventory(PHOTOS))


def test_two_people_of_one_name_have_addresses_of_their_own() -> None:
    journal = named()
    journal.add("name", person=CARL, name="ann")
    journal.add("assign", person=CARL, faces=[ref(FAIR_2, 3)])
    state = state_of(journal)
    assert {person.id: person.slug for person in state.people} == {ANN: "ann", BOB: "bob", CARL: "ann-2"}
    journal.add("hide", person=ANN)
    assert {person.id: person.slug for person in state_of(journal).people} == {ANN: "ann", BOB: "bob", CARL: "ann-2"}


def test_those_without_a_name_are_asked_about_most_photos_first() -> None:
    journal = named()
    journal.add("box", face=ref(FAIR_1, 7))
    journal.add("split", person=ANN, faces=[ref(FAIR_1, 1), ref(FAIR_2, 1), ref(HOME_3, 1)], to=CARL)
    suggestion = Suggestion(BOB, "alike")
    gone = Suggestion(person(9), "alike")
    state = state_of(
        journal,
        {},
        Unknown(("e-fair/2.jpg-3", "gone"), (suggestion, gone)),
        Unknown(("e-fair/2.jpg-2",)),
        Unknown(("e-fair/1.jpg-2",)),
    )
    (kept,) = state.kept
    split = Unknown(("e-fair/1.jpg-1", "e-fair/2.jpg-1", "e-home/3.jpg-1"), (), CARL)
    assert state.unknown == (
        split,
        Unknown(("e-fair/2.jpg-3",), (suggestion,)),
        Unknown(("e-fair/2.jpg-2",)),
        Unknown((kept,)),
    )
    journal.add("hide", person=CARL)
    assert split not in state_of(journal, {}).unknown
    listed = files_of(state)["people/people.json"]["unknown"]
    assert isinstance(listed, list)
    assert [(entry["face"], entry["photos"]) for entry in listed] == [
        ("e-fair/1.jpg-1", 3),
        ("e-fair/2.jpg-3", 1),
        ("e-fair/2.jpg-2", 1),
    ]


def test_the_public_files_say_who_is_where() -> None:
    files = files_of(state_of(named()))
    assert sorted(files) == [
        "people/ann/photos.json",
        "people/bob/photos.json",
        "people/people.json",
        "sets/fair/people.json",
        "sets/home/people.json",
    ]
    portrait = {"path": "fair/1.jpg", "box": list(box(1)), "width": 4000, "height": 3000}
    assert files["people/people.json"]["people"][0] == {  # type: ignore[index]
        "id": ANN,
        "name": "Ann",
        "slug": "ann",
        "photos": 3,
        "from": "2019-05-01",
        "to": "2020-06-01",
        "portrait": portrait,
    }
    ann = files["people/ann/photos.json"]
    assert ann["with"] == [{"id": BOB, "slug": "bob", "name": "Bob", "photos": 2}]
    assert [photo["with"] for photo in ann["photos"]] == [[0], [0], []]  # type: ignore[attr-defined]
    assert ann["photos"][2] == {  # type: ignore[index]
        "path": "home/3.jpg",
        "width": 4000,
        "height": 3000,
        "placeholder": "",
        "taken_at": None,
        "box": list(box(1)),
        "with": [],
    }
    assert files["sets/fair/people.json"] == {
        "v": 1,
        "people": [["ann", "Ann"], ["bob", "Bob"]],
        "photos": {
            "1.jpg": [[list(box(1)), 0, "e-fair/1.jpg-1"], [list(box(2)), 1, "e-fair/1.jpg-2"]],
            "2.jpg": [[list(box(1)), 0, "e-fair/2.jpg-1"], [list(box(2)), 1, "e-fair/2.jpg-2"]],
        },
    }


def test_a_site_without_names_has_empty_lists() -> None:
    nobody = {"v": 1, "people": [], "photos": {}}
    assert files_of(state_of(Journal(), {})) == {
        "people/people.json": {"v": 1, "people": [], "unknown": []},
        "sets/fair/people.json": nobody,
        "sets/home/people.json": nobody,
    }
    assert public_files(state_of(Journal(), {}), inventory(PHOTOS)) == lists_of_nobody(["fair", "home"])


def test_names_that_only_files_know_are_people() -> None:
    photos = inventory(named_in_file(FAIR_1, ("Dora", box(1))))
    known = fold([])
    state = make_state(known, hang(known, photos), photos, {})
    assert [(person.id, person.name) for person in state.people] == [(imported("Dora"), "Dora")]
    assert state.whose == {"e-fair/1.jpg-1": Whose(imported("Dora"), IMPORTED)}


def test_a_state_and_an_inventory_survive_their_files() -> None:
    journal = named()
    journal.add("box", face=ref(FAIR_1, 7))
    journal.add("ignore", faces=[ref(HOME_3, 1)], why="no-face")
    state = state_of(journal, None, Unknown(("e-fair/2.jpg-3",), (Suggestion(BOB, "alike"),)))
    assert State.from_json(json.loads(json.dumps(state.to_json()))) == state
    photos = inventory([*PHOTOS, named_in_file(photo("x/y.jpg", 1), ("Dora", box(1)))])
    assert Inventory.from_json(json.loads(json.dumps(photos.to_json()))) == photos


def test_a_file_of_another_release_or_a_damaged_one_is_made_again() -> None:
    for content in (None, [], {}, {"v": 0}, {"v": 1}, {"v": 1, "photos": [[]], "people": [[1]]}, {"v": 1, "photos": 7}):
        assert State.from_json(content) is None
        assert Inventory.from_json(content) is None


# Nobody but the owner says that there is a face.
BEHIND = KeptFace("kept-1", "home/3.jpg", box(5), DRAWN)


def portraits_of(state: State, *faces: str) -> set[str | None]:
    known = faces_in(inventory(PHOTOS), state.kept)
    return {portrait_name(known[face]) for face in faces}


def test_only_portraits_of_faces_that_are_shown_or_asked_about_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    photos = inventory(PHOTOS)
    journal = named()
    journal.add("hide", person=BOB)
    questions = Unknown((BEHIND.id, "e-fair/2.jpg-3")), Unknown(("e-home/3.jpg-1",))
    state = replace(state_of(journal, {"e-fair/2.jpg-1": ANN}), kept={BEHIND.id: BEHIND}, unknown=questions)
    anns = portraits_of(state, "e-fair/1.jpg-1", "e-fair/2.jpg-1")
    asked, next_one = portraits_of(state, "e-fair/2.jpg-3"), portraits_of(state, "e-home/3.jpg-1")
    assert portraits_allowed(state, photos) == anns | asked | next_one, "neither Bob's, nor of a face that was drawn"
    monkeypatch.setattr(public_files_module, "_MAX_UNKNOWN", 1)
    assert portraits_allowed(state, photos) == anns | asked
    of_nobody = replace(state, people=(), unknown=(Unknown((BEHIND.id,)),))
    assert portraits_allowed(of_nobody, photos) == set(), "nor of a forgotten person's"
