"""Visitors' private addresses as the owner sees them: how many there are, and closing them."""

import time
from collections.abc import Iterable

from functions.access.access_rows import PostedAddress
from functions.people_queue import PeopleQueue
from functions.posted_table import PostedTable, feed_key, photos_key
from scripts.common.bucket import delete_objects
from scripts.common.stack import Stack


def list_addresses(stack: Stack) -> list[PostedAddress]:
    """The open ones, oldest first."""
    return _table(stack).list_open()


def close_addresses(stack: Stack, addresses: Iterable[PostedAddress]) -> None:
    """Delete addresses with all that they show; a round that has begun may show them until the next one."""
    ids = [row.id for row in addresses]
    table = _table(stack)
    for address in ids:
        table.close(address)
    keys = [key for address in ids for key in (photos_key(address), feed_key(address))]
    delete_objects(stack.s3, stack.outputs.site_bucket, keys)
    PeopleQueue(stack.sqs, stack.outputs.people_queue).go_on()


def _table(stack: Stack) -> PostedTable:
    return PostedTable(stack.dynamodb, stack.outputs.access_table, time.time)
