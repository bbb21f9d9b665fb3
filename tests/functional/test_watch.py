"""A folder tree that is watched, with S3, tables and queue in memory and photos processed as soon as they arrive."""

import hashlib
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest
from support import FakeAws, jpeg

from functions.crops import Area
from functions.errors import KinpicsError
from functions.face_regions import NamedArea
from functions.keys import ImagePath, parse_key
from functions.owner_words import TEXTS
from functions.people.hanging import hang
from functions.people.inventory import Inventory, photo_faces
from functions.people.knowledge import fold, imported_person
from functions.photo_messages import owner_message
from functions.photo_texts import same_name
from functions.process.images import UnusableImageError
from scripts.common.folders import FolderError
from scripts.common.lost_connection import UnreachableError
from scripts.common.stack import Stack, StackError
from scripts.people.sidecars import make_sidecar, stored_file
from scripts.people.site_journal import read_journal
from scripts.watching.seen_files import SeenFiles, SeenFilesError, State
from scripts.watching.watcher import Options, Watcher


class Stopped(BaseException):
    """The watcher is stopped here."""


class NoticingS3:
    """An S3 client that notices which originals change. It can stop before its n-th call."""

    def __init__(self, s3: Any):
        self._s3 = s3
        self.calls: Counter[str] = Counter()
        self.left: int | None = None
        self.changed: list[str] = []

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._s3, name)
        if name == "get_paginator":
            return found

        def call(**arguments: Any) -> Any:
            if self.left is not None:
                if not self.left:
                    raise Stopped
                self.left -= 1
            self.calls[name] += 1
            answer = found(**arguments)
            self.changed += [arguments["Key"]] if name in ("put_object", "copy_object") else []
            self.changed += [entry["Key"] for entry in arguments.get("Delete", {}).get("Objects", [])]
            return answer

        return call


class ProcessingPhotos:
    """Reads photos' rows, once all whose originals have changed are processed."""

    def __init__(self, aws: FakeAws, s3: NoticingS3):
        self._aws, self._s3 = aws, s3

    def __getattr__(self, name: str) -> Any:
        while self._s3.changed:
            self._process(self._s3.changed.pop())
        return getattr(self._aws.photos, name)

    def _process(self, key: str) -> None:
        try:
            self._aws.photo_sync.sync(self._aws.pics_bucket, parse_key(key), owner="test", seconds=60)
        except UnusableImageError as error:
            body = owner_message(self._aws.pics_bucket, quote_plus(key), force=False)
            reason = {"DataType": "String", "StringValue": str(error)}
            self._aws.sqs.send_message(
                QueueUrl=self._aws.dead_letter_queue_url,
                MessageBody=body,
                MessageAttributes={"code": reason, "reason": reason},
            )


class Watched:
    """A tree, a site, and what a watcher tells."""

    def __init__(self, aws: FakeAws, root: Path, memory: Path):
        self.aws = aws
        self.root = root
        self.s3 = NoticingS3(aws.s3)
        self.told: list[str] = []
        self._memory = memory
        self.stack = Stack("kinpics", "us-east-1", "CREATE_COMPLETE", aws.outputs, {}, None, None)
        self.stack.__dict__.update(
            {"s3": self.s3, "sqs": aws.sqs, "photos": ProcessingPhotos(aws, self.s3), "images": aws.images}
        )

    def put(self, name: str, seed: int) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(jpeg((seed * 40 % 256, 90, seed % 256), size=(120 + seed, 90)))
        return path

    def watch(self, connect: Callable[[], Stack] | None = None, **options: Any) -> int:
        """Watch once; returns how much went wrong. ``told`` has the lines, without how long it took."""
        self.told = []
        seen = SeenFiles(self._memory)
        try:
            settings = Options(**{"every": 0.01, "once": True, "publishes": False} | options)
            return Watcher(self.root, connect or (lambda: self.stack), seen, settings, self._tell).run()
        finally:
            seen.close()

    def _tell(self, line: str) -> None:
        self.told.append(line.partition(" s: ")[2] or line)

    def photos(self) -> dict[str, str]:
        """The digest of each photo on the site; its rows must be there and nothing else."""
        rows = {f"{row['primarykey']}/{row['sortkey']}" for row in self.aws.rows("pics") if row["primarykey"] != "/"}
        keys = {key.removeprefix("photos/"): key for key in self.aws.keys(self.aws.pics_bucket)}
        assert rows == keys.keys()
        return {
            name: digest(self.aws.s3.get_object(Bucket="pics", Key=key)["Body"].read()) for name, key in keys.items()
        }

    def files(self) -> dict[str, str]:
        """What the site should have: folders of folders are called after both."""
        found = {}
        for path in self.root.rglob("*.jpg"):
            *folders, name = path.relative_to(self.root).parts
            found[f"{' - '.join(folders) or self.root.name}/{name}"] = digest(path.read_bytes())
        return found


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def tree(aws: FakeAws, tmp_path: Path) -> Watched:
    watched = Watched(aws, tmp_path / "tree", tmp_path / "memory" / "seen.sqlite")
    for number, name in enumerate(("top.jpg", "Rome/a.jpg", "Rome/b.jpg", "2024/Rome/a.jpg")):
        watched.put(name, number)
    return watched


