"""Fixtures shared by all tests. No socket is opened but by the running stack that contract and browser tests share."""

import contextlib
import functools
import gc
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore import loaders
from hypothesis import settings
from prepared_stack import copy_prepared
from running import HOME_PASSWORD, DeployedStack, RunningStack, free_port, start_stack

from local.home.passwords import PasswordFile

# A busy machine makes no property false.
settings.register_profile("kinpics", deadline=None)
settings.load_profile("kinpics")

# What one session has read of AWS's models, all have: reading them is most of what a client costs.
botocore.session.create_loader = loaders.create_loader = functools.cache(loaders.create_loader)

ROOT = Path(__file__).resolve().parents[1]
PHOTOS = ROOT.parent / "shared" / "photos"
# Name of a stack on real AWS that the contract tests may use: docs/deploying.md.
ON_AWS = os.environ.get("KINPICS_TEST_STACK", "")


@pytest.fixture(scope="session")
def photos() -> Path:
    """The folder of real photographs for evaluation, which isn't part of the project."""
    if not PHOTOS.is_dir():
        pytest.skip(f"there are no photographs for evaluation at {PHOTOS}")
    return PHOTOS


@pytest.fixture(scope="session")
def demo_folders() -> list[Path]:
    """Fourteen photos in three sets, fetched once: fewer than the demo's, so that stacks are ready sooner."""
    from sample_photos import prepare

    return prepare()


@pytest.fixture
def with_faces(demo_folders: list[Path]) -> list[Path]:
    """Three of them whose faces are found even where the picture is out of shape."""
    names = ("obama.jpg", "group.jpg", "hopper.jpg")
    found = [path for folder in demo_folders for path in folder.iterdir() if path.name in names]
    assert len(found) == len(names)
    return found


@pytest.fixture
def in_memory(tmp_path: Path) -> Iterator[Path]:
    """A folder that waits for no disk, where the system has one."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else tmp_path) as folder:  # noqa: S108
        yield Path(folder)


def pytest_configure() -> None:
    """A shell lets what it starts in the background ignore Ctrl-C, and so would every program that is tested."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """What is loaded stays: the collector need not look through it again and again."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Note how long each test took, where the Makefile wants to tell the slowest of all groups."""
    if folder := os.environ.get("KINPICS_TEST_DURATIONS"):
        reports = [report for kind in terminalreporter.stats.values() for report in kind if hasattr(report, "when")]
        lines = [f"{report.duration:7.2f} {report.when:8} {report.nodeid}\n" for report in reports]
        (Path(folder) / str(os.getpid())).write_text("".join(lines), encoding="utf-8")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """On real AWS, only what is made for it runs."""
    if ON_AWS:
        for item in items:
            if "aws" not in item.keywords:
                item.add_marker(pytest.mark.skip(reason="runs on the laptop stack alone"))


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, demo_folders: list[Path]) -> Iterator[RunningStack]:
    """A laptop stack with these sets, shared by the tests of this run; or the one of KINPICS_TEST_STACK on AWS."""
    if ON_AWS:
        deployed = DeployedStack(ON_AWS)
        deployed.kinpics("upload", *map(str, demo_folders))
        yield deployed
        for folder in demo_folders:
            deployed.kinpics("delete", folder.name, "--yes", "--for-good")
        return
    data = tmp_path_factory.mktemp("stack") / "data"
    copy_prepared(data, demo_folders)
    PasswordFile(data, cost=2).write(HOME_PASSWORD)
    running = start_stack(data, options=("--host", "localhost", "--https-port", str(free_port())))
    try:
        yield running
    finally:
        with contextlib.suppress(ProcessLookupError):
            running.stop()
        assert running.process.returncode == 0, running.log.read_text()


@pytest.fixture
def matches(stack: RunningStack) -> Any:
    """The table of what is visitors' own, without what other tests have left there."""
    table = stack.table("MatchesTable")
    for row in table.scan()["Items"]:
        table.delete_item(Key={"identity_id": row["identity_id"], "kind": row["kind"]})
    return table
