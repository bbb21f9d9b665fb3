"""CreateCollection, DescribeCollection, ListCollections, DeleteCollection."""

from local.rekognition import answers
from local.rekognition.answers import FACE_MODEL_VERSION
from local.rekognition.context import Answer, Context, Request


def create_collection(context: Context, request: Request) -> Answer:
    """Create a collection. Raises ``ResourceAlreadyExistsException``."""
    collection = request["CollectionId"]
    context.state.create_collection(collection)
    return {
        "StatusCode": 200,
        "CollectionArn": context.arn(collection),
        "FaceModelVersion": FACE_MODEL_VERSION,
    }


def describe_collection(context: Context, request: Request) -> Answer:
    """Count a collection's faces and users. Raises ``ResourceNotFoundException``."""
    collection = request["CollectionId"]
    faces, users, created = context.state.describe(collection)
    return {
        "FaceCount": faces,
        "FaceModelVersion": FACE_MODEL_VERSION,
        "CollectionARN": context.arn(collection),
        "CreationTimestamp": created,
        "UserCount": users,
    }


def list_collections(context: Context, request: Request) -> Answer:
    """List collections by name, a page at a time."""
    limit = request.get("MaxResults") or 4096
    after = answers.read_token(request, str, "")
    names = [name for name, _ in context.state.collections() if name > after]
    page = names[:limit]
    answer = {"CollectionIds": page, "FaceModelVersions": [FACE_MODEL_VERSION] * len(page)}
    return answer | answers.make_next_token(page[-1] if len(names) > len(page) else None)


def delete_collection(context: Context, request: Request) -> Answer:
    """Delete a collection with all it has. Raises ``ResourceNotFoundException``."""
    context.state.delete_collection(request["CollectionId"])
    return {"StatusCode": 200}
