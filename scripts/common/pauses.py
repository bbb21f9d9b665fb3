"""How long to pause between two looks at something that others do."""

from collections.abc import Iterator

_SHORTEST_SECONDS = 0.05


def growing_pauses(longest: float) -> Iterator[float]:
    """Seconds to sleep, without end: each twice the one before, up to ``longest``.

    What takes a moment is seen at once, and what takes minutes is not asked about too often.
    """
    pause = _SHORTEST_SECONDS
    while True:
        yield min(pause, longest)
        pause = min(2 * pause, longest)
