"""The fields of a decision about people, each read from JSON and checked by itself.

Every function that reads raises ``DecisionError``; its message doesn't name the field.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from functions.errors import KinpicsError, Values
from functions.people.boxes import BadBoxError, Box
from functions.people.person_names import PersonNameError, person_name
from functions.people.ulid import is_ulid

STRANGER, NO_FACE = "stranger", "no-face"
# Of an event: a page shows some dozens of faces, a split may take all of a person's. Its row must stay below 400 kB.
MAX_FACES = 1000
NO_SHA256 = "has to be the SHA-256 of an original: 64 characters of 0-9 and a-f"
_MAX_TEXT = 1100
_SHA256 = re.compile(r"[0-9a-f]{64}")


class DecisionError(KinpicsError):
    """An event that can't be; the message names the field and says what is wrong with it.

    ``number`` says which decision it is, from 1 on, if several were made together. What only a program gets wrong has
    the code ``InvalidDecision``.
    """

    def __init__(
        self, message: str, number: int | None = None, *, code: str = "InvalidDecision", values: Values | None = None
    ):
        super().__init__(message, code=code, values=values)
        self.number = number


def read_id(value: Any) -> str:
    """The id of a decision or of a person."""
    if not isinstance(value, str) or not is_ulid(value):
        raise DecisionError("has to be a ULID: 26 digits and capital letters")
    return value


def read_optional_id(value: Any) -> str | None:
    """Such an id, or None."""
    return None if value is None else read_id(value)


def read_ids(value: Any) -> tuple[str, ...]:
    """One id or more."""
    if not isinstance(value, list) or not value:
        raise DecisionError("has to be a list of ULIDs")
    return tuple(map(read_id, value))


def is_sha256(value: Any) -> bool:
    """Whether it is a SHA-256 in hex."""
    return isinstance(value, str) and bool(_SHA256.fullmatch(value))


def read_sha256(value: Any) -> str:
    """The SHA-256 of an original, in hex."""
    if not is_sha256(value):
        raise DecisionError(NO_SHA256)
    return str(value)


def read_digests(value: Any) -> tuple[str, ...]:
    """Digests of names; there may be none."""
    if not isinstance(value, list) or not all(map(is_sha256, value)):
        raise DecisionError("has to be a list of SHA-256 digests")
    return tuple(value)


def read_box(value: Any) -> Box:
    """The box of a face, in fractions of the photo."""
    if not isinstance(value, list | tuple):
        raise DecisionError("box has to be a list of four numbers")
    try:
        return Box.of(value)
    except BadBoxError as error:
        raise DecisionError(str(error)) from None


def read_text(value: Any) -> str:
    """A text of one line."""
    if not isinstance(value, str) or len(value) > _MAX_TEXT or any(ord(char) < 32 for char in value):
        raise DecisionError(f"has to be a text of one line and at most {_MAX_TEXT} characters")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise DecisionError("is not valid Unicode") from None
    return value


def read_optional_text(name: str, value: Any) -> str | None:
    """A text of one line, or None; the message names the field."""
    try:
        return None if value is None else read_text(value)
    except DecisionError as error:
        raise DecisionError(f"{name} {error}") from None


def read_moment(value: Any) -> str:
    """A moment (ISO 8601) with its zone, as it was written."""
    try:
        if datetime.fromisoformat(read_text(value)).tzinfo:
            return str(value)
    except ValueError:
        pass
    raise DecisionError("has to be a moment such as 2026-11-26T10:35:37.123+00:00")


def read_birth(value: Any) -> str | None:
    """A day (ISO 8601), or None."""
    if value is None:
        return None
    try:
        if date.fromisoformat(value).isoformat() == value:
            return str(value)
    except (TypeError, ValueError):
        pass
    raise DecisionError("has to be a date such as 2019-05-01, or null")


def read_name(value: Any) -> str:
    """A person's name, as `person_name` writes it."""
    try:
        return person_name(value)
    except PersonNameError as error:
        raise DecisionError(str(error), code=error.code, values=error.values) from None


def read_optional_name(value: Any) -> str | None:
    """Such a name, or None."""
    return None if value is None else read_name(value)


def read_names(value: Any) -> tuple[str, ...]:
    """One name or more."""
    return tuple(map(read_name, read_list(value, "names")))


def read_list(value: Any, what: str = "faces") -> list[Any]:
    """A list of what an event may have so many of; ``what`` they are, in the message."""
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_FACES:
        raise DecisionError(f"has to be a list of 1 to {MAX_FACES} {what}")
    return value


def read_why(value: Any) -> str:
    """Why nobody is asked about a face."""
    if value not in (STRANGER, NO_FACE):
        raise DecisionError(f"has to be {STRANGER!r} or {NO_FACE!r}")
    return str(value)


def check_fields(value: Mapping[str, Any], known: set[str], what: str) -> None:
    """Refuse what has fields that aren't known; ``what`` it is, in the message."""
    unknown = sorted(value.keys() - known)
    if unknown:
        raise DecisionError(f"{what} has no {', '.join(map(repr, unknown))}")
