"""Makes a backup of a data folder, while a stack runs on it or not."""

import contextlib
import fcntl
import json
import os
import shutil
import sqlite3
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from local.backup import BackupError
from local.backup.checksums import LIST, WRONG, copy_file, digest_of_file, read_list, read_wrong, write_list
from local.bodies import checksum_in
from local.folder_format import is_between_formats, read_format
from local.full_disk import is_disk_full
from local.journal import FORMAT, DamagedError, Journal, check
from local.state_folder import RESTORING

ABOUT = "about.json"
OBJECTS = "objects"
_README = "README.txt"
_README_TEXT = """\
This is a backup of a kinpics site, made by `kinpics backup`. To check it, and to put it back into an empty folder:

    kinpics backup --check THIS_FOLDER
    kinpics --data EMPTY_FOLDER restore THIS_FOLDER

SHA256SUMS lists the files that belong to it; `sha256sum --check SHA256SUMS` checks them too. They hold the photos, the
faces and the keys of the site: keep this folder where only you can read it.
"""
_STATE = "state.sqlite"
# What the data folder has for the moment only, or what can be made again.
_PASSING = ("lock", "running.json", "running.tmp", "tmp", "migrating", "set-aside/README.txt")
_PASSING_PREFIX = "before-format-"
_WORKERS = 4
# While a stack deletes objects, their bytes may be gone before they are copied. Then all is compared once more: what is
# left by then has been copied, but for what came a moment ago.
_MAX_ROUNDS = 10
_BUSY_SECONDS = 30.0


@dataclass
class Made:
    """What a backup did: files in it, those copied this time and their bytes, and what could not be read."""

    files: int = 0
    copied: int = 0
    copied_bytes: int = 0
    problems: list[str] = field(default_factory=list)


def make_backup(data: Path, folder: Path) -> Made:
    """Bring the backup in ``folder`` up to date with the data folder ``data``.

    Raises ``BackupError``; the backup that was in the folder before is whole then.
    """
    _check_folders(data, folder)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / _README).write_text(_README_TEXT, encoding="utf-8")
        with _alone(folder):
            return _Maker(data, folder).make()
    except (OSError, sqlite3.Error) as error:
        if is_disk_full(error):
            reason = f"there is no room left for the backup in {folder}: make room and run the command again"
        else:
            reason = f"the backup in {folder} could not be made: {error}"
        kept = ". The backup that was there before is still complete" if (folder / LIST).exists() else ""
        raise BackupError(reason + kept) from None
    except DamagedError as error:
        raise BackupError(f"{error}: nothing was backed up") from None


