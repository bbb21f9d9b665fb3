"""The bytes of S3's objects, each in a file of its own that is never changed. The journal says which file an object
has, so a write takes effect when it is acknowledged, wholly or not at all.

A list beside them says for which bucket and key each file was written. Only an owner whose journal is lost or older
than the files needs it: it finds them again by name.
"""

import contextlib
import json
import os
import secrets
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from functions.errors import KinpicsError

# Lines of deleted files are dropped when there are this many more lines than files.
_MAX_OLD_LINES = 1000
_RANDOM_BYTES = 16


class UnreadableBodyError(KinpicsError):
    """The bytes of an object are missing or are not those that were written; the message names their file."""


class Bodies:
    """Files in a folder, spread over 256 folders; a name is random and ends with the checksum of the bytes."""

    def __init__(self, folder: Path):
        self._folder = folder
        for number in range(256):
            (folder / f"{number:02x}").mkdir(parents=True, exist_ok=True)
        self._list = folder / "list"

    def write(self, body: bytes, label: str) -> str:
        """Store bytes for ``label``, ``<bucket>/<key>``, and return their name. Raises ``OSError``."""
        name = f"{secrets.token_hex(_RANDOM_BYTES)}{zlib.crc32(body):08x}"
        with open(self._list, "ab", buffering=0) as listed:
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

    def sizes(self) -> dict[str, int]:
        """How many bytes each file has, by name."""
        folders = (os.scandir(self._folder / f"{number:02x}") for number in range(256))
        return {entry.name: entry.stat().st_size for entries in folders for entry in entries}

    def set_aside(self, names: Iterable[str], folder: Path) -> None:
        """Move files into a folder, each under the bucket and key it was written for, if they are known.

        If there are several for one key, the newest gets its name and the others a number. Raises ``OSError``.
        """
        labels = self._labels()
        paths = [self._path(name) for name in names]
        for path in sorted(paths, key=lambda path: -path.stat().st_mtime):
            try:
                _move(path, folder / _relative(labels[path.name]))
            except (KeyError, ValueError, OSError):  # no label, or one that can't be the name of a file
                _move(path, folder / "unknown" / path.name)

    def keep_list(self, labels: Mapping[str, str]) -> None:
        """Write the list again if it lacks files or has far too many lines; ``labels`` has the label of every name."""
        lines = self._list.read_bytes().count(b"\n") if self._list.exists() else 0
        if len(labels) <= lines <= 2 * len(labels) + _MAX_OLD_LINES:
            return
        temporary = self._list.with_suffix(".new")
        temporary.write_bytes(b"".join(_line(name, label) for name, label in labels.items()))
        temporary.replace(self._list)

    def _labels(self) -> dict[str, str]:
        found = {}
        for line in self._list.read_bytes().split(b"\n") if self._list.exists() else ():
            with contextlib.suppress(ValueError, TypeError):  # a torn line
                name, label = json.loads(line)
                found[name] = label
        return found

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name


def checksum_in(name: str) -> int | None:
    """The CRC-32 of a file's bytes, which ends its name; names of the first release have none."""
    checksum = name[2 * _RANDOM_BYTES :]
    return int(checksum, 16) if checksum else None


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
