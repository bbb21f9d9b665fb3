"""What a poster and a page of table cards look like: A4, in the theme's accent and font, all sizes in millimetres.

The code stands on white whatever the colours, or phones wouldn't see it. An address that guests can type stands beside
it, if it is short enough for that.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from scripts.events.letters import Letters, letters
from scripts.events.sheet_marks import Code, Mark, Rectangle, Ring, Sheet, Words
from scripts.events.sheet_words import SheetWords
from scripts.site.cards import Look, drawable
from scripts.site.colours import on_colour
from scripts.site.text_lines import cut, wrap

# ISO 216.
A4_WIDTH, A4_HEIGHT = 210.0, 297.0
# Nobody types a longer one.
MAX_TYPED = 48

_MARGIN = 18.0
_TITLE_SIZES = (34.0, 30.0, 26.0, 22.0, 19.0, 16.0)
_TITLE_LEADING = 1.02
_TITLE_LINES = 4
_CALL = 11.5
_POSTER_CODE = 84.0
_STEP, _STEP_GAP, _STEP_RING = 5.4, 24.0, 5.5
_SMALL = 3.6

CARD_COLUMNS, CARD_ROWS = 2, 4
CARD_WIDTH, CARD_HEIGHT = 92.0, 66.0
_CARD_MARGIN = 5.0
_CARD_CODE = 44.0
_CARD_TITLE_SIZES = (7.0, 6.2, 5.4, 4.8)
_CARD_CALL = 4.4
_CARD_SMALL = 2.7
# Cutting lines stand in the sheet's margin, so that nothing of them stays on a card.
_CUT_LENGTH, _CUT_GAP, _CUT_WIDTH = 6.0, 2.0, 0.2


@dataclass(frozen=True)
class Event:
    """What is printed of an event: its title, its address, and what guests are told."""

    title: str
    address: str
    words: SheetWords

    @property
    def typed(self) -> str:
        """The address without `https://`; empty if it is too long to be typed."""
        shown = self.address.removeprefix("https://")
        return shown if len(shown) <= MAX_TYPED else ""


def poster(event: Event, look: Look) -> Sheet:
    """An A4 poster to hang on a wall. A title that the font can't write is left out."""
    font, ink = letters(look.font), on_colour(look.accent)
    return Sheet(
        event.title or event.words.call,
        A4_WIDTH,
        A4_HEIGHT,
        look.font,
        (Rectangle(0, 0, A4_WIDTH, A4_HEIGHT, look.accent), *_poster(event, look.font, font, ink)),
    )


def _poster(event: Event, name: str, font: Letters, ink: str) -> Iterator[Mark]:
    width = A4_WIDTH - 2 * _MARGIN
    foot = A4_HEIGHT - _MARGIN
    code_top = foot - 16 - _POSTER_CODE
    size, lines = _fitted(drawable(event.title, name), font, _TITLE_SIZES, width, _TITLE_LINES)
    baseline = _MARGIN + size * 0.75
    for line in lines:
        yield Words(line, _MARGIN, baseline, size, ink)
        baseline += size * _TITLE_LEADING
    call_size = min(_CALL, _CALL * width / font.width(event.words.call, _CALL))
    yield Words(event.words.call, _MARGIN, code_top - 10, call_size, ink)
    yield Code(event.address, _MARGIN, code_top, _POSTER_CODE, 6)
    left = _MARGIN + _POSTER_CODE + 10
    middle = code_top + _STEP_RING + 1
    for number, step in enumerate(event.words.steps, 1):
        yield Ring(left + _STEP_RING, middle, _STEP_RING, 0.7, ink)
        yield Words(str(number), left + _STEP_RING, middle + 1.9, _STEP, ink, is_centred=True)
        words_left = left + 2 * _STEP_RING + 4
        broken = wrap(step, lambda text: font.width(text, _STEP), A4_WIDTH - _MARGIN - words_left)
        for row, text in enumerate(broken):
            yield Words(text, words_left, middle + 1.9 + (row - (len(broken) - 1) / 2) * _STEP * 1.2, _STEP, ink)
        middle += _STEP_GAP
    yield Rectangle(_MARGIN, foot - 8, width, 0.4, ink)
    yield Words(event.words.promise, _MARGIN, foot, _SMALL, ink)
    typed = drawable(event.typed, name)
    yield from _right(typed, font, A4_WIDTH - _MARGIN, foot, _SMALL, ink)


