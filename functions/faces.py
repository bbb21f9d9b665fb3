"""The Rekognition collection of the album: the calls both functions make, and only those."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from functions.keys import ImagePath, encode_external_image_id

# https://docs.aws.amazon.com/rekognition/latest/dg/limits.html
MAX_S3_IMAGE_BYTES = 15 * 1024 * 1024
MAX_IMAGE_BYTES = 5 * 1024 * 1024
MIN_IMAGE_SIDE = 80
MAX_FACES_PER_IMAGE = 100
MAX_FACE_MATCHES = 4096
_DELETE_BATCH = 4096
_LIST_PAGE = 4096


@dataclass(frozen=True)
class FaceCollection:
    """One collection, through a boto3 Rekognition client."""

    client: Any
    collection_id: str

    def index(self, path: ImagePath, image: dict) -> dict:
        """Index the faces of ``image`` (a Rekognition ``Image``) under the pic's external image id.

        Returns the response without its HTTP metadata. The same picture indexed twice keeps its face ids.
        """
        response = self.client.index_faces(
            CollectionId=self.collection_id,
            Image=image,
            ExternalImageId=encode_external_image_id(path),
            MaxFaces=MAX_FACES_PER_IMAGE,
            QualityFilter="AUTO",
        )
        return without_metadata(response)

    def delete(self, face_ids: Iterable[str]) -> None:
        """Remove faces; ids the collection does not know are passed over, as DeleteFaces does."""
        ids = sorted(face_ids)
        for start in range(0, len(ids), _DELETE_BATCH):
            self.client.delete_faces(CollectionId=self.collection_id, FaceIds=ids[start : start + _DELETE_BATCH])

    def faces(self) -> Iterator[dict]:
        """Every face of the collection, page by page."""
        arguments = {"CollectionId": self.collection_id, "MaxResults": _LIST_PAGE}
        while True:
            page = self.client.list_faces(**arguments)
            yield from page["Faces"]
            if not page.get("NextToken"):
                return
            arguments["NextToken"] = page["NextToken"]

    def face_ids_of(self, path: ImagePath) -> set[str]:
        """Ids of all faces indexed for a pic. Reads the whole collection: for clearing up after a crash."""
        external_image_id = encode_external_image_id(path)
        return {face["FaceId"] for face in self.faces() if face.get("ExternalImageId") == external_image_id}

    def face(self, face_id: str) -> dict | None:
        """One face by id, or None."""
        page = self.client.list_faces(CollectionId=self.collection_id, FaceIds=[face_id])
        return next(iter(page["Faces"]), None)


def without_metadata(response: dict) -> dict:
    """A boto3 response without the HTTP metadata boto3 adds."""
    return {name: value for name, value in response.items() if name != "ResponseMetadata"}
