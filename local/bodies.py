"""The bytes of S3's objects, each in a file of its own that is never changed. The journal says which file an object
has, so a write takes effect when it is acknowledged, wholly or not at all.

A list beside them says for which bucket and key each file was written. Only an owner whose journal is lost or older
than the files needs it: it finds them again by name.
"""

import contextlib
import io
import json
import os
import secrets
import shutil
import threading
import zlib
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from functions.errors import KinpicsError

# Lines of deleted files are dropped when there are this many more lines than files.
_MAX_OLD_LINES = 1000
_RANDOM_BYTES = 16
_CHUNK = 1024 * 1024


class UnreadableBodyError(KinpicsError):
    """The bytes of an object are missing or are not those that were written; the message names their file."""


class Bodies:
    """Files in a folder, spread over 256 folders; a name is random and ends with the checksum of the bytes."""

    def __init__(self, folder: Path):
        self._folder = folder
        for number in range(256):
            (folder / f"{number:02x}").mkdir(parents=True, exist_ok=True)
        self._list = folder / "list"
        self._new_list = folder / "list.new"
        self._listing = threading.Lock()
        self._noted: set[str] | None = None

    def write(self, body: bytes, label: str) -> str:
        """Store bytes for ``label``, ``<bucket>/<key>``, and return their name. Raises ``OSError``."""
        name = f"{secrets.token_hex(_RANDOM_BYTES)}{zlib.crc32(body):08x}"
        if self._noted is not None:
            self._noted.add(name)
        with self._listing, open(self._list, "ab", buffering=0) as listed:
            listed.write(_line(name, label))
        try:
            file = os.open(self._path(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(file, "wb") as opened:
                opened.write(body)
        except OSError:
            self.remove([name])
            raise
        return name

    def read(self, name: str) -> bytes:
        """The bytes of a name. Raises ``UnreadableBodyError``."""
        try:
            body = self._path(name).read_bytes()
        except OSError as error:
            raise UnreadableBodyError(f"{self._path(name)} can't be read ({error.strerror})") from None
        if checksum_in(name) not in (None, zlib.crc32(body)):
            raise UnreadableBodyError(f"{self._path(name)} is damaged: its checksum is wrong")
        return body

    def remove(self, names: Iterable[str]) -> None:
        """Remove the files with these names that are there."""
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                self._path(name).unlink()

    def size(self, name: str) -> int | None:
        """How many bytes a file has, or None if it isn't there."""
        try:
            return self._path(name).stat().st_size
        except OSError:
            return None

    def names(self) -> Iterator[str]:
        """The names of all files."""
        for number in range(256):
            yield from os.listdir(self._folder / f"{number:02x}")

    def note_written(self) -> Collection[str]:
        """The names of what is written from now on."""
        self._noted = set()
        return self._noted

    def forget_written(self) -> None:
        """Note no more names."""
        self._noted = None

    def set_aside(self, names: Collection[str], folder: Path) -> None:
        """Move files into a folder, each under the bucket and key it was written for, if they are known.

        If there are several for one key, the newest gets its name and the others a number. Raises ``OSError``.
        """
        if not names:
            return
        labels = self._labels(set(names))
        paths = [path for path in map(self._path, names) if path.exists()]
        for path in sorted(paths, key=lambda path: -path.stat().st_mtime):
            try:
                _move(path, folder / _relative(labels[path.name]))
            except (KeyError, ValueError, OSError):  # no label, or one that can't be the name of a file
                _move(path, folder / "unknown" / path.name)

    def write_list(self, count: int, labels: Iterable[tuple[str, str]]) -> int | None:
        """Write a new list beside the old one if that lacks files or has far too many lines; ``labels`` are the
        ``count`` names with their labels. Returns how long the old one was then, or None if it may stay."""
        length = self._list.stat().st_size if self._list.exists() else 0
        if count <= _count_lines(self._list, length) <= 2 * count + _MAX_OLD_LINES:
            return None
        with open(self._new_list, "wb") as file:
            file.writelines(_line(name, label) for name, label in labels)
        return length

    def take_list(self, length: int) -> None:
        """Put the new list into the old one's place, with what that got since it had this length."""
        with self._listing:
            if self._list.exists():
                with open(self._list, "rb") as old, open(self._new_list, "ab") as new:
                    old.seek(length)
                    shutil.copyfileobj(old, new)
            self._new_list.replace(self._list)

    def _labels(self, names: set[str]) -> dict[str, str]:
        found = {}
        with open(self._list, "rb") if self._list.exists() else io.BytesIO() as lines:
            for line in lines:
                with contextlib.suppress(ValueError, TypeError):  # a torn line
                    name, label = json.loads(line)
                    if name in names:
                        found[name] = label
        return found

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name


def checksum_in(name: str) -> int | None:
    """The CRC-32 of a file's bytes, which ends its name; names of the first release have none."""
    checksum = name[2 * _RANDOM_BYTES :]
    return int(checksum, 16) if checksum else None


def list_records_with_bodies(cell: dict[str, Any]) -> list[dict[str, Any]]:
    """Those of an object's current record and its versions that have bytes."""
    records = [*([cell["current"]] if cell["current"] else []), *cell["versions"]]
    return [record for record in records if record.get("body_name")]


def _count_lines(path: Path, length: int) -> int:
    """How many lines a file's first ``length`` bytes have."""
    count = 0
    with open(path, "rb") if length else io.BytesIO() as file:
        while length > 0 and (part := file.read(min(length, _CHUNK))):
            count += part.count(b"\n")
            length -= len(part)
    return count


def _line(name: str, label: str) -> bytes:
    return json.dumps([name, label]).encode() + b"\n"


def _relative(label: str) -> Path:
    """A label as a path that stays in its folder. Raises ``ValueError``."""
    parts = label.split("/")
    if {"", ".", ".."} & set(parts):
        raise ValueError(f"{label} can't be a path")
    return Path(*parts)


def _move(path: Path, target: Path) -> None:
    """Move a file to a free name. Raises ``OSError``, ``ValueError``."""
    target.parent.mkdir(parents=True, exist_ok=True)
    stem, suffix, number = target.stem, target.suffix, 1
    while target.exists():
        number += 1
        target = target.with_name(f"{stem} ({number}){suffix}")
    path.rename(target)
