"""Flickr's own export: a `photo_<id>.json` for each photo, `albums.json`, and photos with their ids in their names.

Which album a photo is in stands in `albums.json` alone: the photos' own lists are always empty. Texts have HTML in
them.
"""

import html
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from scripts.common.words import count
from scripts.imports.containers import Container, ContainerError
from scripts.imports.found import Album, Found, Note, Unplaced, is_photo, may_be_film
from scripts.imports.readers.reading import Choices
from scripts.imports.readers.values import dicts_of, from_text, read_json, text_of

TITLE = "Flickr"
LOOSE = ""
_PHOTO_JSON = re.compile(r"(?:.*/)?photo_(?P<id>\d+)\.json")
_ALBUMS = re.compile(r"(?:.*/)?albums\.json")
# `title_52345678901_o.jpg`, `52345678901_ab12cd34ef_o.jpg`, `title_52345678901.mp4`
_ID = re.compile(r"(?:^|_)(\d{5,})(?=[_.])")
_TAG = re.compile(r"<[^<>]*>")


def recognises(names: Iterable[str]) -> bool:
    """Whether files of these names are a Flickr export."""
    return any(_PHOTO_JSON.fullmatch(name) for name in names)


def read(container: Container, choices: Choices) -> Iterator[Found | Unplaced | Note]:
    """Everything in an export."""
    about = {match["id"]: name for name in container.names() if (match := _PHOTO_JSON.fullmatch(name))}
    albums: dict[str, list[Album]] = defaultdict(list)
    for name in filter(_ALBUMS.fullmatch, container.names()):
        try:
            _add_albums(read_json(container, name), albums)
        except ContainerError as error:
            yield Unplaced(name, f"{error}; photos go in without their albums", is_failure=True)
    placed = set()
    hidden = 0
    for entry in container.entries():
        if not (is_photo(entry.name) or may_be_film(entry.name)):
            continue
        file = entry.name.rpartition("/")[2]
        identity = next((found for found in reversed(_ID.findall(file)) if found in about), None)
        if identity is None:
            yield Found(entry, file, film=may_be_film(file))
            continue
        placed.add(identity)
        try:
            whole = read_json(container, about[identity])
        except ContainerError as error:
            yield Unplaced(entry.name, f"goes in without its words, because its JSON {error}", is_failure=True)
            whole = {}
        values = whole if isinstance(whole, dict) else {}
        hidden += values.get("privacy", "public") != "public"
        yield Found(
            entry=entry,
            name=file,
            albums=tuple(albums[identity]),
            taken_at=from_text(values.get("date_taken")),
            title=_plain(values.get("name")),
            caption=_plain(values.get("description")),
            keywords=tuple(_plain(tag.get("tag")) for tag in dicts_of(values.get("tags"))),
            film=may_be_film(file),
        )
    for identity in sorted(about.keys() - placed):
        reason = "the photo that this JSON is about isn't in what you gave: give all zips of the export together"
        yield Unplaced(about[identity], reason, is_failure=True)
    if hidden:
        photos = f"{count(hidden, 'photo')} {'was' if hidden == 1 else 'were'}"
        yield Note(f"{photos} not public on Flickr: here, whoever may see a set sees them too")


def _add_albums(whole: Any, albums: dict[str, list[Album]]) -> None:
    for values in dicts_of(whole.get("albums") if isinstance(whole, dict) else whole):
        title = _plain(values.get("title"))
        album = Album(f"flickr:{values.get('id') or title}", title, _plain(values.get("description")))
        photos = values.get("photos")
        for identity in photos if isinstance(photos, list) else ():
            albums[str(identity)].append(album)


def _plain(value: Any) -> str:
    """A text without Flickr's HTML."""
    return html.unescape(_TAG.sub("", text_of(value)))
