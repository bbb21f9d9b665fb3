"""A visitor searches all albums by words and dates."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect


def test_a_visitor_searches_by_words_and_dates(page: Page) -> None:
    page.goto("/")
    page.get_by_role("banner").get_by_role("link", name="Search").click()
    field = page.get_by_role("combobox", name="Words or a date")
    expect(field).to_be_focused()
    field.press_sequentially("pione")
    status = page.get_by_role("status")
    expect(status).to_have_text("1 album · 4 photos")
    expect(page).to_have_url(re.compile(r"/search/\?q=pione$"))
    albums = page.get_by_role("region", name="Albums")
    expect(albums.get_by_role("link", name="2015 pioneers")).to_have_attribute("href", "/sets/2015_pioneers/")
    assert Axe().run(page).violations_count == 0

    field.fill("elena kagan may 2010")
    expect(albums).to_be_hidden()
    tile = page.locator('a.tile[data-key^="2016_weekend/"]')
    expect(tile).to_have_count(1)
    expect(tile.get_by_role("img")).to_have_attribute("alt", re.compile("Elena Kagan"))
    tile.click()
    page.locator(".pswp--ui-visible").wait_for()
    expect(page).to_have_url(re.compile(r"\?q=elena\+kagan\+may\+2010&pic=2016_weekend%2F"))
    page.go_back()
    expect(page.locator(".pswp")).to_have_count(0)
    expect(field).to_have_value("elena kagan may 2010")

    field.fill("zebra")
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    expect(status).to_have_text("Nothing found")
    assert Axe().run(page).violations_count == 0


def test_a_suggestion_is_a_step_that_back_undoes(page: Page) -> None:
    page.goto("/search/?q=weekend")
    field = page.get_by_role("combobox")
    expect(field).to_have_value("weekend")
    chip = page.locator("#suggestions a").first
    word = chip.inner_text()
    chip.click()
    expect(field).to_have_value(word)
    expect(chip).to_have_attribute("aria-current", "true")
    page.go_back()
    expect(field).to_have_value("weekend")
    expect(page.get_by_role("region", name="Albums")).to_contain_text("2016 weekend")
