"""Small files that would keep a decoder busy for minutes or take gigabytes, and harmless ones that look like them."""

import io
import struct
import time
import zlib

import numpy as np
import pillow_heif
import pytest
from PIL import Image
from support import jpeg

from functions.process import complexity
from functions.process.complexity import UnusableImageError
from functions.process.images import render

PICTURE = Image.new("RGB", (160, 120), (200, 30, 30))


def encode(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_with(*chunks: bytes) -> bytes:
    """A PNG with these chunks before its picture."""
    data = encode(PICTURE, "PNG")
    return data[:33] + b"".join(chunks) + data[33:]


def tiff(*entries: tuple[int, int, int, int]) -> bytes:
    """A TIFF of 100x100 grey pixels and more tags: number, type, count, value."""
    entries = ((256, 4, 1, 100), (257, 4, 1, 100), (258, 3, 1, 8), (259, 3, 1, 8), (262, 3, 1, 1), *entries)
    packed = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return struct.pack("<2sHIH", b"II", 42, 8, len(entries)) + packed + bytes(4)


def box(kind: bytes, *contents: bytes) -> bytes:
    body = b"".join(contents)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def heif_grid(tiles: int, side: int, depth: int = 1) -> bytes:
    """A HEIC of one item, made of ``tiles`` times the next, ``depth`` times over; the last is a square."""
    references = [
        box(b"dimg", struct.pack(">HH", item, tiles), struct.pack(">H", item + 1) * tiles)
        for item in range(1, depth + 1)
    ]
    sizes = box(b"ipco", box(b"ispe", bytes(4), struct.pack(">II", side, side)))
    owners = box(b"ipma", bytes(4), struct.pack(">IHBB", 1, depth + 1, 1, 1))
    items = box(b"pitm", bytes(4), struct.pack(">H", 1)), box(b"iref", bytes(4), *references)
    return box(b"ftyp", b"heic", bytes(4)) + box(b"meta", bytes(4), *items, box(b"iprp", sizes, owners))


def jpeg_of_scans(scans: int) -> bytes:
    data = encode(PICTURE, "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * (scans - data.count(b"\xff\xda") + 1) + b"\xff\xd9"


GIF = encode(PICTURE, "GIF")
# Where its first picture begins, after the palette.
GIF_START = 13 + (3 << (GIF[10] & 7) + 1)

ABUSES = {
    "a JPEG of 20,000 scans": jpeg_of_scans(20_000),
    "a JPEG of 20,000 comments": jpeg()[:2] + b"\xff\xfe\x00\x02" * 20_000 + jpeg()[2:],
    "a PNG of 300,000 chunks": png_with(chunk(b"IDAT", b"") * 300_000),
    "a GIF of 200,000 comments": GIF[:GIF_START] + b"!\xfe" + b"\x01x" * 200_000,
    "a TIFF of 20,000 tags": tiff(*((40_000 + number, 3, 1, 0) for number in range(20_000))),
    "a TIFF of 100,000,000 strips": tiff((273, 4, 100_000_000, 8)),
    "a grid of 60,000 large tiles": heif_grid(60_000, 4096),
    "a grid of grids of grids": heif_grid(100, 64, depth=9),
    "a grid of 65,535 items eight times over": heif_grid(65_535, 1, depth=8),
    "grids in grids, 101 deep": heif_grid(1, 64, depth=101),
}


@pytest.mark.parametrize("name", ABUSES)
def test_what_no_camera_writes_is_refused_at_once(name: str) -> None:
    started = time.process_time()
    with pytest.raises(UnusableImageError) as caught:
        render(ABUSES[name])
    assert caught.value.code == "TooComplex"
    assert "no camera writes such a file" in str(caught.value)
    assert time.process_time() - started < 5


BOMB = zlib.compress(bytes(100_000_000))
HARMLESS = {
    "as many scans as are taken": jpeg_of_scans(complexity.MAX_SCANS),
    "a long text": png_with(chunk(b"tEXt", b"Comment\0" + b"x" * 3_000_000)),
    "a text of 100 MB, packed": png_with(chunk(b"zTXt", b"Comment\0\0" + BOMB)),
    "100 texts of a megabyte": png_with(*[chunk(b"iTXt", b"k\0\0\0\0\0" + b"x" * 1_000_000)] * 100),
    "a profile of 100 MB, packed": png_with(chunk(b"iCCP", b"profile\0\0" + BOMB)),
    "a note whose checksum is wrong": png_with(chunk(b"tEXt", b"Comment\0x")[:-4] + b"oops"),
    "a large profile": encode(PICTURE, "WEBP", icc_profile=bytes(2_000_000)),
    "large EXIF": encode(PICTURE, "WEBP", exif=b"Exif\0\0II*\0" + bytes(2_000_000)),
    "an animated PNG": encode(PICTURE, "PNG", save_all=True, append_images=[PICTURE.rotate(180)]),
    "a GIF of 20,000 pictures": GIF[:-1] + GIF[GIF_START:-1] * 20_000 + b";",
    "an animated WebP": encode(PICTURE, "WEBP", save_all=True, append_images=[PICTURE.rotate(180)] * 20),
    "a TIFF of 200 pages": encode(PICTURE, "TIFF", save_all=True, append_images=[PICTURE] * 200),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_a_picture_does_not_need_is_passed_over(name: str) -> None:
    started = time.process_time()
    made = render(HARMLESS[name])
    assert (made.width, made.height) == PICTURE.size
    assert Image.open(io.BytesIO(made.large)).convert("RGB").getpixel((80, 60))[0] > 150
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "data",
    [
        encode(PICTURE, "WEBP", lossless=True)[:21] + b"\xff" * 4 + bytes(100),
        encode(PICTURE, "WEBP")[:26] + b"\xff\x3f\xff\x3f" + bytes(100),
        b"RIFF" + bytes(4) + b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + b"\xff" * 6 + bytes(100),
        tiff((322, 4, 1, 60_000), (323, 4, 1, 60_000), (324, 4, 1, 8), (325, 4, 1, 8)),
    ],
    ids=["lossless", "lossy", "extended", "tile"],
)
def test_memory_is_asked_for_before_a_decoder_takes_it(data: bytes) -> None:
    with pytest.raises(UnusableImageError) as caught:
        render(data)
    assert caught.value.code == "TooManyPixels"


def test_a_real_grid_is_shown() -> None:
    out = io.BytesIO()
    image = Image.fromarray(np.full((600, 900, 3), 180, np.uint8))
    pillow_heif.from_pillow(image).save(out, quality=50, tile_size=128)
    assert render(out.getvalue()).width == 900
