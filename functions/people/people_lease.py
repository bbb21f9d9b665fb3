"""One round at a time: a lease in table ``leases``, under a key that no photo has."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from functions.aws_errors import is_condition_failed
from functions.errors import KinpicsError
from functions.lease_rows import give_back

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

# A photo's has a slash.
_NAME = "people"
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
            give_back(self.client, self.name, _NAME, owner)

    def _take(self, owner: str, seconds: float) -> bool:
        now = self.clock()
        try:
            self.client.update_item(
                TableName=self.name,
                Key={"image_path": _NAME},
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
