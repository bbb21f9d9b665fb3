"""A long set: frames while it scrolls, tiles in the document, and how long a jump to a far date takes."""

import json
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from bench.browser import chromium
from bench.first_screen import PHONE

# A finger's fast swipe: pixels a second, and pixels in all.
_SPEED = 1500
_DISTANCE = 12_000
_JUMPS = (0.2, 0.9, 0.5, 0.7, 0.1, 0.6, 0.3, 0.8, 0.4)
_TRACED = "disabled-by-default-devtools.timeline.frame,devtools.timeline.frame"
_COUNT_TILES = """
    window.mostTiles = 0;
    const count = () => {
        window.mostTiles = Math.max(window.mostTiles, document.querySelectorAll("a.tile").length);
        requestAnimationFrame(count);
    };
    count();
"""
# From choosing a date in the page's own list until every tile in view has its picture and the next frame is drawn.
_JUMP = """(share) => new Promise((resolve) => {
    const list = document.querySelector("select[data-jump]");
    const dates = [...list.options].filter((option) => option.value);
    const start = performance.now();
    list.value = dates[Math.floor(dates.length * share)].value;
    list.dispatchEvent(new Event("change", {bubbles: true}));
    const look = () => {
        const tiles = [...document.querySelectorAll("a.tile")].filter((tile) => {
            const box = tile.getBoundingClientRect();
            return box.bottom > 0 && box.top < innerHeight;
        });
        const area = tiles.reduce((sum, tile) => sum + tile.offsetWidth * tile.offsetHeight, 0);
        const done = area > 0.4 * innerWidth * innerHeight
            && tiles.every((tile) => tile.querySelector("img")?.complete);
        if (done) requestAnimationFrame(() => resolve(performance.now() - start));
        else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
})"""


@dataclass(frozen=True)
class Scroll:
    """Frames a second that were drawn while scrolling, the most tiles at any time, median and longest jump in ms."""

    frames_per_second: float
    most_tiles: int
    jump: float
    longest_jump: float


def scroll(url: str) -> Scroll:
    """Scroll a set's page on a phone as a finger does, then jump about."""
    with chromium() as browser:
        page = browser.new_context(**PHONE).new_page()
        page.goto(url)
        page.locator(".grid.live").first.wait_for()
        page.wait_for_load_state("networkidle")
        page.locator("select[data-jump] option").nth(3).wait_for(state="attached")
        page.evaluate(_COUNT_TILES)
        frames = _frames_per_second(browser, page)
        jumps = [page.evaluate(_JUMP, share) for share in _JUMPS]
        return Scroll(frames, page.evaluate("window.mostTiles"), statistics.median(jumps), max(jumps))


def _frames_per_second(browser: Browser, page: Page) -> float:
    """Frames drawn in a second of scrolling, from Chromium's trace."""
    cdp = page.context.new_cdp_session(page)
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder) / "trace.json"
        browser.start_tracing(page=page, path=trace, categories=_TRACED.split(","))
        gesture = {"x": 200, "y": 400, "yDistance": -_DISTANCE, "speed": _SPEED, "gestureSourceType": "mouse"}
        cdp.send("Input.synthesizeScrollGesture", gesture)
        browser.stop_tracing()
        events: list[dict[str, Any]] = json.loads(trace.read_text())["traceEvents"]
    drawn = sorted(event["ts"] for event in events if event["name"] == "DrawFrame")
    return (len(drawn) - 1) / ((drawn[-1] - drawn[0]) / 1e6)
