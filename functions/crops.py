"""Which part of a photo to show in a space of another shape: the part with the faces.

A crop is as large as the photo allows, so it moves in one direction only: sideways in a photo that is wider than the
space, up and down in one that is taller. It is centred on the faces and the space around them. If they don't all fit,
the largest come first. Without faces, it is the middle, or a little above it, where photographers put what matters.

Areas are in fractions of the photo, as Rekognition gives them; ratios are width / height.
"""

from collections.abc import Iterable
from typing import NamedTuple

# Rekognition's box ends at brow and chin: space for hair, ears and neck, in heights and widths of the box.
_ABOVE, _BELOW, _BESIDE = 0.5, 0.4, 0.3
# Where in a crop that moves up and down the middle of the faces goes; and the middle of the photo, if there are none.
_FACES_AT, _MIDDLE_AT = 0.45, 0.4


class Area(NamedTuple):
    """A part of a photo, in fractions of its width and height."""

    left: float
    top: float
    width: float
    height: float

    def in_pixels(self, width: int, height: int) -> tuple[float, float, float, float]:
        """Left, top, right and bottom in a photo of this size, as in Pillow; rounding never goes past an edge."""
        left, top = self.left * width, self.top * height
        return left, top, min(left + self.width * width, width), min(top + self.height * height, height)


class Focus(NamedTuple):
    """CSS's ``object-position`` for ``object-fit: cover``, in percent."""

    x: float
    y: float


def crop(faces: Iterable[Area], width: int, height: int, ratio: float) -> Area:
    """The part of a photo of ``width`` x ``height`` pixels to show in a space of ``ratio``."""
    own = width / height
    if own > ratio:
        length = ratio / own
        return Area(_start(_spans_across(faces), length, 0.5, 0.5), 0.0, length, 1.0)
    length = own / ratio
    return Area(0.0, _start(_spans_down(faces), length, _FACES_AT, _MIDDLE_AT), 1.0, length)


def focus(faces: Iterable[Area], width: int, height: int, ratio: float) -> Focus:
    """The same part as `crop`'s, for a browser to show: 50 % along the side where nothing is cut off."""
    part = crop(faces, width, height, ratio)
    return Focus(_percent(part.left, part.width), _percent(part.top, part.height))


def _percent(start: float, length: float) -> float:
    """https://www.w3.org/TR/css-backgrounds-3/#background-position: the same percentage of photo and room coincide."""
    return round(100 * start / (1 - length), 1) if length < 1 else 50.0


# Where a face with its space begins and ends along the side that a crop moves on; larger faces first.
_Spans = list[tuple[float, float]]


def _spans_across(faces: Iterable[Area]) -> _Spans:
    return [
        _inside(face.left - _BESIDE * face.width, face.left + (1 + _BESIDE) * face.width) for face in _by_size(faces)
    ]


def _spans_down(faces: Iterable[Area]) -> _Spans:
    return [_inside(face.top - _ABOVE * face.height, face.top + (1 + _BELOW) * face.height) for face in _by_size(faces)]


def _by_size(faces: Iterable[Area]) -> list[Area]:
    return sorted(faces, key=lambda face: -face.width * face.height)


def _inside(first: float, last: float) -> tuple[float, float]:
    return min(max(first, 0.0), 1.0), min(max(last, 0.0), 1.0)


def _start(spans: _Spans, length: float, faces_at: float, middle_at: float) -> float:
    """Where a crop of ``length`` begins: with the spans in it, their middle at ``faces_at`` of it if possible."""
    if not spans:
        return (1 - length) * middle_at
    first, last = spans[0]
    for begin, end in spans[1:]:
        if max(last, end) - min(first, begin) <= length:
            first, last = min(first, begin), max(last, end)
    middle = (first + last) / 2
    if last - first <= length:
        start = min(max(middle - length * faces_at, last - length), first)
    else:  # it loses the same at both ends
        start = middle - length / 2
    return min(max(start, 0.0), 1 - length)
