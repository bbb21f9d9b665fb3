"""People with names: their pages, names in photos, and an album's photos of somebody."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from running import RunningStack
from steps import settle, undone_afterwards

SET = "/sets/2015_pioneers/"
BARACK, GRACE = "Barack Obama", "Grace Hopper"
NAMED = {"2009_inauguration/obama.jpg#1": BARACK, "2015_pioneers/hopper.jpg#1": GRACE}


@pytest.fixture(scope="module", autouse=True)
def named(stack: RunningStack, published: None) -> Iterator[None]:
    """The owner names two people, who are together on the photo of a group."""
    with undone_afterwards(stack):
        for face, name in NAMED.items():
            stack.kinpics("people", "name", face, name)
        stack.kinpics("publish")
        yield
    stack.kinpics("publish")


def test_a_person_has_a_page_that_costs_nothing_to_look_at(page: Page) -> None:
    calls: list[str] = []
    page.on("request", lambda request: calls.append(request.url))
    page.goto("/")
    page.locator(".people-row").get_by_role("link", name=BARACK).click()
    expect(page).to_have_url(re.compile("/people/barack-obama/$"))
    expect(page.locator("#count")).to_have_text("7 photos")
    expect(page.get_by_role("button", name="Play")).to_be_enabled()
    assert page.locator(".years h2").all_inner_texts()[0] == "2016"
    assert Axe().run(page).violations_count == 0
    page.get_by_role("button", name="Play").click()
    expect(page).to_have_url(re.compile("pic=2009_inauguration"))
    show = page.get_by_role("group", name="Slideshow")
    expect(show).to_be_visible()
    page.locator(".pswp--ui-visible").wait_for()
    page.keyboard.press("Escape")
    expect(show).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator(".pswp")).to_have_count(0)
    page.get_by_role("link", name=GRACE).click()
    expect(page).to_have_url(re.compile(r"/people/barack-obama\+grace-hopper/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{BARACK} and {GRACE}")
    expect(page.locator("a.tile")).to_have_count(int(page.locator("#count").inner_text().split()[0]))
    assert Axe().run(page).violations_count == 0
    assert not [url for url in calls if "/invocations" in url], "no search"


def test_a_persons_photos_come_by_album_too_and_the_address_says_so(page: Page) -> None:
    page.goto("/people/barack-obama/")
    page.get_by_role("button", name="By album").click()
    expect(page).to_have_url(re.compile(r"/people/barack-obama/\?by=album$"))
    headings = page.locator("#grid h2")
    expect(headings.first).to_have_text("2016 weekend")
    assert Axe().run(page).violations_count == 0
    page.reload()
    expect(page.get_by_role("button", name="By album")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#count")).to_have_text("7 photos")
    headings.get_by_role("link", name="2016 weekend").click()
    expect(page).to_have_url(re.compile("/sets/2016_weekend/$"))
    page.go_back()
    page.get_by_role("button", name="By year").click()
    expect(page).to_have_url(re.compile("/people/barack-obama/$"))
    expect(headings.first).to_have_text("2016")


def test_without_scripts_people_and_their_first_photos_are_there(browser: Browser, stack: RunningStack) -> None:
    context = browser.new_context(base_url=stack.site_url, java_script_enabled=False)
    page = context.new_page()
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/people/")
    card = page.get_by_role("link", name=BARACK)
    box = card.bounding_box()
    assert box
    assert box["width"] > 320 / 3, "two in a row leave room for long names"
    card.click()
    expect(page.locator("a.tile")).to_have_count(7)
    context.close()


def test_names_are_on_the_faces_of_a_photo(page: Page) -> None:
    page.goto(f"{SET}?pic=group.jpg")
    page.locator('.strip[data-state="faces"]').wait_for()
    ring = page.locator(".faces a.face").and_(page.get_by_role("link", name=f"All photos of {BARACK}"))
    expect(ring).to_have_attribute("href", "/people/barack-obama/")
    page.keyboard.press("i")
    people = page.get_by_role("complementary").get_by_role("link", name=GRACE)
    expect(people).to_have_attribute("href", "/people/grace-hopper/")
    settle(page, 500)
    assert Axe().run(page).violations_count == 0
    ring.click()
    expect(page).to_have_url(re.compile("/people/barack-obama/$"))


def test_an_album_shows_only_the_photos_of_somebody(page: Page) -> None:
    page.goto(SET)
    page.locator(".grid.live").wait_for()
    everything = page.locator("a.tile").count()
    chip = page.get_by_role("group", name="Show only photos of").get_by_role("button", name=BARACK)
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#count")).to_have_text("1 photo")
    expect(page.locator("a.tile")).to_have_count(1)
    chip.click()
    expect(page.locator("a.tile")).to_have_count(everything)


def test_people_are_found_by_name_as_a_visitor_types(page: Page) -> None:
    page.goto("/search/")
    field = page.get_by_role("combobox", name="Words or a date")
    options = page.get_by_role("option")
    field.press_sequentially("OBÁ")
    expect(options.first).to_contain_text(BARACK)
    expect(options.first).to_contain_text("7 photos")
    expect(page.locator("#suggested")).to_contain_text("suggestion")
    assert Axe().run(page).violations_count == 0
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", str(options.first.get_attribute("id")))
    assert Axe().run(page).violations_count == 0
    field.press("Escape")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(field).to_have_value("OBÁ")
    expect(page.get_by_role("region", name="People").get_by_role("link", name=BARACK)).to_be_visible()

    field.fill("barack 2009")
    expect(page.get_by_role("status")).to_have_text(re.compile(r"^1 person · \d photos?$"))
    expect(page.locator('a.tile:not([data-key^="2009_inauguration/"])')).to_have_count(0)
    field.fill("grace and barack")
    expect(options.first).to_contain_text(f"{GRACE} and {BARACK}")
    field.press("Enter")
    expect(page).to_have_url(re.compile(r"/people/grace-hopper\+barack-obama/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{GRACE} and {BARACK}")


def test_somebody_newer_than_the_site_is_shown_under_their_address(
    stack: RunningStack, page: Page, faults: Any
) -> None:
    stack.kinpics("people", "name", BARACK, "Barack H. Obama")
    page.goto("/people/")
    expect(page.get_by_role("link", name="Barack H. Obama")).to_have_attribute("href", "/people/barack-h-obama/")
    page.goto("/people/barack-h-obama/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Barack H. Obama")
    expect(page.locator("#count")).to_have_text("7 photos")
    page.goto("/search/")
    page.get_by_role("combobox").press_sequentially("barack")
    expect(page.get_by_role("option").first).to_contain_text("Barack H. Obama")
    page.goto("/people/barack-obama/")
    expect(page.locator("#none")).to_contain_text("There's nobody by this name here.")
    stack.kinpics("people", "undo")
    assert ["404" in fault for fault in faults.seen] == [True, True], "neither page was published"
    faults.seen.clear()


def test_somebody_hidden_is_gone_before_the_next_publish(stack: RunningStack, page: Page, faults: Any) -> None:
    stack.kinpics("people", "hide", GRACE)
    page.goto("/people/grace-hopper/")
    expect(page.locator("#none")).to_contain_text("There's nobody by this name here.")
    assert GRACE not in page.content()
    for path, place in (("/", ".people-row"), (SET, ".of-people")):
        page.goto(path)
        expect(page.locator(place)).to_contain_text(BARACK)
        page.mouse.move(10, 10)
        page.mouse.move(20, 20)
        expect(page.locator(place)).not_to_contain_text(GRACE)
        expect(page.locator(place)).to_contain_text(BARACK)
    stack.kinpics("people", "undo")
    assert all("404" in fault for fault in faults.seen)
    faults.seen.clear()
