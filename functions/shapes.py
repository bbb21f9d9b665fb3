"""Every shape of data the site keeps: the rows of its tables. Those of table ``access`` are in
`functions/access/access_rows.py`. ``docs/data.md`` is generated from both.

Names are wire-compatible with the album this project follows: ``primarykey``, ``sortkey``, ``pic``, ``data``,
``image_id``, ``image_path`` mean what they meant there. A row's dataclass converts itself: ``to_item`` gives what
boto3's DynamoDB *resource* layer takes (``Decimal`` for numbers), ``from_item`` reads what it returns.

Other programs write these tables too: the album this project follows (its rows hold only ``data``), older and newer
releases, the owner. So reading never fails: what is missing or has another type is None or empty, numbers may come as
text, and unknown attributes are kept when a row is written again.
"""

import contextlib
import math
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from decimal import Decimal, InvalidOperation
from types import UnionType
from typing import Any, Self, get_args, get_origin

from boto3.dynamodb.types import Binary

from functions.crops import Area
from functions.photo_texts import MAX_CAPTION, MAX_KEYWORD, MAX_KEYWORDS, MAX_TITLE

SETS_PARTITION = "/"
GRID_INDEX = "grid"
# How long rows of the ledger are kept; counts are for the owner to look at (`kinpics doctor`).
KEEP_COUNTS_DAYS = 40
KEEP_VISITORS_DAYS = 2
KEEP_ANSWERS_DAYS = 90
# How long a visitor's last lookalike and removal request are kept; the lookalike page says a year.
KEEP_OWN_ROWS_DAYS = 365
# Of photos that came from browsers: rows of uploads that never arrived, and of photos that are gone.
KEEP_BEGUN_DAYS = 2
KEEP_REFUSED_DAYS = 30
# One face is enough to know a person by; more are for the owner to look at.
# Sets without a place of the owner's come after those that have one.
_NO_PLACE = 10_000
MAX_REQUEST_FACES = 100
MAX_REQUEST_MESSAGE = 500
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
    """``value`` with ``Decimal`` as int where it is whole, else float, and bytes without boto3's wrapper."""
    if isinstance(value, Binary):
        return bytes(value)  # type: ignore[call-overload]  # its stub lacks __bytes__
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {key: from_dynamodb(item) for key, item in value.items()}
    if isinstance(value, list):
        return [from_dynamodb(item) for item in value]
    return value


def attributes(shape: "type[Row]") -> dict[str, "Field[Any]"]:
    """The attributes of a row, by name: the fields with a help sentence."""
    if shape not in _attributes:
        _attributes[shape] = {entry.name: entry for entry in fields(shape) if "help" in entry.metadata}
    return _attributes[shape]


# Looking at a class's fields takes longer than reading a row.
_attributes: "dict[type, dict[str, Field[Any]]]" = {}


def _read(value: Any, annotation: Any) -> Any:
    """A value of boto3's as a field of this type holds it. Raises ``ValueError`` for one of another type."""
    kind = next(iter(get_args(annotation)), annotation) if isinstance(annotation, UnionType) else annotation
    kind = get_origin(kind) or kind
    if kind is int and isinstance(value, str):
        try:
            value = Decimal(value)
        except InvalidOperation:
            raise ValueError(f"{value!r} is not a number") from None
    if isinstance(value, Decimal) and (kind is not int or not value.is_finite()):
        raise ValueError(f"{value!r} is of the wrong type")
    value = from_dynamodb(value)
    if isinstance(value, bool) != (kind is bool) or not isinstance(value, kind):
        raise ValueError(f"{value!r} is of the wrong type")
    return value


