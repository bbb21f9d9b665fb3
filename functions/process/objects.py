"""The photos and thumbnails buckets, as the process function uses them."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.aws_errors import is_not_found
from functions.crops import Area
from functions.keys import DOWNLOAD_RULES, LARGE, NONE, SOURCE_ETAG, ImagePath
from functions.process.card_picture import CARD_TYPE, make_card
from functions.process.downloads import Copy, inline_as, make_copy
from functions.process.images import LARGE_TYPE, THUMBNAIL_TYPE, Renditions, check_size
from functions.told_facts import ToldFacts, from_metadata

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import HeadObjectOutputTypeDef

# A rendition changes only with its original, whose etag the page does not know: an hour, then ask again.
_CACHE_CONTROL = "public, max-age=3600, stale-while-revalidate=86400"


@dataclass(frozen=True)
class Original:
    """An original: its bytes and what S3 says of it."""

    data: bytes
    etag: str
    size: int
    told: ToldFacts = ToldFacts()

    @property
    def sha256(self) -> str | None:
        """In hex; None where nobody knows it."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Objects:
    """Originals are read, thumbnails and download copies written; through one boto3 S3 client."""

    client: "S3Client"
    thumbnails_bucket: str
    download_rule: str
    make_card: Callable[[bytes, Iterable[Area]], bytes] = make_card

    def etag(self, bucket: str, key: str) -> str | None:
        """ETag of an object, without quotes, or None where there is none."""
        head = self._head(bucket, key)
        return head["ETag"].strip('"') if head else None

    def read(self, bucket: str, key: str) -> Original | None:
        """A whole original, or None if there is none. Raises ``UnusableImageError`` for one too large to read."""
        try:
            response = self.client.get_object(Bucket=bucket, Key=key)
        except ClientError as error:
            if is_not_found(error):
                return None
            raise
        check_size(response["ContentLength"])
        data = response["Body"].read()
        return Original(data, response["ETag"].strip('"'), len(data), from_metadata(response.get("Metadata", {})))

    def put_renditions(self, path: ImagePath, renditions: Renditions, faces: Iterable[Area], source_etag: str) -> None:
        """Store renditions and card, each marked with the etag of the original it was made from."""
        for key, body, kind in (
            (path.card_key, self.make_card(renditions.large, faces), CARD_TYPE),
            (path.large_key, renditions.large, LARGE_TYPE),
            (path.key, renditions.thumbnail, THUMBNAIL_TYPE),
        ):
            self.put(key, body, source_etag, ContentType=kind)

    def has_renditions(self, path: ImagePath, source_etag: str) -> bool:
        """Whether both renditions are there and made from this original."""
        return all(self.is_of(key, source_etag) for key in path.rendition_keys)

    def has_card(self, path: ImagePath, source_etag: str) -> bool:
        """Whether there is a card made from this original."""
        return self.is_of(path.card_key, source_etag)

    def put_download(self, path: ImagePath, original: Original, renditions: Renditions) -> None:
        """Store what visitors may download of an original, and remove other rules' copies."""
        self._put_copy(path, original, make_copy(self.download_rule, path.file, original.data, renditions))

    def put_large_as_download(self, path: ImagePath, original: Original, renditions: Renditions) -> None:
        """Let visitors download the large rendition, where there is nothing better, and remove other rules' copies."""
        rule = NONE if self.download_rule == NONE else LARGE
        self._put_copy(path, original, make_copy(rule, path.file, original.data, renditions))

    def _put_copy(self, path: ImagePath, original: Original, copy: Copy | None) -> None:
        if copy is not None:
            name = {"ContentDisposition": inline_as(copy.file)} if copy.file != path.file else {}
            key = path.download_key(self.download_rule)
            self.put(key, copy.data, original.etag, ContentType=copy.content_type, **name)
        self.delete(path.download_key(rule) for rule in DOWNLOAD_RULES if rule != self.download_rule)

    def has_download(self, path: ImagePath, source_etag: str) -> bool:
        """Whether this original has the current rule's copy, and none of other rules."""
        return all(
            self.is_of(key, source_etag)
            if rule == self.download_rule
            else self._head(self.thumbnails_bucket, key) is None
            for rule in DOWNLOAD_RULES
            for key in [path.download_key(rule)]
        )

    def delete_served(self, path: ImagePath) -> None:
        """Delete renditions, card and download copies."""
        self.delete(path.served_keys)

    def put(self, key: str, body: bytes, source_etag: str, **headers: Any) -> None:
        """Store something made from the original with this etag, with ``headers`` as PutObject has them."""
        self.client.put_object(
            Bucket=self.thumbnails_bucket,
            Key=key,
            Body=body,
            CacheControl=_CACHE_CONTROL,
            Metadata={SOURCE_ETAG: source_etag},
            **headers,
        )

    def put_file(self, key: str, file: Path, source_etag: str, **headers: Any) -> None:
        """The same of a file, in parts if it is large."""
        about = {"CacheControl": _CACHE_CONTROL, "Metadata": {SOURCE_ETAG: source_etag}, **headers}
        self.client.upload_file(str(file), self.thumbnails_bucket, key, ExtraArgs=about)

    def take(self, key: str, source: str, source_etag: str, **headers: Any) -> None:
        """The same of what lies under another key, in parts if it is large."""
        about = {"CacheControl": _CACHE_CONTROL, "Metadata": {SOURCE_ETAG: source_etag}, **headers}
        bucket = self.thumbnails_bucket
        extra = {**about, "MetadataDirective": "REPLACE"}
        self.client.copy({"Bucket": bucket, "Key": source}, bucket, key, ExtraArgs=extra)

    def delete(self, keys: Iterable[str]) -> None:
        """Delete what there is under these keys."""
        for key in keys:
            self.client.delete_object(Bucket=self.thumbnails_bucket, Key=key)

    def is_of(self, key: str, source_etag: str) -> bool:
        """Whether there is something under this key that was made from this original."""
        head = self._head(self.thumbnails_bucket, key)
        return head is not None and head["Metadata"].get(SOURCE_ETAG) == source_etag

    def exists(self, key: str) -> bool:
        """Whether there is something under this key."""
        return self._head(self.thumbnails_bucket, key) is not None

    def _head(self, bucket: str, key: str) -> "HeadObjectOutputTypeDef | None":
        try:
            return self.client.head_object(Bucket=bucket, Key=key)
        except ClientError as error:
            if is_not_found(error):
                return None
            raise
