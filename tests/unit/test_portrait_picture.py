"""The picture of a portrait that visitors see."""

import io

import numpy as np
import pytest
from PIL import Image

from functions.crops import Area
from scripts.gallery.portrait_picture import MAX_SIDE, portrait_picture


def shown(size: tuple[int, int], face: tuple[int, int, int, int]) -> Image.Image:
    """What is shown of a blue picture with a red face, whose box is in pixels."""
    whole = Image.new("RGB", size, (0, 0, 255))
    whole.paste((255, 0, 0), face)
    out = io.BytesIO()
    whole.save(out, "JPEG", quality=90)
    left, top, right, bottom = face
    box = Area(left / size[0], top / size[1], (right - left) / size[0], (bottom - top) / size[1])
    return Image.open(io.BytesIO(portrait_picture(out.getvalue(), box)))


@pytest.mark.parametrize("place", [(600, 400), (0, 0), (1300, 900)])
def test_a_face_takes_half_of_its_portrait(place: tuple[int, int]) -> None:
    x, y = place
    square = shown((1600, 1200), (x, y, x + 300, y + 300))
    assert square.format == "WEBP"
    assert square.size == (600, 600)
    assert (np.asarray(square.convert("RGB"))[:, :, 0] > 128).mean() == pytest.approx(1 / 4, rel=0.05)


def test_a_large_face_fills_a_portrait_no_sharper_than_screens() -> None:
    assert shown((1200, 1600), (200, 300, 1000, 1300)).size == (MAX_SIDE, MAX_SIDE)


def test_a_small_portrait_is_not_enlarged() -> None:
    assert shown((90, 120), (20, 20, 70, 80)).size == (90, 90)
