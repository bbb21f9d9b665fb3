"""The pics bucket, as the arrivals function uses it: photos from browsers come in, and go again.

They lie there as the owner's own uploads do, so the process function does the rest when S3 tells it.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING

from botocore.exceptions import ClientError

from functions.aws_errors import is_not_found, is_taken
from functions.errors import KinpicsError
from functions.keys import BadNameError, ImagePath, image_path

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import HeadObjectOutputTypeDef

# As `kinpics upload` stores photos (scripts/upload/uploader.py).
SHA256_METADATA = "sha256"
CACHE_CONTROL = "public, max-age=86400"
_MAX_NAMES = 1_000


class NoNameLeftError(KinpicsError):
    """So many photos of the set have that name that none was left."""


@dataclass(frozen=True)
class AlbumOriginals:
    """The originals, through one boto3 S3 client."""

    client: "S3Client"
    bucket: str

    def holds(self, path: ImagePath, sha256: str) -> bool:
        """Whether a photo's original is there with this content."""
        return self.sha256(path) == sha256

    def sha256(self, path: ImagePath) -> str | None:
        """What its metadata says of a photo's original; None where there is none, or it doesn't say."""
        head = self._head(path)
        return head["Metadata"].get(SHA256_METADATA) if head else None

    def put(self, path: ImagePath, file: IO[bytes], kind: str, sha256: str) -> bool:
        """Store an original, if nothing has its name; True if it is there with this content now."""
        file.seek(0)
        try:
            self.client.put_object(
                Bucket=self.bucket,
                Key=path.key,
                Body=file,
                IfNoneMatch="*",
                ContentType=kind,
                CacheControl=CACHE_CONTROL,
                ChecksumSHA256=base64.b64encode(bytes.fromhex(sha256)).decode(),
                Metadata={SHA256_METADATA: sha256},
            )
        except ClientError as error:
            if not is_taken(error):
                raise
            return self.holds(path, sha256)
        return True

    def remove(self, path: ImagePath, sha256: str) -> None:
        """Delete a photo's original for good, if it still has this content: also the version that S3 would keep."""
        head = self._head(path)
        if head is not None and head["Metadata"].get(SHA256_METADATA) == sha256:
            self.client.delete_object(Bucket=self.bucket, Key=path.key, VersionId=head.get("VersionId", "null"))

    def _head(self, path: ImagePath) -> "HeadObjectOutputTypeDef | None":
        try:
            return self.client.head_object(Bucket=self.bucket, Key=path.key)
        except ClientError as error:
            if is_not_found(error):
                return None
            raise


def names_for(set_name: str, file: str) -> Iterator[ImagePath]:
    """The photo's path, then with a number before the suffix. Raises ``NoNameLeftError`` at the end."""
    yield image_path(set_name, file)
    name = PurePosixPath(file)
    for number in range(2, _MAX_NAMES):
        try:
            yield image_path(set_name, f"{name.stem}-{number}{name.suffix}")
        except BadNameError:
            break  # with the number it is too long
    raise NoNameLeftError(f"the album has too many photos called {file}: rename it and try again")
