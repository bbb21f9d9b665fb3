"""Photos that were deleted here: an import doesn't bring them back by itself, as long as S3 keeps them."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from functions.keys import PHOTOS_PREFIX, BadNameError, ImagePath, parse_image_path
from functions.photo_originals import SHA256_METADATA
from scripts.common.bucket import list_versions
from scripts.common.stack import Stack
from scripts.imports.containers import Container
from scripts.imports.found import Unplaced
from scripts.imports.found_table import FoundTable, Item
from scripts.imports.seeing import hash_items

# Of photos that are new, those that may have been deleted here.
_CANDIDATES = "state = 'new' AND size IN (SELECT size FROM deleted)"


def leave_out_deleted(table: FoundTable, containers: Sequence[Container], stack: Stack, concurrency: int) -> int:
    """Leave out new photos that were deleted here and are still kept; returns how many."""
    sizes = {size for (size,) in table.query("SELECT DISTINCT size FROM found WHERE state = 'new'")}
    if not sizes:
        return 0
    table.add_deleted(row for row in _list_deleted(stack) if row[2] in sizes)
    hash_items(table, containers, table.items(_CANDIDATES), lambda: None)

    def find(item: Item) -> ImagePath | None:
        for set_name, file, version in places[item.id]:
            path = ImagePath(set_name, file)
            kept = {"Bucket": stack.outputs.pics_bucket, "Key": path.key, "VersionId": version}
            if stack.s3.head_object(**kept)["Metadata"].get(SHA256_METADATA) == item.sha256:
                return path
        return None

    items = [item for item in table.items(_CANDIDATES) if item.sha256]
    sql = "SELECT set_name, file, version FROM deleted WHERE size = ?"
    places = {item.id: table.query(sql, (item.found.entry.size,)) for item in items}
    count = 0
    with ThreadPoolExecutor(concurrency) as pool:
        for item, path in zip(items, pool.map(find, items), strict=True):
            if path:
                reason = f"you deleted it here: `kinpics undelete {path}` brings it back, --deleted takes all such"
                table.leave_out(Unplaced(item.found.entry.name, reason), item.id)
                count += 1
    return count


def _list_deleted(stack: Stack) -> Iterator[tuple[str, str, int, str]]:
    """Set, file, size in bytes, and version id of each original that was deleted and is still kept."""
    marked: set[str] = set()
    for page in list_versions(stack.s3, stack.outputs.pics_bucket, PHOTOS_PREFIX):
        marked |= {mark["Key"] for mark in page.get("DeleteMarkers", []) if mark["IsLatest"]}
        for version in page.get("Versions", []):
            # Of one key, the newest comes first.
            if version["Key"] in marked:
                marked.remove(version["Key"])
                try:
                    path = parse_image_path(version["Key"].removeprefix(PHOTOS_PREFIX))
                except BadNameError:
                    continue
                yield path.set_name, path.file, version["Size"], version["VersionId"]
