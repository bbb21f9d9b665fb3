"""Waiting until photos are processed, or could not be.

However many are waited for, each look reads few rows: not many more than have ended since the last one. Photos end
roughly in the order they were sent, so a look begins with the first.
"""

import time
from collections import deque
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field

from functions.batch_get import MAX_KEYS
from functions.keys import ImagePath
from functions.media_types import is_film
from scripts.common.pauses import growing_pauses
from scripts.common.stack import Stack
from scripts.photos import dead_letter_queue
from scripts.photos.originals import fetch_etags

_PAUSE_SECONDS = 0.5
_DEAD_LETTER_PAUSE_SECONDS = 2.0
# The part of the time that may go into reading dead letters, all of which are read each time.
_DEAD_LETTER_TIME = 0.05
# A look goes on to more photos as long as one in so many has ended, and to others once so many looks found nothing.
_WORTH_LOOKING = 10
_IDLE_LOOKS = 6
# A retry pauses up to 5 minutes; no progress for longer means that nothing is being processed.
STALLED_SECONDS = 6 * 60.0
# One film may take as long as its function may run.
_FILM_STALLED_SECONDS = 16 * 60.0
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
    paths: set[ImagePath],
    finished_of: Callable[[set[ImagePath]], set[ImagePath]],
    ignore: set[str],
    step: Callable[[int], None],
    stalled_seconds: float = STALLED_SECONDS,
) -> Outcome:
    outcome = Outcome()
    if any(is_film(path.file) for path in paths):
        stalled_seconds = max(stalled_seconds, _FILM_STALLED_SECONDS)
    waiting = deque(sorted(paths))
    last_progress = time.monotonic()
    next_letters = last_progress + _DEAD_LETTER_PAUSE_SECONDS
    pauses = growing_pauses(_PAUSE_SECONDS)
    idle = 0
    while waiting:
        finished = _take_finished(waiting, finished_of, pass_over=idle >= _IDLE_LOOKS)
        idle = 0 if finished else idle + 1
        failed: dict[ImagePath, str] = {}
        now = time.monotonic()
        if waiting and now >= next_letters:
            failed = _failures(stack, set(waiting), ignore)
            took = time.monotonic() - now
            next_letters = now + max(_DEAD_LETTER_PAUSE_SECONDS, took / _DEAD_LETTER_TIME)
        if not finished and not failed and now - last_progress > stalled_seconds:
            # Perhaps others have ended than those that were looked at.
            finished = finished_of(set(waiting))
            waiting = _without(waiting, finished)
            if not finished:
                outcome.unheard = set(waiting)
                break
        if failed:
            waiting = _without(waiting, failed)
        if finished or failed:
            outcome.done |= finished
            outcome.failed |= failed
            last_progress = now
            step(len(finished) + len(failed))
        if waiting:
            time.sleep(next(pauses))
    return outcome


def _without(waiting: deque[ImagePath], ended: Container[ImagePath]) -> deque[ImagePath]:
    return deque(path for path in waiting if path not in ended)


def _take_finished(
    waiting: deque[ImagePath], finished_of: Callable[[set[ImagePath]], set[ImagePath]], *, pass_over: bool
) -> set[ImagePath]:
    """Take out those that have ended, batch by batch, until hardly any in a batch have.

    With ``pass_over``, a batch of which none has ended goes to the back: photos that never end don't hide the others.
    """
    ended: set[ImagePath] = set()
    for _ in range(0, len(waiting), MAX_KEYS):
        batch = [waiting.popleft() for _ in range(min(MAX_KEYS, len(waiting)))]
        finished = finished_of(set(batch))
        ended |= finished
        rest = [path for path in batch if path not in finished]
        if pass_over and not finished:
            waiting.extend(rest)
        else:
            waiting.extendleft(reversed(rest))
        if len(finished) * _WORTH_LOOKING < len(batch):
            break
    return ended


def failures(stack: Stack, paths: Iterable[ImagePath]) -> dict[ImagePath, str]:
    """Photos that could not be processed earlier and still have no row, with the reason."""
    missing = set(paths)
    missing -= stack.photos.get_etags(missing).keys()
    return _failures(stack, missing, set()) if missing else {}


def _failures(stack: Stack, paths: set[ImagePath], ignore: set[str]) -> dict[ImagePath, str]:
    """Those of the photos that have a dead letter, with its reason."""
    if not paths:
        return {}
    return {
        path: letter.reason
        for letter in dead_letter_queue.read(stack)
        if (path := letter.path) in paths and path and letter.message_id not in ignore
    }
