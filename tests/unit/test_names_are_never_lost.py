"""The promise: a name once given is never lost, and nothing the program does changes what a person decided."""

import functools
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from people_cases import Journal, box, inventory, person, photo, ref, sha256

from functions.people.boxes import Box
from functions.people.deciding import replacements
from functions.people.decisions import Event, Undone, make_event
from functions.people.hanging import hang
from functions.people.inventory import Face, FaceInPhoto, Inventory, PhotoFaces
from functions.people.journal_lines import Journal as Lines
from functions.people.journal_lines import read_file, write_file
from functions.people.knowledge import fold
from functions.people.people_state import make_state
from functions.people.public_files import public_files

PEOPLE = 50
FACES = 8


@dataclass
class Album:
    """Photos of fifty people; each is on some, and all are named by the owner."""

    photos: Inventory
    events: list[Event]

    @functools.cached_property
    def names(self) -> dict[str, list[str]]:
        """Who is on each picture, by what the picture shows: its placeholder."""
        known = fold(self.events)
        hung = hang(known, self.photos)
        assert hung.waiting == ()
        state = make_state(known, hung, self.photos, {})
        shown: dict[str, list[str]] = {}
        for entry in state.people:
            for path in entry.photos:
                shown.setdefault(self.photos.photos[path].placeholder or "", []).append(entry.name)
        return {picture: sorted(names) for picture, names in shown.items()}


def album() -> Album:
    dice = random.Random(15)  # noqa: S311
    journal = Journal()
    photos = []
    for number in range(60):
        places = dice.sample(range(100), FACES)
        taken_at = f"2019-05-{number % 28 + 1:02}T12:00:00" if number % 3 else None
        where = photo(f"set{number % 5}/{number}.jpg", *places, taken_at=taken_at)._replace(placeholder=f"p{number}")
        photos.append(where)
    for number in range(PEOPLE):
        journal.add("name", person=person(number), name=f"Person {number}")
    for number, where in enumerate(photos):
        for place, who in enumerate(dice.sample(range(PEOPLE), FACES - 1)):
            journal.add("assign", person=person(who), faces=[_ref(where, place)])
        # Where the engine found nothing.
        journal.add("box", face=ref(where, _free_place(where)), person=person(number % PEOPLE))
    return Album(inventory(photos), journal.events)


def _free_place(where: PhotoFaces) -> int:
    taken = {face.box for face in where.faces}
    return next(place for place in range(100) if box(place) not in taken)


def _ref(where: PhotoFaces, number: int) -> dict[str, object]:
    face = where.faces[number]
    return {
        "photo": where.sha256,
        "box": list(face.box),
        "path": where.path,
        "face": face.id,
        "taken_at": where.taken_at,
    }


def _faces_again(where: PhotoFaces, change: Callable[[Face], Face]) -> PhotoFaces:
    return where._replace(faces=tuple(sorted(map(change, where.faces))))


def reprocessed(where: PhotoFaces) -> PhotoFaces:
    return _faces_again(where, lambda face: face._replace(id=sha256(f"again {face.id}")))


def by_another_engine(where: PhotoFaces) -> PhotoFaces:
    """Its boxes are a fifth smaller or larger and beside the old ones, and one face in eight it doesn't find."""
    dice = random.Random(where.path)  # noqa: S311

    def moved(face: Face) -> Face:
        size = face.box.width * dice.choice((0.8, 1.2))
        left, top = (
            middle + dice.uniform(-0.1, 0.1) * face.box.width - size / 2
            for middle in (face.box.left + face.box.width / 2, face.box.top + face.box.height / 2)
        )
        return face._replace(id=sha256(f"other {face.id}"), box=Box.of([left, top, size, size]))

    seen = _faces_again(where, moved)
    return seen._replace(faces=seen.faces[1:], image_id="of another engine")


def in_another_region(where: PhotoFaces) -> PhotoFaces:
    return reprocessed(where)._replace(image_id=sha256(where.path))


def moved(where: PhotoFaces) -> PhotoFaces:
    """Every path is another photo's now."""
    set_name, _, file = where.path.partition("/")
    number = int(file.removesuffix(".jpg"))
    return reprocessed(where)._replace(path=f"{set_name}/{(number + 5) % 60}.jpg")


