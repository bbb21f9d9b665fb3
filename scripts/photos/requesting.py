"""Asks the process function to look at photos, and says how much of that is still waiting."""

import time

from functions.errors import KinpicsError
from functions.keys import ImagePath
from functions.process_requests import ProcessRequests
from scripts.common.pauses import growing_pauses
from scripts.common.stack import Stack

_PAUSE_SECONDS = 1.0


class BusyError(KinpicsError):
    """Photos are still being processed."""


def ask_to_process(stack: Stack, paths: list[ImagePath], *, force: bool) -> None:
    """Ask the process function to look at photos; with ``force``, to make everything again from their originals.

    Raises ``OSError``.
    """
    _requests(stack).ask(paths, force=force)


def count_waiting(stack: Stack) -> int:
    """Messages that wait, are being processed, or are to be retried later."""
    return _requests(stack).count_waiting()


def wait_until_idle(stack: Stack, seconds: float) -> None:
    """Wait until no photo is being processed. Raises ``BusyError`` once ``seconds`` pass with no message less."""
    least = count_waiting(stack)
    last_progress = time.monotonic()
    pauses = growing_pauses(_PAUSE_SECONDS)
    while (waiting := count_waiting(stack)) > 0:
        if waiting < least:
            least, last_progress = waiting, time.monotonic()
        if time.monotonic() - last_progress > seconds:
            raise BusyError(f"{waiting} messages are still waiting to be processed: run the command again later")
        time.sleep(next(pauses))


def _requests(stack: Stack) -> ProcessRequests:
    return ProcessRequests(stack.sqs, stack.outputs.process_queue, stack.outputs.pics_bucket)
