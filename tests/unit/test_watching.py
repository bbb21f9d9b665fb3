"""What a look at a folder tree finds, and what may be deleted because files are gone."""

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from functions.keys import BadNameError, ImagePath
from scripts.watching.folder_tree import Sight, set_name_of, walk
from scripts.watching.looking import Look, Looker
from scripts.watching.removing import why_held
from scripts.watching.seen_files import SeenFile, SeenFiles, SeenFilesError, State


class Clock:
    """Tells the time that it is given."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Tree:
    """A tree that is looked at every five seconds."""

    def __init__(self, folder: Path):
        self.root = folder / "tree"
        self.root.mkdir()
        self.seen = SeenFiles(folder / "seen.sqlite")
        self._clock = Clock()
        self._looker = Looker(self.root, self.seen, 5.0, self._clock)

    def write(self, name: str, content: bytes = b"content", mtime: int = 1) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (mtime, mtime))
        return path

    def look(self, after: float = 5.0) -> Look:
        self._clock.now += after
        return self._looker.look()

    def remember(self, look: Look, state: State = State.THERE) -> None:
        for found in look.ready:
            photo = ImagePath("set", ascii(found.place[1]))
            self.seen.put(SeenFile(*found.place, found.sight, "digest", photo, state))


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Tree]:
    made = Tree(tmp_path)
    yield made
    made.seen.close()


def names(look: Look) -> list[str]:
    return sorted(os.path.join(*found.place) for found in look.ready)


def test_a_file_has_settled_when_two_looks_find_it_the_same(tree: Tree) -> None:
    tree.write("a.jpg")
    assert names(tree.look()) == []
    assert names(tree.look(after=1.0)) == [], "too soon after the first look"
    assert names(tree.look(after=4.0)) == ["a.jpg"]


def test_a_file_that_grows_waits(tree: Tree) -> None:
    for size in range(1, 4):
        tree.write("a.jpg", b"x" * size)
        assert (names(tree.look()), list(tree.look(after=0).unsettled)) == ([], [("", "a.jpg")])
    tree.write("a.jpg", b"xxx", mtime=2)
    assert names(tree.look()) == [], "it has another time"
    assert names(tree.look()) == ["a.jpg"]


def test_what_was_seen_is_not_found_again_until_it_changes(tree: Tree) -> None:
    tree.write("one/a.jpg")
    tree.look()
    tree.remember(tree.look())
    look = tree.look()
    assert (look.ready, look.unsettled, look.files, look.is_restless) == ([], {}, 1, False)
    tree.write("one/a.jpg", mtime=7)
    tree.look()
    look = tree.look()
    assert names(look) == ["one/a.jpg"]
    assert look.ready[0].known is not None


def test_a_file_is_gone_when_two_looks_miss_it(tree: Tree) -> None:
    paths = [tree.write(f"one/{name}.jpg") for name in "ab"]
    tree.look()
    tree.remember(tree.look())
    paths[0].unlink()
    look = tree.look()
    assert (look.gone, look.missing, look.is_restless) == ([], {("one", "a.jpg")}, True)
    look = tree.look()
    assert [file.name for file in look.gone] == ["a.jpg"]
    assert look.surely_gone == look.gone
    tree.write("two/new.jpg")
    look = tree.look()
    assert look.surely_gone == [], "the new file, of the same size, may be that one"


def test_nothing_is_gone_from_a_tree_without_any_file(tree: Tree) -> None:
    path = tree.write("one/a.jpg")
    tree.look()
    tree.remember(tree.look())
    path.unlink()
    tree.look()
    look = tree.look()
    assert (look.files, look.gone, look.missing) == (0, [], set())


def test_links_are_not_followed_and_leftovers_not_seen(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "loop").symlink_to(tmp_path)
    for name in (".hidden.jpg", "Thumbs.db", "a.jpg.part", "b.jpg.crdownload", "c.JPG.TMP", "d.jpg", "e.jpg~"):
        (tmp_path / "set" / name).touch()
    for name in ("@eaDir", ".thumbnails"):
        (tmp_path / "set" / name).mkdir()
        (tmp_path / "set" / name / "x.jpg").touch()
    assert {folder.path: sorted(folder.files) for folder in walk(tmp_path)} == {"": [], "set": ["d.jpg", "loop"]}


def test_names_in_any_encoding_come_back_as_they_are(tree: Tree) -> None:
    name = b"caf\xe9\xff.jpg".decode(errors="surrogateescape")
    tree.write(f"f\u00fcr {name}/{name}")
    tree.look()
    tree.remember(tree.look())
    look = tree.look()
    assert (look.ready, look.missing, look.files) == ([], set(), 1)


def test_nobody_knows_what_is_in_a_folder_that_cannot_be_read() -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        root.chmod(0o755)
        for folder in ("locked/inside", "open"):
            (root / folder).mkdir(parents=True)
            (root / folder / "a.jpg").touch()
        (root / "locked").chmod(0)
        user = os.geteuid()
        if user == 0:
            os.seteuid(65534)  # nothing is closed to root
        try:
            found = {folder.path: folder for folder in walk(root)}
        finally:
            os.seteuid(user)
            (root / "locked").chmod(0o700)
    assert (found["locked"].trouble, list(found["open"].files)) == ("permission denied", ["a.jpg"])


def test_what_a_locked_folder_held_is_not_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = Tree(tmp_path)
    for name in ("locked/a.jpg", "locked/inside/b.jpg", "locked too/c.jpg", "open/d.jpg"):
        tree.write(name)
    tree.look()
    tree.remember(tree.look())
    scandir = os.scandir

    def refuse(path: Path) -> object:
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    (tree.root / "locked too" / "c.jpg").unlink()
    tree.look()
    look = tree.look()
    assert look.troubles == {"locked": "permission denied"}
    assert [file.name for file in look.gone] == ["c.jpg"]
    tree.seen.close()


@pytest.mark.parametrize(
    ("folder", "name"), [("", "Photos"), ("Rome", "Rome"), ("2024/Rome", "2024 - Rome"), ("Cafe\u0301", "Caf\u00e9")]
)
def test_a_folder_is_a_set(folder: str, name: str) -> None:
    assert set_name_of(Path("/home/Photos"), folder) == name


def test_a_folder_with_a_name_that_no_set_can_have_is_refused() -> None:
    with pytest.raises(BadNameError):
        set_name_of(Path("/home/Photos"), "x" * 150 + "/" + "y" * 100)


def gone(folder: str, number: int) -> list[SeenFile]:
    return [
        SeenFile(folder, str(place), Sight(1, 1), photo=ImagePath(folder or "top", str(place)))
        for place in range(number)
    ]


@pytest.mark.parametrize(
    ("files", "photos", "percent", "already", "reason"),
    [
        (gone("a", 3), {"a": 10}, 10, 0, ""),
        (gone("a", 11), {"a": 300}, 10, 0, ""),
        (gone("a", 31), {"a": 300}, 10, 0, "31 of 300 photos went at once, more than 10 %"),
        (gone("a", 20), {"a": 290}, 10, 15, "35 of 305 photos went at once, more than 10 %"),
        (gone("a", 2), {"a": 2, "b": 900}, 10, 0, "all 2 photos of the folder a went at once"),
        (gone("", 2), {"": 2, "b": 900}, 10, 0, "all 2 photos of the folder went at once"),
        (gone("a", 1), {"a": 1, "b": 900}, 10, 0, ""),
        (gone("a", 300), {"a": 300}, 100, 0, ""),
        ([], {"a": 300}, 0, 50, ""),
    ],
)
def test_much_at_once_is_held(
    files: list[SeenFile], photos: dict[str, int], percent: float, already: int, reason: str
) -> None:
    assert why_held(files, photos, percent, already) == reason


def test_a_memory_without_troubles_is_read(tmp_path: Path) -> None:
    path = tmp_path / "seen.sqlite"
    seen = SeenFiles(path)
    seen.put(SeenFile("one", "a.jpg", Sight(1, 1)))
    seen.close()
    with contextlib.closing(sqlite3.connect(path)) as file:
        file.execute("ALTER TABLE files DROP COLUMN trouble")
    seen = SeenFiles(path)
    assert seen.in_folder("one") == {"a.jpg": SeenFile("one", "a.jpg", Sight(1, 1))}
    assert seen.failing() == []
    seen.close()


def test_a_damaged_memory_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "seen.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(SeenFilesError, match=r"seen\.sqlite is damaged .*: delete it"):
        SeenFiles(tmp_path / "seen.sqlite")


@pytest.mark.parametrize("change", ["state = 'lost'", "photo = 'no set'", "source = 'no set'"])
def test_a_memory_with_a_row_that_is_never_written_is_damaged(tree: Tree, tmp_path: Path, change: str) -> None:
    tree.write("a.jpg")
    tree.look()
    tree.remember(tree.look())
    tree.seen.close()
    SeenFiles(tmp_path / "seen.sqlite").close()
    with closing(sqlite3.connect(tmp_path / "seen.sqlite")) as file, file:
        file.execute(f"UPDATE files SET {change}")  # noqa: S608
    with pytest.raises(SeenFilesError, match=r"is damaged .*: delete it"):
        SeenFiles(tmp_path / "seen.sqlite")


def test_a_memory_with_a_page_that_cannot_be_read_is_damaged(tree: Tree, tmp_path: Path) -> None:
    for number in range(100):
        tree.seen.put(SeenFile("folder", f"{number}.jpg", Sight(1, 1), "digest" * 10))
    tree.seen.close()
    path = tmp_path / "seen.sqlite"
    content = bytearray(path.read_bytes())
    content[-4000:] = bytes(4000)
    path.write_bytes(content)
    with pytest.raises(SeenFilesError, match=r"is damaged .*: delete it"):
        SeenFiles(path)
