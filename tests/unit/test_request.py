import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.galleries import Gallery
from functions.search.search_request import FaceSearch, PictureSearch, next_token, parse_request
from functions.thresholds import DEFAULT_THRESHOLD
from functions.visitor_calls import RequestError

FACE = "01234567-89ab-cdef-0123-456789abcdef"
# Half surrogate pairs too, which JSON can say.
TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)


def token(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode()


def test_defaults() -> None:
    expected = FaceSearch(face_id=FACE, collection="album", threshold=DEFAULT_THRESHOLD, limit=100, offset=0)
    assert parse_request({"faceid": FACE}) == expected


def test_everything_given() -> None:
    image = base64.b64encode(b"jpeg").decode()
    request = parse_request(
        {"image": image, "collection": "celebrities", "threshold": 12.5, "limit": 7, "next": next_token(40)}
    )
    expected = PictureSearch(picture=b"jpeg", collection="celebrities", threshold=12.5, limit=7, offset=40)
    assert request == expected
    assert request.kept_as == "celebrities"
    other = parse_request({"image": image, "collection": "celebrities", "gallery": "bands"})
    assert (other.gallery, other.kept_as) == (Gallery("bands"), "celebrities/bands")


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (None, "InvalidRequest"),
        ([], "InvalidRequest"),
        ({}, "InvalidRequest"),
        ({"faceid": FACE, "image": "eA=="}, "InvalidRequest"),
        ({"faceid": FACE, "drop": "table"}, "InvalidRequest"),
        ({"faceid": ""}, "InvalidFaceId"),
        ({"faceid": 5}, "InvalidFaceId"),
        ({"faceid": "' OR '1'='1"}, "InvalidFaceId"),
        ({"faceid": {"$ne": None}}, "InvalidFaceId"),
        ({"faceid": FACE.upper()}, "InvalidFaceId"),
        ({"faceid": FACE + "\n"}, "InvalidFaceId"),
        ({"faceid": FACE, "limit": 0}, "InvalidParameter"),
        ({"faceid": FACE, "limit": -1}, "InvalidParameter"),
        ({"faceid": FACE, "limit": 501}, "InvalidParameter"),
        ({"faceid": FACE, "limit": 10**30}, "InvalidParameter"),
        ({"faceid": FACE, "limit": 1.5}, "InvalidParameter"),
        ({"faceid": FACE, "limit": "9"}, "InvalidParameter"),
        ({"faceid": FACE, "limit": True}, "InvalidParameter"),
        ({"faceid": FACE, "threshold": -0.1}, "InvalidParameter"),
        ({"faceid": FACE, "threshold": 100.1}, "InvalidParameter"),
        ({"faceid": FACE, "threshold": float("nan")}, "InvalidParameter"),
        ({"faceid": FACE, "limit": float("inf")}, "InvalidParameter"),
        ({"faceid": FACE, "threshold": None}, "InvalidParameter"),
        ({"faceid": FACE, "next": "junk"}, "InvalidParameter"),
        ({"faceid": FACE, "next": next_token(-1)}, "InvalidParameter"),
        ({"faceid": FACE, "next": 5}, "InvalidParameter"),
        ({"faceid": FACE, "next": ""}, "InvalidParameter"),
        ({"faceid": FACE, "next": "é"}, "InvalidParameter"),
        ({"faceid": FACE, "next": next_token(4097)}, "InvalidParameter"),
        ({"faceid": FACE, "next": token(b"[" * 100_000)}, "InvalidParameter"),
        ({"faceid": FACE, "next": token(b'{"offset": true}')}, "InvalidParameter"),
        ({"faceid": FACE, "next": token(b'{"offset": 1e3}')}, "InvalidParameter"),
        ({"faceid": FACE, "next": token(b'{"offset": ' + b"9" * 5000 + b"}")}, "InvalidParameter"),
        ({"faceid": FACE, "\ud800": 1}, "InvalidRequest"),
        ({"faceid": "\ud800"}, "InvalidFaceId"),
        ({"image": "\ud800"}, "InvalidImage"),
        ({"faceid": FACE, "collection": "other"}, "InvalidCollection"),
        ({"faceid": FACE, "collection": ["album"]}, "InvalidCollection"),
        ({"faceid": FACE, "gallery": "bands"}, "InvalidGallery"),
        ({"faceid": FACE, "collection": "celebrities", "gallery": ["bands"]}, "InvalidGallery"),
        ({"faceid": FACE, "collection": "celebrities", "gallery": "\ud800" * 60}, "InvalidGallery"),
        ({"faceid": FACE, "collection": "celebrities", "gallery": "../album"}, "InvalidGallery"),
        ({"image": ""}, "InvalidImage"),
        ({"image": "not base64!"}, "InvalidImage"),
        ({"image": 1}, "InvalidImage"),
        ({"image": "A" * 7_000_000}, "ImageTooLarge"),
    ],
)
def test_bad_requests_are_refused_field_by_field(event: Any, code: str) -> None:
    with pytest.raises(RequestError) as caught:
        parse_request(event)
    assert caught.value.code == code
    assert 400 <= caught.value.status < 500
    assert len(str(caught.value)) < 200


FIELDS = st.sampled_from(["faceid", "image", "collection", "gallery", "threshold", "limit", "next"])


@given(st.dictionaries(FIELDS, JSON) | st.dictionaries(FIELDS | TEXT, JSON) | JSON)
def test_any_json_is_parsed_or_refused(event: Any) -> None:
    try:
        parse_request(event)
    except RequestError as error:
        assert 400 <= error.status < 500
        assert str(error).encode()


@given(st.binary(max_size=80).map(token) | TEXT)
def test_any_token_is_read_or_refused(next_: str) -> None:
    try:
        assert 0 <= parse_request({"faceid": FACE, "next": next_}).offset <= 4096
    except RequestError as error:
        assert error.code == "InvalidParameter"
