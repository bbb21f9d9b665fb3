"""Which set and file name each photo gets, the same from run to run.

An album's title becomes the name of its set; photos of no album go by their time, by year, month, or all into one set.
What the site already holds stays where it is, whatever set that is: nothing goes up twice, and what has been moved
isn't brought back. An original is never replaced: if the site has another photo of the same name, the new one's name
gets the beginning of its digest.
"""

import json
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path

from functions.keys import MAX_SET_NAME_BYTES, BadNameError, ImagePath, image_path
from functions.photo_rows import title_of
from scripts.common.stack import Stack
from scripts.imports.containers import Container
from scripts.imports.found import Album, Found, Unplaced, stem_of
from scripts.imports.found_table import PRESENT, FoundTable, Item
from scripts.imports.seeing import hash_items
from scripts.photos.originals import find_same, list_originals

YEAR, MONTH, ONE = "year", "month", "one"
UNDATED = "No date"
# Room for what makes a name unlike another.
_MAX_NAME_BYTES = MAX_SET_NAME_BYTES - 12
_MAX_FILE_BYTES = 240
_MAX_TITLE = 300
_IS_FILM = " OR ".join(f"lower(entry) LIKE '%{suffix}'" for suffix in (".mov", ".mp4"))
_STILLS = tuple(case for suffix in (".heic", ".heif", ".jpg", ".jpeg") for case in (suffix, suffix.upper()))
_STILL_BESIDE = f"""
SELECT file FROM found WHERE source = ? AND set_name = ? AND entry IN ({", ".join("?" * len(_STILLS))})
AND state IN ('new', 'present') ORDER BY entry
"""  # noqa: S608 - question marks


def set_name_of_title(title: str) -> str:
    """The name of a set that is called so: without what names can't have, and not too long."""
    shown = "".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in title)
    name = " ".join(unicodedata.normalize("NFC", shown).replace("/", "-").split()).lstrip(". ")
    return _cut(name, _MAX_NAME_BYTES) or "Untitled"


def file_name_of(name: str) -> str:
    """The name of a photo's file, without what names can't have, and not too long."""
    shown = "".join("_" if unicodedata.category(char) in ("Cc", "Cs") else char for char in name)
    file = unicodedata.normalize("NFC", shown).replace("/", "_").strip() or "photo"
    stem = stem_of(file)
    return f"{_cut(stem, _MAX_FILE_BYTES - len(file[len(stem) :].encode()))}{file[len(stem) :]}"


def loose_album(found: Found, taken_at: str | None, by: str, prefix: str, whole: str) -> Album:
    """The album for a photo of no album. ``prefix`` begins its title, ``whole`` is the title of one for all."""
    if by == ONE:
        return Album(f" {whole}", whole)
    when = (taken_at or found.year or "")[: 7 if by == MONTH else 4] or UNDATED
    return Album(f" {prefix}{when}", f"{prefix}{when}")


def place(
    table: FoundTable, containers: Sequence[Container], by: str, loose: Sequence[tuple[str, str]]
) -> dict[str, Album]:
    """Give each photo its sets and name; returns the album of each set. ``loose`` has prefix and title by container."""
    albums: dict[str, Album] = {}
    for item in table.items():
        for album in _albums(item, by, loose):
            albums.setdefault(album.key, album)
    names = name_sets(albums.values())
    for item in table.items():
        sets = list(dict.fromkeys(names[album.key] for album in _albums(item, by, loose)))
        table.change(
            item.id, set_name=sets[0], file=file_name_of(item.found.name), also=json.dumps(sets[1:], ensure_ascii=False)
        )
    _tell_apart(table, containers)
    _keep_pairs(table)
    return {names[key]: album for key, album in albums.items()}


