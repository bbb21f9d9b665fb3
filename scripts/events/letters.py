"""The letters of the site's fonts (site/fonts/): how wide a text is, and its outlines as shapes.

Print shops ask for outlines: a font that they lack can't go wrong.
"""

from functools import cache

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

from scripts.common.config import ROOT

_FOLDER = ROOT / "site" / "fonts"


class Letters:
    """A font by its name. Texts hold only letters that it has (`scripts.site.cards.drawable`)."""

    def __init__(self, name: str):
        self.path = _FOLDER / f"{name}.ttf"
        font = TTFont(self.path)
        self._glyphs = font.getGlyphSet()
        self._names = font.getBestCmap()
        self._units: int = font["head"].unitsPerEm

    def width(self, text: str, size: float) -> float:
        """The width of a text, in the unit of ``size``, which is the height of an em."""
        units: int = sum(self._glyphs[self._name(char)].width for char in text)
        return units * size / self._units

    def outlines(self, text: str, x: float, baseline: float, size: float) -> str:
        """The shapes of a text that begins at ``x``, as the data of an SVG path."""
        scale = size / self._units
        pen = SVGPathPen(self._glyphs, ntos=lambda number: f"{number:.2f}".rstrip("0").rstrip("."))
        for char in text:
            glyph = self._glyphs[self._name(char)]
            glyph.draw(TransformPen(pen, (scale, 0, 0, -scale, x, baseline)))
            x += glyph.width * scale
        return str(pen.getCommands())

    def _name(self, char: str) -> str:
        return str(self._names.get(ord(char), ".notdef"))


@cache
def letters(name: str) -> Letters:
    """A font, read once."""
    return Letters(name)
