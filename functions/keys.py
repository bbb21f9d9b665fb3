"""Names: from a photo to its object, renditions and faces, and back.

An *image path* is ``<set>/<file>``. The original is ``photos/<set>/<file>`` in the photos bucket, the thumbnail has the
same key in the thumbnails bucket, the large rendition is under its size there, and the card under ``card/``.
Rekognition takes fewer characters in an external image id, so one pair of functions converts.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote_plus

from functions.errors import KinpicsError
from functions.thumbnail_sizes import LARGE_SIDE

PHOTOS_PREFIX = "photos/"

# What visitors may download of each photo: the original without private metadata, the original as it is, the large
# rendition, or nothing. A rule is part of its copies' keys, so that a stack never serves copies made by another rule.
# A later release that makes copies differently gives its rule a new name.
STRIPPED, WHOLE, LARGE, NONE = "stripped", "whole", "large", "none"
DOWNLOAD_RULES = (STRIPPED, WHOLE, LARGE)
DOWNLOADS_PREFIX = "downloads/"
CARDS_PREFIX = "card/"
# Of a film: what plays in browsers, and a strip with a portrait of each face in it.
FILMS_PREFIX, FILM_FACES_PREFIX = "film/", "film-faces/"
# There too, not served: what MediaConvert makes of films, until it is taken.
CONVERTED_PREFIX = "converted/"
# In the bucket of what browsers send: what a form put there, and photos that wait for the owner.
INCOMING_PREFIX, WAITING_PREFIX = "incoming/", "waiting/"
# And small JPEGs of those that wait and that browsers can't show.
LOOKS_PREFIX = "looks/"
# In the thumbnails bucket, where CloudFront can't reach it: the names in photos' files.
REGIONS_PREFIX = "people/regions/"
# There too: the names of hidden people, and those of them that have been taken out of all rows.
HIDDEN_NAMES_KEY, TAKEN_OUT_KEY = "people/hidden-names.json", "people/hidden-names-taken-out.json"

# In the metadata of what is made from an original: its ETag.
SOURCE_ETAG = "source-etag"

# S3 keys end at 1024 bytes; the prefix of a download copy, the longest, has to fit in as well.
MAX_KEY_BYTES = 1000
# A set is also a folder of the rendered site, and file systems end names at 255 bytes.
MAX_SET_NAME_BYTES = 200
# https://docs.aws.amazon.com/rekognition/latest/APIReference/API_IndexFaces.html (ExternalImageId)
MAX_EXTERNAL_IMAGE_ID = 255

# https://docs.aws.amazon.com/rekognition/latest/APIReference/API_CreateUser.html (UserId)
MAX_USER_ID = 128
# How the image id of a record begins that stands for a person in the gallery, not for a picture.
PERSON_PREFIX = "person:"

_SAFE = re.compile(rb"[A-Za-z0-9_.\-]")
_ESCAPED = re.compile(r":([0-9A-F]{2})")
_HASHED = "::"
# Prefix of the external image ids of forgotten people's reference faces; never a photo's.
FORGOTTEN_PREFIX = "::forgotten-"


class BadNameError(KinpicsError):
    """A key that no photo can have; the message says what is wrong with it."""


class ImagePath(NamedTuple):
    """A photo by its set and file name, written ``<set>/<file>``."""

    set_name: str
    file: str

    def __str__(self) -> str:
        return f"{self.set_name}/{self.file}"

    @property
    def is_shown_from_elsewhere(self) -> bool:
        """Whether this is a row that shows another set's photo: its file name is that photo's path."""
        return "/" in self.file

    @property
    def original(self) -> "ImagePath":
        """The photo whose pictures are shown: itself, or another set's."""
        set_name, _, file = self.file.partition("/")
        return ImagePath(set_name, file) if file else self

    @property
    def key(self) -> str:
        """Key of the original in the photos bucket, and of the grid thumbnail in the thumbnails bucket."""
        return f"{PHOTOS_PREFIX}{self.set_name}/{self.file}"

    @property
    def large_key(self) -> str:
        """Key of the viewing rendition in the thumbnails bucket."""
        return f"{LARGE_SIDE}/{self.key}"

    @property
    def card_key(self) -> str:
        """Key of the card in the thumbnails bucket."""
        return f"{CARDS_PREFIX}{self.key}"

    @property
    def film_key(self) -> str:
        """Key in the thumbnails bucket of what plays in browsers, if this is a film or has one."""
        return f"{FILMS_PREFIX}{self.key}"

    @property
    def film_faces_key(self) -> str:
        """Key in the thumbnails bucket of the portraits in a film, side by side."""
        return f"{FILM_FACES_PREFIX}{self.key}"

    @property
    def rendition_keys(self) -> tuple[str, str]:
        """Keys in the thumbnails bucket of the two renditions that every photo on the site has."""
        return self.key, self.large_key

    def download_key(self, rule: str) -> str:
        """Key in the thumbnails bucket of what visitors download by one of `DOWNLOAD_RULES`."""
        return f"{DOWNLOADS_PREFIX}{rule}/{self.key}"

    @property
    def regions_key(self) -> str:
        """Key in the thumbnails bucket of what the photo's own file says about who is where; not served."""
        return f"{REGIONS_PREFIX}{self}.json"

    @property
    def served_keys(self) -> tuple[str, ...]:
        """Every key in the thumbnails bucket under which visitors may get something of this photo."""
        films = (self.film_key, self.film_faces_key)
        return *self.rendition_keys, self.card_key, *films, *(self.download_key(rule) for rule in DOWNLOAD_RULES)