@dataclass(frozen=True, kw_only=True)
class Row:
    """Conversion that every row shares; a field that is None has no attribute."""

    # The item this row was read from, as boto3 gave it; empty for a new row.
    source: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    # Names of attributes that are there but have the wrong type.
    unread: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> Self:
        """The row of an item; a key that is missing is a ``KeyError``: every row of a table has its key."""
        values: dict[str, Any] = {}
        unread = []
        for name, entry in attributes(cls).items():
            if item.get(name) is None:
                continue
            try:
                values[name] = _read(item[name], entry.type)
            except ValueError:
                unread.append(name)
        return cls(**values, source=item, unread=tuple(unread))

    def to_item(self) -> dict[str, Any]:
        values = ((name, getattr(self, name)) for name in attributes(type(self)))
        return self.unknown | {name: to_dynamodb(value) for name, value in values if value is not None}

    @property
    def unknown(self) -> dict[str, Any]:
        """Attributes without a field, as boto3 gave them."""
        known = attributes(type(self))
        return {name: value for name, value in self.source.items() if name not in known}


def face_records_of(data: dict[str, Any]) -> list[dict[str, Any]]:
    """The face records of an IndexFaces response that can be read: those whose face has an id.

    A bounding box that is not four numbers is left out.
    """
    records = data.get("FaceRecords")
    return [read for record in records if (read := _face_record(record))] if isinstance(records, list) else []


def _face_record(record: Any) -> dict[str, Any] | None:
    face = record.get("Face") if isinstance(record, dict) else None
    if not isinstance(face, dict) or not isinstance(face.get("FaceId"), str):
        return None
    face = {name: value for name, value in face.items() if name not in ("BoundingBox", "ImageId")}
    if isinstance(record["Face"].get("ImageId"), str):
        face["ImageId"] = record["Face"]["ImageId"]
    with contextlib.suppress(KeyError, TypeError, ValueError):
        box = {name: float(record["Face"]["BoundingBox"][name]) for name in ("Width", "Height", "Left", "Top")}
        if all(map(math.isfinite, box.values())):
            face["BoundingBox"] = box
    return {**record, "Face": face}


@dataclass(frozen=True, kw_only=True)
class PhotoSet(Row):
    """A set, in table ``pics``. Read by the index page and the generator."""

    primarykey: str = described("Always `/`.", default=SETS_PARTITION)
    sortkey: str = described("Name of the set, the folder under `photos/`.")
    pic: str | None = described(
        "File name of the photo shown for the set until it is removed: the owner's choice, or the first one processed.",
        default=None,
    )
    pic_chosen: bool | None = described("True if the owner chose `pic`.", default=None)
    title: str | None = described("Title given by the owner; without one, visitors see the name.", default=None)
    description: str | None = described(
        f"The owner's description of the set: one or more lines, at most {MAX_CAPTION:,} characters in total.",
        default=None,
    )
    dated: str | None = described(
        "When the owner says the set is from: `2019`, `2019-05` or `2019-05-03`. Pages show it, and sort by it.",
        default=None,
    )
    place: str | None = described(
        "The owner's place for the set among all sets, a whole number: those with one come first, by it.", default=None
    )
    pic_count: int | None = described(
        "Number of photos in the set. Rows written by other programs have none until `kinpics reconcile` counts the "
        "photos.",
        default=None,
    )
    face_count: int | None = described("Number of indexed faces in all photos of the set.", default=None)
    created_at: str | None = described("When the first photo was processed (ISO 8601, UTC).", default=None)
    updated_at: str | None = described("When a photo was last processed or removed (ISO 8601, UTC).", default=None)

    @property
    def shown_title(self) -> str:
        """What pages call it: its title, or its name written as a title."""
        return self.title or title_of(self.sortkey)

    @property
    def rank(self) -> tuple[int, str]:
        """Sorts sets, the last on the front page first; `newestFirst` in site/js/photos/rows.js does the same."""
        place = int(self.place) if self.place and self.place.isdecimal() else _NO_PLACE
        return -place, (self.dated or "") + self.sortkey

    @property
    def is_uncounted(self) -> bool:
        """Whether another program wrote it, so its photos aren't counted yet. A set with just a title waits for one."""
        return self.pic_count is None and self.pic is not None


