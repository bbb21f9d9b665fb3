"""How the site's files are served: what S3 gives with each."""

import mimetypes
import re
from typing import TypedDict

from functions.feeds import ATOM_TYPE
from functions.photo_page import CACHE_CONTROL, read_page_key
from functions.public_lists import LIST_CACHE
from scripts.site.announcements import FEED
from scripts.site.search_index import SEARCH_INDEX

# Assets have a hash of their content in their name. Browsers ask for a page each time, at the cost of a 304; CloudFront
# keeps it for a day, or until it is invalidated.
_ASSET_CACHE = "public, max-age=31536000, immutable"
_PAGE_CACHE = "public, max-age=0, s-maxage=86400, must-revalidate"
# The language a page says it is in.
_LANGUAGE = re.compile(rb'<!doctype html>\s*<html lang="([\w-]+)"')

_PEOPLE = "people"

mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("application/xml", ".xml")
mimetypes.add_type("application/manifest+json", ".webmanifest")


class Headers(TypedDict, total=False):
    """Headers of a file, by their names in a PutObject."""

    ContentType: str
    CacheControl: str
    ContentLanguage: str


def headers_of(key: str, body: bytes) -> Headers:
    """What S3 gives with a file of the site bucket."""
    headers: Headers = {"ContentType": _content_type(key), "CacheControl": _cache_control(key)}
    if language := _LANGUAGE.match(body):
        headers["ContentLanguage"] = language[1].decode()
    return headers


def _content_type(key: str) -> str:
    if key.endswith(FEED):
        return f"{ATOM_TYPE}; charset=utf-8"
    kind = mimetypes.guess_type(key)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def _cache_control(key: str) -> str:
    if key.startswith(("assets/", SEARCH_INDEX)):
        return _ASSET_CACHE
    # The people function removes the page of somebody who is hidden, and can't invalidate it.
    if key.startswith(f"{_PEOPLE}/") and "/" in key.removeprefix(f"{_PEOPLE}/"):
        return LIST_CACHE
    return CACHE_CONTROL if read_page_key(key) else _PAGE_CACHE
