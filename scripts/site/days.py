"""Photos under headings: those of a set by day, or by month if there are too few photos a day; a person's by year.

site/js/grid/days.js and years.js make the same groups; tests/data/days.json and years.json check that they agree.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from functions.dates import date_in
from functions.photo_rows import Photo

# A heading is worth this many photos: more than half of the headings must have as many.
_MIN_PHOTOS = 4
# How many characters of an ISO 8601 date give its day, its month, and its year.
_DAY, _MONTH, _YEAR = 10, 7, 4
UNDATED = "undated"


@dataclass(frozen=True)
class Group:
    """Photos from ``start`` to before ``end``. ``key`` is a day, a month, a year, `UNDATED`, or empty: no heading."""

    key: str
    start: int
    end: int

    def __len__(self) -> int:
        return max(0, self.end - self.start)


def group_by_day(photos: Sequence[Photo]) -> list[Group]:
    """The groups of a set's photos, which come in the order of the grid: by time taken, then those without one."""
    dates = [date_in(photo.taken_at) for photo in photos]
    dated = [date for date in dates if date]
    for length in (_DAY, _MONTH):
        sizes = Counter(date[:length] for date in dated).values()
        if len(sizes) > 1 and 2 * sum(size >= _MIN_PHOTOS for size in sizes) > len(sizes):
            return _grouped([date[:length] or UNDATED for date in dates])
    return [Group("", 0, len(photos))]


def group_by_year(photos: Sequence[Photo]) -> tuple[list[Photo], list[Group]]:
    """A person's photos, the latest first, and their groups; photos of one year stay in their order."""
    keys = [date_in(photo.taken_at)[:_YEAR] or UNDATED for photo in photos]
    if len(set(keys) - {UNDATED}) < 2:
        return list(photos), [Group("", 0, len(photos))]
    # Those without a date come last; those of one moment stay in their order.
    ordered = sorted(photos, key=lambda photo: (bool(date_in(photo.taken_at)), photo.taken_at or ""), reverse=True)
    return ordered, _grouped([date_in(photo.taken_at)[:_YEAR] or UNDATED for photo in ordered])


def _grouped(keys: list[str]) -> list[Group]:
    groups = []
    start = 0
    for key, same in groupby(keys):
        end = start + len(list(same))
        groups.append(Group(key, start, end))
        start = end
    return groups
