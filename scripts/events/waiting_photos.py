"""Photos that guests sent and that wait for the owner, as the page `/waiting/` has them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from functions.errors import KinpicsError
from functions.uploads.upload_call import LET_IN, MAX_IDS, REFUSE, WAITING
from scripts.common.function_calls import call_function
from scripts.common.stack import Stack


class NothingWaitsError(KinpicsError):
    """No photo of that name waits."""


@dataclass(frozen=True)
class WaitingPhoto:
    """A photo that waits: ``who`` tells senders apart, ``sender`` is the first name that one gave, or empty."""

    set_name: str
    file: str
    id: str
    who: str
    sender: str
    at: str


@dataclass(frozen=True)
class WaitingPhotos:
    """``call`` makes a call of the arrivals function, of an action with fields, and returns its output."""

    call: Callable[..., Any]

    def read(self, set_name: str = "") -> list[WaitingPhoto]:
        """Those of a set or of all sets, those who have waited longest first in each."""
        names = [set_name] if set_name else sorted(self.call(WAITING)["counts"])
        return [photo for name in names for photo in self._of(name)]

    def find(self, names: Iterable[str], who: str = "") -> list[WaitingPhoto]:
        """Those of sets, or called `SET/FILE`, of one sender if ``who`` is given. Raises ``NothingWaitsError``.

        Two senders may have a file of one name: both are meant.
        """
        found: dict[str, WaitingPhoto] = {}
        for name in names:
            set_name, _, file = name.partition("/")
            meant = [one for one in self.read(set_name) if file in ("", one.file) and who in ("", one.who)]
            if not meant:
                raise NothingWaitsError(f"no photo of {name} waits: `kinpics waiting list` lists those that do")
            found |= {one.id: one for one in meant}
        return list(found.values())

    def let_in(self, photos: Iterable[WaitingPhoto]) -> int:
        """Show photos; returns how many weren't decided about meanwhile."""
        return self._decide(LET_IN, photos)

    def refuse(self, photos: Iterable[WaitingPhoto]) -> int:
        """Delete photos for good; returns how many weren't gone already."""
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
