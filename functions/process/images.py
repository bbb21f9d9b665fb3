"""Pictures: from any file a camera, phone or browser makes to an upright sRGB image, and its renditions.

The format is found by content. What can't be a photo, or would take more memory than the function has, is refused
with `UnusableImageError`, whose message is meant for the owner; what a decoder said goes no further than the log. JPEGs
are decoded at the smallest scale that still covers the largest rendition (shrink-on-load), which is what makes a
12-megapixel photo cheap; the rest is converted and shrunk in bands, so that no second copy of the whole is held.
"""

import base64
import contextlib
import io
import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import pillow_heif
import thumbhash
from PIL import AvifImagePlugin, Image, ImageCms, ImageOps, UnidentifiedImageError

from functions.face_collection import MAX_IMAGE_BYTES, MAX_S3_IMAGE_BYTES, MIN_IMAGE_SIDE
from functions.face_regions import SIDEWAYS, NamedArea, Stored, read_regions
from functions.process.captions import Words, read_words
from functions.process.complexity import MAX_PROFILE_BYTES, Structure, UnusableImageError, check_complexity
from functions.process.metadata import live_photo_id
from functions.thumbnail_sizes import LARGE_SIDE, fitted, thumbnail_side
from functions.xmp import BadXmpError, parse_xmp

pillow_heif.register_heif_opener(thumbnails=False)
# Each thread of an AVIF's decoder may hold a frame; the function has two processors, other machines have more.
AvifImagePlugin.DEFAULT_MAX_THREADS = 2

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF", "TIFF", "GIF")
THUMBNAIL_TYPE = "image/webp"
LARGE_TYPE = "image/jpeg"
# Rekognition finds faces from 40 pixels in a picture of 1920x1080 on; more pixels than this do not find more of them.
FACE_SIDE = 3000
MAX_FACE_SIDE = 10_000
_PLACEHOLDER_SIDE = 32

# The process function's memory. A test compares it with template.yaml, and everything below with what decoding takes.
MEMORY_BYTES = 2048 * 1024 * 1024
# The interpreter and the libraries, the bands and the renditions, and a JPEG of one scan, which is decoded at a reduced
# scale.
BASE_BYTES = 400_000_000
# Margin, because other machines may need more than the one measured.
MARGIN = 1.3
# The file is in memory twice: here, and in its decoder or the copy without metadata.
_COPIES = 2
MAX_FILE_BYTES = int((MEMORY_BYTES - BASE_BYTES) / MARGIN / _COPIES)
# What decoding takes beyond, for each pixel of the file. A TIFF may hold 16 bits a colour in one strip, an AVIF too.
_BYTES_A_PIXEL = {"PNG": 4, "GIF": 4, "TIFF": 12, "WEBP": 16.5, "AVIF": 16.5}
# And for each colour of a pixel, as a HEIC may have more than 8 bits; a JPEG's structure says the same of it.
_BYTES_A_HEIF_SAMPLE, _BYTES_A_DEEP_HEIF_SAMPLE = 3.5, 5.5
MAX_PIXELS = 250_000_000
MAX_EXIF_BYTES = 1024 * 1024
# Pixels of the original that are worked on at a time.
_BAND_PIXELS = 4_000_000
# The checks here replace Pillow's own, which count the pixels of a reduced JPEG in full.
Image.MAX_IMAGE_PIXELS = None

_ORIENTATION = 0x0112
_SRGB = ImageCms.createProfile("sRGB")


@dataclass(frozen=True)
class Renditions:
    """What the site keeps of a picture: sizes in pixels, files as bytes without any metadata.

    The thumbnail is a WebP, half as large as a JPEG: a page shows dozens of them. The large rendition is a JPEG, which
    encodes in a fifth of the time.
    """

    width: int
    height: int
    content_type: str
    thumbnail: bytes
    large: bytes
    placeholder: str
    # A JPEG to find faces in, where Rekognition would not take the original as it is.
    face_image: bytes | None
    # Rekognition takes no picture under 80 pixels a side: the original or face image, and the large rendition.
    has_room_for_faces: bool
    large_has_room_for_faces: bool
    exif: Image.Exif
    words: Words
    # Faces that the file names.
    regions: list[NamedArea]


