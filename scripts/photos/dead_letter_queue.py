"""The dead-letter queue: which photos could not be processed, why, and trying them again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.keys import PHOTOS_PREFIX, BadNameError, ImagePath, parse_key
from functions.process.events import BadMessageError, parse_message
from scripts.common.stack import Stack
from scripts.photos.originals import PhotoNotFoundError

if TYPE_CHECKING:
    from types_boto3_sqs.type_defs import ChangeMessageVisibilityBatchRequestEntryTypeDef, MessageTypeDef

_BATCH = 10
# How long a message received here stays hidden at most, in seconds; it is shown again once all are read.
_HIDDEN_SECONDS = 60
_CRASHED = ("Crashed", "the process function crashed or ran out of time or memory on it")


@dataclass(frozen=True)
class DeadLetter:
    """A photo that could not be processed: ``key`` of its object, ``code`` and ``reason`` from the process function."""

    message_id: str
    key: str
    code: str
    reason: str
    body: str
    # For deleting it, while it is hidden.
    receipt: str

    @property
    def path(self) -> ImagePath | None:
        """The photo; None if no photo can have this key."""
        try:
            return parse_key(self.key)
        except BadNameError:
            return None


def read(stack: Stack) -> list[DeadLetter]:
    """All messages in the queue; they stay there, and the next reader sees them at once."""
    letters = list(_receive(stack))
    _show(stack, letters)
    return letters


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
    """Send messages back to be processed: those of the keys ``wanted``, or all; of one ``code``, or any. Returns them.

    Each is sent before it is deleted: whatever happens in between, it is in one of the queues.
    """
    sent, left = [], []
    for letter in _receive(stack):
        if (not wanted or letter.key in wanted) and code in (None, letter.code):
            stack.sqs.send_message(QueueUrl=stack.outputs.process_queue, MessageBody=letter.body)
            stack.sqs.delete_message(QueueUrl=stack.outputs.dead_letter_queue, ReceiptHandle=letter.receipt)
            sent.append(letter)
        else:
            left.append(letter)
    _show(stack, left)
    return sent


def discard(stack: Stack, keys: set[str]) -> None:
    """Delete the messages of these keys, whose photos have been deleted."""
    left = []
    for letter in _receive(stack):
        if letter.key in keys:
            stack.sqs.delete_message(QueueUrl=stack.outputs.dead_letter_queue, ReceiptHandle=letter.receipt)
        else:
            left.append(letter)
    _show(stack, left)


def take_out(stack: Stack, paths: dict[ImagePath, str]) -> dict[ImagePath, str]:
    """Take photos that could not be processed out of ``paths``; returns them with the reason."""
    letters = {letter.path: letter.reason for letter in read(stack)}
    return {path: letters[path] for path in list(paths) if path in letters and paths.pop(path)}


def _show(stack: Stack, letters: list[DeadLetter]) -> None:
    """Let other readers see received messages again."""
    for start in range(0, len(letters), _BATCH):
        entries: list[ChangeMessageVisibilityBatchRequestEntryTypeDef] = [
            {"Id": str(number), "ReceiptHandle": letter.receipt, "VisibilityTimeout": 0}
            for number, letter in enumerate(letters[start : start + _BATCH])
        ]
        stack.sqs.change_message_visibility_batch(QueueUrl=stack.outputs.dead_letter_queue, Entries=entries)


def _receive(stack: Stack) -> Iterator[DeadLetter]:
    """Each message once, hidden for a while."""
    seen: set[str] = set()
    while True:
        response = stack.sqs.receive_message(
            QueueUrl=stack.outputs.dead_letter_queue,
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


def _dead_letter(message: "MessageTypeDef") -> DeadLetter:
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
