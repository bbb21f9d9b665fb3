"""CloudFront's key-value store, which the gate reads: made equal to what it should hold."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from functions.access.edge_entries import MAX_KEY_BYTES, MAX_VALUE_BYTES
from functions.aws_errors import code_of

# One call takes 50 changes and 3 MB; fifty entries are far smaller.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-keyvaluestores
_MAX_CHANGES = 50
_TRIES = 5
_SETS = "set:"
_ALBUM = "album"


@dataclass(frozen=True)
class Change:
    """An entry to write, or to delete if it has no value."""

    key: str
    value: str | None


@dataclass(frozen=True)
class EntryStore:
    """The store ``arn``. ``client`` is boto3's for ``cloudfront-keyvaluestore``."""

    client: Any
    arn: str

    def count_wrong(self, wanted: Mapping[str, str]) -> int:
        """How many entries differ from these, are missing, or are too many. Raises ``ClientError``."""
        return len(plan_changes(self._there(), wanted))

    def make_equal(self, wanted: Mapping[str, str]) -> int:
        """Make the store hold these entries and no others; returns how many it changed.

        If somebody else writes at the same time, it begins again with what is there then. Raises ``ClientError``.
        """
        for left in reversed(range(_TRIES)):
            try:
                return self._try(wanted)
            except ClientError as error:
                if code_of(error) != "ConflictException" or not left:
                    raise
        raise AssertionError("the last try returns or raises")

    def _try(self, wanted: Mapping[str, str]) -> int:
        # Asked for first: had somebody written since, the update would be refused.
        etag = self.client.describe_key_value_store(KvsARN=self.arn)["ETag"]
        changes = plan_changes(self._there(), wanted)
        for batch in _batches(changes):
            puts = [{"Key": change.key, "Value": change.value} for change in batch if change.value is not None]
            deletes = [{"Key": change.key} for change in batch if change.value is None]
            answer = self.client.update_keys(KvsARN=self.arn, IfMatch=etag, Puts=puts, Deletes=deletes)
            etag = answer["ETag"]
        return len(changes)

    def _there(self) -> dict[str, str]:
        pages = self.client.get_paginator("list_keys").paginate(KvsARN=self.arn)
        return {item["Key"]: item["Value"] for page in pages for item in page.get("Items", [])}


def plan_changes(there: Mapping[str, str], wanted: Mapping[str, str]) -> list[Change]:
    """What to change, in an order that lets nobody in meanwhile who may in neither before nor after.

    Each call takes effect as a whole, but there may be several. So what ends somebody's access goes first, then what
    differs from the album, then the album; only then what lets somebody in, and sets that differ no longer.
    """
    changes = [Change(key, None) for key in there if key not in wanted]
    changes += [Change(key, value) for key, value in wanted.items() if there.get(key) != value]
    return sorted(changes, key=lambda change: (_rank(change), change.key))


def _rank(change: Change) -> int:
    is_set = change.key.startswith(_SETS)
    if change.value is None:
        return 4 if is_set else 0
    return 1 if is_set else 2 if change.key == _ALBUM else 3


def fitting(entries: Mapping[str, str]) -> dict[str, str]:
    """The entries that the store takes. The others open nothing while they are missing, and don't hold up the rest."""
    return {
        key: value
        for key, value in entries.items()
        if len(key.encode()) <= MAX_KEY_BYTES and len(value.encode()) <= MAX_VALUE_BYTES
    }


def _batches(changes: list[Change]) -> Iterator[tuple[Change, ...]]:
    left = iter(changes)
    while batch := tuple(itertools.islice(left, _MAX_CHANGES)):
        yield batch
