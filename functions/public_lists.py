"""The lists of people that pages read, as they are where nobody is known yet, so that no page asks for one that isn't
there.

The people function writes them with its rounds (`people.public_files`). Before that, `kinpics publish` does, and so
does the process function with the first photo of a set.
"""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.aws_errors import is_taken

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

VERSION = 1
PEOPLE_KEY = "people/people.json"
# Browsers ask each time, so that a name shows at once; mostly nothing has changed.
LIST_CACHE = "no-cache"
LIST_TYPE = "application/json"


def set_list_key(set_name: str) -> str:
    """Key in the site bucket of the people on a set's photos."""
    return f"sets/{set_name}/people.json"


def written(content: Any) -> bytes:
    """A list as it is stored."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


def list_of_nobody(set_name: str) -> tuple[str, bytes]:
    """Key and content of a set's list while nobody in its photos is known."""
    return set_list_key(set_name), written({"v": VERSION, "people": [], "photos": {}})


def lists_of_nobody(set_names: Iterable[str]) -> dict[str, bytes]:
    """The lists of a site with these sets as long as nobody is known."""
    nobody = written({"v": VERSION, "people": [], "unknown": []})
    return {PEOPLE_KEY: nobody, **dict(map(list_of_nobody, set_names))}


def write_unless_there(client: "S3Client", bucket: str, key: str, body: bytes) -> None:
    """Write a list, unless somebody else has written it already."""
    try:
        client.put_object(
            Bucket=bucket, Key=key, Body=body, ContentType=LIST_TYPE, CacheControl=LIST_CACHE, IfNoneMatch="*"
        )
    except ClientError as error:
        if not is_taken(error):
            raise
