"""Are the originals still what was uploaded? Reads their bytes and compares them with every checksum there is.

S3 checks what it stores. A laptop's disk doesn't, and a file may have been damaged on its way to S3. Reading costs S3's
price for a GET and, outside AWS's region, for the traffic. So only a sample is read, unless all are asked for.
"""

import base64
import hashlib
import json
import os
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, FlexibleChecksumError

from functions.aws_errors import code_of, is_not_found, message_of
from functions.keys import BadNameError, ImagePath, parse_image_path
from functions.photo_originals import SHA256_METADATA
from scripts.common.bucket import list_versions
from scripts.common.progress import Progress
from scripts.common.stack import Stack
from scripts.common.terminal import echo
from scripts.health.sampling import MAX_WHOLE, count_photos, draw_stretches
from scripts.photos.originals import StoredPhoto, list_originals, list_stored_pages

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

# A sample is at most this much: half a minute's work, and about two cents of traffic.
SAMPLE_PHOTOS = 50
SAMPLE_BYTES = 200_000_000
SAMPLE_SECONDS = 30.0
_WORKERS = 8
_CHUNK = 1024 * 1024
# What was read longer ago says too little about now.
_MAX_AGE_SECONDS = 24 * 3600.0


@dataclass
class Checked:
    """How many originals were read, of how many, and what is wrong with those that are damaged."""

    total: int = 0
    read: int = 0
    damaged: dict[ImagePath, str] = field(default_factory=dict)


def originals_file(data: Path, stack: Stack) -> Path:
    """Where `read_originals` keeps how far it has come."""
    return data / f"originals-{stack.name}-{stack.region}.json"


def read_originals(stack: Stack, progress: Progress, file: Path, *, whole: bool) -> Checked:
    """Read originals, all of them or a random sample. Raises ``ClientError`` if S3 refuses.

    Reading all goes on where an earlier call was stopped, which is kept in ``file``.
    """
    if whole:
        return _read_all(stack, progress, file)
    total = count_photos(stack)
    if total <= MAX_WHOLE:
        listed = list(list_originals(stack))
        total = len(listed)
    else:
        listed = [original for stretch in draw_stretches(stack) for original in stretch]
    checked = Checked(total)
    _read(stack, _sample(listed), checked, time.monotonic() + SAMPLE_SECONDS, lambda: None)
    return checked


def _read_all(stack: Stack, progress: Progress, file: Path) -> Checked:
    checked, after = _resume(file, stack)
    bucket = stack.outputs.pics_bucket
    with progress.bar("Reading originals", max(count_photos(stack), checked.read)) as step:
        step(checked.read)
        for originals, following in list_stored_pages(stack.s3, bucket, after=after):
            checked.total += len(originals)
            _read(stack, originals, checked, None, step)
            if following:
                damaged = {str(path): reason for path, reason in checked.damaged.items()}
                kept = {"bucket": bucket, "after": following, "read": checked.read, "damaged": damaged}
                partial = file.with_suffix(".new")
                file.parent.mkdir(parents=True, exist_ok=True)
                partial.write_text(json.dumps(kept), encoding="utf-8")
                os.replace(partial, file)
    file.unlink(missing_ok=True)
    return checked


def _resume(file: Path, stack: Stack) -> tuple[Checked, str]:
    """What was read before the last call was stopped, and the key to go on from."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        is_recent = time.time() - file.stat().st_mtime < _MAX_AGE_SECONDS
        if kept["bucket"] == stack.outputs.pics_bucket and is_recent:
            damaged = {parse_image_path(text): reason for text, reason in kept["damaged"].items()}
            echo(f"going on where reading was stopped, after {kept['read']:,} photos", err=True)
            return Checked(kept["read"], kept["read"], damaged), kept["after"]
    except (OSError, ValueError, KeyError, TypeError, BadNameError):
        pass  # there is nothing to go on with
    return Checked(), ""


def _read(
    stack: Stack, originals: list[StoredPhoto], checked: Checked, deadline: float | None, step: Callable[[], None]
) -> None:
    """Read originals, until a deadline if there is one, and add what was found to ``checked``."""
    paths = [original.path for original in originals]
    sizes, etags = stack.photos.get_attribute(paths, "size"), stack.photos.get_etags(paths)
    # A server that can't read its own disk fails at every try.
    s3 = boto3.client(
        "s3", config=Config(retries={"mode": "standard", "max_attempts": 2}, max_pool_connections=_WORKERS)
    )

    def read(original: StoredPhoto) -> tuple[bool, str | None]:
        if deadline is not None and time.monotonic() > deadline:
            return False, None
        # If a row is of an earlier version, or another program's, its size says nothing about this one.
        path = original.path
        is_same = etags.get(path) == original.etag
        expected = int(sizes[path]) if is_same and path in sizes else original.size
        return True, find_damage(s3, stack.outputs.pics_bucket, path.key, expected)

    with ThreadPoolExecutor(_WORKERS) as pool:
        try:
            for path, (was_read, reason) in zip(paths, pool.map(read, originals), strict=True):
                checked.read += was_read
                if reason:
                    checked.damaged[path] = reason
                step()
        except KeyboardInterrupt:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _sample(originals: list[StoredPhoto]) -> list[StoredPhoto]:
    """A random choice of photos, as many as may be read, and at least one."""
    drawn: list[StoredPhoto] = []
    left = SAMPLE_BYTES
    for original in random.sample(originals, min(SAMPLE_PHOTOS, len(originals))):
        left -= original.size
        if left < 0 and drawn:
            break
        drawn.append(original)
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
