"""A visitor reads the site in the language of their browser."""

import functools
import json
import re

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from steps import open_photo

from scripts.site.messages import find_messages
from scripts.site.translations import Translator

SET = "/sets/2015_pioneers/"
# What a visitor sees, or hears from a screen reader.
SAID = """() => {
  const said = [document.title];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) said.push(walk.currentNode.data);
  for (const element of document.querySelectorAll("body *"))
    for (const name of ["alt", "aria-label", "title", "placeholder"])
      if (element.hasAttribute(name)) said.push(element.getAttribute(name));
  return said.map((text) => text.trim()).filter(Boolean);
}"""
PLACES = re.compile(r"%\\\((\w+)\\\)s")


@pytest.fixture
def german(german_context: BrowserContext) -> Page:
    return german_context.new_page()


@functools.cache
def english() -> re.Pattern[str]:
    """Texts that the German catalogue has other words for."""
    gettext = Translator("de").translations.gettext
    single = [message.id for message in find_messages() if message.id and isinstance(message.id, str)]
    translated = [text for text in single if gettext(text) != text]
    plural = [text for message in find_messages() if isinstance(message.id, tuple) for text in message.id]
    patterns = [PLACES.sub(".+", re.escape(text)) for text in [*translated, *plural]]
    assert len(patterns) > 100
    return re.compile("|".join(patterns))


def english_on(page: Page) -> list[str]:
    """Texts on a page that its catalogue has another word for."""
    said: set[str] = set(page.evaluate(SAID))
    return [text for text in said if any(english().fullmatch(part) for part in (text, text.partition(" · ")[0]))]


def test_a_german_visitor_reads_german_on_each_page(german: Page) -> None:
    page = german
    answer = page.goto("/")
    assert answer
    assert answer.headers["content-language"] == "de"
    assert "Accept-Language" in answer.headers["vary"]
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.get_by_role("heading", level=1)).to_have_text("Unsere Fotos")
    expect(page.get_by_role("link", name="2015 pioneers")).to_contain_text("4 Fotos")
    page.wait_for_load_state("networkidle")
    assert english_on(page) == []
    for path in ("/faces/", "/search/", "/selfie/", "/lookalike/", "/account/", "/people/"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert english_on(page) == [], path


def test_a_photo_its_faces_and_its_person_are_in_german(german: Page) -> None:
    page = german
    page.goto(SET)
    open_photo(page, "group.jpg")
    assert english_on(page) == []
    page.get_by_role("link", name="Alle Fotos von Person 1 von 4 finden").first.click()
    expect(page.locator("#count")).to_contain_text("7 Fotos")
    assert english_on(page) == []


def test_a_day_is_written_as_germans_write_it(german: Page) -> None:
    page = german

    def answer(route: Route) -> None:
        if route.request.headers.get("x-amz-target") != "DynamoDB_20120810.GetItem":
            route.continue_()
            return
        person = {"person": {"S": "Grace"}, "portrait": {"S": "/thumbnails/x.jpg"}}
        person |= {name: {"N": "50"} for name in ("similarity", "width", "height")}
        expires = page.evaluate("String(Math.floor(Date.now() / 1000) + 86400)")
        row = {"made_at": {"S": "2026-04-17T12:00:00Z"}, "expires_at": {"N": expires}, "people": {"L": [{"M": person}]}}
        route.fulfill(
            body=json.dumps({"Item": row}),
            content_type="application/x-amz-json-1.0",
            headers={"access-control-allow-origin": "*"},
        )

    page.route("**/*", answer)
    page.goto("/lookalike/")
    expect(page.locator("#last-status")).to_have_text("Am 17. April 2026 sahst du Grace am ähnlichsten.")


def test_an_address_without_a_page_answers_in_the_visitors_language(german: Page) -> None:
    german.goto("/nothing/here/")
    expect(german.locator("html")).to_have_attribute("lang", "de")
    expect(german.locator("#unknown")).to_contain_text("Unter dieser Adresse gibt es nichts.")
    assert english_on(german) == []


def test_a_set_newer_than_the_site_is_shown_in_the_visitors_language(german: Page) -> None:
    fallback = german.request.get("/404.html").text()
    german.route(f"**{SET}", lambda route: route.fulfill(status=404, body=fallback, content_type="text/html"))
    german.goto(SET)
    expect(german.locator("#count")).to_contain_text("4 Fotos")
    expect(german.locator("html")).to_have_attribute("lang", "de")
