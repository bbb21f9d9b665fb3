"""Makes the README's pictures and its recording from the demo, by Chromium and ffmpeg: `make screens`.

Pages are taken in light and dark, on a desktop and on a phone. The recording is a visit: the front page, an album, a
photo, a person, and a search with a picture. All of it goes to docs/screens/.
"""

import argparse
import base64
import contextlib
import io
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps
from playwright.sync_api import Browser, Locator, Page, Playwright, sync_playwright

ROOT = Path(__file__).parents[1]
OUT = ROOT / "docs" / "screens"
DESKTOP = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
# Of pictures in the README: wide enough for its column on a sharp screen.
PICTURE_WIDTH = 1440
MAX_PICTURE_BYTES = 150_000
TOUR_VIEWPORT = {"width": 1200, "height": 750}
TOUR_WIDTH = 900
MAX_TOUR_BYTES = 2_500_000
FRAMES_PER_SECOND = 12
# These pictures become part of the project, so they show drawn pictures and portraits in the public domain. Before they
# are taken, whatever else the demo has is deleted from it.
LEFT_OUT = (
    "2017_evenings_out",
    "2015_lights_over_the_bay/prints.jpg",
    *(f"2018_slow_weekend/{name}.jpg" for name in ("window", "window_booth", "window_left", "window_right", "prints")),
)
# An album, a photo of it with several faces, and one with a single face, which the camera sees.
ALBUM, GROUP = "/sets/2012_portrait_days/", "pair.jpg"
PORTRAIT = "/thumbnails/1600/photos/2012_portrait_days/collins.jpg"
# A screencast shows no pointer, so the page gets one of its own.
_POINTER = """
    addEventListener("DOMContentLoaded", () => {
        const pointer = document.createElement("div");
        const style = {position: "fixed", left: "0", top: "0", width: "18px", height: "18px", borderRadius: "50%",
            background: "rgb(0 0 0 / .55)", border: "2px solid white", zIndex: "2147483647", pointerEvents: "none",
            transform: "translate(-40px, -40px)"};
        Object.assign(pointer.style, style);
        document.documentElement.append(pointer);
        addEventListener("mousemove", (event) => {
            pointer.style.transform = `translate(${event.clientX - 11}px, ${event.clientY - 11}px)`;
        }, {capture: true, passive: true});
    });
"""


def main() -> None:
    """Start the demo, take everything, stop the demo."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--site", help="address of a demo that runs already")
    arguments.add_argument("--only", choices=("pictures", "tour"), help="make only these")
    chosen = arguments.parse_args()
    if chosen.only != "pictures" and not shutil.which("ffmpeg"):
        sys.exit("ffmpeg is missing, which makes the recording: install it (Debian: apt install ffmpeg)")
    OUT.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        site = chosen.site or stack.enter_context(demo())
        playwright = stack.enter_context(sync_playwright())
        if chosen.only != "tour":
            take_pictures(playwright, site)
        if chosen.only != "pictures":
            record_tour(playwright, site)


@contextlib.contextmanager
def demo() -> Iterator[str]:
    """A demo in a folder of its own; the address of its site."""
    data = ROOT / ".kinpics" / "screens"
    shutil.rmtree(data, ignore_errors=True)
    ports = [free_port(), free_port()]
    command = [sys.executable, "-m", "scripts", "demo", "--data", str(data)]
    command += ["--site-port", str(ports[0]), "--api-port", str(ports[1])]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own command
    try:
        if not any("kinpics is ready" in line for line in process.stdout or ()):
            sys.exit("the demo did not start; its own message says why")
        site = f"http://localhost:{ports[0]}"
        wait_for_photos(site)
        for name in LEFT_OUT:
            run("delete", "--yes", name, data=data)
        run("publish", data=data)
        yield site
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def wait_for_photos(site: str) -> None:
    """Wait until the demo has uploaded and published its photos; the oldest set is the last on the front page."""
    deadline = time.monotonic() + 600
    while ALBUM not in read(site + "/"):
        if time.monotonic() > deadline:
            sys.exit("the demo has no photos after ten minutes")
        time.sleep(1)


def read(address: str) -> str:
    """The text at an address; empty while nothing is there."""
    try:
        with urllib.request.urlopen(address) as response:  # noqa: S310 - our own demo
            return str(response.read().decode())
    except urllib.error.HTTPError:
        return ""


def run(*arguments: str, data: Path) -> None:
    """Run a command of kinpics on the demo."""
    subprocess.run([sys.executable, "-m", "scripts", "--data", str(data), *arguments], cwd=ROOT, check=True)  # noqa: S603


def free_port() -> int:
    """A port on 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def chromium(playwright: Playwright, *flags: str) -> Iterator[Browser]:
    """The Chromium of the browser tests."""
    found = subprocess.run([ROOT / "scripts" / "find-chromium"], check=True, capture_output=True, text=True)  # noqa: S603
    browser = playwright.chromium.launch(
        executable_path=found.stdout.strip(), args=["--no-sandbox", "--disable-gpu", *flags]
    )
    try:
        yield browser
    finally:
        browser.close()


