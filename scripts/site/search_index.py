"""What visitors search: the words and days of all photos and sets, in one file of the rendered site.

It has to stay small even for 10,000 photos, so it stores only once what neighbours share: sizes and days are runs, and
only photos with words have an entry for them. docs/data.md has its shape; site/js/search/contents.js reads it.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from functions.dates import date_in
from functions.shapes import Photo
from scripts.site.covers import Cover
from scripts.site.shown import ShownSet

# How its key begins. It is no asset: those are served while the site is closed, and CloudFront keeps them for a year.
SEARCH_INDEX = "search/words-"

# How many words the search page suggests, and how many photos each must have.
_SUGGESTED = 12
_MIN_PHOTOS = 2
# Years are suggested only if there are several.
_YEARS = 6


def write_search_index(folder: Path, sets: Sequence[ShownSet], covers: Mapping[str, Cover]) -> str:
    """Write the index of these sets, in their order, into a rendered site; returns its URL, with its hash."""
    content = search_index(sets, covers)
    key = f"{SEARCH_INDEX}{hashlib.sha256(content).hexdigest()[:8].upper()}.json"
    (folder / key).parent.mkdir(exist_ok=True)
    (folder / key).write_bytes(content)
    return f"/{key}"


def search_index(sets: Sequence[ShownSet], covers: Mapping[str, Cover]) -> bytes:
    """The index as JSON; the same sets make the same bytes."""
    index = {"sets": [_set(shown, covers.get(shown.name)) for shown in sets]}
    return json.dumps(index, ensure_ascii=False, separators=(",", ":")).encode()


def suggestions(sets: Iterable[ShownSet]) -> list[str]:
    """What a visitor may want to search for: the most frequent keywords and labels, then years."""
    photos = [photo for shown in sets for photo in shown.photos]
    spelled: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for photo in photos:
        words = {word.casefold(): word for word in reversed(_words(photo))}
        counts.update(words.keys())
        spelled = {**words, **spelled}
    frequent = sorted((-count, word) for word, count in counts.items() if count >= _MIN_PHOTOS)
    years = sorted({day[:4] for photo in photos if (day := date_in(photo.taken_at))}, reverse=True)
    return [spelled[word] for _, word in frequent[:_SUGGESTED]] + (years[:_YEARS] if len(years) > 1 else [])


def _set(shown: ShownSet, cover: Cover | None) -> dict[str, Any]:
    photos = shown.tiles
    entry: dict[str, Any] = {"name": shown.name, "title": shown.title}
    if shown.row.description:
        entry["description"] = shown.row.description
    if cover:
        stacked = [photo.sortkey for photo in shown.panoramas]
        entry["cover"] = [cover.photo.sortkey, round(cover.x, 1), round(cover.y, 1), *stacked]
    return entry | {
        "files": [photo.sortkey for photo in photos],
        "sizes": [[*size, len(list(run))] for size, run in groupby((photo.width, photo.height) for photo in photos)],
        "days": [[day, len(list(run))] for day, run in groupby(date_in(photo.taken_at) for photo in photos)],
        "words": [
            [place, photo.title or "", photo.caption or "", *_words(photo)]
            for place, photo in enumerate(photos)
            if photo.title or photo.caption or _words(photo)
        ],
    }


def _words(photo: Photo) -> list[str]:
    """Its keywords and labels, each once; other programs may have written anything."""
    words = (word for word in (*(photo.keywords or ()), *(photo.labels or ())) if isinstance(word, str) and word)
    return list({word.casefold(): word for word in words}.values())
