"""Pieces of landscapes: clouds, stars, water, woods, towers. Each takes a canvas and returns it with more on it."""

import numpy as np
from PIL import Image, ImageDraw

from local.demo.canvas import (
    Floats,
    Random,
    Size,
    below,
    between,
    blur,
    disc,
    glow,
    ink,
    mask_of,
    noise,
    paint,
    ridge,
    shine,
    size_of,
)

Point = tuple[float, float]
_WHITE = ink("#ffffff")


def sun(canvas: Floats, where: Point, light: Floats) -> Floats:
    """The sun and the air around it."""
    size = size_of(canvas)
    canvas = shine(canvas, glow(size, where, 0.16, 1.6), light, 0.75)
    return shine(canvas, disc(size, where, 0.034), ink("#fff6e0"), 0.95)


def clouds(random: Random, canvas: Floats, where: Point, light: Floats) -> Floats:
    """Thin clouds in bands, lit from below where the sun is."""
    size = size_of(canvas)
    veil = np.clip((noise(random, size, (3, 9), 6, 0.55) - 0.5) / 0.4, 0, 1) ** 1.5
    height = np.clip(1 - np.arange(size[1], dtype=np.float32) / (size[1] * where[1] * 1.05 + 1), 0, 1)
    veil = veil * np.sqrt(height)[:, None]
    canvas = paint(canvas, veil * 0.28, ink("#f3e7e4"))
    return shine(canvas, veil * glow(size, where, 0.34, 1.8), light, 0.65)


def stars(random: Random, canvas: Floats, down_to: float, density: float = 1.0) -> Floats:
    """Stars that fade towards the row ``down_to``, a fraction of the height; few are bright."""
    width, height = size_of(canvas)
    count = round(width * height / 5200 * density)
    sky = np.zeros((height, width), np.float32)
    rows = (random.random(count) ** 1.25 * down_to * height).astype(int)
    columns = random.integers(1, width - 1, count)
    bright = np.clip(random.pareto(2.2, count) * 0.22, 0.05, 1.0) * (1 - rows / (down_to * height)) ** 0.6
    np.maximum.at(sky, (rows, columns), bright.astype(np.float32))
    bloom = blur(np.where(sky > 0.55, sky, np.float32(0)), 3)
    return shine(canvas, np.clip(sky + blur(sky, 0.9) * 2.4 + bloom * 7, 0, 1), ink("#e6edff"))


def galaxy(random: Random, canvas: Floats) -> Floats:
    """A bright band from one corner to the other, with dark dust in it."""
    size = width, height = size_of(canvas)
    across = np.arange(width, dtype=np.float32)[None, :] / width
    down = np.arange(height, dtype=np.float32)[:, None] / height
    aside = across - 0.78 + 0.62 * down + 0.1 * (noise(random, size, (2, 3), 3) - 0.5)
    dust = np.exp(-(((aside + 0.02) / 0.055) ** 2)) * noise(random, size, (7, 10), 6, 0.6)
    band = np.exp(-((aside / 0.17) ** 2)) * (0.3 + 0.7 * noise(random, size, (5, 7), 6, 0.62)) * (1 - 0.8 * dust)
    canvas = shine(canvas, band, ink("#9db4ff"), 0.42)
    canvas = shine(canvas, band**2, ink("#ffcfae"), 0.5)
    fine = random.random((height, width), dtype=np.float32)
    specks = np.where(fine > 1 - 0.025 * band, band, np.float32(0))
    return shine(canvas, np.clip(specks + blur(specks, 0.8), 0, 1), ink("#eef0ff"), 0.85)


def aurora(random: Random, canvas: Floats, foot: float) -> Floats:
    """Curtains of light; ``foot`` is where the lowest one ends, a fraction of the height."""
    width, height = size_of(canvas)
    down = np.arange(height, dtype=np.float32)[:, None] / height
    for lift, long, strength in ((0.16, 0.2, 0.6), (0.07, 0.3, 0.8), (0.0, 0.34, 1.0)):
        line = foot - lift - 0.2 * ridge(random, width, 2, 3, 0.4)[None, :]
        rays = 0.3 + 0.7 * ridge(random, width, 30, 4, 0.75)[None, :]
        reach = np.clip(ridge(random, width, 3, 2)[None, :] * 1.7 - 0.25, 0, 1)
        above = (line - down) / (long * (0.6 + 0.8 * rays))
        curtain = np.where(above > 0, np.exp(-2.2 * above), np.exp(above * 22)) * rays * reach * np.float32(strength)
        canvas = shine(canvas, curtain, ink("#3dffa4"), 1.0)
        canvas = shine(canvas, curtain * np.clip(above * 1.6 - 0.3, 0, 1), ink("#c06cff"), 1.4)
        canvas = shine(canvas, blur(curtain, width / 40), ink("#2fd08a"), 0.5)
    return canvas


