"""The cells of an earlier release's journal are all there, under keys that sort; damage in them is named."""

import json
import sqlite3
import zlib
from pathlib import Path

import pytest

from local.folder_format import bring_up_to_date
from local.journal import DamagedError, Journal, encode_key
from local.migrations import MIGRATIONS

LISTS = ("item", "message", "object")
CELLS = [
    ("folder", "keys", b"{}"),
    ("item", json.dumps(["t", "set ü", 'a "b".jpg']), b"row" * 100),
    ("item", json.dumps(["t", "set", "\x01\x02"]), b"odd"),
    ("message", json.dumps(["0", "us-east-1", "http://q", "m"]), b"message"),
    ("object", json.dumps(["0", "pics", "photos/set/a.jpg"]), b"object"),
    ("session", "ASIA", b"session"),
    *(("item", json.dumps(["t", "many", str(number)]), b"x" * 3000) for number in range(1000)),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal of format 1."""
    path = tmp_path / "state.sqlite"
    file = sqlite3.connect(path)
    file.execute(
        "CREATE TABLE cells (kind TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, checksum INTEGER NOT NULL,"
        " PRIMARY KEY (kind, key)) WITHOUT ROWID"
    )
    for kind, key, value in CELLS:
        checksum = zlib.crc32(value, zlib.crc32(f"{kind}\0{key}".encode()))
        file.execute("INSERT INTO cells VALUES (?, ?, ?, ?)", (kind, key, value, checksum))
    file.execute("PRAGMA user_version = 1")
    file.commit()
    file.close()
    return path


def test_all_cells_of_an_earlier_release_are_there(path: Path) -> None:
    bring_up_to_date(path.parent, MIGRATIONS, print)
    journal = Journal(path)
    found = [(kind, key, value) for kind in ("folder", *LISTS, "session") for key, value in journal.read(kind)]
    journal.close()
    expected = [(kind, encode_key(*json.loads(key)) if kind in LISTS else key, value) for kind, key, value in CELLS]
    assert found == sorted(expected)


def test_damage_is_named_and_nothing_is_replaced(path: Path) -> None:
    file = sqlite3.connect(path, isolation_level=None)
    file.execute("UPDATE cells SET value = X'00' WHERE kind = 'session'")
    file.close()
    before = path.read_bytes()
    with pytest.raises(DamagedError, match=r"state\.sqlite is damaged \(the checksum of a cell of session"):
        bring_up_to_date(path.parent, MIGRATIONS, print)
    assert path.read_bytes() == before
    assert [found.name for found in path.parent.iterdir()] == ["state.sqlite"]
