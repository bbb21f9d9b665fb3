"""Other light for a photo: black and white, a warm evening, a winter's day, an old film."""

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

from local.demo.canvas import Floats, Size, distances, ink, mask_of


def enlarged(image: Image.Image, long_side: int) -> Image.Image:
    """The photo at another size, never smaller; ``long_side`` in pixels."""
    scale = max(1.0, long_side / max(image.size))
    return image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)


def mono(image: Image.Image) -> Image.Image:
    """Black and white with deep shadows and grain."""
    grey = ImageOps.autocontrast(image.convert("L"), cutoff=0.5).convert("RGB")
    return _graded(grey, "#0c0b0d", "#fbf9f5", contrast=1.08, grain=0.022)


def warm(image: Image.Image) -> Image.Image:
    """An evening's sun."""
    return _graded(image, "#120a0c", "#ffeccb", colour=1.08, grain=0.01)


def cool(image: Image.Image) -> Image.Image:
    """A winter's day, with the shade blue."""
    return _graded(image, "#101c2c", "#eaf3ff", colour=0.82, grain=0.01)


def film(image: Image.Image) -> Image.Image:
    """A film that has faded: shadows lifted to green, lights to cream."""
    return _graded(image, "#1c2522", "#fbf0dc", colour=0.86, contrast=0.96, grain=0.02)


def _graded(
    image: Image.Image, shadow: str, highlight: str, colour: float = 1.0, contrast: float = 1.0, grain: float = 0.0
) -> Image.Image:
    """Shadows and lights moved to two inks, corners darkened a little, and grain, the same each time."""
    image = ImageEnhance.Contrast(ImageEnhance.Color(image).enhance(colour)).enhance(contrast)
    low, high = ink(shadow), ink(highlight)
    graded = (low + mask_of(image) * (high - low)) * _corners(image.size)
    random = np.random.default_rng(image.width * image.height)
    graded = graded + random.standard_normal((image.height, image.width, 1), np.float32) * np.float32(grain)
    return Image.fromarray((np.clip(graded, 0, 1) * 255 + 0.5).astype(np.uint8))


def _corners(size: Size) -> Floats:
    away = distances(size, (0.5, 0.5)) / np.float32(0.5 * np.hypot(1, size[0] / size[1]))
    return (1 - 0.16 * away**2.2)[..., None]
