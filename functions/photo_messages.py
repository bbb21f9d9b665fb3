"""What a queue message asks for: S3's event notifications, and the owner's request to process a photo again."""

import json
from dataclasses import dataclass

from functions.errors import KinpicsError
from functions.keys import decode_event_key

CHECK_EVENT = "kinpics:Check"
REPROCESS_EVENT = "kinpics:Reprocess"


class BadMessageError(KinpicsError):
    """A queue message this function doesn't understand; a retry can't help."""


@dataclass(frozen=True)
class ObjectChange:
    """Something happened to an object; what it is now, only S3 can say.

    Events arrive twice and in any order, so the kind of event doesn't matter, except for ``force``: the owner asked to
    process the photo again. Any other event only says to look at the object.
    """

    bucket: str
    key: str
    force: bool = False


def parse_message(body: str) -> list[ObjectChange]:
    """The changes in one queue message; none for the test event S3 sends when a notification is set up.

    Raises ``BadMessageError`` for a body that is not an event notification.
    """
    try:
        event = json.loads(body)
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadMessageError(f"the message is not JSON: {error}") from None
    if isinstance(event, dict) and event.get("Event") == "s3:TestEvent":
        return []
    try:
        return [
            ObjectChange(
                bucket=record["s3"]["bucket"]["name"],
                key=decode_event_key(record["s3"]["object"]["key"]),
                force=record.get("eventName") == REPROCESS_EVENT,
            )
            for record in event["Records"]
        ]
    except (KeyError, TypeError, AttributeError):
        raise BadMessageError("the message is not an S3 event notification") from None


def owner_message(bucket: str, encoded_key: str, *, force: bool) -> str:
    """A message that makes the process function look at a photo; with ``force``, do it again from its original."""
    event = REPROCESS_EVENT if force else CHECK_EVENT
    record = {"eventName": event, "s3": {"bucket": {"name": bucket}, "object": {"key": encoded_key}}}
    return json.dumps({"Records": [record]})
