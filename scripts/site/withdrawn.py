"""The site's own files as they were if it had no sets: kept for `functions/withdrawn_site.py`."""

from pathlib import Path

from functions.withdrawn_site import WITHDRAWN_KEY, SiteFile, WithdrawnSite
from scripts.common.config import SiteConfig
from scripts.site.announcements import announcements_of_site
from scripts.site.pages import SitePages
from scripts.site.previews import CARDS_FOLDER
from scripts.site.search_index import SEARCH_INDEX, key_of_index, search_index
from scripts.site.served import headers_of
from scripts.site.shown import TITLES, titles_of


def write_withdrawn(folder: Path, pages: SitePages, config: SiteConfig, site_url: str | None) -> None:
    """Write them into a rendered site, as one file."""
    index = search_index(())
    rendered = pages.render_without_sets(
        sets=[],
        card=None,
        cover=None,
        cover_person=None,
        covers={},
        portraits=[],
        search_index=f"/{key_of_index(index)}",
        suggestions=[],
    )
    files = {file: text.encode() for file, text in rendered.items()}
    files |= {TITLES: titles_of(()), key_of_index(index): index}
    if site_url:
        files |= announcements_of_site(config, site_url, ())
    kept = {
        key: SiteFile(body.decode(), {name: str(value) for name, value in headers_of(key, body).items()})
        for key, body in files.items()
    }
    target = folder / WITHDRAWN_KEY
    target.parent.mkdir(exist_ok=True)
    target.write_text(WithdrawnSite(kept, (SEARCH_INDEX, f"{CARDS_FOLDER}/")).to_json(), encoding="utf-8")
