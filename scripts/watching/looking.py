"""Finds what has changed in a folder tree since it was last seen, once it has come to rest."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from scripts.watching.folder_tree import Sight, walk
from scripts.watching.seen_files import SeenFile, SeenFiles, State

# Folder and name of a file.
Place = tuple[str, str]


@dataclass(frozen=True)
class Found:
    """A file that is new or has changed, and has settled; ``known`` is what was seen of it before."""

    place: Place
    sight: Sight
    known: SeenFile | None


@dataclass
class Look:
    """What one look at a tree has found.

    ``unsettled`` files have still to be seen a second time as they are. ``missing`` files are not there, and ``gone``
    are those of them that weren't there a while ago either. ``back`` are there again, unchanged. ``troubles`` says
    which folders can't be read, and why.
    """

    ready: list[Found] = field(default_factory=list)
    unsettled: dict[Place, Sight] = field(default_factory=dict)
    missing: set[Place] = field(default_factory=set)
    gone: list[SeenFile] = field(default_factory=list)
    back: list[SeenFile] = field(default_factory=list)
    troubles: dict[str, str] = field(default_factory=dict)
    files: int = 0

    @property
    def surely_gone(self) -> list[SeenFile]:
        """Those that are gone, without those of which an unsettled file may turn out to be the new place."""
        sizes = {sight.size for sight in self.unsettled.values()}
        return [file for file in self.gone if file.sight.size not in sizes]

    @property
    def is_restless(self) -> bool:
        """Whether a second look will tell more."""
        return bool(self.unsettled) or len(self.missing) > len(self.gone)


class Looker:
    """Looks at one tree again and again. A file has settled if two looks ``settle`` seconds apart see it the same."""

    def __init__(self, root: Path, seen: SeenFiles, settle: float, clock: Callable[[], float] = time.monotonic):
        self._root = root
        self._seen = seen
        self._settle = settle
        self._clock = clock
        self._new: dict[Place, tuple[Sight, float]] = {}
        self._missing: dict[Place, float] = {}

    def look(self) -> Look:
        """Look once. If nothing at all is there, only ``files`` says so: its drive may not be connected."""
        now, look = self._clock(), Look()
        new: dict[Place, tuple[Sight, float]] = {}
        absent: list[SeenFile] = []
        read: set[str] = set()
        for folder in walk(self._root):
            if folder.trouble:
                look.troubles[folder.path] = folder.trouble
                continue
            read.add(folder.path)
            look.files += len(folder.files)
            known = self._seen.in_folder(folder.path)
            for name, sight in folder.files.items():
                file = known.pop(name, None)
                if sight is not None:
                    self._judge((folder.path, name), sight, file, look, new, now)
            absent += known.values()
        self._new = new
        if not look.files:
            return look
        for path in self._seen.folders() - read:
            if not _is_inside(path, look.troubles):
                absent += self._seen.in_folder(path).values()
        self._miss(absent, look, now)
        return look

    def _judge(
        self,
        place: Place,
        sight: Sight,
        known: SeenFile | None,
        look: Look,
        new: dict[Place, tuple[Sight, float]],
        now: float,
    ) -> None:
        """Sort one file that is there."""
        if known and known.sight == sight:
            if known.state is State.GONE:
                look.back.append(known)
            return
        before = self._new.get(place)
        since = before[1] if before and before[0] == sight else now
        new[place] = (sight, since)
        if before and now - since >= self._settle:
            look.ready.append(Found(place, sight, known))
        else:
            look.unsettled[place] = sight

    def _miss(self, absent: list[SeenFile], look: Look, now: float) -> None:
        """Sort those that aren't there."""
        self._missing = {file.place: self._missing.get(file.place, now) for file in absent}
        look.missing = set(self._missing)
        look.gone = [
            file for file in absent if file.state is State.GONE or now - self._missing[file.place] >= self._settle
        ]


def _is_inside(path: str, folders: Iterable[str]) -> bool:
    """Whether a folder is one of these, or in one of them."""
    parts = PurePath(path).parts
    return any(parts[: len(PurePath(folder).parts)] == PurePath(folder).parts for folder in folders)
