"""What the owner writes about photos and sets: checked, and written photo by photo."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from functions.dates import timestamp
from functions.errors import KinpicsError
from functions.keys import BadNameError, ImagePath, parse_image_path
from functions.photo_texts import MAX_CAPTION, MAX_TITLE, clean_caption, clean_title
from functions.photo_writer import PhotoWriter
from scripts.common.csv_table import read_table
from scripts.photos.originals import PhotoNotFoundError

_TEXTS: dict[str, tuple[Callable[[str], str], int]] = {
    "title": (clean_title, MAX_TITLE),
    "caption": (clean_caption, MAX_CAPTION),
    "description": (clean_caption, MAX_CAPTION),
}


class TextTooLongError(KinpicsError):
    """A text is too long for a page; the message says how long it may be."""


@dataclass
class Captions:
    """The owner's words by photo, as a table has them, notes on reading it, and rows that name no photo."""

    words: dict[ImagePath, dict[str, str | None]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)


def check_text(name: str, text: str) -> str:
    """A title, caption or description as it is stored. Raises ``TextTooLongError``."""
    clean, most = _TEXTS[name]
    text = text.strip()
    if len(text) > most:
        raise TextTooLongError(f"the {name} has {len(text):,} characters: at most {most:,} fit")
    return clean(text)


def read_captions(table: Path) -> Captions:
    """A CSV with the columns photo (``SET/FILE``), title and caption; an empty cell changes nothing.

    Raises ``FolderError``.
    """
    rows = read_table(table, needed=("photo",), others=("title", "caption"))
    found = Captions(notes=rows.notes)
    for name, row in rows.rows.items():
        try:
            words = {text: check_text(text, row[text]) for text in ("title", "caption") if row.get(text, "").strip()}
            if words:
                found.words[parse_image_path(name)] = dict(words)
        except (BadNameError, TextTooLongError) as error:
            found.failures[name] = str(error)
    return found


def write_words(writer: PhotoWriter, path: ImagePath, words: Mapping[str, str | None]) -> None:
    """Give a photo the owner's words, as `functions.owner_words` has them. Raises ``PhotoNotFoundError``."""
    if not writer.reword_photo(path, words, timestamp()):
        raise PhotoNotFoundError(f"there is no photo {path} on the site: check the name")
