"""Reads the rows of photos and of their sets, in tables ``pics`` and ``private_pics``. `photo_writer` writes them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.batch_get import PATIENCE_SECONDS, batch_get
from functions.keys import ImagePath
from functions.photo_rows import GRID_ATTRIBUTES, GRID_INDEX, SETS_PARTITION, Photo, PhotoSet
from functions.photo_tables import PhotoTables
from functions.table_rows import attributes

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True)
class PhotoReader:
    """Photos and sets, whichever of the ``tables`` they lie in; a row in the wrong one isn't there.

    ``patience`` is how many seconds a batch of reads may wait for a busy table; then it raises ``TableBusyError``.
    """

    tables: PhotoTables
    patience: float = PATIENCE_SECONDS

    @property
    def client(self) -> "DynamoDBClient":
        """The client of a boto3 DynamoDB *resource*."""
        return self.tables.client

    def get_photo(self, path: ImagePath) -> Photo | None:
        item = self._get(path.set_name, key_of(path))
        return Photo.from_item(item) if item else None

    def get_set(self, set_name: str) -> PhotoSet | None:
        item = self._get(set_name, set_key(set_name))
        return PhotoSet.from_item(item) if item else None

    def get_photos(self, paths: Iterable[ImagePath], *, consistent: bool = True) -> dict[ImagePath, Photo]:
        """Photos by path; those without a row are left out."""
        return {path: photo for path, (photo, _) in self.locate_photos(paths, consistent=consistent).items()}

    def locate_photos(
        self, paths: Iterable[ImagePath], *, consistent: bool = True
    ) -> dict[ImagePath, tuple[Photo, str]]:
        """Photos by path, each with the table that its row was found in."""
        found = self._get_items(paths, consistent=consistent)
        return {_path_of(item): (Photo.from_item(item), table) for table, item in found}

    def get_etags(self, paths: Iterable[ImagePath]) -> dict[ImagePath, str]:
        """Etag of each processed photo among ``paths``; the others are left out."""
        return self.get_attribute(paths, "etag")

    def get_attribute(self, paths: Iterable[ImagePath], name: str) -> dict[ImagePath, Any]:
        """One attribute of each photo among ``paths`` whose row has it, as boto3 gives it."""
        items = self._get_items(paths, ("primarykey", "sortkey", name))
        return {_path_of(item): item[name] for _, item in items if name in item}

    def find_rows(self, paths: Iterable[ImagePath]) -> set[ImagePath]:
        """The photos among these that have a row, whoever wrote it."""
        return {_path_of(item) for _, item in self._get_items(paths, ("primarykey", "sortkey"))}

    def find_other_file(self, path: ImagePath, table: str) -> str:
        """File name of another photo of the same set, the first by name; the photo's own where there is none.

        ``table`` is where the set's rows lie, as a writer has found (`PhotoTables.settle`).
        """
        # A few, because those beside photos aren't shown.
        rows = self._list(table, path.set_name, ProjectionExpression="sortkey, still", ConsistentRead=True, Limit=4)
        files = (str(item["sortkey"]) for item in rows if "still" not in item)
        return next((file for file in files if file != path.file), path.file)

    def list_sets(self) -> Iterator[PhotoSet]:
        """All sets by name."""
        tables = self.tables.holding_any()
        if len(tables) == 1:
            # Read at once: a move that begins later goes on without being noticed here.
            yield from map(PhotoSet.from_item, list(self._list(tables[0], SETS_PARTITION)))
            return
        if self.tables.access().moving:
            # Whichever way a set moves, the table that it comes from is read before the other.
            tables = (self.tables.private, *tables)
        listed = {(item["sortkey"], table): item for table in tables for item in self._list(table, SETS_PARTITION)}
        for name in sorted({name for name, _ in listed}):
            holding = self.tables.holding(name)
            item = next((found for table in reversed(holding) if (found := listed.get((name, table)))), None)
            if item:
                yield PhotoSet.from_item(item)

    def list_photos(self, set_name: str) -> Iterator[Photo]:
        """All photos of a set by file name, with everything that is known of them."""
        return map(Photo.from_item, self._query(set_name))

    def list_rows(self, set_name: str) -> Iterator[Mapping[str, Any]]:
        """What the grid shows of each photo of a set, by file name, and rows written by other programs."""
        return self._query(set_name, ProjectionExpression=", ".join(("primarykey", "sortkey", *GRID_ATTRIBUTES)))

    def list_files(self, set_name: str, prefix: str) -> Iterator[str]:
        """The file names of a set's rows that begin so, in their order."""
        condition = "primarykey = :p" + (" AND begins_with(sortkey, :prefix)" if prefix else "")
        values = {":p": set_name, **({":prefix": prefix} if prefix else {})}
        rows = self._query(
            set_name,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
            ProjectionExpression="sortkey",
            ConsistentRead=True,
        )
        return (str(row["sortkey"]) for row in rows)

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
        found, has_more = dict[str, Mapping[str, Any]](), False
        for table in self.tables.holding(set_name):
            page = self.client.query(
                TableName=table,
                IndexName=GRID_INDEX,
                KeyConditionExpression=condition,
                ExpressionAttributeValues={":p": set_name, **({":after": after} if after else {})},
                Limit=limit,
            )
            found |= {str(row["grid_key"]): row for row in page["Items"]}
            has_more |= "LastEvaluatedKey" in page
        rows = [found[key] for key in sorted(found)]
        has_more |= len(rows) > limit
        return rows[:limit], str(rows[:limit][-1]["grid_key"]) if has_more and rows else ""

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

    def _get(self, set_name: str, key: dict[str, str]) -> Mapping[str, Any] | None:
        for table in self.tables.holding(set_name):
            if item := self.client.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item"):
                return item
        return None

    def _query(self, set_name: str, **options: Any) -> Iterator[Mapping[str, Any]]:
        """The rows of a set in the order of their keys."""
        tables = self.tables.holding(set_name)
        last, start = "", dict[str, Any]()
        while len(tables) == 1:
            page = self._page(tables[0], set_name, **options, **start)
            for item in page["Items"]:
                if item["sortkey"] > last:
                    last = item["sortkey"]
                    yield item
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
            was, tables = tables, self.tables.holding(set_name)
            if tables != was:
                start = {}
        # While rows move, those of the table that they come from are all read before those of the other.
        moving = {
            item["sortkey"]: item
            for table in tables
            for item in self._list(table, set_name, **(options | {"ConsistentRead": True}))
        }
        yield from (moving[key] for key in sorted(moving) if key > last)

    def _list(self, table: str, partition: str, **options: Any) -> Iterator[Mapping[str, Any]]:
        start: dict[str, Any] = {}
        while True:
            page = self._page(table, partition, **options, **start)
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def _page(self, table: str, partition: str, **options: Any) -> Mapping[str, Any]:
        return self.client.query(
            **{
                "TableName": table,
                "KeyConditionExpression": "primarykey = :p",
                "ExpressionAttributeValues": {":p": partition},
                **options,
            }
        )

    def _get_items(
        self, paths: Iterable[ImagePath], names: tuple[str, ...] = (), *, consistent: bool = True
    ) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Rows, each with the table that it lies in."""
        options: dict[str, Any] = {}
        if names:  # written with a sign, for some are DynamoDB's own words
            options["ProjectionExpression"] = ", ".join(f"#{name}" for name in names)
            options["ExpressionAttributeNames"] = {f"#{name}": name for name in names}
        left = {path: list(self.tables.holding(path.set_name)) for path in paths}
        while left:
            wanted: dict[str, list[dict[str, str]]] = defaultdict(list)
            for path, tables in left.items():
                wanted[tables.pop(0)].append(key_of(path))
            for table, keys in wanted.items():
                found = batch_get(
                    self.client, table, keys, patience=self.patience, ConsistentRead=consistent, **options
                )
                for item in found:
                    left.pop(_path_of(item), None)
                    yield table, item
            # Those that may be in the table that their set's rows go to.
            left = {path: tables for path, tables in left.items() if tables}


def key_of(path: ImagePath) -> dict[str, str]:
    """The key of a photo's row."""
    return {"primarykey": path.set_name, "sortkey": path.file}


def set_key(set_name: str) -> dict[str, str]:
    """The key of a set's row."""
    return {"primarykey": SETS_PARTITION, "sortkey": set_name}


def _path_of(item: Mapping[str, Any]) -> ImagePath:
    return ImagePath(item["primarykey"], item["sortkey"])
