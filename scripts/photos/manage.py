"""Removing photos and sets, and doing photos again."""

import contextlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote_plus

from botocore.exceptions import ClientError

from functions.aws_errors import is_not_found
from functions.errors import KinpicsError
from functions.keys import PHOTOS_PREFIX, BadNameError, ImagePath, parse_key
from functions.process.events import owner_message
from scripts.common.stack import Stack

_SEND_BATCH = 10
_DELETE_BATCH = 1000


class NothingThereError(KinpicsError):
    """What was named does not exist in the album."""


def originals(stack: Stack, set_name: str | None) -> Iterator[ImagePath]:
    """Every photo that has an original, of one set or of all."""
    prefix = f"{PHOTOS_PREFIX}{set_name}/" if set_name else PHOTOS_PREFIX
    for page in stack.s3.get_paginator("list_objects_v2").paginate(Bucket=stack.outputs.pics_bucket, Prefix=prefix):
        for item in page.get("Contents", []):
            try:
                yield parse_key(item["Key"])
            except BadNameError:
                continue  # not a photo of ours; the process function has told its dead letters so


def etags(stack: Stack, paths: Iterable[ImagePath]) -> list[str | None]:
    """ETag of each pic's original, None where there is none."""

    def etag(path: ImagePath) -> str | None:
        try:
            return stack.s3.head_object(Bucket=stack.outputs.pics_bucket, Key=path.key)["ETag"].strip('"')
        except ClientError as error:
            if is_not_found(error):
                return None
            raise

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(etag, paths))


def deleted(stack: Stack, set_name: str) -> Iterator[ImagePath]:
    """Every photo of a set that has no original any more, but versions of it that S3 still keeps."""
    kept: dict[ImagePath, None] = {}
    for page in _versions(stack, set_name):
        for item in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
            with contextlib.suppress(BadNameError):
                kept[parse_key(item["Key"])] = None
    yield from kept.keys() - set(originals(stack, set_name))


def select(stack: Stack, name: str, *, also_deleted: bool = False) -> list[ImagePath]:
    """The photos meant by ``SET`` or ``SET/PIC``, those of which only old versions are left too if wanted.

    Raises ``NothingThereError``.
    """
    set_name, slash, file = name.partition("/")
    if not set_name or (slash and not file):
        raise NothingThereError(f"{name!r} names no set and no photo: write SET, or SET/PHOTO")
    pics = [*originals(stack, set_name), *(deleted(stack, set_name) if also_deleted else ())]
    found = [path for path in pics if not file or path.file == file]
    if not found:
        raise NothingThereError(f"there is no {'photo' if file else 'set'} {name} on the site")
    return found


def delete(stack: Stack, paths: list[ImagePath], *, for_good: bool = False) -> None:
    """Delete originals; the process function removes what belongs to them.

    S3 keeps a deleted original for 30 days, to be brought back; ``for_good`` deletes that too. The mark that it is
    deleted goes last, for without it an older version would be the original again.
    """
    for start in range(0, len(paths), _DELETE_BATCH):
        batch = [{"Key": path.key} for path in paths[start : start + _DELETE_BATCH]]
        response = stack.s3.delete_objects(Bucket=stack.outputs.pics_bucket, Delete={"Objects": batch, "Quiet": True})
        for error in response.get("Errors", []):
            raise OSError(f"{error['Key']} could not be deleted: {error.get('Message') or error.get('Code')}")
    if for_good:
        keys = {path.key for path in paths}
        for set_name in {path.set_name for path in paths}:
            for kind in ("Versions", "DeleteMarkers"):
                for page in _versions(stack, set_name):
                    found = [entry for entry in page.get(kind, []) if entry["Key"] in keys]
                    delete_versions(stack.s3, stack.outputs.pics_bucket, found)


def _versions(stack: Stack, set_name: str) -> Iterator[dict]:
    pages = stack.s3.get_paginator("list_object_versions")
    yield from pages.paginate(Bucket=stack.outputs.pics_bucket, Prefix=f"{PHOTOS_PREFIX}{set_name}/")


def delete_versions(s3: Any, bucket: str, versions: list[dict]) -> None:
    """Delete versions as `list_object_versions` gives them, a page at most. Raises ``OSError``."""
    if not versions:
        return
    entries = [{"Key": version["Key"], "VersionId": version["VersionId"]} for version in versions]
    response = s3.delete_objects(Bucket=bucket, Delete={"Objects": entries, "Quiet": True})
    for error in response.get("Errors", []):
        raise OSError(f"{error['Key']} could not be deleted: {error.get('Message') or error.get('Code')}")


def ask_to_process(stack: Stack, paths: list[ImagePath], *, force: bool) -> None:
    """Ask the process function to look at photos; with ``force``, to do them again from their originals."""

    def send(batch: list[ImagePath]) -> None:
        entries = [
            {
                "Id": str(number),
                "MessageBody": owner_message(stack.outputs.pics_bucket, quote_plus(path.key), force=force),
            }
            for number, path in enumerate(batch)
        ]
        response = stack.sqs.send_message_batch(QueueUrl=stack.outputs.process_queue, Entries=entries)
        if response.get("Failed"):
            raise OSError(f"the queue refused a message: {response['Failed'][0].get('Message')}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, [paths[start : start + _SEND_BATCH] for start in range(0, len(paths), _SEND_BATCH)]))
