"""The companions of a face: those faces of a collection that are the same person's.

Two photos of one person can be as unlike as two people, if one of them is blurred or shows a profile. Seen with the
other photos of the person, both are told apart better. So a search asks first which faces belong with the one that is
searched for, and then how near the others are to all of these together. docs/rekognition.md says what that changes, and
how the numbers here were chosen.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from local.rekognition.likeness import Likeness, Vector

# So many of the nearest faces, from this similarity on, are looked at: what is less alike is nobody's companion.
MOST, LEAST_SIMILARITY = 4000, 20.0
# Faces that are so alike to the searched one are surely the same person's. Companions are those whose distances to
# these and to the searched one are, in the root mean square, as short as the other similarity.
_SURE, _COMPANIONS = 97.0, 80.0
# A mean of many distances is steadier than one, so a companion may be so much farther away, as a share of the square.
_STEADIER = 0.18


class Faces(NamedTuple):
    """Descriptors, (n, dimensions), half of their squares and one by the room around each.

    A row can stand for several faces together, see `together`; its square is then that of the several, on average.
    """

    descriptors: Vector
    half_squares: Vector
    tightness: Vector

    @classmethod
    def of(cls, descriptors: Vector, likeness: Likeness) -> "Faces":
        """Of single faces."""
        return cls(
            descriptors, np.einsum("ij,ij->i", descriptors, descriptors) / 2, np.float32(1) / likeness.room(descriptors)
        )

    def take(self, rows: NDArray[np.intp]) -> "Faces":
        """Some of them."""
        return Faces(self.descriptors[rows], self.half_squares[rows], self.tightness[rows])

    def followed_by(self, others: "Faces") -> "Faces":
        """These and then others."""
        return Faces(*(np.concatenate(both) for both in zip(self, others, strict=True)))

    def squares(self, others: "Faces") -> Vector:
        """The square of the distance from the first row to each of the others, (n,), in units of room: the mean where
        a row stands for several."""
        half = others.half_squares + self.half_squares[0] - others.descriptors @ self.descriptors[0]
        squares: Vector = np.maximum(2 * self.tightness[0] * others.tightness * half, 0)
        return squares

    def together(self, members: NDArray[np.bool_]) -> "Faces":
        """One row that stands for those that are marked in ``members``, (n,), one at least."""
        several = Faces(*(values[members] for values in self))
        shares = several.tightness / several.tightness.sum()
        return Faces(
            (shares @ several.descriptors)[None],
            (shares @ several.half_squares)[None],
            several.tightness.mean(keepdims=True),
        )


def companions(faces: Faces, likeness: Likeness) -> NDArray[np.bool_]:
    """Which of the faces, (n,), belong with the first, which is one of them."""
    first = np.arange(len(faces.tightness)) == 0
    sure = first | (_squares(faces, first) <= likeness.largest_distance(_SURE) ** 2)
    found: NDArray[np.bool_] = first | (squares_within(faces, sure) <= likeness.largest_distance(_COMPANIONS) ** 2)
    return found


def squares_within(faces: Faces, members: NDArray[np.bool_]) -> Vector:
    """The mean of the squares of the distances from each face to those that are marked, (n,), other than itself."""
    count = members.sum()
    squares: Vector = _squares(faces, members) * (count / np.maximum(1, count - members)).astype(np.float32)
    return squares


def squares_of_companions(faces: Faces, members: NDArray[np.bool_]) -> Vector:
    """As `squares_within` of the marked faces alone, but shorter the more there are."""
    others = members.sum() - 1
    return squares_within(faces, members)[members] / np.float32(1 + _STEADIER * (1 - 1 / max(1, others)))


def _squares(faces: Faces, members: NDArray[np.bool_]) -> Vector:
    squares: Vector = faces.together(members).squares(faces)
    return squares
