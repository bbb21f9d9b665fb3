"""Pictures: from any file a camera, phone or browser makes to an upright sRGB image, and its renditions.

The format is found by content. What can't be a photo, or would take more memory than the function has, is refused
with `UnusableImageError`, whose message is meant for the owner. JPEGs are decoded at the smallest scale that still
covers the largest rendition (shrink-on-load), which is what makes a 12-megapixel photo cheap.
"""

import base64
import contextlib
import io
from collections.abc import Iterator
from dataclasses import dataclass

import pillow_heif
import thumbhash
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from functions.faces import MAX_IMAGE_BYTES, MAX_S3_IMAGE_BYTES, MIN_IMAGE_SIDE
from functions.keys import VIEW_WIDTH

pillow_heif.register_heif_opener(thumbnails=False)

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF", "TIFF", "GIF")
GRID_SIDE = 400
# A panorama's long side grows until its short one fills a row of the grid, within reason.
_GRID_SHORT_SIDE = 200
GRID_MAX_SIDE = 800
GRID_TYPE = "image/webp"
VIEW_TYPE = "image/jpeg"
# Rekognition finds faces from 40 pixels in a picture of 1920x1080 on; more pixels than this do not find more of them.
FACE_SIDE = 3000
_PLACEHOLDER_SIDE = 32

# A decoded pixel takes 3 to 8 bytes; the function has 2 GB. A baseline JPEG is decoded at a reduced scale, so that
# the 200-megapixel photos of some phones fit in.
MAX_PIXELS = 100_000_000
MAX_JPEG_PIXELS = 250_000_000
# The checks above replace Pillow's own, which count the pixels of a reduced JPEG in full.
Image.MAX_IMAGE_PIXELS = None

_ORIENTATION = 0x0112
_SRGB = ImageCms.createProfile("sRGB")


class UnusableImageError(Exception):
    """The file can't be shown as a photo; ``code`` is for programs, the message for people."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Renditions:
    """What the album keeps of a picture: sizes in pixels, files as bytes without any metadata.

    The grid's is a WebP, half as large as a JPEG: a page shows dozens of them. The view is a JPEG, which encodes in a
    fifth of the time.
    """

    width: int
    height: int
    content_type: str
    grid: bytes
    view: bytes
    placeholder: str
    # A JPEG to find faces in, where Rekognition would not take the original as it is.
    face_image: bytes | None
    # Pictures under 80 pixels a side hold no face Rekognition would find.
    has_room_for_faces: bool
    exif: Image.Exif


def render(data: bytes) -> Renditions:
    """Decode a file and make its renditions. Raises ``UnusableImageError``."""
    image = _open(data)
    with _decoding_errors(), image:
        exif = image.getexif()
        width, height = _upright_size(image, exif)
        content_type = Image.MIME.get(image.format or "", "application/octet-stream")
        direct = _rekognition_takes(image, exif, len(data))
        picture = _upright_rgb(image, exif, VIEW_WIDTH if direct else FACE_SIDE)
    face_image = None if direct else _face_jpeg(picture)
    view = _fit(picture, VIEW_WIDTH)
    grid = _fit(view, _grid_side(view))
    return Renditions(
        width=width,
        height=height,
        content_type=content_type,
        grid=_webp(grid),
        view=_jpeg(view, 82),
        placeholder=_placeholder(grid),
        face_image=face_image,
        has_room_for_faces=min(width, height) >= MIN_IMAGE_SIDE,
        exif=exif,
    )


def _open(data: bytes) -> Image.Image:
    if not data:
        raise UnusableImageError("EmptyFile", "the file is empty")
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError:
        raise UnusableImageError(
            "NotAnImage", "the file is not an image this album reads (JPEG, PNG, WebP, HEIC, AVIF, TIFF, GIF)"
        ) from None
    except Exception as error:  # a damaged header makes Pillow's plugins raise nearly anything
        raise UnusableImageError("DamagedImage", f"the image is damaged: {error}") from None
    pixels = image.width * image.height
    reducible = image.format in ("JPEG", "MPO") and not image.info.get("progressive")
    limit = MAX_JPEG_PIXELS if reducible else MAX_PIXELS
    if pixels > limit:
        raise UnusableImageError(
            "TooManyPixels",
            f"the image has {pixels / 1e6:.0f} megapixels ({image.width}x{image.height}); "
            f"at most {limit / 1e6:.0f} fit",
        )
    return image


@contextlib.contextmanager
def _decoding_errors() -> Iterator[None]:
    try:
        yield
    except MemoryError:
        raise
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, RuntimeError) as error:
        raise UnusableImageError("DamagedImage", f"the image is damaged or cut off: {error}") from error


def _upright_size(image: Image.Image, exif: Image.Exif) -> tuple[int, int]:
    if exif.get(_ORIENTATION) in (5, 6, 7, 8):
        return image.height, image.width
    return image.size


def _rekognition_takes(image: Image.Image, exif: Image.Exif, size: int) -> bool:
    """Whether Rekognition can read the original and would see it the way the album shows it.

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
    picture = _fit(_eight_bit(image), side)
    picture = _in_srgb(picture, image.info.get("icc_profile"))
    orientation = exif.get(_ORIENTATION, 1)
    if orientation != 1:
        picture.getexif()[_ORIENTATION] = orientation
        picture = ImageOps.exif_transpose(picture)
    return picture


def _eight_bit(image: Image.Image) -> Image.Image:
    """Palette, 16-bit, float and alpha images as L, RGB or CMYK of 8 bits; transparency becomes white."""
    if image.mode.startswith("I;16") or image.mode == "I":
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode == "F":
        low, high = image.getextrema()
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
    return ImageCms.profileToProfile(image, ImageCms.createProfile("LAB"), _SRGB, outputMode="RGB")


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if profile and picture.mode in ("RGB", "L", "CMYK"):
        # A profile that is broken or for another colour space is left alone, as browsers do.
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if not _is_srgb(source):
                return ImageCms.profileToProfile(picture, source, _SRGB, outputMode="RGB")
    return picture.convert("RGB")


def _is_srgb(profile: ImageCms.ImageCmsProfile) -> bool:
    return "srgb" in ImageCms.getProfileDescription(profile).lower()


def _fit(picture: Image.Image, side: int) -> Image.Image:
    """``picture`` with at most ``side`` pixels on the long side; never enlarged."""
    scale = side / max(picture.size)
    if scale >= 1:
        return picture
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _grid_side(picture: Image.Image) -> int:
    across = round(_GRID_SHORT_SIDE * max(picture.size) / min(picture.size))
    return max(GRID_SIDE, min(GRID_MAX_SIDE, across))


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
    return _jpeg(_fit(picture, VIEW_WIDTH), 80)


def _placeholder(grid: Image.Image) -> str:
    small = _fit(grid, _PLACEHOLDER_SIDE).convert("RGBA")
    pixels = list(small.tobytes())
    return base64.b64encode(bytes(thumbhash.rgba_to_thumb_hash(small.width, small.height, pixels))).decode()
