"""What an upload would do, worked out before anything is done: a plan is data, `--dry-run` prints it."""

import hashlib
import shlex
import unicodedata
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from functions.aws_errors import is_not_found
from functions.errors import KinpicsError
from functions.keys import BadNameError, ImagePath, check_set_name, image_path
from functions.process.media_types import HEAD_BYTES, media_type
from scripts.common.terminal import printable
from scripts.common.words import cause, count

# Digest of an original, kept as the object's metadata: an ETag is none for a file that went up in parts.
SHA256_METADATA = "sha256"
PHOTO_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".avif", ".tif", ".tiff", ".gif"})
_CLUTTER = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db"})
_BLOCK = 1024 * 1024
_FOLDER = "a folder within: a set is one folder, upload it as its own set"


class PlanError(KinpicsError):
    """The folder can't be uploaded at all; the message says why."""


@dataclass(frozen=True)
class Refusal:
    """A file that will not go up, and why."""

    file: str
    reason: str


@dataclass(frozen=True)
class Photo:
    """A file to be in the set: ``sha256`` as hex digits, ``size`` in bytes."""

    source: Path
    path: ImagePath
    size: int
    sha256: str


@dataclass
class Plan:
    """Everything an upload of one folder comes to."""

    folder: Path
    set_name: str
    uploads: list[Photo] = field(default_factory=list)
    present: list[Photo] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    # Told, without making the upload a failure.
    left_out: list[Refusal] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def photos(self) -> list[Photo]:
        return self.uploads + self.present


def set_name_of(folder: Path, name: str | None) -> str:
    """The set a folder goes to: ``name``, else the folder's own. Raises ``PlanError``."""
    try:
        return check_set_name(unicodedata.normalize("NFC", name or folder.resolve().name))
    except BadNameError as error:
        raise PlanError(f"{error}; choose another with --set") from None


def list_photos(folder: Path, set_name: str) -> Plan:
    """Sort a folder's files into photos (not hashed yet: see `hash_photos`) and the rest. Raises ``PlanError``."""
    if not folder.exists():
        raise PlanError(f"there is no folder {folder}")
    if not folder.is_dir():
        raise PlanError(f"{folder} is not a folder: give the folder that holds the set's photos")
    plan = Plan(folder, set_name)
    names: dict[str, str] = {}
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError as error:
        raise PlanError(f"{folder} can't be read: {cause(error)}") from None
    folders = 0
    for entry in entries:
        if entry.name.startswith(".") or entry.name.lower() in _CLUTTER:
            continue
        try:
            reason = _left_out(entry)
        except OSError as error:
            plan.refused.append(_unreadable(entry.name, error))
            continue
        folders += reason == _FOLDER
        if reason:
            plan.left_out.append(Refusal(printable(entry.name), reason))
        else:
            _add(plan, entry, names)
    if not plan.uploads and not plan.refused:
        hint = f"; it holds {count(folders, 'folder')}, to be uploaded as sets: kinpics upload {_inside(folder)}"
        raise PlanError(f"there are no photos in {folder}{hint if folders else ''}")
    return plan


def _inside(folder: Path) -> str:
    """All that is in a folder, as a shell takes it."""
    return f"{shlex.quote(str(folder))}/*/"


def _unreadable(name: str, error: OSError) -> Refusal:
    return Refusal(printable(name), f"can't be read: {cause(error)}")


def _left_out(entry: Path) -> str:
    """Why an entry of a folder is passed over; empty for what may be a photo."""
    if entry.is_symlink():
        return "a link, which is not followed: put the photo itself there"
    if entry.is_dir():
        return _FOLDER
    if not entry.is_file():
        return "not a regular file"
    if entry.suffix.lower() in PHOTO_SUFFIXES:
        return ""
    try:
        kind = media_type(_head(entry))
    except OSError:
        return ""  # told when it is read
    if kind == "image/tiff" and entry.suffix:
        return "a camera's raw file: make a JPEG of it"
    return "" if kind else "not a photo"


def _add(plan: Plan, entry: Path, names: dict[str, str]) -> None:
    try:
        # Some systems take names apart into letters and accents; the album writes them in one way.
        path = image_path(plan.set_name, unicodedata.normalize("NFC", entry.name))
        size, kind = entry.stat().st_size, media_type(_head(entry))
    except BadNameError as error:
        plan.refused.append(Refusal(printable(entry.name), f"{error}; rename the file"))
        return
    except OSError as error:
        plan.refused.append(_unreadable(entry.name, error))
        return
    if kind is None:
        reason = "is not an image that this album reads, whatever its name says" if size else "is empty"
        plan.refused.append(Refusal(entry.name, f"the file {reason}"))
        return
    twin = names.get(path.file.casefold())
    if twin == path.file:
        plan.refused.append(Refusal(entry.name, "another file of this folder has the same name; rename one of them"))
        return
    if twin is not None:
        plan.warnings.append(f"{twin} and {path.file} differ by case alone: both go up, as two photos")
    names[path.file.casefold()] = path.file
    plan.uploads.append(Photo(entry, path, size, ""))


def hash_photos(plan: Plan, step: Callable[[], None]) -> None:
    """Fill in each photo's digest, calling ``step`` after each; an unreadable file is refused."""
    hashed = []
    with ThreadPoolExecutor(4) as pool:
        for photo, digest in zip(plan.uploads, pool.map(_digest, plan.uploads), strict=True):
            if isinstance(digest, OSError):
                plan.refused.append(_unreadable(photo.path.file, digest))
            else:
                hashed.append(Photo(photo.source, photo.path, photo.size, digest))
            step()
    plan.uploads = hashed


def skip_present(plan: Plan, s3: Any, bucket: str, concurrency: int) -> None:
    """Move photos whose very bytes the set already holds from ``uploads`` to ``present``."""
    sizes = {item["Key"]: item["Size"] for item in _objects(s3, bucket, f"photos/{plan.set_name}/")}
    candidates = [photo for photo in plan.uploads if sizes.get(photo.path.key) == photo.size]
    with ThreadPoolExecutor(concurrency) as pool:
        same = pool.map(lambda photo: _stored_digest(s3, bucket, photo.path.key) == photo.sha256, candidates)
        present = {photo.path for photo, is_same in zip(candidates, same, strict=True) if is_same}
    plan.present = [photo for photo in plan.uploads if photo.path in present]
    plan.uploads = [photo for photo in plan.uploads if photo.path not in present]


def _objects(s3: Any, bucket: str, prefix: str) -> Iterable[dict]:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        yield from page.get("Contents", [])


def _stored_digest(s3: Any, bucket: str, key: str) -> str | None:
    try:
        return s3.head_object(Bucket=bucket, Key=key)["Metadata"].get(SHA256_METADATA)
    except ClientError as error:
        if is_not_found(error):
            return None
        raise


def _digest(photo: Photo) -> str | OSError:
    digest = hashlib.sha256()
    try:
        with open(photo.source, "rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except OSError as error:
        return error
    return digest.hexdigest()


def _head(path: Path) -> bytes:
    with open(path, "rb") as file:
        return file.read(HEAD_BYTES)
