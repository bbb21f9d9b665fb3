"""A face cut out of its picture, turned upright, in the size that the landmark predictor and the descriptor work on."""

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image

# The landmark predictor was trained on the boxes that dlib's own detector gives. Measured on 662 faces: their middle
# lies so far to the right of the middle of the five points and below it, and their side is so long. The unit is the
# root of the area of CenterFace's box. (From the middle of that box it strays twice as far: think of a profile.)
_RIGHT, _DOWN = -0.030, -0.030
_SIDE = 0.942
# Around the box there is so much of it again, because the descriptor sees more than the box.
_AROUND = 0.6
# The box's side in pixels. Between these limits pixels are taken as they are, because resampling blurs. Landmarks are
# whole pixels, so smaller faces are enlarged.
_MIN_PIXELS, _MAX_PIXELS = 100, 250
# Faces that are less turned stay as they are: the predictor is used to that, and `align` turns them.
_MAX_ROLL = math.radians(30)


@dataclass(frozen=True)
class Detection:
    """A face in pixels of the picture: the box's middle and size, score (0 to 1), and five points, (5, 2).

    The points are the eyes, the nose and the corners of the mouth; the eye and the corner on the left of an upright
    face come first.
    """

    x: float
    y: float
    width: float
    height: float
    score: float
    points: np.ndarray

    def scaled(self, across: float, down: float) -> "Detection":
        """The same face in a picture that is so many times as wide and as high."""
        return Detection(
            self.x * across,
            self.y * down,
            self.width * across,
            self.height * down,
            self.score,
            self.points * (across, down),
        )


@dataclass(frozen=True)
class Closeup:
    """Pixels, (n, n, 3) uint8 in RGB, with the face's box ``margin`` pixels from each edge.

    A point (x, y) of them is at ``a·x - b·y + left``, ``b·x + a·y + top`` of the picture.
    """

    pixels: np.ndarray
    margin: int
    a: float
    b: float
    left: float
    top: float

    @property
    def side(self) -> int:
        """Of the face's box, in these pixels."""
        return len(self.pixels) - 2 * self.margin

    @property
    def box(self) -> tuple[float, float, float]:
        """The middle and the side of the face's box in the picture, in pixels of it. It isn't turned."""
        middle = len(self.pixels) / 2
        return *self.place(middle, middle), self.side * math.hypot(self.a, self.b)

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Where a point is in the picture."""
        return self.a * x - self.b * y + self.left, self.b * x + self.a * y + self.top


def cut(picture: Image.Image, face: Detection) -> Closeup:
    """The closeup of a face of a picture in RGB; it is black where the picture ends."""
    roll = _roll(face)
    across, down = math.cos(roll), math.sin(roll)
    size = math.sqrt(face.width * face.height)
    x, y = face.points.mean(axis=0) + size * np.array([_RIGHT * across - _DOWN * down, _RIGHT * down + _DOWN * across])
    own = round(_SIDE * size)
    side = max(_MIN_PIXELS, min(own, _MAX_PIXELS))
    margin = round(side * _AROUND)
    whole = side + 2 * margin
    scale = 1.0 if side == own else _SIDE * size / side
    a, b = scale * across, scale * down
    left, top = round(x - (a - b) * whole / 2), round(y - (a + b) * whole / 2)
    return Closeup(_sample(picture, whole, (a, b, left, top)), margin, a, b, left, top)


def align(picture: Image.Image, points: np.ndarray, places: np.ndarray, size: int) -> np.ndarray:
    """A face of a picture in RGB, moved, turned and scaled so that its points, (n, 2), are as near to ``places`` as can
    be: (size, size, 3) uint8, black where the picture ends."""
    # The least squares of places -> points over a similarity transform, as complex numbers.
    ours, wanted = points @ (1, 1j), places @ (1, 1j)
    ours_middle, wanted_middle = ours.mean(), wanted.mean()
    centred = wanted - wanted_middle
    turn = ((ours - ours_middle) * centred.conj()).sum() / (abs(centred) ** 2).sum()
    corner = ours_middle - turn * wanted_middle
    return _sample(picture, size, (turn.real, turn.imag, corner.real, corner.imag))


def _roll(face: Detection) -> float:
    """By how much to turn a face, in radians, clockwise."""
    across, down = face.points[1] - face.points[0]
    roll = math.atan2(down, across)
    return roll if abs(roll) > _MAX_ROLL else 0.0


def _sample(picture: Image.Image, whole: int, place: tuple[float, float, float, float]) -> np.ndarray:
    """A square of the picture, ``whole`` pixels wide, given as in `Closeup`."""
    a, b, left, top = place
    # Sampling looks at the nearest pixels only, so a part of the picture that is much larger is shrunk first.
    factor = max(1, int(math.hypot(a, b)))
    if factor > 1:
        xs = [a * x - b * y + left for x in (0, whole) for y in (0, whole)]
        ys = [b * x + a * y + top for x in (0, whole) for y in (0, whole)]
        near = (
            max(0, int(min(xs)) - factor),
            max(0, int(min(ys)) - factor),
            min(picture.width, int(max(xs)) + factor),
            min(picture.height, int(max(ys)) + factor),
        )
        picture = picture.reduce(factor, box=near)
        left, top = left - near[0], top - near[1]
    onto = tuple(value / factor for value in (a, -b, left, b, a, top))
    return np.asarray(picture.transform((whole, whole), Image.Transform.AFFINE, onto, Image.Resampling.BICUBIC))
