"""Google Photos from Google Takeout, in any language: folders of photos, beside most of them a JSON file.

A photo's JSON is found from the photo's name. It is called as the photo, with `.json` or
`.supplemental-metadata.json`, but cut: at 46 characters before `.json`, by other reports at 51 in all or 53, so every
cut is tried, and then the `title` inside. The number of `IMG(1).jpg` stands at the end: `IMG.jpg(1).json`. An edited
photo, `IMG-edited.jpg` in the language of the account, has its original's.

A folder with album metadata is an album; `Photos from 2019`, in any language, holds photos of no album and those of
albums once more. Bin, archive and locked folder are in folders of their own; their photos' JSON says what they are.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from scripts.common.words import count
from scripts.imports.containers import Container, ContainerError
from scripts.imports.found import (
    Album,
    Entry,
    Found,
    Note,
    Unplaced,
    folder_of,
    is_photo,
    may_be_film,
    stem_of,
    suffix_of,
)
from scripts.imports.readers.reading import Choices
from scripts.imports.readers.values import from_seconds, read_json, text_of

TITLE = "Google Photos"
LOOSE = ""
_JSON = ".json"
_SUPPLEMENT = ".supplemental-metadata"
_PHOTO_JSON = re.compile(
    r".*\.(?:jpe?g|png|webp|heic|heif|gif|tiff?|avif|mp4|mov|m4v)(?:\.su[a-z-]*)?(?:\(\d+\))?\.json", re.I
)
_SUPPLEMENTAL = re.compile(r".*\.supplem[a-z-]*(?:\(\d+\))?\.json")
_NUMBER = re.compile(r"(?P<name>.*)\((?P<number>\d+)\)")
_YEAR = re.compile(r"(?<!\d)((?:18|19|20)\d\d)(?!\d)")
_DAY_FOLDER = re.compile(r"(\d{4})-\d\d-\d\d(?: #\d+|-\d+)?")
# How Google calls the folders of photos by year; others are known by having no album metadata.
_YEAR_FOLDER = re.compile(
    r"(?:photos (?:from|de)|fotos (?:von|aus|de|del|van|från|fra)|foto (?:del|da)|zdjęcia z|fotografie z) \d{4}"
    r"|\d{4}年の写真",
    re.I,
)
_NO_YEAR = "1970"
# No cut that was seen is shorter, and shorter beginnings of names mean too much.
_SHORTEST_CUT = 40
# Google cuts the names of photos too, before the suffix.
_NAME_CUT = 47
_REPLACED = re.compile(r"[\W_]+")
# Of a photo's JSON; the rest, such as counts of views, is let go of, because a folder may have 60,000 of them.
_VALUES = (
    *("title", "description", "photoTakenTime", "people", "favorited", "albumData"),
    *("trashed", "archived", "inLockedFolder"),
)


class Sidecar(NamedTuple):
    """What the JSON beside a photo says."""

    file: str
    title: str
    values: dict[str, Any]

    def is_of_photo(self) -> bool:
        """Whether it is about a photo, which may be missing, and not about an album."""
        return "photoTakenTime" in self.values or _is_photo_json(self.file)


def recognises(names: Iterable[str]) -> bool:
    """Whether files of these names are from Google Takeout."""
    return any(
        name.startswith("Takeout/") or _PHOTO_JSON.fullmatch(name) or _SUPPLEMENTAL.fullmatch(name) for name in names
    )


def read(container: Container, choices: Choices) -> Iterator[Found | Unplaced | Note]:
    """Everything in an export."""
    folders: dict[str, list[str]] = defaultdict(list)
    for name in container.names():
        folders[folder_of(name)].append(name.rpartition("/")[2])
    photos_folders = {folder_of(folder) for folder, files in folders.items() if any(map(_is_photo_json, files))}
    if not photos_folders:  # all names are cut
        photos_folders = {folder_of(folder) for folder, files in folders.items() if any(map(is_photo, files))}
    without = 0
    for folder in sorted(folders):
        if folder_of(folder) not in photos_folders:
            for file in folders[folder]:
                if is_photo(file) or may_be_film(file):
                    yield Unplaced(_join(folder, file), "not from Google Photos, but from another part of the Takeout")
            continue
        reader = _Folder(container, folder, folders[folder], takes_archived="archived" in choices.extras)
        yield from reader.read()
        without += reader.without
    if without:
        yield Note(
            f"{count(without, 'photo')} from Google had no JSON: no caption, and the date only if it is in the file"
        )


class _Folder:
    """A folder of photos; its files are known by names without the folder."""

    def __init__(self, container: Container, folder: str, files: list[str], *, takes_archived: bool):
        self._container = container
        self._takes_archived = takes_archived
        self._folder = folder
        self._json = {file.casefold(): file for file in files if file.lower().endswith(_JSON)}
        self._media = sorted(file for file in files if is_photo(file) or may_be_film(file) or self._is_described(file))
        self._parsed: dict[str, Any] = {}
        self._by_title: dict[str, list[Sidecar]] | None = None
        self._taken: set[str] = set()
        # As long as nothing but its name says so, an album may be the archive.
        self._is_album = False
        self.without = 0

    def read(self) -> Iterator[Found | Unplaced]:
        stems = {stem_of(file).casefold(): file for file in self._media if is_photo(file)}
        matched: dict[str, Sidecar | None] = {}
        failed: dict[str, str] = {}
        # Those with their whole name first: what is left may then be a cut one's.
        for exact in (True, False):
            for file in self._media:
                if matched.get(file) is None and file not in failed:
                    try:
                        matched[file] = self._own(file, exact=exact)
                    except ContainerError as error:
                        failed[file] = str(error)
        albums = self._albums()
        year = self._year(albums)
        for file in self._media:
            entry = self._container.find(_join(self._folder, file))
            if entry is None:
                continue
            sidecar = matched.get(file)
            if may_be_film(file) and sidecar is None and (photo := stems.get(stem_of(file).casefold())):
                yield self._moving(entry, file, self._found(entry, file, matched.get(photo), albums, year))
                continue
            if sidecar is None and (original := self._original(file, stems)):
                sidecar = matched.get(original)
            if file in failed:
                reason = f"goes in without date and caption, because its JSON {failed[file]}"
                yield Unplaced(_join(self._folder, file), reason, is_failure=True)
            found = self._found(entry, file, sidecar, albums, year)
            self.without += sidecar is None and file not in failed and isinstance(found, Found)
            yield found
        yield from self._orphans()

    def _found(
        self, entry: Entry, file: str, sidecar: Sidecar | None, albums: tuple[Album, ...], year: str
    ) -> Found | Unplaced:
        values = sidecar.values if sidecar else {}
        if values.get("trashed"):
            return Unplaced(entry.name, "in Google Photos' bin")
        if values.get("inLockedFolder"):
            return Unplaced(entry.name, "in Google Photos' locked folder")
        # In its albums, Google shows what is archived.
        if values.get("archived") and not (self._takes_archived or self._is_album):
            return Unplaced(entry.name, "archived in Google Photos: add --with archived to take it too")
        taken_at = _time(values, "photoTakenTime")
        return Found(
            entry=entry,
            name=file,
            albums=albums,
            taken_at=taken_at,
            # Google keeps what has no date there.
            year="" if year == _NO_YEAR and taken_at is None else year,
            caption=text_of(values.get("description")),
            people=tuple(_people(values)),
            is_favourite=bool(values.get("favorited")),
            film=may_be_film(file),
        )

    def _is_described(self, file: str) -> bool:
        """Whether a file without a known suffix has a JSON of its own."""
        return not file.lower().endswith(_JSON) and any(
            name.casefold() in self._json for name in _whole_names(file)[:2]
        )

    def _moving(self, entry: Entry, file: str, found: Found | Unplaced) -> Found | Unplaced:
        """The film of a motion photo, which has the photo's place and time; what is said of it is said of the photo."""
        if isinstance(found, Unplaced):
            return found
        return Found(entry, file, found.albums, found.taken_at, found.year, film=True)

    def _own(self, file: str, *, exact: bool) -> Sidecar | None:
        """A photo's own JSON: by its whole name, or by every cut of it, then by the title in it.

        Raises ``ContainerError``.
        """
        for name in _whole_names(file) if exact else _cut_names(file):
            known = self._json.get(name.casefold())
            if known and known not in self._taken:
                sidecar = self._sidecar(known)
                if exact and not (sidecar and sidecar.values):
                    raise ContainerError("isn't in a form that Google's exports have had: please report this")
                if sidecar and (exact or _is_title_of(sidecar.title, file)):
                    self._taken.add(known)
                    return sidecar
        return None if exact else self._titled(file)

    def _titled(self, file: str) -> Sidecar | None:
        if self._by_title is None:
            self._by_title = defaultdict(list)
            for known in self._json.values():
                if known not in self._taken and (sidecar := self._try(known)):
                    self._by_title[_plain(sidecar.title)].append(sidecar)
        for sidecar in self._by_title.get(_plain(_without_number(file)[0]), []) or self._by_title.get(_plain(file), []):
            if sidecar.file not in self._taken:
                self._taken.add(sidecar.file)
                return sidecar
        return None

    def _original(self, file: str, stems: dict[str, str]) -> str | None:
        """The photo that this is an edited copy of: its name, a hyphen and a word in some language, perhaps cut."""
        name, number = _without_number(file)
        stem, hyphen, word = stem_of(name).rpartition("-")
        if not hyphen or not all(char.isalpha() for char in word):
            return None
        return stems.get(f"{stem}{number}".casefold())

    def _orphans(self) -> Iterator[Unplaced]:
        for known in sorted(set(self._json.values()) - self._taken):
            sidecar = self._try(known)
            if sidecar and sidecar.is_of_photo() and not sidecar.values.get("trashed"):
                reason = (
                    "the photo that this JSON is about isn't in what you gave: give all parts of the Takeout together"
                )
                yield Unplaced(_join(self._folder, known), reason, is_failure=True)

    def _try(self, file: str) -> Sidecar | None:
        try:
            return self._sidecar(file)
        except ContainerError:
            return None

    def _sidecar(self, file: str) -> Sidecar | None:
        if file not in self._parsed:
            whole = read_json(self._container, _join(self._folder, file))
            is_object = isinstance(whole, dict)
            self._parsed[file] = {name: whole[name] for name in _VALUES if name in whole} if is_object else None
        values = self._parsed[file]
        return Sidecar(file, text_of(values.get("title")), values) if isinstance(values, dict) else None

    def _albums(self) -> tuple[Album, ...]:
        """The album that this folder is; none if it holds photos by time."""
        name = self._folder.rpartition("/")[2]
        if _YEAR_FOLDER.fullmatch(name) or _DAY_FOLDER.fullmatch(name):
            return ()
        metadata = self._metadata()
        self._is_album = metadata is not None
        if metadata is None and _YEAR.search(name):
            return ()
        values = metadata or {}
        title = text_of(values.get("title")) or name or TITLE
        return (Album(f"takeout:{self._folder}", title, text_of(values.get("description"))),)

    def _metadata(self) -> dict[str, Any] | None:
        """What the JSON of an album says, whose name is translated: the one that is about no photo."""
        for known in sorted(set(self._json.values()) - self._taken):
            sidecar = self._try(known)
            if sidecar is None or sidecar.is_of_photo():
                continue
            values = sidecar.values.get("albumData", sidecar.values)
            if isinstance(values, dict) and "title" in values:
                return values
        return None

    def _year(self, albums: tuple[Album, ...]) -> str:
        found = None if albums else _YEAR.search(self._folder.rpartition("/")[2])
        return found[1] if found else ""


