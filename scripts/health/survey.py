"""Do originals, thumbnails, rows and faces agree? What is asked of S3, the tables and the collection, and compared.

S3's originals are the truth; everything else is made from them and can be made again.
"""

import contextlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from functions.keys import (
    DOWNLOAD_RULES,
    DOWNLOADS_PREFIX,
    NONE,
    PHOTOS_PREFIX,
    BadNameError,
    ImagePath,
    decode_external_image_id,
    parse_key,
)
from functions.shapes import SETS_PARTITION, ImageRecord, Photo, PhotoSet
from functions.thumbnail_sizes import LARGE_SIDE
from scripts.common.stack import Stack
from scripts.gallery.gallery_survey import GalleryDrift, GallerySurvey, gallery_drift, survey_gallery


@dataclass(frozen=True)
class Row:
    """What a pic's row says that others have to agree with.

    ``etag`` is None in a row of others; ``faults`` names what a row of this release would have.
    """

    etag: str | None
    image_id: str | None
    face_ids: frozenset[str]
    faults: frozenset[str]


@dataclass
class Survey:
    """What is there: originals by their etag, names of thumbnails, rows, records by image id, faces by their photo.

    ``downloads`` has the rules that made a photo's download copies; ``rule`` is the one of today.
    """

    rule: str = NONE
    originals: dict[ImagePath, str] = field(default_factory=dict)
    thumbnails: dict[ImagePath, int] = field(default_factory=lambda: Counter())
    downloads: dict[ImagePath, set[str]] = field(default_factory=lambda: defaultdict(set))
    rows: dict[ImagePath, Row] = field(default_factory=dict)
    sets: dict[str, PhotoSet] = field(default_factory=dict)
    # The paths that each record leads to, by image id; the first release kept portraits by theirs alone.
    records: dict[str, set[str]] = field(default_factory=dict)
    portraits: set[str] = field(default_factory=set)
    # External image id by face id.
    faces: dict[str, str] = field(default_factory=dict)
    gallery: GallerySurvey = field(default_factory=GallerySurvey)


@dataclass(frozen=True)
class SetCount:
    """What a set should count, and the number of photos its row was seen to count."""

    pics: int
    faces: int
    seen_pics: Any


@dataclass
class Drift:
    """Where they disagree, by what mends it."""

    # The process function has to look at these photos again, or do them anew from their originals.
    check: dict[ImagePath, str] = field(default_factory=dict)
    redo: dict[ImagePath, str] = field(default_factory=dict)
    # Records and faces that no row knows of: image id to image paths, face id to external image id.
    records: dict[str, set[str]] = field(default_factory=dict)
    faces: dict[str, str] = field(default_factory=dict)
    # Sets whose row counts wrongly.
    sets: dict[str, SetCount] = field(default_factory=dict)
    # What others wrote and nothing here can complete, with the reason: it stays, and is told.
    unfinished: dict[str, str] = field(default_factory=dict)
    gallery: GalleryDrift = field(default_factory=GalleryDrift)

    def __len__(self) -> int:
        """How much there is to mend."""
        return sum(len(part) for part in (self.check, self.redo, self.records, self.faces, self.sets, self.gallery))

    @property
    def paid_calls(self) -> int:
        """IndexFaces calls that mending makes at most."""
        return len(self.check) + len(self.redo) + len(self.gallery.redo)

    def lines(self) -> Iterator[str]:
        """Each disagreement in words."""
        for path, reason in sorted((self.check | self.redo).items()):
            yield f"{path}: {reason}"
        for image_id, paths in sorted(self.records.items()):
            for path in sorted(paths):
                yield f"record {image_id} leads to {path}, which does not know of it"
        for face_id, external_image_id in sorted(self.faces.items()):
            yield f"face {face_id} is in the collection for {decode_external_image_id(external_image_id) or 'no pic'}"
        for name, reason in sorted(self.unfinished.items()):
            yield f"{name}: {reason}"
        for name, count in sorted(self.sets.items()):
            yield f"set {name} should count {count.pics} pics and {count.faces} faces"
        yield from self.gallery.lines()


