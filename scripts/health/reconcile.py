"""Mend what a survey finds in disagreement.

Photos go to the process function, which brings each in line with its original; what no photo leads to is removed here.
Nothing is remembered: a run that was stopped goes on by running it again. While photos are being processed there is
drift that is none, so the queue is waited for first.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from functions.aws_errors import is_condition_failed
from functions.errors import KinpicsError
from functions.face_collection import ALBUM_COLLECTION
from functions.keys import ImagePath
from functions.shapes import SETS_PARTITION
from scripts.common.pauses import growing_pauses
from scripts.common.progress import Progress
from scripts.common.stack import Stack
from scripts.gallery import portraits
from scripts.gallery.gallery_survey import GalleryDrift
from scripts.health.survey import Drift, SetCount, drift, survey
from scripts.photos import dead_letters, manage, processing

_PAUSE_SECONDS = 1.0
_WAITING = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


class BusyError(KinpicsError):
    """Pics are still being processed."""


@dataclass
class Mended:
    """What was done: photos and portraits brought in line, things removed, sets counted anew, what failed and why."""

    pics: int = 0
    portraits: int = 0
    removed: int = 0
    sets: int = 0
    failed: dict[ImagePath | str, str] = field(default_factory=dict)


def waiting_messages(stack: Stack) -> int:
    """Messages in the queue, at work, or put off."""
    attributes = stack.sqs.get_queue_attributes(QueueUrl=stack.outputs.process_queue, AttributeNames=list(_WAITING))
    return sum(int(attributes["Attributes"].get(name, 0)) for name in _WAITING)


def wait_until_idle(stack: Stack, seconds: float) -> None:
    """Wait until no photo is being processed. Raises ``BusyError`` after ``seconds`` without one less waiting."""
    least = waiting_messages(stack)
    last_progress = time.monotonic()
    pauses = growing_pauses(_PAUSE_SECONDS)
    while (waiting := waiting_messages(stack)) > 0:
        if waiting < least:
            least, last_progress = waiting, time.monotonic()
        if time.monotonic() - last_progress > seconds:
            raise BusyError(f"{waiting} messages are still waiting to be processed: run the command again later")
        time.sleep(next(pauses))


def reconcile(stack: Stack, progress: Progress, tell: Callable[[Drift], bool]) -> Mended:
    """Survey, tell what was found, and mend it where ``tell`` says so. Raises ``BusyError``."""
    wait_until_idle(stack, processing.STALLED_SECONDS)
    found = drift(survey(stack))
    mended = Mended(failed=dead_letters.take_out(stack, found.check))
    if not (len(found) or found.unfinished) or not tell(found):
        return mended
    _process(stack, found, progress, mended)
    wait_until_idle(stack, processing.STALLED_SECONDS)
    # What was in disagreement may have been mended with its photo: look again before anything is removed.
    left = drift(survey(stack))
    _remove(stack, found, left, mended)
    for name, count in left.sets.items():
        mended.sets += _count_anew(stack, name, count)
    _mend_gallery(stack, found.gallery.also_in(left.gallery), mended)
    return mended


def _mend_gallery(stack: Stack, drift: GalleryDrift, mended: Mended) -> None:
    failed = portraits.mend(stack, drift)
    mended.portraits += len(drift.redo) + len(drift.people) - len(failed)
    mended.removed += len(drift.faces) + len(drift.users) + len(drift.pictures) + len(drift.records)
    mended.failed |= failed


def _process(stack: Stack, found: Drift, progress: Progress, mended: Mended) -> None:
    ignore = processing.seen_dead_letters(stack)
    before = processing.processed_at(stack, found.redo)
    manage.ask_to_process(stack, list(found.check), force=False)
    manage.ask_to_process(stack, list(found.redo), force=True)
    with progress.bar("Mending", len(found.check) + len(found.redo)) as step:
        outcomes = [
            processing.wait_in_sync(stack, found.check, ignore, step),
            processing.wait_again(stack, before, ignore, step),
        ]
    for outcome in outcomes:
        mended.pics += len(outcome.done)
        mended.failed |= outcome.failed
        mended.failed |= dict.fromkeys(outcome.unheard, "no result yet")


def _remove(stack: Stack, found: Drift, left: Drift, mended: Mended) -> None:
    """Remove what no row knew of both times: the second time alone it may be of a photo that is at work just now."""
    records = [
        (image_id, path)
        for image_id in left.records
        for path in left.records[image_id] & found.records.get(image_id, set())
    ]
    for image_id, path in records:
        stack.writer.leave_record(image_id, path)
    faces = left.faces.keys() & found.faces.keys()
    if faces:
        stack.faces.delete(faces)
        stack.ledger.changed(ALBUM_COLLECTION)
    mended.removed += len(records) + len(faces)


def _count_anew(stack: Stack, name: str, count: SetCount) -> bool:
    """Let a set's row count what is there; False where it has changed since it was looked at."""
    key = {"primarykey": SETS_PARTITION, "sortkey": name}
    # A count of another type, such as null, is no count.
    unchanged = "NOT attribute_type(pic_count, :number)" if count.seen_pics is None else "pic_count = :seen"
    values: dict[str, Any] = {":number": "N"} if count.seen_pics is None else {":seen": count.seen_pics}
    try:
        if count.pics:
            first = next(stack.photos.list_rows(name))["sortkey"]
            stack.dynamodb.update_item(
                TableName=stack.outputs.pics_table,
                Key=key,
                UpdateExpression="SET pic_count = :pics, face_count = :faces, pic = if_not_exists(pic, :first)",
                ConditionExpression=unchanged,
                ExpressionAttributeValues=values | {":pics": count.pics, ":faces": count.faces, ":first": first},
            )
        else:
            stack.dynamodb.delete_item(
                TableName=stack.outputs.pics_table,
                Key=key,
                ConditionExpression=unchanged,
                ExpressionAttributeValues=values,
            )
    except ClientError as error:
        if not is_condition_failed(error):
            raise
        return False
    return True
