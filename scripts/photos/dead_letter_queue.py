"""A stack's dead letters (`functions/unprocessed_photos.py`), by the names that an owner gives."""

from collections.abc import Iterable

from functions.keys import PHOTOS_PREFIX, ImagePath
from functions.unprocessed_photos import DeadLetter, DeadLetters
from scripts.common.stack import Stack
from scripts.photos.originals import PhotoNotFoundError


def read(stack: Stack) -> list[DeadLetter]:
    """All messages in the queue; they stay there, and the next reader sees them at once."""
    return dead_letters_of(stack).read()


def read_ids(stack: Stack) -> set[str]:
    """Ids of the messages that are in the queue already."""
    return {letter.message_id for letter in read(stack)}


def keys_of(names: Iterable[str], letters: Iterable[DeadLetter]) -> set[str]:
    """The keys of dead letters, named as SET/PHOTO or as `list` prints them. Raises ``PhotoNotFoundError``."""
    there = {letter.key for letter in letters}
    keys = set()
    for name in names:
        found = next((key for key in (PHOTOS_PREFIX + name, name) if key in there), None)
        if found is None:
            raise PhotoNotFoundError(f"{name} is not among the dead letters: `kinpics dead-letters list` prints them")
        keys.add(found)
    return keys


def redrive(stack: Stack, wanted: set[str], code: str | None) -> list[DeadLetter]:
    """Send messages back to be processed, and return them: of the keys ``wanted``, or all; of one ``code``, or any."""
    return dead_letters_of(stack).redrive(wanted, code)


def discard(stack: Stack, keys: set[str]) -> None:
    """Delete the messages of these keys, whose photos have been deleted."""
    dead_letters_of(stack).discard(keys)


def take_out(stack: Stack, paths: dict[ImagePath, str]) -> dict[ImagePath, str]:
    """Take photos that could not be processed out of ``paths``; returns them with the reason."""
    letters = {letter.path: letter.reason for letter in read(stack)}
    return {path: letters[path] for path in list(paths) if path in letters and paths.pop(path)}


def dead_letters_of(stack: Stack) -> DeadLetters:
    """The stack's dead letters."""
    return DeadLetters(stack.sqs, stack.outputs.dead_letter_queue, stack.outputs.process_queue)
