"""The journal keeps what was committed, whatever happened to the end of the file; damage is named, nothing replaced."""

import shutil
import sqlite3
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.journal import Compactor, DamagedError, Journal, below, check_later, decode_key, encode_key, merge


def commits(count: int) -> list[list[tuple[str, str, bytes | None]]]:
    """Transactions of three cells each, some removed again."""
    return [
        [("item", f"{number}-{part}", f"value {number}".encode() * 20) for part in range(3)]
        + [("item", f"{number - 3}-0", None)]
        for number in range(count)
    ]


def states(transactions: list) -> list[dict[str, bytes]]:
    """What the journal holds after none, one, two … of the transactions."""
    found: list[dict[str, bytes]] = [{}]
    for changes in transactions:
        state = dict(found[-1])
        for _, key, value in changes:
            if value is None:
                state.pop(key, None)
            else:
                state[key] = value
        found.append(state)
    return found


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """A journal's files as a killed process leaves them, and the size of its log."""
    folder = tmp_path_factory.mktemp("journal")
    journal = Journal(folder / "open.sqlite")
    for changes in commits(40):
        journal.write(changes)
    for suffix in ("", "-wal"):
        shutil.copyfile(folder / f"open.sqlite{suffix}", folder / f"killed.sqlite{suffix}")
    journal.close()
    return folder / "killed.sqlite", (folder / "killed.sqlite-wal").stat().st_size


