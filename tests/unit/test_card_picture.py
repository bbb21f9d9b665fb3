"""The picture that other sites show beside a link to a photo."""

import io

import numpy as np
import pytest
from PIL import Image
from support import jpeg

from functions.crops import Area
from functions.process.card_picture import MAX_CARD_BYTES, make_card


def opened(card: bytes) -> Image.Image:
    return Image.open(io.BytesIO(card)).convert("RGB")


@pytest.mark.parametrize("size", [(1600, 1200), (1200, 1600), (90, 120), (1600, 3), (2, 1600), (1, 1)])
def test_a_card_has_the_size_that_is_asked_for(size: tuple[int, int]) -> None:
    assert opened(make_card(jpeg(size=size), [])).size == (1200, 630)


def test_a_portraits_card_shows_its_face() -> None:
    picture = Image.new("RGB", (1200, 1600), (0, 0, 255))
    picture.paste((255, 0, 0), (400, 1200, 800, 1500))  # far below the middle
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    reds = [
        np.asarray(opened(make_card(out.getvalue(), faces)))[:, :, 0] > 128
        for faces in ([], [Area(400 / 1200, 1200 / 1600, 400 / 1200, 300 / 1600)])
    ]
    assert not reds[0].any()
    assert reds[1].sum() == pytest.approx(400 * 300, rel=0.05)


def test_a_photo_full_of_detail_makes_a_small_card() -> None:
    rng = np.random.default_rng(1)
    detailed = Image.fromarray(rng.integers(0, 256, (200, 267, 3), dtype=np.uint8)).resize((1600, 1200))
    out = io.BytesIO()
    detailed.save(out, "JPEG", quality=82)
    assert len(out.getvalue()) > 2 * MAX_CARD_BYTES
    assert len(make_card(out.getvalue(), [])) <= MAX_CARD_BYTES


def test_a_card_carries_no_metadata() -> None:
    exif = Image.Exif()
    exif[0x010F] = "CameraMaker"
    card = make_card(jpeg(size=(400, 400), exif=exif, comment=b"CameraMaker"), [])
    assert b"CameraMaker" not in card
    assert b"Exif" not in card
