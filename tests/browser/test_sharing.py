"""Sharing pages: the sheet with a link and a QR code, the system's sheet on phones, albums on other websites."""

from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, Route, expect
from running import RunningStack
from steps import open_photo

from build import build
from local.response_headers import response_headers
from scripts.common.config import load_config
from scripts.common.stack import connect
from scripts.common.template import load_template

SET = "/sets/2015_pioneers/"


def test_a_set_is_shared_by_its_link_and_its_qr_code(stack: RunningStack, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(SET)
    opener = page.locator("#head").get_by_role("button", name="Share this album")
    opener.click()
    sheet = page.get_by_role("dialog")
    address = stack.site_url + SET
    expect(sheet.get_by_role("img", name=f"QR code for {address}")).to_be_visible()
    expect(sheet.get_by_label("Link")).to_have_value(address)
    assert Axe().run(page).violations_count == 0
    sheet.get_by_role("button", name="Copy link").click()
    expect(sheet.get_by_role("status")).to_have_text("Link copied.")
    assert page.evaluate("navigator.clipboard.readText()") == address
    with page.expect_download() as download:
        sheet.get_by_role("button", name="Save the QR code as a PNG").click()
    with Image.open(download.value.path()) as code:
        assert code.width == code.height >= 1200
        assert code.convert("L").getextrema() == (0, 255)
    with page.expect_download() as download:
        sheet.get_by_role("button", name="Save the QR code as an SVG").click()
    assert download.value.path().read_text().startswith("<svg xmlns=")
    expect(sheet.get_by_text("Embed this album")).to_have_count(0)  # the owner allows it nowhere
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(opener).to_be_focused()
    opener.click()
    expect(sheet).to_be_visible()
    page.mouse.click(5, 5)
    expect(sheet).to_have_count(0)


def test_a_photo_is_shared_by_the_address_of_its_own_page(stack: RunningStack, page: Page) -> None:
    page.goto(SET)
    open_photo(page, "group.jpg")
    page.get_by_role("button", name="Share", exact=True).click()
    sheet = page.locator("dialog.share")
    address = f"{stack.site_url}{SET}photos/group.jpg/"
    expect(sheet.get_by_label("Link")).to_have_value(address)
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(page.locator(".pswp--open")).to_be_visible()
    page.goto(address)
    page.get_by_role("link", name="See it in the album").click()
    expect(page.locator(".pswp--open")).to_be_visible()


def test_a_phone_uses_its_own_share_sheet_and_has_the_qr_code_too(stack: RunningStack, phone: Page) -> None:
    phone.add_init_script("navigator.share = async ({ url }) => { document.documentElement.dataset.shared = url; }")
    phone.goto(SET)
    phone.locator("#head").get_by_role("button", name="Share this album").click()
    expect(phone.locator("html")).to_have_attribute("data-shared", stack.site_url + SET)
    expect(phone.get_by_role("dialog")).to_have_count(0)
    phone.locator("#head").get_by_role("button", name="QR code").click()
    expect(phone.get_by_role("dialog").get_by_role("img")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.goto("/")
    phone.get_by_role("contentinfo").get_by_role("button", name="QR code").click()
    expect(phone.get_by_role("dialog").get_by_label("Link")).to_have_value(stack.site_url + "/")


def test_a_phone_shares_the_selected_photos_that_are_still_there(phone: Page, faults) -> None:
    phone.add_init_script("""
        navigator.canShare = () => true;
        navigator.share = async ({ files }) => {
            const shared = files.map(({ name, type }) => `${name} ${type}`);
            document.documentElement.dataset.shared = shared.join();
        };
    """)
    phone.goto(SET)
    held: list[Route] = []
    phone.route("**/assets/tools-*.js", lambda route: route.abort())
    phone.locator("#head").get_by_role("button", name="Select photos").click()
    expect(phone.get_by_role("alert")).to_contain_text("can't reach the site")
    phone.unroute("**/assets/tools-*.js")
    phone.route("**/assets/tools-*.js", lambda route: held.append(route))
    phone.get_by_role("button", name="Try again").click()
    for file in ("group.jpg", "hopper.jpg"):
        phone.locator(f"a.tile[data-file='{file}']").click()
    held[0].continue_()  # what selecting needs comes only now
    phone.route("**/thumbnails/1600/photos/*/hopper.jpg", lambda route: route.fulfill(status=404, body="gone"))
    phone.get_by_role("region", name="Selected photos").get_by_role("button", name="Share").click()
    expect(phone.locator("html")).to_have_attribute("data-shared", "group.jpg image/jpeg")
    faults.seen.clear()  # the browser reports the missing file


def test_without_a_connection_the_foots_qr_code_says_so_and_comes_later(page: Page, faults) -> None:
    page.goto("/")
    page.route("**/assets/later-*.js", lambda route: route.abort())
    page.get_by_role("contentinfo").get_by_role("button", name="QR code").click()
    expect(page.get_by_role("alert")).to_contain_text("can't reach the site")
    page.unroute("**/assets/later-*.js")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("dialog").get_by_role("img", name="QR code for")).to_be_visible()
    assert all("later-" in seen or "ERR_FAILED" in seen for seen in faults.seen)
    faults.seen.clear()


def test_a_website_that_the_owner_allows_frames_an_album_and_no_other_does(
    stack: RunningStack, page: Page, faults, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    friend, stranger = "http://localhost:9001", "http://localhost:9002"
    for name, value in stack.environment.items():
        monkeypatch.setenv(name, value)
    config = replace(load_config(), embed_on=(friend,))
    site = build(connect("kinpics", stack.data), tmp_path / "dist", config).folder
    headers_of = response_headers(load_template(), stack.api_url, config.parameters)

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(stack.site_url)
        headers = {name.decode(): value.decode() for name, value in headers_of(path)}
        page_file = site / path.removeprefix("/") / "index.html"
        route.fulfill(body=page_file.read_text(), headers={**headers, "content-type": "text/html; charset=utf-8"})

    page.route(f"{stack.site_url}{SET}embed/", answer)
    page.route(f"{stack.site_url}{SET}", answer)
    page.goto(SET)
    page.locator("#head").get_by_role("button", name="Share this album").click()
    page.get_by_text("Embed this album").click()
    code = page.get_by_label("Code for your website").input_value()
    assert Axe().run(page).violations_count == 0
    page.route(
        lambda url: url.startswith((friend, stranger)),
        lambda route: route.fulfill(body=f"<!doctype html><title>Club</title>{code}", content_type="text/html"),
    )
    page.goto(friend)
    framed = page.frame_locator("iframe")
    expect(framed.get_by_role("heading", level=1)).to_have_text("2015 pioneers")
    expect(framed.locator("a.tile")).to_have_count(4)
    framed.locator("a.tile img").first.evaluate("(image) => image.decode()")
    with page.context.expect_page() as opened:
        framed.get_by_role("link", name="All photos on").click()
    expect(opened.value).to_have_url(stack.site_url + SET)
    faults.seen.clear()
    page.goto(stranger)
    assert is_refused(page)
    code = code.replace("/embed/", "/")
    page.goto(friend)
    assert is_refused(page), "no other page is for frames"
    assert sum("frame-ancestors" in seen for seen in faults.seen) == 2
    faults.seen.clear()


def is_refused(page: Page) -> bool:
    """Whether the browser shows an error in the page's frame, once it shows anything."""
    for _ in range(100):
        if len(page.frames) == 2 and page.frames[1].url not in ("", "about:blank"):
            return page.frames[1].url.startswith("chrome-error:")
        page.wait_for_timeout(100)
    return False
