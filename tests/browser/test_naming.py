"""The owner says who is who: questions, undo, the tools of a person and of a photo; visitors have none of it."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response, Route, expect
from running import RunningStack
from steps import ask, undone_afterwards

from local.state_folder import StateFolder
from scripts.laptop.laptop_owner import sign_in_link

NORA = "Nora Test"
PORTRAIT = {"path": "2009_inauguration/obama.jpg", "box": [0.3, 0.1, 0.4, 0.4]}


@pytest.fixture(autouse=True)
def undone(stack: RunningStack) -> Iterator[None]:
    with undone_afterwards(stack):
        yield


@pytest.fixture
def owner(page: Page, stack: RunningStack) -> Page:
    """A page of the owner, signed in by the link."""
    link = sign_in_link(StateFolder(stack.data).running(), stack.data)
    assert link
    page.goto(link)
    expect(page.locator("#address")).to_have_text("owner@localhost")
    return page


@pytest.fixture
def nora(stack: RunningStack) -> str:
    """Who has most photos has a name: the id."""
    face = next(face for face in ask(stack, "photo", path=PORTRAIT["path"])["faces"])
    faces = [{"path": face["path"], "box": face["box"]}]
    named = [{"kind": "name", "person": "new", "name": NORA}, {"kind": "assign", "person": "new", "faces": faces}]
    return str(ask(stack, "decide", events=named)["events"][0]["person"])


def told(kind: str) -> Callable[[Response], bool]:
    """Whether this is the album's answer to a decision of a kind."""
    return lambda answer: f'"kind":"{kind}"' in (answer.request.post_data or "")


def test_an_evening_of_naming_with_the_keyboard(owner: Page) -> None:
    owner.get_by_role("link", name="Say who is who").click()
    progress, saved, keys = owner.locator("#progress-words"), owner.locator(".saved"), owner.keyboard
    expect(owner.locator("#announcement")).to_contain_text("Who is this?")
    assert Axe().run(owner).response["violations"] == []
    before = progress.inner_text()

    keys.press("n")
    keys.press("Enter")
    expect(owner.get_by_text("Type a name first.")).to_be_visible()
    keys.type(NORA)
    with owner.expect_response(told("name")):
        keys.press("Enter")
    expect(saved).to_contain_text(f"Saved: that was {NORA}.")
    expect(progress).not_to_have_text(before)

    keys.press("n")
    keys.type("nor")
    keys.press("Tab")
    expect(owner.get_by_role("option", selected=True)).to_contain_text(NORA)
    keys.press("Enter")
    expect(saved).to_contain_text(f"Saved: that was {NORA}.")
    keys.press("z")
    expect(saved).to_contain_text("Undone.")

    for key, name in (("n", "nora test"), ("y", NORA)):
        keys.press("n")
        keys.type("nora test")
        keys.press("Enter")
        expect(owner.get_by_text("Is this the same person?")).to_be_visible()
        keys.press(key)
        expect(saved).to_contain_text(f"Saved: that was {name}.")
        keys.press("z")
        expect(saved).to_contain_text("Undone.")

    for key in ("t", "x"):
        keys.press(key)
        expect(saved).to_contain_text("Saved: you won't be asked about")
        keys.press("z")
        expect(saved).to_contain_text("Undone.")

    owner.get_by_role("button", name="History").click()
    steps = owner.locator("dialog")
    steps.get_by_role("button", name=f"Undo: Named: {NORA}", exact=True).click()
    expect(steps.get_by_role("listitem").filter(has_text=f"Undone: Named: {NORA}")).to_have_count(1)
    steps.get_by_role("button", name=f"Undo: Undone: Named: {NORA}", exact=True).click()
    expect(steps.get_by_role("listitem").filter(has_text=f"Done again: Named: {NORA}")).to_have_count(1)
    owner.route("**/2015-03-31/functions/**", lambda route: _answer(route, {"history": {}}, status=500))
    steps.get_by_role("button", name=f"Undo: Done again: Named: {NORA}", exact=True).click()
    expect(steps.get_by_role("status")).to_have_text("That step is undone.")
    expect(steps.get_by_role("button", name=f"Undo: Done again: Named: {NORA}", exact=True)).to_have_count(0)
    assert Axe().run(owner).response["violations"] == []


