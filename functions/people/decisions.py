"""What the owner decided about people: the events of the journal, one dataclass for each kind.

The journal only grows. An event is one line of JSON::

    {"v":1,"id":"01JD…","at":"2026-11-26T10:35:37.123+00:00","by":"ann@example.org","kind":"name","person":"01JD…","name":"Ann"}

Ids are ULIDs: their order is the order of events. A face is written as the photo it is in and its box, because face ids
die when photos are processed again. What can't be read, or has a newer ``v``, is kept as it is and not applied.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, dataclass, field, fields
from datetime import date, datetime
from typing import Any, ClassVar, NamedTuple, Self

from functions.errors import KinpicsError
from functions.people.boxes import BadBoxError, Box
from functions.people.person_names import PersonNameError, person_name
from functions.people.ulid import is_ulid, ulid_of

VERSION = 1
STRANGER, NO_FACE = "stranger", "no-face"
# Of an event: a page shows some dozens of faces, a split may take all of a person's. Its row must stay below 400 kB.
MAX_FACES = 1000
_MAX_TEXT = 1100
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NO_SHA256 = "has to be the SHA-256 of an original: 64 characters of 0-9 and a-f"


class DecisionError(KinpicsError):
    """An event that can't be; the message names the field and says what is wrong with it.

    ``number`` says which decision it is, from 1 on, if several were made together.
    """

    def __init__(self, message: str, number: int | None = None):
        super().__init__(message)
        self.number = number


class FaceRef(NamedTuple):
    """A face as a decision means it: the photo and the box. All else only helps to find it again."""

    # SHA-256 of the original in hex; None where the photo's row has none yet.
    photo: str | None
    box: Box
    # `<set>/<file>` at the time of the decision.
    path: str | None
    # The engine's id of the face at that time, if it had found it.
    face: str | None = None
    # When the photo was taken: another picture under the same path was taken at another time.
    taken_at: str | None = None

    @classmethod
    def from_json(cls, value: Any) -> Self:
        if not isinstance(value, dict):
            raise DecisionError("a face has to be an object with photo, box and path")
        _check_names(value, {"photo", "box", "path", "face", "taken_at"}, "a face")
        photo = value.get("photo")
        if photo is not None and not _is_sha256(photo):
            raise DecisionError(f"photo {_NO_SHA256}")
        if photo is None and value.get("path") is None:
            raise DecisionError("a face needs a photo or a path")
        return cls(
            photo=photo,
            box=_box(value.get("box")),
            path=_optional_text("path", value.get("path")),
            face=_optional_text("face", value.get("face")),
            taken_at=_optional_text("taken_at", value.get("taken_at")),
        )

    def to_json(self) -> dict[str, Any]:
        face = {"photo": self.photo, "box": list(self.box), "path": self.path, "face": self.face}
        return face if self.taken_at is None else face | {"taken_at": self.taken_at}


class NamedRegion(NamedTuple):
    """A box that another program named."""

    region: FaceRef
    name: str


# How a field of an event is read from JSON, and written.
_Read = Callable[[Any], Any]


def _as_it_is(value: Any) -> Any:
    return value


def _part(read: _Read, write: _Read = _as_it_is, **kwargs: Any) -> Any:
    return field(metadata={"read": read, "write": write}, **kwargs)


def _id(value: Any) -> str:
    if not isinstance(value, str) or not is_ulid(value):
        raise DecisionError("has to be a ULID: 26 digits and capital letters")
    return value


def _is_sha256(value: Any) -> bool:
    return isinstance(value, str) and bool(_SHA256.fullmatch(value))


def _sha256(value: Any) -> str:
    if not _is_sha256(value):
        raise DecisionError(_NO_SHA256)
    return str(value)


def _box(value: Any) -> Box:
    if not isinstance(value, list | tuple):
        raise DecisionError("box has to be a list of four numbers")
    try:
        return Box.of(value)
    except BadBoxError as error:
        raise DecisionError(str(error)) from None


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _MAX_TEXT or any(ord(char) < 32 for char in value):
        raise DecisionError(f"has to be a text of one line and at most {_MAX_TEXT} characters")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise DecisionError("is not valid Unicode") from None
    return value


def _optional_text(name: str, value: Any) -> str | None:
    try:
        return None if value is None else _text(value)
    except DecisionError as error:
        raise DecisionError(f"{name} {error}") from None


def _moment(value: Any) -> str:
    try:
        if datetime.fromisoformat(_text(value)).tzinfo:
            return str(value)
    except ValueError:
        pass
    raise DecisionError("has to be a moment such as 2026-11-26T10:35:37.123+00:00")


def _name(value: Any) -> str:
    try:
        return person_name(value)
    except PersonNameError as error:
        raise DecisionError(str(error)) from None


def _optional_name(value: Any) -> str | None:
    return None if value is None else _name(value)


def _optional_id(value: Any) -> str | None:
    return None if value is None else _id(value)


def _ids(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise DecisionError("has to be a list of ULIDs")
    return tuple(map(_id, value))


def _digests(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(map(_is_sha256, value)):
        raise DecisionError("has to be a list of SHA-256 digests")
    return tuple(value)


def _names(value: Any) -> tuple[str, ...]:
    return tuple(map(_name, _list(value, "names")))


def _list(value: Any, what: str = "faces") -> list[Any]:
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_FACES:
        raise DecisionError(f"has to be a list of 1 to {MAX_FACES} {what}")
    return value


def _faces(value: Any) -> tuple[FaceRef, ...]:
    return tuple(map(FaceRef.from_json, _list(value)))


def _named(value: Any) -> tuple[NamedRegion, ...]:
    return tuple(map(_named_region, _list(value)))


def _named_region(value: Any) -> NamedRegion:
    if not isinstance(value, dict) or "name" not in value:
        raise DecisionError("each has to be an object with photo, box, path and name")
    face = {name: entry for name, entry in value.items() if name != "name"}
    return NamedRegion(FaceRef.from_json(face), _name(value["name"]))


def _write_faces(faces: Iterable[FaceRef]) -> list[Any]:
    return [face.to_json() for face in faces]


def _write_named(regions: Iterable[NamedRegion]) -> list[Any]:
    return [entry.region.to_json() | {"name": entry.name} for entry in regions]


def _why(value: Any) -> str:
    if value not in (STRANGER, NO_FACE):
        raise DecisionError(f"has to be {STRANGER!r} or {NO_FACE!r}")
    return str(value)


def _birth(value: Any) -> str | None:
    if value is None:
        return None
    try:
        if date.fromisoformat(value).isoformat() == value:
            return str(value)
    except (TypeError, ValueError):
        pass
    raise DecisionError("has to be a date such as 2019-05-01, or null")


def _check_names(value: Mapping[str, Any], known: set[str], what: str) -> None:
    unknown = sorted(value.keys() - known)
    if unknown:
        raise DecisionError(f"{what} has no {', '.join(map(repr, unknown))}")


@dataclass(frozen=True, kw_only=True)
class Event:
    """What every event has: its ULID, when it was decided (ISO 8601, UTC), and who decided it."""

    kind: ClassVar[str]

    id: str = _part(_id)
    at: str = _part(_moment)
    by: str = _part(_text)

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
    person: str = _part(_id)
    name: str = _part(_name)


@dataclass(frozen=True, kw_only=True)
class Assigned(Event):
    """These faces are that person."""

    kind = "assign"
    person: str = _part(_id)
    faces: tuple[FaceRef, ...] = _part(_faces, _write_faces)


@dataclass(frozen=True, kw_only=True)
class Rejected(Event):
    """These faces are not that person, for good."""

    kind = "reject"
    person: str = _part(_id)
    faces: tuple[FaceRef, ...] = _part(_faces, _write_faces)


@dataclass(frozen=True, kw_only=True)
class Ignored(Event):
    """Nobody is to be asked about these faces again: a stranger's, or no face at all."""

    kind = "ignore"
    faces: tuple[FaceRef, ...] = _part(_faces, _write_faces)
    why: str = _part(_why)


