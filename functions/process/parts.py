"""Reads a file's parts where the file says they are, or fails."""

from typing import Literal

from functions.errors import KinpicsError

# Of a file, where it is long, or written anew.
Bytes = bytes | bytearray | memoryview


class CantStripError(KinpicsError):
    """A file whose private metadata can't be removed with certainty; the message says why."""


def view(data: Bytes, start: int, size: int) -> memoryview:
    """``size`` bytes from ``start`` on, not copied. Raises ``CantStripError`` where the file ends before."""
    if start < 0 or size < 0 or start + size > len(data):
        raise CantStripError("the file ends before its parts do")
    return memoryview(data)[start : start + size]


def part(data: Bytes, start: int, size: int) -> bytes:
    """A copy of ``size`` bytes from ``start`` on. Raises ``CantStripError``."""
    return bytes(view(data, start, size))


def uint(data: Bytes, start: int, size: int, order: Literal["big", "little"] = "big") -> int:
    """A number of ``size`` bytes. Raises ``CantStripError``."""
    return int.from_bytes(view(data, start, size), order)
