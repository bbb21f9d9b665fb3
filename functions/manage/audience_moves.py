"""Who may see the site or a set, as the owner changes it from the pages: everything follows that can without a publish.

Rows go over as with `kinpics audience` (`functions/access/moving.py`), links that lead nowhere go, and the people
function writes its files again. Pages can't be rendered here: where fewer people may see a set now, the site's own
files are withdrawn until `kinpics publish` makes them anew (`functions/withdrawn_site.py`).
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.access.audiences import ALBUM, PRIVATE, PUBLIC
from functions.access.moving import AudienceBusyError, AudienceChange, AudienceChanges
from functions.access.secret_links import drop_useless_links
from functions.dates import timestamp
from functions.errors import KinpicsError
from functions.photo_reader import PhotoReader
from functions.withdrawn_site import SiteBucket

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient


class ShownElsewhereError(KinpicsError):
    """Photos are shown in two sets, and pages that show them can't be made anew from the owner's place."""


@dataclass(frozen=True)
class PeopleRoundCalls:
    """Asks the people function for rounds, through a boto3 client."""

    client: "LambdaClient"
    function: str

    def make(self) -> bool:
        """A round; whether it was made before the call ended. Raises whatever AWS raises."""
        payload = json.dumps({"action": "round", "by": "owner"}).encode()
        answer = json.loads(self.client.invoke(FunctionName=self.function, Payload=payload)["Payload"].read())
        return isinstance(answer, dict) and bool((answer.get("output") or {}).get("shown"))


@dataclass(frozen=True)
class AudienceMoves:
    """Changes audiences on one site. ``make_round`` has the people function write its files; it says whether it did."""

    photos: PhotoReader
    site: SiteBucket
    make_round: Callable[[], bool]
    sleep: Callable[[float], None] = time.sleep

    def change(self, of: str, audience: str | None) -> AudienceChange | None:
        """Let an audience see a set, or the album (``ALBUM``); with None, a set has the album's.

        None if nothing had to change. Raises ``AudienceBusyError``, ``NoWithdrawnSiteError``; called again, it goes on.
        """
        # Before anything begins that it couldn't end.
        self.site.read_withdrawn()
        self.photos.tables.access_table.ensure_key(timestamp())
        return self._changes.change(of, audience)

    def finish(self) -> None:
        """Finish what was stopped. Raises as `change` does."""
        self._changes.finish()

    def progress(self) -> list[dict[str, Any]]:
        """What is being changed: each set (None for the album) whose rows move, with its photos and those left."""
        changes = self._changes
        moving = self.photos.tables.refresh().moving
        counts = {row.sortkey: row.pic_count or 0 for row in self.photos.list_sets()}
        return [
            {
                "set": None if of == ALBUM else of,
                "photos": counts.get(of, 0),
                "left": 0 if of == ALBUM else changes.photos_left(of, PUBLIC if source == PUBLIC else PRIVATE),
            }
            for of, source in sorted(moving.items())
        ]

    @property
    def _changes(self) -> AudienceChanges:
        return AudienceChanges(self.photos.tables, self._follow, refuse_to_withdraw, self.sleep)

    def _follow(self, change: AudienceChange) -> None:
        tables = self.photos.tables
        drop_useless_links(tables.access_table)
        if not self.make_round():
            raise AudienceBusyError(
                "people are being recognised right now, so this isn't done yet: it goes on soon", code="PeopleBusy"
            )
        access = tables.refresh()
        sets = access.sets if change.of == ALBUM else change.sets
        if not all(map(access.is_everywhere, sets)):
            self.site.withdraw()


def refuse_to_withdraw(sets: set[str]) -> None:
    """Refuse a change that has to take photos out of sets that aren't theirs: pages of these would go on showing them.

    Raises ``ShownElsewhereError``.
    """
    if sets:
        named = sorted(sets)[:3]
        names = " and ".join(named) + (" and more" if len(sets) > 3 else "")
        raise ShownElsewhereError(
            f"{names} shows photos of other albums too that not all could see then, and pages of it can only be made "
            "anew by a command: use `kinpics audience` or `kinpics members`, or delete them from that album first and "
            "run `kinpics publish`",
            values={"sets": named, "num": len(sets)},
        )
