"""What the people function answers the owner: who there is, who is asked about, and what was decided."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from functions.people.boxes import Box, is_same_place
from functions.people.decisions import Event, Named, Split, Undone
from functions.people.inventory import FaceInPhoto, Inventory
from functions.people.journal_lines import Journal
from functions.people.knowledge import Knowledge, Says, undone_by
from functions.people.people_state import PersonState, State, Unknown, faces_in
from functions.people.suggestions import MAX_SUGGESTIONS, MAX_WITH_UNLIKE
from functions.visitor_calls import RequestError

# Of a group, so many are enough to know somebody by.
_SHOWN_FACES = 4
_PEOPLE = ("person", "into", "to")
# Why somebody is suggested who isn't recognised by face or company: another service says they are in the photo.
SAID = "said"
_TOLD = ("name", "names", "date", "why", "source", "event")


@dataclass(frozen=True)
class Answers:
    """Answers from what is known after the last round. ``candidates`` are faces to ask about, by person."""

    journal: Journal
    knowledge: Knowledge
    state: State
    inventory: Inventory
    candidates: Mapping[str, Iterable[str]]

    @cached_property
    def _faces(self) -> dict[str, FaceInPhoto]:
        return faces_in(self.inventory, self.state.kept)

    @cached_property
    def _by_id(self) -> dict[str, Event]:
        return {event.id: event for event in self.journal.events}

    @cached_property
    def _namings(self) -> Mapping[str, list[tuple[str, str]]]:
        """Each decision that gave a person a name, and that name, by person, in order."""
        namings = defaultdict(list)
        for event in self.journal.events:
            if isinstance(event, Named | Split) and event.name:
                namings[event.person if isinstance(event, Named) else event.to].append((event.id, event.name))
        return namings

    def people(self) -> dict[str, Any]:
        """Everybody with a name, hidden people too, most photographed first."""
        return {
            "people": [self._entry(person) | {"candidates": self._count(person.id)} for person in self.state.people],
            "waiting": self.state.waiting,
        }

    def faces(self, faces: Iterable[str]) -> dict[str, Any]:
        """The faces with these ids that are still there."""
        return {"faces": [self._face(face) for face in faces if face in self._faces]}

    def person(self, person: str) -> dict[str, Any]:
        """A person with their faces by time, and faces that may be theirs. Raises ``RequestError``."""
        known = self.state.by_id.get(self.knowledge.root(person))
        if known is None:
            raise RequestError(404, "PersonNotFound", "there is no such person")
        asked = [face for face in self.candidates.get(known.id, ()) if face in self._faces]
        return {
            **self._entry(known),
            "faces": [self._face(face) | self._origin(face) for face in known.faces],
            "candidates": [self._face(face) for face in asked if face not in self.state.whose],
        }

    def photo(self, path: str) -> dict[str, Any]:
        """The faces of a photo, from left to right. Raises ``RequestError``."""
        photo = self.inventory.photos.get(path)
        if photo is None:
            raise RequestError(404, "PhotoNotFound", f"there is no photo {path[:200]!a} yet: it may be on its way")
        faces = sorted((face for face in self._faces.values() if face.photo.path == path), key=lambda face: face.box)
        return {
            "path": path,
            "width": photo.width,
            "height": photo.height,
            "faces": [
                self._face(face.id)
                | self._origin(face.id)
                | {"ignored": self.state.ignored.get(face.id), **self._person_of(face.id)}
                for face in faces
            ],
        }

    def questions(self, limit: int, skip: int) -> dict[str, Any]:
        """Who is this? Those without a name, in the order in which to ask."""
        named = len(self.state.people)
        return {
            "named": named,
            "total": named + len(self.state.unknown),
            "groups": list(map(self._group, self.state.unknown[skip : skip + limit])),
        }

    def history(self, limit: int, before: str) -> dict[str, Any]:
        """The decisions, newest first: those ``before`` an id, if one is given."""
        events = [event for event in reversed(self.journal.events) if not before or event.id < before]
        return {"decisions": list(map(self._decision, events[:limit])), "unread": len(self.journal.unread)}

    def _count(self, person: str) -> int:
        """Faces to ask about: are they this person's?"""
        asked = (face for face in self.candidates.get(person, ()) if face in self._faces)
        return sum(face not in self.state.whose for face in asked)

    def _entry(self, person: PersonState) -> dict[str, Any]:
        return {
            "id": person.id,
            "name": person.name,
            "slug": person.slug,
            "other_names": list(person.other_names),
            "hidden": person.hidden,
            "birth": person.birth,
            "photos": len(person.photos),
            "from": person.first or None,
            "to": person.last or None,
            "portrait": self._face(person.portrait) if person.portrait else None,
        }

    def _face(self, face_id: str) -> dict[str, Any]:
        face = self._faces[face_id]
        photo = face.photo
        return {
            "path": photo.path,
            "box": list(face.box),
            "face": face.id if face.is_searchable else None,
            "width": photo.width,
            "height": photo.height,
            "taken_at": photo.taken_at,
        }

    def _origin(self, face_id: str) -> dict[str, Any]:
        whose = self.state.whose.get(face_id)
        return {"origin": whose.origin if whose else None, "box_origin": self._faces[face_id].box_origin}

    def _person_of(self, face_id: str) -> dict[str, Any]:
        whose = self.state.whose.get(face_id)
        return {"person": whose.person if whose else None, "name": self._name(whose.person) if whose else None}

    def _name(self, person: str) -> str | None:
        known = self.state.by_id.get(self.knowledge.root(person))
        return known.name if known else None

    def _group(self, unknown: Unknown) -> dict[str, Any]:
        faces = [face for face in unknown.faces if face in self._faces]
        return {
            "id": unknown.person or unknown.faces[0],
            "person": unknown.person,
            "photos": len({self._faces[face].photo.path for face in faces}),
            "faces": list(map(self._face, faces[:_SHOWN_FACES])),
            "members": [face for face in faces if self._faces[face].is_searchable],
            "suggestions": self._suggestions(unknown, [self._faces[face] for face in faces]) if faces else [],
        }

    def _suggestions(self, unknown: Unknown, faces: list[FaceInPhoto]) -> list[dict[str, Any]]:
        """Who it may be, those said to be in the photos first. Who has no face here yet comes without ``person``."""
        whys: dict[str, str] = {}
        fresh: dict[str, str] = {}
        for name in self._said(faces):
            person = self.knowledge.person_called(name)
            if person in self.state.by_id:
                whys[person] = SAID
            else:
                fresh.setdefault(person, name)
        for entry in unknown.suggestions:
            whys.setdefault(entry.person, entry.why)
        suggested: list[dict[str, Any]] = [
            {"person": None, "name": name, "portrait": None, "why": SAID} for name in fresh.values()
        ]
        for person, why in whys.items():
            portrait = self._portrait(person)
            suggested.append({"person": person, "name": self._name(person), "portrait": portrait, "why": why})
        return suggested[:MAX_SUGGESTIONS]

    def _said(self, faces: list[FaceInPhoto]) -> list[str]:
        """Names said to be in these photos, most often said first, without those found in them or rejected for them."""
        counts: Counter[str] = Counter()
        for face in faces:
            named = self._named_in.get(face.photo.path, set())
            for name in self.knowledge.said.get(face.photo.sha256 or "", ()):
                person = self.knowledge.person_called(name)
                if person not in named and not self._is_rejected(face, person):
                    counts[name] += 1
        return sorted(counts, key=lambda name: (-counts[name], name))[:MAX_WITH_UNLIKE]

    @cached_property
    def _named_in(self) -> Mapping[str, set[str]]:
        """The people found in each photo."""
        found: dict[str, set[str]] = defaultdict(set)
        for face_id, whose in self.state.whose.items():
            if face := self._faces.get(face_id):
                found[face.photo.path].add(self.knowledge.root(whose.person))
        return found

    @cached_property
    def _rejections(self) -> Mapping[str, list[tuple[Box, frozenset[str]]]]:
        """For each photo, by its SHA-256, who certain places in it are not."""
        found: dict[str, list[tuple[Box, frozenset[str]]]] = defaultdict(list)
        for fact in self.knowledge.facts:
            if fact.says is Says.IS_NOT and fact.face.photo:
                found[fact.face.photo].append((fact.face.box, frozenset(map(self.knowledge.root, fact.people))))
        return found

    def _is_rejected(self, face: FaceInPhoto, person: str) -> bool:
        places = self._rejections.get(face.photo.sha256 or "", ())
        return any(person in people and is_same_place(box, face.box) for box, people in places)

    def _portrait(self, person: str) -> dict[str, Any] | None:
        known = self.state.by_id.get(person)
        return self._face(known.portrait) if known and known.portrait in self._faces else None

    def _decision(self, event: Event) -> dict[str, Any]:
        """An event's parts, for a sentence: with the names that people had when it was decided.

        A person who was renamed also has their name before that; an undo has what it undoes, or does again.
        """
        there = {entry.name: getattr(event, entry.name) for entry in fields(event)}
        faces = there.get("faces") or [there["face"]] if "face" in there or "faces" in there else []
        people = {
            part: {"id": there[part], "name": self._name_at(there[part], event.id)}
            for part in _PEOPLE
            if there.get(part)
        }
        was = self._name_before(event.person, event.id) if isinstance(event, Named) else None
        return {
            "id": event.id,
            "at": event.at,
            "by": event.by,
            "kind": event.kind,
            "undone": event.id in self.knowledge.undone,
            "faces": len(faces),
            **people,
            **{name: there[name] for name in _TOLD if there.get(name) is not None},
            **({"was": was} if was else {}),
            **self._step_of(event),
        }

    def _name_at(self, person: str, event: str) -> str | None:
        """What a person was called when this was decided, else what they are called now."""
        given = dict(self._namings.get(person, ()))
        held = given.get(event) or self._name_before(person, event)
        known = self.state.by_id.get(person)
        return held or next(iter(given.values()), None) or (known.name if known else None)

    def _name_before(self, person: str, event: str) -> str | None:
        """What a person was called just before a decision."""
        namings = [(naming, name) for naming, name in self._namings.get(person, ()) if naming < event]
        undone = undone_by([earlier for earlier in self.journal.events if earlier.id < event]) if namings else ()
        return next((name for naming, name in reversed(namings) if naming not in undone), None)

    def _step_of(self, event: Event) -> dict[str, Any]:
        """The decision that an undo is about in the end, and whether it holds again: by an undo of an undo."""
        step: Event | None = event
        undoes = 0
        while isinstance(step, Undone):
            step = self._by_id.get(step.event)
            undoes += 1
        return {"step": self._decision(step), "again": undoes % 2 == 0} if undoes and step else {}
