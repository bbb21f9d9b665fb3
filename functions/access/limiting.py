"""Members who may see some sets only: from the moment they may, these show no photos of sets that they may not see."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from functions.access.access_rows import MemberRow
from functions.access.showing import Showing
from functions.dates import timestamp
from functions.photo_reader import PhotoReader
from functions.shown_photos import ShownPhotos
from functions.transactions import transact


@dataclass(frozen=True)
class Limiting:
    """Writes members' rows. ``withdrawing`` is told of sets that show photos of others and will no longer, before
    their rows go; it may raise, and then nothing has changed.
    """

    photos: PhotoReader
    withdrawing: Callable[[set[str]], None] = lambda sets: None

    def put(self, member: MemberRow, known: MemberRow | None, attempt: int = 0) -> bool:
        """Invite a member, or change what they may see, from what is ``known`` of them; False if others have changed
        their row or what sets show. ``attempt`` is as of `transact`.
        """
        table = self.photos.tables.access_table
        table.ensure_key(member.invited_at or "")
        writes = [table.member_write(member, known)]
        if member.sets is not None and not member.is_owner:
            # Before what is shown is read: whoever shows a photo meanwhile, or changes an audience, changes this.
            writes.append(table.limiting(table.get_limits()))
            self.make_room(member.sets)
        return transact(self.photos.client, writes, attempt)

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
