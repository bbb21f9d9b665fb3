"""The photos' own pages in the site bucket, as the process function writes and deletes them."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from functions.aws_errors import is_not_found
from functions.keys import ImagePath
from functions.photo_page import CACHE_CONTROL, CONTENT_TYPE, SKELETON_KEY, page_key, render_photo_page
from functions.photo_reader import PhotoReader
from functions.photo_rows import Photo, PhotoSet
from functions.public_lists import list_of_nobody, write_unless_there

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

# An upload of many photos should read the skeleton and the sets' titles only rarely, because visitors' reads count
# against the same maximum; a publish in the meantime rewrites every page anyway.
_KEEP_SECONDS = 60


class PhotoPages:
    """Pages of photos in ``bucket``, through one boto3 S3 client; ``clock`` gives seconds."""

    def __init__(
        self, client: "S3Client", bucket: str, photos: PhotoReader, clock: Callable[[], float] = time.monotonic
    ):
        self.client = client
        self._bucket = bucket
        self._photos = photos
        self._clock = clock
        self._skeleton: str | None = None
        self._titles: dict[str, str] = {}
        self._begun: set[str] = set()
        self._read_at: float | None = None

    def begin(self, set_name: str) -> None:
        """Before the first photo of a set has a row: the set's page asks who is in its photos, and the people function
        answers only after its next round."""
        if self._read_skeleton() is not None and set_name not in self._begun:
            write_unless_there(self.client, self._bucket, *list_of_nobody(set_name))
            self._begun.add(set_name)

    def put(self, photo: Photo) -> None:
        """Write the page of a photo; before the site is published, there is none."""
        skeleton = self._read_skeleton()
        if skeleton is None:
            return
        self.client.put_object(
            Bucket=self._bucket,
            Key=page_key(ImagePath(photo.primarykey, photo.sortkey)),
            Body=render_photo_page(skeleton, photo, self._title_of(photo.primarykey)),
            ContentType=CONTENT_TYPE,
            CacheControl=CACHE_CONTROL,
        )

    def delete(self, path: ImagePath) -> None:
        """Delete the page of a photo, if there is one."""
        self.client.delete_object(Bucket=self._bucket, Key=page_key(path))

    def _read_skeleton(self) -> str | None:
        now = self._clock()
        if self._read_at is None or now - self._read_at > _KEEP_SECONDS:
            self._skeleton = self._fetch_skeleton()
            self._titles = {}
            self._begun = set()
            self._read_at = now
        return self._skeleton

    def _title_of(self, set_name: str) -> str:
        if set_name not in self._titles:
            photo_set = self._photos.get_set(set_name) or PhotoSet(sortkey=set_name)
            self._titles[set_name] = photo_set.shown_title
        return self._titles[set_name]

    def _fetch_skeleton(self) -> str | None:
        try:
            return self.client.get_object(Bucket=self._bucket, Key=SKELETON_KEY)["Body"].read().decode()
        except ClientError as error:
            if is_not_found(error):
                return None
            raise
