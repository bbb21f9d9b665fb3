"""What a phone fetches and when it shows the first photo, before anybody scrolls."""

import gzip
import statistics
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

from bench.browser import chromium

RUNS = 9
# Lighthouse's phone, and its slow 4G: round trips of 150 ms, 1.6 Mbit/s, a processor a quarter as fast.
PHONE = {"viewport": {"width": 412, "height": 823}, "device_scale_factor": 1.75, "is_mobile": True, "has_touch": True}
ROUND_TRIP = 150
_BYTES_PER_SECOND = 1.6e6 / 8
_SLOWER_CPU = 4
# DevTools delays requests, not the TCP and TLS handshakes before the first of them, a round trip each.
_HANDSHAKES = 2 * ROUND_TRIP
# All pictures of the page that can be a photo report when they are painted: https://w3c.github.io/element-timing/
_REPORT_PHOTOS = """
    const name = (image) => {
        if (!image.closest("header, nav")) image.setAttribute("elementtiming", "photo");
    };
    new MutationObserver((changes) => {
        for (const change of changes) {
            for (const node of change.addedNodes) {
                if (node instanceof HTMLImageElement) name(node);
                else if (node instanceof Element) node.querySelectorAll("img").forEach(name);
            }
        }
    }).observe(document, {childList: true, subtree: true});
    window.paintedPhotos = [];
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
            if (entry.identifier === "photo" && entry.naturalWidth > 1) window.paintedPhotos.push(entry.renderTime);
        }
    }).observe({type: "element", buffered: true});
"""


@dataclass
class FirstScreen:
    """Everything fetched until the page is quiet, with preflight requests and AWS calls; bytes as sent, or gzipped."""

    requests: int = 0
    bytes: int = 0
    pictures: int = 0
    fonts: int = 0
    scripts_gzip: int = 0
    styles_gzip: int = 0


def fetch(url: str, flags: list[str]) -> FirstScreen:
    """Open a page with an empty cache and wait until it is quiet."""
    found = FirstScreen()
    kinds: dict[str, str] = {}
    finished: list[tuple[str, int]] = []

    def will_be_sent(event: dict[str, Any]) -> None:
        if not event["request"]["url"].startswith(("data:", "blob:")):
            kinds[event["requestId"]] = event.get("type", "Other")

    def loaded(event: dict[str, Any]) -> None:
        if event["requestId"] in kinds:
            finished.append((event["requestId"], int(event["encodedDataLength"])))

    with chromium(*flags) as browser:
        page, cdp = phone(browser)
        cdp.on("Network.requestWillBeSent", will_be_sent)
        cdp.on("Network.loadingFinished", loaded)
        page.goto(url)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(2000)
        found.requests = len(finished)
        for request, size in finished:
            found.bytes += size
            kind = kinds[request]
            if kind == "Image":
                found.pictures += size
            elif kind == "Font":
                found.fonts += size
            elif kind == "Script":
                found.scripts_gzip += _gzip(cdp, request)
            elif kind == "Stylesheet":
                found.styles_gzip += _gzip(cdp, request)
    return found


def first_photo(url: str, flags: list[str]) -> float:
    """Milliseconds until a slow phone with an empty cache paints the first photo: the median of several visits."""
    with chromium(*flags) as browser:
        browser.new_page().screenshot()  # it draws its first frame late, whatever the page
        return statistics.median(_first_photo(browser, url) for _ in range(RUNS))


def _first_photo(browser: Browser, url: str) -> float:
    page, cdp = phone(browser)
    throughput = {"downloadThroughput": _BYTES_PER_SECOND, "uploadThroughput": _BYTES_PER_SECOND}
    cdp.send("Network.emulateNetworkConditions", {"offline": False, "latency": ROUND_TRIP, **throughput})
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER_CPU})
    page.add_init_script(_REPORT_PHOTOS)
    page.goto(url, wait_until="commit")
    while not (painted := page.evaluate("window.paintedPhotos ?? []")):
        page.wait_for_timeout(50)
    page.context.close()
    return float(_HANDSHAKES + min(painted))


def shows_photos_without_aws(url: str, api_url: str) -> bool:
    """With every AWS call held up, the first screen of thumbnails still appears."""
    with chromium() as browser:
        page, _ = phone(browser)
        page.route(f"{api_url}/**", lambda route: None)
        page.goto(url, wait_until="commit")
        for _ in range(100):
            shown = page.evaluate(
                "[...document.querySelectorAll('a.tile img')].filter((image) => image.naturalWidth).length"
            )
            if shown >= 8:
                return True
            page.wait_for_timeout(50)
        return False


def phone(browser: Browser) -> tuple[Page, CDPSession]:
    """A page as Lighthouse's phone shows it, with a session of DevTools."""
    page = browser.new_context(**PHONE).new_page()
    cdp = page.context.new_cdp_session(page)
    cdp.send("Network.enable")
    return page, cdp


def _gzip(cdp: CDPSession, request: str) -> int:
    body = cdp.send("Network.getResponseBody", {"requestId": request})["body"]
    return len(gzip.compress(body.encode()))
