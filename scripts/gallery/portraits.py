"""The lookalike galleries: portraits of people, each with a name, a credit and one face.

Portraits are indexed at once, not through the queue, so that the owner hears immediately which can't be used. A
portrait is named by its content, so adding the same again changes nothing.
"""

import contextlib
import hashlib
from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from functions.aws_errors import code_of, message_of
from functions.batch_get import batch_get
from functions.crops import Area
from functions.face_collection import MIN_IMAGE_SIDE
from functions.galleries import FIRST_GALLERY, Gallery
from functions.keys import PERSON_PREFIX, ImagePath, encode_user_id, photo_ref
from functions.photo_rows import ImageRecord
from functions.process.complexity import UnusableImageError
from functions.process.images import LARGE_TYPE, render
from functions.process.sync import IMAGE_REFUSED
from scripts.common.bucket import list_objects
from scripts.common.site_galleries import delete_collection, delete_words, faces_of
from scripts.common.stack import Stack
from scripts.gallery.gallery_people import attach_face, delete_faces, delete_user
from scripts.gallery.gallery_survey import path_of
from scripts.gallery.portrait_folder import Portrait
from scripts.gallery.portrait_picture import PICTURE_TYPE, portrait_picture

_CACHE_CONTROL = "public, max-age=86400"


def add_portrait(
    stack: Stack, portrait: Portrait, present: Container[str | None], gallery: Gallery = FIRST_GALLERY
) -> bool:
    """Add a portrait to a gallery; False if its image path is in ``present``. Raises ``UnusableImageError``."""
    data = portrait.source.read_bytes()
    path = ImagePath(portrait.person, f"{hashlib.sha256(data).hexdigest()[:16]}.jpg")
    image_path = gallery.key(path)
    if image_path in present:
        return False
    renditions = render(data)
    if not renditions.large_has_room_for_faces:
        raise UnusableImageError(
            f"it has {renditions.width}x{renditions.height} pixels: each side needs at least {MIN_IMAGE_SIDE}",
            code="TooSmall",
        )
    found = index_portrait(stack, path, renditions.large, gallery)
    _put(stack, stack.outputs.pics_bucket, image_path, renditions.large, LARGE_TYPE)
    put_thumbnail(stack, image_path, renditions.large, found)
    record = ImageRecord(
        # The image id alone would be that of a photo with the same bytes.
        image_id=photo_ref(found["FaceRecords"][0]["Face"]),
        image_path=image_path,
        width=renditions.width,
        height=renditions.height,
        placeholder=renditions.placeholder,
        data=found,
        person=portrait.person,
        credit=portrait.credit or None,
        licence=portrait.licence or None,
        url=portrait.url or None,
    )
    write_records(stack, record, gallery)
    return True


def list_portraits(stack: Stack, gallery: Gallery = FIRST_GALLERY) -> list[ImageRecord]:
    """The records of all portraits in a gallery, found by their faces: the table holds every photo of the site too.

    If there is a picture that none of them leads to, a command was stopped, and the whole table is read.
    """
    refs = [photo_ref(face) for face in faces_of(stack, gallery).list_faces()]
    # The first release kept a portrait by its image id alone.
    ids = {*refs, *(ref.partition("/")[0] for ref in refs)}
    keys = [{"image_id": image_id} for image_id in sorted(ids)]
    items = batch_get(stack.dynamodb, stack.outputs.pics_by_image_id_table, keys, ConsistentRead=True)
    found = [record for record in map(ImageRecord.from_item, items) if record.person and gallery.has(path_of(record))]
    listed = (item["Key"] for item in list_objects(stack.s3, stack.outputs.pics_bucket, gallery.folder))
    pictures = set(filter(gallery.has, listed))
    return found if pictures <= {path_of(record) for record in found} else list(_scan_portraits(stack, gallery))


def list_portraits_of(stack: Stack, person: str, gallery: Gallery = FIRST_GALLERY) -> list[ImageRecord]:
    """The records of a person's portraits, also if a removal was stopped and left nothing else."""
    found = [record for record in list_portraits(stack, gallery) if record.person == person]
    return found or [record for record in _scan_portraits(stack, gallery) if record.person == person]


def _scan_portraits(stack: Stack, gallery: Gallery) -> Iterator[ImageRecord]:
    pages = stack.dynamodb.get_paginator("scan").paginate(
        TableName=stack.outputs.pics_by_image_id_table,
        FilterExpression="attribute_exists(person) AND NOT begins_with(image_id, :person)",
        ExpressionAttributeValues={":person": PERSON_PREFIX},
    )
    for page in pages:
        found = map(ImageRecord.from_item, page["Items"])
        yield from (record for record in found if record.person and gallery.has(path_of(record)))


def count_portraits(stack: Stack, gallery: Gallery = FIRST_GALLERY) -> Counter[str]:
    """How many portraits a gallery has of each person."""
    return Counter(record.person for record in list_portraits(stack, gallery) if record.person)


def remove_person(stack: Stack, person: str, gallery: Gallery = FIRST_GALLERY) -> int:
    """Remove a person and all their portraits from a gallery; returns how many there were.

    The person's record goes first, which marks the person as removed. The portraits' records go last, because the rest
    is found by them.
    """
    found = list_portraits_of(stack, person, gallery)
    faces = faces_of(stack, gallery)
    delete_record(stack, gallery.person_id(person))
    delete_user(faces, encode_user_id(person))
    delete_faces(faces, [face["Face"]["FaceId"] for record in found for face in record.face_records])
    stack.ledger.note_change(gallery.kept_as)
    _delete_portraits(stack, found)
    return len(found)


