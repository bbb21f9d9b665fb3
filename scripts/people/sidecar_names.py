"""Names from the sidecars beside photos that are on the site: events of the journal, each with an id of its content.

So the same sidecar twice, or one that comes later than its photo, doubles nothing. A photo may have several sidecars:
what they say together is one event, so that two that differ don't take turns.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from functions.dates import timestamp
from functions.face_regions import NamedArea, over_faces
from functions.forgotten_people import is_forgotten
from functions.keys import ImagePath
from functions.people.boxes import Box
from functions.people.decision_ids import import_id
from functions.people.decisions import Imported
from functions.people.face_refs import FaceRef, NamedRegion
from functions.people.knowledge import fold
from functions.people.person_names import PersonNameError, person_name
from functions.xmp import BadXmpError
from scripts.common.folders import Refusal
from scripts.common.stack import Stack
from scripts.common.words import cause
from scripts.people.sidecars import pair, read_sidecar, stored_file
from scripts.people.site_journal import add_events, read_journal

NO_PHOTO = "a sidecar without its photo: put the photo beside it and run this again"
_SOURCE, _BY = "sidecar", "cli"


class SentPhoto(NamedTuple):
    """A photo on the site and the file it came from; ``sha256`` is the original's, in hex."""

    file: Path
    path: ImagePath
    sha256: str


@dataclass
class FoundNames:
    """What sidecars said: of how many photos they say something new, and the sidecars that can't be used."""

    new: int = 0
    refused: list[Refusal] = field(default_factory=list)


def add_names(
    stack: Stack, folder: Path, sidecars: Iterable[str], photos: Sequence[SentPhoto], *, has_journal: bool
) -> FoundNames:
    """Take the names from sidecars of a folder, with all that each photo has, into the journal.

    ``has_journal``: the site that wrote sidecars of ours gave its journal too, which says more than they do.
    """
    found = FoundNames()
    pairs, orphans = pair(sidecars, {photo.file.name: photo for photo in photos})
    found.refused += [Refusal(name, NO_PHOTO) for name in orphans]
    read = []
    for name, photo in pairs:
        try:
            sidecar = read_sidecar(folder / name, stored_file(photo.file))
        except BadXmpError as error:
            found.refused.append(Refusal(name, f"the sidecar can't be read: {error}"))
            continue
        except OSError as error:
            found.refused.append(Refusal(name, f"can't be read: {cause(error)}"))
            continue
        if not (has_journal and sidecar.is_ours):
            read.append((name, photo, sidecar.regions))
    add_regions(stack, read, found)
    return found


def add_regions(stack: Stack, read: list[tuple[str, SentPhoto, list[NamedArea]]], found: FoundNames) -> None:
    """Take what sidecars say, each with its name and its photo, into the journal."""
    said: dict[ImagePath, tuple[SentPhoto, list[NamedRegion]]] = {}
    for name, photo, regions in _without_forgotten(stack, read):
        said.setdefault(photo.path, (photo, []))[1].extend(_faces(name, photo, regions, found))
    events = list(_events(stack, said.values())) if said else []
    found.new += add_events(stack, {event.id: event for event in events}.values())


def _events(stack: Stack, said: Iterable[tuple[SentPhoto, list[NamedRegion]]]) -> Iterator[Imported]:
    """The imports of what photos' sidecars say that isn't what they said last, or what the owner has undone."""
    journal = read_journal(stack)
    undone = fold(journal.events).undone
    earlier: dict[tuple[str | None, str | None], list[Imported]] = defaultdict(list)
    for event in sorted((event for event in journal.events if isinstance(event, Imported)), key=lambda event: event.at):
        for place in {(face.photo, face.path) for face, _ in event.faces}:
            earlier[place].append(event)
    for photo, faces in said:
        before = earlier[photo.sha256, str(photo.path)]
        same = [event for event in before if _said_of(photo, event.faces) == _said_of(photo, faces)]
        if faces and (not same or (before[-1] not in same and not any(event.id in undone for event in same))):
            now = tuple(dict.fromkeys(faces))
            after = before[-1].id if same else ""
            yield Imported(id=import_id(now, after), at=timestamp(), by=_BY, faces=now, source=_SOURCE)


def _said_of(photo: SentPhoto, faces: Iterable[NamedRegion]) -> set[tuple[Box, str]]:
    return {(face.box, name) for face, name in faces if face.photo == photo.sha256}


def _without_forgotten(
    stack: Stack, read: list[tuple[str, SentPhoto, list[NamedArea]]]
) -> Iterable[tuple[str, SentPhoto, list[NamedArea]]]:
    """Once somebody is forgotten, only regions over faces that a photo has, and none with that person's name."""
    if not read or not (forgotten := stack.forgotten.list_rows()):
        return read
    rows = stack.photos.get_photos({photo.path for _, photo, _ in read})
    boxes = {path: row.face_boxes for path, row in rows.items()}

    def left(photo: SentPhoto, regions: list[NamedArea]) -> list[NamedArea]:
        there = over_faces(regions, boxes.get(photo.path, []))
        return [region for region in there if not is_forgotten(region.name, forgotten)]

    return [(name, photo, left(photo, regions)) for name, photo, regions in read]


def _faces(sidecar: str, photo: SentPhoto, regions: list[NamedArea], found: FoundNames) -> list[NamedRegion]:
    faces = []
    for name, area in regions:
        try:
            faces.append(NamedRegion(FaceRef(photo.sha256, Box.of(area), str(photo.path)), person_name(name)))
        except PersonNameError as error:
            found.refused.append(Refusal(sidecar, f"a name in it can't be taken: {error}"))
    return faces
