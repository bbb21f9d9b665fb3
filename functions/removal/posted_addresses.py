"""What visitors do with private addresses: make one, keep it for longer, end it.

An address is made for faces that a search has found. Each is kept as a place in a photo, since that outlives another
engine. The people function writes what an address shows, with its rounds; a message asks it for one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from functions.access.access_rows import PostedAddress
from functions.access.access_table import AccessTable
from functions.access.sight import Sight
from functions.batch_get import TableBusyError
from functions.face_collection import FaceCollection
from functions.forgotten_people import is_reference
from functions.image_links import ImageLinks
from functions.keys import parse_image_path, photo_ref
from functions.ledger import CeilingReachedError, Ledger
from functions.people_queue import PeopleQueue
from functions.photo_reader import PhotoReader
from functions.posted_table import KEPT_SECONDS, PostedTable, feed_key, photos_key
from functions.removal.posted_call import KEEP, RENEW, PostedCall
from functions.visitor_calls import RequestError

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

# A site has about so many at most: with each round, the people function may have to write two files for each of them.
MAX_ADDRESSES = 1_000
# For all visitors together, released hour by hour, and for each of them.
# More would let a day of hostile visitors cost over 10 USD in some regions (scripts/costs/worst_case.py).
MAX_DAILY_ADDRESSES = 100
MAX_VISITOR_DAILY_ADDRESSES = 20


@dataclass(frozen=True)
class PostedAddresses:
    """A site's private addresses, and what knows of the faces that visitors name."""

    table: PostedTable
    access: AccessTable
    faces: FaceCollection
    images: ImageLinks
    photos: PhotoReader
    ledger: Ledger
    people: PeopleQueue
    s3: "S3Client"
    site_bucket: str

    def answer(self, call: PostedCall, visitor: str | None) -> dict[str, Any]:
        """Do what a visitor (by Cognito identity) asks; returns the answer's ``output``: the address's id, or None.

        Raises ``RequestError``, or whatever AWS raises.
        """
        if not visitor:
            raise RequestError(
                403, "NoVisitor", "only a visitor can ask, with credentials from the site's identity pool"
            )
        if call.action == KEEP:
            self._keep(call, visitor)
            return {"output": {"id": call.address}}
        if call.action == RENEW:
            if not self.table.extend(call.address):
                raise RequestError(404, "AddressClosed", "there is no such address any more")
            return {"output": {"id": call.address}}
        self._stop(call.address)
        return {"output": None}

    def _keep(self, call: PostedCall, visitor: str) -> None:
        # A browser that got no answer asks again.
        if self.table.is_open(call.address):
            return
        try:
            faces = list(self._places(call))
            if not faces:
                raise RequestError(404, "FaceNotFound", "no photo on this site has any of these faces")
            # Counts only what will be written: unknown faces use up nothing.
            self.ledger.count_posted(MAX_DAILY_ADDRESSES, visitor, MAX_VISITOR_DAILY_ADDRESSES)
        except CeilingReachedError as error:
            raise RequestError(429, "TooManyAddresses", str(error), error.until) from None
        except TableBusyError:
            raise RequestError(429, "TooManyRequests", "too many requests at once: try again in a moment") from None
        if self.table.count() >= MAX_ADDRESSES:
            raise RequestError(429, "TooManyAddresses", "this site has as many private addresses as it can")
        now = self.table.clock()
        self.table.put(
            PostedAddress(
                id=call.address,
                faces=faces,
                language=call.language,
                made_at=datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds"),
                expires_at=int(now) + KEPT_SECONDS,
            )
        )
        self.people.go_on()

    def _places(self, call: PostedCall) -> Iterator[dict[str, Any]]:
        """Where the faces are, as far as the visitor may see them, in the order they were named in."""
        refs = {
            face["FaceId"]: photo_ref(face)
            for face in self.faces.get_faces(list(call.face_ids))
            if not is_reference(face)
        }
        sight = Sight.by_pass(self.access, call.shown_pass, self.table.clock())
        # The page of an address is one of the album's own. What may not be seen isn't read: it takes no more time than
        # what isn't there, and doesn't stand in the way of a photo of the same bytes that may.
        found = self.images.find_photos(refs.items(), lambda name: sight.sees_album and sight.sees(name))
        paths = {ref: parse_image_path(record.image_path or "") for ref, record in found.items()}
        photos = self.photos.get_photos(set(paths.values()), consistent=False)
        for face_id in call.face_ids:
            path = paths.get(refs.get(face_id, ""))
            photo = photos.get(path) if path else None
            if path is None or photo is None:
                continue
            # Rows of earlier releases don't say which bytes they are of, until `kinpics reconcile`.
            if photo.sha256 and (box := photo.box_of(face_id)):
                yield {"photo": photo.sha256, "box": list(box)}

    def _stop(self, address: str) -> None:
        if not self.table.close(address):
            return
        for key in (photos_key(address), feed_key(address)):
            self.s3.delete_object(Bucket=self.site_bucket, Key=key)
        # A round that has begun may write them once more; the next one removes them.
        self.people.go_on()
