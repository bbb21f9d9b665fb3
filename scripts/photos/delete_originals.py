"""Deleting originals. The process function then deletes the rest of a photo (`functions/process/deletion.py`)."""

from functions.keys import PHOTOS_PREFIX, ImagePath
from functions.photo_originals import Originals
from scripts.common.bucket import delete_versions, list_versions
from scripts.common.stack import Stack


def delete_photos(stack: Stack, paths: list[ImagePath], *, for_good: bool = False) -> None:
    """Delete originals; the process function deletes their thumbnails, rows and faces. Raises ``OSError``.

    S3 keeps a deleted original for 30 days, so that it can be restored; ``for_good`` deletes that too. Delete markers
    go last, because without its marker an older version would be the original again.
    """
    bucket = stack.outputs.pics_bucket
    keys = [path.key for path in paths]
    Originals(stack.s3, bucket).delete(keys)
    if not for_good:
        return
    wanted = set(keys)
    for set_name in {path.set_name for path in paths}:
        prefix = f"{PHOTOS_PREFIX}{set_name}/"
        for page in list_versions(stack.s3, bucket, prefix):
            delete_versions(stack.s3, bucket, [old for old in page.get("Versions", []) if old["Key"] in wanted])
        for page in list_versions(stack.s3, bucket, prefix):
            delete_versions(stack.s3, bucket, [mark for mark in page.get("DeleteMarkers", []) if mark["Key"] in wanted])