def table_cards(event: Event, look: Look) -> Sheet:
    """An A4 page of eight table cards, with marks to cut along. A title that the font can't write is left out."""
    left, top = (A4_WIDTH - CARD_COLUMNS * CARD_WIDTH) / 2, (A4_HEIGHT - CARD_ROWS * CARD_HEIGHT) / 2
    marks: list[Mark] = []
    for row in range(CARD_ROWS):
        for column in range(CARD_COLUMNS):
            marks += _card(event, look, left + column * CARD_WIDTH, top + row * CARD_HEIGHT)
    return Sheet(event.title or event.words.call, A4_WIDTH, A4_HEIGHT, look.font, (*marks, *_cuts(left, top)))


def _card(event: Event, look: Look, left: float, top: float) -> Iterator[Mark]:
    font, ink = letters(look.font), on_colour(look.accent)
    # No more than needed between cards: a cut that is a little off leaves no white.
    yield Rectangle(left, top, CARD_WIDTH, CARD_HEIGHT, look.accent)
    code_top = top + _CARD_MARGIN + 2
    yield Code(event.address, left + _CARD_MARGIN, code_top, _CARD_CODE, 2.5)
    words_left = left + 2 * _CARD_MARGIN + _CARD_CODE
    width = left + CARD_WIDTH - _CARD_MARGIN - words_left
    size, lines = _fitted(drawable(event.title, look.font), font, _CARD_TITLE_SIZES, width, 4)
    baseline = code_top + size * 0.75
    for line in lines:
        yield Words(line, words_left, baseline, size, ink)
        baseline += size * 1.1
    call = wrap(event.words.call, lambda text: font.width(text, _CARD_CALL), width)
    baseline = code_top + _CARD_CODE - (len(call) - 1) * _CARD_CALL * 1.2
    for line in call:
        yield Words(line, words_left, baseline, _CARD_CALL, ink)
        baseline += _CARD_CALL * 1.2
    small = event.words.password or drawable(event.typed, look.font) or event.words.promise
    fitting = min(_CARD_SMALL, _CARD_SMALL * (CARD_WIDTH - 2 * _CARD_MARGIN) / font.width(small, _CARD_SMALL))
    yield Words(small, left + _CARD_MARGIN, top + CARD_HEIGHT - _CARD_MARGIN - 1, fitting, ink)


def _cuts(left: float, top: float) -> Iterator[Mark]:
    """Short lines at both ends of every cut."""
    right, bottom = left + CARD_COLUMNS * CARD_WIDTH, top + CARD_ROWS * CARD_HEIGHT
    half = _CUT_WIDTH / 2
    for column in range(CARD_COLUMNS + 1):
        x = left + column * CARD_WIDTH - half
        for y in (top - _CUT_GAP - _CUT_LENGTH, bottom + _CUT_GAP):
            yield Rectangle(x, y, _CUT_WIDTH, _CUT_LENGTH, "#000000")
    for row in range(CARD_ROWS + 1):
        y = top + row * CARD_HEIGHT - half
        for x in (left - _CUT_GAP - _CUT_LENGTH, right + _CUT_GAP):
            yield Rectangle(x, y, _CUT_LENGTH, _CUT_WIDTH, "#000000")


def _fitted(text: str, font: Letters, sizes: tuple[float, ...], width: float, most: int) -> tuple[float, list[str]]:
    """The largest size at which a text fits into ``most`` lines, and these; at the smallest, its end is cut off."""
    for size in sizes:
        lines = wrap(text, lambda line, size=size: font.width(line, size), width)  # type: ignore[misc]
        if len(lines) <= most and all(font.width(line, size) <= width for line in lines):
            return size, lines
    return size, cut(lines, most, lambda line: font.width(line, size), width)


def _right(text: str, font: Letters, right: float, baseline: float, size: float, ink: str) -> Iterator[Words]:
    """A line that ends at ``right``, if there is one."""
    if text:
        yield Words(text, right - font.width(text, size), baseline, size, ink)
