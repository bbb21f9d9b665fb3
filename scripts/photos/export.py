"""Exporting the whole site, as files that any other program reads: originals, and what the tables say as JSON."""

import base64
import contextlib
import csv
import errno
import hashlib
import io
import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from functions.errors import KinpicsError
from functions.galleries import Gallery
from functions.keys import ImagePath
from functions.photo_originals import SHA256_METADATA
from functions.table_rows import from_dynamodb
from scripts.common.folders import PHOTOS_FOLDER, ROWS_FOLDER
from scripts.common.progress import Progress
from scripts.common.site_galleries import GalleryWords, list_galleries, read_words
from scripts.common.stack import Stack
from scripts.common.words import cause
from scripts.gallery.gallery_survey import path_of
from scripts.gallery.portrait_folder import NEEDED, OTHERS, WORDS_FILE
from scripts.gallery.portraits import list_portraits
from scripts.people.exported_names import export_names
from scripts.people.sidecars import is_sidecar
from scripts.photos.originals import StoredPhoto, list_originals

_CHUNK = 1024 * 1024
# The disk or the owner's share of it is full, a file is too large for it, or it is read-only.
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})


class ExportError(KinpicsError):
    """Nothing more can be written; the message says why."""


@contextlib.contextmanager
def _written(target: Path) -> Iterator[Any]:
    """Write a file so that it is there whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    # The file's name may have the greatest length there is, so this one doesn't contain it.
    partial = target.with_name(f".{hashlib.sha256(target.name.encode()).hexdigest()[:16]}.part")
    try:
        with open(partial, "wb") as file:
            yield file
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)


def export_site(stack: Stack, folder: Path, concurrency: int, progress: Progress) -> tuple[int, int, dict[str, str]]:
    """Write ``photos/<set>/<file>`` and ``sets/<set>.json``; returns photos written, photos there, failures.

    The lookalike gallery goes to ``gallery/``, and the others to ``galleries/<name>/``, as `kinpics gallery add` takes
    them; decisions about people go to ``people.jsonl`` and into sidecars, ``photos/<set>/<file>.xmp``.
    A photo that is there in its full size, and has not changed since, is not fetched again, so an export that was
    stopped goes on when it is run again. Raises ``ExportError`` once there is no room for more.
    """
    try:
        return _export(stack, folder, concurrency, progress)
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        advice = "make room, and run the same command again to continue"
        raise ExportError(f"{folder} can't be written to: {cause(error)}; {advice}") from None


def find_left_over(stack: Stack, folder: Path) -> list[str]:
    """Photos in an exported site's folder (``<set>/<file>``) that an earlier export wrote and the site has no more."""
    photos = folder / PHOTOS_FOLDER
    files = (file for file in photos.glob("*/*") if file.is_file() and not is_sidecar(file.name))
    there = {str(file.relative_to(photos)) for file in files if not file.name.startswith(".")}
    return sorted(there - {str(original.path) for original in list_originals(stack, misnamed={})})


def _export(stack: Stack, folder: Path, concurrency: int, progress: Progress) -> tuple[int, int, dict[str, str]]:
    wanted = []
    failures: dict[str, str] = {}
    present = 0
    for original in list_originals(stack, misnamed=failures):
        target = folder / PHOTOS_FOLDER / original.path.set_name / original.path.file
        if _is_there(target, original):
            present += 1
        else:
            wanted.append((original.path, target))

    def fetch(entry: tuple[ImagePath, Path]) -> tuple[ImagePath, str]:
        try:
            _fetch(stack, *entry)
        except (ClientError, BotoCoreError, OSError) as error:
            if isinstance(error, OSError) and error.errno in _NO_ROOM:
                raise
            return entry[0], cause(error)
        return entry[0], ""

    with progress.bar("Fetching", len(wanted)) as step, ThreadPoolExecutor(concurrency) as pool:
        try:
            for path, reason in pool.map(fetch, wanted):
                if reason:
                    failures[str(path)] = reason
                step()
        except (KeyboardInterrupt, OSError):
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    for photo_set in stack.photos.list_sets():
        photos = [from_dynamodb(photo.to_item()) for photo in stack.photos.list_photos(photo_set.sortkey)]
        with _written(folder / ROWS_FOLDER / f"{photo_set.sortkey}.json") as file:
            whole = {"set": from_dynamodb(photo_set.to_item()), "pics": photos}
            text = json.dumps(whole, indent=1, ensure_ascii=False, default=_as_text)
            file.write(text.encode())
    for gallery in list_galleries(stack):
        target = folder / "gallery" if gallery.is_first else folder / "galleries" / gallery.name
        _export_gallery(stack, gallery, target)
    failures |= export_names(stack, folder, _write)
    written = len(wanted) - sum(1 for path, _ in wanted if str(path) in failures)
    return written, present, failures


def _write(target: Path, content: bytes) -> None:
    with _written(target) as file:
        file.write(content)


def _as_text(value: Any) -> Any:
    """What JSON has no type for: sets, and bytes, which other programs may have written."""
    if isinstance(value, set):
        return sorted(from_dynamodb(list(value)), key=str)
    return base64.b64encode(bytes(value)).decode()


def _export_gallery(stack: Stack, gallery: Gallery, folder: Path) -> None:
    portraits = sorted(list_portraits(stack, gallery), key=path_of)
    words = read_words(stack, gallery)
    if words != GalleryWords():
        _write(folder / WORDS_FILE, json.dumps(asdict(words), indent=1, ensure_ascii=False).encode())
    if not portraits:
        return
    table = io.StringIO()
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow((*NEEDED, *OTHERS))
    for record in portraits:
        file = path_of(record).rpartition("/")[2]
        rows.writerow([file, record.person, record.credit or "", record.licence or "", record.url or ""])
        if not (folder / file).exists():
            body = stack.s3.get_object(Bucket=stack.outputs.pics_bucket, Key=path_of(record))["Body"].read()
            with _written(folder / file) as target:
                target.write(body)
    with _written(folder / "credits.csv") as target:
        target.write(table.getvalue().encode())


def _is_there(target: Path, original: StoredPhoto) -> bool:
    if not target.exists():
        return False
    found = target.stat()
    return found.st_size == original.size and found.st_mtime >= original.modified_at.timestamp()


def _fetch(stack: Stack, path: ImagePath, target: Path) -> None:
    response = stack.s3.get_object(Bucket=stack.outputs.pics_bucket, Key=path.key)
    digest = hashlib.sha256()
    with _written(target) as file:
        for chunk in response["Body"].iter_chunks(_CHUNK):
            digest.update(chunk)
            file.write(chunk)
        expected = response["Metadata"].get(SHA256_METADATA)
        if expected and digest.hexdigest() != expected:
            raise OSError("the bytes that arrived are not those that were uploaded (their SHA-256 differs): try again")
