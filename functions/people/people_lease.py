"""One round at a time: a lease in table ``leases``, under a key that no photo has."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from functions.aws_errors import is_condition_failed
from functions.errors import KinpicsError

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

# A photo's has a slash.
_KEY = {"image_path": "people"}
_LOOK_AGAIN_SECONDS = 0.2


class RoundTakenError(KinpicsError):
    """Another round is at work."""


@dataclass(frozen=True)
class PeopleLease:
    """The lease, in the table ``name``. ``client`` is the client of a boto3 DynamoDB *resource*.

    ``clock`` gives seconds since 1970.
    """

    client: "DynamoDBClient"
    name: str
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep

    @contextmanager
    def held(self, owner: str, seconds: float, patience: float) -> Iterator[None]:
        """Hold the lease for ``seconds`` at most, by which its ``owner`` must have ended.

        Waits for another round for ``patience`` seconds, then raises ``RoundTakenError``.
        """
        deadline = self.clock() + patience
        while not self._take(owner, seconds):
            if self.clock() > deadline:
                raise RoundTakenError("people are being recognised right now: try again in a moment")
            self.sleep(_LOOK_AGAIN_SECONDS)
        try:
            yield
        finally:
            self._give_back(owner)

    def _take(self, owner: str, seconds: float) -> bool:
        now = self.clock()
        try:
            self.client.update_item(
                TableName=self.name,
                Key=_KEY,
                UpdateExpression="SET #owner = :owner, expires_at = :end",
                ConditionExpression="attribute_not_exists(image_path) OR expires_at < :now",
                ExpressionAttributeNames={"#owner": "owner"},
                ExpressionAttributeValues={":now": int(now), ":owner": owner, ":end": int(now + seconds) + 1},
            )
        except ClientError as error:
            if not is_condition_failed(error):
                raise
            return False
        return True

    def _give_back(self, owner: str) -> None:
        """Let the next round begin; a lease that has passed to another stays."""
        try:
            self.client.delete_item(
                TableName=self.name,
                Key=_KEY,
                ConditionExpression="#owner = :owner",
                ExpressionAttributeNames={"#owner": "owner"},
                ExpressionAttributeValues={":owner": owner},
            )
        except ClientError as error:
            if not is_condition_failed(error):
                raise
