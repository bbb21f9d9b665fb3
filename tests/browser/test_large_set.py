"""A set of 1,200 photos: only near ones are in the document, nothing moves, and Back returns to the same place."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect
from running import RunningStack
from steps import let_pass, open_photo, settle
from support import jpeg

COUNT = 1200
NAME = "large"
BOXES = """tiles => tiles.slice(0, %d).map((tile) => {
    const box = tile.getBoundingClientRect();
    return [box.x, box.y, box.width, box.height];
})"""
ASPECTS = [(3, 2), (2, 3), (4, 3), (1, 1), (16, 9)]


@pytest.fixture(scope="module")
def large_set(stack: RunningStack) -> Iterator[str]:
    """Rows as the process function writes them; the browser serves the pictures."""
    table = stack.table("PicsTable")
    placeholder = base64.b64encode(bytes.fromhex("3d08060d80767787f8787887877747087087")).decode()

    def row(number: int) -> dict[str, Any]:
        width, height = ASPECTS[number % len(ASPECTS)]
        name = f"{number:05}.jpg"
        return {
            "primarykey": NAME,
            "sortkey": name,
            "grid_key": f"~/{name}",
            "width": width * 1000,
            "height": height * 1000,
            "placeholder": placeholder,
            "face_count": 0,
            "data": {"FaceRecords": []},
        }

    with table.batch_writer() as batch:
        for number in range(COUNT):
            batch.put_item(row(number))
        batch.put_item({"primarykey": "/", "sortkey": NAME, "pic": "00000.jpg", "pic_count": COUNT, "updated_at": "1"})
    stack.kinpics("publish")
    yield f"/sets/{NAME}/"
    with table.batch_writer() as batch:
        for number in range(COUNT):
            batch.delete_item({"primarykey": NAME, "sortkey": f"{number:05}.jpg"})
        batch.delete_item({"primarykey": "/", "sortkey": NAME})
    stack.kinpics("publish")


@pytest.fixture
def pictures(page: Page) -> Page:
    tiny = jpeg(size=(48, 32))
    return _serve(page, tiny)


def _serve(page: Page, body: bytes) -> Page:
    def answer(route: Route) -> None:
        route.fulfill(body=body, content_type="image/jpeg")

    page.route("**/thumbnails/**", answer)
    return page


def tiles(page: Page) -> int:
    return page.locator("a.tile").count()


def test_only_photos_nearby_are_in_the_document(pictures: Page, large_set: str) -> None:
    pictures.goto(large_set)
    expect(pictures.locator("#count")).to_have_text(f"{COUNT:,} photos")
    pictures.locator(".grid.live").wait_for()
    height = pictures.evaluate("document.documentElement.scrollHeight")
    assert height > 60_000
    for share in (0, 0.1, 0.5, 0.9, 1):
        pictures.evaluate("y => scrollTo(0, y)", height * share)
        settle(pictures, 100)
        assert 1 < tiles(pictures) < 120
        seen = pictures.evaluate(
            """() => [...document.querySelectorAll("a.tile")].filter((tile) => {
                const box = tile.getBoundingClientRect();
                return box.bottom > 0 && box.top < innerHeight;
            }).length"""
        )
        assert seen >= 3
    keys = pictures.eval_on_selector_all("a.tile", "tiles => tiles.map((tile) => tile.dataset.key)")
    assert keys == sorted(keys), "Tab goes through them in order"
    assert keys[-1] == f"{NAME}/{COUNT - 1:05}.jpg"


def test_nothing_moves_when_the_script_takes_over(pictures: Page, large_set: str) -> None:
    """The tiles rendered into the page lie where the script puts them."""
    pictures.add_init_script(
        """
        window.shift = 0;
        new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) window.shift += entry.value;
        }).observe({type: "layout-shift", buffered: true});
        """
    )
    where = BOXES % 12
    gate: list[Route] = []
    pictures.route("**/assets/main-*.js", lambda route: gate.append(route))
    pictures.goto(large_set, wait_until="commit")
    expect(pictures.locator("a.tile")).to_have_count(32)
    # Playwright waits for a function by eval, which the page's Content-Security-Policy forbids.
    while not pictures.evaluate("document.querySelector('link[rel=stylesheet]').sheet !== null"):
        pictures.wait_for_timeout(20)
    before = pictures.eval_on_selector_all("a.tile", where)
    while not gate:
        pictures.wait_for_timeout(20)
    for route in gate:
        route.continue_()
    pictures.locator(".grid.live").wait_for()
    let_pass(pictures, 300)
    after = pictures.eval_on_selector_all("a.tile", where)
    for old, new in zip(before, after, strict=True):
        assert new == pytest.approx(old, abs=0.75)
    assert pictures.evaluate("window.shift") == pytest.approx(0, abs=0.001)


def test_style_sheet_and_script_agree_at_every_width(pictures: Page, large_set: str) -> None:
    where = (
        "tiles => tiles.slice(0, 15).map((t) => { const b = t.getBoundingClientRect(); return [b.x, b.y, b.width]; })"
    )
    widths = (320, 390, 768, 1024, 1600, 1920)
    pictures.route("**/assets/main-*.js", lambda route: route.abort())
    pictures.goto(large_set)
    before = {}
    for width in widths:
        pictures.set_viewport_size({"width": width, "height": 900})
        before[width] = pictures.eval_on_selector_all("a.tile", where)
    pictures.unroute("**/assets/main-*.js")
    for width in widths:
        pictures.set_viewport_size({"width": width, "height": 900})
        pictures.reload()
        pictures.locator(".grid.live").wait_for()
        after = pictures.eval_on_selector_all("a.tile", where)
        assert min(len(before[width]), len(after)) > 3
        for old, new in zip(before[width], after, strict=False):  # as many as the script finds near
            assert new == pytest.approx(old, abs=0.75), width


@pytest.fixture(autouse=True)
def without_the_aborted_scripts(faults: Any) -> Iterator[None]:
    yield
    faults.seen = [line for line in faults.seen if "ERR_FAILED" not in line]


def test_back_returns_to_the_same_place(pictures: Page, large_set: str) -> None:
    pictures.goto(large_set)
    pictures.locator(".grid.live").wait_for()
    pictures.evaluate("scrollTo(0, 40000)")
    settle(pictures, 400)
    name = pictures.eval_on_selector_all(
        "a.tile", "tiles => tiles.find((t) => t.getBoundingClientRect().top > 100).dataset.file"
    )
    open_photo(pictures, name, faces=False)
    pictures.go_back()
    expect(pictures.locator(".pswp")).to_have_count(0)
    assert pictures.evaluate("scrollY") == pytest.approx(40000, abs=2)
    pictures.goto("/")
    pictures.locator("#sets a").first.wait_for()
    pictures.go_back()
    pictures.locator(".grid.live").wait_for()
    expect(pictures.locator(f'a.tile[data-file="{name}"]')).to_be_in_viewport()
    assert pictures.evaluate("scrollY") == pytest.approx(40000, abs=2)


def test_the_grid_follows_the_photo_in_view(pictures: Page, large_set: str) -> None:
    pictures.goto(f"{large_set}?pic=00000.jpg")
    pictures.locator(".pswp--open").wait_for()
    for _ in range(3):
        pictures.keyboard.press("ArrowLeft")  # from the first to the last
        settle(pictures, 120)
    expect(pictures).to_have_url(f"{pictures.url.split('?')[0]}?pic={COUNT - 3:05}.jpg")
    pictures.keyboard.press("Escape")
    expect(pictures.locator(".pswp")).to_have_count(0)
    expect(pictures.locator(f'a.tile[data-file="{COUNT - 3:05}.jpg"]')).to_be_in_viewport()


def test_a_narrower_window_shows_the_same_photos(pictures: Page, large_set: str) -> None:
    pictures.goto(large_set)
    pictures.locator(".grid.live").wait_for()
    pictures.evaluate("scrollTo(0, 30000)")
    settle(pictures, 200)
    first = "tiles => tiles.find((t) => t.getBoundingClientRect().bottom > 0).dataset.file"
    before = pictures.eval_on_selector_all("a.tile", first)
    pictures.set_viewport_size({"width": 500, "height": 800})
    settle(pictures, 300)
    expect(pictures.locator(f'a.tile[data-file="{before}"]')).to_be_in_viewport()
    assert pictures.evaluate("document.documentElement.scrollWidth <= innerWidth")