@dataclass(frozen=True, kw_only=True)
class Drawn(Event):
    """A face that the engine missed."""

    kind = "box"
    face: FaceRef = _part(FaceRef.from_json, FaceRef.to_json)
    person: str | None = _part(_optional_id, default=None)


@dataclass(frozen=True, kw_only=True)
class Merged(Event):
    """All of ``person`` is ``into``."""

    kind = "merge"
    person: str = _part(_id)
    into: str = _part(_id)


@dataclass(frozen=True, kw_only=True)
class Split(Event):
    """These faces leave ``person`` for ``to``."""

    kind = "split"
    person: str = _part(_id)
    faces: tuple[FaceRef, ...] = _part(_faces, _write_faces)
    to: str = _part(_id)
    name: str | None = _part(_optional_name, default=None)


@dataclass(frozen=True, kw_only=True)
class Hidden(Event):
    """Visitors see the person nowhere."""

    kind = "hide"
    person: str = _part(_id)


@dataclass(frozen=True, kw_only=True)
class Shown(Event):
    """Visitors see the person again."""

    kind = "show"
    person: str = _part(_id)


@dataclass(frozen=True, kw_only=True)
class PortraitChosen(Event):
    """This face stands for the person."""

    kind = "portrait"
    person: str = _part(_id)
    face: FaceRef = _part(FaceRef.from_json, FaceRef.to_json)


