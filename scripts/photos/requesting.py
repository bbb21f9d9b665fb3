"""Asks the process function to look at photos, and says how much of that is still waiting."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from functions.errors import KinpicsError
from functions.keys import ImagePath
from functions.process.events import owner_message
from scripts.common.pauses import growing_pauses
from scripts.common.stack import Stack

if TYPE_CHECKING:
    from types_boto3_sqs.literals import QueueAttributeNameType
    from types_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
_SEND_BATCH = 10
_PAUSE_SECONDS = 1.0
_WAITING: "tuple[QueueAttributeNameType, ...]" = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


class BusyError(KinpicsError):
    """Photos are still being processed."""


def ask_to_process(stack: Stack, paths: list[ImagePath], *, force: bool) -> None:
    """Ask the process function to look at photos; with ``force``, to make everything again from their originals.

    Raises ``OSError``.
    """

    def send(batch: list[ImagePath]) -> None:
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {
                "Id": str(number),
                "MessageBody": owner_message(stack.outputs.pics_bucket, quote_plus(path.key), force=force),
            }
            for number, path in enumerate(batch)
        ]
        response = stack.sqs.send_message_batch(QueueUrl=stack.outputs.process_queue, Entries=entries)
        if failed := response.get("Failed"):
            raise OSError(f"the queue refused a message: {failed[0].get('Message')}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, [paths[start : start + _SEND_BATCH] for start in range(0, len(paths), _SEND_BATCH)]))


def count_waiting(stack: Stack) -> int:
    """Messages that wait, are being processed, or are to be retried later."""
    found = stack.sqs.get_queue_attributes(QueueUrl=stack.outputs.process_queue, AttributeNames=_WAITING)
    return sum(int(found["Attributes"].get(name, 0)) for name in _WAITING)


def wait_until_idle(stack: Stack, seconds: float) -> None:
    """Wait until no photo is being processed. Raises ``BusyError`` once ``seconds`` pass with no message less."""
    least = count_waiting(stack)
    last_progress = time.monotonic()
    pauses = growing_pauses(_PAUSE_SECONDS)
    while (waiting := count_waiting(stack)) > 0:
        if waiting < least:
            least, last_progress = waiting, time.monotonic()
        if time.monotonic() - last_progress > seconds:
            raise BusyError(f"{waiting} messages are still waiting to be processed: run the command again later")
        time.sleep(next(pauses))
