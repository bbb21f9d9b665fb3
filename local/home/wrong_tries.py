"""Slows down whoever types wrong passwords: each wrong try doubles the wait before the next."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from local.home.devices import device_of

_FREE_TRIES = 5
_FIRST_WAIT = 4.0
_MAX_WAIT = 900.0
# After this long without a try, all is forgotten.
_FORGET_SECONDS = 86_400.0
_MAX_CALLERS = 1000


@dataclass
class _Tries:
    number: int = 0
    last: float = 0.0


class WrongTries:
    """Counts tries by address. It remembers the addresses that tried last, 1,000 of them."""

    def __init__(self, now: Callable[[], float] = time.monotonic):
        self._now = now
        self._tries: OrderedDict[str, _Tries] = OrderedDict()

    def wait(self, address: str) -> float:
        """Seconds until this address may try again."""
        tries = self._tries.get(device_of(address))
        if tries is None or tries.number < _FREE_TRIES:
            return 0.0
        pause = min(_MAX_WAIT, _FIRST_WAIT * 2.0 ** min(tries.number - _FREE_TRIES, 20))
        return max(0.0, tries.last + pause - self._now())

    def note(self, address: str) -> None:
        """Count a try, before it is known to be right."""
        caller, now = device_of(address), self._now()
        tries = self._tries.setdefault(caller, _Tries())
        if now - tries.last > _FORGET_SECONDS:
            tries.number = 0
        tries.number += 1
        tries.last = now
        self._tries.move_to_end(caller)
        while len(self._tries) > _MAX_CALLERS:
            self._tries.popitem(last=False)

    def forget(self, address: str) -> None:
        """Forget this address's tries: the password was right."""
        self._tries.pop(device_of(address), None)
