"""Do originals, thumbnails, rows and faces agree? Lists what S3, the tables and the collection hold, and compares it.

The originals in S3 are the truth; everything else is made from them and can be made again.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from functions.keys import (
    CARDS_PREFIX,
    DOWNLOAD_RULES,
    DOWNLOADS_PREFIX,
    NONE,
    ImagePath,
    decode_external_image_id,
)
from functions.shapes import SETS_PARTITION, ImageRecord, Photo, PhotoSet
from functions.thumbnail_sizes import LARGE_SIDE
from scripts.common.stack import Stack
from scripts.common.words import count
from scripts.gallery.gallery_survey import GalleryDrift, GallerySurvey, gallery_drift, survey_gallery
from scripts.photos.originals import list_originals, list_stored_photos


@dataclass(frozen=True)
class PhotoRow:
    """What a photo's row says that must agree with the rest.

    ``etag`` is None in a row that another program wrote; ``faults`` names what a row of this release would have.
    """

    etag: str | None
    image_id: str | None
    face_ids: frozenset[str]
    faults: frozenset[str]
    has_card: bool


@dataclass
class Survey:
    """What is there: etags of originals, number of thumbnails, rows, records by image id, faces.

    ``cards`` has the photos with a card, ``downloads`` the rules that made a photo's download copies; ``rule`` is the
    current one.
    """

    rule: str = NONE
    originals: dict[ImagePath, str] = field(default_factory=dict)
    thumbnails: dict[ImagePath, int] = field(default_factory=lambda: Counter())
    cards: set[ImagePath] = field(default_factory=set)
    downloads: dict[ImagePath, set[str]] = field(default_factory=lambda: defaultdict(set))
    rows: dict[ImagePath, PhotoRow] = field(default_factory=dict)
    sets: dict[str, PhotoSet] = field(default_factory=dict)
    # The paths that each record leads to, by image id. The first release kept portraits under their image id alone.
    records: dict[str, set[str]] = field(default_factory=dict)
    portraits: set[str] = field(default_factory=set)
    # External image id by face id.
    faces: dict[str, str] = field(default_factory=dict)
    gallery: GallerySurvey = field(default_factory=GallerySurvey)


@dataclass(frozen=True)
class SetCount:
    """What a set should count, and the number of photos that its row counted at the time of the survey."""

    photos: int
    faces: int
    seen: Any


@dataclass
class Drift:
    """What disagrees, by what mends it."""

    # The process function has to check these photos, or make everything again from their originals.
    check: dict[ImagePath, str] = field(default_factory=dict)
    redo: dict[ImagePath, str] = field(default_factory=dict)
    # The photos to check whose faces are known: repairing them costs nothing.
    free: set[ImagePath] = field(default_factory=set)
    # Records and faces that no row knows: image id to image paths, face id to external image id.
    records: dict[str, set[str]] = field(default_factory=dict)
    faces: dict[str, str] = field(default_factory=dict)
    # Sets whose row has wrong counts.
    sets: dict[str, SetCount] = field(default_factory=dict)
    # What other programs wrote and nothing here can complete, with the reason: it stays, and is reported.
    unfinished: dict[str, str] = field(default_factory=dict)
    gallery: GalleryDrift = field(default_factory=GalleryDrift)

    def __len__(self) -> int:
        """How much there is to mend."""
        return sum(len(part) for part in (self.check, self.redo, self.records, self.faces, self.sets, self.gallery))

    @property
    def paid_calls(self) -> int:
        """The most IndexFaces calls that mending makes."""
        return len(self.check) - len(self.free) + len(self.redo) + len(self.gallery.redo)

    def lines(self) -> Iterator[str]:
        """Each disagreement in words."""
        for photo, reason in sorted((self.check | self.redo).items()):
            yield f"{photo}: {reason}"
        for image_id, paths in sorted(self.records.items()):
            for path in sorted(paths):
                yield f"record {image_id} leads to {path}, whose row does not know it"
        for face_id, external_image_id in sorted(self.faces.items()):
            name = decode_external_image_id(external_image_id) or "no photo"
            yield f"face {face_id} is in the collection for {name}, but in no row"
        for what, reason in sorted(self.unfinished.items()):
            yield f"{what}: {reason}"
        for name, has in sorted(self.sets.items()):
            holds = f"{count(has.photos, 'photo')} and {count(has.faces, 'face')}"
            yield f"set {name} has wrong counts: it holds {holds}"
        yield from self.gallery.lines()


def survey(stack: Stack) -> Survey:
    """List everything that is there."""
    found = Survey(rule=stack.download_rule)
    # Faces first, because a photo's faces are there before its row. Reference faces belong to no photo.
    references = set(stack.forgotten.list_references())
    for face in stack.faces.list_faces():
        if face["FaceId"] not in references:
            found.faces[face["FaceId"]] = face.get("ExternalImageId", "")
    for original in list_originals(stack):
        found.originals[original.path] = original.etag
    thumbnails = stack.outputs.thumbnails_bucket
    for prefix in ("", f"{LARGE_SIDE}/"):
        for stored in list_stored_photos(stack.s3, thumbnails, prefix):
            found.thumbnails[stored.path] += 1
    found.cards = {stored.path for stored in list_stored_photos(stack.s3, thumbnails, CARDS_PREFIX)}
    for rule in DOWNLOAD_RULES:
        for stored in list_stored_photos(stack.s3, thumbnails, f"{DOWNLOADS_PREFIX}{rule}/"):
            found.downloads[stored.path].add(rule)
    for item in _scan(stack, stack.outputs.pics_table):
        if item["primarykey"] == SETS_PARTITION:
            found.sets[item["sortkey"]] = PhotoSet.from_item(item)
        else:
            photo = Photo.from_item(item)
            found.rows[ImagePath(photo.primarykey, photo.sortkey)] = PhotoRow(
                photo.etag,
                photo.image_id,
                frozenset(photo.face_ids),
                frozenset({*photo.missing, *photo.unread}),
                bool(photo.card_at),
            )
    for item in _scan(
        stack, stack.outputs.pics_by_image_id_table, ProjectionExpression="image_id, image_path, other_paths, person"
    ):
        if "person" in item:
            found.portraits.add(item["image_id"])
        else:
            found.records[item["image_id"]] = ImageRecord.from_item(item).paths
    found.gallery = survey_gallery(stack)
    return found


def find_drift(found: Survey) -> Drift:
    """What disagrees."""
    result = Drift()
    wanted = {found.rule} - {NONE}
    for path, etag in found.originals.items():
        row = found.rows.get(path)
        if row is None:
            result.check[path] = "it has no row"
        elif row.etag is None:
            result.check[path] = f"its row was written by another program and lacks {_listed(row.faults)}"
        elif row.etag != etag:
            result.check[path] = "its row is for another version"
        elif row.faults:
            result.redo[path] = f"its row lacks {_listed(row.faults)}"
        elif found.thumbnails.get(path, 0) < len(path.rendition_keys):
            result.check[path] = "a thumbnail is missing"
        elif row.face_ids - found.faces.keys():
            result.redo[path] = "a face is missing from the collection"
        elif not _has_record(found, path, row.image_id):
            result.redo[path] = "its record by image id is missing"
        # Last, because only these are mended without indexing faces again.
        elif reason := _missing_copy(found, path, row, wanted):
            result.check[path] = reason
            result.free.add(path)
    traces = found.rows.keys() | found.thumbnails.keys() | found.cards | found.downloads.keys()
    for path in traces - found.originals.keys():
        if path in found.rows and found.rows[path].etag is None:
            result.unfinished[str(path)] = (
                "its row was written by another program, and its original is missing: upload it"
            )
        else:
            result.check[path] = "its original is gone"
    rows_by_name = {str(path): row for path, row in found.rows.items()}
    for image_id, paths in found.records.items():
        wrong = {path for path in paths if path not in rows_by_name or rows_by_name[path].image_id != image_id}
        if wrong:
            result.records[image_id] = wrong
        if not paths:
            result.unfinished[f"record {image_id}"] = (
                "it was written by another program, and its image_path can't be read"
            )
    known = {face_id for row in found.rows.values() for face_id in row.face_ids}
    result.faces = {face_id: name for face_id, name in found.faces.items() if face_id not in known}
    result.gallery = gallery_drift(found.gallery)
    _compare_sets(found, result)
    return result


def _missing_copy(found: Survey, path: ImagePath, row: PhotoRow, wanted: set[str]) -> str:
    """Which of the copies beside the thumbnails is missing, in words; empty if none is."""
    if path not in found.cards or not row.has_card:
        return "the card for links to it is missing"
    if found.downloads.get(path, set()) != wanted:
        return "the copy that visitors download is missing, or follows an old setting"
    return ""


def _has_record(found: Survey, path: ImagePath, image_id: str | None) -> bool:
    """Whether a photo's record is as it should be; a photo without faces has none."""
    return image_id is None or image_id in found.portraits or str(path) in found.records.get(image_id, ())


