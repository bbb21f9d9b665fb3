"""A photo's title, caption, keywords and rating, from what its owner or a photo program wrote into the file.

Each is taken from the first of these places that has it:

=========  ==================  ====================  ===============================================
           XMP                 IPTC-IIM              EXIF
=========  ==================  ====================  ===============================================
title      ``dc:title``        2:05 object name      ``XPTitle``
caption    ``dc:description``  2:120 caption         ``ImageDescription``, ``XPComment``,
                                                     ``UserComment``
keywords   ``dc:subject``      2:25 keywords         ``XPKeywords``
rating     ``xmp:Rating``                            ``Rating``
=========  ==================  ====================  ===============================================

XMP comes first because programs write it in full and in Unicode, then keep shortened copies elsewhere. Of a text in
several languages, the one marked ``x-default`` counts, else the first. What a camera writes by itself is left out, and
so is a caption that repeats the title. A block that is broken or too large says nothing; it never refuses a photo.

https://www.iptc.org/std/photometadata/specification/, https://www.iptc.org/std/IIM/4.2/specification/IIMV4.2.pdf,
https://developer.adobe.com/xmp/docs/, https://www.cipa.jp/std/documents/download_e.html?DC-008-Translation-2023-E
"""

import contextlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from PIL import ExifTags, Image, ImageFile, IptcImagePlugin

from functions.photo_texts import clean_caption, clean_keywords, clean_title
from functions.xmp import DESCRIPTION, ITEM, parse_xmp, properties

_BASE = ExifTags.Base
# Only a TIFF has room for more in one tag.
_MAX_TAG_BYTES = 64 * 1024

_DC = "{http://purl.org/dc/elements/1.1/}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_XMP_RATING = "{http://ns.adobe.com/xap/1.0/}Rating"

_IPTC_CHARSET, _IPTC_TITLE, _IPTC_CAPTION, _IPTC_KEYWORDS = (1, 90), (2, 5), (2, 120), (2, 25)
# ISO 2022's way to say that UTF-8 follows.
_IPTC_UTF8 = b"\x1b%G"

# https://learn.microsoft.com/en-us/windows/win32/properties/props-system-title and its like: UTF-16, little-endian.
_XP_TITLE, _XP_COMMENT, _XP_KEYWORDS = 0x9C9B, 0x9C9C, 0x9C9E
_EXIF_RATING = 0x4746
_COMMENT_ASCII, _COMMENT_UNICODE = b"ASCII\0\0\0", b"UNICODE\0"

# What cameras and phones write where a description belongs, in lower case.
_CAMERA_WORDS = frozenset(
    {
        *("digital camera", "digital still camera", "kodak digital still camera", "lg digital camera"),
        *("sony dsc", "minolta dsc", "exif_jpeg_picture", "binary comment", "charset=ascii", "dvc 10.1 hdmi"),
        *("default", "untitled", "screenshot", "samsung", "applemark"),
        # Modes of phone cameras.
        *("bty", "btf", "btfhdr", "btfmdn", "burst", "cof", "dav", "edf", "fbt", "frem", "fshbty", "hdr", "hdrpl"),
        *("mde", "mde_soft", "mon", "nor", "oznor", "ozedf", "ptr", "qrf", "rbt", "rhdr", "rpt", "sdr", "sdr_hdrb"),
    }
)
_CAMERA_PATTERNS = re.compile(
    # OLYMPUS and many others; in capitals, which nobody writes in.
    r"(?:[A-Z][A-Z&.,-]* ){1,3}DIGITAL CAMERA"
    # The camera's path and name for the file.
    r"|DCIM\b.*|(?i:img|dsc[nf]?|pict|pxl|gopr|dji|mvi)[_-]?\d{3,}[\w-]*(?:\.\w{3,4})?|[Pp]\d{7}(?:\.\w{3,4})?"
    # Phones' notes to themselves.
    r"|\{.*\}|filter: ?\d.*|.*\bhw-remosaic\b.*",
    re.DOTALL,
)


@dataclass(frozen=True)
class Words:
    """What a file says about its photo, clean and cut to size; None or empty if it says nothing.

    ``rating`` is 1 to 5 stars, -1 for a photo that was rejected, and 0 for none.
    """

    title: str | None = None
    caption: str | None = None
    keywords: tuple[str, ...] = ()
    rating: int = 0


@dataclass
class _Found:
    """What one block says, unchanged."""

    title: str = ""
    captions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    rating: int = 0


def read_words(image: Image.Image, exif: Image.Exif, xmp: bytes) -> Words:
    """The words of an opened file, its EXIF block and its XMP packet; never raises."""
    blocks: list[Callable[[], _Found]] = [lambda: _xmp(xmp), lambda: _iptc(image), lambda: _exif(exif)]
    found = []
    for read in blocks:
        with contextlib.suppress(Exception):  # broken blocks make readers raise nearly anything
            found.append(read())
    title = _first(clean_title, (block.title for block in found))
    caption = _first(clean_caption, (text for block in found for text in block.captions))
    keywords = next((kept for block in found if (kept := clean_keywords(block.keywords))), [])
    rating = next((block.rating for block in found if block.rating), 0)
    return Words(title, None if caption == title else caption, tuple(keywords), rating)


def _first(clean: Callable[[str], str], texts: Iterable[str]) -> str | None:
    """The first text that isn't empty or a camera's."""
    return next((kept for text in texts if (kept := clean(text)) and not _is_cameras(kept)), None)


def _is_cameras(text: str) -> bool:
    """Whether a camera wrote it by itself."""
    return text.lower() in _CAMERA_WORDS or bool(_CAMERA_PATTERNS.fullmatch(text))


# XMP


def xmp_words(root: ElementTree.Element) -> Words:
    """The words in XMP that is beside a photo."""
    found = _found(root)
    title = clean_title(found.title) or None
    caption = clean_caption("".join(found.captions)) or None
    return Words(title, None if caption == title else caption, tuple(clean_keywords(found.keywords)), found.rating)


def _xmp(packet: bytes) -> _Found:
    return _found(parse_xmp(packet))


def _found(root: ElementTree.Element) -> _Found:
    return _Found(
        next(iter(_values(root, "title")), ""),
        tuple(_values(root, "description")[:1]),
        tuple(_values(root, "subject")),
        next(map(_stars, properties(root, _XMP_RATING)), 0),
    )


def _stars(text: object) -> int:
    try:
        return max(-1, min(int(float(str(text))), 5))
    except (ValueError, OverflowError):
        return 0


def _values(root: ElementTree.Element, name: str) -> list[str]:
    """The values of a Dublin Core property, the default language's first."""
    for element in root.iter(_DC + name):
        items = list(element.iter(ITEM))
        items.sort(key=lambda item: item.get(_LANGUAGE, "x-default") != "x-default")
        return [item.text or "" for item in items] or [element.text or ""]
    # A single value may be an attribute instead.
    return [value for element in root.iter(DESCRIPTION) if (value := element.get(_DC + name))]


# IPTC-IIM


def _iptc(image: Image.Image) -> _Found:
    records = IptcImagePlugin.getiptcinfo(image) if isinstance(image, ImageFile.ImageFile) else None
    if not records:
        return _Found()
    is_utf8 = _IPTC_UTF8 in _datasets(records, _IPTC_CHARSET)

    def read(number: tuple[int, int]) -> tuple[str, ...]:
        return tuple(_decoded(data, is_utf8=is_utf8) for data in _datasets(records, number))

    return _Found("".join(read(_IPTC_TITLE)[:1]), read(_IPTC_CAPTION)[:1], read(_IPTC_KEYWORDS))


def _datasets(records: dict[tuple[int, int], bytes | list[bytes]], number: tuple[int, int]) -> list[bytes]:
    """All values of a dataset; some datasets may be repeated."""
    value = records.get(number, [])
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, bytes)]


