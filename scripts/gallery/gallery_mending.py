"""Mending what a survey of the gallery finds."""

from dataclasses import replace

from functions.galleries import FIRST_GALLERY, Gallery
from functions.keys import parse_image_path, photo_ref
from functions.photo_rows import ImageRecord
from functions.process.complexity import UnusableImageError
from scripts.common.site_galleries import delete_words, faces_of, make_collection
from scripts.common.stack import Stack
from scripts.gallery.gallery_people import delete_faces, delete_user, detach_face
from scripts.gallery.gallery_survey import GalleryDrift, path_of
from scripts.gallery.portraits import (
    delete_pictures,
    delete_record,
    index_portrait,
    person_record,
    put_thumbnail,
    write_records,
)


def mend_gallery(stack: Stack, drift: GalleryDrift, gallery: Gallery = FIRST_GALLERY) -> dict[str, str]:
    """Make records, faces, people and pictures agree; returns the portraits that can't be mended, with the reason.

    A person's record is written before a portrait's, and a portrait's goes last, as in `add_portrait` and
    `remove_person`.
    """
    faces = faces_of(stack, gallery)
    if drift.redo:
        make_collection(stack, gallery)
    for user_id in drift.users:
        delete_user(faces, user_id)
    for face_id, face in drift.faces.items():
        if "UserId" in face and face["UserId"] not in drift.users:
            detach_face(faces, face["UserId"], face_id)
    delete_faces(faces, list(drift.faces))
    for key in drift.pictures:
        delete_pictures(stack, key)
    for image_id in drift.records:
        delete_record(stack, image_id)
    for portrait in drift.people.values():
        item = person_record(portrait, gallery).to_item()
        stack.dynamodb.put_item(TableName=stack.outputs.pics_by_image_id_table, Item=item)
    failed = {}
    for portrait, _ in drift.redo.values():
        try:
            _restore(stack, portrait, gallery)
        except UnusableImageError as error:
            failed[path_of(portrait)] = str(error)
    if len(drift):
        stack.ledger.note_change(gallery.kept_as)
    if drift.galleries:
        delete_words(stack, gallery)
    return failed


def _restore(stack: Stack, record: ImageRecord, gallery: Gallery) -> None:
    """Make a portrait's face, thumbnail and records again from the picture in S3. Raises ``UnusableImageError``."""
    key = path_of(record)
    picture = stack.s3.get_object(Bucket=stack.outputs.pics_bucket, Key=key)["Body"].read()
    path = parse_image_path(key.removeprefix(gallery.folder))
    found = index_portrait(stack, path, picture, gallery)
    put_thumbnail(stack, key, picture, found)
    image_id = photo_ref(found["FaceRecords"][0]["Face"])
    write_records(stack, replace(record, image_id=image_id, data=found), gallery)
    if image_id != record.image_id:
        delete_record(stack, record.image_id)
