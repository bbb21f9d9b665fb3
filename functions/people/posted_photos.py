"""Which photos a private address shows: those of whoever has the faces that it was made for, as far as that is known.

The faces are places in photos. The surest that is still there says who it is: somebody with a name, or a group of
unknown faces; then the other faces' groups count too, since one person's faces may be in several. A face that isn't
recognised yet stands for its own photo. An address follows a person as people's pages do: of somebody hidden it shows
nothing, and of photos that not all who may see the album's own pages may see, none.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from functions.access.access_rows import PostedAddress
from functions.people.boxes import BadBoxError, Box, is_same_place, overlap
from functions.people.inventory import FaceInPhoto, Inventory, PhotoFaces
from functions.people.people_state import State, faces_in

# A page shows at most so many, the latest: it is written as one file.
MAX_PHOTOS = 2_000


@dataclass(frozen=True)
class PostedFaces:
    """Whose photos an address shows: their faces, each in another photo; ``is_known`` once they are recognised.

    ``is_lost`` where the photos are there and the faces aren't: the person was forgotten.
    """

    faces: tuple[FaceInPhoto, ...] = ()
    is_known: bool = False
    is_lost: bool = False


@dataclass(frozen=True)
class PostedPhotos:
    """What is known after a round. ``is_everywhere`` says of a set whether the album's own pages may show it."""

    state: State
    inventory: Inventory
    is_everywhere: Callable[[str], bool] = lambda set_name: True

    def whose(self, address: PostedAddress) -> PostedFaces:
        """Whose photos to show, latest first."""
        places = list(_places(address))
        there = [found for photo, box in places if (found := self._face_at(photo, box))]
        if not there:
            is_lost = any(photo in self.inventory.by_sha256 for photo, _ in places)
            return PostedFaces(is_lost=is_lost)
        person = self._person_of(there[0])
        if person is not None:
            faces, is_known = self._faces_of(person), True
        else:
            grouped = [face for found in there for face in self._group_of(found)]
            faces, is_known = grouped or there, bool(grouped)
        return PostedFaces(tuple(self._latest_by_photo(faces)), is_known)

    def _face_at(self, sha256: str, box: Box) -> FaceInPhoto | None:
        """The face at a place, in any photo with these bytes."""
        near = [
            face
            for path in self.inventory.by_sha256.get(sha256, ())
            for face in self._by_path.get(path, ())
            if is_same_place(face.box, box)
        ]
        return max(near, key=lambda face: (overlap(face.box, box), face.is_searchable, face.id), default=None)

    def _person_of(self, face: FaceInPhoto) -> str | None:
        """Who the site takes a face for; those without a name are groups of faces, unless they are hidden."""
        whose = self.state.whose.get(face.id)
        return whose.person if whose and (whose.person in self.state.by_id or face.id not in self._groups) else None

    def _faces_of(self, person: str) -> list[FaceInPhoto]:
        if not self.state.is_shown(person):
            return []
        return [self._faces[face] for face in self.state.by_id[person].faces if face in self._faces]

    def _group_of(self, face: FaceInPhoto) -> list[FaceInPhoto]:
        group = self._groups.get(face.id, ())
        return [self._faces[entry] for entry in group if entry in self._faces]

    def _latest_by_photo(self, faces: list[FaceInPhoto]) -> list[FaceInPhoto]:
        shown: dict[str, FaceInPhoto] = {}
        for face in faces:
            if self.is_everywhere(face.photo.path.partition("/")[0]):
                shown.setdefault(face.photo.path, face)
        return sorted(shown.values(), key=lambda face: _time(face.photo), reverse=True)[:MAX_PHOTOS]

    @cached_property
    def _faces(self) -> Mapping[str, FaceInPhoto]:
        return faces_in(self.inventory, self.state.kept)

    @cached_property
    def _by_path(self) -> Mapping[str, list[FaceInPhoto]]:
        found: dict[str, list[FaceInPhoto]] = {}
        for face in self._faces.values():
            found.setdefault(face.photo.path, []).append(face)
        return found

    @cached_property
    def _groups(self) -> Mapping[str, tuple[str, ...]]:
        """The group of each face of somebody without a name."""
        return {face: question.faces for question in self.state.unknown for face in question.faces}


def _places(address: PostedAddress) -> Iterator[tuple[str, Box]]:
    """The photo and the box of each face of an address, by its row; what can't be read is left out."""
    for face in address.faces:
        with contextlib.suppress(BadBoxError, KeyError, TypeError):
            yield str(face["photo"]), Box.of(face["box"])


def _time(photo: PhotoFaces) -> tuple[str, str]:
    """What photos are sorted by; those without a date come last where the latest come first."""
    return photo.taken_at or "", photo.path


def described(whose: PostedFaces) -> dict[str, Any]:
    """The photos of an address, as its page reads them."""
    photos = [
        {
            "path": face.photo.path,
            "width": face.photo.width,
            "height": face.photo.height,
            "placeholder": face.photo.placeholder,
            "taken_at": face.photo.taken_at,
            "box": list(face.box),
        }
        for face in whose.faces
    ]
    return {"known": whose.is_known, "photos": photos}
