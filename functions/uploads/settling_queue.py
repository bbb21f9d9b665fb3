"""Messages to the arrivals function: S3's events about what has arrived, and requests to carry out what was decided.

They come by the process function's queue, which hands them on: a queue of its own would be polled, and cost something
while nobody sends anything. The requests have the shape of S3's events, so what is given up lies among the dead letters
like any photo, by its key.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from functions.errors import KinpicsError
from functions.keys import WAITING_PREFIX, decode_event_key
from functions.uploads.incoming import waiting_key

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
_BATCH = 10
_SETTLE_EVENT = "kinpics:Settle"


class UnreadableMessageError(KinpicsError):
    """A message that no release sends; a retry can't help."""


class QueueRefusedError(KinpicsError):
    """The queue took some messages and refused others; asking again is harmless."""


@dataclass(frozen=True)
class ToSettle:
    """A contribution whose decision is to be carried out."""

    set_name: str
    row_id: str


@dataclass(frozen=True)
class SettlingQueue:
    """The queue at an address, through a boto3 SQS client; ``bucket`` is the one of what browsers send."""

    client: "SQSClient"
    url: str
    bucket: str

    def ask(self, set_name: str, ids: Iterable[str]) -> None:
        """Ask to carry out what was decided about contributions, each in a message of its own."""
        bodies = [self._body(waiting_key(set_name, row_id)) for row_id in ids]
        for start in range(0, len(bodies), _BATCH):
            answer = self.client.send_message_batch(
                QueueUrl=self.url,
                Entries=[
                    {"Id": str(number), "MessageBody": body}
                    for number, body in enumerate(bodies[start : start + _BATCH])
                ],
            )
            if answer.get("Failed"):
                raise QueueRefusedError("the queue is too busy: try again in a moment")

    def _body(self, key: str) -> str:
        s3 = {"bucket": {"name": self.bucket}, "object": {"key": quote_plus(key)}}
        return json.dumps({"Records": [{"eventName": _SETTLE_EVENT, "s3": s3}]})


def parse_body(body: str) -> list[str | ToSettle]:
    """What a message is about: keys of objects that arrived, and contributions. Raises ``UnreadableMessageError``."""
    try:
        message = json.loads(body)
        if message.get("Event") == "s3:TestEvent":
            return []
        return [_about(record) for record in message["Records"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UnreadableMessageError("the message is neither an S3 event notification nor a request") from None


def _about(record: dict[str, Any]) -> str | ToSettle:
    key = decode_event_key(record["s3"]["object"]["key"])
    if record.get("eventName") != _SETTLE_EVENT:
        return key
    set_name, _, row_id = key.removeprefix(WAITING_PREFIX).rpartition("/")
    return ToSettle(set_name, row_id)
