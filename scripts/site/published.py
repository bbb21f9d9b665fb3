"""What is remembered of a publish, so that the next one leaves alone what hasn't changed.

A set is known as long as its pages in the site bucket are surely those of its fingerprint. While they are written it is
unknown, so a publish that is stopped is made good by the next.
"""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from functions.crops import Area
from functions.photo_rows import Photo
from functions.table_rows import attributes
from scripts.site.covers import Cover, Covers
from scripts.site.people_shown import KnownPerson
from scripts.site.shown import Outline

# Raise it when the format changes.
_FORMAT = 3


@dataclass(frozen=True)
class KnownSet:
    """A published set: the fingerprint of its row, and what other pages show of it.

    ``candidate`` is its best photo for the front page, if ``is_rated``; ``card`` is the path of its card.
    """

    fingerprint: str
    outline: Outline
    cover: Cover | None
    candidate: Cover | None
    is_rated: bool
    card: str | None


@dataclass(frozen=True)
class Published:
    """A publish: the site's fingerprint, the key of its search index, and its sets by name; None for unknown ones.

    ``people`` are those whose pages are known, by slug.
    """

    site: str = ""
    search_index: str = ""
    sets: Mapping[str, KnownSet | None] = field(default_factory=dict)
    people: Mapping[str, KnownPerson] = field(default_factory=dict)


def known_covers(sets: Mapping[str, KnownSet]) -> Covers:
    """The covers of sets that haven't changed."""
    return Covers(
        None,
        {name: known.cover for name, known in sets.items() if known.cover},
        {name: known.candidate for name, known in sets.items() if known.is_rated},
    )


def to_json(published: Published, writer: str) -> str:
    """The record as text, in which ``writer`` makes it different from any other."""
    sets = {name: known and _plain_set(known) for name, known in published.sets.items()}
    plain = {"format": _FORMAT, "writer": writer, "site": published.site, "search_index": published.search_index}
    people = {slug: [known.fingerprint, known.together] for slug, known in published.people.items()}
    return json.dumps({**plain, "sets": sets, "people": people}, ensure_ascii=False)


def from_json(text: str) -> Published:
    """The record in a text of `to_json`; an empty one if it is of another release or damaged: all is published anew."""
    try:
        plain = json.loads(text)
        if plain["format"] != _FORMAT:
            return Published()
        sets = {name: known and _read_set(known) for name, known in plain["sets"].items()}
        people = {slug: KnownPerson(*known) for slug, known in plain["people"].items()}
        return Published(plain["site"], plain["search_index"], sets, people)
    except (ValueError, KeyError, TypeError, AttributeError):
        return Published()


def _plain_set(known: KnownSet) -> dict[str, Any]:
    outline = known.outline
    return {
        "fingerprint": known.fingerprint,
        "count": outline.count,
        "days": [day.isoformat() for day in outline.days] if outline.days else None,
        "shown": _plain_photo(outline.cover),
        "panoramas": [_plain_photo(photo) for photo in outline.panoramas],
        "others": outline.others,
        "cover": _plain_cover(known.cover),
        "candidate": _plain_cover(known.candidate),
        "is_rated": known.is_rated,
        "card": known.card,
    }


def _read_set(plain: dict[str, Any]) -> KnownSet:
    first, last = map(date.fromisoformat, plain["days"]) if plain["days"] else (None, None)
    days = (first, last) if first and last else None
    panoramas = [photo for entry in plain["panoramas"] if (photo := _read_photo(entry))]
    return KnownSet(
        plain["fingerprint"],
        Outline(plain["count"], days, _read_photo(plain["shown"]), panoramas, plain["others"]),
        _read_cover(plain["cover"]),
        _read_cover(plain["candidate"]),
        plain["is_rated"],
        plain["card"],
    )


def _plain_photo(photo: Photo | None) -> dict[str, Any] | None:
    """A photo without its face data."""
    if photo is None:
        return None
    values = {name: getattr(photo, name) for name in attributes(Photo) if name != "data"}
    return {name: value for name, value in values.items() if value is not None}


def _read_photo(plain: dict[str, Any] | None) -> Photo | None:
    return Photo(**plain) if plain else None


def _plain_cover(cover: Cover | None) -> dict[str, Any] | None:
    if cover is None:
        return None
    return {**dataclasses.asdict(cover), "photo": _plain_photo(cover.photo)}


def _read_cover(plain: dict[str, Any] | None) -> Cover | None:
    if plain is None:
        return None
    face = Area(*plain["face"]) if plain["face"] else None
    return Cover(Photo(**plain["photo"]), plain["x"], plain["y"], plain["face_id"], face)
