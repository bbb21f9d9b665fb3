"""The companions of a face: those faces of a collection that are the same person's.

Two photos of one person can be as unlike as two people, if one of them is blurred or shows a profile. Seen with the
other photos of the person, both are told apart better. So a search asks first which faces belong with the one that is
searched for, and then how near the others are to all of these together.

Some people's photos are more alike than others', so what joins them must be nearer, too: two people who look alike are
nearer to each other than two photos of somebody else, but not as near as their own. How alike a person's photos are is
told from those that are surely theirs, which are found one after another, the nearest first; photos of one moment
tell nothing about it, and count as one.

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
# Faces this similar to the searched one are surely the same person's, if the next rule holds for them, too.
_SURE = 97.0
# A companion's distances to the sure faces are, in the root mean square, at most that of this similarity; and their
# mean square is at most this many times the person's spread.
_COMPANIONS, _SPREADS = 80.0, 1.6
# The spread is the mean of the squares between a person's photos of different moments. While few are known, it is
# taken to be that of most people, given as a similarity, which counts like this many companions. It is no less than a
# share of that: photos of one day are more alike than those of a life.
_USUAL_SPREAD, _USUAL_COUNTS, _LEAST_SPREAD = 99.85, 3, 0.85
# Photos whose square is at most this share of the usual spread are of one moment.
_ONE_MOMENT = 0.36
# Each round adds one face to the sure ones for every so many that are known; one at least.
_IN_A_ROUND = 4
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


class Person(NamedTuple):
    """What is known of the person who has the first of some faces, (n,): which of them are theirs, which of these are
    enough to stand for all (one of each moment), and which are their rivals.

    ``narrowness`` is how many times smaller the person's spread is than the usual, 1 at least: the squares of other
    faces' distances count so many times.
    """

    faces: Marks
    moments: Marks
    rivals: Marks
    narrowness: float


def companions(faces: Faces, likeness: Likeness, pictures: Pictures) -> Person:
    """The person of the first of the faces, (n,); its companions are among the others."""
    first = np.arange(len(pictures)) == 0
    to_first = _squares(faces, first)
    sure_reach = likeness.largest_distance(_SURE) ** 2
    sure = _one_a_picture(to_first, to_first <= sure_reach, pictures)
    # A mirror, or a print in somebody's hand, shows the same person a second time: that is no rival.
    rivals = _in_pictures_of(sure, pictures) & ~sure & (squares_within(faces, sure) > sure_reach)
    free = ~first
    if rivals.any():
        free &= _least_squares(faces, faces.marked(sure)) <= _least_squares(faces, faces.marked(rivals))
    theirs, moments, spread = _grown(faces, free, sure, likeness, pictures)
    return Person(theirs, moments, rivals, max(1.0, _usual_spread(likeness) / spread))


def _grown(
    faces: Faces, free: Marks, sure: Marks, likeness: Likeness, pictures: Pictures
) -> tuple[Marks, Marks, float]:
    """The first face and those, of the ``free`` ones, that belong with it; one of each moment; the spread of these."""
    usual, reach = _usual_spread(likeness), likeness.largest_distance(_COMPANIONS) ** 2
    theirs = np.arange(len(pictures)) == 0
    new, moments = theirs, theirs.copy()
    squares = _squares(faces, theirs)
    while True:
        free = free & ~_in_pictures_of(theirs, pictures)
        same_moment = free.copy()
        same_moment[free] = _least_squares(faces.marked(free), faces.marked(new)) <= _ONE_MOMENT * usual
        theirs = theirs | _one_a_picture(squares, same_moment, pictures)
        free &= ~_in_pictures_of(theirs, pictures)
        squares = squares_within(faces, moments)
        spread = _spread(squares[moments], usual)
        joining = free & (squares <= min(reach, _SPREADS * spread))
        surest = _nearest(joining & sure, squares, max(1, int(moments.sum()) // _IN_A_ROUND))
        new = _one_a_picture(squares, surest if surest.any() else joining, pictures)
        theirs, moments = theirs | new, moments | new
        if not surest.any():
            return theirs, moments, _spread(squares_within(faces, moments)[moments], usual)


def _nearest(marks: Marks, squares: Vector, count: int) -> Marks:
    """Those of the marked faces, (n,), whose squares are the smallest, so many at most."""
    rows = np.flatnonzero(marks)
    nearest = np.zeros(len(marks), bool)
    nearest[rows[np.argsort(squares[rows], kind="stable")][:count]] = True
    return nearest


def _spread(squares: Vector, usual: float) -> float:
    """By the mean squares, (n,), from each of a person's moments to the others."""
    known = len(squares) - 1
    spread = float(_USUAL_COUNTS * usual + known * squares.mean()) / (_USUAL_COUNTS + known)
    return max(spread, _LEAST_SPREAD * usual)


def _usual_spread(likeness: Likeness) -> float:
    return likeness.largest_distance(_USUAL_SPREAD) ** 2


def _in_pictures_of(marked: Marks, pictures: Pictures) -> Marks:
    """The marked faces, (n,), and those that are in a picture with one of them."""
    inside: Marks = marked | (np.isin(pictures, pictures[marked]) & (pictures != NO_PICTURE))
    return inside


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


def squares_of_companions(faces: Faces, person: Person) -> Vector:
    """As `squares_within` from the person's faces to those that stand for all, but shorter the more there are."""
    others = int(person.moments.sum()) - 1
    squares = squares_within(faces, person.moments)[person.faces]
    return squares / np.float32(1 + _STEADIER * (1 - 1 / max(1, others)))


def _squares(faces: Faces, members: Marks) -> Vector:
    squares: Vector = faces.together(members).squares(faces)
    return squares
