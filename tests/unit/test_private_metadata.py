"""What visitors download: the same pixels, with nothing about the place, the owner or the camera."""

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageCms

from functions.process import images
from functions.process.colour_profile import bare_profile
from functions.process.metadata import kept_exif
from functions.process.parts import CantStripError
from functions.process.private_metadata import strip

SECRET = b"SECRET"
# Noise: every bit of the file matters to the picture.
PICTURE = Image.fromarray(np.random.default_rng(7).integers(0, 256, (48, 64, 3), dtype=np.uint8))
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><exif:GPSLatitude>52,30N SECRET</exif:GPSLatitude></x:xmpmeta>'


def private_exif(orientation: int = 6) -> Image.Exif:
    """Everything of EXIF that tells of a person, and what may stay."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    for tag in (
        ExifTags.Base.Artist,
        ExifTags.Base.Copyright,
        ExifTags.Base.ImageDescription,
        ExifTags.Base.HostComputer,
    ):
        exif[tag] = "SECRET name"
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.DateTimeOriginal] = "2024:05:06 07:08:09"
    details[ExifTags.Base.OffsetTimeOriginal] = "+02:00"
    for tag in (0xA430, 0xA431, 0xA435, 0xA420):  # owner, body's and lens's serial numbers, unique id
        details[tag] = "SECRET 4711"
    details[ExifTags.Base.MakerNote] = b"SECRET maker note"
    details[ExifTags.Base.UserComment] = b"ASCII\0\0\0SECRET"
    position = exif.get_ifd(ExifTags.IFD.GPSInfo)
    position.update({1: "N", 2: (52.0, 30.0, 0.0), 3: "E", 4: (13.0, 20.0, 1.0), 27: b"SECRET"})
    return exif


def encode(kind: str, picture: Image.Image = PICTURE, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **{"exif": private_exif(), "xmp": XMP, "icc_profile": SRGB, **options})
    return out.getvalue()


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def with_segments(jpeg: bytes) -> bytes:
    """A JPEG with all that cameras and programs put into and behind one: thumbnails and pictures have EXIF too."""
    inner = encode("JPEG", PICTURE.resize((16, 12)))
    added = [
        segment(0xE0, b"JFXX\0\x10" + inner),
        segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04SECRET caption"),
        segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0SECRET"),
        segment(0xE2, b"FPXR\0SECRET"),
        segment(0xE5, b"SECRET of some maker"),
        segment(0xFE, b"SECRET comment"),
    ]
    film = b"\0\0\0\x18ftypmp42SECRET film"
    return jpeg[:2] + b"".join(added) + jpeg[2:] + inner + film


def with_chunks(png: bytes) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    added = chunk(b"tEXt", b"Author\0SECRET") + chunk(b"tIME", b"\x07\xe8\x05\x06\x07\x08\x09") + chunk(b"prVt", SECRET)
    return png[:33] + added + png[33:] + b"SECRET behind the end"


def animation(kind: str) -> bytes:
    other = PICTURE.transpose(Image.Transpose.ROTATE_180)
    return encode(kind, save_all=True, append_images=[other], duration=50, loop=2)


FILES = {
    "JPEG": with_segments(encode("JPEG", comment=b"SECRET")),
    "progressive JPEG": encode("JPEG", progressive=True, comment=b"SECRET"),
    "JPEG with restarts": encode("JPEG", restart_marker_blocks=2),
    "CMYK JPEG": encode("JPEG", PICTURE.convert("CMYK"), icc_profile=None),
    "JPEG of two pictures": encode("MPO", save_all=True, append_images=[PICTURE], exif=private_exif()),
    "PNG": with_chunks(encode("PNG")),
    "palette PNG": encode("PNG", PICTURE.quantize(64), icc_profile=None),
    "animated PNG": animation("PNG"),
    "WebP": encode("WEBP"),
    "lossless WebP": encode("WEBP", lossless=True, exact=True),
    "animated WebP": animation("WEBP"),
    "GIF": encode("GIF", PICTURE.quantize(64), comment=b"SECRET") + SECRET,
    "animated GIF": encode("GIF", save_all=True, append_images=[PICTURE.rotate(180)], comment=b"SECRET", loop=0),
    "HEIC": encode("HEIF"),
    "HEIC of several pictures": encode("HEIF", save_all=True, append_images=[PICTURE.rotate(180)]),
    "AVIF": encode("AVIF"),
}


def pixels(data: bytes) -> list[tuple[str, bytes]]:
    """Every frame of a picture."""
    with Image.open(io.BytesIO(data)) as image:
        frames = 1 if image.format == "MPO" else getattr(image, "n_frames", 1)
        found = []
        for number in range(frames):
            image.seek(number)
            found.append((image.mode, image.tobytes()))
        return found


def exif_of(data: bytes) -> Image.Exif:
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        return image.getexif()


def stripped(data: bytes) -> bytes:
    return strip(data, kept_exif(exif_of(data))).data


@pytest.mark.parametrize("name", FILES)
def test_a_stripped_photo_has_the_same_pixels_and_no_secret(name: str) -> None:
    data = FILES[name]
    assert SECRET in data, "there is something to strip"
    result = strip(data, kept_exif(exif_of(data)))
    assert pixels(result.data) == pixels(data)
    assert SECRET not in result.data
    assert result.content_type.removeprefix("image/").upper() in name.upper()
    exif = exif_of(result.data)
    assert not exif.get_ifd(ExifTags.IFD.GPSInfo)
    assert set(exif) <= {ExifTags.Base.Orientation, ExifTags.IFD.Exif}
    details = {ExifTags.Base.DateTimeOriginal, ExifTags.Base.OffsetTimeOriginal}
    assert set(exif.get_ifd(ExifTags.IFD.Exif)) <= details


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WebP"])
def test_orientation_and_time_stay(name: str) -> None:
    exif = exif_of(stripped(FILES[name]))
    assert exif[ExifTags.Base.Orientation] == 6
    assert exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] == "2024:05:06 07:08:09"
    assert exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.OffsetTimeOriginal] == "+02:00"


def test_a_picture_that_is_turned_by_a_box_stays_turned() -> None:
    assert b"irot" in FILES["AVIF"]
    shown = images.render(stripped(FILES["AVIF"]))
    assert (shown.width, shown.height) == (48, 64)


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WebP", "AVIF"])
def test_colours_keep_their_profile(name: str) -> None:
    assert Image.open(io.BytesIO(stripped(FILES[name]))).info["icc_profile"] == SRGB


def test_a_displays_serial_number_leaves_the_colour_profile() -> None:
    # As macOS writes it: `mmod` names the display's maker, model and serial number.
    count = struct.unpack(">I", SRGB[128:132])[0]
    shift, table = 12, SRGB[132 : 132 + 12 * count]
    moved = b"".join(
        table[at : at + 4] + struct.pack(">II", struct.unpack(">I", table[at + 4 : at + 8])[0] + shift, size)
        for at in range(0, len(table), 12)
        for size in struct.unpack(">I", table[at + 8 : at + 12])
    )
    mmod = b"mmod\0\0\0\0SECRET 4711"
    entry = b"mmod" + struct.pack(">II", len(SRGB) + shift, len(mmod))
    profile = SRGB[:128] + struct.pack(">I", count + 1) + moved + entry + SRGB[132 + 12 * count :] + mmod
    assert ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile)))
    bare = bare_profile(profile)
    assert SECRET not in bare
    assert len(bare) == len(profile)
    assert bare_profile(bare) == bare
    first, second = (ImageCms.ImageCmsProfile(io.BytesIO(made)) for made in (bare, SRGB))
    assert ImageCms.getProfileDescription(first) == ImageCms.getProfileDescription(second)
    shown = [
        ImageCms.profileToProfile(PICTURE, made, ImageCms.createProfile("sRGB")).tobytes() for made in (first, second)
    ]
    assert shown[0] == shown[1]


def test_exif_that_lies_about_itself_keeps_nothing() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 77
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "SECRET"
    assert kept_exif(exif) == b""


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "this format"),
        (encode("TIFF"), "this format"),
        (FILES["HEIC"].replace(b"hvc1", b"xxxx"), "unknown kind"),
        (FILES["HEIC"][:200], "larger than the file"),
        (FILES["AVIF"].replace(b"av1C", b"av0C"), "does not decode"),
        (FILES["PNG"].replace(b"IDAT", b"XDAT"), "unknown kind"),
        (FILES["PNG"][:100], "ends before"),
    ],
)
def test_a_file_that_may_keep_private_data_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(CantStripError, match=reason):
        strip(data, b"")


@settings(deadline=None, max_examples=400)
@given(
    name=st.sampled_from(sorted(FILES)),
    at=st.floats(0, 1, exclude_max=True),
    damage=st.binary(max_size=12),
    end=st.floats(0.01, 1),
)
def test_damage_anywhere_is_stripped_or_refused(name: str, at: float, damage: bytes, end: float) -> None:
    """Nothing makes it fail in another way; and a damaged file that is shown at all looks the same when stripped."""
    data = FILES[name][: int(len(FILES[name]) * end)] if end < 0.9 else FILES[name]
    start = int(len(data) * at)
    data = data[:start] + damage + data[start + len(damage) :]
    try:
        made = strip(data, b"").data
    except CantStripError:
        return
    assert _outcome(lambda: pixels(made)) == (before := _outcome(lambda: pixels(data))) or before is None


def _outcome(decode: Callable) -> object:
    try:
        return decode()
    except Exception:  # whatever decoders make of damage
        return None


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from([b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"RIFF\x40\0\0\0WEBP", b"GIF89a", b"\0\0\0\x18ftypheic", b""]),
    st.binary(),
)
def test_rubbish_is_refused(head: bytes, rest: bytes) -> None:
    with pytest.raises(CantStripError):
        strip(head + rest, b"")
