"""Every shape of data the album keeps: the rows of its tables. ``docs/data.md`` is generated from this module.

Names are wire-compatible with the album this project follows: ``primarykey``, ``sortkey``, ``pic``, ``data``,
``image_id``, ``image_path`` mean what they meant there. A row's dataclass converts itself: ``to_item`` gives what
boto3's DynamoDB *resource* layer takes (``Decimal`` for numbers), ``from_item`` reads what it returns.
"""

from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any, Self

SETS_PARTITION = "/"
GRID_INDEX = "grid"
# Partition of table `forgotten`.
FORGOTTEN = "forgotten"


def described(help_text: str, **kwargs: Any) -> Any:
    """A dataclass field with the sentence that documents it."""
    return field(metadata={"help": help_text}, **kwargs)


def to_dynamodb(value: Any) -> Any:
    """``value`` with floats as ``Decimal``, which is the only number type boto3 stores."""
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, dict):
        return {key: to_dynamodb(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_dynamodb(item) for item in value]
    return value


def from_dynamodb(value: Any) -> Any:
    """``value`` with ``Decimal`` as int where it is whole, else float."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {key: from_dynamodb(item) for key, item in value.items()}
    if isinstance(value, list):
        return [from_dynamodb(item) for item in value]
    return value


class Row:
    """Conversion that every row shares; a field that is None has no attribute."""

    @classmethod
    def from_item(cls, item: dict) -> Self:
        known = {entry.name for entry in fields(cls)}
        return cls(**{name: from_dynamodb(value) for name, value in item.items() if name in known})

    def to_item(self) -> dict:
        values = ((entry.name, getattr(self, entry.name)) for entry in fields(self))
        return {name: to_dynamodb(value) for name, value in values if value is not None}


@dataclass(frozen=True, kw_only=True)
class PicSet(Row):
    """A picture set, in table ``pics``. Read by the index page and the generator."""

    primarykey: str = described("Always `/`.", default=SETS_PARTITION)
    sortkey: str = described("Name of the picture set, the folder under `photos/`.")
    pic: str | None = described(
        "File name of the featured picture: the first one processed, until it is removed.", default=None
    )
    title: str | None = described("Title given by the owner; without one, the name is shown.", default=None)
    pic_count: int = described("Number of pics in the set.", default=0)
    face_count: int = described("Number of indexed faces in all pics of the set.", default=0)
    created_at: str | None = described("When the first pic was processed (ISO 8601, UTC).", default=None)
    updated_at: str | None = described("When a pic was last processed or removed (ISO 8601, UTC).", default=None)


@dataclass(frozen=True, kw_only=True)
class Pic(Row):
    """A pic, in table ``pics``. The grid reads it through index ``grid``, which leaves out ``data`` and ``exif``."""

    primarykey: str = described("Name of the picture set.")
    sortkey: str = described("File name of the pic.")
    grid_key: str = described("Sort key of index `grid`: `taken_at` (or `~`, which sorts last), then the file name.")
    width: int = described("Width in pixels, after EXIF orientation.")
    height: int = described("Height in pixels, after EXIF orientation.")
    placeholder: str = described("ThumbHash of the pic, base64: shown until the thumbnail is there.")
    face_count: int = described("Number of indexed faces.")
    etag: str = described("ETag of the original these values were made from.")
    size: int = described("Size of the original in bytes.")
    content_type: str = described("Media type found by decoding, not by extension.")
    taken_at: str | None = described(
        "When the photo was taken, from EXIF (ISO 8601; local time unless it says more).", default=None
    )
    exif: dict | None = described("Camera, lens and exposure from EXIF; never a position.", default=None)
    processed_at: str = described("When this row was written (ISO 8601, UTC).")
    data: dict = described("The whole IndexFaces response, without its HTTP metadata.")

    @property
    def face_records(self) -> list[dict]:
        return self.data.get("FaceRecords", [])

    @property
    def face_ids(self) -> set[str]:
        return {record["Face"]["FaceId"] for record in self.face_records}

    @property
    def image_id(self) -> str | None:
        """Rekognition's id of this picture; a picture without faces has none."""
        return next((record["Face"]["ImageId"] for record in self.face_records), None)


GRID_ATTRIBUTES = ("width", "height", "placeholder", "face_count", "taken_at")


@dataclass(frozen=True, kw_only=True)
class ImageRecord(Row):
    """A pic, or a portrait or person of the lookalike gallery, by Rekognition's id: what a search leads to."""

    image_id: str = described("Rekognition's id of the picture; of a person, `person:` and Rekognition's user id.")
    image_path: str = described("`<picset>/<file>`; of a portrait `celebrities/<person>/<file>`.")
    width: int = described("Width in pixels, after EXIF orientation.")
    height: int = described("Height in pixels, after EXIF orientation.")
    placeholder: str = described("ThumbHash of the pic, base64.")
    data: dict = described("The whole IndexFaces response, as in `pics`.")
    person: str | None = described("Of a portrait alone: whom it shows.", default=None)
    credit: str | None = described("Of a portrait: who made it.", default=None)
    licence: str | None = described("Of a portrait: under which licence it is shown.", default=None)
    url: str | None = described("Of a portrait: where it comes from.", default=None)


@dataclass(frozen=True, kw_only=True)
class Match(Row):
    """A visitor's last lookalike, written by the visitor's own browser. Never a picture of the visitor."""

    identity_id: str = described("The visitor's Cognito identity; nobody else may read or write the row.")
    kind: str = described("Always `lookalike`.", default="lookalike")
    made_at: str = described("When it was found (ISO 8601, UTC).")
    expires_at: int = described("When it goes by itself (seconds since 1970): a year later.")
    people: list = described(
        "The most similar people first: `person`, `similarity`, `portrait` (its path), `width`, `height`, and where "
        "there are any `credit`, `licence`, `url`."
    )


@dataclass(frozen=True, kw_only=True)
class RemovalRequest(Row):
    """What a visitor asks: to be found no more. Written by the removal function alone, until the owner grants it."""

    identity_id: str = described(
        "The visitor's Cognito identity; a new request of the same visitor replaces the old one."
    )
    made_at: str = described("When it was made (ISO 8601, UTC), by the function's clock.")
    expires_at: int = described("When it goes by itself (seconds since 1970): a year later.")
    face_ids: list = described("Faces of the album that the visitor says are theirs, at most 100.")
    message: str | None = described("What the visitor wants the owner to know, at most 500 characters.", default=None)


@dataclass(frozen=True, kw_only=True)
class Forgotten(Row):
    """A face by which somebody is known who is not to be indexed again."""

    kind: str = described("Always `forgotten`.", default=FORGOTTEN)
    id: str = described("Id of the face, which is in the album's collection under an external image id of no pic.")
    person: str = described("The same for all faces that were forgotten together.")
    made_at: str = described("When the owner granted it (ISO 8601, UTC).")


def grid_key(taken_at: str | None, file: str) -> str:
    """Sort key that orders a set by time taken, undated pics last and by name."""
    return f"{taken_at or '~'}/{file}"
