"""The site in a real browser, as a visitor uses it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Error, Page, Route, expect
from running import RunningStack
from steps import let_pass, open_photo, settle
from support import jpeg

from functions.thumbnail_sizes import LARGE_SIDE

SET = "/sets/2015_pioneers/"


def test_a_visitor_goes_from_the_index_to_a_person_and_back(page: Page) -> None:
    page.goto("/")
    card = page.get_by_role("link", name="2015 pioneers")
    expect(card).to_contain_text("4 photos")
    card.click()
    expect(page.get_by_role("heading", name="2015 pioneers")).to_be_visible()
    page.get_by_role("link", name="Photo group.jpg").click()
    faces = page.locator(".face")
    expect(faces).to_have_count(4)
    expect(page).to_have_url(re.compile(r"\?pic=group\.jpg$"))
    page.get_by_role("link", name="Find all photos of person 1 of 4").first.click()
    expect(page.locator("#count")).to_have_text("7 photos")
    page.set_viewport_size({"width": 1300, "height": 4000})  # all of them are in the document
    expect(page.locator('a.tile[data-key="2015_pioneers/group.jpg"] img')).to_have_attribute(
        "alt", re.compile("100% similar")
    )
    sure = similarities(page, '.years section:not([data-group="likely"])')
    likely = similarities(page, '.years section[data-group="likely"]')
    assert len(sure) + len(likely) == 7
    assert min(sure) >= 99
    assert likely == sorted(likely, reverse=True), "where there is a doubt, the best match comes first"
    assert max(likely, default=0) < 99
    expect(page.locator(".similarity")).to_have_count(len(likely))
    page.go_back()
    expect(page).to_have_url(re.compile(r"\?pic=group\.jpg$"))
    expect(faces).to_have_count(4)
    page.go_back()
    expect(page.locator(".pswp")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/sets/2015_pioneers/$"))
    page.go_back()
    expect(page.get_by_role("link", name="2015 pioneers")).to_be_visible()


def similarities(page: Page, where: str) -> list[float]:
    alts = page.locator(f"{where} a.tile img").evaluate_all("(images) => images.map((image) => image.alt)")
    return [float(re.findall(r"([\d.]+)% similar", alt)[0]) for alt in alts]


def test_a_photo_opens_once_however_slowly_the_viewer_loads(page: Page) -> None:
    held: list[Route] = []
    page.route("**/assets/lightbox-*.css", lambda route: held.append(route))
    page.goto(SET)
    page.locator(".grid.live").wait_for()
    page.get_by_role("link", name="Photo group.jpg").click()
    expect(page).to_have_url(re.compile(r"\?pic=group\.jpg$"))
    page.evaluate("dispatchEvent(new PopStateEvent('popstate'))")  # as when the page asks for its photos meanwhile
    while not held:
        page.wait_for_timeout(20)
    let_pass(page, 200)
    held[0].continue_()
    expect(page.locator(".face")).to_have_count(4)
    let_pass(page, 300)
    expect(page.locator(".pswp")).to_have_count(1)


def test_face_buttons_lie_on_the_faces(page: Page) -> None:
    """Each button covers its face, as the table's boxes say, both at full view and zoomed in."""
    page.goto(f"{SET}?pic=group.jpg")
    image = page.locator(".pswp__item[aria-hidden=false] .pswp__img").last
    expect(page.locator(".face")).to_have_count(4)
    settle(page, 600)
    for _ in range(2):
        outer = image.bounding_box()
        assert outer
        lefts = []
        for face in page.locator(".face").all():
            box = face.bounding_box()
            assert box
            assert outer["x"] - 1 <= box["x"]
            assert box["x"] + box["width"] <= outer["x"] + outer["width"] + 1
            lefts.append((box["x"] - outer["x"]) / outer["width"])
        assert lefts == sorted(lefts)
        assert lefts == pytest.approx([0.11, 0.375, 0.675, 0.93], abs=0.05)
        page.get_by_role("button", name="Zoom").click()
        settle(page, 500)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        SET,
        f"{SET}?pic=group.jpg",
        "/faces/?face={face}",
        "/faces/?face={face}&pic=2009_inauguration%2Fobama.jpg",
    ],
)
def test_every_view_can_be_reloaded_and_shared(page: Page, path: str, face_id: str) -> None:
    page.goto(path.format(face=face_id))
    seen = {"/": "text=2015 pioneers", SET: "a.tile >> nth=3"}.get(
        path, ".face" if "pic=" in path else "a.tile >> nth=2"
    )
    page.locator(seen).first.wait_for()
    page.reload()
    page.locator(seen).first.wait_for()
    assert page.evaluate("location.pathname + location.search") == path.format(face=face_id)


