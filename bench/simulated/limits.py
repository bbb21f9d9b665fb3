"""Rates: how many units a second pass."""

from collections.abc import Callable


class Rate:
    """Lets so many units a second pass, and after a pause as many as ``seconds`` bring."""

    def __init__(self, clock: Callable[[], float], units: float, seconds: float = 1.0):
        self.units = units
        self._clock = clock
        self._most = units * seconds
        self._left = self._most
        self._then = clock()

    def has_room(self) -> bool:
        """Whether a call passes now. What it takes may go below nothing, and is then made up for, as in DynamoDB."""
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._then) * self.units)
        self._then = now
        return self._left > 0

    def take(self, units: float) -> None:
        """Count what has passed."""
        self._left -= units

    def passes(self) -> bool:
        """Let one whole call pass, or refuse it."""
        self.has_room()
        if self._left < 1:
            return False
        self._left -= 1
        return True
