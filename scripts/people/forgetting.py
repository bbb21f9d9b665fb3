"""People who ask to be forgotten: their removal requests, and granting or refusing them.

The person's faces leave the collection. One of them is cut out and indexed separately, under no photo: by this
reference face the process function knows who not to index again. The photos stay; each is processed again without
that face.
"""

import io
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PIL import Image

from functions.errors import KinpicsError
from functions.face_collection import ALBUM_COLLECTION
from functions.forgotten_people import is_reference, name_digest, tell_names
from functions.kept_regions import KeptRegions
from functions.keys import FORGOTTEN_PREFIX, ImagePath, parse_image_path, photo_ref
from functions.people.inventory import Inventory
from functions.people.knowledge import fold
from functions.people.people_files import PeopleFiles
from functions.people.people_round import INVENTORY
from functions.people_queue import PeopleQueue
from functions.shapes import FORGOTTEN, Forgotten, RemovalRequest
from functions.thresholds import FORGOTTEN_THRESHOLD
from scripts.common.stack import Stack
from scripts.deployment.migration import migrate
from scripts.people.site_journal import read_journal

if TYPE_CHECKING:
    from types_boto3_rekognition.type_defs import FaceTypeDef

# Room left around a face, as a fraction of its size.
_MARGIN = 0.6
_MIN_SIDE = 200


class ForgettingError(KinpicsError):
    """The person can't be forgotten; the message says why."""


@dataclass(frozen=True)
class FaceInPhoto:
    """A face, and the photo that shows it."""

    face: "FaceTypeDef"
    path: ImagePath

    @property
    def face_id(self) -> str:
        return str(self.face["FaceId"])


def list_requests(stack: Stack) -> list[RemovalRequest]:
    """The open removal requests, oldest first."""
    migrate(stack)
    pages = stack.dynamodb.get_paginator("scan").paginate(TableName=stack.outputs.requests_table)
    found = [RemovalRequest.from_item(item) for page in pages for item in page["Items"]]
    return sorted((request for request in found if request.expires_at > time.time()), key=lambda found: found.made_at)


def drop_request(stack: Stack, request: RemovalRequest) -> None:
    """Delete a request that was granted or refused, or that names nobody any more."""
    key = {"identity_id": request.identity_id}
    stack.dynamodb.delete_item(TableName=stack.outputs.requests_table, Key=key)


def find_faces(stack: Stack, face_ids: list[str]) -> list[FaceInPhoto]:
    """Of these faces, those still on the site, the largest first."""
    faces = stack.faces.get_faces(face_ids)
    paths = _photos(stack, faces)
    found = [FaceInPhoto(face, paths[ref]) for face in faces if (ref := photo_ref(face)) in paths]
    return sorted(found, key=lambda face_in_photo: -face_in_photo.face["BoundingBox"]["Width"])


def side_by_side(named: list[FaceInPhoto]) -> dict[ImagePath, int]:
    """The photos that show several of these faces, and how many: they are probably not all one person's."""
    counts = Counter(face_in_photo.path for face_in_photo in named)
    return {path: number for path, number in counts.items() if number > 1}


def warnings_about(named: list[FaceInPhoto]) -> list[str]:
    """Why these faces are probably not all one person's."""
    return [
        f"{path} shows {number} of these faces, so they are probably not all one person's"
        for path, number in side_by_side(named).items()
    ]


def forget(
    stack: Stack, named: list[FaceInPhoto], names: Iterable[str], reprocess: Callable[[list[ImagePath]], None]
) -> list[ImagePath]:
    """Delete a person's faces from the collection; returns the photos to be processed again.

    Faces that are too unlike the reference face get one of their own, so that each is recognised later. By digests of
    ``names``, it is known what isn't to be read in files. ``reprocess`` has the photos processed. It is called before
    the faces are deleted, because a command that was stopped finds the photos again by the faces. Raises
    ``ForgettingError``.
    """
    person = str(uuid.uuid4())
    known = {entry.id for entry in list_forgotten(stack)}
    left = {face_in_photo.face_id: face_in_photo for face_in_photo in named}
    to_delete: dict[str, FaceTypeDef] = {}
    references = set()
    while left:
        face_in_photo = next(iter(left.values()))
        reference = _known_reference(stack, face_in_photo, known) or _keep_reference(stack, face_in_photo, person)
        references.add(reference)
        alike = {match["Face"]["FaceId"]: match["Face"] for match in stack.faces.search(reference, FORGOTTEN_THRESHOLD)}
        to_delete |= {face_id: face for face_id, face in alike.items() if not is_reference(face)}
        to_delete[face_in_photo.face_id] = face_in_photo.face
        left = {face_id: other for face_id, other in left.items() if face_id not in to_delete}
    _keep_names(stack, references, set(names))
    paths = sorted(set(_photos(stack, to_delete.values()).values()))
    reprocess(paths)
    stack.faces.delete(to_delete)
    stack.ledger.note_change(ALBUM_COLLECTION)
    return paths


