"""A set page of 300 photos on a phone: bytes, requests and Lighthouse, against sigal's photoswipe theme."""

import contextlib
import gzip
import http.server
import json
import os
import shutil
import statistics
import subprocess
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench import browser, workplace
from bench.thumbnails import build_config

COUNT = 300
RUNS = 5
PHONE = {"viewport": {"width": 412, "height": 823}, "device_scale_factor": 1.75, "is_mobile": True, "has_touch": True}


def run() -> list[str]:
    """Lines of the report."""
    folder = workplace.photos(COUNT)
    with workplace.stack("page-stack") as stack:
        start = time.perf_counter()
        stack.kinpics("upload", str(folder), "--set", "large")
        seconds = time.perf_counter() - start
        ours = f"{stack.site_url}/sets/large/"
        traffic = _traffic(ours)
        early = _first_thumbnail_before_aws(ours, stack.api_url)
        scores = _lighthouse(ours)
    with _sigal_site(folder) as peer:
        peer_traffic = _traffic(peer)
        peer_scores = _lighthouse(peer)
    return [
        f"set page of {COUNT} photos on a phone, median of {RUNS} Lighthouse runs (upload of it took {seconds:.0f} s):",
        _line("kinpics", traffic, scores),
        _line("sigal", peer_traffic, peer_scores),
        f"  -> requests {peer_traffic['requests'] / traffic['requests']:.1f}x fewer, bytes of pictures "
        f"{peer_traffic['pictures'] / traffic['pictures']:.1f}x fewer",
        f"  first thumbnail visible before any AWS call returns: {'yes' if early else 'NO'}",
    ]


def _line(name: str, traffic: dict, scores: dict) -> str:
    return (
        f"  {name:8} {traffic['requests']:4} requests, {traffic['pictures'] / 1000:6.0f} kB of pictures, "
        f"{traffic['scripts'] / 1000:5.1f} kB of scripts (gzip), performance {scores['performance']:.0f}, "
        f"accessibility {scores['accessibility']:.0f}, CLS {scores['shift']:.3f}, TBT {scores['blocking']:.0f} ms"
    )


def _traffic(url: str) -> dict[str, int]:
    """Requests and bytes until the page is quiet, before any scrolling."""
    count = {"pictures": 0, "scripts": 0}
    requests: list[object] = []
    with browser.chromium() as chromium:
        page = chromium.new_context(**PHONE).new_page()

        def finished(request: object) -> None:
            if request.url.startswith("data:"):
                return
            requests.append(request)

        page.on("requestfinished", finished)
        page.goto(url)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(1500)
        for request in requests:
            kind = "pictures" if request.resource_type == "image" else "scripts"
            if request.resource_type in ("image", "script"):
                body = request.response().body()
                count[kind] += len(body) if kind == "pictures" else len(gzip.compress(body))
    return count | {"requests": len(requests)}


def _first_thumbnail_before_aws(url: str, api_url: str) -> bool:
    """With every AWS call held up, the first screen of thumbnails is there all the same."""
    with browser.chromium() as chromium:
        page = chromium.new_context(**PHONE).new_page()
        page.route(f"{api_url}/**", lambda route: None)
        page.goto(url, wait_until="commit")
        try:
            page.wait_for_function(
                "[...document.querySelectorAll('a.tile img')].filter((image) => image.naturalWidth).length >= 8",
                timeout=5000,
            )
        except Exception:
            return False
        return True


def _lighthouse(url: str) -> dict[str, float]:
    """Medians of several runs with Lighthouse's own phone."""
    command = [workplace.lighthouse(), url, "--quiet", "--output=json", "--only-categories=performance,accessibility"]
    command += [
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-quic --disable-background-networking"
    ]
    environment = {**os.environ, "CHROME_PATH": browser.path()}
    found = []
    for _ in range(RUNS):
        result = subprocess.run(command, check=True, capture_output=True, env=environment)
        report = json.loads(result.stdout)
        audits = report["audits"]
        found.append(
            {
                "performance": report["categories"]["performance"]["score"] * 100,
                "accessibility": report["categories"]["accessibility"]["score"] * 100,
                "shift": audits["cumulative-layout-shift"]["numericValue"],
                "blocking": audits["total-blocking-time"]["numericValue"],
            }
        )
    return {name: statistics.median(run[name] for run in found) for name in found[0]}


@contextlib.contextmanager
def _sigal_site(photos: Path) -> Iterator[str]:
    """The same photos as sigal publishes them, served on this machine.

    They are an album below the top one: at the top, the theme's script asks for modules at addresses no browser takes.
    """
    out = workplace.WORK / "sigal-page"
    shutil.rmtree(out, ignore_errors=True)
    config = build_config(out, theme="photoswipe")
    album = out / "source" / "large"
    album.mkdir(parents=True)
    for photo in photos.iterdir():
        os.link(photo, album / photo.name)
    command = [workplace.sigal(), "build", "--config", config, album.parent, out / "site"]
    subprocess.run(command, check=True, capture_output=True)
    handler = partial(_QuietHandler, directory=str(out / "site"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/large/"
        server.shutdown()


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""
