"""Where what is made from the journal is kept: private files in the thumbnails bucket, public ones in the site bucket.

Private files are JSON, compressed; CloudFront can't reach their prefix. Of public files, only those that changed are
written. Which there are and what is in them is a private file too, written before they are: a round that dies leaves
no file behind that the next one doesn't know of.
"""

import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.aws_errors import is_not_found
from functions.feeds import ATOM_TYPE
from functions.people.public_files import person_pages, portrait_named
from functions.posted_table import is_posted_file
from functions.public_lists import LIST_CACHE, LIST_TYPE

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

PRIVATE_PREFIX = "people/"
_WRITTEN = "written"
# At most 10, as many connections as boto3 keeps open.
_WRITERS = 8
# Of a file that a dead round may have written.
_UNKNOWN = ""
_LISTS = re.compile(r"people/people\.json|people/(?P<slug>[^/]+)/photos\.json|sets/[^/]+/people\.json")


def is_people_file(key: str) -> bool:
    """Whether a key of the site bucket belongs to the people function: `kinpics publish` leaves it alone."""
    return is_people_list(key) or bool(portrait_named(key))


def is_people_list(key: str) -> bool:
    """Whether a key of the site bucket is that of a file that is written here."""
    return bool(_LISTS.fullmatch(key)) or is_posted_file(key)


def slug_of(key: str) -> str | None:
    """The person's part of an address, if a key of the site bucket is that of a person's photos."""
    found = _LISTS.fullmatch(key)
    return found["slug"] if found else None


@dataclass(frozen=True)
class PeopleFiles:
    """The files of one site, through a boto3 S3 client."""

    client: "S3Client"
    private_bucket: str
    site_bucket: str

    def read(self, name: str) -> Any:
        """A private file's content, or None if there is none, or if it is damaged: it can be made again."""
        try:
            body = self.client.get_object(Bucket=self.private_bucket, Key=private_key(name))["Body"].read()
            return json.loads(gzip.decompress(body))
        except ClientError as error:
            if not is_not_found(error):
                raise
        except (ValueError, OSError, EOFError):
            pass
        return None

    def write(self, name: str, content: Any) -> None:
        """Keep a private file."""
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        self.client.put_object(
            Bucket=self.private_bucket,
            Key=private_key(name),
            Body=gzip.compress(text.encode(), mtime=0),
            ContentType=LIST_TYPE,
            ContentEncoding="gzip",
        )

    def publish(self, files: Mapping[str, bytes], perhaps_there: Iterable[str] = ()) -> list[str]:
        """Make ``files``, by key, the public ones; returns the keys that changed. At ``perhaps_there``, others may have
        written.

        The page of a person who isn't in them any more goes too: visitors without JavaScript would still see it.
        """
        known: dict[str, str] = self.read(_WRITTEN) or {}
        wanted = {key: hashlib.sha256(body).hexdigest() for key, body in files.items()}
        changed = sorted(key for key in wanted if known.get(key) != wanted[key])
        gone = sorted({*known, *perhaps_there} - wanted.keys())
        if not changed and not gone:
            return []
        self.write(_WRITTEN, known | dict.fromkeys([*changed, *gone], _UNKNOWN))
        with ThreadPoolExecutor(_WRITERS) as pool:
            list(pool.map(lambda key: self._show(key, files[key]), changed))
            list(pool.map(self._hide, gone))
            # Pages last: a publish at the same time removes those whose list is gone after it has written its own.
            list(pool.map(self._hide, [page for key in gone if (slug := slug_of(key)) for page in person_pages(slug)]))
        self.write(_WRITTEN, wanted)
        return [*changed, *gone]

    def _show(self, key: str, body: bytes) -> None:
        self.client.put_object(
            Bucket=self.site_bucket,
            Key=key,
            Body=body,
            ContentType=f"{ATOM_TYPE}; charset=utf-8" if key.endswith(".xml") else LIST_TYPE,
            CacheControl=LIST_CACHE,
        )

    def _hide(self, key: str) -> None:
        self.client.delete_object(Bucket=self.site_bucket, Key=key)

    def doubt(self, keys: Iterable[str]) -> None:
        """Write all public files anew the next time, and remove those of ``keys`` that are none by then."""
        self.write(_WRITTEN, dict.fromkeys(keys, _UNKNOWN))


def private_key(name: str) -> str:
    """Key in the thumbnails bucket of a private file."""
    return f"{PRIVATE_PREFIX}{name}.json.gz"
