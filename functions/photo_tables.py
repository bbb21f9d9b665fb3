"""Which table a set's rows lie in: ``pics`` if everybody may see the set, else ``private_pics``.

Table ``access`` says so. What it says is kept for `KEEP_SECONDS`; whoever moves a set's rows waits longer than that
between saying so and the first row (`functions/access/moving.py`), so a reader knows of a move before it begins. While
rows are on their way, readers look in both tables: first where they come from, then where they go. Writers don't rely
on what they know: each of their transactions checks that the rows still lie where it writes them.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from functions.access.access_table import AccessTable, audience_key
from functions.access.audiences import ALBUM, PUBLIC, Access
from functions.errors import KinpicsError
from functions.transactions import Write

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

# How old, in seconds, what a reader knows of table `access` may be.
KEEP_SECONDS = 5.0

# A set's own row, or the album's, says that rows lie in one of the tables and stay there.
_STAYS = "attribute_not_exists(moving) AND "
_IS_PUBLIC = _STAYS + "audience = :public"
_IS_PRIVATE = _STAYS + "attribute_exists(audience) AND audience <> :public"
# An album without a row is public.
_ALBUM_IS_PUBLIC = _STAYS + "(attribute_not_exists(audience) OR audience = :public)"


class SetMovingError(KinpicsError):
    """A set's rows are on their way from one table to the other: nothing of it can be written until they are there."""

    def __init__(self, set_name: str):
        super().__init__(
            f"who may see {set_name} is being changed, so nothing in it can change right now: try again in a minute; "
            "if it was stopped halfway, `kinpics reconcile` finishes it"
        )


@dataclass(frozen=True)
class SettledPlace:
    """The table that a set's rows lie in, and the checks that they still do.

    ``checks`` are enough for a transaction that also needs a photo's row to be in ``table``. Where a set may be new,
    only the album's audience may say where it belongs, and ``checks_of_new`` check that as well. One that needs the
    set's own row to be there needs none: each check is paid for, and transactions that check the same row get in each
    other's way.
    """

    table: str
    checks: list[Write]
    checks_of_new: list[Write]


@dataclass
class PhotoTables:
    """The tables ``public`` and ``private``, and what is known of table ``access``. ``clock`` gives seconds."""

    access_table: AccessTable
    public: str
    private: str
    clock: Callable[[], float] = time.time
    _access: Access | None = None
    _read_at: float = 0.0
    # The sets, each with its table, that have been found to have a row of their own.
    seen: set[tuple[str, str]] = field(default_factory=set)

    @property
    def client(self) -> "DynamoDBClient":
        """The client of a boto3 DynamoDB *resource* that all of these tables are read with."""
        return self.access_table.client

    def access(self) -> Access:
        """Who may see what; at most `KEEP_SECONDS` old."""
        if self._access is None or not 0 <= self.clock() - self._read_at < KEEP_SECONDS:
            # For half the units: what was written within the last second may be missing.
            self._read(consistent=False)
        return self._access or self.refresh()

    def refresh(self) -> Access:
        """Who may see what, read now."""
        return self._read(consistent=True)

    def holding(self, set_name: str) -> tuple[str, ...]:
        """The table that a set's rows lie in; while they move, both, first the one that they come from."""
        return self._holding(set_name, self.access())

    def holding_any(self) -> tuple[str, ...]:
        """The tables that may hold rows of any set: one if everything is public."""
        access = self.access()
        return (self.public, self.private) if access.has_private or access.moving else (self.public,)

    def settle(self, set_name: str) -> SettledPlace:
        """Where to write a set's rows. Raises ``SetMovingError``."""
        access = self.access()
        if access.is_moving(set_name):
            access = self.refresh()
        if access.is_moving(set_name):
            raise SetMovingError(set_name)
        (table,) = self._holding(set_name, access)
        is_public = table == self.public
        if set_name in access.sets:
            own = self._check(set_name, _IS_PUBLIC if is_public else _IS_PRIVATE)
            return SettledPlace(table, [own], [own])
        inherits = self._check(set_name, "attribute_not_exists(id)")
        del inherits["ConditionCheck"]["ExpressionAttributeValues"]
        album = self._check(ALBUM, _ALBUM_IS_PUBLIC if is_public else _IS_PRIVATE)
        return SettledPlace(table, [inherits], [inherits, album])

    def check_audience(self, set_name: str, audience: str) -> Write:
        """The check that a set has an audience of its own, and that its rows lie still."""
        check = self._check(set_name, _STAYS + "audience = :own")
        check["ConditionCheck"]["ExpressionAttributeValues"] = {":own": audience}
        return check

    def note_failed(self, write: Write) -> None:
        """Read table ``access`` again before anything else, where a transaction's check of it has failed."""
        if write.get("ConditionCheck", {}).get("TableName") == self.access_table.name:
            self.refresh()

    def _holding(self, set_name: str, access: Access) -> tuple[str, ...]:
        there = self.private if access.is_private(set_name) else self.public
        if not access.is_moving(set_name):
            return (there,)
        source = self.public if access.comes_from(set_name) == PUBLIC else self.private
        return (source, self.private if source == self.public else self.public)

    def _read(self, *, consistent: bool) -> Access:
        # Taken before the read: what is read is no older.
        self._read_at = self.clock()
        self._access = self.access_table.read_access(consistent=consistent)
        return self._access

    def _check(self, set_name: str, condition: str) -> Write:
        return {
            "ConditionCheck": {
                "TableName": self.access_table.name,
                "Key": audience_key(set_name),
                "ConditionExpression": condition,
                "ExpressionAttributeValues": {":public": PUBLIC},
            }
        }


def photo_tables(
    client: "DynamoDBClient", environment: Mapping[str, str], clock: Callable[[], float] = time.time
) -> PhotoTables:
    """The tables that a function's environment names. ``clock`` gives seconds."""
    access_table = AccessTable(client, environment["ACCESS_TABLE"])
    return PhotoTables(access_table, environment["PICS_TABLE"], environment["PRIVATE_PICS_TABLE"], clock)
