"""What could not be processed: the messages of the dead-letter queue, by photo."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from functions.keys import PHOTOS_PREFIX, BadNameError, ImagePath, parse_key
from functions.process.events import BadMessageError, parse_message
from scripts.common.stack import Stack
from scripts.photos.manage import NothingThereError

_BATCH = 10
# How long a message received here stays hidden at most, in seconds; it is shown again once all are read.
_HIDDEN_SECONDS = 60
_CRASHED = ("Crashed", "the process function crashed or ran out of time or memory on it")


@dataclass(frozen=True)
class DeadLetter:
    """A photo that was given up on: ``key`` of its object, ``code`` and ``reason`` from the process function."""

    message_id: str
    key: str
    code: str
    reason: str
    body: str
    # For deleting it, while it is hidden.
    receipt: str

    @property
    def path(self) -> ImagePath | None:
        """The photo, where its key can be one's."""
        try:
            return parse_key(self.key)
        except BadNameError:
            return None


def read(sqs: Any, queue_url: str) -> list[DeadLetter]:
    """All messages that are there; they stay in the queue, for the next reader to see at once."""
    letters = list(_receive(sqs, queue_url))
    _show(sqs, queue_url, letters)
    return letters


def keys_of(names: Iterable[str], letters: Iterable[DeadLetter]) -> set[str]:
    """The keys of dead letters, named as SET/PHOTO or as `list` prints them. Raises ``NothingThereError``."""
    there = {letter.key for letter in letters}
    keys = set()
    for name in names:
        found = next((key for key in (PHOTOS_PREFIX + name, name) if key in there), None)
        if found is None:
            raise NothingThereError(f"{name} is not among the dead letters: `kinpics dead-letters list` prints them")
        keys.add(found)
    return keys


def redrive(stack: Stack, wanted: set[str], code: str | None) -> list[DeadLetter]:
    """Give messages out again: those of the keys ``wanted``, or all; of one ``code``, or any. Returns them.

    Each is sent before it is deleted: whatever happens in between, it is in one of the queues.
    """
    source, target = stack.outputs.dead_letter_queue, stack.outputs.process_queue
    sent, left = [], []
    for letter in _receive(stack.sqs, source):
        if (not wanted or letter.key in wanted) and code in (None, letter.code):
            stack.sqs.send_message(QueueUrl=target, MessageBody=letter.body)
            stack.sqs.delete_message(QueueUrl=source, ReceiptHandle=letter.receipt)
            sent.append(letter)
        else:
            left.append(letter)
    _show(stack.sqs, source, left)
    return sent


def take_out(stack: Stack, paths: dict[ImagePath, str]) -> dict[ImagePath, str]:
    """Take photos that were given up on out of ``paths``; returns them with the reason."""
    letters = {letter.path: letter.reason for letter in read(stack.sqs, stack.outputs.dead_letter_queue)}
    return {path: letters[path] for path in list(paths) if path in letters and paths.pop(path)}


def _show(sqs: Any, queue_url: str, letters: list[DeadLetter]) -> None:
    """Let other readers see messages again that were received here."""
    for start in range(0, len(letters), _BATCH):
        entries = [
            {"Id": str(number), "ReceiptHandle": letter.receipt, "VisibilityTimeout": 0}
            for number, letter in enumerate(letters[start : start + _BATCH])
        ]
        sqs.change_message_visibility_batch(QueueUrl=queue_url, Entries=entries)


def _receive(sqs: Any, queue_url: str) -> Iterator[DeadLetter]:
    """Each message once, hidden for a while."""
    seen: set[str] = set()
    while True:
        response = sqs.receive_message(
            QueueUrl=queue_url,
            MaxNumberOfMessages=_BATCH,
            VisibilityTimeout=_HIDDEN_SECONDS,
            WaitTimeSeconds=0,
            MessageAttributeNames=["All"],
        )
        new = [message for message in response.get("Messages", []) if message["MessageId"] not in seen]
        if not new:
            return
        seen |= {message["MessageId"] for message in new}
        yield from map(_dead_letter, new)


def _dead_letter(message: dict) -> DeadLetter:
    attributes = {name: value.get("StringValue", "") for name, value in message.get("MessageAttributes", {}).items()}
    try:
        changes = parse_message(message["Body"])
    except BadMessageError:
        changes = []
    return DeadLetter(
        message["MessageId"],
        changes[0].key if changes else attributes.get("key", "unknown"),
        attributes.get("code") or _CRASHED[0],
        attributes.get("reason") or _CRASHED[1],
        message["Body"],
        message["ReceiptHandle"],
    )
