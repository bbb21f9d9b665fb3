"""Landscapes that are drawn: hills in mist, dusk at the sea, a city at night, a forest in the snow.

Each takes a seed, a mood and the size (width, height), and always draws the same picture from them.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from local.demo import scenery
from local.demo.canvas import (
    Floats,
    Size,
    below,
    between,
    develop,
    glow,
    gradient,
    ink,
    noise,
    paint,
    ridge,
    shine,
)

LANDSCAPE: Size = (1500, 1000)
PORTRAIT: Size = (1000, 1400)
PANORAMA: Size = (2400, 800)


@dataclass(frozen=True)
class Mood:
    """Inks of the sky from the zenith down, of what is near, and of the light."""

    zenith: Floats
    sky: Floats
    horizon: Floats
    near: Floats
    light: Floats

    def backdrop(self, size: Size, horizon: float) -> Floats:
        """The bare sky down to the horizon, a fraction of the height."""
        stops = [(0, self.zenith), (horizon * 0.6, self.sky), (horizon, self.horizon), (1, self.horizon)]
        return gradient(size, stops)

    def at(self, near: float) -> Floats:
        """The ink of something dark behind much air (0) or little (1)."""
        return between(self.horizon, self.near, near)


def _mood(*codes: str) -> Mood:
    return Mood(*map(ink, codes))


MOODS = {
    "dawn": _mood("#6f8fb8", "#e9b99a", "#f8ddb8", "#1d2a36", "#ffb45e"),
    "autumn": _mood("#8a6a6e", "#e79a5f", "#f7cf8d", "#3a1d16", "#ff9a3c"),
    "blue hour": _mood("#16233f", "#3f5e8c", "#a9b7cf", "#0a121f", "#ffd9b0"),
    "dusk": _mood("#121a3e", "#6b3f7c", "#ff9a68", "#0b0d1c", "#ff8a4c"),
    "rose": _mood("#4a6fa5", "#e7a3b0", "#ffd9c0", "#1b2338", "#ffb08a"),
    "night": _mood("#0a1030", "#313375", "#ee8a7c", "#05081a", "#ffab70"),
    "alpine": _mood("#2f6aa8", "#8fbce0", "#e8f0f4", "#15302f", "#fff0d6"),
    "alpenglow": _mood("#26365f", "#b0708c", "#ffc79a", "#1a2233", "#ff9f70"),
    "snow": _mood("#8fa9c6", "#c3d2e2", "#e6edf3", "#142733", "#fff3df"),
    "snow at dusk": _mood("#1f2f57", "#6a6f9f", "#e9b7ae", "#0e1830", "#ffb58a"),
    "stars": _mood("#050817", "#0d1a3a", "#31506f", "#02040a", "#5fb0a0"),
}


def misty_hills(seed: int, mood: Mood, size: Size = LANDSCAPE) -> Image.Image:
    """Ridge behind ridge, with the sun low and mist in the valleys."""
    random = np.random.default_rng(seed)
    horizon, layers = 0.56, 7
    where = (random.uniform(0.3, 0.7), horizon - 0.1)
    canvas = scenery.clouds(random, mood.backdrop(size, horizon), where, mood.light)
    canvas = scenery.sun(canvas, where, mood.light)
    for layer in range(layers):
        near = (layer + 1) / layers
        base = horizon - 0.06 + 0.46 * near**1.5
        line = (base - (0.11 + 0.07 * near) * ridge(random, size[0], 3 + layer)) * size[1]
        depth = np.clip((np.arange(size[1], dtype=np.float32)[:, None] - line) / (size[1] * 0.2), 0, 1)
        drifts = 0.55 + 0.45 * noise(random, size, (4, 12), 4)
        hill = paint(mood.at(0.12 + 0.88 * near**1.15), 0.75 * (1 - near) ** 0.7 * depth * drifts, mood.horizon)
        if near > 0.5:
            line = scenery.wooded(random, line, size[1] * (0.012 + 0.035 * (near - 0.5)))
        mask = below(line, size[1])
        canvas = shine(paint(canvas, mask, hill), mask * glow(size, where, 0.3), mood.light, 0.24 * (1 - near))
    return develop(random, canvas)


def sea(seed: int, mood: Mood, size: Size = LANDSCAPE) -> Image.Image:
    """The sea at the end of the day: a glow on the horizon, and its path on the water."""
    random = np.random.default_rng(seed)
    horizon = 0.58
    shore, where = round(horizon * size[1]), (random.uniform(0.35, 0.65), horizon - 0.012)
    canvas = scenery.stars(random, mood.backdrop(size, horizon), horizon * 0.62)
    canvas = scenery.clouds(random, canvas, where, mood.light)
    canvas = scenery.sun(canvas, where, mood.light)
    canvas = scenery.headland(random, canvas, horizon, mood.near)
    canvas = scenery.water(random, canvas, shore, mood.near, 0.42)
    canvas = scenery.glitter(random, canvas, shore, where[0], mood.light)
    return develop(random, scenery.beach(random, canvas, mood.near))


def lake(seed: int, mood: Mood, size: Size = LANDSCAPE) -> Image.Image:
    """Snow-capped mountains, and their reflection in the water."""
    random = np.random.default_rng(seed)
    shore = 0.6
    canvas = scenery.clouds(random, mood.backdrop(size, shore), (random.uniform(0.25, 0.75), 0.3), mood.light)
    canvas = _range(random, canvas, shore, mood)
    return develop(random, scenery.water(random, canvas, round(shore * size[1]), mood.near, 0.22))


def northern_lights(seed: int, mood: Mood, size: Size = LANDSCAPE) -> Image.Image:
    """Curtains of green above mountains, and in the lake before them."""
    random = np.random.default_rng(seed)
    shore = 0.66
    canvas = scenery.stars(random, mood.backdrop(size, shore), shore, 2.0)
    canvas = scenery.aurora(random, canvas, 0.5)
    canvas = _range(random, canvas, shore, mood)
    return develop(random, scenery.water(random, canvas, round(shore * size[1]), mood.near, 0.2))


def snow_forest(seed: int, mood: Mood, size: Size = PORTRAIT) -> Image.Image:
    """Fir trees in falling snow, paler in the distance."""
    random = np.random.default_rng(seed)
    where = (random.uniform(0.35, 0.65), 0.46)
    canvas = shine(mood.backdrop(size, 0.7), glow(size, where, 0.22, 1.6), mood.light, 0.6)
    for layer in range(6):
        near = layer / 5
        ground, tall = 0.6 + 0.3 * near**1.3, 0.2 + 0.46 * near**1.3
        count = round((56 - 40 * near) * size[0] / size[1])
        trees, snow = scenery.fir_trees(random, size, count, ground, tall, (where[0], 0.04 + 0.26 * near))
        canvas = paint(canvas, trees, mood.at(0.16 + 0.84 * near**0.9))
        canvas = paint(canvas, snow * (0.3 + 0.3 * near), between(mood.horizon, ink("#f4f8ff"), 0.6))
        bank = between(mood.horizon, ink("#eef4fb"), 0.3 + 0.4 * near)
        drift = paint(bank, noise(random, size, (3, 14), 4) * 0.6, between(mood.horizon, mood.sky, 0.75))
        canvas = paint(canvas, below((ground - 0.03 * ridge(random, size[0], 3, 3)) * size[1], size[1]), drift)
        canvas = paint(canvas, glow(size, (0.5, ground), 0.1) * 0.3 * (1 - near), mood.horizon)
    canvas = shine(canvas, glow(size, where, 0.35), mood.light, 0.14)
    return develop(random, scenery.flakes(random, canvas))


def city(seed: int, mood: Mood, size: Size = LANDSCAPE) -> Image.Image:
    """A city across the bay after sunset, and its lights on the water."""
    random = np.random.default_rng(seed)
    shore = 0.6
    canvas = scenery.stars(random, mood.backdrop(size, shore), shore * 0.5)
    canvas = scenery.clouds(random, canvas, (0.5, shore), mood.light)
    canvas = shine(canvas, glow(size, (0.5, shore), 0.2, 1.7), mood.light, 0.55)
    for near, tall in ((0.3, 0.3), (0.6, 0.36), (1.0, 0.24)):
        canvas = scenery.towers(random, canvas, shore, tall, near, mood.at(0.45 + 0.5 * near))
    return develop(random, scenery.city_lights(random, canvas, round(shore * size[1]), mood.near), bloom=0.35)


def milky_way(seed: int, mood: Mood, size: Size = PORTRAIT) -> Image.Image:
    """Stars above a line of fir trees, and the band of the galaxy among them."""
    random = np.random.default_rng(seed)
    canvas = scenery.galaxy(random, mood.backdrop(size, 0.95))
    canvas = scenery.stars(random, canvas, 0.95, 3.5)
    canvas = shine(canvas, glow(size, (0.5, 1.0), 0.24, 1.6), mood.light, 0.5)
    canvas = paint(canvas, below((0.9 - 0.05 * ridge(random, size[0], 3)) * size[1], size[1]), mood.at(0.75))
    trees, _ = scenery.fir_trees(random, size, 22, 0.97, 0.2, (0.5, 0.16))
    ground = below(np.full(size[0], 0.955 * size[1], np.float32), size[1])
    return develop(random, paint(canvas, np.maximum(trees, ground), mood.near))


def _range(random: np.random.Generator, canvas: Floats, shore: float, mood: Mood) -> Floats:
    """Ranges of mountains with mist at their feet, and a wood along the shore."""
    height, width = canvas.shape[:2]
    for near, lift in ((0.2, 0.4), (0.45, 0.28), (0.7, 0.16)):
        rock = between(mood.sky, mood.near, near)
        canvas = scenery.mountains(random, canvas, shore, lift, rock, between(rock, mood.horizon, 0.55 * (1 - near)))
    line = (shore - 0.01 - 0.02 * ridge(random, width, 7)) * height
    return paint(canvas, below(scenery.wooded(random, line, height * 0.045), height), mood.at(0.92))
