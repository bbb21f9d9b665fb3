"""Names from the sidecars beside photos that are on the site: events of the journal, each with an id of its content.

So the same sidecar twice, or one that comes later than its photo, doubles nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from functions.dates import timestamp
from functions.face_regions import NamedArea, over_faces
from functions.keys import ImagePath
from functions.people.boxes import Box
from functions.people.decisions import FaceRef, Imported, NamedRegion, import_id
from functions.people.person_names import PersonNameError, person_name
from functions.xmp import BadXmpError
from scripts.common.folders import Refusal
from scripts.common.stack import Stack
from scripts.common.words import cause
from scripts.people.sidecars import pair, read_sidecar, stored_file
from scripts.people.site_journal import add_events

NO_PHOTO = "a sidecar without its photo: put the photo beside it and run this again"
_SOURCE, _BY = "sidecar", "cli"


class SentPhoto(NamedTuple):
    """A photo on the site and the file it came from; ``sha256`` is the original's, in hex."""

    file: Path
    path: ImagePath
    sha256: str


@dataclass
class FoundNames:
    """What sidecars said: how many faces they name that nobody had named so, and the sidecars that can't be used."""

    new: int = 0
    refused: list[Refusal] = field(default_factory=list)


def add_names(
    stack: Stack, folder: Path, sidecars: Iterable[str], photos: Sequence[SentPhoto], *, has_journal: bool
) -> FoundNames:
    """Take the names from sidecars of a folder into the journal.

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
    events = [
        _event(photo, faces)
        for name, photo, regions in _without_forgotten(stack, read)
        if (faces := _faces(name, photo, regions, found))
    ]
    kept = {event.id: event for event in events}
    found.new = add_events(stack, kept.values())
    return found


def _without_forgotten(
    stack: Stack, read: list[tuple[str, SentPhoto, list[NamedArea]]]
) -> Iterable[tuple[str, SentPhoto, list[NamedArea]]]:
    """Once somebody is forgotten, only regions over faces that a photo has: one without a face may name that person."""
    if not read or not stack.forgotten.list_references():
        return read
    rows = stack.photos.get_photos({photo.path for _, photo, _ in read})
    boxes = {path: row.face_boxes for path, row in rows.items()}
    return [(name, photo, over_faces(regions, boxes.get(photo.path, []))) for name, photo, regions in read]


def _faces(sidecar: str, photo: SentPhoto, regions: list[NamedArea], found: FoundNames) -> list[NamedRegion]:
    faces = []
    for name, area in regions:
        try:
            faces.append(NamedRegion(FaceRef(photo.sha256, Box.of(area), str(photo.path)), person_name(name)))
        except PersonNameError as error:
            found.refused.append(Refusal(sidecar, f"a name in it can't be taken: {error}"))
    return faces


def _event(photo: SentPhoto, faces: list[NamedRegion]) -> Imported:
    return Imported(id=import_id(faces), at=timestamp(), by=_BY, faces=tuple(faces), source=_SOURCE)
