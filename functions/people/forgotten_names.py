"""Forget a person's names: what leaves the journal, so that it keeps that somebody was forgotten and not who.

Only this takes events out of the journal. What was said of others in the same event stays, under the same id. It begins
with one event, `decisions.PersonForgotten`, which names the people until all about them is taken out. From that event
on the journal reads as if it were done (`finished`), so whoever is stopped in between has only to go on.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from functions.people.decisions import Drawn, Event, Imported, Merged, PersonForgotten, Split, Undone
from functions.people.journal_lines import Journal
from functions.people.knowledge import Knowledge, fold
from functions.people.ulid import ulid_of

# Stands for a forgotten person in the split that gave some of their faces to somebody else.
_NOBODY = ulid_of("nobody")


@dataclass(frozen=True)
class Forgetting:
    """What to do to the journal: events to write over those of the same id, then ids of lines to delete, in this order.

    It is such that what is still to be done comes out the same again, wherever it was stopped.
    """

    changed: tuple[Event, ...]
    gone: tuple[str, ...]


def all_of(knowledge: Knowledge, person: str) -> tuple[str, ...]:
    """A person and all who were merged with them, by id."""
    root = knowledge.root(person)
    return tuple(sorted({root, *(member for member, now in knowledge.merged.items() if now == root)}))


def forget(journal: Journal, people: Collection[str]) -> Forgetting:
    """What forgetting people takes out of the journal; nothing if nothing is about them."""
    knowledge = fold(journal.events)
    there = {line_id for line_id, _ in journal.lines()}
    gone: dict[str, Event] = {}
    changed = []
    # In the order of ids, so that the undo of an event comes after it.
    for event in journal.events:
        left = _without(event, people, there, knowledge)
        if left is None:
            gone[event.id] = event
            there.discard(event.id)
        elif left != event:
            changed.append(left)
    # A line that this release can't read is about a person if it contains that person's id.
    unread = [line.id for line in journal.unread if any(person in line.text for person in people)]
    # Imports first, because only names and merges tell whom they mean; and no event after what undoes it.
    ordered = sorted(gone, key=lambda event_id: (not isinstance(gone[event_id], Imported), event_id))
    return Forgetting(tuple(changed), (*unread, *ordered))


def pending(journal: Journal) -> list[PersonForgotten]:
    """The forgettings that were begun and not done to their end."""
    return [event for event in journal.events if isinstance(event, PersonForgotten) and event.people]


def finished(journal: Journal) -> Journal:
    """The journal as it is once all that was begun is done."""
    for begun in pending(journal):
        forgetting = forget(journal, begun.people or ())
        gone = set(forgetting.gone)
        changed = {event.id: event for event in (*forgetting.changed, replace(begun, people=None))}
        journal = Journal(
            tuple(changed.get(event.id, event) for event in journal.events if event.id not in gone),
            tuple(line for line in journal.unread if line.id not in gone),
        )
    return journal


def _without(event: Event, people: Collection[str], there: Collection[str], knowledge: Knowledge) -> Event | None:
    """What is left of an event without these people, in a journal with these ids; None for nothing."""
    match event:
        case Imported(faces=faces):
            others = tuple(entry for entry in faces if knowledge.person_called(entry.name) not in people)
            return replace(event, faces=others) if others else None
        case Split(person=person, to=to) if person in people and to not in people:
            return replace(event, person=_NOBODY)
        case Split(to=to) if to in people:
            return None
        case Merged(person=person, into=into) if {person, into} & set(people):
            return None
        case Undone(event=undone) if undone not in there:
            return None
        case PersonForgotten():
            return event
        case Drawn(person=None):
            return event
        case _:
            return None if getattr(event, "person", None) in people else event
