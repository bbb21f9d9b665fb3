"""The galleries of a site: which there are, and what visitors read about each.

Each has an object in the photos bucket, ``galleries/<name>.json``, with its title and text. It is written before the
gallery's collection is made, and deleted after everything else of the gallery is, so that nothing of a gallery is ever
forgotten. The first gallery is there without one.
"""

import contextlib
import json
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from functions.errors import KinpicsError
from functions.face_collection import FaceCollection
from functions.galleries import FIRST_GALLERY, BadGalleryNameError, Gallery
from scripts.common.bucket import list_objects

if TYPE_CHECKING:
    from scripts.common.stack import Stack

WORDS_PREFIX = "galleries/"
# In characters: what the page has room for.
MAX_TITLE, MAX_TEXT = 60, 300


class GalleryError(KinpicsError):
    """There is no such gallery, or its words are too long; the message says what to do."""


@dataclass(frozen=True)
class GalleryWords:
    """What visitors read about a gallery. Empty: a title made from its name, and no text."""

    title: str = ""
    text: str = ""

    def checked(self) -> "GalleryWords":
        """The same with plain spaces. Raises ``GalleryError``."""
        plain = GalleryWords(*(" ".join(words.split()) for words in (self.title, self.text)))
        for what, words, most in (("title", plain.title, MAX_TITLE), ("text", plain.text, MAX_TEXT)):
            if len(words) > most:
                raise GalleryError(f"the {what} has {len(words)} characters: at most {most} fit on the page")
            if any(unicodedata.category(char) in ("Cc", "Cs") for char in words):
                raise GalleryError(f"the {what} contains control characters, or is not valid Unicode")
        return plain


def faces_of(stack: "Stack", gallery: Gallery) -> FaceCollection:
    """A gallery's collection."""
    first = stack.gallery
    return replace(first, collection_id=gallery.collection_id(first.collection_id)) if not gallery.is_first else first


def list_galleries(stack: "Stack") -> list[Gallery]:
    """Every gallery, the first one first, the others by name."""
    return [FIRST_GALLERY, *sorted(_others(stack))]


def find_gallery(stack: "Stack", name: str) -> Gallery:
    """The gallery of a name. Raises ``GalleryError`` if there is none, and ``BadGalleryNameError``."""
    gallery = Gallery(name)
    if gallery in (known := list_galleries(stack)):
        return gallery
    there = ", ".join(one.name for one in known)
    raise GalleryError(
        f"there is no gallery {name}, only {there}: `kinpics gallery add FOLDER --gallery {name}` makes one"
    )


def open_gallery(stack: "Stack", name: str, words: GalleryWords | None = None) -> Gallery:
    """The gallery of a name, which is made if there is none. ``words`` are kept unless it has some.

    Raises ``BadGalleryNameError``.
    """
    gallery = Gallery(name)
    if not gallery.is_first and gallery not in _others(stack):
        write_words(stack, gallery, words or GalleryWords())
    elif words and read_words(stack, gallery) == GalleryWords():
        write_words(stack, gallery, words)
    make_collection(stack, gallery)
    return gallery


def make_collection(stack: "Stack", gallery: Gallery) -> None:
    """Make the collection of a gallery, unless it is there; the first one's comes with the stack."""
    if not gallery.is_first:
        with contextlib.suppress(stack.rekognition.exceptions.ResourceAlreadyExistsException):
            stack.rekognition.create_collection(CollectionId=faces_of(stack, gallery).collection_id)


def delete_collection(stack: "Stack", gallery: Gallery) -> None:
    """Delete a gallery's collection with every face and person in it, if it is there."""
    with contextlib.suppress(stack.rekognition.exceptions.ResourceNotFoundException):
        stack.rekognition.delete_collection(CollectionId=faces_of(stack, gallery).collection_id)


def list_other_collections(stack: "Stack") -> list[str]:
    """The collections of all galleries but the first, also of those that a stopped command has left."""
    start = f"{stack.gallery.collection_id}."
    pages = stack.rekognition.get_paginator("list_collections").paginate()
    return [name for page in pages for name in page["CollectionIds"] if name.startswith(start)]


def read_words(stack: "Stack", gallery: Gallery) -> GalleryWords:
    """What visitors read about a gallery; nothing where an object holds no words."""
    try:
        body = stack.s3.get_object(Bucket=stack.outputs.pics_bucket, Key=_key(gallery))["Body"].read()
        return parse_words(body)
    except (stack.s3.exceptions.NoSuchKey, GalleryError):
        return GalleryWords()


def parse_words(body: bytes) -> GalleryWords:
    """Words from JSON, as their object has them, and an export. Raises ``GalleryError``."""
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(found.get(name, ""), str) for name in ("title", "text")):
        raise GalleryError('it must be JSON with a "title" and a "text"')
    return GalleryWords(found.get("title", ""), found.get("text", "")).checked()


def write_words(stack: "Stack", gallery: Gallery, words: GalleryWords) -> None:
    """Say what visitors read about a gallery; for any but the first, also that there is one."""
    stack.s3.put_object(
        Bucket=stack.outputs.pics_bucket,
        Key=_key(gallery),
        Body=json.dumps(asdict(words), ensure_ascii=False).encode(),
        ContentType="application/json",
    )


def delete_words(stack: "Stack", gallery: Gallery) -> None:
    """Forget what visitors read about a gallery, and with it, unless it is the first, that there is one."""
    stack.s3.delete_object(Bucket=stack.outputs.pics_bucket, Key=_key(gallery))


def _key(gallery: Gallery) -> str:
    return f"{WORDS_PREFIX}{gallery.name}.json"


def _others(stack: "Stack") -> set[Gallery]:
    return set(_named(item["Key"] for item in list_objects(stack.s3, stack.outputs.pics_bucket, WORDS_PREFIX)))


def _named(keys: Iterator[str]) -> Iterator[Gallery]:
    """The galleries but the first whose words have these keys; what else lies there is somebody else's."""
    for key in keys:
        if key.endswith(".json"):
            with contextlib.suppress(BadGalleryNameError):
                gallery = Gallery(key.removeprefix(WORDS_PREFIX).removesuffix(".json"))
                if not gallery.is_first:
                    yield gallery
