"""Folders of pictures on the owner's disk: which files count as photos, and how refusals are reported."""

from dataclasses import dataclass
from pathlib import Path

from functions.errors import KinpicsError

PHOTO_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".avif", ".tif", ".tiff", ".gif"})

# Of an exported site: the owner's decisions about people, and the folder in which each folder is a set.
JOURNAL_FILE, PHOTOS_FOLDER = "people.jsonl", "photos"


class FolderError(KinpicsError):
    """A folder can't be used at all; the message says why."""


@dataclass(frozen=True)
class Refusal:
    """A file that is not taken, and why."""

    file: str
    reason: str


def find_journal(folder: Path) -> Path | None:
    """The journal that comes with a folder: in it, or where `kinpics export` puts it, beside the folder of all sets."""
    places = [folder]
    if folder.resolve().parent.name == PHOTOS_FOLDER:
        places.append(folder.resolve().parent.parent)
    return next((place / JOURNAL_FILE for place in places if (place / JOURNAL_FILE).is_file()), None)