def render(data: bytes) -> Renditions:
    """Decode a file and make its renditions. Raises ``UnusableImageError``."""
    image, structure = _open(data)
    with _decoding_errors(), image:
        words, exif = _words(image, structure)
        regions = _regions(image, structure, exif)
        width, height = _upright_size(image, exif)
        content_type = Image.MIME.get(image.format or "", "application/octet-stream")
        direct = _rekognition_takes(image, exif, len(data))
        picture = _upright_rgb(image, exif, LARGE_SIDE if direct else _face_side(width, height))
    face_image = None if direct else _face_jpeg(picture)
    large = _fit(picture, LARGE_SIDE)
    thumbnail = _fit(large, thumbnail_side(*large.size))
    return Renditions(
        width=width,
        height=height,
        content_type=content_type,
        thumbnail=_webp(thumbnail),
        large=_jpeg(large, 82),
        placeholder=_placeholder(thumbnail),
        face_image=face_image,
        has_room_for_faces=min((width, height) if direct else picture.size) >= MIN_IMAGE_SIDE,
        large_has_room_for_faces=min(large.size) >= MIN_IMAGE_SIDE,
        exif=exif,
        words=words,
        regions=regions,
    )


def make_look(data: bytes) -> bytes:
    """A JPEG of a picture of any kind, as large as the large rendition. Raises ``UnusableImageError``."""
    image, structure = _open(data)
    with _decoding_errors(), image:
        _, exif = _words(image, structure)
        picture = _upright_rgb(image, exif, LARGE_SIDE)
    return _jpeg(_fit(picture, LARGE_SIDE), 82)


def read_file_words(data: bytes) -> Words:
    """What a file says about its photo. Raises ``UnusableImageError``."""
    image, structure = _open(data)
    with _decoding_errors(), image:
        return _words(image, structure)[0]


def read_live_photo_id(data: bytes) -> str | None:
    """Apple's identifier of a Live Photo. Raises ``UnusableImageError``."""
    image, structure = _open(data)
    with _decoding_errors(), image:
        return live_photo_id(_words(image, structure)[1])


def _words(image: Image.Image, structure: Structure) -> tuple[Words, Image.Exif]:
    """What an opened file says about its photo, and its EXIF block."""
    if len(image.info.get("exif") or b"") > MAX_EXIF_BYTES:
        del image.info["exif"]
    exif = image.getexif()
    return read_words(image, exif, _xmp(image, structure)), exif


def _xmp(image: Image.Image, structure: Structure) -> bytes:
    found = structure.xmp or image.info.get("xmp")
    return found if isinstance(found, bytes) else b""


def _regions(image: Image.Image, structure: Structure, exif: Image.Exif) -> list[NamedArea]:
    """The faces that an opened file names; none if its XMP can't be read, which never refuses a photo."""
    with contextlib.suppress(BadXmpError):
        return read_regions(parse_xmp(_xmp(image, structure)), stored_picture(image, exif))
    return []


def stored_picture(image: Image.Image, exif: Image.Exif) -> Stored:
    """How the file stores an opened picture. A HEIC's decoder turns it by itself and says what EXIF said."""
    turned = image.info.get("original_orientation")
    if image.format == "HEIF" and turned in SIDEWAYS:
        return Stored(image.height, image.width, turned)
    return Stored(*image.size, turned or exif.get(_ORIENTATION, 1))


def _open(data: bytes) -> tuple[Image.Image, Structure]:
    if not data:
        raise UnusableImageError("the file is empty", code="EmptyFile")
    check_size(len(data))
    structure = check_complexity(data)
    if structure.canvas:
        _check_pixels(*structure.canvas, max_pixels(_BYTES_A_PIXEL["WEBP"], len(data)))
    try:
        with _decoding_errors():
            image = Image.open(io.BytesIO(structure.data), formats=FORMATS)
    except UnidentifiedImageError:
        raise UnusableImageError(
            "the file is not an image kinpics can read (JPEG, PNG, WebP, HEIC, AVIF, TIFF, GIF)", code="NotAnImage"
        ) from None
    width, height = structure.tile or image.size
    most = max_pixels(bytes_a_pixel(image, structure), len(data))
    _check_pixels(max(image.width, width), max(image.height, height), most)
    return image, structure


