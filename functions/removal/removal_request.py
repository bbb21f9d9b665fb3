"""A visitor's call of the removal function, checked field by field before anything is asked of AWS."""

from dataclasses import dataclass
from typing import Any

from functions.face_collection import is_face_id
from functions.visitor_calls import RequestError, action_of, parse_pass
from functions.visitor_rows import MAX_REQUEST_FACES, MAX_REQUEST_MESSAGE

ASK, STATUS, WITHDRAW = "ask", "status", "withdraw"

_FIELDS: dict[str, tuple[str, ...]] = {ASK: ("face_ids", "message", "pass"), STATUS: (), WITHDRAW: ()}


@dataclass(frozen=True)
class Call:
    """A checked call; all but ``action`` belongs to the action `ask`. ``shown`` is the caller's pass, or empty."""

    action: str
    face_ids: tuple[str, ...] = ()
    message: str = ""
    shown: str = ""


def parse_call(event: Any) -> Call:
    """Check a call. Raises ``RequestError``."""
    action = action_of(event, _FIELDS)
    if action != ASK:
        return Call(action)
    return Call(action, _face_ids(event.get("face_ids")), _message(event.get("message", "")), parse_pass(event))


def _face_ids(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_REQUEST_FACES:
        raise RequestError(400, "InvalidFaceId", f"face_ids must be a list of 1 to {MAX_REQUEST_FACES} face ids")
    if not all(isinstance(entry, str) and is_face_id(entry) for entry in value):
        raise RequestError(400, "InvalidFaceId", "face_ids must be face ids: lower-case hex digits as in a UUID")
    return tuple(dict.fromkeys(value))


def _message(value: Any) -> str:
    if not isinstance(value, str) or len(value) > MAX_REQUEST_MESSAGE:
        raise RequestError(400, "InvalidMessage", f"message must be text of at most {MAX_REQUEST_MESSAGE} characters")
    # Characters that would control the owner's terminal or change the direction of writing are left out.
    return "".join(char for char in value if char == "\n" or char.isprintable()).strip()
