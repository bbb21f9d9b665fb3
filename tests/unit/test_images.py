import io
import random
import re
import struct
import zlib

import numpy as np
import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms
from support import jpeg

from functions.process import images
from functions.process.images import UnusableImageError, render
from functions.thumbnail_sizes import LARGE_SIDE, MAX_THUMBNAIL_SIDE, THUMBNAIL_SHORT_SIDE, THUMBNAIL_SIDE

# Red at the top left, so that turning shows.
CORNERED = Image.new("RGB", (120, 90), (0, 0, 255))
CORNERED.paste((255, 0, 0), (0, 0, 60, 45))


def encode(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def heic(image: Image.Image) -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(image).save(out, quality=90)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def is_close(pixel: tuple, expected: tuple, reach: int = 40) -> bool:
    return all(abs(a - b) <= reach for a, b in zip(pixel, expected, strict=True))


SIXTEEN = Image.fromarray(np.full((90, 120), 65535, dtype=np.uint16))
FORMATS = {
    "jpeg": encode(CORNERED, "JPEG", quality=95),
    "progressive": encode(CORNERED, "JPEG", quality=95, progressive=True),
    "png": encode(CORNERED, "PNG"),
    "palette": encode(CORNERED.quantize(16), "PNG"),
    "gif": encode(CORNERED, "GIF"),
    "webp": encode(CORNERED, "WEBP", quality=95),
    "tiff": encode(CORNERED, "TIFF"),
    "avif": encode(CORNERED, "AVIF", quality=95),
    "heic": heic(CORNERED),
    "cmyk": encode(CORNERED.convert("CMYK"), "JPEG", quality=95),
    "lab": encode(
        ImageCms.profileToProfile(
            CORNERED, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
        ),
        "TIFF",
    ),
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_shown_as_it_is(name: str) -> None:
    made = render(FORMATS[name])
    assert (made.width, made.height) == (120, 90)
    for rendition in (made.thumbnail, made.large):
        shown = opened(rendition)
        assert shown.size == (120, 90)
        assert is_close(shown.getpixel((20, 20)), (255, 0, 0), 70)
        assert is_close(shown.getpixel((100, 70)), (0, 0, 255), 70)


@pytest.mark.parametrize("name", ["jpeg", "png"])
def test_rekognition_gets_the_original_where_it_takes_it(name: str) -> None:
    assert render(FORMATS[name]).face_image is None


@pytest.mark.parametrize("name", ["gif", "webp", "tiff", "avif", "heic", "cmyk", "palette"])
def test_rekognition_gets_a_jpeg_where_it_does_not(name: str) -> None:
    assert opened(render(FORMATS[name]).face_image or b"").size == (120, 90)


def test_a_png_turned_by_exif_is_sent_upright_for_rekognition_does_not_turn_it() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert opened(render(encode(CORNERED, "PNG", exif=exif)).face_image or b"").size == (90, 120)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_are_turned_upright(orientation: int) -> None:
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Image.Transpose that stores the picture so
    stored = CORNERED.transpose(Image.Transpose(undo[orientation])) if orientation > 1 else CORNERED
    exif = Image.Exif()
    exif[0x0112] = orientation
    made = render(encode(stored, "JPEG", quality=95, exif=exif))
    assert (made.width, made.height) == (120, 90)
    assert is_close(opened(made.large).getpixel((20, 20)), (255, 0, 0), 60)


def test_sixteen_bits_become_eight() -> None:
    assert is_close(opened(render(encode(SIXTEEN, "PNG")).thumbnail).getpixel((5, 5)), (255, 255, 255), 3)


def test_transparency_becomes_white() -> None:
    clear = Image.new("RGBA", (100, 100), (255, 0, 0, 0))
    assert is_close(opened(render(encode(clear, "PNG")).thumbnail).getpixel((5, 5)), (255, 255, 255), 3)


def test_a_wide_gamut_profile_is_turned_into_srgb() -> None:
    # A profile whose primaries are swapped against sRGB's would show red as something else if it were ignored.
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    made = render(encode(CORNERED, "JPEG", quality=95, icc_profile=profile))
    assert "icc_profile" not in Image.open(io.BytesIO(made.large)).info


def test_renditions_carry_no_metadata_and_so_no_position() -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (52.0, 30.0, 0.0)
    exif[0x010F] = "CameraMaker"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    told = {"exif": exif, "xmp": b"<CameraMaker/>", "comment": b"CameraMaker", "icc_profile": profile}
    for kind in ("JPEG", "WEBP", "GIF", "PNG"):
        original = encode(CORNERED, kind, **told)
        made = render(original)
        assert b"CameraMaker" in original
        for rendition in (made.thumbnail, made.large, made.face_image or b""):
            assert b"CameraMaker" not in rendition
            assert not any(part in rendition for part in (b"Exif", b"EXIF", b"ICC", b"XMP"))


def test_large_pictures_are_scaled_and_small_ones_are_not_enlarged() -> None:
    made = render(jpeg(size=(4000, 3000)))
    assert (made.width, made.height) == (4000, 3000)
    assert opened(made.large).size == (LARGE_SIDE, LARGE_SIDE * 3 / 4)
    assert opened(made.thumbnail).size == (THUMBNAIL_SIDE, THUMBNAIL_SIDE * 3 / 4)
    assert opened(render(jpeg(size=(90, 100))).large).size == (90, 100)


def test_a_panorama_fills_the_height_of_a_row() -> None:
    assert opened(render(jpeg(size=(3000, 1000))).thumbnail).size == (3 * THUMBNAIL_SHORT_SIDE, THUMBNAIL_SHORT_SIDE)
    assert opened(render(jpeg(size=(1000, 3000))).thumbnail).size == (THUMBNAIL_SHORT_SIDE, 3 * THUMBNAIL_SHORT_SIDE)


def test_extreme_shapes_keep_at_least_one_pixel() -> None:
    assert opened(render(encode(Image.new("RGB", (9000, 2)), "PNG")).thumbnail).size == (MAX_THUMBNAIL_SIDE, 1)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
@pytest.mark.parametrize(
    ("size", "has_room"),
    [((79, 200), False), ((80, 80), True), ((100, 3700), True), ((12000, 320), True), ((16000, 100), False)],
)
def test_a_photo_too_small_for_rekognition_is_recognised(kind: str, size: tuple[int, int], has_room: bool) -> None:
    made = render(encode(Image.new("RGB", size), kind))
    sent = size if made.face_image is None else opened(made.face_image).size
    assert made.has_room_for_faces == (min(sent) >= 80)
    if kind == "WEBP":
        assert made.has_room_for_faces == has_room
    assert made.large_has_room_for_faces == (min(opened(made.large).size) >= 80)


def test_bands_leave_no_seams(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    image = Image.fromarray(rng.integers(0, 256, (90, 70, 4), dtype=np.uint8)).resize((700, 900))
    monkeypatch.setattr(images, "FACE_SIDE", 300)
    whole = render(encode(image, "PNG"))
    monkeypatch.setattr(images, "_BAND_PIXELS", 50_000)
    banded = render(encode(image, "PNG"))
    apart = np.asarray(opened(whole.large)).astype(int) - np.asarray(opened(banded.large))
    assert abs(apart).max() <= 12
    assert abs(apart).mean() < 0.2


def png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "EmptyFile"),
        (b"this is text", "NotAnImage"),
        (b"\xff\xd8\xff\xe0 and no more", "DamagedImage"),
        (FORMATS["jpeg"][: len(FORMATS["jpeg"]) // 2], "DamagedImage"),
        (FORMATS["png"][: len(FORMATS["png"]) // 2], "DamagedImage"),
        (png_header(20000, 20000), "TooManyPixels"),
    ],
)
def test_a_file_that_isnt_a_photo_is_refused_with_a_reason(data: bytes, code: str) -> None:
    with pytest.raises(UnusableImageError) as caught:
        render(data)
    assert caught.value.code == code
    assert str(caught.value)


# Every message that a file can bring about.
OWN_WORDS = re.compile(
    r"the file (is empty|is not an image kinpics can read .*|has [\d,]+ MB; .*)"
    r"|the image (is damaged or cut off: .*|has \d+ megapixels \(\d+x\d+\); at most \d+ fit)"
    r"|.*: no camera writes such a file; save it again in another program and upload that"
)


@pytest.mark.parametrize("name", FORMATS)
def test_no_decoder_speaks_to_the_owner(name: str) -> None:
    data = FORMATS[name]
    cut = [data[: len(data) * part // 12] for part in range(12)]
    rng = random.Random(name)  # noqa: S311 - the same damage each time
    garbled = []
    for _ in range(40):
        changed = bytearray(data)
        for _ in range(rng.choice((1, 3, 30))):
            changed[rng.choice((rng.randrange(len(data)), rng.randrange(min(100, len(data)))))] = rng.randrange(256)
        garbled.append(bytes(changed))
    refused = 0
    for damaged in cut + garbled:
        try:
            render(damaged)
        except UnusableImageError as error:
            refused += 1
            assert OWN_WORDS.fullmatch(str(error)), str(error)
    assert refused


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(sorted(FORMATS)), st.integers(0, 2000), st.binary(min_size=1, max_size=8))
def test_damage_anywhere_is_either_shown_or_refused(name: str, at: int, damage: bytes) -> None:
    data = FORMATS[name]
    at %= len(data)
    try:
        made = render(data[:at] + damage + data[at + len(damage) :])
    except UnusableImageError as error:
        assert error.code in ("DamagedImage", "NotAnImage", "TooManyPixels", "TooComplex")
    else:
        assert opened(made.large)


def test_the_pixel_limit_is_checked_before_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MAX_PIXELS", 100)
    with pytest.raises(UnusableImageError, match="megapixels"):
        render(jpeg())
