"""The lookalike gallery: portraits of people, each with a name, a credit and one face.

Portraits go straight into the collection, not through the queue: the owner is told at once which can't be used. A
portrait is named by its content, so adding the same again changes nothing.
"""

import contextlib
import hashlib
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError

from functions.aws_errors import code_of, message_of
from functions.face_collection import GALLERY_COLLECTION, MIN_IMAGE_SIDE
from functions.keys import (
    PERSON_PREFIX,
    BadNameError,
    ImagePath,
    check_set_name,
    encode_external_image_id,
    encode_user_id,
    parse_image_path,
    photo_ref,
)
from functions.process.images import LARGE_TYPE, THUMBNAIL_TYPE, Renditions, UnusableImageError, render
from functions.process.sync import IMAGE_REFUSED
from functions.shapes import ImageRecord
from scripts.common.stack import Stack
from scripts.gallery.gallery_survey import PREFIX, GalleryDrift, path_of
from scripts.gallery.portraits_csv import Table, read_table
from scripts.upload.plan import PHOTO_SUFFIXES, PlanError, Refusal

# Percent from which a portrait may be of the same person as the others of that name: less than a search would ask for,
# for people grow older, but more than strangers have.
_SAME_PERSON = 20.0
_ATTEMPTS = 6
_CACHE_CONTROL = "public, max-age=86400"
# A number at a name's end tells portraits of one person apart: `Ada_Lovelace_2.jpg`.
_NUMBER = re.compile(r"[ _-]+\d+$")


@dataclass(frozen=True)
class Portrait:
    """A file of the gallery, and what is shown beside it."""

    source: Path
    person: str
    credit: str = ""
    licence: str = ""
    url: str = ""


@dataclass
class Gallery:
    """What a folder holds: portraits, files that can't be any, and remarks for the owner."""

    portraits: list[Portrait] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_folder(folder: Path) -> Gallery:
    """The portraits of a folder, named by its CSV (``file,name,credit,licence,url``) or by their files.

    Raises ``PlanError``.
    """
    if not folder.is_dir():
        raise PlanError(f"{folder} is not a folder: give the folder that holds the portraits")
    tables = sorted(folder.glob("*.csv"))
    if len(tables) > 1:
        raise PlanError(f"{folder} holds {len(tables)} CSV files: keep one")
    table = read_table(tables[0]) if tables else Table()
    described = table.rows
    gallery = Gallery(notes=table.notes)
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in PHOTO_SUFFIXES or not path.is_file():
            continue
        entry = described.pop(path.name, {})
        if path.is_symlink():
            gallery.refused.append(Refusal(path.name, "a link, which is not followed: put the portrait itself there"))
            continue
        try:
            person = check_set_name(" ".join((entry.get("name") or _person_of(path)).split()))
        except BadNameError as error:
            gallery.refused.append(Refusal(path.name, str(error)))
            continue
        rest = {name: entry.get(name, "").strip() for name in ("credit", "licence", "url")}
        gallery.portraits.append(Portrait(path, person, **rest))
    gallery.refused += [Refusal(name, f"is in {tables[0].name}, but not in {folder}") for name in described]
    if not gallery.portraits and not gallery.refused:
        raise PlanError(f"there are no portraits in {folder}")
    return gallery


