"""What visitors may know about people: the files that pages are made from and read again.

Only people with a name who aren't hidden are in them. Those that stand for the whole site are made of the sets alone
that everybody may see who may see the site; the list of a narrower set is the only file that knows who is in it. The
same state gives the same bytes, so only what changed is written.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from functions.languages import LANGUAGES, in_language
from functions.people.inventory import FaceInPhoto, Inventory, set_of
from functions.people.people_state import PersonState, State, Unknown, by_time, faces_in
from functions.public_lists import PEOPLE_KEY, VERSION, set_list_key, written

PORTRAITS_PREFIX = "people/portraits/"
# The version of how portraits are cut: raise it, and all are made again.
_CUT = 3
# The page of all people asks who some of the others are: those on most photos.
_MAX_UNKNOWN = 200
_PORTRAIT = re.compile(rf"{PORTRAITS_PREFIX}(?P<name>[0-9a-f]{{16}})\.webp")


def person_key(slug: str) -> str:
    """Key in the site bucket of a person's photos."""
    return f"people/{slug}/photos.json"


def person_pages(slug: str) -> list[str]:
    """Keys there of the page that `kinpics publish` renders from them, in all languages that a site may have."""
    return [f"people/{slug}/{in_language('index.html', language)}" for language in LANGUAGES]


def portrait_key(name: str) -> str:
    """Key in the site bucket of a portrait."""
    return f"{PORTRAITS_PREFIX}{name}.webp"


def portrait_named(key: str) -> str | None:
    """The name of the portrait that a key of the site bucket belongs to, if it is one."""
    found = _PORTRAIT.fullmatch(key)
    return found["name"] if found else None


def portrait_name(face: FaceInPhoto) -> str | None:
    """The name of a face's portrait: a hash of what it is made from, so what is under a name never changes.

    None if the photo's row doesn't say which bytes it shows.
    """
    source = face.photo.sha256 or face.photo.image_id
    return hashlib.sha256(f"{_CUT} {source} {tuple(face.box)}".encode()).hexdigest()[:16] if source else None


def portraits_wanted(state: State, inventory: Inventory) -> dict[str, FaceInPhoto]:
    """The faces whose portraits pages show, by the portraits' names."""
    faces = faces_in(inventory, state.kept)
    shown = [faces[person.portrait] for person in state.people if person.portrait and not person.hidden]
    shown += [face for _, face in _shown_questions(state, faces)]
    return {name: face for face in shown if (name := portrait_name(face))}


def portraits_allowed(state: State, inventory: Inventory) -> set[str]:
    """The names of the portraits that may stay: of faces that visitors see as somebody's, or are asked about.

    Pages that were published earlier may show them, even if another face stands for that person now.
    """
    faces = faces_in(inventory, state.kept)
    shown = {person.id for person in state.people if not person.hidden}
    seen = {face for face, whose in state.whose.items() if whose.person in shown}
    asked = {face for question, _ in _shown_questions(state, faces) for face in question.faces}
    seen |= {face for face in asked if faces[face].is_searchable}
    return {name for face in seen & faces.keys() if (name := portrait_name(faces[face]))}


def public_files(
    state: State,
    inventory: Inventory,
    portraits: Collection[str] = (),
    whole: tuple[State, Inventory] | None = None,
) -> dict[str, bytes]:
    """The files by their key in the site bucket: also of sets whose photos show nobody, so that pages needn't ask for
    files that aren't there. ``portraits`` are the names of those that are there.

    Where some sets are for fewer people than the site is, ``state`` and ``inventory`` are without these, and ``whole``
    has everything.
    """
    of_site = _MakingFiles(state, inventory, portraits)
    files = dict(of_site.files())
    if whole:
        with_page = {person.slug for person in of_site.with_photos}
        of_sets = _MakingFiles(*whole, portraits).lists_of_sets(with_page)
        files |= {key: content for key, content in of_sets if key not in files}
    return {key: written(content) for key, content in files.items()}


def _shown_questions(state: State, faces: Mapping[str, FaceInPhoto]) -> list[tuple[Unknown, FaceInPhoto]]:
    """People without a name, each with the face that stands for them. The engine must know it: it is searched for."""
    found = (
        (question, next((face for face in map(faces.__getitem__, question.faces) if face.is_searchable), None))
        for question in state.unknown
    )
    return [(question, face) for question, face in found if face][:_MAX_UNKNOWN]


