"""Who gets in: links, members and events, as each action of an owner's call changes them (docs/data.md)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from functions.access.access_rows import EventRow
from functions.access.access_table import AccessTable
from functions.access.event_changes import EVENT_PATH, HELPERS_PATH, SLIDESHOW_PATH, Events
from functions.access.invitations import Invitations, shown_member
from functions.access.secret_links import LINK_PATH, has_link, link_to, renew_link, revoke_links
from functions.manage import manage_call
from functions.manage.manage_call import ManageCall
from functions.uploads.upload_limits import guest_limits


@dataclass(frozen=True)
class LettingIn:
    """Links, members and events of one site, by its table ``access``."""

    access: AccessTable
    invitations: Invitations
    events: Events

    @property
    def actions(self) -> dict[str, Callable[[ManageCall], dict[str, Any]]]:
        """What answers each action. It raises ``KinpicsError``, or whatever AWS raises."""
        return {
            manage_call.LINK: self._show_link,
            manage_call.NEW_LINK: self._renew_link,
            manage_call.REVOKE_LINK: self._revoke_links,
            manage_call.MEMBERS: self._list_members,
            manage_call.INVITE: self._invite,
            manage_call.CHANGE_MEMBER: self._change_member,
            manage_call.REMOVE_MEMBER: self._remove_member,
            manage_call.SIGN_OUT_MEMBER: self._sign_out_member,
            manage_call.EVENTS: self._list_events,
            manage_call.EVENT: self._open_event,
            manage_call.CLOSE_EVENT: self._close_event,
            manage_call.RENEW_EVENT: self._renew_event,
        }

    # Links: paths on the site

    def link_of(self, opens: str) -> str | None:
        """The link to a set, or to the album (``ALBUM``); None if no link opens it."""
        return LINK_PATH + link_to(self.access, opens) if has_link(self.access.read_access(), opens) else None

    def _show_link(self, call: ManageCall) -> dict[str, Any]:
        return {"link": self.link_of(call.set_name)}

    def _renew_link(self, call: ManageCall) -> dict[str, Any]:
        return {"link": LINK_PATH + renew_link(self.access, call.set_name)}

    def _revoke_links(self, call: ManageCall) -> dict[str, Any]:
        return {"revoked": revoke_links(self.access, call.set_name)}

    # Members

    def _list_members(self, call: ManageCall) -> dict[str, Any]:
        return {"members": list(map(shown_member, self.invitations.list()))}

    def _invite(self, call: ManageCall) -> dict[str, Any]:
        invited = self.invitations.invite(call.email, call.rights)
        return {**shown_member(invited.member), "mailed": invited.is_mailed, "password": invited.password}

    def _change_member(self, call: ManageCall) -> dict[str, Any]:
        return shown_member(self.invitations.change(call.email, call.rights))

    def _remove_member(self, call: ManageCall) -> dict[str, Any]:
        return {"account_gone": self.invitations.remove(call.email)}

    def _sign_out_member(self, call: ManageCall) -> dict[str, Any]:
        return shown_member(self.invitations.sign_out(call.email))

    # Events

    def _list_events(self, call: ManageCall) -> dict[str, Any]:
        mails = {member.id: member.email or "" for member in self.access.list_members()}
        return {"events": [self._shown_event(event, mails) for event in self.events.list()]}

    def _open_event(self, call: ManageCall) -> dict[str, Any]:
        change = call.event
        if call.helpers is not None:
            change = replace(change, helpers=self._ids(call.helpers))
        return self._told(self.events.open(call.set_name, change))

    def _ids(self, mails: tuple[str, ...]) -> tuple[str, ...]:
        """Members' ids by their addresses, in whatever case these are written. Raises ``MemberError``."""
        return tuple(dict.fromkeys(self.invitations.find(mail).id for mail in mails))

    def _close_event(self, call: ManageCall) -> dict[str, Any]:
        return self._told(self.events.close(call.set_name))

    def _renew_event(self, call: ManageCall) -> dict[str, Any]:
        return self._told(self.events.renew(call.set_name))

    def _told(self, event: EventRow) -> dict[str, Any]:
        mails = {member.id: member.email or "" for member in self.access.list_members()} if event.helpers else {}
        return self._shown_event(event, mails)

    def _shown_event(self, event: EventRow, mails: dict[str, str]) -> dict[str, Any]:
        """An event; ``mails`` are members' addresses by id. Helpers who are members no more are left out."""
        return {
            "set": event.set_name,
            "title": event.title or "",
            "is_open": self.events.is_open(event),
            "at_once": bool(event.at_once),
            "closes_at": event.closes_at,
            "limit": guest_limits(event)["guest_files"],
            "helpers": sorted(mails[member] for member in event.helpers or () if member in mails),
            "guests": f"{EVENT_PATH}{event.secret}",
            "slideshow": f"{SLIDESHOW_PATH}?set={quote(event.set_name, safe='')}#{event.secret}",
            "helping": f"{HELPERS_PATH}{event.secret}",
        }
