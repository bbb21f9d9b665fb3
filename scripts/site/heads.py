"""Faces in circles: which picture to show, and where, so that the circle shows the face."""

from typing import NamedTuple

from functions.thumbnail_sizes import thumbnail_size
from scripts.site.people_shown import Portrait
from scripts.site.renditions import head_url, large_url, thumbnail_url

# Room around a face. site/js/people/heads.js cuts out the same; tests/data/heads.json checks that they agree.
_ROOM = 1.4
# A face may be enlarged this much: a thumbnail is a tenth as large a file.
_MAX_STRETCH = 2


class Head(NamedTuple):
    """A picture, and where it lies in the square that is shown of it, in percent of the square's side."""

    url: str
    left: float
    top: float
    width: float
    height: float


def head(portrait: Portrait, side: int) -> Head:
    """A face to be shown ``side`` pixels wide: its portrait, or a cut where there is none yet."""
    if portrait.name:
        return Head(head_url(portrait.name), 0.0, 0.0, 100.0, 100.0)
    box, width, height = portrait.box, portrait.width, portrait.height
    across = min(max(box.width * width, box.height * height) * _ROOM, max(width, height))
    scale = 100 / max(across, 1)
    left = _within((box.left + box.width / 2) * width * scale, width * scale)
    top = _within((box.top + box.height / 2) * height * scale, height * scale)
    url = thumbnail_url if box.width * thumbnail_size(width, height)[0] * _MAX_STRETCH >= side else large_url
    place = (round(number, 2) for number in (-left, -top, width * scale, height * scale))
    return Head(url(portrait.path.set_name, portrait.path.file), *place)


def _within(middle: float, whole: float) -> float:
    """Where the square begins: it shows nothing beyond the picture's edge."""
    return min(max(0.0, middle - 50), max(0.0, whole - 100))
