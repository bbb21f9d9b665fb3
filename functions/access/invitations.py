"""Members: people invited by the owner by email, and what they may see and do."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from functions.access.access_rows import MemberRow
from functions.access.access_table import AccessTable
from functions.access.edge_entries import MAX_VALUE_BYTES, fits
from functions.access.limiting import Limiting
from functions.access.passes import member_id
from functions.access.user_pool import UserPool, check_mail
from functions.dates import timestamp
from functions.errors import KinpicsError
from functions.transactions import MAX_ATTEMPTS, StaleRowError


class MemberError(KinpicsError):
    """There is no such member, or they can't be given that; the message says what to do."""


@dataclass(frozen=True)
class Rights:
    """What a member may do. ``sets`` are those they may see, None for all; None for ``may_add`` leaves it as it is."""

    sets: tuple[str, ...] | None = None
    # Whether ``sets`` is to count: else what a member may see stays as it is.
    changes_sets: bool = False
    may_add: bool | None = None

    def applied(self, member: MemberRow) -> MemberRow:
        """A member with these rights. Raises ``MemberError`` for more sets than the edge can keep."""
        if self.changes_sets:
            member = replace(member, sets=list(self.sets) if self.sets is not None else None)
        if self.may_add is not None:
            member = replace(member, may_add=self.may_add or None)
        if not fits(member):
            raise MemberError(
                f"{member.email} can't be given {len(self.sets or ())} sets by name: together their names have at most "
                f"{MAX_VALUE_BYTES} bytes. Give all sets, or give these sets a link",
                code="TooManySets",
            )
        return member


@dataclass(frozen=True)
class Invited:
    """What an invitation did: whether Cognito mails a temporary ``password``, or what it is where nothing is mailed."""

    member: MemberRow
    is_mailed: bool = False
    password: str | None = None


@dataclass(frozen=True)
class Invitations:
    """The members in ``table``, and their accounts in ``pool``, which people may also make themselves (``sign_up``).

    ``limiting`` writes the members' rows. ``clock`` gives seconds since 1970. Every method raises whatever AWS raises.
    """

    table: AccessTable
    pool: UserPool
    limiting: Limiting
    sign_up: bool
    clock: Callable[[], float] = time.time

    def list(self) -> list[MemberRow]:
        """All members, by email address."""
        return sorted(self.table.list_members(), key=lambda member: (member.email or "").casefold())

    def find(self, mail: str) -> MemberRow:
        """The member with an email address. Raises ``MemberError``."""
        for member in self.table.list_members():
            if (member.email or "").casefold() == mail.casefold():
                return member
        raise MemberError(f"{mail} is no member: `kinpics members list` lists them all", values={"email": mail})

    def invite(self, mail: str, rights: Rights) -> Invited:
        """Make somebody a member; who was invited already and hasn't signed in yet is invited again.

        Raises ``BadMailError``, ``NoMailsLeftError``, ``MemberError``, ``StaleRowError``.
        """
        check_mail(mail)
        # Before an account is made for somebody who can't be given that.
        now = datetime.fromtimestamp(self.clock(), UTC)
        draft = rights.applied(MemberRow(id="", email=mail, since=int(now.timestamp()), invited_at=timestamp(now)))
        self.limiting.make_room(draft.sets)
        account = self.pool.find(mail)
        if account and account.is_unconfirmed:
            # Anybody may have signed up with this address: only its owner can have confirmed it.
            self.pool.delete(mail)
            account = None
        password = None
        is_new = account is None or account.is_invited
        if is_new:
            password = self.pool.invite(mail, again=account is not None)
            account = self.pool.find(mail)
        if account is None:
            raise MemberError(
                f"{mail} was invited and is gone again: somebody else removed the account",
                code="AccountGone",
                values={"email": mail},
            )
        new = replace(draft, id=member_id(account.sub))
        member = self._write(lambda: self.table.get_member(new.id), lambda known: rights.applied(known or new))
        return Invited(member, is_new and password is None, password)

    def change(self, mail: str, rights: Rights) -> MemberRow:
        """Change what a member may see or do. Raises ``MemberError``, ``StaleRowError``."""
        return self._write(lambda: self.find(mail), lambda known: rights.applied(known or self.find(mail)))

    def _write(
        self, read: Callable[[], MemberRow | None], change: Callable[[MemberRow | None], MemberRow]
    ) -> MemberRow:
        """Write a member's row as it is read and changed; whoever changes it meanwhile loses nothing."""
        for attempt in range(MAX_ATTEMPTS):
            known = read()
            member = change(known)
            if self.limiting.put(member, known, attempt):
                return member
        raise StaleRowError("others keep changing who may see what: try again in a moment")

    def sign_out(self, mail: str) -> MemberRow:
        """End a member's visits on all their devices; they may sign in again. Raises ``MemberError``."""
        member = self.find(mail)
        self.table.sign_out_everywhere(member.id, int(self.clock()))
        if self.pool.find(mail):
            self.pool.sign_out(mail)
        return member

    def remove(self, mail: str) -> bool:
        """Let a member in no more; returns whether their account went too.

        It stays where visitors may make accounts themselves, and that of an owner does. Raises ``MemberError``.
        """
        member = self.find(mail)
        if self.pool.is_owner(mail):
            raise MemberError(
                f"{mail} is an owner, who sees everything: `kinpics owner {mail} --remove` first",
                code="MemberIsOwner",
                values={"email": mail},
            )
        self.table.remove_member(member.id)
        if self.pool.find(mail) is None:
            return True
        if self.sign_up:
            self.pool.sign_out(mail)
            return False
        self.pool.delete(mail)
        return True


def shown_member(member: MemberRow) -> dict[str, Any]:
    """A member, as pages and commands tell of them."""
    return {
        "email": member.email,
        "sets": None if member.is_owner else member.sets,
        "may_add": bool(member.may_add or member.is_owner),
        "owner": bool(member.is_owner),
        "invited_at": member.invited_at,
    }
