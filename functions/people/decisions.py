"""What the owner decided about people: the events of the journal, one dataclass for each kind.

The journal only grows. An event is one line of JSON::

    {"v":1,"id":"01JD…","at":"2026-11-26T10:35:37.123+00:00","by":"ann@example.org","kind":"name","person":"01JD…","name":"Ann"}

Ids are ULIDs: their order is the order of events. A face is written as the photo it is in and its box, because face ids
die when photos are processed again. What can't be read, or has a newer ``v``, is kept as it is and not applied.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, ClassVar

from functions.people.decision_fields import (
    DecisionError,
    check_fields,
    read_birth,
    read_digests,
    read_id,
    read_ids,
    read_moment,
    read_name,
    read_names,
    read_optional_id,
    read_optional_name,
    read_sha256,
    read_text,
    read_why,
)
from functions.people.face_refs import FaceRef, NamedRegion, read_faces, read_named, write_faces, write_named

VERSION = 1

# How a field of an event is read from JSON, and written.
_Read = Callable[[Any], Any]


def _as_it_is(value: Any) -> Any:
    return value


def _part(read: _Read, write: _Read = _as_it_is, **kwargs: Any) -> Any:
    return field(metadata={"read": read, "write": write}, **kwargs)


@dataclass(frozen=True, kw_only=True)
class Event:
    """What every event has: its ULID, when it was decided (ISO 8601, UTC), and who decided it."""

    kind: ClassVar[str]

    id: str = _part(read_id)
    at: str = _part(read_moment)
    by: str = _part(read_text)

    def to_json(self) -> str:
        """The event's line in the journal, without the line's end."""
        values: dict[str, Any] = {"v": VERSION, "id": self.id, "at": self.at, "by": self.by, "kind": self.kind}
        for entry in fields(self):
            value = getattr(self, entry.name)
            if entry.name not in values and value is not None:
                values[entry.name] = entry.metadata["write"](value)
        return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, kw_only=True)
class Named(Event):
    """A person has this name from now on; one that nothing was said of before is new."""

    kind = "name"
    person: str = _part(read_id)
    name: str = _part(read_name)


@dataclass(frozen=True, kw_only=True)
class Assigned(Event):
    """These faces are that person."""

    kind = "assign"
    person: str = _part(read_id)
    faces: tuple[FaceRef, ...] = _part(read_faces, write_faces)


@dataclass(frozen=True, kw_only=True)
class Rejected(Event):
    """These faces are not that person, for good."""

    kind = "reject"
    person: str = _part(read_id)
    faces: tuple[FaceRef, ...] = _part(read_faces, write_faces)


@dataclass(frozen=True, kw_only=True)
class Ignored(Event):
    """Nobody is to be asked about these faces again: a stranger's, or no face at all."""

    kind = "ignore"
    faces: tuple[FaceRef, ...] = _part(read_faces, write_faces)
    why: str = _part(read_why)


@dataclass(frozen=True, kw_only=True)
class Drawn(Event):
    """A face that the engine missed."""

    kind = "box"
    face: FaceRef = _part(FaceRef.from_json, FaceRef.to_json)
    person: str | None = _part(read_optional_id, default=None)


@dataclass(frozen=True, kw_only=True)
class Merged(Event):
    """All of ``person`` is ``into``."""

    kind = "merge"
    person: str = _part(read_id)
    into: str = _part(read_id)


@dataclass(frozen=True, kw_only=True)
class Split(Event):
    """These faces leave ``person`` for ``to``."""

    kind = "split"
    person: str = _part(read_id)
    faces: tuple[FaceRef, ...] = _part(read_faces, write_faces)
    to: str = _part(read_id)
    name: str | None = _part(read_optional_name, default=None)


@dataclass(frozen=True, kw_only=True)
class Hidden(Event):
    """Visitors see the person nowhere."""

    kind = "hide"
    person: str = _part(read_id)


