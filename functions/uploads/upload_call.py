"""A call of the uploads or the arrivals function, checked field by field before anything is read."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from functions.visitor_calls import RequestError, action_of

BEGIN, MINE, TAKE_BACK, EVENT, SETS = "begin", "mine", "take_back", "event", "sets"
WAITING, LET_IN, REFUSE = "waiting", "let_in", "refuse"
ADDED = "added"
MAX_FILES = 50
MAX_IDS = 100
MAX_NAME = 40
MAX_SHOWN = 30
# What the names of files and sets may have at most; `functions.keys` says what is wrong with one.
_MAX_TEXT = 1100
_WHICH = ("set", "ids", "all_of", "everything")
_FIELDS: dict[str, tuple[str, ...]] = {
    BEGIN: ("set", "name", "files"),
    MINE: ("set", "ids"),
    TAKE_BACK: ("set", "ids"),
    EVENT: (),
    ADDED: ("shown",),
    SETS: (),
    WAITING: ("set", "limit", "after"),
    LET_IN: _WHICH,
    REFUSE: _WHICH,
}
_GUEST = re.compile(r"[A-Za-z0-9_-]{22,64}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{22}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"(?:owner|[mg][0-9a-f]{32})\.[0-9a-f]{64}")
_WHO = re.compile(r"owner|[mg][0-9a-f]{32}")
_KIND = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}")
# Not even S3 keeps larger ones.
_MAX_SIZE = 5 * 2**40


@dataclass(frozen=True)
class FileToSend:
    """A file as the browser describes it: ``size`` in bytes, ``sha256`` in hex, ``kind`` its media type or empty."""

    name: str
    size: int
    sha256: str
    kind: str


@dataclass(frozen=True)
class UploadCall:
    """A checked call; the other fields belong to some actions.

    ``credentials`` has what says who calls: ``event``, ``guest``, ``pass``; empty for the owner.
    """

    action: str
    credentials: dict[str, str]
    set_name: str = ""
    name: str = ""
    files: tuple[FileToSend, ...] = ()
    shown: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    all_of: str = ""
    everything: bool = False
    limit: int = MAX_IDS
    after: str = ""


def parse_upload_call(event: Any, *, is_owner: bool = False) -> UploadCall:
    """Check a call, of the ``is_owner`` function or of visitors'. Raises ``RequestError``."""
    credentials = () if is_owner else ("event", "guest", "pass")
    action = action_of(event, {name: (*fields, *credentials) for name, fields in _FIELDS.items()})
    return UploadCall(
        action=action,
        credentials={name: text for name in credentials if (text := _credential(event, name))},
        set_name=_text(event, "set"),
        name=_first_name(event.get("name", "")),
        files=_files(event.get("files")) if action == BEGIN else (),
        shown=_shown(event.get("shown")) if action == ADDED else (),
        ids=_ids(event.get("ids"), needed=action == TAKE_BACK),
        all_of=_matching(event, "all_of", _WHO),
        everything=event.get("everything") is True,
        limit=_limit(event.get("limit", MAX_IDS)),
        after=_text(event, "after"),
    )


def _credential(event: dict[str, Any], name: str) -> str:
    if name == "guest":
        return _matching(event, name, _GUEST)
    # A pass is checked by its reader; a secret that can't be one leads to no event.
    text = _text(event, name)
    return text if name == "pass" or _SECRET.fullmatch(text) else ("-" if text else "")


def _matching(event: dict[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    text = _text(event, name)
    if text and not pattern.fullmatch(text):
        raise RequestError(400, "InvalidParameter", f"{name} is not of the form {pattern.pattern}")
    return text


def _text(event: dict[str, Any], name: str) -> str:
    value = event.get(name, "")
    if not isinstance(value, str) or len(value) > _MAX_TEXT + 1000:
        raise RequestError(400, "InvalidParameter", f"{name} must be a text of at most {_MAX_TEXT} characters")
    return unicodedata.normalize("NFC", value) if name == "set" else value


def _first_name(value: Any) -> str:
    if not isinstance(value, str) or len(value) > MAX_NAME:
        raise RequestError(400, "InvalidParameter", f"name must be a text of at most {MAX_NAME} characters")
    # Characters that would control a terminal or change the direction of writing are left out.
    return "".join(char for char in value if char.isprintable()).strip()


def _files(value: Any) -> tuple[FileToSend, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_FILES:
        raise RequestError(400, "InvalidParameter", f"files must be a list of 1 to {MAX_FILES} files")
    return tuple(_file(entry) for entry in value)


def _file(entry: Any) -> FileToSend:
    if not isinstance(entry, dict) or set(entry) - {"name", "size", "sha256", "type"}:
        raise RequestError(400, "InvalidParameter", "a file has name, size, sha256 and type")
    name, size, sha256, kind = (entry.get(field) for field in ("name", "size", "sha256", "type"))
    if not isinstance(name, str) or len(name) > _MAX_TEXT:
        raise RequestError(400, "InvalidParameter", f"a file's name must be a text of at most {_MAX_TEXT} characters")
    if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= _MAX_SIZE:
        raise RequestError(400, "InvalidParameter", "a file's size must be its number of bytes")
    if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
        raise RequestError(400, "InvalidParameter", "a file's sha256 must be 64 hex digits in small letters")
    is_kind = isinstance(kind, str) and _KIND.fullmatch(kind)
    # Some systems split a letter and its accent into two characters; names of photos never do.
    return FileToSend(unicodedata.normalize("NFC", name), size, sha256, str(kind) if is_kind else "")


def _shown(value: Any) -> tuple[str, ...]:
    is_list = isinstance(value, list) and 1 <= len(value) <= MAX_SHOWN
    if not is_list or not all(isinstance(name, str) and 0 < len(name) <= _MAX_TEXT for name in value):
        raise RequestError(400, "InvalidParameter", f"shown must be a list of 1 to {MAX_SHOWN} names of photos")
    return tuple(dict.fromkeys(value))


def _ids(value: Any, *, needed: bool) -> tuple[str, ...]:
    if value is None and not needed:
        return ()
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_IDS:
        raise RequestError(400, "InvalidParameter", f"ids must be a list of 1 to {MAX_IDS} ids")
    if not all(isinstance(entry, str) and _ID.fullmatch(entry) for entry in value):
        raise RequestError(400, "InvalidParameter", "ids must be ids as `mine` and `waiting` give them")
    return tuple(dict.fromkeys(value))


def _limit(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MAX_IDS:
        raise RequestError(400, "InvalidParameter", f"limit must be a whole number from 1 to {MAX_IDS}")
    return value
