"""What search engines are told about a site that is open to them: where its pages are, and what they show."""

from collections.abc import Iterable
from typing import Any
from xml.etree import ElementTree

from functions.addresses import LARGE_FOLDER, THUMBNAIL_FOLDER, address
from functions.photo_page import page_url
from scripts.site.shown import ShownSet, describe, path_of
from scripts.site.translations import Translator

# In the site's folder it lists the other sitemaps; in a set's folder, the set's photos.
SITEMAP, SITEMAP_OF_SETS = "sitemap.xml", "sitemap-albums.xml"
# https://www.sitemaps.org/protocol.html
_SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"
_MAX_ADDRESSES = 50_000
# As many of a set's photos as its page has before its script runs.
_MAX_GALLERY_IMAGES = 32


def render_robots(site_url: str) -> bytes:
    """``robots.txt``: everything may be read; pages that must not be found say so themselves."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {site_url}/{SITEMAP}\n".encode()


def render_sitemap(addresses: Iterable[tuple[str, str | None]]) -> bytes:
    """A sitemap of full addresses, each with the time it last changed, of at most 50,000 of them."""
    return _render("urlset", "url", addresses)


def render_sitemap_index(sitemaps: Iterable[tuple[str, str | None]]) -> bytes:
    """The list of a site's sitemaps, with the same limit: their addresses, and when each last changed."""
    return _render("sitemapindex", "sitemap", sitemaps)


def _render(name: str, each: str, addresses: Iterable[tuple[str, str | None]]) -> bytes:
    root = ElementTree.Element(name, xmlns=_SITEMAPS)
    for (location, changed), _ in zip(addresses, range(_MAX_ADDRESSES), strict=False):
        entry = ElementTree.SubElement(root, each)
        ElementTree.SubElement(entry, "loc").text = location
        if changed:
            ElementTree.SubElement(entry, "lastmod").text = changed
    ElementTree.indent(root, "")
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def describe_gallery(site_url: str, shown: ShownSet, translator: Translator) -> dict[str, Any]:
    """A set as https://schema.org/ImageGallery, with its first images."""
    images = [
        {
            "@type": "ImageObject",
            "name": photo.title or photo.sortkey,
            "url": site_url + page_url(path_of(photo)),
            "contentUrl": site_url + LARGE_FOLDER + address(*path_of(photo)),
            "thumbnailUrl": site_url + THUMBNAIL_FOLDER + address(*path_of(photo)),
        }
        for photo in shown.photos[:_MAX_GALLERY_IMAGES]
    ]
    return {
        "@context": "https://schema.org",
        "@type": "ImageGallery",
        "name": shown.title,
        "description": describe(shown, translator),
        "url": site_url + shown.path,
        "image": images,
    }
