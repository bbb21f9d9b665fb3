"""Who is it, by machine: faces lie on a line, the nearer the more alike, and people are places on it."""

import json
import math
import random
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from people_cases import inventory

from functions.people import recognition
from functions.people.boxes import Box
from functions.people.evidence import ANY, SEARCH_THRESHOLD, Evidence, FaceGoneError, SearchesUsedUpError
from functions.people.hanging import Hung, KeptFace
from functions.people.inventory import Face, Inventory, PhotoFaces
from functions.people.people_state import Suggestion
from functions.people.recognition import MAX_CANDIDATES, MAX_REFERENCES, Recognised, recognise
from functions.people.suggestions import ALIKE, SAME_PHOTOS, SAME_SET

# Two faces in one place have these odds, and one less for each step between them.
SAME_PLACE = 10.0


def similarity(one: float, other: float) -> float:
    return 100 / (1 + math.exp(min(abs(one - other) - SAME_PLACE, 100)))


class Album:
    """Photos by path, each a list of faces' places; a face is called by its photo's path and its number there."""

    def __init__(
        self,
        photos: Mapping[str, list[float]],
        taken: Mapping[str, str] | None = None,
        calls: Callable[[str], str] = str,
    ):
        """``calls`` gives faces their ids."""
        self.calls = calls
        self.places: dict[str, float] = {}
        self.taken = taken or {}
        self.photos: dict[str, PhotoFaces] = {}
        self.evidence = Evidence()
        self.searched: list[str] = []
        self.allowed = 10_000
        self.gone: set[str] = set()
        self.refused: list[str] = []
        self.add(photos)

    def add(self, photos: Mapping[str, list[float]]) -> None:
        for path, places in photos.items():
            names = [self.calls(f"{path}#{number}") for number in range(len(places))]
            self.places |= zip(names, places, strict=True)
            faces = tuple(
                Face(name, Box(0.1 * number, 0.1, 0.05, 0.05), 99.0, 50.0) for number, name in enumerate(names)
            )
            self.photos[path] = PhotoFaces(path, None, self.taken.get(path), 4000, 3000, None, None, faces, ())

    @property
    def inventory(self) -> Inventory:
        return inventory(self.photos.values())

    def remove(self, path: str) -> None:
        if photo := self.photos.pop(path, None):
            for face in photo.faces:
                del self.places[face.id]

    def likeness(self, face: str, place: float) -> float:
        """In percent, of a searched face and the one at a place."""
        return similarity(self.places[face], place)

    def search(self, face: str) -> list[tuple[str, float]]:
        if face in self.gone:
            self.refused.append(face)
            raise FaceGoneError(f"{face} is gone")
        if len(self.searched) >= self.allowed:
            raise SearchesUsedUpError("no more searches today")
        self.searched.append(face)
        found = [(other, self.likeness(face, place)) for other, place in self.places.items() if other != face]
        return sorted((hit for hit in found if hit[1] >= SEARCH_THRESHOLD), key=lambda hit: -hit[1])

    def recognise(self, births: Mapping[str, str] | None = None, **decided: object) -> Recognised:
        self.searched = []
        return recognise(self.inventory, Hung(**decided), births or {}, self.evidence, self.search)  # type: ignore[arg-type]


def questions(found: Recognised) -> list[set[str]]:
    return [set(question.faces) for question in found.questions]


def line_of(person: str, places: list[float]) -> dict[str, list[float]]:
    """A photo for each place."""
    return {f"set/{person}{number}": [place] for number, place in enumerate(places)}


ANN, BOB = {"set/a0#0": "ANN"}, {"set/b0#0": "BOB"}


def test_one_name_is_given_to_all_photos_of_the_person() -> None:
    album = Album(line_of("a", [0, 1, 2, 3]) | line_of("b", [50, 51]))
    found = album.recognise(confirmed=ANN)
    assert found.automatic == {f"set/a{number}#0": "ANN" for number in (1, 2, 3)}
    assert questions(found) == [{"set/b0#0", "set/b1#0"}]
    assert found.is_finished


def test_names_of_other_programs_count_like_the_owners() -> None:
    album = Album(line_of("a", [0, 1, 2]))
    assert album.recognise(imported=ANN).automatic == {"set/a1#0": "ANN", "set/a2#0": "ANN"}


