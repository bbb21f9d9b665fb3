"""What iPhones note in a photo: an identifier that a Live Photo's film has too.

The note is a block of TIFF entries behind a name of 14 bytes; what doesn't fit into an entry lies behind them, counted
from the note's beginning.
https://exiftool.org/TagNames/Apple.html
"""

import struct

_NAME = b"Apple iOS\0"
_FIRST = 14
_ENTRY = 12
_CONTENT_ID, _TEXT = 0x0011, 2
_MAX_LENGTH = 100


def content_id(note: object) -> str | None:
    """Apple's content identifier in an EXIF block's maker note; None where there is none."""
    if not isinstance(note, bytes) or not note.startswith(_NAME):
        return None
    order = "<" if note[12:14] == b"II" else ">"
    try:
        (count,) = struct.unpack_from(f"{order}H", note, _FIRST)
        for at in range(_FIRST + 2, _FIRST + 2 + count * _ENTRY, _ENTRY):
            tag, kind, length, place = struct.unpack_from(f"{order}HHII", note, at)
            if (tag, kind) == (_CONTENT_ID, _TEXT) and 4 < length <= _MAX_LENGTH:
                return note[place : place + length].rstrip(b"\0").decode("ascii") or None
    except (struct.error, UnicodeDecodeError):
        pass
    return None
