"""What can be finished only once the process function has done its part: kept in a queue, so that it is never lost.

Each call of the owner's tries what is there, and the page calls until it is done. If the page is closed first, it is
done when it is next opened; the queue drops it after days. Lambda doesn't watch the queue: that would cost something
each month, also while nobody looks.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from functions.keys import ImagePath, parse_image_path
from functions.visitor_calls import without_values

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

_FIRST_SECONDS = 2
_AGAIN_SECONDS = 3
_AT_ONCE = 10
# Longer than the function may take.
_HIDDEN_SECONDS = 130


@dataclass(frozen=True)
class MoveLeft:
    """A photo that was copied from one set to another: once it is processed there, it goes from where it was.

    ``etag`` is that of the original which was copied.
    """

    source: str
    target: str
    etag: str

    @property
    def source_path(self) -> ImagePath:
        return parse_image_path(self.source)

    @property
    def target_path(self) -> ImagePath:
        return parse_image_path(self.target)


@dataclass(frozen=True)
class WordsLeft:
    """A photo that comes back gets the owner's words again."""

    path: str
    words: dict[str, str]

    @property
    def image_path(self) -> ImagePath:
        return parse_image_path(self.path)


@dataclass(frozen=True)
class ForgettingLeft:
    """Somebody is forgotten: what came in about them meanwhile goes too, and their name in keywords.

    ``people`` are the ids they had in the journal.
    """

    people: list[str]


Left = MoveLeft | WordsLeft | ForgettingLeft
_KINDS: dict[str, type[MoveLeft] | type[WordsLeft] | type[ForgettingLeft]] = {
    "move": MoveLeft,
    "words": WordsLeft,
    "forgetting": ForgettingLeft,
}


def read_left(body: str) -> Left:
    """What a message says is left to do. Raises ``ValueError`` and its like for another program's message."""
    content = json.loads(body)
    return _KINDS[content.pop("kind")](**content)


@dataclass(frozen=True)
class Later:
    """The queue at an address, through a boto3 SQS client."""

    client: "SQSClient"
    url: str

    def keep(self, work: Iterable[Left]) -> None:
        """Keep what is left to do; it is tried with the first call in a few seconds."""
        for left in work:
            kind = next(name for name, shape in _KINDS.items() if isinstance(left, shape))
            body = json.dumps({"kind": kind, **asdict(left)})  # in ASCII, because SQS refuses some characters
            self.client.send_message(QueueUrl=self.url, MessageBody=body, DelaySeconds=_FIRST_SECONDS)

    def finish(self, attempt: Callable[[Left], bool]) -> None:
        """Try some of what is left to do; ``attempt`` says whether it is done. What isn't is tried again later."""
        found = self.client.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=_AT_ONCE, VisibilityTimeout=_HIDDEN_SECONDS
        )
        for message in found.get("Messages", []):
            is_done = False
            try:
                is_done = attempt(read_left(message["Body"]))
            except Exception as error:
                print(json.dumps({"level": "ERROR", "failed": "ManageLeft", **without_values(error)}))
            if is_done:
                self.client.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
            else:
                self.client.change_message_visibility(
                    QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=_AGAIN_SECONDS
                )