def test_between_siblings_the_machine_asks() -> None:
    album = Album(line_of("a", [0, 0.5]) | line_of("b", [9, 8.5]) | {"set/who": [4.5]})
    found = album.recognise(confirmed=ANN | BOB)
    assert found.automatic == {"set/a1#0": "ANN", "set/b1#0": "BOB"}
    assert found.questions[0].faces == ("set/who#0",)
    assert {suggestion.person for suggestion in found.questions[0].suggestions} == {"ANN", "BOB"}


def test_a_sibling_without_a_name_is_not_taken_for_the_one_with_a_name() -> None:
    sibling = line_of("b", [7.5, 7.8, 8, 8.2])
    found = Album(line_of("a", [0, 0.5, 1, 1.5, 2]) | sibling).recognise(confirmed=ANN)
    assert set(found.automatic) == {f"set/a{number}#0" for number in range(1, 5)}
    assert {f"set/b{number}#0" for number in range(4)} in questions(found)


def test_a_stranger_between_two_people_is_asked_about() -> None:
    album = Album(line_of("a", [0, 1]) | line_of("b", [12, 11]) | {"set/stranger": [6]})
    found = album.recognise(confirmed=ANN | BOB)
    assert "set/stranger#0" not in found.automatic
    assert {"set/stranger#0"} in questions(found)


def test_two_faces_of_one_photo_are_two_people() -> None:
    album = Album(line_of("a", [0, 1]) | {"set/twins": [0.5, 2]})
    found = album.recognise(confirmed=ANN)
    assert found.automatic == {"set/a1#0": "ANN", "set/twins#0": "ANN"}
    assert found.candidates == {}


@pytest.mark.parametrize("decided", [ANN, ANN | {"set/wall#0": "ANN"}])
def test_pictures_of_a_person_on_a_wall_block_no_name(decided: dict[str, str]) -> None:
    """They can't all be the person, but nor are they somebody else who looks like them."""
    prints = {"set/wall": [0, 0, 0, 0], "set/strip": [0.1, 0.1, 0.1]}
    strangers = {f"set/s{number}": [100.0 + 20 * number] for number in range(20)}
    found = Album(line_of("a", [0, 1, 2]) | prints | strangers).recognise(confirmed=decided)
    in_photos = {face.partition("#")[0] for face in (*decided, *found.automatic)}
    assert in_photos == {"set/a0", "set/a1", "set/a2", "set/wall", "set/strip"}
    refused = {f"{path}#{number}": frozenset({"ANN"}) for path in prints for number in range(4)}
    twin = Album(line_of("a", [0, 1, 2]) | prints | strangers).recognise(confirmed=ANN, rejected=refused)
    assert twin.automatic == {}, "somebody who is said not to be the person, and looks like them"


def test_whom_the_owner_named_in_a_photo_is_nobody_else_there() -> None:
    album = Album(line_of("a", [0, 1]) | {"set/twins": [0.5, 2]})
    found = album.recognise(confirmed=ANN | {"set/twins#1": "ANN"})
    assert "set/twins#0" not in found.automatic


def test_a_person_drawn_in_a_photo_is_nobody_else_there() -> None:
    album = Album(line_of("a", [0, 1]))
    drawn = KeptFace("kept-1", "set/a1", Box(0.5, 0.5, 0.1, 0.1), "drawn")
    assert album.recognise(confirmed=ANN | {"kept-1": "ANN"}, kept={"kept-1": drawn}).automatic == {}


def test_unknown_twins_are_two_questions() -> None:
    assert questions(Album({"set/twins": [0, 0.5], "set/one": [0.1]}).recognise()) == [
        {"set/twins#0", "set/one#0"},
        {"set/twins#1"},
    ]


def test_nobody_is_in_a_photo_before_their_birth() -> None:
    taken = {"set/a1": "2009-12-31T23:00:00", "set/a2": "2010-06-01T12:00:00"}
    album = Album(line_of("a", [0, 1, 2, 3]), taken)
    found = album.recognise(births={"ANN": "2010-06-01"}, confirmed=ANN)
    assert set(found.automatic) == {"set/a2#0", "set/a3#0"}
    assert all(suggestion.person != "ANN" for question in found.questions for suggestion in question.suggestions)
    assert found.candidates == {}


def test_a_rejection_holds() -> None:
    album = Album(line_of("a", [0, 1, 2]))
    found = album.recognise(confirmed=ANN, rejected={"set/a1#0": frozenset({"ANN"})})
    assert set(found.automatic) == {"set/a2#0"}
    assert found.candidates == {}
    assert [question.suggestions for question in found.questions] == [()]


