"""What the owner's decisions come to."""

from itertools import pairwise

from people_cases import Journal, imported, person, photo, ref, regions, sha256

from functions.people.knowledge import Knowledge, Person, fold

ANN, BOB, CARL = person(1), person(2), person(3)
PHOTO = photo("set/a.jpg", 1, 2, 3)


def names(known: Knowledge) -> dict[str, str | None]:
    return {person: entry.name for person, entry in known.people.items()}


def test_a_new_name_replaces_the_old_one() -> None:
    journal = Journal()
    journal.add("name", person=ANN, name="Ann")
    journal.add("name", person=ANN, name="Anna")
    assert names(fold(journal.events)) == {ANN: "Anna"}


def test_undoing_a_step_gives_back_what_was_before_however_old() -> None:
    journal = Journal()
    journal.add("name", person=ANN, name="Ann")
    wrong = journal.add("name", person=ANN, name="Bob")
    for number in range(10, 60):
        journal.add("name", person=person(number), name=f"Person {number}")
    undo = journal.add("undo", event=wrong)
    assert names(fold(journal.events))[ANN] == "Ann"
    undo_of_undo = journal.add("undo", event=undo)
    assert names(fold(journal.events))[ANN] == "Bob"
    journal.add("undo", event=undo_of_undo)
    assert names(fold(journal.events))[ANN] == "Ann"


def test_a_step_undone_twice_is_undone_once() -> None:
    journal = Journal()
    wrong = journal.add("name", person=ANN, name="Ann")
    first = journal.add("undo", event=wrong)
    journal.add("undo", event=wrong)
    assert fold(journal.events).people == {}
    journal.add("undo", event=first)
    assert fold(journal.events).people == {}


def test_an_undo_of_itself_or_of_a_later_event_says_nothing() -> None:
    journal = Journal()
    journal.add("undo", event="01EVENT0000000000000000001")
    journal.add("undo", event="01EVENT0000000000000000003")
    journal.add("name", person=ANN, name="Ann")
    assert names(fold(journal.events)) == {ANN: "Ann"}


def test_a_merge_and_its_undo_keep_both_people() -> None:
    journal = Journal()
    journal.add("name", person=ANN, name="Ann")
    journal.add("name", person=BOB, name="Anna")
    merge = journal.add("merge", person=ANN, into=BOB)
    known = fold(journal.events)
    assert known.people == {BOB: Person(BOB, "Anna", ("Ann",))}
    assert known.root(ANN) == BOB
    journal.add("undo", event=merge)
    assert names(fold(journal.events)) == {ANN: "Ann", BOB: "Anna"}


def test_a_chain_of_merges_leads_to_its_end_and_can_be_cut() -> None:
    journal = Journal()
    for who, name in ((ANN, "Ann"), (BOB, "Bob"), (CARL, "Carl")):
        journal.add("name", person=who, name=name)
    first = journal.add("merge", person=ANN, into=BOB)
    journal.add("merge", person=BOB, into=CARL)
    assert names(fold(journal.events)) == {CARL: "Carl"}
    assert fold(journal.events).people[CARL].other_names == ("Ann", "Bob")
    journal.add("undo", event=first)
    assert names(fold(journal.events)) == {ANN: "Ann", CARL: "Carl"}


def test_a_ring_that_two_owners_close_at_once_is_one_person() -> None:
    journal = Journal()
    for who, name in ((ANN, "Ann"), (BOB, "Bob"), (CARL, "Carl")):
        journal.add("name", person=who, name=name)
    journal.add("merge", person=ANN, into=BOB)
    journal.add("merge", person=BOB, into=CARL)
    journal.add("merge", person=CARL, into=ANN)
    journal.add("merge", person=CARL, into=CARL)
    assert fold(journal.events).people == {CARL: Person(CARL, "Carl", ("Ann", "Bob"))}


def test_a_person_whom_two_owners_merge_differently_makes_nobody_else_one() -> None:
    journal = Journal()
    for who, name in ((ANN, "Ann"), (BOB, "Bob"), (CARL, "Carl")):
        journal.add("name", person=who, name=name)
    journal.add("merge", person=ANN, into=BOB)
    journal.add("merge", person=ANN, into=CARL)
    assert fold(journal.events).people == {BOB: Person(BOB, "Bob"), CARL: Person(CARL, "Carl", ("Ann",))}


