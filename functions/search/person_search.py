"""Find the photos of a person: Rekognition names faces, the tables name photos.

A photo counts once, with its best matching face. A match without a photo (a removed photo, or a forgotten person's
reference face) leaves no trace in an answer: the page is filled with the next matches, and `next` is there only if
another photo is. The photo of the clicked face comes first: whoever clicks it asks for all photos of that person, and
Rekognition leaves the searched face out of its answer.

The ledger keeps what a clicked face has found. Rekognition is asked again only when the collection has changed, and
beyond the day's ceiling not at all. A search by picture is never kept.

What is kept is the same for everybody. Each answer has only photos of sets that its caller may see: the others are left
out before anything is counted. Whoever may see nothing pays for nothing.
"""

import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.access.access_table import AccessTable
from functions.access.sight import Sight
from functions.aws_errors import code_of, is_busy, message_of
from functions.batch_get import TableBusyError
from functions.face_collection import GALLERY_COLLECTION, FaceCollection
from functions.forgotten_people import is_reference
from functions.image_links import ImageLinks
from functions.keys import PERSON_PREFIX, photo_ref
from functions.ledger import AllowanceReachedError, CeilingReachedError, FaceHit, Found, Ledger
from functions.photo_rows import ImageRecord
from functions.search.search_request import FaceSearch, PictureSearch, SearchRequest, next_token
from functions.thresholds import DEFAULT_THRESHOLD
from functions.visitor_calls import RequestError

if TYPE_CHECKING:
    from types_boto3_rekognition.type_defs import FaceMatchTypeDef

# A synchronous invocation answers with at most 6 MB; the rest of a long answer is left for `next`.
MAX_ANSWER_BYTES = 5_000_000
# Read at least this many records at once when photos turn out to be missing, to avoid many small reads.
_MIN_RECORDS = 10
# Stands for the only face of a portrait.
_FIRST_FACE = ""
# Raised when the format of kept answers changes, so that a release only reads its own.
_MATCH_FORMAT = 2
# What a photo or a portrait may have; left out if it has none.
_IF_KNOWN = ("taken_at", "film", "person", "credit", "licence", "url")


