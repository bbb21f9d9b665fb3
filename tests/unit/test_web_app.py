"""What makes the site an app: its manifest, icons and service worker."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from scripts.common.config import THEMES, SiteConfig
from scripts.site.bundle import bundle_worker
from scripts.site.palette import Palette
from scripts.site.theme import Theme
from scripts.site.web_app import write_web_app


def theme_palette(name: str, rules: str = "") -> Palette:
    return Theme(name, "any.woff2", rules).palette


@pytest.mark.parametrize("theme", THEMES)
def test_the_manifests_icons_are_there_in_the_size_it_says(tmp_path: Path, theme: str) -> None:
    palette = theme_palette(theme)
    write_web_app(replace(SiteConfig(), title='Ann\'s "best" ü'), palette, tmp_path)
    manifest = json.loads((tmp_path / "site.webmanifest").read_text())
    assert manifest["name"] == 'Ann\'s "best" ü'
    assert manifest["background_color"] == palette.page
    for icon in manifest["icons"]:
        picture = Image.open(io.BytesIO((tmp_path / icon["src"].removeprefix("/")).read_bytes())).convert("RGB")
        assert f"{picture.width}x{picture.height}" == icon["sizes"]
        assert picture.getpixel((picture.width // 2, picture.height // 2)) == rgb(palette.accent)
        assert picture.getpixel((0, 0)) == rgb(palette.page)


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))


def test_a_theme_without_colours_of_its_own_has_those_of_every_theme() -> None:
    assert (
        theme_palette("gallery", rules=":root, [data-theme] { --accent: light-dark(#123456, #ffffff); }").accent
        == "#123456"
    )
    assert theme_palette("journal").page != theme_palette("gallery").page
    assert theme_palette("cinema").dark_page == theme_palette("cinema").page


@pytest.mark.parametrize(("source", "does"), [("worker.js", "fetch"), ("off.js", "unregister")])
def test_the_service_worker_is_one_file_that_every_browser_can_start(tmp_path: Path, source: str, does: str) -> None:
    bundle_worker(source, tmp_path / "sw.js")
    text = (tmp_path / "sw.js").read_text()
    assert does in text
    assert "import" not in text
