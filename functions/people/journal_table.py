"""Table ``decisions``: the journal of what the owner decided, which only grows.

What an event says, `decisions` knows; here it is a line of JSON under a key that sorts. An event is written once: the
same id again is refused, so that two owners at once lose nothing. Only forgetting a person takes events out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from functions.aws_errors import is_condition_failed
from functions.errors import KinpicsError
from functions.partitions import read_partition
from functions.table_rows import Row, described

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_JOURNAL = "people"


@dataclass(frozen=True, kw_only=True)
class Decision(Row):
    """Something that the owner decided about people, once and for all: another decision may undo it."""

    journal: str = described("Always `people`.", default="people")
    id: str = described("The event's ULID: ids sort by time.")
    event: str = described("The event, as a line of JSON (`functions/people/decisions.py`).")
    at: str | None = described("When it was decided (ISO 8601, UTC), as in the event.", default=None)
    by: str | None = described("Who decided it, as in the event.", default=None)
    kind: str | None = described("What kind of decision it is, as in the event.", default=None)


class EventTakenError(KinpicsError):
    """The journal has an event with this id already."""


@dataclass(frozen=True)
class JournalTable:
    """The journal, in the table ``name``. ``client`` is the client of a boto3 DynamoDB *resource*."""

    client: "DynamoDBClient"
    name: str

    def append(self, decision: Decision) -> None:
        """Add an event. Raises ``EventTakenError`` if there is one with its id, whatever it says."""
        try:
            self.client.put_item(
                TableName=self.name, Item=decision.to_item(), ConditionExpression="attribute_not_exists(id)"
            )
        except ClientError as error:
            if not is_condition_failed(error):
                raise
            raise EventTakenError(f"the journal has an event {decision.id} already") from None

    def read(self) -> Iterator[Decision]:
        """All events, oldest first."""
        return map(Decision.from_item, read_partition(self.client, self.name, "journal", _JOURNAL))

    def rewrite(self, decision: Decision) -> None:
        """Write over an event that there is, without what it said of a person who is forgotten now."""
        self.client.put_item(TableName=self.name, Item=decision.to_item(), ConditionExpression="attribute_exists(id)")

    def forget(self, ids: Iterable[str]) -> None:
        """Take events out for good: those of a person who is forgotten."""
        for event_id in ids:
            self.client.delete_item(TableName=self.name, Key={"journal": _JOURNAL, "id": event_id})
