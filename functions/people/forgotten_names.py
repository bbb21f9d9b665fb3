"""Forget a person's names: what leaves the journal, so that it keeps that somebody was forgotten and not who.

Only this takes events out of the journal. What was said of others in the same event stays, under the same id. It begins
with one event, `decisions.PersonForgotten`, which names the people until all about them is taken out. From that event
on the journal reads as if it were done (`finished`), so whoever is stopped in between has only to go on.

Somebody may decide something about a person at the very moment in which that person is forgotten, or on a page that was
opened before. The event keeps marks of the people; they recognise what comes late about them, so it never counts.
"""

import functools
import hashlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

from functions.people.decisions import Drawn, Event, Imported, Merged, PersonForgotten, SaidToBeIn, Split, Undone
from functions.people.journal_lines import Journal
from functions.people.knowledge import Knowledge, fold
from functions.people.ulid import is_made_from_content, ulid_of

# Stands for a forgotten person in the split that gave some of their faces to somebody else.
_NOBODY = ulid_of("nobody")
_PEOPLE = ("person", "into", "to")


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
    # Somebody merged with them at that very moment isn't forgotten with them.
    knowledge = fold(event for event in journal.events if not _joins_others(event, people))
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
    # Imports first: it takes names and merges to tell who is meant in them. And no event after what undoes it.
    ordered = sorted(gone, key=lambda event_id: (not isinstance(gone[event_id], Imported | SaidToBeIn), event_id))
    return Forgetting(tuple(changed), (*unread, *ordered))


def pending(journal: Journal) -> list[PersonForgotten]:
    """The forgettings that were begun and not done to their end."""
    return [event for event in journal.events if isinstance(event, PersonForgotten) and event.people]


def done(begun: PersonForgotten) -> PersonForgotten:
    """The event of a forgetting, once that is finished."""
    marks = {_mark(begun.id, person) for person in begun.people or () if not is_made_from_content(person)}
    return replace(begun, people=None, marks=tuple(sorted({*marks, *(begun.marks or ())})) or None)


def finished(journal: Journal) -> Journal:
    """The journal once each forgetting in it is finished, without what came late about forgotten people."""
    for begun in pending(journal):
        journal = _taken_out(journal, forget(journal, begun.people or ()), done(begun))
    late = late_people(journal)
    return _taken_out(journal, forget(journal, late)) if late else journal


def late_people(journal: Journal) -> set[str]:
    """Forgotten people that the journal still has events about."""
    is_marked = marked(journal)
    return {person for event in journal.events for person in _people_in(event) if is_marked(person)}


def marked(journal: Journal) -> Callable[[str], bool]:
    """Tells by a person's id whether this journal has forgotten them."""
    marks = [
        (event.id, set(event.marks)) for event in journal.events if isinstance(event, PersonForgotten) and event.marks
    ]
    return functools.cache(lambda person: any(_mark(event_id, person) in known for event_id, known in marks))


def of_others(event: PersonForgotten, journal: Journal) -> PersonForgotten:
    """A forgetting from another site, changed so that it takes nobody out of this journal."""
    known = {_mark(event.id, person) for there in journal.events for person in _people_in(there)}
    marks = tuple(mark for mark in done(event).marks or () if mark not in known)
    return replace(event, people=None, marks=marks or None)


def _mark(event_id: str, person: str) -> str:
    """What is kept of a forgotten person. A digest doesn't reveal a random id; it would reveal one made from a name."""
    return hashlib.sha256(f"{event_id} {person}".encode()).hexdigest()


def _people_in(event: Event) -> Iterator[str]:
    return filter(None, (getattr(event, part, None) for part in _PEOPLE))


def _joins_others(event: Event, people: Collection[str]) -> bool:
    return isinstance(event, Merged) and (event.person in people) != (event.into in people)


def _taken_out(journal: Journal, forgetting: Forgetting, *more: Event) -> Journal:
    """The journal after this, with these events replacing those with the same ids."""
    gone = set(forgetting.gone)
    changed = {event.id: event for event in (*forgetting.changed, *more)}
    return Journal(
        tuple(changed.get(event.id, event) for event in journal.events if event.id not in gone),
        tuple(line for line in journal.unread if line.id not in gone),
    )


def _without(event: Event, people: Collection[str], there: Collection[str], knowledge: Knowledge) -> Event | None:
    """What is left of an event without these people, in a journal with these ids; None for nothing."""
    match event:
        case Imported(faces=faces):
            others = tuple(entry for entry in faces if knowledge.person_called(entry.name) not in people)
            return replace(event, faces=others) if others else None
        case SaidToBeIn(names=names):
            left = tuple(name for name in names if knowledge.person_called(name) not in people)
            return replace(event, names=left) if left else None
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
