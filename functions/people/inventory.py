"""What the site shows today: its photos, with the faces in them and the regions that their files name.

It is made from the rows of table ``pics`` and the regions that are kept beside them, and can be thrown away. As a file
it is JSON: a list for each photo and each face, because there are tens of thousands.
"""

import contextlib
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Self

from functions.face_regions import NamedArea
from functions.people.boxes import BadBoxError, Box
from functions.photo_rows import Photo

VERSION = 1
# Where a face's box comes from: the engine.
FOUND = "found"


class Face(NamedTuple):
    """A face that the engine found."""

    id: str
    box: Box
    # Percent; 0 where a row doesn't say.
    confidence: float
    # Percent, as the engine says; None where it doesn't.
    sharpness: float | None


class Region(NamedTuple):
    """A named box in a photo's own XMP."""

    name: str
    box: Box


class PhotoFaces(NamedTuple):
    """A photo and the faces in it. ``path`` is ``<set>/<file>``; ``sha256`` is the original's, in hex."""

    path: str
    # None in rows of earlier releases, until `kinpics reconcile`.
    sha256: str | None
    taken_at: str | None
    # In pixels, of the upright photo; 0 where a row doesn't say.
    width: int
    height: int
    placeholder: str | None
    image_id: str | None
    faces: tuple[Face, ...]
    regions: tuple[Region, ...]
    # None in inventories of earlier releases, until the photo is told of again.
    processed_at: str | None = None


# As many of its fields are plain values, and come first in a file.
_PLAIN = PhotoFaces._fields.index("faces")


class FaceInPhoto(NamedTuple):
    """A face of today, with its photo."""

    id: str
    photo: PhotoFaces
    box: Box
    # Who says that it is there: `FOUND`, or for a face that the engine doesn't find, `hanging.DRAWN` or `IMPORTED`.
    box_origin: str
    sharpness: float | None

    @property
    def is_searchable(self) -> bool:
        """Whether the engine knows it by its id."""
        return self.box_origin == FOUND


@dataclass(frozen=True)
class Inventory:
    """All photos, by path. It doesn't change: `changed` makes a new one."""

    photos: Mapping[str, PhotoFaces]

    @classmethod
    def of(cls, photos: Iterable[PhotoFaces]) -> Self:
        """The inventory of these photos, in whatever order they come."""
        return cls({photo.path: photo for photo in sorted(photos, key=lambda photo: photo.path)})

    @cached_property
    def by_sha256(self) -> Mapping[str, tuple[str, ...]]:
        """The paths of the photos with the same bytes."""
        found: dict[str, list[str]] = defaultdict(list)
        for photo in self.photos.values():
            if photo.sha256:
                found[photo.sha256].append(photo.path)
        return {sha256: tuple(paths) for sha256, paths in found.items()}

    @cached_property
    def path_of(self) -> Mapping[str, str]:
        """The photo that each face is in, by face id."""
        return {face.id: photo.path for photo in self.photos.values() for face in photo.faces}

    @cached_property
    def faces(self) -> Mapping[str, FaceInPhoto]:
        """Every face that the engine found, by id."""
        return {
            face.id: FaceInPhoto(face.id, photo, face.box, FOUND, face.sharpness)
            for photo in self.photos.values()
            for face in photo.faces
        }

    def only(self, is_meant: Callable[[str], bool]) -> "Inventory":
        """With the photos of some sets alone, by the sets' names."""
        return Inventory({path: photo for path, photo in self.photos.items() if is_meant(set_of(path))})

    def changed(self, photos: Iterable[PhotoFaces], gone: Iterable[str] = ()) -> "Inventory":
        """With these photos as they are now, and without those at the paths ``gone``."""
        now = dict(self.photos) | {photo.path: photo for photo in photos}
        for path in gone:
            now.pop(path, None)
        return Inventory.of(now.values())

    def replaced_since(self, earlier: "Inventory") -> dict[str, list[str]]:
        """Where files of an earlier inventory were that a new file took the place of: paths by SHA-256."""
        replaced: dict[str, list[str]] = defaultdict(list)
        for path, was in earlier.photos.items():
            now = self.photos.get(path)
            # Bytes that were somewhere else before have only moved here.
            if now and was.sha256 and now.sha256 and now.sha256 not in earlier.by_sha256:
                replaced[was.sha256].append(path)
        return dict(replaced)

    def described_anew_since(self, earlier: "Inventory") -> set[str]:
        """Faces of an earlier inventory that an engine has described again, not as before, under the same id.

        On a laptop, photos that are processed by another engine keep the ids of their faces.
        """
        found = set()
        for path, was in earlier.photos.items():
            now = self.photos.get(path)
            if now is not None and now is not was:
                before = {face.id: face for face in was.faces}
                found |= {face.id for face in now.faces if before.get(face.id, face) != face}
        return found

    def to_json(self) -> dict[str, Any]:
        photos = [
            [
                *photo[:_PLAIN],
                [[face.id, *face.box, face.confidence, face.sharpness] for face in photo.faces],
                [[region.name, *region.box] for region in photo.regions],
                photo.processed_at,
            ]
            for photo in self.photos.values()
        ]
        return {"v": VERSION, "photos": photos}

    @classmethod
    def from_json(cls, content: Any) -> "Inventory | None":
        """The inventory of a file; None for one that another release wrote, or a damaged one: it is made again."""
        with contextlib.suppress(AttributeError, IndexError, KeyError, TypeError, ValueError):
            if content["v"] == VERSION:
                return cls({entry[0]: _photo_of(entry) for entry in content["photos"]})
        return None


