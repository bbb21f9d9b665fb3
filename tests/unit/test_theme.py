"""The owner's look: what it changes, and what errors say about mistakes."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image

from scripts.common.config import ROOT, THEMES, ConfigError, ThemeConfig, load_theme_config
from scripts.site.bundle import STYLE_SHEETS, BuildError, bundle
from scripts.site.colours import contrast, on_colour
from scripts.site.theme import load_theme

FONT = ROOT / "site" / "fonts" / "newsreader.woff2"


def png(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height)).save(out, "PNG")
    return out.getvalue()


def styles(tmp_path: Path, config: ThemeConfig, sheet: str = "style.css") -> str:
    """A style sheet of a site with this look."""
    theme = load_theme(config, tmp_path, tmp_path / "dist")
    assets = bundle(tmp_path / "dist", theme.rules, theme.sheets)
    assert assets[theme.font].endswith(".woff2"), "the page can preload the font of its titles"
    return (tmp_path / "dist" / assets[sheet].removeprefix("/")).read_text().replace(" ", "")


@pytest.mark.parametrize("sheet", STYLE_SHEETS)
def test_the_owners_accent_density_font_and_values_come_after_ours(tmp_path: Path, sheet: str) -> None:
    (tmp_path / "theme").mkdir()
    (tmp_path / "theme" / "tokens.css").write_text(":root { --section: 7px }")
    (tmp_path / "mine.woff2").write_bytes(FONT.read_bytes())
    config = ThemeConfig(name="cinema", accent="#1a237e", density="airy", display_face="mine.woff2")
    css = styles(tmp_path, config, sheet)
    assert css.rindex("--accent:light-dark(#1a237e,") > css.index("--accent:#ffc61a")
    assert css.rindex("--gap:14px") > css.index("--gap:4px")
    assert "OwnerDisplay" in css
    assert css.rindex("--section:7px") > css.rindex("--gap:14px")


def test_a_broken_style_sheet_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "theme").mkdir()
    (tmp_path / "theme" / "tokens.css").write_text(":root {\n  --section: 7px;\n}}\n")
    with pytest.raises(BuildError, match=r"Unexpected \"}\"[^$]*theme/tokens\.css:3:1"):
        styles(tmp_path, ThemeConfig())


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("colour", ["#000000", "#ffffff", "#ffc61a", "#1a237e", "#7f7f7f", "#b3261e"])
def test_words_on_any_accent_are_readable_and_it_stands_out_in_the_dark(name: str, colour: str, tmp_path: Path) -> None:
    theme = load_theme(ThemeConfig(name=name, accent=colour), tmp_path, tmp_path / "dist")
    (in_the_dark,) = re.findall(r"--accent: light-dark\(#\w{6}, (#\w{6})\)", theme.rules)
    assert contrast(on_colour(colour), colour) >= 4.5
    assert contrast(in_the_dark, theme.palette.dark_page) >= 3


def test_black_and_white_have_the_contrast_that_wcag_gives_them() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffc61a", "#ffc61a") == pytest.approx(1)


@pytest.mark.parametrize(
    ("file", "data", "size"),
    [
        ("logo.png", png(300, 100), (108, 36)),
        ("logo.svg", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 50 25"/>', (72, 36)),
    ],
)
def test_a_logo_keeps_its_shape(tmp_path: Path, file: str, data: bytes, size: tuple[int, int]) -> None:
    (tmp_path / file).write_bytes(data)
    logo = load_theme(ThemeConfig(logo=file), tmp_path, tmp_path / "dist").logo
    assert logo
    assert (logo.width, logo.height) == size
    assert (tmp_path / "dist" / logo.url.removeprefix("/")).read_bytes() == data


@pytest.mark.parametrize(
    ("setting", "file", "data", "said"),
    [
        ("logo", "big.png", b"\0" * 20_000_000, "20,000 kB"),
        ("logo", "broken.png", png(9, 9)[:40], "not a picture"),
        ("logo", "text.svg", b"<p>no</p>", "viewBox"),
        ("logo", "flat.svg", b'<svg viewBox="0 0 10 0"/>', "viewBox"),
        ("logo", "none.png", None, "can't be read"),
        ("display_face", "none.woff2", None, "can't be read"),
        ("display_face", "old.ttf", b"\0\1\0\0" + b"\0" * 60, "not a WOFF2 font"),
        ("display_face", "cut.woff2", FONT.read_bytes()[:5000], "incomplete"),
        ("display_face", "hurt.woff2", FONT.read_bytes()[:5000].ljust(FONT.stat().st_size, b"\0"), "damaged"),
    ],
)
def test_an_unusable_file_is_named(tmp_path: Path, setting: str, file: str, data: bytes | None, said: str) -> None:
    if data is not None:
        (tmp_path / file).write_bytes(data)
    with pytest.raises(BuildError, match=rf"theme\.{setting}: .*{file}.*{said}"):
        load_theme(ThemeConfig(**{setting: file}), tmp_path, tmp_path / "dist")


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("name = 'disco'", "theme.name must be one of gallery, journal, cinema"),
        ("density = 'full'", "theme.density must be one of"),
        ("accent = 'yellow'", "theme.accent must be a colour like #ffc61a"),
        ("cover = 'photo.jpg'", "theme.cover must be a set and one of its photos"),
        ("cover = 'set/folder/photo.jpg'", "theme.cover must be a set and one of its photos"),
        ("colour = '#ffffff'", "unknown setting theme.colour"),
    ],
)
def test_an_unusable_setting_is_named(tmp_path: Path, setting: str, said: str) -> None:
    path = tmp_path / "kinpics.toml"
    path.write_text(f"[theme]\n{setting}\n")
    with pytest.raises(ConfigError, match=said):
        load_theme_config(path)
