"""The site's journal of decisions, as the owner's commands read it and add to it.

What comes from elsewhere (another site's journal, sidecars) is added as it is: ids say what is there already. The
people function takes it in with its next round, which is asked for.
"""

import time
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from functions.dates import timestamp
from functions.errors import KinpicsError
from functions.forgotten_people import tell_names
from functions.people.decisions import Event, Named, PersonForgotten, Split
from functions.people.forgotten_names import all_of, done, finished, forget, late_people, of_others, pending
from functions.people.hanging import hang
from functions.people.inventory import Inventory
from functions.people.journal_lines import Journal, UnreadLine, read_lines, write_file
from functions.people.journal_table import EventTakenError, JournalTable
from functions.people.knowledge import fold
from functions.people.people_files import PeopleFiles
from functions.people.people_lease import PeopleLease
from functions.people.people_round import INVENTORY, STATE
from functions.people.people_state import AUTOMATIC, State
from functions.people.ulid import is_beyond_time, new_ulid
from functions.people_queue import PeopleQueue
from functions.shapes import Decision
from scripts.common.pauses import growing_pauses
from scripts.common.stack import Stack

# More at once would be more than a table that was just made takes.
_AT_ONCE = 8
# A row of the table is at most 400 kB.
_MAX_LINE_BYTES = 350_000
_PAUSE_SECONDS = 0.5
_ROUND_SECONDS = 600.0
# For how long a command may hold the lease of rounds; and how long it waits for a round, which may take 300 seconds.
_HOLD_SECONDS, _PATIENCE_SECONDS = 60.0, 330.0


class OlderJournalError(KinpicsError):
    """A journal that was exported before somebody was forgotten, and so may still name that person."""


@dataclass(frozen=True)
class Added:
    """What adding a journal did: lines that are new, lines that were there, lines kept but not understood, and lines
    that can't be kept."""

    new: int
    known: int
    unread: tuple[UnreadLine, ...]
    refused: tuple[UnreadLine, ...] = ()


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
    journal, refused = _read_journal(file)
    known = read_journal(stack)
    forgotten = {event.id for event in known.events if isinstance(event, PersonForgotten)}
    if forgotten - {event.id for event in journal.events}:
        raise OlderJournalError(
            f"{file} is older than the site: somebody was forgotten here since it was exported, and it may still name "
            "them. Move it away to upload the photos without it"
        )
    there = dict(known.lines())
    # Nothing comes in about people whom both sites have forgotten. Those that only the other forgot are known here.
    events = {
        event.id: of_others(event, known) if isinstance(event, PersonForgotten) else event
        for event in finished(journal).events
    }
    new = [
        _row(events[line_id]) if line_id in events else Decision(id=line_id, event=text)
        for line_id, text in finished(journal).lines()
        if line_id not in there
    ]
    already = len(journal.events) + len(journal.unread) - len(new)
    return Added(_append(stack, new), already, journal.unread, refused)


def _read_journal(file: Path) -> tuple[Journal, tuple[UnreadLine, ...]]:
    """The journal of a file, and its lines that can't be kept, with the reason. Raises ``OSError``."""
    texts, refused = [], []
    for number, text in enumerate(_lines_of(file), 1):
        line = UnreadLine(number, text.strip(), "")
        if len(text.encode("utf-8", "backslashreplace")) > _MAX_LINE_BYTES:
            refused.append(line._replace(text="", reason=f"it is longer than {_MAX_LINE_BYTES:,} bytes"))
        elif line.text and is_beyond_time(line.id):
            # Every later decision would have to sort after it, and soon no id would.
            refused.append(line._replace(reason=f"id: {line.id} is later than the year 9999"))
        else:
            texts.append(text)
            continue
        texts.append("")
    return read_lines(texts), tuple(refused)


def _lines_of(file: Path) -> Iterator[str]:
    """The lines of a file of any size; of long lines, only the beginning."""
    with open(file, "rb") as opened:
        while line := opened.readline(_MAX_LINE_BYTES + 2):
            yield line.decode("utf-8-sig", "backslashreplace")
            while line and not line.endswith(b"\n"):
                line = opened.readline(_MAX_LINE_BYTES)


def add_events(stack: Stack, events: Iterable[Event]) -> int:
    """Add events whose ids say what is there already; returns how many are new."""
    return _append(stack, [_row(event) for event in events])


