"""Visitors' private addresses, at which the site shows somebody's photos, new ones too: rows of table `access`.

A visitor's browser makes the secret of an address. Its row has only the secret's digest, by which the address's files
in the site bucket are called: whoever knows these files' addresses can read them, and only who knows the secret can end
them. No visitor reads or writes the table; the removal function writes these rows for them, the people function reads
them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from functions.access.access_rows import KEEP_POSTED_DAYS, POSTED, PostedAddress
from functions.access.passes import link_id
from functions.aws_errors import is_condition_failed
from functions.partitions import read_partition

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

KEPT_SECONDS = KEEP_POSTED_DAYS * 86_400
FOLDER = "posted/"
_SECRET = re.compile(r"[A-Za-z0-9_-]{22}")
_FILES = re.compile(rf"{FOLDER}[0-9a-f]{{32}}/(?:photos\.json|feed\.xml)")


def is_secret(text: str) -> bool:
    """Whether a text could be the secret of an address: 128 bits, as base64url writes them."""
    return bool(_SECRET.fullmatch(text))


def address_id(secret: str) -> str:
    """The id of an address, by its secret; site/js/posted/address.js makes the same."""
    return link_id(secret)


def photos_key(address: str) -> str:
    """Key in the site bucket of the photos that an address shows."""
    return f"{FOLDER}{address}/photos.json"


def feed_key(address: str) -> str:
    """Key there of its feed."""
    return f"{FOLDER}{address}/feed.xml"


def is_posted_file(key: str) -> bool:
    """Whether a key of the site bucket is that of a file of an address."""
    return bool(_FILES.fullmatch(key))


@dataclass(frozen=True)
class PostedTable:
    """The addresses in table ``name``. ``client`` is the client of a boto3 DynamoDB *resource*.

    ``clock`` gives seconds since 1970. Methods raise whatever AWS raises.
    """

    client: "DynamoDBClient"
    name: str
    clock: Callable[[], float]

    def list_open(self) -> list[PostedAddress]:
        """All of them, the oldest first."""
        found = map(PostedAddress.from_item, read_partition(self.client, self.name, "kind", POSTED))
        # DynamoDB may take days to remove expired rows.
        there = [row for row in found if row.expires_at > self.clock()]
        return sorted(there, key=lambda row: (row.made_at, row.id))

    def count(self) -> int:
        """About how many rows the table has, most of them addresses: what DynamoDB counted in the last six hours."""
        return self.client.describe_table(TableName=self.name)["Table"].get("ItemCount", 0)

    def is_open(self, address: str) -> bool:
        """Whether there is such an address."""
        item = self.client.get_item(TableName=self.name, Key=_key(address), ConsistentRead=True).get("Item")
        return item is not None and PostedAddress.from_item(item).expires_at > self.clock()

    def put(self, row: PostedAddress) -> None:
        """Keep a new address."""
        self.client.put_item(TableName=self.name, Item=row.to_item())

    def extend(self, address: str) -> bool:
        """Keep an address for as long as a new one; False if it is closed."""
        try:
            self.client.update_item(
                TableName=self.name,
                Key=_key(address),
                UpdateExpression="SET expires_at = :later",
                ConditionExpression="expires_at > :now",
                ExpressionAttributeValues={":later": int(self.clock()) + KEPT_SECONDS, ":now": int(self.clock())},
            )
        except ClientError as error:
            if not is_condition_failed(error):
                raise
            return False
        return True

    def close(self, address: str) -> bool:
        """Forget an address; False if it was closed already."""
        gone = self.client.delete_item(TableName=self.name, Key=_key(address), ReturnValues="ALL_OLD")
        return bool(gone.get("Attributes"))


def _key(address: str) -> dict[str, str]:
    return {"kind": POSTED, "id": address}
