"""Do the gallery's records, faces, people and pictures agree? Lists what is there, and compares it.

A portrait's own record is written last and deleted last, so what has no record is left over from a command that was
stopped. The record that stands for a person is deleted first. If it is missing and none of the person's faces is left,
a removal was stopped, and mending finishes it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from functions.galleries import FIRST_GALLERY, Gallery
from functions.keys import PERSON_PREFIX, encode_user_id
from functions.photo_rows import ImageRecord
from scripts.common.bucket import list_objects
from scripts.common.site_galleries import faces_of, list_galleries
from scripts.common.stack import Stack
from scripts.gallery.gallery_people import list_users

if TYPE_CHECKING:
    from types_boto3_rekognition.type_defs import FaceTypeDef


@dataclass
class GallerySurvey:
    """What is there: records of portraits and of people by their ids, faces by theirs, user ids, keys of pictures.

    ``has_collection``: whether there is anything that could hold faces.
    """

    gallery: Gallery = FIRST_GALLERY
    has_collection: bool = True
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
    # Names of galleries that were being made or deleted: all that is left is their words.
    galleries: set[str] = field(default_factory=set)

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
        for name in sorted(self.galleries):
            yield f"gallery {name} has words, but no collection and no portraits"

    def also_in(self, later: "GalleryDrift") -> "GalleryDrift":
        """What both say, as ``later`` says it: what one alone says may come from a command that is still running."""

        def both(name: str) -> Any:
            mine, other = getattr(self, name), getattr(later, name)
            return mine & other if isinstance(other, set) else {key: other[key] for key in mine if key in other}

        return GalleryDrift(**{part.name: both(part.name) for part in fields(self)})


def survey_gallery(
    stack: Stack, records: Iterable[ImageRecord] | None = None, gallery: Gallery = FIRST_GALLERY
) -> GallerySurvey:
    """List everything that a gallery holds; its ``records`` are looked for among all photos' if they aren't given."""
    found = GallerySurvey(gallery)
    faces = faces_of(stack, gallery)
    try:
        found.faces = {face["FaceId"]: face for face in faces.list_faces()}
        found.users = set(list_users(faces))
    except stack.rekognition.exceptions.ResourceNotFoundException:
        if gallery.is_first:
            raise
        found = GallerySurvey(gallery, has_collection=False)
    for bucket, keys in (
        (stack.outputs.pics_bucket, found.pictures),
        (stack.outputs.thumbnails_bucket, found.thumbnails),
    ):
        listed = (item["Key"] for item in list_objects(stack.s3, bucket, gallery.folder))
        keys |= set(filter(gallery.has, listed))
    for record in _scan_records(stack) if records is None else records:
        if not gallery.has(path_of(record)):
            continue  # it is in another gallery, or another program has written it
        if record.image_id.startswith(PERSON_PREFIX):
            found.people[record.image_id] = record
        else:
            found.portraits[record.image_id] = record
    return found


def survey_galleries(stack: Stack, records: Iterable[ImageRecord] | None = None) -> dict[Gallery, "GalleryDrift"]:
    """What disagrees in each of the site's galleries; ``records`` as for `survey_gallery`."""
    known = list(_scan_records(stack) if records is None else records)
    return {gallery: gallery_drift(survey_gallery(stack, known, gallery)) for gallery in list_galleries(stack)}


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
    record_of = found.gallery.record_of_user
    for user_id, records in by_person.items():
        is_removed = record_of(user_id) not in found.people and not any(
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
        person = found.people.get(record_of(user_id))
        if person is None or path_of(person) not in paths:
            result.people[user_id] = records[0]
    for image_id in found.people.keys() - {record_of(user_id) for user_id in kept}:
        result.records[image_id] = path_of(found.people[image_id])
    if not found.has_collection and not kept:
        result.galleries.add(found.gallery.name)
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
