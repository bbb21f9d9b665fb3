"""What the owner's sources are, by the names in them alone, and which zips are parts of one export."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from functions.errors import KinpicsError
from scripts.common.folders import is_export
from scripts.imports.containers import Container, Folder, ZipParts
from scripts.imports.found import Found, Note, Unplaced, is_photo, suffix_of
from scripts.imports.readers import flickr, folder_trees, icloud, instagram, takeout
from scripts.imports.readers.reading import Choices

# When Google made an export, in the name of each of its zips.
_MADE = re.compile(r"^takeout-(\d{8}T\d{6}Z)-")


class Reader(Protocol):
    """A module that knows one service's exports."""

    TITLE: str
    LOOSE: str

    def recognises(self, names: Sequence[str]) -> bool: ...

    def read(self, container: Container, choices: Choices) -> Iterator[Found | Unplaced | Note]: ...


# In the order in which they are asked; the last takes anything that has photos.
READERS: dict[str, Reader] = {
    "instagram": instagram,
    "takeout": takeout,
    "flickr": flickr,
    "icloud": icloud,
    "folder": folder_trees,
}


class SourceError(KinpicsError):
    """A source can't be imported; the message says why."""


class Source(NamedTuple):
    """An export: what it comes in, and the kind of its reader."""

    container: Container
    kind: str


def open_sources(paths: Sequence[Path], kind: str | None) -> tuple[list[Source], list[str]]:
    """Open what the owner gave; returns notes too. Raises ``SourceError`` and ``FolderError``."""
    folders: list[Folder] = []
    zips: list[Path] = []
    notes: list[str] = []
    for path in dict.fromkeys(paths):
        if not path.exists():
            raise SourceError(f"there is no {path}: check its name")
        if path.is_dir():
            if is_export(path):
                raise SourceError(f"{path} is a site that `kinpics export` saved: use `kinpics upload {path}`")
            folder = Folder(path)
            inside = [path / name for name in folder.names() if suffix_of(name) == ".zip"]
            if inside and not any(map(is_photo, folder.names())):
                zips += inside
                continue
            folders.append(folder)
            if inside:
                notes.append(f"zips in {path} aren't opened: give {inside[0].name} by name if it is part of an export")
        elif path.suffix.lower() in (".tgz", ".gz", ".tar", ".7z", ".rar"):
            raise SourceError(f"{path} is not a zip: ask the service for zips, or unpack it and give the folder")
        else:
            zips.append(path)
    sources, found = _open_zips(zips, kind)
    sources += [Source(folder, kind or _kind_of(folder)) for folder in folders]
    return sources, notes + found


def _open_zips(zips: Sequence[Path], kind: str | None) -> tuple[list[Source], list[str]]:
    """The zips as exports: those of one kind are parts of one, unless they contradict each other."""
    kinds: dict[Path, str] = {path: kind or _kind_of_zip(path) for path in zips}
    services = {found for found in kinds.values() if found not in ("", "folder")}
    if len(services) == 1:
        # Of Flickr's zips some have photos only, and a damaged one nothing.
        (service,) = services
        kinds = {path: service if found in ("", "folder") else found for path, found in kinds.items()}
    sources: list[Source] = []
    notes = []
    for found in dict.fromkeys(kinds.values()):
        parts = sorted((path for path, one in kinds.items() if one == found), key=lambda path: path.name)
        groups = _groups(parts)
        if len(groups) > 1 and found != "folder":
            named = " and ".join(group.label for group in groups)
            notes.append(
                f"{named} aren't parts of one export: are they two people's? Albums with one title become one set here"
            )
        elif len(made := sorted({match[1] for part in parts if (match := _MADE.search(part.name))})) > 1:
            notes.append(
                f"these are zips of {len(made)} exports, made at {' and '.join(made)}: are they two people's? Albums "
                "with one title become one set here"
            )
        sources += [Source(group, found or "folder") for group in groups]
    return sources, notes


def _groups(parts: Sequence[Path]) -> list[Container]:
    """Parts that have no file of one name with another content are one export."""
    whole = ZipParts(parts)
    if len(parts) == 1 or not whole.conflicts:
        return [whole]
    whole.close()
    groups: list[list[Path]] = []
    for part in parts:
        for group in groups:
            tried = ZipParts([*group, part])
            fits = not tried.conflicts
            tried.close()
            if fits:
                group.append(part)
                break
        else:
            groups.append([part])
    return [ZipParts(group) for group in groups]


def _kind_of_zip(path: Path) -> str:
    """The kind of one zip; empty if it can't be opened, which is told when it is read."""
    try:
        with zipfile.ZipFile(path) as opened:
            names = opened.namelist()
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError):
        return ""
    return _recognise(names) or "folder"


def _kind_of(container: Container) -> str:
    return _recognise(list(container.names())) or "folder"


def _recognise(names: Sequence[str]) -> str:
    return next((kind for kind, reader in READERS.items() if reader.recognises(names)), "")
