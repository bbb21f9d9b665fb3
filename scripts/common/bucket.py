"""What a bucket holds: objects and their versions, listed to the last page, and deleted."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import (
        DeleteMarkerEntryTypeDef,
        ListObjectVersionsOutputTypeDef,
        ObjectIdentifierTypeDef,
        ObjectTypeDef,
        ObjectVersionTypeDef,
    )

# https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
_DELETE_BATCH = 1000


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
    _delete(s3, bucket, [{"Key": key} for key in keys])


def delete_versions(
    s3: "S3Client", bucket: str, versions: Sequence["ObjectVersionTypeDef | DeleteMarkerEntryTypeDef"]
) -> None:
    """Delete versions or delete markers, as `list_versions` gives them, for good. Raises ``OSError``."""
    _delete(s3, bucket, [{"Key": version["Key"], "VersionId": version["VersionId"]} for version in versions])


def _delete(s3: "S3Client", bucket: str, entries: list["ObjectIdentifierTypeDef"]) -> None:
    for start in range(0, len(entries), _DELETE_BATCH):
        batch = entries[start : start + _DELETE_BATCH]
        response = s3.delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})
        for error in response.get("Errors", []):
            raise OSError(f"{error['Key']} could not be deleted: {error.get('Message') or error.get('Code')}")
