"""Rows of table ``leases``: what all who take turns do alike, be it at a photo or at people."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from functions.aws_errors import is_condition_failed

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


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