def test_the_site_follows_what_is_added_and_changed(tree: Watched) -> None:
    assert tree.watch() == 0
    assert tree.photos() == tree.files()
    assert set(tree.photos()) == {"tree/top.jpg", "Rome/a.jpg", "Rome/b.jpg", "2024 - Rome/a.jpg"}
    assert tree.told[-1] == "4 added"
    calls = tree.s3.calls.total()
    assert (tree.watch(), tree.told) == (0, [])
    assert tree.s3.calls.total() == calls, "a tree at rest costs no call"
    tree.put("Rome/b.jpg", 9)
    (tree.root / "Rome" / "a.jpg").touch()
    assert tree.watch() == 0
    assert tree.told == ["changed   Rome/b.jpg", "1 changed"]
    assert tree.photos() == tree.files()


def test_sidecars_that_come_later_change_and_go_are_followed(tree: Watched) -> None:
    tree.watch()
    photo, other = tree.root / "Rome" / "a.jpg", tree.root / "Rome" / "a.xmp"
    sidecar = photo.with_name("a.jpg.xmp")

    def write(file: Path, *names: str) -> None:
        areas = [NamedArea(name, Area(0.5 * place, 0.1, 0.4, 0.4)) for place, name in enumerate(names)]
        file.unlink(missing_ok=True)
        file.write_bytes(make_sidecar(areas, stored_file(photo), file) or b"")

    def named() -> list[str]:
        known = fold(read_journal(tree.stack).events)
        (row,) = tree.aws.photos.get_photos([ImagePath("Rome", "a.jpg")]).values()
        place = photo_faces(row, [])
        return sorted(hang(known, Inventory.of([place])).imported.values())

    def who(*names: str) -> list[str]:
        return sorted(imported_person(same_name(name)) for name in names)

    write(sidecar, "Ann")
    assert (tree.watch(), tree.told[-1], named()) == (0, "1 named", who("Ann"))
    assert "named     faces in 1 photo, from sidecars in" in tree.told[0]
    assert (tree.watch(), tree.told) == (0, []), "a sidecar at rest costs nothing"
    for names in (("Bob",), ("Ann",), ("Bob", "Carl"), ("Ann", "Carl"), ("Bob", "Carl")):
        write(sidecar, *names)
        assert (tree.watch(), named()) == (0, who(*names)), "the latest word of a sidecar holds"
    events = len(read_journal(tree.stack).events)
    write(other, "Dora")
    tree.watch()
    sidecar.touch()
    other.touch()
    tree.watch()
    assert len(read_journal(tree.stack).events) == events + 1, "two sidecars that differ don't take turns"
    before = named()
    sidecar.unlink()
    other.unlink()
    (tree.root / "Rome" / "lost.xmp").write_bytes(b"<a/>")
    assert tree.watch() == 0
    assert [line.partition(": ")[2][:29] for line in tree.told] == ["a sidecar without its photo: "]
    assert named() == before, "a name stays"


def test_what_the_site_has_already_is_not_sent_again(tree: Watched, tmp_path: Path) -> None:
    tree.watch()
    shutil.rmtree(tmp_path / "memory")
    assert tree.watch() == 0
    assert tree.told == ["4 already there"]
    assert tree.s3.calls["put_object"] == 4


def test_a_moved_file_is_not_sent_again_and_keeps_its_words(tree: Watched) -> None:
    tree.watch()
    tree.stack.writer.reword_photo(ImagePath("Rome", "a.jpg"), {"caption": "At the fountain"}, "2026")
    tree.stack.writer.describe_set("Rome", {"title": "Rome, at last"}, "2026")
    (tree.root / "Rome" / "a.jpg").rename(tree.root / "Rome" / "A.JPG")
    (tree.root / "top.jpg").rename(tree.root / "Rome" / "b2.jpg")
    assert tree.watch() == 0
    assert tree.told == ["moved     Rome/a.jpg to Rome/A.JPG", "moved     tree/top.jpg to Rome/b2.jpg", "2 moved"]
    assert set(tree.photos()) == {"Rome/A.JPG", "Rome/b.jpg", "Rome/b2.jpg", "2024 - Rome/a.jpg"}
    (tree.root / "Rome").rename(tree.root / "Roma")
    assert tree.watch(delete=True) == 0
    assert tree.told[-1] == "3 moved"
    assert set(tree.photos()) == {"Roma/A.JPG", "Roma/b.jpg", "Roma/b2.jpg", "2024 - Rome/a.jpg"}
    photo, moved_set = tree.aws.photos.get_photo(ImagePath("Roma", "A.JPG")), tree.aws.photos.get_set("Roma")
    assert photo is not None
    assert moved_set is not None
    assert {name: getattr(photo, name) for name in TEXTS} == {"title": None, "caption": "At the fountain"}
    assert moved_set.title == "Rome, at last"
    assert tree.s3.calls["put_object"] == 4, "no file went up twice"


