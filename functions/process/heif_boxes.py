"""The boxes that HEIC and AVIF files are made of: ISO/IEC 14496-12."""

from collections.abc import Iterator
from dataclasses import dataclass

from functions.process.parts import Bytes, CantStripError, part, uint


@dataclass(frozen=True)
class FileBox:
    """A box: its four letters, where it starts, where its content does, and where both end."""

    kind: bytes
    start: int
    body: int
    end: int


def walk_boxes(data: Bytes, at: int, end: int) -> Iterator[FileBox]:
    """The boxes from ``at`` to ``end``. Raises ``CantStripError`` where one is larger than what it lies in."""
    while at + 8 <= end:
        size, kind, body = uint(data, at, 4), part(data, at + 4, 4), at + 8
        if size == 1:
            size, body = uint(data, at + 8, 8), at + 16
        size = size or end - at
        if size < body - at or at + size > end:
            raise CantStripError("a box is larger than the file")
        yield FileBox(kind, at, body, at + size)
        at += size
