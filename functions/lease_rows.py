"""Rows of table ``leases``, and what all who take turns do alike, be it at a photo or at people."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from functions.aws_errors import is_condition_failed
from functions.table_rows import Row, described

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, kw_only=True)
class Lease(Row):
    """One worker's turn on a photo. If it is still there when its own owner comes back, or after it has expired, a
    worker died.
    """

    image_path: str = described("The photo, `<set>/<file>`; `people` for a round of the people function.")
    owner: str = described("Id of the queue message that the worker was given, or of the people function's call.")
    expires_at: int = described("The latest that the turn can end (seconds since 1970).")
    versions: set[str] | None = described(
        "ETags of the originals that this worker, and those before it that died, may have indexed; `none` for one that "
        "found no original, `before` once the row of an earlier version was about to be replaced. A "
        "worker of an earlier release left none.",
        default=None,
    )
    listed: str | None = described(
        "How far the collection has been searched for faces of a version that is gone: Rekognition's token.",
        default=None,
    )


def give_back(client: "DynamoDBClient", table: str, name: str, owner: str) -> None:
    """Let the next one have the lease ``name``; one that has passed to another owner stays."""
    try:
        client.delete_item(
            TableName=table,
            Key={"image_path": name},
            ConditionExpression="#owner = :owner",
            ExpressionAttributeNames={"#owner": "owner"},
            ExpressionAttributeValues={":owner": owner},
        )
    except ClientError as error:
        if not is_condition_failed(error):
            raise
