"""How alike faces are to people: to the faces that each person is known by, their references."""

from array import array
from collections.abc import Container, Iterable
from typing import NamedTuple

from functions.people.evidence import ANY, FLOOR

# A face is compared with so many references of a person, those that are most like it: people change, and a face looks
# like those of its own time.
NEAREST = 3


class Option(NamedTuple):
    """Somebody a face may be, and how alike they are: the mean of the odds of the nearest references."""

    odds: float
    who: str


class Likenesses:
    """Of faces to whoever has references: people, or groups of unknown faces.

    There are millions of them, so they are kept in arrays.
    """

    def __init__(self, faces: Container[str]):
        """``faces`` are those that `options` will be asked about."""
        self._faces = faces
        # Whose each reference is, by its number; nobody's any more, if it was removed.
        self._whose: list[str | None] = []
        # Face → numbers of references, and odds.
        self._found: dict[str, tuple[array[int], array[float]]] = {}
        self.references: dict[str, list[str]] = {}
        self._number: dict[tuple[str, str], int] = {}

    def add(self, who: str, reference: str, alike: Iterable[tuple[str, float]]) -> None:
        """Add a reference of somebody, with the faces that are like it and their odds."""
        number = self._number[who, reference] = len(self._whose)
        self._whose.append(who)
        self.references.setdefault(who, []).append(reference)
        for face, odds in alike:
            if face in self._faces:
                found = self._found.get(face)
                if found is None:
                    found = self._found[face] = array("I"), array("d")
                found[0].append(number)
                found[1].append(odds)

    def remove(self, who: str, reference: str) -> None:
        """Take a reference back."""
        self.references[who].remove(reference)
        self._whose[self._number.pop((who, reference))] = None

    def options(self, face: str, least: float = ANY) -> list[Option]:
        """The people that a face is at least this much like, best first."""
        found = self._found.get(face)
        if found is None:
            return []
        by_person: dict[str, list[float]] = {}
        whose = self._whose
        for number, odds in zip(*found, strict=True):
            who = whose[number]
            if who is None:
                continue
            if who in by_person:
                by_person[who].append(odds)
            else:
                by_person[who] = [odds]
        # A mean is as high only if one of its parts is.
        options = [self._option(face, who, odds) for who, odds in by_person.items() if max(odds) >= least]
        likely = [option for option in options if option.odds >= least]
        return sorted(likely, key=lambda o: (-o.odds, o.who)) if len(likely) > 1 else likely

    def _option(self, face: str, who: str, odds: list[float]) -> Option:
        references = self.references[who]
        return Option(mean_of_nearest(odds, len(references) - (face in references)), who)


def mean_of_nearest(odds: list[float], count: int) -> float:
    """Of ``count`` likenesses, or those that were found; what no search found is least alike."""
    count = min(NEAREST, max(count, len(odds)))
    nearest = sorted(odds, reverse=True)[:count]
    return (sum(nearest) + FLOOR * (count - len(nearest))) / count
