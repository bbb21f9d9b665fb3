"""The files that private addresses are made of: for each, what its page reads, and its Atom feed.

Addresses of the same faces have the same files but for the address itself, so these are made once.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from functions.access.access_rows import PostedAddress
from functions.addresses import LARGE_FOLDER, address
from functions.dates import date_in
from functions.feeds import MAX_ENTRIES, Entry, render_feed
from functions.keys import parse_image_path
from functions.languages import ENGLISH
from functions.people.inventory import FaceInPhoto
from functions.people.posted_photos import PostedFaces, PostedPhotos, described
from functions.photo_page import page_url
from functions.photo_rows import title_of
from functions.posted_table import feed_key, photos_key
from functions.public_lists import VERSION, written

PAGE = "/posted/"
# At most so many are shown, the oldest first: a few more than visitors may make (`removal/posted_addresses.py`).
MAX_SHOWN = 2_000
# What a feed is called. A feed reader shows it among others.
_TITLES = {"en": "Photos of you", "de": "Fotos von dir", "fr": "Photos de vous", "es": "Fotos tuyas"}
# Stands for an address in files that are made once for several.
_HERE = "here-is-the-address"


@dataclass
class Posted:
    """The files by their key in the site bucket, and the addresses to close: those of people who were forgotten."""

    files: dict[str, bytes] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)


def posted_files(addresses: Iterable[PostedAddress], photos: PostedPhotos, site_url: str) -> Posted:
    """What the addresses, the oldest first, show of ``photos``. One that shows nothing has no files.

    ``site_url`` has no slash at its end: a feed reader needs whole addresses.
    """
    posted = Posted()
    made: dict[Any, tuple[bytes, bytes]] = {}
    for row in list(addresses)[:MAX_SHOWN]:
        whose = photos.whose(row)
        if whose.is_lost:
            posted.lost.append(row.id)
        if not whose.faces:
            continue
        same = (whose.is_known, row.language, *(face.id for face in whose.faces))
        if same not in made:
            made[same] = written({"v": VERSION, **described(whose)}), _feed(whose, row.language, site_url)
        shown, feed = made[same]
        posted.files[photos_key(row.id)] = shown
        posted.files[feed_key(row.id)] = feed.replace(_HERE.encode(), row.id.encode())
    return posted


def _feed(whose: PostedFaces, language: str, site_url: str) -> bytes:
    """The photos that came last. A feed reader tells new ones by their addresses."""
    title = _TITLES.get(language, _TITLES[ENGLISH])
    newest = sorted(whose.faces, key=lambda face: face.photo.processed_at or "", reverse=True)[:MAX_ENTRIES]
    own = f"{site_url}/{feed_key(_HERE)}"
    entries = [_entry(face, site_url) for face in newest]
    return render_feed(own, site_url + PAGE, title, "", title, entries, feed_id=own)


def _entry(face: FaceInPhoto, site_url: str) -> Entry:
    path = parse_image_path(face.photo.path)
    return Entry(
        url=site_url + page_url(path),
        title=f"{title_of(path.set_name)}: {path.file}",
        text=date_in(face.photo.taken_at),
        updated=face.photo.processed_at,
        published=None,
        picture=site_url + LARGE_FOLDER + address(*path),
    )