@dataclass(frozen=True, kw_only=True)
class Shown(Event):
    """Visitors see the person again."""

    kind = "show"
    person: str = _part(read_id)


@dataclass(frozen=True, kw_only=True)
class PortraitChosen(Event):
    """This face stands for the person."""

    kind = "portrait"
    person: str = _part(read_id)
    face: FaceRef = _part(FaceRef.from_json, FaceRef.to_json)


@dataclass(frozen=True, kw_only=True)
class Born(Event):
    """The person is on no photo from before this date; without one, it is unknown."""

    kind = "birth"
    person: str = _part(read_id)
    date: str | None = _part(read_birth, default=None)


@dataclass(frozen=True, kw_only=True)
class Imported(Event):
    """Another program named these boxes; ``source`` says where it wrote so."""

    kind = "import"
    faces: tuple[NamedRegion, ...] = _part(read_named, write_named)
    source: str = _part(read_text)


@dataclass(frozen=True, kw_only=True)
class SaidToBeIn(Event):
    """Another service says that these people are in the photo, by its SHA-256, but not where: the owner is asked."""

    kind = "said"
    photo: str = _part(read_sha256)
    names: tuple[str, ...] = _part(read_names, list)
    source: str = _part(read_text)


@dataclass(frozen=True, kw_only=True)
class Undone(Event):
    """As if the event had not happened: any earlier one, also one of this kind."""

    kind = "undo"
    event: str = _part(read_id)


@dataclass(frozen=True, kw_only=True)
class PhotoReplaced(Event):
    """The file ``photo`` took the place of ``was``, both by SHA-256, and is the same picture; kinpics notes it."""

    kind = "replace"
    photo: str = _part(read_sha256)
    was: str = _part(read_sha256)


@dataclass(frozen=True, kw_only=True)
class PersonForgotten(Event):
    """Somebody was forgotten; who is not said, and the journal has no event about that person any more.

    While these are being taken out, ``people`` names them; ``marks`` recognise what comes late about them
    (`forgotten_names`).
    """

    kind = "forgotten"
    people: tuple[str, ...] | None = _part(read_ids, list, default=None)
    marks: tuple[str, ...] | None = _part(read_digests, list, default=None)


KINDS: Mapping[str, type[Event]] = {kind.kind: kind for kind in Event.__subclasses__()}


def read_event(text: str) -> Event:
    """The event of a line of JSON. Raises ``DecisionError`` for one that is damaged, or from a newer version."""
    try:
        values = json.loads(text)
    except ValueError:
        raise DecisionError("this is not JSON") from None
    except RecursionError:
        raise DecisionError("this is JSON of too many levels") from None
    if not isinstance(values, dict):
        raise DecisionError("this is not a JSON object")
    version = values.pop("v", None)
    if version != VERSION or isinstance(version, bool):
        raise DecisionError(f"v has to be {VERSION}: a newer kinpics wrote this, or none")
    return make_event(values)


def make_event(values: Mapping[str, Any]) -> Event:
    """The event of an object with ``kind``, ``id``, ``at``, ``by`` and its kind's fields. Raises ``DecisionError``."""
    shape = KINDS.get(kind) if isinstance(kind := values.get("kind"), str) else None
    if shape is None:
        raise DecisionError(f"kind has to be one of {', '.join(KINDS)}")
    parts = {entry.name: entry for entry in fields(shape)}
    check_fields(values, {"kind", *parts}, f"an event of kind {kind!r}")
    read = {
        name: _read(name, entry, values)
        for name, entry in parts.items()
        # A field that may be missing has None as its default.
        if name in values or entry.default is not None
    }
    return shape(**read)


def _read(name: str, entry: "Field[Any]", values: Mapping[str, Any]) -> Any:
    try:
        return entry.metadata["read"](values.get(name))
    except DecisionError as error:
        raise DecisionError(f"{name}: {error}") from None
