"""Names that would go with deleted photos: where somebody is named only there, one of their other faces is named too.

What the program took for somebody's, it took for theirs by the faces that were named. Without those, it would know
nobody of that name any more, and a hidden person would be asked about again.
"""

import contextlib
from collections.abc import Iterable
from typing import NamedTuple

from functions.dates import timestamp
from functions.keys import ImagePath
from functions.people.decisions import Assigned
from functions.people.evidence import Evidence
from functions.people.face_refs import FaceRef
from functions.people.inventory import FaceInPhoto
from functions.people.owners_journal import OwnersJournal
from functions.people.people_round import EVIDENCE
from functions.people.people_state import AUTOMATIC, faces_in
from functions.people.ulid import new_ulid


class KeptName(NamedTuple):
    """Somebody's name, and the photo in which it is a decision from now on."""

    name: str
    path: str


def keep_names(journal: OwnersJournal, paths: Iterable[ImagePath]) -> list[KeptName]:
    """Name one more face of everybody who is named only in these photos, which are about to be deleted.

    It is the face most like a named one, by the searches that were made; nobody has to pay for another.
    """
    gone = set(map(str, paths))
    state = journal.read_state() if gone else None
    if not state or not state.people:
        return []
    faces = faces_in(journal.read_inventory(), state.kept)
    evidence = Evidence.from_json(journal.files.read(EVIDENCE))
    chosen = []
    for person in state.people:
        theirs = [faces[face] for face in person.faces if face in faces]
        named = [face for face in theirs if state.whose[face.id].origin != AUTOMATIC]
        left = [face for face in theirs if face.photo.path not in gone]
        if named and left and not any(face in left for face in named):
            chosen.append((person, _most_alike(evidence, named, left)))
    latest = journal.read().latest
    events = []
    for person, face in chosen:
        latest = new_ulid(latest)
        ref = FaceRef(face.photo.sha256, face.box, face.photo.path, face.id, face.photo.taken_at)
        events.append(Assigned(id=latest, at=timestamp(), by=journal.by, person=person.id, faces=(ref,)))
    journal.add(events)
    return [KeptName(person.name, face.photo.path) for person, face in chosen]


def _most_alike(evidence: Evidence, named: Iterable[FaceInPhoto], left: Iterable[FaceInPhoto]) -> FaceInPhoto:
    odds: dict[str, float] = {}
    for face in named:
        with contextlib.suppress(KeyError):  # drawn faces, and those that have come since the last round
            for other, likeness in evidence.alike(face.id):
                odds[other] = max(likeness, odds.get(other, likeness))
    return max(left, key=lambda face: (odds.get(face.id, float("-inf")), face.box.width, face.id))
