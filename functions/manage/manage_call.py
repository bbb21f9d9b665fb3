"""An owner's call of the manage function, checked field by field before anything is read."""

from dataclasses import dataclass, field
from typing import Any

from functions.keys import BadNameError, ImagePath, check_file, check_new_name, check_set_name, parse_image_path
from functions.owner_texts import TextTooLongError, check_text
from functions.visitor_calls import RequestError, action_of

OVERVIEW, SET, PHOTOS, PHOTO = "overview", "set", "photos", "photo"
DELETE, RESTORE, MOVE = "delete", "restore", "move"
REQUESTS, GRANT, REFUSE = "requests", "grant", "refuse"
DEAD_LETTERS, RETRY, DROP = "dead_letters", "retry", "drop"
CEILINGS = "ceilings"
MAX_PHOTOS = 100
MAX_PAGE = 500
_USUAL_PAGE = 200
_MAX_TEXT = 1100
_FIELDS: dict[str, tuple[str, ...]] = {
    OVERVIEW: ("by",),
    SET: ("by", "set", "title", "description", "cover"),
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
}


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
            by=_text(event, "by"),
            set_name=_set_name(event, is_new=action == MOVE) if "set" in _FIELDS[action] else "",
            texts=_texts(event, ("title", "description") if action == SET else ("title", "caption")),
            cover=check_file(_text(event, "cover", needed=True)) if "cover" in event else "",
            limit=_number(event, "limit", _USUAL_PAGE, 1, MAX_PAGE),
            after=_text(event, "after"),
            paths=_paths(event, action),
            photos=_photos(event) if action == RESTORE else {},
            request=_text(event, "request", needed=action in (GRANT, REFUSE)),
            keys=_keys(event) if action in (RETRY, DROP) else (),
        )
    except (BadNameError, TextTooLongError) as error:
        raise RequestError(400, error.code, str(error)) from None


def _set_name(event: dict[str, Any], *, is_new: bool) -> str:
    name = check_set_name(_text(event, "set", needed=True))
    return check_new_name(name) if is_new else name


def _texts(event: dict[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    found = {name: event[name] for name in names if event.get(name) is not None}
    for name, text in found.items():
        if not isinstance(text, str):
            raise RequestError(400, "InvalidParameter", f"{name} must be a text")
    return {name: check_text(name, text) for name, text in found.items()}


def _paths(event: dict[str, Any], action: str) -> tuple[ImagePath, ...]:
    if action == PHOTO:
        return (parse_image_path(_text(event, "path", needed=True)),)
    if action not in (DELETE, MOVE):
        return ()
    return tuple(dict.fromkeys(map(parse_image_path, _list(event, "paths"))))


def _photos(event: dict[str, Any]) -> dict[ImagePath, dict[str, str]]:
    value = event.get("photos")
    if not isinstance(value, dict) or not 1 <= len(value) <= MAX_PHOTOS:
        raise RequestError(400, "InvalidParameter", f"photos must be an object of 1 to {MAX_PHOTOS} photos")
    if not all(isinstance(words, dict) for words in value.values()):
        raise RequestError(400, "InvalidParameter", "each of the photos must have an object with its words")
    return {parse_image_path(name): _texts(words, ("title", "caption")) for name, words in value.items()}


def _keys(event: dict[str, Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_list(event, "keys")))


def _list(event: dict[str, Any], name: str) -> list[str]:
    value = event.get(name)
    is_list = isinstance(value, list) and 1 <= len(value) <= MAX_PHOTOS
    if not isinstance(value, list) or not is_list or not all(isinstance(text, str) and text for text in value):
        raise RequestError(400, "InvalidParameter", f"{name} must be a list of 1 to {MAX_PHOTOS} texts")
    return value


def _text(event: dict[str, Any], name: str, *, needed: bool = False) -> str:
    value = event.get(name, "")
    if not isinstance(value, str) or len(value) > _MAX_TEXT or (needed and not value):
        raise RequestError(400, "InvalidParameter", f"{name} must be a text of at most {_MAX_TEXT} characters")
    return value


def _number(event: dict[str, Any], name: str, usual: int, least: int, most: int) -> int:
    value = event.get(name, usual)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise RequestError(400, "InvalidParameter", f"{name} must be a whole number from {least} to {most}")
    return value
