"""Importing, with S3 and tables in memory and each photo processed as soon as it arrives."""

import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws
from PIL import Image
from support import BLUE, GREEN, RED, FakeAws, make_fake_aws, picture

from functions.access.audiences import MEMBERS
from functions.access.moving import AudienceChanges
from functions.crops import Area
from functions.face_regions import NamedArea, Stored
from functions.forgotten_people import name_digest
from functions.keys import ImagePath, parse_key, parse_row_path
from functions.people.decisions import SaidToBeIn
from functions.photo_originals import Originals
from functions.process.captions import _EXIF_RATING
from functions.visitor_rows import Forgotten
from scripts.common.progress import Progress
from scripts.common.stack import Stack
from scripts.imports import carrying
from scripts.imports.carrying import ImportReport, carry_import
from scripts.imports.import_plan import Wishes, make_import_plan
from scripts.people.sidecars import make_sidecar
from scripts.people.site_journal import read_journal
from scripts.photos.export import export_site
from scripts.upload.uploader import carry_out, make_plan

QUIET = Progress(quiet=True)
WHERE = "Takeout/Google Photos"
NOON = "1561975810"  # 2019-07-01T10:10:10 in UTC


class Killed(BaseException):
    """The process ends here, whatever it was about to tidy up."""


class Arriving:
    """An S3 client: a photo that arrives is processed. ``kill`` may end the process before or after each write."""

    def __init__(self, aws: FakeAws, kill: Callable[[], None]):
        self._aws, self._kill = aws, kill

    def __getattr__(self, name: str) -> Any:
        return getattr(self._aws.s3, name)

    def put_object(self, **arguments: Any) -> Any:
        self._kill()
        answer = self._aws.s3.put_object(**arguments)
        self._kill()
        if arguments["Bucket"] == self._aws.pics_bucket:
            path = parse_key(arguments["Key"])
            self._aws.photo_sync.sync(self._aws.pics_bucket, path, owner="test", seconds=60)
        return answer


class KillingWriter:
    """The writer of rows, which may end the process before or after a write."""

    def __init__(self, writer: Any, kill: Callable[[], None]):
        self._writer, self._kill = writer, kill

    def __getattr__(self, name: str) -> Any:
        def write(*arguments: Any, **more: Any) -> Any:
            self._kill()
            answer = getattr(self._writer, name)(*arguments, **more)
            self._kill()
            return answer

        return write


class KillableStack(Stack):
    """A stack whose writer may end the process."""

    @property
    def writer(self) -> Any:
        return KillingWriter(super().writer, self.__dict__["kill"])


class Site:
    """A site in memory that exports are imported into; ``kill_at`` ends the process at that write."""

    def __init__(self, aws: FakeAws):
        self.aws = aws
        self.kill_at: int | None = None
        self.writes = self.apart = 0
        self.left_out: dict[str, str] = {}
        self.stack = KillableStack("kinpics", "us-east-1", "CREATE_COMPLETE", aws.outputs, {}, None, None)
        aws.rekognition.create_collection(CollectionId=aws.outputs.celebrities_collection)
        clients = {
            "sqs": aws.sqs,
            "photos": aws.photos,
            "s3": Arriving(aws, self._kill),
            "rekognition": aws.rekognition,
        }
        self.stack.__dict__.update({"kill": self._kill, **clients})

    def _kill(self) -> None:
        self.writes += 1
        if self.kill_at is not None and self.writes > self.kill_at:
            raise Killed

    def take(self, *paths: Path, **wishes: Any) -> ImportReport:
        plan = make_import_plan(paths, Wishes(**wishes), self.stack, 1, QUIET)
        try:
            report = carry_import(self.stack, plan, 1, QUIET)
            report.failures += [unplaced for unplaced in plan.unplaced() if unplaced.is_failure]
            self.apart = plan.apart
            self.left_out = {one.name: one.reason for one in plan.unplaced() if not one.is_failure}
            return report
        finally:
            plan.close()

    def rows(self) -> dict[str, dict[str, Any]]:
        """What the site shows of each photo, and of each set."""
        shown: dict[str, dict[str, Any]] = {}
        for found in self.aws.photos.list_sets():
            names = ("title", "description", "pic", "pic_count")
            shown[found.sortkey] = {name: getattr(found, name, None) for name in names}
            for row in self.aws.photos.list_photos(found.sortkey):
                names = ("taken_at", "title", "caption", "keywords", "owner_words", "sha256")
                shown[f"{row.primarykey}/{row.sortkey}"] = {name: getattr(row, name) for name in names}
        return shown


