"""The record of the last publish in the site bucket (`scripts.site.published`), changed by one publish at a time.

Before a publish writes a page, its sets become unknown in the record; after its last one, they become known. If another
publish has changed the record in between, their pages may be either's, so they stay unknown, and the publish starts
once more. S3 refuses to write a record that is no longer the one that was read:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
"""

import dataclasses
import secrets
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from functions.aws_errors import is_not_found, is_taken
from functions.photo_page import RECORD_KEY
from scripts.common.stack import Stack
from scripts.site.people_shown import KnownPerson
from scripts.site.published import Published, from_json, to_json

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import PutObjectRequestTypeDef


class PublishRecord:
    """The record of a stack's site: what was ``published`` last, as it was last read or written here.

    In the end, ``was_disturbed`` says whether another publish has begun or ended meanwhile.
    """

    def __init__(self, stack: Stack):
        self._stack = stack
        self.published = Published()
        self._etag: str | None = None
        self.was_disturbed = False
        self._read()

    @property
    def names(self) -> set[str]:
        """The sets in it, known or unknown: their pages may be in the bucket."""
        return set(self.published.sets)

    def _read(self) -> None:
        """Read what was published last; empty if there is no record."""
        try:
            answer = self._stack.s3.get_object(Bucket=self._stack.outputs.site_bucket, Key=RECORD_KEY)
        except ClientError as error:
            if not is_not_found(error):
                raise
            self.published, self._etag = Published(), None
        else:
            self.published, self._etag = from_json(answer["Body"].read().decode()), answer["ETag"]

    def begin(self, names: Iterable[str], people: Mapping[str, KnownPerson]) -> None:
        """Note that the pages of these sets are about to be written, and those of all but these people."""
        unknown = dict.fromkeys(names)
        while not self._write(
            dataclasses.replace(self.published, sets={**self.published.sets, **unknown}, people=people)
        ):
            self._read()

    def end(self, published: Published, names: Iterable[str]) -> None:
        """Note what was published of these sets; other sets stay in the record as they are."""
        names = list(names)
        new = {name: published.sets[name] for name in names if name in published.sets}
        rest = {name: known for name, known in self.published.sets.items() if name in published.sets}
        if not self._write(dataclasses.replace(published, sets={**rest, **new})):
            self.was_disturbed = True
            self._read()
            self.begin(names, {})

    def _write(self, published: Published) -> bool:
        """Write the record in place of that which was read; False if it is no longer there."""
        request: PutObjectRequestTypeDef = {
            "Bucket": self._stack.outputs.site_bucket,
            "Key": RECORD_KEY,
            # The same content would have the same ETag: each record names its own writer.
            "Body": to_json(published, writer=secrets.token_hex(8)),
            "ContentType": "application/json",
        }
        condition = {"IfMatch": self._etag} if self._etag else {"IfNoneMatch": "*"}
        try:
            self._etag = self._stack.s3.put_object(**request, **condition)["ETag"]
        except ClientError as error:
            if not is_taken(error) and not (self._etag and is_not_found(error)):
                raise
            return False
        self.published = published
        return True
