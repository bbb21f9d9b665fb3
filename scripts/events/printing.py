"""Posters and table cards as files."""

from dataclasses import replace
from pathlib import Path

from functions.errors import KinpicsError
from scripts.common.config import ROOT, load_config, load_theme_config
from scripts.events.pdf_sheet import write_pdf
from scripts.events.sheet_marks import Sheet
from scripts.events.sheet_words import sheet_words
from scripts.events.sheets import Event, poster, table_cards
from scripts.events.svg_sheet import write_svg
from scripts.site.cards import Look, drawable, look_of
from scripts.site.theme import load_theme
from scripts.site.translations import Translator

_KINDS = (".svg", ".pdf")


class BadFileError(KinpicsError):
    """A file can't be written; the message says what to do."""


def check_file(path: Path) -> Path:
    """A path, if it says what to write, and there is a folder for it. Raises ``BadFileError``."""
    if path.suffix.lower() not in _KINDS:
        raise BadFileError(f"{path} must end with .svg or .pdf, which say what to write")
    if not path.parent.is_dir():
        raise BadFileError(f"there is no folder {path.parent} to write {path.name} to: make it first")
    return path


class Printer:
    """Draws what an event needs in print, in the site's language and look.

    ``is_home`` says that guests meet a home network's password first.
    """

    def __init__(self, title: str, address: str, *, is_at_once: bool, is_home: bool = False):
        self._language = next(iter(load_config().page_languages))
        words = sheet_words(Translator(self._language), is_at_once=is_at_once, is_home=is_home)
        self._event = Event(title, address, words)
        self._look = _look()

    @property
    def lacks_title(self) -> bool:
        """Whether the font can't write the title, which is then left out."""
        return not drawable(self._event.title, self._look.font)

    def print_poster(self, path: Path) -> None:
        """Write the poster. Raises ``OSError``."""
        self._write(poster(self._event, self._look), path)

    def print_cards(self, path: Path) -> None:
        """Write the page of table cards. Raises ``OSError``."""
        self._write(table_cards(self._event, self._look), path)

    def _write(self, sheet: Sheet, path: Path) -> None:
        is_svg = path.suffix.lower() == ".svg"
        partial = path.with_name(f".{path.name}.partial")
        try:
            partial.write_bytes(write_svg(sheet) if is_svg else write_pdf(sheet, self._language))
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


def _look() -> Look:
    # The logo, which the theme would copy into the site, isn't printed.
    return look_of(load_theme(replace(load_theme_config(), logo=""), ROOT, ROOT))