@dataclass(frozen=True, kw_only=True)
class Photo(Row):
    """A photo, in table ``pics``. The grid reads it through index ``grid``, which holds only part of it."""

    primarykey: str = described("Name of the set.")
    sortkey: str = described(
        "File name of the photo. A row with the path of another set's photo, `<set>/<file>`, shows that one here too: "
        "it has what the grid needs, and its pictures and all else are the original's."
    )
    grid_key: str | None = described(
        "Sort key of index `grid`: `taken_at` (or `~`, which sorts last), then the file name; for a film also a tab "
        "and how many seconds it lasts.",
        default=None,
    )
    width: int | None = described("Width in pixels, after EXIF orientation.", default=None)
    height: int | None = described("Height in pixels, after EXIF orientation.", default=None)
    placeholder: str | None = described(
        "ThumbHash of the photo, base64: shown until the thumbnail is there.", default=None
    )
    face_count: int | None = described("Number of indexed faces.", default=None)
    etag: str | None = described("ETag of the original these values were made from.", default=None)
    size: int | None = described("Size of the original in bytes.", default=None)
    content_type: str | None = described("Media type found by decoding, not by extension.", default=None)
    taken_at: str | None = described(
        "When the photo was taken (ISO 8601; local time if it has no zone): from EXIF, else from the service "
        "that it was imported from.",
        default=None,
    )
    exif: dict[str, Any] | None = described("Camera, lens and exposure from EXIF; never a location.", default=None)
    title: str | None = described(
        f"The photo's title, from its owner or from its XMP, IPTC or EXIF: one line of at most {MAX_TITLE} characters.",
        default=None,
    )
    caption: str | None = described(
        f"The photo's caption, from the same sources: one or more lines, at most {MAX_CAPTION:,} characters in total.",
        default=None,
    )
    owner_words: list[Any] | None = described(
        "Which of `title` and `caption` are the owner's words, and outlive each processing.", default=None
    )
    keywords: list[Any] | None = described(
        f"At most {MAX_KEYWORDS} texts of at most {MAX_KEYWORD} characters, from XMP, IPTC or EXIF, and from "
        "the service that it was imported from.",
        default=None,
    )
    labels: list[Any] | None = described(
        "What Rekognition sees in it besides people (`Beach`), most certain first, if `kinpics.toml` asks for labels.",
        default=None,
    )
    card_at: str | None = described(
        "When its card was made (ISO 8601, UTC); absent if an earlier release processed the photo, so it has no card "
        "yet.",
        default=None,
    )
    processed_at: str | None = described("When this row was written (ISO 8601, UTC).", default=None)
    shown_elsewhere: int | None = described(
        "How often it has been shown in other sets too (`functions/shown_photos.py`); absent if never.", default=None
    )
    sha256: str | None = described(
        "SHA-256 of the original, in hex: what the owner's decisions about people hang on. Rows of earlier releases "
        "have none until `kinpics reconcile`.",
        default=None,
    )
    film: dict[str, Any] | None = described(
        "Films only: `seconds` it lasts, the original's `codec`, whether it has `sound`, the second that its picture "
        "is from (`poster`), `faces` by id (`at`, the second; `place` in the strip of portraits), and in `unplayable` "
        "why it can't be played: `long`, `large` or `codec`; with `motion`, of a photo that has a film behind it, the "
        "first three. `width` and `height` are the film's; the box of a face is "
        "in the picture of its second.",
        default=None,
    )
    data: dict[str, Any] = described(
        "The whole IndexFaces response, without its HTTP metadata.", default_factory=dict[str, Any]
    )

    @property
    def unknown(self) -> dict[str, Any]:
        """Without the names that rows had for a time: visitors can read rows (`functions/kept_regions.py`)."""
        return {name: value for name, value in super().unknown.items() if name != "regions"}

    @property
    def is_adopted(self) -> bool:
        """Whether another program wrote it, and the process function has not completed it yet."""
        return self.etag is None

    @property
    def is_shown_from_elsewhere(self) -> bool:
        """Whether this row only shows another set's photo, whose path is its file name."""
        return "/" in self.sortkey

    @property
    def counted_faces(self) -> int:
        """How many faces its set counts for it."""
        return (self.face_count or 0) if self.is_shown_from_elsewhere else len(self.face_ids)

    @property
    def missing(self) -> list[str]:
        """Attributes that every row of this release has, and this one lacks."""
        return [name for name in _ALWAYS if getattr(self, name) is None]

    @property
    def face_records(self) -> list[dict[str, Any]]:
        return face_records_of(self.data)

    @property
    def face_ids(self) -> set[str]:
        return {record["Face"]["FaceId"] for record in self.face_records}

    @property
    def face_boxes(self) -> list[Area]:
        """Where the faces are, as far as their records say."""
        boxes = (record["Face"].get("BoundingBox") for record in self.face_records)
        return [Area(box["Left"], box["Top"], box["Width"], box["Height"]) for box in boxes if box]

    @property
    def film_seconds(self) -> float | None:
        """How long a film lasts, also by a row of the grid's index; None for a photo."""
        if self.film:
            return float(self.film.get("seconds") or 0)
        with contextlib.suppress(ValueError):
            return float((self.grid_key or "").partition("\t")[2])
        return None

    @property
    def poster_boxes(self) -> list[Area]:
        """Where faces are in the picture that stands for it: for a film, those of that second alone."""
        if not self.film:
            return self.face_boxes
        faces = self.film.get("faces") or {}
        shown = {face_id for face_id, face in faces.items() if face.get("at") == self.film.get("poster")}
        return [box for face_id in sorted(shown) if (box := self.box_of(face_id))]

    def box_of(self, face_id: str) -> Area | None:
        """Where a face is, by its id, if its record says so."""
        faces = (record["Face"] for record in self.face_records)
        box = next((face.get("BoundingBox") for face in faces if face["FaceId"] == face_id), None)
        return Area(box["Left"], box["Top"], box["Width"], box["Height"]) if box else None

    @property
    def image_id(self) -> str | None:
        """Rekognition's id of this picture; a picture without faces has none."""
        return next((image_id for record in self.face_records if (image_id := record["Face"].get("ImageId"))), None)


