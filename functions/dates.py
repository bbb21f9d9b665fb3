"""Dates and times as rows have them: ISO 8601, but other programs may have written anything."""

import contextlib
from datetime import UTC, date, datetime

_LENGTH = len("2026-06-14")


def date_in(moment: str | None) -> str:
    """The date that a moment begins with; empty if it has none. site/js/grid/days.js reads the same."""
    text = (moment or "")[:_LENGTH]
    with contextlib.suppress(ValueError):
        return text if date.fromisoformat(text).isoformat() == text else ""
    return ""


def timestamp(moment: datetime | None = None) -> str:
    """A moment in UTC, by default now, to the millisecond."""
    return (moment or datetime.now(UTC)).isoformat(timespec="milliseconds")
