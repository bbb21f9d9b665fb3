"""Numbers and errors in sentences."""


def count(number: int, noun: str) -> str:
    """A number with its noun: `1 photo`, `2 photos`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def cause(error: Exception) -> str:
    """What went wrong, as the system says it, without error number and path."""
    text = error.strerror if isinstance(error, OSError) else None
    return text[0].lower() + text[1:] if text else str(error)
