"""Making the demo's photos: fetch what they are made from, make them with all cores, write the galleries' portraits."""

import hashlib
import json
import os
import shutil
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from local.demo.files import write
from local.demo.packages import SOURCES, fetch, opened
from local.demo.sets import GALLERIES, PORTRAITS, SETS, DemoGallery, Photo

# The folder of the galleries' folders.
GALLERIES_FOLDER = "galleries"


def version() -> str:
    """Changes whenever the modules that make the photos change."""
    modules = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in modules)).hexdigest()


def prepare(folder: Path) -> list[Path]:
    """Prepare the demo's sets and the folder ``galleries`` in ``folder``, and return the sets' folders.

    Whatever already exists in this version is not made again. Raises ``DemoPhotosError``.
    """
    done = folder / ".version"
    if not done.exists() or done.read_text() != version():
        shutil.rmtree(folder, ignore_errors=True)
        downloads = folder / ".downloads"
        sources = fetch(SOURCES, downloads)
        _make_all(folder, sources)
        for gallery in GALLERIES:
            _write_gallery(folder / GALLERIES_FOLDER / gallery.name, gallery, sources)
        shutil.rmtree(downloads)
        done.write_text(version())
    return sorted(path for path in folder.iterdir() if path.is_dir() and path.name != GALLERIES_FOLDER)


def _make_all(folder: Path, sources: dict[str, bytes]) -> None:
    for one in SETS:
        (folder / one.name).mkdir()
    jobs = [(one.name, photo.file) for one in SETS for photo in one.photos]
    with ProcessPoolExecutor(os.cpu_count(), initializer=_begin, initargs=(folder, sources)) as pool:
        for _ in pool.map(_make, jobs):
            pass


@dataclass(frozen=True)
class _Work:
    """What a worker keeps from photo to photo."""

    folder: Path
    sources: dict[str, bytes]
    photos: dict[str, Image.Image]


_work: _Work


def _begin(folder: Path, sources: dict[str, bytes]) -> None:
    global _work
    _work = _Work(folder, sources, {name: opened(data) for name, data in sources.items()})


def _make(job: tuple[str, str]) -> None:
    name, file = job
    photo = _find(name, file)
    source = _work.sources.get(photo.source or "")
    write(photo, photo.recipe(_work.photos), source, _work.folder / name / file)


def _find(name: str, file: str) -> Photo:
    (photos,) = (one.photos for one in SETS if one.name == name)
    (photo,) = (photo for photo in photos if photo.file == file)
    return photo


def _write_gallery(folder: Path, gallery: DemoGallery, sources: dict[str, bytes]) -> None:
    """The portraits of a gallery, who took them, and what visitors read about it."""
    folder.mkdir(parents=True)
    rows = ["file,name,credit,licence,url"]
    for source in gallery.people:
        person, recipe = PORTRAITS[source]
        recipe({source: opened(sources[source])}).save(folder / f"{source}.jpg", quality=92)
        rows.append(f"{source}.jpg,{person},{SOURCES[source].credit},public domain,")
    (folder / "credits.csv").write_text("\n".join([*rows, ""]))
    (folder / "gallery.json").write_text(json.dumps({"title": gallery.title, "text": gallery.text}))
