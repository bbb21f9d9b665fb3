"""The portraits in the site bucket: cut from large renditions if missing, deleted if visitors may not see them.

A portrait's name says what it was made from (`public_files.portrait_name`), so one that is there is right. The
bucket's listing says which there are: nothing else has to be remembered, and a round that dies leaves nothing to clear
up.
"""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from functions.aws_errors import is_not_found
from functions.keys import SOURCE_ETAG, ImagePath, parse_image_path
from functions.people.inventory import FaceInPhoto
from functions.people.portrait_cut import PORTRAIT_TYPE, UnusableRenditionError, cut_from_strip, cut_portrait
from functions.people.public_files import PORTRAITS_PREFIX, portrait_key, portrait_named
from functions.photo_reader import PhotoReader
from functions.photo_rows import Photo

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

# Only browsers keep it, for a day: CloudFront would go on showing somebody who is hidden.
_CACHE = "private, max-age=86400"
# At most 10, as many connections as boto3 keeps open.
_WORKERS = 8


@dataclass
class Portraits:
    """The names of the portraits that are there, and whether time ran out before all were made."""

    names: set[str] = field(default_factory=set)
    is_cut_short: bool = False


@dataclass(frozen=True)
class PeoplePortraits:
    """The portraits of one site, through a boto3 S3 client."""

    photos: PhotoReader
    client: "S3Client"
    thumbnails_bucket: str
    site_bucket: str

    def make(self, wanted: Mapping[str, FaceInPhoto], may_go_on: Callable[[], bool]) -> Portraits:
        """Make the portraits in ``wanted``, by name, that are missing, as long as ``may_go_on``.

        A photo without a large rendition gives no portrait, nor does one whose file is being replaced.
        """
        portraits = Portraits(self._list())
        missing = sorted(wanted.keys() - portraits.names)
        rows = self.photos.get_photos({parse_image_path(wanted[name].photo.path) for name in missing})

        def make(name: str) -> None:
            if not may_go_on():
                portraits.is_cut_short = True
            elif self._make(name, wanted[name], rows):
                portraits.names.add(name)

        with ThreadPoolExecutor(_WORKERS) as pool:
            list(pool.map(make, missing))
        return portraits

    def remove(self, names: Iterable[str]) -> None:
        """Delete portraits."""
        keys = map(portrait_key, sorted(names))
        with ThreadPoolExecutor(_WORKERS) as pool:
            list(pool.map(lambda key: self.client.delete_object(Bucket=self.site_bucket, Key=key), keys))

    def _list(self) -> set[str]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.site_bucket, Prefix=PORTRAITS_PREFIX)
        names = (portrait_named(item["Key"]) for page in pages for item in page.get("Contents", []))
        return {name for name in names if name}

    def _make(self, name: str, face: FaceInPhoto, rows: Mapping[ImagePath, Photo]) -> bool:
        path = parse_image_path(face.photo.path)
        row = rows.get(path)
        if row is None or row.sha256 != face.photo.sha256:
            return False
        try:
            in_film = (row.film or {}).get("faces", {}).get(face.id)
            key = path.film_faces_key if in_film else path.large_key
            large = self.client.get_object(Bucket=self.thumbnails_bucket, Key=key)
            # The process function writes a new file's rendition before its row; other programs' don't say whose it is.
            if large["Metadata"].get(SOURCE_ETAG, row.etag) != row.etag:
                return False
            picture = large["Body"].read()
            portrait = cut_from_strip(picture, in_film["place"]) if in_film else cut_portrait(picture, face.box)
        except ClientError as error:
            if is_not_found(error):
                return False
            raise
        except UnusableRenditionError:
            return False
        self.client.put_object(
            Bucket=self.site_bucket,
            Key=portrait_key(name),
            Body=portrait,
            ContentType=PORTRAIT_TYPE,
            CacheControl=_CACHE,
        )
        return True
