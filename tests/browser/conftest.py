import contextlib
import functools
import io
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageOps
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize, expect, sync_playwright
from running import RunningStack

ROOT = Path(__file__).parents[2]
DESK: ViewportSize = {"width": 1200, "height": 800}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}
_ARGUMENTS = [
    "--no-sandbox",  # the tests may run as root, in a container
    # A page that a test answers itself counts as public; it may call the stack on loopback all the same. And what the
    # address bar suggests, which nobody sees, would be a page of its own in each window. Nor is a process kept
    # ready for the next page.
    "--disable-features=LocalNetworkAccessChecks,WebUIOmniboxPopup,WebUIOmniboxAimPopup,SpareRendererForSitePerProcess",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@functools.cache
def chromium() -> str:
    """The browser that scripts/find-chromium finds. Without one, the tests fail."""
    return subprocess.run(
        [ROOT / "scripts" / "find-chromium"], stdout=subprocess.PIPE, text=True, check=True
    ).stdout.strip()


# One browser for all browser tests: starting it takes as long as many a test.
_started = contextlib.ExitStack()


@functools.cache
def _launched() -> Browser:
    browser = _started.enter_context(sync_playwright()).chromium.launch(executable_path=chromium(), args=_ARGUMENTS)
    _started.callback(browser.close)
    return browser


@pytest.fixture
def browser() -> Browser:
    return _launched()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> Iterator[None]:
    """Close it before other tests: while Playwright runs, this thread has an event loop, and they want their own."""
    try:
        yield
    finally:
        if nextitem is None or Path(__file__).parent not in nextitem.path.parents:
            _launched.cache_clear()
            _kept.clear()
            _started.close()


# Contexts that tests share, one after the other: what a browser keeps of a site's files is most of what a page costs.
_kept: dict[str, BrowserContext] = {}


def _used_again(browser: Browser, stack: RunningStack, name: str, **options: Any) -> Iterator[BrowserContext]:
    """A browser's context in which nobody seems to have been: no cookies, nothing stored, no permissions, no pages."""
    if name not in _kept:
        _kept[name] = browser.new_context(base_url=stack.site_url, service_workers="block", **options)
    context = _kept[name]
    context.set_default_timeout(15_000)
    yield context
    last, *others = context.pages or [context.new_page()]
    for page in others:
        page.close()
    last.unroute_all(behavior="ignoreErrors")
    last.goto("about:blank")  # what was on the page stores no more
    session = context.new_cdp_session(last)
    session.send("Storage.clearDataForOrigin", {"origin": stack.site_url, "storageTypes": "all"})
    context.clear_cookies()
    context.clear_permissions()
    last.close()


_BLOCKED = "Service Worker registration blocked by Playwright"


class Faults:
    """What a page reports to the console during a test. A test that expects reports clears them."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.seen.append(f"error: {error}"))
        page.on("console", self._console)

    def _console(self, message: ConsoleMessage) -> None:
        # A test can answer for the site only while no service worker does.
        if message.type in ("error", "warning") and message.text != _BLOCKED:
            self.seen.append(f"{message.type}: {message.text}")


# How long a page may take where much else is at work; a page that is right is there in a moment.
expect.set_options(timeout=20_000)


@pytest.fixture
def faults() -> Iterator[Faults]:
    watched = Faults()
    yield watched
    assert watched.seen == []


@pytest.fixture
def context(browser: Browser, stack: RunningStack) -> Iterator[BrowserContext]:
    yield from _used_again(browser, stack, "desk", viewport=DESK)


@pytest.fixture
def page(context: BrowserContext, faults: Faults) -> Page:
    made = context.new_page()
    faults.watch(made)
    return made


@pytest.fixture
def other_page(browser: Browser, stack: RunningStack, faults: Faults) -> Iterator[Page]:
    """A page in a context of its own, for what would stay in one: a clock that is set."""
    made = browser.new_context(base_url=stack.site_url, viewport=DESK, service_workers="block")
    made.set_default_timeout(15_000)
    opened = made.new_page()
    faults.watch(opened)
    yield opened
    made.close()


@pytest.fixture
def camera_page(browser: Browser, stack: RunningStack, faults: Faults, face: Path, tmp_path: Path) -> Iterator[Page]:
    """A page of a browser with a camera and somebody in front of it."""
    with Image.open(face) as image:
        seen = ImageOps.pad(image.convert("RGB"), (640, 480), color=(120, 120, 120))
    frame = io.BytesIO()
    seen.save(frame, "JPEG", quality=95)
    (tmp_path / "camera.mjpeg").write_bytes(frame.getvalue() * 20)
    flags = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    flags.append(f"--use-file-for-fake-video-capture={tmp_path / 'camera.mjpeg'}")
    other = browser.browser_type.launch(executable_path=chromium(), args=[*_ARGUMENTS, *flags])
    opened = other.new_page(base_url=stack.site_url)
    opened.set_default_timeout(15_000)
    faults.watch(opened)
    yield opened
    other.close()


@pytest.fixture
def nobody(page: Page) -> None:
    """On the page of people, nobody is known, whatever the stack has found out."""
    page.route("**/people/people.json", lambda route: route.fulfill(json={"v": 1, "people": [], "unknown": []}))


@pytest.fixture
def phone_context(browser: Browser, stack: RunningStack) -> Iterator[BrowserContext]:
    yield from _used_again(browser, stack, "phone", **PHONE)


@pytest.fixture
def phone(phone_context: BrowserContext, faults: Faults) -> Page:
    made = phone_context.new_page()
    faults.watch(made)
    return made


@pytest.fixture
def german_context(browser: Browser, stack: RunningStack) -> Iterator[BrowserContext]:
    yield from _used_again(browser, stack, "german", viewport=DESK, locale="de-AT")


@pytest.fixture(scope="session", autouse=True)
def published(stack: RunningStack) -> None:
    """Publish the site with all sets."""
    stack.kinpics("publish")


@pytest.fixture
def face(demo_folders: list[Path]) -> Path:
    """A picture of somebody who is in seven of the demo photos."""
    (folder,) = [folder for folder in demo_folders if folder.name == "2016_weekend"]
    return folder / "obama3.jpg"
