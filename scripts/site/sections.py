"""Photos of a set or a person as their page shows them: in sections with a heading each, and in rows."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from functions.photo_rows import Photo
from scripts.site.days import UNDATED, Group, group_by_day, group_by_year
from scripts.site.rows import RowEnd, row_ends, whole_rows

# Tiles in a set's page: more than any first screen shows. The browser loads the first two at once, and others once it
# knows whether they are in view: on a slow connection, each would make the first wait.
_FIRST_TILES = 32
# Tiles in a page of all photos, which has no script to fetch them bit by bit: about 400 kB.
PAGE_TILES = 500
_EAGER_TILES = 2
# A phone's first screen shows fewer; the style sheet stops it from fetching the rest.
_FIRST_ON_PHONE = 16
_PHONE = 0
# A photo this wide, or one of so few, may be shown much larger than its thumbnail.
_WIDE, _FEW = 2.2, 4


@dataclass(frozen=True)
class Tile:
    """A photo in its place: ``index`` is its place in the set; ``end`` says what follows if it ends a row."""

    photo: Photo
    index: int
    end: RowEnd | None
    is_eager: bool
    # Whether a phone fetches it only once the script has loaded.
    is_late: bool
    # Whether its thumbnail may be too small.
    is_large: bool


@dataclass(frozen=True)
class Section:
    """Photos under a heading: ``day`` is any day of the month if ``is_month``, None without a date or of a year."""

    key: str
    count: int
    tiles: list[Tile]
    day: datetime.date | None
    is_month: bool

    @property
    def is_undated(self) -> bool:
        return self.key == UNDATED

    @property
    def is_year(self) -> bool:
        return _is_year(self.key)


def first_sections(photos: Sequence[Photo], scale: float) -> list[Section]:
    """The sections of a set's first photos; each photo has a size. ``scale`` is how high rows should be."""
    return list(_sections(photos, group_by_day(photos), _FIRST_TILES, scale))


def first_years(photos: Sequence[Photo], scale: float) -> list[Section]:
    """The same of a person's photos, by year."""
    ordered, groups = group_by_year(photos)
    return list(_sections(ordered, groups, _FIRST_TILES, scale))


def headings(photos: Sequence[Photo]) -> list[Section]:
    """The sections of all its photos, without tiles."""
    return [Section(group.key, len(group), [], *_day(group.key)) for group in group_by_day(photos)]


def section_pages(photos: Sequence[Photo], scale: float) -> list[list[Section]]:
    """The sections of all its photos, on pages of `PAGE_TILES`; one that goes on has its heading on each."""
    groups = group_by_day(photos)
    pages = []
    for start in range(0, max(1, len(photos)), PAGE_TILES):
        parts = [
            replace(group, start=max(group.start, start), end=min(group.end, start + PAGE_TILES)) for group in groups
        ]
        pages.append(
            [
                replace(_section(photos, part, part.end, scale, start, alone=len(groups) == 1), count=len(group))
                for group, part in zip(groups, parts, strict=True)
                if len(part) > 0
            ]
        )
    return pages


def _sections(photos: Sequence[Photo], groups: Sequence[Group], limit: int, scale: float) -> Iterator[Section]:
    for group in groups:
        if group.start >= limit:
            return
        yield _section(photos, group, min(group.end, limit), scale, 0, alone=len(groups) == 1)


def _section(photos: Sequence[Photo], group: Group, end: int, scale: float, page_start: int, *, alone: bool) -> Section:
    """A group's section with its tiles to before ``end``, on a page whose first tile is ``page_start``."""
    own = photos[group.start : group.end]
    aspects = [photo.width / photo.height for photo in own if photo.width and photo.height]
    ends = row_ends(aspects, end - group.start, scale, alone=alone)
    place = group.start - page_start
    at_once = whole_rows(aspects, max(1, _FIRST_ON_PHONE - place), _PHONE, scale)
    tiles = [
        Tile(
            photo,
            group.start + index,
            ends.get(index),
            is_eager=place + index < _EAGER_TILES,
            is_late=index >= at_once or place >= _FIRST_ON_PHONE,
            is_large=len(own) <= _FEW or aspects[index] > _WIDE,
        )
        for index, photo in enumerate(photos[group.start : end])
    ]
    return Section(group.key, len(own), tiles, *_day(group.key))


def _day(key: str) -> tuple[datetime.date | None, bool]:
    if key in ("", UNDATED) or _is_year(key):
        return None, False
    is_month = key.count("-") == 1
    return datetime.date.fromisoformat(f"{key}-01" if is_month else key), is_month


def _is_year(key: str) -> bool:
    return len(key) == len("2026")
