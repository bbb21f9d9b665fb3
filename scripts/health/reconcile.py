"""Mends what a survey finds in disagreement.

Photos go to the process function, which makes each agree with its original. What belongs to no photo is removed here,
after another look at just that: what disagreed may have been mended with its photo. While photos are being processed,
some things disagree for a moment, so this waits for the queue first.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from functions.dates import timestamp
from functions.face_collection import ALBUM_COLLECTION, is_face_id
from functions.galleries import Gallery
from functions.keys import BadNameError, ImagePath, decode_external_image_id, parse_image_path, parse_row_path
from functions.photo_reader import set_key
from functions.photo_rows import PhotoSet
from functions.transactions import Write, transact
from scripts.common.progress import Progress
from scripts.common.stack import Stack
from scripts.gallery.gallery_mending import mend_gallery
from scripts.gallery.gallery_survey import GalleryDrift, gallery_drift, survey_gallery
from scripts.health.drift import Drift
from scripts.health.misplaced import hide_rows
from scripts.health.stocktaking import look_for_drift
from scripts.health.survey import is_sound
from scripts.photos import dead_letter_queue, waiting
from scripts.photos.requesting import ask_to_process, wait_until_idle

# How many records or faces are looked at once more at a time.
_BATCH = 500
_Item = TypeVar("_Item")


@dataclass
class Mended:
    """What was done: rows moved, photos and portraits mended, leftovers removed, sets counted again; what failed."""

    rows: int = 0
    photos: int = 0
    portraits: int = 0
    removed: int = 0
    sets: int = 0
    failed: dict[str, str] = field(default_factory=dict)


def mend(stack: Stack, progress: Progress, tell: Callable[[Drift], bool], file: Path | None = None) -> Mended:
    """Look for what disagrees, tell it, and mend it if ``tell`` says so. Raises ``BusyError``, ``SurveyBusyError``.

    ``file`` keeps what is listed until all is, so that a run that was stopped goes on.
    """
    wait_until_idle(stack, waiting.STALLED_SECONDS)
    found = look_for_drift(stack, progress, file).drift
    mended = Mended(failed=_by_name(dead_letter_queue.take_out(stack, found.check)))
    if not (len(found) or found.unfinished) or not tell(found):
        return mended
    # First: what looks for a photo's row finds it only where it belongs.
    mended.rows = hide_rows(stack, found.misplaced)
    _process(stack, found, progress, mended)
    wait_until_idle(stack, waiting.STALLED_SECONDS)
    settle(stack, found, mended)
    for gallery, drift in found.galleries.items():
        if len(drift):
            again = gallery_drift(survey_gallery(stack, gallery=gallery))
            _mend_gallery(stack, drift.also_in(again), gallery, mended)
    return mended


def settle(stack: Stack, found: Drift, mended: Mended) -> None:
    """Remove the records and faces that still belong to no photo, and count sets again."""
    for image_id, path in _useless_records(stack, found.records):
        stack.writer.leave_record(image_id, path)
        mended.removed += 1
    for batch in _batches(sorted(found.faces.items())):
        faces = _useless_faces(stack, dict(batch))
        stack.faces.delete(faces)
        mended.removed += len(faces)
        if faces:
            stack.ledger.note_change(ALBUM_COLLECTION)
    moved = {name.partition("/")[0] for name in found.misplaced}
    for text in sorted(found.shown):
        stack.shown.withdraw(parse_row_path(text), timestamp())
        mended.removed += 1
    moved |= {text.partition("/")[0] for text in found.shown}
    for name in sorted(found.sets.keys() | moved | {path.set_name for path in (*found.check, *found.redo)}):
        mended.sets += _count_again(stack, name)


def _mend_gallery(stack: Stack, drift: GalleryDrift, gallery: Gallery, mended: Mended) -> None:
    failed = mend_gallery(stack, drift, gallery)
    mended.portraits += len(drift.redo) + len(drift.people) - len(failed)
    left_over = (drift.faces, drift.users, drift.pictures, drift.records, drift.galleries)
    mended.removed += sum(len(part) for part in left_over)
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


def _useless_records(stack: Stack, records: dict[str, set[str]]) -> Iterator[tuple[str, str]]:
    """Image ids and paths of the records among these that lead to a photo that doesn't know them."""
    for batch in _batches(sorted(records.items())):
        there = stack.images.get_records(image_id for image_id, _ in batch)
        left = [
            (image_id, path) for image_id, paths in batch if image_id in there for path in paths & there[image_id].paths
        ]
        photos = stack.photos.get_photos({path for _, text in left if (path := _parsed(text))})
        image_ids = {str(path): photo.image_id for path, photo in photos.items()}
        yield from ((image_id, path) for image_id, path in left if image_ids.get(path) != image_id)


def _useless_faces(stack: Stack, faces: dict[str, str]) -> set[str]:
    """Those of the faces, given with their external image ids, that are still in the collection and in no row."""
    there = stack.faces.get_faces(sorted(filter(is_face_id, faces)))
    records = stack.images.get_records({face["ImageId"] for face in there})
    paths: set[ImagePath] = set()
    for face in there:
        own = decode_external_image_id(faces[face["FaceId"]])
        record = records.get(face["ImageId"])
        # Photos of the same bytes may share a face.
        paths |= {path for text in (record.paths if record else ()) if (path := _parsed(text))}
        paths |= {own} if own else set()
    photos = stack.photos.get_photos(paths)
    known = {face_id for photo in photos.values() for face_id in photo.face_ids}
    return {face["FaceId"] for face in there} - known


def _batches(items: list[_Item]) -> Iterator[list[_Item]]:
    return (items[start : start + _BATCH] for start in range(0, len(items), _BATCH))


def _parsed(text: str) -> ImagePath | None:
    try:
        return parse_image_path(text)
    except BadNameError:
        return None


def _count_again(stack: Stack, name: str) -> bool:
    """Let a set's row count what is there; False if it does so already, or changes meanwhile."""
    place = stack.photos.tables.settle(name)
    photos = faces = 0
    first, is_bare = None, False
    for photo in stack.photos.list_photos(name):
        if photo.is_beside:
            continue
        photos, faces = photos + 1, faces + photo.counted_faces
        first = first or photo.sortkey
        is_bare = is_bare or photo.grid_key is None
    photo_set = stack.photos.get_set(name) or PhotoSet(sortkey=name)
    # A set of another program is shown by its rows; once counted, by the grid's index, which lacks incomplete rows.
    if photo_set.is_uncounted and is_bare:
        return False
    # A set that was given its title before its first photo counts nothing yet.
    counted = (photo_set.pic_count or 0, photo_set.face_count or 0)
    if counted == (photos, faces) and is_sound(photo_set):
        return False
    seen = photo_set.source.get("pic_count")
    # A count of another type, such as null, counts as missing.
    unchanged = "NOT attribute_type(pic_count, :number)" if seen is None else "pic_count = :seen"
    values: dict[str, Any] = {":number": "N"} if seen is None else {":seen": seen}
    write: Write = {"TableName": place.table, "Key": set_key(name), "ConditionExpression": unchanged}
    if photos:
        write["UpdateExpression"] = "SET pic_count = :photos, face_count = :faces, pic = if_not_exists(pic, :first)"
        values |= {":photos": photos, ":faces": faces, ":first": first}
    write["ExpressionAttributeValues"] = values
    return transact(stack.dynamodb, [{"Update" if photos else "Delete": write}, *place.checks_of_new], 0)
