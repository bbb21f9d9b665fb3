"""Takes rows that not everybody may read out of the table that everybody can."""

from collections.abc import Iterable

from functions.keys import parse_image_path
from functions.photo_reader import key_of, set_key
from functions.photo_tables import SetMovingError
from functions.transactions import MAX_ATTEMPTS, Write, transact
from scripts.common.stack import Stack


def hide_rows(stack: Stack, names: Iterable[str]) -> int:
    """Move rows of photos (``<set>/<file>``) and of sets from ``pics`` to ``private_pics``; returns how many it were.

    Looks at each once more: those that everybody may see by now stay. A row that is in both tables is only deleted.
    """
    return sum(_hide(stack, name) for name in sorted(names))


def _hide(stack: Stack, name: str) -> bool:
    set_name, slash, _ = name.partition("/")
    key = key_of(parse_image_path(name)) if slash else set_key(set_name)
    tables = stack.photos.tables
    for attempt in range(MAX_ATTEMPTS):
        try:
            tables.refresh()
            place = tables.settle(set_name)
        except SetMovingError:
            return False  # the move takes it along
        row = stack.dynamodb.get_item(TableName=tables.public, Key=key, ConsistentRead=True).get("Item")
        if place.table == tables.public or row is None:
            return False
        there = stack.dynamodb.get_item(TableName=place.table, Key=key, ConsistentRead=True).get("Item")
        known = {"ConditionExpression": "attribute_exists(sortkey)"}
        writes: list[Write] = [{"Delete": {"TableName": tables.public, "Key": key, **known}}, *place.checks_of_new]
        if not there:
            new = {"ConditionExpression": "attribute_not_exists(sortkey)"}
            writes.append({"Put": {"TableName": place.table, "Item": row, **new}})
        if transact(stack.dynamodb, writes, attempt):
            return True
    return False
