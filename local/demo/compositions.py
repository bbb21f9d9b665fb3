"""Several photos in one: prints on a table, frames on a wall, a strip from a photo booth, a contact sheet.

They are meant to be seen for what they are; nobody is cut out of one photo and pasted into another.
"""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from local.demo.canvas import Random, Size, develop, glow, gradient, ink, noise, shine

_PAPER = (247, 244, 237)


def instant(picture: Image.Image, side: int) -> Image.Image:
    """A square instant print, with the wide margin below; ``side`` is the picture's, in pixels."""
    margin, foot = round(side * 0.065), round(side * 0.24)
    card = Image.new("RGBA", (side + 2 * margin, side + margin + foot), (*_PAPER, 255))
    card.paste(ImageOps.fit(picture, (side, side), Image.Resampling.LANCZOS), (margin, margin))
    return card


def framed(picture: Image.Image, height: int) -> Image.Image:
    """A picture in a mount and a thin dark frame."""
    inner = picture.resize((round(picture.width * height / picture.height), height), Image.Resampling.LANCZOS)
    mounted = ImageOps.expand(inner, 2, (196, 190, 180))
    mounted = ImageOps.expand(mounted, round(height * 0.13), (250, 248, 244))
    return ImageOps.expand(mounted, round(height * 0.026), (38, 32, 29)).convert("RGBA")


def table(random: Random, size: Size) -> Image.Image:
    """Boards of dark wood, in light from a window."""
    width, height = size
    grain = noise(random, size, (3, 60), 6, 0.62)
    canvas = np.broadcast_to(ink("#5a3b28"), (height, width, 3)) * (0.62 + 0.5 * grain[..., None])
    boards = np.arange(height) // (height // 5)
    tones = random.uniform(0.86, 1.08, 7).astype(np.float32)[boards]
    gaps = (np.arange(height) % (height // 5) < 3).astype(np.float32)
    canvas = canvas * (tones * (1 - 0.6 * gaps))[:, None, None]
    return develop(random, shine(canvas, glow(size, (0.15, 0.0), 0.7), ink("#ffdca8"), 0.4))


def wall(random: Random, size: Size) -> Image.Image:
    """A plastered wall, with a lamp above it."""
    canvas = gradient(size, [(0, ink("#d9d2c8")), (0.86, ink("#b3aba1")), (1, ink("#a49c92"))])
    plaster = noise(random, size, (9, 6), 7, 0.66)
    canvas = canvas * (0.96 + 0.08 * plaster[..., None])
    canvas = shine(canvas, glow(size, (0.5, 0.1), 0.55), ink("#fff0d2"), 0.45)
    return develop(random, canvas)


def spread(random: Random, ground: Image.Image, cards: Sequence[Image.Image], columns: int) -> Image.Image:
    """Prints in rows on a ground, each a little askew."""
    picture = ground.copy()
    rows = -(-len(cards) // columns)
    for number, card in enumerate(cards):
        row, column = divmod(number, columns)
        in_row = min(columns, len(cards) - row * columns)
        across = (column + 0.5 + (columns - in_row) / 2) / columns
        where = round(across * ground.width), round((row + 0.5) / rows * ground.height)
        _lay(picture, _askew(random, card, 6), where)
    return picture


def pegged(random: Random, ground: Image.Image, cards: Sequence[Image.Image]) -> Image.Image:
    """Prints side by side, pegged to a string across the ground."""
    picture = ground.copy()
    width, height = picture.size
    string = [(x, 0.22 * height + 0.07 * height * (1 - (2 * x / width - 1) ** 2)) for x in range(0, width + 20, 20)]
    ImageDraw.Draw(picture).line(string, fill=(206, 190, 164), width=3, joint="curve")
    for number, card in enumerate(cards):
        column = round((number + 0.5) / len(cards) * width)
        row = round(string[column // 20][1])
        _lay(picture, _askew(random, card, 3), (column, row + card.height // 2 - 12))
        _peg(picture, (column, row))
    return picture


def hung(random: Random, ground: Image.Image, frames: Sequence[Image.Image]) -> Image.Image:
    """Framed pictures side by side on a wall, their middles on one line."""
    picture = ground.copy()
    space = (ground.width - sum(frame.width for frame in frames)) // (len(frames) + 1)
    left = space
    for frame in frames:
        _lay(picture, frame, (left + frame.width // 2, round(ground.height * 0.5)))
        left += frame.width + space
    return picture


def booth(pictures: Sequence[Image.Image], side: int = 620) -> Image.Image:
    """Four frames from a photo booth, two by two on white paper."""
    return _in_rows(pictures, 2, side, (side // 14, side // 14), _PAPER)


def contact_sheet(pictures: Sequence[Image.Image], columns: int, side: int = 400) -> Image.Image:
    """Frames on black, as a whole film is printed at once."""
    return _in_rows(pictures, columns, side, (18, 46), (14, 13, 13))


def pair(left: Image.Image, right: Image.Image, height: int = 1000) -> Image.Image:
    """Two pictures of one height on white, as on the page of a book."""
    first, second = (
        one.resize((round(one.width * height / one.height), height), Image.Resampling.LANCZOS) for one in (left, right)
    )
    margin = height // 22
    page = Image.new("RGB", (first.width + second.width + 3 * margin, height + 2 * margin), (250, 248, 245))
    page.paste(first, (margin, margin))
    page.paste(second, (first.width + 2 * margin, margin))
    return page


def _in_rows(
    pictures: Sequence[Image.Image], columns: int, side: int, gaps: tuple[int, int], ground: tuple[int, int, int]
) -> Image.Image:
    """Squares of one size in rows; ``gaps`` are between them and around them."""
    gap, edge = gaps
    rows = -(-len(pictures) // columns)
    size = (columns * (side + gap) - gap + 2 * edge, rows * (side + gap) - gap + 2 * edge)
    page = Image.new("RGB", size, ground)
    for number, picture in enumerate(pictures):
        row, column = divmod(number, columns)
        fitted = ImageOps.fit(picture, (side, side), Image.Resampling.LANCZOS)
        page.paste(fitted, (edge + column * (side + gap), edge + row * (side + gap)))
    return page


def _askew(random: Random, card: Image.Image, degrees: float) -> Image.Image:
    return card.rotate(random.uniform(-degrees, degrees), Image.Resampling.BICUBIC, expand=True)


def _lay(ground: Image.Image, card: Image.Image, centre: tuple[int, int]) -> None:
    """Put a card on the ground, with its shadow."""
    left, top = centre[0] - card.width // 2, centre[1] - card.height // 2
    reach = 40
    shade = Image.new("L", (card.width + 2 * reach, card.height + 2 * reach))
    shade.paste(card.getchannel("A").point(lambda alpha: alpha * 0.62), (reach, reach))
    shade = shade.filter(ImageFilter.GaussianBlur(13))
    ground.paste((12, 8, 6), (left - reach + 7, top - reach + 12), shade)
    ground.paste(card, (left, top), card)


def _peg(ground: Image.Image, where: tuple[int, int]) -> None:
    pen = ImageDraw.Draw(ground)
    column, row = where
    pen.rounded_rectangle([column - 7, row - 26, column + 7, row + 30], 4, fill=(176, 132, 84), outline=(110, 78, 46))
    pen.line([(column - 7, row - 2), (column + 7, row - 2)], fill=(90, 64, 40), width=3)
