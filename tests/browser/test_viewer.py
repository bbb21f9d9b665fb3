"""A photo on its stage: rings, what is known about it, the slideshow."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect
from running import RunningStack
from steps import let_pass, open_photo, settle

SET = "/sets/2015_pioneers/"


def test_the_panel_tells_about_the_photo_and_the_photo_makes_room(page: Page) -> None:
    page.goto(SET)
    open_photo(page, "hopper.jpg")
    image = page.locator(".pswp__item[aria-hidden=false] .pswp__img").last
    settle(page, 400)
    page.keyboard.press("i")
    panel = page.get_by_role("complementary", name="About this photo")
    expect(panel).to_contain_text("hopper.jpg")
    expect(panel).to_contain_text(re.compile(r"\d+ \W \d+, \d"))
    expect(panel.get_by_role("link", name="2015 pioneers")).to_be_visible()
    settle(page, 300)
    photo, beside = image.bounding_box(), panel.bounding_box()
    assert photo
    assert beside
    assert photo["x"] + photo["width"] <= beside["x"]
    assert Axe().run(page).violations_count == 0
    page.keyboard.press("ArrowRight")
    expect(panel).not_to_contain_text("hopper.jpg")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.locator(".pswp")).to_have_count(1), "Escape closes the panel first"
    page.keyboard.press("Escape")
    expect(page.locator(".pswp")).to_have_count(0)


def test_rings_of_a_crowd_stay_on_the_photo(stack: RunningStack, page: Page) -> None:
    table = stack.table("PicsTable")
    row = table.get_item(Key={"primarykey": "2015_pioneers", "sortkey": "group.jpg"})["Item"]
    try:
        table.put_item(Item=row | {"data": {"FaceRecords": row["data"]["FaceRecords"] * 4}})
        page.goto(f"{SET}?pic=group.jpg")
        expect(page.locator(".face")).to_have_count(16)
        settle(page, 600)
        photo = page.locator(".pswp__item[aria-hidden=false] .pswp__img").last.bounding_box()
        rings = page.locator(".stage .faces").bounding_box()
        assert photo
        assert rings
        assert rings == pytest.approx(photo, abs=2)
    finally:
        table.put_item(Item=row)


def test_a_tap_shows_where_a_ring_leads_before_it_goes_there(phone: Page) -> None:
    phone.goto(SET)
    open_photo(phone, "group.jpg")
    settle(phone, 600)
    ring = phone.locator(".face").first
    ring.tap()
    expect(ring.locator(".name")).to_be_visible()
    chip = ring.locator(".name").bounding_box()
    assert chip
    assert chip["x"] >= 0
    assert chip["x"] + chip["width"] <= 390
    expect(phone).to_have_url(re.compile("pic="))
    ring.tap()
    expect(phone).to_have_url(re.compile("face="))


def test_back_closes_the_sheet_before_the_photo(phone: Page) -> None:
    phone.goto(SET)
    open_photo(phone, "hopper.jpg")
    settle(phone, 600)
    about = phone.get_by_role("button", name="About this photo")
    about.tap()
    sheet = phone.get_by_role("complementary", name="About this photo")
    expect(sheet.get_by_role("heading", name="About this photo")).to_be_focused()
    sheet.get_by_role("button", name="Make this panel larger").tap()
    expect(phone.locator(".stage > .tools")).to_have_attribute("inert", "")
    settle(phone, 500)
    assert Axe().run(phone).violations_count == 0
    phone.go_back()
    expect(sheet).to_be_hidden()
    expect(about).to_be_focused()
    expect(phone.locator(".pswp")).to_have_count(1)
    phone.go_back()
    expect(phone.locator(".pswp")).to_have_count(0)
    expect(phone).to_have_url(re.compile(r"/sets/2015_pioneers/$"))


def test_a_photo_closed_with_its_sheet_open_leaves_nothing_to_go_back_to(phone: Page) -> None:
    phone.goto("/")
    phone.goto(f"{SET}?pic=hopper.jpg")
    expect(phone.locator(".face")).to_have_count(1)
    settle(phone, 600)
    phone.get_by_role("button", name="About this photo").tap()
    expect(phone.get_by_role("complementary", name="About this photo")).to_be_visible()
    phone.locator(".stage > .tools").get_by_role("button", name="Close", exact=True).tap()
    expect(phone.locator(".pswp")).to_have_count(0)
    expect(phone).to_have_url(re.compile(r"/sets/2015_pioneers/$"))
    phone.go_back()
    expect(phone).to_have_url(re.compile(r"^https?://[^/]*/$"))


@pytest.mark.parametrize("leaves_by", ["Escape", "Back"])
def test_whoever_leaves_before_the_view_is_there_never_sees_it(page: Page, leaves_by: str) -> None:
    """On a slow connection, its script takes a while."""
    held: list[Route] = []
    page.route("**/assets/lightbox-*.js", lambda route: held.append(route))
    page.goto("/")
    page.locator(f'a[href="{SET}"]').first.click()
    page.locator(".grid.live").wait_for()
    page.get_by_role("button", name="Play a slideshow").click()
    expect(page).to_have_url(re.compile(r"\?pic="))
    if leaves_by == "Escape":
        page.keyboard.press("Escape")
    else:
        page.go_back()
    expect(page).to_have_url(re.compile(f"{SET}$"))
    with page.expect_response("**/assets/lightbox-*.js"):
        for route in held:
            route.continue_()
    let_pass(page, 500)
    expect(page).to_have_url(re.compile(f"{SET}$"))
    expect(page.locator(".pswp")).to_have_count(0)
    open_photo(page, "group.jpg")
    expect(page.get_by_role("group", name="Slideshow")).to_be_hidden()


def test_a_slideshow_goes_through_the_photos_and_ends(page: Page) -> None:
    page.goto(SET)
    open_photo(page, "group.jpg")
    settle(page, 400)
    page.keyboard.press("p")
    show = page.get_by_role("group", name="Slideshow")
    show.get_by_role("button", name="3 seconds per photo").click()
    shown = show.locator(".screen img").last
    expect(shown).to_have_attribute("src", re.compile("group.jpg"))
    expect(shown).to_have_attribute("src", re.compile("hopper.jpg"))
    expect(page).to_have_url(re.compile("pic=hopper.jpg"))
    page.keyboard.press(" ")
    expect(show.get_by_role("button", name="Resume")).to_be_visible()
    let_pass(page, 3500)
    expect(shown).to_have_attribute("src", re.compile("hopper.jpg"))
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(show.get_by_text("That was the last photo.")).to_be_visible()
    assert Axe().run(page).violations_count == 0
    page.keyboard.press("Escape")
    expect(show).to_be_hidden()
    expect(page.locator(".pswp")).to_have_count(1)
