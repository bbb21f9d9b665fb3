"""Find my photos: a visitor searches with a picture."""

import base64
import io
import zipfile
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, Route, expect
from steps import choose, sent, watch_searches

MAX_SENT_BYTES = 200_000
_NAME_OF_FOCUS = """() => {
    const { activeElement: element } = document;
    return element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent
        ?? element.querySelector("img")?.alt ?? element.textContent;
}"""


def test_a_search_works_with_the_keyboard_alone(page: Page, face: Path) -> None:
    page.goto("/")
    tab_to(page, "Find my photos")
    page.keyboard.press("Enter")
    expect(page.get_by_label("I agree")).to_be_enabled()
    tab_to(page, "I agree")
    page.keyboard.press("Space")
    tab_to(page, "Choose a picture")
    page.locator(":focus").set_input_files(face)  # the dialog that a key opens is the browser's own
    expect(page.get_by_role("status")).to_have_text("7 photos, best match first")
    tab_to(page, "Download all 7")
    tab_to(page, "Photo obama3.jpg")
    page.keyboard.press("Enter")
    page.locator('.pswp--ui-visible .strip[data-state="faces"]').wait_for()
    page.keyboard.press("Escape")
    expect(page.locator(".pswp--ui-visible")).to_be_hidden()


def tab_to(page: Page, name: str) -> None:
    """Press Tab until something of that name has the focus."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if name in (page.evaluate(_NAME_OF_FOCUS) or ""):
            return
    raise AssertionError(f"Tab does not lead to {name}")


def test_a_visitor_finds_their_photos_from_the_index(page: Page, face: Path) -> None:
    calls = watch_searches(page)
    page.goto("/")
    page.get_by_role("link", name="Find my photos").click()
    expect(page.get_by_label("Choose a picture")).to_be_disabled()
    expect(page.get_by_role("button", name="Use the camera")).to_be_disabled()
    expect(page.get_by_role("checkbox")).not_to_be_checked()
    choose(page, face)
    expect(page.get_by_role("status")).to_have_text("7 photos, best match first")
    expect(page.locator("a.tile").first).to_be_visible()
    expect(page.get_by_alt_text("Your picture")).to_be_visible()
    (call,) = calls
    assert set(sent(call)) == {"image", "limit", "threshold"}
    assert len(call.post_data or "") <= MAX_SENT_BYTES


def test_steps_filter_without_searching_again(page: Page, face: Path) -> None:
    calls = watch_searches(page)
    similarities = [99.5, 95, 95, 92, 80, 71, 70]

    def answer(route: Route) -> None:
        response = route.fetch()
        found = response.json()
        for photo, similarity in zip(found.get("output", []), similarities, strict=False):
            photo["similarity"] = similarity
        route.fulfill(response=response, json=found)

    page.route("**/*SearchFunction*/invocations", answer)
    page.goto("/selfie/")
    steps = page.get_by_role("group", name="Is this you?").get_by_role("radio")
    expect(steps).to_have_count(0)
    choose(page, face)
    expect(page.get_by_role("status")).to_have_text("4 photos, best match first")
    assert [text.split() for text in page.locator(".steps label").all_inner_texts()] == [
        ["Sure", "1"],
        ["Likely", "4"],
        ["Maybe", "7"],
    ]
    expect(page.get_by_role("radio", name="Likely")).to_be_checked()
    page.get_by_role("radio", name="Likely").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("status")).to_have_text("7 photos, best match first")
    expect(page.locator("a.tile").first).to_be_visible()
    assert sum(int(text.split()[0]) for text in page.locator("#grid .quiet").all_inner_texts()) == 7
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("status")).to_have_text("1 photo, best match first")
    expect(page.get_by_role("heading", name="1 photo of you")).to_be_visible()
    similarities[0] = 98
    choose(page, face)
    page.get_by_role("radio", name="Sure").check(force=True)
    expect(page.get_by_role("status")).to_have_text("No match is that close. Choose Maybe to show more.")
    expect(page.locator("a.tile")).to_have_count(0)
    assert len(calls) == 2, "one for each picture"


def test_consent_is_remembered_until_it_is_withdrawn(page: Page, face: Path) -> None:
    page.goto("/selfie/")
    page.get_by_role("checkbox").check()
    page.reload()
    expect(page.get_by_role("checkbox")).to_be_checked()
    choose(page, face)
    expect(page.locator("a.tile").first).to_be_visible()
    page.get_by_role("checkbox").uncheck()
    expect(page.locator("a.tile")).to_have_count(0)
    expect(page.locator("#preview")).to_be_hidden()
    page.reload()
    expect(page.get_by_role("checkbox")).not_to_be_checked()
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('consent'))") == []


def test_a_search_works_on_a_phone_and_a_screen_reader(phone: Page, face: Path) -> None:
    phone.goto("/selfie/")
    choose(phone, face)
    expect(phone.locator("a.tile").first).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    results = Axe().run(phone)
    assert results.violations_count == 0, results.generate_report()


def test_photos_are_grouped_by_set(page: Page, face: Path) -> None:
    page.goto("/selfie/")
    choose(page, face)
    expect(page.get_by_role("status")).to_have_text("7 photos, best match first")
    sets = page.locator("#grid h2").all_inner_texts()
    assert len(sets) == len(set(sets)) > 1
    assert sum(int(text.split()[0]) for text in page.locator("#grid .quiet").all_inner_texts()) == 7
    assert page.locator("#grid section").first.locator("a.tile").count() > 0
    page.get_by_role("link", name=sets[0]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(sets[0])


def test_a_visitor_downloads_their_photos_as_one_archive(page: Page, face: Path, demo_folders: list[Path]) -> None:
    page.goto("/selfie/")
    choose(page, face)
    page.evaluate("delete window.showSaveFilePicker")  # it asks where to save, which no test can answer
    with page.expect_download() as download:
        page.get_by_role("button", name="Download all 7").click()
    expect(page.locator("#done")).to_have_text("Saved.")
    archive = zipfile.ZipFile(download.value.path())
    assert len(archive.namelist()) == 7
    originals = {f"{folder.name}/{path.name}": path for folder in demo_folders for path in folder.iterdir()}
    for name in archive.namelist():
        with Image.open(originals[name]) as original, Image.open(io.BytesIO(archive.read(name))) as copy:
            assert copy.tobytes() == original.tobytes()


def test_an_archive_is_written_straight_to_a_file(page: Page, face: Path) -> None:
    page.goto("/selfie/")
    choose(page, face)
    # A file of the page's own stands in for the one that a visitor would choose.
    page.evaluate(
        """() => {
            window.showSaveFilePicker = async () =>
                (await navigator.storage.getDirectory()).getFileHandle("photos.zip", { create: true });
        }"""
    )
    page.get_by_role("button", name="Download all 7").click()
    expect(page.locator("#done")).to_have_text("Saved.")
    saved = page.evaluate(
        """async () => {
            const folder = await navigator.storage.getDirectory();
            const file = await (await folder.getFileHandle("photos.zip")).getFile();
            const reader = new FileReader();
            return new Promise((resolve) => {
                reader.onload = () => resolve(reader.result.split(",")[1]);
                reader.readAsDataURL(file);
            });
        }"""
    )
    assert len(zipfile.ZipFile(io.BytesIO(base64.b64decode(saved))).namelist()) == 7


def test_photos_missing_from_an_archive_are_named(page: Page, face: Path, faults) -> None:
    page.goto("/selfie/")
    choose(page, face)
    page.evaluate("delete window.showSaveFilePicker")
    page.route("**/photos/2009_inauguration/obama.jpg", lambda route: route.fulfill(status=404))
    with page.expect_download() as download:
        page.get_by_role("button", name="Download all 7").click()
    expect(page.locator("#done")).to_have_text("Saved, but these are no longer on the site: obama.jpg.")
    assert len(zipfile.ZipFile(download.value.path()).namelist()) == 6
    faults.seen.clear()  # the missing photo


def test_a_link_to_photos_has_no_picture_in_it(page: Page, face: Path) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/selfie/")
    choose(page, face)
    page.get_by_role("button", name="Share the link").click()
    sheet = page.get_by_role("dialog")
    expect(sheet).to_contain_text("doesn't include your picture")
    sheet.get_by_role("button", name="Copy link").click()
    expect(sheet.get_by_role("status")).to_have_text("Link copied.")
    url = page.evaluate("navigator.clipboard.readText()")
    assert "/faces/?face=" in url
    assert len(url) < 120
    page.goto(url)
    expect(page.locator("#count")).to_have_text("7 photos")
    expect(page.locator("a.tile").first).to_be_visible()
