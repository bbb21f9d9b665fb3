"""The tables ``pics``, ``pics_by_image_id`` and ``leases``, and the transactions that keep their rows in step.

A pic's row, its row by image id and its set's counters change in one transaction. Each write names what it has
seen (the etag of the row before), so a write from stale knowledge fails whole. The lease lets one worker at a time
work on a pic: S3 tells of the same object twice and in any order, and without it two workers could each keep half.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from functions.batch_get import PATIENCE_SECONDS, back_off, batch_get
from functions.keys import ImagePath
from functions.shapes import GRID_INDEX, SETS_PARTITION, ImageRecord, Pic, PicSet

_TRANSACTION_ATTEMPTS = 8


class LeaseTakenError(Exception):
    """Another worker is at this pic."""

    def __init__(self, path: ImagePath, seconds: float):
        super().__init__(f"{path} is being processed by another worker for at most {seconds:.0f} s more")
        self.seconds = seconds


class StaleRowError(Exception):
    """The rows changed between reading and writing, again and again."""


@dataclass(frozen=True)
class Tables:
    """The album's tables. ``client`` is the client of a boto3 DynamoDB *resource* (``resource.meta.client``).

    ``patience`` is how many seconds a batch of reads may wait for a busy table; then it raises ``TableBusyError``.
    """

    client: Any
    pics: str
    pics_by_image_id: str
    leases: str = ""
    patience: float = PATIENCE_SECONDS

    # Reading

    def get_pic(self, path: ImagePath) -> Pic | None:
        item = self._get(self.pics, {"primarykey": path.picset, "sortkey": path.file})
        return Pic.from_item(item) if item else None

    def get_set(self, picset: str) -> PicSet | None:
        item = self._get(self.pics, {"primarykey": SETS_PARTITION, "sortkey": picset})
        return PicSet.from_item(item) if item else None

    def sets(self) -> Iterator[PicSet]:
        """All picture sets by name."""
        for item in self._query(KeyConditionExpression="primarykey = :p", values={":p": SETS_PARTITION}):
            yield PicSet.from_item(item)

    def grid(self, picset: str) -> Iterator[dict]:
        """What the grid shows of each pic of a set, in the grid's order: plain items of index ``grid``."""
        return self._query(IndexName=GRID_INDEX, KeyConditionExpression="primarykey = :p", values={":p": picset})

    def pics_of(self, picset: str) -> Iterator[Pic]:
        """All pics of a set by file name, with everything that is known of them."""
        for item in self._query(KeyConditionExpression="primarykey = :p", values={":p": picset}):
            yield Pic.from_item(item)

    def etags(self, paths: Iterable[ImagePath]) -> dict[ImagePath, str]:
        """Etag of each processed pic among ``paths``; the others are left out."""
        return self.pic_attribute(paths, "etag")

    def pic_attribute(self, paths: Iterable[ImagePath], name: str) -> dict[ImagePath, str]:
        """One attribute of each pic among ``paths`` that has a row."""
        keys = [{"primarykey": path.picset, "sortkey": path.file} for path in paths]
        options = {"ProjectionExpression": f"primarykey, sortkey, {name}", "ConsistentRead": True}
        items = batch_get(self.client, self.pics, keys, patience=self.patience, **options)
        return {ImagePath(item["primarykey"], item["sortkey"]): item[name] for item in items}

    def image_records(self, image_ids: Iterable[str]) -> dict[str, ImageRecord]:
        """Rows by image id; ids that lead nowhere (removed meanwhile) are left out.

        Eventually consistent, for half the units: visitors' searches read most here.
        """
        keys = [{"image_id": image_id} for image_id in image_ids]
        items = batch_get(self.client, self.pics_by_image_id, keys, patience=self.patience)
        return {item["image_id"]: ImageRecord.from_item(item) for item in items}

    # Writing

    def put_pic(self, path: ImagePath, pic: Pic, now: str) -> Pic | None:
        """Write a pic's rows and count it into its set. Returns the row it replaces.

        Raises ``StaleRowError`` when other writers kept getting in between.
        """
        for attempt in range(_TRANSACTION_ATTEMPTS):
            old = self.get_pic(path)
            writes = [
                {"Put": {"TableName": self.pics, "Item": pic.to_item(), **_unchanged(old)}},
                self._count(path, 0 if old else 1, pic.face_count - (old.face_count if old else 0), now, featured=True),
            ]
            if pic.image_id:
                record = ImageRecord(
                    image_id=pic.image_id,
                    image_path=str(path),
                    width=pic.width,
                    height=pic.height,
                    placeholder=pic.placeholder,
                    data=pic.data,
                )
                writes.append({"Put": {"TableName": self.pics_by_image_id, "Item": record.to_item()}})
            if old and old.image_id and old.image_id != pic.image_id:
                writes.append(self._delete_record(old.image_id))
            if self._transact(writes, attempt):
                return old
        raise StaleRowError(f"the rows of {path} could not be written: other writers kept changing them")

    def remove_pic(self, path: ImagePath, now: str) -> Pic | None:
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
                writes.append(self._delete_record(old.image_id))
            if self._transact(writes, attempt):
                return old
        raise StaleRowError(f"the rows of {path} could not be removed: other writers kept changing them")

    def set_title(self, picset: str, title: str) -> None:
        """Give a set its title; the set's row may come before its first pic."""
        self.client.update_item(
            TableName=self.pics,
            Key={"primarykey": SETS_PARTITION, "sortkey": picset},
            UpdateExpression="SET title = :title",
            ExpressionAttributeValues={":title": title},
        )

    # Leases

    def acquire_lease(self, path: ImagePath, owner: str, seconds: float) -> bool:
        """Take the pic for ``seconds``. Returns whether an earlier worker left it unfinished.

        The same ``owner`` (the queue message) takes over its own lease: the message is only given out again when
        the worker before is dead. Raises ``LeaseTakenError``.
        """
        now = time.time()
        try:
            response = self.client.put_item(
                TableName=self.leases,
                Item={"image_path": str(path), "owner": owner, "expires_at": int(now + seconds) + 1},
                ConditionExpression="attribute_not_exists(image_path) OR expires_at < :now OR #owner = :owner",
                ExpressionAttributeNames={"#owner": "owner"},
                ExpressionAttributeValues={":now": int(now), ":owner": owner},
                ReturnValues="ALL_OLD",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            lease = self._get(self.leases, {"image_path": str(path)}) or {}
            raise LeaseTakenError(path, max(1.0, float(lease.get("expires_at", now)) - now)) from None
        return bool(response.get("Attributes"))

    def release_lease(self, path: ImagePath, owner: str) -> None:
        """Give the pic back; a lease that has passed to another worker stays."""
        try:
            self.client.delete_item(
                TableName=self.leases,
                Key={"image_path": str(path)},
                ConditionExpression="#owner = :owner",
                ExpressionAttributeNames={"#owner": "owner"},
                ExpressionAttributeValues={":owner": owner},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise

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

    def _count(self, path: ImagePath, pics: int, faces: int, now: str, *, featured: bool) -> dict:
        """The set row's update when a pic comes, changes or goes."""
        sets = "SET updated_at = :now, created_at = if_not_exists(created_at, :now)"
        return {
            "Update": {
                "TableName": self.pics,
                "Key": {"primarykey": SETS_PARTITION, "sortkey": path.picset},
                "UpdateExpression": sets
                + (", pic = if_not_exists(pic, :file)" if featured else "")
                + " ADD pic_count :pics, face_count :faces",
                "ExpressionAttributeValues": {
                    ":now": now,
                    ":pics": pics,
                    ":faces": faces,
                    **({":file": path.file} if featured else {}),
                },
            }
        }

    def _leave_set(self, path: ImagePath, old: Pic, now: str) -> list[dict]:
        """The writes that take a pic out of its set: count, featured picture, and the set itself with the last one."""
        picset = self.get_set(path.picset)
        if picset is None:
            return []
        if picset.pic_count <= 1:
            return [
                {
                    "Delete": {
                        "TableName": self.pics,
                        "Key": {"primarykey": SETS_PARTITION, "sortkey": path.picset},
                        "ConditionExpression": "pic_count = :seen",
                        "ExpressionAttributeValues": {":seen": picset.pic_count},
                    }
                }
            ]
        write = self._count(path, -1, -old.face_count, now, featured=False)
        update = write["Update"]
        update["ExpressionAttributeValues"][":one"] = 1
        update["ConditionExpression"] = "pic_count > :one"
        if picset.pic != path.file:
            update["ConditionExpression"] += " AND pic <> :file"
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
        """File name of some other pic of the same set, the first by name."""
        page = self.client.query(
            TableName=self.pics,
            KeyConditionExpression="primarykey = :p",
            ExpressionAttributeValues={":p": path.picset},
            ProjectionExpression="sortkey",
            ConsistentRead=True,
            Limit=2,
        )
        return next((item["sortkey"] for item in page["Items"] if item["sortkey"] != path.file), path.file)

    def _delete_record(self, image_id: str) -> dict:
        return {"Delete": {"TableName": self.pics_by_image_id, "Key": {"image_id": image_id}}}

    def _transact(self, writes: list[dict], attempt: int) -> bool:
        """Run a transaction; False when a condition no longer held or another transaction was at the same rows."""
        try:
            self.client.transact_write_items(TransactItems=writes)
        except ClientError as error:
            if error.response["Error"]["Code"] != "TransactionCanceledException":
                raise
            reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
            if not reasons & {"ConditionalCheckFailed", "TransactionConflict", "ThrottlingError"}:
                raise
            back_off(attempt)
            return False
        return True


def _unchanged(old: Pic | None) -> dict:
    """The condition that a pic's row still is what was read."""
    if old is None:
        return {"ConditionExpression": "attribute_not_exists(sortkey)"}
    return {
        "ConditionExpression": "etag = :etag AND processed_at = :processed_at",
        "ExpressionAttributeValues": {":etag": old.etag, ":processed_at": old.processed_at},
    }
