"""What an export comes in: a folder, or one or more zips that are read together as one tree.

Nothing is unpacked: files are read as streams. A zip comes from anybody, so what could do harm is refused with its
reason, and the rest goes on.

https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

import abc
import contextlib
import os
import shutil
import stat
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import IO

from functions.errors import KinpicsError
from scripts.common.folders import FolderError, open_file
from scripts.common.terminal import printable
from scripts.common.words import cause, size_in_words
from scripts.imports.found import Entry, Unplaced, stem_of
from scripts.upload.plan import is_clutter

# A block of JSON or XMP that a service wrote; Instagram's greatest have some dozens of megabytes.
MAX_TEXT_BYTES = 256 * 1024 * 1024
# Photos and films hardly shrink in a zip; below this size, whatever an entry grows to does no harm.
_MAX_RATIO, _HARMLESS_BYTES = 200, 16 * 1024 * 1024
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED, _SAYS_UTF_8 = 0x1, 0x800
_CHUNK = 1024 * 1024


class ContainerError(KinpicsError):
    """A file in a container can't be read; the message says why."""


class Container(abc.ABC):
    """A tree of files. ``label`` is what the owner calls it, ``refused`` what in it isn't read and why."""

    def __init__(self, label: str):
        self.label = label
        self.refused: list[Unplaced] = []
        self._entries: dict[str, Entry] = {}

    def entries(self) -> Iterable[Entry]:
        """Every file, by name."""
        return self._entries.values()

    def names(self) -> Iterable[str]:
        return self._entries.keys()

    def find(self, name: str) -> Entry | None:
        """The file of this name."""
        return self._entries.get(name)

    @contextlib.contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """A file as a stream. Raises ``ContainerError``, while it is read too."""
        try:
            with self._open(name) as stream:
                yield stream
        except OSError as error:
            raise ContainerError(f"can't be read: {cause(error)}") from None
        except (zipfile.BadZipFile, zlib.error, EOFError):
            raise ContainerError("is damaged inside its zip: get that part of the export again") from None

    def read(self, name: str, most: int = MAX_TEXT_BYTES) -> bytes:
        """A whole file of at most ``most`` bytes. Raises ``ContainerError``."""
        with self.open(name) as stream:
            data = stream.read(most + 1)
        if len(data) > most:
            raise ContainerError(f"has more than {size_in_words(most)}, and no export has so much in one such file")
        return data

    @contextlib.contextmanager
    def as_file(self, name: str) -> Iterator[Path]:
        """A file on the disk, as long as it is needed. Raises ``ContainerError``."""
        with tempfile.NamedTemporaryFile(prefix="kinpics-", suffix=Path(name).suffix[:10]) as spooled:
            with self.open(name) as stream:
                shutil.copyfileobj(stream, spooled, _CHUNK)
            spooled.flush()
            yield Path(spooled.name)

    def _free_name(self, name: str) -> str:
        """A name for a file whose own another one has: as Google calls the second of a name, and its JSON."""
        stem = stem_of(name)
        start = name.rpartition("/")[0] + "/" if "/" in name else ""
        suffix = name[len(start) + len(stem) :]
        return next(free for number in count(2) if (free := f"{start}{stem}({number}){suffix}") not in self._entries)

    @abc.abstractmethod
    def close(self) -> None:
        """Let go of its files."""

    @abc.abstractmethod
    def _open(self, name: str) -> IO[bytes]:
        """A file as a stream."""


