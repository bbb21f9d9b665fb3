"""The picture of a portrait that visitors see, always in a circle: a square round the face, as their own picture is
(`toPortrait` in site/js/picture/jpeg.js), so that both faces are as large beside each other.
"""

import io

from PIL import Image

from functions.crops import Area

PICTURE_TYPE = "image/webp"
# Pages show it at up to 300 CSS pixels, screens have two or three for each; smaller portraits are not enlarged.
MAX_SIDE = 640
# The square's side in sizes of the face: all of the head, and some air.
_FACES = 2


def portrait_picture(large: bytes, face: Area) -> bytes:
    """The square as far as the picture reaches, a WebP, from a portrait's large rendition and the face in it."""
    with Image.open(io.BytesIO(large)) as whole:
        side = min(*whole.size, _FACES * max(face.width * whole.width, face.height * whole.height))
        left = _start(face.left + face.width / 2, whole.width, side)
        top = _start(face.top + face.height / 2, whole.height, side)
        shown = min(MAX_SIDE, max(1, round(side)))
        box = (left, top, left + side, top + side)
        square = whole.resize((shown, shown), Image.Resampling.LANCZOS, box)
    out = io.BytesIO()
    square.convert("RGB").save(out, "WEBP", quality=80, exif=b"", icc_profile=b"")
    return out.getvalue()


def _start(middle: float, length: int, side: float) -> float:
    """Where a square of ``side`` pixels begins: round the middle, and nowhere beyond the picture's edges."""
    return min(max(0.0, middle * length - side / 2), length - side)
