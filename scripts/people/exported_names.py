"""Names in an exported site: the journal, and a sidecar beside each photo of people with names."""

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from functions.face_regions import NamedArea
from functions.people.inventory import Inventory
from functions.people.people_files import PeopleFiles
from functions.people.people_state import State, faces_in
from scripts.common.folders import JOURNAL_FILE, PHOTOS_FOLDER
from scripts.common.stack import Stack
from scripts.common.words import cause
from scripts.people.sidecars import SUFFIX, make_sidecar, stored_file
from scripts.people.site_journal import export_journal

_Write = Callable[[Path, bytes], None]


def export_names(stack: Stack, folder: Path, write: _Write) -> dict[str, str]:
    """Write journal and sidecars of an exported site; returns failures by photo.

    A sidecar that another program wrote is left as it is. One of an earlier export loses the names that are gone.
    """
    journal = export_journal(stack)
    if journal or (folder / JOURNAL_FILE).exists():
        write(folder / JOURNAL_FILE, journal)
    failures: dict[str, str] = {}
    named = named_areas(stack)
    photos = folder / PHOTOS_FOLDER
    earlier = {str(file.relative_to(photos))[: -len(SUFFIX)] for file in photos.glob(f"*/*{SUFFIX}")}
    for path in sorted(named.keys() | earlier):
        photo = photos / path
        if not photo.exists():
            continue
        try:
            _write_sidecar(photo, named.get(path, []), write)
        except OSError as error:
            failures[f"{path}{SUFFIX}"] = f"can't be written: {cause(error)}"
    return failures


def named_areas(stack: Stack) -> dict[str, list[NamedArea]]:
    """The faces of people with names, by photo (`<set>/<file>`), from left to right; hidden people's too."""
    outputs = stack.outputs
    files = PeopleFiles(stack.s3, outputs.thumbnails_bucket, outputs.site_bucket)
    state = State.from_json(files.read("state")) or State()
    inventory = Inventory.from_json(files.read("inventory")) or Inventory.of(())
    faces = faces_in(inventory, state.kept)
    found: dict[str, list[NamedArea]] = defaultdict(list)
    for face_id, whose in state.whose.items():
        face, person = faces.get(face_id), state.by_id.get(whose.person)
        if face and person:
            found[face.photo.path].append(NamedArea(person.name, face.box))
    return {path: sorted(areas, key=lambda entry: (entry.area, entry.name)) for path, areas in found.items()}


def _write_sidecar(photo: Path, areas: list[NamedArea], write: _Write) -> None:
    sidecar = photo.with_name(f"{photo.name}{SUFFIX}")
    content = make_sidecar(areas, stored_file(photo), sidecar)
    if content:
        write(sidecar, content)
    elif content is not None:
        sidecar.unlink(missing_ok=True)
