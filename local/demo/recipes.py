"""How a photo of the demo is made: a recipe takes the photos of the packages, by name, and gives a picture."""

from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image, ImageOps

from local.demo import compositions
from local.demo.canvas import Size
from local.demo.landscapes import LANDSCAPE, MOODS, Mood
from local.demo.light import enlarged

Photos = Mapping[str, Image.Image]
Recipe = Callable[[Photos], Image.Image]
Look = Callable[[Image.Image], Image.Image]
Box = tuple[int, int, int, int]


def drawn(scene: Callable[[int, Mood, Size], Image.Image], seed: int, mood: str, size: Size = LANDSCAPE) -> Recipe:
    """A landscape."""
    return lambda photos: scene(seed, MOODS[mood], size)


def of(name: str, box: Box | None = None, look: Look | None = None, side: int = 1280, mirror: bool = False) -> Recipe:
    """A photo or the part ``box`` of it (in its pixels), in another light, enlarged to ``side`` if it is smaller."""

    def make(photos: Photos) -> Image.Image:
        picture = enlarged(photos[name].crop(box) if box else photos[name], side)
        picture = ImageOps.mirror(picture) if mirror else picture
        return look(picture) if look else picture

    return make


def wall_of(*recipes: Recipe, height: int = 500, size: Size = (2400, 1000)) -> Recipe:
    """Framed, side by side on a wall."""

    def make(photos: Photos) -> Image.Image:
        random = np.random.default_rng(size[0])
        frames = [compositions.framed(recipe(photos), height) for recipe in recipes]
        return compositions.hung(random, compositions.wall(random, size), frames)

    return make


def table_of(*recipes: Recipe, columns: int, side: int = 330, size: Size = (1800, 1150)) -> Recipe:
    """Instant prints on a table."""

    def make(photos: Photos) -> Image.Image:
        random = np.random.default_rng(side)
        cards = [compositions.instant(recipe(photos), side) for recipe in recipes]
        return compositions.spread(random, compositions.table(random, size), cards, columns)

    return make


def string_of(ground: Recipe, *recipes: Recipe, side: int = 310) -> Recipe:
    """Instant prints pegged to a string in front of a landscape."""

    def make(photos: Photos) -> Image.Image:
        cards = [compositions.instant(recipe(photos), side) for recipe in recipes]
        return compositions.pegged(np.random.default_rng(side), ground(photos), cards)

    return make


def booth_of(*recipes: Recipe) -> Recipe:
    """Four frames from a photo booth."""
    return lambda photos: compositions.booth([recipe(photos) for recipe in recipes])


def sheet_of(*recipes: Recipe, columns: int) -> Recipe:
    """A contact sheet."""
    return lambda photos: compositions.contact_sheet([recipe(photos) for recipe in recipes], columns)


def lit(look: Look, recipe: Recipe) -> Recipe:
    """What another recipe makes, in a different light."""
    return lambda photos: look(recipe(photos))


def pair_of(left: Recipe, right: Recipe) -> Recipe:
    """Two pictures on one page."""
    return lambda photos: compositions.pair(left(photos), right(photos))
