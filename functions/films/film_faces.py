"""The faces in a film: one a person, each with its second, and a strip with a portrait of each.

A face of the film that Rekognition takes for one that is kept already goes again. The largest face of each person
stays: it says most about them, and it is what visitors see of them.
"""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from PIL import Image

from functions.films.moments import MAX_PEOPLE
from functions.people.boxes import BadBoxError, Box
from functions.people.portrait_cut import SIDE, UnusableRenditionError, cut_portrait

# As sure as the pages are that two faces are the same person.
SAME_PERSON = 90.0
STRIP_TYPE = "image/webp"


@dataclass(frozen=True)
class FoundFace:
    """A face record of IndexFaces, and the second of the picture it was found in."""

    second: float
    record: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.record["Face"]["FaceId"])

    @property
    def size(self) -> float:
        box = self.record["Face"].get("BoundingBox") or {}
        return float(box.get("Width", 0) * box.get("Height", 0))


def one_a_person(faces: Iterable[FoundFace], alike: Callable[[str], Iterable[str]]) -> list[FoundFace]:
    """The largest face of each person, at most `MAX_PEOPLE`, largest first.

    ``alike`` gives the ids of faces that are the same person as one; it is paid for.
    """
    left = sorted({face.id: face for face in faces}.values(), key=lambda face: (-face.size, face.second, face.id))
    kept: list[FoundFace] = []
    while left and len(kept) < MAX_PEOPLE:
        face, *left = left
        kept.append(face)
        if left:
            same = set(alike(face.id))
            left = [other for other in left if other.id not in same]
    return kept


def choose_poster(faces: Iterable[FoundFace], seconds: list[float]) -> float:
    """The second whose picture stands for the film: where most of the faces are, else the first of these."""
    shown: dict[float, tuple[int, float]] = {}
    for face in faces:
        number, size = shown.get(face.second, (0, 0.0))
        shown[face.second] = number + 1, size + face.size
    return max(sorted(shown), key=shown.__getitem__) if shown else seconds[0]


def make_strip(faces: list[FoundFace], pictures: dict[float, bytes]) -> bytes | None:
    """Square portraits side by side, in the order of ``faces``: a WebP; None without faces."""
    if not faces:
        return None
    strip = Image.new("RGB", (SIDE * len(faces), SIDE))
    for place, face in enumerate(faces):
        portrait = _portrait(pictures[face.second], face.record["Face"].get("BoundingBox") or {})
        if portrait is not None:
            with Image.open(io.BytesIO(portrait)) as cut:
                strip.paste(cut, (SIDE * place, 0))
    out = io.BytesIO()
    strip.save(out, "WEBP", quality=75, method=4, exif=b"", icc_profile=b"")
    return out.getvalue()


def _portrait(picture: bytes, box: dict[str, float]) -> bytes | None:
    try:
        return cut_portrait(picture, Box.of(box[side] for side in ("Left", "Top", "Width", "Height")))
    except (BadBoxError, KeyError, UnusableRenditionError):
        return None
