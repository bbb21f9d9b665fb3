"""Groups of unknown faces, each of one person as far as searches tell: the search of one face tells its whole group."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from functions.people.evidence import ANY, odds
from functions.people.faces_of_today import FacesOfToday
from functions.people.likeness_to_people import mean_of_nearest
from functions.people.searching import Searching

# From here on a face belongs to the group of the searched one; and two groups belong together.
SAME_GROUP, ONE_PERSON = odds(99), odds(95)


@dataclass(frozen=True)
class Group:
    """Unknown faces. The first was searched, and the others are like it, the most alike first."""

    faces: tuple[str, ...]
    # Each once: two faces of one photo are two people.
    photos: frozenset[str]

    @property
    def seed(self) -> str:
        """The face that was searched."""
        return self.faces[0]


def group(unknown: Iterable[str], faces: FacesOfToday, searching: Searching) -> list[Group]:
    """Groups of the faces, as far as the searches of this round go; faces that none of them reaches are left out."""
    groups = []
    left = dict.fromkeys(faces.best_first(unknown))
    for seed in list(left):
        alike = searching.alike(seed, SAME_GROUP) if seed in left else None
        if alike is None:
            continue
        members = {faces.photo_of[seed]: seed}
        likest = sorted((-likeness, faces.place[face], face) for face, likeness in alike if face in left)
        for *_, face in likest:
            members.setdefault(faces.photo_of[face], face)
        for face in members.values():
            del left[face]
        groups.append(Group(tuple(members.values()), frozenset(members)))
    return groups


def join(groups: list[Group], searching: Searching) -> list[Group]:
    """The same faces, with groups that are probably one person joined; those in most photos first.

    Equals keep their order.
    """
    number_of = {face: number for number, found in enumerate(groups) for face in found.faces}
    joined: dict[int, list[int]] = {number: [number] for number in range(len(groups))}
    home = list(range(len(groups)))
    photos = [set(found.photos) for found in groups]
    for one, other in _links(groups, number_of, searching):
        here, there = home[one], home[other]
        if here != there and photos[here].isdisjoint(photos[there]):
            for number in joined[there]:
                home[number] = here
            joined[here] += joined.pop(there)
            photos[here] |= photos[there]
    merged = [
        Group(tuple(face for number in numbers for face in groups[number].faces), frozenset(photos[here]))
        for here, numbers in joined.items()
    ]
    return sorted(merged, key=lambda found: -len(found.photos))


def _links(groups: list[Group], number_of: dict[str, int], searching: Searching) -> list[tuple[int, int]]:
    """Pairs of groups that are alike enough, the most alike first, each with the larger group first."""
    found: dict[tuple[int, int], list[float]] = {}
    # A mean is as high only if one of its parts is. Those pairs are few, while everybody is a little like many others.
    for pair, _ in _likenesses(groups, number_of, searching, ONE_PERSON):
        found[pair] = []
    for pair, likeness in _likenesses(groups, number_of, searching, ANY):
        if pair in found:
            found[pair].append(likeness)
    links: list[tuple[float, int, int]] = []
    for pair, likenesses in found.items():
        larger, smaller = sorted(pair, key=lambda number: (-len(groups[number].faces), number))
        # Each seed was compared with each face of the other's group.
        mean = mean_of_nearest(likenesses, len(groups[larger].faces) + len(groups[smaller].faces))
        if mean >= ONE_PERSON:
            links.append((-mean, larger, smaller))
    return [(larger, smaller) for _, larger, smaller in sorted(links)]


def _likenesses(
    groups: list[Group], number_of: dict[str, int], searching: Searching, least: float
) -> Iterator[tuple[tuple[int, int], float]]:
    """Pairs of groups, with the odds of the one's seed and a face of the other."""
    for number, one in enumerate(groups):
        for face, likeness in searching.alike(one.seed, least) or ():
            other = number_of.get(face, number)
            if other != number:
                yield ((number, other) if number < other else (other, number)), likeness
