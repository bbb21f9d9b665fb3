"""Find the photos of a person: Rekognition names faces, the tables name photos.

A photo counts once, with its best matching face. The photo of the clicked face itself comes first: the person who
clicks it asks for all photos of that person, and Rekognition leaves the searched face out of its answer.
"""

import json
import math
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from functions.faces import MAX_FACE_MATCHES, FaceCollection
from functions.search.request import RequestError, SearchRequest, next_token
from functions.shapes import ImageRecord
from functions.tables import Tables

# A synchronous invocation answers with at most 6 MB; the rest of a long answer is left for `next`.
MAX_ANSWER_BYTES = 5_000_000


@dataclass(frozen=True)
class Match:
    """The best matching face in one photo."""

    face: dict
    similarity: float


@dataclass(frozen=True)
class Searcher:
    """Collections by their name in a request, and the album's tables."""

    collections: dict[str, FaceCollection]
    tables: Tables

    def search(self, request: SearchRequest) -> dict:
        """The answer's ``output`` and ``next``. Raises ``RequestError``, or whatever AWS raises."""
        collection = self.collections.get(request.collection)
        if collection is None:
            raise RequestError(400, "InvalidCollection", f"this album has no collection {request.collection}")
        matches = self._matches(collection, request)
        return self._page(list(matches.values()), request)

    def _matches(self, collection: FaceCollection, request: SearchRequest) -> dict[str, Match]:
        """Best match by image id, best first."""
        found: list[Match] = []
        try:
            if request.face_id:
                own = collection.face(request.face_id)
                if own is None:
                    raise _face_not_found()
                found.append(Match(own, 100.0))
                response = collection.client.search_faces(
                    CollectionId=collection.collection_id,
                    FaceId=request.face_id,
                    FaceMatchThreshold=request.threshold,
                    MaxFaces=MAX_FACE_MATCHES,
                )
            else:
                response = collection.client.search_faces_by_image(
                    CollectionId=collection.collection_id,
                    Image={"Bytes": request.image},
                    FaceMatchThreshold=request.threshold,
                    MaxFaces=MAX_FACE_MATCHES,
                )
        except ClientError as error:
            raise _as_request_error(error, request) from None
        found += [Match(match["Face"], match["Similarity"]) for match in response["FaceMatches"]]
        best: dict[str, Match] = {}
        for match in sorted(found, key=lambda match: -match.similarity):
            best.setdefault(match.face["ImageId"], match)
        return best

    def _page(self, matches: list[Match], request: SearchRequest) -> dict:
        output: list[dict] = []
        size = 0
        page = matches[request.offset : request.offset + request.limit]
        records = self.tables.image_records(match.face["ImageId"] for match in page)
        offset = request.offset
        for match in page:
            record = records.get(match.face["ImageId"])
            if record is not None:
                photo = _photo(record, match)
                size += len(json.dumps(photo))
                if output and size > MAX_ANSWER_BYTES:
                    break
                output.append(photo)
            offset += 1
        answer: dict[str, Any] = {"output": output}
        if offset < len(matches):
            answer["next"] = next_token(offset)
        return answer


def _photo(record: ImageRecord, match: Match) -> dict:
    return {
        "image_id": record.image_id,
        "image_path": record.image_path,
        # Never rounded up: only the clicked face itself is 100 percent.
        "similarity": math.floor(match.similarity * 100) / 100,
        "face": _face(match.face),
        "width": record.width,
        "height": record.height,
        "placeholder": record.placeholder,
        "data": {"FaceRecords": [{"Face": _face(face["Face"])} for face in record.data.get("FaceRecords", [])]},
    }


def _face(face: dict) -> dict:
    return {name: face[name] for name in ("FaceId", "ImageId", "BoundingBox", "Confidence") if name in face}


def _as_request_error(error: ClientError, request: SearchRequest) -> Exception:
    """What the visitor can do something about, as a ``RequestError``; everything else as it is."""
    code = error.response["Error"]["Code"]
    message = error.response["Error"].get("Message", "")
    if code == "InvalidParameterException" and request.face_id:
        return _face_not_found()
    if code == "InvalidParameterException" and "face" in message.lower():
        return RequestError(422, "NoFace", "there is no face to search for in this picture")
    if code == "InvalidImageFormatException":
        return RequestError(400, "InvalidImage", "the image must be a JPEG or PNG")
    if code == "ImageTooLargeException":
        return RequestError(413, "ImageTooLarge", "the image is too large")
    if code in ("ProvisionedThroughputExceededException", "ThrottlingException"):
        return RequestError(429, "TooManyRequests", "too many searches at once: try again in a moment")
    return error


def _face_not_found() -> RequestError:
    return RequestError(404, "FaceNotFound", "no photo of this album has that face any more")
