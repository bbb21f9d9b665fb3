"""The step to format 2 of the data folder: the keys of cells sort, where they were JSON lists before."""

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from local.journal import PUT, SCHEMA, DamagedError, checksum_of, encode_key

# Kinds whose keys were JSON lists.
_LISTS = ("item", "message", "object")


def sort_cells(folder: Path) -> None:
    """Copy all cells of a folder's journal into a new file, which then takes its place. Raises ``DamagedError``."""
    path, copy = folder / "state.sqlite", folder / "state.sorted"
    with (
        contextlib.closing(sqlite3.connect(path)) as old,
        contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as new,
    ):
        # Nothing needs to be undone in it: it counts only once it is whole.
        new.execute("PRAGMA journal_mode = OFF")
        new.execute("PRAGMA synchronous = OFF")
        new.executescript(f"BEGIN; {SCHEMA}")
        new.executemany(PUT, ((*cell, checksum_of(*cell)) for cell in _cells(path, old)))
        new.execute("COMMIT")
    copy.replace(path)


def _cells(path: Path, old: sqlite3.Connection) -> Iterator[tuple[str, str, bytes]]:
    for kind, key, value, checksum in old.execute("SELECT kind, key, value, checksum FROM cells ORDER BY kind, key"):
        if checksum_of(kind, key, value) != checksum:
            raise DamagedError(f"{path.name} is damaged (the checksum of a cell of {kind} is wrong)")
        yield kind, encode_key(*json.loads(key)) if kind in _LISTS else key, value