def test_what_the_owner_ignores_is_never_asked_about() -> None:
    album = Album(line_of("a", [0, 1, 2]))
    found = album.recognise(confirmed=ANN, ignored={"set/a1#0": "stranger"})
    assert set(found.automatic) == {"set/a2#0"}
    assert found.questions == ()


def test_a_decision_is_never_overruled() -> None:
    album = Album(line_of("a", [0, 1, 2]) | line_of("b", [50, 51]))
    found = album.recognise(confirmed=ANN | BOB | {"set/a1#0": "BOB"})
    assert "set/a1#0" not in found.automatic


def test_likeness_must_be_greater_while_most_faces_have_no_name() -> None:
    strangers = {f"set/s{number}": [100.0 + 20 * number] for number in range(9)}
    photos = line_of("a", [0, 1, 7.6])
    assert Album(photos).recognise(confirmed=ANN).automatic == {"set/a1#0": "ANN", "set/a2#0": "ANN"}
    assert Album(photos | strangers).recognise(confirmed=ANN).automatic == {"set/a1#0": "ANN"}


def test_of_somebody_who_may_be_in_one_photo_alone_the_machine_asks() -> None:
    album = Album(line_of("a", [0, 7.6]))
    found = album.recognise(confirmed=ANN)
    assert found.automatic == {}
    assert found.candidates == {"ANN": ("set/a1#0",)}
    album.add({"set/sure": [1]})
    assert album.recognise(confirmed=ANN).automatic == {"set/a1#0": "ANN", "set/sure#0": "ANN"}
    assert album.recognise(confirmed=ANN | {"set/sure#0": "ANN"}).automatic == {"set/a1#0": "ANN"}


def test_searches_of_people_come_before_those_of_unknown_faces() -> None:
    """Each tells of many faces, which then need none of their own."""
    album = Album(line_of("a", [0, 3, 6, 12]) | line_of("b", [50, 80]))
    album.allowed = 2
    found = album.recognise(confirmed=ANN)
    assert album.searched == ["set/a0#0", "set/a2#0"]
    assert set(found.automatic) >= {"set/a1#0", "set/a2#0"}
    assert found.unreached == 3


def test_a_person_who_changes_is_followed_face_by_face() -> None:
    """Each face is like the next; only five are searched, and only faces that tell something new."""
    album = Album(line_of("a", [0, 3, 6, 9]))
    found = album.recognise(confirmed=ANN)
    assert set(found.automatic) == {"set/a1#0", "set/a2#0", "set/a3#0"}
    assert len(album.searched) <= MAX_REFERENCES + 1


def test_faces_that_tell_nothing_new_are_not_searched() -> None:
    album = Album(line_of("a", [0, 0.5, 1, 1.5, 2]))
    album.recognise(confirmed=ANN)
    assert album.searched == ["set/a0#0"]


def test_a_hundred_named_faces_are_known_by_five_searches() -> None:
    album = Album(line_of("a", [number / 5 for number in range(100)]))
    album.recognise(confirmed=dict.fromkeys(album.places, "ANN"))
    assert len(album.searched) == MAX_REFERENCES


def test_nothing_is_paid_for_twice() -> None:
    album = Album(line_of("a", [0, 3, 6, 9]) | line_of("b", [50, 51, 53]))
    first = album.recognise(confirmed=ANN)
    second = album.recognise(confirmed=ANN)
    assert album.searched == []
    assert second == Recognised(first.automatic, first.questions, first.candidates)


def test_from_the_same_answers_comes_the_same_even_if_likeness_is_one_sided() -> None:
    """Faces of b are more like those of a than the other way round. Photos come back in another order."""
    album = Album(line_of("a", [0, 3, 6]) | line_of("b", [9, 10, 12]))
    straight = album.search
    skewed = lambda face: [(other, 60.0 if face[4] < other[4] else found) for other, found in straight(face)]  # noqa: E731
    decided = Hung(confirmed=ANN)
    recognise(album.inventory, decided, {}, album.evidence, skewed)
    album.add({"set/c": [8.8]})
    first = recognise(album.inventory, decided, {}, album.evidence, skewed)
    kept = Evidence.from_json(json.loads(json.dumps(album.evidence.to_json())))
    album.photos = dict(reversed(album.photos.items()))
    album.allowed = 0
    again = recognise(album.inventory, decided, {}, kept, skewed)
    assert first.searches
    assert (again.automatic, again.questions, again.candidates) == (first.automatic, first.questions, first.candidates)
    assert kept.to_json() == album.evidence.to_json()
    assert again.is_finished


