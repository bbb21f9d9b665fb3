"""People who ask to be forgotten: their removal requests, and granting or refusing them.

The person's faces leave the collection. One of them is cut out and indexed separately, under no photo: by this
reference face the process function knows who not to index again. The photos stay; each is processed again without
that face.
"""

import io
import time
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PIL import Image

from functions.errors import KinpicsError
from functions.face_collection import ALBUM_COLLECTION, FaceCollection
from functions.forgotten_people import ForgottenPeople, is_reference, name_digest, tell_names
from functions.image_links import ImageLinks
from functions.kept_regions import KeptRegions
from functions.keys import FORGOTTEN_PREFIX, ImagePath, parse_image_path, photo_ref
from functions.ledger import Ledger
from functions.people.knowledge import fold
from functions.people.owners_journal import OwnersJournal, is_without
from functions.photo_reader import PhotoReader
from functions.thresholds import FORGOTTEN_THRESHOLD
from functions.visitor_rows import FORGOTTEN, Forgotten, RemovalRequest
from functions.withheld_names import WithheldNames, rows_naming

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_rekognition.type_defs import FaceTypeDef
    from types_boto3_s3 import S3Client

# Room left around a face, as a fraction of its size.
_MARGIN = 0.6
_MIN_SIDE = 200


class ForgettingError(KinpicsError):
    """The person can't be forgotten; the message says why."""


@dataclass(frozen=True)
class FaceOnSite:
    """A face, and the photo that shows it."""

    face: "FaceTypeDef"
    path: ImagePath

    @property
    def face_id(self) -> str:
        return str(self.face["FaceId"])


@dataclass(frozen=True)
class Forgot:
    """Who was forgotten: names by the ids that people had, and the ``photos`` that show them."""

    people: dict[str, str]
    photos: list[ImagePath]


