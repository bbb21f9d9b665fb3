"""Waiting until photos are processed, or could not be."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from functions.keys import ImagePath
from scripts.common.pauses import growing_pauses
from scripts.common.stack import Stack
from scripts.photos import dead_letter_queue
from scripts.photos.originals import fetch_etags

_PAUSE_SECONDS = 0.5
_DEAD_LETTER_PAUSE_SECONDS = 2.0
# A retry pauses up to 5 minutes; no progress for longer means that nothing is being processed.
STALLED_SECONDS = 6 * 60.0
NO_RESULT = "no result yet: run `kinpics doctor` later to check"


@dataclass
class Outcome:
    """How processing ended: photos now searchable, failed photos with the reason, and photos without any result."""

    done: set[ImagePath] = field(default_factory=set)
    failed: dict[ImagePath, str] = field(default_factory=dict)
    unheard: set[ImagePath] = field(default_factory=set)

    @property
    def failures(self) -> dict[ImagePath, str]:
        """Photos that failed or have no result, with the reason."""
        return self.failed | dict.fromkeys(self.unheard, NO_RESULT)


def wait(
    stack: Stack,
    expected: dict[ImagePath, str],
    ignore: set[str],
    step: Callable[[int], None],
    stalled_seconds: float = STALLED_SECONDS,
) -> Outcome:
    """Wait for photos, each with the etag its row must show.

    ``ignore`` has the ids of dead letters that were there before; ``step`` is called with how many have ended.
    """

    def finished(waiting: set[ImagePath]) -> set[ImagePath]:
        etags = stack.photos.get_etags(waiting)
        return {path for path, etag in etags.items() if expected[path] == etag}

    return _wait(stack, set(expected), finished, ignore, step, stalled_seconds)


def wait_in_sync(stack: Stack, paths: Iterable[ImagePath], ignore: set[str], step: Callable[[int], None]) -> Outcome:
    """Wait until each photo's row is of the original that is there now, or is gone with it."""
    etags = dict(zip(paths, fetch_etags(stack, paths), strict=True))
    present = {path: etag for path, etag in etags.items() if etag}
    outcome = wait(stack, present, ignore, step)
    gone = _wait(stack, etags.keys() - present.keys(), lambda left: left - stack.photos.find_rows(left), ignore, step)
    return Outcome(outcome.done | gone.done, outcome.failed | gone.failed, outcome.unheard | gone.unheard)


def wait_again(
    stack: Stack, before: dict[ImagePath, str | None], ignore: set[str], step: Callable[[int], None]
) -> Outcome:
    """Wait until photos are processed again: until their rows were written at another time than ``before``."""

    def finished(waiting: set[ImagePath]) -> set[ImagePath]:
        return {path for path, moment in processed_at(stack, waiting).items() if moment not in (None, before[path])}

    return _wait(stack, set(before), finished, ignore, step)


def wait_gone(stack: Stack, paths: Iterable[ImagePath], step: Callable[[int], None]) -> Outcome:
    """Wait until no row is left of deleted photos."""

    def finished(waiting: set[ImagePath]) -> set[ImagePath]:
        return waiting - stack.photos.find_rows(waiting)

    return _wait(stack, set(paths), finished, dead_letter_queue.read_ids(stack), step)


def processed_at(stack: Stack, paths: Iterable[ImagePath]) -> dict[ImagePath, str | None]:
    """When each photo's row was written; None if there is no row."""
    paths = list(paths)
    return dict.fromkeys(paths) | stack.photos.get_attribute(paths, "processed_at")


def _wait(
    stack: Stack,
    waiting: set[ImagePath],
    finished_of: Callable[[set[ImagePath]], set[ImagePath]],
    ignore: set[str],
    step: Callable[[int], None],
    stalled_seconds: float = STALLED_SECONDS,
) -> Outcome:
    outcome = Outcome()
    last_progress = last_letters = time.monotonic()
    pauses = growing_pauses(_PAUSE_SECONDS)
    while waiting:
        finished = finished_of(waiting)
        outcome.done |= finished
        failed: dict[ImagePath, str] = {}
        now = time.monotonic()
        if now - last_letters >= _DEAD_LETTER_PAUSE_SECONDS or len(finished) == len(waiting):
            last_letters = now
            failed = _failures(stack, waiting - finished, ignore)
            outcome.failed |= failed
        waiting = waiting - finished - failed.keys()
        if finished or failed:
            last_progress = now
            step(len(finished) + len(failed))
        elif now - last_progress > stalled_seconds:
            outcome.unheard = waiting
            break
        if waiting:
            time.sleep(next(pauses))
    return outcome


def failures(stack: Stack, paths: Iterable[ImagePath]) -> dict[ImagePath, str]:
    """Photos that could not be processed earlier and still have no row, with the reason."""
    missing = set(paths)
    missing -= stack.photos.get_etags(missing).keys()
    return _failures(stack, missing, set()) if missing else {}


def _failures(stack: Stack, paths: Iterable[ImagePath], ignore: set[str]) -> dict[ImagePath, str]:
    by_key = {path.key: path for path in paths}
    if not by_key:
        return {}
    letters = dead_letter_queue.read(stack)
    return {
        by_key[letter.key]: letter.reason
        for letter in letters
        if letter.key in by_key and letter.message_id not in ignore
    }
