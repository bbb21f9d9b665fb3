"""Faces that another program named: regions in XMP.

Two forms are read, and programs such as digiKam write both:

- The Metadata Working Group's (``mwg-rs:Regions``; Lightroom, digiKam, Picasa 3, osxphotos): an area by its middle.
- Microsoft's (``MP:RegionInfo``; Windows Live Photo Gallery, digiKam): a rectangle by its left and top edges.

Both are in fractions of the picture as it is stored, so a photo that is shown turned has its regions turned with it.
``mwg-rs:AppliedToDimensions`` says how large the picture was when they were drawn: if it has another shape today, it
was cut since, and they mean something else. Some programs measure in the upright picture; its dimensions tell.

https://web.archive.org/web/20180919181934/http://www.metadataworkinggroup.org/pdf/mwg_guidance.pdf,
https://learn.microsoft.com/en-us/windows/win32/wic/-wic-people-tagging, https://exiftool.org/TagNames/MWG.html
"""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple
from xml.etree import ElementTree

from functions.crops import Area
from functions.photo_texts import clean_title
from functions.xmp import items, structures, text

MWG_RS = "{http://www.metadataworkinggroup.com/schemas/regions/}"
ST_AREA = "{http://ns.adobe.com/xmp/sType/Area#}"
ST_DIM = "{http://ns.adobe.com/xap/1.0/sType/Dimensions#}"
MP = "{http://ns.microsoft.com/photo/1.2/}"
_MPRI = "{http://ns.microsoft.com/photo/1.2/t/RegionInfo#}"
_MPREG = "{http://ns.microsoft.com/photo/1.2/t/Region#}"
FACE, NORMALIZED, PIXEL = "Face", "normalized", "pixel"

# A photo has at most so many: as many faces as IndexFaces finds, and a row of 400 kB has room for them.
MAX_REGIONS = 100
# By how much a ratio of sides may differ before the picture has another shape: programs round.
_SHAPE_TOLERANCE = 0.02
# Two forms of one region differ by rounding alone.
_SAME_PLACE = 0.01
# As rows and the journal hold them.
_DECIMALS = 5

# What each EXIF orientation does to a point of the stored picture, in fractions: where it is in the upright one.
_TURNS: dict[int, Callable[[float, float], tuple[float, float]]] = {
    1: lambda x, y: (x, y),
    2: lambda x, y: (1 - x, y),
    3: lambda x, y: (1 - x, 1 - y),
    4: lambda x, y: (x, 1 - y),
    5: lambda x, y: (y, x),
    6: lambda x, y: (1 - y, x),
    7: lambda x, y: (1 - y, 1 - x),
    8: lambda x, y: (y, 1 - x),
}
# Orientations that exchange width and height.
SIDEWAYS = frozenset({5, 6, 7, 8})
_BACK = {6: 8, 8: 6}


class NamedArea(NamedTuple):
    """A region: a name, and an area of the upright photo."""

    name: str
    area: Area


class Stored(NamedTuple):
    """A picture as its file stores it: width and height in pixels, and the EXIF orientation that it is shown by."""

    width: int
    height: int
    orientation: int = 1


def read_regions(root: ElementTree.Element, stored: Stored) -> list[NamedArea]:
    """The named faces of a packet, each once, as they lie in the upright photo; at most `MAX_REGIONS`."""
    found: list[NamedArea] = []
    for region in (*_mwg(root, stored), *_microsoft(root, stored)):
        if len(found) < MAX_REGIONS and not any(_is_same(region, known) for known in found):
            found.append(region)
    return found


def upright(area: Area, orientation: int) -> Area:
    """Where an area of the stored picture is in the upright one. An unknown orientation turns nothing."""
    turn = _TURNS.get(orientation, _TURNS[1])
    (x1, y1), (x2, y2) = turn(area.left, area.top), turn(area.left + area.width, area.top + area.height)
    return Area(min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1))


def as_stored(area: Area, orientation: int) -> Area:
    """Where an area of the upright picture is in the stored one."""
    return upright(area, _BACK.get(orientation, orientation))


