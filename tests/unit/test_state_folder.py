"""A damaged data folder is named in one line and left alone. Files that no object has are set aside."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import numpy as np
import pytest

from local.bodies import Bodies, UnreadableBodyError
from local.comparing import Found, compare, describe_unreadable, settle
from local.embedded.comparison import Comparison
from local.embedded.loading import remove_unused
from local.journal import Journal, encode_key
from local.rekognition.engine import FoundFace
from local.rekognition.state import State
from local.state_folder import SET_ASIDE, StateFolder, StateFolderError


def face(number: int) -> FoundFace:
    descriptor = np.random.default_rng(number).normal(0, 0.1, 128).astype(np.float32).tobytes()
    return FoundFace(0.1, 0.1, 0.5, 0.5, 1.0, {}, 0.0, 50.0, 50.0, descriptor)


def fill(path: Path) -> Path:
    """A folder as a stack leaves it: keys, cells, faces; large enough to have pages in the middle."""
    folder = StateFolder(path)
    with folder.locked():
        journal = folder.open_journal()
        folder.keys(journal)
        state = folder.open_faces(journal)
        state.create_collection("album")
        for number in range(40):
            state.index("album", f"{path} {number}".encode(), f"set/{number}.jpg", [face(number)])
        journal.write([("service", "s3", b"{}"), *(("item", f"{n}", b"value" * 100) for n in range(100))])
        Bodies(path / "objects").write(b"bytes", "pics/photos/set/a.jpg")
        state.close()
        journal.close()
    return path


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("kept") / "data")


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of another stack."""
    return fill(tmp_path_factory.mktemp("others") / "data")


def zeroed(first: int, pages: int = 1) -> Callable[[Path, Path], None]:
    def damage(path: Path, others: Path) -> None:
        content = bytearray(path.read_bytes())
        content[first * 4096 : (first + pages) * 4096] = bytes(pages * 4096)
        path.write_bytes(content)

    return damage


def garbled_schema(path: Path, others: Path) -> None:
    """The first page, but for the header that says it is a database."""
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xff" * 3996 + content[4096:])


def emptied_tables(path: Path, others: Path) -> None:
    file = sqlite3.connect(path, isolation_level=None)
    for (table,) in file.execute("SELECT name FROM sqlite_master WHERE name IN ('cells', 'collections', 'faces')"):
        file.execute(f"DELETE FROM {table}")  # noqa: S608
    file.close()


def one_row_less(path: Path, others: Path) -> None:
    file = sqlite3.connect(path, isolation_level=None)
    file.execute("DELETE FROM faces WHERE number = 7")
    file.close()


DAMAGES: dict[str, Callable[[Path, Path], object]] = {
    "missing": lambda path, others: path.unlink(),
    "empty": lambda path, others: path.write_bytes(b""),
    "cut to half": lambda path, others: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "cut to a page": lambda path, others: path.write_bytes(path.read_bytes()[:4096]),
    "zeroed": lambda path, others: path.write_bytes(bytes(path.stat().st_size)),
    "first page zeroed": zeroed(0),
    "first page garbled": garbled_schema,
    "second page zeroed": zeroed(1),
    "middle page zeroed": zeroed(5),
    "text": lambda path, others: path.write_text("no database"),
    "tables emptied": emptied_tables,
    "another stack's": lambda path, others: shutil.copyfile(others / path.name, path),
}
CASES = [(name, damage) for name in ("state.sqlite", "faces.sqlite") for damage in DAMAGES]


def open_all(path: Path) -> None:
    """All that is read of the two files at a start."""
    folder = StateFolder(path)
    with folder.locked():
        journal = folder.open_journal()
        try:
            folder.keys(journal)
            folder.open_faces(journal).close()
            for kind in ("service", "item", "object"):
                list(journal.read(kind))
        finally:
            journal.close()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(("name", "damage"), CASES)
def test_a_damaged_file_is_named_in_one_line(kept: Path, others: Path, tmp_path: Path, name: str, damage: str) -> None:
    data = tmp_path / "data"
    shutil.copytree(kept, data)
    DAMAGES[damage](data / name, others)
    before = contents(data)
    with pytest.raises(StateFolderError) as told:
        open_all(data)
    assert name in str(told.value)
    assert str(told.value).endswith(f"restore {data} from a copy, or move it away to start over")
    assert "\n" not in str(told.value)
    after = contents(data)
    assert {name: after[name] for name in before} == before


