"""Names that no visitor may read in a photo's keywords: those of people who are hidden, or forgotten.

Photo programs copy names into keywords, and every visitor can read a row. The people function keeps the names of hidden
people where the process function finds them, and visitors don't. Of forgotten people, there are only digests.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from functions.aws_errors import is_not_found
from functions.forgotten_people import is_forgotten
from functions.keys import HIDDEN_NAMES_KEY, TAKEN_OUT_KEY, ImagePath
from functions.photo_reader import PhotoReader
from functions.photo_rows import Photo
from functions.photo_texts import same_name
from functions.visitor_rows import Forgotten

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

# Between the levels of a keyword: `People|Ann` (Lightroom), `People/Ann` (digiKam).
_LEVELS = re.compile("[|/]")


@dataclass(frozen=True)
class WithheldNames:
    """The names, hidden ones as `same_name` gives them."""

    hidden: frozenset[str] = frozenset()
    forgotten: Sequence[Forgotten] = ()

    def without(self, keywords: Iterable[str]) -> list[str]:
        """The keywords that name none of these people, on none of their levels."""
        return [keyword for keyword in keywords if not self._are_in(keyword)]

    def are_in(self, photo: Photo) -> bool:
        """Whether visitors can read one of the names in a photo's row."""
        return any(isinstance(keyword, str) and self._are_in(keyword) for keyword in photo.keywords or ())

    def _are_in(self, keyword: str) -> bool:
        levels = {keyword, *_LEVELS.split(keyword)}
        return any(same_name(level) in self.hidden or is_forgotten(level, self.forgotten) for level in levels)


def rows_naming(photos: PhotoReader, names: WithheldNames) -> Iterator[ImagePath]:
    """The photos in whose rows visitors can read one of the names."""
    for photo_set in photos.list_sets():
        for photo in map(Photo.from_item, photos.list_shown(photo_set.sortkey)):
            if names.are_in(photo):
                yield ImagePath(photo.primarykey, photo.sortkey)


@dataclass(frozen=True)
class HiddenNames:
    """The names of a site's hidden people, in its thumbnails bucket, through a boto3 S3 client."""

    client: "S3Client"
    bucket: str

    def read(self) -> frozenset[str]:
        """The names, as `same_name` gives them."""
        return self._read(HIDDEN_NAMES_KEY)

    def keep(self, names: Iterable[str]) -> None:
        """Keep the names of those who are hidden now."""
        self._keep(HIDDEN_NAMES_KEY, frozenset(map(same_name, names)))

    def read_taken_out(self) -> frozenset[str]:
        """Those that have been taken out of all rows that had them."""
        return self._read(TAKEN_OUT_KEY)

    def keep_taken_out(self, names: frozenset[str]) -> None:
        """Note that all rows are without these names, as `read` gave them."""
        self._keep(TAKEN_OUT_KEY, names)

    def _read(self, key: str) -> frozenset[str]:
        try:
            body = self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except ClientError as error:
            if not is_not_found(error):
                raise
            return frozenset()
        return frozenset(json.loads(body))

    def _keep(self, key: str, names: frozenset[str]) -> None:
        if names != self._read(key):
            body = json.dumps(sorted(names), ensure_ascii=False).encode()
            self.client.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType="application/json")
