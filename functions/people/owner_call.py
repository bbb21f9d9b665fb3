"""An owner's call of the people function, checked field by field before anything is read."""

from dataclasses import dataclass
from typing import Any

from functions.visitor_calls import RequestError, action_of

DECIDE, QUESTIONS, FACES, PEOPLE = "decide", "questions", "faces", "people"
PERSON, PHOTO, HISTORY = "person", "photo", "history"
# Nothing is decided, but who may see what has changed.
ROUND = "round"
MAX_ANSWERS = 500
_USUAL_ANSWERS = 50
_MAX_TEXT = 1100
_FIELDS: dict[str, tuple[str, ...]] = {
    DECIDE: ("by", "events"),
    QUESTIONS: ("by", "limit", "skip"),
    FACES: ("by", "faces"),
    PEOPLE: ("by",),
    PERSON: ("by", "person"),
    PHOTO: ("by", "path"),
    HISTORY: ("by", "limit", "before"),
    ROUND: ("by",),
}


@dataclass(frozen=True)
class OwnerCall:
    """A checked call. ``by`` is who calls: an email address, or `cli`. The other fields belong to some actions.

    Of ``events`` only the door knows what they mean (`deciding`).
    """

    action: str
    by: str = ""
    events: Any = None
    limit: int = _USUAL_ANSWERS
    skip: int = 0
    before: str = ""
    person: str = ""
    path: str = ""
    faces: tuple[str, ...] = ()


def parse_owner_call(event: Any) -> OwnerCall:
    """Check a call. Raises ``RequestError``."""
    action = action_of(event, _FIELDS)
    return OwnerCall(
        action=action,
        by=_text(event, "by"),
        events=event.get("events"),
        limit=_number(event, "limit", _USUAL_ANSWERS, 1, MAX_ANSWERS),
        skip=_number(event, "skip", 0, 0, 10**9),
        before=_text(event, "before"),
        person=_text(event, "person", needed=action == PERSON),
        path=_text(event, "path", needed=action == PHOTO),
        faces=_texts(event, "faces"),
    )


def _texts(event: dict[str, Any], name: str) -> tuple[str, ...]:
    value = event.get(name, [])
    if not isinstance(value, list) or len(value) > MAX_ANSWERS or not all(isinstance(text, str) for text in value):
        raise RequestError(400, "InvalidParameter", f"{name} must be a list of at most {MAX_ANSWERS} texts")
    return tuple(value)


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
