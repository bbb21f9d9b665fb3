"""Addresses on the site: there is one way to write each name in a path.

CloudFront keeps what it serves under the path as written, S3 reads that path, and an invalidation may encode only what
RFC 1738 calls unsafe and what is not ASCII. So only that is encoded here, and two characters that a path can't hold as
they are: ``?`` begins a query, and S3 reads ``+`` as a space. The same rule stands in
site/js/photos/urls.js, and in edge/gate.js, which brings whatever a visitor typed into this form;
tests/data/addresses.json holds all of them together.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-objects.html
"""

import re
from collections.abc import Iterable
from urllib.parse import quote, unquote_to_bytes

from functions.keys import CARDS_PREFIX, FILM_FACES_PREFIX, FILMS_PREFIX, PHOTOS_PREFIX
from functions.thumbnail_sizes import LARGE_SIDE

# Where the site serves the thumbnails bucket, and in it the photos' thumbnails, large renditions and cards.
THUMBNAILS_FOLDER = "/thumbnails/"
THUMBNAIL_FOLDER = f"{THUMBNAILS_FOLDER}{PHOTOS_PREFIX}"
LARGE_FOLDER = f"{THUMBNAILS_FOLDER}{LARGE_SIDE}/{PHOTOS_PREFIX}"
CARD_FOLDER = f"{THUMBNAILS_FOLDER}{CARDS_PREFIX}{PHOTOS_PREFIX}"
# There too: what plays of films, and the portraits in them.
FILM_FOLDER = f"{THUMBNAILS_FOLDER}{FILMS_PREFIX}{PHOTOS_PREFIX}"
FILM_FACES_FOLDER = f"{THUMBNAILS_FOLDER}{FILM_FACES_PREFIX}{PHOTOS_PREFIX}"
# Where it serves what visitors download.
DOWNLOAD_FOLDER = f"/{PHOTOS_PREFIX}"

_PLAIN = "!$&'()*,:;=@"
# Encoded, though not what RFC 1738 calls unsafe.
_DOUBTFUL = re.compile(r"%(?:2B|3F)")
# Assets keep their names, and visitors never get what pages are made from.
_NEVER_INVALIDATED = ("assets", "skeletons")
# Each path costs money after the first thousand of a month.
_MAX_SETS_INVALIDATED = 5
_MALFORMED = re.compile(rb"%(?![0-9A-Fa-f]{2})")


def address(*names: str) -> str:
    """The path made of these names, without slashes at either end."""
    return "/".join(quote(name, safe=_PLAIN).replace("~", "%7E") for name in names)


def read_path(path: bytes) -> str | None:
    """The text of a request's path, or None if it can't be decoded."""
    try:
        return None if _MALFORMED.search(path) else unquote_to_bytes(path).decode()
    except UnicodeDecodeError:
        return None


def page_address(path: str) -> str:
    """A folder's page, however its (decoded) path was written; never an address on another host."""
    return f"/{address(*path.strip('/').split('/'))}/"


def invalidation_path(path: str) -> str:
    """What to invalidate so that CloudFront forgets all addresses that begin with ``path``.

    It ends before the first character that CloudFront may want written in another way than S3 does: more is asked for
    anew then, but nothing stays.
    """
    return f"{_DOUBTFUL.split(path, maxsplit=1)[0]}*"


def page_paths(keys: Iterable[str]) -> set[str]:
    """What CloudFront has to fetch again after these files of the site bucket have changed."""
    paths = set()
    for key in keys:
        folder, _, rest = key.partition("/")
        if folder == "sets":
            paths.add(invalidation_path(f"/sets/{address(rest.partition('/')[0])}/"))
        elif not rest and folder.startswith("index."):
            paths |= {"/", "/index.*"}
        elif folder not in _NEVER_INVALIDATED:
            paths.add(f"/{folder}/*" if rest else f"/{folder}")
    of_sets = {path for path in paths if path.startswith("/sets/")}
    return paths if len(of_sets) <= _MAX_SETS_INVALIDATED else (paths - of_sets) | {"/sets/*"}
