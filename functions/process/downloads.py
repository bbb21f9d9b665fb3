"""What visitors may download of a photo, by one of the rules in `functions.keys`.

The original never leaves its bucket. If its private metadata can't be removed for sure, visitors get the large
rendition, which never had any.
"""

from dataclasses import dataclass
from urllib.parse import quote

from aws_lambda_powertools import Logger

from functions.keys import LARGE, NONE, WHOLE
from functions.process.images import LARGE_TYPE, Renditions
from functions.process.metadata import kept_exif
from functions.process.parts import CantStripError
from functions.process.private_metadata import strip

logger = Logger(child=True)
# Pillow's name for a JPEG with further pictures behind it.
_MPO, _JPEG = "image/mpo", "image/jpeg"


@dataclass(frozen=True)
class Copy:
    """A file to download: its bytes, media type and name."""

    data: bytes
    content_type: str
    file: str


def make_copy(rule: str, file: str, data: bytes, renditions: Renditions) -> Copy | None:
    """What ``rule`` lets visitors download of an original called ``file``; None for nothing."""
    if rule == NONE:
        return None
    if rule == WHOLE:
        kind = renditions.content_type
        return Copy(data, _JPEG if kind == _MPO else kind, file)
    if rule != LARGE:
        try:
            stripped = strip(data, kept_exif(renditions.exif))
        except CantStripError as error:
            logger.warning("the large rendition is offered", extra={"file": file, "reason": str(error)})
        else:
            return Copy(stripped.data, stripped.content_type, file)
    return Copy(renditions.large, LARGE_TYPE, _as_jpeg(file))


def inline_as(file: str) -> str:
    """A Content-Disposition that names a file: https://www.rfc-editor.org/rfc/rfc6266"""
    return f"inline; filename*=UTF-8''{quote(file, safe='')}"


def _as_jpeg(file: str) -> str:
    return file if file.lower().endswith((".jpg", ".jpeg")) else f"{file}.jpg"
