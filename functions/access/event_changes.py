"""Opening a set to guests, and closing it again: one event at most for each set, in table ``access``.

The uploads function reads the event at each call, so whatever changes here holds at once.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from functions.access.access_rows import EventRow
from functions.access.event_table import EventTable, event_id
from functions.access.passes import new_secret
from functions.dates import timestamp
from functions.errors import KinpicsError
from functions.keys import check_new_name, check_set_name
from functions.photo_writer import PhotoWriter

# The page that a code leads to. The secret is the address's fragment: browsers send that to nobody, so it is in no log.
EVENT_PATH = "/event/#"
SLIDESHOW_PATH = "/slideshow/"
# Where its helpers let photos in: they sign in, too, so that the secret alone opens nothing there.
HELPERS_PATH = "/waiting/#"


class NoEventError(KinpicsError):
    """The set isn't open to guests; the message says how to open it."""


@dataclass(frozen=True)
class EventChange:
    """What a command says of an event; None leaves it as it is.

    ``closes_at`` is in seconds since 1970, and 0 for never; ``limit`` is photos a day for each guest; ``helpers`` are
    ids of members who may let photos in, too.
    """

    title: str | None = None
    at_once: bool | None = None
    closes_at: int | None = None
    limit: int | None = None
    helpers: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Events:
    """The events of a stack. ``clock`` gives seconds since 1970. Every method raises whatever AWS raises."""

    table: EventTable
    writer: PhotoWriter
    clock: Callable[[], float] = time.time

    def list(self) -> list[EventRow]:
        """All of them, by their sets' names."""
        return sorted(self.table.list_events(), key=lambda event: event.set_name)

    def find(self, set_name: str) -> EventRow | None:
        """The event of a set."""
        return next((event for event in self.table.list_events() if event.set_name == set_name), None)

    def open(self, set_name: str, change: EventChange) -> EventRow:
        """Open a set to guests, or change its event. Raises ``BadNameError`` if no set can have this name."""
        known = self.find(set_name)
        if known is None:
            check_set_name(check_new_name(set_name))
        event = _changed(known or self._new(set_name), change)
        self._begin_set(event)
        if event != known:
            self.table.put_event(event)
        return event

    def _begin_set(self, event: EventRow) -> None:
        """Give the set a row, by which the owner finds it before its first photo, and a title, if it has none."""
        row = self.writer.photos.get_set(event.set_name)
        texts = {"title": event.title} if event.title and not (row and row.title) else {}
        if row is None or texts:
            self.writer.describe_set(event.set_name, texts, timestamp())

    def close(self, set_name: str) -> EventRow:
        """Take no more photos from now on; guests still see what became of theirs. Raises ``NoEventError``."""
        event = self._existing(set_name)
        if not self.is_open(event):
            return event
        closed = replace(event, closes_at=int(self.clock()))
        self.table.put_event(closed)
        return closed

    def renew(self, set_name: str) -> EventRow:
        """Give an event another secret: the old one opens nothing any more. Raises ``NoEventError``."""
        event = self._existing(set_name)
        secret = new_secret()
        renewed = replace(event, id=event_id(secret), secret=secret)
        self.table.replace_event(event.id, renewed)  # stopped in between, the old one would go on for ever
        return renewed

    def is_open(self, event: EventRow) -> bool:
        """Whether an event takes photos now."""
        return event.closes_at is None or self.clock() < event.closes_at

    def _new(self, set_name: str) -> EventRow:
        made_at = timestamp(datetime.fromtimestamp(self.clock(), UTC))
        secret = new_secret()
        return EventRow(id=event_id(secret), set_name=set_name, secret=secret, made_at=made_at)

    def _existing(self, set_name: str) -> EventRow:
        event = self.find(set_name)
        if event is None:
            raise NoEventError(f"{set_name} isn't open to guests: open it with `kinpics event {set_name}`")
        return event


def _changed(event: EventRow, change: EventChange) -> EventRow:
    if change.title is not None:
        event = replace(event, title=change.title or None)
    if change.at_once is not None:
        event = replace(event, at_once=change.at_once)
    if change.closes_at is not None:
        event = replace(event, closes_at=change.closes_at or None)
    if change.limit is not None:
        event = replace(event, limits={**(event.limits or {}), "guest_files": change.limit})
    if change.helpers is not None:
        event = replace(event, helpers=list(change.helpers) or None)
    return event
