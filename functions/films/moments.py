"""Which seconds of a film to look for faces in: pictures that differ most from one another.

Where the film cuts, and where a camera moves slowly from one group to the next, the picture differs from all chosen
before; a camera that stands still gives one or two. Pictures are compared as small grey ones.
"""

from collections.abc import Sequence
from operator import sub

# At most so many, because each is one paid call.
MAX_MOMENTS = 20
# More people than that are a crowd; one paid search finds the other faces of each.
MAX_PEOPLE = 30
# Small pictures that are compared, and how many a second of a short film.
_MAX_PICTURES, _MAX_RATE = 600, 4.0
# Of 255: less than this is noise, or somebody who turns their head.
_LEAST_DIFFERENCE = 8.0


def rate_for(seconds: float | None) -> float:
    """How many small pictures to compare of each second of a film that is so long."""
    return min(_MAX_RATE, _MAX_PICTURES / max(seconds or 1.0, 1.0))


def choose_pictures(pictures: Sequence[bytes], most: int = MAX_MOMENTS) -> list[int]:
    """The places, in order, of at most ``most`` pictures that differ: first the one with most contrast, then always
    the one that is least like all chosen."""
    if not pictures:
        return []
    chosen = [max(range(len(pictures)), key=lambda place: _contrast(pictures[place]))]
    nearest = [_difference(picture, pictures[chosen[0]]) for picture in pictures]
    while len(chosen) < most:
        farthest = max(range(len(pictures)), key=nearest.__getitem__)
        if nearest[farthest] < _LEAST_DIFFERENCE:
            break
        chosen.append(farthest)
        nearest = [min(old, _difference(new, pictures[farthest])) for old, new in zip(nearest, pictures, strict=True)]
    return sorted(chosen)


def spread(seconds: float, most: int = MAX_MOMENTS) -> list[float]:
    """Seconds at the same distance, for a film that is too long to be looked at as a whole."""
    return [seconds * (number + 0.5) / most for number in range(most)]


def split(pixels: bytes, size: int) -> list[bytes]:
    """Small pictures of ``size`` bytes each; what is left of a cut one is dropped."""
    return [pixels[start : start + size] for start in range(0, len(pixels) - size + 1, size)]


def _difference(one: bytes, other: bytes) -> float:
    return float(sum(map(abs, map(sub, one, other)))) / len(one)


def _contrast(picture: bytes) -> float:
    mean = sum(picture) / len(picture)
    return sum(abs(value - mean) for value in picture)