def take_pictures(playwright: Playwright, site: str) -> None:
    """Take the front page on a desktop, and three pages side by side on a phone; each in light and dark."""
    with chromium(playwright) as browser:
        for scheme in ("light", "dark"):
            desktop = browser.new_context(**DESKTOP, base_url=site, color_scheme=scheme).new_page()
            desktop.goto("/")
            save(shot(desktop), f"desktop-{scheme}.webp")
            phone = browser.new_context(**PHONE, base_url=site, color_scheme=scheme).new_page()
            taken = []
            for open_page in (open_front, open_album, open_photo):
                open_page(phone)
                taken.append(shot(phone))
            save(side_by_side(taken), f"phone-{scheme}.webp")


def open_front(page: Page) -> None:
    """Open the front page."""
    page.goto("/")


def open_album(page: Page) -> None:
    """Open an album."""
    page.goto(ALBUM)
    page.locator(".grid.live").first.wait_for()


def open_photo(page: Page) -> None:
    """Open a photo with several faces."""
    page.goto(f"{ALBUM}?pic={GROUP}")
    page.locator(".pswp--open .face").first.wait_for()


def shot(page: Page) -> Image.Image:
    """What is on the screen once everything has come and nothing moves any more."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1500)
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def side_by_side(pictures: list[Image.Image]) -> Image.Image:
    """Pictures of one size in a row, on a transparent ground."""
    width, height = pictures[0].size
    gap = width // 12
    row = Image.new("RGBA", (len(pictures) * (width + gap) - gap, height))
    for number, picture in enumerate(pictures):
        row.paste(picture, (number * (width + gap), 0))
    return row


def save(picture: Image.Image, name: str) -> None:
    """Save a picture in the best quality that is small enough."""
    picture = picture.resize((PICTURE_WIDTH, round(picture.height * PICTURE_WIDTH / picture.width)))
    for quality in range(90, 20, -5):
        out = io.BytesIO()
        picture.save(out, "WEBP", quality=quality, method=6)
        if out.tell() <= MAX_PICTURE_BYTES:
            break
    (OUT / name).write_bytes(out.getvalue())
    print(f"{OUT / name}: {out.tell() / 1000:.0f} kB")


@dataclass
class Recorder:
    """Collects what Chromium draws of a page: the frames, and when each was drawn (s)."""

    frames: list[tuple[float, bytes]]

    @classmethod
    def start(cls, page: Page) -> "Recorder":
        """Record a page from now on, for as long as it is there."""
        recorder = cls([])
        cdp = page.context.new_cdp_session(page)

        def drawn(event: dict[str, Any]) -> None:
            recorder.frames.append((event["metadata"]["timestamp"], base64.b64decode(event["data"])))
            cdp.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})

        cdp.on("Page.screencastFrame", drawn)
        cdp.send("Page.startScreencast", {"format": "jpeg", "quality": 95})
        return recorder

    def write(self, target: Path) -> None:
        """Write an animated WebP in the best quality that is small enough."""
        with tempfile.TemporaryDirectory() as folder:
            lines = []
            for number, (time, data) in enumerate(self.frames):
                (Path(folder) / f"{number:05}.jpg").write_bytes(data)
                later = self.frames[number + 1][0] if number + 1 < len(self.frames) else time + 1
                lines.append(f"file {number:05}.jpg\nduration {later - time:.3f}\n")
            (Path(folder) / "frames.txt").write_text("".join(lines))
            for quality in range(75, 20, -10):
                filters = f"fps={FRAMES_PER_SECOND},scale={TOUR_WIDTH}:-1:flags=lanczos"
                command = ["ffmpeg", "-y", "-loglevel", "error", "-f", "concat", "-i", f"{folder}/frames.txt"]
                command += ["-vf", filters, "-c:v", "libwebp_anim", "-loop", "0", "-compression_level", "6"]
                subprocess.run([*command, "-quality", str(quality), target], check=True)  # noqa: S603
                if target.stat().st_size <= MAX_TOUR_BYTES:
                    break
        seconds = self.frames[-1][0] - self.frames[0][0]
        print(f"{target}: {target.stat().st_size / 1000:.0f} kB, {seconds:.0f} s")


def record_tour(playwright: Playwright, site: str) -> None:
    """Record a visit of about 20 seconds."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        camera = make_camera(site, Path(folder))
        flags = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
        browser = stack.enter_context(chromium(playwright, *flags, f"--use-file-for-fake-video-capture={camera}"))
        page = browser.new_context(viewport=TOUR_VIEWPORT, base_url=site, permissions=["camera"]).new_page()
        page.add_init_script(_POINTER)
        page.goto("/")
        page.wait_for_load_state("networkidle")
        recorder = Recorder.start(page)
        visit(page)
        recorder.write(OUT / "tour.webp")


