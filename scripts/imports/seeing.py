"""Looking into files that were found: whether they are photos, when they were taken, their digests."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

from PIL import Image

from functions.media_types import HEAD_BYTES, is_film, media_type
from functions.process.complexity import UnusableImageError
from functions.process.images import FORMATS, check_size
from functions.process.metadata import taken_at
from scripts.imports.containers import Container, ContainerError
from scripts.imports.found import Unplaced, may_be_film
from scripts.imports.found_table import FoundTable, Item
from scripts.upload.films_taken import FilmsTaken

_NO_FILM = "the file is not a film that kinpics can read, whatever its name says; if it plays, convert it to MP4"
_OTHER_FILM = "a film of a kind that kinpics can't show: convert it to MP4"
_THREADS = 4
_PORTION = 200
_Result = TypeVar("_Result")


def look(table: FoundTable, containers: Sequence[Container], step: Callable[[], None], films: FilmsTaken) -> None:
    """Find out what each new file is; what is no photo is left out, and films where the site takes none."""

    def see(item: Item) -> tuple[str | Unplaced, str | None]:
        return _see(item, containers[item.source], films)

    for item, (kind, seen_at) in _in_threads(see, table.items()):
        if isinstance(kind, Unplaced):
            table.leave_out(kind, item.id)
        else:
            table.change(item.id, kind=kind)
            if seen_at:
                table.give_seen_time(item.id, seen_at)
        step()


def hash_items(
    table: FoundTable, containers: Sequence[Container], items: Iterable[Item], step: Callable[[], None]
) -> None:
    """Fill in digests; what can't be read is left out, with its reason."""

    def digest(item: Item) -> str | Unplaced:
        return _digest(item, containers[item.source])

    for item, found in _in_threads(digest, (item for item in items if item.sha256 is None)):
        if isinstance(found, Unplaced):
            table.leave_out(found, item.id)
        else:
            table.change(item.id, sha256=found)
        step()


def _in_threads(look_at: Callable[[Item], _Result], items: Iterable[Item]) -> Iterator[tuple[Item, _Result]]:
    """Each item with its result, in order; no more than a portion of them is held at once."""
    left = iter(items)
    with ThreadPoolExecutor(_THREADS) as pool:
        while portion := list(islice(left, _PORTION)):
            yield from zip(portion, pool.map(look_at, portion), strict=True)


def _see(item: Item, container: Container, films: FilmsTaken) -> tuple[str | Unplaced, str | None]:
    entry = item.found.entry
    try:
        with container.open(entry.name) as stream:
            head = stream.read(HEAD_BYTES)
        kind = media_type(head)
        if kind is None:
            return _no_photo(entry.name, entry.size), None
        if kind.startswith("video/"):
            return _see_film(item, kind, films), None
        if is_film(item.found.name):
            return Unplaced(entry.name, "the file is a picture, not a film", is_failure=True), None
        check_size(entry.size)
        return kind, None if item.taken_at else _time_in(container, entry.name)
    except (ContainerError, UnusableImageError) as error:
        return Unplaced(entry.name, str(error), is_failure=True), None


def _see_film(item: Item, kind: str, films: FilmsTaken) -> str | Unplaced:
    name = item.found.entry.name
    size = item.found.entry.size
    if reason := films.why_not(size):
        return Unplaced(name, reason, is_failure=films.is_too_large(size))
    if not is_film(item.found.name):
        reason = "the file is a film: give it a name that ends in .mp4, .mov or .webm"
        return Unplaced(name, reason, is_failure=True)
    return kind


def _no_photo(name: str, size: int) -> Unplaced:
    if not size:
        return Unplaced(name, "the file is empty", is_failure=True)
    if is_film(name):
        return Unplaced(name, _NO_FILM, is_failure=True)
    if may_be_film(name):
        return Unplaced(name, _OTHER_FILM)
    return Unplaced(name, "the file is not an image that kinpics can read, whatever its name says", is_failure=True)


def _time_in(container: Container, name: str) -> str | None:
    """When a photo was taken, by its file; damaged ones are refused when they are processed."""
    try:
        with container.open(name) as stream, Image.open(stream, formats=FORMATS) as image:
            return taken_at(image.getexif())
    except ContainerError:
        return None
    except Exception:  # a damaged file makes decoders raise nearly anything
        return None


def _digest(item: Item, container: Container) -> str | Unplaced:
    entry = item.found.entry
    try:
        with container.open(entry.name) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type] # it only reads
    except ContainerError as error:
        return Unplaced(entry.name, str(error), is_failure=True)
