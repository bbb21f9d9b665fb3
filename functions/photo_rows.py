"""Rows of sets and photos: tables ``pics``, ``private_pics`` and ``pics_by_image_id``.

Names are wire-compatible with the album this project follows: ``primarykey``, ``sortkey``, ``pic``, ``data``,
``image_id``, ``image_path`` mean what they meant there.
"""

import contextlib
import math
from dataclasses import dataclass
from typing import Any

from functions.crops import Area
from functions.photo_texts import MAX_CAPTION, MAX_KEYWORD, MAX_KEYWORDS, MAX_TITLE
from functions.table_rows import Row, described

SETS_PARTITION = "/"
GRID_INDEX = "grid"
GRID_ATTRIBUTES = ("width", "height", "placeholder", "face_count", "taken_at")
# What every row of this release has.
_ALWAYS = ("grid_key", "width", "height", "placeholder", "face_count", "etag", "size", "content_type", "processed_at")
# Sets without a place of the owner's come after those that have one.
_NO_PLACE = 10_000


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
    rating: int | None = described(
        "Stars that its owner gave it elsewhere, 1 to 5: those in the file, or those that came with an import "
        "(`functions/told_facts.py`).",
        default=None,
    )
    card_at: str | None = described(
        "When its card was made (ISO 8601, UTC); absent if an earlier release processed the photo, so it has no card "
        "yet.",
        default=None,
    )
    processed_at: str | None = described("When this row was written (ISO 8601, UTC).", default=None)
    shown_elsewhere: int | None = described(
        "How often it has been shown in other sets too (`functions/shown_photos.py`), without those that it had to be "
        "taken out of for who may see them; absent if never.",
        default=None,
    )
    sha256: str | None = described(
        "SHA-256 of the original, in hex: what the owner's decisions about people hang on. Rows of earlier releases "
        "have none until `kinpics reconcile`.",
        default=None,
    )
    film: dict[str, Any] | None = described(
        "Films only: `seconds` it lasts, the original's `codec`, whether it has `sound`, the second that its picture "
        "is from (`poster`), `faces` by id (`at`, the second; `place` in the strip of portraits), and in `unplayable` "
        "why it can't be played: `long`, `large` or `codec`, or `converting` until MediaConvert is done; with "
        "`motion`, of a photo that has a film behind it, the first three, and if that is a file of its own (a Live "
        "Photo's), its name (`beside`) and ETag (`etag`). "
        "`width` and `height` are the film's; the box of a face is in the picture of its second.",
        default=None,
    )
    still: str | None = described(
        "Of a Live Photo's film: the file name of its photo, whose row has all that is shown of it. This row isn't "
        "shown or counted.",
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
    def is_beside(self) -> bool:
        """Whether this is the film of a Live Photo, which is a part of its photo."""
        return self.still is not None

    @property
    def film_beside(self) -> str | None:
        """Of a Live Photo, the file name of its film."""
        beside = (self.film or {}).get("beside")
        return beside if isinstance(beside, str) else None

    @property
    def counted_faces(self) -> int:
        """How many faces its set counts for it."""
        return (self.face_count or 0) if self.is_shown_from_elsewhere else len(self.face_ids)

    @property
    def missing(self) -> list[str]:
        """Attributes that every row of this release has, and this one lacks."""
        if self.is_beside:
            return []
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


def title_of(name: str) -> str:
    """A set's name written as a title: ``2024_newport`` reads "2024 newport". site/js/photos/rows.js does the same."""
    return name.replace("_", " ").strip() or name


def grid_key(taken_at: str | None, file: str, film_seconds: float | None = None) -> str:
    """Sort key that orders a set by time taken, undated photos last and by name.

    Of all that the index holds, it alone can say more in stacks that are there already: an index can't be changed.
    No name contains a tab.
    """
    return f"{taken_at or '~'}/{file}" + ("" if film_seconds is None else f"\t{film_seconds:.1f}")
