"""Rekognition on the wire: JSON 1.1 requests in, answers as the service model describes them out.

https://docs.aws.amazon.com/rekognition/latest/APIReference/Welcome.html - field names, limits and defaults are its;
docs/rekognition.md tells field by field what is exact here, what approximate and what absent.
"""

import asyncio
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from local.rekognition import answers, classifier, exceptions, quality
from local.rekognition.answers import FACE_MODEL_VERSION
from local.rekognition.engine import Analysis, Engine, FoundFace
from local.rekognition.pictures import ObjectReader, Pictures
from local.rekognition.state import State
from local.rekognition.throttle import Throttle
from local.rekognition.validation import checked
from local.rekognition.vectors import similarity

_TARGET_PREFIX = "RekognitionService."
_MAX_FACES = 100  # of a picture, and of a user
_FACE_MATCH_THRESHOLD = 80.0
_USER_MATCH_THRESHOLD = 80.0
_ASSOCIATION_THRESHOLD = 75.0
_LABEL_CONFIDENCE = 55.0


class Service:
    """The API over one state and one engine. ``arn_prefix`` is ``arn:aws:rekognition:<region>:<account>``;
    ``calls_per_second`` of each operation are answered, all by default; ``label_model`` is the folder of the owner's
    classifier, if there may be one."""

    def __init__(
        self,
        state: State,
        engine: Engine,
        read_object: ObjectReader,
        arn_prefix: str,
        calls_per_second: float | None = None,
        label_model: Path | None = None,
    ):
        self._state = state
        self._engine = engine
        self._pictures = Pictures(engine, read_object)
        self._arn_prefix = arn_prefix
        self._throttles = {name: Throttle(calls_per_second) for name in _OPERATIONS} if calls_per_second else {}
        self._label_model = label_model

    async def handle(self, target: str, body: bytes) -> tuple[int, dict]:
        """Answer a request by its ``X-Amz-Target``: HTTP status and body."""
        try:
            name = target.removeprefix(_TARGET_PREFIX)
            operation = _OPERATIONS.get(name)
            if operation is None:
                raise exceptions.UnknownOperationException(f"this stack has no operation {target}")
            if name in self._throttles and not self._throttles[name].take():
                raise exceptions.ProvisionedThroughputExceededException("Provisioned rate exceeded")
            try:
                request = json.loads(body or b"{}")
            except ValueError:
                raise exceptions.SerializationException("the request is not JSON") from None
            answer = operation(self, checked(name, request))
            return 200, await answer if asyncio.iscoroutine(answer) else answer
        except exceptions.RekognitionError as error:
            return error.status, {
                "__type": error.code,
                "message": str(error),
                "Message": str(error),
                "Code": error.code,
            }

    # Collections

    def create_collection(self, request: dict) -> dict:
        collection = request["CollectionId"]
        self._state.create_collection(collection)
        return {
            "StatusCode": 200,
            "CollectionArn": self._arn(collection),
            "FaceModelVersion": FACE_MODEL_VERSION,
        }

    def describe_collection(self, request: dict) -> dict:
        collection = request["CollectionId"]
        faces, users, created = self._state.describe(collection)
        return {
            "FaceCount": faces,
            "FaceModelVersion": FACE_MODEL_VERSION,
            "CollectionARN": self._arn(collection),
            "CreationTimestamp": created,
            "UserCount": users,
        }

    def list_collections(self, request: dict) -> dict:
        limit = request.get("MaxResults") or 4096
        after = answers.read_token(request, str, "")
        names = [name for name, _ in self._state.collections() if name > after]
        page = names[:limit]
        answer = {"CollectionIds": page, "FaceModelVersions": [FACE_MODEL_VERSION] * len(page)}
        return answer | answers.next_token(page[-1] if len(names) > len(page) else None)

    def delete_collection(self, request: dict) -> dict:
        self._state.delete_collection(request["CollectionId"])
        return {"StatusCode": 200}

    # Faces

    async def index_faces(self, request: dict) -> dict:
        collection = request["CollectionId"]
        self._state.vectors(collection)
        image, analysis = await self._pictures.read(request)
        good, left = _filtered(analysis, request.get("QualityFilter", "AUTO"))
        limit = min(request.get("MaxFaces", _MAX_FACES), _MAX_FACES)
        left += [(face, ["EXCEEDS_MAX_FACES"]) for face in good[limit:]]
        stored = self._state.index(collection, image, request.get("ExternalImageId"), good[:limit])
        return {
            "FaceRecords": [
                {"Face": answers.stored(row), "FaceDetail": answers.detail(face)}
                for face, row in zip(good, stored, strict=False)
            ],
            "FaceModelVersion": FACE_MODEL_VERSION,
            "UnindexedFaces": [{"Reasons": reasons, "FaceDetail": answers.detail(face)} for face, reasons in left],
        }

    def list_faces(self, request: dict) -> dict:
        collection, user_id = request["CollectionId"], request.get("UserId")
        if user_id is not None:
            self._state.user(collection, user_id)
        limit = request.get("MaxResults") or 4096
        after = answers.read_token(request, int, 0)
        if "FaceIds" in request:
            wanted = self._state.faces_by_id(collection, request["FaceIds"]).values()
            chosen = [face for face in wanted if face.number > after and user_id in (None, face.user_id)]
            faces = sorted(chosen, key=lambda face: face.number)
        else:
            faces = self._state.faces(collection, after, limit + 1, user_id)
        page = faces[:limit]
        answer = {"Faces": [answers.stored(face) for face in page], "FaceModelVersion": FACE_MODEL_VERSION}
        return answer | answers.next_token(page[-1].number if len(faces) > limit else None)

    def delete_faces(self, request: dict) -> dict:
        collection = request["CollectionId"]
        wanted = dict.fromkeys(request["FaceIds"])
        known = self._state.faces_by_id(collection, wanted)
        deleted = [face_id for face_id in wanted if face_id in known and known[face_id].user_id is None]
        self._state.delete_faces(collection, deleted)
        missing = [face_id for face_id in wanted if face_id not in known]
        owned = [known[face_id] for face_id in wanted if face_id in known and known[face_id].user_id is not None]
        return {
            "DeletedFaces": deleted,
            "UnsuccessfulFaceDeletions": [
                *({"FaceId": face_id, "Reasons": ["FACE_NOT_FOUND"]} for face_id in missing),
                *(
                    {"FaceId": face.face_id, "UserId": face.user_id, "Reasons": ["ASSOCIATED_TO_AN_EXISTING_USER"]}
                    for face in owned
                ),
            ],
        }

    def search_faces(self, request: dict) -> dict:
        collection, face_id = request["CollectionId"], request["FaceId"]
        descriptor = self._descriptor(collection, face_id)
        limit = request.get("MaxFaces", 80)
        threshold = request.get("FaceMatchThreshold", _FACE_MATCH_THRESHOLD)
        found = self._state.vectors(collection).search(descriptor, threshold, limit + 1)
        matches = [(other, value) for other, value in found if other != face_id][:limit]
        return {"SearchedFaceId": face_id, **self._matches(collection, matches)}

    async def search_faces_by_image(self, request: dict) -> dict:
        collection = request["CollectionId"]
        self._state.vectors(collection)
        _, analysis = await self._pictures.read(request)
        faces, _ = _filtered(analysis, request.get("QualityFilter", "NONE"))
        if not faces:
            raise exceptions.InvalidParameterException("There are no faces in the image. Should be at least 1.")
        threshold = request.get("FaceMatchThreshold", _FACE_MATCH_THRESHOLD)
        vectors = self._state.vectors(collection)
        found = vectors.search(_vector(faces[0]), threshold, request.get("MaxFaces", 80))
        return {
            "SearchedFaceBoundingBox": answers.box(faces[0]),
            "SearchedFaceConfidence": faces[0].confidence,
            **self._matches(collection, found),
        }

    # Users

    def create_user(self, request: dict) -> dict:
        def create() -> dict:
            self._state.create_user(request["CollectionId"], request["UserId"])
            return {}

        return self._once("CreateUser", request, create)

    def delete_user(self, request: dict) -> dict:
        def delete() -> dict:
            self._state.delete_user(request["CollectionId"], request["UserId"])
            return {}

        return self._once("DeleteUser", request, delete)

    def list_users(self, request: dict) -> dict:
        limit = request.get("MaxResults", 500)
        users = self._state.users(request["CollectionId"], answers.read_token(request, int, 0), limit + 1)
        page = users[:limit]
        answer = {"Users": [answers.user(found) for found in page]}
        return answer | answers.next_token(page[-1].number if len(users) > limit else None)

    def associate_faces(self, request: dict) -> dict:
        return self._once("AssociateFaces", request, lambda: self._associate(request))

    def disassociate_faces(self, request: dict) -> dict:
        return self._once("DisassociateFaces", request, lambda: self._disassociate(request))

    def search_users(self, request: dict) -> dict:
        collection, face_id, user_id = request["CollectionId"], request.get("FaceId"), request.get("UserId")
        users = self._state.user_vectors(collection)
        if (face_id is None) == (user_id is None):
            raise exceptions.InvalidParameterException("either FaceId or UserId must be given, and one alone")
        if face_id is not None:
            descriptor, searched = self._descriptor(collection, face_id), {"SearchedFace": {"FaceId": face_id}}
        else:
            self._state.user(collection, user_id)
            descriptor = users.get(user_id) if user_id in users else None
            searched = {"SearchedUser": {"UserId": user_id}}
        found = [] if descriptor is None else self._users(request, collection, descriptor, user_id)
        return {"UserMatches": found, "FaceModelVersion": FACE_MODEL_VERSION, **searched}

    async def search_users_by_image(self, request: dict) -> dict:
        collection = request["CollectionId"]
        self._state.vectors(collection)
        _, analysis = await self._pictures.read(request)
        good, left = _filtered(analysis, request.get("QualityFilter", "NONE"))
        left += [(face, ["FACE_NOT_LARGEST"]) for face in good[1:]]
        answer: dict[str, Any] = {
            "UserMatches": [],
            "FaceModelVersion": FACE_MODEL_VERSION,
            "UnsearchedFaces": [{"FaceDetails": answers.detail(face), "Reasons": reasons} for face, reasons in left],
        }
        if good:
            answer["SearchedFace"] = {"FaceDetail": answers.detail(good[0])}
            answer["UserMatches"] = self._users(request, collection, _vector(good[0]))
        return answer

    # Pictures

    async def detect_faces(self, request: dict) -> dict:
        _, analysis = await self._pictures.read(request)
        return {"FaceDetails": [answers.detail(face) for face in analysis.faces[:_MAX_FACES]]}

    async def compare_faces(self, request: dict) -> dict:
        threshold = request.get("SimilarityThreshold", _FACE_MATCH_THRESHOLD)
        source, target = [
            _filtered((await self._pictures.read(request, name))[1], request.get("QualityFilter", "NONE"))[0]
            for name in ("SourceImage", "TargetImage")
        ]
        if not source or not target:
            raise exceptions.InvalidParameterException("There are no faces in the source or the target image.")
        found = [
            (similarity(math.dist(_vector(source[0]), _vector(face))), answers.detail(face))
            for face in target[:_MAX_FACES]
        ]
        found.sort(key=lambda match: -match[0])
        return {
            "SourceImageFace": {"BoundingBox": answers.box(source[0]), "Confidence": source[0].confidence},
            "FaceMatches": [{"Similarity": value, "Face": face} for value, face in found if value >= threshold],
            "UnmatchedFaces": [face for value, face in found if value < threshold],
        }

    async def detect_labels(self, request: dict) -> dict:
        folder = self._label_model
        if folder is None or not (folder / classifier.MODEL).exists():
            place = f": put {classifier.MODEL} and {classifier.NAMES} into {folder}" if folder else ""
            raise exceptions.InvalidParameterException(f"This stack has no label model{place}.")
        filters = request.get("Settings", {}).get("GeneralLabels", {})
        if request.get("Features", ["GENERAL_LABELS"]) != ["GENERAL_LABELS"]:
            raise exceptions.InvalidParameterException("Features: this stack knows GENERAL_LABELS alone")
        if any("Category" in name for name in filters):
            raise exceptions.InvalidParameterException("Settings: this stack's labels have no categories")
        image, _ = await self._pictures.read(request)
        try:
            found = await asyncio.wrap_future(self._engine.classify(folder, image))
        except classifier.LabelModelError as error:
            raise exceptions.InternalServerError(str(error)) from None
        included, excluded = filters.get("LabelInclusionFilters"), filters.get("LabelExclusionFilters", [])
        least = request.get("MinConfidence", _LABEL_CONFIDENCE)
        chosen = [
            {"Name": name, "Confidence": confidence, "Instances": [], "Parents": [], "Aliases": [], "Categories": []}
            for name, confidence in found
            if confidence >= least and name not in excluded and (included is None or name in included)
        ]
        return {"Labels": chosen[: request.get("MaxLabels", 1000)]}

    # Inside

    def _once(self, operation: str, request: dict, work: Callable[[], dict]) -> dict:
        """Do ``work``, but give a request with a token seen before the answer given then."""
        token = request.get("ClientRequestToken")
        fingerprint = json.dumps([operation, request], sort_keys=True)
        known = self._state.answered(token, fingerprint) if token else None
        if known is not None:
            return known
        answer = work()
        if token:
            self._state.remember_answer(token, fingerprint, answer)
        return answer

    def _associate(self, request: dict) -> dict:
        collection, user_id = request["CollectionId"], request["UserId"]
        user = self._state.user(collection, user_id)
        if user.face_count >= _MAX_FACES:
            raise exceptions.ServiceQuotaExceededException(f"the user {user_id} has {_MAX_FACES} faces already")
        threshold = request.get("UserMatchThreshold", _ASSOCIATION_THRESHOLD)
        vectors, users = self._state.vectors(collection), self._state.user_vectors(collection)
        known = self._state.faces_by_id(collection, request["FaceIds"])
        associated: list[str] = []
        unsuccessful: list[dict] = []
        for face_id in dict.fromkeys(request["FaceIds"]):
            face = known.get(face_id)
            if face is None:
                unsuccessful.append({"FaceId": face_id, "Reasons": ["FACE_NOT_FOUND"]})
            elif face.user_id == user_id:
                continue
            elif face.user_id is not None:
                reasons = ["ASSOCIATED_TO_A_DIFFERENT_USER"]
                unsuccessful.append({"FaceId": face_id, "UserId": face.user_id, "Reasons": reasons})
            elif user_id in users and (
                (value := similarity(math.dist(users.get(user_id), vectors.get(face_id)))) < threshold
            ):
                reasons = ["LOW_MATCH_CONFIDENCE"]
                unsuccessful.append({"FaceId": face_id, "Confidence": value, "Reasons": reasons})
            elif user.face_count + len(associated) >= _MAX_FACES:
                unsuccessful.append({"FaceId": face_id, "Reasons": []})  # the model has no reason for this one
            else:
                associated.append(face_id)
        self._state.associate(collection, user_id, associated, True)
        return {
            "AssociatedFaces": [{"FaceId": face_id} for face_id in associated],
            "UnsuccessfulFaceAssociations": unsuccessful,
            "UserStatus": answers.user(self._state.user(collection, user_id))["UserStatus"],
        }

    def _disassociate(self, request: dict) -> dict:
        collection, user_id = request["CollectionId"], request["UserId"]
        self._state.user(collection, user_id)
        known = self._state.faces_by_id(collection, request["FaceIds"])
        wanted = list(dict.fromkeys(request["FaceIds"]))
        freed = [face_id for face_id in wanted if face_id in known and known[face_id].user_id == user_id]
        self._state.associate(collection, user_id, freed, False)
        missing = [{"FaceId": face_id, "Reasons": ["FACE_NOT_FOUND"]} for face_id in wanted if face_id not in known]
        others = [
            {"FaceId": face_id, "UserId": known[face_id].user_id, "Reasons": ["ASSOCIATED_TO_A_DIFFERENT_USER"]}
            for face_id in wanted
            if face_id in known and known[face_id].user_id not in (None, user_id)
        ]
        return {
            "DisassociatedFaces": [{"FaceId": face_id} for face_id in freed],
            "UnsuccessfulFaceDisassociations": missing + others,
            "UserStatus": answers.user(self._state.user(collection, user_id))["UserStatus"],
        }

    def _descriptor(self, collection: str, face_id: str) -> np.ndarray:
        vectors = self._state.vectors(collection)
        if face_id not in vectors:
            raise exceptions.InvalidParameterException(f"faceId was not found in the collection: {face_id}")
        return vectors.get(face_id)

    def _matches(self, collection: str, found: list[tuple[str, float]]) -> dict:
        faces = self._state.faces_by_id(collection, [face_id for face_id, _ in found])
        matches = [{"Similarity": value, "Face": answers.stored(faces[face_id])} for face_id, value in found]
        return {"FaceMatches": matches, "FaceModelVersion": FACE_MODEL_VERSION}

    def _users(self, request: dict, collection: str, descriptor: np.ndarray, but: str | None = None) -> list[dict]:
        """``UserMatches`` for a descriptor, without one user."""
        limit = request.get("MaxUsers", 500)
        threshold = request.get("UserMatchThreshold", _USER_MATCH_THRESHOLD)
        found = self._state.user_vectors(collection).search(descriptor, threshold, limit + 1)
        return [
            {"Similarity": value, "User": {"UserId": user_id, "UserStatus": "ACTIVE"}}
            for user_id, value in found
            if user_id != but
        ][:limit]

    def _arn(self, collection: str) -> str:
        return f"{self._arn_prefix}:collection/{collection}"


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
    "CreateUser": Service.create_user,
    "DeleteUser": Service.delete_user,
    "ListUsers": Service.list_users,
    "AssociateFaces": Service.associate_faces,
    "DisassociateFaces": Service.disassociate_faces,
    "SearchUsers": Service.search_users,
    "SearchUsersByImage": Service.search_users_by_image,
    "DetectFaces": Service.detect_faces,
    "CompareFaces": Service.compare_faces,
    "DetectLabels": Service.detect_labels,
}
OPERATIONS = tuple(_OPERATIONS)


def _filtered(analysis: Analysis, quality_filter: str) -> tuple[list[FoundFace], list[tuple[FoundFace, list[str]]]]:
    """Faces over the bar, largest first, and those under it with the reasons."""
    judged = [(face, quality.reasons(face, analysis, quality_filter)) for face in analysis.faces]
    return [face for face, reasons in judged if not reasons], [(face, reasons) for face, reasons in judged if reasons]


def _vector(face: FoundFace) -> np.ndarray:
    return np.frombuffer(face.descriptor, dtype=np.float32)
