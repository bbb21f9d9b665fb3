"""Rekognition on the wire: JSON 1.1 requests in, answers as the service model describes them out.

https://docs.aws.amazon.com/rekognition/latest/APIReference/Welcome.html - field names, limits and defaults are its.
"""

import asyncio
import base64
import binascii
import json
import math
import re
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np

from local.rekognition import errors
from local.rekognition.engine import Analysis, Engine, FoundFace, ImageFormatError
from local.rekognition.state import State, StoredFace
from local.rekognition.throttle import Throttle
from local.rekognition.vectors import similarity

FACE_MODEL_VERSION = "7.0"
_TARGET_PREFIX = "RekognitionService."
_MAX_BYTES = 5 * 1024 * 1024
_MAX_OBJECT_BYTES = 15 * 1024 * 1024
_MIN_SIDE = 80
_COLLECTION_ID = re.compile(r"[a-zA-Z0-9_.\-]{1,255}")
_EXTERNAL_IMAGE_ID = re.compile(r"[a-zA-Z0-9_.\-:]{1,255}")
_FACE_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

# Reads an object with the rights of the caller: (bucket, key) -> bytes. Raises a RekognitionError.
ObjectReader = Callable[[str, str], Awaitable[bytes]]


class Service:
    """The API over one state and one engine. ``arn_prefix`` is ``arn:aws:rekognition:<region>:<account>``;
    ``calls_per_second`` of each operation are answered, all by default."""

    def __init__(
        self,
        state: State,
        engine: Engine,
        read_object: ObjectReader,
        arn_prefix: str,
        calls_per_second: float | None = None,
    ):
        self._state = state
        self._engine = engine
        self._read_object = read_object
        self._arn_prefix = arn_prefix
        self._throttles = {name: Throttle(calls_per_second) for name in _OPERATIONS} if calls_per_second else {}

    async def handle(self, target: str, body: bytes) -> tuple[int, dict]:
        """Answer a request by its ``X-Amz-Target``: HTTP status and body."""
        try:
            name = target.removeprefix(_TARGET_PREFIX)
            operation = _OPERATIONS.get(name)
            if operation is None:
                raise errors.UnknownOperationException(f"this stack has no operation {target}")
            if name in self._throttles and not self._throttles[name].take():
                raise errors.ProvisionedThroughputExceededException("Provisioned rate exceeded")
            try:
                request = json.loads(body or b"{}")
            except ValueError:
                raise errors.ValidationException("the request is not JSON") from None
            answer = operation(self, request)
            return 200, await answer if asyncio.iscoroutine(answer) else answer
        except errors.RekognitionError as error:
            return error.status, {
                "__type": error.code,
                "message": str(error),
                "Message": str(error),
                "Code": error.code,
            }

    # Collections

    def create_collection(self, request: dict) -> dict:
        collection = _collection_id(request)
        self._state.create_collection(collection)
        return {
            "StatusCode": 200,
            "CollectionArn": self._arn(collection),
            "FaceModelVersion": FACE_MODEL_VERSION,
        }

    def describe_collection(self, request: dict) -> dict:
        collection = _collection_id(request)
        count, created = self._state.describe(collection)
        return {
            "FaceCount": count,
            "FaceModelVersion": FACE_MODEL_VERSION,
            "CollectionARN": self._arn(collection),
            "CreationTimestamp": created,
            "UserCount": 0,
        }

    def list_collections(self, request: dict) -> dict:
        limit = _integer(request, "MaxResults", 4096, 0, 4096)
        after = _token(request, str, "")
        names = [name for name, _ in self._state.collections() if name > after]
        page = names[:limit]
        answer = {"CollectionIds": page, "FaceModelVersions": [FACE_MODEL_VERSION] * len(page)}
        return answer | _next(page[-1] if page and len(names) > len(page) else None)

    def delete_collection(self, request: dict) -> dict:
        self._state.delete_collection(_collection_id(request))
        return {"StatusCode": 200}

    # Faces

    async def index_faces(self, request: dict) -> dict:
        collection = _collection_id(request)
        self._state.vectors(collection)
        external_image_id = request.get("ExternalImageId")
        if external_image_id is not None and not _matches(_EXTERNAL_IMAGE_ID, external_image_id):
            raise errors.InvalidParameterException("ExternalImageId must be 1 to 255 of [a-zA-Z0-9_.\\-:]")
        limit = _integer(request, "MaxFaces", 100, 1, 100)
        image = await self._image(request)
        analysis = await self._analyse(image)
        kept, left = analysis.faces[:limit], analysis.faces[limit:]
        stored = self._state.index(collection, image, external_image_id, kept)
        return {
            "FaceRecords": [
                {"Face": _face(row), "FaceDetail": _detail(face)} for face, row in zip(kept, stored, strict=True)
            ],
            "FaceModelVersion": FACE_MODEL_VERSION,
            "UnindexedFaces": [{"Reasons": ["EXCEEDS_MAX_FACES"], "FaceDetail": _detail(face)} for face in left],
        }

    def list_faces(self, request: dict) -> dict:
        collection = _collection_id(request)
        if request.get("FaceIds"):
            wanted = [self._state.face(collection, face_id) for face_id in _face_ids(request)]
            return {"Faces": [_face(face) for face in wanted if face], "FaceModelVersion": FACE_MODEL_VERSION}
        limit = _integer(request, "MaxResults", 4096, 0, 4096)
        faces = self._state.faces(collection, _token(request, int, 0), limit + 1)
        page = faces[:limit]
        answer = {"Faces": [_face(face) for face in page], "FaceModelVersion": FACE_MODEL_VERSION}
        return answer | _next(page[-1].number if page and len(faces) > limit else None)

    def delete_faces(self, request: dict) -> dict:
        collection = _collection_id(request)
        wanted = _face_ids(request)
        deleted = self._state.delete_faces(collection, wanted)
        missing = [face_id for face_id in wanted if face_id not in deleted]
        return {
            "DeletedFaces": deleted,
            "UnsuccessfulFaceDeletions": [{"FaceId": face_id, "Reasons": ["FACE_NOT_FOUND"]} for face_id in missing],
        }

    def search_faces(self, request: dict) -> dict:
        collection = _collection_id(request)
        face_id = request.get("FaceId")
        if not _matches(_FACE_ID, face_id):
            raise errors.InvalidParameterException("FaceId is not a face id")
        vectors = self._state.vectors(collection)
        if face_id not in vectors:
            raise errors.InvalidParameterException(f"faceId was not found in the collection: {face_id}")
        limit = _integer(request, "MaxFaces", 80, 1, 4096)
        found = vectors.search(vectors.get(face_id), _threshold(request), limit + 1)
        matches = [(other, value) for other, value in found if other != face_id][:limit]
        return {"SearchedFaceId": face_id, **self._matches(collection, matches)}

    async def search_faces_by_image(self, request: dict) -> dict:
        collection = _collection_id(request)
        vectors = self._state.vectors(collection)
        limit = _integer(request, "MaxFaces", 80, 1, 4096)
        threshold = _threshold(request)
        analysis = await self._analyse(await self._image(request))
        if not analysis.faces:
            raise errors.InvalidParameterException("There are no faces in the image. Should be at least 1.")
        largest = analysis.faces[0]
        found = vectors.search(_vector(largest), threshold, limit)
        return {
            "SearchedFaceBoundingBox": _box(largest),
            "SearchedFaceConfidence": largest.confidence,
            **self._matches(collection, found),
        }

    async def detect_faces(self, request: dict) -> dict:
        analysis = await self._analyse(await self._image(request))
        return {"FaceDetails": [_detail(face) for face in analysis.faces]}

    async def compare_faces(self, request: dict) -> dict:
        threshold = _threshold(request, "SimilarityThreshold")
        source, target = [
            await self._analyse(await self._image(request, name)) for name in ("SourceImage", "TargetImage")
        ]
        if not source.faces or not target.faces:
            raise errors.InvalidParameterException("There are no faces in the source or the target image.")
        largest = source.faces[0]
        found = [(similarity(math.dist(_vector(largest), _vector(face))), _detail(face)) for face in target.faces]
        found.sort(key=lambda match: -match[0])
        return {
            "SourceImageFace": {"BoundingBox": _box(largest), "Confidence": largest.confidence},
            "FaceMatches": [{"Similarity": value, "Face": face} for value, face in found if value >= threshold],
            "UnmatchedFaces": [face for value, face in found if value < threshold],
        }

    # Inside

    def _matches(self, collection: str, found: list[tuple[str, float]]) -> dict:
        matches = []
        for face_id, value in found:
            face = self._state.face(collection, face_id)
            if face is not None:
                matches.append({"Similarity": value, "Face": _face(face)})
        return {"FaceMatches": matches, "FaceModelVersion": FACE_MODEL_VERSION}

    def _arn(self, collection: str) -> str:
        return f"{self._arn_prefix}:collection/{collection}"

    async def _image(self, request: dict, name: str = "Image") -> bytes:
        """The bytes of an ``Image`` of the request."""
        image = request.get(name) or {}
        if image.get("Bytes") is not None:
            try:
                data = base64.b64decode(image["Bytes"], validate=True)
            except (binascii.Error, ValueError, TypeError):
                raise errors.InvalidParameterException(f"{name}.Bytes is not valid base64") from None
            if len(data) > _MAX_BYTES:
                raise errors.ImageTooLargeException(f"{name}.Bytes is larger than 5 MB")
            return data
        place = image.get("S3Object") or {}
        if not place.get("Bucket") or not place.get("Name"):
            raise errors.InvalidParameterException(f"{name} needs Bytes or S3Object with Bucket and Name")
        data = await self._read_object(place["Bucket"], place["Name"])
        if len(data) > _MAX_OBJECT_BYTES:
            raise errors.ImageTooLargeException("the S3 object is larger than 15 MB")
        return data

    async def _analyse(self, image: bytes) -> Analysis:
        try:
            analysis = await asyncio.wrap_future(self._engine.submit(image))
        except ImageFormatError:
            raise errors.InvalidImageFormatException("Request has invalid image format") from None
        if min(analysis.width, analysis.height) < _MIN_SIDE:
            raise errors.InvalidParameterException(f"the image must be at least {_MIN_SIDE} pixels a side")
        return analysis


