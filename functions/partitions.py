"""Reading a whole partition of a small table: one whose rows are few enough to be read at once."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


def read_partition(
    client: "DynamoDBClient", table: str, key: str, value: str, *, consistent: bool = True
) -> Iterator[Mapping[str, Any]]:
    """The items whose partition key, named ``key``, has this value, by their sort key: page by page.

    ``client`` is the client of a boto3 DynamoDB *resource*. Reads that aren't consistent cost half, and may miss what
    was written within the last second. Raises whatever AWS raises.
    """
    pages = client.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression="#key = :value",
        ExpressionAttributeNames={"#key": key},
        ExpressionAttributeValues={":value": value},
        ConsistentRead=consistent,
    )
    for page in pages:
        yield from page["Items"]
