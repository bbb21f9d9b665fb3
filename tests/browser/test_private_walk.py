"""A private set: who has the link or was invited sees it, and nobody else; being let out ends it at once."""

import re
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from running import GATE_SECONDS, RunningStack, until
from steps import choose, open_photo

from functions.access.access_rows import MemberRow
from functions.access.access_table import AccessTable
from functions.access.audiences import LINK
from functions.access.passes import COOKIE, link_id, member_id

SET = "2016_weekend"
PASSWORD = "correct horse battery"
TEMPORARY = "temporary horse"
LEFT_OUTSIDE = "If this album is private, open the link you were sent, or sign in."


@dataclass
class Private:
    """The stack while `SET` has a link of its own, and what tests change of who may see it."""

    stack: RunningStack
    access: AccessTable

    def link(self) -> str:
        """A new link's secret."""
        return self.access.add_link(SET, "2026-01-02T03:04:05+00:00")

    def invite(self, sets: list[str] | None = None) -> tuple[str, str]:
        """The address and the member id of somebody who was sent a temporary password."""
        email = f"{uuid.uuid4()}@example.com"
        made = self.stack.client("cognito-idp").admin_create_user(
            UserPoolId=self.stack.outputs["UserPool"],
            Username=email,
            TemporaryPassword=TEMPORARY,
            UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
            MessageAction="SUPPRESS",
        )
        sub = next(item["Value"] for item in made["User"]["Attributes"] if item["Name"] == "sub")
        self.access.put_member(MemberRow(id=member_id(sub), email=email, sets=sets, since=int(time.time())))
        return email, member_id(sub)


@pytest.fixture(scope="module")
def private(stack: RunningStack) -> Iterator[Private]:
    """`SET` is open to whoever has its link."""
    resource = stack.session().resource("dynamodb", endpoint_url=stack.api_url)
    access = AccessTable(resource.meta.client, stack.outputs["AccessTable"])
    public, private = stack.table("PicsTable"), stack.table("PrivatePicsTable")
    access.put_audience(SET, LINK)
    _move(public, private)
    stack.kinpics("publish")
    yield Private(stack, access)
    access.put_audience(SET, None)
    _move(private, public)
    stack.kinpics("publish")


def _move(source: Any, target: Any) -> None:
    for item in source.scan()["Items"]:
        if SET in (item["primarykey"], item["sortkey"]):
            target.put_item(Item=item)
            source.delete_item(Key={"primarykey": item["primarykey"], "sortkey": item["sortkey"]})


def open_link(page: Page, secret: str) -> None:
    """Open a link, as somebody does who was sent it."""
    until(lambda: "why=link" not in page.request.get(f"/l/{secret}", max_redirects=0).headers["location"], GATE_SECONDS)
    page.goto(f"/l/{secret}")
    page.wait_for_url(f"**/sets/{SET}/")


@pytest.fixture
def other(browser: Browser, stack: RunningStack) -> Iterator[Page]:
    """Another device."""
    made = browser.new_context(base_url=stack.site_url, service_workers="block")
    made.set_default_timeout(15_000)
    yield made.new_page()
    made.close()


def photos(page: Page) -> Any:
    return page.locator("#grid a.tile")


def sign_in(page: Page, email: str, password: str) -> None:
    page.locator("input[name=email]:visible").fill(email)
    page.locator("input[name=password]:visible").fill(password)
    page.get_by_role("button", name="Sign in").click()


def first_sign_in(page: Page, email: str) -> None:
    """Sign in with the password that was mailed, and choose another."""
    sign_in(page, email, TEMPORARY)
    page.get_by_role("heading", name="Choose a password").wait_for()
    page.locator("input[name=password]:visible").fill(PASSWORD)
    page.get_by_role("button", name="Save and sign in").click()


