"""Numbers and errors in sentences."""


def count(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun: `1 photo`, `2 photos`; the ``plural`` if it isn't made with an s."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def cause(error: Exception) -> str:
    """What went wrong, as the system says it, without error number and path."""
    text = error.strerror if isinstance(error, OSError) else None
    return text[0].lower() + text[1:] if text else str(error)
