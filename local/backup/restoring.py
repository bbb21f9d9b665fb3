"""Puts a backup back into an empty data folder.

Files are copied into ``restoring/`` inside it, and moved into place once all are there. As long as that folder exists,
no stack starts, and the same command goes on where it was stopped.
"""

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from local.backup import BackupError
from local.backup.checksums import copy_file, digest_of_file, read_list
from local.backup.making import ABOUT, OBJECTS
from local.full_disk import is_disk_full
from local.journal import FORMAT
from local.state_folder import RESTORING, StateFolder

_WORKERS = 4


def restore_backup(folder: Path, data: Path) -> tuple[int, list[str]]:
    """Put the backup in ``folder`` back into ``data``. Raises ``BackupError``, ``StateFolderError``.

    Returns how many files there are, and what is wrong with some: they are as they are in the backup.
    """
    digests = read_list(folder)
    _check_release(folder, digests)
    if data.exists() and not data.is_dir():
        raise BackupError(f"{data} is not a folder")
    with StateFolder(data).locked():
        _check_empty(data)
        try:
            (data / RESTORING).mkdir(mode=0o700, exist_ok=True)
            wrong = _copy_all(folder, data, digests)
            os.sync()
            for path in sorted((data / RESTORING).iterdir()):
                path.rename(data / path.name)
            (data / RESTORING).rmdir()
        except OSError as error:
            if is_disk_full(error):
                raise BackupError(
                    f"there is no room left in {data}: make room and run it again; it continues where it stopped"
                ) from None
            raise BackupError(f"{folder} could not be put back into {data}: {error}") from None
    return len(digests), wrong


def _check_release(folder: Path, digests: dict[str, str]) -> None:
    about = next((path for path in digests if path.endswith(f"/{ABOUT}")), "")
    try:
        number = int(json.loads((folder / about).read_bytes())["format"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupError(f"{folder} is damaged: {about or ABOUT} can't be read ({error})") from None
    if number > FORMAT:
        raise BackupError(f"the backup in {folder} was made by a newer release of kinpics: update kinpics")


def _check_empty(data: Path) -> None:
    if not (data / RESTORING).exists() and any(path.name != "lock" for path in data.iterdir()):
        raise BackupError(f"{data} is not empty: name an empty folder with --data, or move what is in it elsewhere")


def _copy_all(folder: Path, data: Path, digests: dict[str, str]) -> list[str]:
    """Copy all files of a backup; returns what is wrong with some. Raises ``BackupError`` if a database is."""

    def copy(item: tuple[str, str]) -> str:
        path, digest = item
        place = path if path.startswith(f"{OBJECTS}/") else path.partition("/")[2]
        if place == ABOUT:
            return ""
        done, target = data / place, data / RESTORING / place
        for there in (done, target):
            if there.exists() and digest_of_file(there) == digest:
                return ""
        if done.exists():
            target = done  # it was moved into place before, and has changed since
        try:
            return "" if copy_file(folder / path, target) == digest else f"{path} is damaged"
        except FileNotFoundError:
            return f"{path} is missing"

    with ThreadPoolExecutor(_WORKERS) as pool:
        try:
            wrong = [reason for reason in pool.map(copy, digests.items()) if reason]
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    for reason in wrong:
        if ".sqlite " in reason:
            shutil.rmtree(data / RESTORING, ignore_errors=True)
            raise BackupError(f"{folder}: {reason}, and nothing can be put back without it: use another backup")
    return wrong
