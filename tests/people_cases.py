"""Made-up people, photos and decisions for the tests of `functions/people/`."""

import hashlib
from collections.abc import Iterable
from itertools import count

from functions.people.boxes import Box
from functions.people.decisions import Event, make_event
from functions.people.face_refs import FaceRef
from functions.people.inventory import Face, Inventory, PhotoFaces, Region
from functions.people.ulid import ulid_of


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def box(place: int, size: float = 0.08) -> Box:
    """One of a hundred places in a photo, far enough from each other; ``size`` doesn't move its middle."""
    return Box.of([place % 10 / 10 + 0.05 - size / 2, place // 10 / 10 + 0.05 - size / 2, size, size])


def photo(path: str, *places: int, content: str = "", taken_at: str | None = None, engine: str = "e") -> PhotoFaces:
    """A photo with a face at each of these places; its bytes are those of its path unless ``content`` says others."""
    faces = tuple(Face(f"{engine}-{path}-{place}", box(place), 99.0, 50.0) for place in places)
    return PhotoFaces(path, sha256(content or path), taken_at, 4000, 3000, "", f"i-{path}", faces, ())


def named_in_file(where: PhotoFaces, *regions: tuple[str, Box]) -> PhotoFaces:
    return where._replace(regions=tuple(Region(name, place) for name, place in regions))


def ref(where: PhotoFaces, place: int) -> FaceRef:
    face = next((face for face in where.faces if face.box == box(place)), None)
    return FaceRef(where.sha256, box(place), where.path, face.id if face else None, where.taken_at)


def person(number: int) -> str:
    return f"01PERS0N{number:018}"


class Journal:
    """Events in the order they are made."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._numbers = count(1)

    def add(self, kind: str, **values: object) -> str:
        """Add an event; returns its id."""
        event_id = f"01EVENT{next(self._numbers):019}"
        faces = values.get("faces")
        if isinstance(faces, list):
            values["faces"] = [entry.to_json() if isinstance(entry, FaceRef) else entry for entry in faces]
        face = values.get("face")
        if isinstance(face, FaceRef):
            values["face"] = face.to_json()
        moment = f"2026-11-26T10:00:{len(self.events) % 60:02}+00:00"
        event = make_event({"id": event_id, "at": moment, "by": "ann@example.org", "kind": kind} | values)
        self.events.append(event)
        return event.id


def regions(*entries: tuple[FaceRef, str]) -> list[object]:
    return [face.to_json() | {"name": name} for face, name in entries]


def inventory(*photos: PhotoFaces | Iterable[PhotoFaces]) -> Inventory:
    return Inventory.of(entry for one in photos for entry in ([one] if isinstance(one, PhotoFaces) else one))


def imported(name: str) -> str:
    """The id of a person that only imports know."""
    return ulid_of(f"name {name.casefold()}")
