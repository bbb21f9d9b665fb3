"""Waiting until photos are processed, or given up on."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from functions.keys import ImagePath
from scripts.common.pauses import growing_pauses
from scripts.common.stack import Stack
from scripts.photos import dead_letters, manage

_PAUSE_SECONDS = 0.5
_DEAD_LETTER_PAUSE_SECONDS = 2.0
# A retry pauses up to 5 minutes; longer without any progress means that nobody is at work.
STALLED_SECONDS = 6 * 60.0


@dataclass
class Outcome:
    """How processing ended: photos now searchable, reasons by failed photo, and photos nothing was heard of."""

    done: set[ImagePath] = field(default_factory=set)
    failed: dict[ImagePath, str] = field(default_factory=dict)
    unheard: set[ImagePath] = field(default_factory=set)


def seen_dead_letters(stack: Stack) -> set[str]:
    """Ids of the messages that are in the dead-letter queue already."""
    return {letter.message_id for letter in dead_letters.read(stack.sqs, stack.outputs.dead_letter_queue)}


def wait(
    stack: Stack,
    expected: dict[ImagePath, str],
    ignore: set[str],
    step: Callable[[int], None],
    stalled_seconds: float = STALLED_SECONDS,
) -> Outcome:
    """Wait for photos, each with the etag it must show; messages ``ignore`` were there before. ``step`` counts on."""

    def finished(waiting: set[ImagePath]) -> set[ImagePath]:
        etags = stack.photos.get_etags(waiting)
        return {path for path, etag in etags.items() if expected[path] == etag}

    return _wait(stack, set(expected), finished, ignore, step, stalled_seconds)


def wait_in_sync(stack: Stack, paths: Iterable[ImagePath], ignore: set[str], step: Callable[[int], None]) -> Outcome:
    """Wait until each pic's row is of the original that is there now, or gone with it."""
    etags = dict(zip(paths, manage.etags(stack, paths), strict=True))
    present = {path: etag for path, etag in etags.items() if etag}
    outcome = wait(stack, present, ignore, step)
    gone = _wait(stack, etags.keys() - present.keys(), lambda left: left - stack.photos.find_rows(left), ignore, step)
    return Outcome(outcome.done | gone.done, outcome.failed | gone.failed, outcome.unheard | gone.unheard)


def wait_again(
    stack: Stack, before: dict[ImagePath, str | None], ignore: set[str], step: Callable[[int], None]
) -> Outcome:
    """Wait until photos are processed anew: until their rows were written at another time than ``before``."""

    def finished(waiting: set[ImagePath]) -> set[ImagePath]:
        return {path for path, moment in processed_at(stack, waiting).items() if moment not in (None, before[path])}

    return _wait(stack, set(before), finished, ignore, step)


def wait_gone(stack: Stack, paths: Iterable[ImagePath], step: Callable[[int], None]) -> Outcome:
    """Wait until no row is left of removed photos."""

    def finished(waiting: set[ImagePath]) -> set[ImagePath]:
        return waiting - stack.photos.find_rows(waiting)

    return _wait(stack, set(paths), finished, seen_dead_letters(stack), step)


def processed_at(stack: Stack, paths: Iterable[ImagePath]) -> dict[ImagePath, str | None]:
    """When each pic's row was written; None where there is no row."""
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
    """Reasons of those photos that were given up on earlier and still have no row."""
    missing = set(paths)
    missing -= stack.photos.get_etags(missing).keys()
    return _failures(stack, missing, set()) if missing else {}


def _failures(stack: Stack, paths: Iterable[ImagePath], ignore: set[str]) -> dict[ImagePath, str]:
    by_key = {path.key: path for path in paths}
    if not by_key:
        return {}
    letters = dead_letters.read(stack.sqs, stack.outputs.dead_letter_queue)
    return {
        by_key[letter.key]: letter.reason
        for letter in letters
        if letter.key in by_key and letter.message_id not in ignore
    }