def test_a_person_is_merged_split_hidden_and_shown_again(owner: Page, nora: str, faults: Any) -> None:
    owner.goto("/sets/2015_pioneers/?pic=hopper.jpg")
    owner.locator('.strip[data-state="faces"]').wait_for()
    owner.keyboard.press("i")
    panel = owner.locator(".owner-faces")
    for draw in (_drag, _move):
        panel.get_by_role("button", name="Draw a face that was missed").click()
        draw(owner)
        owner.keyboard.type("Cleo Test")
        owner.keyboard.press("Enter")
        expect(panel).to_contain_text("Saved: that was Cleo Test.")
        if draw is _drag:
            panel.get_by_role("button", name="Undo").click()
            expect(panel).to_contain_text("Undone.")
            expect(panel.locator(".photo-faces")).not_to_contain_text("Cleo Test")
    expect(owner.locator(".faces").get_by_role("link", name="All photos of Cleo Test")).to_have_count(1)

    owner.goto("/people/nora-test/")
    owner.get_by_role("button", name="Edit").click()
    tools = owner.locator("dialog")
    title, saved = tools.get_by_role("heading", level=2), tools.locator(".saved")
    faces = tools.locator(".tools > .candidates .candidate")
    expect(title).to_have_text(NORA)
    every = faces.count()
    tools.get_by_label("The same person as").fill("cleo")
    owner.keyboard.press("Tab")
    owner.keyboard.press("Enter")
    expect(saved).to_contain_text(f"{NORA} was merged into Cleo Test")
    expect(title).to_have_text("Cleo Test")
    expect(faces).to_have_count(every + 1)
    saved.get_by_role("button", name="Undo").click()
    expect(title).to_have_text(NORA)
    expect(faces).to_have_count(every)

    tools.get_by_role("button", name=f"Not {NORA}").click()
    expect(tools.locator(".problem")).to_have_text("Choose faces first.")
    faces.first.click()
    tools.get_by_role("button", name="Use as portrait").click()
    expect(saved).to_contain_text("Saved: this is the portrait now.")
    faces.first.click()
    tools.get_by_label("The chosen faces are").fill("Otto Test")
    owner.keyboard.press("Enter")
    expect(saved).to_contain_text("Saved: that was Otto Test.")
    saved.get_by_role("button", name="Undo").click()
    expect(faces).to_have_count(every)
    for face in faces.all():
        face.click()
    tools.get_by_label("The chosen faces are").fill("Otto Test")
    owner.keyboard.press("Enter")
    expect(tools.locator(".problem")).to_contain_text(f"These are all faces of {NORA}.")
    birth = tools.get_by_label("Birth date")
    with owner.expect_response(told("birth")) as kept:
        birth.press_sequentially("12091976")
        birth.press("Enter")
    assert json.loads(kept.value.request.post_data or "")["events"][0]["date"] == "1976-12-09"
    expect(saved).to_contain_text("Saved.")
    birth.fill("2150-01-01")
    birth.press("Enter")
    expect(tools.locator(".problem")).to_have_text("A birth date can't be in the future.")
    assert Axe().run(owner).response["violations"] == []

    tools.get_by_role("button", name="Hide from visitors").click()
    expect(saved).to_contain_text(f"Saved: visitors don't see {NORA} any more.")
    tools.get_by_role("button", name="Done").click()
    expect(owner.get_by_role("heading", name=f"{NORA} is hidden from visitors.")).to_be_visible()
    owner.get_by_role("link", name="See all people").click()
    owner.get_by_role("link", name=NORA).click()
    owner.get_by_role("button", name="Edit").click()
    tools.get_by_role("button", name="Show to visitors").click()
    expect(saved).to_contain_text(f"Saved: visitors see {NORA} again.")
    faults.seen.clear()  # pages of people who are hidden, or newer than the site, answer with 404


def _drag(page: Page) -> None:
    """Draw a box in the photo's lower corner, after a click that draws nothing."""
    box = page.locator(".drawing-frame").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(box["x"] + 0.02 * box["width"], box["y"] + 0.8 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.12 * box["width"], box["y"] + 0.95 * box["height"], steps=3)
    page.mouse.up()


