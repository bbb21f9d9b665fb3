"""Hang what was decided about faces on the faces of today.

A fact is about a photo, by the SHA-256 of its original, and a box in it. It hangs on every photo with these bytes, and
where there is none any more, on the file that took its place: the same picture with other bytes. In it, it hangs on the
face that is at the same place; each face is taken once, by what overlaps it most. Facts about one place, whenever they
were said and whatever the face's id was then, are one story: the latest wins.

Another picture may have taken the path. If both say when they were taken, that decides; else at least half of the
places must have a face there, with boxes that overlap by more than half.

Where the engine of today finds no face at a place, the place itself is the face, so that no name is lost.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from functions.people.boxes import Box, is_same_place, overlap
from functions.people.face_refs import FaceRef
from functions.people.inventory import Inventory, PhotoFaces
from functions.people.knowledge import Fact, Knowledge, Says
from functions.people.person_names import PersonNameError, person_name

# Where the box of a face comes from that the engine doesn't find: the owner, another program.
DRAWN, IMPORTED = "drawn", "imported"
# Faces in what may be another picture are the same if their boxes overlap by more than this.
_LEAST_OVERLAP = 0.5
# Of a moment: programs may add a zone.
_SECOND = len("2026-06-14T12:00:00")


class KeptFace(NamedTuple):
    """A face that the engine doesn't find today: only a decision knows it, and no search can be made for it."""

    id: str
    path: str
    box: Box
    # `DRAWN` or `IMPORTED`.
    origin: str


@dataclass(frozen=True)
class Hung:
    """What is decided about the faces of today, by face id. People are those after all merges."""

    # By the owner.
    confirmed: Mapping[str, str] = field(default_factory=dict)
    # By another program; never a face that is confirmed as anybody.
    imported: Mapping[str, str] = field(default_factory=dict)
    rejected: Mapping[str, frozenset[str]] = field(default_factory=dict)
    # `decisions.STRANGER` or `NO_FACE`.
    ignored: Mapping[str, str] = field(default_factory=dict)
    # Faces besides those of the inventory, by id.
    kept: Mapping[str, KeptFace] = field(default_factory=dict)
    # The chosen portrait of each person, where it hangs on a face.
    portraits: Mapping[str, str] = field(default_factory=dict)
    # Names of people that only the photos' own files know, by person.
    names: Mapping[str, str] = field(default_factory=dict)
    # Facts whose photo isn't there: they wait until it comes back.
    waiting: tuple[Fact, ...] = ()
    # Files that took another's place and are the same picture, by SHA-256: was, is. Not those the journal has already.
    replaced: tuple[tuple[str, str], ...] = ()

    def person_of(self, face: str) -> str | None:
        """Who a face is by somebody's decision, the owner's first."""
        return self.confirmed.get(face) or self.imported.get(face)


def hang(knowledge: Knowledge, inventory: Inventory, replaced: Mapping[str, Iterable[str]] | None = None) -> Hung:
    """Find the face of today for each fact, and say what holds for it. The same for the same, in whatever order.

    ``replaced`` says at which paths a new file took the place of one, by its SHA-256 (`Inventory.replaced_since`).
    """
    facts, lost = _by_photo(knowledge, inventory, replaced or {})
    hanging = _Hanging(knowledge)
    for photo in inventory.photos.values():
        if photo.path in facts or photo.regions:
            hanging.hang(photo, facts.get(photo.path, []))
    return hanging.hung(lost)


def _by_photo(
    knowledge: Knowledge, inventory: Inventory, replaced: Mapping[str, Iterable[str]]
) -> tuple[dict[str, list[Fact]], list[Fact]]:
    """The facts about each photo of today, by path; and those about photos that aren't there."""
    facts: dict[str, list[Fact]] = defaultdict(list)
    lost = []
    for fact in knowledge.facts:
        paths = _paths_of(fact.face, knowledge, inventory, replaced)
        for path in paths:
            facts[path].append(fact)
        if not paths:
            lost.append(fact)
    return facts, lost