def test_a_few_new_faces_are_searched_each() -> None:
    album = Album({f"set/p{number}": [50.0 * number] for number in range(10)})
    album.recognise()
    album.add({"set/new": [0.5], "set/other": [1000]})
    found = album.recognise()
    assert sorted(album.searched) == ["set/new#0", "set/other#0"]
    assert {"set/p0#0", "set/new#0"} in questions(found)


def test_of_many_new_faces_people_are_searched_again() -> None:
    album = Album(line_of("a", [0, 1]) | line_of("b", [50, 51]))
    album.recognise(confirmed=ANN | BOB)
    album.add(line_of("new", [number / 20 for number in range(20)]))
    found = album.recognise(confirmed=ANN | BOB)
    assert sorted(album.searched) == ["set/a0#0", "set/b0#0"]
    assert sum(person == "ANN" for person in found.automatic.values()) == 21


def test_the_result_does_not_depend_on_the_order_of_uploads() -> None:
    before = line_of("a", [0, 2, 4]) | line_of("b", [9, 9.5])
    after = line_of("c", [5, 6, 30, 30.5, 31]) | {"set/two": [1, 9.2]}
    grown, whole = Album(before), Album(before | after)
    grown.recognise(confirmed=ANN)
    grown.add(after)
    found, wanted = grown.recognise(confirmed=ANN), whole.recognise(confirmed=ANN)
    assert (found.automatic, found.questions, found.candidates) == (
        wanted.automatic,
        wanted.questions,
        wanted.candidates,
    )


class ComparingWithAll(Album):
    """An album whose engine compares a face with all those near the searched one, as the laptop stack does."""

    REACH = 2.0

    def likeness(self, face: str, place: float) -> float:
        companions = [other for other in self.places.values() if abs(other - self.places[face]) <= self.REACH]
        return similarity(sum(abs(other - place) for other in companions) / len(companions), 0)

    def recognise(self, births: Mapping[str, str] | None = None, **decided: object) -> Recognised:
        self.searched = []
        return recognise(
            self.inventory,
            Hung(**decided),  # type: ignore[arg-type]
            births or {},
            self.evidence,
            self.search,
            is_one_sided=True,
        )


# Two siblings, the same in another family, somebody who is in one photo with each, and strangers.
FAMILIES = {
    f"set/{family}{number}": places
    for family, start in (("a", 0.0), ("b", 100.0))
    for number, places in enumerate(
        [
            [start],
            [start + 1],
            [start + 2, start + 6.5],
            [start + 0.5, start + 50],
            [start + 7],
            [start + 8],
            [start + 20],
        ]
    )
}


@pytest.mark.parametrize("kind", [Album, ComparingWithAll])
@settings(max_examples=30)
@given(dice=st.randoms(use_true_random=False))
def test_the_order_of_rounds_makes_no_difference(kind: type[Album], dice: random.Random) -> None:
    """Photos come and go and names are given in any order, between rounds that have few searches or many."""
    decided = {"set/a0#0": "ANN", "set/a4#0": "SISTER", "set/b1#0": "BOB"}
    gone = {f"set/x{number}": [dice.choice([1.5, 7.5, 101.0])] for number in range(3)}
    arrivals = [*FAMILIES.items(), *gone.items()]
    steps: list[object] = [*arrivals, *decided, *gone]
    dice.shuffle(steps)
    album, named = kind({}), {}
    for step in steps:
        if isinstance(step, tuple):
            album.add(dict([step]))
        elif step in decided:
            named[step] = decided[step]
        else:
            album.remove(str(step))
        if dice.random() < 0.5:
            album.allowed = dice.choice([0, 2, 10_000])
            album.recognise(confirmed={face: who for face, who in named.items() if face in album.places})
    for path in gone:
        album.remove(path)
    album.allowed = 10_000
    found = album.recognise(confirmed=named)
    while found.searches:
        found = album.recognise(confirmed=named)
    wanted = kind(FAMILIES).recognise(confirmed=named)
    assert (found.automatic, found.questions, found.candidates) == (
        wanted.automatic,
        wanted.questions,
        wanted.candidates,
    )


