"""A clock of its own: code that sleeps, and calls that take their time, take none here.

Every worker is a greenlet. One that sleeps hands over to the world, which goes straight to whatever comes next. So
real, blocking code runs unchanged, and days pass in seconds.
"""

import contextlib
import heapq
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import greenlet

# Time always passes: less than this gets lost in a number of seconds since 1970, and a wait for it would never end.
_SHORTEST = 1e-6
# The first moment, in seconds since 1970: the beginning of a day in UTC.
START = datetime(2027, 1, 1, tzinfo=UTC).timestamp()


class KilledError(BaseException):
    """Ends a worker in the middle of what it does, as AWS ends a function: no handler of errors sees it."""


class Worker(greenlet.greenlet):
    """What runs in a world; killed when it goes on beyond its ``deadline``."""

    deadline = float("inf")


class World:
    """The clock, and what is to happen when."""

    def __init__(self) -> None:
        self.now = START
        self._hub = greenlet.getcurrent()
        self._events: list[tuple[float, int, Callable[[], Any]]] = []
        self._order = itertools.count()

    def time(self) -> float:
        """Seconds since 1970."""
        return self.now

    def at(self, moment: float, action: Callable[[], Any]) -> None:
        """Let something happen at a moment."""
        heapq.heappush(self._events, (moment, next(self._order), action))

    def start(self, work: Callable[[], Any]) -> None:
        """Start a worker, now."""
        self.at(self.now, Worker(work, self._hub).switch)

    def limit(self, deadline: float) -> None:
        """Kill the worker that calls this if it goes on beyond the ``deadline``."""
        worker = greenlet.getcurrent()
        assert isinstance(worker, Worker)
        worker.deadline = deadline

    def sleep(self, seconds: float) -> None:
        """Let time pass for the worker that calls this. Raises ``KilledError`` at its deadline."""
        worker = greenlet.getcurrent()
        wake = self.now + max(_SHORTEST, seconds)
        deadline = worker.deadline if isinstance(worker, Worker) else wake
        if isinstance(worker, Worker):
            self.at(min(wake, deadline), worker.switch)
            self._hub.switch()
        else:
            self.now = wake
        if wake > deadline:
            raise KilledError

    def run(self, until: float = float("inf")) -> None:
        """Let everything happen that is to happen before a moment."""
        while self._events and self._events[0][0] < until:
            self.now, _, action = heapq.heappop(self._events)
            action()

    @contextlib.contextmanager
    def clock(self) -> Iterator[None]:
        """Make this world's time everybody's in this thread: boto3's and the functions' own pauses pass in it."""
        thread = threading.get_ident()

        def here(ours: Callable[..., Any], theirs: Callable[..., Any]) -> Callable[..., Any]:
            return lambda *given: (ours if threading.get_ident() == thread else theirs)(*given)

        names = {"time": self.time, "monotonic": self.time, "sleep": self.sleep}
        real = {name: getattr(time, name) for name in names}
        try:
            for name, ours in names.items():
                setattr(time, name, here(ours, real[name]))
            yield
        finally:
            for name, theirs in real.items():
                setattr(time, name, theirs)
