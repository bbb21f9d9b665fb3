"""A visitor's call of the door function, checked field by field before anything is asked of AWS."""

import base64
import json
from dataclasses import dataclass
from typing import Any

from functions.keys import BadNameError, ImagePath, check_set_name, parse_image_path
from functions.visitor_calls import RequestError, action_of, parse_pass

ENTER, LEAVE, SETS, PHOTOS, ROWS = "enter", "leave", "sets", "photos", "rows"
# As many as BatchGetItem takes at once.
MAX_PATHS = 100
# Of an access token, and of what `next_photos` makes.
_MAX_TEXT = 8_192

_FIELDS: dict[str, tuple[str, ...]] = {
    ENTER: ("token", "pass"),
    LEAVE: ("token",),
    SETS: ("pass", "set", "next"),
    PHOTOS: ("pass", "set", "next", "whole"),
    ROWS: ("pass", "paths"),
}


@dataclass(frozen=True)
class Place:
    """Where a page of photos begins: in which of the tables that a set may lie in, and after which row."""

    table: int = 0
    sortkey: str = ""
    grid_key: str = ""


@dataclass(frozen=True)
class DoorCall:
    """A checked call; each action has its own fields, the others are empty."""

    action: str
    token: str = ""
    shown: str = ""  # the pass
    set_name: str = ""
    after: str = ""  # the last set of the page before
    start: Place = Place()
    whole: bool = False
    paths: tuple[ImagePath, ...] = ()


def parse_door_call(event: Any) -> DoorCall:
    """Check a call. Raises ``RequestError``."""
    action = action_of(event, _FIELDS)
    needed = _FIELDS[action]
    return DoorCall(
        action=action,
        token=_token(event) if "token" in needed else "",
        shown=parse_pass(event),
        set_name=_set_name(event, needed=action == PHOTOS),
        after=_after(event.get("next", "")) if action == SETS else "",
        start=_start(event.get("next")) if action == PHOTOS else Place(),
        whole=_whole(event.get("whole", False)),
        paths=_paths(event.get("paths")) if action == ROWS else (),
    )


def next_photos(place: Place) -> str:
    """The token that asks for the photos after a place."""
    return base64.urlsafe_b64encode(json.dumps([place.table, place.sortkey, place.grid_key]).encode()).decode()


def _token(event: dict[str, Any]) -> str:
    value = event.get("token")
    if not isinstance(value, str) or not 1 <= len(value) <= _MAX_TEXT:
        raise RequestError(400, "InvalidParameter", f"token must be a text of 1 to {_MAX_TEXT} characters")
    return value


def _set_name(event: dict[str, Any], *, needed: bool) -> str:
    if not needed and "set" not in event:
        return ""
    value = event.get("set")
    try:
        return check_set_name(value if isinstance(value, str) else "")
    except (BadNameError, UnicodeEncodeError):
        raise RequestError(400, "InvalidParameter", "set must be the name of a set") from None


def _after(value: Any) -> str:
    if isinstance(value, str) and len(value) <= _MAX_TEXT:
        return value
    raise RequestError(400, "InvalidParameter", "next is not a set's name")


def _start(token: Any) -> Place:
    if token is None:
        return Place()
    # Only what `next_photos` makes is read.
    if isinstance(token, str) and len(token) <= _MAX_TEXT:
        try:
            found = json.loads(base64.urlsafe_b64decode(token))
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, list) and [type(part) for part in found] == [int, str, str] and found[0] in (0, 1):
            return Place(*found)
    raise RequestError(400, "InvalidParameter", "next is not a token this function gave out")


def _whole(value: Any) -> bool:
    if not isinstance(value, bool):
        raise RequestError(400, "InvalidParameter", "whole must be true or false")
    return value


def _paths(value: Any) -> tuple[ImagePath, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_PATHS:
        raise RequestError(400, "InvalidParameter", f"paths must be a list of 1 to {MAX_PATHS} photos")
    try:
        return tuple(dict.fromkeys(parse_image_path(path if isinstance(path, str) else "") for path in value))
    except (BadNameError, UnicodeEncodeError):
        raise RequestError(400, "InvalidParameter", "paths must be photos, each as set, slash and file") from None