def replaced(where: PhotoFaces) -> PhotoFaces:
    """The same picture in another file."""
    return reprocessed(where)._replace(sha256=sha256(f"saved again {where.sha256}"))


WAYS = (reprocessed, by_another_engine, in_another_region, moved, replaced)


@functools.cache
def after(*steps: Callable[[PhotoFaces], PhotoFaces]) -> Album:
    """The album after these steps."""
    if not steps:
        return album()
    before = after(*steps[:-1])
    photos = inventory(map(steps[-1], before.photos.photos.values()))
    exported = read_file(write_file(Lines(tuple(before.events))))
    hung = hang(fold(exported.events), photos, photos.replaced_since(before.photos))
    return Album(photos, [*exported.events, *replacements(hung, "2026-11-26T10:00:00+00:00")])


@pytest.mark.parametrize("steps", [*((way,) for way in WAYS), *itertools.product(WAYS, WAYS)])
def test_an_album_keeps_all_its_names(steps: tuple[Callable[[PhotoFaces], PhotoFaces], ...]) -> None:
    names = after().names
    assert len({name for shown in names.values() for name in shown}) == PEOPLE
    assert after(*steps).names == names


def test_a_photo_that_is_deleted_and_comes_back_has_its_names_again() -> None:
    before = album()
    gone = next(iter(before.photos.photos.values()))
    without = before.photos.changed([], [gone.path])
    known = fold(before.events)
    hung = hang(known, without)
    assert len(hung.waiting) == FACES
    assert {entry.name for entry in make_state(known, hung, without, {}).people} == {
        f"Person {number}" for number in range(PEOPLE)
    }
    assert Album(without.changed([reprocessed(gone)]), before.events).names == before.names


# Decisions of two owners.

PHOTOS = inventory(photo("a/1.jpg", 1, 2, 3), photo("a/2.jpg", 1, 2), photo("b/3.jpg", 1, content="a/1.jpg"))
WHO = st.integers(1, 5).map(person)
WHERE = st.lists(
    st.tuples(st.sampled_from(list(PHOTOS.photos.values())), st.integers(1, 4)).map(lambda pair: ref(*pair).to_json()),
    min_size=1,
    max_size=3,
)
NAMES = st.sampled_from(["Ann", "ann", "Bob", "Zoë"])
EVENT_ID = st.integers(1, 19).map(lambda number: f"01EVENT{number:019}")
DECISION = st.one_of(
    st.fixed_dictionaries({"kind": st.just("name"), "person": WHO, "name": NAMES}),
    st.fixed_dictionaries({"kind": st.sampled_from(["assign", "reject"]), "person": WHO, "faces": WHERE}),
    st.fixed_dictionaries({"kind": st.just("ignore"), "faces": WHERE, "why": st.just("stranger")}),
    st.fixed_dictionaries(
        {"kind": st.just("box"), "face": WHERE.map(lambda faces: faces[0])}, optional={"person": WHO}
    ),
    st.fixed_dictionaries({"kind": st.just("merge"), "person": WHO, "into": WHO}),
    st.fixed_dictionaries(
        {"kind": st.just("split"), "person": WHO, "faces": WHERE, "to": WHO}, optional={"name": NAMES}
    ),
    st.fixed_dictionaries({"kind": st.sampled_from(["hide", "show"]), "person": WHO}),
    st.fixed_dictionaries({"kind": st.just("portrait"), "person": WHO, "face": WHERE.map(lambda faces: faces[0])}),
    st.fixed_dictionaries({"kind": st.just("birth"), "person": WHO, "date": st.sampled_from(["2019-05-01", None])}),
    st.fixed_dictionaries(
        {
            "kind": st.just("import"),
            "faces": st.tuples(WHERE, NAMES).map(lambda pair: [face | {"name": pair[1]} for face in pair[0]]),
            "source": st.just("sidecar"),
        }
    ),
    st.fixed_dictionaries({"kind": st.just("undo"), "event": EVENT_ID}),
    st.fixed_dictionaries({"kind": st.just("forgotten")}),
)


