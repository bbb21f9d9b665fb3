"""Forget a person's names: what leaves the journal, so that it keeps that somebody was forgotten and not who.

Only this takes events out of the journal. What was said of others in the same event stays, under the same id.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from functions.people.decisions import Drawn, Event, Imported, Merged, PersonForgotten, Split, Undone
from functions.people.knowledge import Knowledge
from functions.people.ulid import ulid_of

# Stands for a forgotten person in the split that gave some of their faces to somebody else.
_NOBODY = ulid_of("nobody")


@dataclass(frozen=True)
class Forgetting:
    """What to do to the journal: events to delete, by id, and events to write over those of the same id."""

    gone: tuple[str, ...]
    changed: tuple[Event, ...]


def forget(events: Iterable[Event], knowledge: Knowledge, person: str) -> Forgetting:
    """What forgetting a person, and all who were merged with them, takes out of the journal with these events.

    An event `decisions.PersonForgotten` is to be appended first, then the journal changed; twice does no harm.
    """
    root = knowledge.root(person)
    people = {root, *(member for member, now in knowledge.merged.items() if now == root)}
    gone: set[str] = set()
    changed = []
    # In the order of ids, so that the undo of an event comes after it.
    for event in sorted(events, key=lambda event: event.id):
        left = _without(event, people, gone, knowledge)
        if left is None:
            gone.add(event.id)
        elif left != event:
            changed.append(left)
    return Forgetting(tuple(sorted(gone)), tuple(changed))


def _without(event: Event, people: set[str], gone: set[str], knowledge: Knowledge) -> Event | None:
    """What is left of an event without these people; None for nothing."""
    match event:
        case Imported(faces=faces):
            others = tuple(entry for entry in faces if knowledge.person_called(entry.name) not in people)
            return replace(event, faces=others) if others else None
        case Split(person=person, to=to) if person in people and to not in people:
            return replace(event, person=_NOBODY)
        case Split(to=to) if to in people:
            return None
        case Merged(person=person, into=into) if {person, into} & people:
            return None
        case Undone(event=undone) if undone in gone:
            return None
        case PersonForgotten():
            return event
        case Drawn(person=None):
            return event
        case _:
            return None if getattr(event, "person", None) in people else event
