"""iCloud Photos from Apple's page on data and privacy: photos, tables of their details, and one table for each album.

`Photo Details.csv` (in parts: `Photo Details-1.csv`) has a line for each photo, `Albums/<title>.csv` the names of the
photos in an album. Nothing tells who is in a photo. Each zip may hold one part of everything.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from scripts.imports.containers import Container, ContainerError
from scripts.imports.found import Album, Found, Note, Unplaced, folder_of, is_photo, may_be_film, stem_of
from scripts.imports.readers.reading import Choices
from scripts.imports.readers.values import from_text

TITLE = "iCloud Photos"
LOOSE = ""
_DETAILS = re.compile(r"(?:.*/)?Photo Details(?:-\d+)?\.csv", re.I)
_ALBUM = re.compile(r"(?:.*/)?(?:Albums|Shared Albums)/(?P<title>[^/]+)\.csv", re.I)
_DATE = re.compile(r"[A-Za-z]+,? (?P<date>[A-Za-z]+ \d{1,2}, ?\d{4}),? (?P<time>\d{1,2}:\d\d\s?[AP]M) GMT")


def recognises(names: Iterable[str]) -> bool:
    """Whether files of these names are Apple's export of iCloud Photos."""
    return any(_DETAILS.fullmatch(name) for name in names)


def read(container: Container, choices: Choices) -> Iterator[Found | Unplaced | Note]:
    """Everything in an export."""
    details: dict[str, dict[str, str]] = {}
    albums: dict[str, list[Album]] = defaultdict(list)
    for name in container.names():
        match = _ALBUM.fullmatch(name)
        if not match and not _DETAILS.fullmatch(name):
            continue
        try:
            rows = list(_rows(container, name))
        except ContainerError as error:
            yield Unplaced(name, str(error), is_failure=True)
            continue
        for row in rows:
            if match:
                photo = next(iter(row.values()), "").strip()
                albums[photo.casefold()].append(Album(f"icloud:{match['title']}", match["title"]))
            elif photo := row.get("imgname", "").strip():
                # A name may come twice in an export, in different folders.
                details[f"{folder_of(name)}/{photo}".casefold()] = row
                details.setdefault(photo.casefold(), row)
    photos = {
        f"{folder_of(entry.name)}/{stem_of(entry.name)}".casefold(): entry.name.rpartition("/")[2]
        for entry in container.entries()
        if is_photo(entry.name)
    }
    placed = set()
    for entry in container.entries():
        if not (is_photo(entry.name) or may_be_film(entry.name)):
            continue
        file = entry.name.rpartition("/")[2]
        known = details.get(entry.name.casefold()) or details.get(file.casefold())
        placed.add(file.casefold())
        about = file
        if known is None and may_be_film(file):
            # The film of a motion photo has the photo's place and time.
            about = photos.get(f"{folder_of(entry.name)}/{stem_of(file)}".casefold(), file)
            known = details.get(f"{folder_of(entry.name)}/{about}".casefold()) or details.get(about.casefold())
        row = known or {}
        if _is_yes(row, "deleted"):
            yield Unplaced(entry.name, "deleted in Apple Photos")
        elif _is_yes(row, "hidden"):
            yield Unplaced(entry.name, "hidden in Apple Photos")
        else:
            yield Found(
                entry=entry,
                name=file,
                albums=tuple(dict.fromkeys(albums.get(about.casefold(), ()))),
                taken_at=_moment(row.get("originalcreationdate", "")),
                is_favourite=about == file and _is_yes(row, "favorite"),
                film=may_be_film(file),
            )
    for photo in sorted({row.get("imgname", "") for row in details.values()}):
        if photo.strip().casefold() not in placed:
            reason = "Apple lists it, but it isn't in what you gave: give all parts of the export together"
            yield Unplaced(photo, reason, is_failure=True)


def _rows(container: Container, name: str) -> Iterator[dict[str, str]]:
    text = container.read(name).decode("utf-8-sig", "replace")
    try:
        for row in csv.DictReader(io.StringIO(text)):
            yield {
                key.strip().lower(): value
                for key, value in row.items()
                if isinstance(key, str) and isinstance(value, str)
            }
    except csv.Error:
        raise ContainerError("isn't the table that Apple writes: get this export again") from None


def _is_yes(row: dict[str, str], name: str) -> bool:
    return row.get(name, "").strip().lower() in ("yes", "true", "1")


def _moment(text: str) -> str | None:
    """`Sunday August 11,2019 5:43 PM GMT` as ISO 8601."""
    match = _DATE.fullmatch(" ".join(text.replace("\u202f", " ").split()))
    if not match:
        return from_text(text)
    date, time = match["date"].replace(", ", ","), match["time"].replace(" ", "")
    try:
        moment = datetime.strptime(f"{date} {time} +0000", "%B %d,%Y %I:%M%p %z")
    except ValueError:
        return None
    return from_text(moment.isoformat())