def test_a_folder_that_is_called_otherwise_on_disk_alone_changes_nothing(tree: Watched) -> None:
    """Its photos' names are the same: some systems write a letter and its accent as two characters."""
    tree.put("Caf\u00e9/a.jpg", 20)
    tree.watch()
    (tree.root / "Caf\u00e9").rename(tree.root / "Cafe\u0301")
    calls = tree.s3.calls.total()
    assert (tree.watch(delete=True), tree.told) == (0, [])
    assert tree.s3.calls.total() == calls
    assert "Caf\u00e9/a.jpg" in tree.photos()


def test_a_photo_is_deleted_only_where_that_is_asked_for(tree: Watched) -> None:
    tree.watch()
    before = tree.photos()
    (tree.root / "Rome" / "b.jpg").unlink()
    assert tree.watch() == 0
    assert tree.told == ["gone      Rome/b.jpg: still on the site; --delete deletes it there"]
    assert (tree.watch(), tree.told) == (0, []), "it is told once"
    assert tree.photos() == before
    assert tree.watch(delete=True) == 0
    assert tree.told == ["deleted   Rome/b.jpg", "1 deleted"]
    assert tree.photos() == tree.files()


def test_a_file_that_comes_back_is_no_longer_gone(tree: Watched, tmp_path: Path) -> None:
    tree.watch()
    aside = (tree.root / "Rome" / "b.jpg").rename(tmp_path / "aside.jpg")
    tree.watch()
    aside.rename(tree.root / "Rome" / "b.jpg")
    assert (tree.watch(delete=True), tree.told) == (0, [])
    assert tree.photos() == tree.files()


def test_a_folder_that_vanishes_is_not_deleted(tree: Watched, tmp_path: Path) -> None:
    tree.watch()
    before = tree.photos()
    (tree.root / "Rome").rename(tmp_path / "elsewhere")
    assert tree.watch(delete=True) == 1
    assert tree.told[0].startswith("Nothing was deleted: all 2 photos of the folder Rome went at once. Is ")
    assert tree.photos() == before
    assert tree.watch(delete=True, max_removed=100) == 0
    assert tree.photos() == tree.files()


@pytest.mark.parametrize("empty", [False, True])
def test_a_drive_that_is_not_connected_stops_a_run(tree: Watched, tmp_path: Path, empty: bool) -> None:
    tree.watch()
    before = tree.photos()
    tree.root.rename(tmp_path / "elsewhere")
    if empty:
        tree.root.mkdir()
    with pytest.raises(FolderError, match="Is its drive connected"):
        tree.watch(delete=True, max_removed=100)
    assert tree.photos() == before


def test_what_is_no_photo_is_told_once_and_what_should_be_one_each_time(tree: Watched) -> None:
    (tree.root / "Rome" / "notes.txt").write_text("text")
    (tree.root / "Rome" / "broken.jpg").write_text("no picture")
    (tree.root / "Rome" / "cut.jpg").write_bytes(jpeg()[:300])
    (tree.root / "Rome" / ".hidden.jpg").write_bytes(jpeg())
    (tree.root / "Rome" / "half.jpg.part").write_bytes(jpeg())
    (tree.root / "Rome" / "loop").symlink_to(tree.root)
    (tree.root / "Rome" / b"bad\xff.jpg".decode(errors="surrogateescape")).write_bytes(jpeg())
    assert tree.watch() == 3
    told = "\n".join(tree.told)
    assert "left out  Rome/notes.txt: not a photo" in told
    assert "left out  Rome/loop: a link, which is not followed" in told
    assert "failed    Rome/broken.jpg: the file is not an image" in told
    assert "failed    Rome/cut.jpg: " in told
    assert "is not valid Unicode; rename the file" in told
    assert sorted(tree.told[-1].split(", ")) == ["2 left out", "3 failed", "4 added"]
    failed = sorted(line for line in tree.told if line.startswith("failed"))
    assert tree.watch() == 3, "they are still not on the site"
    assert sorted(tree.told) == ["3 failed", *failed]
    (tree.root / "Rome" / "broken.jpg").unlink()
    (tree.root / "Rome" / "cut.jpg").unlink()
    tree.put("Rome/broken.jpg", 30)
    tree.put("Rome/a.jpg", 31).write_text("no picture any more")
    assert tree.watch() == 2
    assert "added     Rome/broken.jpg" in tree.told
    assert tree.watch() == 2
    assert [line for line in tree.told if "a.jpg" in line] == [
        "failed    Rome/a.jpg: the file is not an image that kinpics can read, whatever its name says; "
        "the photo on the site stays as it was"
    ]
    tree.put("Rome/a.jpg", 1)
    (tree.root / "Rome" / b"bad\xff.jpg".decode(errors="surrogateescape")).unlink()
    assert (tree.watch(), tree.told) == (0, [])


