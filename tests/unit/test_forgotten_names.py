"""A forgotten person leaves the journal; what was said of others stays."""

from people_cases import Journal as Made
from people_cases import inventory, person, photo, ref, regions

from functions.people.decisions import Event
from functions.people.forgotten_names import forget
from functions.people.hanging import hang
from functions.people.journal_lines import Journal, write_file
from functions.people.knowledge import fold

ANN, BOB, CARL, DORA = (person(number) for number in range(1, 5))
PHOTO = photo("set/a.jpg", 1, 2, 3, 4)


def after(events: list[Event], who: str) -> list[Event]:
    """The journal after somebody is forgotten."""
    forgetting = forget(events, fold(events), who)
    changed = {event.id: event for event in forgetting.changed}
    assert not changed.keys() & set(forgetting.gone)
    return [changed.get(event.id, event) for event in events if event.id not in forgetting.gone]


def test_nothing_of_a_forgotten_person_is_in_the_journal() -> None:
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
    journal.add("import", faces=regions((ref(PHOTO, 1), "ann")), source="sidecar")
    journal.add("forgotten")
    left = after(journal.events, ANN)
    text = write_file(Journal(tuple(left))).decode()
    for trace in (ANN, DORA, "Ann", 'ann"', "Dora"):
        assert trace not in text
    assert not any(event.kind == "undo" for event in left)
    known = fold(left)
    assert {entry.name for entry in known.people.values()} == {"Bob", "Carl", None}
    assert known.forgotten == 1
    hung = hang(known, inventory(PHOTO))
    assert hung.confirmed == {"e-set/a.jpg-2": BOB, "e-set/a.jpg-3": CARL}
    assert hung.kept == {}


def test_forgetting_twice_changes_nothing_more() -> None:
    journal = Made()
    journal.add("name", person=ANN, name="Ann")
    journal.add("split", person=ANN, faces=[ref(PHOTO, 3)], to=CARL, name="Carl")
    left = after(journal.events, ANN)
    assert after(left, ANN) == left
    assert len(left) == 1
