"""The site's journal of decisions, as the owner's commands read it and add to it.

What comes from elsewhere (another site's journal, sidecars) is added as it is: ids say what is there already. The
people function takes it in with its next round, which is asked for.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from functions.dates import timestamp
from functions.errors import KinpicsError
from functions.people.decisions import Event, PersonForgotten
from functions.people.forgotten_names import all_of, finished, forget, pending
from functions.people.journal_lines import Journal, UnreadLine, read_file, read_lines, write_file
from functions.people.journal_table import EventTakenError, JournalTable
from functions.people.knowledge import fold
from functions.people.people_files import PeopleFiles
from functions.people.people_round import STATE
from functions.people.people_state import State
from functions.people.ulid import new_ulid
from functions.people_queue import PeopleQueue
from functions.shapes import Decision
from scripts.common.stack import Stack

# More at once would be more than a table that was just made takes.
_AT_ONCE = 8
# A row of the table is at most 400 kB.
_MAX_LINE_BYTES = 350_000


class OlderJournalError(KinpicsError):
    """A journal that was exported before somebody was forgotten, and so may still name that person."""


@dataclass(frozen=True)
class Added:
    """What adding a journal did: lines that are new, lines that were there, and lines kept but not understood."""

    new: int
    known: int
    unread: tuple[UnreadLine, ...]


def read_journal(stack: Stack) -> Journal:
    """All that was decided, without whoever is forgotten."""
    return finished(_read(stack))


def export_journal(stack: Stack) -> bytes:
    """The journal as a file of lines; empty if nothing was decided."""
    return write_file(read_journal(stack))


def add_journal(stack: Stack, file: Path) -> Added:
    """Add the lines of a journal to the site's; those that can't be read are kept too, for a later release.

    Raises ``OlderJournalError`` and ``OSError``; then nothing was added.
    """
    journal = read_file(file.read_bytes())
    known = read_journal(stack)
    forgotten = {event.id for event in known.events if isinstance(event, PersonForgotten)}
    if forgotten - {event.id for event in journal.events}:
        raise OlderJournalError(
            f"{file} is older than the site: somebody was forgotten here since it was exported, and it may still name "
            "them. Move it away to upload the photos without it"
        )
    there = dict(known.lines())
    new = [
        Decision(id=line_id, event=text)
        for line_id, text in journal.lines()
        if line_id not in there and len(text.encode("utf-8", "backslashreplace")) <= _MAX_LINE_BYTES
    ]
    events = {event.id: event for event in journal.events}
    rows = [_row(events[row.id]) if row.id in events else row for row in new]
    return Added(_append(stack, rows), len(journal.events) + len(journal.unread) - len(new), journal.unread)


def add_events(stack: Stack, events: Iterable[Event]) -> int:
    """Add events whose ids say what is there already; returns how many are new."""
    return _append(stack, [_row(event) for event in events])


def people_of(stack: Stack, faces: Iterable[str]) -> dict[str, str]:
    """The names of those whom faces belong to, by person's id."""
    outputs = stack.outputs
    state = (
        State.from_json(PeopleFiles(stack.s3, outputs.thumbnails_bucket, outputs.site_bucket).read(STATE)) or State()
    )
    people = [state.whose[face].person for face in faces if face in state.whose]
    return {person: state.by_id[person].name for person in people if person in state.by_id}


def names_of(stack: Stack, people: Iterable[str]) -> set[str]:
    """All names that these people have or had, by person's id."""
    journal = fold(read_journal(stack).events)
    known = [journal.people[person] for person in map(journal.root, people) if person in journal.people]
    return {name for person in known for name in (person.name, *person.other_names) if name}


def forget_names(stack: Stack, people: Iterable[str]) -> None:
    """Take all decisions about people out of the journal; it keeps that somebody was forgotten.

    If it is stopped, nobody reads of them any more from the moment it has begun; the next call, also one without
    ``people``, takes out what is left. Twice does no harm.
    """
    finish_forgetting(stack)
    for person in people:
        journal = read_journal(stack)
        members = all_of(fold(journal.events), person)
        forgetting = forget(journal, members)
        if forgetting.gone or forgetting.changed:
            begun = PersonForgotten(id=new_ulid(journal.latest), at=timestamp(), by="cli", people=members)
            _table(stack).append(_row(begun))
            finish_forgetting(stack)
    PeopleQueue(stack.sqs, stack.outputs.people_queue).go_on()


def finish_forgetting(stack: Stack) -> None:
    """Take out of the journal what is left there of people who are forgotten."""
    table = _table(stack)
    for begun in pending(_read(stack)):
        forgetting = forget(_read(stack), begun.people or ())
        for event in forgetting.changed:
            table.rewrite(_row(event))
        table.forget(forgetting.gone)
        table.rewrite(_row(replace(begun, people=None)))


def _read(stack: Stack) -> Journal:
    return read_lines(decision.event for decision in _table(stack).read())


def _append(stack: Stack, rows: list[Decision]) -> int:
    table = _table(stack)

    def append(row: Decision) -> bool:
        try:
            table.append(row)
        except EventTakenError:
            return False
        return True

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        new = sum(pool.map(append, rows))
    if new:
        PeopleQueue(stack.sqs, stack.outputs.people_queue).go_on()
    return new


def _row(event: Event) -> Decision:
    return Decision(id=event.id, event=event.to_json(), at=event.at, by=event.by, kind=event.kind)


def _table(stack: Stack) -> JournalTable:
    return JournalTable(stack.dynamodb, stack.outputs.decisions_table)
