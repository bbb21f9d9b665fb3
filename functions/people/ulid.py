"""ULIDs: ids of 26 characters that sort by the time they were made. https://github.com/ulid/spec

Written here because an id has to sort after those that its author has seen, whatever the clocks of two owners say; the
packages there are know only their own process.
"""

import hashlib
import re
import secrets
import time

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)}
_LENGTH = 26
_RANDOM_BITS = 80
_NO_TIME = "0" * 10
# The last millisecond of the year 9999.
_LAST_TIME = "76EZ91ZPZZ"
# Two ids made after the same one must differ: two owners may decide at once.
_STEP_BITS = 40
# 26 digits hold 130 bits, an id has 128.
_ULID = re.compile(rf"[0-7][{_DIGITS}]{{{_LENGTH - 1}}}")


def is_ulid(text: str) -> bool:
    """Whether a text has the form of a ULID: capital letters only, so that ids sort as text."""
    return bool(_ULID.fullmatch(text))


def new_ulid(after: str = "", now: float | None = None) -> str:
    """A new id that sorts after the id ``after``. ``now`` is in seconds since 1970, by default the clock's."""
    milliseconds = int((time.time() if now is None else now) * 1000)
    fresh = (milliseconds << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
    if after and fresh <= _number(after):
        fresh = _number(after) + 1 + secrets.randbits(_STEP_BITS)
    return _text(fresh)


def ulid_of(content: str) -> str:
    """The id of a text, always the same: it sorts before those that were made at a time."""
    digest = hashlib.sha256(content.encode("utf-8", "surrogatepass")).digest()
    return _text(int.from_bytes(digest[: _RANDOM_BITS // 8]))


def is_beyond_time(ulid: str) -> bool:
    """Whether an id says that it was made after the year 9999."""
    return ulid[: len(_NO_TIME)] > _LAST_TIME


def is_made_from_content(ulid: str) -> bool:
    """Whether an id was made by `ulid_of`: anybody who knows the content can make it again."""
    return ulid.startswith(_NO_TIME)


def _number(ulid: str) -> int:
    number = 0
    for digit in ulid:
        number = number * len(_DIGITS) + _VALUES[digit]
    return number


def _text(number: int) -> str:
    return "".join(_DIGITS[(number >> 5 * place) & 31] for place in reversed(range(_LENGTH)))
