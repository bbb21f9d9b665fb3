"""Bring everything the site keeps of one photo in line with the original in S3.

An event only says that a key is worth a look; what to do depends on what is there now. One worker at a time holds the
photo's lease. If there is no original, all traces go (`deletion`). If rows, thumbnails, card and download copy already
show the original, nothing happens. Otherwise the worker decodes it, indexes its faces, writes thumbnails, card,
download copy, rows and the photo's page, and removes the faces of the previous version. If only the card (which photos
of earlier releases lack) or the download copy is missing, nothing is paid for again. So duplicate, late and reordered
events all end in the same state.

A worker that dies leaves its lease behind. The lease tells the next worker which versions of the original may have been
indexed. The same version gives the same faces once more. If it has changed or gone, or if the worker died between
replacing a row and deleting the faces that only that row knew, the next worker looks through the collection for faces
that no row knows of, as far as its time allows, and the one after it goes on from there.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from functions.aws_errors import code_of
from functions.dates import timestamp
from functions.errors import KinpicsError
from functions.face_collection import FaceCollection, is_face_id
from functions.face_regions import NamedArea, over_faces
from functions.forgotten_people import ForgottenPeople, is_forgotten
from functions.image_links import ImageLinks
from functions.kept_regions import KeptRegions
from functions.keys import ImagePath, encode_external_image_id
from functions.lease_rows import Lease
from functions.ledger import CeilingReachedError, Ledger
from functions.live_photos import films_beside
from functions.owner_words import keep_owner_words
from functions.people_queue import PeopleQueue
from functions.photo_labels import PhotoLabels
from functions.photo_reader import PhotoReader
from functions.photo_rows import Photo, grid_key
from functions.photo_texts import clean_keywords
from functions.photo_writer import PhotoWriter
from functions.process.complexity import UnusableImageError
from functions.process.deletion import PhotoDeletion
from functions.process.images import Renditions, render
from functions.process.leases import Leases, may_have_leftovers
from functions.process.metadata import summary, taken_at
from functions.process.motion import film_start
from functions.process.objects import Objects, Original
from functions.process.photo_pages import PhotoPages
from functions.thresholds import FORGOTTEN_THRESHOLD
from functions.told_facts import rating_of
from functions.withheld_names import HiddenNames, WithheldNames

if TYPE_CHECKING:
    from types_boto3_rekognition.type_defs import FaceMatchTypeDef, FaceTypeDef, ImageTypeDef

logger = Logger(child=True)
_Answer = TypeVar("_Answer")
_NO_FACES: dict[str, Any] = {"FaceRecords": [], "UnindexedFaces": []}
# What Rekognition answers to a picture it can't read although it decodes here: try again with a JPEG of our own.
IMAGE_REFUSED = {"InvalidImageFormatException", "ImageTooLargeException", "InvalidParameterException"}


# The part of a worker's time in which it may look through the collection.
_LISTING_TIME = 0.5


class SearchPausedError(KinpicsError):
    """The collection is too large to look through in one go: the message has to be given out again."""


class LostReferenceError(KinpicsError):
    """A reference face is missing, so nobody can tell whether a photo shows a forgotten person."""


@dataclass(frozen=True)
class PhotoSync:
    """Keeps photos in sync; holds everything the process function writes to."""

    objects: Objects
    regions: KeptRegions
    pages: PhotoPages
    faces: FaceCollection
    labels: PhotoLabels
    photos: PhotoReader
    images: ImageLinks
    leases: Leases
    ledger: Ledger
    forgotten: ForgottenPeople
    hidden: HiddenNames
    people: PeopleQueue
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    clock: Callable[[], float] = time.monotonic
    render: Callable[[bytes], Renditions] = render
    # Gives the films function something to do, where the site takes films: a photo with a film behind it, or a film.
    hand_on: Callable[[str, ImagePath], None] | None = None

    def sync(self, bucket: str, path: ImagePath, *, owner: str, seconds: float, force: bool = False) -> None:
        """Make rows, thumbnails and faces of a photo agree with its original.

        ``owner`` and ``seconds`` name and bound the lease. Raises ``LeaseTakenError`` when another worker is at the
        photo, ``UnusableImageError`` when the original can't be shown (its traces are removed first),
        ``CeilingReachedError`` when its faces can't be paid for today, ``SearchPausedError`` when there is more to
        clear up than fits into its time, ``SetMovingError`` while the rows of its set move from one table to the other,
        and whatever AWS raises: to be tried again.
        """
        # Before anything is paid for.
        self.photos.tables.settle(path.set_name)
        deadline = self.clock() + seconds * _LISTING_TIME
        etag = self.objects.etag(bucket, path.key)
        left = self.leases.acquire(path, owner, seconds, etag)
        try:
            if left and may_have_leftovers(left, etag):
                self._clear_leftovers(path, owner, left, etag, deadline)
            row = self.photos.get_photo(path)
            known = None if force or left else self._known(path, row, etag)
            if known is None or not self._is_complete(path, known):
                self._bring_in_sync(bucket, path, owner, etag, row, known)
                self.people.tell(path)
        except UnusableImageError:
            if left and may_have_leftovers(left, None):  # another release may have read the same file
                self._clear_leftovers(path, owner, left, None, deadline)
            self._deletion.delete_photo(path, self._timestamp())
            self._settle_beside(bucket, path)
            self.people.tell(path)
            self.leases.release(path, owner)
            raise
        except CeilingReachedError:
            if not left:
                self.leases.release(path, owner)
            raise
        # After any other error the lease stays: the retry, with the same owner, sees it and clears up.
        self.leases.release(path, owner)

    @property
    def _writer(self) -> PhotoWriter:
        return PhotoWriter(self.photos, self.images)

    @property
    def _deletion(self) -> PhotoDeletion:
        return PhotoDeletion(self.objects, self.regions, self.pages, self.faces, self._writer, self.ledger)

    def _clear_leftovers(self, path: ImagePath, owner: str, left: Lease, etag: str | None, deadline: float) -> None:
        """Delete the photo's faces in the collection that its row doesn't know: a dead worker has indexed them.

        Raises ``SearchPausedError`` at the deadline; the lease then says where to go on.
        """
        external_image_id = encode_external_image_id(path)
        row = self.photos.get_photo(path)
        kept = row.face_ids if row else set()
        for faces, token in self._list_pages(left.listed):
            own = {face["FaceId"] for face in faces if face.get("ExternalImageId") == external_image_id}
            if own - kept:
                self._deletion.delete_faces(path, row, keep=kept, leftovers=own)
            if token and self.clock() > deadline:
                self.leases.note_listed(path, owner, token)
                raise SearchPausedError(f"the collection has not been searched to its end for old faces of {path}")
        self.leases.settle(path, owner, etag)

    def _list_pages(self, token: str | None) -> "Iterator[tuple[list[FaceTypeDef], str | None]]":
        """The collection's faces from ``token`` on, or all of them if Rekognition no longer takes it."""
        try:
            yield from self.faces.list_pages(token)
        except ClientError as error:
            if not token or code_of(error) != "InvalidPaginationTokenException":
                raise
            yield from self.faces.list_pages()

    def _known(self, path: ImagePath, row: Photo | None, etag: str | None) -> Photo | None:
        """The photo's row, if it and both thumbnails already show the original, which has this ``etag``."""
        if etag is None or row is None or row.etag != etag or not self.objects.has_renditions(path, etag):
            return None
        return row

    def _is_complete(self, path: ImagePath, known: Photo) -> bool:
        """Whether a known photo has everything that can be made without paying again."""
        etag = known.etag or ""
        has_card = bool(known.card_at) and self.objects.has_card(path, etag)
        plays = known.film is not None and not known.film.get("unplayable")
        if plays and not self.objects.is_of(path.film_key, etag):
            return False
        return has_card and self.objects.has_download(path, etag) and not self._is_outdated(known)

    def _is_outdated(self, known: Photo) -> bool:
        """Whether a known photo's row has to be written anew: it lacks something, or names somebody it must not."""
        return not known.card_at or not known.sha256 or (bool(known.keywords) and self._withheld().are_in(known))

    def _bring_in_sync(
        self, bucket: str, path: ImagePath, owner: str, etag: str | None, row: Photo | None, known: Photo | None
    ) -> None:
        original = self.objects.read(bucket, path.key)
        if original is None:
            self._deletion.delete_photo(path, self._timestamp())
            self._settle_beside(bucket, path)
            return
        if original.etag != etag:  # replaced a moment ago
            self.leases.add_version(path, owner, original.etag)
        renditions = self.render(original.data)
        self._bring_photo_in_sync(bucket, path, owner, original, renditions, row, known)
        if film_start(original.data) is not None:
            if self.hand_on:
                self.hand_on(bucket, path)
        elif row and row.film and not (row.film_beside and row.etag == original.etag):
            self.objects.delete([path.film_key])
        self._settle_beside(bucket, path)

    def _settle_beside(self, bucket: str, path: ImagePath) -> None:
        """Have the films looked at that may belong to this photo, or no longer do.

        After the photo's row has changed: the films function looks for photos after it has written a film's row, so
        whichever is later sees both.
        """
        if self.hand_on:
            for film in films_beside(self.photos, path):
                self.hand_on(bucket, film)

    def _bring_photo_in_sync(
        self,
        bucket: str,
        path: ImagePath,
        owner: str,
        original: Original,
        renditions: Renditions,
        row: Photo | None,
        known: Photo | None,
    ) -> None:
        if known and known.etag == original.etag:  # its faces are paid for
            self._put_objects(path, original, renditions, known)
            if self._is_outdated(known):
                photo = self._make_row(path, original, renditions, known.data, known.labels)
                self._put_row(path, _with_film(photo, known), renditions)
            return
        indexed = self._adopted(row) or self._index(bucket, path, renditions)
        data = self._without_forgotten(path, indexed)
        labels = self._find_labels(bucket, path, original, renditions)
        photo = _with_film(self._make_row(path, original, renditions, data, labels), row)
        self._put_objects(path, original, renditions, photo)
        if row and row.face_ids - photo.face_ids:
            self.leases.add_version_before(path, owner)
        old = self._put_row(path, photo, renditions)
        self._deletion.delete_faces(path, old, keep=photo.face_ids)

    def _put_objects(self, path: ImagePath, original: Original, renditions: Renditions, photo: Photo) -> None:
        self.objects.put_renditions(path, renditions, photo.face_boxes, original.etag)
        self.objects.put_download(path, original, renditions)

    def _put_row(self, path: ImagePath, photo: Photo, renditions: Renditions) -> Photo | None:
        """Write a photo's rows, its pages and the names in its file; returns the row that was replaced."""
        self.regions.put(path, self._regions(renditions, photo))
        self.pages.begin(path.set_name)
        old = self._writer.put_photo(path, photo, self._timestamp())
        self.pages.put(keep_owner_words(photo, old))
        return old

    def _adopted(self, photo: Photo | None) -> dict[str, Any] | None:
        """The faces in a row written by another program, if all are in the collection: links to them keep working."""
        if photo is None or not photo.is_adopted or not photo.image_id:
            return None
        found = self.faces.get_faces(sorted(filter(is_face_id, photo.face_ids)))
        if {face["FaceId"] for face in found} != photo.face_ids:
            return None
        return {**photo.data, "FaceRecords": photo.face_records}

    def _index(self, bucket: str, path: ImagePath, renditions: Renditions) -> dict[str, Any]:
        external_image_id = encode_external_image_id(path)
        found = _show(bucket, path, renditions, lambda image: self.faces.index(external_image_id, image))
        return found or _NO_FACES

    def _find_labels(
        self, bucket: str, path: ImagePath, original: Original, renditions: Renditions
    ) -> list[str] | None:
        """Labels; if anything goes wrong, those that the same original has, or none: a photo can do without."""
        try:
            return _show(bucket, path, renditions, self.labels.find) or None
        except (ClientError, BotoCoreError, CeilingReachedError) as error:
            logger.warning("no new labels", extra={"key": path.key, "reason": str(error)})
            known = self.photos.get_photo(path)
            return known.labels if known and known.etag == original.etag else None

    def _without_forgotten(self, path: ImagePath, data: dict[str, Any]) -> dict[str, Any]:
        """What was indexed, without the faces of forgotten people, which are deleted at once."""
        indexed = {record["Face"]["FaceId"] for record in data["FaceRecords"]}
        if not indexed:
            return data
        try:
            alike = [match for reference in self.forgotten.list_references() for match in self._search(reference)]
        except CeilingReachedError:
            known = self.photos.get_photo(path)
            self.faces.delete(indexed - (known.face_ids if known else set()))
            raise
        forgotten = indexed & {match["Face"]["FaceId"] for match in alike}
        self.faces.delete(forgotten)
        records = [record for record in data["FaceRecords"] if record["Face"]["FaceId"] not in forgotten]
        return {**data, "FaceRecords": records}

    def _search(self, reference: str) -> "list[FaceMatchTypeDef]":
        try:
            return self.faces.search(reference, FORGOTTEN_THRESHOLD)
        except ClientError as error:
            if code_of(error) != "InvalidParameterException":
                raise
            raise LostReferenceError(
                f"the reference face {reference} of a forgotten person can't be searched "
                f"({error.response['Error']['Message']}), so no photo is indexed until you settle this: "
                f"`kinpics people remember {reference}` lets the person be indexed again"
            ) from None

    def _make_row(
        self,
        path: ImagePath,
        original: Original,
        renditions: Renditions,
        data: dict[str, Any],
        labels: list[str] | None,
    ) -> Photo:
        taken, now = taken_at(renditions.exif) or original.told.taken_at, self._timestamp()
        return Photo(
            primarykey=path.set_name,
            sortkey=path.file,
            grid_key=grid_key(taken, path.file),
            width=renditions.width,
            height=renditions.height,
            placeholder=renditions.placeholder,
            face_count=len(data.get("FaceRecords", [])),
            etag=original.etag,
            size=original.size,
            content_type=renditions.content_type,
            taken_at=taken,
            exif=summary(renditions.exif),
            title=renditions.words.title,
            caption=renditions.words.caption,
            keywords=self._keywords(renditions, original) or None,
            labels=labels,
            rating=rating_of(renditions.words.rating) or original.told.rating or None,
            card_at=now,
            processed_at=now,
            sha256=original.sha256,
            data=data,
        )

    def _regions(self, renditions: Renditions, photo: Photo) -> list[NamedArea]:
        """The faces that the file names.

        Once somebody is forgotten, only those over faces that the photo has, and none with that person's name.
        """
        regions = renditions.regions
        if regions and (rows := self.forgotten.list_rows()):
            regions = [found for found in over_faces(regions, photo.face_boxes) if not is_forgotten(found.name, rows)]
        return regions

    def _keywords(self, renditions: Renditions, original: Original) -> list[str]:
        """The keywords in the file, and those that came with it, that visitors may read."""
        keywords = clean_keywords((*renditions.words.keywords, *original.told.keywords))
        return self._withheld().without(keywords) if keywords else []

    def _withheld(self) -> WithheldNames:
        return WithheldNames(self.hidden.read(), self.forgotten.list_rows())

    def _timestamp(self) -> str:
        return timestamp(self.now())


def _with_film(photo: Photo, row: Photo | None) -> Photo:
    """A photo's new row, with the film that the films function found behind the same original."""
    if row is None or not row.film or row.etag != photo.etag:
        return photo
    return replace(photo, film=row.film, grid_key=grid_key(photo.taken_at, photo.sortkey, row.film_seconds))


def _show(
    bucket: str, path: ImagePath, renditions: Renditions, call: "Callable[[ImageTypeDef], _Answer]"
) -> _Answer | None:
    """What a call to Rekognition says about a photo: about its original, or about a JPEG if it can't read that.

    None if the photo is too small for Rekognition.
    """
    if not renditions.has_room_for_faces:
        return None
    if renditions.face_image is not None:
        return call({"Bytes": renditions.face_image})
    try:
        return call({"S3Object": {"Bucket": bucket, "Name": path.key}})
    except ClientError as error:
        if code_of(error) not in IMAGE_REFUSED:
            raise
        return call({"Bytes": renditions.large}) if renditions.large_has_room_for_faces else None
