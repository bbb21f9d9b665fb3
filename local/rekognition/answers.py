"""Parts of answers, as the service model shapes them, and the tokens that lead from page to page."""

import base64
from typing import Any, TypeVar

from local.rekognition.engine import FoundFace
from local.rekognition.exceptions import InvalidPaginationTokenException
from local.rekognition.state import StoredFace, StoredUser

Token = TypeVar("Token", str, int)

FACE_MODEL_VERSION = "7.0"
MAX_FACES = 100  # of a picture, and of a user


def make_box(face: FoundFace) -> dict[str, Any]:
    """A ``BoundingBox``; it may run past the picture's edge, as Rekognition's do."""
    return {"Width": face.width, "Height": face.height, "Left": face.left, "Top": face.top}


def make_face_detail(face: FoundFace) -> dict[str, Any]:
    """A ``FaceDetail`` with what the engine knows. It doesn't know age, gender and feelings, so they are absent."""
    return {
        "BoundingBox": make_box(face),
        "Landmarks": [{"Type": name, "X": x, "Y": y} for name, (x, y) in face.landmarks.items()],
        "Pose": {"Roll": face.roll},
        "Quality": {"Brightness": face.brightness, "Sharpness": face.sharpness},
        "Confidence": face.confidence,
    }


def make_face(face: StoredFace) -> dict[str, Any]:
    """A ``Face``."""
    answer = {
        "FaceId": face.face_id,
        "BoundingBox": face.bounding_box,
        "ImageId": face.image_id,
        "Confidence": face.confidence,
        "IndexFacesModelVersion": FACE_MODEL_VERSION,
    }
    if face.external_image_id is not None:
        answer["ExternalImageId"] = face.external_image_id
    if face.user_id is not None:
        answer["UserId"] = face.user_id
    return answer


def make_user(found: StoredUser) -> dict[str, Any]:
    """A ``User``: active once it has faces."""
    return {"UserId": found.user_id, "UserStatus": "ACTIVE" if found.face_count else "CREATED"}


def read_token(request: dict[str, Any], kind: type[Token], default: Token) -> Token:
    """What a page's ``NextToken`` stands for. Raises ``InvalidPaginationTokenException``."""
    token = request.get("NextToken")
    if token is None:
        return default
    try:
        value: Token | None = kind(base64.b64decode(token, altchars=b"-_", validate=True).decode())
    except (ValueError, TypeError, AttributeError):
        value = None
    if value is None or (isinstance(value, int) and not 0 <= value < 2**63):  # SQLite's largest number
        raise InvalidPaginationTokenException("NextToken is not valid")
    return value


def make_next_token(last: Any) -> dict[str, Any]:
    """The field ``NextToken``, if there is more after ``last``."""
    return {} if last is None else {"NextToken": base64.urlsafe_b64encode(str(last).encode()).decode()}
