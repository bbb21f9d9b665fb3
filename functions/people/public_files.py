"""What visitors may know about people: the files that pages are made from and read again.

Only people with a name who aren't hidden are in them. The same state gives the same bytes, so only what changed is
written.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from functions.languages import LANGUAGES, in_language
from functions.people.inventory import FaceInPhoto, Inventory
from functions.people.people_state import PersonState, State, Unknown, by_time, faces_in

VERSION = 1
PEOPLE_KEY = "people/people.json"
# The page of all people asks who some of the others are: those on most photos.
_MAX_UNKNOWN = 200


def person_key(slug: str) -> str:
    """Key in the site bucket of a person's photos."""
    return f"people/{slug}/photos.json"


def person_pages(slug: str) -> list[str]:
    """Keys there of the page that `kinpics publish` renders from them, in all languages that a site may have."""
    return [f"people/{slug}/{in_language('index.html', language)}" for language in LANGUAGES]


def set_key(set_name: str) -> str:
    """Key in the site bucket of the people on a set's photos."""
    return f"sets/{set_name}/people.json"


def public_files(state: State, inventory: Inventory) -> dict[str, bytes]:
    """The files by their key in the site bucket: also of sets whose photos show nobody, so that pages needn't ask for
    files that aren't there."""
    return {key: _written(content) for key, content in _MakingFiles(state, inventory).files()}


def files_of_nobody(set_names: Iterable[str]) -> dict[str, bytes]:
    """What `public_files` makes of a site with these sets as long as nobody is known."""
    of_set = _written({"v": VERSION, "people": [], "photos": {}})
    return {
        PEOPLE_KEY: _written({"v": VERSION, "people": [], "unknown": []}),
        **{set_key(name): of_set for name in set_names},
    }


def _set_of(path: str) -> str:
    return path.partition("/")[0]


def _written(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


class _MakingFiles:
    """The files, in the making."""

    def __init__(self, state: State, inventory: Inventory):
        self.state = state
        self.inventory = inventory
        self.faces = faces_in(inventory, state.kept)
        self.shown = {person.id: person for person in state.people if not person.hidden}
        self.with_photos = [person for person in self.shown.values() if person.portrait]
        # Who is on which photo, by its path.
        self.there: dict[str, set[str]] = defaultdict(set)
        for person in self.with_photos:
            for path in person.photos:
                self.there[path].add(person.id)

    def files(self) -> Iterator[tuple[str, Any]]:
        unknown = [entry for question in self.state.unknown if (entry := self._unknown(question))]
        yield (
            PEOPLE_KEY,
            {"v": VERSION, "people": list(map(self._entry, self.with_photos)), "unknown": unknown[:_MAX_UNKNOWN]},
        )
        for person in self.with_photos:
            yield person_key(person.slug), self._person(person)
        yield from self._sets()

    def _entry(self, person: PersonState) -> dict[str, Any]:
        return {
            "id": person.id,
            "name": person.name,
            "slug": person.slug,
            "photos": len(person.photos),
            "from": person.first or None,
            "to": person.last or None,
            "portrait": self._portrait(person.portrait or ""),
        }

    def _portrait(self, face_id: str) -> dict[str, Any]:
        face = self.faces[face_id]
        photo = face.photo
        return {"path": photo.path, "box": list(face.box), "width": photo.width, "height": photo.height}

    def _unknown(self, question: Unknown) -> dict[str, Any] | None:
        """Somebody without a name: the face is for a search, so the engine must know it."""
        faces = [self.faces[face] for face in question.faces]
        face = next((face for face in faces if face.is_searchable), None)
        if face is None:
            return None
        photos = len({entry.photo.path for entry in faces})
        return {"face": face.id, "photos": photos, "portrait": self._portrait(face.id)}

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

    def _sets(self) -> Iterator[tuple[str, Any]]:
        """For each set: who is on its photos, and where."""
        sets: dict[str, list[tuple[FaceInPhoto, PersonState]]] = {_set_of(path): [] for path in self.inventory.photos}
        for face_id, whose in self.state.whose.items():
            if face_id in self.faces and whose.person in self.shown:
                face = self.faces[face_id]
                sets[_set_of(face.photo.path)].append((face, self.shown[whose.person]))
        for set_name, faces in sorted(sets.items()):
            people = sorted({(person.slug, person.name) for _, person in faces})
            index = {slug: number for number, (slug, _) in enumerate(people)}
            photos: Mapping[str, list[Any]] = defaultdict(list)
            # From left to right, as a screen reader tells them.
            for face, person in sorted(faces, key=lambda entry: (by_time(entry[0].photo), entry[0].box, entry[0].id)):
                file = face.photo.path.partition("/")[2]
                known = face.id if face.is_searchable else None
                photos[file].append([list(face.box), index[person.slug], known])
            yield set_key(set_name), {"v": VERSION, "people": list(map(list, people)), "photos": photos}