def _events(decisions: list[dict[str, object]], ids: list[int]) -> list[Event]:
    return [
        make_event({"id": f"01EVENT{number:019}", "at": f"2026-11-26T10:00:{number:02}+00:00", "by": "ann"} | decision)
        for number, decision in zip(ids, decisions, strict=False)
    ]


JOURNALS = st.tuples(st.lists(DECISION, max_size=15), st.permutations(range(1, 20))).map(lambda pair: _events(*pair))


@given(JOURNALS)
def test_whatever_two_owners_decide_no_name_is_lost(events: list[Event]) -> None:
    known = fold(events)
    latest = {
        event.person: event.name
        for event in sorted(events, key=lambda event: event.id)
        if event.kind == "name" and event.id not in known.undone
    }
    for who, name in latest.items():
        entry = known.people[known.root(who)]
        split = [event for event in events if event.kind == "split" and event.id not in known.undone]
        if not any(event.to == who for event in split):
            assert name in (entry.name, *entry.other_names)


@given(JOURNALS, st.randoms(use_true_random=False))
def test_the_same_decisions_in_any_order_give_the_same_bytes(events: list[Event], dice: random.Random) -> None:
    def made(events: list[Event], photos: list[PhotoFaces]) -> tuple[object, dict[str, bytes]]:
        known, here = fold(events), Inventory.of(photos)
        state = make_state(known, hang(known, here), here, {})
        return state.to_json(), public_files(state, here)

    photos = list(PHOTOS.photos.values())
    first = made(events, photos)
    dice.shuffle(events)
    dice.shuffle(photos)
    assert repr(made(events, photos)) == repr(first)


@given(JOURNALS, st.data())
def test_an_undo_is_as_if_it_had_not_happened(events: list[Event], data: st.DataObject) -> None:
    # An undo of something that is undone later is a story of its own.
    plain = [event for event in events if not isinstance(event, Undone)]
    if not plain:
        return
    wrong = data.draw(st.sampled_from(plain))
    undo = make_event(
        {"id": "01EVENT0000000000000000099", "at": wrong.at, "by": "ann", "kind": "undo", "event": wrong.id}
    )
    undo_of_undo = make_event(
        {"id": "01EVENT0000000000000000100", "at": wrong.at, "by": "ann", "kind": "undo", "event": undo.id}
    )
    without = [event for event in plain if event is not wrong]
    if wrong.kind != "forgotten":
        assert _what_holds([*plain, undo]) == _what_holds(without)
    assert _what_holds([*plain, undo, undo_of_undo]) == _what_holds(plain)


def _what_holds(events: list[Event]) -> object:
    known = fold(events)
    return known.people, known.facts, known.merged, hang(known, PHOTOS)


def _later(events: list[Event], decision: dict[str, object]) -> list[Event]:
    late = {"id": "01EVENT0000000000000000099", "at": "2026-11-26T11:00:00+00:00", "by": "bob"}
    return [*events, make_event(late | decision)]


@given(JOURNALS, WHO, st.sampled_from(list(PHOTOS.faces.values())))
def test_the_name_given_last_is_the_name(events: list[Event], who: str, face: FaceInPhoto) -> None:
    where = {"photo": face.photo.sha256, "box": list(face.box), "path": face.photo.path}
    known = fold(_later(events, {"kind": "assign", "person": who, "faces": [where]}))
    hung = hang(known, PHOTOS)
    assert hung.confirmed[face.id] == known.root(who)
    assert face.id not in hung.ignored


TAKES_NO_NAME = DECISION.filter(
    lambda decision: decision["kind"] in ("name", "merge", "hide", "show", "portrait", "birth", "import", "forgotten")
)


@given(JOURNALS, TAKES_NO_NAME)
def test_only_a_decision_about_a_face_changes_whose_it_is(events: list[Event], decision: dict[str, object]) -> None:
    before = fold(events)
    # Of two merges of one person, into different people, the later one holds (docs/people.md).
    assume(decision["kind"] != "merge" or decision["person"] not in before.merged)
    after = fold(_later(events, decision))
    was, now = hang(before, PHOTOS).confirmed, hang(after, PHOTOS).confirmed
    assert now == {face: after.root(who) for face, who in was.items()}
