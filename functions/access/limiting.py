"""Members who may see some sets only: from the moment they may, these show no photos of sets that they may not see."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from functions.access.access_rows import MemberRow
from functions.access.showing import Showing
from functions.dates import timestamp
from functions.photo_reader import PhotoReader
from functions.shown_photos import ShownPhotos
from functions.transactions import MAX_ATTEMPTS, StaleRowError, Write, transact


@dataclass(frozen=True)
class Limiting:
    """Writes members' rows. ``withdrawing`` is told of sets that show photos of others and will no longer, before
    their rows go; it may raise, and then nothing has changed.
    """

    photos: PhotoReader
    withdrawing: Callable[[set[str]], None] = lambda sets: None

    def put(self, member: MemberRow) -> None:
        """Invite a member, or change what they may see. Raises ``StaleRowError`` where others keep changing things."""
        table = self.photos.tables.access_table
        if member.sets is None or member.is_owner:
            table.put_member(member)
            return
        table.ensure_key(member.invited_at or "")
        for attempt in range(MAX_ATTEMPTS):
            # Before what is shown is read: whoever shows a photo meanwhile, or changes an audience, changes this.
            limits = table.get_limits()
            self.make_room(member.sets)
            write: Write = {"Put": {"TableName": table.name, "Item": member.to_item()}}
            if transact(self.photos.client, [write, table.limiting(limits)], attempt):
                return
        raise StaleRowError(f"{member.email} could not be given these sets: others kept changing what sets show")

    def make_room(self, sets: Iterable[str] | None) -> None:
        """Take photos out of these sets that whoever sees these sets alone may not see; None is all sets."""
        access = self.photos.tables.refresh()
        if sets is None or not (access.has_private or access.moving):
            return
        shown, names = ShownPhotos(self.photos), frozenset(sets)
        showing = Showing(access, (names,))
        rows = [
            row
            for name in sorted(names)
            for row in shown.find_in(name)
            if showing.is_split(row.original.set_name, name)
        ]
        if rows:
            self.withdrawing({row.set_name for row in rows})
        for row in rows:
            shown.withdraw(row, timestamp())
