"""What a bucket holds: objects and their versions, listed to the last page, and deleted."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from functions.photo_originals import delete_entries

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import (
        DeleteMarkerEntryTypeDef,
        ListObjectVersionsOutputTypeDef,
        ObjectTypeDef,
        ObjectVersionTypeDef,
    )


def list_objects(s3: "S3Client", bucket: str, prefix: str = "", after: str = "") -> Iterator["ObjectTypeDef"]:
    """Every object whose key starts with ``prefix`` and comes after ``after``, in the order of keys."""
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix, StartAfter=after):
        yield from page.get("Contents", [])


def etag_of(body: bytes) -> str:
    """The ETag that S3 gives an object uploaded in one piece."""
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


def list_versions(s3: "S3Client", bucket: str, prefix: str = "") -> Iterator["ListObjectVersionsOutputTypeDef"]:
    """Versions and delete markers of every object whose key starts with ``prefix``, page by page."""
    yield from s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix)


def delete_objects(s3: "S3Client", bucket: str, keys: Sequence[str]) -> None:
    """Delete objects; a bucket that keeps versions keeps them. Raises ``OSError``."""
    delete_entries(s3, bucket, [{"Key": key} for key in keys])


def delete_versions(
    s3: "S3Client", bucket: str, versions: Sequence["ObjectVersionTypeDef | DeleteMarkerEntryTypeDef"]
) -> None:
    """Delete versions or delete markers, as `list_versions` gives them, for good. Raises ``OSError``."""
    delete_entries(s3, bucket, [{"Key": version["Key"], "VersionId": version["VersionId"]} for version in versions])
