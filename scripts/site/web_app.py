"""What makes the site an app that installs on a phone: its manifest, and icons with the mark on them.

https://www.w3.org/TR/appmanifest/
"""

import io
import json
from pathlib import Path

from PIL import Image

from scripts.common.config import SiteConfig
from scripts.site.mark import CENTRES, RADIUS, STROKE, draw_mark, height_of
from scripts.site.palette import Palette

FOLDER = "icons"
# Sizes in pixels that Android and iOS ask for, and the part of the icon's width that the mark takes: a maskable icon
# is cut to a circle or another shape that leaves its middle four fifths, so its mark is smaller.
_ICONS = {"192.png": (192, 0.72), "512.png": (512, 0.72), "maskable-512.png": (512, 0.54), "apple-180.png": (180, 0.66)}


def write_web_app(config: SiteConfig, palette: Palette, folder: Path) -> None:
    """Write ``site.webmanifest``, ``favicon.svg`` and the icons into a rendered site."""
    (folder / FOLDER).mkdir()
    for name, (side, part) in _ICONS.items():
        (folder / FOLDER / name).write_bytes(_icon(palette, side, part))
    (folder / "favicon.svg").write_text(_favicon(palette), encoding="utf-8")
    manifest = {
        "name": config.title,
        "description": config.description,
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": palette.page,
        "theme_color": palette.page,
        "icons": [
            {"src": f"/{FOLDER}/192.png", "sizes": "192x192", "type": "image/png"},
            {"src": f"/{FOLDER}/512.png", "sizes": "512x512", "type": "image/png"},
            {"src": f"/{FOLDER}/maskable-512.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
        ],
    }
    (folder / "site.webmanifest").write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")


def _icon(palette: Palette, side: int, part: float) -> bytes:
    picture = Image.new("RGB", (side, side), palette.page)
    width = round(side * part)
    left, top = (side - width) // 2, (side - height_of(width)) // 2
    draw_mark(picture, left, top, width, palette.ink, palette.accent)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _favicon(palette: Palette) -> str:
    """The mark as an SVG; its outlines follow the browser's light or dark setting."""
    circles = "".join(f'<circle cx="{x}" cy="{y}" r="{RADIUS}"/>' for x, y in CENTRES)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 -6.5 36 35">'
        "<style>g{stroke:#16171a}@media(prefers-color-scheme:dark){g{stroke:#f4f4f1}}</style>"
        f'<path d="M17 3a10 10 0 0 1 0 16 10 10 0 0 1 0-16z" fill="{palette.accent}"/>'
        f'<g fill="none" stroke-width="{STROKE + 0.5}">{circles}</g></svg>\n'
    )
