"""Portraits: squares round faces."""

import io

import pytest
from PIL import Image

from functions.people.boxes import Box
from functions.people.portrait_cut import SIDE, UnusableRenditionError, cut_portrait

# A red face in the middle of a grey photo.
FACE = Box(0.4, 0.3, 0.2, 0.4)


def large(width: int, height: int, face: Box = FACE) -> bytes:
    photo = Image.new("RGB", (width, height), "grey")
    photo.paste("red", tuple(round(side) for side in face.in_pixels(width, height)))
    out = io.BytesIO()
    photo.save(out, "JPEG", comment=b"Ann Unmistakable")
    return out.getvalue()


def cut(body: bytes, box: Box) -> Image.Image:
    portrait = Image.open(io.BytesIO(cut_portrait(body, box)))
    portrait.load()
    return portrait


def is_red(portrait: Image.Image, across: float, down: float) -> bool:
    red, green, _ = portrait.getpixel((int(across * portrait.width), int(down * portrait.height)))
    return red > 200 and green < 60


def test_the_face_is_in_the_middle_with_some_room() -> None:
    portrait = cut(large(1600, 800), FACE)
    assert (portrait.format, portrait.size) == ("WEBP", (SIDE, SIDE))
    assert is_red(portrait, 0.5, 0.5)
    assert is_red(portrait, 0.18, 0.18)
    assert not is_red(portrait, 0.1, 0.5)


def test_a_small_face_is_as_large_a_picture() -> None:
    portrait = cut(large(100, 50), FACE)
    assert portrait.size == (SIDE, SIDE)
    assert is_red(portrait, 0.5, 0.5)


@pytest.mark.parametrize("box", [Box(-0.1, -0.2, 0.3, 0.5), Box(0.9, 0.9, 0.3, 0.3), Box(0, 0, 1, 1)])
@pytest.mark.parametrize("size", [(640, 480), (300, 900), (5, 3)])
def test_at_an_edge_it_stays_inside_the_photo(box: Box, size: tuple[int, int]) -> None:
    width, height = size
    portrait = cut(large(width, height, Box(0, 0, 1, 1)), box)
    assert portrait.size == (SIDE, SIDE)
    assert all(is_red(portrait, across, down) for across in (0, 0.99) for down in (0, 0.99))


def test_a_portrait_has_no_metadata() -> None:
    body = cut_portrait(large(1600, 800), FACE)
    assert b"Unmistakable" not in body
    assert not {b"EXIF", b"XMP ", b"ICCP"} & {body[at : at + 4] for at in range(len(body))}


@pytest.mark.parametrize("body", [b"", b"no picture", large(1600, 800)[:5000]])
def test_a_damaged_rendition_gives_no_portrait(body: bytes) -> None:
    with pytest.raises(UnusableRenditionError):
        cut_portrait(body, FACE)
