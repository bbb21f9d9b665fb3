"""The companions of a face: those faces of a collection that are the same person's.

Two photos of one person can be as unlike as two people, if one of them is blurred or shows a profile. Seen with the
other photos of the person, both are told apart better. So a search asks first which faces belong with the one that is
searched for, and then how near the others are to all of these together.

Whoever stands beside the person in a picture is somebody else. These are the rivals: a face that is nearer to one of
them is no companion, and counts as farther away. docs/rekognition.md says what that changes, and how the numbers here
were chosen.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from local.rekognition.likeness import Likeness, Vector

Marks = NDArray[np.bool_]
# A number for each picture; faces without one are each in a picture of their own.
Pictures = NDArray[np.int64]
NO_PICTURE = 0

# So many of the nearest faces, from this similarity on, are looked at: what is less alike is nobody's companion.
MOST, LEAST_SIMILARITY = 4000, 20.0
# Faces that are so alike to the searched one are surely the same person's. Companions are those whose distances to
# these and to the searched one are, in the root mean square, as short as the other similarity.
_SURE, _COMPANIONS = 97.0, 80.0
# A mean of many distances is steadier than one, so a companion may be so much farther away, as a share of the square.
_STEADIER = 0.18
# The least square of a distance that others are divided by.
_LEAST_SQUARE = np.float32(1e-6)
_FACES_AT_ONCE = 256


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

    def marked(self, marks: Marks) -> "Faces":
        """Those that are marked, (n,)."""
        return Faces(*(values[marks] for values in self))

    def followed_by(self, others: "Faces") -> "Faces":
        """These and then others."""
        return Faces(*(np.concatenate(both) for both in zip(self, others, strict=True)))

    def squares(self, others: "Faces") -> Vector:
        """The square of the distance from the first row to each of the others, (n,), in units of room: the mean where
        a row stands for several."""
        half = others.half_squares + self.half_squares[0] - others.descriptors @ self.descriptors[0]
        squares: Vector = np.maximum(2 * self.tightness[0] * others.tightness * half, 0)
        return squares

    def together(self, members: Marks) -> "Faces":
        """One row that stands for those that are marked in ``members``, (n,), one at least."""
        several = self.marked(members)
        shares = several.tightness / several.tightness.sum()
        return Faces(
            (shares @ several.descriptors)[None],
            (shares @ several.half_squares)[None],
            several.tightness.mean(keepdims=True),
        )


def companions(faces: Faces, likeness: Likeness, pictures: Pictures) -> tuple[Marks, Marks]:
    """Which of the faces, (n,), belong with the first, which is one of them, and which are the rivals of these."""
    first = np.arange(len(pictures)) == 0
    to_first = _squares(faces, first)
    sure_reach, reach = (likeness.largest_distance(similarity) ** 2 for similarity in (_SURE, _COMPANIONS))
    sure = _one_a_picture(to_first, to_first <= sure_reach, pictures)
    to_sure = squares_within(faces, sure)
    beside = np.isin(pictures, pictures[sure]) & (pictures != NO_PICTURE)
    # A mirror, or a print in somebody's hand, shows the same person a second time: that is no rival.
    rivals = beside & ~sure & (to_sure > sure_reach)
    near = np.flatnonzero(to_sure <= reach)
    nearest = faces.take(near)
    ours = _least_squares(nearest, faces.marked(sure)) <= _least_squares(nearest, faces.marked(rivals))
    found = np.zeros(len(pictures), bool)
    found[near[ours]] = True
    return _one_a_picture(to_sure, found, pictures), rivals


def apart_from_rivals(squares: Vector, faces: Faces, members: Faces, rivals: Faces) -> Vector:
    """The squares of the distances of faces, (n,), longer where a rival is nearer than the nearest member: multiplied
    by how many times nearer."""
    to_rivals = _least_squares(faces, rivals)
    doubtful = np.flatnonzero(to_rivals < squares)
    to_members = _least_squares(faces.take(doubtful), members)
    longer = squares.copy()
    longer[doubtful] *= np.maximum(1, to_members / np.maximum(to_rivals[doubtful], _LEAST_SQUARE))
    return longer


def _one_a_picture(squares: Vector, marks: Marks, pictures: Pictures) -> Marks:
    """The first face, and of those that are marked, (n,), the nearest of each other picture."""
    near = np.flatnonzero(marks)
    near = np.concatenate([[0], near[near != 0][np.argsort(squares[near[near != 0]], kind="stable")]])
    _, nearest = np.unique(pictures[near], return_index=True)
    found: Marks = marks & (pictures == NO_PICTURE)
    found[near[nearest]] = True
    found[0] = True
    return found


def _least_squares(faces: Faces, others: Faces) -> Vector:
    """The square of the distance from each face, (n,), to the nearest of the others: infinite if there are none."""
    least = np.full(len(faces.tightness), np.inf, np.float32)
    for start in range(0, len(others.tightness), _FACES_AT_ONCE):
        some = Faces(*(values[start : start + _FACES_AT_ONCE] for values in others))
        half = some.half_squares + faces.half_squares[:, None] - faces.descriptors @ some.descriptors.T
        np.minimum(least, (2 * some.tightness * faces.tightness[:, None] * half).min(axis=1), out=least)
    squares: Vector = np.maximum(least, 0)
    return squares


def squares_within(faces: Faces, members: Marks) -> Vector:
    """The mean of the squares of the distances from each face to those that are marked, (n,), other than itself."""
    count = members.sum()
    squares: Vector = _squares(faces, members) * (count / np.maximum(1, count - members)).astype(np.float32)
    return squares


def squares_of_companions(faces: Faces, members: Marks) -> Vector:
    """As `squares_within` of the marked faces alone, but shorter the more there are."""
    others = members.sum() - 1
    return squares_within(faces, members)[members] / np.float32(1 + _STEADIER * (1 - 1 / max(1, others)))


def _squares(faces: Faces, members: Marks) -> Vector:
    squares: Vector = faces.together(members).squares(faces)
    return squares