_ALWAYS = ("grid_key", "width", "height", "placeholder", "face_count", "etag", "size", "content_type", "processed_at")
GRID_ATTRIBUTES = ("width", "height", "placeholder", "face_count", "taken_at")


@dataclass(frozen=True, kw_only=True)
class ImageRecord(Row):
    """A photo, or a portrait or person in the gallery, by Rekognition's id; photos with the same bytes share it."""

    image_id: str = described(
        "For a photo Rekognition's image id; for a portrait the same, `/`, and its external image id; for a person "
        "`person:` and Rekognition's user id."
    )
    image_path: str | None = described(
        "`<set>/<file>`; for a portrait the key of its pictures (see [Objects](#objects)).", default=None
    )
    other_paths: set[str] | None = described("Paths of other photos with the same bytes, if any.", default=None)
    width: int | None = described("Width in pixels, after EXIF orientation.", default=None)
    height: int | None = described("Height in pixels, after EXIF orientation.", default=None)
    placeholder: str | None = described("ThumbHash of the photo, base64.", default=None)
    taken_at: str | None = described("When the photo was taken, as in `pics`.", default=None)
    film: dict[str, Any] | None = described("Films only: as in `pics`.", default=None)
    data: dict[str, Any] = described("The whole IndexFaces response, as in `pics`.", default_factory=dict)
    person: str | None = described("Portraits only: the person's name.", default=None)
    credit: str | None = described("Portraits only: who made it.", default=None)
    licence: str | None = described("Portraits only: its licence.", default=None)
    url: str | None = described("Portraits only: where it comes from.", default=None)

    @property
    def face_records(self) -> list[dict[str, Any]]:
        return face_records_of(self.data)

    @property
    def paths(self) -> set[str]:
        """Every photo it leads to."""
        return {path for path in (self.image_path, *(self.other_paths or ())) if isinstance(path, str)}


@dataclass(frozen=True, kw_only=True)
class LookalikeResult(Row):
    """A visitor's last lookalike, written by the visitor's own browser. Never a picture of the visitor."""

    identity_id: str = described("The visitor's Cognito identity; nobody else may read or write the row.")
    kind: str = described("Always `lookalike`.", default="lookalike")
    made_at: str = described("When it was found (ISO 8601, UTC).")
    expires_at: int = described(f"When it expires (seconds since 1970): after {KEEP_OWN_ROWS_DAYS} days.")
    people: list[Any] = described(
        "The most similar people first: `person`, `similarity`, `portrait` (its path), `width`, `height`, and if "
        "there are any `credit`, `licence`, `url`."
    )
    gallery: str | None = described("The name of the gallery they are in; missing for `celebrities`.", default=None)


