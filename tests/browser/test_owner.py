"""The owner's place: a set renamed, photos captioned, chosen, moved and deleted, a removal request granted."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect
from running import RunningStack
from sample_photos import SAMPLES, sources
from support import jpeg

from functions.visitor_rows import RemovalRequest
from local.state_folder import StateFolder
from scripts.laptop.laptop_owner import sign_in_link

SET, OTHER = "2026_owners", "2026_others"
FILES = ["a.jpg", "b.jpg", "c.jpg", "photographer.jpg"]
VISITOR = "us-east-1:00000000-0000-0000-0000-00000000abcd"


@pytest.fixture(scope="module", autouse=True)
def own_set(stack: RunningStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A set of its own, so that other tests find theirs as it was; its one face is nowhere else."""
    folder = tmp_path_factory.mktemp("owner") / SET
    folder.mkdir()
    for number, file in enumerate(FILES[:3]):
        (folder / file).write_bytes(jpeg(color=(200, 80 * number, 60)))
    (folder / FILES[3]).write_bytes(sources(SAMPLES)["photographer"])
    stack.kinpics("upload", str(folder), "--no-build")
    yield
    for line in stack.kinpics("people", "forgotten").stdout.splitlines():
        stack.kinpics("people", "remember", line.split()[0])
    for name in (SET, OTHER):
        stack.kinpics("delete", name, "--yes", check=False)


def sign_in(page: Page, stack: RunningStack) -> Page:
    link = sign_in_link(StateFolder(stack.data).running(), stack.data)
    assert link
    page.goto(link)
    expect(page.locator("#address")).to_have_text("owner@localhost")
    return page


@pytest.fixture
def owner(page: Page, stack: RunningStack) -> Page:
    return sign_in(page, stack)


def row(stack: RunningStack, path: str) -> dict[str, Any]:
    set_name, _, file = path.rpartition("/")
    return stack.table("PicsTable").get_item(Key={"primarykey": set_name or "/", "sortkey": file}).get("Item", {})


def tile(page: Page, file: str) -> Locator:
    return page.locator(f'.own-tile[data-file="{file}"]')


def test_everybody_else_gets_one_sentence(page: Page) -> None:
    page.goto("/owner/")
    expect(page.get_by_role("heading", name="Only the owner can use this page")).to_be_visible()
    expect(page.locator("#own-place")).to_be_hidden()


def test_a_set_is_renamed_in_place_and_back(owner: Page, stack: RunningStack) -> None:
    owner.get_by_role("link", name="Look after the site").click()
    edit = owner.get_by_role("button", name="Title and date of 2026 owners")
    edit.click()
    owner.keyboard.type("x" * 301)
    owner.keyboard.press("Enter")
    expect(owner.get_by_role("alert").filter(has_text="too long")).to_be_visible()
    owner.get_by_label("Title", exact=True).fill("The owner's photos")
    owner.get_by_label("Description").fill("Two lines,\nof which this is one")
    assert Axe().run(owner).response["violations"] == []
    owner.get_by_role("button", name="Save").click()
    expect(owner.get_by_role("link", name="The owner's photos")).to_be_visible()
    expect(owner.get_by_text("Changed since the last publish")).to_be_visible()
    assert row(stack, f"/{SET}")["title"] == "The owner's photos"
    owner.get_by_role("button", name="Undo").click()
    expect(owner.get_by_role("link", name="2026 owners")).to_be_visible()
    expect(owner.get_by_text("paid searches today")).to_be_visible()
    assert "title" not in row(stack, f"/{SET}")


def test_photos_are_captioned_chosen_moved_and_deleted(owner: Page, stack: RunningStack) -> None:
    owner.goto(f"/owner/?set={SET}")
    saved = owner.locator(".saved")
    tile(owner, "a.jpg").click()
    owner.get_by_role("button", name="Words…").click()
    owner.get_by_role("textbox", name="Caption").fill("At noon")
    assert Axe().run(owner).response["violations"] == []
    owner.get_by_role("button", name="Save").click()
    expect(saved).to_contain_text("Saved: 1 photo has new words.")
    assert row(stack, f"{SET}/a.jpg")["caption"] == "At noon"

    tile(owner, "a.jpg").press("Space")
    tile(owner, "b.jpg").press("Enter")
    owner.get_by_role("button", name="Make cover").click()
    expect(saved).to_contain_text("this photo is the album's cover")
    expect(tile(owner, "b.jpg")).to_contain_text("Cover")
    assert row(stack, f"/{SET}")["pic"] == "b.jpg"

    tile(owner, "b.jpg").click()
    tile(owner, "a.jpg").click()
    owner.get_by_role("button", name="Move…").click()
    owner.get_by_role("combobox", name="To the album").select_option("A new album")
    owner.get_by_role("textbox", name="Name of the new album").fill(OTHER)
    owner.get_by_role("button", name="Move", exact=True).click()
    expect(saved).to_contain_text("1 photo is moving.")
    expect(tile(owner, "a.jpg")).to_have_count(0, timeout=90_000)
    moved = row(stack, f"{OTHER}/a.jpg")
    assert (moved["caption"], moved["owner_words"]) == ("At noon", ["caption"])
    assert row(stack, f"{SET}/a.jpg") == {}

    tile(owner, "b.jpg").click()
    tile(owner, "c.jpg").click(modifiers=["Shift"])
    expect(owner.get_by_text("2 selected")).to_be_visible()
    owner.get_by_role("button", name="Delete…").click()
    dialog = owner.get_by_role("dialog")
    expect(dialog).to_contain_text("b.jpg")
    assert Axe().run(owner).response["violations"] == []
    dialog.get_by_role("button", name="Delete 2 photos").click()
    expect(tile(owner, "b.jpg")).to_have_count(0, timeout=60_000)
    saved.get_by_role("button", name="Undo").click()
    expect(tile(owner, "b.jpg")).to_have_count(1, timeout=60_000)
    expect(tile(owner, "c.jpg")).to_have_count(1, timeout=60_000)


def test_a_removal_request_is_granted_on_a_phone(phone: Page, stack: RunningStack) -> None:
    face = row(stack, f"{SET}/photographer.jpg")["data"]["FaceRecords"][0]["Face"]["FaceId"]
    request = RemovalRequest(
        identity_id=VISITOR, made_at="2026-01-02T00:00:00+00:00", expires_at=4_000_000_000, face_ids=[face]
    )
    stack.table("RequestsTable").put_item(Item=request.to_item())
    owner = sign_in(phone, stack)
    owner.goto("/owner/")
    heading = owner.get_by_role("heading", name="Removal requests", exact=True)
    asked = owner.locator("section", has=heading).get_by_role("listitem")
    expect(asked).to_have_count(1)
    expect(asked.locator(".head")).to_have_count(1)
    assert Axe().run(owner).response["violations"] == []
    assert owner.evaluate("document.documentElement.scrollWidth <= innerWidth")
    asked.get_by_role("button", name="Remove…").click()
    owner.get_by_role("button", name="Remove this person").click()
    expect(asked).to_have_count(0)
    expect(owner.locator(".saved")).to_contain_text("Removed.")
    stack.wait_for_queue("ProcessQueue")
    assert row(stack, f"{SET}/photographer.jpg")["face_count"] == 0
    assert "Item" not in stack.table("RequestsTable").get_item(Key={"identity_id": VISITOR})