def visit(page: Page) -> None:
    """What a visitor does: looks around, opens a photo, follows a face, and finds their own photos."""
    glide(page, 400)
    follow(page, page.locator(f"a[href='{ALBUM}']").first)
    page.locator(".grid.live").first.wait_for()
    page.wait_for_timeout(800)
    group = page.locator(f"a.tile[data-file='{GROUP}']")
    while not group.is_visible():  # only tiles near the screen are in the page
        glide(page, 300)
    follow(page, group)
    page.locator(".pswp--open .face").first.wait_for()
    page.wait_for_timeout(1200)
    follow(page, page.locator(".pswp--open .face").nth(1))
    page.wait_for_url("**/faces/**")
    page.locator("a.tile").first.wait_for()
    page.wait_for_timeout(1500)
    follow(page, page.locator("header a[href='/selfie/']"))
    follow(page, page.locator("#agree"))
    follow(page, page.locator("#shutter"))
    page.wait_for_timeout(1200)
    follow(page, page.locator("#shutter"))
    page.locator("#results a.tile").first.wait_for()
    page.wait_for_timeout(2500)


def follow(page: Page, target: Locator) -> None:
    """Move the pointer to something as a hand does, and click."""
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    if box is None:
        raise SystemExit(f"{target} is not on the page {page.url}")
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=25)
    page.wait_for_timeout(250)
    target.click()


def glide(page: Page, distance: int) -> None:
    """Scroll evenly."""
    for _ in range(25):
        page.mouse.wheel(0, distance / 25)
        page.wait_for_timeout(20)
    page.wait_for_timeout(500)


def make_camera(site: str, folder: Path) -> Path:
    """What Chromium's fake camera sees: one portrait."""
    with urllib.request.urlopen(site + PORTRAIT) as response:  # noqa: S310 - our own demo
        portrait = Image.open(io.BytesIO(response.read())).convert("RGB")
    out = io.BytesIO()
    ImageOps.fit(portrait, (640, 480), centering=(0.5, 0.3)).save(out, "JPEG", quality=95)
    video = folder / "camera.mjpeg"
    video.write_bytes(out.getvalue() * 20)
    return video


if __name__ == "__main__":
    main()