@dataclass(frozen=True, kw_only=True)
class Born(Event):
    """The person is on no photo from before this date; without one, it is unknown."""

    kind = "birth"
    person: str = _part(_id)
    date: str | None = _part(_birth, default=None)


@dataclass(frozen=True, kw_only=True)
class Imported(Event):
    """Another program named these boxes; ``source`` says where it wrote so."""

    kind = "import"
    faces: tuple[NamedRegion, ...] = _part(_named, _write_named)
    source: str = _part(_text)


@dataclass(frozen=True, kw_only=True)
class SaidToBeIn(Event):
    """Another service says that these people are in the photo, by its SHA-256, but not where: the owner is asked."""

    kind = "said"
    photo: str = _part(_sha256)
    names: tuple[str, ...] = _part(_names, list)
    source: str = _part(_text)


@dataclass(frozen=True, kw_only=True)
class Undone(Event):
    """As if the event had not happened: any earlier one, also one of this kind."""

    kind = "undo"
    event: str = _part(_id)


@dataclass(frozen=True, kw_only=True)
class PhotoReplaced(Event):
    """The file ``photo`` took the place of ``was``, both by SHA-256, and is the same picture; kinpics notes it."""

    kind = "replace"
    photo: str = _part(_sha256)
    was: str = _part(_sha256)


@dataclass(frozen=True, kw_only=True)
class PersonForgotten(Event):
    """Somebody was forgotten; who is not said, and the journal has no event about that person any more.

    While these are being taken out, ``people`` names them; ``marks`` recognise what comes late about them
    (`forgotten_names`).
    """

    kind = "forgotten"
    people: tuple[str, ...] | None = _part(_ids, list, default=None)
    marks: tuple[str, ...] | None = _part(_digests, list, default=None)


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
    _check_names(values, {"kind", *parts}, f"an event of kind {kind!r}")
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


def import_id(faces: Iterable[NamedRegion], after: str = "") -> str:
    """The id of an import: the same regions of the same photos always have the same, so that they count once.

    Those that are said again after something else was said in between, by the import ``after``, have another.
    """
    said = json.dumps(sorted(json.dumps([face.photo or face.path, *face.box, name]) for face, name in faces))
    return ulid_of(f"{said} after {after}" if after else said)


def said_id(photo: str, names: Iterable[str]) -> str:
    """The id of what is said of a photo; always the same for the same names, so that it counts once."""
    return ulid_of(f"said {photo} {json.dumps(sorted(names))}")


def replacement_id(photo: str, was: str) -> str:
    """The id of a replacement; always the same for these two files, so that it counts once."""
    return ulid_of(f"replace {was} {photo}")