def survey(stack: Stack) -> Survey:
    """Ask for everything that is there."""
    found = Survey(rule=stack.download_rule)
    # First, for a pic's faces are there before its row. Those that somebody forgotten is known by belong to no photo.
    references = set(stack.forgotten.references())
    for face in stack.faces.faces():
        if face["FaceId"] not in references:
            found.faces[face["FaceId"]] = face.get("ExternalImageId", "")
    for path, item in pics_in(stack, stack.outputs.pics_bucket):
        found.originals[path] = item["ETag"].strip('"')
    for prefix in ("", f"{LARGE_SIDE}/"):
        for path, _ in pics_in(stack, stack.outputs.thumbnails_bucket, prefix):
            found.thumbnails[path] += 1
    for rule in DOWNLOAD_RULES:
        for path, _ in pics_in(stack, stack.outputs.thumbnails_bucket, f"{DOWNLOADS_PREFIX}{rule}/"):
            found.downloads[path].add(rule)
    for item in _scan(stack, stack.outputs.pics_table):
        if item["primarykey"] == SETS_PARTITION:
            found.sets[item["sortkey"]] = PhotoSet.from_item(item)
        else:
            pic = Photo.from_item(item)
            found.rows[ImagePath(pic.primarykey, pic.sortkey)] = Row(
                pic.etag, pic.image_id, frozenset(pic.face_ids), frozenset({*pic.missing, *pic.unread})
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


def drift(found: Survey) -> Drift:
    """Where what is there disagrees."""
    result = Drift()
    wanted = {found.rule} - {NONE}
    for path, etag in found.originals.items():
        row = found.rows.get(path)
        if row is None:
            result.check[path] = "has an original, but no row"
        elif row.etag is None:
            result.check[path] = f"its row lacks {_listed(row.faults)}: others have written it"
        elif row.etag != etag:
            result.check[path] = "its row is of another original"
        elif row.faults:
            result.redo[path] = f"its row lacks {_listed(row.faults)}"
        elif found.thumbnails.get(path, 0) < len(path.rendition_keys):
            result.check[path] = "a thumbnail is missing"
        elif row.face_ids - found.faces.keys():
            result.redo[path] = "a face is missing in the collection"
        elif not _has_record(found, path, row.image_id):
            result.redo[path] = "its record by image id is missing"
        # Last, for this alone is mended without looking at the faces again.
        elif found.downloads.get(path, set()) != wanted:
            result.check[path] = "what visitors may download of it is missing, or made by another rule"
    for path in (found.rows.keys() | found.thumbnails.keys() | found.downloads.keys()) - found.originals.keys():
        if path in found.rows and found.rows[path].etag is None:
            result.unfinished[str(path)] = (
                "others have written its row, and its original is not in the bucket: upload it"
            )
        else:
            result.check[path] = "has no original any more"
    rows_by_name = {str(path): row for path, row in found.rows.items()}
    for image_id, paths in found.records.items():
        wrong = {path for path in paths if path not in rows_by_name or rows_by_name[path].image_id != image_id}
        if wrong:
            result.records[image_id] = wrong
        if not paths:
            result.unfinished[f"record {image_id}"] = "others have written it, and its image_path can't be read"
    known = {face_id for row in found.rows.values() for face_id in row.face_ids}
    result.faces = {face_id: name for face_id, name in found.faces.items() if face_id not in known}
    result.gallery = gallery_drift(found.gallery)
    _compare_sets(found, result)
    return result


def _has_record(found: Survey, path: ImagePath, image_id: str | None) -> bool:
    """Whether a pic's record is as it should be; a picture without faces has none."""
    return image_id is None or image_id in found.portraits or str(path) in found.records.get(image_id, ())


def _listed(faults: Iterable[str]) -> str:
    return ", ".join(sorted(faults))


def _compare_sets(found: Survey, result: Drift) -> None:
    pics = Counter(path.set_name for path in found.rows)
    faces: Counter[str] = Counter()
    for path, row in found.rows.items():
        faces[path.set_name] += len(row.face_ids)
    # A set of others is shown by its rows; once it is counted, by the grid's index, which lacks rows not completed.
    bare = {path.set_name for path, row in found.rows.items() if "grid_key" in row.faults}
    for name in pics.keys() | found.sets.keys():
        photo_set = found.sets.get(name, PhotoSet(sortkey=name))
        if photo_set.is_uncounted and name in bare:
            continue
        # A set that was given its title before its first photo counts nothing yet.
        counted = (photo_set.pic_count or 0, photo_set.face_count or 0)
        if counted != (pics[name], faces[name]) or not _are_numbers(photo_set):
            result.sets[name] = SetCount(pics[name], faces[name], photo_set.source.get("pic_count"))


def _are_numbers(photo_set: PhotoSet) -> bool:
    counts = (photo_set.source.get(name) for name in ("pic_count", "face_count"))
    return all(count is None or isinstance(count, Decimal) for count in counts)


def pics_in(stack: Stack, bucket: str, prefix: str = "") -> Iterator[tuple[ImagePath, dict]]:
    """The objects of a bucket that are a pic's; what no photo can be called, the process function has given up."""
    for page in stack.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix + PHOTOS_PREFIX):
        for item in page.get("Contents", []):
            with contextlib.suppress(BadNameError):
                yield parse_key(item["Key"].removeprefix(prefix)), item


def _scan(stack: Stack, table: str, **arguments: Any) -> Iterator[dict]:
    for page in stack.dynamodb.get_paginator("scan").paginate(TableName=table, **arguments):
        yield from page["Items"]
