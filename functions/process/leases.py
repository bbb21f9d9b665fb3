"""Table ``leases``: one worker at a time works on a photo.

S3 may report the same object twice and in any order. Without a lease, each of two workers could keep half of its work.

A lease also names the versions of the original that its workers may have indexed. If a worker dies and the original is
still the same, indexing it again gives the same faces, so nothing is left behind. Only if it has changed or gone, or if
the row of an earlier version may have been replaced before that version's faces were deleted, does the collection have
to be searched for faces that no row knows.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.aws_errors import is_condition_failed
from functions.errors import KinpicsError
from functions.keys import ImagePath
from functions.lease_rows import Lease, give_back

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


# Among a lease's versions: "no original", because DynamoDB keeps no empty sets, and the version that the photo's row
# showed before this one.
_NO_ORIGINAL = "none"
_BEFORE = "before"


class LeaseTakenError(KinpicsError):
    """Another worker is working on this photo."""

    def __init__(self, path: ImagePath, seconds: float):
        super().__init__(f"{path} is being processed by another worker for at most {seconds:.0f} s more")
        self.seconds = seconds


@dataclass(frozen=True)
class Leases:
    """The leases in a table. ``client`` is the client of a boto3 DynamoDB *resource* (``resource.meta.client``).

    ``clock`` gives seconds since 1970.
    """

    client: "DynamoDBClient"
    table: str
    clock: Callable[[], float] = time.time

    def acquire(self, path: ImagePath, owner: str, seconds: float, etag: str | None) -> Lease | None:
        """Take the photo for ``seconds`` to index its original, which has this ``etag``; None if there is none.

        Returns the lease of an earlier worker that left the photo unfinished. The same ``owner`` (the queue message)
        takes over its own lease: the message is only given out again when the worker before is dead. Raises
        ``LeaseTakenError``.
        """
        now = self.clock()
        try:
            response = self.client.update_item(
                TableName=self.table,
                Key={"image_path": str(path)},
                UpdateExpression="SET #owner = :owner, expires_at = :end ADD versions :version",
                ConditionExpression="attribute_not_exists(image_path) OR expires_at < :now OR #owner = :owner",
                ExpressionAttributeNames={"#owner": "owner"},
                ExpressionAttributeValues={
                    ":now": int(now),
                    ":owner": owner,
                    ":end": int(now + seconds) + 1,
                    ":version": {etag or _NO_ORIGINAL},
                },
                ReturnValues="ALL_OLD",
            )
        except ClientError as error:
            if not is_condition_failed(error):
                raise
            raise LeaseTakenError(path, max(1.0, self._expires_at(path, now) - now)) from None
        left = response.get("Attributes")
        return Lease.from_item(left) if left else None

    def add_version(self, path: ImagePath, owner: str, etag: str) -> None:
        """Note that another version is about to be indexed than the one `acquire` was told of."""
        self._change(path, owner, "ADD versions :new", {":new": {etag}})

    def add_version_before(self, path: ImagePath, owner: str) -> None:
        """Note that the photo's row, which knows the faces of the version before, is about to be replaced."""
        self.add_version(path, owner, _BEFORE)

    def note_listed(self, path: ImagePath, owner: str, token: str) -> None:
        """Note how far the collection has been searched for faces of earlier versions."""
        self._change(path, owner, "SET listed = :new", {":new": token})

    def settle(self, path: ImagePath, owner: str, etag: str | None) -> None:
        """Note that no face of an earlier version is left, nor of any other than that with ``etag``."""
        self._change(path, owner, "SET versions = :new REMOVE listed", {":new": {etag or _NO_ORIGINAL}})

    def _change(self, path: ImagePath, owner: str, update: str, values: dict[str, Any]) -> None:
        self.client.update_item(
            TableName=self.table,
            Key={"image_path": str(path)},
            UpdateExpression=update,
            ConditionExpression="#owner = :owner",
            ExpressionAttributeNames={"#owner": "owner"},
            ExpressionAttributeValues={":owner": owner, **values},
        )

    def _expires_at(self, path: ImagePath, now: float) -> float:
        """When the lease of another worker ends: now, if it has been released meanwhile."""
        key = {"image_path": str(path)}
        item = self.client.get_item(TableName=self.table, Key=key, ConsistentRead=True).get("Item")
        return Lease.from_item(item).expires_at if item else now

    def release(self, path: ImagePath, owner: str) -> None:
        """Give the photo back; a lease that has passed to another worker stays."""
        give_back(self.client, self.table, str(path), owner)


def may_have_leftovers(left: Lease, etag: str | None) -> bool:
    """Whether the worker that left this lease may have indexed another version than that with ``etag``."""
    return left.versions is None or bool(left.versions - {etag, _NO_ORIGINAL})
