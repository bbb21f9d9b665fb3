"""The dead-letter queue: which photos could not be processed, why, and trying them again."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.keys import PHOTOS_PREFIX, BadNameError, ImagePath, parse_key
from functions.photo_messages import BadMessageError, parse_message
from functions.photo_originals import Originals

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.literals import QueueAttributeNameType
    from types_boto3_sqs.type_defs import ChangeMessageVisibilityBatchRequestEntryTypeDef, MessageTypeDef

_BATCH = 10
# How long a message received here stays hidden at most, in seconds; it is shown again once all are read.
_HIDDEN_SECONDS = 60
_WAITING: "tuple[QueueAttributeNameType, ...]" = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
)
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


@dataclass(frozen=True)
class DeadLetters:
    """The dead-letter queue at ``url``, and the process function's queue, through a boto3 SQS client."""

    client: "SQSClient"
    url: str
    process_url: str

    def read(self) -> list[DeadLetter]:
        """All messages in the queue; they stay there, and the next reader sees them at once."""
        letters = list(self._receive())
        self._show(letters)
        return letters

    def count(self) -> int:
        """About how many messages there are; a photo that was tried several times has several."""
        found = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=list(_WAITING))
        return sum(int(found["Attributes"].get(name, 0)) for name in _WAITING)

    def redrive(self, wanted: set[str], code: str | None = None) -> list[DeadLetter]:
        """Send messages back to be processed, and return them: of the keys ``wanted``, or all; of one ``code``, or any.

        Each is sent before it is deleted: whatever happens in between, it is in one of the queues.
        """
        sent: list[DeadLetter] = []
        left: list[DeadLetter] = []
        for letter in self._receive():
            if (not wanted or letter.key in wanted) and code in (None, letter.code):
                self.client.send_message(QueueUrl=self.process_url, MessageBody=letter.body)
                self.client.delete_message(QueueUrl=self.url, ReceiptHandle=letter.receipt)
                sent.append(letter)
            else:
                left.append(letter)
        self._show(left)
        return sent

    def discard(self, keys: set[str]) -> None:
        """Delete the messages of these keys, whose photos have been deleted."""
        left: list[DeadLetter] = []
        for letter in self._receive():
            if letter.key in keys:
                self.client.delete_message(QueueUrl=self.url, ReceiptHandle=letter.receipt)
            else:
                left.append(letter)
        self._show(left)

    def drop(self, keys: set[str], originals: Originals) -> set[str]:
        """Delete the originals of those of these keys that have a letter, and the letters; returns the keys."""
        there = {letter.key for letter in self.read()} & keys
        originals.delete(sorted(key for key in there if key.startswith(PHOTOS_PREFIX)))
        self.discard(there)
        return there

    def _show(self, letters: list[DeadLetter]) -> None:
        """Let other readers see received messages again."""
        for start in range(0, len(letters), _BATCH):
            entries: list[ChangeMessageVisibilityBatchRequestEntryTypeDef] = [
                {"Id": str(number), "ReceiptHandle": letter.receipt, "VisibilityTimeout": 0}
                for number, letter in enumerate(letters[start : start + _BATCH])
            ]
            self.client.change_message_visibility_batch(QueueUrl=self.url, Entries=entries)

    def _receive(self) -> Iterator[DeadLetter]:
        """Each message once, hidden for a while."""
        seen: set[str] = set()
        while True:
            response = self.client.receive_message(
                QueueUrl=self.url,
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
