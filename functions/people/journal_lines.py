"""The journal as lines of JSON: what `kinpics export` writes, and what the table holds, a line in each row.

A line that can't be read, or that a newer kinpics wrote, is kept as it is, named, and not applied: another release may
understand it.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from functions.people.decision_fields import DecisionError
from functions.people.decisions import Event, read_event
from functions.people.ulid import is_ulid, ulid_of


class UnreadLine(NamedTuple):
    """A line that is kept but not applied."""

    # From 1.
    number: int
    text: str
    # What is wrong with it.
    reason: str

    @property
    def id(self) -> str:
        """The id that it says; else one made from its text, so that it can be kept under a key and only once."""
        try:
            values = json.loads(self.text)
        except (ValueError, RecursionError):
            values = None
        said = values.get("id") if isinstance(values, dict) else None
        if isinstance(said, str) and is_ulid(said):
            return said
        # As a file has it, which can't hold halves of characters.
        return ulid_of(f"line {self.text.encode('utf-8', 'backslashreplace').decode()}")


@dataclass(frozen=True)
class Journal:
    """What lines say: events in the order of their ids, each once, and the lines that can't be read."""

    events: tuple[Event, ...] = ()
    unread: tuple[UnreadLine, ...] = ()

    def lines(self) -> Iterator[tuple[str, str]]:
        """The id and text of each line, without its end, in the order of ids."""
        read = ((event.id, event.to_json()) for event in self.events)
        unread = ((line.id, line.text) for line in self.unread)
        return iter(sorted({*read, *unread}))

    @property
    def latest(self) -> str:
        """The id that a new event has to sort after; empty for an empty journal."""
        return max((event_id for event_id, _ in self.lines()), default="")


def read_lines(lines: Iterable[str]) -> Journal:
    """The journal of these lines. Never fails: what can't be read is in ``unread``. Empty lines say nothing."""
    events: dict[str, Event] = {}
    unread: dict[str, UnreadLine] = {}
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text:
            continue
        try:
            event = read_event(text)
        except DecisionError as error:
            unread.setdefault(text, UnreadLine(number, text, str(error)))
            continue
        if events.setdefault(event.id, event) != event:
            reason = f"id: another event of this journal has the id {event.id}"
            unread.setdefault(text, UnreadLine(number, text, reason))
    return Journal(tuple(events[event_id] for event_id in sorted(events)), tuple(unread.values()))


def read_file(content: bytes) -> Journal:
    """The journal of a file of lines, in UTF-8; bytes that are no text are kept as ``\\xNN``."""
    return read_lines(content.decode("utf-8-sig", "backslashreplace").split("\n"))


def write_file(journal: Journal) -> bytes:
    """The file of a journal, the same for the same journal."""
    return "".join(f"{text}\n" for _, text in journal.lines()).encode("utf-8", "backslashreplace")
