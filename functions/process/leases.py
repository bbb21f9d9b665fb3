"""Table ``leases``: one worker at a time works on a photo.

S3 may report the same object twice and in any order. Without a lease, each of two workers could keep half of its work.
"""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from functions.aws_errors import is_condition_failed
from functions.errors import KinpicsError
from functions.keys import ImagePath
from functions.shapes import Lease

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class LeaseTakenError(KinpicsError):
    """Another worker is working on this photo."""

    def __init__(self, path: ImagePath, seconds: float):
        super().__init__(f"{path} is being processed by another worker for at most {seconds:.0f} s more")
        self.seconds = seconds


@dataclass(frozen=True)
class Leases:
    """The leases in a table. ``client`` is the client of a boto3 DynamoDB *resource* (``resource.meta.client``)."""

    client: "DynamoDBClient"
    table: str

    def acquire(self, path: ImagePath, owner: str, seconds: float) -> bool:
        """Take the photo for ``seconds``. Returns whether an earlier worker left it unfinished.

        The same ``owner`` (the queue message) takes over its own lease: the message is only given out again when
        the worker before is dead. Raises ``LeaseTakenError``.
        """
        now = time.time()
        try:
            response = self.client.put_item(
                TableName=self.table,
                Item=Lease(image_path=str(path), owner=owner, expires_at=int(now + seconds) + 1).to_item(),
                ConditionExpression="attribute_not_exists(image_path) OR expires_at < :now OR #owner = :owner",
                ExpressionAttributeNames={"#owner": "owner"},
                ExpressionAttributeValues={":now": int(now), ":owner": owner},
                ReturnValues="ALL_OLD",
            )
        except ClientError as error:
            if not is_condition_failed(error):
                raise
            raise LeaseTakenError(path, max(1.0, self._expires_at(path, now) - now)) from None
        return bool(response.get("Attributes"))

    def _expires_at(self, path: ImagePath, now: float) -> float:
        """When the lease of another worker ends: now, if it has been released meanwhile."""
        key = {"image_path": str(path)}
        item = self.client.get_item(TableName=self.table, Key=key, ConsistentRead=True).get("Item")
        return Lease.from_item(item).expires_at if item else now

    def release(self, path: ImagePath, owner: str) -> None:
        """Give the photo back; a lease that has passed to another worker stays."""
        try:
            self.client.delete_item(
                TableName=self.table,
                Key={"image_path": str(path)},
                ConditionExpression="#owner = :owner",
                ExpressionAttributeNames={"#owner": "owner"},
                ExpressionAttributeValues={":owner": owner},
            )
        except ClientError as error:
            if not is_condition_failed(error):
                raise