def name_sets(albums: Iterable[Album]) -> dict[str, str]:
    """The name of each album's set, by the album's key; albums of one title get numbers."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for album in sorted(albums):
        plain = name = set_name_of_title(album.title)
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{plain} {number}"
        taken.add(name.casefold())
        names[album.key] = name
    return names


def title_for(album: Album, set_name: str) -> str:
    """The title that a set needs beside its name; empty if its name says it."""
    title = " ".join(album.title.split())[:_MAX_TITLE]
    return "" if title == title_of(set_name) else title


def note_stored(table: FoundTable, stack: Stack) -> None:
    """Note every original of the site."""
    originals = list_originals(stack, misnamed={})
    table.add_stored((original.path.set_name, original.path.file, original.size) for original in originals)


def skip_present(
    table: FoundTable, containers: Sequence[Container], stack: Stack, concurrency: int, step: Callable[[], None]
) -> int:
    """Find the photos that the site has, wherever, and give the others names that it doesn't have.

    Returns how many it has in another set than their album's.
    """
    hash_items(table, containers, table.items("state = 'new' AND size IN (SELECT size FROM stored)"), step)

    def find(item: Item) -> ImagePath | None:
        paths = table_paths[item.id]
        return next(
            (path for path in paths if find_same(stack.s3, stack.outputs.pics_bucket, path, item.sha256 or "")), None
        )

    candidates = table.items("state = 'new' AND sha256 IS NOT NULL AND size IN (SELECT size FROM stored)")
    apart = 0
    for portion in _portions(candidates):
        table_paths = {item.id: _paths_of_size(table, item) for item in portion}
        with ThreadPoolExecutor(concurrency) as pool:
            for item, path in zip(portion, pool.map(find, portion), strict=True):
                if path:
                    apart += bool(item.found.albums) and path.set_name != item.set_name
                    table.change(item.id, state=PRESENT, set_name=path.set_name, file=path.file)
    taken = "SELECT 1 FROM stored WHERE stored.set_name = found.set_name AND stored.file = found.file"
    for item in list(table.items(f"state = 'new' AND EXISTS ({taken})")):
        _give_own_name(table, containers, item)
    _keep_pairs(table)
    return apart


def _keep_pairs(table: FoundTable) -> None:
    """Give the film beside a photo the photo's name: a Live Photo stays one, whatever its photo is called now."""
    for film in list(table.items(f"state = 'new' AND ({_IS_FILM})")):
        stem = film.found.entry.name[: -len(Path(film.found.entry.name).suffix)]
        entries = [film.source, film.set_name, *(f"{stem}{suffix}" for suffix in _STILLS)]
        for (still,) in table.query(_STILL_BESIDE, entries)[:1]:
            file = f"{stem_of(still)}{Path(film.file or '').suffix}"
            taken = "SELECT 1 FROM {} WHERE set_name = ? AND file = ?"
            place = [film.set_name, file]
            if not any(table.query(taken.format(name), place) for name in ("found", "stored")):
                table.change(film.id, file=file)


def _paths_of_size(table: FoundTable, item: Item) -> list[ImagePath]:
    """The originals that may be this photo, the one in its own place first."""
    rows = table.query("SELECT set_name, file FROM stored WHERE size = ?", (item.found.entry.size,))
    return sorted((ImagePath(*row) for row in rows), key=lambda path: path != (item.set_name, item.file))


def _albums(item: Item, by: str, loose: Sequence[tuple[str, str]]) -> tuple[Album, ...]:
    return item.found.albums or (loose_album(item.found, item.taken_at, by, *loose[item.source]),)


def _tell_apart(table: FoundTable, containers: Sequence[Container]) -> None:
    """Give photos of one set that have the same name names of their own; the first keeps it."""
    rows = table.query(
        "SELECT set_name, file, id FROM found WHERE state = 'new' AND (set_name, file) IN "
        "(SELECT set_name, file FROM found WHERE state = 'new' GROUP BY set_name, file HAVING COUNT(*) > 1) "
        "ORDER BY set_name, file, epoch, entry"
    )
    for _, group in groupby(rows, key=lambda row: row[:2]):
        for _, _, number in list(group)[1:]:
            _give_own_name(table, containers, table.item(number))


def _give_own_name(table: FoundTable, containers: Sequence[Container], item: Item) -> None:
    hash_items(table, containers, [item], lambda: None)
    item = table.item(item.id)
    if item.sha256 and item.file:
        suffix = item.file[len(stem_of(item.file)) :]
        table.change(item.id, file=f"{stem_of(item.file)}-{item.sha256[:8]}{suffix}")


def check_names(table: FoundTable) -> None:
    """Leave out photos whose place can't be named."""
    for item in table.items():
        try:
            image_path(item.set_name or "", item.file or "")
        except BadNameError as error:
            table.leave_out(Unplaced(item.found.entry.name, str(error), is_failure=True), item.id)


def _portions(items: Iterable[Item], most: int = 500) -> Iterable[list[Item]]:
    portion: list[Item] = []
    for item in items:
        portion.append(item)
        if len(portion) == most:
            yield portion
            portion = []
    if portion:
        yield portion


def _cut(text: str, most: int) -> str:
    """A text of at most so many bytes in UTF-8."""
    return text if len(text.encode()) <= most else text.encode()[:most].decode(errors="ignore").rstrip()
