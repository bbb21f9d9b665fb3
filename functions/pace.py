"""Limits how fast one environment of a function takes visitors' calls: even a short call costs something."""

import time
from collections.abc import Callable

# Lambda gives an environment no more synchronous calls a second than this, but any number of queued ones.
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
CALLS_A_SECOND = 10


class Pace:
    """Lets ten calls a second pass, or ten at once after a pause."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep):
        self._clock = clock
        self._sleep = sleep
        # When the calls that have passed would be through at that rate.
        self._through = clock()

    def wait(self) -> None:
        """Return when the next call may pass."""
        now = self._clock()
        early = self._through - now - (1 - 1 / CALLS_A_SECOND)
        if early > 0:
            self._sleep(early)
        self._through = max(self._through, now) + 1 / CALLS_A_SECOND
