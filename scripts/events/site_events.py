"""Events as the command line tells of them: a stack's, closing times as they are typed, titles as they are printed."""

from datetime import datetime, timedelta

from functions.access.access_rows import EventRow
from functions.access.event_changes import Events
from functions.access.event_table import EventTable
from functions.errors import KinpicsError
from functions.photo_rows import title_of
from scripts.common.stack import Stack


class BadMomentError(KinpicsError):
    """A closing time can't be read, or is over."""


def events_of(stack: Stack) -> Events:
    """The events of a stack."""
    return Events(EventTable(stack.dynamodb, stack.outputs.access_table), stack.writer)


def read_moment(text: str, now: float) -> int:
    """A closing time in this machine's time zone, as seconds since 1970; 0 for `never`. Raises ``BadMomentError``.

    A day without a time is meant with its evening.
    """
    if text == "never":
        return 0
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadMomentError(f'{text!r} is no closing time: write it like "2026-12-31 23:00", or `never`') from None
    if len(text) <= len("2026-12-31"):
        moment += timedelta(days=1)
    seconds = int(moment.timestamp())
    if seconds <= now:
        raise BadMomentError(f"{text} is in the past: give a later time, or close the event with --close")
    return seconds


def title_for(event: EventRow, stack: Stack) -> str:
    """What guests see an event called: its own title, that of its set, or the set's name as one would read it."""
    if event.title:
        return event.title
    shown = stack.photos.get_set(event.set_name)
    return (shown.title if shown else None) or title_of(event.set_name)
