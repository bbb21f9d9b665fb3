"""Finding one's own photos by a picture, as a visitor does."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Request, expect
from running import RunningStack
from support import jpeg

MOST_SENT_BYTES = 200_000


@pytest.fixture
def face(demo_folders: list[Path]) -> Path:
    (folder,) = [folder for folder in demo_folders if folder.name == "2016_weekend"]
    return folder / "obama3.jpg"


def invocations(page: Page) -> list[Request]:
    """The search function's calls, as they are made."""
    made: list[Request] = []
    page.on("request", lambda request: made.append(request) if "/invocations" in request.url else None)
    return made


def sent(request: Request) -> dict[str, Any]:
    return json.loads(request.post_data or "{}")


def test_from_the_index_to_ones_own_photos(page: Page, face: Path) -> None:
    calls = invocations(page)
    page.goto("/")
    page.get_by_role("link", name="Find my photos").click()
    expect(page.get_by_label("Take or choose a picture")).to_be_disabled()
    expect(page.get_by_role("checkbox")).not_to_be_checked()
    page.get_by_role("checkbox").check()
    page.get_by_label("Take or choose a picture").set_input_files(face)
    expect(page.get_by_role("status")).to_have_text("7 photos, most similar first")
    expect(page.locator("a.tile").first).to_be_visible()
    expect(page.get_by_alt_text("The picture you searched with")).to_be_visible()
    (call,) = [request for request in calls if request.method == "POST"]
    assert set(sent(call)) == {"image", "limit", "threshold"}
    assert len(call.post_data or "") <= MOST_SENT_BYTES


def test_how_alike_is_chosen_without_searching_again(page: Page, face: Path) -> None:
    calls = invocations(page)
    page.goto("/selfie/")
    page.get_by_role("checkbox").check()
    expect(page.get_by_role("slider")).to_be_hidden()
    page.get_by_label("Take or choose a picture").set_input_files(face)
    expect(page.get_by_role("status")).to_have_text("7 photos, most similar first")
    expect(page.get_by_role("slider")).to_have_value("90")
    page.evaluate(
        """() => {
            const slider = document.getElementById("threshold");
            slider.max = "100";
            slider.value = "100";
            slider.dispatchEvent(new Event("input"));
        }"""
    )
    expect(page.get_by_role("status")).to_have_text("No photo is that much alike.")
    expect(page.locator("a.tile")).to_have_count(0)
    page.get_by_role("slider").focus()
    page.keyboard.press("Home")
    expect(page.get_by_role("status")).to_contain_text("photos, most similar first")
    assert len([request for request in calls if request.method == "POST"]) == 1


def test_consent_is_remembered_until_it_is_taken_back(page: Page, face: Path) -> None:
    page.goto("/selfie/")
    page.get_by_role("checkbox").check()
    page.reload()
    expect(page.get_by_role("checkbox")).to_be_checked()
    page.get_by_label("Take or choose a picture").set_input_files(face)
    expect(page.locator("a.tile").first).to_be_visible()
    page.get_by_role("checkbox").uncheck()
    expect(page.locator("a.tile")).to_have_count(0)
    expect(page.locator("#preview")).to_be_hidden()
    page.reload()
    expect(page.get_by_role("checkbox")).not_to_be_checked()
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('consent'))") == []


def test_what_can_not_be_searched_by_is_told_in_words(page: Page, tmp_path: Path) -> None:
    calls = invocations(page)
    (tmp_path / "text.jpg").write_text("no image")
    (tmp_path / "plain.jpg").write_bytes(jpeg(size=(9000, 4500)))
    page.goto("/selfie/")
    page.get_by_role("checkbox").check()
    page.get_by_label("Take or choose a picture").set_input_files(tmp_path / "text.jpg")
    expect(page.get_by_role("alert")).to_contain_text("can't open that file as a picture")
    assert not calls, "nothing was sent"
    page.get_by_label("Take or choose a picture").set_input_files(tmp_path / "plain.jpg")
    expect(page.get_by_role("alert")).to_contain_text("No face was found")
    assert len([request for request in calls if request.method == "POST"]) == 1


def test_on_a_phone_and_for_a_screen_reader(phone: Page, face: Path) -> None:
    phone.goto("/selfie/")
    phone.get_by_role("checkbox").check()
    phone.get_by_label("Take or choose a picture").set_input_files(face)
    expect(phone.locator("a.tile").first).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    results = Axe().run(phone)
    assert results.violations_count == 0, results.generate_report()


def test_whom_one_looks_like(stack: RunningStack, page: Page, demo_folders: list[Path], tmp_path: Path) -> None:
    folders = {folder.name: folder for folder in demo_folders}
    shutil.copy(folders["2015_pioneers"] / "hopper.jpg", tmp_path / "hopper.jpg")
    shutil.copy(folders["2009_inauguration"] / "biden.jpg", tmp_path / "Joe_Biden.jpg")
    (tmp_path / "credits.csv").write_text(
        "file,name,credit,licence,url\nhopper.jpg,Grace Hopper,U.S. Navy,public domain,https://example.com/hopper\n"
    )
    stack.kinpics("celebrities", "add", str(tmp_path))
    try:
        page.goto("/")
        page.get_by_role("link", name="Whom do I look like?").click()
        page.get_by_role("checkbox").check()
        page.get_by_label("Take or choose a picture").set_input_files(tmp_path / "hopper.jpg")
        expect(page.get_by_role("status")).to_have_text("You look most like Grace Hopper.")
        people = page.locator("#lookalikes li")
        expect(people).to_have_count(2)
        expect(people.first).to_contain_text("Grace Hopper")
        expect(people.first.get_by_role("link", name="U.S. Navy, public domain")).to_be_visible()
        expect(people.nth(1)).to_contain_text("% similar")
        page.wait_for_function("[...document.querySelectorAll('#lookalikes img')].every((image) => image.naturalWidth)")
        assert Axe().run(page).violations_count == 0
    finally:
        for name in ("Grace Hopper", "Joe Biden"):
            stack.kinpics("celebrities", "remove", name, "--yes")


def test_the_camera_takes_a_picture_after_a_countdown(camera_page: Page) -> None:
    page = camera_page
    calls = invocations(page)
    page.goto("/selfie/")
    expect(page.get_by_role("button", name="Use the camera")).to_be_disabled()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Use the camera").click()
    page.get_by_role("button", name="Take the picture").click()
    expect(page.locator("#countdown")).not_to_be_empty()
    expect(page.get_by_role("alert")).to_contain_text("No face was found")
    expect(page.locator("#viewfinder")).to_be_hidden()
    expect(page.locator("#preview")).to_be_visible()
    assert page.evaluate("document.getElementById('video').srcObject") is None, "the camera is off"
    assert len([request for request in calls if request.method == "POST"]) == 1
    page.get_by_role("button", name="Use the camera").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#viewfinder")).to_be_hidden()


def test_a_camera_that_is_refused_is_told_and_a_picture_offered(page: Page, face: Path) -> None:
    page.goto("/selfie/")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Use the camera").click()
    expect(page.get_by_role("alert")).to_contain_text("hoose a picture instead")
    page.get_by_label("Take or choose a picture").set_input_files(face)
    expect(page.locator("a.tile").first).to_be_visible()
    expect(page.get_by_role("alert")).to_be_hidden()