class Folder(Container):
    """A folder with everything inside; hidden files and links are passed over. Raises ``FolderError``."""

    def __init__(self, root: Path):
        super().__init__(root.resolve().name or str(root))
        self._root = root
        self._paths: dict[str, str] = {}
        try:
            os.listdir(root)
        except OSError as error:
            raise FolderError(f"{root} can't be read: {cause(error)}") from None
        self._list(str(root), "")

    def _list(self, folder: str, prefix: str) -> None:
        try:
            found = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            self.refused.append(Unplaced(printable(prefix), f"can't be read: {cause(error)}", is_failure=True))
            return
        for entry in found:
            name = prefix + entry.name
            if is_clutter(entry.name) or entry.name.startswith("@"):
                continue
            if entry.is_symlink():
                self.refused.append(Unplaced(printable(name), "a link, which is not followed"))
            elif entry.is_dir():
                self._list(entry.path, f"{name}/")
            elif entry.is_file():
                self._add(name, entry)

    def _add(self, name: str, entry: "os.DirEntry[str]") -> None:
        # Some systems split a letter and its accent into two characters; JSON beside it has them as one.
        plain = unicodedata.normalize("NFC", name)
        if plain in self._entries:
            plain = self._free_name(plain)
        try:
            plain.encode()
            self._entries[plain] = Entry(plain, entry.stat().st_size)
        except UnicodeEncodeError:
            self.refused.append(Unplaced(printable(name), "its name is not valid Unicode: rename it", is_failure=True))
        except OSError as error:
            self.refused.append(Unplaced(printable(name), f"can't be read: {cause(error)}", is_failure=True))
        else:
            if plain != name:
                self._paths[plain] = name

    def _open(self, name: str) -> IO[bytes]:
        return open_file(self._root / self._paths.get(name, name))

    @contextlib.contextmanager
    def as_file(self, name: str) -> Iterator[Path]:
        """The file itself."""
        yield self._root / self._paths.get(name, name)

    def close(self) -> None:
        """A folder's files are open only while they are read."""


class ZipParts(Container):
    """Zips that are parts of one export. A part that can't be read is refused, and so is what is unsafe in it."""

    def __init__(self, parts: Sequence[Path]):
        super().__init__(parts[0].stem if len(parts) == 1 else f"{parts[0].stem} and {len(parts) - 1} more")
        self._zips: list[zipfile.ZipFile] = []
        self._where: dict[str, tuple[int, zipfile.ZipInfo]] = {}
        # Names that several parts have, with another content each.
        self.conflicts: list[str] = []
        for part in parts:
            self._add_part(part)

    def close(self) -> None:
        for opened in self._zips:
            opened.close()

    def _add_part(self, part: Path) -> None:
        try:
            opened = zipfile.ZipFile(part)
        except OSError as error:
            self.refused.append(Unplaced(str(part), f"can't be read: {cause(error)}", is_failure=True))
            return
        except (zipfile.BadZipFile, NotImplementedError, ValueError):
            reason = "is cut off or is no zip, so nothing of it is taken: download this part again"
            self.refused.append(Unplaced(str(part), reason, is_failure=True))
            return
        self._zips.append(opened)
        locked = 0
        for info in opened.infolist():
            if info.is_dir() or info.filename.startswith("__MACOSX/"):
                continue
            if info.flag_bits & _ENCRYPTED:
                locked += 1
            elif reason := _why_refused(info):
                name = printable(info.filename)
                self.refused.append(Unplaced(f"{part.name}: {name}", reason, is_failure=True))
            elif not is_clutter(info.filename.rpartition("/")[2]):
                self._add(len(self._zips) - 1, info)
        if locked:
            reason = f"{locked} of its files need a password: unpack it with the password, and give the folder"
            self.refused.append(Unplaced(part.name, reason, is_failure=True))

    def _add(self, part: int, info: zipfile.ZipInfo) -> None:
        name = unicodedata.normalize("NFC", _name_of(info))
        while known := self._entries.get(name):
            if known[1:] == (info.file_size, info.CRC):
                return
            if self._where[name][0] != part:
                self.conflicts.append(name)
                return
            name = self._free_name(name)
        self._entries[name] = Entry(name, info.file_size, info.CRC)
        self._where[name] = part, info

    def _open(self, name: str) -> IO[bytes]:
        part, inside = self._where[name]
        return self._zips[part].open(inside)


def _name_of(info: zipfile.ZipInfo) -> str:
    """The name of an entry. macOS writes UTF-8 without saying so, and what doesn't say so is read as code page 437."""
    if info.filename.isascii() or info.flag_bits & _SAYS_UTF_8:
        return info.filename
    try:
        return info.filename.encode("cp437").decode()
    except UnicodeError:
        return info.filename


def _why_refused(info: zipfile.ZipInfo) -> str:
    """Why an entry of a zip isn't read; empty if it is."""
    name = info.filename.replace("\\", "/")
    if name.startswith("/") or ".." in name.split("/") or name[1:3] == ":/":
        return "its name leads out of the zip"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "a link, which is not followed"
    if info.compress_type not in _METHODS:
        return "it is packed in a way that no service uses"
    if info.file_size > _HARMLESS_BYTES and info.file_size > _MAX_RATIO * max(info.compress_size, 1):
        return (
            f"it would grow from {size_in_words(info.compress_size)} to {size_in_words(info.file_size)}: no photo does"
        )
    return ""
