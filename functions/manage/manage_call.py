"""An owner's call of the manage function, checked field by field before anything is read."""

from dataclasses import dataclass, field
from typing import Any

from functions.access.audiences import ALBUM, AUDIENCES
from functions.access.event_changes import EventChange
from functions.access.invitations import Rights
from functions.access.user_pool import BadMailError, check_mail
from functions.keys import (
    BadNameError,
    ImagePath,
    check_file,
    check_new_name,
    check_set_name,
    parse_image_path,
    parse_row_path,
)
from functions.manage.call_fields import MAX_LISTED, choice_in, number_in, text_in, texts_in
from functions.owner_texts import SET_TEXTS, BadTextError, check_text
from functions.visitor_calls import RequestError, action_of

OVERVIEW, SET, PHOTOS, PHOTO = "overview", "set", "photos", "photo"
DELETE, RESTORE, MOVE = "delete", "restore", "move"
REQUESTS, GRANT, REFUSE = "requests", "grant", "refuse"
DEAD_LETTERS, RETRY, DROP = "dead_letters", "retry", "drop"
CEILINGS = "ceilings"
AUDIENCE, SETTLE, PROGRESS = "audience", "settle", "progress"
LINK, NEW_LINK, REVOKE_LINK = "link", "new_link", "revoke_link"
MEMBERS, INVITE, CHANGE_MEMBER = "members", "invite", "change_member"
REMOVE_MEMBER, SIGN_OUT_MEMBER = "remove_member", "sign_out_member"
EVENTS, EVENT, CLOSE_EVENT, RENEW_EVENT = "events", "event", "close_event", "renew_event"
# What a set's audience is called that has none of its own.
INHERITED = "inherited"
MAX_PAGE = 500
_USUAL_PAGE = 200
_FIELDS: dict[str, tuple[str, ...]] = {
    OVERVIEW: ("by",),
    SET: ("by", "set", *SET_TEXTS, "cover"),
    PHOTOS: ("by", "set", "limit", "after"),
    PHOTO: ("by", "path", "title", "caption"),
    DELETE: ("by", "paths"),
    RESTORE: ("by", "photos"),
    MOVE: ("by", "paths", "set"),
    REQUESTS: ("by",),
    GRANT: ("by", "request"),
    REFUSE: ("by", "request"),
    DEAD_LETTERS: ("by",),
    RETRY: ("by", "keys"),
    DROP: ("by", "keys"),
    CEILINGS: ("by",),
    AUDIENCE: ("by", "set", "audience"),
    SETTLE: ("by",),
    PROGRESS: ("by",),
    LINK: ("by", "set"),
    NEW_LINK: ("by", "set"),
    REVOKE_LINK: ("by", "set"),
    MEMBERS: ("by",),
    INVITE: ("by", "email", "sets", "may_add"),
    CHANGE_MEMBER: ("by", "email", "sets", "may_add"),
    REMOVE_MEMBER: ("by", "email"),
    SIGN_OUT_MEMBER: ("by", "email"),
    EVENTS: ("by",),
    EVENT: ("by", "set", "title", "at_once", "closes_at", "limit", "helpers"),
    CLOSE_EVENT: ("by", "set"),
    RENEW_EVENT: ("by", "set"),
}
# Where a set that isn't named means the whole album.
_OF_ALBUM_TOO = (AUDIENCE, LINK, NEW_LINK, REVOKE_LINK)
_OF_MEMBER = (INVITE, CHANGE_MEMBER, REMOVE_MEMBER, SIGN_OUT_MEMBER)
# What an event takes of each guest in a day, at most; and the last second of the year 9999.
_MAX_LIMIT = 5000
_END_OF_TIME = 253_402_300_799


@dataclass(frozen=True)
class ManageCall:
    """A checked call. ``by`` is who calls: an email address, or `cli`. The other fields belong to some actions.

    ``texts`` are the owner's words, empty for none; what isn't in it stays. ``photos`` has such texts by photo.
    """

    action: str
    by: str = ""
    set_name: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    cover: str = ""
    limit: int = _USUAL_PAGE
    after: str = ""
    paths: tuple[ImagePath, ...] = ()
    photos: dict[ImagePath, dict[str, str]] = field(default_factory=dict)
    request: str = ""
    keys: tuple[str, ...] = ()
    audience: str = ""
    email: str = ""
    rights: Rights = Rights()
    event: EventChange = EventChange()
    # Email addresses; None leaves an event's helpers as they are.
    helpers: tuple[str, ...] | None = None

    @property
    def path(self) -> ImagePath:
        """The one photo that it is about."""
        return self.paths[0]


