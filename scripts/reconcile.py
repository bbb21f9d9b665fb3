"""Mend what a survey finds in disagreement.

Pics go to the process function, which brings each in line with its original; what no pic leads to is removed here.
Nothing is remembered: a run that was stopped goes on by running it again. While pics are being processed there is
drift that is none, so the queue is waited for first.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from functions.faces import ALBUM
from functions.keys import ImagePath, decode_external_image_id
from functions.shapes import SETS_PARTITION
from scripts import dead_letters, manage, processing
from scripts.progress import Progress
from scripts.stack import Stack
from scripts.survey import Drift, drift, survey

_PAUSE_SECONDS = 1.0
_WAITING = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


class BusyError(Exception):
    """Pics are still being processed."""


@dataclass
class Mended:
    """What was done: pics brought in line, things removed, sets counted anew, pics that failed with their reason."""

    pics: int = 0
    removed: int = 0
    sets: int = 0
    failed: dict[ImagePath, str] = field(default_factory=dict)


def waiting_messages(stack: Stack) -> int:
    """Messages in the queue, at work, or put off."""
    attributes = stack.sqs.get_queue_attributes(QueueUrl=stack.outputs["ProcessQueue"], AttributeNames=list(_WAITING))
    return sum(int(attributes["Attributes"].get(name, 0)) for name in _WAITING)


def wait_until_idle(stack: Stack, seconds: float) -> None:
    """Wait until no pic is being processed. Raises ``BusyError`` after ``seconds`` without one less waiting."""
    least = waiting_messages(stack)
    last_progress = time.monotonic()
    while (waiting := waiting_messages(stack)) > 0:
        if waiting < least:
            least, last_progress = waiting, time.monotonic()
        if time.monotonic() - last_progress > seconds:
            raise BusyError(f"{waiting} messages are still waiting to be processed: run the command again later")
        time.sleep(_PAUSE_SECONDS)


def reconcile(stack: Stack, progress: Progress, tell: Callable[[Drift], bool]) -> Mended:
    """Survey, tell what was found, and mend it where ``tell`` says so. Raises ``BusyError``."""
    wait_until_idle(stack, processing.STALLED_SECONDS)
    found = drift(survey(stack))
    mended = Mended(failed=dead_letters.take_out(stack, found.check))
    if not len(found) or not tell(found):
        return mended
    _process(stack, found, progress, mended)
    wait_until_idle(stack, processing.STALLED_SECONDS)
    # What was in disagreement may have been mended with its pic: look again before anything is removed.
    left = drift(survey(stack))
    _remove(stack, left, mended)
    for name, (pics, faces) in left.sets.items():
        _count_anew(stack, name, pics, faces)
        mended.sets += 1
    return mended


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
        mended.failed |= dict.fromkeys(outcome.unheard, "nothing was heard of it yet")


def _remove(stack: Stack, left: Drift, mended: Mended) -> None:
    for image_id in left.records:
        stack.dynamodb.delete_item(TableName=stack.outputs["PicsByImageIdTable"], Key={"image_id": image_id})
    faces = {
        face_id
        for face_id, external_image_id in left.faces.items()
        if not _is_at_work(stack, decode_external_image_id(external_image_id))
    }
    if faces:
        stack.faces.delete(faces)
        stack.ledger.changed(ALBUM)
    mended.removed += len(left.records) + len(faces)


def _is_at_work(stack: Stack, path: ImagePath | None) -> bool:
    """Whether a worker has the pic just now: its faces may be in the collection before its row."""
    return path is not None and stack.tables.has_lease(path)


def _count_anew(stack: Stack, name: str, pics: int, faces: int) -> None:
    key = {"primarykey": SETS_PARTITION, "sortkey": name}
    table = stack.outputs["PicsTable"]
    if not pics:
        stack.dynamodb.delete_item(TableName=table, Key=key)
        return
    first = next(stack.tables.grid(name))["sortkey"]
    stack.dynamodb.update_item(
        TableName=table,
        Key=key,
        UpdateExpression="SET pic_count = :pics, face_count = :faces, pic = if_not_exists(pic, :first)",
        ExpressionAttributeValues={":pics": pics, ":faces": faces, ":first": first},
    )
