"""Are the originals still what was uploaded? Reads their bytes and compares them with every checksum there is.

S3 checks what it stores. A laptop's disk doesn't, and a file may have been damaged on its way to S3. Reading costs S3's
price for a GET and, outside AWS's region, for the traffic. So only a sample is read, unless all are asked for.
"""

import base64
import hashlib
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, FlexibleChecksumError

from functions.aws_errors import code_of, is_not_found, message_of
from functions.keys import ImagePath
from scripts.common.bucket import list_versions
from scripts.common.stack import Stack
from scripts.photos.originals import SHA256_METADATA, list_originals

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

# A sample is at most this much: half a minute's work, and about two cents of traffic.
SAMPLE_PHOTOS = 50
SAMPLE_BYTES = 200_000_000
SAMPLE_SECONDS = 30.0
_WORKERS = 8
_CHUNK = 1024 * 1024


@dataclass
class Checked:
    """How many originals were read, of how many, and what is wrong with those that are damaged."""

    total: int
    read: int = 0
    damaged: dict[ImagePath, str] = field(default_factory=dict)


def read_originals(stack: Stack, *, whole: bool) -> Checked:
    """Read originals, all of them or a random sample. Raises ``ClientError`` if S3 refuses."""
    listed = {original.path: original for original in list_originals(stack)}
    wanted = list(listed) if whole else _sample({path: original.size for path, original in listed.items()})
    sizes, etags = stack.photos.get_attribute(wanted, "size"), stack.photos.get_etags(wanted)
    # A server that can't read its own disk fails at every try.
    s3 = boto3.client(
        "s3", config=Config(retries={"mode": "standard", "max_attempts": 2}, max_pool_connections=_WORKERS)
    )
    deadline = None if whole else time.monotonic() + SAMPLE_SECONDS

    def read(path: ImagePath) -> tuple[bool, str | None]:
        if deadline is not None and time.monotonic() > deadline:
            return False, None
        # If a row is of an earlier version, or another program's, its size says nothing about this one.
        is_same = etags.get(path) == listed[path].etag
        expected = int(sizes[path]) if is_same and path in sizes else listed[path].size
        return True, find_damage(s3, stack.outputs.pics_bucket, path.key, expected)

    checked = Checked(len(listed))
    with ThreadPoolExecutor(_WORKERS) as pool:
        try:
            for path, (was_read, reason) in zip(wanted, pool.map(read, wanted), strict=True):
                checked.read += was_read
                if reason:
                    checked.damaged[path] = reason
        except KeyboardInterrupt:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return checked


def _sample(sizes: dict[ImagePath, int]) -> list[ImagePath]:
    """A random choice of photos, as many as may be read, and at least one."""
    drawn: list[ImagePath] = []
    left = SAMPLE_BYTES
    for path in random.sample(sorted(sizes), min(SAMPLE_PHOTOS, len(sizes))):
        left -= sizes[path]
        if left < 0 and drawn:
            break
        drawn.append(path)
    return drawn


def find_damage(s3: "S3Client", bucket: str, key: str, size: int) -> str | None:
    """What is wrong with an object's bytes, if anything; ``size`` is how many there should be.

    Raises ``ClientError`` if S3 refuses access.
    """
    sha256, md5, length = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0
    try:
        answer = s3.get_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
        for chunk in answer["Body"].iter_chunks(_CHUNK):
            sha256.update(chunk)
            md5.update(chunk)
            length += len(chunk)
    except FlexibleChecksumError:
        return "its bytes don't match the checksum that S3 keeps"
    except ClientError as error:
        if is_not_found(error):
            return None  # deleted since it was listed
        if error.response["ResponseMetadata"]["HTTPStatusCode"] < 500:
            raise
        return f"it can't be read: {message_of(error) or code_of(error)}"
    except (BotoCoreError, OSError) as error:
        return f"it can't be read: {error}"
    if length != size:
        return f"it has {length:,} bytes instead of {size:,}"
    kept = answer.get("ChecksumSHA256", "")
    etag = answer["ETag"].strip('"')
    for name, expected, found in (
        ("SHA-256", answer["Metadata"].get(SHA256_METADATA), sha256.hexdigest()),
        # For an object that was uploaded in parts, both are checksums of checksums, and end with the number of parts.
        ("SHA-256", None if "-" in kept else kept, base64.b64encode(sha256.digest()).decode()),
        ("MD5", None if "-" in etag or answer.get("ServerSideEncryption") == "aws:kms" else etag, md5.hexdigest()),
    ):
        if expected and expected != found:
            return f"its bytes are not those that were uploaded: their {name} differs"
    return None


def list_earlier_versions(stack: Stack, path: ImagePath) -> list[str]:
    """The ids of an original's versions that S3 keeps beside the current one, newest first."""
    return [
        version["VersionId"]
        for page in list_versions(stack.s3, stack.outputs.pics_bucket, path.key)
        for version in page.get("Versions", [])
        if version["Key"] == path.key and not version["IsLatest"]
    ]