def add(stack: Stack, portrait: Portrait, present: set[str]) -> bool:
    """Put a portrait into the gallery; False where it is in ``present``. Raises ``UnusableImageError``."""
    data = portrait.source.read_bytes()
    path = ImagePath(portrait.person, f"{hashlib.sha256(data).hexdigest()[:16]}.jpg")
    image_path = f"{PREFIX}{path}"
    if image_path in present:
        return False
    renditions = render(data)
    if not renditions.large_has_room_for_faces:
        raise UnusableImageError(
            f"it has {renditions.width}x{renditions.height} pixels: {MIN_IMAGE_SIDE} a side are the least",
            code="TooSmall",
        )
    found = _index(stack, path, renditions.large)
    _put(stack, image_path, renditions)
    record = ImageRecord(
        # The image id alone is that of an album's photo of the same bytes.
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
    _record(stack, record)
    return True


def restore(stack: Stack, record: ImageRecord) -> None:
    """Make a portrait's face, thumbnail and records again from the picture in S3. Raises ``UnusableImageError``."""
    key = path_of(record)
    picture = stack.s3.get_object(Bucket=stack.outputs.pics_bucket, Key=key)["Body"].read()
    path = parse_image_path(key.removeprefix(PREFIX))
    found = _index(stack, path, picture)
    thumbnail = render(picture).thumbnail
    stack.s3.put_object(
        Bucket=stack.outputs.thumbnails_bucket,
        Key=key,
        Body=thumbnail,
        ContentType=THUMBNAIL_TYPE,
        CacheControl=_CACHE_CONTROL,
    )
    image_id = photo_ref(found["FaceRecords"][0]["Face"])
    _record(stack, replace(record, image_id=image_id, data=found))
    if image_id != record.image_id:
        delete_record(stack, record.image_id)


def mend(stack: Stack, drift: GalleryDrift) -> dict[str, str]:
    """Bring records, faces, people and pictures in line; returns the portraits that can't be mended, with the reason.

    A person's record is written before a portrait's, and a portrait's goes last, as in `add` and `remove`.
    """
    for user_id in drift.users:
        delete_user(stack, user_id)
    for face_id, face in drift.faces.items():
        if (user_id := face.get("UserId")) and user_id not in drift.users:
            free_face(stack, user_id, face_id)
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
            restore(stack, portrait)
        except UnusableImageError as error:
            failed[path_of(portrait)] = str(error)
    if len(drift):
        stack.ledger.changed(GALLERY_COLLECTION)
    return failed


def delete_record(stack: Stack, image_id: str) -> None:
    """Delete the record of a portrait or a person."""
    stack.dynamodb.delete_item(TableName=stack.outputs.pics_by_image_id_table, Key={"image_id": image_id})


def _record(stack: Stack, record: ImageRecord) -> None:
    """Write a portrait's records. Its own comes last: it says that everything is done."""
    table = stack.outputs.pics_by_image_id_table
    # The person's first portrait stands for them.
    with contextlib.suppress(stack.dynamodb.exceptions.ConditionalCheckFailedException):
        stack.dynamodb.put_item(
            TableName=table,
            Item=person_record(record).to_item(),
            ConditionExpression="attribute_not_exists(image_id) OR image_path = :path",
            ExpressionAttributeValues={":path": record.image_path},
        )
    stack.ledger.changed(GALLERY_COLLECTION)
    stack.dynamodb.put_item(TableName=table, Item=record.to_item())


def person_record(portrait: ImageRecord) -> ImageRecord:
    """The record that stands for a person, from a portrait's."""
    return replace(portrait, image_id=f"{PERSON_PREFIX}{encode_user_id(portrait.person or '')}")


def _index(stack: Stack, path: ImagePath, picture: bytes) -> dict:
    """Index a portrait's one face as one of the person's. Raises ``UnusableImageError``, with nothing left of it."""
    try:
        found = stack.gallery.index(encode_external_image_id(path), {"Bytes": picture})
    except ClientError as error:
        if code_of(error) not in IMAGE_REFUSED:
            raise
        raise UnusableImageError(f"Rekognition refuses it: {message_of(error)}", code="Refused") from None
    faces = [record["Face"] for record in found["FaceRecords"]]
    if len(faces) != 1:
        stack.gallery.delete(face["FaceId"] for face in faces)
        raise _unusable(len(faces), found.get("UnindexedFaces", []))
    if not _belongs_to(stack, encode_user_id(path.set_name), faces[0]["FaceId"]):
        stack.gallery.delete([faces[0]["FaceId"]])
        raise UnusableImageError(
            f"it does not look like the other portraits of {path.set_name}: is the name right?", code="AnotherPerson"
        )
    return found


def records(stack: Stack) -> Iterator[ImageRecord]:
    """The portraits there are."""
    pages = stack.dynamodb.get_paginator("scan").paginate(
        TableName=stack.outputs.pics_by_image_id_table,
        FilterExpression=Attr("person").exists() & ~Attr("image_id").begins_with(PERSON_PREFIX),
    )
    for page in pages:
        found = map(ImageRecord.from_item, page["Items"])
        yield from (record for record in found if record.person and record.image_path)


def people(stack: Stack) -> Counter[str]:
    """How many portraits there are of each person."""
    return Counter(record.person for record in records(stack))


def remove(stack: Stack, person: str) -> int:
    """Remove a person and all their portraits; returns how many there were.

    The person's record goes first, which says that they are to go; the portraits' go last: the rest is found by them.
    """
    found = [record for record in records(stack) if record.person == person]
    person_id = encode_user_id(person)
    delete_record(stack, f"{PERSON_PREFIX}{person_id}")
    delete_user(stack, person_id)
    delete_faces(stack, [face["Face"]["FaceId"] for record in found for face in record.face_records])
    stack.ledger.changed(GALLERY_COLLECTION)
    for record in found:
        delete_pictures(stack, path_of(record))
        delete_record(stack, record.image_id)
    return len(found)


def delete_user(stack: Stack, user_id: str) -> None:
    """Delete a person's user in the collection; the faces stay, and are nobody's."""
    collection_id = stack.gallery.collection_id
    with contextlib.suppress(stack.rekognition.exceptions.ResourceNotFoundException):
        _patiently(stack, lambda: stack.rekognition.delete_user(CollectionId=collection_id, UserId=user_id))


def delete_pictures(stack: Stack, key: str) -> None:
    """Delete a portrait's picture and its thumbnail."""
    for bucket in (stack.outputs.pics_bucket, stack.outputs.thumbnails_bucket):
        stack.s3.delete_object(Bucket=bucket, Key=key)


def free_face(stack: Stack, user_id: str, face_id: str) -> None:
    """Detach a face from its person: while attached, it can't be deleted."""
    collection_id = stack.gallery.collection_id
    with contextlib.suppress(stack.rekognition.exceptions.ResourceNotFoundException):
        _patiently(
            stack,
            lambda: stack.rekognition.disassociate_faces(CollectionId=collection_id, UserId=user_id, FaceIds=[face_id]),
        )


def delete_faces(stack: Stack, face_ids: list[str]) -> None:
    """Delete faces; those that Rekognition still takes to be a person's are tried again. Raises ``OSError``."""
    for attempt in range(_ATTEMPTS):
        if not face_ids:
            return
        answer = stack.rekognition.delete_faces(CollectionId=stack.gallery.collection_id, FaceIds=face_ids)
        refused = answer.get("UnsuccessfulFaceDeletions", [])
        face_ids = [entry["FaceId"] for entry in refused if "FACE_NOT_FOUND" not in entry.get("Reasons", [])]
        if face_ids:
            time.sleep(2**attempt / 4)
    raise OSError(f"Rekognition does not delete {len(face_ids)} faces yet: run the same command again in a minute")


def _belongs_to(stack: Stack, person_id: str, face_id: str) -> bool:
    """Make a face one of a person's, who is made if need be; False where it is too unlike the others."""
    collection_id = stack.gallery.collection_id
    with contextlib.suppress(stack.rekognition.exceptions.ConflictException):
        stack.rekognition.create_user(CollectionId=collection_id, UserId=person_id)
    done = _patiently(
        stack,
        lambda: stack.rekognition.associate_faces(
            CollectionId=collection_id, UserId=person_id, FaceIds=[face_id], UserMatchThreshold=_SAME_PERSON
        ),
    )
    return not done.get("UnsuccessfulFaceAssociations")


def _patiently(stack: Stack, call: Callable[[], Any]) -> Any:
    """Call again while Rekognition is still busy with an earlier change of the same person."""
    for attempt in range(_ATTEMPTS):
        try:
            return call()
        except stack.rekognition.exceptions.ConflictException:
            if attempt == _ATTEMPTS - 1:
                raise
            time.sleep(2**attempt / 4)
    return None


def _person_of(path: Path) -> str:
    return _NUMBER.sub("", path.stem).replace("_", " ")


def _unusable(faces: int, unindexed: list[dict]) -> UnusableImageError:
    if faces:
        return UnusableImageError(f"there are {faces} faces in it: a portrait shows one person", code="SeveralFaces")
    reasons = sorted({reason for face in unindexed for reason in face.get("Reasons", [])})
    if reasons:
        told = ", ".join(reason.lower().replace("_", " ") for reason in reasons)
        return UnusableImageError(f"the face in it can't be used: {told}", code="PoorFace")
    return UnusableImageError("there is no face in it", code="NoFace")


def _put(stack: Stack, key: str, renditions: Renditions) -> None:
    for bucket, body, kind in (
        (stack.outputs.pics_bucket, renditions.large, LARGE_TYPE),
        (stack.outputs.thumbnails_bucket, renditions.thumbnail, THUMBNAIL_TYPE),
    ):
        stack.s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType=kind, CacheControl=_CACHE_CONTROL)