_OPERATIONS: dict[str, Callable[[Service, dict], Any]] = {
    "CreateCollection": Service.create_collection,
    "DescribeCollection": Service.describe_collection,
    "ListCollections": Service.list_collections,
    "DeleteCollection": Service.delete_collection,
    "IndexFaces": Service.index_faces,
    "ListFaces": Service.list_faces,
    "DeleteFaces": Service.delete_faces,
    "SearchFaces": Service.search_faces,
    "SearchFacesByImage": Service.search_faces_by_image,
    "DetectFaces": Service.detect_faces,
    "CompareFaces": Service.compare_faces,
}


def _collection_id(request: dict) -> str:
    value = request.get("CollectionId")
    if not _matches(_COLLECTION_ID, value):
        raise errors.InvalidParameterException("CollectionId must be 1 to 255 of [a-zA-Z0-9_.\\-]")
    return str(value)


def _face_ids(request: dict) -> list[str]:
    wanted = request.get("FaceIds")
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= 4096:
        raise errors.InvalidParameterException("FaceIds must name 1 to 4096 faces")
    if not all(_matches(_FACE_ID, face_id) for face_id in wanted):
        raise errors.InvalidParameterException("FaceIds holds what is not a face id")
    return wanted


def _matches(pattern: re.Pattern, value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _integer(request: dict, name: str, default: int, low: int, high: int) -> int:
    value = request.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise errors.InvalidParameterException(f"{name} must be a whole number from {low} to {high}")
    return value


def _threshold(request: dict, name: str = "FaceMatchThreshold") -> float:
    value = request.get(name, 80.0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        raise errors.InvalidParameterException(f"{name} must be from 0 to 100")
    return float(value)


def _token(request: dict, kind: type, default: Any) -> Any:
    token = request.get("NextToken")
    if token is None:
        return default
    try:
        return kind(base64.urlsafe_b64decode(token).decode())
    except (ValueError, TypeError, AttributeError):
        raise errors.InvalidPaginationTokenException("NextToken is not valid") from None


def _next(last: Any) -> dict:
    return {} if last is None else {"NextToken": base64.urlsafe_b64encode(str(last).encode()).decode()}


def _vector(face: FoundFace) -> np.ndarray:
    return np.frombuffer(face.descriptor, dtype=np.float32)


def _box(face: FoundFace) -> dict:
    return {"Width": face.width, "Height": face.height, "Left": face.left, "Top": face.top}


def _face(face: StoredFace) -> dict:
    answer = {
        "FaceId": face.face_id,
        "BoundingBox": face.bounding_box,
        "ImageId": face.image_id,
        "Confidence": face.confidence,
    }
    if face.external_image_id is not None:
        answer["ExternalImageId"] = face.external_image_id
    return answer


def _detail(face: FoundFace) -> dict:
    """A ``FaceDetail`` with what the engine knows; age, gender and feelings it does not, so they are absent."""
    return {
        "BoundingBox": _box(face),
        "Landmarks": [{"Type": name, "X": x, "Y": y} for name, (x, y) in face.landmarks.items()],
        "Pose": {"Roll": face.roll},
        "Quality": {"Brightness": face.brightness, "Sharpness": face.sharpness},
        "Confidence": face.confidence,
    }