class _Maker:
    """Makes one backup."""

    def __init__(self, data: Path, folder: Path):
        self._data = data
        self._folder = folder
        self._made = Made()
        self._wrong = read_wrong(folder)
        listed = read_list(folder) if (folder / LIST).exists() else {}
        self._known = {path: digest for path, digest in listed.items() if path not in self._wrong}
        self._site = ""
        self._name = time.strftime("%Y-%m-%dT%H-%M-%SZ", time.gmtime())
        while (folder / self._name).exists():
            self._name += "+"

    def make(self) -> Made:
        moment = self._folder / self._name
        try:
            digests = self._copy_objects(moment)
            digests |= self._copy_others(moment)
            digests |= {
                path.relative_to(self._folder).as_posix(): digest_of_file(path) for path in moment.rglob("*.sqlite")
            }
            about = moment / ABOUT
            about.write_text(json.dumps({"format": FORMAT, "made": self._name, "site": self._site}), encoding="utf-8")
            digests[f"{self._name}/{ABOUT}"] = digest_of_file(about)
            os.sync()
            write_list(self._folder, digests)
            (self._folder / WRONG).unlink(missing_ok=True)
        except BaseException:
            shutil.rmtree(moment, ignore_errors=True)
            raise
        self._made.files = len(digests)
        self._clear(digests)
        return self._made

    def _copy_objects(self, moment: Path) -> dict[str, str]:
        """Copy the databases and all objects that they name; again, where the stack has deleted one meanwhile."""
        digests: dict[str, str] = {}
        missing: set[str] = set()
        for _ in range(_MAX_ROUNDS):
            shutil.rmtree(moment, ignore_errors=True)
            copy_databases(self._data, moment)
            names = self._read_names(moment / _STATE)
            digests = {path: digest for path, digest in digests.items() if path in names}
            vanished = self._copy_bodies(sorted(names - digests.keys()), digests)
            if vanished <= missing:
                break
            missing = vanished
        self._made.problems += [f"{path} is missing from {self._data}" for path in sorted(vanished)]
        return digests

    def _read_names(self, path: Path) -> set[str]:
        """The files of objects that a copy of state.sqlite names."""
        from local.embedded.cells import list_body_names  # loads what the other commands don't need

        journal = Journal(path)
        try:
            site = journal.get("folder", "faces")
            self._site = site.decode() if site else ""
            self._check_site()
            names = {name for _, value in journal.read("object") for name in list_body_names(value)}
        finally:
            journal.close()
        _in_one_file(path)
        return {f"{OBJECTS}/{name[:2]}/{name}" for name in names}

    def _check_site(self) -> None:
        """Refuse to replace the backup of another site."""
        for path in self._known:
            if path.endswith(f"/{ABOUT}"):
                with contextlib.suppress(OSError, ValueError):
                    if json.loads((self._folder / path).read_bytes())["site"] != self._site:
                        raise BackupError(f"{self._folder} has the backup of another site: choose another folder")

    def _copy_bodies(self, paths: list[str], digests: dict[str, str]) -> set[str]:
        """Copy files of objects that the backup lacks, and note their digests; returns those that aren't there."""
        vanished = set()
        with ThreadPoolExecutor(_WORKERS) as pool:
            futures = [(path, pool.submit(self._copy_body, path)) for path in paths]
            try:
                for path, future in futures:
                    if digest := future.result():
                        digests[path] = digest
                    else:
                        vanished.add(path)
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise
        return vanished

    def _copy_body(self, path: str) -> str | None:
        """The digest of an object's file, in the backup now; None if it isn't anywhere."""
        target = self._folder / path
        if target.exists() and path not in self._wrong:
            # One that an interrupted backup has copied isn't on the list.
            return self._known.get(path) or digest_of_file(target)
        try:
            if checksum_in(target.name) not in (None, _crc(self._data / path)):
                self._made.problems.append(f"{self._data / path} is damaged; it was copied as it is")
            digest = copy_file(self._data / path, target)
        except FileNotFoundError:
            # A damaged copy is better than none.
            return digest_of_file(target) if target.exists() else None
        self._count(target)
        return digest

    def _copy_others(self, moment: Path) -> dict[str, str]:
        """Copy all that is neither a database nor an object; what hasn't changed is linked to the last copy."""
        digests = {}
        last = next((path.partition("/")[0] for path in self._known if path.endswith(f"/{ABOUT}")), "")
        for path in _find_others(self._data):
            name, before = f"{self._name}/{path}", f"{last}/{path}"
            target = self._folder / name
            if before in self._known and _is_same_file(self._data / path, self._folder / before):
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with contextlib.suppress(OSError):  # not every file system has links
                    os.link(self._folder / before, target)
                    digests[name] = self._known[before]
                    continue
            with contextlib.suppress(FileNotFoundError):  # gone since it was listed
                digests[name] = copy_file(self._data / path, target)
                self._count(target)
        return digests

    def _count(self, target: Path) -> None:
        self._made.copied += 1
        self._made.copied_bytes += target.stat().st_size

    def _clear(self, digests: dict[str, str]) -> None:
        """Remove what no longer belongs to the backup: older moments, deleted objects, what was interrupted."""
        for path in self._folder.iterdir():
            if path.is_dir() and path.name not in (OBJECTS, self._name):
                shutil.rmtree(path, ignore_errors=True)
        for path in (self._folder / OBJECTS).rglob("*"):
            if path.is_file() and path.relative_to(self._folder).as_posix() not in digests:
                path.unlink(missing_ok=True)