def reopened(killed: Path, folder: Path, log: bytes) -> dict[str, bytes]:
    shutil.copyfile(killed, folder / "state.sqlite")
    (folder / "state.sqlite-wal").write_bytes(log)
    (folder / "state.sqlite-shm").unlink(missing_ok=True)
    journal = Journal(folder / "state.sqlite")
    try:
        return dict(journal.read("item"))
    finally:
        journal.close()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_torn_end_is_dropped_and_the_rest_kept(
    killed: tuple[Path, int], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path, size = killed
    log = path.with_name(path.name + "-wal").read_bytes()
    length = data.draw(st.integers(0, size))
    garbage = data.draw(st.binary(max_size=64))
    found = reopened(path, tmp_path_factory.mktemp("torn"), log[:length] + garbage)
    possible = states(commits(40))
    assert found in possible, "half of a transaction took effect"
    if length == size:
        assert found == possible[-1]


def test_changes_are_made_wholly_or_not_at_all(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "state.sqlite")
    journal.write([("a", "1", b"x")])
    with pytest.raises(TypeError):
        journal.write([("a", "2", b"y"), ("a", "3", object())])  # type: ignore[list-item]
    assert dict(journal.read("a")) == {"1": b"x"}
    assert (journal.get("a", "1"), journal.get("a", "2")) == (b"x", None)
    journal.write([("a", "1", None)])
    assert dict(journal.read("a")) == {}
    journal.close()


def test_a_merged_log_starts_over(tmp_path: Path) -> None:
    path, log = tmp_path / "state.sqlite", tmp_path / "state.sqlite-wal"
    journal, file = Journal(path), sqlite3.connect(path)
    transactions = commits(1000)
    for start in range(0, 1000, 100):
        for changes in transactions[start : start + 100]:
            journal.write(changes)
        merge(file)
    assert dict(journal.read("item")) == states(transactions)[-1]
    assert log.stat().st_size < 4_000_000, "1,000 such commits make four times as much"
    file.close()
    journal.close()


def test_the_log_is_merged_in_the_background(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    journal, compactor = Journal(path), Compactor([path], seconds=0.01)
    journal.write([("item", str(number), b"value" * 100) for number in range(1000)])
    deadline = time.monotonic() + 60
    while path.stat().st_size < 500_000:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    compactor.close()
    journal.close()


@pytest.mark.parametrize("damage", ["garbage", "cut", "flipped"])
def test_a_damaged_file_is_named_and_left_alone(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "state.sqlite"
    journal = Journal(path)
    journal.write([("item", str(number), b"value" * 400) for number in range(200)])
    journal.close()
    content = bytearray(path.read_bytes())
    if damage == "garbage":
        content[:4096] = b"\xff" * 4096
    elif damage == "cut":
        del content[len(content) // 2 :]
    else:
        place = content.index(b"valuevalue")
        content[place] ^= 1
    path.write_bytes(content)

    def read() -> None:
        opened = Journal(path)
        try:
            dict(opened.read("item"))
        finally:
            opened.close()

    with pytest.raises(DamagedError, match=r"state\.sqlite is damaged"):
        read()
    assert path.read_bytes() == content


def test_a_file_of_a_newer_version_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    Journal(path).close()
    file = sqlite3.connect(path)
    file.execute("PRAGMA user_version = 99")
    file.close()
    with pytest.raises(DamagedError, match="newer"):
        Journal(path)


def test_a_large_file_is_checked_while_the_stack_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state.sqlite"
    journal = Journal(path)
    journal.write([("item", f"{number:03}", b"value" * 400) for number in range(200)])
    journal.close()
    check_later(path)
    content = bytearray(path.read_bytes())
    content[50 * 4096 : 51 * 4096] = bytes(4096)
    path.write_bytes(content)
    with pytest.raises(DamagedError, match=r"state\.sqlite is damaged"):
        Journal(path)
    monkeypatch.setattr("local.journal._MOST_CHECKED", 4096)
    Journal(path).close()
    with pytest.raises(DamagedError, match=r"state\.sqlite is damaged"):
        check_later(path)


# Characters on both sides of those that keys escape, and the last ones.
PARTS = st.lists(st.text(st.sampled_from("\x00\x01\x02\x03 !az\ud7ff\ue000\U0010fffe")), min_size=1, max_size=4)


@given(PARTS, PARTS)
def test_keys_sort_as_their_parts_do(first: list[str], second: list[str]) -> None:
    assert decode_key(encode_key(*first)) == first
    assert (encode_key(*first) < encode_key(*second)) == (first < second)
    assert encode_key(*first, "more").startswith(below(*first))


@settings(max_examples=30, deadline=None)
@given(st.sets(st.text("ab/", max_size=4)), st.text("ab/", max_size=2), st.text("ab/", max_size=4), st.booleans())
def test_cells_are_read_in_order_from_anywhere(
    tmp_path_factory: pytest.TempPathFactory, keys: set[str], prefix: str, after: str, backwards: bool
) -> None:
    journal = Journal(tmp_path_factory.mktemp("order") / "state.sqlite")
    journal.write([("item", key, key.encode()) for key in keys] + [("other", "a", b"")])
    wanted = sorted((key for key in keys if key.startswith(prefix)), reverse=backwards)
    assert [key for key, _ in journal.read("item", prefix, backwards=backwards)] == wanted
    assert journal.count("item", prefix) == len(wanted)
    follow = [key for key in wanted if (key < after if backwards else key > after)]
    assert [key for key, _ in journal.read("item", prefix, after, backwards=backwards)] == follow
    journal.remove("item", prefix)
    assert [key for key, _ in journal.read("item")] == sorted(keys - set(wanted))
    journal.close()


def test_what_is_put_is_seen_at_once_and_kept_with_the_next_write(tmp_path: Path) -> None:
    journal, other = Journal(tmp_path / "state.sqlite"), Journal(tmp_path / "state.sqlite")
    journal.put("item", "a", b"1")
    assert (journal.get("item", "a"), other.get("item", "a"), journal.is_changed) == (b"1", None, True)
    journal.write([("item", "b", b"2")])
    assert (dict(other.read("item")), journal.is_changed) == ({"a": b"1", "b": b"2"}, False)
    journal.put("item", "a", None)
    journal.close()
    assert dict(other.read("item")) == {"a": b"1", "b": b"2"}, "it was not committed"
    other.close()


def test_many_cells_are_read_while_they_change(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "state.sqlite")
    journal.write([("item", f"{number:04}", b"") for number in range(3000)])
    for key, _ in journal.read("item"):
        journal.put("item", key, None)
        journal.put("item", f"0{key}", b"")
    assert journal.count("item") == 3000
    journal.close()