def remove_gallery(stack: Stack, gallery: Gallery) -> int:
    """Remove a gallery with everybody in it; returns how many portraits there were.

    In the order of `remove_person`; the first gallery, which every site has, stays without people. The words go last:
    as long as they are there, so is the gallery for whoever looks for what a stopped command left.
    """
    if gallery.is_first:
        removed = sum(remove_person(stack, person, gallery) for person in sorted(count_portraits(stack, gallery)))
        delete_words(stack, gallery)
        return removed
    found = list(_scan_portraits(stack, gallery))
    for person in sorted({record.person or "" for record in found}):
        delete_record(stack, gallery.person_id(person))
    delete_collection(stack, gallery)
    stack.ledger.note_change(gallery.kept_as)
    _delete_portraits(stack, found)
    # Pictures whose record was never written.
    for bucket in (stack.outputs.pics_bucket, stack.outputs.thumbnails_bucket):
        left = [item["Key"] for item in list_objects(stack.s3, bucket, gallery.folder) if gallery.has(item["Key"])]
        for key in left:
            stack.s3.delete_object(Bucket=bucket, Key=key)
    delete_words(stack, gallery)
    return len(found)


def _delete_portraits(stack: Stack, found: list[ImageRecord]) -> None:
    for record in found:
        delete_pictures(stack, path_of(record))
        delete_record(stack, record.image_id)


def index_portrait(stack: Stack, path: ImagePath, picture: bytes, gallery: Gallery = FIRST_GALLERY) -> dict[str, Any]:
    """Index a portrait's one face as one of the person's. Raises ``UnusableImageError`` and leaves nothing behind."""
    collection = faces_of(stack, gallery)
    try:
        found = collection.index(gallery.external_image_id(path), {"Bytes": picture})
    except ClientError as error:
        if code_of(error) not in IMAGE_REFUSED:
            raise
        raise UnusableImageError(f"Rekognition refuses it: {message_of(error)}", code="Refused") from None
    faces = [record["Face"] for record in found["FaceRecords"]]
    if len(faces) != 1:
        collection.delete(face["FaceId"] for face in faces)
        raise _unusable(len(faces), found.get("UnindexedFaces", []))
    if not attach_face(collection, encode_user_id(path.set_name), faces[0]["FaceId"]):
        collection.delete([faces[0]["FaceId"]])
        raise UnusableImageError(
            f"it does not look like the other portraits of {path.set_name}: check the name", code="AnotherPerson"
        )
    return found


def put_thumbnail(stack: Stack, key: str, large: bytes, found: dict[str, Any]) -> None:
    """Write the picture that visitors see, from the large one and what Rekognition found in it."""
    box = found["FaceRecords"][0]["Face"]["BoundingBox"]
    face = Area(box["Left"], box["Top"], box["Width"], box["Height"])
    _put(stack, stack.outputs.thumbnails_bucket, key, portrait_picture(large, face), PICTURE_TYPE)


def write_records(stack: Stack, record: ImageRecord, gallery: Gallery = FIRST_GALLERY) -> None:
    """Write a portrait's records. Its own comes last, because it says that everything is done."""
    table = stack.outputs.pics_by_image_id_table
    # A person's first portrait stands for the person.
    with contextlib.suppress(stack.dynamodb.exceptions.ConditionalCheckFailedException):
        stack.dynamodb.put_item(
            TableName=table,
            Item=person_record(record, gallery).to_item(),
            ConditionExpression="attribute_not_exists(image_id) OR image_path = :path",
            ExpressionAttributeValues={":path": record.image_path},
        )
    stack.ledger.note_change(gallery.kept_as)
    stack.dynamodb.put_item(TableName=table, Item=record.to_item())


def person_record(portrait: ImageRecord, gallery: Gallery = FIRST_GALLERY) -> ImageRecord:
    """The record that stands for a person, from a portrait's."""
    return replace(portrait, image_id=gallery.person_id(portrait.person or ""))


def delete_record(stack: Stack, image_id: str) -> None:
    """Delete the record of a portrait or a person."""
    stack.dynamodb.delete_item(TableName=stack.outputs.pics_by_image_id_table, Key={"image_id": image_id})


def delete_pictures(stack: Stack, key: str) -> None:
    """Delete a portrait's picture and its thumbnail."""
    for bucket in (stack.outputs.pics_bucket, stack.outputs.thumbnails_bucket):
        stack.s3.delete_object(Bucket=bucket, Key=key)


def _put(stack: Stack, bucket: str, key: str, body: bytes, kind: str) -> None:
    stack.s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType=kind, CacheControl=_CACHE_CONTROL)


def _unusable(faces: int, unindexed: list[dict[str, Any]]) -> UnusableImageError:
    if faces:
        return UnusableImageError(f"there are {faces} faces in it: use a portrait of one person", code="SeveralFaces")
    reasons = sorted({reason for face in unindexed for reason in face.get("Reasons", [])})
    if reasons:
        told = ", ".join(reason.lower().replace("_", " ") for reason in reasons)
        return UnusableImageError(f"the face in it can't be used ({told}): use a better portrait", code="PoorFace")
    return UnusableImageError(
        "no face was found in it: in drawings, masks and profiles a program often sees none; use a photograph, or a "
        "picture drawn closer to life that shows the face from the front",
        code="NoFace",
    )