class _MakingFiles:
    """The files, in the making."""

    def __init__(self, state: State, inventory: Inventory, portraits: Collection[str]):
        self.state = state
        self.inventory = inventory
        self.portraits = portraits
        self.faces = faces_in(inventory, state.kept)
        self.shown = {person.id: person for person in state.people if not person.hidden}
        self.with_photos = [person for person in self.shown.values() if person.portrait]
        # Who is on which photo, by its path.
        self.there: dict[str, set[str]] = defaultdict(set)
        for person in self.with_photos:
            for path in person.photos:
                self.there[path].add(person.id)

    def files(self) -> Iterator[tuple[str, Any]]:
        unknown = [self._unknown(question, face) for question, face in _shown_questions(self.state, self.faces)]
        yield PEOPLE_KEY, {"v": VERSION, "people": list(map(self._entry, self.with_photos)), "unknown": unknown}
        for person in self.with_photos:
            yield person_key(person.slug), self._person(person)
        yield from self.lists_of_sets({person.slug for person in self.with_photos})

    def _entry(self, person: PersonState) -> dict[str, Any]:
        return {
            "id": person.id,
            "name": person.name,
            "slug": person.slug,
            "photos": len(person.photos),
            "from": person.first or None,
            "to": person.last or None,
            "portrait": self._portrait(self.faces[person.portrait or ""]),
        }

    def _portrait(self, face: FaceInPhoto) -> dict[str, Any]:
        photo, name = face.photo, portrait_name(face)
        portrait = {"path": photo.path, "box": list(face.box), "width": photo.width, "height": photo.height}
        return {**portrait, "picture": name} if name in self.portraits else portrait

    def _unknown(self, question: Unknown, face: FaceInPhoto) -> dict[str, Any]:
        photos = len({self.faces[entry].photo.path for entry in question.faces})
        return {"face": face.id, "photos": photos, "portrait": self._portrait(face)}

    def _person(self, person: PersonState) -> dict[str, Any]:
        others = [(self.shown[other], count) for other, count in person.together if other in self.shown]
        others.sort(key=lambda entry: (-entry[1], entry[0].slug))
        index = {other.id: number for number, (other, _) in enumerate(others)}
        photos: dict[str, dict[str, Any]] = {}
        for face in (self.faces[face] for face in person.faces):
            photo = face.photo
            # Where somebody is on a photo twice, the first face stands for both.
            photos.setdefault(
                photo.path,
                {
                    "path": photo.path,
                    "width": photo.width,
                    "height": photo.height,
                    "placeholder": photo.placeholder,
                    "taken_at": photo.taken_at,
                    "box": list(face.box),
                    "with": sorted(index[other] for other in self.there[photo.path] if other in index),
                },
            )
        return {
            "v": VERSION,
            "id": person.id,
            "name": person.name,
            "photos": list(photos.values()),
            "with": [
                {"id": other.id, "slug": other.slug, "name": other.name, "photos": count} for other, count in others
            ],
        }

    def lists_of_sets(self, with_page: Collection[str]) -> Iterator[tuple[str, Any]]:
        """For each set: who is on its photos, and where. Whoever isn't ``with_page``, by slug, has no page."""
        sets: dict[str, list[tuple[FaceInPhoto, PersonState]]] = {set_of(path): [] for path in self.inventory.photos}
        for face_id, whose in self.state.whose.items():
            if face_id in self.faces and whose.person in self.shown:
                face = self.faces[face_id]
                sets[set_of(face.photo.path)].append((face, self.shown[whose.person]))
        for set_name, faces in sorted(sets.items()):
            people = sorted({(person.slug, person.name) for _, person in faces})
            index = {slug: number for number, (slug, _) in enumerate(people)}
            photos: Mapping[str, list[Any]] = defaultdict(list)
            # From left to right, as a screen reader tells them.
            for face, person in sorted(faces, key=lambda entry: (by_time(entry[0].photo), entry[0].box, entry[0].id)):
                file = face.photo.path.partition("/")[2]
                known = face.id if face.is_searchable else None
                photos[file].append([list(face.box), index[person.slug], known])
            listed = [[slug, name] if slug in with_page else [slug, name, False] for slug, name in people]
            yield set_list_key(set_name), {"v": VERSION, "people": listed, "photos": photos}
