"""The same photo twice: byte for byte, or as a copy that was made smaller, recompressed or edited.

Of the same bytes there is one original, with what all of them know. A copy has other bytes: it was taken in the same
second (give or take time zones, which not every source has) and looks the same, by the differences of brightness
between neighbouring points (a "difference hash"). Burst shots look alike too, so two files of one folder are copies
only if one's name is the other's and a word, as `IMG_1-edited.jpg` is. The larger stays; the other is left out and
listed, never dropped without a word.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple, TypeVar

from PIL import Image, ImageOps, ImageStat

from functions.process.images import FORMATS
from scripts.imports.containers import Container
from scripts.imports.found import Found, Unplaced, folder_of, stem_of
from scripts.imports.found_table import SAME, FoundTable, Item
from scripts.imports.seeing import hash_items

_SIDE = 16
# Of 256 bits. Recompressed and edited copies differ in up to about 10, other photos of one moment in 40 and more.
_MAX_BITS = 12
_SAME_SHAPE = 0.02
# Of 256 steps of brightness.
_MIN_CONTRAST = 4
# As far as time zones lie apart, in quarters of an hour.
_DAY = 26 * 3600
# Scans may all have one time: each is compared with so many.
_MAX_COMPANY = 30
# What programs put behind the name of a photo for a copy of it; behind burst shots there are numbers.
_WORD = re.compile(r"[-_ ~]\(?[^\W\d_]*\)?(?:\(\d+\))?")
_Value = TypeVar("_Value")


@dataclass(frozen=True)
class Look:
    """What a photo looks like: its size in pixels, upright, and its hash."""

    width: int
    height: int
    bits: int


def join_same(table: FoundTable, containers: Sequence[Container], step: Callable[[], None]) -> None:
    """Make one original of files with the same bytes, which belongs to all their albums."""
    hash_items(table, containers, _candidates(table), step)
    groups = table.query(
        "SELECT sha256 FROM found WHERE state = 'new' AND sha256 IS NOT NULL GROUP BY sha256 HAVING COUNT(*) > 1"
    )
    for (digest,) in groups:
        items = sorted(table.items("state = 'new' AND sha256 = ?", (digest,)), key=lambda item: not item.found.albums)
        kept, *others = items
        table.give_found(
            kept.id, joined([item.found for item in items], [item.source == kept.source for item in items])
        )
        for other in others:
            table.change(other.id, state=SAME)


def count_candidates(table: FoundTable) -> int:
    """How many files `join_same` has to read, about."""
    return table.count(
        "state = 'new' AND (size IN (SELECT size FROM stored) OR "
        "size IN (SELECT size FROM found GROUP BY size HAVING COUNT(*) > 1))"
    )


def joined(founds: Sequence[Found], is_beside: Sequence[bool]) -> Found:
    """The first of these, with what all of them say; sidecars only of those in the same container."""
    first = founds[0]
    return replace(
        first,
        albums=_union(found.albums for found in founds),
        taken_at=_first(found.taken_at for found in founds) or None,
        title=_first(found.title for found in founds),
        caption=_first(found.caption for found in founds),
        year=_first(found.year for found in founds),
        keywords=_union(found.keywords for found in founds),
        people=_union(found.people for found in founds),
        xmp=_union(found.xmp for found, beside in zip(founds, is_beside, strict=True) if beside),
        is_favourite=any(found.is_favourite for found in founds),
        rating=max(found.rating for found in founds),
    )


def leave_out_copies(table: FoundTable, containers: Sequence[Container]) -> int:
    """Leave out copies of larger photos; returns how many."""
    looks: dict[int, Look | None] = {}

    def look_of(item: Item) -> Look | None:
        if item.id not in looks:
            looks[item.id] = _look(containers[item.source], item.found.entry.name)
        return looks[item.id]

    gone: set[int] = set()
    for one_id, other_id in _same_moment(table):
        if one_id in gone or other_id in gone:
            continue
        one, other = table.item(one_id), table.item(other_id)
        first, second = look_of(one), look_of(other)
        if first is None or second is None or not is_same_look(first, second):
            continue
        kept, left = sorted((one, other), key=lambda item: _greatness(item, looks[item.id]), reverse=True)
        gone.add(left.id)
        pair = [kept.found, left.found]
        table.give_found(kept.id, joined(pair, [True, kept.source == left.source]))
        reason = f"a copy of {kept.found.entry.name}, which is larger or edited and goes in: --copies takes both"
        table.leave_out(Unplaced(left.found.entry.name, reason), left.id)
    return len(gone)


class _Taken(NamedTuple):
    """When a photo was taken, in seconds, whether that has a zone, and where the photo is."""

    epoch: int
    zoned: int
    id: int
    place: tuple[int, str]
    stem: str


def _may_be_copies(one: _Taken, other: _Taken) -> bool:
    """Whether two photos can be copies, by their times, where they are and what they are called."""
    if one.epoch != other.epoch and one.zoned and other.zoned:
        return False
    shorter, longer = sorted((one.stem, other.stem), key=len)
    return one.place != other.place or (longer.startswith(shorter) and bool(_WORD.fullmatch(longer[len(shorter) :])))


def is_same_look(one: Look, other: Look) -> bool:
    """Whether two photos show the same."""
    shape = one.width * other.height / (one.height * other.width)
    return abs(shape - 1) <= _SAME_SHAPE and (one.bits ^ other.bits).bit_count() <= _MAX_BITS


def difference_hash(image: Image.Image) -> int:
    """For each point of a small grey picture, whether it is brighter than its right neighbour."""
    small = image.convert("L").resize((_SIDE + 1, _SIDE), Image.Resampling.LANCZOS)
    points = small.tobytes()
    bits = 0
    for row in range(0, len(points), _SIDE + 1):
        for column in range(row, row + _SIDE):
            bits = bits << 1 | (points[column] > points[column + 1])
    return bits


def _candidates(table: FoundTable) -> Iterator[Item]:
    """Files that may have the same bytes as another, here or on the site, by their sizes and checksums."""
    yield from table.items("state = 'new' AND size IN (SELECT size FROM stored)")
    sizes = table.query(
        "SELECT size, crc, id FROM found WHERE state = 'new' AND sha256 IS NULL AND size IN "
        "(SELECT size FROM found WHERE state = 'new' GROUP BY size HAVING COUNT(*) > 1) ORDER BY size, crc"
    )
    for _, group in groupby(sizes, key=itemgetter(0)):
        members = list(group)
        checksums = [crc for _, crc, _ in members]
        for _, crc, number in members:
            if crc is None or None in checksums or checksums.count(crc) > 1:
                yield table.item(number)


def _same_moment(table: FoundTable) -> Iterator[tuple[int, int]]:
    """Pairs of photos that may have been taken in the same second."""
    rows = table.query(
        "SELECT epoch % 900, epoch, zoned, id, source, entry FROM found WHERE state = 'new' AND epoch IS NOT NULL "
        "AND kind LIKE 'image/%' ORDER BY epoch % 900, epoch, id"
    )
    for _, group in groupby(rows, key=itemgetter(0)):
        window: list[_Taken] = []
        for _, epoch, zoned, number, source, entry in group:
            one = _Taken(epoch, zoned, number, (source, folder_of(entry)), stem_of(entry).casefold())
            window = [other for other in window[-_MAX_COMPANY:] if epoch - other.epoch <= _DAY]
            yield from ((other.id, number) for other in window if _may_be_copies(one, other))
            window.append(one)


def _look(container: Container, name: str) -> Look | None:
    """What a photo looks like; None if that tells nothing, or if it can't be decoded, which is told later."""
    try:
        with container.open(name) as stream, Image.open(stream, formats=FORMATS) as image:
            width, height = image.size
            image.draft("L", (4 * _SIDE, 4 * _SIDE))
            small = image.size
            shown = ImageOps.exif_transpose(image)
            if shown.size != small:
                width, height = height, width
            # One colour all over looks like any other colour.
            if ImageStat.Stat(shown.convert("L")).stddev[0] < _MIN_CONTRAST:
                return None
            return Look(width, height, difference_hash(shown))
    except Exception:  # a damaged file makes decoders raise nearly anything
        return None


def _greatness(item: Item, look: Look | None) -> tuple[int, bool, int]:
    """By pixels; of as many, an edited copy, which is what its owner looks at; then by bytes."""
    name = stem_of(item.found.entry.name)
    tail = unicodedata.normalize("NFC", name).rpartition("-")
    is_edited = bool(tail[1]) and tail[2].isalpha()
    return (look.width * look.height if look else 0, is_edited, item.found.entry.size)


def _union(several: Iterable[Iterable[_Value]]) -> tuple[_Value, ...]:
    return tuple(dict.fromkeys(value for values in several for value in values))


def _first(texts: Iterable[str | None]) -> str:
    return next((text for text in texts if text), "")