def test_a_stranger_learns_nothing_of_a_private_set(private: Private, page: Page, faults: Any) -> None:
    page.goto("/")
    expect(page.locator("#sets li").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    expect(page.locator(f'[data-set="{SET}"]')).to_have_count(0)
    told = []
    for name in (SET, "2016_never"):
        page.goto(f"/sets/{name}/")
        expect(page.get_by_text("If this album is private")).to_be_visible()
        page.wait_for_load_state("networkidle")
        expect(photos(page)).to_have_count(0)
        told.append(page.locator("#none").inner_text())
    assert told[0] == told[1]
    faults.seen.clear()  # both pages aren't there


def test_a_link_opens_the_set_and_a_face_leads_to_that_persons_photos_there(private: Private, page: Page) -> None:
    open_link(page, private.link())
    page.locator(".grid.live").wait_for()
    expect(photos(page).first).to_be_visible()
    open_photo(page, "obama3.jpg")
    page.keyboard.press("Escape")
    page.goto("/")
    expect(page.locator(f'#sets [data-set="{SET}"]')).to_be_visible()
    page.locator(f'#sets [data-set="{SET}"] a').click()
    open_photo(page, "obama3.jpg")
    page.locator(".pswp a.face, .strip a").first.click()
    page.wait_for_url("**/faces/**")
    expect(page.locator('#grid a.tile[data-key="2016_weekend/obama3.jpg"]')).to_be_visible()


def test_a_selfie_finds_what_its_holder_may_see_under_its_title(
    private: Private, page: Page, other: Page, face: Path
) -> None:
    row = {"primarykey": "/", "sortkey": SET}
    table = private.stack.table("PrivatePicsTable")
    title = {"UpdateExpression": "SET title = :t", "ExpressionAttributeValues": {":t": "A weekend by the sea"}}
    table.update_item(Key=row, **title)
    try:
        open_link(page, private.link())
        for visitor, found in ((page, True), (other, False)):
            visitor.goto("/selfie/")
            choose(visitor, face)
            expect(visitor.get_by_role("status")).to_have_text(re.compile("best match first|No photo on this site"))
            expect(visitor.get_by_role("link", name="A weekend by the sea")).to_have_count(int(found))
            assert bool(visitor.locator(f'a[href*="{SET}"]').count()) is found
    finally:
        table.update_item(Key=row, UpdateExpression="REMOVE title")


def test_a_link_that_was_made_anew_is_dead(private: Private, page: Page, faults: Any) -> None:
    secret = private.link()
    open_link(page, secret)
    page.locator(".grid.live").wait_for()
    private.access.remove_link(link_id(secret))
    expect(page.get_by_text(LEFT_OUTSIDE)).to_be_visible(timeout=90_000)
    page.goto(f"/l/{secret}")
    expect(page.get_by_role("heading", name="This link no longer works")).to_be_visible()
    faults.seen.clear()


def test_an_invited_member_chooses_a_password_and_sees_the_set(private: Private, page: Page, faults: Any) -> None:
    email, member = private.invite()
    page.goto(f"/enter/?to=/sets/{SET}/")
    page.get_by_role("link", name="Sign in").click()
    expect(page.get_by_label("Email address").first).to_be_focused()
    first_sign_in(page, email)
    page.wait_for_url(f"**/sets/{SET}/")
    page.locator(".grid.live").wait_for()
    expect(photos(page).first).to_be_visible()
    private.access.remove_member(member)
    expect(page.get_by_text(LEFT_OUTSIDE)).to_be_visible(timeout=90_000)
    page.goto("/enter/")
    expect(page.get_by_text("You aren't invited yet")).to_be_visible()
    expect(page.get_by_text(email)).to_be_visible()
    faults.seen.clear()


def test_signing_out_everywhere_ends_it_on_another_device(
    private: Private, page: Page, other: Page, context: BrowserContext, faults: Any
) -> None:
    email, _ = private.invite()
    page.goto(f"/account/?to=/sets/{SET}/")
    first_sign_in(page, email)
    page.wait_for_url(f"**/sets/{SET}/")
    other.goto(f"/account/?to=/sets/{SET}/")
    sign_in(other, email, PASSWORD)
    other.wait_for_url(f"**/sets/{SET}/")
    other.locator(".grid.live").wait_for()
    tab = context.new_page()
    tab.goto(f"/sets/{SET}/")
    tab.locator(".grid.live").wait_for()
    photos(tab).first.click()
    tab.locator(".pswp--ui-visible").wait_for()
    page.goto("/account/")
    page.get_by_role("button", name="Sign out on all my devices").click()
    expect(page.get_by_text("You're signed out.")).to_be_visible()
    assert not [cookie for cookie in context.cookies() if cookie["name"] == COOKIE]
    expect(tab.get_by_text(LEFT_OUTSIDE)).to_be_visible()
    expect(tab.locator(".pswp")).to_have_count(0)
    photos(other).first.click()  # the next step of somebody who doesn't know yet
    expect(other.get_by_text(LEFT_OUTSIDE)).to_be_visible(timeout=90_000)
    assert not [cookie for cookie in other.context.cookies() if cookie["name"] == COOKIE]
    assert other.evaluate("localStorage.getItem('kinpics.session')") is None
    other.goto("/enter/")
    expect(other.get_by_text("This site is private")).to_be_visible()


def test_the_page_to_come_in_is_accessible_and_tells_nothing(private: Private, page: Page) -> None:
    page.goto("/enter/?why=link")
    expect(page.get_by_role("heading", name="This link no longer works")).to_be_visible()
    assert Axe().run(page).response["violations"] == []
    html = page.request.get("/enter/").text()
    assert "thumbnails/photos/2" not in html
    assert not any(name in html for name in ("2015_", "2016_", "Obama"))
