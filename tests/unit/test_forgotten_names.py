"""A forgotten person leaves the journal; what was said of others stays."""

from collections.abc import Iterator

import pytest
from people_cases import Journal as Made
from people_cases import box, imported, inventory, named_in_file, person, photo, ref, regions

from functions.people.decisions import Event, PersonForgotten, make_event, read_event
from functions.people.forgotten_names import all_of, finished, forget, late_people, pending
from functions.people.hanging import hang
from functions.people.journal_lines import Journal, read_file, write_file
from functions.people.knowledge import fold

ANN, BOB, CARL, DORA = (person(number) for number in range(1, 5))
PHOTO = photo("set/a.jpg", 1, 2, 3, 4)
NEWER = f'{{"v":2,"id":"{person(9)}","kind":"dance","person":"%s"}}'


def of_many() -> Made:
    """A journal in which much was said of Ann and Dora, who are one."""
    journal = Made()
    journal.add("name", person=ANN, name="Ann")
    journal.add("name", person=BOB, name="Bob")
    journal.add("name", person=DORA, name="Dora")
    journal.add("assign", person=BOB, faces=[ref(PHOTO, 2)])
    journal.add("assign", person=ANN, faces=[ref(PHOTO, 1)])
    journal.add("reject", person=ANN, faces=[ref(PHOTO, 2)])
    journal.add("merge", person=DORA, into=ANN)
    wrong = journal.add("merge", person=BOB, into=ANN)
    undo = journal.add("undo", event=wrong)
    journal.add("undo", event=journal.add("undo", event=undo))
    journal.add("split", person=ANN, faces=[ref(PHOTO, 3)], to=CARL, name="Carl")
    journal.add("split", person=BOB, faces=[ref(PHOTO, 4)], to=ANN)
    journal.add("box", face=ref(PHOTO, 7), person=DORA)
    journal.add("portrait", person=ANN, face=ref(PHOTO, 1))
    journal.add("import", faces=regions((ref(PHOTO, 1), "Dora"), (ref(PHOTO, 2), "Bob")), source="sidecar")
    alone = journal.add("import", faces=regions((ref(PHOTO, 1), "ann")), source="sidecar")
    journal.add("undo", event=alone)
    journal.add("said", photo=PHOTO.sha256, names=["Dora", "Bob"], source="takeout")
    journal.add("said", photo=PHOTO.sha256, names=["ANN"], source="takeout")
    return journal


def forget_ann(events: list[Event]) -> Journal:
    """The journal once forgetting has begun, as the table has it."""
    unread = read_file((NEWER % DORA).encode()).unread
    journal = Journal(tuple(events), unread)
    begun = PersonForgotten(
        id=person(8), at="2026-11-26T10:35:37+00:00", by="cli", people=all_of(fold(journal.events), ANN)
    )
    return Journal((*events, begun), unread)


def steps(journal: Journal) -> Iterator[Journal]:
    """The journal as it is after each step in which what is left of people is taken out."""
    yield journal
    (begun,) = pending(journal)
    forgetting = forget(journal, begun.people or ())
    events = {event.id: event for event in journal.events}
    unread = {line.id: line for line in journal.unread}
    for event in forgetting.changed:
        events[event.id] = event
        yield Journal(tuple(events.values()), tuple(unread.values()))
    for gone in forgetting.gone:
        events.pop(gone, None)
        unread.pop(gone, None)
        yield Journal(tuple(events.values()), tuple(unread.values()))


def test_nothing_of_a_forgotten_person_is_in_the_journal() -> None:
    left = finished(forget_ann(of_many().events))
    text = write_file(left).decode()
    for trace in (ANN, DORA, "Ann", 'ann"', "Dora", "dance"):
        assert trace not in text
    assert not any(event.kind == "undo" for event in left.events)
    known = fold(left.events)
    assert {entry.name for entry in known.people.values()} == {"Bob", "Carl", None}
    assert known.forgotten == 1
    hung = hang(known, inventory(PHOTO))
    assert hung.confirmed == {"e-set/a.jpg-2": BOB, "e-set/a.jpg-3": CARL}
    assert hung.kept == {}


