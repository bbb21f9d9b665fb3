"""What the door answers: passes for members, and rows of private sets for whoever shows a pass.

Each call looks whether the pass's links and its member are still there. A set that somebody may not see and one that
doesn't exist have the same answer, after the same reads.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from functions.access.access_rows import MemberRow
from functions.access.access_table import AccessTable
from functions.access.audiences import ALBUM, LINK
from functions.access.passes import (
    PASS_SECONDS,
    BadPassError,
    MemberSubject,
    Subject,
    add_subject,
    read_pass,
    write_pass,
)
from functions.access.sight import Sight
from functions.batch_get import TableBusyError
from functions.dates import timestamp
from functions.door.door_call import ENTER, LEAVE, PHOTOS, SETS, DoorCall, next_photos
from functions.door.members import Members, SignedIn, signed_out
from functions.door.private_rows import NOWHERE, Item, PrivateRows, fitting, is_moving
from functions.keys import ImagePath
from functions.photo_rows import SETS_PARTITION
from functions.transactions import transact
from functions.visitor_calls import RequestError


@dataclass(frozen=True)
class DoorKeeper:
    """Answers calls that `parse_door_call` has checked. ``clock`` gives seconds since 1970."""

    access: AccessTable
    members: Members
    rows: PrivateRows
    clock: Callable[[], float] = time.time

    def answer(self, call: DoorCall) -> dict[str, Any]:
        """The answer but for its status. Raises ``RequestError``, or whatever AWS raises."""
        try:
            if call.action == ENTER:
                return {"pass": self._enter(call)}
            if call.action == LEAVE:
                return self._leave(call)
            sight = self._sight(call.shown)
            if call.action == SETS:
                return self._sets(sight, call)
            return self._photos(sight, call) if call.action == PHOTOS else self._rows(sight, call)
        except TableBusyError:
            raise RequestError(429, "TooManyRequests", "too many calls at once: try again in a moment") from None

    def _enter(self, call: DoorCall) -> str:
        signed_in = self.members.find(call.token)
        member = self._member(signed_in)
        if member is None:
            raise RequestError(
                403, "NotInvited", f"{signed_in.email or 'this address'} isn't invited to this album: ask its owner"
            )
        key = self.access.ensure_key(timestamp(self._now))
        subjects = add_subject(self._kept(call.shown), MemberSubject(member.id, member.since))
        return write_pass(subjects, int(self.clock()) + PASS_SECONDS, key.id, key.key)

    @property
    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)

    def _member(self, signed_in: SignedIn) -> MemberRow | None:
        """The row of who is signed in, which says what Cognito says of their being an owner."""
        member = self.access.get_member(signed_in.id)
        if bool(member and member.is_owner) == signed_in.is_owner:
            return member
        now = self.clock()
        if signed_in.is_owner:
            new = MemberRow(id=signed_in.id, email=signed_in.email, since=int(now), invited_at=timestamp(self._now))
            owner = replace(member or new, is_owner=True, owner_since=int(now))
            if transact(self.access.client, [self.access.member_write(owner, member)], 0):
                return owner
            return self._member(signed_in)  # somebody has changed the row meanwhile
        if member and signed_in.at < (member.owner_since or 0):
            # This token was made before they became an owner, so it says nothing about whether they still are.
            raise signed_out()
        # Is an owner no more, and was never invited as a member.
        self.access.remove_member(signed_in.id)
        return None

    def _kept(self, shown: str) -> list[Subject]:
        """The subjects of an earlier pass that still count; they go into the new one."""
        try:
            subjects = read_pass(shown, self.access.read_keys(), self.clock()) if shown else ()
        except BadPassError:
            return []
        there = {row.id for row in self.access.find_subjects(subjects)}
        return [subject for subject in subjects if subject.id in there]

    def _leave(self, call: DoorCall) -> dict[str, Any]:
        member = self.access.get_member(self.members.find(call.token).id)
        if member:
            self.access.sign_out_everywhere(member.id, int(self.clock()))
        return {"output": None}

    def _sight(self, shown: str) -> Sight:
        """What a pass shows. Raises ``RequestError`` for one that no longer counts."""
        access = self.access.read_access()
        if not access.has_private:
            return Sight(access)
        try:
            subjects = read_pass(shown, self.access.read_keys(), self.clock())
        except BadPassError as error:
            raise RequestError(403, "PassEnded", str(error)) from None
        sight = Sight.of_subjects(access, subjects, self.access.find_subjects(subjects))
        if not (sight.opened or sight.member):
            raise RequestError(403, "PassEnded", "this pass counts no more: ask for a new link, or sign in again")
        return sight

    def _sets(self, sight: Sight, call: DoorCall) -> dict[str, Any]:
        """A page of the rows of private sets that may be seen, by name, or one of them."""
        if not call.set_name and _sees_unnamed(sight):
            found = [row for row in self.rows.list_sets(sight.access) if sight.sees(row["sortkey"]["S"])]
        else:
            asked = {call.set_name} if call.set_name else _named(sight)
            named = {name for name in asked if sight.sees(name)} or {NOWHERE}
            keys = [(SETS_PARTITION, name) for name in sorted(named)]
            found = list(self.rows.get_rows(keys, also_public=is_moving(sight.access, named)))
        found.sort(key=lambda row: row["sortkey"]["S"])
        left = [row for row in found if row["sortkey"]["S"] > call.after]
        rows = fitting(left)
        return {"output": rows, **({"next": rows[-1]["sortkey"]["S"]} if len(rows) < len(left) else {})}

    def _photos(self, sight: Sight, call: DoorCall) -> dict[str, Any]:
        name = call.set_name if sight.sees(call.set_name) else NOWHERE
        moving = is_moving(sight.access, [name])
        rows, following = self.rows.list_photos(name, call.start, whole=call.whole, also_public=moving)
        rows = [row for row in rows if _sees_original(sight, row)]
        return {"output": rows, **({"next": next_photos(following)} if following else {})}

    def _rows(self, sight: Sight, call: DoorCall) -> dict[str, Any]:
        seen = [path.set_name if sight.sees(path.set_name) else NOWHERE for path in call.paths]
        keys = [
            (name, path.file if name != NOWHERE else str(path)) for name, path in zip(seen, call.paths, strict=True)
        ]
        found = list(self.rows.get_rows(keys, also_public=is_moving(sight.access, seen)))
        found = [row for row in found if _sees_original(sight, row)]
        rows = fitting(found)
        left = [f"{row['primarykey']['S']}/{row['sortkey']['S']}" for row in found[len(rows) :]]
        return {"output": rows, **({"next": left} if left else {})}


def _sees_original(sight: Sight, row: Item) -> bool:
    """Whether a photo's own set may be seen, where its row shows a photo of another: nobody who may not is let in
    before such rows go (`functions/access/limiting.py`), so this only makes sure."""
    path = ImagePath(row["primarykey"]["S"], row["sortkey"]["S"])
    return not path.is_shown_from_elsewhere or sight.sees(path.original.set_name)


def _sees_unnamed(sight: Sight) -> bool:
    """Whether private sets may be seen that nothing names: else only named ones are read, however many there are."""
    invited_to_all = sight.member is not None and sight.member.sets is None
    return sight.is_owner or invited_to_all or (sight.access.album == LINK and ALBUM in sight.opened)


def _named(sight: Sight) -> set[str]:
    """The sets that somebody was let into by name."""
    invited = sight.member.sets if sight.member and sight.member.sets else []
    return {name for name in (*sight.opened, *invited) if isinstance(name, str) and name not in ("", ALBUM)}