def test_a_person_without_a_name_takes_that_of_whom_is_merged_into_them() -> None:
    journal = Journal()
    journal.add("assign", person=ANN, faces=[ref(PHOTO, 1)])
    journal.add("name", person=BOB, name="Bob")
    journal.add("merge", person=BOB, into=ANN)
    assert fold(journal.events).people == {ANN: Person(ANN, "Bob")}


def test_the_name_of_whom_others_are_merged_into_stays_even_if_theirs_is_newer() -> None:
    journal = Journal()
    journal.add("name", person=BOB, name="Bob")
    journal.add("name", person=ANN, name="Ann")
    journal.add("merge", person=ANN, into=BOB)
    assert fold(journal.events).people == {BOB: Person(BOB, "Bob", ("Ann",))}


def test_an_imported_name_means_who_has_it_before_who_had_it() -> None:
    journal = Journal()
    journal.add("name", person=ANN, name="Ann")
    journal.add("name", person=ANN, name="Anna")
    journal.add("name", person=BOB, name="Ann")
    assert fold(journal.events).person_called("Ann") == BOB
    assert fold(journal.events[:2]).person_called("Ann") == ANN


def test_hiding_one_of_two_who_are_merged_hides_both_until_they_are_shown() -> None:
    journal = Journal()
    journal.add("name", person=ANN, name="Ann")
    journal.add("hide", person=BOB)
    journal.add("merge", person=BOB, into=ANN)
    assert fold(journal.events).people[ANN].hidden
    journal.add("show", person=ANN)
    assert not fold(journal.events).people[ANN].hidden


def test_the_latest_birth_date_holds_and_can_be_taken_back() -> None:
    journal = Journal()
    journal.add("birth", person=ANN, date="2019-05-01")
    assert fold(journal.events).people[ANN].birth == "2019-05-01"
    journal.add("birth", person=ANN, date=None)
    assert fold(journal.events).people[ANN].birth is None


def test_an_imported_name_means_whoever_has_it() -> None:
    journal = Journal()
    journal.add("import", faces=regions((ref(PHOTO, 1), "ann")), source="sidecar")
    assert names(fold(journal.events)) == {imported("Ann"): "ann"}
    journal.add("name", person=ANN, name="Ann")
    assert names(fold(journal.events)) == {ANN: "Ann"}
    journal.add("name", person=ANN, name="Ann Smith")
    assert fold(journal.events).person_called("ANN") == ANN


def test_a_person_known_from_an_import_stays_when_somebody_else_gets_that_name() -> None:
    journal = Journal()
    journal.add("import", faces=regions((ref(PHOTO, 1), "Ann")), source="sidecar")
    journal.add("assign", person=imported("Ann"), faces=[ref(PHOTO, 2)])
    journal.add("name", person=ANN, name="Ann")
    assert names(fold(journal.events)) == {imported("Ann"): "Ann", ANN: "Ann"}
    journal.add("merge", person=imported("Ann"), into=ANN)
    assert names(fold(journal.events)) == {ANN: "Ann"}
    assert fold(journal.events).person_called("Ann") == ANN


def test_the_order_in_which_events_come_makes_no_difference() -> None:
    journal = Journal()
    journal.add("name", person=ANN, name="Ann")
    journal.add("merge", person=ANN, into=BOB)
    journal.add("name", person=BOB, name="Bob")
    journal.add("assign", person=ANN, faces=[ref(PHOTO, 1)])
    journal.add("reject", person=BOB, faces=[ref(PHOTO, 2)])
    journal.add("import", faces=regions((ref(PHOTO, 3), "Carl")), source="sidecar")
    assert fold(reversed(journal.events)) == fold([*journal.events, *journal.events]) == fold(journal.events)


def test_a_forgotten_person_is_only_counted() -> None:
    journal = Journal()
    journal.add("forgotten")
    assert fold(journal.events) == Knowledge(forgotten=1)


def test_only_replacements_that_are_asked_for_are_followed() -> None:
    journal = Journal()
    journal.add("assign", person=ANN, faces=[ref(PHOTO, 1)])
    versions = [PHOTO.sha256, *(sha256(f"version {number}") for number in range(50))]
    for was, now in pairwise(versions):
        journal.add("replace", photo=now, was=was)
    assert fold(journal.events).replaced == {PHOTO.sha256: frozenset(versions[1:])}
