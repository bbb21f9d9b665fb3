"""A search request as the browser sends it, checked field by field before anything is asked of AWS."""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Any

from functions.face_collection import ALBUM_COLLECTION, GALLERY_COLLECTION, MAX_IMAGE_BYTES, is_face_id
from functions.galleries import FIRST_GALLERY, BadGalleryNameError, Gallery
from functions.thresholds import DEFAULT_THRESHOLD
from functions.visitor_calls import RequestError, parse_pass

DEFAULT_LIMIT = 100
MAX_LIMIT = 500
MAX_OFFSET = 4096  # MaxFaces of SearchFaces
COLLECTIONS = (ALBUM_COLLECTION, GALLERY_COLLECTION)

_TOKEN = re.compile(rb'\{"offset": ([0-9]{1,4})\}')
_MAX_TOKEN = 64
_FIELDS = {"faceid", "image", "collection", "gallery", "threshold", "limit", "next", "pass"}


@dataclass(frozen=True, kw_only=True)
class _Search:
    """What every search says: the collection's name, the least similarity, and which of the photos to answer with.

    ``shown`` is the pass of somebody who may see more than a stranger, or empty. ``gallery`` counts where the
    collection is that of galleries.
    """

    collection: str
    threshold: float
    limit: int
    offset: int
    shown: str = ""
    gallery: Gallery = FIRST_GALLERY

    @property
    def kept_as(self) -> str:
        """What the ledger calls the collection."""
        return self.gallery.kept_as if self.collection == GALLERY_COLLECTION else self.collection


@dataclass(frozen=True, kw_only=True)
class FaceSearch(_Search):
    """A checked search for the person whose face was clicked."""

    face_id: str


@dataclass(frozen=True, kw_only=True)
class PictureSearch(_Search):
    """A checked search for the person in a picture, a JPEG or PNG."""

    picture: bytes


SearchRequest = FaceSearch | PictureSearch


def parse_request(event: Any) -> SearchRequest:
    """Check a request. Raises ``RequestError``."""
    if not isinstance(event, dict):
        raise RequestError(400, "InvalidRequest", "the request must be a JSON object")
    unknown = sorted(set(event) - _FIELDS)
    if unknown:
        # As ASCII: half a surrogate pair can't be answered.
        raise RequestError(400, "InvalidRequest", f"unknown field: {unknown[0][:50]!a}")
    if ("faceid" in event) == ("image" in event):
        raise RequestError(400, "InvalidRequest", "give either faceid or image")
    face_id = _face_id(event["faceid"]) if "faceid" in event else None
    picture = _picture(event["image"]) if "image" in event else b""
    collection = _collection(event.get("collection", ALBUM_COLLECTION))
    gallery = _gallery(event.get("gallery", GALLERY_COLLECTION), collection)
    threshold = _number(event, "threshold", DEFAULT_THRESHOLD, 0, 100)
    limit = int(_number(event, "limit", DEFAULT_LIMIT, 1, MAX_LIMIT, whole=True))
    offset = _offset(event.get("next"))
    shown = parse_pass(event)
    common: dict[str, Any] = {
        "collection": collection,
        "gallery": gallery,
        "threshold": threshold,
        "limit": limit,
        "offset": offset,
        "shown": shown,
    }
    if face_id is not None:
        return FaceSearch(face_id=face_id, **common)
    return PictureSearch(picture=picture, **common)


def next_token(offset: int) -> str:
    """The token that asks for the photos from ``offset`` on."""
    return base64.urlsafe_b64encode(json.dumps({"offset": offset}).encode()).decode()


def _face_id(value: Any) -> str:
    if not isinstance(value, str) or not is_face_id(value):
        raise RequestError(400, "InvalidFaceId", "faceid must be a face id: lower-case hex digits as in a UUID")
    return value


def _picture(value: Any) -> bytes:
    if not isinstance(value, str):
        raise RequestError(400, "InvalidImage", "image must be a base64 string")
    if len(value) > MAX_IMAGE_BYTES * 4 // 3 + 4:
        raise RequestError(413, "ImageTooLarge", "the image is larger than 5 MB")
    try:
        picture = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise RequestError(400, "InvalidImage", "image is not valid base64") from None
    if not picture:
        raise RequestError(400, "InvalidImage", "the image is empty")
    return picture


def _collection(value: Any) -> str:
    if not isinstance(value, str) or value not in COLLECTIONS:
        raise RequestError(400, "InvalidCollection", f"collection must be one of {', '.join(COLLECTIONS)}")
    return value


def _gallery(name: Any, collection: str) -> Gallery:
    try:
        gallery = Gallery(name if isinstance(name, str) else "")
    except BadGalleryNameError:
        raise RequestError(400, "InvalidGallery", "gallery must be the name of one of the site's galleries") from None
    if collection != GALLERY_COLLECTION and not gallery.is_first:
        message = f"a gallery is searched with the collection {GALLERY_COLLECTION}"
        raise RequestError(400, "InvalidGallery", message)
    return gallery


def _number(event: dict[str, Any], name: str, default: float, low: float, high: float, *, whole: bool = False) -> float:
    value = event.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RequestError(400, "InvalidParameter", f"{name} must be a number")
    if whole and isinstance(value, float) and not value.is_integer():
        raise RequestError(400, "InvalidParameter", f"{name} must be a whole number")
    if not low <= value <= high:
        raise RequestError(400, "InvalidParameter", f"{name} must be from {low} to {high}")
    return value


def _offset(token: Any) -> int:
    if token is None:
        return 0
    # Only what `next_token` makes is read: anything could be in there, even endlessly nested lists.
    if isinstance(token, str) and len(token) <= _MAX_TOKEN:
        try:
            found = _TOKEN.fullmatch(base64.urlsafe_b64decode(token))
        except ValueError:
            found = None
        if found and int(found[1]) <= MAX_OFFSET:
            return int(found[1])
    raise RequestError(400, "InvalidParameter", "next is not a token this function gave out")
