"""The ceiling on paid calls as visitors meet it: by Cognito identity, and with many at once."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from running import RunningStack, new_guest

from functions.ledger import CeilingReachedError, Ledger

pytestmark = pytest.mark.aws


def ledger(stack: RunningStack) -> Ledger:
    return Ledger(
        stack.session().resource("dynamodb", endpoint_url=stack.api_url).meta.client, stack.outputs["LedgerTable"]
    )


def search(stack: RunningStack, client: Any, **event: Any) -> dict:
    answer = client.invoke(FunctionName=stack.outputs["SearchFunction"], Payload=json.dumps(event).encode())
    return json.loads(answer["Payload"].read())


def a_face(stack: RunningStack, file: str) -> str:
    row = stack.table("PicsTable").get_item(Key={"primarykey": "2009_inauguration", "sortkey": file})["Item"]
    return row["data"]["FaceRecords"][0]["Face"]["FaceId"]


def entries(stack: RunningStack, prefix: str) -> dict[str, dict]:
    rows = stack.table("LedgerTable").scan()["Items"]
    return {row["entry"]: row for row in rows if row["entry"].startswith(prefix)}


def test_a_search_is_counted_for_its_visitor_and_kept(stack: RunningStack) -> None:
    identity, session = new_guest(stack)
    client = session.client("lambda", endpoint_url=stack.api_url)
    face = a_face(stack, "biden.jpg")
    # The least similarities differ, so this is a search of its own whatever other tests have asked.
    answer = search(stack, client, faceid=face, threshold=33)
    assert answer["statusCode"] == 200
    (mine,) = [row for name, row in entries(stack, "visitor/").items() if name.endswith(identity)]
    assert mine["calls"] == 1
    assert any(name.startswith(f"search/album/{face}/30") for name in entries(stack, "search/"))


def test_the_owner_has_no_allowance(stack: RunningStack) -> None:
    before = entries(stack, "visitor/")
    assert search(stack, stack.client("lambda"), faceid=a_face(stack, "obama.jpg"), threshold=23)["statusCode"] == 200
    assert entries(stack, "visitor/") == before


def test_many_at_once_do_not_go_beyond_the_ceiling(stack: RunningStack) -> None:
    shared = ledger(stack)

    def spend(_: int) -> bool:
        try:
            shared.count("test", 25)
        except CeilingReachedError:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(spend, range(80))) == 25
    assert shared.read_count("test") == 25
