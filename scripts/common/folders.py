"""Folders of pictures on the owner's disk: which files count as photos, and how refusals are reported."""

import os
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from functions.errors import KinpicsError
from functions.media_types import FILM_TYPES, PHOTO_TYPES
from scripts.common.words import cause

PHOTO_SUFFIXES = frozenset(PHOTO_TYPES)

# Of an exported site: the owner's decisions about people, the folder in which each folder is a set, and the folder with
# a file of rows for each set.
JOURNAL_FILE, PHOTOS_FOLDER, ROWS_FOLDER = "people.jsonl", "photos", "sets"


# Films of a set; portraits of the gallery are pictures.
FILM_SUFFIXES = frozenset(FILM_TYPES)


class FolderError(KinpicsError):
    """A folder can't be used at all; the message says why."""


@dataclass(frozen=True)
class Refusal:
    """A file that is not taken, and why."""

    file: str
    reason: str


def open_file(path: Path) -> BufferedReader:
    """Open a file to read it, unless it is a link: it may have become one since. Raises ``OSError``."""
    return open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NOFOLLOW))


def is_export(folder: Path) -> bool:
    """Whether `kinpics export` saved a site to this folder."""
    return (folder / PHOTOS_FOLDER).is_dir() and (folder / ROWS_FOLDER).is_dir()


def sets_of(folder: Path) -> list[Path]:
    """The folders that are a set each: those of an exported site, else the folder itself. Raises ``FolderError``."""
    if not is_export(folder):
        return [folder]
    photos = folder / PHOTOS_FOLDER
    try:
        found = sorted(entry for entry in photos.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    except OSError as error:
        raise FolderError(f"{photos} can't be read: {cause(error)}") from None
    if not found:
        raise FolderError(f"there are no photos in {photos}: was this export stopped? Run `kinpics export` again")
    return found


def find_journal(folder: Path) -> Path | None:
    """The journal of the exported site that a set's folder belongs to.

    A file of that name among photos doesn't count: whoever gave the owner the photos decides nothing about people.
    """
    return next((file for export in _export_of(folder) if (file := export / JOURNAL_FILE).is_file()), None)


def find_rows(folder: Path) -> Path | None:
    """The rows that `kinpics export` saved of the set in a folder."""
    files = (export / ROWS_FOLDER / f"{folder.resolve().name}.json" for export in _export_of(folder))
    return next((file for file in files if file.is_file()), None)


def _export_of(folder: Path) -> list[Path]:
    """The folder of the exported site that a set's folder may belong to."""
    photos = folder.resolve().parent
    return [photos.parent] if photos.name == PHOTOS_FOLDER and is_export(photos.parent) else []
