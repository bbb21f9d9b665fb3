"""The fields of an owner's call, each checked by itself. Every function raises ``RequestError``."""

from typing import Any

from functions.visitor_calls import RequestError

MAX_LISTED = 100
_MAX_TEXT = 1100


def text_in(event: dict[str, Any], name: str, *, needed: bool = False) -> str:
    """A text; empty if it is missing and not needed."""
    value = event.get(name, "")
    if not isinstance(value, str) or len(value) > _MAX_TEXT or (needed and not value):
        raise RequestError(400, "InvalidParameter", f"{name} must be a text of at most {_MAX_TEXT} characters")
    return value


def texts_in(event: dict[str, Any], name: str) -> list[str]:
    """A list of texts: at least one."""
    value = event.get(name)
    is_list = isinstance(value, list) and 1 <= len(value) <= MAX_LISTED
    if not isinstance(value, list) or not is_list or not all(isinstance(text, str) and text for text in value):
        raise RequestError(400, "InvalidParameter", f"{name} must be a list of 1 to {MAX_LISTED} texts")
    return value


def number_in(event: dict[str, Any], name: str, usual: int, least: int, most: int) -> int:
    """A whole number; the usual one if it is missing."""
    value = event.get(name, usual)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise RequestError(400, "InvalidParameter", f"{name} must be a whole number from {least} to {most}")
    return value


def choice_in(event: dict[str, Any], name: str) -> bool | None:
    """True or false; None if it is missing."""
    value = event.get(name)
    if value is not None and not isinstance(value, bool):
        raise RequestError(400, "InvalidParameter", f"{name} must be true or false")
    return value