@pytest.fixture(scope="session")
def face_id(stack: RunningStack) -> str:
    lines = stack.kinpics("collection", "faces").stdout.splitlines()
    return next(line.split("\t")[0] for line in lines if line.endswith("2009_inauguration/obama.jpg"))


def test_closing_a_photo_returns_to_its_tile(page: Page) -> None:
    page.goto(SET)
    open_photo(page, "hopper.jpg")
    page.keyboard.press("Escape")
    expect(page.locator(".pswp")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/sets/2015_pioneers/$"))
    expect(page.locator('a.tile[data-file="hopper.jpg"]')).to_be_focused()


def test_a_photo_can_be_downloaded_unless_the_owner_forbids_it(page: Page, demo_folders: list[Path]) -> None:
    page.goto(SET)
    open_photo(page, "hopper.jpg")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download", exact=True).click()
        page.get_by_role("link", name="Original").click()
    original = next(folder / "hopper.jpg" for folder in demo_folders if folder.name == "2015_pioneers")
    assert download.value.suggested_filename == "hopper.jpg"
    with Image.open(original) as before, Image.open(download.value.path()) as after:
        assert after.tobytes() == before.tobytes()

    def without_downloads(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('"downloads": true', '"downloads": false'))

    page.route("**/", without_downloads)
    page.goto(SET)
    open_photo(page, "hopper.jpg")
    expect(page.get_by_title("Next photo")).to_be_visible()
    expect(page.get_by_title("Download")).to_have_count(0)
    page.goto("/selfie/")
    expect(page.locator("#download")).to_have_attribute("hidden", "")


def test_no_text_becomes_markup(page: Page, faults) -> None:
    page.goto(SET)
    open_photo(page, "hopper.jpg")
    for markup in ("<img src=x onerror=alert(1)>", '<svg onload="alert(1)"></svg>', "<script>alert(1)</script>"):
        with pytest.raises(Error, match="TrustedHTML"):
            page.evaluate("markup => { document.body.innerHTML = markup; }", markup)
    with pytest.raises(Error, match="TrustedScript"):
        page.evaluate("() => { document.createElement('script').text = 'alert(1)'; }")
    faults.seen.clear()  # the browser reports what it stopped


def test_the_site_works_with_the_keyboard_alone(page: Page) -> None:
    page.goto("/")
    page.locator("#sets a").first.wait_for()

    def tab_to(selector: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
        raise AssertionError(f"Tab does not reach {selector}")

    tab_to('a[href="/sets/2015_pioneers/"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/sets/2015_pioneers/")
    page.locator(".grid.live").wait_for()
    tab_to('a.tile[data-file="group.jpg"]')
    page.keyboard.press("Enter")
    expect(page.locator(".face")).to_have_count(4)
    settle(page, 400)
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"pic=hopper\.jpg"))
    expect(page.locator(".face")).to_have_count(1)
    tab_to(".face, .portrait")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Photos of this person")).to_be_visible()
    expect(page.locator("#count")).to_have_text("2 photos")


def test_the_site_works_on_a_phone(phone: Page) -> None:
    phone.goto("/")
    phone.get_by_role("link", name="2015 pioneers").tap()
    phone.locator(".grid.live").wait_for()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing runs past the screen's edge"
    phone.get_by_role("link", name="Photo group.jpg").tap()
    expect(phone.locator(".portrait")).to_have_count(4)
    chip = phone.locator(".portrait").first.bounding_box()
    assert chip
    assert min(chip["width"], chip["height"]) >= 44, "a finger can hit it"
    phone.locator(".portrait").first.tap()
    expect(phone.locator("#count")).to_have_text("7 photos")


def test_the_site_works_without_javascript(browser: Browser, stack: RunningStack) -> None:
    context = browser.new_context(base_url=stack.site_url, service_workers="block", java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_role("link", name="2015 pioneers").click()
    expect(page.locator("a.tile")).to_have_count(4)
    page.get_by_role("link", name="Photo group.jpg").click()
    assert page.url.endswith(f"/thumbnails/{LARGE_SIDE}/photos/2015_pioneers/group.jpg")
    page.goto(f"{SET}photos/group.jpg")
    expect(page).to_have_url(re.compile(f"{SET}photos/group.jpg/$"))
    expect(page.get_by_role("heading", name="group.jpg")).to_be_visible()
    expect(page.get_by_role("img", name="group.jpg")).to_be_visible()
    page.get_by_role("link", name="Previous photo").click()
    expect(page.get_by_role("heading", name="collins.png")).to_be_visible()
    page.get_by_role("link", name="See it in the album").click()
    expect(page).to_have_url(re.compile(r"/\?pic=collins\.png$"))
    context.close()


def test_a_new_set_appears_on_an_open_page(
    other_page: Page, stack: RunningStack, tmp_path: Path, ignoring_network_faults: object
) -> None:
    folder = tmp_path / "9999_brand_new"
    folder.mkdir()
    (folder / "first.jpg").write_bytes(jpeg())
    page = other_page
    page.clock.install()
    page.goto("/")
    page.locator("#sets a").first.wait_for()
    stack.kinpics("upload", str(folder), "--no-build")
    page.clock.run_for(20_000)
    card = page.get_by_role("link", name="9999 brand new")
    expect(card).to_contain_text("1 photo")
    card.click()  # it has no page of its own yet: the fallback page shows it
    expect(page.get_by_role("heading", name="9999 brand new")).to_be_visible()
    expect(page.locator("a.tile")).to_have_count(1)
    (folder / "second.jpg").write_bytes(jpeg(color=(1, 2, 3)))
    stack.kinpics("upload", str(folder), "--no-build")
    page.clock.run_for(20_000)
    expect(page.locator("a.tile")).to_have_count(2)
    stack.kinpics("delete", "9999_brand_new", "--yes")


@pytest.fixture
def ignoring_network_faults(faults: object) -> object:
    """For tests that make requests fail: the browser reports those to the console."""
    yield faults
    faults.seen = [line for line in faults.seen if "Failed to load resource" not in line and "ERR_FAILED" not in line]


def test_an_unknown_set_and_an_unknown_page_say_so(page: Page, ignoring_network_faults: object) -> None:
    page.goto("/sets/none/")
    expect(page.locator("#count")).to_have_text("There are no photos in this album.")
    page.goto("/nothing.html")
    expect(page.get_by_text("There's nothing at this address")).to_be_visible()


def answer_with(status: int, body: dict, times: list[int]) -> object:
    def handle(route: Route) -> None:
        target = route.request.headers.get("x-amz-target", "")
        if route.request.method == "OPTIONS" or "Cognito" in target or times[0] == 0:
            route.continue_()
            return
        times[0] -= 1
        headers = {"access-control-allow-origin": "*"}
        route.fulfill(status=status, body=json.dumps(body), headers=headers)

    return handle


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (400, {"__type": "com.amazon.coral.service#AccessDeniedException", "Message": "no"}, "closed for now"),
        (500, {"__type": "InternalServerError"}, "Something went wrong"),
    ],
)
def test_a_failed_call_says_why_and_can_be_tried_again(
    page: Page, stack: RunningStack, ignoring_network_faults: object, status: int, body: dict, words: str
) -> None:
    times = [1000]
    page.route(f"{stack.api_url}/**", answer_with(status, body, times))
    page.goto(SET)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(words)
    expect(page.locator("a.tile")).to_have_count(4), "what was on the page stays"
    times[0] = 0
    alert.get_by_role("button", name="Try again").click()
    expect(page.locator(".grid.live")).to_be_visible()
    expect(alert).to_be_hidden()


