import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from functions import keys
from functions.keys import BadNameError, ImagePath
from functions.thumbnail_sizes import LARGE_SIDE

# What file systems let people call things, control characters aside.
NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="/"), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("encoded", "plain"),
    [
        ("photos/a/b+c.jpg", "photos/a/b c.jpg"),
        ("photos/a/b%2Bc.jpg", "photos/a/b+c.jpg"),
        ("photos/a/100%25.jpg", "photos/a/100%.jpg"),
        ("photos/a/%F0%9F%98%80.jpg", "photos/a/😀.jpg"),
    ],
)
def test_event_keys_are_decoded_as_forms_are(encoded: str, plain: str) -> None:
    assert keys.decode_event_key(encoded) == plain


@given(NAMES, NAMES)
def test_external_image_ids_suit_rekognition_and_lead_back(set_name: str, file: str) -> None:
    try:
        path = keys.image_path(set_name, file)
    except BadNameError:
        assume(False)
    encoded = keys.encode_external_image_id(path)
    assert re.fullmatch(r"[a-zA-Z0-9_.\-:]{1,255}", encoded)
    assert keys.decode_external_image_id(encoded) in (path, None)
    if len(str(path).encode()) * 3 <= 255:
        assert keys.decode_external_image_id(encoded) == path


@given(NAMES, NAMES, NAMES, NAMES)
def test_two_photos_never_share_an_external_image_id(a: str, b: str, c: str, d: str) -> None:
    first, second = ImagePath(a, b), ImagePath(c, d)
    assume(str(first) != str(second))
    assert keys.encode_external_image_id(first) != keys.encode_external_image_id(second)


def test_a_long_path_has_an_external_image_id_too() -> None:
    path = keys.image_path("set", "é" * 150 + ".jpg")
    assert len(keys.encode_external_image_id(path)) <= 255
    assert keys.decode_external_image_id(keys.encode_external_image_id(path)) is None


@given(st.text(max_size=100))
def test_decoding_strange_external_image_ids_is_harmless(text: str) -> None:
    keys.decode_external_image_id(text)


@given(NAMES, NAMES)
def test_a_photo_is_found_by_its_key(set_name: str, file: str) -> None:
    try:
        path = keys.image_path(set_name, file)
    except BadNameError:
        assume(False)
    assert keys.parse_key(path.key) == path
    assert keys.parse_image_path(str(path)) == path
    assert path.rendition_keys == (path.key, f"{LARGE_SIDE}/{path.key}")
    copies = {f"downloads/{rule}/{path.key}" for rule in ("stripped", "whole", "large")}
    assert all(len(key.encode()) <= 1024 for key in (*path.served_keys, path.regions_key)), "S3 takes no longer keys"
    films = {f"film/{path.key}", f"film-faces/{path.key}"}
    assert set(path.served_keys) == {*path.rendition_keys, f"card/{path.key}", *films, *copies}


@pytest.mark.parametrize(
    "key",
    [
        "photos/only.jpg",
        "photos//a.jpg",
        "photos/set/",
        "photos/set/sub/a.jpg",
        "celebrities/a.jpg",
        "photos/.hidden/a.jpg",
        "photos/ set/a.jpg",
        "photos/set/a\n.jpg",
        "photos/set/" + "x" * 1000,
        "photos/" + "s" * 201 + "/a.jpg",
    ],
)
def test_keys_that_no_photo_can_have_are_refused_with_a_reason(key: str) -> None:
    with pytest.raises(BadNameError) as caught:
        keys.parse_key(key)
    assert len(str(caught.value)) > 20


def test_control_characters_are_refused_in_new_names_and_kept_in_old_ones() -> None:
    for name in ("a\x9bb", "a\x85", "\x80"):
        with pytest.raises(BadNameError, match="control characters"):
            keys.image_path("set", f"{name}.jpg")
        with pytest.raises(BadNameError, match="control characters"):
            keys.image_path(name, "a.jpg")
        assert keys.parse_key(f"photos/set/{name}.jpg").file == f"{name}.jpg", "an earlier release took it"
