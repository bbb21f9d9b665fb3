"""IndexFaces, ListFaces, DeleteFaces."""

from local.rekognition import answers, quality
from local.rekognition.answers import FACE_MODEL_VERSION, MAX_FACES
from local.rekognition.context import Answer, Context, Request


async def index_faces(context: Context, request: Request) -> Answer:
    """Add the faces of a picture to a collection."""
    collection = request["CollectionId"]
    context.state.vectors(collection)
    image, analysis = await context.pictures.read(request)
    good, left = quality.split(analysis, request.get("QualityFilter", "AUTO"))
    limit = min(request.get("MaxFaces", MAX_FACES), MAX_FACES)
    left += [(face, ["EXCEEDS_MAX_FACES"]) for face in good[limit:]]
    stored = context.state.index(collection, image, request.get("ExternalImageId"), good[:limit])
    return {
        "FaceRecords": [
            {"Face": answers.make_face(row), "FaceDetail": answers.make_face_detail(face)}
            for face, row in zip(good, stored, strict=False)
        ],
        "FaceModelVersion": FACE_MODEL_VERSION,
        "UnindexedFaces": [
            {"Reasons": reasons, "FaceDetail": answers.make_face_detail(face)} for face, reasons in left
        ],
    }


def list_faces(context: Context, request: Request) -> Answer:
    """List a collection's faces, or a user's, in the order they were indexed, a page at a time."""
    collection, user_id = request["CollectionId"], request.get("UserId")
    if user_id is not None:
        context.state.user(collection, user_id)
    limit = request.get("MaxResults") or 4096
    after = answers.read_token(request, int, 0)
    if "FaceIds" in request:
        wanted = context.state.faces_by_id(collection, request["FaceIds"]).values()
        chosen = [face for face in wanted if face.number > after and user_id in (None, face.user_id)]
        faces = sorted(chosen, key=lambda face: face.number)
    else:
        faces = context.state.faces(collection, after, limit + 1, user_id)
    page = faces[:limit]
    answer = {"Faces": [answers.make_face(face) for face in page], "FaceModelVersion": FACE_MODEL_VERSION}
    return answer | answers.make_next_token(page[-1].number if len(faces) > limit else None)


def delete_faces(context: Context, request: Request) -> Answer:
    """Delete faces from a collection, but for those of users."""
    collection = request["CollectionId"]
    wanted = dict.fromkeys(request["FaceIds"])
    known = context.state.faces_by_id(collection, wanted)
    deleted = [face_id for face_id in wanted if face_id in known and known[face_id].user_id is None]
    context.state.delete_faces(collection, deleted)
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
