"""What the owner writes about photos and sets, checked before it is kept."""

import datetime
import re
from collections.abc import Callable

from functions.errors import KinpicsError
from functions.photo_texts import MAX_CAPTION, MAX_TITLE, clean_caption, clean_title

_TEXTS: dict[str, tuple[Callable[[str], str], int]] = {
    "title": (clean_title, MAX_TITLE),
    "caption": (clean_caption, MAX_CAPTION),
    "description": (clean_caption, MAX_CAPTION),
}


# What the owner may say of a set, all as texts.
SET_TEXTS = ("title", "description", "dated", "place")
# When a set is from: a year, a month or a day.
_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?", re.ASCII)
_PLACE = re.compile(r"[1-9]\d{0,3}", re.ASCII)


class BadTextError(KinpicsError):
    """What the owner wrote can't be kept; the message says why."""


class TextTooLongError(BadTextError):
    """A text is too long for a page; the message says how long it may be."""


def check_text(name: str, text: str) -> str:
    """A title, caption or description as it is stored; or when a set is ``dated``, and its ``place`` among the sets.

    Raises ``BadTextError``.
    """
    if name in ("dated", "place"):
        return _check_date(text.strip()) if name == "dated" else _check_place(text.strip())
    clean, most = _TEXTS[name]
    text = text.strip()
    if len(text) > most:
        raise TextTooLongError(f"the {name} has {len(text):,} characters: at most {most:,} fit", values={"most": most})
    return clean(text)


def _check_date(text: str) -> str:
    if text:
        try:
            if not _DATE.fullmatch(text):
                raise ValueError
            datetime.date.fromisoformat(text + "0000-01-01"[len(text) :])
        except ValueError:
            raise BadTextError(
                f"{text[:40]!a} is no date: write it like 2019-05-03, 2019-05 or 2019", code="BadDate"
            ) from None
    return text


def _check_place(text: str) -> str:
    if text and not _PLACE.fullmatch(text):
        raise BadTextError(f"{text[:40]!a} is no place: it is a whole number from 1 to 9999", code="BadPlace")
    return text
