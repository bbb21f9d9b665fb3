"""The bytes of S3's objects, each in a file of its own that is never changed: what an object's bytes are is said by the
journal, so that a write takes effect with its acknowledgement, in whole or not at all.
"""

import contextlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path


class Bodies:
    """Files in a folder, named at random, spread over 256 folders."""

    def __init__(self, folder: Path):
        self._folder = folder
        for number in range(256):
            (folder / f"{number:02x}").mkdir(parents=True, exist_ok=True)

    def write(self, body: bytes) -> str:
        """Store bytes and return their name. Raises ``OSError``."""
        name = secrets.token_hex(16)
        file = os.open(self._path(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(file, "wb") as opened:
            opened.write(body)
        return name

    def read(self, name: str) -> bytes:
        """The bytes of a name. Raises ``OSError``."""
        return self._path(name).read_bytes()

    def remove(self, names: Iterable[str]) -> None:
        """Remove what is there of these names."""
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                self._path(name).unlink()

    def names(self) -> set[str]:
        """All that is stored."""
        return {entry.name for number in range(256) for entry in os.scandir(self._folder / f"{number:02x}")}

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name
