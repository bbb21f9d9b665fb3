"""Photos that guests sent and that wait for the owner, as the page `/waiting/` has them."""

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from functions.errors import KinpicsError
from functions.uploads.upload_call import LET_IN, MAX_IDS, REFUSE, WAITING
from scripts.common.function_calls import call_function
from scripts.common.stack import Stack


class NothingWaitsError(KinpicsError):
    """No photo with that name is waiting."""


@dataclass(frozen=True)
class WaitingPhoto:
    """A photo that waits: ``sender`` tells senders apart, ``name`` is the first name that one gave, or empty."""

    set_name: str
    file: str
    id: str
    sender: str
    name: str
    at: str


@dataclass(frozen=True)
class WaitingPhotos:
    """``call`` calls the arrivals function with an action and its fields, and returns the output."""

    call: Callable[..., Any]

    def read(self, set_name: str = "") -> list[WaitingPhoto]:
        """Those of a set, or of all sets one after the other; in each, what has waited longest comes first."""
        names = [set_name] if set_name else sorted(self.call(WAITING)["counts"])
        return [photo for name in names for photo in self._of(name)]

    def find(self, names: Iterable[str], sender: str = "") -> list[WaitingPhoto]:
        """Those of sets, or called `SET/FILE`, of one ``sender`` if it is given. Raises ``NothingWaitsError``.

        Two senders may have a file of the same name: both are meant.
        """
        read = functools.cache(self.read)
        found: dict[str, WaitingPhoto] = {}
        for name in names:
            set_name, slash, file = name.partition("/")
            meant = [
                one
                for one in read(set_name)
                if (not slash or file == one.file) and (not sender or sender == one.sender)
            ]
            if not meant:
                of_whom = f" from {sender}" if sender else ""
                raise NothingWaitsError(f"nothing is waiting as {name}{of_whom}: `kinpics waiting list` lists what is")
            found |= {one.id: one for one in meant}
        return list(found.values())

    def let_in(self, photos: Iterable[WaitingPhoto]) -> int:
        """Show photos; returns how many: somebody else may have decided about others meanwhile."""
        return self._decide(LET_IN, photos)

    def refuse(self, photos: Iterable[WaitingPhoto]) -> int:
        """Delete photos for good; returns how many: others may be gone already."""
        return self._decide(REFUSE, photos)

    def _of(self, set_name: str) -> Iterable[WaitingPhoto]:
        after = ""
        while True:
            page = self.call(WAITING, set=set_name, **({"after": after} if after else {}))
            for one in page["photos"]:
                yield WaitingPhoto(
                    set_name, one.get("file", ""), one["id"], one["who"], one.get("name", ""), one.get("at", "")
                )
            after = page.get("after", "")
            if not after:
                return

    def _decide(self, action: str, photos: Iterable[WaitingPhoto]) -> int:
        decided = 0
        for set_name, group in groupby(photos, lambda one: one.set_name):
            ids = [one.id for one in group]
            for start in range(0, len(ids), MAX_IDS):
                answer = self.call(action, set=set_name, ids=ids[start : start + MAX_IDS])
                decided += len(answer["let_in" if action == LET_IN else "refused"])
        return decided


def waiting_photos_of(stack: Stack) -> WaitingPhotos:
    """Those of a deployed stack."""

    def call(action: str, **fields: Any) -> Any:
        return call_function(stack.outputs.arrivals_function, {"action": action, **fields})

    return WaitingPhotos(call)