def parse_manage_call(event: Any) -> ManageCall:
    """Check a call. Raises ``RequestError``."""
    action = action_of(event, _FIELDS)
    try:
        return ManageCall(
            action=action,
            by=text_in(event, "by"),
            set_name=_set_name(event, action) if "set" in _FIELDS[action] else "",
            texts=_texts(event, SET_TEXTS if action == SET else ("title", "caption")),
            cover=_cover(event) if "cover" in event else "",
            limit=number_in(event, "limit", _USUAL_PAGE, 1, MAX_PAGE),
            after=text_in(event, "after"),
            paths=_paths(event, action),
            photos=_photos(event) if action == RESTORE else {},
            request=text_in(event, "request", needed=action in (GRANT, REFUSE)),
            keys=_keys(event) if action in (RETRY, DROP) else (),
            audience=_audience(event) if action == AUDIENCE else "",
            email=check_mail(text_in(event, "email").strip()) if action in _OF_MEMBER else "",
            rights=_rights(event) if action in (INVITE, CHANGE_MEMBER) else Rights(),
            event=_event(event) if action == EVENT else EventChange(),
            helpers=_helpers(event) if action == EVENT else None,
        )
    except (BadMailError, BadNameError, BadTextError) as error:
        raise RequestError(400, error.code, str(error), values=error.values or None) from None


def _set_name(event: dict[str, Any], action: str) -> str:
    if action in _OF_ALBUM_TOO and "set" not in event:
        return ALBUM
    name = check_set_name(text_in(event, "set", needed=True))
    return check_new_name(name) if action in (MOVE, EVENT) else name


def _cover(event: dict[str, Any]) -> str:
    """A file, or the path of another set's photo that is shown in this one."""
    cover = text_in(event, "cover", needed=True)
    return str(parse_image_path(cover)) if "/" in cover else check_file(cover)


def _texts(event: dict[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    found = {name: event[name] for name in names if event.get(name) is not None}
    for name, text in found.items():
        if not isinstance(text, str):
            raise RequestError(400, "InvalidParameter", f"{name} must be a text")
    return {name: check_text(name, text) for name, text in found.items()}


def _paths(event: dict[str, Any], action: str) -> tuple[ImagePath, ...]:
    if action == PHOTO:
        # The words of a photo that another set shows too are those of the original.
        return (parse_row_path(text_in(event, "path", needed=True)).original,)
    if action not in (DELETE, MOVE):
        return ()
    return tuple(dict.fromkeys(map(parse_row_path, texts_in(event, "paths"))))


def _photos(event: dict[str, Any]) -> dict[ImagePath, dict[str, str]]:
    value = event.get("photos")
    if not isinstance(value, dict) or not 1 <= len(value) <= MAX_LISTED:
        raise RequestError(400, "InvalidParameter", f"photos must be an object of 1 to {MAX_LISTED} photos")
    if not all(isinstance(words, dict) for words in value.values()):
        raise RequestError(400, "InvalidParameter", "each of the photos must have an object with its words")
    return {parse_row_path(name): _texts(words, ("title", "caption")) for name, words in value.items()}


def _keys(event: dict[str, Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts_in(event, "keys")))


def _audience(event: dict[str, Any]) -> str:
    audience = text_in(event, "audience", needed=True)
    known = (*AUDIENCES, INHERITED) if "set" in event else AUDIENCES
    if audience not in known:
        raise RequestError(400, "InvalidParameter", f"audience must be one of {', '.join(known)}")
    return audience


def _rights(event: dict[str, Any]) -> Rights:
    """What a member may do: ``sets`` is a list, or None for all; where it is missing, that stays."""
    if event.get("sets") is None:
        return Rights(None, changes_sets="sets" in event, may_add=choice_in(event, "may_add"))
    sets = tuple(dict.fromkeys(map(check_set_name, texts_in(event, "sets"))))
    return Rights(sets, changes_sets=True, may_add=choice_in(event, "may_add"))


def _event(event: dict[str, Any]) -> EventChange:
    title = _texts(event, ("title",)).get("title")
    return EventChange(
        title=title,
        at_once=choice_in(event, "at_once"),
        closes_at=number_in(event, "closes_at", 0, 0, _END_OF_TIME) if "closes_at" in event else None,
        limit=number_in(event, "limit", 1, 1, _MAX_LIMIT) if "limit" in event else None,
    )


def _helpers(event: dict[str, Any]) -> tuple[str, ...] | None:
    if "helpers" not in event:
        return None
    if event["helpers"] == []:
        return ()
    return tuple(dict.fromkeys(map(check_mail, texts_in(event, "helpers"))))