@dataclass(frozen=True, kw_only=True)
class RemovalRequest(Row):
    """A visitor's request to be removed from search. Only the removal function writes it; granting it deletes it."""

    identity_id: str = described("The visitor's Cognito identity; a visitor's new request replaces the old one.")
    made_at: str = described("When it was made (ISO 8601, UTC), by the function's clock.")
    expires_at: int = described(f"When it expires (seconds since 1970): after {KEEP_OWN_ROWS_DAYS} days.")
    face_ids: list[Any] = described(f"Faces on the site that the visitor says are theirs, at most {MAX_REQUEST_FACES}.")
    message: str | None = described(
        f"What the visitor wants the owner to know, at most {MAX_REQUEST_MESSAGE} characters.", default=None
    )


@dataclass(frozen=True, kw_only=True)
class Forgotten(Row):
    """A reference face, by which the site recognises a person who must not be indexed again."""

    kind: str = described("Always `forgotten`.", default=FORGOTTEN)
    id: str = described(
        "Id of the face, which is in the album's collection under an external image id that no photo has."
    )
    person: str = described("The same for all faces that were forgotten together.")
    made_at: str = described("When the owner granted it (ISO 8601, UTC).")
    names: list[Any] | None = described(
        "The person's names, each as the SHA-256 of `person`, a space and the name in small letters: they aren't taken "
        "from files any more.",
        default=None,
    )


@dataclass(frozen=True, kw_only=True)
class Contribution(Row):
    """A photo that somebody sent from a browser, and what became of it. Visitors reach it through functions alone."""

    set_name: str = described("The set it was sent to.")
    id: str = described("`who`, a dot, and the SHA-256 of the file: the same photo sent twice is one row.")
    who: str | None = described(
        "`owner`; `m` and a member's id; or `g` and the first 32 hex digits of the SHA-256 of the event's id, `/` and "
        "what the guest's browser keeps.",
        default=None,
    )
    name: str | None = described("The first name that a guest gave.", default=None)
    event: str | None = described("The id of the event that a guest came by.", default=None)
    file: str | None = described(
        "The file's name: as sent, or once it is shown, as the set has it. Gone with a photo that is gone.",
        default=None,
    )
    size: int | None = described("The file's size in bytes.", default=None)
    state: str | None = described(
        "`begun` (not arrived yet), `waiting` (for the owner), `let_in` (about to be shown), `shown`, `there` (the set "
        "had it before), `failed`, `refused` or `taken_back`.",
        default=None,
    )
    code: str | None = described("Why it failed, for programs.", default=None)
    message: str | None = described("Why it failed, for people.", default=None)
    begun_at: int | None = described("When it was announced (seconds since 1970).", default=None)
    at: str | None = described("When the state last changed (ISO 8601, UTC).", default=None)
    waits_in: str | None = described(
        "The set's name, as long as the photo waits: the key of index `waiting`.", default=None
    )
    waits_since: str | None = described("Sort key of that index: when it began to wait, and the id.", default=None)
    expires_at: int | None = described(
        f"When the row expires (seconds since 1970): {KEEP_BEGUN_DAYS} days after an upload that never arrived or "
        f"failed, {KEEP_REFUSED_DAYS} after a photo is gone.",
        default=None,
    )

    @property
    def sha256(self) -> str:
        """SHA-256 of the file, in hex."""
        return self.id.rpartition(".")[2]


@dataclass(frozen=True, kw_only=True)
class PlacedPhoto(Row):
    """A photo of a set that came from a browser, by its content: whoever sends the same one has a part in it."""

    set_name: str = described("The set that it is in.")
    id: str = described("`photo.` and the SHA-256 of the file.")
    file: str | None = described("Its file name in the set.", default=None)
    by: set[str] | None = described(
        "Ids of the contributions it comes from; it goes with the last of them.", default=None
    )


