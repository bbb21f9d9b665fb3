"""What an upload will do. A plan is data, made before anything is uploaded; `--dry-run` prints it."""

import hashlib
import shlex
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from functions.keys import BadNameError, ImagePath, check_new_name, check_set_name, image_path
from functions.media_types import HEAD_BYTES, is_film, media_type
from functions.told_facts import ToldFacts
from scripts.common.folders import (
    FILM_SUFFIXES,
    PHOTO_SUFFIXES,
    FolderError,
    Refusal,
    find_journal,
    find_rows,
    open_file,
)
from scripts.common.terminal import printable
from scripts.common.words import cause, count
from scripts.people.sidecars import is_sidecar
from scripts.photos.originals import find_same, list_stored_photos

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_CLUTTER = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db"})
SIDECAR = "a sidecar"
_FOLDER = "a folder inside the folder: upload it as a set of its own"


@dataclass(frozen=True)
class UploadFile:
    """A file of the set: ``sha256`` as hex digits, ``size`` in bytes, ``told`` what is known of it beside its bytes."""

    source: Path
    path: ImagePath
    size: int
    sha256: str
    told: ToldFacts = ToldFacts()


@dataclass
class Plan:
    """What an upload of one folder will do.

    ``present`` has the photos that the set already holds. ``left_out`` is reported, but doesn't make the upload fail.
    """

    folder: Path
    set_name: str
    uploads: list[UploadFile] = field(default_factory=list)
    present: list[UploadFile] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    left_out: list[Refusal] = field(default_factory=list)
    # Names of XMP files.
    sidecars: list[str] = field(default_factory=list)
    # The journal of the site that the folder was exported from.
    journal: Path | None = None
    # The rows of the set in that site.
    rows: Path | None = None
    warnings: list[str] = field(default_factory=list)


def set_name_of(folder: Path, name: str | None) -> str:
    """The set a folder is uploaded to: ``name``, or the folder's name. Raises ``FolderError``."""
    try:
        return check_set_name(check_new_name(unicodedata.normalize("NFC", name or folder.resolve().name)))
    except BadNameError as error:
        raise FolderError(f"{error}; choose another with --set") from None


def plan_folder(folder: Path, set_name: str) -> Plan:
    """Sort a folder's files into photos (not hashed yet: see `hash_files`) and others. Raises ``FolderError``."""
    if not folder.exists():
        raise FolderError(f"there is no folder {folder}: check its name")
    if not folder.is_dir():
        raise FolderError(f"{folder} is not a folder: give the folder with the photos")
    plan = Plan(folder, set_name, journal=find_journal(folder), rows=find_rows(folder))
    names: dict[str, str] = {}
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError as error:
        raise FolderError(f"{folder} can't be read: {cause(error)}") from None
    folders = 0
    for entry in entries:
        if is_clutter(entry.name):
            continue
        try:
            reason = why_left_out(entry)
        except OSError as error:
            plan.refused.append(_unreadable(entry.name, error))
            continue
        folders += reason == _FOLDER
        if reason == SIDECAR:
            plan.sidecars.append(entry.name)
        elif reason:
            plan.left_out.append(Refusal(printable(entry.name), reason))
        else:
            _add(plan, entry, names)
    if not plan.uploads and not plan.refused:
        hint = f", but {count(folders, 'folder')}: upload each as a set, with `kinpics upload {_inside(folder)}`"
        raise FolderError(f"there are no photos in {folder}{hint if folders else ''}")
    return plan


def _inside(folder: Path) -> str:
    """All folders inside a folder, as a shell takes them."""
    return f"{shlex.quote(str(folder))}/*/"


def _unreadable(name: str, error: OSError) -> Refusal:
    return Refusal(printable(name), f"can't be read: {cause(error)}")


def is_clutter(name: str) -> bool:
    """Whether a file is hidden, or is one that systems put beside photos."""
    return name.startswith(".") or name.lower() in _CLUTTER


