"""Messages about what browsers send. The process function's queue brings them, and the arrivals function takes them.

The queue gives out one message at a time, since a photo may need a function's whole time. Taking in what browsers send
takes a moment, so whoever is given one such message takes those behind it along: where hundreds of guests send at the
same second, a call for each photo would be what they all wait for.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.errors import KinpicsError
from functions.keys import INCOMING_PREFIX, WAITING_PREFIX
from functions.photo_messages import BadMessageError, parse_message

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient
    from types_boto3_sqs import SQSClient

# As many as a queue gives at once.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
_MOST_ALONG = 10


class ArrivalsFunctionError(KinpicsError):
    """The arrivals function didn't take what it was given: it is tried again."""


@dataclass(frozen=True)
class Taken:
    """What became of messages: the numbers of those to be tried again, and photos that wait now and that browsers can't
    show, as set and id."""

    failed: frozenset[int]
    looks: tuple[str, ...]


@dataclass(frozen=True)
class ArrivalsCalls:
    """Calls of the arrivals function called ``name``, which may touch what browsers send and nothing else."""

    client: "LambdaClient"
    name: str

    def take(self, bodies: Sequence[str]) -> Taken:
        """Hand messages on. Raises ``ArrivalsFunctionError``."""
        answer = self._ask({"messages": list(bodies)})
        return Taken(frozenset(answer["failed"]), tuple(answer.get("looks", ())))

    def tell_refused(self, key: str, code: str, message: str) -> None:
        """Tell of an original that can't be shown, and why. Raises ``ArrivalsFunctionError``."""
        self._ask({"refused": {"key": key, "code": code, "message": message}})

    def _ask(self, event: dict[str, Any]) -> dict[str, Any]:
        answer = self.client.invoke(FunctionName=self.name, Payload=json.dumps(event))
        found: dict[str, Any] = {} if "FunctionError" in answer else json.loads(answer["Payload"].read())
        if "failed" not in found:  # or an earlier release answered, which knows no such call
            raise ArrivalsFunctionError("the arrivals function failed on it: its log group says why")
        return found


def is_from_browser(body: str) -> bool:
    """Whether a message of the queue is about what browsers send."""
    try:
        return any(change.key.startswith((INCOMING_PREFIX, WAITING_PREFIX)) for change in parse_message(body))
    except BadMessageError:
        return False


def take_along(sqs: "SQSClient", queue_url: str) -> Iterator[dict[str, Any]]:
    """More messages of the queue, whatever they are about, in the shape in which a function is given them.

    Whoever takes them deletes them.
    """
    found = sqs.receive_message(
        QueueUrl=queue_url,
        MaxNumberOfMessages=_MOST_ALONG,
        MessageSystemAttributeNames=["ApproximateReceiveCount"],
        WaitTimeSeconds=0,
    )
    for message in found.get("Messages", []):
        yield {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message.get("Attributes", {}),
        }


def delete_all(sqs: "SQSClient", queue_url: str, records: Sequence[dict[str, Any]]) -> None:
    """Delete messages that were taken along. One that stays after all comes again, and nothing is left to do for it."""
    if records:
        sqs.delete_message_batch(
            QueueUrl=queue_url,
            Entries=[
                {"Id": str(number), "ReceiptHandle": record["receiptHandle"]} for number, record in enumerate(records)
            ],
        )
