"""Faces as decisions mean them: the photo and the box. What else is known of one only helps to find it again."""

from collections.abc import Iterable
from typing import Any, NamedTuple, Self

from functions.people.boxes import Box
from functions.people.decision_fields import (
    NO_SHA256,
    DecisionError,
    check_fields,
    is_sha256,
    read_box,
    read_list,
    read_name,
    read_optional_text,
)


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
        check_fields(value, {"photo", "box", "path", "face", "taken_at"}, "a face")
        photo = value.get("photo")
        if photo is not None and not is_sha256(photo):
            raise DecisionError(f"photo {NO_SHA256}")
        if photo is None and value.get("path") is None:
            raise DecisionError("a face needs a photo or a path")
        return cls(
            photo=photo,
            box=read_box(value.get("box")),
            path=read_optional_text("path", value.get("path")),
            face=read_optional_text("face", value.get("face")),
            taken_at=read_optional_text("taken_at", value.get("taken_at")),
        )

    def to_json(self) -> dict[str, Any]:
        face = {"photo": self.photo, "box": list(self.box), "path": self.path, "face": self.face}
        return face if self.taken_at is None else face | {"taken_at": self.taken_at}


class NamedRegion(NamedTuple):
    """A box that another program named."""

    region: FaceRef
    name: str


def read_faces(value: Any) -> tuple[FaceRef, ...]:
    """One face or more. Raises ``DecisionError``."""
    return tuple(map(FaceRef.from_json, read_list(value)))


def write_faces(faces: Iterable[FaceRef]) -> list[Any]:
    """Faces, as they are written."""
    return [face.to_json() for face in faces]


def read_named(value: Any) -> tuple[NamedRegion, ...]:
    """One named box or more. Raises ``DecisionError``."""
    return tuple(map(_named_region, read_list(value)))


def _named_region(value: Any) -> NamedRegion:
    if not isinstance(value, dict) or "name" not in value:
        raise DecisionError("each has to be an object with photo, box, path and name")
    face = {name: entry for name, entry in value.items() if name != "name"}
    return NamedRegion(FaceRef.from_json(face), read_name(value["name"]))


def write_named(regions: Iterable[NamedRegion]) -> list[Any]:
    """Named boxes, as they are written."""
    return [entry.region.to_json() | {"name": entry.name} for entry in regions]