def over_faces(regions: Iterable[NamedArea], faces: Iterable[Area]) -> list[NamedArea]:
    """The regions that have the middle of one of these faces in them."""
    middles = [(face.left + face.width / 2, face.top + face.height / 2) for face in faces]
    return [region for region in regions if any(_has(region.area, x, y) for x, y in middles)]


def _mwg(root: ElementTree.Element, stored: Stored) -> Iterator[NamedArea]:
    for regions in root.iter(f"{MWG_RS}Regions"):
        drawn_on = next((_size(found) for found in structures(regions, f"{MWG_RS}AppliedToDimensions")), None)
        orientation = _orientation(drawn_on, stored)
        if orientation is None:
            continue
        for region in items(regions, f"{MWG_RS}RegionList"):
            if text(region, f"{MWG_RS}Type").strip() not in (FACE, ""):
                continue
            for area in structures(region, f"{MWG_RS}Area"):
                numbers = [_number(text(area, f"{ST_AREA}{side}")) for side in "xywh"]
                unit = text(area, f"{ST_AREA}unit").strip()
                if unit == PIXEL and drawn_on:
                    numbers = [number / side for number, side in zip(numbers, drawn_on * 2, strict=True)]
                elif unit not in (NORMALIZED, ""):
                    continue
                x, y, width, height = numbers
                box = Area(x - width / 2, y - height / 2, width, height)
                yield from _named(text(region, f"{MWG_RS}Name"), box, orientation)


def _microsoft(root: ElementTree.Element, stored: Stored) -> Iterator[NamedArea]:
    for info in root.iter(f"{MP}RegionInfo"):
        for region in items(info, f"{_MPRI}Regions"):
            numbers = [_number(number) for number in text(region, f"{_MPREG}Rectangle").split(",")[:5]]
            if len(numbers) == 4:
                yield from _named(text(region, f"{_MPREG}PersonDisplayName"), Area(*numbers), stored.orientation)


def _named(name: str, area: Area, orientation: int) -> Iterator[NamedArea]:
    """The region, cut off at the edges of the photo; none if it has no name, no size, or its middle outside of it."""
    cleaned = clean_title(name)
    x, y = area.left + area.width / 2, area.top + area.height / 2
    if not cleaned or not (area.width > 0 and area.height > 0 and 0 <= x <= 1 and 0 <= y <= 1):
        return
    left, top, width, height = upright(area, orientation)
    right, bottom = min(left + width, 1.0), min(top + height, 1.0)
    left, top = max(left, 0.0), max(top, 0.0)
    kept = Area(*(round(number, _DECIMALS) for number in (left, top, right - left, bottom - top)))
    if kept.width and kept.height:
        yield NamedArea(cleaned, kept)


def _orientation(drawn_on: tuple[float, float] | None, stored: Stored) -> int | None:
    """By which orientation regions have to be turned that were drawn on a picture of this size; None if on another."""
    if drawn_on is None or _is_shape(drawn_on, stored.width, stored.height):
        return stored.orientation
    if stored.orientation in SIDEWAYS and _is_shape(drawn_on, stored.height, stored.width):
        return 1
    return None


def _is_shape(size: tuple[float, float], width: int, height: int) -> bool:
    return math.isclose(size[0] * height, size[1] * width, rel_tol=_SHAPE_TOLERANCE)


def _size(dimensions: ElementTree.Element) -> tuple[float, float] | None:
    width, height = (_number(text(dimensions, f"{ST_DIM}{side}")) for side in "wh")
    return (width, height) if width > 0 and height > 0 else None


def _is_same(one: NamedArea, other: NamedArea) -> bool:
    return one.name == other.name and all(abs(a - b) < _SAME_PLACE for a, b in zip(one.area, other.area, strict=True))


def _has(area: Area, x: float, y: float) -> bool:
    return area.left <= x <= area.left + area.width and area.top <= y <= area.top + area.height


def _number(value: Any) -> float:
    """A number, or NaN for what is none: no area of it is inside a picture."""
    try:
        return float(value)
    except ValueError:
        return math.nan
