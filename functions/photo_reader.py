"""Reads table ``pics``, the rows of photos and of their sets. `photo_writer` writes them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.batch_get import PATIENCE_SECONDS, batch_get
from functions.keys import ImagePath
from functions.shapes import GRID_ATTRIBUTES, GRID_INDEX, SETS_PARTITION, Photo, PhotoSet, attributes

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True)
class PhotoReader:
    """Photos and sets, in the table ``name``. ``client`` is the client of a boto3 DynamoDB *resource*.

    ``patience`` is how many seconds a batch of reads may wait for a busy table; then it raises ``TableBusyError``.
    """

    client: "DynamoDBClient"
    name: str
    patience: float = PATIENCE_SECONDS

    def get_photo(self, path: ImagePath) -> Photo | None:
        item = self._get(key_of(path))
        return Photo.from_item(item) if item else None

    def get_set(self, set_name: str) -> PhotoSet | None:
        item = self._get(set_key(set_name))
        return PhotoSet.from_item(item) if item else None

    def get_photos(self, paths: Iterable[ImagePath], *, consistent: bool = True) -> dict[ImagePath, Photo]:
        """Photos by path; those without a row are left out."""
        found = map(Photo.from_item, self._get_items(paths, consistent=consistent))
        return {ImagePath(photo.primarykey, photo.sortkey): photo for photo in found}

    def get_etags(self, paths: Iterable[ImagePath]) -> dict[ImagePath, str]:
        """Etag of each processed photo among ``paths``; the others are left out."""
        return self.get_attribute(paths, "etag")

    def get_attribute(self, paths: Iterable[ImagePath], name: str) -> dict[ImagePath, Any]:
        """One attribute of each photo among ``paths`` whose row has it, as boto3 gives it."""
        items = self._get_items(paths, ("primarykey", "sortkey", name))
        return {ImagePath(item["primarykey"], item["sortkey"]): item[name] for item in items if name in item}

    def find_rows(self, paths: Iterable[ImagePath]) -> set[ImagePath]:
        """The photos among these that have a row, whoever wrote it."""
        items = self._get_items(paths, ("primarykey", "sortkey"))
        return {ImagePath(item["primarykey"], item["sortkey"]) for item in items}

    def find_other_file(self, path: ImagePath) -> str:
        """File name of another photo of the same set, the first by name; the photo's own where there is none."""
        page = self.client.query(
            TableName=self.name,
            KeyConditionExpression="primarykey = :p",
            ExpressionAttributeValues={":p": path.set_name},
            ProjectionExpression="sortkey",
            ConsistentRead=True,
            Limit=2,
        )
        files = [str(item["sortkey"]) for item in page["Items"]]
        return next((file for file in files if file != path.file), path.file)

    def list_sets(self) -> Iterator[PhotoSet]:
        """All sets by name."""
        return map(PhotoSet.from_item, self._query(SETS_PARTITION))

    def list_photos(self, set_name: str) -> Iterator[Photo]:
        """All photos of a set by file name, with everything that is known of them."""
        return map(Photo.from_item, self._query(set_name))

    def list_rows(self, set_name: str) -> Iterator[Mapping[str, Any]]:
        """What the grid shows of each photo of a set, by file name, and rows written by other programs."""
        return self._query(set_name, ProjectionExpression=", ".join(("primarykey", "sortkey", *GRID_ATTRIBUTES)))

    def list_stretch(self, set_name: str, first: str, last: str) -> Iterator[Photo]:
        """The photos of a set from one file name to another."""
        condition = "primarykey = :p AND sortkey BETWEEN :first AND :last"
        values = {":p": set_name, ":first": first, ":last": last}
        return map(
            Photo.from_item,
            self._query(set_name, KeyConditionExpression=condition, ExpressionAttributeValues=values),
        )

    def list_grid(self, set_name: str, after: str, limit: int) -> tuple[list[Mapping[str, Any]], str]:
        """What the grid shows of a set's photos, by time: at most ``limit`` that come after the grid key ``after``.

        Returns them with the grid key to go on after; empty at the end. Eventually consistent, as all of that index.
        """
        # Photos of other programs, whose rows aren't complete yet, have no grid key.
        condition = "primarykey = :p AND grid_key > :after" if after else "primarykey = :p"
        page = self.client.query(
            TableName=self.name,
            IndexName=GRID_INDEX,
            KeyConditionExpression=condition,
            ExpressionAttributeValues={":p": set_name, **({":after": after} if after else {})},
            Limit=limit,
        )
        rows: list[Mapping[str, Any]] = list(page["Items"])
        return rows, str(rows[-1]["grid_key"]) if "LastEvaluatedKey" in page else ""

    def list_shown(self, set_name: str) -> Iterator[Mapping[str, Any]]:
        """What pages show of each photo of a set, by file name: plain items, without the face data.

        No older than its set's row: a page must not show what that row says has changed.
        """
        names = [name for name in attributes(Photo) if name != "data"]
        return self._query(
            set_name,
            ProjectionExpression=", ".join(f"#{name}" for name in names),
            ExpressionAttributeNames={f"#{name}": name for name in names},
            ConsistentRead=True,
        )

    def _get(self, key: dict[str, str]) -> Mapping[str, Any] | None:
        return self.client.get_item(TableName=self.name, Key=key, ConsistentRead=True).get("Item")

    def _query(self, partition: str, **options: Any) -> Iterator[Mapping[str, Any]]:
        pages = self.client.get_paginator("query").paginate(
            **{
                "TableName": self.name,
                "KeyConditionExpression": "primarykey = :p",
                "ExpressionAttributeValues": {":p": partition},
                **options,
            }
        )
        for page in pages:
            yield from page["Items"]

    def _get_items(
        self, paths: Iterable[ImagePath], names: tuple[str, ...] = (), *, consistent: bool = True
    ) -> Iterator[Mapping[str, Any]]:
        options: dict[str, Any] = {}
        if names:  # written with a sign, for some are DynamoDB's own words
            options["ProjectionExpression"] = ", ".join(f"#{name}" for name in names)
            options["ExpressionAttributeNames"] = {f"#{name}": name for name in names}
        keys = map(key_of, paths)
        return batch_get(self.client, self.name, keys, patience=self.patience, ConsistentRead=consistent, **options)


def key_of(path: ImagePath) -> dict[str, str]:
    """The key of a photo's row."""
    return {"primarykey": path.set_name, "sortkey": path.file}


def set_key(set_name: str) -> dict[str, str]:
    """The key of a set's row."""
    return {"primarykey": SETS_PARTITION, "sortkey": set_name}
