"""A backup has everything of one moment, is whole however it was interrupted before, and comes back as it was."""

import hashlib
import json
import resource
import shutil
import signal
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from killing import in_child, killed_at

from local.backup import BackupError
from local.backup.checksums import find_wrong, read_list, write_list
from local.backup.making import make_backup
from local.backup.restoring import restore_backup
from local.bodies import Bodies
from local.folder_format import Migration, bring_up_to_date
from local.journal import FORMAT, Journal, encode_key
from local.rekognition.engine import FoundFace
from local.state_folder import StateFolder, StateFolderError
from scripts.cli import main


class Site:
    """A data folder, as a stack leaves it."""

    def __init__(self, path: Path, objects: int = 3):
        self.path = path
        self.folder = StateFolder(path)
        with self.folder.locked():
            journal = self.folder.open_journal()
            self.folder.keys(journal)
            faces = self.folder.open_faces(journal)
            faces.create_collection("album")
            faces.index("album", b"image", "set/a.jpg", [FoundFace(0.1, 0.1, 0.5, 0.5, 1.0, {}, 0, 50, 50, bytes(512))])
            faces.close()
            journal.close()
        self.bodies = Bodies(path / "objects")
        for number in range(objects):
            self.put(f"photos/set/{number}.jpg", f"photo {number}".encode())
        for name in ("lambda-blobs/code.zip", "models/labels.txt", "set-aside/day/bucket/odd \\ name\n.jpg"):
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(name.encode())

    def put(self, key: str, body: bytes) -> str:
        name = self.bodies.write(body, f"pics/{key}")
        cell = json.dumps({"current": {"body_name": name, "size": len(body)}, "versions": []}).encode()
        self.change(key, cell)
        return name

    def delete(self, key: str, name: str) -> None:
        """As a stack does: first the journal says so, then the bytes go."""
        self.change(key, None)
        self.bodies.remove([name])

    def change(self, key: str, cell: bytes | None) -> None:
        with closing(Journal(self.path / "state.sqlite")) as journal:
            journal.write([("object", encode_key("0", "pics", key), cell)])


def contents(path: Path) -> dict[str, object]:
    """All that is in a data folder: rows of databases, bytes of files."""
    found: dict[str, object] = {}
    for file in sorted(path.rglob("*")):
        name = file.relative_to(path).as_posix()
        if file.suffix == ".sqlite":
            with closing(sqlite3.connect(file)) as database:
                found[name] = list(database.iterdump())
        elif file.is_file() and name not in ("lock", "objects/list") and ".sqlite-" not in name:
            found[name] = file.read_bytes()
    return found


def is_whole(folder: Path) -> bool:
    return not list(find_wrong(folder, read_list(folder), lambda: None))


@pytest.fixture
def site(in_memory: Path) -> Site:
    return Site(in_memory / "data")


def test_a_backup_comes_back_as_it_was(site: Site, in_memory: Path) -> None:
    made = make_backup(site.path, in_memory / "backup")
    assert (made.files, made.problems) == (9, [])
    assert is_whole(in_memory / "backup")
    files, wrong = restore_backup(in_memory / "backup", in_memory / "back")
    assert (files, wrong) == (9, [])
    assert contents(in_memory / "back") == contents(site.path)
    with closing(StateFolder(in_memory / "back").open_journal()) as journal:
        StateFolder(in_memory / "back").open_faces(journal).close()


def test_the_next_backup_copies_only_what_is_new(site: Site, in_memory: Path) -> None:
    backup = in_memory / "backup"
    make_backup(site.path, backup)
    assert make_backup(site.path, backup).copied == 0
    new = site.put("photos/set/new.jpg", b"new")
    (site.path / "models" / "labels.txt").write_bytes(b"other labels")
    assert make_backup(site.path, backup).copied == 2
    site.delete("photos/set/new.jpg", new)
    assert make_backup(site.path, backup).copied == 0
    assert not list(backup.rglob(new)), "the backup forgets what was deleted"
    assert len([path for path in backup.iterdir() if path.is_dir()]) == 2, "one moment, and the objects"
    assert is_whole(backup)


def test_a_backup_killed_anywhere_leaves_the_one_before(site: Site, in_memory: Path) -> None:
    backup = in_memory / "backup"
    make_backup(site.path, backup)
    step, was_killed = 0, True
    while was_killed:
        step += 3
        old = site.put("photos/set/new.jpg", f"new {step}".encode())
        was_killed = killed_at(step, lambda: make_backup(site.path, backup))
        assert is_whole(backup)
        restored = in_memory / f"back {step}"
        restore_backup(backup, restored)
        shutil.rmtree(restored)
        site.delete("photos/set/new.jpg", old)
    assert step > 20
    make_backup(site.path, backup)
    restore_backup(backup, in_memory / "back")
    assert contents(in_memory / "back") == contents(site.path)


def test_a_first_backup_that_was_interrupted_is_none(site: Site, in_memory: Path) -> None:
    assert killed_at(12, lambda: make_backup(site.path, in_memory / "backup"))
    for use in (read_list, lambda folder: restore_backup(folder, in_memory / "back")):
        with pytest.raises(BackupError, match=r"has no complete backup: .*interrupted"):
            use(in_memory / "backup")
    make_backup(site.path, in_memory / "backup")
    assert is_whole(in_memory / "backup")


