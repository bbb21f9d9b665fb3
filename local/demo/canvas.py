"""What drawn landscapes are made of: noise, gradients, glows, ridges and grain, as arrays of floats.

A canvas has the shape (height, width, 3), a mask (height, width); both go from 0 to 1. An ink is one colour or a whole
canvas. Whatever is random comes from the generator that is handed in, so that a seed always draws the same picture.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Floats = NDArray[np.floating[Any]]
Random = np.random.Generator
Size = tuple[int, int]


def ink(code: str) -> Floats:
    """The colour that a code such as ``#f0a35c`` means."""
    return np.frombuffer(bytes.fromhex(code.removeprefix("#")), np.uint8).astype(np.float32) / 255


def between(first: Floats, second: Floats, share: float) -> Floats:
    """A mixture of two inks; ``share`` is how much of the second is in it."""
    return first + (second - first) * np.float32(share)


def size_of(canvas: Floats) -> Size:
    """Width and height."""
    return canvas.shape[1], canvas.shape[0]


def gradient(size: Size, stops: Sequence[tuple[float, Floats]]) -> Floats:
    """A canvas with inks from top to bottom; each stop is a fraction of the height and an ink."""
    at = np.linspace(0, 1, size[1])
    places = [place for place, _ in stops]
    channels = [np.interp(at, places, [colour[channel] for _, colour in stops]) for channel in range(3)]
    column = np.stack(channels, axis=1).astype(np.float32)
    return np.repeat(column[:, None, :], size[0], axis=1)


def noise(random: Random, size: Size, cells: Size, octaves: int = 4, fall: float = 0.5) -> Floats:
    """Smooth noise from 0 to 1; ``cells`` (across, down) is how many bumps the coarsest octave has."""
    total = np.zeros((size[1], size[0]), np.float32)
    for octave in range(octaves):
        across, down = (max(2, count * 2**octave) for count in cells)
        coarse = Image.fromarray(random.random((down, across), dtype=np.float32))
        total += fall**octave * np.asarray(coarse.resize(size, Image.Resampling.BICUBIC))
    low, high = total.min(), total.max()
    scaled: Floats = (total - low) / (high - low)
    return scaled


def ridge(random: Random, width: int, bumps: int, octaves: int = 6, fall: float = 0.48) -> Floats:
    """Heights from 0 to 1 along a line of hills."""
    heights: Floats = noise(random, (width, 1), (bumps, 1), octaves, fall)[0]
    return heights


def below(line: Floats, height: int) -> Floats:
    """A mask of everything under a line, which gives a row for each column."""
    mask: Floats = np.clip(np.arange(height, dtype=np.float32)[:, None] - line[None, :] + 0.5, 0, 1)
    return mask


def distances(size: Size, centre: tuple[float, float]) -> Floats:
    """How far each pixel is from ``centre`` (fractions of the size), in heights."""
    width, height = size
    down = np.arange(height, dtype=np.float32) / height - np.float32(centre[1])
    across = (np.arange(width, dtype=np.float32) / width - np.float32(centre[0])) * np.float32(width / height)
    return np.hypot(across[None, :], down[:, None])


def disc(size: Size, centre: tuple[float, float], radius: float) -> Floats:
    """A mask of a disc; ``radius`` is a fraction of the height."""
    mask: Floats = np.clip((radius - distances(size, centre)) / (radius * 0.06) + 0.5, 0, 1)
    return mask


def glow(size: Size, centre: tuple[float, float], radius: float, power: float = 2.0) -> Floats:
    """Light that falls off from ``centre``: to a half at ``radius``, a fraction of the height."""
    light: Floats = 1 / (1 + (distances(size, centre) / np.float32(radius)) ** np.float32(power))
    return light


def paint(canvas: Floats, mask: Floats, over: Floats) -> Floats:
    """Cover the canvas with an ink where the mask is."""
    return canvas + (over - canvas) * mask[..., None]


def shine(canvas: Floats, light: Floats, tint: Floats, strength: float = 1.0) -> Floats:
    """Add light in an ink, like a second exposure: what is already bright stays below 1."""
    lit: Floats = 1 - (1 - canvas) * (1 - np.clip(tint * (light * np.float32(strength))[..., None], 0, 1))
    return lit


def blur(mask: Floats, radius: float) -> Floats:
    """A mask out of focus."""
    # Pillow blurs no floats; 8 bits are enough for what is out of focus.
    eight = Image.fromarray((np.clip(mask, 0, 1) * 255).astype(np.uint8))
    return mask_of(eight.filter(ImageFilter.GaussianBlur(radius)))


def mask_of(drawn: Image.Image) -> Floats:
    """An image as a mask or a canvas."""
    return np.asarray(drawn, np.float32) / 255


def develop(random: Random, canvas: Floats, bloom: float = 0.12) -> Image.Image:
    """The finished photo: highlights bleed a little, corners darken, and there is grain, which hides bands too."""
    size = width, height = size_of(canvas)
    bright = np.clip((canvas.max(axis=2) - 0.72) / 0.28, 0, 1)
    canvas = 1 - (1 - np.clip(canvas, 0, 1)) * (1 - bloom * blur(bright, width / 60))[..., None]
    corners = distances(size, (0.5, 0.5)) / np.float32(0.5 * np.hypot(1, width / height))
    canvas = canvas * (1 - 0.25 * corners**2.4)[..., None]
    canvas = canvas + random.standard_normal((height, width, 1), np.float32) * np.float32(0.012)
    return Image.fromarray((np.clip(canvas, 0, 1) * 255 + 0.5).astype(np.uint8))
