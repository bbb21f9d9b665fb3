"""What visitors search: the words and days of all photos and sets, in one file of the rendered site.

It has to stay small even for 10,000 photos, so it stores only once what neighbours share: sizes and days are runs, and
only photos with words have an entry for them. docs/data.md has its shape; site/js/search/contents.js reads it.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

from functions.dates import date_in
from functions.photo_rows import Photo
from scripts.site.covers import Cover
from scripts.site.shown import ShownSet

# What it has of a set.
Entry = dict[str, Any]
# How its key begins. It is no asset: those are served while the site is closed, and CloudFront keeps them for a year.
SEARCH_INDEX = "search/words-"

# How many words the search page suggests, and how many photos each must have.
_SUGGESTED = 12
_MIN_PHOTOS = 2
# Years are suggested only if there are several.
_YEARS = 6


def write_search_index(folder: Path, entries: Iterable[Entry]) -> str:
    """Write the index of sets, in their order, into a rendered site; returns its key, which has its hash."""
    content = search_index(entries)
    key = key_of_index(content)
    (folder / key).parent.mkdir(exist_ok=True)
    (folder / key).write_bytes(content)
    return key


def search_index(entries: Iterable[Entry]) -> bytes:
    """The index as JSON; the same sets make the same bytes."""
    return json.dumps({"sets": list(entries)}, ensure_ascii=False, separators=(",", ":")).encode()


def read_search_index(key: str, content: bytes) -> dict[str, Entry]:
    """The entries of an index that was published under this key, by their sets' names; none if it is damaged."""
    return {entry["name"]: entry for entry in json.loads(content)["sets"]} if key == key_of_index(content) else {}


def key_of_index(content: bytes) -> str:
    """The key of an index in the site bucket: it has the hash of its content."""
    return f"{SEARCH_INDEX}{hashlib.sha256(content).hexdigest()[:8].upper()}.json"


def suggestions(entries: Iterable[Entry]) -> list[str]:
    """What a visitor may want to search for: the most frequent keywords and labels, then years."""
    spelled: dict[str, str] = {}
    counts: Counter[str] = Counter()
    years = set()
    for entry in entries:
        for _, _, _, *words in entry["words"]:
            counts.update(map(str.casefold, words))
            for word in words:
                spelled.setdefault(word.casefold(), word)
        years |= {day[:4] for day, _ in entry["days"] if day}
    frequent = sorted((-count, word) for word, count in counts.items() if count >= _MIN_PHOTOS)
    newest = sorted(years, reverse=True)[:_YEARS] if len(years) > 1 else []
    return [spelled[word] for _, word in frequent[:_SUGGESTED]] + newest


def entry_of(shown: ShownSet, cover: Cover | None) -> Entry:
    """What the index has of a set."""
    photos = [photo for photo in shown.tiles if photo.primarykey == shown.name]
    others: dict[str, list[str]] = defaultdict(list)
    for photo in shown.photos:
        if photo.primarykey != shown.name:
            others[photo.primarykey].append(photo.sortkey)
    entry: Entry = {"name": shown.name, "title": shown.title}
    if shown.row.description:
        entry["description"] = shown.row.description
    if cover:
        stacked = [shown.file_of(photo) for photo in shown.panoramas]
        entry["cover"] = [shown.file_of(cover.photo), round(cover.x, 1), round(cover.y, 1), *stacked]
    if others:
        entry["others"] = others
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
