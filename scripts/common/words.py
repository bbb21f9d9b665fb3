"""Numbers and errors in sentences."""

import math


def count(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun: `1 photo`, `2 photos`; the ``plural`` if it isn't made with an s."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def size_in_words(number: int) -> str:
    """A number of bytes: `12 kB`, `1.6 MB`, `2.0 GB`."""
    for unit, name in ((1e9, "GB"), (1e6, "MB")):
        if round(number / unit, 1) >= 1:
            return f"{number / unit:,.1f} {name}"
    return f"{math.ceil(number / 1e3)} kB"


def cause(error: Exception) -> str:
    """What went wrong, as the system says it, without error number and path."""
    text = error.strerror if isinstance(error, OSError) else None
    return text[0].lower() + text[1:] if text else str(error)
