"""The data folder of a stack to which the demo's sets were uploaded, made once for all groups of tests: that takes as
long as many a test. It is made again when anything that a stack is made of has changed.
"""

import contextlib
import fcntl
import hashlib
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from running import start_stack

_ROOT = Path(__file__).resolve().parents[1]
_KEPT = _ROOT / ".kinpics" / "test-stack"
# Whatever has a part in what a stack makes of photos.
_MADE_OF = ("functions", "local", "scripts", "site", "edge", "policies", "requirements", "build.py", "template.yaml")
_MADE_OF += ("kinpics.toml", "pyproject.toml", "package-lock.json", "tests/running.py", "tests/zygote.py")
_LEFT_OUT = {"__pycache__", "node_modules"}


def copy_prepared(data: Path, demo_folders: list[Path]) -> None:
    """Make a stack's data folder that holds the demo's sets."""
    with _locked():
        made_of, wanted = _KEPT / "made-of", _fingerprint(demo_folders)
        if not made_of.exists() or made_of.read_text() != wanted:
            shutil.rmtree(_KEPT, ignore_errors=True)
            _KEPT.mkdir()
            _make(_KEPT / "data", demo_folders)
            made_of.write_text(wanted)
        shutil.copytree(_KEPT / "data", data)


@contextlib.contextmanager
def _locked() -> Iterator[None]:
    """Groups of tests wait for the one that makes it."""
    with _KEPT.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(data: Path, demo_folders: list[Path]) -> None:
    running = start_stack(data)
    try:
        running.kinpics("upload", *map(str, demo_folders))
        running.wait_for_queue("PeopleQueue")
    finally:
        running.stop()
    assert running.process.returncode == 0, running.log.read_text()


def _fingerprint(demo_folders: list[Path]) -> str:
    found = hashlib.sha256(sys.version.encode())
    for place in (*(_ROOT / name for name in _MADE_OF), *demo_folders):
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file() and not _LEFT_OUT & {*path.parts}:
                found.update(f"{path}\0".encode())
                found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()
