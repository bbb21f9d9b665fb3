"""What the owner writes about photos and sets, checked before it is kept."""

from collections.abc import Callable

from functions.errors import KinpicsError
from functions.photo_texts import MAX_CAPTION, MAX_TITLE, clean_caption, clean_title

_TEXTS: dict[str, tuple[Callable[[str], str], int]] = {
    "title": (clean_title, MAX_TITLE),
    "caption": (clean_caption, MAX_CAPTION),
    "description": (clean_caption, MAX_CAPTION),
}


class TextTooLongError(KinpicsError):
    """A text is too long for a page; the message says how long it may be."""


def check_text(name: str, text: str) -> str:
    """A title, caption or description as it is stored. Raises ``TextTooLongError``."""
    clean, most = _TEXTS[name]
    text = text.strip()
    if len(text) > most:
        raise TextTooLongError(f"the {name} has {len(text):,} characters: at most {most:,} fit")
    return clean(text)
