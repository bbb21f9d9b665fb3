"""Who sends photos: guests of an event, members who may add, the owner; and into which set."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from functions.access.access_rows import EventRow, MemberRow
from functions.access.access_table import AccessTable
from functions.access.event_table import EventTable, event_id
from functions.access.passes import BadPassError, MemberSubject, read_pass
from functions.contribution_rows import Contribution
from functions.keys import BadNameError, check_new_name, check_set_name
from functions.visitor_calls import RequestError

OWNER = "owner"
# How the ids of guests begin, and so those of their rows.
GUESTS = "g"
_ID_DIGITS = 32


@dataclass(frozen=True)
class Sender:
    """Somebody who may send photos to a set. ``who`` is as in a contribution's row; what ``waits``
    is shown once the owner has let it in.
    """

    who: str
    set_name: str
    waits: bool = False
    event: EventRow | None = None

    @property
    def is_owner(self) -> bool:
        return self.who == OWNER


@dataclass(frozen=True)
class Senders:
    """Finds out who calls. ``clock`` gives seconds since 1970."""

    access: AccessTable
    events: EventTable
    clock: Callable[[], float]

    def by_credentials(self, credentials: dict[str, str], set_name: str, *, must_be_open: bool) -> Sender:
        """Who shows these credentials. With ``must_be_open``, an event takes photos now. Raises ``RequestError``."""
        if "event" in credentials:
            return self._guest(credentials["event"], credentials.get("guest", ""), must_be_open=must_be_open)
        if "pass" not in credentials:
            raise RequestError(400, "InvalidRequest", "say who is calling: give event and guest, or a pass")
        member = self._member(credentials["pass"])
        if member is None:
            raise RequestError(403, "SignedOut", "sign in again: this pass has ended, or isn't a member's")
        if not may_add_to(member, checked(set_name)):
            raise RequestError(403, "NotAllowed", "you may not add photos to this album: ask its owner")
        return Sender(f"m{member.id}", set_name)

    def names_of_sets(self, credentials: dict[str, str]) -> list[str] | None:
        """The sets that a member may add to; None for all. Raises ``RequestError``."""
        member = self._member(credentials.get("pass", ""))
        if member is None or not (member.is_owner or member.may_add):
            raise RequestError(403, "NotAllowed", "you may not add photos to this site: ask its owner")
        return None if member.is_owner or member.sets is None else [str(name) for name in member.sets]

    def owner(self, set_name: str) -> Sender:
        """The owner; IAM has let them in already. Raises ``RequestError`` for an impossible set name."""
        return Sender(OWNER, checked(set_name))

    def helped_set(self, credentials: dict[str, str]) -> str:
        """The set of an event that a member helps with, or the owner. Raises ``RequestError``."""
        event = self.find_event(credentials.get("event", ""))
        member = self._member(credentials.get("pass", ""))
        if member is None or not (member.is_owner or member.id in (event.helpers or ())):
            raise RequestError(403, "NotAllowed", "only the owner and the event's helpers may decide about photos")
        return event.set_name

    def find_event(self, secret: str) -> EventRow:
        """An event by its secret, open or closed. Raises ``RequestError``."""
        event = self.events.get_event(event_id(secret)) if secret else None
        if event is None:
            raise RequestError(404, "NoEvent", "this link leads to no event, or no longer does: ask for a new one")
        return event

    def still(self, row: Contribution, events: dict[str, EventRow | None]) -> Sender | None:
        """Who began a contribution, if they may still add to its set: an event may have ended, a member be gone.

        ``events`` keeps those that were read, by id, for as long as its owner keeps it.
        """
        who = row.who or ""
        if who == OWNER:
            return Sender(OWNER, row.set_name)
        if who.startswith("m"):
            member = self.access.get_member(who[1:])
            return Sender(who, row.set_name) if member and may_add_to(member, row.set_name) else None
        name = row.event or "-"
        if name not in events:
            events[name] = self.events.get_event(name)
        event = events[name]
        if event is None or event.set_name != row.set_name or not is_open(event, row.begun_at or 0):
            return None
        return Sender(who, row.set_name, waits=not event.at_once, event=event)

    def _guest(self, secret: str, guest: str, *, must_be_open: bool) -> Sender:
        event = self.find_event(secret)
        if not guest:
            raise RequestError(400, "InvalidRequest", "guest must say which guest of the event is calling")
        if must_be_open and not is_open(event, self.clock()):
            raise RequestError(403, "EventClosed", "this event is closed: it takes no more photos")
        digest = hashlib.sha256(f"{event.id}/{guest}".encode()).hexdigest()
        return Sender(f"{GUESTS}{digest[:_ID_DIGITS]}", event.set_name, waits=not event.at_once, event=event)

    def _member(self, text: str) -> MemberRow | None:
        """The member of a pass, if it is good and the member still there."""
        try:
            subjects = read_pass(text, self.access.read_keys(), self.clock())
        except BadPassError:
            return None
        for subject in subjects:
            if isinstance(subject, MemberSubject):
                member = self.access.get_member(subject.id)
                return member if member and member.since == subject.since else None
        return None


def is_open(event: EventRow, moment: float) -> bool:
    """Whether an event takes photos at a moment (seconds since 1970)."""
    return event.closes_at is None or moment < event.closes_at


def may_add_to(member: MemberRow, set_name: str) -> bool:
    """Whether a member may add to a set, if it exists."""
    if member.is_owner:
        return True
    return bool(member.may_add) and (member.sets is None or set_name in member.sets)


def checked(set_name: str) -> str:
    """A set's name, if a set can have it. Raises ``RequestError``."""
    try:
        return check_set_name(check_new_name(set_name))
    except BadNameError as error:
        raise RequestError(400, "BadName", str(error)) from None