def _paths_of(
    face: FaceRef, knowledge: Knowledge, inventory: Inventory, replaced: Mapping[str, Iterable[str]]
) -> Iterable[str]:
    sha256 = face.photo or ""
    files = (sha256, *knowledge.replaced.get(sha256, ()))
    paths = {path for file in files for path in inventory.by_sha256.get(file, ())}
    likely = set(replaced.get(sha256, ())) - paths
    if not paths and not likely and face.path:
        likely = {face.path}
    return sorted(paths | {path for path in likely if _may_be_at(path, face, inventory)})


def _may_be_at(path: str, face: FaceRef, inventory: Inventory) -> bool:
    photo = inventory.photos.get(path)
    return photo is not None and _same_time(face.taken_at, photo.taken_at) is not False


def _same_time(one: str | None, other: str | None) -> bool | None:
    """Whether two photos were taken in the same second; None where one doesn't say."""
    return one[:_SECOND] == other[:_SECOND] if one and other else None


class _Place:
    """A place in a photo, and what was said of the face there."""

    def __init__(self, fact: Fact):
        self.box = fact.face.box
        self.facts = [fact]

    def add(self, fact: Fact) -> None:
        self.facts.append(fact)
        self.box = fact.face.box

    def is_called(self, face: str) -> bool:
        """Whether the face had this id when something was said of it."""
        return any(fact.face.face == face for fact in self.facts)


def _places_of(facts: Iterable[Fact]) -> list[_Place]:
    places: list[_Place] = []
    for fact in facts:
        near = [place for place in places if is_same_place(place.box, fact.face.box)]
        if near:
            max(near, key=lambda place: overlap(place.box, fact.face.box)).add(fact)
        else:
            places.append(_Place(fact))
    return places


def _faces_of(places: list[_Place], photo: PhotoFaces) -> Mapping[int, str]:
    """The found face of each place, by the place's index: pairs that overlap most first, each face once."""
    pairs = []
    for number, place in enumerate(places):
        for face in photo.faces:
            called = place.is_called(face.id)
            if called or is_same_place(place.box, face.box):
                pairs.append((-overlap(place.box, face.box), not called, number, face.id))
    taken: dict[int, str] = {}
    used = set()
    for _, _, number, face_id in sorted(pairs):
        if number not in taken and face_id not in used:
            taken[number] = face_id
            used.add(face_id)
    return taken


def _is_same_picture(faces: Iterable[FaceRef], photo: PhotoFaces) -> bool:
    """Whether a photo is the picture in which faces were, though it has other bytes."""
    if any(_same_time(face.taken_at, photo.taken_at) for face in faces):
        return True
    there = [any(overlap(box, face.box) > _LEAST_OVERLAP for face in photo.faces) for box in {f.box for f in faces}]
    return 2 * sum(there) >= len(there)


@dataclass
class _Story:
    """What holds for a face after all that was said of it."""

    confirmed: str | None = None
    imported: str | None = None
    rejected: frozenset[str] = frozenset()
    ignored: str | None = None
    # Whether it is a face even where the engine finds none.
    stays: bool = False
    only_imported: bool = True