@dataclass(frozen=True)
class Searcher:
    """Collections by their name in a request, the site's tables, and how many paid searches a day may have.

    ``access`` says who may see what, by the ledger's clock.

    ``note`` is told what happens, for the metrics: PaidCalls, AnswersFromCache, CeilingReached.
    """

    collections: dict[str, FaceCollection]
    images: ImageLinks
    ledger: Ledger
    daily_searches: int
    visitor_daily_searches: int
    access: AccessTable
    count_metric: Callable[[str], None] = lambda name: None

    def search(self, request: SearchRequest, visitor: str | None) -> dict[str, Any]:
        """The answer's ``output``, ``next`` and ``as_of``. ``visitor`` is the caller's Cognito identity, if any.

        Raises ``RequestError``, or whatever AWS raises.
        """
        known = self.collections.get(request.collection)
        if known is None:
            raise RequestError(400, "InvalidCollection", f"this site has no collection {request.collection}")
        collection_id = request.gallery.collection_id(known.collection_id)
        collection = replace(known, collection_id=collection_id, pay=lambda: self._pay(visitor))
        try:
            sight = Sight.by_pass(self.access, request.shown, self.ledger.clock())
            if sight.access.has_private:
                self._check(sight, collection, request)
            if isinstance(request, FaceSearch):
                found = self._by_face(collection, request)
            else:
                if not request.gallery.is_first:
                    # Before the search is counted: whoever asks for what isn't there uses up nothing.
                    collection.check_there()
                found = _by_picture(collection, request)
            return self._page(found, request, sight)
        except CeilingReachedError as error:
            raise RequestError(429, error.code, str(error), error.until) from None
        except TableBusyError:
            raise _too_many() from None
        except ClientError as error:
            raise _as_request_error(error, request) from None

    def _check(self, sight: Sight, collection: FaceCollection, request: SearchRequest) -> None:
        """Raise ``RequestError`` for a search by somebody who may see nothing of what it is about."""
        if request.collection == GALLERY_COLLECTION:
            if not sight.sees_album:
                raise _not_invited()
        elif isinstance(request, FaceSearch):
            face = collection.get_face(request.face_id)
            ref = "none" if face is None or is_reference(face) else photo_ref(face)
            if not self.images.find_showing(request.face_id, ref, sight.sees):
                raise _face_not_found()
        elif not sight.sees_anything:
            raise _not_invited()

    def _pay(self, visitor: str | None) -> None:
        try:
            self.ledger.count_search(self.daily_searches, visitor, self.visitor_daily_searches)
        except CeilingReachedError as error:
            if not isinstance(error, AllowanceReachedError):
                self.count_metric("CeilingReached")
            raise
        self.count_metric("PaidCalls")

    def _by_face(self, collection: FaceCollection, request: FaceSearch) -> Found:
        """All matches of a face down to a round similarity, so that one search serves every higher threshold."""
        min_similarity = min(request.threshold, DEFAULT_THRESHOLD) // 10 * 10
        search = f"{request.face_id}/{min_similarity:.0f}/{_MATCH_FORMAT}"
        recalled = self.ledger.recall(request.kept_as, search)
        if recalled.found and recalled.found.is_current:
            self.count_metric("AnswersFromCache")
            return recalled.found
        own = collection.get_face(request.face_id)
        if own is None or is_reference(own):
            raise _face_not_found()
        try:
            matches = collection.search(request.face_id, min_similarity)
        except CeilingReachedError:
            if recalled.found is None:
                raise
            self.count_metric("AnswersFromCache")
            return recalled.found
        found = Found(_best_by_photo([{"Face": own, "Similarity": 100.0}, *matches]), time.time(), True)
        try:
            self.ledger.keep_answer(request.kept_as, search, found, recalled.version)
        except ClientError as error:
            # The paid answer is shown even if a busy table can't keep it.
            if not is_busy(error):
                raise
        return found

    def _page(self, found: Found, request: SearchRequest, sight: Sight) -> dict[str, Any]:
        answer: dict[str, Any] = {"output": []}
        size = 0
        for offset, result in self._results(found, request, sight):
            size += len(json.dumps(result))
            if len(answer["output"]) == request.limit or (answer["output"] and size > MAX_ANSWER_BYTES):
                answer["next"] = next_token(offset)
                break
            answer["output"].append(result)
        if not found.is_current:
            answer["as_of"] = datetime.fromtimestamp(found.moment, UTC).isoformat()
        return answer

    def _results(self, found: Found, request: SearchRequest, sight: Sight) -> Iterator[tuple[int, dict[str, Any]]]:
        """The photos or people from the request's offset on, best first, each with its offset among the matches."""
        matches = [match for match in found.matches if match[2] >= request.threshold]
        if request.collection != GALLERY_COLLECTION and sight.access.has_private:
            paths = self.images.find_paths({ref for _, ref, _ in matches}, sight.sees)
            matches = [match for match in matches if paths[match[1]]]
        start, wanted = request.offset, request.limit + 1
        while start < len(matches):
            chunk = matches[start : start + max(wanted, _MIN_RECORDS)]
            records = self._records(chunk, request.collection, sight)
            for offset, (face_id, ref, similarity) in enumerate(chunk, start):
                result = _result(records.get(ref), face_id, similarity)
                if result is not None:
                    wanted -= 1
                    yield offset, result
            start += len(chunk)

    def _records(self, matches: list[FaceHit], collection: str, sight: Sight) -> dict[str, ImageRecord]:
        """What matches lead to, by their photo's reference."""
        if collection != GALLERY_COLLECTION:
            return self.images.find_photos(((face_id, ref) for face_id, ref, _ in matches), sight.sees)
        # The first release kept portraits by their image id alone; a person's record is named by the gallery too.
        names = {ref: (ref, ref if ref.startswith(PERSON_PREFIX) else ref.partition("/")[0]) for _, ref, _ in matches}
        known = self.images.get_records({name for pair in names.values() for name in pair})
        return {ref: record for ref, pair in names.items() for name in reversed(pair) if (record := known.get(name))}