@contextmanager
def site() -> Iterator[Site]:
    with mock_aws():
        yield Site(make_fake_aws())


def about(title: str, text: str = "", **more: Any) -> str:
    return json.dumps({"title": title, "description": text, "photoTakenTime": {"timestamp": NOON}, **more})


def takeout(path: Path, more: dict[str, bytes | str] | None = None) -> Path:
    files: dict[str, bytes | str] = {
        f"{WHERE}/Gran & Co./metadata.json": json.dumps({"title": "Gran: & Co.", "description": "Sundays"}),
        f"{WHERE}/Gran & Co./b.png": picture(GREEN),
        f"{WHERE}/Gran & Co./b.png.json": about("b.png", "In the garden", favorited=True),
        f"{WHERE}/Gran & Co./c.png": picture(RED, GREEN),
        f"{WHERE}/Photos from 2019/a.png": picture(RED),
        f"{WHERE}/Photos from 2019/a.png.json": about("a.png", "Alone 🎉", people=[{"name": "Ada"}, {"name": "Björn"}]),
        f"{WHERE}/Photos from 2019/b.png": picture(GREEN),
        f"{WHERE}/Photos from 2019/b.png.json": about("b.png", "In the garden", favorited=True),
        **(more or {}),
    }
    with zipfile.ZipFile(path, "w") as out:
        for name, content in files.items():
            out.writestr(name, content)
    return path


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return takeout(tmp_path / "takeout.zip")


def test_an_import_brings_dates_words_albums_and_covers(export: Path) -> None:
    with site() as here:
        report = here.take(export)
        rows = here.rows()
        assert (report.processed, report.failures) == (3, [])
        garden = rows["Gran: & Co./b.png"]
        assert (garden["taken_at"], garden["caption"]) == ("2019-07-01T10:10:10+00:00", "In the garden")
        assert garden["keywords"] == ["favourite"]
        assert (rows["Gran: & Co."]["description"], rows["Gran: & Co."]["pic"]) == ("Sundays", "b.png")
        assert rows["2019/a.png"]["caption"] == "Alone 🎉"
        (said,) = read_journal(here.stack).events
        assert isinstance(said, SaidToBeIn)
        assert (said.photo, said.names) == (rows["2019/a.png"]["sha256"], ("Ada", "Björn"))
        assert "Ada" not in json.dumps(rows)
        again = here.take(export)
        assert again.people == 0
        assert (again.processed, again.already_there, again.words) == (0, 3, 0)
        assert here.rows() == rows


def test_stars_in_a_photos_own_file_choose_the_cover_as_those_beside_it_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "_PORTION", 2)  # the best photo isn't among the first that go up
    folder = tmp_path / "trip"
    folder.mkdir()
    for number, stars in enumerate((0, 3, 4, 5, 5)):
        exif = Image.Exif()
        exif[_EXIF_RATING] = stars
        Image.new("RGB", (60, 40), (0, 40 * number, 90)).save(folder / f"{number}.jpg", exif=exif)
    with site() as here:
        here.take(folder)
        assert here.rows()["trip"]["pic"] == "3.jpg"
        here.stack.writer.choose_cover(ImagePath("trip", "1.jpg"), "2026-01-01T00:00:00+00:00")
        here.take(folder)
        assert here.rows()["trip"]["pic"] == "1.jpg", "the owner has chosen"


def test_a_photo_of_several_albums_is_one_and_shown_in_each(export: Path, tmp_path: Path) -> None:
    both = takeout(
        tmp_path / "both.zip",
        {
            f"{WHERE}/Best/metadata.json": json.dumps({"title": "Best"}),
            f"{WHERE}/Best/b.png": picture(GREEN),
            f"{WHERE}/Best/b.png.json": about("b.png", "In the garden", favorited=True),
        },
    )
    with site() as here:
        report = here.take(both)
        rows = here.rows()
        assert (report.processed, report.shown, report.hidden) == (3, 1, {})
        assert (rows["Best"]["pic_count"], rows["Gran: & Co."]["pic_count"]) == (1, 2)
        (path,) = (name for name in rows if name.count("/") == 2)
        row = parse_row_path(path)
        assert str(row.original) in rows
        assert (here.take(both).shown, here.rows()) == (0, rows)
        here.stack.shown.hide(row, "2026-01-01T00:00:00+00:00")
        assert here.take(both).shown == 0, "the owner took it out"


