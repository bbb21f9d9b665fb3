"""EXIF: when and how a photo was taken, and the little of it that visitors get. Positions are never read."""

import re
from datetime import datetime
from typing import Any

from PIL import ExifTags, Image

from functions.process.apple_notes import content_id

_BASE = ExifTags.Base
_MAKER_NOTE = 0x927C
_DATE = re.compile(r"(\d{4})[:\-](\d\d)[:\-](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"[+\-]\d\d:\d\d")


def taken_at(exif: Image.Exif) -> str | None:
    """When the photo was taken, ISO 8601 (with the UTC offset where the camera wrote one), or None."""
    details = _details(exif)
    for date_tag, offset_tag in (
        (_BASE.DateTimeOriginal, _BASE.OffsetTimeOriginal),
        (_BASE.DateTimeDigitized, _BASE.OffsetTimeDigitized),
    ):
        match = _DATE.match(str(details.get(date_tag, "")))
        if not match:
            continue
        try:
            year, month, day, hour, minute, second = map(int, match.groups())
            moment = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - EXIF gives the local time of the place
        except ValueError:
            continue
        offset = str(details.get(offset_tag, "")).strip("\0 ")
        return moment.isoformat() + (offset if _OFFSET.fullmatch(offset) else "")
    return None


def live_photo_id(exif: Image.Exif) -> str | None:
    """Apple's identifier of a Live Photo, which its film has too."""
    return content_id(_details(exif).get(_MAKER_NOTE))


def kept_exif(exif: Image.Exif) -> bytes:
    """A TIFF block with only orientation and time; empty if there is neither."""
    kept = Image.Exif()
    if (orientation := exif.get(_BASE.Orientation)) in range(2, 9):
        kept[_BASE.Orientation] = orientation
    details = _details(exif)
    for tag, pattern in ((_BASE.DateTimeOriginal, _DATE), (_BASE.OffsetTimeOriginal, _OFFSET)):
        if match := pattern.match(str(details.get(tag, ""))):
            kept.get_ifd(ExifTags.IFD.Exif)[tag] = match[0]
    return kept.tobytes().removeprefix(b"Exif\0\0") if kept or kept.get_ifd(ExifTags.IFD.Exif) else b""


def summary(exif: Image.Exif) -> dict[str, str | float] | None:
    """Camera, lens and exposure as far as EXIF tells: ``f_number``, ``focal_length`` in mm, ``exposure_time`` in s."""
    details = _details(exif)
    found = {
        "make": _text(exif.get(_BASE.Make)),
        "model": _text(exif.get(_BASE.Model)),
        "lens": _text(details.get(_BASE.LensModel)),
        "f_number": _number(details.get(_BASE.FNumber)),
        "focal_length": _number(details.get(_BASE.FocalLength)),
        "exposure_time": _number(details.get(_BASE.ExposureTime)),
        "iso": _number(details.get(_BASE.ISOSpeedRatings)),
    }
    return {name: value for name, value in found.items() if value is not None} or None


def _details(exif: Image.Exif) -> dict[int, Any]:
    try:
        return exif.get_ifd(ExifTags.IFD.Exif)
    except Exception:  # a broken EXIF block is no reason to refuse the photo
        return {}


def _text(value: object) -> str | None:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return None
    return "".join(char for char in value if char.isprintable()).strip()[:100] or None


def _number(value: Any) -> float | int | None:
    if isinstance(value, tuple):
        value = value[0] if value else None
    try:
        number = round(float(value), 6)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    if not 0 < number < 1e6:
        return None
    return int(number) if number.is_integer() else number
