"""`kinpics caption` and `kinpics set`, with tables in memory."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import ExifTags, Image
from support import RED, FakeAws, jpeg, picture

from functions.keys import ImagePath, image_path
from functions.owner_texts import SET_TEXTS
from functions.photo_rows import Photo, PhotoSet
from scripts.cli import main
from scripts.commands.options import Context
from scripts.common.stack import Stack

A, B = image_path("set", "a.jpg"), image_path("set", "b.jpg")


@pytest.fixture
def stack(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> Stack:
    stack = Stack("kinpics", "us-east-1", "CREATE_COMPLETE", aws.outputs, {}, None, None)
    stack.__dict__["photos"] = aws.photos
    monkeypatch.setattr(Context, "stack", stack)
    return stack


@pytest.fixture
def run(stack: Stack) -> Callable[..., Result]:
    return lambda *arguments, stdin=None: CliRunner().invoke(main, [*arguments, "--no-build"], input=stdin)


def process(aws: FakeAws, path: ImagePath, *, force: bool = False) -> None:
    aws.photo_sync.sync(aws.pics_bucket, path, owner="test", seconds=60, force=force)


@pytest.fixture
def photos(aws: FakeAws) -> None:
    for path in (A, B):
        aws.put(path.key, picture(RED))
        process(aws, path)


def row(aws: FakeAws, path: ImagePath = A) -> Photo:
    found = aws.photos.get_photo(path)
    assert found is not None
    return found


def set_row(aws: FakeAws) -> PhotoSet:
    found = aws.photos.get_set("set")
    assert found is not None
    return found


@pytest.mark.usefixtures("photos")
def test_a_caption_survives_processing_and_reaches_open_pages(aws: FakeAws, run: Callable) -> None:
    before, counted = row(aws), set_row(aws)
    assert run("caption", "set/a.jpg", "First line\n\nsecond", "--title", " The  boat ").exit_code == 0
    assert (row(aws).title, row(aws).caption) == ("The boat", "First line\n\nsecond")
    assert row(aws).data == before.data
    assert (set_row(aws).updated_at or "") > (counted.updated_at or "")
    assert set_row(aws).pic_count == 2
    process(aws, A, force=True)
    aws.put(A.key, jpeg(comment=b"another"))
    process(aws, A)
    assert (row(aws).title, row(aws).caption) == ("The boat", "First line\n\nsecond")
    assert row(aws).etag != before.etag


@pytest.mark.usefixtures("photos")
def test_a_caption_is_read_from_the_standard_input_and_removed(aws: FakeAws, run: Callable) -> None:
    assert run("caption", "set/a.jpg", "-", stdin="One\r\ntwo\n").exit_code == 0
    assert row(aws).caption == "One\ntwo"
    assert run("caption", "set/a.jpg", "").exit_code == 0
    assert row(aws).caption is None
    assert run("caption", "set/a.jpg", "--from-file").exit_code == 0
    assert "owner_words" not in row(aws).to_item()
    assert run("caption", "set/a.jpg", "-", stdin=b"\xff").exit_code == 2


def test_a_caption_that_the_owner_hides_is_nowhere_in_the_row(aws: FakeAws, run: Callable) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = "Where we live"
    aws.put(A.key, jpeg(exif=exif))
    process(aws, A)
    assert row(aws).caption == "Where we live"
    for _ in range(2):  # also after new processing
        assert run("caption", "set/a.jpg", "").exit_code == 0
        assert "Where we live" not in str(row(aws).to_item())
        process(aws, A, force=True)
        assert "Where we live" not in str(row(aws).to_item())
    assert run("caption", "set/a.jpg", "--from-file").exit_code == 0
    assert row(aws).caption == "Where we live"


@pytest.mark.usefixtures("photos")
def test_a_table_gives_many_captions_and_names_what_it_cant(aws: FakeAws, run: Callable, tmp_path: Path) -> None:
    table = tmp_path / "captions.csv"
    table.write_text(
        'photo,title,caption\nset/a.jpg,A,"one\ntwo"\nset/b.jpg,,b\n'
        f"set/c.jpg,C,\nnonsense,x,\nset/d.jpg,{'x' * 301},\n"
    )
    result = run("caption", "--csv", str(table))
    assert result.exit_code == 1
    assert (row(aws, A).title, row(aws, A).caption, row(aws, B).title) == ("A", "one\ntwo", None)
    assert row(aws, B).caption == "b"
    assert "2 photos changed, 3 failed" in result.stdout
    assert "set/c.jpg: there is no photo set/c.jpg on the site" in result.stdout
    assert "nonsense: " in result.stdout
    assert "set/d.jpg: the title has 301 characters: at most 300 fit" in result.stdout


@pytest.mark.usefixtures("photos")
@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["caption"], 2, "give a photo with its caption, or --csv"),
        (["caption", "set/a.jpg"], 2, "nothing to change"),
        (["caption", "", "text"], 2, "give a photo with its caption"),
        (["caption", "set", "text"], 2, "'set' is not a photo: write SET/PHOTO"),
        (["caption", "set/none.jpg", "text"], 1, "there is no photo set/none.jpg on the site"),
        (["caption", "set/none.jpg", "--from-file"], 1, "there is no original of set/none.jpg"),
        (["caption", "set/a.jpg", "x" * 5001], 1, "the caption has 5,001 characters: at most 5,000 fit"),
        (["set", "none", "--title", "x"], 1, "there is no set none on the site"),
        (["set", "set"], 2, "nothing to change"),
        (["set", "set", "--cover", "none.jpg"], 1, "there is no photo none.jpg in the set set"),
        (["set", "set", "--cover", "a/b.jpg"], 2, "can't be the file name of a photo"),
        (["set", "set", "--title", "x" * 301], 1, "the title has 301 characters"),
        (
            ["set", "set", "--date", "2019-02-30"],
            1,
            "'2019-02-30' is no date: write it like 2019-05-03, 2019-05 or 2019",
        ),
        (["set", "set", "--place", "0"], 1, "'0' is no place: it is a whole number from 1 to 9999"),
    ],
)
def test_what_cant_be_done_is_reported(run: Callable, arguments: list[str], code: int, told: str) -> None:
    result = run(*arguments)
    assert result.exit_code == code
    assert told in result.output


@pytest.mark.usefixtures("photos")
def test_a_set_gets_title_description_date_place_and_cover(aws: FakeAws, run: Callable) -> None:
    assert (
        run("set", "set", "--title", "Our week", "--description", "-", "--cover", "b.jpg", stdin="a\nb").exit_code == 0
    )
    process(aws, A, force=True)
    found = set_row(aws)
    assert (found.title, found.description, found.pic, found.pic_chosen) == ("Our week", "a\nb", "b.jpg", True)
    assert found.pic_count == 2
    assert run("set", "set", "--date", "2019-05", "--place", "2").exit_code == 0
    assert (set_row(aws).dated, set_row(aws).place) == ("2019-05", "2")
    nothing = [word for name in ("title", "description", "date", "place") for word in (f"--{name}", "")]
    assert run("set", "set", *nothing).exit_code == 0
    assert set(SET_TEXTS).isdisjoint(set_row(aws).to_item())


@pytest.mark.usefixtures("photos")
def test_a_deleted_cover_is_no_longer_the_owners_choice(aws: FakeAws, run: Callable) -> None:
    run("set", "set", "--cover", "b.jpg")
    aws.s3.delete_object(Bucket=aws.pics_bucket, Key=B.key)
    process(aws, B)
    assert (set_row(aws).pic, set_row(aws).pic_chosen) == ("a.jpg", None)


def put_while_reworded(aws: FakeAws, photo: Photo, words: dict[str, str | None]) -> None:
    """Write photo A's row, while its owner rewords it just after it was read for the first time."""
    moment = "2026-01-01T00:00:00.000+00:00"

    class Slow(type(aws.photos)):
        reads = 0

        def get_photo(self, path: ImagePath) -> Photo | None:
            found = super().get_photo(path)
            Slow.reads += 1
            if Slow.reads == 1:
                aws.writer.reword_photo(path, words, moment)
            return found

    type(aws.writer)(Slow(aws.tables()), aws.images).put_photo(A, photo, moment)
    assert Slow.reads == 2


@pytest.mark.usefixtures("photos")
def test_a_caption_written_while_the_photo_is_processed_is_kept(aws: FakeAws) -> None:
    put_while_reworded(aws, row(aws), {"caption": "Meanwhile"})
    assert row(aws).caption == "Meanwhile"


@pytest.mark.usefixtures("photos")
def test_words_taken_back_while_the_photo_is_processed_are_gone(aws: FakeAws, run: Callable) -> None:
    assert run("caption", "set/a.jpg", "--title", "Mine").exit_code == 0
    put_while_reworded(aws, replace(row(aws), title="The file's", owner_words=None), {"title": None})
    assert (row(aws).title, row(aws).owner_words) == ("The file's", None)
