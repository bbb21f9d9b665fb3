"""Says when AWS, or the laptop stack, can't be reached, and gives up if that lasts.

boto3 tries each call again by itself, in silence: up to 15 times, with pauses of up to 20 seconds, because a busy
table needs that. A stack that has stopped doesn't come back meanwhile.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ConnectionError as NoConnectionError
from botocore.exceptions import HTTPClientError

from functions.errors import KinpicsError
from scripts.common.terminal import echo

# Seconds without an answer after which the owner is told, and after which a command ends: a laptop's stack answers or
# has stopped, but a line to AWS may be gone for a moment.
_TOLD_AFTER = 2.0
LAPTOP_SECONDS, AWS_SECONDS = 10.0, 60.0


class UnreachableError(KinpicsError):
    """AWS, or the laptop stack, can't be reached; the message says what to do.

    ``until_it_is_back`` is what it says to a command that waits: nobody has to run that again.
    """

    def __init__(self, where: str, advice: str):
        self.until_it_is_back = f"{where} can't be reached: {advice}"
        super().__init__(f"{self.until_it_is_back}, then run the same command again")


class ConnectionWatch:
    """Watches the retries of boto3's clients; ``seconds`` is how long they may go on without a connection."""

    def __init__(
        self,
        where: str,
        advice: str,
        seconds: float,
        tell: Callable[[str], None] = lambda text: echo(text, err=True),
        clock: Callable[[], float] = time.monotonic,
    ):
        self._where = where
        self._advice = advice
        self._seconds = seconds
        self._tell = tell
        self._clock = clock
        self._lost_at: float | None = None
        self._has_told = False
        self._lock = threading.Lock()

    def watch(self, client: Any) -> None:
        """Watch a client, whatever its retry settings."""
        client.meta.events.register_first("needs-retry", self.notice)

    def notice(self, caught_exception: Exception | None, **_: Any) -> None:
        """What boto3 tells of each attempt. Raises ``UnreachableError``."""
        with self._lock:
            if not isinstance(caught_exception, NoConnectionError | HTTPClientError):
                self._lost_at, self._has_told = None, False
                return
            now = self._clock()
            self._lost_at = now if self._lost_at is None else self._lost_at
            lost_for = now - self._lost_at
            if lost_for >= self._seconds:
                raise UnreachableError(self._where, self._advice) from None
            if lost_for >= _TOLD_AFTER and not self._has_told:
                self._has_told = True
                self._tell(f"note: {self._where} can't be reached: trying for {self._seconds:.0f} seconds")
