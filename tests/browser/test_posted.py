"""Keep me posted: who found themselves by selfie gets a private address that shows their photos, new ones too."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen
from xml.etree import ElementTree

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, Request, expect
from running import RunningStack
from steps import choose

SET = "9998_posted"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def device(browser: Browser, stack: RunningStack) -> Iterator[Page]:
    """A page in another browser, which knows nothing of this one's visitor."""
    made = browser.new_context(base_url=stack.site_url, service_workers="block")
    made.set_default_timeout(15_000)
    yield made.new_page()
    made.close()


@pytest.fixture
def new_photo(stack: RunningStack, face: Path, tmp_path: Path) -> Iterator[Callable[[], None]]:
    """Adds another photo of the person in ``face``; it goes with the test."""

    def add() -> None:
        folder = tmp_path / SET
        folder.mkdir()
        with Image.open(face) as image:
            image.convert("RGB").save(folder / "new.jpg", quality=93)
        stack.kinpics("upload", str(folder), "--no-build")
        stack.wait_for_queue("ProcessQueue")
        stack.wait_for_queue("PeopleQueue")

    yield add
    stack.kinpics("delete", SET, "--yes")
    stack.wait_for_queue("PeopleQueue")


def watch_functions(page: Page) -> list[str]:
    """A list that grows with each call of a function: the action that the page asks for, or `search`."""
    made: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST" and "/invocations" in request.url:
            made.append(json.loads(request.post_data or "{}").get("action", "search"))

    page.on("request", note)
    return made


def test_a_visitor_is_kept_posted_until_they_stop(
    page: Page, device: Page, stack: RunningStack, face: Path, new_photo: Callable[[], None], faults
) -> None:
    calls = watch_functions(page)
    page.goto("/selfie/")
    offer = page.get_by_role("button", name="Keep me posted")
    expect(offer).to_be_hidden()
    choose(page, face)
    expect(page.get_by_role("status")).to_have_text("7 photos, best match first")
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    offer.click()
    page.wait_for_url(re.compile(r"/posted/#[\w-]{22}$"))
    # What the selfie found is there at once; the site follows with its next round.
    expect(page.locator("#count")).to_have_text("7 photos")
    assert calls == ["search", "keep"]
    address = page.url
    stack.wait_for_queue("PeopleQueue")
    page.reload()
    expect(page.locator("#waiting")).to_be_hidden()
    expect(page.locator("#count")).to_have_text("7 photos")
    feed = page.locator("#feed").get_attribute("href")

    elsewhere = watch_functions(device)
    device.goto(address)
    expect(device.locator("#count")).to_have_text("7 photos")
    expect(device.locator("#waiting")).to_be_hidden()
    expect(device.locator("#news")).to_be_hidden()
    assert device.locator('meta[name="robots"]').get_attribute("content") == "noindex"

    new_photo()
    device.goto("/")
    device.goto(address)
    expect(device.locator("#count")).to_have_text("8 photos")
    # It was loaded anew in the same session: the photos of the session's first visit are the ones it knows.
    expect(device.get_by_role("heading", name="New since your last visit")).to_be_visible()
    expect(device.locator(f'section[data-group="new"] a.tile[data-key="{SET}/new.jpg"]')).to_be_visible()
    results = Axe().run(device)
    assert results.violations_count == 0, results.generate_report()
    device.locator(f'a.tile[data-key="{SET}/new.jpg"]').click()
    device.locator(".pswp--ui-visible").wait_for()
    assert device.url.endswith(address.partition("/posted/")[2]), "an open photo leaves the secret in the address"
    device.keyboard.press("Escape")
    device.get_by_role("button", name="Address and QR code").click()
    expect(device.get_by_role("dialog").get_by_label("Link")).to_have_value(address)
    device.keyboard.press("Escape")
    assert elsewhere == [], "a visit calls no function"
    assert feed
    with urlopen(stack.site_url + feed) as answer:
        entries = ElementTree.parse(answer).findall(f"{ATOM}entry")
    assert len(entries) == 8
    assert entries[0].findtext(f"{ATOM}title") == "9998 posted: new.jpg"

    device.get_by_text("What is kept, and how to stop").click()
    device.get_by_role("button", name="Stop, and delete this address").click()
    expect(device.get_by_role("heading", name="Stopped")).to_be_visible()
    assert elsewhere == ["stop"]
    page.goto("/")
    page.goto(address)
    expect(page.get_by_role("heading", name="There's nothing here")).to_be_visible()
    kept = stack.table("AccessTable").scan()["Items"]
    assert [row for row in kept if row["kind"] == "posted"] == []
    # The browser tells of a file that isn't there: before the first round, and after the end.
    assert all("404" in fault for fault in faults.seen)
    faults.seen.clear()


def test_half_an_address_says_so(page: Page) -> None:
    page.goto("/posted/#AbCdEf")
    expect(page.get_by_role("heading", name="This address isn't complete")).to_be_visible()
    page.goto("/posted/")
    expect(page.get_by_role("heading", name="This address isn't complete")).to_be_visible()
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_another_albums_address_shows_nothing(page: Page, faults) -> None:
    page.goto("/posted/#AbCdEfGhIjKlMnOpQrStUv")
    expect(page.get_by_role("heading", name="There's nothing here")).to_be_visible()
    assert all("404" in fault for fault in faults.seen)
    faults.seen.clear()  # the browser tells of each file that isn't there


def test_a_site_that_is_full_says_so(page: Page, face: Path) -> None:
    full = {"statusCode": 429, "err": {"code": "TooManyAddresses", "message": "this site has as many as it can"}}

    def answer(route) -> None:
        asked = json.loads(route.request.post_data or "{}").get("action")
        route.fulfill(json=full) if asked == "keep" else route.continue_()

    page.route("**/*RemovalFunction*/invocations", answer)
    page.goto("/selfie/")
    choose(page, face)
    page.get_by_role("button", name="Keep me posted").click()
    expect(page.locator("#posted-full")).to_contain_text("any more private addresses")
    expect(page.get_by_role("button", name="Keep me posted")).to_be_enabled()
