"""A film in the album: its tile, the view that plays it, and a search that opens it at the second of a face."""

import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from films import run
from playwright.sync_api import Page, expect
from running import RunningStack
from steps import settle

SET = "/sets/films_of_tests/"
STATE = "video => [video.paused, video.muted, video.currentTime]"


@pytest.fixture(scope="module")
def film(stack: RunningStack, demo_folders: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict]:
    """Eight seconds: first nobody, then Hopper from second 3 on. Gives its row."""
    folder = tmp_path_factory.mktemp("films") / "films_of_tests"
    folder.mkdir()
    (pioneers,) = [one for one in demo_folders if one.name == "2015_pioneers"]
    parts = "[0]setsar=1[a];[1]scale=640:480:force_original_aspect_ratio=increase,crop=640:480:0:0,setsar=1[b];"
    still = ("-loop", "1", "-t", "5", "-r", "25", "-i", str(pioneers / "hopper.jpg"))
    sound = ("-f", "lavfi", "-i", "sine=d=8", "-map", "[v]", "-map", "2:a")
    joined = ("-filter_complex", f"{parts}[a][b]concat[v]", *sound, "-pix_fmt", "yuv420p", "-c:v", "libx264")
    run("-f", "lavfi", "-i", "color=c=navy:s=640x480:r=25:d=3", *still, *joined, str(folder / "hopper.mp4"))
    stack.kinpics("upload", str(folder))
    key = {"primarykey": folder.name, "sortkey": "hopper.mp4"}
    yield stack.table("PicsTable").get_item(Key=key)["Item"]
    stack.kinpics("delete", folder.name, "--yes")
    assert "Item" not in stack.table("PicsTable").get_item(Key=key)


def test_a_film_plays_in_the_view_and_stays_silent(page: Page, film: dict) -> None:
    page.goto(SET)
    tile = page.locator('a.tile[data-file="hopper.mp4"]')
    expect(tile.locator(".length")).to_have_text("0:08")
    tile.hover()
    expect(tile.locator("video")).to_have_count(1)
    tile.click()
    video = page.locator("video.film")
    expect(video).to_have_js_property("paused", False)
    expect(video).to_have_js_property("muted", True)
    expect(tile.locator("video")).to_have_count(0), "the tile is still behind the view"
    expect(page.locator(".pswp")).to_be_focused()  # from then on it hears keys
    page.keyboard.press("m")
    expect(video).to_have_js_property("muted", False)
    before = video.evaluate("video => video.currentTime")
    page.keyboard.press("ArrowRight")
    assert video.evaluate("video => video.currentTime") > before + 3
    page.keyboard.press(" ")
    expect(video).to_have_js_property("paused", True)
    page.get_by_role("button", name="Go to 0:0").first.click()
    at = float(next(iter(film["film"]["faces"].values()))["at"])
    expect(page.locator(".stage .face:visible")).to_have_count(1)
    assert video.evaluate("video => video.currentTime") == pytest.approx(at, abs=0.1)
    assert Axe().run(page).violations_count == 0
    page.keyboard.press("Escape")
    expect(video).to_have_count(0)


def test_a_search_opens_a_film_at_the_second_of_the_face(page: Page, film: dict, stack: RunningStack) -> None:
    row = stack.table("PicsTable").get_item(Key={"primarykey": "2015_pioneers", "sortkey": "hopper.jpg"})["Item"]
    (face,) = [record["Face"]["FaceId"] for record in row["data"]["FaceRecords"]]
    page.goto(f"/faces/?face={face}")
    found = page.locator('a.tile[data-file="hopper.mp4"]')
    expect(found.locator(".length")).to_have_text("0:08")
    found.click()
    video = page.locator("video.film")
    expect(video).to_have_js_property("paused", True)
    expect(video).not_to_have_js_property("currentTime", 0)
    assert video.evaluate("video => video.currentTime") >= 3


def test_a_film_waits_for_whoever_wants_no_movement(page: Page, film: dict) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{SET}?pic=hopper.mp4")
    video = page.locator("video.film")
    expect(video).to_have_js_property("paused", True)
    settle(page, 700)
    expect(video).to_have_js_property("paused", True)
    page.keyboard.press(" ")
    expect(video).to_have_js_property("paused", False)


def test_an_album_without_films_asks_for_nothing_of_theirs(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/sets/2016_weekend/")
    settle(page, 1000)
    assert not [url for url in asked if re.search(r"film|pairs", url)]


def test_a_film_can_be_moved_to_any_second(film: dict, stack: RunningStack) -> None:
    address = f"{stack.site_url}/thumbnails/film/photos/films_of_tests/hopper.mp4"
    with urllib.request.urlopen(urllib.request.Request(address, headers={"Range": "bytes=100-299"})) as answer:
        assert (answer.status, len(answer.read())) == (206, 200)
        assert answer.headers["content-type"] == "video/mp4"
        assert re.fullmatch(r"bytes 100-299/\d+", answer.headers["content-range"])
