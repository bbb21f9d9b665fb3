"""The people function's queue: each message is a photo that was processed or deleted, `<set>/<file>` as JSON."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.keys import BadNameError, ImagePath, parse_image_path

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

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


@dataclass(frozen=True)
class PeopleQueue:
    """The queue at an address, through a boto3 SQS client."""

    client: "SQSClient"
    url: str

    def tell(self, path: ImagePath) -> None:
        """Tell of a photo that was processed or deleted."""
        self.client.send_message(QueueUrl=self.url, MessageBody=message_of(path))

    def go_on(self) -> None:
        """Ask for another round."""
        self.client.send_message(QueueUrl=self.url, MessageBody=GO_ON)