def test_a_page_waits_until_cognito_lets_the_visitor_in(
    page: Page, stack: RunningStack, ignoring_network_faults: object
) -> None:
    """A pool makes at most 25 identities a second. Meanwhile the page shows what needs none."""
    busy = [True]
    asked: list[str] = []

    def handle(route: Route) -> None:
        target = route.request.headers.get("x-amz-target", "")
        asked.append(target)
        if busy[0] and target.endswith(".GetId"):
            body = json.dumps({"__type": "TooManyRequestsException", "message": "Rate exceeded"})
            route.fulfill(status=400, body=body, headers={"access-control-allow-origin": "*"})
        else:
            route.continue_()

    page.route(f"{stack.api_url}/**", handle)
    page.goto(SET)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("This page will keep trying")
    expect(page.locator("a.tile img")).to_have_count(4)
    page.locator("a.tile").first.click()
    expect(page.locator(".pswp img.pswp__img").first).to_be_visible()
    page.keyboard.press("Escape")
    assert not any("DynamoDB" in target for target in asked)
    busy[0] = False
    expect(page.locator(".grid.live")).to_be_visible(timeout=20_000)
    expect(alert).to_be_hidden()


def test_a_set_that_others_wrote_is_shown_at_once(
    page: Page, stack: RunningStack, ignoring_network_faults: object
) -> None:
    """As the older album writes it: only names and faces, and no thumbnail yet."""
    table = stack.table("PicsTable")
    name = SET.strip("/").rpartition("/")[2]
    data = table.get_item(Key={"primarykey": name, "sortkey": "group.jpg"})["Item"]["data"]
    keys = [{"primarykey": "/", "sortkey": "014_newport"}]
    keys += [{"primarykey": "014_newport", "sortkey": f"{number}.jpg"} for number in (1, 2)]
    for key, more in zip(keys, ({"pic": "1.jpg"}, {"data": data}, {"data": "none"}), strict=True):
        table.put_item(Item=key | more)
    try:
        page.goto("/")
        page.get_by_role("link", name="014 newport").click()
        expect(page.locator(".grid.live a.tile")).to_have_count(2)
        expect(page.locator("#count")).to_have_text("2 photos")
        page.locator("a.tile").first.click()
        expect(page.locator(".pswp .chips a")).to_have_count(len(data["FaceRecords"]))
    finally:
        for key in keys:
            table.delete_item(Key=key)