def set_of(path: str) -> str:
    """The set of the photo at a path."""
    return path.partition("/")[0]


def photo_faces(photo: Photo, regions: Iterable[NamedArea]) -> PhotoFaces:
    """The faces in a photo, by its row in table ``pics`` and its file's regions; what they don't say is None or 0."""
    faces = []
    for record in photo.face_records:
        face, detail = record["Face"], record.get("FaceDetail")
        # Without a box nothing can hang on a face.
        with contextlib.suppress(BadBoxError, KeyError):
            box = Box.of(face["BoundingBox"][side] for side in ("Left", "Top", "Width", "Height"))
            quality = detail.get("Quality") if isinstance(detail, dict) else None
            sharpness = _number(quality.get("Sharpness")) if isinstance(quality, dict) else None
            faces.append(Face(face["FaceId"], box, _number(face.get("Confidence")) or 0.0, sharpness))
    return PhotoFaces(
        path=f"{photo.primarykey}/{photo.sortkey}",
        sha256=photo.sha256,
        taken_at=photo.taken_at,
        width=photo.width or 0,
        height=photo.height or 0,
        placeholder=photo.placeholder,
        image_id=photo.image_id,
        faces=tuple(sorted(faces, key=lambda face: face.id)),
        regions=tuple(_boxed(regions)),
        processed_at=photo.processed_at,
    )


def _boxed(regions: Iterable[NamedArea]) -> Iterable[Region]:
    for name, area in regions:
        with contextlib.suppress(BadBoxError):
            yield Region(name, Box.of(area))


def _photo_of(entry: list[Any]) -> PhotoFaces:
    plain, (faces, regions, *processed_at) = entry[:_PLAIN], entry[_PLAIN:]
    found = tuple(Face(face[0], Box(*face[1:5]), face[5], face[6]) for face in faces)
    named = tuple(Region(region[0], Box(*region[1:])) for region in regions)
    return PhotoFaces._make([*plain, found, named, *(processed_at or [None])])


def _number(value: Any) -> float | None:
    with contextlib.suppress(OverflowError, TypeError, ValueError):
        number = round(float(value), 2)
        return number if math.isfinite(number) else None
    return None
