"""Who an unknown face may be, to be asked: people who are like it, else those one would expect in its photos."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping

from functions.people.people_state import Suggestion

# Why somebody is suggested: they are like the face, often in photos with those who are in these photos, or in other
# photos of the set.
ALIKE, SAME_PHOTOS, SAME_SET = "alike", "same-photos", "same-set"
# As many as there are number keys.
MAX_SUGGESTIONS = 9
# How many fit on the screen above the field for a name. Those who don't look alike are often wrong.
MAX_WITH_UNLIKE = 4


class Company:
    """Who is in photos together, by ``people_of``: photo (``<set>/<file>``) → the people in it."""

    def __init__(self, people_of: Mapping[str, Iterable[str]]):
        self._people_of = {photo: sorted(set(people)) for photo, people in people_of.items()}
        self._friends: dict[str, Counter[str]] = defaultdict(Counter)
        self._in_set: dict[str, Counter[str]] = defaultdict(Counter)
        # Many questions are about the same sets.
        self._of_sets: dict[tuple[str, ...], list[str]] = {}
        for photo, people in self._people_of.items():
            self._in_set[_set_of(photo)].update(people)
            for person in people:
                self._friends[person].update(other for other in people if other != person)

    def suggest(
        self, photos: Iterable[str], alike: Iterable[str], may_be: Callable[[str], bool]
    ) -> tuple[Suggestion, ...]:
        """People for a face in these photos: those ``alike``, in their order; then others, who aren't in them."""
        photos = sorted(photos)
        there = {person for photo in photos for person in self._people_of.get(photo, ())}
        friends: Counter[str] = Counter()
        for person in sorted(there):
            friends.update(self._friends[person])
        chosen: dict[str, str] = {}
        for why, people, most in (
            (ALIKE, alike, MAX_SUGGESTIONS),
            (SAME_PHOTOS, _most_first(friends), MAX_WITH_UNLIKE),
            (SAME_SET, self._people_of_sets(tuple(sorted({_set_of(photo) for photo in photos}))), MAX_WITH_UNLIKE),
        ):
            for person in people:
                if len(chosen) >= most:
                    break
                if person not in chosen and (why is ALIKE or person not in there) and may_be(person):
                    chosen[person] = why
        return tuple(Suggestion(person, why) for person, why in chosen.items())

    def _people_of_sets(self, sets: tuple[str, ...]) -> list[str]:
        if sets not in self._of_sets:
            counted: Counter[str] = Counter()
            for set_ in sets:
                counted.update(self._in_set[set_])
            self._of_sets[sets] = _most_first(counted)
        return self._of_sets[sets]


def _most_first(counted: Counter[str]) -> list[str]:
    return sorted(counted, key=lambda person: (-counted[person], person))


def _set_of(photo: str) -> str:
    return photo.partition("/")[0]
