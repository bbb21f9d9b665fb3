"""Do originals, thumbnails, rows and faces agree? What is asked of S3, the tables and the collection, and compared.

S3's originals are the truth; everything else is made from them and can be made again.
"""

import contextlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from functions.keys import (
    DOWNLOAD_RULES,
    DOWNLOADS_PREFIX,
    NONE,
    PHOTOS_PREFIX,
    VIEW_WIDTH,
    BadNameError,
    ImagePath,
    decode_external_image_id,
    encode_external_image_id,
    parse_key,
)
from functions.shapes import SETS_PARTITION, from_dynamodb
from scripts.stack import Stack


@dataclass(frozen=True)
class Row:
    """What a pic's row says that others have to agree with."""

    etag: str
    image_id: str | None
    face_ids: frozenset[str]


@dataclass
class Survey:
    """What is there: originals by their etag, names of thumbnails, rows, records by image id, faces by their pic.

    ``downloads`` has the rules that made a photo's download copies; ``rule`` is the one of today.
    """

    rule: str = NONE
    originals: dict[ImagePath, str] = field(default_factory=dict)
    thumbnails: dict[ImagePath, int] = field(default_factory=lambda: Counter())
    downloads: dict[ImagePath, set[str]] = field(default_factory=lambda: defaultdict(set))
    rows: dict[ImagePath, Row] = field(default_factory=dict)
    sets: dict[str, dict] = field(default_factory=dict)
    records: dict[str, str] = field(default_factory=dict)
    # By external image id.
    faces: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


@dataclass(frozen=True)
class SetCount:
    """What a set should count, and the number of pics its row was seen to count."""

    pics: int
    faces: int
    seen_pics: int


@dataclass
class Drift:
    """Where they disagree, by what mends it."""

    # The process function has to look at these pics again, or do them anew from their originals.
    check: dict[ImagePath, str] = field(default_factory=dict)
    redo: dict[ImagePath, str] = field(default_factory=dict)
    # Records and faces that no row knows of: image id to image path, face id to external image id.
    records: dict[str, str] = field(default_factory=dict)
    faces: dict[str, str] = field(default_factory=dict)
    # Sets whose row counts wrongly.
    sets: dict[str, SetCount] = field(default_factory=dict)

    def __len__(self) -> int:
        return sum(len(part) for part in (self.check, self.redo, self.records, self.faces, self.sets))

    def lines(self) -> Iterator[str]:
        """Each disagreement in words."""
        for path, reason in sorted((self.check | self.redo).items()):
            yield f"{path}: {reason}"
        for image_id, path in sorted(self.records.items()):
            yield f"record {image_id} leads to {path}, which does not know of it"
        for face_id, external_image_id in sorted(self.faces.items()):
            yield f"face {face_id} is in the collection for {decode_external_image_id(external_image_id) or 'no pic'}"
        for name, count in sorted(self.sets.items()):
            yield f"set {name} should count {count.pics} pics and {count.faces} faces"


def survey(stack: Stack) -> Survey:
    """Ask for everything that is there."""
    found = Survey(rule=stack.download_rule)
    # First, for a pic's faces are there before its row. Those that somebody forgotten is known by belong to no pic.
    references = set(stack.forgotten.references())
    for face in stack.faces.faces():
        if face["FaceId"] not in references:
            found.faces[face.get("ExternalImageId", "")].add(face["FaceId"])
    for path, item in _pics(stack, stack.pics_bucket):
        found.originals[path] = item["ETag"].strip('"')
    for prefix in ("", f"{VIEW_WIDTH}/"):
        for path, _ in _pics(stack, stack.outputs["ThumbnailsBucket"], prefix):
            found.thumbnails[path] += 1
    for rule in DOWNLOAD_RULES:
        for path, _ in _pics(stack, stack.outputs["ThumbnailsBucket"], f"{DOWNLOADS_PREFIX}{rule}/"):
            found.downloads[path].add(rule)
    projection = "primarykey, sortkey, etag, #data.FaceRecords, pic_count, face_count"
    names = {"#data": "data"}
    for item in _scan(stack, "PicsTable", ProjectionExpression=projection, ExpressionAttributeNames=names):
        if item["primarykey"] == SETS_PARTITION:
            found.sets[item["sortkey"]] = item
        else:
            faces = [record["Face"] for record in item.get("data", {}).get("FaceRecords", [])]
            found.rows[ImagePath(item["primarykey"], item["sortkey"])] = Row(
                item["etag"],
                next((face["ImageId"] for face in faces), None),
                frozenset(face["FaceId"] for face in faces),
            )
    for item in _scan(stack, "PicsByImageIdTable", ProjectionExpression="image_id, image_path, person"):
        if "person" not in item:  # a portrait has no row among the pics
            found.records[item["image_id"]] = item["image_path"]
    return found


def drift(found: Survey) -> Drift:
    """Where what is there disagrees."""
    result = Drift()
    wanted = {found.rule} - {NONE}
    for path, etag in found.originals.items():
        row = found.rows.get(path)
        if row is None:
            result.check[path] = "has an original, but no row"
        elif row.etag != etag:
            result.check[path] = "its row is of another original"
        elif found.thumbnails.get(path, 0) < len(path.thumbnail_keys):
            result.check[path] = "a thumbnail is missing"
        elif found.downloads.get(path, set()) != wanted:
            result.check[path] = "what visitors may download of it is missing, or made by another rule"
        elif row.face_ids - found.faces.get(encode_external_image_id(path), set()):
            result.redo[path] = "a face is missing in the collection"
        elif row.image_id and found.records.get(row.image_id) != str(path):
            result.redo[path] = "its record by image id is missing"
    for path in (found.rows.keys() | found.thumbnails.keys() | found.downloads.keys()) - found.originals.keys():
        result.check[path] = "has no original any more"
    rows_by_name = {str(path): row for path, row in found.rows.items()}
    for image_id, path in found.records.items():
        row = rows_by_name.get(path)
        if row is None or row.image_id != image_id:
            result.records[image_id] = path
    rows_by_id = {encode_external_image_id(path): row for path, row in found.rows.items()}
    for external_image_id, face_ids in found.faces.items():
        row = rows_by_id.get(external_image_id)
        for face_id in face_ids - (row.face_ids if row else frozenset()):
            result.faces[face_id] = external_image_id
    _compare_sets(found, result)
    return result


def _compare_sets(found: Survey, result: Drift) -> None:
    pics = Counter(path.picset for path in found.rows)
    faces: Counter[str] = Counter()
    for path, row in found.rows.items():
        faces[path.picset] += len(row.face_ids)
    for name in pics.keys() | found.sets.keys():
        counted = from_dynamodb(found.sets.get(name, {}))
        # A set that was given its title before its first pic counts nothing yet.
        if (counted.get("pic_count", 0), counted.get("face_count", 0)) != (pics[name], faces[name]):
            result.sets[name] = SetCount(pics[name], faces[name], counted.get("pic_count", 0))


def _pics(stack: Stack, bucket: str, prefix: str = "") -> Iterator[tuple[ImagePath, dict]]:
    """The objects of a bucket that are a pic's; what no pic can be called, the process function has given up."""
    for page in stack.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix + PHOTOS_PREFIX):
        for item in page.get("Contents", []):
            with contextlib.suppress(BadNameError):
                yield parse_key(item["Key"].removeprefix(prefix)), item


def _scan(stack: Stack, output: str, **arguments: Any) -> Iterator[dict]:
    for page in stack.dynamodb.get_paginator("scan").paginate(TableName=stack.outputs[output], **arguments):
        yield from page["Items"]
