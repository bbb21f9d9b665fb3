"""Lookalike galleries: which collection, folder and records each has, from its name alone.

The first is called ``celebrities``, as on the wire of the services that kinpics speaks like; it is always there. The
owner names the others. Each has a Rekognition collection of its own, so that ranks and totals are of its people alone:

| | the first | one called ``bands`` |
|---|---|---|
| collection | ``<stack>-celebrities`` | ``<stack>-celebrities.bands`` |
| pictures | ``celebrities/<person>/<file>`` | ``celebrities/bands/<person>/<file>`` |
| a person's record | ``person:<user id>`` | ``person:<user id>/bands`` |
| in the ledger | ``celebrities`` | ``celebrities/bands`` |

No stack's name contains a full stop, so no gallery's collection is another stack's.
"""

import re
from dataclasses import dataclass

from functions.errors import KinpicsError
from functions.face_collection import GALLERY_COLLECTION
from functions.keys import (
    PERSON_PREFIX,
    BadNameError,
    ImagePath,
    decode_external_text,
    encode_external_image_id,
    encode_external_text,
    encode_user_id,
    parse_image_path,
)

GALLERIES_PREFIX = f"{GALLERY_COLLECTION}/"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


class BadGalleryNameError(KinpicsError):
    """No gallery can be called so; the message says what names are like."""


@dataclass(frozen=True, order=True)
class Gallery:
    """A gallery by its name. Raises ``BadGalleryNameError``."""

    name: str = GALLERY_COLLECTION

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise BadGalleryNameError(
                f"{self.name[:50]!a} can't be the name of a gallery: it must be 1 to 40 lower-case letters a-z, "
                "digits, '-' and '_', and begin with a letter or digit"
            )

    @property
    def is_first(self) -> bool:
        """Whether it is the one that every site has."""
        return self.name == GALLERY_COLLECTION

    @property
    def folder(self) -> str:
        """How the keys of its pictures begin, in both buckets."""
        return GALLERIES_PREFIX if self.is_first else f"{GALLERIES_PREFIX}{self.name}/"

    @property
    def kept_as(self) -> str:
        """What the ledger calls it."""
        return self.folder.removesuffix("/")

    def collection_id(self, first: str) -> str:
        """The id of its Rekognition collection, from that of the ``first`` gallery's."""
        return first if self.is_first else f"{first}.{self.name}"

    def person_id(self, person: str) -> str:
        """The id of the record that stands for a person in it."""
        return self.record_of_user(encode_user_id(person))

    def record_of_user(self, user_id: str) -> str:
        """The same from Rekognition's id of the person."""
        return f"{PERSON_PREFIX}{user_id}" + ("" if self.is_first else f"/{self.name}")

    def key(self, portrait: ImagePath) -> str:
        """The key of a portrait's pictures, by person and file."""
        return f"{self.folder}{portrait}"

    def has(self, key: str) -> bool:
        """Whether a key, or a record's path, is of a portrait in this gallery."""
        return key.startswith(self.folder) and key.count("/") == self.folder.count("/") + 1

    def external_image_id(self, portrait: ImagePath) -> str:
        """The external image id of a portrait: one gallery's is never another's, even if the picture is the same."""
        if self.is_first:
            return encode_external_image_id(portrait)
        return encode_external_text(f"{self.name}/{portrait}")

    def portrait_of_face(self, external_image_id: str) -> ImagePath | None:
        """Person and file of the portrait of a face; None if the id is a hash, or of no portrait in this gallery."""
        key = GALLERIES_PREFIX + (decode_external_text(external_image_id) or "")
        try:
            return parse_image_path(key.removeprefix(self.folder)) if self.has(key) else None
        except BadNameError:
            return None


FIRST_GALLERY = Gallery()
