"""What search engines are told about a site that is open to them: where its pages are, and what they show."""

from collections.abc import Iterable
from typing import Any
from xml.etree import ElementTree

from functions.addresses import LARGE_FOLDER, THUMBNAIL_FOLDER, address
from functions.photo_page import page_url
from scripts.site.shown import ShownSet, describe, path_of
from scripts.site.translations import Translator

SITEMAP = "sitemap.xml"
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
    urls = ElementTree.Element("urlset", xmlns=_SITEMAPS)
    for (location, changed), _ in zip(addresses, range(_MAX_ADDRESSES), strict=False):
        url = ElementTree.SubElement(urls, "url")
        ElementTree.SubElement(url, "loc").text = location
        if changed:
            ElementTree.SubElement(url, "lastmod").text = changed
    ElementTree.indent(urls, "")
    written: bytes = ElementTree.tostring(urls, encoding="utf-8", xml_declaration=True)
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
