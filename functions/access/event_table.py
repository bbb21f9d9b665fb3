"""Events, in table ``access``: sets that guests may add to who have the event's secret."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.access.access_rows import EventRow
from functions.access.passes import link_id
from functions.partitions import read_partition

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_EVENT = "event"


def event_id(secret: str) -> str:
    """By which an event's secret is looked up: it tells nothing of the secret."""
    return link_id(secret)


@dataclass(frozen=True)
class EventTable:
    """Reads and writes the events in the table ``name``. ``client`` is the client of a boto3 DynamoDB *resource*.

    Every method raises whatever AWS raises. Reads are consistent: what was closed is closed.
    """

    client: "DynamoDBClient"
    name: str

    def get_event(self, event: str) -> EventRow | None:
        """An event by its id."""
        found = self.client.get_item(TableName=self.name, Key={"kind": _EVENT, "id": event}, ConsistentRead=True)
        return EventRow.from_item(found["Item"]) if "Item" in found else None

    def list_events(self) -> Iterator[EventRow]:
        """All events, open or closed."""
        return map(EventRow.from_item, read_partition(self.client, self.name, "kind", _EVENT))

    def put_event(self, event: EventRow) -> None:
        """Make an event, or change it."""
        self.client.put_item(TableName=self.name, Item=event.to_item())

    def replace_event(self, old: str, event: EventRow) -> None:
        """Put an event in the place of the one with the id ``old``: both at once, or neither."""
        self.client.transact_write_items(
            TransactItems=[
                {"Put": {"TableName": self.name, "Item": event.to_item()}},
                {"Delete": {"TableName": self.name, "Key": {"kind": _EVENT, "id": old}}},
            ]
        )

    def remove_event(self, event: str) -> None:
        """End an event by its id: its secret opens nothing any more."""
        self.client.delete_item(TableName=self.name, Key={"kind": _EVENT, "id": event})
