"""DynamoDB answers the same whether its items are in ministack's dictionaries or in the journal."""

import asyncio
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.embedded.items import ItemStore
from local.journal import Journal, decode_key

REPLACED = (
    "_set_item",
    "_remove_item",
    "_items_replaced",
    "_update_counts",
    "_query",
    "_scan",
    "_index_members",
    "_index_order_keys",
    "_paginate_evaluated_items",
)
# Names with every kind of character that a key may have; their order is that of their code points.
NAMES = ["a", "a b", "a\x01", "a!", 'a"', "ab", "b", "photo/1", "ä", "€", "\U0001f600", "~", "z\x02\x01", "Z"]
DEFINITIONS = {
    "pics": {
        "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}, {"AttributeName": "s", "KeyType": "RANGE"}],
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in "psgh"],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "grid",
                "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}, {"AttributeName": "g", "KeyType": "RANGE"}],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["n"]},
            },
            {
                "IndexName": "hashed",
                "KeySchema": [{"AttributeName": "h", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            },
        ],
    },
    "single": {
        "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"}],
    },
    "numbers": {
        "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}, {"AttributeName": "s", "KeyType": "RANGE"}],
        "AttributeDefinitions": [
            {"AttributeName": "p", "AttributeType": "S"},
            {"AttributeName": "s", "AttributeType": "N"},
            {"AttributeName": "g", "AttributeType": "S"},
        ],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "grid",
                "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}, {"AttributeName": "s", "KeyType": "RANGE"}],
                "Projection": {"ProjectionType": "ALL"},
            },
        ],
    },
}


