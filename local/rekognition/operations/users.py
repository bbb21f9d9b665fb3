"""CreateUser, DeleteUser, ListUsers, AssociateFaces, DisassociateFaces.

A user is a person of a collection, with up to 100 of its faces.
"""

import json
from collections.abc import Callable
from typing import Any

from local.rekognition import answers
from local.rekognition.answers import MAX_FACES
from local.rekognition.context import Answer, Context, Request
from local.rekognition.exceptions import ServiceQuotaExceededException

_ASSOCIATION_THRESHOLD = 75.0


def create_user(context: Context, request: Request) -> Answer:
    """Create a user without faces. Raises ``ConflictException``."""

    def create() -> Answer:
        context.state.create_user(request["CollectionId"], request["UserId"])
        return {}

    return _once(context, "CreateUser", request, create)


def delete_user(context: Context, request: Request) -> Answer:
    """Delete a user; the faces stay."""

    def delete() -> Answer:
        context.state.delete_user(request["CollectionId"], request["UserId"])
        return {}

    return _once(context, "DeleteUser", request, delete)


def list_users(context: Context, request: Request) -> Answer:
    """List a collection's users in the order they were created, a page at a time."""
    limit = request.get("MaxResults", 500)
    users = context.state.users(request["CollectionId"], answers.read_token(request, int, 0), limit + 1)
    page = users[:limit]
    answer = {"Users": [answers.make_user(found) for found in page]}
    return answer | answers.make_next_token(page[-1].number if len(users) > limit else None)


def associate_faces(context: Context, request: Request) -> Answer:
    """Make faces the user's, if they are like those the user has. Raises ``ServiceQuotaExceededException``."""
    return _once(context, "AssociateFaces", request, lambda: _associate(context, request))


def disassociate_faces(context: Context, request: Request) -> Answer:
    """Make faces of the user nobody's."""
    return _once(context, "DisassociateFaces", request, lambda: _disassociate(context, request))


def _once(context: Context, operation: str, request: Request, work: Callable[[], Answer]) -> Answer:
    """Do ``work``, but give a request with a token seen before the answer given then."""
    token = request.get("ClientRequestToken")
    fingerprint = json.dumps([operation, request], sort_keys=True)
    known = context.state.answered(token, fingerprint) if token else None
    if known is not None:
        return known
    answer = work()
    if token:
        context.state.remember_answer(token, fingerprint, answer)
    return answer


def _associate(context: Context, request: Request) -> Answer:
    state, collection, user_id = context.state, request["CollectionId"], request["UserId"]
    user = state.user(collection, user_id)
    if user.face_count >= MAX_FACES:
        raise ServiceQuotaExceededException(f"the user {user_id} has {MAX_FACES} faces already")
    threshold = request.get("UserMatchThreshold", _ASSOCIATION_THRESHOLD)
    users = state.user_vectors(collection)
    known = state.faces_by_id(collection, request["FaceIds"])
    associated: list[str] = []
    unsuccessful: list[dict[str, Any]] = []
    for face_id in dict.fromkeys(request["FaceIds"]):
        face = known.get(face_id)
        if face is None:
            unsuccessful.append({"FaceId": face_id, "Reasons": ["FACE_NOT_FOUND"]})
        elif face.user_id == user_id:
            continue
        elif face.user_id is not None:
            reasons = ["ASSOCIATED_TO_A_DIFFERENT_USER"]
            unsuccessful.append({"FaceId": face_id, "UserId": face.user_id, "Reasons": reasons})
        elif user_id in users and (value := state.compare(collection, user_id, face_id)) < threshold:
            reasons = ["LOW_MATCH_CONFIDENCE"]
            unsuccessful.append({"FaceId": face_id, "Confidence": value, "Reasons": reasons})
        elif user.face_count + len(associated) >= MAX_FACES:
            unsuccessful.append({"FaceId": face_id, "Reasons": []})  # the model has no reason for this one
        else:
            associated.append(face_id)
    state.associate(collection, user_id, associated, True)
    return {
        "AssociatedFaces": [{"FaceId": face_id} for face_id in associated],
        "UnsuccessfulFaceAssociations": unsuccessful,
        "UserStatus": answers.make_user(state.user(collection, user_id))["UserStatus"],
    }


def _disassociate(context: Context, request: Request) -> Answer:
    state, collection, user_id = context.state, request["CollectionId"], request["UserId"]
    state.user(collection, user_id)
    known = state.faces_by_id(collection, request["FaceIds"])
    wanted = list(dict.fromkeys(request["FaceIds"]))
    freed = [face_id for face_id in wanted if face_id in known and known[face_id].user_id == user_id]
    state.associate(collection, user_id, freed, False)
    missing = [{"FaceId": face_id, "Reasons": ["FACE_NOT_FOUND"]} for face_id in wanted if face_id not in known]
    others = [
        {"FaceId": face_id, "UserId": known[face_id].user_id, "Reasons": ["ASSOCIATED_TO_A_DIFFERENT_USER"]}
        for face_id in wanted
        if face_id in known and known[face_id].user_id not in (None, user_id)
    ]
    return {
        "DisassociatedFaces": [{"FaceId": face_id} for face_id in freed],
        "UnsuccessfulFaceDisassociations": missing + others,
        "UserStatus": answers.make_user(state.user(collection, user_id))["UserStatus"],
    }