def people_of(stack: Stack, faces: Iterable[str]) -> dict[str, str]:
    """The names of the people whose faces these are, by their ids; decisions since the last round count."""
    state = read_state(stack) or State()
    knowledge = fold(read_journal(stack).events)
    hung = hang(knowledge, Inventory.from_json(people_files(stack).read(INVENTORY)) or Inventory.of(()))
    names = {person.id: person.name for person in state.people}
    names |= {person.id: person.name for person in knowledge.people.values() if person.name}
    automatic = {
        face: whose.person
        for face, whose in state.whose.items()
        if whose.origin == AUTOMATIC and face not in hung.ignored and whose.person not in hung.rejected.get(face, ())
    }
    people = [hung.person_of(face) or knowledge.root(automatic.get(face, "")) for face in faces]
    return {person: names[person] for person in people if person in names}


def wait_for_round(stack: Stack, is_done: Callable[[State], bool]) -> bool:
    """Wait for the round after which the state is as it should be; False if there is none for ten minutes.

    A missing or damaged state tells nothing: the next round makes it again.
    """
    pauses, last = growing_pauses(_PAUSE_SECONDS), time.monotonic() + _ROUND_SECONDS
    while (state := read_state(stack)) is None or not is_done(state):
        if time.monotonic() > last:
            return False
        time.sleep(next(pauses))
    return True


def wait_until_forgotten(stack: Stack, people: Collection[str]) -> bool:
    """Wait for the round after which the state has neither these people nor a forgotten name; as `wait_for_round`.

    After a command that was stopped, the journal no longer says who was forgotten, but their names are known again.
    """
    knowledge = fold(read_journal(stack).events, tell_names(stack.forgotten.list_named()))

    def is_done(state: State) -> bool:
        return state.by_id.keys().isdisjoint(people) and not any(
            knowledge.is_withheld(person.name) for person in state.people
        )

    return wait_for_round(stack, is_done)


def read_state(stack: Stack) -> State | None:
    """Who is who after the last round; None before the first, or if the file can't be read."""
    return State.from_json(people_files(stack).read(STATE))


def people_files(stack: Stack) -> PeopleFiles:
    """What the people function writes."""
    return PeopleFiles(stack.s3, stack.outputs.thumbnails_bucket, stack.outputs.site_bucket)


def names_of(stack: Stack, people: Iterable[str]) -> set[str]:
    """All names that these people have or had, those by which files would still mean them included."""
    journal = read_journal(stack)
    knowledge = fold(journal.events)
    roots = set(map(knowledge.root, people))
    known = [knowledge.people[person] for person in roots if person in knowledge.people]
    names = {name for person in known for name in (person.name, *person.other_names) if name}
    said = {event.name for event in journal.events if isinstance(event, Named | Split) and event.name}
    return names | {name for name in said if knowledge.person_called(name) in roots}


def forget_names(stack: Stack, people: Iterable[str]) -> None:
    """Take all decisions about people out of the journal; it keeps that somebody was forgotten.

    If it is stopped, nobody reads of them any more from the moment it has begun; the next call, also one without
    ``people``, takes out what is left. Doing it twice does no harm. Raises ``RoundTakenError`` if rounds don't end.
    """
    # A round that has read the journal before would still write the name.
    with between_rounds(stack):
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


def between_rounds(stack: Stack) -> AbstractContextManager[None]:
    """While no round is at work. Raises ``RoundTakenError`` if rounds don't end."""
    lease = PeopleLease(stack.dynamodb, stack.outputs.leases_table)
    return lease.held(str(uuid.uuid4()), _HOLD_SECONDS, _PATIENCE_SECONDS)


def finish_forgetting(stack: Stack) -> None:
    """Take what is left about forgotten people, or has come since, out of the journal."""
    for begun in pending(_read(stack)):
        _take_out(stack, _read(stack), begun.people or ())
        _table(stack).rewrite(_row(done(begun)))
    journal = _read(stack)
    _take_out(stack, journal, late_people(journal))


def _take_out(stack: Stack, journal: Journal, people: Collection[str]) -> None:
    table, forgetting = _table(stack), forget(journal, people)
    for event in forgetting.changed:
        table.rewrite(_row(event))
    table.forget(forgetting.gone)


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
