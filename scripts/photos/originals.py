"""The originals in S3: listed, and found by the names an owner gives."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from functions.aws_errors import is_not_found
from functions.errors import KinpicsError
from functions.keys import PHOTOS_PREFIX, BadNameError, ImagePath, parse_key
from functions.photo_originals import SHA256_METADATA
from scripts.common.bucket import list_objects, list_versions
from scripts.common.stack import Stack

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import HeadObjectOutputTypeDef, ObjectTypeDef


class PhotoNotFoundError(KinpicsError):
    """No photo or set has the name that was given."""


@dataclass(frozen=True)
class StoredPhoto:
    """An object of a photo, as S3 lists it; ``size`` in bytes."""

    path: ImagePath
    etag: str
    size: int
    modified_at: datetime


def list_originals(
    stack: Stack, set_name: str | None = None, misnamed: dict[str, str] | None = None
) -> Iterator[StoredPhoto]:
    """Every original, of one set or of all.

    ``misnamed`` collects the objects that no photo can be called, by their keys, with the reason. The process function
    has given up on those.
    """
    folder = f"{set_name}/" if set_name else ""
    yield from list_stored_photos(stack.s3, stack.outputs.pics_bucket, folder=folder, misnamed=misnamed)


def list_stored_photos(
    s3: "S3Client",
    bucket: str,
    prefix: str = "",
    folder: str = "",
    misnamed: dict[str, str] | None = None,
    after: str = "",
) -> Iterator[StoredPhoto]:
    """The objects under ``<prefix>photos/<folder>`` that belong to photos: originals, or what was made from them.

    With ``after``, only those whose keys come after it.
    """
    yield from _stored(list_objects(s3, bucket, f"{prefix}{PHOTOS_PREFIX}{folder}", after), prefix, misnamed)


def _stored(items: "Iterable[ObjectTypeDef]", prefix: str, misnamed: dict[str, str] | None) -> Iterator[StoredPhoto]:
    for item in items:
        try:
            path = parse_key(item["Key"].removeprefix(prefix))
        except BadNameError as error:
            if misnamed is not None and not item["Key"].endswith("/"):  # a folder, as S3's console makes them
                misnamed[item["Key"]] = str(error)
        else:
            yield StoredPhoto(path, item["ETag"].strip('"'), item["Size"], item["LastModified"])


def list_stored_pages(
    s3: "S3Client", bucket: str, prefix: str = "", after: str = ""
) -> Iterator[tuple[list[StoredPhoto], str | None]]:
    """The same in pages, from the key ``after`` on; each with the key to go on from, or None with the last."""
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=f"{prefix}{PHOTOS_PREFIX}", StartAfter=after
    )
    for page in pages:
        items = page.get("Contents", [])
        yield list(_stored(items, prefix, None)), items[-1]["Key"] if page["IsTruncated"] else None


def find_photos(stack: Stack, name: str, *, also_deleted: bool = False) -> list[ImagePath]:
    """The photos that ``SET`` or ``SET/PHOTO`` means, with ``also_deleted`` also those of which S3 keeps old versions.

    Raises ``PhotoNotFoundError``.
    """
    set_name, slash, file = name.partition("/")
    if not set_name or (slash and not file):
        raise PhotoNotFoundError(f"{name!r} is neither a set nor a photo: write SET or SET/PHOTO")
    paths = [original.path for original in list_originals(stack, set_name)]
    if also_deleted:
        paths += _list_deleted(stack, set_name) - set(paths)
    found = [path for path in paths if not file or path.file == file]
    if not found:
        raise PhotoNotFoundError(f"there is no {'photo' if file else 'set'} {name} on the site: check the name")
    return found


def _list_deleted(stack: Stack, set_name: str) -> set[ImagePath]:
    """Every photo of a set of which S3 keeps a version."""
    found = set()
    for page in list_versions(stack.s3, stack.outputs.pics_bucket, f"{PHOTOS_PREFIX}{set_name}/"):
        for entry in (*page.get("Versions", []), *page.get("DeleteMarkers", [])):
            try:
                found.add(parse_key(entry["Key"]))
            except BadNameError:
                continue
    return found


def fetch_etags(stack: Stack, paths: Iterable[ImagePath]) -> list[str | None]:
    """ETag of each photo's original, None where there is none."""

    def fetch(path: ImagePath) -> str | None:
        head = _head(stack.s3, stack.outputs.pics_bucket, path)
        return head["ETag"].strip('"') if head else None

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(fetch, paths))


def find_same(s3: "S3Client", bucket: str, path: ImagePath, sha256: str) -> str | None:
    """The ETag of a photo's original; None if there is none, or if it wasn't uploaded with this content."""
    head = _head(s3, bucket, path)
    return head["ETag"].strip('"') if head and head["Metadata"].get(SHA256_METADATA) == sha256 else None


def _head(s3: "S3Client", bucket: str, path: ImagePath) -> "HeadObjectOutputTypeDef | None":
    try:
        return s3.head_object(Bucket=bucket, Key=path.key)
    except ClientError as error:
        if is_not_found(error):
            return None
        raise