def _whole_names(file: str) -> list[str]:
    """The names that a photo's JSON has where it is not cut, that of its whole name first."""
    name, number = _without_number(file)
    bases = [(base, number) for base in dict.fromkeys((name, stem_of(name)))] + ([(file, "")] if number else [])
    return [f"{base}{supplement}{end}{_JSON}" for base, end in bases for supplement in (_SUPPLEMENT, "")]


def _cut_names(file: str) -> Iterator[str]:
    """The names that it may have where it is, longest first."""
    name, number = _without_number(file)
    for base in dict.fromkeys((name, stem_of(name))):
        whole = f"{base}{_SUPPLEMENT}"
        for end in range(len(whole) - 1, min(len(base), _SHORTEST_CUT) - 1, -1):
            yield f"{whole[:end]}{number}{_JSON}"


def _without_number(file: str) -> tuple[str, str]:
    """`IMG(1).jpg` as `IMG.jpg` and `(1)`."""
    match = _NUMBER.fullmatch(stem_of(file))
    suffix = file[len(stem_of(file)) :]
    return (f"{match['name']}{suffix}", f"({match['number']})") if match else (file, "")


def _is_title_of(title: str, file: str) -> bool:
    """Whether a photo whose name may be cut can have been called so."""
    whole, cut = _plain(stem_of(title)), _plain(stem_of(_without_number(file)[0]))
    return not title or whole.startswith(cut) or (cut.startswith(whole) and len(whole) >= _SHORTEST_CUT - 1)


def _plain(title: str) -> str:
    """A title as far as Google's names of files keep it: as long as they are, and without what they replace."""
    stem, suffix = stem_of(title)[:_NAME_CUT], suffix_of(title)
    return _REPLACED.sub("_", unicodedata.normalize("NFC", f"{stem}{suffix}").casefold())


def _is_photo_json(file: str) -> bool:
    return bool(_PHOTO_JSON.fullmatch(file) or _SUPPLEMENTAL.fullmatch(file))


def _people(values: dict[str, Any]) -> Iterator[str]:
    people = values.get("people")
    for person in people if isinstance(people, list) else ():
        if isinstance(person, dict) and (name := text_of(person.get("name"))):
            yield name


def _time(values: dict[str, Any], name: str) -> str | None:
    moment = values.get(name)
    return from_seconds(moment.get("timestamp")) if isinstance(moment, dict) else None


def _join(folder: str, file: str) -> str:
    return f"{folder}/{file}" if folder else file
