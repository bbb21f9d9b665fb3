"""The folder in which a laptop stack keeps everything: its lock, its keys, and where to reach the running stack."""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import sqlite3
import string
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from functions.errors import KinpicsError
from local.folder_format import FormatError, bring_up_to_date
from local.journal import DamagedError, Journal, check_at_start
from local.migrations import MIGRATIONS

if TYPE_CHECKING:
    from local.rekognition.own_engine import OwnEngine
    from local.rekognition.state import State

# The stack that the laptop starts with, and whose site it serves.
STACK_NAME = "kinpics"
# Where the stack puts files that it has no record of.
SET_ASIDE = "set-aside"
# Where a backup is put back, until all of it is there.
RESTORING = "restoring"
# Names by which a computer finds itself alone.
THIS_COMPUTER = frozenset({"localhost", "127.0.0.1", "::1"})
# How often it is tried to remove what a function is still unpacking.
_CLEANINGS = 20
_NOTE = "README.txt"
_NOTE_TEXT = """\
These files were in the folder "objects", but state.sqlite has no record of them: it is older than they are, or the
stack was killed before it had acknowledged them. Each is under the day it was found on, and the bucket and key it was
written for (or under "unknown").

To get the photos of a set back, start the stack and upload their folder:

    kinpics upload DAY/BUCKET/photos/SET

Delete what you don't need.
"""


class StateFolderError(KinpicsError):
    """The folder can't be used; the message says why and what to do."""


@dataclass(frozen=True)
class Running:
    """A running stack: what `kinpics env` prints. URLs without a slash at the end, as browsers get them.

    ``home_urls`` are those that the home network has, the best one first.
    """

    pid: int
    api_url: str
    site_url: str
    access_key: str
    secret_key: str
    region: str
    home_urls: tuple[str, ...] = ()

    @property
    def home_url(self) -> str | None:
        """The site's first address that others in the home network can open, if there is one."""
        return next((url for url in self.home_urls if urlsplit(url).hostname not in THIS_COMPUTER), None)

    def environment(self) -> dict[str, str]:
        """The standard variables that let any AWS client talk to the stack, and the addresses that browsers know.

        For a bucket at `localhost`, AWS's client for JavaScript asks `bucket.localhost`, a name that not every machine
        can look up. It puts nothing in front of a number.
        """
        return {
            "AWS_ENDPOINT_URL": self.api_url.replace("//localhost:", "//127.0.0.1:"),
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_REGION": self.region,
            "KINPICS_API_URL": self.api_url,
            "KINPICS_SITE_URL": self.site_url,
            # Empty rather than missing: a shell may still have that of a stack before.
            "KINPICS_HOME_URL": self.home_url or "",
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
                    f"another stack is using {self.path}: stop it, or give this one its own folder with --data"
                ) from None
            self._clean()
            yield
            self._clean()

    def open_journal(self, tell: Callable[[str], None] = lambda line: None) -> Journal:
        """The stack's journal, created at its first start. Raises ``StateFolderError``.

        A folder of an earlier release is brought up to date first; ``tell`` gets lines about that.
        """
        if (self.path / RESTORING).exists():
            raise StateFolderError(
                f"a backup was being put back into {self.path} when that was interrupted: run the same "
                "`kinpics restore` again, or remove the folder"
            )
        try:
            bring_up_to_date(self.path, MIGRATIONS, tell)
        except FormatError as error:
            raise StateFolderError(str(error)) from None
        except DamagedError as error:
            raise self.damaged(error) from None
        path = self.path / "state.sqlite"
        others = [name for name in ("faces.sqlite", "objects", "credentials.json") if (self.path / name).exists()]
        is_missing = not path.exists()
        if is_missing and others:
            raise self.damaged(f"{others[0]} is there, but {path.name} is missing")
        is_blank = is_missing or (path.stat().st_size == 0 and not path.with_name(f"{path.name}-wal").exists())
        try:
            if is_blank and others:
                raise DamagedError(f"{path} is empty, but {others[0]} is there")
            journal = Journal(path)
            if others and journal.is_empty():
                journal.close()
                raise DamagedError(f"{path} is empty, but {others[0]} is there")
        except DamagedError as error:
            raise self.damaged(error) from None
        return journal

    def own_engine(self) -> "OwnEngine | None":
        """The owner's face engine, if there is one. Its networks aren't tried. Raises ``StateFolderError``."""
        from local.rekognition.own_engine import OwnEngineError, read

        try:
            return read(self.path / "engine")
        except OwnEngineError as error:
            raise StateFolderError(str(error)) from None

    def open_faces(self, journal: Journal, own: "OwnEngine | None" = None) -> "State":
        """The faces that belong to a journal, created at the first start. Raises ``StateFolderError``."""
        from local.rekognition.state import State  # loads what the other commands don't need

        path = self.path / "faces.sqlite"
        kept = journal.get("folder", "faces")
        is_known = kept is not None or any(journal.read("service"))
        if is_known and not path.exists():
            raise self.damaged(f"{path} is missing")
        if is_known and path.stat().st_size == 0:
            raise self.damaged(f"{path} is empty")
        try:
            if path.exists():
                with contextlib.closing(sqlite3.connect(path)) as file:
                    check_at_start(file, path)
            state = State(path, own)
        except (sqlite3.Error, ValueError, TypeError, KeyError) as error:
            raise self.damaged(f"{path} is damaged ({error})") from None
        if kept is None:
            journal.write([("folder", "faces", state.identity.encode())])
        elif kept != state.identity.encode():
            state.close()
            raise self.damaged(f"{path} does not belong to {self.path / 'state.sqlite'}")
        return state

    def set_aside(self) -> str | None:
        """A line about what is set aside here, or None. Writes a note beside it that says what to do."""
        folder = self.path / SET_ASIDE
        files = [path for path in folder.rglob("*") if path.is_file() and path.name != _NOTE]
        if not files:
            return None
        note = folder / _NOTE
        note.write_text(_NOTE_TEXT, encoding="utf-8")
        found = "1 file" if len(files) == 1 else f"{len(files)} files"
        return f"{found} the stack has no record of: {note} says how to get them back"

    def damaged(self, reason: object) -> StateFolderError:
        """The error for a folder whose contents can't be used."""
        return StateFolderError(f"{reason}: restore {self.path} from a copy, or move it away to start over")

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
        """Tell the other commands where to reach the stack."""
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
        """Remove what only a running stack needs.

        One that was killed leaves it behind, and so does a function that starts just as the stack ends: that one may
        still be unpacking its code.
        """
        self._running.unlink(missing_ok=True)
        temporary = self.path / "tmp"
        for _ in range(_CLEANINGS):
            shutil.rmtree(temporary, ignore_errors=True)
            if not temporary.exists():
                break
            time.sleep(0.1)


def _write_private(path: Path, content: dict[str, Any]) -> None:
    temporary = path.with_suffix(".tmp")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
    temporary.replace(path)
