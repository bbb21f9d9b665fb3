"""Calls of a function that has all its reserved concurrency wait for their turn, first come, first served.

AWS refuses them at once: there, another copy of the function takes no time from the others, and the reservation is
large enough for everyone. A laptop has two or four cores for everything, and a hundred copies would use up its memory.
With a few copies and a queue everyone is served, each a little later. Whoever can't be served soon is refused, as on
AWS.
"""

import threading
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

# As many guests as may send at once, and a few more. Each waits in a thread of ministack's, which has as many for all
# other work (`environment`): a call that waits must not hold up what those before it call in turn.
MAX_WAITING = 600
# A page gives up after half a minute (site/js/aws/http.js).
MAX_SECONDS = 25.0

# A function, or its configuration, as ministack records it.
Function = dict[str, Any]
# A function's key and None, if one more of it may run; or None and the limit that was reached.
Slot = tuple[str | None, str | None]


class Turns:
    """Who waits for each function. ``acquire`` and ``release`` count the slots."""

    def __init__(self, acquire: Callable[[Function, Function], Slot], release: Callable[[str | None], None]):
        self._acquire, self._release = acquire, release
        self._lock = threading.Lock()
        self._waiting: dict[str, deque[threading.Event]] = defaultdict(deque)

    def acquire(self, key: str, function: Function, config: Function) -> Slot:
        """A slot of the function called ``key``; waits for it in the caller's thread."""
        with self._lock:
            slot, limit = self._acquire(function, config)
            waiting = self._waiting[key]
            if slot is not None or limit != "function" or sum(map(len, self._waiting.values())) >= MAX_WAITING:
                return slot, limit
            turn = threading.Event()
            waiting.append(turn)
        turn.wait(MAX_SECONDS)
        with self._lock:
            if turn.is_set():
                return key, None
            waiting.remove(turn)
            return None, limit

    def release(self, key: str | None) -> None:
        """Give a slot back: it passes to whoever has waited longest."""
        with self._lock:
            if key is not None and self._waiting[key]:
                self._waiting[key].popleft().set()
            else:
                self._release(key)
