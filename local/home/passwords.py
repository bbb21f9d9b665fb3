"""The owner's password, kept as a hash, and the key that signs the cookies of whoever has typed it.

A new password comes with a new key, so it ends every session.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet

from local.home import HomeError

MIN_LENGTH = 10
_MAX_LENGTH = 1000
# scrypt's N, of OWASP's password storage cheat sheet: 32 MB and about a fifth of a second for each try.
_COST = 2**15
_BLOCK, _ROUNDS = 8, 3
_MEMORY = 64 * 1024 * 1024


@dataclass(frozen=True)
class Password:
    """What is kept of a password: salt and hash, which took scrypt ``cost``, and the key for cookies, as `Fernet` takes
    it."""

    salt: bytes
    hash: bytes
    key: bytes
    cost: int

    def is_right(self, typed: str) -> bool:
        """Whether this was typed; takes as long for a wrong one."""
        return hmac.compare_digest(self.hash, _hash(typed, self.salt, self.cost))


class PasswordFile:
    """The password of a data folder; ``path`` is readable by its owner alone."""

    def __init__(self, data: Path, cost: int = _COST):
        self._cost = cost
        self.path = data / "home" / "password.json"

    def read(self) -> Password:
        """The password as it is now. Raises ``HomeError``."""
        try:
            kept = json.loads(self.path.read_bytes())
            salt, found, key = (base64.b64decode(kept[name], validate=True) for name in ("salt", "hash", "key"))
            password = Password(salt, found, key, int(kept["cost"]))
            Fernet(password.key)
            return password
        except FileNotFoundError:
            raise HomeError("the album has no password yet: set one with `kinpics local password`") from None
        except (OSError, ValueError, TypeError, KeyError):
            raise HomeError(f"{self.path} can't be read: run `kinpics local password` to set it again") from None

    def write(self, typed: str) -> None:
        """Set the password, and end every session. Raises ``HomeError``."""
        if not MIN_LENGTH <= len(typed) <= _MAX_LENGTH:
            raise HomeError(f"the password must have at least {MIN_LENGTH} characters: four words make a good one")
        salt = secrets.token_bytes(16)
        made = {"salt": salt, "hash": _hash(typed, salt, self._cost), "key": Fernet.generate_key()}
        text = json.dumps({"cost": self._cost, **{name: base64.b64encode(made[name]).decode() for name in made}})
        temporary = self.path.with_suffix(".new")
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            temporary.unlink(missing_ok=True)
            with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                file.write(text)
            temporary.replace(self.path)
        except OSError as error:
            raise HomeError(f"can't save the password in {self.path}: {error.strerror}") from None


def _hash(typed: str, salt: bytes, cost: int) -> bytes:
    # Phones and laptops write the same umlaut in different ways.
    text = unicodedata.normalize("NFKC", typed[:_MAX_LENGTH]).encode(errors="replace")
    return hashlib.scrypt(text, salt=salt, n=cost, r=_BLOCK, p=_ROUNDS, maxmem=_MEMORY, dklen=32)