class Requests:
    """The same requests for the same seed; what they ask for next depends on the answers, as a client's pages do."""

    loop = asyncio.new_event_loop()

    def __init__(self, dynamodb: Any, seed: int):
        self.dynamodb = dynamodb
        self.random = random.Random(seed)  # noqa: S311
        self.answers: list[Any] = []

    def call(self, operation: str, **request: Any) -> dict:
        headers = {"x-amz-target": f"DynamoDB_20120810.{operation}"}
        answer = self.dynamodb.handle_request("POST", "/", headers, json.dumps(request).encode(), {})
        status, _, body = self.loop.run_until_complete(answer)
        content: dict = json.loads(body)
        if operation == "DescribeTable":
            self.answers.append(content["Table"]["ItemCount"])  # ids and times differ
        elif operation != "CreateTable":
            self.answers.append((operation, request, status, content))
        return content

    def key(self, table: str) -> dict:
        key = {"p": {"S": self.random.choice(NAMES[:3])}}
        if table == "single":
            key = {"p": {"S": self.random.choice(NAMES)}}
        elif table == "numbers":
            key["s"] = {"N": str(self.random.randint(-12, 120))}
        else:
            key["s"] = {"S": self.random.choice(NAMES) + self.random.choice(NAMES)}
        return key

    def item(self, table: str) -> dict:
        item = {**self.key(table), "n": {"N": str(self.random.randint(0, 9))}, "l": {"L": [{"S": "ü"}, {"BOOL": True}]}}
        if self.random.random() < 0.8:
            item["g"] = {"S": self.random.choice(NAMES)}
        if self.random.random() < 0.5:
            item["h"] = {"S": self.random.choice(NAMES[:4])}
        if self.random.random() < 0.1:
            item["large"] = {"S": "x" * 200_000}
        return item

    def make(self) -> None:
        for name, definition in DEFINITIONS.items():
            self.call("CreateTable", TableName=name, BillingMode="PAY_PER_REQUEST", **definition)
        for _ in range(150):
            self.change(self.random.choice(list(DEFINITIONS)))
        for name in DEFINITIONS:
            self.read(name)
        self.call("DescribeTable", TableName="pics")

    def change(self, table: str) -> None:
        kind = self.random.randrange(8)
        if kind < 3:
            self.call("PutItem", TableName=table, Item=self.item(table), ReturnValues="ALL_OLD")
        elif kind == 3:
            self.call("DeleteItem", TableName=table, Key=self.key(table), ReturnValues="ALL_OLD")
        elif kind == 4:
            self.call(
                "UpdateItem",
                TableName=table,
                Key=self.key(table),
                UpdateExpression="SET g = :g ADD n :n REMOVE h",
                ConditionExpression="attribute_not_exists(n) OR n < :most",
                ExpressionAttributeValues={":g": {"S": "new"}, ":n": {"N": "1"}, ":most": {"N": "8"}},
                ReturnValues="ALL_NEW",
            )
        elif kind == 5:
            puts = {json.dumps([one.get("p"), one.get("s")]): one for one in (self.item(table) for _ in range(3))}
            requests = [{"PutRequest": {"Item": one}} for one in puts.values()]
            self.call("BatchWriteItem", RequestItems={table: requests})
        elif kind == 6:
            put = {"TableName": table, "Item": self.item(table), "ConditionExpression": "attribute_not_exists(p)"}
            other = "single" if table == "pics" else "pics"
            delete = {"TableName": other, "Key": self.key(other)}
            self.call("TransactWriteItems", TransactItems=[{"Put": put}, {"Delete": delete}])
        else:
            keys = {json.dumps(key): key for key in (self.key(table) for _ in range(3))}
            self.call("BatchGetItem", RequestItems={table: {"Keys": list(keys.values())}})

    def read(self, table: str) -> None:
        values = {":p": {"S": "a"}}
        for options in ({}, {"Limit": 3}, {"ScanIndexForward": False, "Limit": 4}):
            if table != "single":
                self.pages("Query", TableName=table, **options, **asked("p = :p", values))
                if table == "pics":
                    self.pages("Query", TableName=table, IndexName="grid", **options, **asked("p = :p", values))
                    self.pages("Query", TableName=table, IndexName="hashed", **options, **asked("h = :p", values))
                    for prefix in ("a", "a ", "photo/", "\x01", "z\x02", "\U0001f600", "\U0010ffff", ""):
                        begun = {**values, ":s": {"S": prefix}}
                        own = asked("p = :p AND begins_with(#s, :s)", begun, {"#s": "s"})
                        self.pages("Query", TableName=table, **options, **own)
                        grid = asked("begins_with ( g , :s ) AND p = :p", begun)
                        self.pages("Query", TableName=table, IndexName="grid", **options, **grid)
                    filtered = {"FilterExpression": "n > :n"} | asked("p = :p", {**values, ":n": {"N": "4"}})
                    self.pages("Query", TableName=table, **options, **filtered)
                    old = {"p": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "a b"}]}}
                    old["s"] = {"ComparisonOperator": "GT", "AttributeValueList": [{"S": "b"}]}
                    self.pages("Query", TableName=table, KeyConditions=old, **options)
                else:
                    self.pages("Query", TableName=table, IndexName="grid", **options, **asked("g = :p", values))
            self.pages("Scan", TableName=table, **{name: options[name] for name in options if name == "Limit"})
        self.pages("Scan", TableName=table, Select="COUNT", Limit=7)
        for segment in range(3):
            self.pages("Scan", TableName=table, TotalSegments=3, Segment=segment, Limit=5)
        self.call("Query", TableName=table, **asked("q = :p", values))
        self.call("Query", TableName=table, **asked("p = :p AND", values))
        self.call("Query", TableName=table, IndexName="none", **asked("p = :p", values))
        self.call("Query", TableName=table, ExclusiveStartKey={"x": {"S": "a"}}, **asked("p = :p", values))
        self.call("Scan", TableName=table, ExclusiveStartKey={"x": {"S": "a"}})

    def pages(self, operation: str, **request: Any) -> list[dict]:
        """All items of an answer in pages."""
        answer = self.call(operation, **request)
        found = answer.get("Items", [])
        while key := answer.get("LastEvaluatedKey"):
            answer = self.call(operation, **request, ExclusiveStartKey=key)
            found += answer.get("Items", [])
        return found


def asked(condition: str, values: dict, names: dict | None = None) -> dict:
    found = {"KeyConditionExpression": condition, "ExpressionAttributeValues": values}
    return found | ({"ExpressionAttributeNames": names} if names else {})


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """ministack's module, as it is before and after."""
    from ministack.services import dynamodb

    for name in REPLACED:
        monkeypatch.setattr(dynamodb, name, getattr(dynamodb, name))
    dynamodb.reset()
    yield dynamodb
    dynamodb.reset()


def failed(error: Exception) -> None:
    raise AssertionError from error


@pytest.mark.parametrize("seed", range(2))
def test_answers_are_those_of_items_in_memory(dynamodb: Any, tmp_path: Path, seed: int) -> None:
    expected = Requests(dynamodb, seed)
    expected.make()
    dynamodb.reset()
    journal = Journal(tmp_path / "state.sqlite")
    ItemStore(dynamodb, journal, failed).watch()
    found = Requests(dynamodb, seed)
    found.make()
    for ours, theirs in zip(found.answers, expected.answers, strict=True):
        assert ours == theirs
    journal.close()