def wooded(random: Random, line: Floats, tall: float) -> Floats:
    """A ridge with the tips of trees along it, ``tall`` pixels high at most."""
    width = len(line)
    tips = np.zeros(width, np.float32)
    columns = np.arange(width, dtype=np.float32)
    for place in np.arange(0, width, max(2.0, tall * 0.28)):
        centre, high = place + random.normal(0, tall * 0.2), tall * random.uniform(0.35, 1.0)
        first, last = int(max(0, centre - high * 0.3)), int(min(width, centre + high * 0.3 + 2))
        tip = high * (1 - np.abs(columns[first:last] - centre) / (high * 0.26))
        tips[first:last] = np.maximum(tips[first:last], tip)
    return line - tips


def headland(random: Random, canvas: Floats, horizon: float, dark: Floats) -> Floats:
    """Land that runs out into the sea from one side, twice, the farther paler."""
    width, height = size_of(canvas)
    side = random.random() < 0.5
    far = canvas[round(horizon * height) - 2].mean(axis=0)
    for lift, reach, share in ((0.05, 0.75, 0.45), (0.1, 0.42, 0.8)):
        slope = np.clip(1 - np.linspace(0, 1, width, dtype=np.float32) / reach, 0, 1) ** 0.8
        rise = slope * (0.35 + 0.65 * ridge(random, width, 4)) * lift
        line = (horizon - (rise if side else rise[::-1])) * height
        canvas = paint(canvas, below(line, height) * (line < horizon * height - 0.5), between(far, dark, share))
    return canvas


def water(random: Random, canvas: Floats, shore: int, dark: Floats, tint: float) -> Floats:
    """Everything above the row ``shore`` mirrored in water, which ripples more the nearer it is."""
    width, height = size_of(canvas)
    rows = np.arange(height - shore, dtype=np.float32)[:, None]
    near = rows / (height - shore)
    ripple = noise(random, (width, height - shore), (5, 60), 3, 0.6) - 0.5
    upward = shore - 1 - rows * 0.92 - ripple * (4 + 60 * near)
    aside = np.arange(width, dtype=np.float32)[None, :] + ripple * (3 + 14 * near)
    mirrored = canvas[np.clip(upward, 0, shore - 1).astype(int), np.clip(aside, 0, width - 1).astype(int)]
    surface = paint(mirrored, tint * (0.4 + 0.6 * near), dark)
    surface = shine(surface, np.exp(-rows / 2.5), _WHITE, 0.08)
    return np.concatenate([canvas[:shore], surface])


def glitter(random: Random, canvas: Floats, shore: int, column: float, light: Floats) -> Floats:
    """The path that a low sun lays on the water; ``column`` is a fraction of the width."""
    width, height = size_of(canvas)
    rows = height - shore
    waves = noise(random, (width, rows), (14, 90), 3, 0.7)
    near = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    aside = (np.arange(width, dtype=np.float32)[None, :] / width - np.float32(column)) / (0.025 + 0.13 * near)
    path = np.zeros((height, width), np.float32)
    path[shore:] = np.exp(-(aside**2)) * np.clip((waves - 0.42 - 0.1 * near) / 0.12, 0, 1) * (1 - 0.75 * near)
    return shine(shine(canvas, blur(path, 6), light, 0.9), path, ink("#ffe9c4"), 0.85)


def beach(random: Random, canvas: Floats, dark: Floats) -> Floats:
    """Wet sand in front, with two lines of foam."""
    size = width, height = size_of(canvas)
    slope = 0.9 + 0.05 * np.linspace(-1, 1, width, dtype=np.float32)
    line = (slope + 0.025 * ridge(random, width, 2, 3)) * height
    canvas = paint(canvas, below(line, height) * (0.7 + 0.14 * noise(random, size, (40, 30), 3, 0.7)), dark)
    off = np.arange(height, dtype=np.float32)[:, None] - line[None, :]
    foam = np.exp(-((off / 3.2) ** 2)) + 0.5 * np.exp(-(((off + 22) / 5) ** 2))
    broken = np.clip((noise(random, size, (30, 20), 4) - 0.35) * 2.4, 0, 1)
    return shine(canvas, foam * broken, ink("#ffe4d6"), 0.42)


def mountains(random: Random, canvas: Floats, shore: float, lift: float, rock: Floats, haze: Floats) -> Floats:
    """A range that pales towards its foot; ``shore`` and ``lift`` are fractions of the height."""
    width, height = size_of(canvas)
    line = (shore - lift * (0.1 + 0.9 * ridge(random, width, 4, 8, 0.5) ** 1.5)) * height
    depth = np.clip((np.arange(height, dtype=np.float32)[:, None] - line) / np.float32(lift * height), 0, 1)
    return paint(canvas, below(line, height), paint(rock, depth * 0.85, haze))


def fir_trees(
    random: Random, size: Size, count: int, ground: float, tall: float, clearing: tuple[float, float]
) -> tuple[Floats, Floats]:
    """Masks of fir trees and of the snow on them. ``clearing`` is a column and how far around it there are none."""
    width, height = size
    trees, snow = Image.new("L", size), Image.new("L", size)
    pens = ImageDraw.Draw(trees), ImageDraw.Draw(snow)
    for place in np.sort(random.uniform(-0.06, 1.06, count)):
        if abs(place - clearing[0]) > clearing[1] * random.uniform(0.7, 1.1):
            foot = (ground + random.uniform(-0.01, 0.03)) * height
            _fir(random, pens, (place * width, foot), tall * height * random.uniform(0.55, 1.0))
    return mask_of(trees), np.minimum(mask_of(snow), mask_of(trees))


