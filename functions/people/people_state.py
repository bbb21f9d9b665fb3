"""Who is on which photo: decisions, what hangs where, and what the machine took faces for, all together.

It is made anew from the journal, the inventory and the evidence whenever one of them changes, always the same from the
same, and kept so that the owner's pages needn't wait for it.
"""

import contextlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import permutations
from typing import Any, NamedTuple

from functions.dates import date_in
from functions.people.boxes import Box
from functions.people.hanging import IMPORTED, Hung, KeptFace
from functions.people.inventory import FaceInPhoto, Inventory, PhotoFaces
from functions.people.knowledge import Knowledge, Person
from functions.people.person_names import slugs_of
from functions.thumbnail_sizes import thumbnail_size

VERSION = 1
# Where the name of a face comes from; the third is `hanging.IMPORTED`.
CONFIRMED, AUTOMATIC = "confirmed", "automatic"
# A sharper face makes a better portrait, and one that is wider in the thumbnail, in pixels: pages needn't load the
# large rendition then. The largest circle is twice as wide as this, and a face may be enlarged so much.
_WIDE_ENOUGH = 88
_USUAL_SHARPNESS = 50.0
# How much of its quality a face counts for as a portrait that nobody has decided on: it may be somebody else's.
_UNDECIDED = 0.5


class Whose(NamedTuple):
    """Whose a face is, and by which word: `CONFIRMED`, `IMPORTED` or `AUTOMATIC`."""

    person: str
    origin: str


class Suggestion(NamedTuple):
    """Who somebody without a name may be, and why."""

    person: str
    # "alike", "same-photos" or "same-set".
    why: str


class Unknown(NamedTuple):
    """Faces of somebody without a name, and who that may be, the likeliest first."""

    faces: tuple[str, ...]
    suggestions: tuple[Suggestion, ...] = ()
    # Somebody that decisions know already, only without a name.
    person: str | None = None


@dataclass(frozen=True)
class PersonState:
    """A person with a name, as the site shows them; hidden people are shown to the owner alone."""

    id: str
    name: str
    # Their part of an address.
    slug: str
    other_names: tuple[str, ...]
    hidden: bool
    birth: str | None
    # Paths and face ids, by time; a photo counts once.
    photos: tuple[str, ...]
    faces: tuple[str, ...]
    # The first and the last day on a photo, YYYY-MM-DD; empty if none is known.
    first: str
    last: str
    # A face; None without photos.
    portrait: str | None
    # How many photos others with names are on too, most first.
    together: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class State:
    """Everything about the people of the site."""

    # Those with a name, most photographed first.
    people: tuple[PersonState, ...] = ()
    # By face id.
    whose: Mapping[str, Whose] = field(default_factory=dict)
    # `decisions.STRANGER` or `NO_FACE`, by face id.
    ignored: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, KeptFace] = field(default_factory=dict)
    # Those without a name, in the order in which to ask who they are.
    unknown: tuple[Unknown, ...] = ()
    # How many facts wait for a photo that isn't there.
    waiting: int = 0

    @cached_property
    def by_id(self) -> Mapping[str, PersonState]:
        """The people, by id."""
        return {person.id: person for person in self.people}

    def is_shown(self, person: str) -> bool:
        """Whether visitors may see a person's name, by the person's id."""
        return person in self.by_id and not self.by_id[person].hidden

    def to_json(self) -> dict[str, Any]:
        return {
            "v": VERSION,
            "people": [list(vars(person).values()) for person in self.people],
            "whose": self.whose,
            "ignored": self.ignored,
            "kept": list(self.kept.values()),
            "unknown": self.unknown,
            "waiting": self.waiting,
        }

    @classmethod
    def from_json(cls, content: Any) -> "State | None":
        """The state of a file; None for one that another release wrote, or a damaged one: it is made again."""
        with contextlib.suppress(AttributeError, KeyError, TypeError, ValueError):
            if content["v"] != VERSION:
                return None
            kept = (KeptFace(face[0], face[1], Box(*face[2]), face[3]) for face in content["kept"])
            return cls(
                people=tuple(PersonState(*map(_as_tuple, person)) for person in content["people"]),
                whose={face: Whose(*whose) for face, whose in content["whose"].items()},
                ignored=content["ignored"],
                kept={face.id: face for face in kept},
                unknown=tuple(
                    Unknown(tuple(faces), tuple(Suggestion(*entry) for entry in suggestions), person)
                    for faces, suggestions, person in content["unknown"]
                ),
                waiting=content["waiting"],
            )
        return None


