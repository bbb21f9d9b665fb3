"""Folders of pictures on the owner's disk: which files count as photos, and how refusals are reported."""

from dataclasses import dataclass

from functions.errors import KinpicsError

PHOTO_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".avif", ".tif", ".tiff", ".gif"})


class FolderError(KinpicsError):
    """A folder can't be used at all; the message says why."""


@dataclass(frozen=True)
class Refusal:
    """A file that is not taken, and why."""

    file: str
    reason: str