def _known_reference(stack: Stack, face_in_photo: FaceInPhoto, known: set[str]) -> str | None:
    """A reference face left by an earlier run that was interrupted."""
    alike = stack.faces.search(face_in_photo.face_id, FORGOTTEN_THRESHOLD) if known else []
    return next((match["Face"]["FaceId"] for match in alike if match["Face"]["FaceId"] in known), None)


def _keep_names(stack: Stack, references: set[str], names: set[str]) -> None:
    for row in list_forgotten(stack):
        if names and row.id in references:
            known = {*(row.names or ()), *(name_digest(row.person, name) for name in names)}
            item = replace(row, names=sorted(known)).to_item()
            stack.dynamodb.put_item(TableName=stack.outputs.forgotten_table, Item=item)


def drop_regions(stack: Stack) -> None:
    """Take forgotten people's names out of what is kept of photos' files, also of photos that show no face there."""
    outputs = stack.outputs
    names = tell_names(stack.forgotten.list_named())
    knowledge = fold(read_journal(stack).events, names)
    regions = KeptRegions(stack.s3, outputs.thumbnails_bucket)
    queue = PeopleQueue(stack.sqs, outputs.people_queue)
    files = PeopleFiles(stack.s3, outputs.thumbnails_bucket, outputs.site_bucket)
    inventory = Inventory.from_json(files.read(INVENTORY)) or Inventory.of(())
    for photo in inventory.photos.values():
        if any(knowledge.is_withheld(region.name) for region in photo.regions):
            path = parse_image_path(photo.path)
            regions.put(path, [region for region in regions.read(path) if not knowledge.is_withheld(region.name)])
            queue.tell(path)


def list_forgotten(stack: Stack) -> list[Forgotten]:
    """The reference faces of forgotten people."""
    migrate(stack)
    return stack.forgotten.list_rows()


def allow_again(stack: Stack, references: list[Forgotten]) -> None:
    """Index these people again from now on."""
    for reference in references:
        key = {"kind": FORGOTTEN, "id": reference.id}
        stack.dynamodb.delete_item(TableName=stack.outputs.forgotten_table, Key=key)
    stack.faces.delete(reference.id for reference in references)


def _photos(stack: Stack, faces: Iterable["FaceTypeDef"]) -> dict[str, ImagePath]:
    """The photos that show these faces, by the `photo_ref` of the face."""
    found = stack.images.find_photos((face["FaceId"], photo_ref(face)) for face in faces)
    return {ref: parse_image_path(record.image_path) for ref, record in found.items() if record.image_path}


def _keep_reference(stack: Stack, face_in_photo: FaceInPhoto, person: str) -> str:
    """Index a face under no photo, and store it as a reference face; returns its id."""
    picture = _cut_out(stack, face_in_photo)
    found = stack.faces.index(f"{FORGOTTEN_PREFIX}{uuid.uuid4()}", {"Bytes": picture})
    faces = [record["Face"] for record in found["FaceRecords"]]
    if not faces:
        raise ForgettingError(
            f"the face in {face_in_photo.path} is too small or unclear to be recognised: "
            "name another face of that person"
        )
    kept = str(min(faces, key=_off_centre)["FaceId"])
    stack.faces.delete(face["FaceId"] for face in faces if face["FaceId"] != kept)
    row = Forgotten(id=kept, person=person, made_at=datetime.now(UTC).isoformat(timespec="seconds"))
    stack.dynamodb.put_item(TableName=stack.outputs.forgotten_table, Item=row.to_item())
    return kept


def _cut_out(stack: Stack, face_in_photo: FaceInPhoto) -> bytes:
    body = stack.s3.get_object(Bucket=stack.outputs.thumbnails_bucket, Key=face_in_photo.path.large_key)["Body"].read()
    with Image.open(io.BytesIO(body)) as image:
        box = face_in_photo.face["BoundingBox"]
        left, top = box["Left"] * image.width, box["Top"] * image.height
        width, height = box["Width"] * image.width, box["Height"] * image.height
        margin = _MARGIN * max(width, height)
        cut = image.crop(
            (
                max(0, round(left - margin)),
                max(0, round(top - margin)),
                min(image.width, round(left + width + margin)),
                min(image.height, round(top + height + margin)),
            )
        )
        scale = max(1.0, _MIN_SIDE / min(cut.size))
        out = io.BytesIO()
        cut.resize((round(cut.width * scale), round(cut.height * scale))).save(out, "JPEG", quality=95)
        return out.getvalue()


def _off_centre(face: "FaceTypeDef") -> float:
    box = face["BoundingBox"]
    return float(abs(box["Left"] + box["Width"] / 2 - 0.5) + abs(box["Top"] + box["Height"] / 2 - 0.5))
