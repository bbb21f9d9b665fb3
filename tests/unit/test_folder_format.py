"""A folder of an earlier release is brought up to date, or stays as it was: killed anywhere, and on a full disk."""

import os
import resource
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from killing import in_child, killed_at

from local.folder_format import FormatError, Migration, bring_up_to_date, read_format
from local.journal import FORMAT, DamagedError
from local.migrations import MIGRATIONS
from local.state_folder import StateFolder, StateFolderError


def make(folder: Path, rows: int = 50) -> None:
    """A folder of format 1, with part of its content in the log of a killed process."""
    folder.mkdir(exist_ok=True)
    for name in ("state", "faces"):
        file = sqlite3.connect(folder / f"{name}.sqlite", isolation_level=None)
        file.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;")
        file.executescript("CREATE TABLE old (n INTEGER, text TEXT); PRAGMA user_version = 1;")
        file.execute("BEGIN")
        file.executemany("INSERT INTO old VALUES (?, ?)", [(number, "x" * 100) for number in range(rows)])
        file.execute("COMMIT")
        log = (folder / f"{name}.sqlite-wal").read_bytes()
        file.close()
        (folder / f"{name}.sqlite-wal").write_bytes(log)


def move_rows(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "state.sqlite")) as state:
        state.executescript("ALTER TABLE old RENAME TO new")
    with closing(sqlite3.connect(folder / "added.sqlite")) as added:
        added.executescript("CREATE TABLE added (n INTEGER)")


def split(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "faces.sqlite")) as faces:
        faces.executescript("CREATE TABLE copy AS SELECT * FROM old")


STEP_2 = Migration(2, "rows move", move_rows)
STEP_3 = Migration(3, "rows are copied", split)


def migrate(folder: Path) -> list[str]:
    told: list[str] = []
    bring_up_to_date(folder, [STEP_2, STEP_3], told.append, newest=3)
    return told


def tables(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as file:
        names = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: file.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}  # noqa: S608


def contents(folder: Path) -> dict[str, dict[str, int]]:
    return {path.name: tables(path) for path in sorted(folder.glob("*.sqlite"))}


OLD = {"faces.sqlite": {"old": 50}, "state.sqlite": {"old": 50}}
NEW = {"added.sqlite": {"added": 0}, "faces.sqlite": {"old": 50, "copy": 50}, "state.sqlite": {"new": 50}}


def test_the_newest_migration_leads_to_this_releases_format() -> None:
    numbers = [migration.number for migration in MIGRATIONS]
    assert numbers == sorted(set(numbers))
    assert (numbers or [1])[-1] == FORMAT


def test_databases_are_brought_up_to_date_and_kept_as_they_were(tmp_path: Path) -> None:
    make(tmp_path)
    told = migrate(tmp_path)
    assert told[:2] == [
        f"Bringing {tmp_path} up to date: rows move",
        f"Bringing {tmp_path} up to date: rows are copied",
    ]
    assert "before-format-1 for a week" in told[2]
    assert contents(tmp_path) == NEW
    assert contents(tmp_path / "before-format-1") == OLD
    assert read_format(tmp_path) == 3
    assert migrate(tmp_path) == []


def test_a_folder_halfway_takes_the_rest_of_the_steps(tmp_path: Path) -> None:
    make(tmp_path)
    bring_up_to_date(tmp_path, [STEP_2], lambda line: None, newest=2)
    bring_up_to_date(tmp_path, [STEP_2, STEP_3], lambda line: None, newest=3)
    assert contents(tmp_path) == NEW


def test_a_kill_at_any_moment_loses_nothing(in_memory: Path) -> None:
    step, was_killed, seen = 0, True, set()
    while was_killed:
        step += 1
        folder = in_memory / str(step)
        make(folder)
        was_killed = killed_at(step, lambda folder=folder: migrate(folder))
        if not (folder / "migrated").exists():  # else databases of two formats may stand side by side
            seen.add(str(contents(folder)))
            assert contents(folder) in (OLD, NEW)
        # And the next start may be killed as well.
        killed_at(step // 2 + 1, lambda folder=folder: migrate(folder))
        migrate(folder)
        assert contents(folder) == NEW
        assert contents(folder / "before-format-1") == OLD
    assert step > 15
    assert seen == {str(OLD), str(NEW)}


def test_a_full_disk_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    make(tmp_path, rows=2000)
    before = contents(tmp_path)

    def child() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        with pytest.raises(FormatError, match=r"the disk is full.*make room for about 2 MB.*was left as it was"):
            migrate(tmp_path)

    assert in_child(child) == 0
    assert contents(tmp_path) == before
    assert not (tmp_path / "migrating").exists()
    migrate(tmp_path)
    assert tables(tmp_path / "state.sqlite") == {"new": 2000}


def test_a_damaged_folder_is_left_alone(tmp_path: Path) -> None:
    make(tmp_path)
    content = (tmp_path / "faces.sqlite").read_bytes()
    (tmp_path / "faces.sqlite").write_bytes(content[:4096] + bytes(len(content) - 4096))
    (tmp_path / "faces.sqlite-wal").unlink()
    with pytest.raises(DamagedError, match=r"faces\.sqlite is damaged"):
        migrate(tmp_path)
    assert sorted(path.name for path in tmp_path.glob("*.sqlite")) == ["faces.sqlite", "state.sqlite"]
    assert read_format(tmp_path) == 1


def test_a_folder_of_a_newer_release_is_refused(tmp_path: Path) -> None:
    make(tmp_path)
    with closing(sqlite3.connect(tmp_path / "state.sqlite")) as file:
        file.execute(f"PRAGMA user_version = {FORMAT + 1}")
    folder = StateFolder(tmp_path)
    with folder.locked(), pytest.raises(StateFolderError, match=r"newer release of kinpics .*: update kinpics, or"):
        folder.open_journal()
    assert contents(tmp_path) == OLD


def test_old_databases_go_after_a_week(tmp_path: Path) -> None:
    make(tmp_path)
    migrate(tmp_path)
    old = tmp_path / "before-format-1"
    os.utime(old, (time.time() - 6 * 86400,) * 2)
    migrate(tmp_path)
    assert old.exists()
    os.utime(old, (time.time() - 8 * 86400,) * 2)
    migrate(tmp_path)
    assert not old.exists()