def make_state(
    knowledge: Knowledge,
    hung: Hung,
    inventory: Inventory,
    automatic: Mapping[str, str],
    unknown: Iterable[Unknown] = (),
) -> State:
    """All of it together: ``automatic`` is whose the machine takes faces for, ``unknown`` how it groups the others.

    What it says of a face that somebody decided on doesn't count.
    """
    return _MakingState(knowledge, hung, inventory, automatic).state(unknown)


def faces_in(inventory: Inventory, kept: Mapping[str, KeptFace]) -> dict[str, FaceInPhoto]:
    """The faces of today by id: found ones and kept ones."""
    faces = dict(inventory.faces)
    for face in kept.values():
        # A file that is older than the inventory may know a photo that is gone.
        if photo := inventory.photos.get(face.path):
            faces[face.id] = FaceInPhoto(face.id, photo, face.box, face.origin, None)
    return faces


def by_time(photo: PhotoFaces) -> tuple[str, str]:
    """What photos are sorted by: those without a date come last."""
    return photo.taken_at or "~", photo.path


class _MakingState:
    """The state, in the making."""

    def __init__(self, knowledge: Knowledge, hung: Hung, inventory: Inventory, automatic: Mapping[str, str]):
        self.hung = hung
        self.inventory = inventory
        self.faces = faces_in(inventory, hung.kept)
        self.people = dict(knowledge.people)
        for person, name in hung.names.items():
            self.people[person] = replace(self.people.get(person, Person(person)), name=name)
        self.whose = self._whose(automatic)
        self.faces_of: dict[str, list[FaceInPhoto]] = defaultdict(list)
        for face, whose in self.whose.items():
            self.faces_of[whose.person].append(self.faces[face])

    def _whose(self, automatic: Mapping[str, str]) -> dict[str, Whose]:
        whose = {}
        for face in sorted(self.faces):
            if face in self.hung.confirmed:
                whose[face] = Whose(self.hung.confirmed[face], CONFIRMED)
            elif face in self.hung.imported:
                whose[face] = Whose(self.hung.imported[face], IMPORTED)
            elif face in automatic and self._may_be(face, automatic[face]):
                whose[face] = Whose(automatic[face], AUTOMATIC)
        return whose

    def _may_be(self, face: str, person: str) -> bool:
        return (
            person in self.people and face not in self.hung.ignored and person not in self.hung.rejected.get(face, ())
        )

    def state(self, unknown: Iterable[Unknown]) -> State:
        named = {person.id: person.name for person in self.people.values() if person.name is not None}
        slugs = slugs_of(named.items())
        together = self._together(named.keys())
        people = [self._person(self.people[person], name, slugs[person], together) for person, name in named.items()]
        return State(
            people=tuple(sorted(people, key=lambda person: (-len(person.photos), person.slug))),
            whose=self.whose,
            ignored={face: self.hung.ignored[face] for face in sorted(self.hung.ignored)},
            kept={face: self.hung.kept[face] for face in sorted(self.hung.kept)},
            unknown=tuple(self._questions(unknown, named.keys())),
            waiting=len(self.hung.waiting),
        )

    def _together(self, named: Iterable[str]) -> Mapping[str, Counter[str]]:
        """For each person, how many photos each other person is on too."""
        there: dict[str, set[str]] = defaultdict(set)
        for person in named:
            for face in self.faces_of.get(person, ()):
                there[face.photo.path].add(person)
        together: dict[str, Counter[str]] = defaultdict(Counter)
        for people in there.values():
            for one, other in permutations(people, 2):
                together[one][other] += 1
        return together

    def _person(self, person: Person, name: str, slug: str, together: Mapping[str, Counter[str]]) -> PersonState:
        faces = sorted(self.faces_of.get(person.id, ()), key=lambda face: (*by_time(face.photo), face.id))
        days = sorted(filter(None, (date_in(face.photo.taken_at) for face in faces)))
        others = together.get(person.id, Counter())
        return PersonState(
            id=person.id,
            name=name,
            slug=slug,
            other_names=person.other_names,
            hidden=person.hidden,
            birth=person.birth,
            photos=tuple(dict.fromkeys(face.photo.path for face in faces)),
            faces=tuple(face.id for face in faces),
            first=days[0] if days else "",
            last=days[-1] if days else "",
            portrait=self._portrait(person.id, faces),
            together=tuple(sorted(others.items(), key=lambda other: (-other[1], other[0]))),
        )

    def _portrait(self, person: str, faces: list[FaceInPhoto]) -> str | None:
        """The chosen one if it is still the person's; else the sharpest large face."""
        chosen = self.hung.portraits.get(person)
        if chosen and chosen in self.whose and self.whose[chosen].person == person:
            return chosen
        best = max(faces, key=self._worth, default=None)
        return best.id if best else None

    def _worth(self, face: FaceInPhoto) -> tuple[float, str]:
        whose = self.whose.get(face.id)
        is_decided = whose is not None and whose.origin != AUTOMATIC
        return _quality(face) * (1.0 if is_decided else _UNDECIDED), face.id

    def _questions(self, unknown: Iterable[Unknown], named: Iterable[str]) -> list[Unknown]:
        """Those without a name, on most photos first; each with their best faces first."""
        questions = [*self._without_name(named), *filter(None, map(self._open, unknown))]
        asked = {face for question in questions for face in question.faces}
        # Faces that were drawn and not named: no search can group them.
        questions += (
            Unknown((face,))
            for face in sorted(self.hung.kept)
            if face not in asked and face not in self.whose and face not in self.hung.ignored
        )
        return sorted(questions, key=self._order)

    def _order(self, question: Unknown) -> tuple[int, bool, tuple[str, ...]]:
        photos = {self.faces[face].photo.path for face in question.faces}
        return -len(photos), not question.suggestions, question.faces

    def _without_name(self, named: Iterable[str]) -> Iterator[Unknown]:
        for person, faces in sorted(self.faces_of.items()):
            hidden = person in self.people and self.people[person].hidden
            if person not in named and not hidden:
                yield Unknown(self._best_first(faces), (), person)

    def _open(self, unknown: Unknown) -> Unknown | None:
        """The group without faces that are known, ignored or gone."""
        faces = [
            self.faces[face]
            for face in unknown.faces
            if face in self.faces and face not in self.whose and face not in self.hung.ignored
        ]
        named = tuple(entry for entry in unknown.suggestions if entry.person in self.people)
        return Unknown(self._best_first(faces), named, unknown.person) if faces else None

    def _best_first(self, faces: Iterable[FaceInPhoto]) -> tuple[str, ...]:
        return tuple(face.id for face in sorted(faces, key=lambda face: (-_quality(face), face.id)))


def _as_tuple(value: Any) -> Any:
    """Lists of JSON as the state has them."""
    return tuple(map(_as_tuple, value)) if isinstance(value, list) else value


def _quality(face: FaceInPhoto) -> float:
    """How good a portrait a face makes."""
    sharpness = _USUAL_SHARPNESS if face.sharpness is None else face.sharpness
    width, height = face.photo.width, face.photo.height
    # Rows of other programs may not know the size.
    thumbnail_width = thumbnail_size(width, height)[0] if width and height else 0
    return sharpness * min(face.box.width * thumbnail_width, _WIDE_ENOUGH)
