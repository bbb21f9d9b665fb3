"""The pages of the home network, and the album on a phone in it."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from running import HOME_PASSWORD, RunningStack

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
_OWN = "Failed to load resource: the server responded with a status of 403 (Forbidden)"


def check(page: Page) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing to scroll sideways"


def test_a_phone_logs_in_sees_the_album_and_logs_out(browser: Browser, stack: RunningStack) -> None:
    # It trusts no authority of ours, so it goes on anyway; but service workers don't.
    anyway: dict[str, Any] = {"ignore_https_errors": True, "service_workers": "block"}
    context = browser.new_context(base_url=stack.home_url, locale="de", **anyway, **PHONE)
    page = context.new_page()
    reports: list[str] = []
    page.on("console", lambda message: reports.append(message.text) if message.type == "error" else None)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/sets/2016_weekend/")
    check(page)
    page.get_by_label("Passwort").fill("not the password")
    page.get_by_role("button", name="Einloggen").click()
    expect(page.get_by_role("alert")).to_have_text("Das ist nicht das Passwort. Versuch es noch einmal.")
    check(page)
    page.get_by_label("Passwort").fill(HOME_PASSWORD)
    page.get_by_role("button", name="Einloggen").click()
    expect(page).to_have_url(f"{stack.home_url}/sets/2016_weekend/")
    page.wait_for_load_state()
    page.locator(".tile").first.click()
    expect(page.locator(".face").first).to_be_attached()
    assert set(reports) <= {_OWN}, "the login's own answers"
    assert {url for url in asked if not url.startswith((stack.home_url, "data:", "blob:"))} == set()
    page.goto("/home/")
    check(page)
    page.get_by_role("button", name="Ausloggen").click()
    expect(page.get_by_label("Passwort")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0
    page.goto("/sets/2016_weekend/")
    expect(page.get_by_label("Passwort")).to_be_visible()
    context.close()


def test_the_laptop_says_how_to_reach_the_album(browser: Browser, stack: RunningStack) -> None:
    context = browser.new_context(base_url=stack.site_url, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto("/")
    page.get_by_role("link", name="Home network").click()
    expect(page.get_by_text(stack.home_url, exact=True)).to_be_visible()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    for name in ("iPhone, iPad", "Android", "Mac", "Windows", "Firefox, Linux"):
        page.get_by_text(name, exact=True).click()
    check(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the certificate").click()
    assert download.value.suggested_filename == "kinpics.crt"
    context.close()
