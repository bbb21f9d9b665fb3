"""What the site shows: its sets and their photos, for pages, feeds and cards."""

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from functions.addresses import address
from functions.dates import date_in
from functions.keys import BadNameError, ImagePath, check_set_name
from functions.photo_reader import PhotoReader
from functions.photo_rows import Photo, PhotoSet, grid_key
from functions.photo_texts import shorten
from scripts.site.browser_config import UNKNOWN_HEIGHT, UNKNOWN_WIDTH
from scripts.site.translations import Translator

# A photo so much wider than it is high loses most of itself in a cover.
_PANORAMA = 2.2
_MAX_STACKED = 3
# site/js/people/files.js has the same.
TITLES = "people/albums.json"


@dataclass(frozen=True)
class Outline:
    """What is known of a set without reading its photos.

    How many it has, from which days, those that stand for it, and the names of the sets that the ``others`` are from.
    """

    count: int
    days: tuple[date, date] | None
    cover: Photo | None
    panoramas: list[Photo]
    others: list[str]


class UnreadPhotos(Sequence[Photo]):
    """A set's photos, ``count`` of them, read only once somebody looks at one."""

    def __init__(self, count: int, read: Callable[[], list[Photo]]):
        self._count = count
        self._read = read

    @cached_property
    def _photos(self) -> list[Photo]:
        return self._read()

    def __len__(self) -> int:
        return len(self._photos) if "_photos" in self.__dict__ else self._count

    def __getitem__(self, index: Any) -> Any:
        return self._photos[index]

    def __iter__(self) -> Iterator[Photo]:
        return iter(self._photos)


@dataclass(frozen=True)
class ShownSet:
    """A set with its photos in the order of its page; ``outline`` is what is known of it without reading these."""

    row: PhotoSet
    photos: Sequence[Photo]
    outline: Outline | None = None

    @property
    def name(self) -> str:
        return self.row.sortkey

    @property
    def own(self) -> list[Photo]:
        """Its photos without those of other sets that it shows too."""
        return [photo for photo in self.photos if photo.primarykey == self.name]

    @cached_property
    def others(self) -> list[str]:
        """The sets, by name, whose photos it shows too."""
        if self.outline:
            return self.outline.others
        return sorted({photo.primarykey for photo in self.photos} - {self.name})

    def file_of(self, photo: Photo) -> str:
        """What one of its photos is called in it: its file, or the path of another set's."""
        return photo.sortkey if photo.primarykey == self.name else str(path_of(photo))

    @property
    def title(self) -> str:
        return self.row.shown_title

    @property
    def path(self) -> str:
        """Its page on the site."""
        return f"/sets/{address(self.name)}/"

    def outlined(self) -> Outline:
        """What other pages show of it."""
        return Outline(len(self.photos), self.days, self.cover, self.panoramas, self.others)

    @property
    def tiles(self) -> list[Photo]:
        """Its photos, each with a size to lay out; rows written by other programs may lack one."""
        return [
            photo if photo.width and photo.height else replace(photo, width=UNKNOWN_WIDTH, height=UNKNOWN_HEIGHT)
            for photo in self.photos
        ]

    @cached_property
    def cover(self) -> Photo | None:
        """The photo shown for it: its row's, but no panorama, unless the owner chose it or there is nothing else."""
        if self.outline:
            return self.outline.cover
        shown = next((photo for photo in self.photos if self.file_of(photo) == self.row.pic), None)
        if shown is None or self.row.pic_chosen or not _is_panorama(shown):
            return shown
        others = [photo for photo in self.photos if not _is_panorama(photo)] or self.photos
        return max(others, key=lambda photo: bool(photo.face_count))

    @cached_property
    def panoramas(self) -> list[Photo]:
        """Photos to show one above the other in place of a cover that would be cut to a dull third; mostly none."""
        if self.outline:
            return self.outline.panoramas
        found = [photo for photo in self.photos if _is_panorama(photo)][:_MAX_STACKED]
        if self.row.pic_chosen or self.cover not in found or (self.cover and self.cover.face_count):
            return []
        return found if len(found) > 1 else []

    @cached_property
    def days(self) -> tuple[date, date] | None:
        """The first and the last day on which its photos were taken; None if no photo says."""
        if self.outline:
            return self.outline.days
        days = [day for photo in self.photos if (day := date_in(photo.taken_at))]
        return (date.fromisoformat(min(days)), date.fromisoformat(max(days))) if days else None


