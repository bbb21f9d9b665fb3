"""People of the gallery as Rekognition knows them: users of its collection, each with the faces of their portraits."""

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from functions.face_collection import FaceCollection

# https://docs.aws.amazon.com/rekognition/latest/APIReference/API_ListUsers.html (MaxResults)
_LIST_USERS = 500
# Percent from which a portrait may be of the same person as the others of that name: less than a search asks for,
# because people grow older, but more than strangers have.
_SAME_PERSON = 20.0
_ATTEMPTS = 6

_Answer = TypeVar("_Answer")


def list_users(faces: FaceCollection) -> Iterator[str]:
    """The ids of the collection's users."""
    pages = faces.client.get_paginator("list_users").paginate(
        CollectionId=faces.collection_id, PaginationConfig={"PageSize": _LIST_USERS}
    )
    for page in pages:
        yield from (user["UserId"] for user in page["Users"])


def attach_face(faces: FaceCollection, user_id: str, face_id: str) -> bool:
    """Make a face one of a user's, creating the user if need be; False if it is too unlike the user's other faces."""
    collection_id = faces.collection_id
    with contextlib.suppress(faces.client.exceptions.ConflictException):
        faces.client.create_user(CollectionId=collection_id, UserId=user_id)
    answer = _patiently(
        faces,
        lambda: faces.client.associate_faces(
            CollectionId=collection_id, UserId=user_id, FaceIds=[face_id], UserMatchThreshold=_SAME_PERSON
        ),
    )
    return not answer.get("UnsuccessfulFaceAssociations")


def detach_face(faces: FaceCollection, user_id: str, face_id: str) -> None:
    """Take a face from its user: while attached, it can't be deleted."""
    collection_id = faces.collection_id
    with contextlib.suppress(faces.client.exceptions.ResourceNotFoundException):
        _patiently(
            faces,
            lambda: faces.client.disassociate_faces(CollectionId=collection_id, UserId=user_id, FaceIds=[face_id]),
        )


def delete_user(faces: FaceCollection, user_id: str) -> None:
    """Delete a user; their faces stay in the collection, attached to nobody."""
    collection_id = faces.collection_id
    with contextlib.suppress(faces.client.exceptions.ResourceNotFoundException):
        _patiently(faces, lambda: faces.client.delete_user(CollectionId=collection_id, UserId=user_id))


def delete_faces(faces: FaceCollection, face_ids: list[str]) -> None:
    """Delete faces; those that Rekognition still holds to be attached are tried again. Raises ``OSError``."""
    for attempt in range(_ATTEMPTS):
        if not face_ids:
            return
        answer = faces.client.delete_faces(CollectionId=faces.collection_id, FaceIds=face_ids)
        refused = answer.get("UnsuccessfulFaceDeletions", [])
        face_ids = [entry["FaceId"] for entry in refused if "FACE_NOT_FOUND" not in entry.get("Reasons", [])]
        if face_ids:
            time.sleep(2**attempt / 4)
    if face_ids:
        raise OSError(f"Rekognition has not deleted {len(face_ids)} faces yet: run the same command again in a minute")


def _patiently(faces: FaceCollection, call: Callable[[], _Answer]) -> _Answer:
    """Call again while Rekognition is busy with an earlier change of the same user."""
    for attempt in range(_ATTEMPTS - 1):
        try:
            return call()
        except faces.client.exceptions.ConflictException:
            time.sleep(2**attempt / 4)
    return call()
