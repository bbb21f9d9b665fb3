"""Calls of the people function, as the owner's pages make them, and what the command line calls people and faces."""

import contextlib
import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from functions.errors import KinpicsError
from functions.face_collection import is_face_id
from functions.people.boxes import BadBoxError, Box
from functions.people.ulid import is_ulid
from functions.photo_texts import same_name
from scripts.common.function_calls import call_function
from scripts.common.stack import Stack
from scripts.common.words import count

_NUMBERED = re.compile(r"(?P<path>.+/.+)#(?P<number>[0-9]{1,4})")
_BY = "cli"

Draft = dict[str, Any]


class PeopleCallError(KinpicsError):
    """Nobody is called that, or no face is meant; the message says what to do."""


@dataclass(frozen=True)
class PeopleCalls:
    """Calls the people function of a stack."""

    stack: Stack

    def call(self, action: str, **fields: Any) -> Any:
        """The output of an action (docs/data.md). Raises ``FunctionCallError``."""
        return call_function(self.stack.outputs.people_function, {"action": action, "by": _BY, **fields})

    def decide(self, *drafts: Draft) -> list[dict[str, Any]]:
        """Decide, all of it or none; returns the events. Raises ``FunctionCallError``."""
        events: list[dict[str, Any]] = self.call("decide", events=list(drafts))["events"]
        return events

    @cached_property
    def people(self) -> list[dict[str, Any]]:
        """Everybody with a name."""
        found: list[dict[str, Any]] = self.call("people")["people"]
        return found

    def named(self, name: str) -> list[dict[str, Any]]:
        """The people with a name, however it is spelled."""
        return [person for person in self.people if same_name(person["name"]) == same_name(name)]

    def person(self, who: str) -> dict[str, Any]:
        """The person with an id, a name, or a part of an address. Raises ``PeopleCallError``."""
        found = [person for person in self.people if who in (person["id"], person["slug"])] or self.named(who)
        if not found:
            raise PeopleCallError(self._why_nobody(who))
        if len(found) > 1:
            ids = ", ".join(f"{person['id']} ({count(person['photos'], 'photo')})" for person in found)
            raise PeopleCallError(f"{len(found)} people are called {who}: give an id instead, one of {ids}")
        return found[0]

    def _why_nobody(self, who: str) -> str:
        """Why this is nobody: the id may be that of somebody who was merged since."""
        if is_ulid(who):
            with contextlib.suppress(PeopleCallError):
                now = self.call("person", person=who)
                return f"{who} was merged into {now['name']}: use {now['id']}"
        if "/" in who:
            return f"{who} isn't a face: `kinpics people photo {shlex.quote(who)}` lists those in a photo"
        return f"nobody is called {who}: `kinpics people list` lists everybody"

    def face(self, text: str) -> Draft:
        """A face: `SET/PHOTO#2` is the second from the left; or its face id. Raises ``PeopleCallError``."""
        if is_face_id(text):
            return {"face": text}
        numbered = _NUMBERED.fullmatch(text)
        if not numbered:
            raise PeopleCallError(f"{text} isn't a face: write SET/PHOTO#2 for the second from the left, or a face id")
        faces = self.call("photo", path=numbered["path"])["faces"]
        number = int(numbered["number"])
        if not 1 <= number <= len(faces):
            raise PeopleCallError(f"{numbered['path']} has {count(len(faces), 'face')}: there is no number {number}")
        face = faces[number - 1]
        return {part: face[part] for part in ("path", "box", "face") if face[part] is not None}

    def faces_of(self, person: dict[str, Any], texts: Iterable[str]) -> list[Draft]:
        """Some of a person's faces, each once. Raises ``PeopleCallError`` for somebody else's."""
        theirs = self.call("person", person=person["id"])["faces"]
        found: dict[int, Draft] = {}
        for text in texts:
            face = self.face(text)
            at = next((at for at, entry in enumerate(theirs) if face.items() <= entry.items()), None)
            if at is None:
                naming = f"kinpics people name {shlex.quote(text)} {shlex.quote(person['name'])}"
                raise PeopleCallError(f"{text} isn't known to be {person['name']}: if it is, run `{naming}` first")
            found[at] = face
        return list(found.values())


def read_box(text: str) -> list[float]:
    """The four numbers of a box as it is typed. Raises ``PeopleCallError``."""
    try:
        numbers = [float(number) for number in text.split(",")]
        if max(Box.of(numbers)) > 1:
            raise ValueError
    except (BadBoxError, ValueError):
        raise PeopleCallError(
            f"{text} isn't a box in a photo: write left, top, width and height as fractions, as in 0.4,0.1,0.2,0.25"
        ) from None
    return numbers


def is_face(text: str) -> bool:
    """Whether a text names a face, not a person."""
    return is_face_id(text) or bool(_NUMBERED.fullmatch(text) and not is_ulid(text))
