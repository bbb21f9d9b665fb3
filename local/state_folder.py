"""The folder a laptop stack keeps everything in: its lock, its keys, and where the running one can be reached."""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import string
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from local.journal import DamagedError, Journal

# The stack that the laptop starts with, and whose site it serves.
STACK_NAME = "kinpics"


class StateFolderError(Exception):
    """The folder can't be used; the message says why and what to do."""


@dataclass(frozen=True)
class Running:
    """A running stack: what `kinpics env` prints. URLs without a slash at the end."""

    pid: int
    api_url: str
    site_url: str
    access_key: str
    secret_key: str
    region: str

    def environment(self) -> dict[str, str]:
        """The standard variables that let any AWS client talk to the stack, and the site's address."""
        return {
            "AWS_ENDPOINT_URL": self.api_url,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_REGION": self.region,
            "KINPICS_SITE_URL": self.site_url,
        }


class StateFolder:
    """One folder, for one stack at a time."""

    def __init__(self, path: Path):
        self.path = path

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder while a stack runs on it. Raises ``StateFolderError``."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self.path.chmod(0o700)
            lock = open(self.path / "lock", "w", encoding="utf-8")  # noqa: SIM115 - held for the life of the stack
        except OSError as error:
            raise StateFolderError(f"can't use {self.path} for the stack's data: {error.strerror}") from None
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise StateFolderError(
                    f"another stack is running on {self.path}: stop it, or give this one its own folder with --data"
                ) from None
            self._clean()
            yield
            self._running.unlink(missing_ok=True)

    def open_journal(self) -> Journal:
        """What is kept of the stack, made at its first start. Raises ``StateFolderError``."""
        path = self.path / "state.sqlite"
        if not path.exists():
            for other in ("faces.sqlite", "objects", "credentials.json"):
                if (self.path / other).exists():
                    raise self.damaged(f"{other} is there, but {path.name} is missing")
        try:
            return Journal(path)
        except DamagedError as error:
            raise self.damaged(error) from None

    def damaged(self, reason: object) -> StateFolderError:
        """The error to tell where what is in the folder can't be used."""
        return StateFolderError(f"{reason}: restore {self.path} from a copy, or move it away to begin anew")

    def keys(self, journal: Journal) -> tuple[str, str]:
        """Root access key and secret of this folder's stack, made at its first start. Raises ``StateFolderError``."""
        kept = journal.get("folder", "keys")
        if kept is None:
            alphabet = string.ascii_uppercase + "234567"
            access_key = "AKIA" + "".join(secrets.choice(alphabet) for _ in range(16))
            kept = json.dumps({"access_key": access_key, "secret_key": secrets.token_urlsafe(30)}).encode()
            journal.write([("folder", "keys", kept)])
        keys = json.loads(kept)
        return keys["access_key"], keys["secret_key"]

    def announce(self, running: Running) -> None:
        """Say where the stack can be reached, for the other commands."""
        _write_private(self._running, asdict(running))

    def running(self) -> Running | None:
        """The stack that runs on this folder now, or None."""
        try:
            running = Running(**json.loads(self._running.read_text()))
            with open(self.path / "lock", "w", encoding="utf-8") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except OSError:
                    return running
        except (OSError, ValueError, TypeError):
            pass
        return None

    @property
    def _running(self) -> Path:
        return self.path / "running.json"

    def _clean(self) -> None:
        """Remove what a stack that was killed left behind."""
        self._running.unlink(missing_ok=True)
        shutil.rmtree(self.path / "tmp", ignore_errors=True)


def _write_private(path: Path, content: dict) -> None:
    temporary = path.with_suffix(".tmp")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
    temporary.replace(path)