def test_a_face_that_is_lost_is_noticed(kept: Path, others: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(kept, data)
    one_row_less(data / "faces.sqlite", others)
    with pytest.raises(StateFolderError, match="album had 40 faces, 39 are left"):
        open_all(data)


def test_a_good_folder_opens_again_and_again(kept: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(kept, data)
    open_all(data)
    open_all(data)


def test_a_start_killed_early_starts_over(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "state.sqlite").touch()
    open_all(tmp_path / "data")
    open_all(tmp_path / "data")


def test_faces_of_the_first_release_are_taken_over(kept: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(kept, data)
    file = sqlite3.connect(data / "faces.sqlite", isolation_level=None)
    file.execute("DROP TABLE identity")
    file.execute("ALTER TABLE collections DROP COLUMN faces")
    file.close()
    journal = Journal(data / "state.sqlite")
    journal.write([("folder", "faces", None)])
    journal.close()
    open_all(data)
    open_all(data)
    state = State(data / "faces.sqlite")
    state.delete_faces("album", [state.faces("album", 0, 1)[0].face_id])
    state.close()
    open_all(data)


class Objects:
    """The journal's cells of objects, and the files they name."""

    def __init__(self, data: Path):
        self.data = data
        self.journal = Journal(data / "state.sqlite")
        self.bodies = Bodies(data / "objects")

    def put(self, key: str, body: bytes) -> str:
        name = self.bodies.write(body, f"pics/{key}")
        current = {"body_name": name, "size": len(body)}
        cell = f'{{"current": {{"body_name": "{name}", "size": {current["size"]}}}, "versions": []}}'
        self.journal.write([("object", encode_key("0", "pics", key), cell.encode())])
        return name

    def start(self) -> list[str]:
        """What a start says of objects that can't be read."""
        self.journal.write(remove_unused(self.journal, self.bodies))
        return self.settle(compare(self.journal, self.bodies), ())

    def settle(self, found: Found, written: Collection[str]) -> list[str]:
        return settle(self.journal, self.bodies, found, written, self.data / SET_ASIDE)

    def sizes(self) -> dict[str, int]:
        found = (self.data / "objects").glob("??/*")
        return {path.name: path.stat().st_size for path in found}

    def aside(self) -> dict[str, bytes]:
        folder = self.data / SET_ASIDE
        found = [path for path in folder.rglob("*") if path.is_file()]
        return {"/".join(path.relative_to(folder).parts[1:]): path.read_bytes() for path in found}


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    return Objects(tmp_path)


def test_originals_newer_than_the_journal_are_set_aside_by_name(objects: Objects) -> None:
    kept = objects.put("photos/set/old.jpg", b"old")
    first = objects.bodies.write(b"first", "pics/photos/set/ü new.jpg")
    os.utime(objects.data / "objects" / first[:2] / first, (1, 1))
    objects.bodies.write(b"second", "pics/photos/set/ü new.jpg")
    long = f"pics/photos/set/{'x' * 300}"
    for label in ("pics/../../../escaped", "pics/photos//a", long, "pics/nul\0"):
        objects.bodies.write(label.encode(), label)
    objects.start()
    assert objects.sizes() == {kept: 3}
    aside = objects.aside()
    assert aside.pop("pics/photos/set/ü new.jpg") == b"second"
    assert aside.pop("pics/photos/set/ü new (2).jpg") == b"first"
    assert len(aside) == 4
    assert not (objects.data.parent / "escaped").exists()
    told = StateFolder(objects.data).set_aside() or ""
    assert "6 files" in told
    assert "kinpics upload" in (objects.data / SET_ASIDE / "README.txt").read_text()
    assert StateFolder(objects.data).set_aside() == told, "the note counts too"


def test_files_without_a_list_are_set_aside_too(objects: Objects) -> None:
    name = objects.bodies.write(b"bytes", "pics/a")
    (objects.data / "objects" / "list").write_bytes(b'["torn')
    objects.start()
    assert objects.aside() == {f"unknown/{name}": b"bytes"}


def test_what_was_deleted_is_not_set_aside(objects: Objects) -> None:
    """The journal says that it is deleted: a kill came before the file was removed."""
    name = objects.bodies.write(b"deleted", "pics/photos/set/a.jpg")
    objects.journal.write([("unused", name, b"")])
    objects.start()
    assert (objects.sizes(), objects.aside()) == ({}, {})
    assert list(objects.journal.read("unused")) == []


def test_the_list_stays_short_and_is_rebuilt_when_missing(objects: Objects) -> None:
    kept = objects.put("photos/set/kept.jpg", b"kept")
    (objects.data / "objects" / "list").unlink()
    objects.start()
    listed = (objects.data / "objects" / "list").read_text()
    assert listed == f'["{kept}", "pics/photos/set/kept.jpg"]\n'
    for number in range(1100):
        objects.bodies.remove([objects.bodies.write(b"", f"pics/{number}")])
    objects.start()
    assert (objects.data / "objects" / "list").read_text() == listed


def test_an_objects_bytes_are_its_own(objects: Objects) -> None:
    name = objects.put("photos/set/a.jpg", b"as written")
    assert objects.bodies.read(name) == b"as written"
    (objects.data / "objects" / name[:2] / name).write_bytes(b"as damaged")
    with pytest.raises(UnreadableBodyError, match="is damaged"):
        objects.bodies.read(name)
    (objects.data / "objects" / name[:2] / name).unlink()
    with pytest.raises(UnreadableBodyError, match="No such file"):
        objects.bodies.read(name)


def test_a_start_names_objects_whose_bytes_are_gone(objects: Objects) -> None:
    for key in ("photos/set/cut.jpg", "photos/set/gone.jpg", "photos/set/whole.jpg"):
        name = objects.put(key, b"as written")
        file = objects.data / "objects" / name[:2] / name
        file.write_bytes(b"as") if "cut" in key else file.unlink() if "gone" in key else None
    assert objects.start() == [
        "the bytes of s3://pics/photos/set/cut.jpg in the folder objects are damaged",
        "the bytes of s3://pics/photos/set/gone.jpg are missing from the folder objects",
    ]
    assert objects.aside() == {}, "what is damaged is not what has no record"


def test_a_start_names_only_a_few_unreadable_objects() -> None:
    told = describe_unreadable([f"object {number} is damaged" for number in range(12) for _version in range(2)])
    assert len(told) == 11
    assert told[0] == (
        "object 0 is damaged: delete it and upload it again, or restore the folder from a copy; until then reading it "
        "fails"
    )
    assert told[-1].startswith("2 more objects can't be read: ")


def test_what_changes_during_the_comparison_is_neither_named_nor_set_aside(objects: Objects) -> None:
    """A stack runs meanwhile: it writes, replaces and deletes objects."""
    keys = ["replaced", "deleted", "whole", *map(str, range(10))]
    before = {key: objects.put(f"photos/set/{key}.jpg", b"as written") for key in keys}
    aside = objects.bodies.write(b"aside", "pics/photos/set/aside.jpg")
    written = objects.bodies.note_written()
    whole = objects.bodies.names

    def change() -> Iterator[str]:
        objects.put("photos/set/new.jpg", b"new")
        objects.put("photos/set/replaced.jpg", b"replaced")
        objects.bodies.write(b"not yet in the journal", "pics/photos/set/later.jpg")
        objects.journal.write([("object", encode_key("0", "pics", "photos/set/deleted.jpg"), None)])
        return whole()

    objects.bodies.names = change  # type: ignore[method-assign]
    (objects.data / "objects" / "list").unlink()
    found = compare(objects.journal, objects.bodies)
    for key in ("replaced", "deleted"):
        objects.journal.write([("unused", before[key], b"")])
        objects.bodies.remove([before[key]])
    objects.bodies.write(b"last", "pics/photos/set/last.jpg")
    assert objects.settle(found, written) == []
    assert list(objects.aside().values()) == [b"aside"]
    assert aside not in objects.sizes()
    listed = (objects.data / "objects" / "list").read_text()
    assert '"pics/photos/set/last.jpg"' in listed
    assert '"pics/photos/set/whole.jpg"' in listed


def test_many_objects_are_compared_in_a_process_of_its_own(objects: Objects) -> None:
    name = objects.put("photos/set/gone.jpg", b"as written")
    objects.bodies.remove([name])
    objects.bodies.write(b"aside", "pics/photos/set/aside.jpg")
    Journal(objects.data / "faces.sqlite").close()
    found: list[Found | None] = []
    failures: list[Exception] = []
    comparison = Comparison(objects.data, found.append, failures.append)
    comparison.wait()
    (one,) = found
    assert objects.settle(one, ()) == ["the bytes of s3://pics/photos/set/gone.jpg are missing from the folder objects"]
    assert objects.aside() == {"pics/photos/set/aside.jpg": b"aside"}
    objects.journal.write([("object", encode_key("0", "pics", "damaged"), b"no JSON")])
    Comparison(objects.data, found.append, failures.append).wait()
    assert "the state can't be understood" in str(failures[0])
    Comparison(objects.data, found.append, failures.append).stop()
    assert (len(found), len(failures)) == (1, 1), "one that is stopped says nothing"


def test_reading_a_few_faces_takes_no_longer_in_a_large_collection() -> None:
    """Counted in steps of SQLite's machine."""
    state = State(":memory:")
    state.create_collection("album")
    stored = [state.index("album", bytes([number]), f"set/{number}.jpg", [face(number)] * 100) for number in range(20)]
    ids = [faces[0].face_id for faces in stored]
    steps = []
    state._db.set_progress_handler(lambda: steps.append(1), 100)
    assert state.faces_by_id("album", ids[:3]).keys() == set(ids[:3])
    assert [one.number for one in state.faces("album", 1000, 3)] == [1001, 1002, 1003]
    assert len(steps) < 20, "looking through 2,000 faces takes more than 100"
    state.close()
