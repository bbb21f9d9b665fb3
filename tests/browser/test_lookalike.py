"""Who a visitor looks like, and the card for their friends."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect
from running import RunningStack
from steps import choose, let_pass


@pytest.fixture(scope="module")
def portrait(stack: RunningStack, demo_folders: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A portrait of one of two people in the gallery."""
    gallery = tmp_path_factory.mktemp("gallery")
    folders = {folder.name: folder for folder in demo_folders}
    shutil.copy(folders["2015_pioneers"] / "hopper.jpg", gallery / "hopper.jpg")
    shutil.copy(folders["2009_inauguration"] / "biden.jpg", gallery / "Joe_Biden.jpg")
    (gallery / "credits.csv").write_text(
        "file,name,credit,licence,url\nhopper.jpg,Grace Hopper,U.S. Navy,public domain,https://example.com/hopper\n"
    )
    stack.kinpics("gallery", "add", str(gallery))
    yield gallery / "hopper.jpg"
    for name in ("Grace Hopper", "Joe Biden"):
        stack.kinpics("gallery", "remove", name, "--yes")


def test_a_visitor_sees_who_they_look_like(phone: Page, portrait: Path) -> None:
    page = phone
    page.goto("/")
    page.get_by_role("link", name="Who do I look like?").click()
    choose(page, portrait)
    expect(page.get_by_role("status")).to_have_text("You look most like Grace Hopper.")
    expect(page.get_by_role("heading", name="Grace Hopper")).to_be_focused()
    expect(page.get_by_text("Closest of 2, and so close that it could be you.")).to_be_visible()
    expect(page.get_by_text("There are only 2 people to choose from.")).to_be_visible()
    expect(page.get_by_alt_text("You", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="U.S. Navy, public domain")).to_be_visible()
    others = page.locator("#lookalikes li")
    expect(others).to_have_count(1)
    expect(others).to_have_text("Joe Bidensecond")
    expect(page.get_by_text("% similar")).to_have_count(0)
    # Playwright waits for a function by eval, which the page's Content-Security-Policy forbids.
    while not page.evaluate("[...document.querySelectorAll('#results img')].every((image) => image.naturalWidth)"):
        page.wait_for_timeout(20)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert Axe().run(page).violations_count == 0


def look_alike(page: Page, portrait: Path) -> Locator:
    """Show the result of a portrait; returns its card, which a browser that can't share files lets visitors save."""
    page.goto("/lookalike/")
    choose(page, portrait)
    card = page.get_by_alt_text("Card: I look like Grace Hopper")
    expect(card).to_be_visible()
    page.evaluate("delete Navigator.prototype.canShare")
    return card


def test_a_card_shows_the_visitor_only_if_they_want_it(page: Page, portrait: Path) -> None:
    card = look_alike(page, portrait)
    expect(page.get_by_label("Put my picture on the card")).not_to_be_checked()
    without = saved_card(page)
    assert without.size == (1200, 630)
    before = card.get_attribute("src")
    page.get_by_label("Put my picture on the card").check()
    expect(card).not_to_have_attribute("src", before or "")
    both = saved_card(page)
    left = (60, 110, 320, 440)  # a silhouette stands there
    assert len(without.crop(left).getcolors(1 << 24) or []) < len(both.crop(left).getcolors(1 << 24) or [])
    page.get_by_role("radio", name="Tall").check(force=True)
    expect(card).to_have_attribute("height", "1350")
    assert saved_card(page).size == (1080, 1350)
    choose(page, portrait)
    expect(page.get_by_label("Put my picture on the card")).not_to_be_checked()


def test_a_late_card_never_shows_a_visitor_who_no_longer_wants_it(page: Page, portrait: Path) -> None:
    card = look_alike(page, portrait)
    without, before = saved_card(page), card.get_attribute("src") or ""
    held: list[Route] = []
    page.route("**/thumbnails/celebrities/**", lambda route: route.continue_() if held else held.append(route))
    box = page.get_by_label("Put my picture on the card")
    box.check()
    while not held:  # the card with the visitor's picture waits for the portrait
        page.wait_for_timeout(20)
    box.uncheck()
    expect(card).not_to_have_attribute("src", before)
    with page.expect_response("**/thumbnails/celebrities/**"):
        held[0].continue_()
    let_pass(page, 300)
    assert saved_card(page).tobytes() == without.tobytes()


def test_a_visitor_chooses_the_gallery_to_be_compared_with(
    phone: Page, portrait: Path, stack: RunningStack, tmp_path: Path
) -> None:
    page = phone
    shutil.copy(portrait, tmp_path / "Admiral_Hopper.jpg")
    stack.kinpics("gallery", "add", str(tmp_path), "--gallery", "officers", "--no-build")
    stack.kinpics("gallery", "set", "officers", "--title", "Seafarers", "--text", "People of the navy.")
    try:
        page.goto("/lookalike/")
        expect(page.get_by_role("radio", name="Celebrities 2 people")).to_be_checked()
        page.get_by_role("radio", name="Seafarers People of the navy. 1 person").check(force=True)
        assert Axe().run(page).violations_count == 0
        choose(page, portrait)
        expect(page.get_by_role("status")).to_have_text("You look most like Admiral Hopper (Seafarers).")
        expect(page.get_by_text("The only person to choose from so far.")).to_be_visible()
        expect(page.locator("#gallery")).to_have_text("Seafarers")
        expect(page.get_by_alt_text("Card: I look like Admiral Hopper")).to_be_visible()
        expect(page.get_by_text("Your result is saved for your next visit.")).to_be_visible()
        page.reload()
        expect(page.get_by_text("you looked most like Admiral Hopper (Seafarers).")).to_be_visible()
        choose(page, portrait)
        expect(page.get_by_role("status")).to_have_text("You look most like Grace Hopper (Celebrities).")
    finally:
        stack.kinpics("gallery", "delete", "officers", "--yes")
    page.goto("/lookalike/")
    expect(page.get_by_role("radio", name="Celebrities")).to_have_count(0)


def saved_card(page: Page) -> Image.Image:
    with page.expect_download() as download:
        page.get_by_role("button", name="Share the card").click()
    return Image.open(io.BytesIO(Path(download.value.path()).read_bytes()))
