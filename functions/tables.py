"""The tables ``pics`` and ``pics_by_image_id``, and the transactions that keep their rows in step.

A pic's row, its row by image id and its set's counters change in one transaction. Each write names what it has
seen (the etag of the row before), so a write from stale knowledge fails whole.

Photos of the same bytes share an image id, and so their row by it: it leads to one of them and names the others, and
passes to one of these when its own photo goes (docs/decisions/0013). Who searches finds a pic's own row by its path.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from botocore.exceptions import ClientError

from functions.batch_get import PATIENCE_SECONDS, back_off, batch_get
from functions.errors import KinpicsError
from functions.keys import (
    BadNameError,
    ImagePath,
    decode_external_image_id,
    encode_external_image_id,
    parse_image_path,
)
from functions.shapes import GRID_ATTRIBUTES, GRID_INDEX, SETS_PARTITION, ImageRecord, Photo, PhotoSet, Row, attributes

_TRANSACTION_ATTEMPTS = 8
# A set's photos are counted, or will be from the first on. `kinpics reconcile` counts the sets of others.
_COUNTED = (
    "(attribute_type(pic_count, :number) OR (attribute_not_exists(pic_count) AND attribute_not_exists(pic)))"
    " AND (attribute_type(face_count, :number) OR attribute_not_exists(face_count))"
)


class StaleRowError(KinpicsError):
    """The rows changed between reading and writing, again and again."""


@dataclass(frozen=True)
class Tables:
    """The album's tables. ``client`` is the client of a boto3 DynamoDB *resource* (``resource.meta.client``).

    ``patience`` is how many seconds a batch of reads may wait for a busy table; then it raises ``TableBusyError``.
    """

    client: Any
    pics: str
    pics_by_image_id: str
    patience: float = PATIENCE_SECONDS

    # Reading

    def get_pic(self, path: ImagePath) -> Photo | None:
        item = self._get(self.pics, {"primarykey": path.picset, "sortkey": path.file})
        return Photo.from_item(item) if item else None

    def get_set(self, picset: str) -> PhotoSet | None:
        item = self._get(self.pics, {"primarykey": SETS_PARTITION, "sortkey": picset})
        return PhotoSet.from_item(item) if item else None

    def sets(self) -> Iterator[PhotoSet]:
        """All picture sets by name."""
        for item in self._query(KeyConditionExpression="primarykey = :p", values={":p": SETS_PARTITION}):
            yield PhotoSet.from_item(item)

    def grid(self, picset: str) -> Iterator[dict]:
        """What the grid shows of each photo of a set, in the grid's order: plain items of index ``grid``."""
        return self._query(IndexName=GRID_INDEX, KeyConditionExpression="primarykey = :p", values={":p": picset})

    def listing(self, picset: str) -> Iterator[dict]:
        """The same by file name, with the rows of others, which the index does not hold."""
        return self._query(
            KeyConditionExpression="primarykey = :p",
            ProjectionExpression=", ".join(("primarykey", "sortkey", *GRID_ATTRIBUTES)),
            values={":p": picset},
        )

    def pics_of(self, picset: str) -> Iterator[Photo]:
        """All photos of a set by file name, with everything that is known of them."""
        for item in self._query(KeyConditionExpression="primarykey = :p", values={":p": picset}):
            yield Photo.from_item(item)

    def etags(self, paths: Iterable[ImagePath]) -> dict[ImagePath, str]:
        """Etag of each processed photo among ``paths``; the others are left out."""
        return self.pic_attribute(paths, "etag")

    def pic_attribute(self, paths: Iterable[ImagePath], name: str) -> dict[ImagePath, str]:
        """One attribute of each photo among ``paths`` whose row has it."""
        items = self._pic_items(paths, ("primarykey", "sortkey", name))
        return {ImagePath(item["primarykey"], item["sortkey"]): item[name] for item in items if name in item}

    def present(self, paths: Iterable[ImagePath]) -> set[ImagePath]:
        """The photos among these that have a row, whoever wrote it."""
        items = self._pic_items(paths, ("primarykey", "sortkey"))
        return {ImagePath(item["primarykey"], item["sortkey"]) for item in items}

    def image_records(self, image_ids: Iterable[str]) -> dict[str, ImageRecord]:
        """Rows by image id; ids that lead nowhere (removed meanwhile) are left out.

        Eventually consistent, for half the units: visitors' searches read most here.
        """
        keys = [{"image_id": image_id} for image_id in image_ids]
        items = batch_get(self.client, self.pics_by_image_id, keys, patience=self.patience)
        return {item["image_id"]: ImageRecord.from_item(item) for item in items}

    def photos(self, faces: Iterable[tuple[str, str]]) -> dict[str, ImageRecord]:
        """The photos that show faces of the album, each as its record, by the `photo_ref` of the face.

        ``faces`` are face id and `photo_ref`. Left out are photos that are gone, or do not show that face any more.
        Eventually consistent, as `image_records`.
        """
        wanted = {ref: face_id for face_id, ref in faces}
        paths = {ref: _path_of(ref) for ref in wanted}
        records = self.image_records({ref.partition("/")[0] for ref, path in paths.items() if path is None})
        candidates = {
            ref: [path] if path else _paths_of(ref, records.get(ref.partition("/")[0])) for ref, path in paths.items()
        }
        pics = self._pics({path for found in candidates.values() for path in found}, consistent=False)
        photos = {}
        for ref, found in candidates.items():
            for path in found:
                pic = pics.get(path)
                if pic and wanted[ref] in pic.face_ids:
                    photos[ref] = _record(pic, ref.partition("/")[0], path)
                    break
        return photos

    # Writing

    def put_pic(self, path: ImagePath, pic: Photo, now: str) -> Photo | None:
        """Write a pic's rows and count it into its set. Returns the row it replaces.

        Raises ``StaleRowError`` when other writers kept getting in between.
        """
        for attempt in range(_TRANSACTION_ATTEMPTS):
            old = self.get_pic(path)
            item = (old.unknown if old else {}) | pic.to_item()
            faces = (pic.face_count or 0) - ((old.face_count or 0) if old else 0)
            writes = [
                {"Put": {"TableName": self.pics, "Item": item, **_unchanged(old)}},
                self._count(path, 0 if old else 1, faces, now, featured=True, counted=self._is_counted(path, attempt)),
            ]
            if pic.image_id:
                writes += self._join_record(pic.image_id, path, pic)
            if old and old.image_id and old.image_id != pic.image_id:
                writes += self._leave_record(old.image_id, str(path))
            if self._transact(writes, attempt):
                return old
        raise StaleRowError(f"the rows of {path} could not be written: other writers kept changing them")

    def remove_pic(self, path: ImagePath, now: str) -> Photo | None:
        """Remove a pic's rows, count it out of its set, and replace it where it was featured. Returns the old row."""
        for attempt in range(_TRANSACTION_ATTEMPTS):
            old = self.get_pic(path)
            if old is None:
                return None
            writes = [
                {
                    "Delete": {
                        "TableName": self.pics,
                        "Key": {"primarykey": path.picset, "sortkey": path.file},
                        **_unchanged(old),
                    }
                },
                *self._leave_set(path, old, now),
            ]
            if old.image_id:
                writes += self._leave_record(old.image_id, str(path))
            if self._transact(writes, attempt):
                return old
        raise StaleRowError(f"the rows of {path} could not be removed: other writers kept changing them")

    def faces_elsewhere(self, path: ImagePath, pic: Photo) -> set[str]:
        """Those of a pic's faces that another photo of the same bytes has too: others may have indexed them as one."""
        record = self._image_record(pic.image_id) if pic.image_id else None
        others = {other for text in (record.paths if record else ()) if (other := _parsed(text)) and other != path}
        return {face_id for other in self._pics(others).values() for face_id in other.face_ids & pic.face_ids}

    def leave_record(self, image_id: str, path: str) -> None:
        """Stop a row by image id from leading to the image path ``path``. Raises ``StaleRowError``."""
        for attempt in range(_TRANSACTION_ATTEMPTS):
            writes = self._leave_record(image_id, path)
            if not writes or self._transact(writes, attempt):
                return
        raise StaleRowError(f"the row of image {image_id} could not be changed: other writers kept changing it")

    def set_title(self, picset: str, title: str) -> None:
        """Give a set its title; the set's row may come before its first photo."""
        self.client.update_item(
            TableName=self.pics,
            Key={"primarykey": SETS_PARTITION, "sortkey": picset},
            UpdateExpression="SET title = :title",
            ExpressionAttributeValues={":title": title},
        )

    # Inside

    def _get(self, table: str, key: dict) -> dict | None:
        return self.client.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")

    def _query(self, *, values: dict, **arguments: Any) -> Iterator[dict]:
        arguments |= {"TableName": self.pics, "ExpressionAttributeValues": values}
        while True:
            page = self.client.query(**arguments)
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            arguments["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _is_counted(self, path: ImagePath, attempt: int) -> bool:
        """Whether a photo's set is counted; assumed until a write fails."""
        picset = self.get_set(path.picset) if attempt else None
        return picset is None or not _is_of_others(picset)

    def _count(self, path: ImagePath, pics: int, faces: int, now: str, *, featured: bool, counted: bool = True) -> dict:
        """The set row's update when a photo comes, changes or goes; a set of others stays uncounted."""
        sets = "SET updated_at = :now, created_at = if_not_exists(created_at, :now)"
        values = {":now": now, ":number": "N", **({":file": path.file} if featured else {})}
        if counted:
            values |= {":pics": pics, ":faces": faces}
        return {
            "Update": {
                "TableName": self.pics,
                "Key": {"primarykey": SETS_PARTITION, "sortkey": path.picset},
                "UpdateExpression": sets
                + (", pic = if_not_exists(pic, :file)" if featured else "")
                + (" ADD pic_count :pics, face_count :faces" if counted else ""),
                "ConditionExpression": _COUNTED if counted else f"NOT ({_COUNTED})",
                "ExpressionAttributeValues": values,
            }
        }

    def _leave_set(self, path: ImagePath, old: Photo, now: str) -> list[dict]:
        """The writes that take a photo out of its set: count, featured photo, and with the last one the set itself."""
        picset = self.get_set(path.picset)
        if picset is None:
            return []
        counted = not _is_of_others(picset)
        if (picset.pic_count or 0) <= 1 if counted else self._other_pic(path) == path.file:
            return [
                {
                    "Delete": {
                        "TableName": self.pics,
                        "Key": {"primarykey": SETS_PARTITION, "sortkey": path.picset},
                        **_same(picset, "pic_count"),
                    }
                }
            ]
        write = self._count(path, -1, -(old.face_count or 0), now, featured=False, counted=counted)
        update = write["Update"]
        if counted:
            update["ExpressionAttributeValues"][":one"] = 1
            update["ConditionExpression"] += " AND pic_count > :one"
        if picset.pic != path.file:
            update["ConditionExpression"] += " AND (attribute_not_exists(pic) OR pic <> :file)"
            update["ExpressionAttributeValues"][":file"] = path.file
            return [write]
        heir = self._other_pic(path)
        update["ExpressionAttributeValues"] |= {":file": path.file, ":heir": heir}
        update["ConditionExpression"] += " AND pic = :file"
        update["UpdateExpression"] = update["UpdateExpression"].replace("SET ", "SET pic = :heir, ", 1)
        return [
            write,
            {
                "ConditionCheck": {
                    "TableName": self.pics,
                    "Key": {"primarykey": path.picset, "sortkey": heir},
                    "ConditionExpression": "attribute_exists(sortkey)",
                }
            },
        ]

    def _other_pic(self, path: ImagePath) -> str:
        """File name of some other photo of the same set, the first by name."""
        page = self.client.query(
            TableName=self.pics,
            KeyConditionExpression="primarykey = :p",
            ExpressionAttributeValues={":p": path.picset},
            ProjectionExpression="sortkey",
            ConsistentRead=True,
            Limit=2,
        )
        return next((item["sortkey"] for item in page["Items"] if item["sortkey"] != path.file), path.file)

    def _join_record(self, image_id: str, path: ImagePath, pic: Photo) -> list[dict]:
        """The write that makes an image id's row lead to a photo."""
        record = self._image_record(image_id)
        if record and record.person:
            return []  # a portrait of the same bytes, from a release that kept portraits by image id alone
        if record is None or record.image_path in (None, str(path)):
            own = _record(pic, image_id, path, record)
            return [{"Put": {"TableName": self.pics_by_image_id, "Item": own.to_item(), **_same_record(record)}}]
        return [self._update_record(record, "ADD", str(path))]

    def _leave_record(self, image_id: str, path: str) -> list[dict]:
        """The writes that stop an image id's row from leading to a photo: it passes to another, or goes."""
        record = self._image_record(image_id)
        if record is None or record.person:
            return []
        if record.image_path not in (None, path):
            return [self._update_record(record, "DELETE", path)] if path in record.paths else []
        heirs = self._pics({other for text in record.paths - {path} if (other := _parsed(text))})
        heirs = {other: pic for other, pic in heirs.items() if pic.image_id == image_id}
        if not heirs:
            key = {"image_id": image_id}
            return [{"Delete": {"TableName": self.pics_by_image_id, "Key": key, **_same_record(record)}}]
        heir = min(heirs)
        rest = {str(other) for other in heirs} - {str(heir)}
        own = _record(heirs[heir], image_id, heir, replace(record, source={}, other_paths=rest or None))
        return [
            {"Put": {"TableName": self.pics_by_image_id, "Item": own.to_item(), **_same_record(record)}},
            {
                "ConditionCheck": {
                    "TableName": self.pics,
                    "Key": {"primarykey": heir.picset, "sortkey": heir.file},
                    **_unchanged(heirs[heir]),
                }
            },
        ]

    def _update_record(self, record: ImageRecord, action: str, path: str) -> dict:
        same = _same(record, "image_path")
        values = same.pop("ExpressionAttributeValues", {}) | {":path": {path}}
        return {
            "Update": {
                "TableName": self.pics_by_image_id,
                "Key": {"image_id": record.image_id},
                "UpdateExpression": f"{action} other_paths :path",
                "ExpressionAttributeValues": values,
                **same,
            }
        }

    def _image_record(self, image_id: str) -> ImageRecord | None:
        item = self._get(self.pics_by_image_id, {"image_id": image_id})
        return ImageRecord.from_item(item) if item else None

    def _pics(self, paths: Iterable[ImagePath], *, consistent: bool = True) -> dict[ImagePath, Photo]:
        """Pics by path; those without a row are left out."""
        found = map(Photo.from_item, self._pic_items(paths, consistent=consistent))
        return {ImagePath(pic.primarykey, pic.sortkey): pic for pic in found}

    def _pic_items(
        self, paths: Iterable[ImagePath], names: tuple[str, ...] = (), *, consistent: bool = True
    ) -> Iterator[dict]:
        keys = [{"primarykey": path.picset, "sortkey": path.file} for path in paths]
        options: dict[str, Any] = {}
        if names:  # written with a sign, for some are DynamoDB's own words
            options["ProjectionExpression"] = ", ".join(f"#{name}" for name in names)
            options["ExpressionAttributeNames"] = {f"#{name}": name for name in names}
        return batch_get(self.client, self.pics, keys, patience=self.patience, ConsistentRead=consistent, **options)

    def _transact(self, writes: list[dict], attempt: int) -> bool:
        """Run a transaction; False when a condition no longer held or another transaction was at the same rows."""
        try:
            self.client.transact_write_items(TransactItems=_one_check_a_row(writes))
        except ClientError as error:
            if error.response["Error"]["Code"] != "TransactionCanceledException":
                raise
            reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
            if not reasons & {"ConditionalCheckFailed", "TransactionConflict", "ThrottlingError"}:
                raise
            back_off(attempt)
            return False
        return True


def _is_of_others(picset: PhotoSet) -> bool:
    """Whether a set's row is not `_COUNTED`."""
    source = picset.source
    is_number = {name: isinstance(source.get(name), Decimal) for name in ("pic_count", "face_count")}
    # An attribute that is there and null is one that exists, as DynamoDB has it.
    counts = is_number["pic_count"] or ("pic_count" not in source and "pic" not in source)
    return not (counts and (is_number["face_count"] or "face_count" not in source))


def _path_of(ref: str) -> ImagePath | None:
    """The photo that a `photo_ref` names by itself."""
    external_image_id = ref.partition("/")[2]
    return decode_external_image_id(external_image_id) if external_image_id else None


def _paths_of(ref: str, record: ImageRecord | None) -> list[ImagePath]:
    """The photos a `photo_ref` may mean by its image id's row, where its external image id is a hash or missing."""
    external_image_id = ref.partition("/")[2]
    paths = [path for text in sorted(record.paths if record else ()) if (path := _parsed(text))]
    return [path for path in paths if external_image_id in ("", encode_external_image_id(path))]


def _parsed(text: str) -> ImagePath | None:
    try:
        return parse_image_path(text)
    except BadNameError:
        return None  # written by others, for what can be no photo here


def _record(pic: Photo, image_id: str, path: ImagePath, old: ImageRecord | None = None) -> ImageRecord:
    """The row by image id that leads to a photo, in place of ``old``."""
    return ImageRecord(
        image_id=image_id,
        image_path=str(path),
        other_paths=(old.other_paths or set()) - {str(path)} or None if old else None,
        width=pic.width,
        height=pic.height,
        placeholder=pic.placeholder,
        data=pic.data,
        source=old.source if old else {},
    )


def _same_record(record: ImageRecord | None) -> dict:
    """The condition that a row by image id still leads to what was read."""
    if record is None:
        return {"ConditionExpression": "attribute_not_exists(image_id)"}
    return _same(record, "image_path", "other_paths")


def _unchanged(old: Photo | None) -> dict:
    """The condition that a pic's row still is what was read."""
    if old is None:
        return {"ConditionExpression": "attribute_not_exists(sortkey)"}
    return _same(old, "etag", "processed_at")


def _same(row: Row, *names: str) -> dict:
    """The condition that a row is still there, with these attributes as they were read."""
    there = {name: row.source[name] for name in names if name in row.source}
    key = next(iter(attributes(type(row))))
    conditions = [f"attribute_exists({key})", *(f"{name} = :seen_{name}" for name in there)]
    conditions += [f"attribute_not_exists({name})" for name in names if name not in there]
    values = {f":seen_{name}": value for name, value in there.items()}
    return {
        "ConditionExpression": " AND ".join(conditions),
        **({"ExpressionAttributeValues": values} if values else {}),
    }


def _one_check_a_row(writes: list[dict]) -> list[dict]:
    """The same writes, with only the last check of each row: a transaction allows one operation per row."""
    checks = {
        tuple(sorted(write["ConditionCheck"]["Key"].items())): write for write in writes if "ConditionCheck" in write
    }
    return [write for write in writes if "ConditionCheck" not in write] + list(checks.values())