def _by_picture(collection: FaceCollection, request: PictureSearch) -> Found:
    """The photos of the person in a picture; in the gallery, the people who look alike, each by their own record."""
    if request.collection != GALLERY_COLLECTION:
        return Found(_best_by_photo(collection.search_by_image(request.picture, request.threshold)), 0, True)
    people = collection.search_people_by_image(request.picture, request.threshold)
    if people is None:
        raise _no_face()
    matches = [(_FIRST_FACE, request.gallery.record_of_user(user_id), similarity) for user_id, similarity in people]
    return Found(matches, 0, True)


def _best_by_photo(matches: "list[FaceMatchTypeDef]") -> list[FaceHit]:
    """The best match of each photo, best first, without forgotten people's reference faces.

    Each is face id, the photo's reference (`photo_ref`), similarity.
    """
    best: dict[str, FaceHit] = {}
    for match in sorted(matches, key=lambda match: -match["Similarity"]):
        face = match["Face"]
        if is_reference(face):
            continue
        ref = photo_ref(face)
        # The pictures of a film have an image id each, and one external image id.
        best.setdefault(face.get("ExternalImageId") or ref, (face["FaceId"], ref, match["Similarity"]))
    return list(best.values())


def _result(record: ImageRecord | None, face_id: str, similarity: float) -> dict[str, Any] | None:
    """A photo or a person of the gallery as an answer shows it; None if it, or its face, is no longer on the site."""
    faces = [_face(face["Face"]) for face in record.face_records] if record else []
    own = next((face for face in faces if face_id in (face["FaceId"], _FIRST_FACE)), None)
    if record is None or own is None:
        return None
    return {
        "image_id": record.image_id.partition("/")[0],
        "image_path": record.image_path,
        # Never rounded up: only the clicked face itself is 100 percent.
        "similarity": math.floor(similarity * 100) / 100,
        "face": own,
        "width": record.width,
        "height": record.height,
        "placeholder": record.placeholder,
        "data": {"FaceRecords": [{"Face": face} for face in faces]},
        **{name: value for name in _IF_KNOWN if (value := getattr(record, name)) is not None},
    }


def _face(face: dict[str, Any]) -> dict[str, Any]:
    return {name: face[name] for name in ("FaceId", "ImageId", "BoundingBox", "Confidence") if name in face}


def _as_request_error(error: ClientError, request: SearchRequest) -> Exception:
    """What the visitor can do something about, as a ``RequestError``; everything else as it is."""
    code = code_of(error)
    # The collection of the first gallery, like the tables, is there as long as the site is.
    if code == "ResourceNotFoundException" and not request.gallery.is_first:
        message = f"this site has no gallery {request.gallery.name}: load the page again to see those it has"
        return RequestError(404, "GalleryNotFound", message)
    if code == "InvalidParameterException" and isinstance(request, FaceSearch):
        return _face_not_found()
    if code == "InvalidParameterException" and "face" in message_of(error).lower():
        return _no_face()
    if code in ("InvalidImageFormatException", "InvalidParameterException"):
        return RequestError(400, "InvalidImage", "the image must be a JPEG or PNG of at least 80 pixels a side")
    if code == "ImageTooLargeException":
        return RequestError(413, "ImageTooLarge", "the image is too large")
    return _too_many() if is_busy(error) else error


def _too_many() -> RequestError:
    return RequestError(429, "TooManyRequests", "too many searches at once: try again in a moment")


def _no_face() -> RequestError:
    return RequestError(422, "NoFace", "there is no face to search for in this picture")


def _not_invited() -> RequestError:
    return RequestError(403, "NotInvited", "this album is private: open the link you were sent, or sign in")


def _face_not_found() -> RequestError:
    return RequestError(404, "FaceNotFound", "no photo on this site has that face any more")