def list_shown_rows(photos: PhotoReader) -> list[PhotoSet]:
    """The rows of the sets that have photos, by name."""
    return [row for row in photos.list_sets() if _is_shown(row)]


def read_sets(photos: PhotoReader, rows: Iterable[PhotoSet], outlines: Mapping[str, Outline]) -> list[ShownSet]:
    """The sets of these rows, each with its photos; of those with an outline, by name, photos are read when needed."""
    return [_read_set(photos, row, outlines.get(row.sortkey)) for row in rows]


def _read_set(photos: PhotoReader, row: PhotoSet, outline: Outline | None) -> ShownSet:
    if outline is None:
        return ShownSet(row, _list_photos(photos, row))
    return ShownSet(row, UnreadPhotos(outline.count, lambda: _list_photos(photos, row)), outline)


def write_titles(folder: Path, sets: Iterable[ShownSet]) -> None:
    """Write the titles that sets were given, by name: people's pages show photos by album, and load this when asked."""
    file = folder / TITLES
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(titles_of(sets))


def titles_of(sets: Iterable[ShownSet]) -> bytes:
    """The content of that file."""
    titles = {shown.name: shown.row.title for shown in sets if shown.row.title}
    return json.dumps({"v": 1, "titles": titles}, ensure_ascii=False).encode()


def path_of(photo: Photo) -> ImagePath:
    """The photo's set and file."""
    return ImagePath(photo.primarykey, photo.sortkey)


def describe(shown: ShownSet, translator: Translator) -> str:
    """A set in one line: its owner's description, or else how many photos it has and when they were taken."""
    return shorten(shown.row.description) or extent(shown, translator)


def extent(shown: ShownSet, translator: Translator) -> str:
    """How many photos a set has, and when they were taken."""
    photos = translator.photos(len(shown.photos))
    if shown.row.dated:
        return f"{photos} · {translator.period(shown.row.dated)}"
    return f"{photos} · {translator.dates(*shown.days)}" if shown.days else photos


def _is_panorama(photo: Photo) -> bool:
    return (photo.width or 0) > _PANORAMA * (photo.height or 1)


def _is_shown(photo_set: PhotoSet) -> bool:
    """Whether a set has photos, and a name that can be a page's: another program may have written its row."""
    with contextlib.suppress(BadNameError):
        check_set_name(photo_set.sortkey)
        return photo_set.is_uncounted or (photo_set.pic_count or 0) > 0
    return False


def _list_photos(photos: PhotoReader, row: PhotoSet) -> list[Photo]:
    """A set's photos, as scripts show them: of a set that is counted, only those that the grid's index has.

    Other sets' photos that it shows too are given as these sets have them.
    """
    found = (replace(Photo.from_item(item), source={}) for item in photos.list_shown(row.sortkey))
    shown = [photo for photo in found if not photo.is_beside and (photo.grid_key or row.is_uncounted)]
    shown.sort(key=lambda photo: photo.grid_key or grid_key(photo.taken_at, photo.sortkey))
    elsewhere = [path_of(photo).original for photo in shown if photo.is_shown_from_elsewhere]
    originals = photos.get_photos(elsewhere) if elsewhere else {}
    whole = (originals.get(path.original) if (path := path_of(one)) != path.original else one for one in shown)
    return [replace(photo, source={}, data={}) for photo in whole if photo]