def check_size(size: int) -> None:
    """Whether a file of so many bytes may be read. Raises ``UnusableImageError``."""
    if size > MAX_FILE_BYTES:
        raise UnusableImageError(
            f"the file has {size / 1e6:,.0f} MB; at most {MAX_FILE_BYTES / 1e6:.0f} fit", code="TooLarge"
        )


def bytes_a_pixel(image: Image.Image, structure: Structure) -> float:
    """What the decoder takes for each pixel of an opened file."""
    samples = len(image.getbands())
    if image.format in ("JPEG", "MPO"):
        return structure.sample_bytes * samples
    if image.format == "HEIF":
        is_deep = image.info.get("bit_depth", 8) > 8
        return (_BYTES_A_DEEP_HEIF_SAMPLE if is_deep else _BYTES_A_HEIF_SAMPLE) * samples
    return _BYTES_A_PIXEL[image.format or ""]


def max_pixels(bytes_a_pixel: float, size: int) -> int:
    """How many pixels may be decoded of a file of ``size`` bytes."""
    left = (MEMORY_BYTES - BASE_BYTES) / MARGIN - _COPIES * size
    return min(MAX_PIXELS, int(left / bytes_a_pixel)) if bytes_a_pixel else MAX_PIXELS


def _check_pixels(width: int, height: int, most: int) -> None:
    if width * height > most:
        raise UnusableImageError(
            f"the image has {width * height / 1e6:.0f} megapixels ({width}x{height}); at most {most / 1e6:.0f} fit",
            code="TooManyPixels",
        )


