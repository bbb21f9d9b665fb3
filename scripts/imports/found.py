"""What readers find in an export: photos and films with what the service knows of them, and what can't be placed."""

from dataclasses import dataclass, fields
from typing import Any, NamedTuple, Self

from scripts.common.folders import PHOTO_SUFFIXES

FILM_SUFFIXES = frozenset({".mp4", ".mov", ".webm", ".m4v", ".3gp", ".avi", ".mkv", ".mpg", ".mts"})


class Entry(NamedTuple):
    """A file of a container: its name with ``/`` between folders, its size in bytes, its CRC-32 if that is known."""

    name: str
    size: int
    crc: int | None = None


class Album(NamedTuple):
    """An album of the service's: albums with the same key are one, whatever they are called."""

    key: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A photo or a film, and what the service says of it.

    ``name`` is the file name it should have. ``taken_at`` is ISO 8601, ``year`` a hint for where there is no time.
    ``people`` are names without boxes, ``xmp`` names the sidecars beside it.
    """

    entry: Entry
    name: str
    albums: tuple[Album, ...] = ()
    taken_at: str | None = None
    year: str = ""
    title: str = ""
    caption: str = ""
    keywords: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    is_favourite: bool = False
    rating: int = 0
    xmp: tuple[str, ...] = ()
    film: bool = False

    def to_json(self) -> dict[str, Any]:
        """The same as plain values, without the entry."""
        names = (entry.name for entry in fields(self) if entry.name != "entry")
        return {name: value for name in names if (value := getattr(self, name))}

    @classmethod
    def from_json(cls, entry: Entry, plain: dict[str, Any]) -> Self:
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in plain.items()
        }
        values["albums"] = tuple(Album(*album) for album in plain.get("albums", ()))
        return cls(entry=entry, **values)


class Unplaced(NamedTuple):
    """Something that isn't imported, and why; ``is_failure`` if it should have been."""

    name: str
    reason: str
    is_failure: bool = False


class Note(NamedTuple):
    """A sentence for the owner about what was read."""

    text: str


def suffix_of(name: str) -> str:
    """The suffix of a file's name in lower case, with its dot; empty if it has none."""
    file = name.rpartition("/")[2]
    stem, dot, suffix = file.rpartition(".")
    return f".{suffix.lower()}" if dot and stem else ""


def stem_of(name: str) -> str:
    """A file's name without folders and suffix."""
    file = name.rpartition("/")[2]
    stem, dot, _ = file.rpartition(".")
    return stem if dot and stem else file


def folder_of(name: str) -> str:
    """The folder that a file is in; empty for none."""
    return name.rpartition("/")[0]


def is_photo(name: str) -> bool:
    """Whether a file's name is that of a photo."""
    return suffix_of(name) in PHOTO_SUFFIXES - FILM_SUFFIXES


def may_be_film(name: str) -> bool:
    """Whether a file's name is that of a film."""
    return suffix_of(name) in FILM_SUFFIXES
