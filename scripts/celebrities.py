"""The lookalike gallery: portraits of people, each with a name, a credit and one face.

Portraits go straight into the collection, not through the queue: the owner is told at once which can't be used. A
portrait is named by its content, so adding the same again changes nothing.
"""

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from functions.faces import CELEBRITIES
from functions.keys import BadNameError, ImagePath, check_picset, encode_external_image_id
from functions.process.images import GRID_TYPE, VIEW_TYPE, Renditions, UnusableImageError, render
from functions.shapes import ImageRecord
from scripts.plan import PHOTO_SUFFIXES, PlanError, Refusal
from scripts.stack import Stack

PREFIX = "celebrities/"
COLUMNS = ("file", "name", "credit", "licence", "url")
_CACHE_CONTROL = "public, max-age=86400"
# A number at a name's end tells portraits of one person apart: `Ada_Lovelace_2.jpg`.
_NUMBER = re.compile(r"[ _-]+\d+$")


@dataclass(frozen=True)
class Portrait:
    """A file of the gallery, and what is shown beside it."""

    source: Path
    person: str
    credit: str = ""
    licence: str = ""
    url: str = ""


@dataclass
class Gallery:
    """What a folder holds: portraits, and files that can't be any."""

    portraits: list[Portrait] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


def read_folder(folder: Path) -> Gallery:
    """The portraits of a folder, named by its CSV (``file,name,credit,licence,url``) or by their files.

    Raises ``PlanError``.
    """
    if not folder.is_dir():
        raise PlanError(f"{folder} is not a folder: give the folder that holds the portraits")
    tables = sorted(folder.glob("*.csv"))
    if len(tables) > 1:
        raise PlanError(f"{folder} holds {len(tables)} CSV files: keep one")
    described = _read_table(tables[0]) if tables else {}
    gallery = Gallery()
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in PHOTO_SUFFIXES or not path.is_file():
            continue
        entry = described.pop(path.name, {})
        try:
            person = check_picset(" ".join((entry.get("name") or _person_of(path)).split()))
        except BadNameError as error:
            gallery.refused.append(Refusal(path.name, str(error)))
            continue
        rest = {name: entry.get(name, "").strip() for name in ("credit", "licence", "url")}
        gallery.portraits.append(Portrait(path, person, **rest))
    gallery.refused += [Refusal(name, f"is in {tables[0].name}, but not in {folder}") for name in described]
    if not gallery.portraits and not gallery.refused:
        raise PlanError(f"there are no portraits in {folder}")
    return gallery


def add(stack: Stack, portrait: Portrait, present: set[str]) -> bool:
    """Put a portrait into the gallery; False where it is in ``present``. Raises ``UnusableImageError``."""
    data = portrait.source.read_bytes()
    path = ImagePath(portrait.person, f"{hashlib.sha256(data).hexdigest()[:16]}.jpg")
    image_path = f"{PREFIX}{path}"
    if image_path in present:
        return False
    renditions = render(data)
    found = stack.celebrities.index(encode_external_image_id(path), {"Bytes": renditions.view})
    faces = [record["Face"] for record in found["FaceRecords"]]
    if len(faces) != 1:
        stack.celebrities.delete(face["FaceId"] for face in faces)
        raise _unusable(len(faces), found.get("UnindexedFaces", []))
    _put(stack, image_path, renditions)
    record = ImageRecord(
        image_id=faces[0]["ImageId"],
        image_path=image_path,
        width=renditions.width,
        height=renditions.height,
        placeholder=renditions.placeholder,
        data=found,
        person=portrait.person,
        credit=portrait.credit or None,
        licence=portrait.licence or None,
        url=portrait.url or None,
    )
    stack.dynamodb.put_item(TableName=stack.outputs["PicsByImageIdTable"], Item=record.to_item())
    stack.ledger.changed(CELEBRITIES)
    return True


def records(stack: Stack) -> Iterator[ImageRecord]:
    """The portraits there are."""
    pages = stack.dynamodb.get_paginator("scan").paginate(
        TableName=stack.outputs["PicsByImageIdTable"], FilterExpression="attribute_exists(person)"
    )
    for page in pages:
        yield from map(ImageRecord.from_item, page["Items"])


def people(stack: Stack) -> Counter[str]:
    """How many portraits there are of each person."""
    return Counter(record.person for record in records(stack))


def remove(stack: Stack, person: str) -> int:
    """Remove a person with every portrait; returns how many there were."""
    found = [record for record in records(stack) if record.person == person]
    # Faces go first: while a record is there, they can still be found.
    stack.celebrities.delete(face["Face"]["FaceId"] for record in found for face in record.data["FaceRecords"])
    for record in found:
        for bucket in ("PicsBucket", "ThumbnailsBucket"):
            stack.s3.delete_object(Bucket=stack.outputs[bucket], Key=record.image_path)
        stack.dynamodb.delete_item(TableName=stack.outputs["PicsByImageIdTable"], Key={"image_id": record.image_id})
    if found:
        stack.ledger.changed(CELEBRITIES)
    return len(found)


def _read_table(path: Path) -> dict[str, dict[str, str]]:
    """Rows by file. Raises ``PlanError``."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        unknown = set(rows.fieldnames or ()) - set(COLUMNS)
        if unknown or not {"file", "name"} <= set(rows.fieldnames or ()):
            raise PlanError(f"{path}: the first line must name columns of {', '.join(COLUMNS)}, file and name at least")
        described = {}
        for number, row in enumerate(rows, 2):
            if None in row or not row["file"] or not row["name"]:
                raise PlanError(
                    f"{path}, line {number}: a row has a file, a name, and as many values as the first line"
                )
            described[row["file"]] = {name: value or "" for name, value in row.items()}
        return described


def _person_of(path: Path) -> str:
    return _NUMBER.sub("", path.stem).replace("_", " ")


def _unusable(faces: int, unindexed: list[dict]) -> UnusableImageError:
    if faces:
        return UnusableImageError("SeveralFaces", f"there are {faces} faces in it: a portrait shows one person")
    reasons = sorted({reason for face in unindexed for reason in face.get("Reasons", [])})
    if reasons:
        told = ", ".join(reason.lower().replace("_", " ") for reason in reasons)
        return UnusableImageError("PoorFace", f"the face in it can't be used: {told}")
    return UnusableImageError("NoFace", "there is no face in it")


def _put(stack: Stack, key: str, renditions: Renditions) -> None:
    for bucket, body, kind in (
        ("PicsBucket", renditions.view, VIEW_TYPE),
        ("ThumbnailsBucket", renditions.grid, GRID_TYPE),
    ):
        stack.s3.put_object(
            Bucket=stack.outputs[bucket], Key=key, Body=body, ContentType=kind, CacheControl=_CACHE_CONTROL
        )
