"""A folder of portraits on the owner's disk: who each shows, by a CSV in the folder or by its file's name."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from functions.keys import BadNameError, check_set_name
from scripts.common.csv_table import Table, read_table
from scripts.common.folders import PHOTO_SUFFIXES, FolderError, Refusal
from scripts.common.site_galleries import GalleryError, GalleryWords, parse_words

# Columns of the CSV: those it must have, and those it may have.
NEEDED, OTHERS = ("file", "name"), ("credit", "licence", "url")
# An exported gallery's title and text.
WORDS_FILE = "gallery.json"
# A number at a name's end tells portraits of one person apart: `Ada_Lovelace_2.jpg`.
_NUMBER = re.compile(r"[ _-]+\d+$")


@dataclass(frozen=True)
class Portrait:
    """A file of the gallery, and what visitors see beside it."""

    source: Path
    person: str
    credit: str = ""
    licence: str = ""
    url: str = ""


@dataclass
class PortraitFolder:
    """What a folder holds: portraits, files that can't be used as one, notes for the owner, and words of an export."""

    portraits: list[Portrait] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    words: GalleryWords | None = None


def read_folder(folder: Path) -> PortraitFolder:
    """The portraits of a folder, named by its CSV (``file,name,credit,licence,url``) or by their files.

    Raises ``FolderError``.
    """
    if not folder.is_dir():
        raise FolderError(f"{folder} is not a folder: give the folder with the portraits")
    tables = sorted(folder.glob("*.csv"))
    if len(tables) > 1:
        raise FolderError(f"{folder} holds {len(tables)} CSV files: keep one")
    table = read_table(tables[0], NEEDED, OTHERS) if tables else Table()
    described = table.rows
    found = PortraitFolder(notes=table.notes, words=_words_in(folder))
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in PHOTO_SUFFIXES or not path.is_file():
            continue
        entry = described.pop(path.name, {})
        if path.is_symlink():
            reason = "a link, which is not followed: put the portrait itself into the folder"
            found.refused.append(Refusal(path.name, reason))
            continue
        try:
            person = check_set_name(" ".join((entry.get("name") or _person_of(path)).split()))
        except BadNameError as error:
            found.refused.append(Refusal(path.name, str(error)))
            continue
        rest = {name: entry.get(name, "").strip() for name in OTHERS}
        found.portraits.append(Portrait(path, person, **rest))
    found.refused += [Refusal(name, f"is in {tables[0].name}, but not in {folder}") for name in described]
    if not found.portraits and not found.refused:
        raise FolderError(f"there are no portraits in {folder}")
    return found


def _words_in(folder: Path) -> GalleryWords | None:
    file = folder / WORDS_FILE
    if not file.is_file():
        return None
    try:
        return parse_words(file.read_bytes())
    except GalleryError as error:
        raise FolderError(f"{file} can't be read: {error}") from None


def _person_of(path: Path) -> str:
    return _NUMBER.sub("", path.stem).replace("_", " ")