def test_forgetting_that_is_stopped_reads_as_done_and_can_go_on() -> None:
    begun = forget_ann(of_many().events)
    done = write_file(finished(begun))
    stopped = list(steps(begun))
    assert len(stopped) > 10
    for journal in stopped:
        assert write_file(finished(journal)) == done, "whoever reads it sees nobody"
        again = list(steps(journal))[-1]
        assert write_file(finished(again)) == done
        assert len(again.events) == len(finished(begun).events), "nothing is left behind"
        assert again.unread == ()


def test_forgetting_twice_changes_nothing_more() -> None:
    journal = Made()
    journal.add("name", person=ANN, name="Ann")
    journal.add("split", person=ANN, faces=[ref(PHOTO, 3)], to=CARL, name="Carl")
    journal.add("name", person=BOB, name="Bob")
    left = finished(forget_ann(journal.events))
    assert len(left.events) == 3
    again = forget(left, all_of(fold(left.events), ANN))
    assert (again.changed, again.gone) == ((), ())


def forgotten(events: list[Event]) -> Journal:
    """The journal once Ann is completely forgotten."""
    return finished(forget_ann(events))


def late(journal: Journal, kind: str, **values: object) -> Journal:
    """The journal with a decision of somebody who hadn't seen that Ann was forgotten."""
    event = make_event({"id": person(7), "at": "2026-11-26T10:36:00+00:00", "by": "cli", "kind": kind} | values)
    return Journal((*journal.events, event), journal.unread)


@pytest.mark.parametrize(
    "decision",
    [
        {"kind": "name", "person": ANN, "name": "Ann"},
        {"kind": "name", "person": DORA, "name": "Ann"},
        {"kind": "assign", "person": ANN, "faces": [ref(PHOTO, 1).to_json()]},
        {"kind": "split", "person": BOB, "faces": [ref(PHOTO, 2).to_json()], "to": ANN, "name": "Ann"},
        {"kind": "merge", "person": BOB, "into": ANN},
    ],
)
def test_what_comes_late_about_a_forgotten_person_never_counts(decision: dict[str, object]) -> None:
    done = forgotten(of_many().events)
    journal = late(done, **decision)  # type: ignore[arg-type]
    assert write_file(finished(journal)) == write_file(done)
    again = forget(journal, late_people(journal))
    assert (again.changed, again.gone) == ((), (person(7),)), "and can be taken out"


def test_what_is_kept_of_a_forgotten_person_does_not_say_who() -> None:
    journal = Made()
    journal.add("import", faces=regions((ref(PHOTO, 1), "Ann")), source="sidecar")
    journal.add("name", person=imported("Ann"), name="Ann")
    journal.add("merge", person=imported("Ann"), into=ANN)
    (event,) = forgotten(journal.events).events
    assert isinstance(event, PersonForgotten)
    assert len(event.marks or ()) == 1, "an id made from a name would tell the name"
    assert ANN not in event.to_json()
    assert read_event(event.to_json()) == event


def test_files_give_a_forgotten_name_to_nobody() -> None:
    journal = Made()
    journal.add("import", faces=regions((ref(PHOTO, 1), "Ann"), (ref(PHOTO, 2), "Bob")), source="sidecar")
    photos = inventory(named_in_file(PHOTO, ("ann ", box(3)), ("Bob", box(4)), ("Ann", box(50))))

    def who(events: list[Event]) -> set[str]:
        hung = hang(fold(events, lambda name: name.strip().casefold() == "ann"), photos)
        return {*hung.imported.values()}

    assert who(journal.events) == {imported("Bob")}
    journal.add("name", person=CARL, name="Ann")
    assert who(journal.events) == {imported("Bob"), CARL}, "a person the owner named keeps the name"