class _Hanging:
    """Hangs facts on photo after photo."""

    def __init__(self, knowledge: Knowledge):
        self.knowledge = knowledge
        self.confirmed: dict[str, str] = {}
        self.imported: dict[str, str] = {}
        self.rejected: dict[str, frozenset[str]] = {}
        self.ignored: dict[str, str] = {}
        self.kept: dict[str, KeptFace] = {}
        self.portraits: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.hung_facts: set[int] = set()
        self.missed: list[Fact] = []
        self.replaced: set[tuple[str, str]] = set()

    def hang(self, photo: PhotoFaces, facts: list[Fact]) -> None:
        here = self._about(photo, facts)
        places = _places_of([*self._regions_of(photo), *here])
        found = _faces_of(places, photo)
        imported: list[tuple[bool, float, str, str]] = []
        people = set()
        for number, place in enumerate(places):
            story = self._story_of(place.facts)
            face = found.get(number) or self._keep(place, story, photo)
            if face is None:
                continue
            if story.ignored:
                self.ignored[face] = story.ignored
            if story.rejected:
                self.rejected[face] = story.rejected
            if story.confirmed:
                self.confirmed[face] = story.confirmed
                people.add(story.confirmed)
            elif story.imported:
                size = place.box.width * place.box.height
                imported.append((number not in found, -size, face, story.imported))
            for fact in place.facts:
                if fact.says is Says.PORTRAIT and fact.person:
                    self.portraits.setdefault(self.knowledge.root(fact.person), face)
        # Two faces of one photo are one person only if the owner says so.
        for _, _, face, person in sorted(imported):
            if person not in people:
                self.imported[face] = person
                people.add(person)

    def _about(self, photo: PhotoFaces, facts: list[Fact]) -> list[Fact]:
        """The facts that are about this picture; they aren't if another one has taken its path."""
        same = set()
        for was in {fact.face.photo for fact in facts}:
            if was in (None, photo.sha256) or photo.sha256 in self.knowledge.replaced.get(was, ()):
                same.add(was)
            elif _is_same_picture([fact.face for fact in facts if fact.face.photo == was], photo):
                same.add(was)
                if photo.sha256:
                    self.replaced.add((was, photo.sha256))
        here = [fact for fact in facts if fact.face.photo in same]
        self.hung_facts.update(map(id, here))
        self.missed += (fact for fact in facts if fact.face.photo not in same)
        return here

    def _regions_of(self, photo: PhotoFaces) -> Iterator[Fact]:
        """What the photo's own file says."""
        for region in photo.regions:
            try:
                name = _clean(region.name)
            except PersonNameError:
                continue
            if self.knowledge.is_withheld(name):
                continue
            yield Fact("", FaceRef(photo.sha256, region.box, photo.path), Says.IMPORTED, name=name)

    def _story_of(self, facts: list[Fact]) -> _Story:
        story = _Story()
        confirmed: str | None = None
        rejected: set[str] = set()
        drawn = False
        for fact in facts:
            match fact.says:
                case Says.IS if fact.person:
                    confirmed, story.ignored = fact.person, None
                    rejected.discard(fact.person)
                case Says.IS_NOT:
                    if confirmed in fact.people:
                        confirmed = None
                    rejected |= fact.people
                case Says.IGNORED:
                    confirmed, story.ignored = None, fact.why
                case Says.EXISTS:
                    drawn, story.ignored = True, None
                case Says.IMPORTED if fact.name:
                    story.imported = self.knowledge.person_called(fact.name)
                    known = self.knowledge.people.get(story.imported)
                    if known is None or known.name is None:
                        self.names.setdefault(story.imported, fact.name)
        root = self.knowledge.root
        story.confirmed = root(confirmed) if confirmed else None
        # Who was told apart from somebody and later found to be the same stays: the name was given to the face itself.
        story.rejected = frozenset(map(root, rejected)) - {story.confirmed or ""}
        if story.imported in story.rejected or story.ignored:
            story.imported = None
        story.stays = bool(story.confirmed or story.imported or (drawn and not story.ignored))
        story.only_imported = not (story.confirmed or drawn)
        return story

    def _keep(self, place: _Place, story: _Story, photo: PhotoFaces) -> str | None:
        """A face at a place where the engine finds none; None if there is nothing to keep."""
        if not story.stays:
            return None
        box = place.box.inside()
        digest = hashlib.sha256(f"{photo.path} {tuple(box)}".encode("utf-8", "surrogatepass")).hexdigest()
        face = KeptFace(f"kept-{digest[:32]}", photo.path, box, IMPORTED if story.only_imported else DRAWN)
        self.kept[face.id] = face
        return face.id

    def hung(self, lost: list[Fact]) -> Hung:
        waiting = [*lost, *(fact for fact in self.missed if id(fact) not in self.hung_facts)]
        return Hung(
            confirmed=self.confirmed,
            imported=self.imported,
            rejected=self.rejected,
            ignored=self.ignored,
            kept=self.kept,
            portraits=self.portraits,
            names=self.names,
            waiting=tuple(waiting),
            replaced=tuple(sorted(self.replaced)),
        )


@lru_cache(maxsize=10_000)
def _clean(name: str) -> str:
    return person_name(name)
