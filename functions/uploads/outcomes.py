"""What is decided about photos from browsers: taken back by who sent them, let in or refused by the owner.

A decision is a row's new state; the arrivals function carries it out, asked by a message.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from functions.contribution_rows import Contribution
from functions.keys import image_path
from functions.photo_reader import PhotoReader
from functions.uploads.contributions import (
    BEGUN,
    FAILED,
    LET_IN,
    REFUSED,
    SHOWN,
    TAKEN_BACK,
    WAITING,
    Contributions,
)
from functions.uploads.incoming import Incoming
from functions.uploads.senders import GUESTS, Sender, is_open
from functions.uploads.settling_queue import SettlingQueue
from functions.uploads.upload_call import MAX_IDS, UploadCall

# From which states a photo may come to each.
_COME_FROM = {
    LET_IN: (WAITING,),
    REFUSED: (BEGUN, WAITING, LET_IN, SHOWN),
    TAKEN_BACK: (BEGUN, WAITING, LET_IN, SHOWN, FAILED),
}
# So many photos are decided in one call; more are decided by the next.
_MAX_DECIDED = 500
# Processing a photo takes seconds, behind others minutes; who looks later is told what its row says.
_PROCESSED_SECONDS = 900


@dataclass(frozen=True)
class Outcomes:
    """Lists photos, and decides about them. ``clock`` gives seconds since 1970."""

    photos: PhotoReader
    contributions: Contributions
    incoming: Incoming
    queue: SettlingQueue
    clock: Callable[[], float]

    def mine(self, sender: Sender, ids: Iterable[str]) -> dict[str, Any]:
        """The answer to `mine` (functions/uploads/handler.py)."""
        own = [row_id for row_id in ids if row_id.startswith(f"{sender.who}.")]
        rows = (
            self.contributions.look_at(sender.set_name, sender.who, own)
            if ids
            else self.contributions.list_of(sender.set_name, sender.who)
        )
        coming = self._coming(rows)
        photos = [{**_shown(row), **({"state": LET_IN} if row.id in coming else {})} for row in rows]
        closed = {"is_open": is_open(sender.event, self.clock())} if sender.event else {}
        return {"set": sender.set_name, "photos": photos, **closed}

    def take_back(self, sender: Sender, ids: Iterable[str]) -> dict[str, Any]:
        """Take back the sender's own among these photos."""
        own = [row_id for row_id in ids if row_id.startswith(f"{sender.who}.")]
        rows = self.contributions.get_all(sender.set_name, own).values()
        return {"taken_back": self._decide(sender.set_name, rows, TAKEN_BACK)}

    def list_waiting(self, call: UploadCall, set_name: str) -> dict[str, Any]:
        """A page of the photos that wait in a set."""
        rows, after = self.contributions.list_waiting(set_name, call.limit, call.after)
        photos = [
            {
                **_shown(row),
                "who": row.who,
                **({"name": row.name} if row.name else {}),
                **self.incoming.look_at(row),
            }
            for row in rows
        ]
        return {"photos": photos, **({"after": after} if after else {})}

    def count_waiting(self) -> dict[str, int]:
        """How many photos wait, by set."""
        return self.contributions.count_waiting()

    def let_in(self, call: UploadCall, set_name: str, *, of_guests: bool = False) -> dict[str, Any]:
        """Show photos that wait; with ``of_guests``, which helpers decide about, only guests'."""
        return {"let_in": self._decide(set_name, self._chosen(call, set_name, of_guests=of_guests), LET_IN)}

    def refuse(self, call: UploadCall, set_name: str, *, of_guests: bool = False) -> dict[str, Any]:
        """Remove photos that wait or are shown; ``of_guests`` as for `let_in`."""
        return {"refused": self._decide(set_name, self._chosen(call, set_name, of_guests=of_guests), REFUSED)}

    def _coming(self, rows: Iterable[Contribution]) -> set[str]:
        """Ids of photos that came into their set a moment ago, and that pages don't show yet: they may still fail."""
        paths = {
            row.id: image_path(row.set_name, row.file)
            for row in rows
            if row.state == SHOWN and row.file and row.at
            if self.clock() - datetime.fromisoformat(row.at).timestamp() < _PROCESSED_SECONDS
        }
        processed = self.photos.get_attribute(paths.values(), "sha256") if paths else {}
        return {row_id for row_id, path in paths.items() if path not in processed}

    def _chosen(self, call: UploadCall, set_name: str, *, of_guests: bool) -> Iterable[Contribution]:
        if call.ids:
            # Whoever sees a shown photo could say the id of a contributor's or the owner's row.
            ids = [row_id for row_id in call.ids if not of_guests or row_id.startswith(GUESTS)]
            return self.contributions.get_all(set_name, ids).values()
        if not (call.everything or call.all_of):
            return ()
        return [row for row in self._all_waiting(set_name) if call.everything or row.who == call.all_of][:_MAX_DECIDED]

    def _all_waiting(self, set_name: str) -> Iterator[Contribution]:
        after = ""
        while True:
            rows, after = self.contributions.list_waiting(set_name, MAX_IDS, after)
            yield from rows
            if not after:
                return

    def _decide(self, set_name: str, rows: Iterable[Contribution], state: str) -> list[str]:
        """Give rows a state; ids of those that have it now."""
        decided, left = [], []
        for row in rows:
            is_decided = row.state == state
            if not (is_decided or self.contributions.move(row, state, _COME_FROM[state])):
                continue
            decided.append(row.id)
            if row.file or not is_decided:  # a photo that has gone has no file any more
                left.append(row.id)
        self.queue.ask(set_name, left)
        return decided


def _shown(row: Contribution) -> dict[str, Any]:
    """A photo as browsers see it."""
    known = {
        "id": row.id,
        "file": row.file,
        "size": row.size,
        "sha256": row.sha256 if row.file else None,
        "at": row.at,
        "state": row.state,
        "code": row.code,
        "message": row.message,
    }
    return {name: value for name, value in known.items() if value is not None}
