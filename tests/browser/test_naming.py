"""The owner says who is who: questions, answers that come back, undo; and nothing of it for visitors."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response, expect
from running import RunningStack

from local.state_folder import StateFolder
from scripts.laptop.laptop_owner import sign_in_link


@pytest.fixture
def owner(page: Page, stack: RunningStack) -> Page:
    """A page of the owner, signed in by the link."""
    link = sign_in_link(StateFolder(stack.data).running(), stack.data)
    assert link
    page.goto(link)
    expect(page.locator("#address")).to_have_text("owner@localhost")
    return page


def told(kind: str) -> Callable[[Response], bool]:
    """Whether this is the album's answer to a decision of a kind."""
    return lambda answer: f'"kind":"{kind}"' in (answer.request.post_data or "")


def test_an_evening_of_naming_with_the_keyboard(owner: Page) -> None:
    owner.goto("/people/")
    owner.get_by_role("link", name="Say who is who").click()
    progress = owner.locator("#progress-words")
    expect(owner.locator("#announcement")).to_contain_text("Who is this?")
    assert Axe().run(owner).response["violations"] == []
    before = progress.inner_text()

    owner.keyboard.press("n")
    owner.keyboard.press("Enter")
    expect(owner.get_by_text("Type a name first.")).to_be_visible()
    owner.keyboard.type("Nora Test")
    with owner.expect_response(told("name")):
        owner.keyboard.press("Enter")
    expect(owner.locator(".toast.saved")).to_contain_text("Saved: that was Nora Test.")
    expect(progress).not_to_have_text(before)

    owner.keyboard.press("n")
    owner.keyboard.type("nora test")
    expect(owner.get_by_role("option")).to_contain_text("Nora Test")
    owner.keyboard.press("Enter")
    expect(owner.get_by_text("Is this the same person?")).to_be_visible()
    owner.keyboard.press("Escape")
    owner.locator("#ask").focus()

    with owner.expect_response(told("undo")):
        owner.keyboard.press("z")
    expect(owner.locator(".toast.saved")).to_contain_text("Undone.")
    expect(progress).to_have_text(before)
    owner.get_by_role("button", name="History").click()
    expect(owner.locator(".history .undone").first).to_be_visible()
    assert Axe().run(owner).response["violations"] == []


def test_an_answer_that_is_not_saved_comes_back_as_a_question(owner: Page) -> None:
    owner.goto("/naming/")
    expect(owner.locator("#question")).to_be_visible()
    asked = owner.locator("#evidence a").first.get_attribute("href")
    owner.route(
        "**/2015-03-31/functions/**",
        lambda route: (
            route.fulfill(json={"statusCode": 400, "err": {"code": "InvalidDecision", "message": "name: too odd"}})
            if "decide" in (route.request.post_data or "")
            else route.continue_()
        ),
    )
    owner.keyboard.press("t")
    expect(owner.locator("#problem")).to_contain_text("The album refused this: name: too odd.")
    expect(owner.locator("#evidence a").first).to_have_attribute("href", str(asked))


def test_visitors_load_and_see_none_of_it(page: Page) -> None:
    scripts: list[str] = []
    page.on("response", lambda answer: scripts.append(answer.text()) if re.search(r"\.js$", answer.url) else None)
    page.goto("/naming/")
    expect(page.get_by_role("heading", name="This page is the owner's")).to_be_visible()
    page.goto("/people/")
    expect(page.get_by_role("link", name="Say who is who")).to_have_count(0)
    assert not any("Draw a face that was missed" in script or "an answer is taken" in script for script in scripts)
