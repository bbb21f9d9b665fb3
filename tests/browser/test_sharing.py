"""Sharing pages: the sheet with a link and a QR code, the system's sheet on phones."""

from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect
from running import RunningStack
from steps import open_photo

SET = "/sets/2015_pioneers/"


def test_a_set_is_shared_by_its_link_and_its_qr_code(stack: RunningStack, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(SET)
    opener = page.locator("#head").get_by_role("button", name="Share this album")
    opener.click()
    sheet = page.get_by_role("dialog")
    address = stack.site_url + SET
    expect(sheet.get_by_role("img", name=f"QR code that leads to {address}")).to_be_visible()
    expect(sheet.get_by_label("Link")).to_have_value(address)
    assert Axe().run(page).violations_count == 0
    sheet.get_by_role("button", name="Copy link").click()
    expect(sheet.get_by_role("status")).to_have_text("Link copied.")
    assert page.evaluate("navigator.clipboard.readText()") == address
    with page.expect_download() as download:
        sheet.get_by_role("button", name="Save the QR code as PNG").click()
    with Image.open(download.value.path()) as code:
        assert code.width == code.height >= 1200
        assert code.convert("L").getextrema() == (0, 255)
    with page.expect_download() as download:
        sheet.get_by_role("button", name="Save the QR code as SVG").click()
    assert download.value.path().read_text().startswith("<svg xmlns=")
    expect(sheet.get_by_text("Embed this album")).to_have_count(0)  # the owner allows it nowhere
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(opener).to_be_focused()
    opener.click()
    page.mouse.click(5, 5)
    expect(sheet).to_have_count(0)


def test_a_photo_is_shared_by_the_address_of_its_own_page(stack: RunningStack, page: Page) -> None:
    page.goto(SET)
    open_photo(page, "group.jpg")
    page.get_by_role("button", name="Share", exact=True).click()
    sheet = page.get_by_role("dialog")
    address = f"{stack.site_url}{SET}photos/group.jpg/"
    expect(sheet.get_by_label("Link")).to_have_value(address)
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(page.locator(".pswp--open")).to_be_visible()
    page.goto(address)
    page.get_by_role("link", name="See it in the album").click()
    expect(page.locator(".pswp--open")).to_be_visible()


def test_a_phone_shares_by_its_own_sheet_and_has_the_qr_code_too(stack: RunningStack, phone: Page) -> None:
    phone.add_init_script("navigator.share = (data) => { window.shared = data; return Promise.resolve(); }")
    phone.goto(SET)
    phone.locator("#head").get_by_role("button", name="Share this album").click()
    phone.wait_for_function("window.shared")
    assert phone.evaluate("shared.url") == stack.site_url + SET
    expect(phone.get_by_role("dialog")).to_have_count(0)
    phone.locator("#head").get_by_role("button", name="QR code").click()
    expect(phone.get_by_role("dialog").get_by_role("img")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.goto("/")
    phone.get_by_role("contentinfo").get_by_role("button", name="QR code").click()
    expect(phone.get_by_role("dialog").get_by_label("Link")).to_have_value(stack.site_url + "/")
