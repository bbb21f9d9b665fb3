"""Where a face is: a box in fractions of the upright photo, and whether two boxes are around the same face."""

from collections.abc import Iterable
from typing import Any, Self

from functions.crops import Area
from functions.errors import KinpicsError

# As journal and files hold them: a hundred-thousandth of a photo is less than a pixel of most.
_DECIMALS = 5


class BadBoxError(KinpicsError):
    """A box that no face can have; the message says what is wrong with it."""


class Box(Area):
    """Left, top, width and height, in fractions of the upright photo; what an engine found may stick out of it."""

    __slots__ = ()

    @classmethod
    def of(cls, values: Iterable[Any]) -> Self:
        """A box of four numbers, rounded. Raises ``BadBoxError``, also if it has no part of the photo in it."""
        numbers = list(values)
        if len(numbers) != 4 or not all(_is_number(number) for number in numbers):
            raise BadBoxError(f"a box is four numbers (left, top, width, height), not {_short(numbers)}")
        left, top, width, height = (round(float(number), _DECIMALS) for number in numbers)
        if width <= 0 or height <= 0:
            raise BadBoxError(f"a box needs a width and a height, and {_short(numbers)} has none")
        if left >= 1 or top >= 1 or left + width <= 0 or top + height <= 0:
            raise BadBoxError(f"the box {_short(numbers)} is outside the photo: fractions of it go from 0 to 1")
        return cls(left, top, width, height)

    def inside(self) -> Self:
        """The part of it that is in the photo."""
        left, top = max(self.left, 0.0), max(self.top, 0.0)
        right, bottom = min(self.left + self.width, 1.0), min(self.top + self.height, 1.0)
        return type(self)(*(round(number, _DECIMALS) for number in (left, top, right - left, bottom - top)))


def overlap(one: Area, other: Area) -> float:
    """How much of what two boxes cover they share: from 0 to 1 (intersection over union)."""
    across = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    if across <= 0:
        return 0.0
    down = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    if down <= 0:
        return 0.0
    shared = across * down
    return shared / (one.width * one.height + other.width * other.height - shared)


def is_same_place(one: Area, other: Area) -> bool:
    """Whether each of two boxes has the other's middle in it.

    Programs draw larger or smaller boxes around the same face; two faces are never so close.
    """
    return _has_middle(one, other) and _has_middle(other, one)


def _has_middle(box: Area, of: Area) -> bool:
    x, y = of.left + of.width / 2, of.top + of.height / 2
    return box.left <= x <= box.left + box.width and box.top <= y <= box.top + box.height


def _is_number(value: Any) -> bool:
    # A thousand photos beside this one: more is a slip, and rounding has to stay exact. Neither is anything a NaN.
    return isinstance(value, int | float) and not isinstance(value, bool) and -1000 < value < 1000


def _short(values: list[Any]) -> str:
    text = repr(values)
    return text if len(text) <= 80 else f"{text[:80]}…"