def test_a_photo_of_several_albums_that_not_the_same_people_see_is_in_one_and_says_why(
    export: Path, tmp_path: Path
) -> None:
    both = takeout(tmp_path / "both.zip", {f"{WHERE}/Best/b.png": picture(GREEN)})
    with site() as here:
        changes = AudienceChanges(here.aws.tables(), sleep=lambda seconds: None)
        changes.change("Best", MEMBERS)
        report = here.take(both)
        assert report.shown == 0
        (told,) = report.as_json()["hidden"]
        assert {told["set"], told["not_shown_in"]} == {"Best", "Gran: & Co."}
        assert (told["photos"], "an audience of its own" in told["reason"]) == (1, True)
        changes.change("Gran: & Co.", MEMBERS)
        report = here.take(both)
        assert (report.shown, report.hidden) == (1, {}), "now the same people see both"


def test_a_newer_export_adds_what_is_new_and_changes_nothing_else(export: Path, tmp_path: Path) -> None:
    newer = takeout(
        tmp_path / "newer.zip",
        {
            f"{WHERE}/Photos from 2019/a.png.json": about("a.png", "Google's newer words"),
            f"{WHERE}/Photos from 2019/d.png": picture(BLUE),
        },
    )
    with site() as here:
        here.take(export)
        here.stack.writer.reword_photo(ImagePath("2019", "a.png"), {"caption": "Mine"}, "2026-01-01T00:00:00+00:00")
        here.stack.writer.describe_set("Gran: & Co.", {"title": "Us"}, "2026-01-01T00:00:00+00:00")
        report = here.take(newer)
        rows = here.rows()
        assert (report.processed, report.already_there) == (1, 3)
        assert rows["2019/a.png"]["caption"] == "Mine"
        assert rows["Gran: & Co."]["title"] == "Us"
        assert "2019/d.png" in rows


def test_forgotten_people_do_not_come_back_with_an_import(export: Path, tmp_path: Path) -> None:
    nameless = takeout(tmp_path / "nameless.zip", {f"{WHERE}/Photos from 2019/a.png.json": about("a.png")})
    with site() as here:
        here.take(nameless)
        row = Forgotten(id="f", person="p", made_at="2026-01-01T00:00:00Z", names=[name_digest("p", "ADA")])
        here.aws.dynamodb.put_item(TableName=here.aws.forgotten_table, Item=row.to_item())
        here.take(export)
        (said,) = read_journal(here.stack).events
        assert isinstance(said, SaidToBeIn)
        assert said.names == ("Björn",)


def test_a_photo_that_was_moved_is_not_brought_back(export: Path) -> None:
    with site() as here:
        here.take(export)
        old, new = ImagePath("2019", "a.png"), ImagePath("Best", "first.png")
        body = here.aws.s3.get_object(Bucket=here.aws.pics_bucket, Key=old.key)
        here.stack.s3.put_object(
            Bucket=here.aws.pics_bucket, Key=new.key, Body=body["Body"].read(), Metadata=body["Metadata"]
        )
        delete(here, old)
        assert here.take(export).processed == 0
        rows = here.rows()
        assert "2019/a.png" not in rows
        assert rows["Best/first.png"]["taken_at"] == "2019-07-01T10:10:10+00:00"
        assert here.apart == 0, "it is of no album"


def test_a_photo_that_the_site_has_in_another_set_than_its_album_stays_there_and_is_counted(
    export: Path, tmp_path: Path
) -> None:
    album = tmp_path / "album.zip"
    with zipfile.ZipFile(album, "w") as out:
        out.writestr(f"{WHERE}/Best/metadata.json", json.dumps({"title": "Best"}))
        out.writestr(f"{WHERE}/Best/a.png", picture(GREEN))
    with site() as here:
        here.take(export)
        before = here.rows()
        report = here.take(album)
        assert (report.processed, report.already_there, here.apart) == (0, 1, 1)
        assert here.rows() == before


def test_a_photo_that_was_deleted_here_stays_deleted_and_is_told(export: Path) -> None:
    with site() as here:
        here.aws.s3.put_bucket_versioning(Bucket="pics", VersioningConfiguration={"Status": "Enabled"})
        here.take(export)
        for path in (ImagePath("2019", "a.png"), ImagePath("Gran: & Co.", "c.png")):
            delete(here, path)
        put_again = ImagePath("Gran: & Co.", "c.png")
        report = here.take(export)
        assert (report.processed, report.already_there, report.failures) == (0, 1, [])
        reason = here.left_out[f"{WHERE}/Photos from 2019/a.png"]
        assert "`kinpics undelete 2019/a.png`" in reason
        assert "--deleted" in reason
        assert Originals(here.aws.s3, here.aws.pics_bucket).restore(put_again)
        here.aws.photo_sync.sync(here.aws.pics_bucket, put_again, owner="test", seconds=60)
        assert here.take(export).already_there == 2, "what is back isn't deleted"
        report = here.take(export, deleted=True)
        assert (report.processed, report.already_there) == (1, 2)
        assert here.rows()["2019/a.png"]["caption"] == "Alone 🎉"


