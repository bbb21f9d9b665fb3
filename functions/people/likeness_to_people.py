"""How alike faces are to people: to the faces that each person is known by, their references."""

from collections.abc import Container, Iterable
from typing import NamedTuple

from functions.people.evidence import FLOOR

# A face is compared with so many references of a person, those that are most like it: people change, and a face looks
# like those of its own time.
NEAREST = 3


class Option(NamedTuple):
    """Somebody a face may be, and how alike they are: the mean of the odds of the nearest references."""

    odds: float
    who: str


class Likenesses:
    """Of faces to whoever has references: people, and groups of unknown faces."""

    def __init__(self, faces: Container[str]):
        """``faces`` are those that `options` will be asked about."""
        self._faces = faces
        self._found: dict[str, dict[str, list[float]]] = {}
        self.references: dict[str, list[str]] = {}

    def add(self, who: str, reference: str, alike: Iterable[tuple[str, float]]) -> None:
        """Add a reference of somebody, with the faces that are like it and their odds."""
        self.references.setdefault(who, []).append(reference)
        for face, odds in alike:
            if face in self._faces:
                self._found.setdefault(face, {}).setdefault(who, []).append(odds)

    def remove(self, who: str, reference: str, alike: Iterable[tuple[str, float]]) -> None:
        """Take back what `add` was given."""
        self.references[who].remove(reference)
        for face, odds in alike:
            if face in self._faces:
                found = self._found[face]
                found[who].remove(odds)
                if not found[who]:
                    del found[who]

    def options(self, face: str) -> list[Option]:
        """Who a face is like, best first."""
        found = self._found.get(face, {})
        return sorted((self._option(face, who, odds) for who, odds in found.items()), key=lambda o: (-o.odds, o.who))

    def _option(self, face: str, who: str, odds: list[float]) -> Option:
        others = [reference for reference in self.references[who] if reference != face]
        return Option(mean_of_nearest(odds, len(others)), who)


def mean_of_nearest(odds: list[float], count: int) -> float:
    """Of ``count`` likenesses, or those that were found; what no search found is least alike."""
    count = min(NEAREST, max(count, len(odds)))
    nearest = sorted(odds, reverse=True)[:count]
    return (sum(nearest) + FLOOR * (count - len(nearest))) / count
