"""The owner's look: ``[theme]`` of ``kinpics.toml``, and the folder ``theme/`` beside it.

A file ``theme/templates/<path>`` replaces ``site/templates/<path>``, and ``theme/tokens.css`` comes after our style
sheets, so the owner changes how pages look without touching ours.
"""

import io
import re
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from PIL import Image, ImageFont

from scripts.common.config import ROOT, ThemeConfig
from scripts.site.bundle import BuildError
from scripts.site.colours import mixed_with_white_to, on_colour
from scripts.site.palette import Palette, read_palette

# The font that each theme sets its titles in (site/css/tokens.css).
_FONTS = {"gallery": "bricolage.woff2", "journal": "newsreader.woff2", "cinema": "bricolage.woff2"}
_TOKENS = ROOT / "site" / "css" / "tokens.css"
# Every visitor waits for these before the first page looks right.
_MAX_LOGO_BYTES = 200_000
_MAX_FONT_BYTES = 200_000
# The height a logo is shown at, in CSS pixels (site/css/chrome.css).
_LOGO_HEIGHT = 36
_SVG = re.compile(r"<svg\b[^>]*>", re.IGNORECASE)
# https://www.w3.org/TR/WOFF2/#woff20Header: a signature, and at byte 8 the length of the whole file.
_WOFF2 = b"wOF2"
# How high rows of photos are, relative to the usual (site/rows.json), and the gap between photos, in CSS pixels.
_ROWS = {"compact": (0.7, 3), "airy": (1.4, 14)}


@dataclass(frozen=True)
class Logo:
    """The owner's logo, and the size it is shown in, in CSS pixels."""

    url: str
    width: int
    height: int


@dataclass(frozen=True)
class Theme:
    """What templates and style sheets use from the owner's look."""

    name: str
    # File name of the font for titles.
    font: str
    # Style sheets that come after ours, and rules that come between.
    rules: str = ""
    sheets: tuple[Path, ...] = ()
    # Where templates are looked for, first to last.
    template_folders: tuple[Path, ...] = (ROOT / "site" / "templates",)
    logo: Logo | None = None
    # How high rows of photos are, relative to the usual.
    row_scale: float = 1.0

    @cached_property
    def palette(self) -> Palette:
        """Its colours, with the owner's replacing ours."""
        texts = [path.read_text(encoding="utf-8") for path in (_TOKENS, *self.sheets)]
        return read_palette(self.name, [texts[0], self.rules, *texts[1:]])


def load_theme(config: ThemeConfig, root: Path, dist: Path) -> Theme:
    """The look of a site whose ``kinpics.toml`` and ``theme/`` are in ``root``; a logo is copied into ``dist``.

    Raises ``BuildError``, which names the setting or the file.
    """
    rules = [_accent(config), _density(config.density)]
    font = _FONTS[config.name]
    if config.display_face:
        path = root / config.display_face
        _check_font(path)
        rules.append(_display_face(path))
        font = path.name
    folder = root / "theme"
    tokens = folder / "tokens.css"
    templates = folder / "templates"
    return Theme(
        config.name,
        font,
        "".join(rules),
        (tokens,) if tokens.is_file() else (),
        (*([templates] if templates.is_dir() else []), ROOT / "site" / "templates"),
        _load_logo(root / config.logo, dist) if config.logo else None,
        _ROWS[config.density][0] if config.density in _ROWS else 1.0,
    )


def _accent(config: ThemeConfig) -> str:
    """The one strong colour, lightened on the theme's dark page where it would be too dark."""
    if not config.accent:
        return ""
    dark_page = read_palette(config.name, [_TOKENS.read_text(encoding="utf-8")]).dark_page
    light, dark = config.accent, mixed_with_white_to(3, config.accent, dark_page)
    return (
        f":root, [data-theme] {{ --accent: light-dark({light}, {dark}); --ring: {dark}; "
        f"--on-accent: light-dark({on_colour(light)}, {on_colour(dark)}); "
        f"--focus: light-dark(var(--ink), {dark}); }}\n"
    )


def _density(density: str) -> str:
    if density not in _ROWS:
        return ""
    scale, gap = _ROWS[density]
    return f":root, [data-theme] {{ --row-scale: {scale}; --gap: {gap}px; }}\n"


def _display_face(path: Path) -> str:
    return (
        f'@font-face {{ font-family: "Owner Display"; src: url("{path.resolve()}") format("woff2"); '
        "font-weight: 100 900; font-display: optional; }\n"
        ':root, [data-theme] { --display: "Owner Display", var(--text); }\n'
    )


def _check_font(path: Path) -> None:
    data = _read("display_face", path, _MAX_FONT_BYTES)
    if not data.startswith(_WOFF2) or int.from_bytes(data[8:12], "big") != len(data):
        raise BuildError(f"theme.display_face: {path} is not a WOFF2 font, or it is incomplete")
    try:
        ImageFont.truetype(io.BytesIO(data))
    except OSError:
        raise BuildError(f"theme.display_face: {path} is a damaged font: use a good copy of it") from None


def _load_logo(path: Path, dist: Path) -> Logo:
    data = _read("logo", path, _MAX_LOGO_BYTES)
    width, height, suffix = _measure_svg(path, data) if path.suffix.lower() == ".svg" else _measure_picture(path, data)
    name = f"logo-{sha256(data).hexdigest()[:8].upper()}{suffix}"
    (dist / "assets").mkdir(parents=True, exist_ok=True)
    (dist / "assets" / name).write_bytes(data)
    return Logo(f"/assets/{name}", round(width * _LOGO_HEIGHT / height), _LOGO_HEIGHT)


def _measure_picture(path: Path, data: bytes) -> tuple[float, float, str]:
    try:
        with Image.open(io.BytesIO(data)) as picture:
            kind, size = picture.format, picture.size
            picture.verify()
    except Exception:  # Pillow raises a different error for each kind of damage
        kind, size = None, (0, 0)
    if kind not in ("PNG", "JPEG", "WEBP", "AVIF"):
        raise BuildError(f"theme.logo: {path} is not a picture: use an SVG, PNG, JPEG, WebP or AVIF")
    return *size, f".{kind.lower()}"


def _measure_svg(path: Path, data: bytes) -> tuple[float, float, str]:
    text = data.decode("utf-8", "replace")
    root = _SVG.search(text)
    box = re.search(r'\bviewBox\s*=\s*["\']([^"\']*)', root[0]) if root else None
    numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", box[1])] if box else []
    if len(numbers) != 4 or min(numbers[2:]) <= 0:
        raise BuildError(f"theme.logo: {path} is not an SVG with a viewBox, which gives its width and height")
    return numbers[2], numbers[3], ".svg"


def _read(setting: str, path: Path, max_bytes: int) -> bytes:
    try:
        size = path.stat().st_size
        if size > max_bytes:
            raise BuildError(
                f"theme.{setting}: {path} is {size / 1000:,.0f} kB, and every visitor waits for it: "
                f"use one of at most {max_bytes // 1000} kB"
            )
        return path.read_bytes()
    except OSError as error:
        raise BuildError(f"theme.{setting}: {path} can't be read: {error.strerror}") from None