def _decoded(data: bytes, *, is_utf8: bool = False) -> str:
    """Text in UTF-8 if it says so or is valid, otherwise in what Windows used to write."""
    try:
        return data.decode("utf-8", "replace" if is_utf8 else "strict")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


# EXIF


def _exif(exif: Image.Exif) -> _Found:
    captions = (_ascii(exif.get(_BASE.ImageDescription)), _xp(exif.get(_XP_COMMENT)), _user_comment(exif))
    keywords = _xp(exif.get(_XP_KEYWORDS))
    return _Found(_xp(exif.get(_XP_TITLE)), captions, tuple(keywords.split(";")), _stars(exif.get(_EXIF_RATING)))


def _ascii(value: object) -> str:
    # Pillow reads each byte as a character; what programs write is mostly UTF-8.
    data = value.encode("latin-1", "replace") if isinstance(value, str) else value
    return _decoded(data[:_MAX_TAG_BYTES]).partition("\0")[0] if isinstance(data, bytes) else ""


def _xp(value: Any) -> str:
    data = bytes(value[:_MAX_TAG_BYTES]) if isinstance(value, bytes | tuple) else b""
    return data.decode("utf-16-le", "replace").partition("\0")[0]


def _user_comment(exif: Image.Exif) -> str:
    with contextlib.suppress(Exception):  # the block itself may be broken
        data = exif.get_ifd(ExifTags.IFD.Exif).get(_BASE.UserComment)
        if isinstance(data, bytes) and data.startswith(_COMMENT_ASCII):
            return _decoded(data[8:]).partition("\0")[0]
        if isinstance(data, bytes) and data.startswith(_COMMENT_UNICODE):
            return _utf16(data[8:], exif).partition("\0")[0]
    return ""  # a comment that doesn't name its character code is a camera's


def _utf16(data: bytes, exif: Image.Exif) -> str:
    """Text in the byte order that it appears to have, since writers differ; otherwise in its block's."""
    first, second = data[::2].count(0), data[1::2].count(0)
    is_big = first > second if first != second else exif.endian == ">"
    return data.decode("utf-16-be" if is_big else "utf-16-le", "replace").removeprefix("\ufeff")
