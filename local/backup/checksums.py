"""The list of a backup's files with their SHA-256, in the form of the command ``sha256sum``."""

import contextlib
import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from local.backup import BackupError

LIST = "SHA256SUMS"
# Lists files that a check found wrong, in the same form, until the next backup has copied them again.
WRONG = "WRONG"
_BLOCK = 1024 * 1024
_WORKERS = 4
_DIGEST = re.compile(rb"[0-9a-f]{64}")


def read_list(folder: Path) -> dict[str, str]:
    """The digest of each file of the whole backup in a folder, by its path there. Raises ``BackupError``."""
    try:
        lines = (folder / LIST).read_bytes().split(b"\n")
    except FileNotFoundError:
        raise BackupError(
            f"{folder} has no complete backup: either none was made there, or the first one was interrupted. Run "
            "`kinpics backup` again"
        ) from None
    if lines.pop() != b"" or not lines:
        raise BackupError(f"{folder / LIST} is cut off: the backup is damaged; make a new one in another folder")
    return dict(_parse(folder, line) for line in lines)


def write_list(folder: Path, digests: Mapping[str, str]) -> None:
    """Write the list, which makes the backup whole. Raises ``OSError``."""
    temporary = folder / f"{LIST}.new"
    with open(temporary, "wb") as file:
        file.writelines(_line(path, digest) for path, digest in sorted(digests.items()))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / LIST)


def note_wrong(folder: Path, digests: Mapping[str, str]) -> None:
    """Note the files that aren't as the list says, for the next backup; none if the folder can't be written to."""
    with contextlib.suppress(OSError):
        if digests:
            (folder / WRONG).write_bytes(b"".join(_line(path, digest) for path, digest in digests.items()))
        else:
            (folder / WRONG).unlink(missing_ok=True)


def read_wrong(folder: Path) -> set[str]:
    """The files that the last check has noted. Raises ``BackupError``."""
    if not (folder / WRONG).exists():
        return set()
    return {_parse(folder, line)[0] for line in (folder / WRONG).read_bytes().split(b"\n") if line}


def find_wrong(folder: Path, digests: Mapping[str, str], step: Callable[[], None]) -> Iterator[tuple[str, str]]:
    """Path of each file that isn't as the list says, and what is wrong with it; ``step`` is called after each file."""

    def check(item: tuple[str, str]) -> str:
        path, digest = item
        try:
            return "" if digest_of_file(folder / path) == digest else "is damaged: its bytes have changed"
        except FileNotFoundError:
            return "is missing"
        except OSError as error:
            return f"can't be read ({error.strerror})"

    with ThreadPoolExecutor(_WORKERS) as pool:
        for path, wrong in zip(digests, pool.map(check, digests.items()), strict=True):
            step()
            if wrong:
                yield path, wrong


def digest_of_file(path: Path) -> str:
    """The SHA-256 of a file, as hex digits. Raises ``OSError``."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy_file(source: Path, target: Path) -> str:
    """Copy a file, whole or not at all, with its times; returns its SHA-256. Raises ``OSError``."""
    temporary = target.with_name(f".{target.name[-100:]}.new")
    digest = hashlib.sha256()
    with open(source, "rb") as read:
        times = os.fstat(read.fileno())
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as written:
                while block := read.read(_BLOCK):
                    digest.update(block)
                    written.write(block)
            os.utime(temporary, ns=(times.st_atime_ns, times.st_mtime_ns))
            temporary.replace(target)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
    return digest.hexdigest()


def _line(path: str, digest: str) -> bytes:
    name = os.fsencode(path)
    escaped = name.replace(b"\\", b"\\\\").replace(b"\n", b"\\n")
    return (b"\\" if escaped != name else b"") + digest.encode() + b"  " + escaped + b"\n"


def _parse(folder: Path, line: bytes) -> tuple[str, str]:
    digest, two_spaces, name = line.removeprefix(b"\\").partition(b"  ")
    if line.startswith(b"\\"):
        name = b"\\".join(part.replace(b"\\n", b"\n") for part in name.split(b"\\\\"))
    path = Path(os.fsdecode(name))
    # "a//b" would be taken apart at its first slash, and "/b" leads out of any folder.
    is_plain = str(path) == os.fsdecode(name) and not path.is_absolute() and ".." not in path.parts
    if not two_spaces or not _DIGEST.fullmatch(digest) or len(path.parts) < 2 or not is_plain or b"\0" in name:
        raise BackupError(f"{folder / LIST} is damaged: it has the line {line[:200]!r}. Make a new backup elsewhere")
    return os.fsdecode(name), digest.decode()
