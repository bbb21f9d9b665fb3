"""The site's own files as they were if it had no sets: what visitors get instead, where a set must no longer be told of
and nobody is there to publish.

`kinpics publish` keeps them in one file. Scripts still show every set that a visitor may see, and the next publish
brings the rest back.
"""

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from botocore.exceptions import ClientError

from functions.addresses import page_paths
from functions.aws_errors import is_not_found
from functions.errors import KinpicsError
from functions.photo_originals import delete_entries
from functions.photo_page import RECORD_KEY

if TYPE_CHECKING:
    from types_boto3_cloudfront import CloudFrontClient
    from types_boto3_s3 import S3Client

# Beside the skeleton of photos' pages, where visitors don't get it.
WITHDRAWN_KEY = "skeletons/withdrawn"
# The page of somebody, in any language: scripts show what is left of their photos at the same address.
_PAGE_OF_PERSON = re.compile(r"people/[^/]+/index(\.[a-z-]+)?\.html")


class NoWithdrawnSiteError(KinpicsError):
    """The published site comes from a release that doesn't keep these files."""


@dataclass(frozen=True)
class SiteFile:
    """A file of the site bucket: its text, and the headers that S3 gives with it, by their names in a PutObject."""

    body: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class WithdrawnSite:
    """Files without any set by their key, and the beginnings of other keys whose files go."""

    files: Mapping[str, SiteFile]
    gone: tuple[str, ...]

    def to_json(self) -> str:
        """As it is kept."""
        files = {key: [file.body, dict(file.headers)] for key, file in self.files.items()}
        return json.dumps({"files": files, "gone": self.gone}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """As it was kept."""
        plain = json.loads(text)
        files = {key: SiteFile(body, headers) for key, (body, headers) in plain["files"].items()}
        return cls(files, tuple(plain["gone"]))

    def old_among(self, keys: Iterable[str]) -> list[str]:
        """Those of these files that may tell of a set, and go."""
        return [
            key
            for key in keys
            if key not in self.files and (key.startswith(self.gone) or _PAGE_OF_PERSON.fullmatch(key))
        ]


@dataclass(frozen=True)
class SiteBucket:
    """The site bucket ``name``, and CloudFront's ``distribution`` before it; empty where there is none."""

    s3: "S3Client"
    name: str
    cloudfront: "CloudFrontClient"
    distribution: str
    clock: Callable[[], float] = time.time

    def read_withdrawn(self) -> WithdrawnSite:
        """What the last publish kept. Raises ``NoWithdrawnSiteError``."""
        try:
            answer = self.s3.get_object(Bucket=self.name, Key=WITHDRAWN_KEY)
        except ClientError as error:
            if not is_not_found(error):
                raise
            raise NoWithdrawnSiteError("this site was published by an earlier release: run `kinpics publish`") from None
        return WithdrawnSite.from_json(answer["Body"].read().decode())

    def withdraw(self) -> None:
        """Let the site's own files tell of no set, until it is published again. Raises ``NoWithdrawnSiteError``.

        Also a publish that is at work meanwhile: it finds its record gone, and starts again.
        """
        withdrawn = self.read_withdrawn()
        self.s3.delete_object(Bucket=self.name, Key=RECORD_KEY)
        for key, file in withdrawn.files.items():
            request: Any = {"Bucket": self.name, "Key": key, "Body": file.body.encode(), **file.headers}
            self.s3.put_object(**request)
        old = withdrawn.old_among(self._keys(withdrawn))
        delete_entries(self.s3, self.name, [{"Key": key} for key in old])
        self._forget(page_paths([*withdrawn.files, *old]))

    def _keys(self, withdrawn: WithdrawnSite) -> Iterator[str]:
        """What may tell of sets there. Files below a set's name tell of that one, and the gate judges them."""
        for prefix in ("people/", *withdrawn.gone):
            for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix):
                yield from (item["Key"] for item in page.get("Contents", []))

    def _forget(self, paths: Iterable[str]) -> None:
        """Make CloudFront, if there is one, ask for these paths anew."""
        wanted = sorted(paths)
        if self.distribution:
            self.cloudfront.create_invalidation(
                DistributionId=self.distribution,
                InvalidationBatch={
                    "Paths": {"Quantity": len(wanted), "Items": wanted},
                    "CallerReference": f"kinpics-{self.clock()}",
                },
            )
