"""The lookalike galleries as pages offer them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from functions.aws_errors import code_of
from functions.face_collection import FaceCollection
from functions.galleries import Gallery
from scripts.common.site_galleries import faces_of, list_galleries, read_words
from scripts.site.renditions import portrait_url

if TYPE_CHECKING:
    from scripts.common.stack import Stack

# Portraits that stand for a gallery.
_PORTRAITS = 3


@dataclass(frozen=True)
class GalleryShown:
    """A gallery with people in it; ``portraits`` are addresses of some of theirs.

    ``title`` is empty for the first gallery if its owner gave it none: then each language has its own.
    """

    name: str
    is_first: bool
    title: str
    text: str
    people: int
    portraits: tuple[str, ...]


def list_galleries_shown(stack: "Stack") -> list[GalleryShown]:
    """The galleries to be compared with, the first one first: those with nobody in them aren't offered."""
    return [shown for gallery in list_galleries(stack) if (shown := _shown(stack, gallery))]


def _shown(stack: "Stack", gallery: Gallery) -> GalleryShown | None:
    faces = faces_of(stack, gallery)
    try:
        people = faces.count_people()
    except ClientError as error:
        # It is just being made or deleted.
        if gallery.is_first or code_of(error) != "ResourceNotFoundException":
            raise
        return None
    if not people:
        return None
    words = read_words(stack, gallery)
    title = words.title or ("" if gallery.is_first else _title_of(gallery.name))
    portraits = _portraits(faces, gallery)
    return GalleryShown(gallery.name, gallery.is_first, title, words.text, people, portraits)


def _title_of(name: str) -> str:
    words = name.replace("-", " ").replace("_", " ").strip() or name
    return words[0].upper() + words[1:]


def _portraits(faces: FaceCollection, gallery: Gallery) -> tuple[str, ...]:
    """The address of one portrait of each of the first people."""
    found: dict[str, str] = {}
    for face in faces.list_faces():
        if portrait := gallery.portrait_of_face(face.get("ExternalImageId", "")):
            found.setdefault(portrait.set_name, portrait_url(gallery.key(portrait)))
        if len(found) == _PORTRAITS:
            break
    return tuple(found.values())