def check_set_name(name: str) -> str:
    """Return ``name`` if a set can have it, else raise ``BadNameError``."""
    if not name or name.startswith(".") or "/" in name or name != name.strip():
        raise BadNameError(
            f"{name!r} can't be the name of a set: it must not be empty, start with '.', contain '/', or begin or end "
            "with a space"
        )
    _check_text(name)
    if len(name.encode()) > MAX_SET_NAME_BYTES:
        raise BadNameError(f"{name!r} is too long for the name of a set: at most {MAX_SET_NAME_BYTES} bytes fit")
    return name


def check_file(name: str) -> str:
    """Return ``name`` if a photo can have it, else raise ``BadNameError``."""
    if not name or "/" in name or name in (".", ".."):
        raise BadNameError(f"{name!r} can't be the file name of a photo: it must not be empty or contain '/'")
    return _check_text(name)


def check_new_name(name: str) -> str:
    """Return ``name`` of a set or a photo if it may be given today, else raise ``BadNameError``.

    Earlier releases also took control characters beyond ASCII: what is called so keeps its name.
    """
    if any(unicodedata.category(char) == "Cc" for char in name):
        raise BadNameError(f"{name!r} contains control characters")
    return name


def image_path(set_name: str, file: str) -> ImagePath:
    """The checked path of a photo that is new or typed. Raises ``BadNameError``."""
    return _path(check_new_name(set_name), check_new_name(file))


def _path(set_name: str, file: str) -> ImagePath:
    path = ImagePath(check_set_name(set_name), check_file(file))
    if len(path.key.encode()) > MAX_KEY_BYTES:
        raise BadNameError(f"{path} is too long: {len(path.key.encode())} bytes, and at most {MAX_KEY_BYTES} fit")
    return path


def parse_key(key: str) -> ImagePath:
    """The photo whose object has this (decoded) key. Raises ``BadNameError`` for a key outside ``photos/<set>/``."""
    set_name, slash, file = key.removeprefix(PHOTOS_PREFIX).partition("/")
    if not key.startswith(PHOTOS_PREFIX) or not slash:
        raise BadNameError(f"{key!r} is not of the form {PHOTOS_PREFIX}<set>/<file>")
    return _path(set_name, file)


def parse_image_path(text: str) -> ImagePath:
    """The photo written as ``<set>/<file>``. Raises ``BadNameError``."""
    return parse_key(PHOTOS_PREFIX + text)


def parse_row_path(text: str) -> ImagePath:
    """The row written as ``<set>/<file>``, or ``<set>/<set>/<file>`` for one that shows another set's photo.

    Raises ``BadNameError``.
    """
    set_name, _, file = text.partition("/")
    if "/" not in file:
        return parse_image_path(text)
    return ImagePath(check_set_name(set_name), str(parse_image_path(file)))


def decode_event_key(key: str) -> str:
    """An object key as S3 events carry it (form-encoded) in plain text.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """
    return unquote_plus(key)


def encode_external_image_id(path: ImagePath) -> str:
    """The external image id of a photo: its path, with ``:XX`` for each byte that Rekognition doesn't take.

    If that is longer than 255 characters, it is a hash of the path: still one id per photo, but
    `decode_external_image_id` can't find the path.
    """
    return encode_external_text(str(path))


def encode_external_text(text: str) -> str:
    """The same for any text, which `decode_external_text` finds again."""
    return _encode(text, MAX_EXTERNAL_IMAGE_ID)


def encode_user_id(person: str) -> str:
    """Rekognition's id of a person in the gallery: the name, encoded like an external image id."""
    return _encode(person, MAX_USER_ID)


def photo_ref(face: Mapping[str, Any]) -> str:
    """The reference to a face's photo, as Rekognition gives it: image id, slash, external image id.

    Rekognition makes the image id from the bytes of the picture, so the same id may stand for several photos. A face
    that others indexed may have no external image id; then the image id is all there is.
    """
    external_image_id = face.get("ExternalImageId")
    return f"{face['ImageId']}/{external_image_id}" if external_image_id else face["ImageId"]


def decode_external_image_id(external_image_id: str) -> ImagePath | None:
    """The photo of an external image id, or None for one that is a hash or was not made here."""
    text = decode_external_text(external_image_id)
    try:
        return None if text is None else parse_image_path(text)
    except BadNameError:
        return None


def decode_external_text(external_image_id: str) -> str | None:
    """The text of an external image id, or None for one that is a hash or was not made here."""
    if external_image_id.startswith(_HASHED):
        return None
    raw = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), external_image_id)
    try:
        return raw.encode("latin-1").decode()
    except UnicodeError:
        return None


def _encode(text: str, most: int) -> str:
    encoded = "".join(chr(byte) if _SAFE.match(bytes([byte])) else f":{byte:02X}" for byte in text.encode())
    if len(encoded) <= most:
        return encoded
    return _HASHED + hashlib.sha256(text.encode()).hexdigest()


def _check_text(name: str) -> str:
    if any(ord(char) < 32 or ord(char) == 127 for char in name):
        raise BadNameError(f"{name!r} contains control characters")
    try:
        name.encode()
    except UnicodeEncodeError:
        raise BadNameError(f"{name!r} is not valid Unicode") from None
    return name
