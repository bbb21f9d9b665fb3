"""What is on a printed sheet: shapes and words at places in millimetres, from the top left corner.

A sheet is data; `scripts.events.svg_sheet` and `scripts.events.pdf_sheet` write it as shapes, never as pixels.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import segno

# Modules of white that belong round a code (ISO/IEC 18004).
QUIET_ZONE = 4


@dataclass(frozen=True)
class Rectangle:
    """A filled rectangle, with round corners if ``radius`` isn't 0."""

    left: float
    top: float
    width: float
    height: float
    colour: str
    radius: float = 0


@dataclass(frozen=True)
class Ring:
    """The outline of a circle."""

    x: float
    y: float
    radius: float
    stroke: float
    colour: str


@dataclass(frozen=True)
class Words:
    """One line of text: ``x`` is its left end, or its middle; ``baseline`` is where the letters stand."""

    text: str
    x: float
    baseline: float
    size: float
    colour: str
    is_centred: bool = False


@dataclass(frozen=True)
class Code:
    """A QR code in black on a white square with round corners, quiet zone and all, ``side`` wide."""

    address: str
    left: float
    top: float
    side: float
    radius: float = 0

    def bars(self) -> Iterator[tuple[float, float, float, float]]:
        """Its dark modules, those side by side as one: left, top, width and height."""
        matrix = [list(row) for row in segno.make(self.address, error="m", micro=False).matrix]
        module = self.side / (len(matrix) + 2 * QUIET_ZONE)
        for number, row in enumerate(matrix):
            column = 0
            while column < len(row):
                length = 0
                while column + length < len(row) and row[column + length]:
                    length += 1
                if length:
                    left = self.left + (column + QUIET_ZONE) * module
                    yield left, self.top + (number + QUIET_ZONE) * module, length * module, module
                column += length or 1


Mark = Rectangle | Ring | Words | Code


@dataclass(frozen=True)
class Sheet:
    """A page: its title, its size in millimetres, the font of its words, and its marks, the lowest first."""

    title: str
    width: float
    height: float
    font: str
    marks: tuple[Mark, ...]
