"""Dates of photos, as rows have them: ISO 8601, but other programs may have written anything."""

import contextlib
from datetime import date

_LENGTH = len("2026-06-14")


def date_in(moment: str | None) -> str:
    """The date that a moment begins with; empty if it has none. site/js/grid/days.js reads the same."""
    text = (moment or "")[:_LENGTH]
    with contextlib.suppress(ValueError):
        return text if date.fromisoformat(text).isoformat() == text else ""
    return ""
