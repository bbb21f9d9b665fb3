"""Mending what a survey of the gallery finds."""

from dataclasses import replace

from functions.face_collection import GALLERY_COLLECTION
from functions.keys import parse_image_path, photo_ref
from functions.process.complexity import UnusableImageError
from functions.shapes import ImageRecord
from scripts.common.stack import Stack
from scripts.gallery.gallery_people import delete_faces, delete_user, detach_face
from scripts.gallery.gallery_survey import GALLERY_PREFIX, GalleryDrift, path_of
from scripts.gallery.portraits import (
    delete_pictures,
    delete_record,
    index_portrait,
    person_record,
    put_thumbnail,
    write_records,
)


def mend_gallery(stack: Stack, drift: GalleryDrift) -> dict[str, str]:
    """Make records, faces, people and pictures agree; returns the portraits that can't be mended, with the reason.

    A person's record is written before a portrait's, and a portrait's goes last, as in `add_portrait` and
    `remove_person`.
    """
    for user_id in drift.users:
        delete_user(stack, user_id)
    for face_id, face in drift.faces.items():
        if "UserId" in face and face["UserId"] not in drift.users:
            detach_face(stack, face["UserId"], face_id)
    delete_faces(stack, list(drift.faces))
    for key in drift.pictures:
        delete_pictures(stack, key)
    for image_id in drift.records:
        delete_record(stack, image_id)
    for portrait in drift.people.values():
        stack.dynamodb.put_item(TableName=stack.outputs.pics_by_image_id_table, Item=person_record(portrait).to_item())
    failed = {}
    for portrait, _ in drift.redo.values():
        try:
            _restore(stack, portrait)
        except UnusableImageError as error:
            failed[path_of(portrait)] = str(error)
    if len(drift):
        stack.ledger.note_change(GALLERY_COLLECTION)
    return failed


def _restore(stack: Stack, record: ImageRecord) -> None:
    """Make a portrait's face, thumbnail and records again from the picture in S3. Raises ``UnusableImageError``."""
    key = path_of(record)
    picture = stack.s3.get_object(Bucket=stack.outputs.pics_bucket, Key=key)["Body"].read()
    path = parse_image_path(key.removeprefix(GALLERY_PREFIX))
    found = index_portrait(stack, path, picture)
    put_thumbnail(stack, key, picture, found)
    image_id = photo_ref(found["FaceRecords"][0]["Face"])
    write_records(stack, replace(record, image_id=image_id, data=found))
    if image_id != record.image_id:
        delete_record(stack, record.image_id)
