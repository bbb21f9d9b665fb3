"""People who asked to be forgotten: the album keeps one face of each apart, to know whom not to index again.

Such a face is in the album's collection under an external image id that no pic has, so that searches find it but no
photo through it. What it costs: one SearchFaces for each of these faces with each photo that is indexed.
"""

from dataclasses import dataclass
from typing import Any

# Partition of table `matches` that no visitor's identity is called by.
FORGOTTEN = "forgotten"
# Percent from which a face counts as that of somebody forgotten; docs/rekognition.md has the figures.
SIMILARITY = 90.0


@dataclass(frozen=True)
class ForgottenPeople:
    """Those in a table. ``client`` is the client of a boto3 DynamoDB *resource*."""

    client: Any
    table: str

    def references(self) -> list[str]:
        """Ids of the faces that they are known by."""
        return [row["kind"] for row in self.rows()]

    def rows(self) -> list[dict]:
        """Items of shape ``Forgotten``."""
        items: list[dict] = []
        arguments: dict[str, Any] = {
            "TableName": self.table,
            "KeyConditionExpression": "identity_id = :forgotten",
            "ExpressionAttributeValues": {":forgotten": FORGOTTEN},
        }
        while True:
            page = self.client.query(**arguments)
            items += page["Items"]
            if "LastEvaluatedKey" not in page:
                return items
            arguments["ExclusiveStartKey"] = page["LastEvaluatedKey"]