@contextlib.contextmanager
def _decoding_errors() -> Iterator[None]:
    """Report a file that can't be decoded in our own words; the decoder's words are the error's cause."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (UnidentifiedImageError, UnusableImageError):
        raise
    except Exception as error:  # a damaged file makes decoders raise nearly anything
        raise UnusableImageError(
            "the image is damaged or cut off: upload a good copy of it", code="DamagedImage"
        ) from error


def _upright_size(image: Image.Image, exif: Image.Exif) -> tuple[int, int]:
    if exif.get(_ORIENTATION) in (5, 6, 7, 8):
        return image.height, image.width
    return image.size


def _rekognition_takes(image: Image.Image, exif: Image.Exif, size: int) -> bool:
    """Whether Rekognition can read the original and would see it the way the site shows it.

    It takes JPEG and PNG, and turns a JPEG by its EXIF orientation, but not a PNG:
    https://docs.aws.amazon.com/rekognition/latest/dg/image-orientation.html
    """
    if size > MAX_S3_IMAGE_BYTES or image.mode not in ("RGB", "L"):
        return False
    if image.format in ("JPEG", "MPO"):
        return True
    return image.format == "PNG" and exif.get(_ORIENTATION, 1) == 1


def _upright_rgb(image: Image.Image, exif: Image.Exif, side: int) -> Image.Image:
    """Decode to at most about ``side`` pixels on the long side, in sRGB, upright."""
    scale = side / max(image.size)
    if scale < 1:
        # Takes effect on JPEGs alone: the decoder skips to the nearest 1/2, 1/4, 1/8 that still covers this size.
        image.draft(None, (max(1, int(image.width * scale)), max(1, int(image.height * scale))))
    image.load()
    picture = _in_srgb(_in_bands(image, side), image.info.get("icc_profile"))
    orientation = exif.get(_ORIENTATION, 1)
    if orientation != 1:
        picture.getexif()[_ORIENTATION] = orientation
        picture = ImageOps.exif_transpose(picture)
    picture.info.clear()  # a comment would go into what is saved
    return picture


def _in_bands(image: Image.Image, side: int) -> Image.Image:
    """``image`` in 8 bits, opaque, with at most ``side`` pixels on the long side; made band by band."""
    width, height = fitted(*image.size, side)
    scale = image.height / height
    rows = max(1, int(_BAND_PIXELS / (image.width * scale)))
    # A pixel of the result is made from three around it to each side: https://en.wikipedia.org/wiki/Lanczos_resampling
    margin = math.ceil(3 * scale) + 1
    # The darkest and brightest values, for pictures whose values have no fixed range.
    levels = cast("tuple[float, float]", image.getextrema()) if image.mode == "F" else None
    result: Image.Image | None = None
    for top in range(0, height, rows):
        bottom = min(height, top + rows)
        first = max(0, int(top * scale) - margin)
        last = min(image.height, math.ceil(bottom * scale) + margin)
        band = _eight_bit(image.crop((0, first, image.width, last)), levels)
        box = (0, top * scale - first, image.width, min(bottom * scale, image.height) - first)
        band = band.resize((width, bottom - top), Image.Resampling.LANCZOS, box, reducing_gap=2.0)
        if result is None:
            result = Image.new(band.mode, (width, height))
        result.paste(band, (0, top))
    return cast("Image.Image", result)


def _eight_bit(image: Image.Image, levels: tuple[float, float] | None) -> Image.Image:
    """Palette, 16-bit, float and alpha images as L, RGB or CMYK of 8 bits; transparency becomes white."""
    if image.mode.startswith("I;16") or image.mode == "I":
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if levels is not None:
        low, high = levels
        span = (high - low) or 1.0
        return image.point(lambda value: value * (255.0 / span) - low * (255.0 / span)).convert("L")
    # A PNG without an alpha channel may still name one colour as transparent.
    if image.mode in ("RGB", "L", "CMYK") and "transparency" not in image.info:
        return image
    if image.mode in ("LAB", "HSV", "YCbCr", "1"):
        return image.convert("RGB") if image.mode != "LAB" else _from_lab(image)
    rgba = image.convert("RGBA")
    background = Image.new("RGBA", rgba.size, "white")
    return Image.alpha_composite(background, rgba).convert("RGB")


def _from_lab(image: Image.Image) -> Image.Image:
    return _convert(image, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")))


def _convert(image: Image.Image, profile: ImageCms.ImageCmsProfile) -> Image.Image:
    # A new picture, as this is not asked to work in place.
    return cast("Image.Image", ImageCms.profileToProfile(image, profile, _SRGB, outputMode="RGB"))


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if profile and len(profile) <= MAX_PROFILE_BYTES and picture.mode in ("RGB", "L", "CMYK"):
        # A profile that is broken or for another colour space is left alone, as browsers do.
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if not _is_srgb(source):
                return _convert(picture, source)
    return picture.convert("RGB")


def _is_srgb(profile: ImageCms.ImageCmsProfile) -> bool:
    return "srgb" in ImageCms.getProfileDescription(profile).lower()


def _fit(picture: Image.Image, side: int) -> Image.Image:
    """``picture`` with at most ``side`` pixels on the long side; never enlarged."""
    size = fitted(*picture.size, side)
    return picture if size == picture.size else picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _face_side(width: int, height: int) -> int:
    """The long side of the picture to find faces in; a panorama's grows until Rekognition accepts its short side."""
    shown = math.ceil(MIN_IMAGE_SIDE * max(width, height) / min(width, height))
    return FACE_SIDE if shown > MAX_FACE_SIDE else max(FACE_SIDE, shown)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    # A copy made from pixels alone has no EXIF, no GPS position and no profile to leak.
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, exif=b"", icc_profile=None)
    return out.getvalue()


def _webp(picture: Image.Image) -> bytes:
    # Method 2 of 6: 4 would save 5 % of the bytes for twice the time.
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=70, method=2, exif=b"", icc_profile=b"")
    return out.getvalue()


def _face_jpeg(picture: Image.Image) -> bytes:
    for quality in (92, 85, 75, 60):
        data = _jpeg(picture, quality)
        if len(data) <= MAX_IMAGE_BYTES:
            return data
    return _jpeg(_fit(picture, LARGE_SIDE), 80)


def _placeholder(thumbnail: Image.Image) -> str:
    small = _fit(thumbnail, _PLACEHOLDER_SIDE).convert("RGBA")
    pixels = list(small.tobytes())
    return base64.b64encode(bytes(thumbhash.rgba_to_thumb_hash(small.width, small.height, pixels))).decode()