def test_a_photo_that_was_processed_after_all_no_longer_fails(tree: Watched, tmp_path: Path) -> None:
    tree.watch()
    seen = SeenFiles(tmp_path / "memory" / "seen.sqlite")
    for file in seen.in_folder("Rome").values():
        seen.put(replace(file, state=State.FAILED, trouble="the day's calls are used up"))
    seen.close()
    row = tree.aws.photos.get_photo(ImagePath("Rome", "b.jpg"))
    assert row is not None
    tree.aws.dynamodb.delete_item(
        TableName=tree.aws.pics_table, Key={"primarykey": row.primarykey, "sortkey": row.sortkey}
    )
    assert tree.watch() == 1
    assert tree.told == ["failed    Rome/b.jpg: the day's calls are used up", "1 failed"]


def test_two_files_of_one_name_are_one_photo(tree: Watched) -> None:
    tree.put("Rome/Caf\u00e9.jpg", 20)
    tree.put("Rome/Cafe\u0301.jpg", 21)
    assert tree.watch() == 1
    assert any("there is a photo Rome/Caf\u00e9.jpg already, from another file" in line for line in tree.told)
    assert "Rome/Caf\u00e9.jpg" in tree.photos()


def test_a_watcher_stopped_at_any_call_goes_on(tree: Watched) -> None:
    """Of a run that adds, changes, moves and deletes, every call of S3 is once the last."""
    tree.watch()
    moved, number, was_stopped = tree.root / "Rome" / "a.jpg", 0, True
    added = tree.root / "Rome" / "b.jpg"
    while was_stopped:
        moved = moved.rename(tree.root / f"{number}.jpg")
        added.unlink()
        added = tree.put(f"Rome/new {number}.jpg", 20 + number)
        tree.put("top.jpg", 60 + number)
        tree.s3.left = number
        try:
            tree.watch(delete=True, concurrency=1)
            was_stopped = False
        except Stopped:
            number += 1
        tree.s3.left = None
        tree.watch(delete=True)
        assert tree.photos() == tree.files()
    assert number > 7


def test_a_watcher_waits_for_a_site_that_is_away(tree: Watched) -> None:
    answers = iter([UnreachableError("the stack", "start it"), StackError("no stack runs"), tree.stack])

    def connect() -> Stack:
        found = next(answers)
        if isinstance(found, KinpicsError):
            raise found
        return found

    class Enough(Exception):
        """What the test waits for was told."""

    class Listener(Watched):
        def _tell(self, line: str) -> None:
            super()._tell(line)
            if line.startswith("added     tree/"):
                raise Enough

    tree.__class__ = Listener
    with pytest.raises(Enough):
        tree.watch(connect, once=False)
    # It doesn't say to run the command again: it goes on by itself.
    assert tree.told[:2] == [
        "Waiting for the site: the stack can't be reached: start it",
        "The site is back: going on with kinpics",
    ]


def test_the_time_that_is_told_has_no_idle_time_in_it(
    aws: FakeAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock:
        """Each pause takes a hundred seconds. In the third, a photo comes."""

        now = 0.0

        def monotonic(self) -> float:
            return self.now

        def sleep(self, _: float) -> None:
            if tree.photos():
                raise Stopped
            self.now += 100
            if self.now == 300:
                tree.put("new.jpg", 1)

    class Listener(Watched):
        """Keeps the time, too."""

        def _tell(self, line: str) -> None:
            self.told.append(line)

    tree = Listener(aws, tmp_path / "tree", tmp_path / "memory" / "seen.sqlite")
    tree.root.mkdir()
    monkeypatch.setattr("scripts.watching.watcher.time", Clock())
    with pytest.raises(Stopped):
        tree.watch(once=False)
    assert tree.told == ["added     tree/new.jpg", "In 0 s: 1 added"]


def test_two_watchers_of_one_folder_are_one_too_many(tree: Watched, tmp_path: Path) -> None:
    seen = SeenFiles(tmp_path / "memory" / "seen.sqlite")
    with pytest.raises(SeenFilesError, match="another `kinpics watch`"):
        tree.watch()
    seen.close()
