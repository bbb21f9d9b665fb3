"""The card: the picture of a photo that other sites show with a link to it, in the size they ask for.

https://developers.facebook.com/docs/sharing/webmasters/images/
"""

import io
from collections.abc import Iterable

from PIL import Image

from functions.crops import Area, crop
from functions.thumbnail_sizes import CARD_HEIGHT, CARD_WIDTH

CARD_TYPE = "image/jpeg"
# Messengers skip a picture that takes long to load; some say 300 kB, some less.
MAX_CARD_BYTES = 150_000
_QUALITIES = (82, 72, 60, 45)


def make_card(large: bytes, faces: Iterable[Area]) -> bytes:
    """The card of a photo, a JPEG, from its large rendition and the faces in it; small photos are enlarged."""
    with Image.open(io.BytesIO(large)) as picture:
        part = crop(faces, *picture.size, CARD_WIDTH / CARD_HEIGHT).in_pixels(*picture.size)
        card = picture.resize((CARD_WIDTH, CARD_HEIGHT), Image.Resampling.LANCZOS, part)
    card.info.clear()  # otherwise a comment would be saved with it
    data = b""
    for quality in _QUALITIES:
        out = io.BytesIO()
        card.save(out, "JPEG", quality=quality, exif=b"", icc_profile=None)
        data = out.getvalue()
        if len(data) <= MAX_CARD_BYTES:
            break
    return data
