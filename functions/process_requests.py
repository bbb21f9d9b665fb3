"""Asks the process function to look at photos, and says how much of that is still waiting."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from functions.keys import ImagePath
from functions.photo_messages import owner_message

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.literals import QueueAttributeNameType
    from types_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
_SEND_BATCH = 10
_SENDERS = 8
_WAITING: "tuple[QueueAttributeNameType, ...]" = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


@dataclass(frozen=True)
class ProcessRequests:
    """The process function's queue, through a boto3 SQS client, and the bucket of the originals."""

    client: "SQSClient"
    url: str
    pics_bucket: str

    def ask(self, paths: Iterable[ImagePath], *, force: bool) -> None:
        """Ask the process function to look at photos; with ``force``, to make everything again from their originals.

        Raises ``OSError``.
        """
        messages = [owner_message(self.pics_bucket, quote_plus(path.key), force=force) for path in paths]
        with ThreadPoolExecutor(_SENDERS) as pool:
            batches = (messages[start : start + _SEND_BATCH] for start in range(0, len(messages), _SEND_BATCH))
            list(pool.map(self._send, batches))

    def count_waiting(self) -> int:
        """Messages that wait, are being processed, or are to be retried later."""
        found = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=_WAITING)
        return sum(int(found["Attributes"].get(name, 0)) for name in _WAITING)

    def _send(self, messages: list[str]) -> None:
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": str(number), "MessageBody": message} for number, message in enumerate(messages)
        ]
        response = self.client.send_message_batch(QueueUrl=self.url, Entries=entries)
        if failed := response.get("Failed"):
            raise OSError(f"the queue refused a message: {failed[0].get('Message')}")
