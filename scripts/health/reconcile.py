"""Mends what a survey finds in disagreement.

Photos go to the process function, which makes each agree with its original. What belongs to no photo is removed here.
Nothing is remembered: a run that was stopped goes on when it is run again. While photos are being processed, some
things disagree for a moment, so this waits for the queue first.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from functions.aws_errors import is_condition_failed
from functions.face_collection import ALBUM_COLLECTION
from functions.keys import ImagePath
from functions.shapes import SETS_PARTITION
from scripts.common.progress import Progress
from scripts.common.stack import Stack
from scripts.gallery.gallery_mending import mend_gallery
from scripts.gallery.gallery_survey import GalleryDrift
from scripts.health.survey import Drift, SetCount, find_drift, survey
from scripts.photos import dead_letter_queue, waiting
from scripts.photos.requesting import ask_to_process, wait_until_idle


@dataclass
class Mended:
    """What was done: photos and portraits mended, leftovers removed, sets counted again, what failed and why."""

    photos: int = 0
    portraits: int = 0
    removed: int = 0
    sets: int = 0
    failed: dict[str, str] = field(default_factory=dict)


def mend(stack: Stack, progress: Progress, tell: Callable[[Drift], bool]) -> Mended:
    """Survey, tell what was found, and mend it if ``tell`` says so. Raises ``BusyError``."""
    wait_until_idle(stack, waiting.STALLED_SECONDS)
    found = find_drift(survey(stack))
    mended = Mended(failed=_by_name(dead_letter_queue.take_out(stack, found.check)))
    if not (len(found) or found.unfinished) or not tell(found):
        return mended
    _process(stack, found, progress, mended)
    wait_until_idle(stack, waiting.STALLED_SECONDS)
    # What disagreed may have been mended with its photo: look again before anything is removed.
    left = find_drift(survey(stack))
    _remove(stack, found, left, mended)
    for name, count in left.sets.items():
        mended.sets += _count_again(stack, name, count)
    _mend_gallery(stack, found.gallery.also_in(left.gallery), mended)
    return mended


def _mend_gallery(stack: Stack, drift: GalleryDrift, mended: Mended) -> None:
    failed = mend_gallery(stack, drift)
    mended.portraits += len(drift.redo) + len(drift.people) - len(failed)
    mended.removed += len(drift.faces) + len(drift.users) + len(drift.pictures) + len(drift.records)
    mended.failed |= failed


def _process(stack: Stack, found: Drift, progress: Progress, mended: Mended) -> None:
    ignore = dead_letter_queue.read_ids(stack)
    before = waiting.processed_at(stack, found.redo)
    ask_to_process(stack, list(found.check), force=False)
    ask_to_process(stack, list(found.redo), force=True)
    with progress.bar("Mending", len(found.check) + len(found.redo)) as step:
        outcomes = [
            waiting.wait_in_sync(stack, found.check, ignore, step),
            waiting.wait_again(stack, before, ignore, step),
        ]
    for outcome in outcomes:
        mended.photos += len(outcome.done)
        mended.failed |= _by_name(outcome.failures)


def _by_name(failures: dict[ImagePath, str]) -> dict[str, str]:
    return {str(path): reason for path, reason in failures.items()}


def _remove(stack: Stack, found: Drift, left: Drift, mended: Mended) -> None:
    """Remove what no row knew both times: what only the second found may be of a photo at work."""
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
        stack.ledger.note_change(ALBUM_COLLECTION)
    mended.removed += len(records) + len(faces)


def _count_again(stack: Stack, name: str, count: SetCount) -> bool:
    """Let a set's row count what is there; False if it has changed since the survey."""
    key = {"primarykey": SETS_PARTITION, "sortkey": name}
    # A count of another type, such as null, counts as missing.
    unchanged = "NOT attribute_type(pic_count, :number)" if count.seen is None else "pic_count = :seen"
    values: dict[str, Any] = {":number": "N"} if count.seen is None else {":seen": count.seen}
    try:
        if count.photos:
            first = next(stack.photos.list_rows(name))["sortkey"]
            stack.dynamodb.update_item(
                TableName=stack.outputs.pics_table,
                Key=key,
                UpdateExpression="SET pic_count = :photos, face_count = :faces, pic = if_not_exists(pic, :first)",
                ConditionExpression=unchanged,
                ExpressionAttributeValues=values | {":photos": count.photos, ":faces": count.faces, ":first": first},
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
