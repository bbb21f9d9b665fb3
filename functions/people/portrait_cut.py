"""Cutting a portrait: a small square picture of a face, from the large rendition of its photo or a film's strip."""

import io

from PIL import Image

from functions.people.boxes import Box

PORTRAIT_TYPE = "image/webp"
# In pixels. Pages show portraits at 132 or less, one at 176, and have up to a thousand in memory at once.
SIDE = 192
# Room around a face, as in scripts/site/heads.py.
_ROOM = 1.4


class UnusableRenditionError(Exception):
    """The file isn't a picture, or is damaged."""


def cut_portrait(large: bytes, box: Box) -> bytes:
    """A WebP without metadata, of `SIDE` pixels; a small face is enlarged, as a browser would have to.

    Raises ``UnusableRenditionError``.
    """
    try:
        with Image.open(io.BytesIO(large)) as picture:
            area = _square(box, *picture.size)
            portrait = picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.LANCZOS, area)
    except (OSError, SyntaxError, ValueError) as error:
        raise UnusableRenditionError(str(error)) from error
    out = io.BytesIO()
    portrait.save(out, "WEBP", quality=70, method=4, exif=b"", icc_profile=b"")
    return out.getvalue()


def cut_from_strip(strip: bytes, place: int) -> bytes:
    """One portrait of a strip, as large as the others. Raises ``UnusableRenditionError``."""
    try:
        with Image.open(io.BytesIO(strip)) as picture:
            count = max(1, picture.width // SIDE)
    except (OSError, SyntaxError, ValueError) as error:
        raise UnusableRenditionError(str(error)) from error
    # The whole square: as a face it would get room around it.
    return cut_portrait(strip, Box(place / count, 0.0, 1 / count, 1.0))


def _square(box: Box, width: int, height: int) -> tuple[float, float, float, float]:
    """Left, top, right and bottom, in pixels, within a picture of this size."""
    side = max(1.0, min(max(box.width * width, box.height * height) * _ROOM, width, height))
    left = _within(box.left * width + (box.width * width - side) / 2, width - side)
    top = _within(box.top * height + (box.height * height - side) / 2, height - side)
    # Rounding never goes past an edge.
    return left, top, min(left + side, width), min(top + side, height)


def _within(start: float, last: float) -> float:
    return min(max(0.0, start), max(0.0, last))
