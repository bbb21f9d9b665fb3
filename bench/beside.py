"""Pictures for docs/gallery.md: the same drawn landscapes on a phone, in kinpics, sigal and thumbsup.

`python -m bench.beside` writes them to docs/gallery/.
"""

import io
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from bench import peers, workplace
from bench.browser import chromium
from local.demo import landscapes
from local.demo.landscapes import LANDSCAPE, MOODS, PANORAMA, PORTRAIT, Size

OUT = workplace.ROOT / "docs" / "gallery"
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
_SCENES = {
    "snow_forest": PORTRAIT,
    "sea": LANDSCAPE,
    "misty_hills": LANDSCAPE,
    "city": PANORAMA,
    "lake": LANDSCAPE,
    "northern_lights": LANDSCAPE,
    "milky_way": PORTRAIT,
}
_MOODS = {
    "snow_forest": ("snow", "snow at dusk"),
    "sea": ("dusk", "rose"),
    "misty_hills": ("dawn", "blue hour", "autumn", "dusk"),
    "city": ("night",),
    "lake": ("alpine",),
    "northern_lights": ("stars",),
    "milky_way": ("stars",),
}


def main() -> None:
    """Publish the landscapes with each program, and take its page."""
    OUT.mkdir(exist_ok=True)
    photos = _draw()
    with chromium() as browser:
        with workplace.stack("beside-stack") as stack:
            stack.kinpics("upload", "--set", "landscapes", str(photos))
            _take(browser, f"{stack.site_url}/sets/landscapes/", "kinpics")
        for name in peers.PEERS:
            with peers.site(name, photos) as url:
                _take(browser, url, name)


def _draw() -> Path:
    folder = workplace.WORK / "landscapes"
    folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor() as pool:
        for number, data in enumerate(pool.map(_draw_one, *zip(*_scenes(), strict=True))):
            (folder / f"{number:02}.jpg").write_bytes(data)
    return folder


def _scenes() -> Iterator[tuple[str, int, str, Size]]:
    """All scenes in each of their moods, in turns."""
    for turn in range(max(map(len, _MOODS.values()))):
        for scene, moods in _MOODS.items():
            yield scene, turn + 1, moods[turn % len(moods)], _SCENES[scene]


def _draw_one(scene: str, seed: int, mood: str, size: Size) -> bytes:
    out = io.BytesIO()
    getattr(landscapes, scene)(seed, MOODS[mood], size).save(out, "JPEG", quality=90)
    return out.getvalue()


def _take(browser: Browser, url: str, name: str) -> None:
    page = browser.new_context(**PHONE).new_page()
    page.goto(url)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1500)
    Image.open(io.BytesIO(page.screenshot())).save(OUT / f"{name}.webp", quality=80, method=6)
    page.context.close()


if __name__ == "__main__":
    main()
