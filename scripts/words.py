"""Numbers in sentences."""


def count(number: int, noun: str) -> str:
    """A number with its noun: `1 photo`, `2 photos`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