def test_a_restore_killed_anywhere_goes_on(site: Site, in_memory: Path) -> None:
    make_backup(site.path, in_memory / "backup")
    step, was_killed, refused = 0, True, 0
    while was_killed:
        step += 2
        back = in_memory / f"back {step}"
        was_killed = killed_at(step, lambda back=back: restore_backup(in_memory / "backup", back))
        if (back / "restoring").exists():
            with pytest.raises(StateFolderError, match="run the same `kinpics restore` again"):
                StateFolder(back).open_journal()
            refused += 1
        if contents(back) != contents(site.path):
            restore_backup(in_memory / "backup", back)
        assert contents(back) == contents(site.path)
        shutil.rmtree(back)
    assert refused > 5


def test_a_backup_shows_one_moment_of_a_site_at_work(in_memory: Path) -> None:
    """Each change is in state.sqlite first and then in faces.sqlite, and now and then an object replaces another."""
    site = Site(in_memory / "data", objects=0)
    with closing(sqlite3.connect(site.path / "faces.sqlite")) as faces:
        faces.executescript("CREATE TABLE changes (n INTEGER)")
    stop = threading.Event()

    def work() -> None:
        name, number = site.put("photos/set/0.jpg", b"0"), 0
        with (
            closing(Journal(site.path / "state.sqlite")) as journal,
            closing(sqlite3.connect(site.path / "faces.sqlite", isolation_level=None)) as faces,
        ):
            while not stop.is_set():
                number += 1
                journal.write([("count", "n", str(number).encode())])
                faces.execute("INSERT INTO changes VALUES (?)", (number,))
                time.sleep(0.001)
                if number % 50:
                    continue
                new = site.bodies.write(str(number).encode(), "pics/a")
                cell = json.dumps({"current": {"body_name": new, "size": 1}, "versions": []}).encode()
                journal.write([("object", encode_key("0", "pics", "photos/set/0.jpg"), cell)])
                site.bodies.remove([name])
                name = new

    worker = threading.Thread(target=work)
    worker.start()
    try:
        numbers = set()
        for _ in range(8):
            made = make_backup(site.path, in_memory / "backup")
            assert made.problems == []
            assert is_whole(in_memory / "backup")
            (state,) = (in_memory / "backup").glob("2*/state.sqlite")
            with closing(Journal(state)) as journal:
                number = int(journal.get("count", "n") or 0)
            with closing(sqlite3.connect(state.with_name("faces.sqlite"))) as faces:
                (count,) = faces.execute("SELECT count(*) FROM changes").fetchone()
            assert number - count in (0, 1)
            numbers.add(number)
        assert len(numbers) > 4, "nothing went on meanwhile"
    finally:
        stop.set()
        worker.join()


def test_what_is_damaged_or_missing_is_named_and_the_rest_kept(site: Site, in_memory: Path) -> None:
    lost, changed = (site.put(f"photos/set/{name}.jpg", name.encode()) for name in ("lost", "changed"))
    site.bodies.remove([lost])
    (site.path / "objects" / changed[:2] / changed).write_bytes(b"CHANGED")
    made = make_backup(site.path, in_memory / "backup")
    assert len(made.problems) == 2
    assert any(f"{changed} is damaged" in problem for problem in made.problems)
    assert any(f"{lost} is missing" in problem for problem in made.problems)
    copy = next((in_memory / "backup").glob("objects/*/*"))
    copy.write_bytes(b"rotten")
    assert [wrong for _, wrong in find_wrong(in_memory / "backup", read_list(in_memory / "backup"), lambda: None)] == [
        "is damaged: its bytes have changed"
    ]
    _, wrong = restore_backup(in_memory / "backup", in_memory / "back")
    assert wrong == [f"{copy.relative_to(in_memory / 'backup')} is damaged"]


def test_without_its_databases_nothing_is_put_back(site: Site, in_memory: Path) -> None:
    make_backup(site.path, in_memory / "backup")
    next((in_memory / "backup").glob("2*/state.sqlite")).write_bytes(b"rotten")
    with pytest.raises(BackupError, match=r"state\.sqlite is damaged, and nothing can be put back"):
        restore_backup(in_memory / "backup", in_memory / "back")
    assert [path.name for path in (in_memory / "back").iterdir()] == ["lock"]


def test_a_full_disk_leaves_the_backup_before(site: Site, in_memory: Path) -> None:
    backup = in_memory / "backup"
    make_backup(site.path, backup)
    site.put("photos/set/large.jpg", bytes(300_000))

    def child() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        with pytest.raises(BackupError, match=r"no room left .* The backup that was there before is still complete"):
            make_backup(site.path, backup)

    assert in_child(child) == 0
    assert is_whole(backup)
    make_backup(site.path, backup)

    def restoring() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        with pytest.raises(BackupError, match=r"no room left .* it continues where it stopped"):
            restore_backup(backup, in_memory / "back")

    assert in_child(restoring) == 0
    restore_backup(backup, in_memory / "back")
    assert contents(in_memory / "back") == contents(site.path)