def _listed(faults: Iterable[str]) -> str:
    return ", ".join(sorted(faults))


def _compare_sets(found: Survey, result: Drift) -> None:
    photos = Counter(path.set_name for path in found.rows)
    faces: Counter[str] = Counter()
    for path, row in found.rows.items():
        faces[path.set_name] += len(row.face_ids)
    # A set of another program is shown by its rows; once counted, by the grid's index, which lacks incomplete rows.
    bare = {path.set_name for path, row in found.rows.items() if "grid_key" in row.faults}
    for name in photos.keys() | found.sets.keys():
        photo_set = found.sets.get(name, PhotoSet(sortkey=name))
        if photo_set.is_uncounted and name in bare:
            continue
        # A set that was given its title before its first photo counts nothing yet.
        counted = (photo_set.pic_count or 0, photo_set.face_count or 0)
        if counted != (photos[name], faces[name]) or not _are_numbers(photo_set):
            result.sets[name] = SetCount(photos[name], faces[name], photo_set.source.get("pic_count"))


def _are_numbers(photo_set: PhotoSet) -> bool:
    counts = (photo_set.source.get(name) for name in ("pic_count", "face_count"))
    return all(count is None or isinstance(count, Decimal) for count in counts)


def _scan(stack: Stack, table: str, **arguments: Any) -> Iterator[dict[str, Any]]:
    for page in stack.dynamodb.get_paginator("scan").paginate(TableName=table, **arguments):
        yield from page["Items"]