def _move(page: Page) -> None:
    """Move the box that is offered to where there is no face, and take it."""
    for _ in range(20):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


def test_a_number_takes_a_suggestion_and_rows_are_confirmed_and_taken_back(owner: Page, nora: str) -> None:
    """The album answers as one that has no more questions than these."""
    asked = {"path": "2015_pioneers/rocket.jpg", "face": None, "width": 800, "height": 600, "taken_at": None}
    faces = [{**asked, "box": [left, 0.1, 0.1, 0.1]} for left in (0.1, 0.5)]
    suggested = {"person": nora, "name": NORA, "portrait": None, "why": "alike"}
    shown = [{**asked, "box": [left, 0.6, 0.1, 0.1]} for left in (0.3, 0.5)]
    group = {"id": "a", "person": None, "photos": 3, "faces": shown, "members": ["other"], "suggestions": [suggested]}
    answers = {
        "questions": {"named": 1, "total": 2, "groups": [group]},
        "faces": {"faces": [{**asked, "box": [0.7, 0.6, 0.1, 0.1]}]},
        "people": {"people": [{"id": nora, "name": NORA, "candidates": 2}]},
        "person": {"id": nora, "name": NORA, "faces": [], "candidates": faces},
    }
    owner.route("**/2015-03-31/functions/**", lambda route: _answer(route, answers))
    owner.goto("/naming/")
    expect(owner.locator(".choice")).to_contain_text([NORA])
    others, all_of_them = owner.locator("#others"), owner.get_by_role("button", name="and 1 more photo")
    owner.keyboard.press("m")
    expect(others.get_by_role("button", name="Face 1")).to_be_focused()
    expect(others.get_by_role("button")).to_have_count(3)
    assert Axe().run(owner).response["violations"] == []
    owner.keyboard.press("m")
    expect(others).to_be_empty()
    all_of_them.click()
    others.get_by_role("button", name="Face 3").click()
    with owner.expect_response(told("reject")) as kept:
        owner.keyboard.press("1")
    drafts = json.loads(kept.value.request.post_data or "")["events"]
    assert [(draft["kind"], len(draft["faces"])) for draft in drafts] == [("assign", 2), ("reject", 1)]
    expect(owner.locator(".saved").first).to_contain_text(f"Saved: that was {NORA}.")
    expect(owner.get_by_role("heading", name=f"Is this {NORA}?")).to_be_focused()
    assert Axe().run(owner).response["violations"] == []
    owner.get_by_role("button", name=f"Face 2 is {NORA}").click()
    with owner.expect_response(told("reject")):
        owner.keyboard.press("y")
    expect(owner.locator(".saved")).to_contain_text(f"Saved: 1 face of {NORA}.")
    expect(owner.get_by_role("heading", name="That's everybody")).to_be_focused()
    owner.keyboard.press("z")
    expect(owner.get_by_role("heading", name=f"Is this {NORA}?")).to_be_focused()
    owner.keyboard.press("s")
    expect(owner.get_by_role("heading", name="That's everybody")).to_be_focused()
    expect(owner.get_by_role("link", name="See all people")).to_be_visible()
    with owner.expect_response(told("undo")):
        owner.keyboard.press("z")
    expect(owner.get_by_role("heading", name="Who is this?")).to_be_focused()
    with owner.expect_response(told("assign")):
        owner.keyboard.press("1")
    expect(owner.get_by_role("heading", name="That's everybody")).to_be_focused()


