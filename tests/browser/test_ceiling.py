"""What a visitor reads when a ceiling is reached, or when the tables are too busy."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect
from running import RunningStack
from steps import choose


@pytest.fixture
def calls(stack: RunningStack) -> Iterator[Any]:
    """Uses up today's searches; afterwards the count is as it was."""
    table = stack.table("LedgerTable")
    key = {"entry": f"calls/search/{datetime.now(UTC).date().isoformat()}"}
    before = table.get_item(Key=key).get("Item")

    def use_up() -> None:
        table.put_item(Item={**key, "calls": 1000, "expires_at": int(time.time()) + 3600})

    yield use_up
    table.delete_item(Key=key)
    if before:
        table.put_item(Item=before)


def face_of(stack: RunningStack, file: str) -> str:
    row = stack.table("PicsTable").get_item(Key={"primarykey": "2009_inauguration", "sortkey": file})["Item"]
    return row["data"]["FaceRecords"][0]["Face"]["FaceId"]


def test_beyond_the_ceiling_only_earlier_results_are_shown(stack: RunningStack, page: Page, calls: Any) -> None:
    known, unknown = face_of(stack, "obama.jpg"), face_of(stack, "biden.jpg")
    rows = stack.table("LedgerTable")
    for row in rows.scan()["Items"]:
        if unknown in row["entry"]:
            rows.delete_item(Key={"entry": row["entry"]})
    page.goto(f"/faces/?face={known}")
    expect(page.locator("a.tile").first).to_be_visible()
    expect(page.locator("#count")).not_to_contain_text("found on")
    rows.update_item(
        Key={"entry": "collection/album"},
        UpdateExpression="ADD version :one",
        ExpressionAttributeValues={":one": 1},
    )
    calls()
    page.goto(f"/faces/?face={known}")
    page.reload()
    expect(page.locator("#count")).to_contain_text("reached its limit for new searches")
    expect(page.locator("a.tile").first).to_be_visible()
    page.goto(f"/faces/?face={unknown}")
    expect(page.get_by_role("alert")).to_contain_text("reached its limit for new searches. Try again after")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


def test_beyond_the_ceiling_a_picture_waits_on_the_page(page: Page, calls: Any, face: Path) -> None:
    calls()
    page.goto("/selfie/")
    choose(page, face)
    expect(page.get_by_role("alert")).to_contain_text("reached its limit for new searches. Try again after")
    expect(page.get_by_alt_text("The picture you searched with")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


def test_a_page_waits_for_a_busy_table_and_says_so(stack: RunningStack, page: Page, nobody: None, faults: Any) -> None:
    busy = ["ProvisionedThroughputExceededException", "ThrottlingException"]
    left_out = True

    def answer(route: Route) -> None:
        nonlocal left_out
        target = route.request.headers.get("x-amz-target", "")
        headers = {"access-control-allow-origin": "*"}
        if target.endswith(".Query") and busy:
            body = {"__type": f"com.amazonaws.dynamodb.v20120810#{busy.pop()}", "message": "maximum"}
            route.fulfill(status=400, headers=headers, json=body)
        elif target.endswith(".BatchGetItem") and left_out:
            left_out = False
            body = {"Responses": {}, "UnprocessedKeys": route.request.post_data_json["RequestItems"]}
            route.fulfill(status=200, headers=headers, json=body)
        else:
            route.continue_()

    page.route(f"{stack.api_url}/", answer)
    page.goto("/people/")
    expect(page.get_by_role("alert")).to_contain_text("The site is busy right now. This page will keep trying.")
    expect(page.locator(".portrait").first).to_be_visible()
    expect(page.get_by_role("alert")).to_be_hidden()
    assert not busy
    assert not left_out
    assert all("400" in fault for fault in faults.seen)
    faults.seen.clear()
