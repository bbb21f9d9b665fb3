"""A visitor's call about a private address, checked field by field before anything is asked of AWS."""

from dataclasses import dataclass
from typing import Any

from functions.access.access_rows import MAX_POSTED_FACES
from functions.face_collection import is_face_id
from functions.languages import LANGUAGES
from functions.posted_table import address_id, is_secret
from functions.visitor_calls import RequestError, action_of, parse_pass

KEEP, RENEW, STOP = "keep", "renew", "stop"
FIELDS: dict[str, tuple[str, ...]] = {
    KEEP: ("secret", "face_ids", "language", "pass"),
    RENEW: ("secret",),
    STOP: ("secret",),
}


@dataclass(frozen=True)
class PostedCall:
    """A checked call; ``address`` is the id of an address, all after it belongs to the action `keep`."""

    action: str
    address: str
    face_ids: tuple[str, ...] = ()
    language: str = LANGUAGES[0]
    shown_pass: str = ""


def parse_posted_call(event: Any) -> PostedCall:
    """Check a call. Raises ``RequestError``."""
    action = action_of(event, FIELDS)
    secret = event.get("secret")
    if not isinstance(secret, str) or not is_secret(secret):
        raise RequestError(400, "InvalidSecret", "secret must be the 22 characters at the end of a private address")
    if action != KEEP:
        return PostedCall(action, address_id(secret))
    language = event.get("language", LANGUAGES[0])
    if language not in LANGUAGES:
        raise RequestError(400, "InvalidParameter", f"language must be one of {', '.join(LANGUAGES)}")
    return PostedCall(action, address_id(secret), _face_ids(event.get("face_ids")), language, parse_pass(event))


def _face_ids(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_POSTED_FACES:
        raise RequestError(400, "InvalidFaceId", f"face_ids must be a list of 1 to {MAX_POSTED_FACES} face ids")
    if not all(isinstance(entry, str) and is_face_id(entry) for entry in value):
        raise RequestError(400, "InvalidFaceId", "face_ids must be face ids: lower-case hex digits as in a UUID")
    return tuple(dict.fromkeys(value))
