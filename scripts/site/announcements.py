"""Files that announce the site elsewhere: feeds, and for search engines a sitemap and ``robots.txt``."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from functions.addresses import LARGE_FOLDER, address
from functions.feeds import MAX_ENTRIES, Entry, render_feed
from functions.photo_page import page_url
from functions.photo_rows import Photo
from functions.photo_texts import shorten
from scripts.common.config import SiteConfig
from scripts.site.search_engines import (
    SITEMAP,
    SITEMAP_OF_SETS,
    render_robots,
    render_sitemap,
    render_sitemap_index,
)
from scripts.site.shown import ShownSet, path_of

FEED = "feed.xml"


def write_announcements(
    folder: Path, config: SiteConfig, site_url: str, newest_first: Sequence[ShownSet], rendered: Iterable[ShownSet]
) -> None:
    """Write them into the rendered site; ``site_url`` has no slash at its end.

    Of all sets, only those that are ``rendered`` get files of their own; one that isn't everywhere has no sitemap.
    """
    everywhere = {shown.name for shown in newest_first}
    for file, content in announcements_of_site(config, site_url, newest_first).items():
        (folder / file).write_bytes(content)
    if config.search_engines:
        (folder / "robots.txt").write_bytes(render_robots(site_url))
    for shown in rendered:
        own = folder / "sets" / shown.name
        (own / FEED).write_bytes(_feed_of_set(config, site_url, shown))
        if config.search_engines and shown.name in everywhere:
            (own / SITEMAP).write_bytes(render_sitemap(_addresses_of_photos(site_url, shown)))


def announcements_of_site(config: SiteConfig, site_url: str, newest_first: Sequence[ShownSet]) -> dict[str, bytes]:
    """The files by which the site itself announces its sets."""
    files = {FEED: _feed_of_site(config, site_url, newest_first)}
    if config.search_engines:
        files[SITEMAP] = render_sitemap_index(_sitemaps(site_url, newest_first))
        files[SITEMAP_OF_SETS] = render_sitemap(_addresses_of_sets(site_url, newest_first))
    return files


def _feed_of_site(config: SiteConfig, site_url: str, newest_first: Sequence[ShownSet]) -> bytes:
    entries = (
        Entry(
            url=site_url + shown.path,
            title=shown.title,
            text=shown.row.description or "",
            updated=shown.row.updated_at,
            published=shown.row.created_at,
            picture=_picture(site_url, shown.cover),
        )
        for shown in newest_first
    )
    return render_feed(f"{site_url}/{FEED}", f"{site_url}/", config.title, config.description, config.title, entries)


def _feed_of_set(config: SiteConfig, site_url: str, shown: ShownSet) -> bytes:
    newest = sorted(shown.photos, key=lambda photo: photo.processed_at or "", reverse=True)[:MAX_ENTRIES]
    entries = (
        Entry(
            url=site_url + page_url(path_of(photo)),
            title=photo.title or photo.sortkey,
            text=photo.caption or "",
            updated=photo.processed_at,
            published=None,
            picture=_picture(site_url, photo),
        )
        for photo in newest
    )
    page = site_url + shown.path
    return render_feed(page + FEED, page, shown.title, shorten(shown.row.description), config.title, entries)


def _picture(site_url: str, photo: Photo | None) -> str | None:
    return site_url + LARGE_FOLDER + address(*path_of(photo)) if photo else None


def _sitemaps(site_url: str, newest_first: Sequence[ShownSet]) -> Iterator[tuple[str, str | None]]:
    """The sitemaps: of the site's sets, and of each set's photos."""
    yield f"{site_url}/{SITEMAP_OF_SETS}", _last_change(newest_first)
    for shown in newest_first:
        yield site_url + shown.path + SITEMAP, shown.row.updated_at


def _addresses_of_sets(site_url: str, newest_first: Sequence[ShownSet]) -> Iterator[tuple[str, str | None]]:
    """The pages of the site and its sets, most important first, and when each last changed."""
    yield f"{site_url}/", _last_change(newest_first)
    for shown in newest_first:
        yield site_url + shown.path, shown.row.updated_at


def _addresses_of_photos(site_url: str, shown: ShownSet) -> Iterator[tuple[str, str | None]]:
    """The pages of a set's photos, and when each last changed."""
    for photo in shown.own:
        yield site_url + page_url(path_of(photo)), photo.processed_at


def _last_change(sets: Sequence[ShownSet]) -> str | None:
    return max((shown.row.updated_at or "" for shown in sets), default=None) or None
