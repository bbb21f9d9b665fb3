"""What could not be processed: the messages of the dead-letter queue, by pic."""

from dataclasses import dataclass
from typing import Any

from functions.process.events import parse_message

# How long a message read here stays hidden from other readers, in seconds.
_HIDDEN_SECONDS = 3
_CRASHED = ("Crashed", "the process function crashed or ran out of time or memory on it")


@dataclass(frozen=True)
class DeadLetter:
    """A pic that was given up on: ``key`` of its object, ``code`` and ``reason`` as the process function gave them."""

    message_id: str
    key: str
    code: str
    reason: str


def read(sqs: Any, queue_url: str) -> list[DeadLetter]:
    """All messages that are there; they stay in the queue."""
    found: dict[str, DeadLetter] = {}
    while True:
        response = sqs.receive_message(
            QueueUrl=queue_url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=_HIDDEN_SECONDS,
            WaitTimeSeconds=0,
            MessageAttributeNames=["All"],
        )
        messages = response.get("Messages", [])
        new = [message for message in messages if message["MessageId"] not in found]
        if not new:
            return list(found.values())
        for message in new:
            found[message["MessageId"]] = _dead_letter(message)


def _dead_letter(message: dict) -> DeadLetter:
    attributes = {name: value.get("StringValue", "") for name, value in message.get("MessageAttributes", {}).items()}
    try:
        changes = parse_message(message["Body"])
    except ValueError:
        changes = []
    key = changes[0].key if changes else attributes.get("key", "unknown")
    code, reason = attributes.get("code"), attributes.get("reason")
    return DeadLetter(message["MessageId"], key, code or _CRASHED[0], reason or _CRASHED[1])