def _fir(random: Random, pens: tuple[ImageDraw.ImageDraw, ImageDraw.ImageDraw], where: Point, tall: float) -> None:
    tree, snow = pens
    column, foot = where
    tree.line([(column, foot - tall * 0.2), (column, foot + tall * 0.05)], fill=255, width=max(2, round(tall * 0.03)))
    tiers = max(9, round(tall / 13))
    for tier in range(tiers):
        share = (tier + 1) / tiers
        upper, lower = foot - tall * (1.1 - share * 0.9), foot - tall * (1 - share * 0.95)
        for side in (-1, 1):
            reach = side * tall * 0.2 * share**0.85 * random.uniform(0.72, 1.15)
            tip = (column + reach, lower + abs(reach) * random.uniform(0.05, 0.32))
            tree.polygon([(column, upper), tip, (column + reach * 0.42, lower), (column, lower)], fill=255)
            branch = [(column + reach * 0.25, upper + (lower - upper) * 0.6), tip, (column + reach * 0.55, lower - 1)]
            snow.polygon(branch, fill=int(random.integers(120, 240)))


def flakes(random: Random, canvas: Floats) -> Floats:
    """Snow that falls: far flakes are small and sharp, near ones large and out of focus."""
    width, height = size_of(canvas)
    for count, radius, soft, strength in ((900, 1.4, 0.8, 0.75), (220, 3.2, 1.8, 0.6), (30, 12, 6, 0.26)):
        drawn = Image.new("L", (width, height))
        pen = ImageDraw.Draw(drawn)
        for across, down, scale in random.random((count, 3)):
            pen.circle((across * width, down * height), radius * (0.5 + scale), fill=255)
        canvas = shine(canvas, blur(mask_of(drawn), soft), _WHITE, strength)
    return canvas


def towers(random: Random, canvas: Floats, shore: float, tall: float, near: float, wall: Floats) -> Floats:
    """A row of towers along the shore, higher in the middle, with some windows lit; ``near`` from 0 to 1."""
    size = width, height = size_of(canvas)
    walls, windows = Image.new("L", size), Image.new("RGB", size)
    pen, lamp = ImageDraw.Draw(walls), ImageDraw.Draw(windows)
    foot, column = round(shore * height), -20.0
    while column < width:
        wide = random.uniform(0.018, 0.055) * height
        middle = np.exp(-(((column / width - 0.5) / 0.3) ** 2))
        high = tall * height * (0.22 + 0.78 * middle) * random.uniform(0.35, 1.0)
        box = round(column), round(foot - high), round(column + wide), foot
        pen.rectangle(box, fill=255)
        if random.random() < 0.25:
            mast = (box[0] + box[2]) / 2
            pen.line([(mast, box[1] - high * 0.18), (mast, box[1])], fill=255, width=2)
        _windows(random, lamp, box, near)
        column += wide * random.uniform(0.8, 1.25)
    lit = mask_of(windows)
    halo = np.stack([blur(lit[..., channel], 9) for channel in range(3)], axis=2)
    return 1 - (1 - paint(canvas, mask_of(walls), wall)) * (1 - lit) * (1 - 1.4 * np.clip(halo, 0, 0.6))


def _windows(random: Random, lamp: ImageDraw.ImageDraw, box: tuple[int, int, int, int], near: float) -> None:
    left, upper, right, lower = box
    inks = [ink(code) for code in ("#ffd9a0", "#ffc06b", "#fff0d0", "#cfe3ff", "#ff9f6b")]
    share = random.uniform(0.1, 0.7)
    for row in range(upper + 5, lower - 3, 7):
        for place in range(left + 3, right - 4, 5):
            if random.random() < share:
                shown = inks[random.integers(len(inks))] * random.uniform(0.35, 1.0) * (0.5 + 0.5 * near)
                fill = tuple(int(channel * 255) for channel in shown)
                lamp.rectangle([place, row, place + 2, row + 3], fill=fill)


def city_lights(random: Random, canvas: Floats, shore: int, dark: Floats) -> Floats:
    """Water at night: what is above it mirrored, and every light drawn out downwards."""
    width, height = size_of(canvas)
    rows = height - shore
    lights = np.clip(canvas[:shore][::-1].max(axis=2) - 0.5, 0, 1)[:rows]
    streaks = np.zeros((height, width), np.float32)
    streaks[shore : shore + len(lights)] = np.maximum.accumulate(lights, axis=0)
    fade = np.exp(-np.linspace(0, 2.6, rows, dtype=np.float32))[:, None]
    streaks = blur(streaks, 2.5)
    streaks[shore:] *= fade * (0.3 + 0.7 * noise(random, (width, rows), (10, 80), 3, 0.6))
    return shine(water(random, canvas, shore, dark, 0.5), streaks, ink("#ffc08a"), 1.5)
