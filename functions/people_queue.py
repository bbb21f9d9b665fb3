"""The people function's queue: each message is a photo that was processed or deleted, `<set>/<file>` as JSON."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.keys import BadNameError, ImagePath, parse_image_path

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.type_defs import ChangeMessageVisibilityBatchRequestEntryTypeDef

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibilityBatch.html
_BATCH = 10
# All tries of a message together take half an hour, so a round that is at work for long has ended by then.
_MAX_PAUSE_SECONDS = 900
# In place of a photo: go on with what there is to do.
GO_ON = json.dumps("")


def message_of(path: ImagePath) -> str:
    """A message about a photo; in ASCII, because SQS refuses some characters that names may have."""
    return json.dumps(str(path))


def read_paths(messages: Iterable[str]) -> set[ImagePath]:
    """The photos that messages are about. What is about none says nothing: a round looks at all else anyway."""
    paths = set()
    for message in messages:
        try:
            text = json.loads(message)
            paths.add(parse_image_path(text if isinstance(text, str) else ""))
        except (BadNameError, ValueError):
            continue
    return paths


def _pause(record: Mapping[str, Any]) -> int:
    tries = int(record["attributes"]["ApproximateReceiveCount"])
    return int(min(_MAX_PAUSE_SECONDS, 4 * 2**tries))


@dataclass(frozen=True)
class PeopleQueue:
    """The queue at an address, through a boto3 SQS client."""

    client: "SQSClient"
    url: str

    def tell(self, path: ImagePath) -> None:
        """Tell of a photo that was processed or deleted."""
        self.client.send_message(QueueUrl=self.url, MessageBody=message_of(path))

    def give_out_again(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Let messages whose round failed come again soon, later with each try; the queue would hide them for longer.

        ``records`` are those of a Lambda event.
        """
        for start in range(0, len(records), _BATCH):
            entries: list[ChangeMessageVisibilityBatchRequestEntryTypeDef] = [
                {"Id": str(number), "ReceiptHandle": record["receiptHandle"], "VisibilityTimeout": _pause(record)}
                for number, record in enumerate(records[start : start + _BATCH])
            ]
            self.client.change_message_visibility_batch(QueueUrl=self.url, Entries=entries)

    def go_on(self) -> None:
        """Ask for another round."""
        self.client.send_message(QueueUrl=self.url, MessageBody=GO_ON)