def delete(here: Site, path: ImagePath) -> None:
    here.aws.s3.delete_object(Bucket=here.aws.pics_bucket, Key=path.key)
    here.aws.photo_sync.sync(here.aws.pics_bucket, path, owner="test", seconds=60)


def test_another_photo_of_the_same_name_is_never_replaced(export: Path) -> None:
    with site() as here:
        here.stack.s3.put_object(Bucket=here.aws.pics_bucket, Key="photos/2019/a.png", Body=picture(BLUE, RED))
        report = here.take(export)
        assert report.failures == []
        names = [name for name in here.rows() if name.startswith("2019/")]
        assert len(names) == 2
        kept = here.aws.s3.get_object(Bucket=here.aws.pics_bucket, Key="photos/2019/a.png")["Body"].read()
        assert kept == picture(BLUE, RED)


def test_dates_that_came_with_an_import_survive_an_export(export: Path, tmp_path: Path) -> None:
    with site() as here:
        here.take(export)
        export_site(here.stack, tmp_path / "out", 1, QUIET)
    with site() as there:
        plan = make_plan(there.stack, tmp_path / "out" / "photos" / "Gran: & Co.", None, 1, QUIET)
        carry_out(there.stack, plan, None, 1, QUIET)
        garden = there.rows()["Gran: & Co./b.png"]
        assert (garden["taken_at"], garden["keywords"]) == ("2019-07-01T10:10:10+00:00", ["favourite"])
        assert garden["caption"] == "In the garden"


def test_names_with_boxes_come_from_sidecars_in_a_zip(tmp_path: Path) -> None:
    sidecar = make_sidecar([NamedArea("Ada", Area(0.1, 0.2, 0.3, 0.6))], Stored(160, 120), tmp_path / "none.xmp")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as out:
        out.writestr("trip/a.png", picture(RED, GREEN))
        out.writestr("trip/a.png.xmp", sidecar or b"")
    with site() as here:
        assert here.take(tmp_path / "a.zip").names == 1
        (event,) = read_journal(here.stack).events
        assert [name for _, name in event.faces] == ["Ada"]  # type: ignore[attr-defined]
        assert here.take(tmp_path / "a.zip").names == 0


def test_a_site_that_takes_no_films_says_what_to_set(tmp_path: Path) -> None:
    film = b"\0\0\0\x18ftypisom" + bytes(100)
    export = takeout(tmp_path / "takeout.zip", {f"{WHERE}/Photos from 2019/waves.mp4": film})
    with site() as here:
        plan = make_import_plan([export], Wishes(), here.stack, 1, QUIET)
        (left_out,) = plan.unplaced()
        plan.close()
        assert "films = true" in left_out.reason


def test_what_cannot_be_processed_is_told_and_the_rest_arrives(tmp_path: Path) -> None:
    export = takeout(tmp_path / "takeout.zip")
    whole = bytearray(export.read_bytes())
    whole[whole.index(picture(RED)) + 40] ^= 0xFF
    export.write_bytes(whole)
    with site() as here:
        report = here.take(export)
        (failure,) = report.failures
        assert failure.name.endswith("a.png")
        assert "damaged inside its zip" in failure.reason
        assert report.processed == 2


def test_an_import_that_is_killed_anywhere_ends_the_same(export: Path) -> None:
    with site() as here:
        here.take(export)
        wanted, writes = here.rows(), here.writes
    assert writes > 10
    for moment in range(1, writes, writes // 4):
        with site() as here:
            here.kill_at = moment
            with pytest.raises(Killed):
                here.take(export)
            here.kill_at = None
            for path in (
                ImagePath("2019", "a.png"),
                ImagePath("Gran: & Co.", "b.png"),
                ImagePath("Gran: & Co.", "c.png"),
            ):
                # What arrived before the kill is processed all the same.
                here.aws.photo_sync.sync(here.aws.pics_bucket, path, owner="test", seconds=60)
            report = here.take(export)
            assert report.failures == []
            assert here.rows() == wanted
