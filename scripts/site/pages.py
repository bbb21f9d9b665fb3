"""The pages that ``site/pages.json`` lists, and writing them from their templates."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from functions.addresses import LARGE_FOLDER, THUMBNAIL_FOLDER, address
from functions.shapes import MAX_REQUEST_MESSAGE
from scripts.common.config import ROOT, SiteConfig
from scripts.site.browser_config import origins
from scripts.site.bundle import Assets

# Tiles in a set's page: more than any first screen shows. The browser loads the first few at once.
_FIRST_TILES = 32
_EAGER_TILES = 6
# The look of the pages (site/css/tokens.css), and the font that each look sets its titles in.
THEME = "gallery"
_FONTS = {"gallery": "bricolage.woff2", "journal": "newsreader.woff2", "cinema": "bricolage.woff2"}


@dataclass(frozen=True)
class Page:
    """One of the pages that ``site/pages.json`` lists; its template is ``site/templates/pages/<name>.html``."""

    name: str
    # On the site; `{set}` stands for the name of a set.
    path: str
    # In `site/js/pages/`, without its suffix; a page without one needs no script.
    script: str | None
    # Whether it asks search engines not to show it.
    noindex: bool

    @property
    def is_of_set(self) -> bool:
        """Whether each set has a page of this kind."""
        return "{set}" in self.path

    def file(self, set_name: str = "") -> str:
        """The page's file in the rendered site."""
        path = self.path.removeprefix("/").replace("{set}", set_name)
        return path if path.endswith(".html") else path + "index.html"


def list_pages() -> dict[str, Page]:
    """The pages of the site by their names."""
    listed = json.loads((ROOT / "site" / "pages.json").read_text(encoding="utf-8"))
    return {name: Page(name, **page) for name, page in listed.items()}


def title_of(name: str) -> str:
    """A set's name as a title: ``2024_newport`` reads "2024 newport". site/js/photos/rows.js does the same."""
    return name.replace("_", " ").strip() or name


def thumbnail_url(set_name: str, file: str) -> str:
    """Address of a photo's thumbnail."""
    return THUMBNAIL_FOLDER + address(set_name, file)


def large_url(set_name: str, file: str) -> str:
    """Address of its large rendition."""
    return LARGE_FOLDER + address(set_name, file)


class SitePages:
    """Writes pages from templates."""

    def __init__(
        self,
        folder: Path,
        config: SiteConfig,
        assets: Assets,
        browser_config: dict[str, Any],
        *,
        has_photos: bool,
        has_gallery: bool,
    ):
        self._folder = folder
        self._pages = list_pages()
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(ROOT / "site" / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals |= {
            "site": config,
            "assets": assets,
            "icons": json.loads((ROOT / "site" / "icons.json").read_text(encoding="utf-8")),
            "theme": THEME,
            "theme_font": _FONTS[THEME],
            "has_photos": has_photos,
            "has_gallery": has_gallery,
            "pages": self._pages,
            "browser_config": {**browser_config, "lightboxCss": assets["lightbox.css"]},
            "origins": origins(browser_config),
            "first_tiles": _FIRST_TILES,
            "eager_tiles": _EAGER_TILES,
            "max_message": MAX_REQUEST_MESSAGE,
            "title_of": title_of,
            "thumbnail_url": thumbnail_url,
            "large_url": large_url,
            "set_url": self._set_url,
        }

    def write_of_site(self, **context: Any) -> None:
        """Write the pages that the site has once."""
        for page in self._pages.values():
            if not page.is_of_set:
                self._write(page, "", context)

    def write_of_set(self, set_name: str, **context: Any) -> None:
        """Write the pages that each set has."""
        for page in self._pages.values():
            if page.is_of_set:
                self._write(page, set_name, {"set_name": set_name, **context})

    def _write(self, page: Page, set_name: str, context: dict[str, Any]) -> None:
        target = self._folder / page.file(set_name)
        target.parent.mkdir(parents=True, exist_ok=True)
        template = self._templates.get_template(f"pages/{page.name}.html")
        target.write_text(template.render(page=page, **context), encoding="utf-8")

    def _set_url(self, set_name: str) -> str:
        return self._pages["set"].path.replace("{set}", address(set_name))
