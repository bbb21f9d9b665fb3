"""Folders of photos, as Lightroom, digiKam, darktable and osxphotos leave them: each folder is a set.

What programs write into a photo itself is read when the photo is processed; here it is the XMP beside it: title,
caption, keywords, rating, time, and who is in the photo. Names with boxes are taken as `kinpics upload` takes them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from functions.face_regions import MWG_RS
from functions.process.captions import xmp_words
from functions.xmp import ITEM, MAX_XMP_BYTES, BadXmpError, parse_xmp, properties
from scripts.imports.containers import Container, ContainerError
from scripts.imports.found import Album, Found, Note, Unplaced, folder_of, is_photo, may_be_film, suffix_of
from scripts.imports.readers.reading import Choices
from scripts.imports.readers.values import from_text
from scripts.people.sidecar_names import NO_PHOTO
from scripts.people.sidecars import is_sidecar, pair

TITLE = "folders"
LOOSE = ""
_EXIF = "{http://ns.adobe.com/exif/1.0/}"
_PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
_IPTC = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
_LIGHTROOM = "{http://ns.adobe.com/lightroom/1.0/}"
_DIGIKAM = "{http://www.digikam.org/ns/1.0/}"
_RAW = frozenset(
    {
        ".cr2",
        ".cr3",
        ".crw",
        ".nef",
        ".nrw",
        ".arw",
        ".srf",
        ".sr2",
        ".dng",
        ".orf",
        ".raf",
        ".rw2",
        ".pef",
        ".raw",
        ".srw",
    }
)
# Under these, programs keep the names of people as keywords.
_PEOPLE = ("people", "personen", "personnes", "personas", "persone", "pessoas", "osoby", "人物")
_REJECTED = -1
_BEST = 5


@dataclass(frozen=True)
class XmpWords:
    """What a sidecar says of a photo, apart from boxes."""

    title: str = ""
    caption: str = ""
    keywords: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    rating: int = 0
    taken_at: str | None = None


def recognises(names: Iterable[str]) -> bool:
    """Whether there is a photo or a film among these names."""
    return any(is_photo(name) or may_be_film(name) for name in names)


def read(container: Container, choices: Choices) -> Iterator[Found | Unplaced | Note]:
    """Everything in a tree of folders."""
    folders: dict[str, list[str]] = defaultdict(list)
    for name in container.names():
        folders[folder_of(name)].append(name)
    for folder in sorted(folders):
        yield from _read_folder(container, folder, folders[folder])


def read_words(packet: bytes) -> XmpWords:
    """What an XMP packet says. Raises ``BadXmpError``."""
    root = parse_xmp(packet)
    words = xmp_words(root)
    tags = [*_values(root, f"{_LIGHTROOM}hierarchicalSubject"), *_values(root, f"{_DIGIKAM}TagsList")]
    tagged = [
        parts[-1] for tag in tags if (parts := tag.replace("|", "/").split("/"))[0].lower() in _PEOPLE and parts[1:]
    ]
    with_boxes = {name for name in properties(root, f"{MWG_RS}Name") if name}
    people = dict.fromkeys([*_values(root, f"{_IPTC}PersonInImage"), *tagged])
    moments = (*properties(root, f"{_EXIF}DateTimeOriginal"), *properties(root, f"{_PHOTOSHOP}DateCreated"))
    return XmpWords(
        title=words.title or "",
        caption=words.caption or "",
        # Keywords are public; names wait for the owner.
        keywords=tuple(word for word in words.keywords if word not in people and word.lower() not in _PEOPLE),
        people=tuple(name for name in people if name not in with_boxes),
        rating=words.rating,
        taken_at=next((moment for text in moments if (moment := from_text(text))), None),
    )


def _read_folder(container: Container, folder: str, names: list[str]) -> Iterator[Found | Unplaced]:
    media = {name.rpartition("/")[2]: name for name in names if is_photo(name) or may_be_film(name)}
    # A TIFF is a photo; a camera's raw file isn't, but its sidecar may be the photo's beside it.
    sidecars = {name.rpartition("/")[2]: name for name in names if is_sidecar(name)}
    pairs, orphans = pair(sidecars, media)
    of_photo: dict[str, list[str]] = defaultdict(list)
    for sidecar, photo in pairs:
        of_photo[photo].append(sidecars[sidecar])
    for orphan in orphans:
        yield Unplaced(sidecars[orphan], NO_PHOTO)
    for name in names:
        if suffix_of(name) in _RAW:
            yield Unplaced(name, "a camera's raw file: convert it to JPEG")
    title = folder.replace("/", " - ") or container.label
    album = Album(f"folder:{container.label}/{folder}", title)
    for file, name in media.items():
        words = XmpWords()
        read = []
        for sidecar in of_photo[name]:
            try:
                words = _joined(words, read_words(container.read(sidecar, MAX_XMP_BYTES)))
                read.append(sidecar)
            except (BadXmpError, ContainerError) as error:
                yield Unplaced(sidecar, f"the sidecar can't be read: {error}", is_failure=True)
        if words.rating == _REJECTED:
            yield Unplaced(name, "rejected in the program that wrote its sidecar")
            continue
        entry = container.find(name)
        if entry:
            yield Found(
                entry=entry,
                name=file,
                albums=(album,),
                taken_at=words.taken_at,
                title=words.title,
                caption=words.caption,
                keywords=words.keywords,
                people=words.people,
                is_favourite=words.rating == _BEST,
                rating=max(words.rating, 0),
                xmp=tuple(read),
                film=may_be_film(file),
            )


def _joined(one: XmpWords, other: XmpWords) -> XmpWords:
    """What two sidecars of one photo say: of each, what is said first."""
    return XmpWords(
        one.title or other.title,
        one.caption or other.caption,
        one.keywords or other.keywords,
        tuple(dict.fromkeys((*one.people, *other.people))),
        one.rating or other.rating,
        one.taken_at or other.taken_at,
    )


def _values(root: ElementTree.Element, name: str) -> list[str]:
    """The members of an array."""
    return [(item.text or "").strip() for element in root.iter(name) for item in element.iter(ITEM)]
