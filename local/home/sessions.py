"""Who is logged in: a signed cookie in the browser, and here a list of those that logged out before theirs expired."""

import contextlib
import json
import secrets
import time
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from local.home import HomeError

# A phone in the house need not log in more often than this.
SESSION_SECONDS = 30 * 86_400
# The prefix lets only this host set it, for all its paths, over HTTPS: RFC 6265bis, 4.1.3.2.
_COOKIE = "__Host-kinpics-home"
_FLAGS = "; Path=/; Secure; HttpOnly; SameSite=Strict"


class Sessions:
    """Cookies signed with the key that ``key`` gives, and a file of those that were ended by hand."""

    def __init__(self, key: Callable[[], bytes], ended: Path, now: Callable[[], float] = time.time):
        self._key = key
        self._file = ended
        self._now = now
        self._ended: dict[str, int] = {}
        with contextlib.suppress(OSError, ValueError, AttributeError):
            self._ended = {str(name): int(until) for name, until in json.loads(ended.read_bytes()).items()}

    def begin(self) -> str:
        """The header `Set-Cookie` of a new session."""
        token = Fernet(self._key()).encrypt_at_time(secrets.token_bytes(16), int(self._now())).decode()
        return f"{_COOKIE}={token}; Max-Age={SESSION_SECONDS}{_FLAGS}"

    def is_open(self, cookies: str) -> bool:
        """Whether a header `Cookie` has a session that was begun here, is not too old and has not been ended."""
        return self._known(cookies) is not None

    def end(self, cookies: str) -> str:
        """End the session of a header `Cookie` for good; returns the header `Set-Cookie` that removes it.

        Raises ``HomeError`` if that can't be kept: it would be open again after the next start.
        """
        if (session := self._known(cookies)) is not None:
            now = int(self._now())
            self._ended = {name: until for name, until in self._ended.items() if until > now}
            self._ended[session] = now + SESSION_SECONDS
            temporary = self._file.with_suffix(".new")
            try:
                temporary.write_text(json.dumps(self._ended), encoding="utf-8")
                temporary.replace(self._file)
            except OSError as error:
                raise HomeError(f"can't write {self._file}: {error.strerror}") from None
        return f"{_COOKIE}=; Max-Age=0{_FLAGS}"

    def _known(self, cookies: str) -> str | None:
        """The session of a header `Cookie`: what was signed, since a token can be written in several ways."""
        pairs = (pair.strip().partition("=") for pair in cookies.split(";"))
        token = next((value for name, _, value in pairs if name == _COOKIE), "")
        try:
            session = Fernet(self._key()).decrypt_at_time(token, SESSION_SECONDS, int(self._now())).hex()
        except (InvalidToken, ValueError):
            return None
        return None if session in self._ended else session