@dataclass(frozen=True, kw_only=True)
class Decision(Row):
    """Something that the owner decided about people, once and for all: another decision may undo it."""

    journal: str = described("Always `people`.", default="people")
    id: str = described("The event's ULID: ids sort by time.")
    event: str = described("The event, as a line of JSON (`functions/people/decisions.py`).")
    at: str | None = described("When it was decided (ISO 8601, UTC), as in the event.", default=None)
    by: str | None = described("Who decided it, as in the event.", default=None)
    kind: str | None = described("What kind of decision it is, as in the event.", default=None)


@dataclass(frozen=True, kw_only=True)
class Lease(Row):
    """One worker's turn on a photo. If it is still there when its own owner comes back, or after it has expired, a
    worker died.
    """

    image_path: str = described("The photo, `<set>/<file>`; `people` for a round of the people function.")
    owner: str = described("Id of the queue message that the worker was given, or of the people function's call.")
    expires_at: int = described("The latest that the turn can end (seconds since 1970).")
    versions: set[str] | None = described(
        "ETags of the originals that this worker, and those before it that died, may have indexed; `none` for one that "
        "found no original, `before` once the row of an earlier version was about to be replaced. A "
        "worker of an earlier release left none.",
        default=None,
    )
    listed: str | None = described(
        "How far the collection has been searched for faces of a version that is gone: Rekognition's token.",
        default=None,
    )


@dataclass(frozen=True, kw_only=True)
class DailyCount(Row):
    """What was counted on a day: each paid call before it is made, each removal request before it is written."""

    entry: str = described(
        "`calls/index/<day>`, `calls/search/<day>` and `calls/people/<day>`: paid Rekognition calls of a day (UTC). "
        "`calls/removal/<day>` and `calls/posted/<day>`: removal requests and private addresses. "
        "`visitor/<day>/<identity id>`, `calls/removal/<day>/<identity id>` and `calls/posted/<day>/<identity id>`: "
        "one visitor's paid searches, removal requests and private addresses, by Cognito identity. "
        "`calls/upload/<day>`, and the same with `/` and who or which set: photos that browsers sent."
    )
    calls: int | None = described("How many there were.", default=None)
    bytes: int | None = described("Of photos that browsers sent: how large they were together.", default=None)
    expires_at: int | None = described(
        f"When it expires (seconds since 1970): after {KEEP_COUNTS_DAYS} days, a visitor's after {KEEP_VISITORS_DAYS}.",
        default=None,
    )


@dataclass(frozen=True, kw_only=True)
class CollectionVersion(Row):
    """Which version of a collection's faces is current: answers found in another version are out of date."""

    entry: str = described("`collection/album`, `collection/celebrities`, or `collection/celebrities/<gallery>`.")
    version: int | None = described("Goes up with each change to the collection's faces.", default=None)
    changed_at: int | None = described("When it last went up (seconds since 1970).", default=None)


@dataclass(frozen=True, kw_only=True)
class KeptAnswer(Row):
    """What Rekognition has found for a face, kept so that the same search costs nothing."""

    entry: str = described(
        "`search/album/<face id>/<similarity>/2`: all matches of that similarity or more; 2 is the format of `found`."
    )
    found: bytes | None = described(
        "zlib of JSON: `[[face id, photo, similarity], ...]`, best first; a photo is `<image id>/<external image id>`.",
        default=None,
    )
    version: int | None = described("The version of the collection it was found in.", default=None)
    moment: int | None = described("When it was found (seconds since 1970).", default=None)
    expires_at: int | None = described(
        f"When it expires (seconds since 1970): after {KEEP_ANSWERS_DAYS} days.", default=None
    )


def title_of(name: str) -> str:
    """A set's name written as a title: ``2024_newport`` reads "2024 newport". site/js/photos/rows.js does the same."""
    return name.replace("_", " ").strip() or name


def grid_key(taken_at: str | None, file: str, film_seconds: float | None = None) -> str:
    """Sort key that orders a set by time taken, undated photos last and by name.

    Of all that the index holds, it alone can say more in stacks that are there already: an index can't be changed.
    No name contains a tab.
    """
    return f"{taken_at or '~'}/{file}" + ("" if film_seconds is None else f"\t{film_seconds:.1f}")
