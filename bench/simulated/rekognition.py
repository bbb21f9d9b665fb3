"""A face collection in memory: the same picture under the same name gives the same faces, as Rekognition promises."""

import hashlib
from collections.abc import Callable
from typing import Any

from bench.simulated.client import RefusedError, Tally
from bench.simulated.latency import Latency
from bench.simulated.limits import Rate
from bench.simulated.world import World

_PAID = {"index_faces", "search_faces"}
_BOX = {"Width": 0.1, "Height": 0.1, "Left": 0.25, "Top": 0.25}


class Rekognition:
    """One collection.

    ``etag_of`` says which bytes are under a bucket and key now, ``faces_in`` how many faces are in a picture, ``calls``
    how many of each operation pass a second. Of faces that are alike, which only searches need, each person has
    every ``people``-th one.
    """

    refusal_seconds = 0.02

    def __init__(
        self,
        world: World,
        tally: Tally,
        latency: Latency,
        calls: float,
        etag_of: Callable[[str, str], str | None],
        people: int = 1000,
    ):
        self.tally = tally
        # External image id and image id of each face.
        self.faces: dict[str, tuple[str, str]] = {}
        self._world, self._latency, self._calls, self._etag_of = world, latency, calls, etag_of
        self._rates: dict[str, Rate] = {}
        self._people = people
        self._listed: list[str] = []

    def seconds(self, name: str) -> float:
        return self._latency.of(name)

    def index_faces(self, *, Image: dict[str, Any], ExternalImageId: str, **_: Any) -> dict[str, Any]:
        self._pass("index_faces")
        where = Image["S3Object"]
        etag = self._etag_of(where["Bucket"], where["Name"])
        if etag is None:
            raise RefusedError("InvalidS3ObjectException")
        image_id = _uuid(etag)
        records = []
        for number in range(faces_in(etag)):
            face_id = _uuid(f"{image_id}/{ExternalImageId}/{number}")
            self.faces[face_id] = (ExternalImageId, image_id)
            records.append({"Face": self._face(face_id)})
        return {"FaceRecords": records, "FaceModelVersion": "7.0", "UnindexedFaces": [], "ResponseMetadata": {}}

    def search_faces(self, *, FaceId: str, **_: Any) -> dict[str, Any]:
        self._pass("search_faces")
        if FaceId not in self.faces:
            raise RefusedError("InvalidParameterException", "no such face")
        person = int(FaceId[:8], 16) % self._people
        alike = [other for other in self.faces if int(other[:8], 16) % self._people == person and other != FaceId]
        return {"FaceMatches": [{"Similarity": 99.0, "Face": self._face(other)} for other in alike[:4096]]}

    def list_faces(
        self, *, MaxResults: int = 4096, NextToken: str = "", FaceIds: list[str] | None = None, **_: Any
    ) -> dict[str, Any]:
        self._pass("list_faces")
        if FaceIds is not None:
            return {"Faces": [self._face(face_id) for face_id in FaceIds if face_id in self.faces]}
        if not NextToken:
            self._listed = list(self.faces)
        start = int(NextToken or 0)
        page = [face_id for face_id in self._listed[start : start + MaxResults] if face_id in self.faces]
        answer: dict[str, Any] = {"Faces": [self._face(face_id) for face_id in page]}
        if start + MaxResults < len(self._listed):
            answer["NextToken"] = str(start + MaxResults)
        return answer

    def delete_faces(self, *, FaceIds: list[str], **_: Any) -> dict[str, Any]:
        self._pass("delete_faces")
        return {"DeletedFaces": [face_id for face_id in FaceIds if self.faces.pop(face_id, None)]}

    def _face(self, face_id: str) -> dict[str, Any]:
        external_image_id, image_id = self.faces[face_id]
        return {
            "FaceId": face_id,
            "ImageId": image_id,
            "ExternalImageId": external_image_id,
            "BoundingBox": _BOX,
            "Confidence": 99.9,
        }

    def _pass(self, name: str) -> None:
        rate = self._rates.setdefault(name, Rate(self._world.time, self._calls))
        if not rate.passes():
            raise RefusedError("ProvisionedThroughputExceededException")
        self.tally.units["rekognition_calls"] += name in _PAID


def faces_in(etag: str) -> int:
    """How many faces a made-up picture shows: 0 to 6, three in the mean."""
    return int(etag[:8], 16) % 7


def _uuid(text: str) -> str:
    digest = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:]}"