def test_a_page_offline_says_so_and_tries_again(
    page: Page, stack: RunningStack, ignoring_network_faults: object
) -> None:
    page.route(f"{stack.api_url}/**", lambda route: route.abort())
    page.goto("/faces/?face=00000000-0000-0000-0000-000000000000")
    expect(page.get_by_role("alert")).to_contain_text("can't reach the site")
    page.unroute(f"{stack.api_url}/**")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_contain_text("No photo on this site shows that face any more")


def test_an_incomplete_link_says_so(page: Page) -> None:
    page.goto("/faces/?face=0123")
    expect(page.get_by_role("alert")).to_contain_text("Part of it may be missing")


def test_expired_guest_credentials_are_renewed(page: Page, ignoring_network_faults: object) -> None:
    page.goto(SET)
    page.locator(".grid.live").wait_for()
    page.evaluate(
        """() => {
            const kept = JSON.parse(localStorage.getItem("kinpics.credentials"));
            kept.accessKeyId = "ASIA0000000000000000";
            localStorage.setItem("kinpics.credentials", JSON.stringify(kept));
        }"""
    )
    page.reload()
    page.locator(".grid.live").wait_for()
    expect(page.get_by_role("alert")).to_be_hidden()
    assert (
        page.evaluate('JSON.parse(localStorage.getItem("kinpics.credentials")).accessKeyId') != "ASIA0000000000000000"
    )


def test_credentials_are_fetched_once(page: Page) -> None:
    calls: list[str] = []
    page.on("request", lambda request: calls.append(request.headers.get("x-amz-target", "")))
    page.goto("/")
    page.wait_for_load_state("networkidle")
    page.goto(SET)
    page.locator(".grid.live").wait_for()
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert len([call for call in calls if "Cognito" in call]) == 2


