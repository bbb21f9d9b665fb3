"""Passes: what the gate and the door hand out, and every check of a private album asks for.

A pass is ``1.<key id>.<subjects>.<end>.<mac>``. Subjects are links that were opened, and the member who signed in,
joined by ``~``; it ends ``end`` seconds after 1970; the MAC is HMAC-SHA256 (RFC 2104) in hex over all before it. It
only says who has come in: whoever checks it also looks whether the link and the member are still there. edge/gate.js
makes and reads the same.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from functions.errors import KinpicsError

_VERSION = "1"
# Whoever is removed is out at once, since each check looks. This is how long a pass is good without asking Cognito.
PASS_SECONDS = 6 * 3600
# A cookie holds 4 kB; whoever has opened more links opens the first ones again.
MAX_SUBJECTS = 20
COOKIE = "__Host-kinpics"

_SECRET_BYTES = 16
_ID_DIGITS = 32
_PASS = re.compile(r"1\.[0-9a-f]{8,32}\.[0-9a-z~-]{1,1200}\.[0-9]{10}\.[0-9a-f]{64}")
_LINK = re.compile(r"l([0-9a-f]{32})")
_MEMBER = re.compile(r"m([0-9a-f]{32})-([0-9]{1,10})")


class BadPassError(KinpicsError):
    """This is no pass of this album, or it has ended."""


@dataclass(frozen=True)
class LinkSubject:
    """Somebody opened the link with this id."""

    id: str

    def __str__(self) -> str:
        return f"l{self.id}"


@dataclass(frozen=True)
class MemberSubject:
    """The member with this id signed in; ``since`` is what the member's row said then."""

    id: str
    since: int

    def __str__(self) -> str:
        return f"m{self.id}-{self.since}"


Subject = LinkSubject | MemberSubject


def new_secret() -> str:
    """A link's secret: 128 bits as 22 characters that need no escape in an address."""
    return base64.urlsafe_b64encode(secrets.token_bytes(_SECRET_BYTES)).decode().rstrip("=")


def link_id(secret: str) -> str:
    """By which a link's secret is looked up: it tells nothing of the secret."""
    return hashlib.sha256(secret.encode()).hexdigest()[:_ID_DIGITS]


def member_id(sub: str) -> str:
    """A member's id by Cognito's ``sub``."""
    return sub.replace("-", "").lower()


def add_subject(subjects: Iterable[Subject], new: Subject) -> tuple[Subject, ...]:
    """Subjects of a pass with one more: the newest last, each once, one member at most, the oldest dropped."""
    kept = [
        subject
        for subject in subjects
        if subject != new and not (isinstance(new, MemberSubject) and isinstance(subject, MemberSubject))
    ]
    return (*kept, new)[-MAX_SUBJECTS:]


def write_pass(subjects: Iterable[Subject], end: int, key_id: str, key: bytes) -> str:
    """A pass for these subjects, which ends ``end`` seconds after 1970."""
    text = f"{_VERSION}.{key_id}.{'~'.join(map(str, subjects))}.{end}"
    return f"{text}.{_mac(text, key)}"


def read_pass(text: str, keys: Mapping[str, bytes], now: float) -> tuple[Subject, ...]:
    """The subjects of a pass, made with one of these keys by id. Raises ``BadPassError``."""
    if not _PASS.fullmatch(text):
        raise BadPassError("this isn't a pass for this site")
    signed, _, mac = text.rpartition(".")
    _, key_id, subjects, end = signed.split(".")
    key = keys.get(key_id)
    if key is None or not hmac.compare_digest(_mac(signed, key), mac):
        raise BadPassError("this isn't a pass for this site")
    if now >= int(end):
        raise BadPassError("this pass has ended: open the link again, or sign in again")
    return tuple(_read_subject(subject) for subject in subjects.split("~"))


def _read_subject(text: str) -> Subject:
    if found := _LINK.fullmatch(text):
        return LinkSubject(found[1])
    if found := _MEMBER.fullmatch(text):
        return MemberSubject(found[1], int(found[2]))
    raise BadPassError("this isn't a pass for this site")


def _mac(text: str, key: bytes) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
