"""Faces at random on the page of people, and the page of somebody with a face."""

import re
import zipfile
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from running import RunningStack

from functions.photo_rows import Photo, PhotoSet

CROWD = 120


@pytest.fixture
def known_face(stack: RunningStack) -> str:
    """A face of somebody who is in seven photos."""
    row = stack.table("PicsTable").get_item(Key={"primarykey": "2009_inauguration", "sortkey": "obama.jpg"})["Item"]
    return row["data"]["FaceRecords"][0]["Face"]["FaceId"]


@pytest.fixture
def crowd(stack: RunningStack) -> Iterator[None]:
    """A photo with many faces: rows only, no picture."""
    table = stack.table("PicsTable")
    faces = [
        {"Face": {"FaceId": f"00000000-0000-0000-0000-{number:012d}", "BoundingBox": box(number)}}
        for number in range(CROWD)
    ]
    photo = Photo(
        primarykey="crowd",
        sortkey="crowd.jpg",
        grid_key="~/crowd.jpg",
        width=1000,
        height=1000,
        placeholder="",
        face_count=CROWD,
        etag="x",
        size=1,
        content_type="image/jpeg",
        processed_at="2026-01-01T00:00:00Z",
        data={"FaceRecords": faces},
    )
    photo_set = PhotoSet(sortkey="crowd", pic="crowd.jpg", pic_count=1, face_count=CROWD)
    for row in (photo, photo_set):
        table.put_item(Item=row.to_item())
    yield
    for row in (photo, photo_set):
        table.delete_item(Key={"primarykey": row.primarykey, "sortkey": row.sortkey})


def box(number: int) -> dict[str, float]:
    return {"Left": number % 12 / 12, "Top": number // 12 / 12, "Width": 0.05, "Height": 0.05}


def faces_of(stack: RunningStack) -> int:
    rows = stack.table("PicsTable").scan()["Items"]
    return sum(int(row["face_count"]) for row in rows if row["primarykey"] != "/")


def test_every_face_leads_to_its_person(stack: RunningStack, page: Page, nobody: None) -> None:
    page.goto("/")
    page.get_by_role("link", name="People").first.click()
    faces = page.locator("#faces a")
    expect(faces).to_have_count(faces_of(stack))
    expect(page.get_by_role("button", name="Show more")).to_be_hidden()
    assert Axe().run(page).violations_count == 0
    face = faces.first.get_attribute("data-face")
    faces.first.click()
    expect(page).to_have_url(f"{stack.site_url}/faces/?face={face}")
    expect(page.locator("a.tile").first).to_be_visible()
    assert Axe().run(page).violations_count == 0


def test_a_persons_photos_can_be_downloaded_shared_and_played(stack: RunningStack, page: Page, known_face: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/faces/?face={known_face}")
    expect(page.locator("#count")).to_have_text("7 photos")
    page.evaluate("delete window.showSaveFilePicker")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download all").click()
    assert len(zipfile.ZipFile(download.value.path()).namelist()) == 7
    page.get_by_role("button", name="Share").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_role("button", name="Copy link").click()
    expect(sheet.get_by_role("status")).to_have_text("Link copied.")
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    sheet.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Play").click()
    expect(page.locator(".pswp--open")).to_be_visible()


def test_links_of_earlier_releases_lead_to_a_persons_photos_by_year(
    stack: RunningStack, page: Page, known_face: str
) -> None:
    page.goto(f"/people/?face={known_face}")
    expect(page).to_have_url(f"{stack.site_url}/faces/?face={known_face}")
    expect(page.locator("#count")).to_have_text("7 photos")
    expect(page.locator("#years")).to_have_text(re.compile(r"^2009.2016$"))
    headings = page.locator(".years h2").all_inner_texts()
    assert headings[0] == "2016"
    years = [heading for heading in headings if heading.isdigit()]
    assert years == sorted(years, reverse=True)
    assert headings[len(years) :] in ([], ["Undated"], ["Likely"], ["Undated", "Likely"])


def test_many_faces_come_fifty_at_a_time_and_each_once(
    stack: RunningStack, page: Page, nobody: None, crowd: None, faults
) -> None:
    page.goto("/faces/")
    faces = page.locator("#faces a")
    expect(faces).to_have_count(50)
    total = faces_of(stack)
    expect(page.locator("#status")).to_have_text(
        f"50 of {total} faces, at random. Choose one to see that person's photos."
    )
    first = faces.evaluate_all("(all) => all.map((face) => face.dataset.face)")
    page.get_by_role("button", name="Show more").click()
    expect(faces).to_have_count(100)
    assert page.evaluate("document.activeElement.dataset.face") not in first
    page.get_by_role("button", name="Show more").click()
    expect(page.get_by_role("button", name="Show more")).to_be_hidden()
    expect(page.locator("#status")).to_have_text(f"{total} faces. Choose one to see that person's photos.")
    shown = faces.evaluate_all("(all) => all.map((face) => face.dataset.face)")
    assert len(shown) == len(set(shown)) == faces_of(stack)
    page.reload()
    expect(faces).to_have_count(50)
    assert faces.evaluate_all("(all) => all.map((face) => face.dataset.face)") != first, "at random"
    faults.seen.clear()  # the rows have no picture