@pytest.mark.parametrize(
    "path",
    [
        *("/", SET, f"{SET}?pic=group.jpg", f"{SET}photos/group.jpg/", "/faces/?face={face}", "/sets/none/"),
        *("/faces/", "/selfie/", "/lookalike/", "/account/"),
    ],
)
def test_axe_finds_nothing_wrong(page: Page, path: str, face_id: str, ignoring_network_faults: object) -> None:
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.goto(path.format(face=face_id))
    page.wait_for_load_state("networkidle")
    if "pic=" in path:
        page.locator(".portrait").first.wait_for()
        settle(page, 500)
    light = Axe().run(page)
    assert light.violations_count == 0, light.generate_report()
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    # Nothing else depends on the scheme.
    dark = Axe().run(page, options={"runOnly": ["cat.color"]})
    assert dark.violations_count == 0, dark.generate_report()
    assert {check["id"] for kind in ("passes", "incomplete") for check in dark.response[kind]} >= {"color-contrast"}


def test_open_and_new_pages_say_that_the_site_is_closed(stack: RunningStack, page: Page, faults: Any) -> None:
    page.goto("/sets/2009_inauguration/")
    expect(page.locator("#count")).to_contain_text("4 photos")
    stack.kinpics("close")
    try:
        page.locator("a.tile").first.click()
        expect(page.get_by_role("alert")).to_contain_text("This site is closed for now")
        page.goto("/sets/2009_inauguration/")
        expect(page.get_by_role("heading")).to_have_text("This site is closed for now")
        expect(page.locator("main")).to_have_css("text-align", "center")  # by the site's own style sheet
        assert Axe().run(page).violations_count == 0
        assert all("status of 50" in fault or "status of 40" in fault for fault in faults.seen)
        faults.seen.clear()
    finally:
        stack.kinpics("open")
    page.goto("/sets/2009_inauguration/")
    expect(page.locator("#count")).to_contain_text("4 photos")


def test_recent_albums_open_without_a_connection(browser: Browser, stack: RunningStack) -> None:
    context = browser.new_context(base_url=stack.site_url)
    try:
        page = context.new_page()
        page.goto("/")
        page.mouse.move(100, 100)
        page.evaluate("navigator.serviceWorker.ready")
        page.goto("/search/")
        page.wait_for_load_state("networkidle")
        page.goto(SET)
        page.wait_for_load_state("networkidle")
        seen = page.locator(".tile").count()
        assert seen
        expect(page.locator("#grid.live, #grid .live")).not_to_have_count(0)
        context.set_offline(True)
        page.goto(f"{SET}?again")
        expect(page.locator("#grid.live, #grid .live")).not_to_have_count(0)
        expect(page.locator(".tile")).to_have_count(seen)
        for image in page.locator(".tile img").all():
            assert image.evaluate("async (image) => (await image.decode(), image.naturalWidth)")
        expect(page.locator("#notice")).to_contain_text("can't reach the site")
        page.goto("/search/?q=pioneers")
        expect(page.get_by_role("status")).to_have_text("1 album · 4 photos")
        page.goto("/account/")
        expect(page.locator("h1")).to_have_text("You're offline")
    finally:
        context.close()


def test_a_photo_that_another_album_shows_is_the_same_photo_there(page: Page, stack: RunningStack) -> None:
    stack.kinpics("show", "2015_pioneers/group.jpg", "2024_best")
    try:
        page.goto("/sets/2024_best/")
        page.locator(".grid.live").wait_for()
        tile = page.locator('a.tile[data-key="2015_pioneers/group.jpg"]')
        expect(page.locator("a.tile")).to_have_count(1)
        expect(page.locator("#count")).to_have_text("1 photo")
        tile.click()
        expect(page).to_have_url(re.compile(r"/sets/2024_best/\?pic=2015_pioneers%2Fgroup\.jpg$"))
        expect(page.locator(".face")).to_have_count(4)
        page.reload()
        page.get_by_role("link", name="Find all photos of person 1 of 4").first.click()
        expect(page.locator("#count")).to_have_text("7 photos")  # it is found once, in its own album
        page.goto("/")
        cover = page.get_by_role("link", name="2024 best").locator("img")
        expect(cover).to_have_attribute("src", re.compile("/2015_pioneers/group\\.jpg$"))
    finally:
        stack.kinpics("show", "--not", "2015_pioneers/group.jpg", "2024_best")
