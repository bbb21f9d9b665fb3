"""Brings the data folder of an earlier release up to this release's format.

A folder's format is a number, the ``user_version`` of state.sqlite, which every release reads before it writes.
A folder of an earlier format is changed in a copy; the bytes of objects are no part of it:

1. ``migrating/`` gets a copy of each database, and the migrations change the copies, one after the other.
2. It is renamed to ``migrated/``. From this moment the folder has the new format.
3. Each old database moves to ``before-format-<number>/``, and the new one takes its place.

A kill or a full disk during the first step leaves the folder as it was, and the next start begins again. After a kill
during the third, the next start finishes it. The old databases stay for a week, no longer: they hold what the owner may
have deleted since.
"""

import contextlib
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from functions.errors import KinpicsError
from local.full_disk import is_disk_full
from local.journal import FORMAT, DamagedError, check

_STATE = "state.sqlite"
_COPIES = "migrating"
_READY = "migrated"
_OLD = "before-format-"
_KEPT_SECONDS = 7 * 24 * 3600
# Files that SQLite keeps beside a database. They go before it does: a log must not be left to its successor.
_BESIDE = ("-wal", "-shm", "-journal")


class FormatError(KinpicsError):
    """A folder can't be brought to this release's format; the message says why and what to do."""


@dataclass(frozen=True)
class Migration:
    """One step to a newer format: ``number`` is the format after it, ``what`` says what changes, for the owner.

    ``run`` is given a folder with copies of all databases. It changes them, or adds to them, in any way, and closes
    what it opens. It may be stopped at any moment and begins anew with new copies.
    """

    number: int
    what: str
    run: Callable[[Path], None]


def bring_up_to_date(
    folder: Path, migrations: Sequence[Migration], tell: Callable[[str], None], newest: int = FORMAT
) -> None:
    """Give a locked folder the format ``newest``, in ascending steps. Raises ``FormatError``, ``DamagedError``."""
    _finish(folder)
    _forget_old(folder)
    number = read_format(folder)
    if number is None:
        return
    if number > newest:
        raise FormatError(
            f"{folder} was made by a newer release of kinpics (its format is {number}; this release knows formats up "
            f"to {newest}): update kinpics, or choose another folder with --data"
        )
    steps = [migration for migration in migrations if number < migration.number <= newest]
    if not steps:
        return
    for step in steps:
        tell(f"Bringing {folder} up to date: {step.what}")
    try:
        _change_copies(folder, steps)
        (folder / f"{_OLD}{number}").mkdir(exist_ok=True)
        _sync(folder / _COPIES)
        (folder / _COPIES).rename(folder / _READY)
        _sync(folder)
    except (OSError, sqlite3.Error) as error:
        raise _failed(folder, error) from None
    finally:
        shutil.rmtree(folder / _COPIES, ignore_errors=True)
    _finish(folder)
    tell(f"{folder} is up to date. Its old databases stay in {_OLD}{number} for a week")


def read_format(folder: Path) -> int | None:
    """The format of a folder; None where nothing was stored yet, or where what is there can't be read."""
    path = folder / _STATE
    if not path.exists() or not path.stat().st_size:
        return None
    try:
        with contextlib.closing(sqlite3.connect(path)) as file:
            (number,) = file.execute("PRAGMA user_version").fetchone()
    except sqlite3.DatabaseError:
        return None  # opening the journal says what is wrong with it
    return int(number) or None


def is_between_formats(folder: Path) -> bool:
    """Whether a folder was left in the middle of the third step: the next start finishes it."""
    return (folder / _READY).exists()


def _change_copies(folder: Path, steps: Sequence[Migration]) -> None:
    copies = folder / _COPIES
    shutil.rmtree(copies, ignore_errors=True)
    copies.mkdir(mode=0o700)
    for path in sorted(folder.glob("*.sqlite")):
        with (
            contextlib.closing(sqlite3.connect(path)) as file,
            contextlib.closing(sqlite3.connect(copies / path.name)) as copy,
        ):
            try:
                check(file)
            except sqlite3.DatabaseError as error:
                raise DamagedError(f"{path} is damaged ({error})") from None
            file.backup(copy)
    for step in steps:
        step.run(copies)
        with contextlib.closing(sqlite3.connect(copies / _STATE)) as state:
            state.execute(f"PRAGMA user_version = {step.number}")
    for path in copies.glob("*.sqlite"):
        with contextlib.closing(sqlite3.connect(path)) as file:
            file.execute("PRAGMA journal_mode = DELETE")  # all of it is in one file


def _finish(folder: Path) -> None:
    """Put the new databases into the places of the old, where that was begun."""
    ready = folder / _READY
    if not ready.exists():
        return
    old = folder / f"{_OLD}{_old_number(folder)}"
    for new in sorted(ready.glob("*.sqlite"), key=lambda path: path.name == _STATE):
        path = folder / new.name
        for file in (*(path.with_name(path.name + suffix) for suffix in _BESIDE), path):
            with contextlib.suppress(FileNotFoundError):
                file.replace(old / file.name)
        new.replace(path)
    shutil.rmtree(ready)
    _sync(folder)


def _old_number(folder: Path) -> int:
    """The format the folder had: the folder for its databases is made before the new ones are ready."""
    numbers = [int(path.name.removeprefix(_OLD)) for path in folder.glob(f"{_OLD}*")]
    return max(numbers)


def _forget_old(folder: Path) -> None:
    """Remove databases of earlier formats after a week."""
    for old in folder.glob(f"{_OLD}*"):
        if time.time() - old.stat().st_mtime > _KEPT_SECONDS:
            shutil.rmtree(old, ignore_errors=True)


def _failed(folder: Path, error: Exception) -> Exception:
    """What to say of a failure during the first step."""
    if is_disk_full(error):
        size = sum(path.stat().st_size for path in folder.glob("*.sqlite"))
        return FormatError(
            f"the disk is full, so {folder} could not be brought up to this release's format: make room for about "
            f"{max(2, 2 * size // 1_000_000):,} MB and start again. The folder was left as it was"
        )
    if isinstance(error, OSError):
        return FormatError(f"{folder} could not be brought up to this release's format: {error}. It was left as it was")
    return DamagedError(f"the databases in {folder} can't be read ({error})")


def _sync(folder: Path) -> None:
    """Have the names in a folder survive a power cut."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
