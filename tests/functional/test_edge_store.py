"""The edge store function, called with changes of table `access` and by CloudFormation."""

import contextlib
import io
import json
import urllib.request
from types import SimpleNamespace
from typing import Any

import pytest
from fake_key_value_store import Store
from support import FakeAws, LambdaContext

from functions.access.access_table import AccessTable
from functions.access.audiences import ALBUM, MEMBERS
from functions.edge_store import handler
from scripts.health.edge_checks import check_edge_store

NOW = "2026-01-02T03:04:05+00:00"
CHANGES = {"Records": [{"eventName": "INSERT", "dynamodb": {"Keys": {"kind": {"S": "link"}}}}]}
ORDER = {
    "ResponseURL": "https://cloudformation.example/answer",
    "StackId": "arn:stack",
    "RequestId": "1",
    "LogicalResourceId": "EdgeStoreFilled",
    "ResourceProperties": {},
}


@pytest.fixture
def table(aws: FakeAws) -> AccessTable:
    return AccessTable(aws.dynamodb, aws.access_table)


@pytest.fixture
def store(table: AccessTable, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The store that the function keeps equal to the table."""
    kept = Store()
    monkeypatch.setattr(handler, "_access", lambda: table)
    monkeypatch.setattr(handler, "_store", kept.opened)
    return kept


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """What CloudFormation is told."""
    answers: list[dict] = []

    def urlopen(request: urllib.request.Request, timeout: float) -> Any:
        assert (request.get_method(), request.full_url) == ("PUT", ORDER["ResponseURL"])
        assert isinstance(request.data, bytes)
        answers.append(json.loads(request.data))
        return contextlib.nullcontext()

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    return answers


def call(event: dict) -> None:
    handler.handler(event, LambdaContext())  # type: ignore[arg-type]


def test_a_change_of_the_table_changes_the_store(table: AccessTable, store: Store) -> None:
    call(CHANGES)
    assert json.loads(store.entries["album"]) == {"audience": "public", "key": None, "differs": False}
    table.put_audience(ALBUM, MEMBERS)
    table.add_link("party", NOW)
    call(CHANGES)
    assert json.loads(store.entries["album"])["audience"] == MEMBERS
    (link,) = table.list_links()
    assert store.entries[f"link:{link.id}"] == "party"
    table.remove_link(link.id)
    call(CHANGES)
    assert f"link:{link.id}" not in store.entries


class Lambda:
    """Invokes the function as `kinpics doctor` does."""

    def invoke(self, **given: Any) -> dict[str, Any]:
        assert given["FunctionName"] == "edge-store"
        try:
            answer: Any = handler.handler(json.loads(given["Payload"]), LambdaContext())  # type: ignore[arg-type]
        except Exception as error:
            told = json.dumps({"errorMessage": str(error)})
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(told.encode())}
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


def test_doctor_tells_of_a_store_that_differs_and_changes_nothing(
    table: AccessTable, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    client: Any = Lambda()
    there = SimpleNamespace(edge_store_function="edge-store")
    outputs: Any = there
    call(CHANGES)
    table.add_link("party", NOW)
    # Its link, the key, and which key the album's passes are made with.
    told = check_edge_store(client, outputs)
    assert (told.state, told.text.split()[0]) == ("wrong", "3")
    call(CHANGES)
    assert check_edge_store(client, outputs).state == "ok"
    store.entries["link:left"] = "/"
    before = dict(store.entries)
    assert check_edge_store(client, outputs).text.startswith("1 entry ")
    assert store.entries == before
    monkeypatch.setattr(handler, "_store", lambda: None)
    assert "can't compare" in check_edge_store(client, outputs).text
    there.edge_store_function = None
    assert check_edge_store(client, outputs).state == "ok"


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_a_new_store_is_filled_before_the_gate_goes_by_it(kind: str, store: Store, told: list[dict]) -> None:
    call({**ORDER, "RequestType": kind})
    assert "album" in store.entries
    assert told == [
        {
            "Status": "SUCCESS",
            "Reason": "",
            "StackId": "arn:stack",
            "RequestId": "1",
            "LogicalResourceId": "EdgeStoreFilled",
            "PhysicalResourceId": "EdgeStoreFilled",
        }
    ]


def test_a_stack_that_goes_leaves_the_store_alone(store: Store, told: list[dict]) -> None:
    store.entries["album"] = "as it was"
    call({**ORDER, "RequestType": "Delete"})
    assert store.entries == {"album": "as it was"}
    assert told[0]["Status"] == "SUCCESS"


def test_a_store_that_cannot_be_filled_stops_the_deployment_and_no_other(
    store: Store, told: list[dict], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise KeyError("no store")

    monkeypatch.setattr(handler, "_store", fail)
    call({**ORDER, "RequestType": "Create"})
    assert told[0]["Status"] == "FAILED"
    assert "log group" in told[0]["Reason"]
    with pytest.raises(KeyError):
        call(CHANGES)
