"""Motion photos: a photo with a few seconds of film behind it, as phones write them.

Google's have it behind a JPEG, or in a box of a HEIC; Samsung's with a trailer behind it. All have in common that an
MP4 begins there, whatever metadata says of its length.
https://developer.android.com/media/platform/motion-photo-format
"""

import re

# A box `ftyp` of a film: its length, its name, its brand. A HEIC begins with one too, of another brand.
_BEGINNING = re.compile(rb"\0\0\0[\x10-\x80]ftyp(?:mp4[12]|isom|iso[2-6]|avc1|M4V |MSNV|qt  )")


def film_start(data: bytes) -> int | None:
    """Where the film begins that a photo has behind it; None for most photos."""
    found = _BEGINNING.search(data, 16)
    return found.start() if found else None