@pytest.mark.parametrize("seed", range(20))
def test_people_too_unlike_a_face_make_no_difference(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """They aren't looked at, which is most of the work."""
    dice = random.Random(seed)  # noqa: S311 - places, not secrets
    people = [dice.sample(range(5), dice.choice([1, 2, 3])) for _ in range(40)]
    photos = {f"set/{number}": [dice.gauss(10 * who, 2) for who in there] for number, there in enumerate(people)}
    decided = {f"set/{number}#0": f"P{people[number][0]}" for number in range(10)}
    found = Album(photos).recognise(confirmed=decided)
    monkeypatch.setattr(recognition, "_MATTERS", ANY)
    wanted = Album(photos).recognise(confirmed=decided)
    assert found.automatic
    assert found == wanted


@given(st.randoms(use_true_random=False))
def test_ids_of_faces_make_no_difference(dice: random.Random) -> None:
    """Another site has other ids; prints of one picture are equally alike and equally good."""
    photos = line_of("a", [0, 0, 0, 4, 4]) | {"set/prints": [0, 0, 4, 4, 9], "set/wall": [9, 9]} | line_of("b", [9, 13])
    names = [f"{path}#{number}" for path, places in photos.items() for number in range(len(places))]
    ids = dict(zip(names, dice.sample(names, len(names)), strict=True))
    name_of = {face: name for name, face in ids.items()}
    plain, other = Album(photos), Album(photos, calls=ids.__getitem__)
    wanted = plain.recognise(confirmed=ANN | BOB)
    found = other.recognise(confirmed={ids[face]: who for face, who in (ANN | BOB).items()})
    assert {name_of[face]: who for face, who in found.automatic.items()} == wanted.automatic
    assert {who: [name_of[face] for face in row] for who, row in found.candidates.items()} == {
        who: list(row) for who, row in wanted.candidates.items()
    }
    assert [[name_of[face] for face in question.faces] for question in found.questions] == [
        list(question.faces) for question in wanted.questions
    ]


@pytest.mark.parametrize("allowed", range(6))
def test_a_ceiling_in_the_middle_leaves_the_rest_for_the_next_round(allowed: int) -> None:
    photos = line_of("a", [0, 3, 6, 9]) | line_of("b", [50, 51]) | line_of("c", [90, 91]) | line_of("d", [150])
    album, whole = Album(photos), Album(photos)
    wanted = whole.recognise(confirmed=ANN)
    album.allowed = allowed
    found = album.recognise(confirmed=ANN)
    assert not found.is_finished
    assert found.searches == allowed
    assert set(found.automatic) <= set(wanted.automatic)
    assert found.unreached == 8 - len(found.automatic) - sum(map(len, questions(found)))
    album.allowed = 10_000
    found = album.recognise(confirmed=ANN)
    assert found.searches == wanted.searches - allowed
    assert (found.automatic, found.questions) == (wanted.automatic, wanted.questions)
    assert found.is_finished


def test_an_upload_beyond_the_ceiling_takes_no_name_away() -> None:
    photos = line_of("a", [0, 1, 2, 3, 4, 5, 8.2])
    album = Album(photos | {f"set/x{number}": [1000.0 + number / 50] for number in range(20)})
    named = ANN | {"set/x0#0": "X"}
    before = album.recognise(confirmed=named)
    album.add({"set/new": [500]})
    album.allowed = 0
    after = album.recognise(confirmed=named)
    assert after.automatic == before.automatic
    assert not after.is_finished


def test_a_face_that_vanished_stops_nothing() -> None:
    album = Album(line_of("a", [0, 1, 2]) | line_of("b", [50, 51]))
    album.gone = {"set/a0#0", "set/b0#0"}
    found = album.recognise(confirmed=ANN | {"set/a1#0": "ANN"})
    assert found.automatic == {"set/a2#0": "ANN"}
    assert {"set/b1#0"} in questions(found) or {"set/b0#0", "set/b1#0"} in questions(found)


def test_a_face_that_vanished_is_paid_for_once_a_day() -> None:
    album = Album(line_of("a", [0, 1, 2]))
    album.gone = {"set/a0#0"}
    album.evidence.begin_day("2026-01-01")
    for _ in range(3):
        album.recognise(confirmed=ANN)
        album.evidence = Evidence.from_json(json.loads(json.dumps(album.evidence.to_json())))
        album.evidence.begin_day("2026-01-01")
    assert album.refused == ["set/a0#0"]
    album.evidence.begin_day("2026-01-02")
    album.gone = set()
    assert album.recognise(confirmed=ANN).automatic.keys() == {"set/a1#0", "set/a2#0"}


def test_a_deleted_photo_leaves_no_evidence() -> None:
    album = Album(line_of("a", [0, 1, 2]))
    album.recognise(confirmed=ANN)
    del album.photos["set/a0"]
    found = album.recognise(confirmed={"set/a1#0": "ANN"})
    assert found.automatic == {"set/a2#0": "ANN"}


def test_questions_come_largest_first_and_each_face_once() -> None:
    album = Album(line_of("a", [0]) | line_of("b", [50, 51, 52]) | line_of("c", [90, 91]))
    found = album.recognise()
    assert [len(question.faces) for question in found.questions] == [3, 2, 1]
    assert sorted(face for question in found.questions for face in question.faces) == sorted(album.places)


def test_groups_of_one_person_are_one_question() -> None:
    """Three are more than 99 like the middle one; two more are like those three, if less like the middle."""
    album = Album(line_of("a", [0, 5, -5, 6.2, 6.3]))
    assert questions(album.recognise()) == [set(album.places)]


def test_suggestions_say_why() -> None:
    album = Album(
        line_of("a", [0, 1])
        | line_of("b", [50, 51])
        | {"set/ab": [0.5, 50.5], "set/bwho": [50.2, 200], "set/c": [300], "other/d": [400], "set/like": [9.9]}
    )
    decided = ANN | BOB | {"set/c#0": "CARL", "other/d#0": "DORA"}
    found = album.recognise(confirmed=decided)
    by_face = {question.faces[0]: question.suggestions for question in found.questions}
    assert by_face["set/bwho#1"] == (Suggestion("ANN", SAME_PHOTOS), Suggestion("CARL", SAME_SET))
    assert by_face["set/like#0"][0] == Suggestion("ANN", ALIKE)


def test_a_row_of_candidates_is_no_longer_than_twelve_the_likeliest_first() -> None:
    unsure = [9 + number / 50 for number in range(15)]
    album = Album(line_of("a", [0, 1]) | {f"set/{number}": [place] for number, place in enumerate(unsure)})
    found = album.recognise(confirmed=ANN, ignored={})
    row = found.candidates.get("ANN", ())
    assert len(row) <= MAX_CANDIDATES
    assert list(row) == sorted(row, key=lambda face: album.places[face])


def test_an_empty_album_has_nobody() -> None:
    assert Album({}).recognise() == Recognised()


def test_faces_split_off_take_along_those_most_like_them() -> None:
    """But none that somebody decided on. Faces between both are asked about."""
    album = Album(line_of("a", [0, 1, 2, 3]) | line_of("c", [12, 13, 14]) | {"set/between": [7]})
    first, second = ANN | {"set/a3#0": "ANN"}, {"set/c0#0": "ANN", "set/c1#0": "ANN"}
    before = album.recognise(confirmed=first | second)
    assert before.automatic == dict.fromkeys(["set/a1#0", "set/a2#0", "set/c2#0", "set/between#0"], "ANN")
    after = album.recognise(
        confirmed=first | dict.fromkeys(second, "CARL"), rejected=dict.fromkeys(second, frozenset({"ANN"}))
    )
    assert after.automatic == {"set/a1#0": "ANN", "set/a2#0": "ANN", "set/c2#0": "CARL"}
    assert {"set/between#0"} in questions(after)
    assert album.recognise(confirmed=first | second).automatic == before.automatic, "the split is undone"


def test_rejected_faces_take_along_what_only_they_tied_to_the_person() -> None:
    album = Album(line_of("a", [0, 1, 2]) | line_of("c", [12, 13, 14]))
    wrong = {"set/c0#0": "ANN", "set/c1#0": "ANN"}
    assert set(album.recognise(confirmed=ANN | wrong).automatic) == {"set/a1#0", "set/a2#0", "set/c2#0"}
    after = album.recognise(confirmed=ANN, rejected=dict.fromkeys(wrong, frozenset({"ANN"})))
    assert after.automatic == {"set/a1#0": "ANN", "set/a2#0": "ANN"}
    assert questions(after) == [{"set/c0#0", "set/c1#0", "set/c2#0"}]
