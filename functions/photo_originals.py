"""The originals in the photos bucket, as the owner's commands and pages change them.

The bucket keeps what is deleted for 30 days. Whatever changes here, the process function brings the rest in line.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from functions.aws_errors import is_not_found
from functions.keys import ImagePath, parse_key
from functions.media_types import is_film

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import ObjectIdentifierTypeDef

# Digest of an original as hex digits, kept as the object's metadata: the ETag of a file that went up in parts is none.
SHA256_METADATA = "sha256"

# https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
_DELETE_BATCH = 1000
# A Live Photo and its film are deleted by one call.
_TOGETHER = timedelta(seconds=5)


@dataclass(frozen=True)
class StoredOriginal:
    """An original as S3 has it: its ETag, and the SHA-256 it was uploaded with, empty if that isn't known."""

    etag: str
    sha256: str

    def is_same(self, other: "StoredOriginal") -> bool:
        """Whether both are the same bytes."""
        return self.etag == other.etag or (bool(self.sha256) and self.sha256 == other.sha256)


@dataclass(frozen=True)
class Originals:
    """The originals of one site, through a boto3 S3 client."""

    client: "S3Client"
    bucket: str

    def find(self, path: ImagePath) -> StoredOriginal | None:
        """A photo's original; None if there is none."""
        try:
            head = self.client.head_object(Bucket=self.bucket, Key=path.key)
        except ClientError as error:
            if is_not_found(error):
                return None
            raise
        return StoredOriginal(head["ETag"].strip('"'), head["Metadata"].get(SHA256_METADATA, ""))

    def copy(self, source: ImagePath, target: ImagePath) -> None:
        """Copy an original, with its metadata."""
        self.client.copy_object(
            Bucket=self.bucket, Key=target.key, CopySource={"Bucket": self.bucket, "Key": source.key}
        )

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects by their keys. Raises ``OSError``."""
        delete_entries(self.client, self.bucket, [{"Key": key} for key in keys])

    def restore(self, path: ImagePath) -> bool:
        """Bring a deleted original back; False if none is kept, or if there is one."""
        found = self.client.list_object_versions(Bucket=self.bucket, Prefix=path.key)
        if not any(mark["Key"] == path.key and mark["IsLatest"] for mark in found.get("DeleteMarkers", [])):
            return False
        # Of one key, the newest comes first.
        version = next((old["VersionId"] for old in found.get("Versions", []) if old["Key"] == path.key), None)
        if version is None:
            return False
        source = {"Bucket": self.bucket, "Key": path.key, "VersionId": version}
        self.client.copy_object(Bucket=self.bucket, Key=path.key, CopySource=source)  # type: ignore[arg-type]
        return True

    def deleted_with(self, path: ImagePath) -> list[ImagePath]:
        """A photo that was deleted, and the films of its name that were deleted in the same moment."""
        stem = path.key.removesuffix(PurePosixPath(path.file).suffix)
        found = self.client.list_object_versions(Bucket=self.bucket, Prefix=f"{stem}.")
        gone = {mark["Key"]: mark["LastModified"] for mark in found.get("DeleteMarkers", []) if mark["IsLatest"]}
        moment = gone.get(path.key)
        films = [key for key in gone if moment and is_film(key) and abs(gone[key] - moment) <= _TOGETHER]
        return [path, *(parse_key(key) for key in sorted(films) if key != path.key)]


def delete_entries(client: "S3Client", bucket: str, entries: "list[ObjectIdentifierTypeDef]") -> None:
    """Delete objects or versions of a bucket. Raises ``OSError``."""
    for start in range(0, len(entries), _DELETE_BATCH):
        batch = entries[start : start + _DELETE_BATCH]
        response = client.delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})
        for error in response.get("Errors", []):
            raise OSError(f"{error['Key']} could not be deleted: {error.get('Message') or error.get('Code')}")
