"""SearchFaces, SearchFacesByImage, SearchUsers, SearchUsersByImage."""

from typing import Any

from local.rekognition import answers, quality
from local.rekognition.answers import FACE_MODEL_VERSION
from local.rekognition.context import Answer, Context, Request
from local.rekognition.exceptions import InvalidParameterException
from local.rekognition.likeness import Vector

_FACE_MATCH_THRESHOLD = 80.0
_USER_MATCH_THRESHOLD = 80.0
_MAX_FACES = 80
_MAX_USERS = 500


def search_faces(context: Context, request: Request) -> Answer:
    """Find the faces of a collection that are like one of them, which is left out."""
    collection, face_id = request["CollectionId"], request["FaceId"]
    descriptor = _descriptor(context, collection, face_id)
    limit = request.get("MaxFaces", _MAX_FACES)
    threshold = request.get("FaceMatchThreshold", _FACE_MATCH_THRESHOLD)
    found = context.state.vectors(collection).search_person(descriptor, threshold, limit + 1)
    matches = [(other, value) for other, value in found if other != face_id][:limit]
    return {"SearchedFaceId": face_id, **_face_matches(context, collection, matches)}


async def search_faces_by_image(context: Context, request: Request) -> Answer:
    """Find the faces of a collection that are like the largest in a picture."""
    collection = request["CollectionId"]
    context.state.vectors(collection)
    _, analysis = await context.pictures.read(request)
    faces, _ = quality.split(analysis, request.get("QualityFilter", "NONE"))
    if not faces:
        raise InvalidParameterException("There are no faces in the image. Should be at least 1.")
    threshold = request.get("FaceMatchThreshold", _FACE_MATCH_THRESHOLD)
    # Asked for again: the collection may have gone while the picture was read.
    vectors = context.state.vectors(collection)
    found = vectors.search_person(faces[0].vector, threshold, request.get("MaxFaces", _MAX_FACES))
    return {
        "SearchedFaceBoundingBox": answers.make_box(faces[0]),
        "SearchedFaceConfidence": faces[0].confidence,
        **_face_matches(context, collection, found),
    }


def search_users(context: Context, request: Request) -> Answer:
    """Find the users of a collection who are like one of its faces, or like one of them, who is left out."""
    collection, face_id, user_id = request["CollectionId"], request.get("FaceId"), request.get("UserId")
    users = context.state.user_vectors(collection)
    descriptor: Vector | None
    if face_id is not None and user_id is None:
        descriptor, searched = _descriptor(context, collection, face_id), {"SearchedFace": {"FaceId": face_id}}
    elif user_id is not None and face_id is None:
        context.state.user(collection, user_id)
        descriptor = users.get(user_id) if user_id in users else None
        searched = {"SearchedUser": {"UserId": user_id}}
    else:
        raise InvalidParameterException("give either FaceId or UserId, and not both")
    found = [] if descriptor is None else _user_matches(context, request, descriptor, user_id)
    return {"UserMatches": found, "FaceModelVersion": FACE_MODEL_VERSION, **searched}


async def search_users_by_image(context: Context, request: Request) -> Answer:
    """Find the users of a collection who are like the largest face in a picture."""
    context.state.vectors(request["CollectionId"])
    _, analysis = await context.pictures.read(request)
    good, left = quality.split(analysis, request.get("QualityFilter", "NONE"))
    left += [(face, ["FACE_NOT_LARGEST"]) for face in good[1:]]
    answer: Answer = {
        "UserMatches": [],
        "FaceModelVersion": FACE_MODEL_VERSION,
        "UnsearchedFaces": [
            {"FaceDetails": answers.make_face_detail(face), "Reasons": reasons} for face, reasons in left
        ],
    }
    if good:
        answer["SearchedFace"] = {"FaceDetail": answers.make_face_detail(good[0])}
        answer["UserMatches"] = _user_matches(context, request, good[0].vector)
    return answer


def _descriptor(context: Context, collection: str, face_id: str) -> Vector:
    vectors = context.state.vectors(collection)
    if face_id not in vectors:
        if context.state.faces_by_id(collection, [face_id]):
            raise InvalidParameterException(
                f"faceId {face_id} was described by another engine: index its picture again (`kinpics reprocess`)"
            )
        raise InvalidParameterException(f"faceId was not found in the collection: {face_id}")
    return vectors.get(face_id)


def _face_matches(context: Context, collection: str, found: list[tuple[str, float]]) -> Answer:
    faces = context.state.faces_by_id(collection, [face_id for face_id, _ in found])
    matches = [{"Similarity": value, "Face": answers.make_face(faces[face_id])} for face_id, value in found]
    return {"FaceMatches": matches, "FaceModelVersion": FACE_MODEL_VERSION}


def _user_matches(
    context: Context, request: Request, descriptor: Vector, left_out: str | None = None
) -> list[dict[str, Any]]:
    """``UserMatches`` for a descriptor, without one user."""
    limit = request.get("MaxUsers", _MAX_USERS)
    threshold = request.get("UserMatchThreshold", _USER_MATCH_THRESHOLD)
    found = context.state.user_vectors(request["CollectionId"]).search(descriptor, threshold, limit + 1)
    return [
        {"Similarity": value, "User": {"UserId": user_id, "UserStatus": "ACTIVE"}}
        for user_id, value in found
        if user_id != left_out
    ][:limit]
