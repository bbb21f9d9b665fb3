"""An event from poster to projector: guests' phones, the owner's page, the slideshow; each a browser of its own."""

import io
import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect
from running import RunningStack

from local.state_folder import StateFolder
from scripts.laptop.laptop_owner import sign_in_link

PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}
PARTY = "2026_party"


def photo(name: str, shade: int, size: tuple[int, int] = (900, 600)) -> dict[str, Any]:
    """A file as a guest chooses it."""
    out = io.BytesIO()
    Image.radial_gradient("L").resize(size).point(lambda value: (value + shade) % 256).save(out, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


@pytest.fixture(scope="module")
def event(stack: RunningStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """An open event with a poster, whose code is the only thing that guests know."""
    poster = tmp_path_factory.mktemp("print") / "poster.pdf"
    options = ("--title", "Grandma turns ninety", "--poster", str(poster), "--json")
    opened = json.loads(stack.kinpics("event", PARTY, *options).stdout)
    (code,) = zxingcpp.read_barcodes(pypdfium2.PdfDocument(poster)[0].render(scale=1.5).to_pil())
    assert code.text == opened["address"]
    yield {**opened, "code": code.text}
    stack.kinpics("event", PARTY, "--close")
    stack.kinpics("delete", PARTY, "--yes", check=False)


@pytest.fixture
def open_browser(browser: Browser, stack: RunningStack, faults: Any) -> Iterator[Callable[..., Page]]:
    """Opens a page in a browser that nobody has used before."""
    opened = []

    def open_page(**options: Any) -> Page:
        context = browser.new_context(base_url=stack.site_url, service_workers="block", **options)
        context.set_default_timeout(20_000)
        opened.append(context)
        page = context.new_page()
        faults.watch(page)
        return page

    yield open_page
    for context in opened:
        context.close()


@pytest.fixture
def desk(open_browser: Callable[..., Page], stack: RunningStack) -> Page:
    """The owner's page of photos that wait."""
    page = open_browser()
    link = sign_in_link(StateFolder(stack.data).running(), stack.data)
    assert link
    page.goto(link)
    page.get_by_role("link", name="Waiting photos").click()
    expect(page.get_by_role("heading", name="Waiting photos")).to_be_visible()
    return page


def states(page: Page) -> list[str]:
    return sorted(page.locator("#sent-files > li").evaluate_all("rows => rows.map(row => row.dataset.state)"))


def wait_for(page: Page, *wanted: str) -> None:
    """Wait until a guest's photos have these states."""
    deadline = time.monotonic() + 120
    while states(page) != sorted(wanted):
        assert time.monotonic() < deadline, f"{states(page)}: {page.locator('#sent-files').inner_text()}"
        page.wait_for_timeout(250)


def add(page: Page, *files: dict[str, Any]) -> None:
    expect(page.get_by_text("Add photos")).to_be_visible()
    page.locator("#files").set_input_files(list(files))


def test_from_poster_to_projector(
    event: dict[str, Any], open_browser: Callable[..., Page], desk: Page, stack: RunningStack, faults: Any
) -> None:
    ann, ben = (open_browser(**PHONE) for _ in range(2))
    for page, name in ((ann, "Ann"), (ben, "")):
        page.goto(event["code"])
        expect(page.get_by_role("heading", name="Grandma turns ninety")).to_be_visible()
        expect(page.get_by_text("Your host looks at your photos first")).to_be_visible()
        page.get_by_label("Your first name (optional)").fill(name)
    assert Axe().run(ann).response["violations"] == []
    wall = open_browser(viewport={"width": 1280, "height": 720})
    without_blur(wall)
    wall.goto(event["slideshow"])
    expect(wall.get_by_text("Photos appear here by themselves.")).to_be_visible()
    expect(wall.locator("#code svg")).to_be_visible()
    expect(wall.get_by_role("heading", name="Grandma turns ninety")).to_be_visible()
    assert [code.text for code in zxingcpp.read_barcodes(Image.open(io.BytesIO(wall.screenshot())))] == [event["code"]]

    add(ann, photo("cake.jpg", 0), photo("dance.jpg", 80))
    add(ben, photo("toast.jpg", 160))
    wait_for(ann, "waiting", "waiting")
    wait_for(ben, "waiting")
    expect(ann.locator("#summary")).to_have_text("2 photos waiting for your host")
    ben.get_by_role("button", name="Take back").click()
    wait_for(ben, "taken_back")
    assert Axe().run(ann).response["violations"] == []

    desk.reload()
    expect(desk.get_by_role("heading", name="Ann")).to_be_visible()
    expect(desk.locator(".desk li")).to_have_count(2)
    expect(desk.locator(".desk img")).to_have_count(2)
    assert Axe().run(desk).response["violations"] == []
    row = stack.table("PicsTable").get_item(Key={"primarykey": "/", "sortkey": PARTY})["Item"]
    assert row["title"] == "Grandma turns ninety"
    assert row.keys().isdisjoint({"pic", "pic_count"}), "nothing of a photo that waits"

    desk.keyboard.press("n")
    expect(desk.locator(".desk li")).to_have_count(1)
    desk.keyboard.press("z")
    expect(desk.locator(".desk li")).to_have_count(2)
    desk.keyboard.press("a")
    start = time.monotonic()
    expect(desk.get_by_text("No photos are waiting for you.")).to_be_visible()
    expect(wall.locator("#screen img").first).to_be_visible(timeout=90_000)
    took = time.monotonic() - start
    print(f"on the wall after {took:.1f} s")
    assert took < 20
    wait_for(ann, "shown", "shown")
    expect(wall.get_by_text("Photos appear here by themselves.")).to_be_hidden()
    assert Axe().run(wall).response["violations"] == []

    # Taken back, a photo leaves the wall too.
    seen = {wall.locator("#screen img").last.get_attribute("data-file")}
    ann.get_by_role("button", name="Take back: cake.jpg").click()
    wait_for(ann, "shown", "taken_back")
    wall.wait_for_timeout(9_000)
    expect(wall.locator('#screen img[data-file="cake.jpg"]')).to_have_count(0)
    seen.add(wall.locator("#screen img").last.get_attribute("data-file"))
    assert "dance.jpg" in seen
    wall.keyboard.press("Escape")
    expect(wall).to_have_url(re.compile(rf"/sets/{PARTY}/$"))
    expect(wall.get_by_role("heading", name="Grandma turns ninety")).to_be_visible()
    expect(ben.locator(".guest-photo")).to_have_count(0)
    ben.reload()
    expect(ben.locator(".guest-photo")).to_be_visible()
    faults.seen = [seen for seen in faults.seen if "404" not in seen]  # the set's page isn't published yet


def without_blur(page: Page) -> None:
    """Without a graphics card, blurring what lies behind the photos is most of the work of a test."""

    def answer(route: Route) -> None:
        answered = route.fetch()
        sheet, blurs = re.subn(r"filter:\s*blur\(48px\)", "", answered.text())
        assert blurs
        route.fulfill(response=answered, body=sheet)

    page.route("**/assets/events-*.css", answer)


class Wall:
    """A projector's page with a clock that a test turns; its album of so many photos answers unless it is cut."""

    def __init__(self, page: Page, count: int):
        self.page, self.is_cut, self.version = page, False, 1
        self.files = [f"{number:04}.jpg" for number in range(count)]
        page.add_init_script(
            "let made = URL.createObjectURL, gone = URL.revokeObjectURL; window.inMemory = 0;"
            "URL.createObjectURL = (blob) => (inMemory += 1, made.call(URL, blob));"
            "URL.revokeObjectURL = (url) => (inMemory -= 1, gone.call(URL, url));"
        )
        page.clock.install()
        without_blur(page)
        page.route("**/*", self._answer)
        page.goto("/slideshow/?set=made_up")
        page.clock.run_for(100)
        page.locator("#screen img").wait_for()

    def _answer(self, route: Route) -> None:
        target = route.request.headers.get("x-amz-target", "")
        anywhere = {"access-control-allow-origin": "*"}
        if self.is_cut:
            route.abort()
        elif target.endswith("GetItem"):
            row = {"primarykey": "/", "sortkey": "made_up", "pic": "0000.jpg", "updated_at": str(self.version)}
            item = {name: {"S": value} for name, value in row.items()} | {"pic_count": {"N": "1"}}
            route.fulfill(json={"Item": item}, headers=anywhere)
        elif target.endswith("Query"):
            items = [{"sortkey": {"S": file}, "width": {"N": "9"}, "height": {"N": "6"}} for file in self.files]
            route.fulfill(json={"Items": items}, headers=anywhere)
        elif "/made_up/" in route.request.url:
            route.fulfill(body=SMALL["buffer"], content_type="image/jpeg")
        else:
            route.fallback()

    def turn(self, seconds: int) -> str | None:
        """Let so many seconds of the page's clock pass; the photo that is shown then."""
        self.page.clock.fast_forward(seconds * 1000)
        self.page.wait_for_timeout(15)  # what comes from the site comes by another clock
        return self.page.locator("#screen img").last.get_attribute("data-file")

    def size(self) -> tuple[int, int]:
        """Elements of the page, and pictures in memory."""
        return self.page.evaluate("[document.querySelectorAll('*').length, inMemory]")


SMALL = photo("small.jpg", 0, (90, 60))


def test_hours_of_showing_and_one_without_a_connection(open_browser: Callable[..., Page], faults: Any) -> None:
    # Small, for hours of fading.
    wall = Wall(open_browser(viewport={"width": 320, "height": 180}), count=400)
    shown = {wall.turn(6) for _ in range(20)}
    elements, _ = wall.size()
    deadline = time.monotonic() + 300
    while len(shown) <= 100:  # more than are kept
        shown.add(wall.turn(6))
        assert time.monotonic() < deadline, f"{len(shown)} photos were shown"
    after, pictures = wall.size()
    assert after <= elements + 1
    assert pictures <= 82, "80, and one that comes while one goes"

    wall.is_cut = True
    kept = {wall.turn(120) for _ in range(30)}
    assert len(kept) > 10, "the show goes on with what it has"
    expect(wall.page.locator("#notice")).to_be_hidden()
    assert wall.size()[0] <= elements + 1
    faults.seen.clear()  # the browser reports each request that fails

    wall.is_cut = False  # and no event says so
    wall.files.insert(0, "new.jpg")
    wall.version += 1
    assert "new.jpg" in [wall.turn(1) for _ in range(20)]


def test_without_motion_one_picture_takes_the_others_place(open_browser: Callable[..., Page]) -> None:
    wall = open_browser(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    wall.goto("/slideshow/?set=2016_weekend")
    expect(wall.locator("#screen img")).to_have_count(1)
    expect(wall.locator("#join")).to_be_hidden()
    first = wall.locator("#screen img").get_attribute("data-file")
    expect(wall.locator(f'#screen img:not([data-file="{first}"])')).to_have_count(1)
    assert wall.locator("#screen img").count() == 1
    expect(wall.locator("#back .on")).to_have_count(1)


def test_bad_files_and_a_photo_of_two_guests(
    event: dict[str, Any], open_browser: Callable[..., Page], desk: Page
) -> None:
    ann, ben = (open_browser(**PHONE) for _ in range(2))
    for page in (ann, ben):
        page.goto(event["code"])
    same = photo("same.jpg", 40)
    script = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    film = b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + b"x" * 100
    whole = photo("cut.jpg", 200)
    cut = {**whole, "buffer": whole["buffer"][: len(whole["buffer"]) // 2]}
    add(
        ann,
        same,
        *(
            {"name": name, "mimeType": "image/jpeg", "buffer": data}
            for name, data in (("evil.jpg", script), ("film.jpg", film))
        ),
        cut,
    )
    wait_for(ann, "failed", "failed", "waiting", "waiting")
    expect(ann.get_by_text("This isn't a photo, whatever its name says.")).to_be_visible()
    expect(ann.get_by_text("This is a film, and only photos can be added here.")).to_be_visible()
    add(ben, same)
    wait_for(ben, "waiting")
    desk.reload()
    desk.get_by_role("button", name="Let all in").first.click()
    desk.get_by_role("button", name="Let all in").first.click()
    wait_for(ann, "failed", "failed", "failed", "shown")
    expect(ann.get_by_text("This photo is damaged: part of it is missing. Choose it again")).to_be_visible()
    deadline = time.monotonic() + 120
    while states(ben) not in (["shown"], ["there"]):
        assert time.monotonic() < deadline, states(ben)
        ben.wait_for_timeout(250)


def test_a_page_that_is_opened_again_goes_on_with_what_was_chosen(
    event: dict[str, Any], open_browser: Callable[..., Page]
) -> None:
    guest = open_browser(**PHONE)
    guest.goto(event["code"])
    guest.get_by_label("Your first name (optional)").fill("Dora")

    def keep_back(route: Route) -> None:
        if "multipart" not in route.request.headers.get("content-type", ""):
            route.fallback()

    guest.route("**/*", keep_back)
    add(guest, photo("one.jpg", 20), photo("two.jpg", 120))
    wait_for(guest, "sending", "sending")
    again = guest.context.new_page()
    guest.close()
    again.goto(event["code"])
    expect(again.get_by_label("Your first name (optional)")).to_have_value("Dora")
    wait_for(again, "waiting", "waiting")
    again.reload()
    wait_for(again, "waiting", "waiting")
    again.get_by_role("button", name="Take back").first.click()
    again.get_by_role("button", name="Take back").last.click()
    wait_for(again, "taken_back", "taken_back")


def test_an_event_that_closes_says_so(
    event: dict[str, Any], open_browser: Callable[..., Page], stack: RunningStack
) -> None:
    guest = open_browser(**PHONE)
    guest.goto(event["code"])
    expect(guest.get_by_text("Add photos")).to_be_visible()
    stack.kinpics("event", PARTY, "--close")
    add(guest, photo("late.jpg", 90))
    expect(guest.get_by_text("This event takes no more photos.")).to_be_visible()
    expect(guest.get_by_text("Add photos")).to_be_hidden()
    guest.reload()
    expect(guest.get_by_text("This event takes no more photos.")).to_be_visible()
    stack.kinpics("event", PARTY, "--closes", "never")
    guest.reload()
    expect(guest.get_by_text("Add photos")).to_be_visible()


@pytest.mark.parametrize("fragment", ["", "#", "#AbCdEfGhIjKlMnOpQrStU", "#AbCdEfGhIjKlMnOpQrStUv"])
def test_a_wrong_code_is_answered_in_a_sentence(open_browser: Callable[..., Page], fragment: str) -> None:
    guest = open_browser(**PHONE)
    guest.goto(f"/event/{fragment}")
    expect(guest.get_by_role("heading", name="This code doesn't work")).to_be_visible()
    expect(guest.get_by_text("Scan the code again")).to_be_visible()
    assert guest.locator("#adding").is_hidden()


def test_only_the_owner_sees_what_waits(open_browser: Callable[..., Page]) -> None:
    page = open_browser()
    page.goto("/waiting/")
    expect(page.get_by_role("heading", name="Only the owner and helpers can use this page")).to_be_visible()
    page.goto("/slideshow/")
    expect(page.get_by_text("This address doesn't say which album to show.")).to_be_visible()