def why_left_out(entry: Path) -> str:
    """Why an entry of a folder is left out; empty if it may be a photo. Raises ``OSError``.

    `SIDECAR` is no photo either, but says something of one.
    """
    if entry.is_symlink():
        return "a link, which is not followed: put the photo itself into the folder"
    if entry.is_dir():
        return _FOLDER
    if not entry.is_file():
        return "not a regular file"
    if entry.suffix.lower() in PHOTO_SUFFIXES | FILM_SUFFIXES:
        return ""
    if is_sidecar(entry.name):
        return SIDECAR
    try:
        kind = media_type(_head(entry))
    except OSError:
        return ""  # reported when it is read
    if kind == "image/tiff" and entry.suffix:
        return "a camera's raw file: convert it to JPEG"
    return "" if kind else "not a photo"


def _add(plan: Plan, entry: Path, names: dict[str, str]) -> None:
    found = read_photo(entry, plan.set_name)
    if isinstance(found, Refusal):
        plan.refused.append(found)
        return
    path = found.path
    twin = names.get(path.file.casefold())
    if twin == path.file:
        plan.refused.append(Refusal(entry.name, "another file in this folder has the same name; rename one of them"))
        return
    if twin is not None:
        plan.warnings.append(f"{twin} and {path.file} differ only in case: both are uploaded, as two photos")
    names[path.file.casefold()] = path.file
    plan.uploads.append(found)


def read_photo(entry: Path, set_name: str) -> UploadFile | Refusal:
    """A file as a photo of a set, not hashed yet, or why it can't be one."""
    try:
        # Some systems split a letter and its accent into two characters; names of photos never do.
        path = image_path(set_name, unicodedata.normalize("NFC", entry.name))
        size, kind = entry.stat().st_size, media_type(_head(entry))
    except BadNameError as error:
        return Refusal(printable(entry.name), f"{error}; rename the file")
    except OSError as error:
        return _unreadable(entry.name, error)
    if kind is not None and kind.startswith("video/") != is_film(path.file):
        is_one = kind.startswith("video/")
        what = "a film: give it a name that ends in .mp4, .mov or .webm" if is_one else "a picture, not a film"
        return Refusal(entry.name, f"the file is {what}")
    if kind is None:
        what = "a film" if is_film(path.file) else "an image"
        reason = f"is not {what} that kinpics can read, whatever its name says" if size else "is empty"
        return Refusal(entry.name, f"the file {reason}")
    return UploadFile(entry, path, size, "")


def hash_files(plan: Plan, step: Callable[[], None]) -> None:
    """Fill in each file's digest, calling ``step`` after each; an unreadable file is refused."""
    hashed = []
    with ThreadPoolExecutor(4) as pool:
        for file, digest in zip(plan.uploads, pool.map(_try_digest, plan.uploads), strict=True):
            if isinstance(digest, OSError):
                plan.refused.append(_unreadable(file.path.file, digest))
            else:
                hashed.append(replace(file, sha256=digest))
            step()
    plan.uploads = hashed


def skip_present(plan: Plan, s3: "S3Client", bucket: str, concurrency: int) -> None:
    """Move files that the set already holds, byte for byte, from ``uploads`` to ``present``."""
    stored = list_stored_photos(s3, bucket, folder=f"{plan.set_name}/")
    sizes = {original.path: original.size for original in stored}
    candidates = [file for file in plan.uploads if sizes.get(file.path) == file.size]
    with ThreadPoolExecutor(concurrency) as pool:
        etags = pool.map(lambda file: find_same(s3, bucket, file.path, file.sha256), candidates)
        present = {file.path for file, etag in zip(candidates, etags, strict=True) if etag}
    plan.present = [file for file in plan.uploads if file.path in present]
    plan.uploads = [file for file in plan.uploads if file.path not in present]


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, as hex digits. Raises ``OSError``."""
    with open_file(path) as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _try_digest(file: UploadFile) -> str | OSError:
    try:
        return digest_of(file.source)
    except OSError as error:
        return error


def _head(path: Path) -> bytes:
    with open_file(path) as file:
        return file.read(HEAD_BYTES)
