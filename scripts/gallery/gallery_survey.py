"""Do the gallery's records, faces, people and pictures agree? Lists what is there, and compares it.

A portrait's own record is written last and deleted last, so what has no record is left over from a command that was
stopped. The record that stands for a person is deleted first. If it is missing and none of the person's faces is left,
a removal was stopped, and mending finishes it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from functions.keys import PERSON_PREFIX, encode_user_id
from functions.shapes import ImageRecord
from scripts.common.bucket import list_objects
from scripts.common.stack import Stack
from scripts.gallery.gallery_people import list_users

if TYPE_CHECKING:
    from types_boto3_rekognition.type_defs import FaceTypeDef

GALLERY_PREFIX = "celebrities/"


@dataclass
class GallerySurvey:
    """What is there: records of portraits and of people by their ids, faces by theirs, user ids, keys of pictures."""

    portraits: dict[str, ImageRecord] = field(default_factory=dict)
    people: dict[str, ImageRecord] = field(default_factory=dict)
    faces: dict[str, "FaceTypeDef"] = field(default_factory=dict)
    users: set[str] = field(default_factory=set)
    pictures: set[str] = field(default_factory=set)
    thumbnails: set[str] = field(default_factory=set)


@dataclass
class GalleryDrift:
    """Where they disagree, by what mends it."""

    # Portraits to be made again from their pictures, by image id: records and reasons.
    redo: dict[str, tuple[ImageRecord, str]] = field(default_factory=dict)
    # People without a record, by user id: one of their portraits, to write the record from.
    people: dict[str, ImageRecord] = field(default_factory=dict)
    # Left over: faces, users, keys of pictures, and the records of portraits and people by image id.
    faces: dict[str, "FaceTypeDef"] = field(default_factory=dict)
    users: set[str] = field(default_factory=set)
    pictures: set[str] = field(default_factory=set)
    records: dict[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return sum(len(getattr(self, part.name)) for part in fields(self))

    def lines(self) -> Iterator[str]:
        """Each disagreement in words."""
        for record, reason in sorted(self.redo.values(), key=lambda entry: path_of(entry[0])):
            yield f"{path_of(record)}: {reason}"
        for record in sorted(self.people.values(), key=lambda record: path_of(record)):
            yield f"{record.person} has portraits in the gallery, but no record"
        for face_id in sorted(self.faces):
            yield f"face {face_id} is in the gallery's collection, but in no record"
        for user_id in sorted(self.users):
            yield f"user {user_id} is in the gallery's collection, but has no portrait"
        for key in sorted(self.pictures):
            yield f"{key}: there is no record of this portrait"
        for image_id, path in sorted(self.records.items()):
            yield f"record {image_id} leads to {path}, which is not in the gallery"

    def also_in(self, later: "GalleryDrift") -> "GalleryDrift":
        """What both say, as ``later`` says it: what one alone says may come from a command that is still running."""

        def both(name: str) -> Any:
            mine, other = getattr(self, name), getattr(later, name)
            return mine & other if isinstance(other, set) else {key: other[key] for key in mine if key in other}

        return GalleryDrift(**{part.name: both(part.name) for part in fields(self)})


def survey_gallery(stack: Stack, records: Iterable[ImageRecord] | None = None) -> GallerySurvey:
    """List everything that the gallery holds; its ``records`` are looked for among all photos' if they aren't given."""
    found = GallerySurvey()
    found.faces = {face["FaceId"]: face for face in stack.gallery.list_faces()}
    found.users = set(list_users(stack))
    for bucket, keys in (
        (stack.outputs.pics_bucket, found.pictures),
        (stack.outputs.thumbnails_bucket, found.thumbnails),
    ):
        keys |= {item["Key"] for item in list_objects(stack.s3, bucket, GALLERY_PREFIX)}
    for record in _scan_records(stack) if records is None else records:
        if not path_of(record).startswith(GALLERY_PREFIX):
            continue  # another program has written it
        if record.image_id.startswith(PERSON_PREFIX):
            found.people[record.image_id.removeprefix(PERSON_PREFIX)] = record
        else:
            found.portraits[record.image_id] = record
    return found


def _scan_records(stack: Stack) -> Iterator[ImageRecord]:
    for page in stack.dynamodb.get_paginator("scan").paginate(
        TableName=stack.outputs.pics_by_image_id_table, FilterExpression="attribute_exists(person)"
    ):
        yield from map(ImageRecord.from_item, page["Items"])


def gallery_drift(found: GallerySurvey) -> GalleryDrift:
    """What disagrees."""
    result = GalleryDrift()
    by_person: dict[str, list[ImageRecord]] = defaultdict(list)
    for record in found.portraits.values():
        by_person[encode_user_id(record.person or "")].append(record)
    kept: dict[str, list[ImageRecord]] = {}
    for user_id, records in by_person.items():
        is_removed = user_id not in found.people and not any(
            _face_ids(record) & found.faces.keys() for record in records
        )
        for record in records:
            if is_removed or path_of(record) not in found.pictures:
                result.records[record.image_id] = path_of(record)
                continue
            kept.setdefault(user_id, []).append(record)
            if reason := _reason(found, record, user_id):
                result.redo[record.image_id] = (record, reason)
    paths = {path_of(record) for records in kept.values() for record in records}
    known_faces = {face_id for records in kept.values() for record in records for face_id in _face_ids(record)}
    result.faces = {face_id: face for face_id, face in found.faces.items() if face_id not in known_faces}
    result.users = found.users - kept.keys()
    result.pictures = (found.pictures | found.thumbnails) - paths
    for user_id, records in kept.items():
        person = found.people.get(user_id)
        if person is None or path_of(person) not in paths:
            result.people[user_id] = records[0]
    for user_id in found.people.keys() - kept.keys():
        result.records[PERSON_PREFIX + user_id] = path_of(found.people[user_id])
    return result


def path_of(record: ImageRecord) -> str:
    """Key of a portrait's pictures."""
    return record.image_path or ""


def _face_ids(record: ImageRecord) -> set[str]:
    return {entry["Face"]["FaceId"] for entry in record.face_records}


def _reason(found: GallerySurvey, record: ImageRecord, user_id: str) -> str:
    """Why a portrait has to be made again; empty if it doesn't."""
    if path_of(record) not in found.thumbnails:
        return "its thumbnail is missing"
    if _face_ids(record) - found.faces.keys():
        return "its face is missing from the collection"
    if any(found.faces[face_id].get("UserId") != user_id for face_id in _face_ids(record)):
        return f"its face is not attached to {record.person}"
    return ""
