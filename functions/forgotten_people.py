"""Forgotten people: the site keeps a reference face of each, so that it can tell who not to index again.

A reference face is in the album's collection under an external image id that no photo has. No search reveals it.
The cost: one SearchFaces for each reference face with each photo that is indexed.

They have a table of their own, which no visitor's role can name. The first release kept them in a partition of table
`matches`; its rows count until `kinpics deploy` or `kinpics reconcile` has moved them
(scripts/deployment/migration.py).
"""

import functools
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.keys import FORGOTTEN_PREFIX
from functions.partitions import read_partition
from functions.photo_texts import same_name
from functions.visitor_rows import FORGOTTEN, Forgotten

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

# Row in the partition of forgotten people that says the first release's rows have been moved there.
MOVED = "moved"


def name_digest(person: str, name: str) -> str:
    """What is kept of a forgotten person's name: enough to know it again, and not to tell it."""
    return hashlib.sha256(f"{person} {same_name(name)}".encode()).hexdigest()


def is_forgotten(name: str, rows: Iterable[Forgotten]) -> bool:
    """Whether this is the name of one of these people."""
    return any(name_digest(row.person, name) in row.names for row in rows if row.names)


def tell_names(rows: Sequence[Forgotten]) -> Callable[[str], bool]:
    """Tells whether a name is one of these people's, for many names."""
    return functools.cache(lambda name: is_forgotten(name, rows))


def is_reference(face: Mapping[str, Any]) -> bool:
    """Whether a face in the collection is a forgotten person's reference face; visitors are never shown those."""
    return str(face.get("ExternalImageId", "")).startswith(FORGOTTEN_PREFIX)


@dataclass(frozen=True)
class ForgottenPeople:
    """Forgotten people, in ``table`` and, until they are moved, in ``first_table`` (the first release's).

    ``client`` is the client of a boto3 DynamoDB *resource*.
    """

    client: "DynamoDBClient"
    table: str
    # None where only names are asked for: the first release kept none.
    first_table: str | None = None

    def list_references(self) -> list[str]:
        """Ids of the faces that they are known by."""
        return [entry.id for entry in self.list_rows()]

    def list_rows(self) -> list[Forgotten]:
        """All forgotten people, a row for each reference face."""
        rows = {row["id"]: row for row in self._read(self.table, "kind")}
        if rows.pop(MOVED, None) is None:
            rows |= {row.id: row.to_item() for row in self.list_first_rows()}
        return [Forgotten.from_item(row) for row in rows.values()]

    def list_named(self) -> list[Forgotten]:
        """The forgotten people whose names are known."""
        return [Forgotten.from_item(row) for row in self._read(self.table, "kind") if row.get("names")]

    def list_first_rows(self) -> list[Forgotten]:
        """The rows in the first release's table, in today's shape."""
        rows = self._read(self.first_table, "identity_id") if self.first_table else []
        return [Forgotten(id=row["kind"], person=row["person"], made_at=row["made_at"]) for row in rows]

    def _read(self, table: str, key: str) -> Iterator[Mapping[str, Any]]:
        return read_partition(self.client, table, key, FORGOTTEN)
