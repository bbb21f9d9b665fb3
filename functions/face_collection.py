"""A Rekognition collection: the calls that the functions and the owner's commands make, and only those."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types_boto3_rekognition import RekognitionClient
    from types_boto3_rekognition.type_defs import FaceMatchTypeDef, FaceTypeDef, ImageTypeDef

# What searches and the ledger call the collections, whatever their ids.
ALBUM_COLLECTION = "album"
GALLERY_COLLECTION = "celebrities"

# https://docs.aws.amazon.com/rekognition/latest/dg/limits.html
MAX_S3_IMAGE_BYTES = 15 * 1024 * 1024
MAX_IMAGE_BYTES = 5 * 1024 * 1024
MIN_IMAGE_SIDE = 80
MAX_FACES_PER_IMAGE = 100
MAX_FACE_MATCHES = 4096
MAX_USER_MATCHES = 500
_DELETE_BATCH = 4096
# How many faces by id ListFaces takes at once.
_LIST_BATCH = 1000
_FACE_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LIST_PAGE = 4096


def is_face_id(text: str) -> bool:
    """Whether a text could be the id of a face."""
    return bool(_FACE_ID.fullmatch(text))


def free() -> None:
    """Count nothing: for calls that cost nothing, or when the caller counts."""


@dataclass(frozen=True)
class FaceCollection:
    """One collection, through a boto3 Rekognition client; ``pay`` is called before each call that costs money.

    Which do: https://aws.amazon.com/rekognition/pricing/ (listing and deleting faces is free).
    """

    client: "RekognitionClient"
    collection_id: str
    pay: Callable[[], None] = free

    def index(self, external_image_id: str, image: "ImageTypeDef") -> dict[str, Any]:
        """Index the faces of ``image`` (a Rekognition ``Image``) under an external image id.

        Returns the response without its HTTP metadata. The same picture indexed twice keeps its face ids.
        """
        self.pay()
        response = self.client.index_faces(
            CollectionId=self.collection_id,
            Image=image,
            ExternalImageId=external_image_id,
            MaxFaces=MAX_FACES_PER_IMAGE,
            QualityFilter="AUTO",
        )
        return {name: value for name, value in response.items() if name != "ResponseMetadata"}

    def search(self, face_id: str, threshold: float) -> "list[FaceMatchTypeDef]":
        """Face matches of a face of the collection, best first, without itself; ``threshold`` from 0 to 100."""
        self.pay()
        return self.client.search_faces(
            CollectionId=self.collection_id,
            FaceId=face_id,
            FaceMatchThreshold=threshold,
            MaxFaces=MAX_FACE_MATCHES,
        )["FaceMatches"]

    def search_by_image(self, image: bytes, threshold: float) -> "list[FaceMatchTypeDef]":
        """Face matches of the largest face in a JPEG or PNG, best first; ``threshold`` from 0 to 100."""
        self.pay()
        return self.client.search_faces_by_image(
            CollectionId=self.collection_id,
            Image={"Bytes": image},
            FaceMatchThreshold=threshold,
            MaxFaces=MAX_FACE_MATCHES,
        )["FaceMatches"]

    def search_people_by_image(self, image: bytes, threshold: float) -> list[tuple[str, float]] | None:
        """User ids of the people most like the largest face in a JPEG or PNG, with similarity, best first.

        A person's descriptor is what Rekognition makes of all portraits together. None where there is no face.
        """
        self.pay()
        found = self.client.search_users_by_image(
            CollectionId=self.collection_id,
            Image={"Bytes": image},
            UserMatchThreshold=threshold,
            MaxUsers=MAX_USER_MATCHES,
        )
        if "SearchedFace" not in found:
            return None
        return [(match["User"]["UserId"], match["Similarity"]) for match in found["UserMatches"]]

    def delete(self, face_ids: Iterable[str]) -> None:
        """Remove faces; ids the collection does not know are passed over, as DeleteFaces does."""
        ids = sorted(filter(is_face_id, face_ids))
        for start in range(0, len(ids), _DELETE_BATCH):
            self.client.delete_faces(CollectionId=self.collection_id, FaceIds=ids[start : start + _DELETE_BATCH])

    def list_faces(self) -> "Iterator[FaceTypeDef]":
        """Every face of the collection, page by page."""
        for faces, _ in self.list_pages():
            yield from faces

    def list_pages(self, token: str | None = None) -> "Iterator[tuple[list[FaceTypeDef], str | None]]":
        """Every face, or those that come after a ``token``: pages, each with the token for the rest, if there is any.

        Raises ``ClientError`` for a token that Rekognition no longer takes.
        """
        more: dict[str, str] = {"NextToken": token} if token else {}
        while True:
            page = self.client.list_faces(CollectionId=self.collection_id, MaxResults=_LIST_PAGE, **more)
            token = page.get("NextToken")
            yield page["Faces"], token
            if not token:
                return
            more = {"NextToken": token}

    def check_there(self) -> None:
        """Raise ``ClientError`` (ResourceNotFoundException) if there is no such collection; costs nothing."""
        self.client.list_faces(CollectionId=self.collection_id, MaxResults=1)

    def count_faces(self) -> int:
        """How many faces there are."""
        return self.client.describe_collection(CollectionId=self.collection_id)["FaceCount"]

    def count_people(self) -> int:
        """How many people there are; each is a user of the collection."""
        return self.client.describe_collection(CollectionId=self.collection_id)["UserCount"]

    def get_face(self, face_id: str) -> "FaceTypeDef | None":
        """One face by id, or None."""
        return next(iter(self.get_faces([face_id])), None)

    def get_faces(self, face_ids: list[str]) -> "list[FaceTypeDef]":
        """Of the given faces, those the collection knows."""
        found: list[FaceTypeDef] = []
        for start in range(0, len(face_ids), _LIST_BATCH):
            batch = face_ids[start : start + _LIST_BATCH]
            found += self.client.list_faces(CollectionId=self.collection_id, FaceIds=batch)["Faces"]
        return found
