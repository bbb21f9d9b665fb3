"""Telling the people function of all photos: of a site that an earlier release made, or to make everything again."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from functions.aws_errors import is_not_found
from functions.keys import ImagePath
from functions.people.evidence import Evidence
from functions.people.people_files import PeopleFiles, is_people_list, private_key
from functions.people.people_round import EVIDENCE, INVENTORY
from functions.people.public_files import PORTRAITS_PREFIX
from functions.people_queue import GO_ON, message_of
from scripts.common.bucket import list_objects
from scripts.common.pauses import growing_pauses
from scripts.common.stack import Stack

if TYPE_CHECKING:
    from types_boto3_sqs.literals import QueueAttributeNameType
    from types_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
_BATCH = 10
_WORKERS = 8
_PAUSE_SECONDS = 0.5
_WAITING: "tuple[QueueAttributeNameType, ...]" = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


def tell_once(stack: Stack) -> bool:
    """Tell the people function of all photos, unless it knows them or there are none; returns whether it did.

    On a site without portraits, it is asked for a round: an earlier release made none.
    """
    if next(stack.photos.list_sets(), None) is None:
        return False
    try:
        stack.s3.head_object(Bucket=stack.outputs.thumbnails_bucket, Key=private_key(INVENTORY))
    except ClientError as error:
        if not is_not_found(error):
            raise
        tell_of_all(stack)
        return True
    if not any(list_objects(stack.s3, stack.outputs.site_bucket, PORTRAITS_PREFIX)):
        _send(stack, [GO_ON])
    return False


def tell_of_all(stack: Stack) -> None:
    """Tell the people function of every photo that has a row, or that it knows; it writes all files anew.

    On a laptop it searches all faces again, because what was found depends on the faces there were at the time.

    Raises ``OSError``.
    """
    files = PeopleFiles(stack.s3, stack.outputs.thumbnails_bucket, stack.outputs.site_bucket)
    there = (item["Key"] for item in list_objects(stack.s3, stack.outputs.site_bucket))
    files.doubt(filter(is_people_list, there))
    if stack.parameters.get("Platform") == "laptop":
        files.write(EVIDENCE, Evidence().to_json())
    known = files.read(INVENTORY) or {}
    paths = {str(entry[0]) for entry in known.get("photos", [])}
    for photo_set in stack.photos.list_sets():
        names = (row["sortkey"] for row in stack.photos.list_rows(photo_set.sortkey))
        rows = (ImagePath(photo_set.sortkey, name) for name in names)
        paths |= {str(row) for row in rows if not row.is_shown_from_elsewhere}
    bodies = [message_of(ImagePath(*path.split("/", 1))) for path in sorted(paths)]
    _send(stack, [*bodies, GO_ON])


def _send(stack: Stack, bodies: list[str]) -> None:
    def send(batch: list[str]) -> None:
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": str(number), "MessageBody": body} for number, body in enumerate(batch)
        ]
        response = stack.sqs.send_message_batch(QueueUrl=stack.outputs.people_queue, Entries=entries)
        if failed := response.get("Failed"):
            raise OSError(f"the queue refused a message: {failed[0].get('Message')}")

    with ThreadPoolExecutor(_WORKERS) as pool:
        list(pool.map(send, [bodies[start : start + _BATCH] for start in range(0, len(bodies), _BATCH)]))


def count_messages(stack: Stack, queue: str) -> int:
    """Messages that wait in a queue, or are with a function."""
    found = stack.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=_WAITING)
    return sum(int(found["Attributes"].get(name, 0)) for name in _WAITING)


def wait_until_recognised(stack: Stack, stalled_seconds: float) -> bool:
    """Wait until the people function has nothing to do; False once ``stalled_seconds`` pass with no message less."""
    queue = stack.outputs.people_queue
    least, last_progress = count_messages(stack, queue), time.monotonic()
    pauses = growing_pauses(_PAUSE_SECONDS)
    while (waiting := count_messages(stack, queue)) > 0:
        if waiting < least:
            least, last_progress = waiting, time.monotonic()
        if time.monotonic() - last_progress > stalled_seconds:
            return False
        time.sleep(next(pauses))
    return True


def drop_given_up(stack: Stack) -> None:
    """Empty the queue of what the people function gave up: it has been told of everything again."""
    queue = stack.outputs.people_dead_letter_queue
    while messages := stack.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            stack.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
