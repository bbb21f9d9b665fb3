"""The pictures that shared links show (Open Graph): 1200 by 630, a cover beside its title, in the look of the site.

Words never lie on a photo. If the look's font can't write a title, such as one in a non-Latin script, the card is just
the picture: the link's own text has the title.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from unicodedata import category, normalize

from PIL import Image, ImageDraw, ImageFont

from functions.crops import Area, crop
from functions.thumbnail_sizes import CARD_HEIGHT, CARD_WIDTH
from scripts.common.config import ROOT
from scripts.site.mark import draw_mark, height_of
from scripts.site.text_lines import cut, wrap
from scripts.site.theme import Theme

# Part of a card's name, beside its content: raise it when cards' looks change, and all are made again.
VERSION = 1

_FONTS = ROOT / "site" / "fonts"
_QUALITY = 88
# In pixels, except for the leading, which is a fraction of the size.
_TITLE_SIZES = range(92, 35, -4)
_LEADING = 1.06
_SMALL, _SMALL_LEADING, _SMALL_GAP, _MOST_SMALL_LINES = 30, 38, 14, 3
# The mark's width, and the space kept free for it if the title is below it.
_MARK, _MARK_ROOM = 56, 72
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Look:
    """A theme's colours (site/css/tokens.css), its display font (site/fonts/), and the layout of its cards."""

    page: str
    ink: str
    quiet: str
    accent: str
    font: str
    # In pixels: left, top, right, bottom.
    photo: Box
    words: Box
    is_centred: bool = False


_LAYOUTS: dict[str, tuple[str, Box, Box, bool]] = {
    "gallery": ("bricolage", (456, 0, CARD_WIDTH, CARD_HEIGHT), (56, 56, 416, CARD_HEIGHT - 56), False),
    "journal": ("newsreader", (56, 56, CARD_WIDTH - 56, 416), (56, 436, CARD_WIDTH - 56, CARD_HEIGHT - 36), True),
    "cinema": ("bricolage", (0, 0, CARD_WIDTH, 430), (56, 462, CARD_WIDTH - 56, CARD_HEIGHT - 40), False),
}


def look_of(theme: Theme) -> Look:
    """The look of a theme's cards, in the owner's colours."""
    font, photo, words, is_centred = _LAYOUTS[theme.name]
    return Look(
        page=theme.palette.page,
        ink=theme.palette.ink,
        quiet=theme.palette.quiet,
        accent=theme.palette.accent,
        font=font,
        photo=photo,
        words=words,
        is_centred=is_centred,
    )


def compose(look: Look, title: str, line: str, picture: Image.Image | None, faces: Iterable[Area] = ()) -> bytes:
    """A card as a JPEG, with as many of the picture's faces in view as fit; without a picture, of words alone."""
    title, line = (drawable(text, look.font) for text in (title, line))
    card = Image.new("RGB", (CARD_WIDTH, CARD_HEIGHT), look.page)
    if picture is not None:
        place = look.photo if title else (0, 0, CARD_WIDTH, CARD_HEIGHT)
        card.paste(_cropped(picture, (place[2] - place[0], place[3] - place[1]), faces), place[:2])
    if title:
        _Words(card, look).draw(title, line)
    out = io.BytesIO()
    card.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def _cropped(picture: Image.Image, size: tuple[int, int], faces: Iterable[Area]) -> Image.Image:
    """The picture cropped to ``size``, with its faces in view."""
    part = crop(faces, *picture.size, size[0] / size[1]).in_pixels(*picture.size)
    return picture.convert("RGB").resize(size, Image.Resampling.LANCZOS, box=part)


def drawable(text: str, font: str) -> str:
    """What the font can write of a text: all but symbols such as emoji; empty if it lacks a letter or digit."""
    kept = []
    for char in normalize("NFC", " ".join(text.split())):
        if _has_glyph(font, char):
            kept.append(char)
        elif category(char)[0] in "LNM":
            return ""
    return " ".join("".join(kept).split())


@cache
def _has_glyph(font: str, char: str) -> bool:
    # Pillow doesn't say which characters a font has: those it lacks look like one that no font has.
    loaded = _font(font, 24)
    return char == " " or bytes(loaded.getmask(char)) != bytes(loaded.getmask("\uffff"))


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_FONTS / f"{name}.ttf", size)


class _Words:
    """The mark, a title and a line, drawn where the card's look puts them."""

    def __init__(self, card: Image.Image, look: Look):
        self._card = card
        self._look = look
        self._draw = ImageDraw.Draw(card)
        self._left, self._top, self._right, self._bottom = look.words

    def draw(self, title: str, line: str) -> None:
        column = self._bottom - self._top > self._right - self._left
        below = self._small_lines(line, _MOST_SMALL_LINES if column else 1)
        below_height = len(below) * _SMALL_LEADING + (_SMALL_GAP if below else 0)
        space = self._bottom - self._top - below_height - (_MARK_ROOM if column else 0)
        size, lines = self._fitted(title, space)
        leading = round(size * _LEADING)
        if column:  # the mark at the top, the words at the bottom
            self._mark(self._left, self._top)
            top = self._bottom - below_height - leading * len(lines)
        else:  # a band: the words in the middle, the mark at the end
            if not self._look.is_centred:
                self._mark(self._right - _MARK, self._bottom - height_of(_MARK))
            top = self._top + max(0, (space - leading * len(lines)) // 2)
        for number, text in enumerate(lines):
            self._line(text, top + number * leading, size, self._look.ink)
        top += leading * len(lines) + _SMALL_GAP
        for number, text in enumerate(below):
            self._line(text, top + number * _SMALL_LEADING, _SMALL, self._look.quiet)

    def _small_lines(self, text: str, most: int) -> list[str]:
        measure = _font(self._look.font, _SMALL).getlength
        return cut(wrap(text, measure, self._right - self._left), most, measure, self._right - self._left)

    def _fitted(self, title: str, height: int) -> tuple[int, list[str]]:
        """The largest size at which the title fits, and its lines; at the smallest size, its end is cut off."""
        width = self._right - self._left
        for size in _TITLE_SIZES:
            measure = _font(self._look.font, size).getlength
            lines = wrap(title, measure, width)
            if len(lines) * round(size * _LEADING) <= height and all(measure(line) <= width for line in lines):
                return size, lines
        return size, cut(lines, max(1, height // round(size * _LEADING)), measure, width)

    def _mark(self, left: int, top: int) -> None:
        draw_mark(self._card, left, top, _MARK, self._look.ink, self._look.accent)

    def _line(self, text: str, top: int, size: int, colour: str) -> None:
        x, anchor = ((self._left + self._right) // 2, "ma") if self._look.is_centred else (self._left, "la")
        self._draw.text((x, top), text, font=_font(self._look.font, size), fill=colour, anchor=anchor)