def test_what_a_check_finds_damaged_is_copied_again(site: Site, in_memory: Path) -> None:
    make_backup(site.path, in_memory / "backup")
    damaged = next(path for path in (in_memory / "backup" / "objects").rglob("*") if path.is_file())
    good = damaged.read_bytes()
    damaged.write_bytes(b"other bytes")
    check = ["backup", "--check", str(in_memory / "backup")]
    checked = CliRunner().invoke(main, check)
    assert (checked.exit_code, "it copies them again" in checked.stdout) == (1, True)
    make_backup(site.path, in_memory / "backup")
    assert damaged.read_bytes() == good
    assert is_whole(in_memory / "backup")
    assert CliRunner().invoke(main, check).exit_code == 0
    damaged.write_bytes(b"other bytes")
    CliRunner().invoke(main, check)
    (site.path / damaged.relative_to(in_memory / "backup")).unlink()
    make_backup(site.path, in_memory / "backup")
    assert damaged.read_bytes() == b"other bytes", "better than nothing"


def test_folders_that_do_not_fit_are_refused(site: Site, in_memory: Path) -> None:
    other = Site(in_memory / "other")
    make_backup(other.path, in_memory / "others")
    (in_memory / "photos").mkdir()
    (in_memory / "photos" / "a.jpg").touch()
    for folder, words in (
        ("others", "the backup of another site"),
        ("photos", "has other files in it"),
        ("data/backup", "overlaps the data folder"),
        (".", "overlaps the data folder"),
        ("photos/a.jpg", "is not a folder"),
    ):
        with pytest.raises(BackupError, match=words):
            make_backup(site.path, in_memory / folder)
    with pytest.raises(BackupError, match=r"no laptop site .* on AWS .*`kinpics export`"):
        make_backup(in_memory / "nowhere", in_memory / "backup")
    with pytest.raises(BackupError, match="is not empty"):
        restore_backup(in_memory / "others", in_memory / "photos")
    with pytest.raises(BackupError, match="is not empty"):
        restore_backup(in_memory / "others", site.path)
    assert is_whole(in_memory / "others")


def test_a_folder_of_another_release_is_not_backed_up(site: Site, in_memory: Path) -> None:
    bring_up_to_date(site.path, [Migration(FORMAT + 1, "later", lambda folder: None)], lambda line: None, FORMAT + 1)
    with pytest.raises(BackupError, match="a newer release"):
        make_backup(site.path, in_memory / "backup")


def test_the_list_takes_any_name(in_memory: Path) -> None:
    names = ("m/a b", "m/a\nb", "m/a\\nb", "m/a\\\\\nb", b"m/\xff".decode(errors="surrogateescape"))
    digests = dict.fromkeys(names, "0" * 64)
    write_list(in_memory, digests)
    assert read_list(in_memory) == digests


@pytest.mark.parametrize(
    "line",
    [
        b"0" * 64 + b"  ../outside",
        b"0" * 64 + b"  m/../../outside",
        b"0" * 64 + b"  /outside",
        b"0" * 64 + b"  m//outside",
        b"0" * 64 + b"  m/./inside",
        b"0" * 64 + b"  without a moment",
        b"0" * 64 + b"  m/a\0b",
        b"0" * 64 + b" one space",
        b"\xff" * 64 + b"  m/a",
        b"G" * 64 + b"  m/a",
        b"",
    ],
)
def test_a_list_that_no_backup_has_is_refused(in_memory: Path, line: bytes) -> None:
    (in_memory / "SHA256SUMS").write_bytes(b"0" * 64 + b"  m/good\n" + line + b"\n")
    with pytest.raises(BackupError, match="is damaged"):
        read_list(in_memory)


def test_an_empty_list_is_no_backup(in_memory: Path) -> None:
    (in_memory / "SHA256SUMS").touch()
    with pytest.raises(BackupError, match="is damaged"):
        read_list(in_memory)


def test_a_restore_writes_nowhere_else(site: Site, in_memory: Path) -> None:
    backup, outside = in_memory / "backup", in_memory / "outside"
    make_backup(site.path, backup)
    planted = backup / f"m{outside}"
    planted.parent.mkdir(parents=True)
    planted.touch()
    nothing = hashlib.sha256(b"").hexdigest()
    write_list(backup, read_list(backup) | {f"m/{outside}": nothing})
    with pytest.raises(BackupError, match="is damaged"):
        restore_backup(backup, in_memory / "back")
    assert not outside.exists()


@pytest.mark.parametrize("about", [b"[]", b"{}", b'{"format": null}', b'{"format": "new"}', b"\xff"])
def test_a_damaged_note_about_a_backup_is_refused(site: Site, in_memory: Path, about: bytes) -> None:
    make_backup(site.path, in_memory / "backup")
    next((in_memory / "backup").glob("2*/about.json")).write_bytes(about)
    with pytest.raises(BackupError, match=r"about\.json can't be read"):
        restore_backup(in_memory / "backup", in_memory / "back")
