"""Table ``access``: the truth about who may see the album. Visitors can't read it.

The edge's key-value store is made from it (`edge_entries`), and every function that visitors call asks it.
"""

import base64
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import ClientError

from functions.access.access_rows import ACCESS_KINDS, AudienceRow, KeyRow, LimitsRow, LinkRow, MemberRow
from functions.access.audiences import ALBUM, PUBLIC, Access
from functions.access.passes import LinkSubject, Subject, link_id, new_secret
from functions.aws_errors import is_condition_failed
from functions.batch_get import PATIENCE_SECONDS, batch_get
from functions.partitions import read_partition
from functions.table_rows import Row
from functions.transactions import Write, is_unchanged

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_AUDIENCE, _LINK, _MEMBER, _KEY = "audience", "link", "member", "key"
# What of a member's row is changed by others than who invites.
_OF_MEMBER = ("may_add", "is_owner", "owner_since", "since")
_KEY_BYTES = 32
_KEY_ID_BYTES = 4

_Kind = TypeVar("_Kind", bound=Row)


@dataclass(frozen=True)
class AccessTable:
    """Reads and writes the table ``name``. ``client`` is the client of a boto3 DynamoDB *resource*.

    Every method raises whatever AWS raises. Reads are consistent: who was let out is out.
    """

    client: "DynamoDBClient"
    name: str
    patience: float = PATIENCE_SECONDS

    def read_access(self, *, consistent: bool = True) -> Access:
        """Everybody's audiences: one Query."""
        return access_of(self._list(_AUDIENCE, AudienceRow, consistent=consistent))

    def get_audience(self, set_name: str) -> AudienceRow | None:
        """The row of a set, or of the album (``ALBUM``)."""
        item = self.client.get_item(TableName=self.name, Key=audience_key(set_name), ConsistentRead=True).get("Item")
        return AudienceRow.from_item(item) if item else None

    def read_keys(self) -> dict[str, bytes]:
        """The keys that passes are made with, by id."""
        return {row.id: row.key for row in self._list(_KEY, KeyRow)}

    def read_all(self) -> list[Row]:
        """All rows that the edge has to know of."""
        return [row for kind, shape in ACCESS_KINDS.items() for row in self._list(kind, shape)]

    def list_links(self) -> list[LinkRow]:
        return list(self._list(_LINK, LinkRow))

    def list_members(self) -> list[MemberRow]:
        return list(self._list(_MEMBER, MemberRow))

    def get_member(self, member_id: str) -> MemberRow | None:
        item = self.client.get_item(TableName=self.name, Key=_key(_MEMBER, member_id), ConsistentRead=True).get("Item")
        return MemberRow.from_item(item) if item else None

    def find_subjects(self, subjects: Iterable[Subject]) -> list[LinkRow | MemberRow]:
        """The rows of those links and members that are still there."""
        kinds = {subject.id: _LINK if isinstance(subject, LinkSubject) else _MEMBER for subject in subjects}
        keys = [_key(kind, subject_id) for subject_id, kind in kinds.items()]
        items = batch_get(self.client, self.name, keys, patience=self.patience, ConsistentRead=True)
        return [(LinkRow if item["kind"] == _LINK else MemberRow).from_item(item) for item in items]

    def newest_key(self) -> KeyRow | None:
        """The key that new passes are made with."""
        return max(self._list(_KEY, KeyRow), key=lambda row: row.made_at or "", default=None)

    def ensure_key(self, now: str) -> KeyRow:
        """The key that new passes are made with; the first one is made here. ``now`` is ISO 8601."""
        if key := self.newest_key():
            return key
        secret = base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()
        self._put(KeyRow(id=secrets.token_hex(_KEY_ID_BYTES), secret=secret, made_at=now))
        return self.newest_key() or self.ensure_key(now)

    def put_audience(self, set_name: str, audience: str | None, *, moving: str | None = None) -> None:
        """Give a set, or the album, its audience. A set of None inherits the album's, and needs a row while it moves.

        ``moving`` says which table its rows still come from: "public" or "private".
        """
        if audience is None and moving is None:
            self.client.delete_item(TableName=self.name, Key=_key(_AUDIENCE, set_name))
        else:
            self._put(AudienceRow(id=set_name, audience=audience, moving=moving))

    def note_configured(self, audience: str) -> None:
        """Note what the album's audience was deployed as."""
        self.client.update_item(
            TableName=self.name,
            Key=audience_key(ALBUM),
            UpdateExpression="SET configured = :audience",
            ExpressionAttributeValues={":audience": audience},
        )

    def add_link(self, opens: str, now: str) -> str:
        """Make a link to a set, or to the album (``ALBUM``), and give its secret. ``now`` is ISO 8601."""
        self.ensure_key(now)
        secret = new_secret()
        self._put(LinkRow(id=link_id(secret), opens=opens, secret=secret, made_at=now))
        return secret

    def remove_link(self, link: str) -> None:
        """Make a link, by its id, lead nowhere any more; whoever came by it is out."""
        self.client.delete_item(TableName=self.name, Key=_key(_LINK, link))

    def put_member(self, member: MemberRow) -> None:
        """Invite a member, whatever is known of them."""
        self.ensure_key(member.invited_at or "")
        self._put(member)

    def member_write(self, member: MemberRow, known: MemberRow | None) -> Write:
        """The write that invites a member, or changes what they may see; it holds only if their row is still as it was
        ``known``: what was signed out or removed meanwhile stays so.
        """
        condition = is_unchanged(known, *_OF_MEMBER) if known else {"ConditionExpression": "attribute_not_exists(id)"}
        return {"Put": {"TableName": self.name, "Item": member.to_item(), **condition}}

    def limited_sets(self) -> tuple[frozenset[str], ...]:
        """The sets that members may see who don't see all, for each of them."""
        members = self._list(_MEMBER, MemberRow)
        return tuple(frozenset(member.sets) for member in members if member.sets is not None and not member.is_owner)

    def get_limits(self) -> LimitsRow:
        """The row that goes with `limiting`."""
        key = _key("limits", ALBUM)
        item = self.client.get_item(TableName=self.name, Key=key, ConsistentRead=True).get("Item")
        return LimitsRow.from_item(item) if item else LimitsRow()

    def limiting(self, seen: LimitsRow) -> Write:
        """The write that holds only if nobody has limited a member, or shown a photo elsewhere, since ``seen``."""
        condition = (
            is_unchanged(seen, "version") if seen.source else {"ConditionExpression": "attribute_not_exists(id)"}
        )
        item = LimitsRow(version=seen.version + 1).to_item()
        return {"Put": {"TableName": self.name, "Item": item, **condition}}

    def sign_out_everywhere(self, member_id: str, now: int) -> bool:
        """End all passes of a member, also those of this very second; ``now`` is seconds since 1970. False if they are
        no member any more. Nothing else of their row is written, so whoever changes it meanwhile loses nothing.
        """
        newer = self._raise_since(member_id, "SET since = :by", "(attribute_not_exists(since) OR since < :by)", now)
        return newer or self._raise_since(member_id, "ADD since :by", "attribute_exists(since)", 1)

    def _raise_since(self, member_id: str, update: str, condition: str, by: int) -> bool:
        try:
            self.client.update_item(
                TableName=self.name,
                Key=_key(_MEMBER, member_id),
                UpdateExpression=update,
                ConditionExpression=f"attribute_exists(id) AND {condition}",
                ExpressionAttributeValues={":by": by},
            )
        except ClientError as error:
            if not is_condition_failed(error):
                raise
            return False
        return True

    def remove_member(self, member_id: str) -> None:
        """Let a member in no more; their passes end at once."""
        self.client.delete_item(TableName=self.name, Key=_key(_MEMBER, member_id))

    def _list(self, kind: str, shape: type[_Kind], *, consistent: bool = True) -> Iterator[_Kind]:
        return map(shape.from_item, read_partition(self.client, self.name, "kind", kind, consistent=consistent))

    def _put(self, row: Row) -> None:
        self.client.put_item(TableName=self.name, Item=row.to_item())


def access_of(rows: Iterable[AudienceRow]) -> Access:
    """Audiences as their rows say them; a row that says nothing readable counts as the narrowest."""
    album, sets, moving = PUBLIC, {}, {}
    for row in rows:
        if row.moving:
            moving[row.id] = row.moving
        if row.id == ALBUM:
            album = row.known_audience or PUBLIC
        elif audience := row.known_audience:
            sets[row.id] = audience
    return Access(album, sets, moving)


def audience_key(set_name: str) -> dict[str, str]:
    """The key of a set's row, or of the album's (``ALBUM``)."""
    return _key(_AUDIENCE, set_name)


def _key(kind: str, row_id: str) -> dict[str, str]:
    return {"kind": kind, "id": row_id}