def copy_databases(data: Path, target: Path) -> None:
    """Copy all databases of a data folder as they are at one moment. Raises ``sqlite3.Error``, ``OSError``.

    For that moment no stack can write to either of its databases, and what it writes afterwards isn't in the copies.
    What watchers have seen is copied before: they remember a photo once the stack has it.
    """
    target.mkdir(mode=0o700)
    for path in sorted((data / "watching").glob("*.sqlite")):
        (target / "watching").mkdir(mode=0o700, exist_ok=True)
        with contextlib.closing(sqlite3.connect(path)) as file:
            _copy_database(file, target / "watching" / path.name)
    paths = sorted(data.glob("*.sqlite"))
    with contextlib.ExitStack() as stack:
        files = [stack.enter_context(contextlib.closing(_open(path))) for path in paths]
        with contextlib.ExitStack() as stopped:
            for path in paths:
                writer = stopped.enter_context(contextlib.closing(_open(path)))
                writer.execute("BEGIN IMMEDIATE")
            for file in files:
                file.execute("BEGIN")
                file.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on it sees this moment
        for path, file in zip(paths, files, strict=True):
            _copy_database(file, target / path.name)


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, timeout=_BUSY_SECONDS)


def _copy_database(file: sqlite3.Connection, target: Path) -> None:
    with contextlib.closing(sqlite3.connect(target)) as copy:
        file.backup(copy)
        check(copy)
    _in_one_file(target)


def _in_one_file(path: Path) -> None:
    """Leave no log beside a copy of a database."""
    with contextlib.closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA journal_mode = DELETE")
    path.chmod(0o600)


def _check_folders(data: Path, folder: Path) -> None:
    """Raise ``BackupError`` unless one can be backed up into the other."""
    number = read_format(data)
    if (data / RESTORING).exists():
        raise BackupError(f"a backup is being put back into {data}: let `kinpics restore` finish first")
    if is_between_formats(data) or (number is not None and number < FORMAT):
        raise BackupError(f"{data} is from an earlier release: start `kinpics local` once, which brings it up to date")
    if number is None:
        raise BackupError(
            f"there is no laptop site in {data}. A site on AWS isn't backed up by this command: there, S3 "
            "keeps old versions of originals and DynamoDB keeps every state of its tables for 35 days "
            "(docs/backups.md), and `kinpics export` saves a copy to this machine"
        )
    if number > FORMAT:
        raise BackupError(f"{data} was made by a newer release of kinpics: update kinpics")
    if folder.resolve().is_relative_to(data.resolve()) or data.resolve().is_relative_to(folder.resolve()):
        raise BackupError(
            f"{folder} overlaps the data folder {data}: choose a folder elsewhere, ideally on another disk"
        )
    if folder.exists() and not folder.is_dir():
        raise BackupError(f"{folder} is not a folder")
    if folder.exists() and any(folder.iterdir()) and not (folder / _README).exists():
        raise BackupError(f"{folder} has other files in it: choose an empty folder, or one with a backup of this site")


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with open(folder / "lock", "w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BackupError(f"another backup into {folder} is running: wait until it has finished") from None
        yield


def _find_others(data: Path) -> Iterator[str]:
    """Files of a data folder that are no databases, no objects, and not there for the moment only."""
    for path in sorted(data.rglob("*")):
        name = path.relative_to(data).as_posix()
        top = name.partition("/")[0]
        if top == OBJECTS or top in _PASSING or name in _PASSING or top.startswith(_PASSING_PREFIX):
            continue
        if path.is_file() and not path.name.endswith((".sqlite", ".sqlite-wal", ".sqlite-shm", ".lock")):
            yield name


def _is_same_file(one: Path, other: Path) -> bool:
    try:
        a, b = one.stat(), other.stat()
    except OSError:
        return False
    return (a.st_size, a.st_mtime_ns) == (b.st_size, b.st_mtime_ns)


def _crc(path: Path) -> int:
    checksum = 0
    with open(path, "rb") as file:
        while block := file.read(1024 * 1024):
            checksum = zlib.crc32(block, checksum)
    return checksum