def test_what_is_typed_stays_in_the_field_when_the_album_is_slow(owner: Page) -> None:
    """Anywhere else on the page, its letters would be shortcuts. And nothing is said of faces that weren't seen."""
    face = {"path": "2015_pioneers/rocket.jpg", "face": None, "width": 800, "height": 600, "taken_at": None}
    faces = [{**face, "box": [left / 200, 0.6, 0.1, 0.1]} for left in range(63)]
    group = {"person": None, "photos": 63, "members": ["other"], "suggestions": []}
    another = {**face, "box": [0.1, 0.1, 0.1, 0.1]}
    groups = [{**group, "id": "a", "faces": faces[:2]}, {**group, "id": "b", "faces": [another]}]
    answers: dict[str, Any] = {
        "questions": {"named": 1, "total": 3, "groups": groups},
        "faces": {"faces": faces[2:]},
        "people": {"people": []},
        "decide": {"events": []},
    }
    late, held = {"faces"}, list[Route]()

    def answer(route: Route) -> None:
        if json.loads(route.request.post_data or "{}").get("action") in late:
            held.append(route)
        else:
            _answer(route, answers)

    def type_meanwhile(text: str) -> Route:
        """Type a name while the album thinks about something."""
        owner.keyboard.press("n")
        owner.keyboard.type(text)
        while not held:
            owner.wait_for_timeout(20)
        return held.pop()

    owner.route("**/2015-03-31/functions/**", answer)
    owner.goto("/naming/")
    field, others, problem = owner.get_by_label("Name", exact=True), owner.locator("#others"), owner.locator("#problem")
    expect(field).to_be_visible()
    owner.keyboard.press("m")
    _answer(type_meanwhile("Ma"), answers)
    expect(others.get_by_role("button", name="Face")).to_have_count(60)
    expect(field).to_be_focused()
    desktop = owner.viewport_size
    assert desktop
    owner.set_viewport_size({"width": 390, "height": 844})
    owner.evaluate("scrollTo(0, 0)")
    expect(owner.get_by_role("heading", name="Who is this?")).to_be_in_viewport(ratio=1)
    expect(field).to_be_in_viewport(ratio=1)
    assert Axe().run(owner).response["violations"] == []
    owner.set_viewport_size(desktop)
    others.get_by_role("button", name="Face 1", exact=True).click()
    field.focus()

    late = {"decide"}
    owner.keyboard.press("Enter")
    lost = type_meanwhile("Otto")
    drafts = json.loads(lost.request.post_data or "")["events"]
    assert [len(draft.get("faces", [])) for draft in drafts] == [0, 59, 1]
    lost.fulfill(json={"statusCode": 400, "err": {"code": "InvalidDecision", "message": "too odd"}})
    expect(problem).to_contain_text("An answer wasn't saved, so the question is back.")
    expect(field).to_be_focused()

    late = {"questions"}
    owner.keyboard.type("Ma")
    owner.keyboard.press("Enter")
    type_meanwhile("Otto").fulfill(json={"statusCode": 500, "err": {"code": "PeopleFailed", "message": ""}})
    expect(problem).to_contain_text("That didn't work.")
    expect(field).to_have_value("Otto")


def _answer(route: Route, answers: dict[str, Any], status: int = 200) -> None:
    action = json.loads(route.request.post_data or "{}").get("action")
    if action in answers:
        route.fulfill(json={"statusCode": status, "output": answers[action]})
    else:
        route.continue_()


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
    expect(owner.locator("#problem")).to_contain_text("This page is out of date. Reload it, then try again.")
    expect(owner.locator(".saved")).to_be_hidden()
    expect(owner.locator("#evidence a").first).to_have_attribute("href", str(asked))


def test_an_owner_who_is_signed_out_is_led_to_sign_in(owner: Page, faults: Any) -> None:
    def refuse(route: Route) -> None:
        # The account page, which the owner leaves, may still be asking something.
        if "/naming/" not in owner.url:
            route.continue_()
            return
        owner.evaluate("localStorage.removeItem('kinpics.session')")
        route.fulfill(json={"statusCode": 403, "err": {"code": "AccessDenied", "message": ""}})

    owner.route("**/2015-03-31/functions/**", refuse)
    owner.goto("/naming/")
    expect(owner.locator("#problem")).to_contain_text("Only the owner can do this.")
    expect(owner.locator("#problem").get_by_role("link", name="Sign in")).to_be_visible()
    expect(owner.locator("#loading")).to_be_hidden()
    faults.seen.clear()


def test_visitors_load_and_see_none_of_it(page: Page) -> None:
    scripts: list[str] = []
    page.on("response", lambda answer: scripts.append(answer.text()) if re.search(r"\.js$", answer.url) else None)
    page.goto("/naming/")
    expect(page.get_by_role("heading", name="Only the owner can use this page")).to_be_visible()
    page.goto("/people/")
    expect(page.get_by_role("link", name="Say who is who")).to_have_count(0)
    assert not any("Draw a face that was missed" in script or "an answer is taken" in script for script in scripts)
