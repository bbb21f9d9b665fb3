"""The site's journal of decisions, as the owner's commands read it and add to it.

What comes from elsewhere (another site's journal, sidecars) is added as it is: ids say what is there already. The
people function takes it in with its next round, which is asked for.
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from functions.errors import KinpicsError
from functions.forgotten_people import tell_names
from functions.people.decisions import Event, PersonForgotten
from functions.people.forgotten_names import finished, of_others
from functions.people.journal_lines import Journal, UnreadLine, read_lines, write_file
from functions.people.journal_table import Decision, JournalTable
from functions.people.knowledge import fold
from functions.people.owners_journal import OwnersJournal, is_without, row_of
from functions.people.people_files import PeopleFiles
from functions.people.people_lease import PeopleLease
from functions.people.people_state import State
from functions.people.ulid import is_beyond_time
from functions.people_queue import PeopleQueue
from scripts.common.pauses import growing_pauses
from scripts.common.stack import Stack

# A row of the table is at most 400 kB.
_MAX_LINE_BYTES = 350_000
_PAUSE_SECONDS = 0.5
_ROUND_SECONDS = 600.0


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
    return journal_of(stack).read()


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
    # People forgotten on both sites stay out. Those forgotten only on the other site are still known here.
    events = {
        event.id: of_others(event, known) if isinstance(event, PersonForgotten) else event
        for event in finished(journal).events
    }
    new = [
        row_of(events[line_id]) if line_id in events else Decision(id=line_id, event=text)
        for line_id, text in finished(journal).lines()
        if line_id not in there
    ]
    already = len(journal.events) + len(journal.unread) - len(new)
    return Added(journal_of(stack).add_rows(new), already, journal.unread, refused)


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
    return journal_of(stack).add(events)


def people_of(stack: Stack, faces: Iterable[str]) -> dict[str, str]:
    """The names of the people whose faces these are, by their ids; decisions since the last round count."""
    return journal_of(stack).people_of(faces)


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
    return wait_for_round(stack, lambda state: is_without(state, people, knowledge))


def read_state(stack: Stack) -> State | None:
    """Who is who after the last round; None before the first, or if the file can't be read."""
    return journal_of(stack).read_state()


def names_of(stack: Stack, people: Iterable[str]) -> set[str]:
    """All names that these people have or had, those by which files would still mean them included."""
    return journal_of(stack).names_of(people)


def forget_names(stack: Stack, people: Iterable[str]) -> None:
    """Take all decisions about people out of the journal, as `OwnersJournal.forget` does."""
    journal_of(stack).forget(people)


def between_rounds(stack: Stack) -> AbstractContextManager[None]:
    """While no round is at work. Raises ``RoundTakenError`` if rounds don't end."""
    return journal_of(stack).between_rounds()


def finish_forgetting(stack: Stack) -> None:
    """Take what is left about forgotten people, or has come since, out of the journal."""
    journal_of(stack).finish_forgetting()


def journal_of(stack: Stack) -> OwnersJournal:
    """The journal of a stack's site."""
    outputs = stack.outputs
    return OwnersJournal(
        table=JournalTable(stack.dynamodb, outputs.decisions_table),
        files=PeopleFiles(stack.s3, outputs.thumbnails_bucket, outputs.site_bucket),
        lease=PeopleLease(stack.dynamodb, outputs.leases_table),
        queue=PeopleQueue(stack.sqs, outputs.people_queue),
    )
