"""Are the originals still what was uploaded? Their bytes are read, and held against every checksum there is of them.

S3 checks what it stores by itself; a laptop's disk does not, and a file may have been damaged on its way into the album
before it was. Reading costs S3's price for a GET and, outside AWS's region, for the traffic: so a part is read unless
all is asked for.
"""

import base64
import hashlib
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, FlexibleChecksumError

from functions.aws_errors import code_of, is_not_found, message_of
from functions.keys import ImagePath
from scripts.common.stack import Stack
from scripts.health.survey import pics_in
from scripts.upload.plan import SHA256_METADATA

# What a sample reads at most: half a minute's work, and about two cents of traffic.
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


def check_originals(stack: Stack, *, whole: bool) -> Checked:
    """Read originals, all of them or a sample drawn by chance. Raises ``ClientError`` where S3 refuses."""
    listed = dict(pics_in(stack, stack.outputs.pics_bucket))
    wanted = list(listed) if whole else _sample({path: item["Size"] for path, item in listed.items()})
    sizes, etags = stack.photos.get_attribute(wanted, "size"), stack.photos.get_etags(wanted)
    # A server that can't read its own disk says so again at every try.
    s3 = boto3.client(
        "s3", config=Config(retries={"mode": "standard", "max_attempts": 2}, max_pool_connections=_WORKERS)
    )
    deadline = None if whole else time.monotonic() + SAMPLE_SECONDS

    def read(path: ImagePath) -> tuple[bool, str | None]:
        if deadline is not None and time.monotonic() > deadline:
            return False, None
        # Where a row is of an earlier version, or somebody else's, its size says nothing of this one.
        is_same = etags.get(path) == listed[path]["ETag"].strip('"')
        expected = int(sizes[path]) if is_same and path in sizes else listed[path]["Size"]
        return True, damage(s3, stack.outputs.pics_bucket, path.key, expected)

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
    """Photos by chance, others each time, as many as may be read; one at least."""
    drawn: list[ImagePath] = []
    left = SAMPLE_BYTES
    for path in random.sample(sorted(sizes), min(SAMPLE_PHOTOS, len(sizes))):
        left -= sizes[path]
        if left < 0 and drawn:
            break
        drawn.append(path)
    return drawn


def damage(s3: Any, bucket: str, key: str, size: int) -> str | None:
    """What is wrong with an object's bytes, if anything; ``size`` is how many there should be.

    Raises ``ClientError`` where S3 refuses to say.
    """
    sha256, md5, length = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0
    try:
        answer = s3.get_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
        for chunk in answer["Body"].iter_chunks(_CHUNK):
            sha256.update(chunk)
            md5.update(chunk)
            length += len(chunk)
    except FlexibleChecksumError:
        return "its bytes are not those that S3 keeps the checksum of"
    except ClientError as error:
        if is_not_found(error):
            return None  # deleted since it was listed
        if error.response["ResponseMetadata"]["HTTPStatusCode"] < 500:
            raise
        return f"it can't be read: {message_of(error) or code_of(error)}"
    except (BotoCoreError, OSError) as error:
        return f"it can't be read: {error}"
    if length != size:
        return f"it has {length:,} bytes in place of {size:,}"
    kept = answer.get("ChecksumSHA256", "")
    etag = answer["ETag"].strip('"')
    for name, expected, found in (
        ("SHA-256", answer["Metadata"].get(SHA256_METADATA), sha256.hexdigest()),
        # Of an object that went up in parts, both are checksums of checksums, and end with the number of parts.
        ("SHA-256", None if "-" in kept else kept, base64.b64encode(sha256.digest()).decode()),
        ("MD5", None if "-" in etag or answer.get("ServerSideEncryption") == "aws:kms" else etag, md5.hexdigest()),
    ):
        if expected and expected != found:
            return f"its bytes are not those that were uploaded: their {name} differs"
    return None


def earlier_versions(stack: Stack, path: ImagePath) -> Iterator[str]:
    """The versions S3 still keeps of an original beside the current one, newest first."""
    pages = stack.s3.get_paginator("list_object_versions").paginate(Bucket=stack.outputs.pics_bucket, Prefix=path.key)
    for page in pages:
        for version in page.get("Versions", []):
            if version["Key"] == path.key and not version["IsLatest"]:
                yield version["VersionId"]