@dataclass(frozen=True)
class Removals:
    """Forgets people on one site. ``client`` is the client of a boto3 DynamoDB *resource*."""

    client: "DynamoDBClient"
    s3: "S3Client"
    requests_table: str
    faces: FaceCollection
    images: ImageLinks
    forgotten: ForgottenPeople
    ledger: Ledger
    regions: KeptRegions
    journal: OwnersJournal

    def list_requests(self) -> list[RemovalRequest]:
        """The open removal requests, oldest first."""
        pages = self.client.get_paginator("scan").paginate(TableName=self.requests_table)
        found = [RemovalRequest.from_item(item) for page in pages for item in page["Items"]]
        return sorted((entry for entry in found if entry.expires_at > time.time()), key=lambda entry: entry.made_at)

    def drop_request(self, request: RemovalRequest) -> None:
        """Delete a request that was granted or refused, or that names nobody any more."""
        key = {"identity_id": request.identity_id}
        self.client.delete_item(TableName=self.requests_table, Key=key)

    def find_faces(self, face_ids: list[str]) -> list[FaceOnSite]:
        """Of these faces, those still on the site, the largest first."""
        faces = self.faces.get_faces(face_ids)
        paths = self._photos(faces)
        found = [FaceOnSite(face, paths[ref]) for face in faces if (ref := photo_ref(face)) in paths]
        return sorted(found, key=lambda shown: -shown.face["BoundingBox"]["Width"])

    def forget(self, named: list[FaceOnSite], reprocess: Callable[[list[ImagePath]], None]) -> Forgot:
        """Take a person out of the collection and the journal; the photos that show them are to be processed again.

        Faces that are too unlike the reference face get one of their own, so that each is recognised later. By digests
        of the person's names, it is known what isn't to be read in files. ``reprocess`` has the photos processed. It is
        called before the faces are deleted, because a command that was stopped finds the photos again by the faces.
        Raises ``ForgettingError``, and ``RoundTakenError`` where the people function is at work for long.
        """
        people = self.journal.people_of(shown.face_id for shown in named)
        names = {*people.values(), *self.journal.names_of(people)}
        person = str(uuid.uuid4())
        known = {entry.id for entry in self.list_forgotten()}
        left = {shown.face_id: shown for shown in named}
        to_delete: dict[str, FaceTypeDef] = {}
        references = set()
        while left:
            shown = next(iter(left.values()))
            reference = self._known_reference(shown, known) or self._keep_reference(shown, person)
            references.add(reference)
            matches = self.faces.search(reference, FORGOTTEN_THRESHOLD)
            alike = {match["Face"]["FaceId"]: match["Face"] for match in matches}
            to_delete |= {face_id: face for face_id, face in alike.items() if not is_reference(face)}
            to_delete[shown.face_id] = shown.face
            left = {face_id: other for face_id, other in left.items() if face_id not in to_delete}
        self._keep_names(references, names)
        paths = sorted(set(self._photos(to_delete.values()).values()))
        self.journal.forget(people)
        self.drop_regions()
        reprocess(paths)
        self.faces.delete(to_delete)
        self.ledger.note_change(ALBUM_COLLECTION)
        return Forgot(people, paths)

    def is_over(self, people: Collection[str]) -> bool:
        """Whether there was a round after which the state has neither these people nor a forgotten name.

        After a command that was stopped, the journal no longer says who was forgotten, but their names are known again.
        """
        knowledge = fold(self.journal.read().events, tell_names(self.forgotten.list_named()))
        return is_without(self.journal.read_state(), people, knowledge)

    def named_in_rows(self, photos: PhotoReader) -> list[ImagePath]:
        """The photos in whose keywords visitors can read a forgotten person's name."""
        return list(rows_naming(photos, WithheldNames(forgotten=self.forgotten.list_rows())))

    def _known_reference(self, shown: FaceOnSite, known: set[str]) -> str | None:
        """A reference face left by an earlier run that was interrupted."""
        alike = self.faces.search(shown.face_id, FORGOTTEN_THRESHOLD) if known else []
        return next((match["Face"]["FaceId"] for match in alike if match["Face"]["FaceId"] in known), None)

    def _keep_names(self, references: set[str], names: set[str]) -> None:
        for row in self.list_forgotten():
            if names and row.id in references:
                known = {*(row.names or ()), *(name_digest(row.person, name) for name in names)}
                item = replace(row, names=sorted(known)).to_item()
                self.client.put_item(TableName=self.forgotten.table, Item=item)

    def drop_regions(self) -> None:
        """Take forgotten people's names out of what is kept of files, also of photos that show no face there."""
        knowledge = fold(self.journal.read().events, tell_names(self.forgotten.list_named()))
        for photo in self.journal.read_inventory().photos.values():
            if any(knowledge.is_withheld(region.name) for region in photo.regions):
                path = parse_image_path(photo.path)
                kept = [region for region in self.regions.read(path) if not knowledge.is_withheld(region.name)]
                self.regions.put(path, kept)
                self.journal.queue.tell(path)

    def list_forgotten(self) -> list[Forgotten]:
        """The reference faces of forgotten people."""
        return self.forgotten.list_rows()

    def allow_again(self, references: list[Forgotten]) -> None:
        """Index these people again from now on."""
        for reference in references:
            key = {"kind": FORGOTTEN, "id": reference.id}
            self.client.delete_item(TableName=self.forgotten.table, Key=key)
        self.faces.delete(reference.id for reference in references)

    def _photos(self, faces: Iterable["FaceTypeDef"]) -> dict[str, ImagePath]:
        """The photos that show these faces, by the `photo_ref` of the face."""
        found = self.images.find_photos((face["FaceId"], photo_ref(face)) for face in faces)
        return {ref: parse_image_path(record.image_path) for ref, record in found.items() if record.image_path}

    def _keep_reference(self, shown: FaceOnSite, person: str) -> str:
        """Index a face under no photo, and store it as a reference face; returns its id."""
        picture = self._cut_out(shown)
        found = self.faces.index(f"{FORGOTTEN_PREFIX}{uuid.uuid4()}", {"Bytes": picture})
        faces = [record["Face"] for record in found["FaceRecords"]]
        if not faces:
            raise ForgettingError(
                f"the face in {shown.path} is too small or unclear to be recognised: name another face of that person",
                values={"photo": str(shown.path)},
            )
        kept = str(min(faces, key=_off_centre)["FaceId"])
        self.faces.delete(face["FaceId"] for face in faces if face["FaceId"] != kept)
        row = Forgotten(id=kept, person=person, made_at=datetime.now(UTC).isoformat(timespec="seconds"))
        self.client.put_item(TableName=self.forgotten.table, Item=row.to_item())
        return kept

    def _cut_out(self, shown: FaceOnSite) -> bytes:
        body = self.s3.get_object(Bucket=self.regions.bucket, Key=shown.path.large_key)["Body"].read()
        with Image.open(io.BytesIO(body)) as image:
            box = shown.face["BoundingBox"]
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


def side_by_side(named: list[FaceOnSite]) -> dict[ImagePath, int]:
    """The photos that show several of these faces, and how many: they are probably not all one person's."""
    counts = Counter(shown.path for shown in named)
    return {path: number for path, number in counts.items() if number > 1}


def warnings_about(named: list[FaceOnSite]) -> list[str]:
    """Why these faces are probably not all one person's."""
    return [
        f"{path} shows {number} of these faces, so they are probably not all one person's"
        for path, number in side_by_side(named).items()
    ]


def _off_centre(face: "FaceTypeDef") -> float:
    box = face["BoundingBox"]
    return float(abs(box["Left"] + box["Width"] / 2 - 0.5) + abs(box["Top"] + box["Height"] / 2 - 0.5))
