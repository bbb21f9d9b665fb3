"""Bucket ``incoming``: what browsers send, and photos that wait for the owner.

``incoming/<set>/<id>`` is what a POST puts there, and goes after a day; ``waiting/<set>/<id>`` stays until somebody
decides. Of what browsers can't show, ``looks/<set>/<id>`` is a JPEG as long as it waits
(functions/process/waiting_looks.py).
"""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.aws_errors import is_not_found
from functions.contribution_rows import Contribution
from functions.errors import KinpicsError
from functions.keys import INCOMING_PREFIX, LOOKS_PREFIX, WAITING_PREFIX
from functions.media_types import HEAD_BYTES

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

POST_SECONDS = 300
LOOK_SECONDS = 900
_PART = 1024 * 1024


class StrayObjectError(KinpicsError):
    """An object's key is none that a POST was given for."""


class NotDeletedError(KinpicsError):
    """S3 deleted some objects and others not; asking again is harmless."""


@dataclass(frozen=True)
class Arrived:
    """An object that was read: its file on disk, and what it is."""

    file: IO[bytes]
    size: int
    sha256: str
    head: bytes


@dataclass(frozen=True)
class Incoming:
    """The bucket, through one boto3 S3 client; ``for_browsers`` signs forms and addresses."""

    client: "S3Client"
    bucket: str
    for_browsers: "S3Client"

    def post_for(self, row: Contribution, kind: str) -> dict[str, Any]:
        """A presigned POST that takes exactly this file, for five minutes: `url` and `fields`.

        https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
        """
        checksum = base64.b64encode(bytes.fromhex(row.sha256)).decode()
        fields = {"Content-Type": kind, "x-amz-checksum-sha256": checksum}
        conditions: list[Any] = [{name: value} for name, value in fields.items()]
        given = self.for_browsers.generate_presigned_post(
            Bucket=self.bucket,
            Key=incoming_key(row.set_name, row.id),
            Fields=fields,
            Conditions=[*conditions, ["content-length-range", row.size or 0, row.size or 0]],
            ExpiresIn=POST_SECONDS,
        )
        return {"url": given["url"], "fields": given["fields"]}

    def look_at(self, row: Contribution) -> dict[str, str]:
        """Where a waiting photo can be looked at for a quarter of an hour: itself, and as a JPEG, if there is one."""
        keys = {"look": waiting_key(row.set_name, row.id), "look_jpeg": look_key(row.set_name, row.id)}
        return {
            name: self.for_browsers.generate_presigned_url(
                "get_object", Params={"Bucket": self.bucket, "Key": key}, ExpiresIn=LOOK_SECONDS
            )
            for name, key in keys.items()
        }

    @contextmanager
    def reading(self, key: str) -> Iterator[Arrived | None]:
        """An object as a file on disk, as long as the block lasts; None where there is none."""
        try:
            body = self.client.get_object(Bucket=self.bucket, Key=key)["Body"]
        except ClientError as error:
            if not is_not_found(error):
                raise
            yield None
            return
        with TemporaryFile() as file:
            digest, size = hashlib.sha256(), 0
            for part in body.iter_chunks(_PART):
                file.write(part)
                digest.update(part)
                size += len(part)
            file.seek(0)
            head = file.read(HEAD_BYTES)
            file.seek(0)
            yield Arrived(file, size, digest.hexdigest(), head)

    def keep_waiting(self, row: Contribution, file: IO[bytes], kind: str) -> None:
        """Put what has arrived where it waits for the owner."""
        file.seek(0)
        self.client.put_object(Bucket=self.bucket, Key=waiting_key(row.set_name, row.id), Body=file, ContentType=kind)

    def delete(self, *keys: str) -> None:
        """Delete objects, if they are there; at most a thousand. Raises ``NotDeletedError``."""
        if not keys:
            return
        wanted = [{"Key": key} for key in dict.fromkeys(keys)]
        answer = self.client.delete_objects(Bucket=self.bucket, Delete={"Objects": wanted, "Quiet": True})  # type: ignore[typeddict-item]
        if errors := answer.get("Errors"):
            raise NotDeletedError(f"S3 didn't delete {len(errors)} objects: {errors[0].get('Code')}")


def incoming_key(set_name: str, row_id: str) -> str:
    """Key of what a POST puts there."""
    return f"{INCOMING_PREFIX}{set_name}/{row_id}"


def waiting_key(set_name: str, row_id: str) -> str:
    """Key of a photo that waits for the owner."""
    return f"{WAITING_PREFIX}{set_name}/{row_id}"


def look_key(set_name: str, row_id: str) -> str:
    """Key of a waiting photo as a JPEG, where browsers can't show the photo itself."""
    return f"{LOOKS_PREFIX}{set_name}/{row_id}"


def parse_incoming_key(key: str) -> tuple[str, str]:
    """Set and id of the contribution whose object has this (decoded) key. Raises ``StrayObjectError``."""
    set_name, slash, row_id = key.removeprefix(INCOMING_PREFIX).rpartition("/")
    if not key.startswith(INCOMING_PREFIX) or not slash or "." not in row_id:
        raise StrayObjectError(f"{key!r} is not of the form {INCOMING_PREFIX}<set>/<id>")
    return set_name, row_id
