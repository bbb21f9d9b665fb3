"""Fixtures shared by all tests. No socket is opened but by the running stack that contract and browser tests share."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import RunningStack, start_stack

ROOT = Path(__file__).resolve().parents[1]
PHOTOS = ROOT.parent / "shared" / "photos"


@pytest.fixture(scope="session")
def photos() -> Path:
    """The folder of real photographs for evaluation, which is no part of the project."""
    if not PHOTOS.is_dir():
        pytest.skip(f"there are no photographs for evaluation at {PHOTOS}")
    return PHOTOS


@pytest.fixture(scope="session")
def demo_folders() -> list[Path]:
    """The demo's picture sets, fetched once and kept beside the demo's own."""
    from local.demo_photos import prepare

    return prepare(ROOT / ".kinpics" / "demo-photos")


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, demo_folders: list[Path]) -> Iterator[RunningStack]:
    """A laptop stack with the demo's sets, shared by the tests of this run."""
    running = start_stack(tmp_path_factory.mktemp("stack") / "data")
    try:
        running.kinpics("upload", *map(str, demo_folders))
        yield running
    finally:
        with contextlib.suppress(ProcessLookupError):
            running.stop()
        assert running.process.returncode == 0, running.log.read_text()