def test_what_begins_otherwise_is_not_read(dynamodb: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of guests look at their few photos, in a set of thousands, again and again."""
    journal = Journal(tmp_path / "state.sqlite")
    ItemStore(dynamodb, journal, failed).watch()
    requests = Requests(dynamodb, 1)
    requests.call("CreateTable", TableName="pics", BillingMode="PAY_PER_REQUEST", **DEFINITIONS["pics"])
    for guest in "abc":
        for number in range(40):
            requests.call("PutItem", TableName="pics", Item={"p": {"S": "party"}, "s": {"S": f"{guest}.{number}"}})
    read: list[str] = []
    journal_read = journal.read

    def counted(*rest: Any, **options: Any) -> Iterator[tuple[str, bytes]]:
        for key, value in journal_read(*rest, **options):
            read.append(key)
            yield key, value

    monkeypatch.setattr(journal, "read", counted)
    values = {":p": {"S": "party"}, ":s": {"S": "b.1"}}
    wanted = asked("p = :p AND begins_with(s, :s)", values)
    assert len(requests.call("Query", TableName="pics", Limit=20, **wanted)["Items"]) == 11
    assert len(read) == 11
    journal.close()


def test_an_index_is_read_page_by_page(dynamodb: Any, tmp_path: Path) -> None:
    """ministack's own order of a scan mixes the index's partitions; which items it finds is the same."""
    journal = Journal(tmp_path / "state.sqlite")
    ItemStore(dynamodb, journal, failed).watch()
    requests = Requests(dynamodb, 1)
    requests.make()
    shown = [{name: one[name] for name in "psgn" if name in one} for one in requests.pages("Scan", TableName="pics")]
    expected = {json.dumps(one, sort_keys=True) for one in shown if "g" in one}
    found = requests.pages("Scan", TableName="pics", IndexName="grid", Limit=5)
    assert len(found) == len(expected)
    assert {json.dumps(one, sort_keys=True) for one in found} == expected
    journal.close()


def test_items_are_there_after_a_restart_and_those_of_deleted_tables_are_not(dynamodb: Any, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "state.sqlite")
    ItemStore(dynamodb, journal, failed).watch()
    requests = Requests(dynamodb, 2)
    requests.make()
    before = [requests.pages("Scan", TableName=name) for name in ("pics", "numbers")]
    grid = asked("p = :p", {":p": {"S": "a"}})
    page = requests.call("Query", TableName="pics", IndexName="grid", **grid)["Items"]
    requests.call("DeleteTable", TableName="single")
    journal.write()
    journal.close()
    tables = {name: {**table, "items": {}} for name, table in dynamodb._tables.items()}
    dynamodb.reset()
    dynamodb._tables.update(tables)
    journal = Journal(tmp_path / "state.sqlite")
    again = ItemStore(dynamodb, journal, failed)
    for name in REPLACED:
        setattr(dynamodb, name, getattr(dynamodb, name).__wrapped__)
    again.watch()
    again.load()
    assert [requests.pages("Scan", TableName=name) for name in ("pics", "numbers")] == before
    assert requests.call("Query", TableName="pics", IndexName="grid", **grid)["Items"] == page
    assert requests.call("DescribeTable", TableName="pics")["Table"]["ItemCount"] == len(before[0])
    ids = {decode_key(key)[0] for kind in ("item", "entry", "index") for key, _ in journal.read(kind)}
    assert ids == {table["TableId"] for table in tables.values()}
    journal.close()


def test_an_index_that_is_added_has_what_was_there(dynamodb: Any, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "state.sqlite")
    ItemStore(dynamodb, journal, failed).watch()
    requests = Requests(dynamodb, 0)
    definition = DEFINITIONS["pics"]
    grid, hashed = definition["GlobalSecondaryIndexes"]
    attributes = definition["AttributeDefinitions"]
    definition = {**definition, "GlobalSecondaryIndexes": [grid], "AttributeDefinitions": attributes[:3]}
    requests.call("CreateTable", TableName="pics", BillingMode="PAY_PER_REQUEST", **definition)
    first, second = ({"p": {"S": "a"}, "s": {"S": str(n)}, "g": {"S": "g"}, "h": {"S": "h"}} for n in (1, 2))
    requests.call("PutItem", TableName="pics", Item=first)
    added = {"GlobalSecondaryIndexUpdates": [{"Create": hashed}], "AttributeDefinitions": attributes}
    requests.call("UpdateTable", TableName="pics", **added)
    requests.call("PutItem", TableName="pics", Item=second)
    found = requests.call("Query", TableName="pics", IndexName="hashed", **asked("h = :h", {":h": {"S": "h"}}))
    assert found["Items"] == [{name: one[name] for name in "psh"} for one in (first, second)]
    requests.call("UpdateTable", TableName="pics", GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "grid"}}])
    requests.call("DeleteItem", TableName="pics", Key={name: second[name] for name in "ps"})
    (key,) = [decode_key(key) for key, _ in journal.read("entry")]
    assert key[1:] == ["hashed", "h", "", "a", "1"]
    journal.close()
