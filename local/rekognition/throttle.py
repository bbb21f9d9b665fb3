"""A limit of calls per second, such as AWS sets for each operation of an account."""

import time
from collections.abc import Callable


class Throttle:
    """A token bucket: ``per_second`` calls per second on average, and at most one second's calls at once."""

    def __init__(self, per_second: float, clock: Callable[[], float] = time.monotonic):
        self._per_second = per_second
        self._clock = clock
        self._tokens = self._most = max(1.0, per_second)
        self._filled = clock()

    def take(self) -> bool:
        """Whether a call may be answered now."""
        now = self._clock()
        self._tokens = min(self._most, self._tokens + (now - self._filled) * self._per_second)
        self._filled = now
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True
