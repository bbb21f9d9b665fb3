"""What is in a folder tree: its folders, one after the other, and the size and time of each file.

Looking again and again finds changes on every file system, network drives too, where the kernel tells of none; and
whether a file has settled can only be seen by looking twice.
"""

import os
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from functions.keys import check_new_name, check_set_name
from scripts.common.words import cause
from scripts.upload.plan import is_clutter

# What programs call a file that they are still writing.
_UNFINISHED = (".partial", ".part", ".crdownload", ".download", ".filepart", ".tmp", ".temp", "~")
# Folders that systems make for themselves: thumbnails of network drives, archives' leftovers, bins.
_NOT_PHOTOS = frozenset({"@eadir", "__macosx", "lost+found", "$recycle.bin", "#recycle", "system volume information"})
# Between the names of folders inside each other, in a set's name.
_BETWEEN = " - "


@dataclass(frozen=True)
class Sight:
    """What shows that a file has changed: its size in bytes, and when it was, in nanoseconds since 1970."""

    size: int
    mtime_ns: int


@dataclass
class FolderSight:
    """One folder: ``path`` relative to the tree, empty for the tree itself, and what lies in it by name.

    None stands for a file that is there but can't be looked at. If ``trouble`` says why the folder itself can't be
    read, nobody knows what is in it or below it.
    """

    path: str
    files: dict[str, Sight | None] = field(default_factory=dict)
    trouble: str = ""


def walk(root: Path) -> Iterator[FolderSight]:
    """Every folder of a tree, its own first. Links are not followed, and no folder is looked at twice."""
    waiting = [""]
    seen: set[tuple[int, int]] = set()
    while waiting:
        found = FolderSight(waiting.pop())
        inside: list[str] = []
        try:
            here = os.stat(root / found.path)
            if (here.st_dev, here.st_ino) in seen:
                continue  # a folder that is mounted a second time, perhaps inside itself
            seen.add((here.st_dev, here.st_ino))
            with os.scandir(root / found.path) as entries:
                for entry in entries:
                    _look_at(entry, found, inside)
        except OSError as error:
            if found.path and isinstance(error, FileNotFoundError):
                continue  # gone since it was listed
            found.trouble = cause(error)
        yield found
        waiting += sorted(inside, reverse=True)


def set_name_of(root: Path, folder: str) -> str:
    """The set of a folder: its name, after those of the folders it is in. Raises ``BadNameError``."""
    name = _BETWEEN.join(Path(folder).parts) if folder else root.name
    return check_set_name(check_new_name(unicodedata.normalize("NFC", name)))


def _look_at(entry: "os.DirEntry[str]", found: FolderSight, inside: list[str]) -> None:
    name = entry.name
    if is_clutter(name) or name.lower().endswith(_UNFINISHED):
        return
    try:
        status = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return  # gone since it was listed
    except OSError:
        found.files[name] = None
        return
    if stat.S_ISDIR(status.st_mode):
        if name.lower() not in _NOT_PHOTOS:
            inside.append(os.path.join(found.path, name))
    else:
        found.files[name] = Sight(status.st_size, status.st_mtime_ns)
