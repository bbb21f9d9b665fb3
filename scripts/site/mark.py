"""The site's mark, two circles that meet, drawn as pixels; site/templates/icons.html has it as an SVG."""

from PIL import Image, ImageChops, ImageDraw

# In the drawing's own units: a box, two circles in it, and the width of their outlines.
_BOX = (34, 22)
CENTRES = ((11, 11), (23, 11))
RADIUS = 10
STROKE = 2
# Drawn larger, then reduced, since Pillow draws shapes with hard edges.
_SMOOTH = 4


def draw_mark(picture: Image.Image, left: int, top: int, width: int, ink: str, accent: str) -> None:
    """Draw the mark into an RGB picture, ``width`` pixels wide: outlines in ``ink``, the middle in ``accent``."""
    height = height_of(width)
    size = (width * _SMOOTH, height * _SMOOTH)
    scale = size[0] / _BOX[0]
    discs = [Image.new("L", size), Image.new("L", size)]
    rings = Image.new("L", size)
    for disc, centre in zip(discs, CENTRES, strict=True):
        ImageDraw.Draw(disc).ellipse(_around(centre, RADIUS, scale), fill=255)
        outer = _around(centre, RADIUS + STROKE / 2, scale)
        ImageDraw.Draw(rings).ellipse(outer, outline=255, width=round(STROKE * scale))
    for mask, colour in ((ImageChops.darker(*discs), accent), (rings, ink)):
        picture.paste(colour, (left, top), mask.reduce(_SMOOTH))


def height_of(width: int) -> int:
    """The mark's height at this width."""
    return round(width * _BOX[1] / _BOX[0])


def _around(centre: tuple[int, int], radius: float, scale: float) -> tuple[float, float, float, float]:
    x, y = centre
    return (x - radius) * scale, (y - radius) * scale, (x + radius) * scale, (y + radius) * scale
