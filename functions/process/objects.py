"""The pics and thumbnails buckets, as the process function uses them."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from functions.keys import ImagePath
from functions.process.images import GRID_TYPE, VIEW_TYPE, Renditions, check_size

_SOURCE_ETAG = "source-etag"
_GONE = {"404", "NoSuchKey", "NotFound"}
# A rendition changes only with its original, whose etag the page does not know: an hour, then ask again.
_CACHE_CONTROL = "public, max-age=3600, stale-while-revalidate=86400"


@dataclass(frozen=True)
class Original:
    """An original: its bytes and what S3 says of it."""

    data: bytes
    etag: str
    size: int


@dataclass(frozen=True)
class Objects:
    """Originals are read, thumbnails written; through one boto3 S3 client."""

    client: Any
    thumbnails_bucket: str

    def etag(self, bucket: str, key: str) -> str | None:
        """ETag of an object, without quotes, or None where there is none."""
        head = self._head(bucket, key)
        return head and head["ETag"].strip('"')

    def read(self, bucket: str, key: str) -> Original | None:
        """An original whole, or None where there is none. Raises ``UnusableImageError`` for one too large to read."""
        try:
            response = self.client.get_object(Bucket=bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                return None
            raise
        check_size(response["ContentLength"])
        data = response["Body"].read()
        return Original(data, response["ETag"].strip('"'), len(data))

    def put_thumbnails(self, path: ImagePath, renditions: Renditions, source_etag: str) -> None:
        """Store both renditions, each marked with the etag of the original it was made from."""
        for key, body, kind in (
            (path.view_key, renditions.view, VIEW_TYPE),
            (path.key, renditions.grid, GRID_TYPE),
        ):
            self.client.put_object(
                Bucket=self.thumbnails_bucket,
                Key=key,
                Body=body,
                ContentType=kind,
                CacheControl=_CACHE_CONTROL,
                Metadata={_SOURCE_ETAG: source_etag},
            )

    def has_thumbnails(self, path: ImagePath, source_etag: str) -> bool:
        """Whether both renditions are there and made from this original."""
        heads = (self._head(self.thumbnails_bucket, key) for key in path.thumbnail_keys)
        return all(head and head["Metadata"].get(_SOURCE_ETAG) == source_etag for head in heads)

    def delete_thumbnails(self, path: ImagePath) -> None:
        for key in path.thumbnail_keys:
            self.client.delete_object(Bucket=self.thumbnails_bucket, Key=key)

    def _head(self, bucket: str, key: str) -> dict | None:
        try:
            return self.client.head_object(Bucket=bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                return None
            raise
