"""One photo in several albums: shown in each, and never where somebody could see it who may not see its own set."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support import FakeAws

from functions.access.audiences import ALBUM, LINK, MEMBERS, PUBLIC
from functions.access.moving import AudienceChanges
from functions.image_links import ImageLinks
from functions.keys import BadNameError, ImagePath, parse_row_path
from functions.manage.audience_moves import ShownElsewhereError, _refuse_to_withdraw
from functions.photo_reader import PhotoReader
from functions.photo_rows import Photo
from functions.photo_tables import SetMovingError
from functions.photo_writer import PhotoWriter
from functions.shown_photos import NotShowableError, ShownPhotos
from functions.table_rows import from_dynamodb
from scripts.access.audience_change import _take_down
from scripts.health.drift import find_drift
from scripts.health.stocktaking import _add_rows
from scripts.health.survey import Survey
from scripts.site.search_index import entry_of
from scripts.site.shown import list_shown_rows, path_of, read_sets
from scripts.upload.exported_words import give_exported_words, read_exported_words

OWN, OTHER, THIRD = "2024_trip", "Favourites", "wedding"
PHOTO, SECOND = ImagePath(OWN, "1.jpg"), ImagePath(OWN, "2.jpg")
ROW = ImagePath(OTHER, "2024_trip/1.jpg")
NOW, LATER = "2026-11-26T12:00:00.000+00:00", "2026-11-26T13:00:00.000+00:00"


def photo(path: ImagePath, faces: int = 2, **facts: Any) -> Photo:
    records = [
        {"Face": {"FaceId": f"{path.file}-{number}", "ImageId": f"image-{path.set_name}-{path.file}"}}
        for number in range(faces)
    ]
    return Photo(
        primarykey=path.set_name,
        sortkey=path.file,
        etag="1",
        **{
            "grid_key": f"~/{path.file}",
            "face_count": faces,
            "width": 400,
            "height": 300,
            "size": 1,
            "content_type": "image/jpeg",
            "placeholder": "abc",
            "processed_at": NOW,
            "data": {"FaceRecords": records},
            **facts,
        },
    )


@pytest.fixture
def site(aws: FakeAws) -> FakeAws:
    """Two photos in a set, one in each of two others; the first is shown in one of these too."""
    for path in (PHOTO, SECOND, ImagePath(OTHER, "1.jpg"), ImagePath(THIRD, "3.jpg")):
        aws.writer.put_photo(path, photo(path), NOW)
    assert shown(aws).show(PHOTO, OTHER, NOW)
    return aws


def shown(aws: FakeAws) -> ShownPhotos:
    return ShownPhotos(aws.photos)


def counts(aws: FakeAws, name: str) -> tuple[int | None, int | None] | None:
    found = aws.photos.get_set(name)
    return (found.pic_count, found.face_count) if found else None


def everything(aws: FakeAws) -> str:
    return repr(aws.rows(aws.pics_table) + aws.rows(aws.private_pics_table))


def change(aws: FakeAws, of: str, audience: str | None, **options: Any) -> None:
    AudienceChanges(aws.tables(), sleep=lambda seconds: None, **options).change(of, audience)


def test_a_photo_is_counted_and_shown_in_both_sets_and_stays_one_photo(site: FakeAws) -> None:
    assert counts(site, OTHER) == (2, 4)
    row = site.photos.get_photo(ROW)
    assert row
    assert row.is_shown_from_elsewhere
    assert row.face_ids == set(), "a search finds the original alone"
    assert (row.width, row.height, row.placeholder, row.counted_faces) == (400, 300, "abc", 2)
    assert [found["sortkey"] for found in site.grid(OTHER)] == ["1.jpg", ROW.file], "the grid's index has it"
    assert not shown(site).show(PHOTO, OTHER, LATER), "once is enough"
    assert counts(site, OTHER) == (2, 4)


def test_a_set_may_hold_nothing_else_and_have_it_for_a_cover(site: FakeAws) -> None:
    assert shown(site).show(PHOTO, "New", NOW)
    found = site.photos.get_set("New")
    assert found
    assert (found.pic, found.pic_count) == (str(PHOTO), 1)
    assert shown(site).hide(ImagePath("New", str(PHOTO)), NOW)
    assert site.photos.get_set("New") is None, "with its last photo a set goes"
    assert site.writer.choose_cover(ROW, NOW)
    assert shown(site).hide(ROW, NOW)
    assert not shown(site).hide(ROW, NOW)
    found = site.photos.get_set(OTHER)
    assert found
    assert (found.pic, found.pic_chosen) == ("1.jpg", None)
    assert site.photos.get_photo(PHOTO), "the original stays"


@pytest.mark.parametrize(
    ("path", "name", "reason"),
    [(PHOTO, OWN, "is in"), (ImagePath(OWN, "none.jpg"), OTHER, "isn't on the site")],
)
def test_what_cannot_be_shown_is_refused_with_a_reason(site: FakeAws, path: ImagePath, name: str, reason: str) -> None:
    with pytest.raises(NotShowableError, match=reason):
        shown(site).show(path, name, NOW)


def test_with_the_original_its_rows_go(site: FakeAws) -> None:
    shown(site).show(PHOTO, THIRD, NOW)
    site.writer.remove_photo(PHOTO, LATER)
    assert str(PHOTO) not in everything(site)
    assert (counts(site, OTHER), counts(site, THIRD)) == ((1, 2), (1, 2))


def test_what_is_shown_follows_the_original(site: FakeAws) -> None:
    site.writer.put_photo(PHOTO, photo(PHOTO, 3, width=600, taken_at="2024-01-01T10:00:00", processed_at=LATER), LATER)
    row = site.photos.get_photo(ROW)
    assert row
    assert (row.width, row.taken_at, row.grid_key) == (
        600,
        "2024-01-01T10:00:00",
        f"2024-01-01T10:00:00/{PHOTO}",
    )
    assert counts(site, OTHER) == (2, 5)
    site.writer.reword_photo(PHOTO, {"caption": "Us"}, "2026-11-26T14:00:00.000+00:00")
    after = site.photos.get_set(OTHER)
    assert after
    assert after.updated_at == "2026-11-26T14:00:00.000+00:00", "its pages are made anew"
    site.writer.remove_photo(PHOTO, LATER)
    assert site.photos.get_photo(ROW) is None, "processing again has kept in mind that it is shown elsewhere"


def test_a_photo_that_is_shown_while_it_is_removed_is_shown_nowhere(site: FakeAws) -> None:
    """Between looking for its rows and removing it, another command shows it once more."""
    client = site.dynamodb
    left = iter([True])

    class Showing:
        def __getattr__(self, name: str) -> Any:
            if name == "transact_write_items" and next(left, False):
                shown(site).show(PHOTO, THIRD, NOW)
            return getattr(client, name)

    reader = PhotoReader(site.tables(Showing()))
    PhotoWriter(reader, ImageLinks(site.images.name, reader)).remove_photo(PHOTO, LATER)
    assert str(PHOTO) not in everything(site)


@pytest.mark.parametrize("audience", [LINK, MEMBERS])
@pytest.mark.parametrize("of", [OWN, OTHER])
def test_a_set_with_an_audience_of_its_own_shows_and_is_shown_nowhere_else(
    site: FakeAws, of: str, audience: str
) -> None:
    told: list[set[str]] = []

    def withdrawing(sets: set[str]) -> None:
        assert site.photos.get_photo(ROW), "pages go before rows, so that a stopped command leaves none behind"
        told.append(sets)

    change(site, of, audience, withdrawing=withdrawing)
    assert {OTHER} in told
    assert site.photos.get_photo(ROW) is None
    assert (counts(site, OTHER), counts(site, OWN)) == ((1, 2), (2, 4))
    others = [row for row in site.rows(site.pics_table) if of not in (row["primarykey"], row["sortkey"])]
    assert of not in repr([(row["primarykey"], row["sortkey"], row.get("pic")) for row in others])
    for path, name in ((PHOTO, OTHER), (ImagePath(OTHER, "1.jpg"), OWN)):
        with pytest.raises(NotShowableError, match="an audience of its own"):
            shown(site).show(path, name, NOW)
    change(site, of, None)
    assert site.photos.get_photo(ROW) is None, "it doesn't come back by itself"
    assert shown(site).show(PHOTO, OTHER, NOW)


@pytest.mark.parametrize("audience", [LINK, MEMBERS])
def test_a_site_that_not_everybody_may_see_shows_each_photo_in_its_own_set(site: FakeAws, audience: str) -> None:
    """A member may be limited to one of two sets that are like the site."""
    shown(site).show(ImagePath(OTHER, "1.jpg"), OWN, NOW)
    change(site, ALBUM, audience)
    assert {row["sortkey"] for row in site.rows(site.private_pics_table)} == {
        *("1.jpg", "2.jpg", "3.jpg"),
        *(OWN, OTHER, THIRD),
    }
    assert site.rows(site.pics_table) == []
    assert (counts(site, OTHER), counts(site, OWN)) == ((1, 2), (2, 4))
    with pytest.raises(NotShowableError, match="everybody may see the site"):
        shown(site).show(PHOTO, OTHER, NOW)


@pytest.mark.parametrize("of", [OWN, OTHER, ALBUM])
def test_nothing_is_shown_by_whoever_slept_through_a_change(site: FakeAws, of: str) -> None:
    """A command has looked who may see what, and writes only after somebody has begun to change that."""
    shown(site).hide(ROW, NOW)
    client = site.dynamodb
    left = iter([True])

    class Sleeping:
        def __getattr__(self, name: str) -> Any:
            if name == "transact_write_items" and next(left, False):
                change(site, of, MEMBERS)
            return getattr(client, name)

    with pytest.raises((NotShowableError, SetMovingError)):
        ShownPhotos(PhotoReader(site.tables(Sleeping()))).show(PHOTO, OTHER, NOW)
    assert ROW.file not in everything(site)


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("of", [OWN, OTHER, ALBUM])
def test_a_change_that_is_stopped_anywhere_leaves_nothing_that_is_shown_elsewhere(site: FakeAws, of: str) -> None:
    client = site.dynamodb
    for step in range(1, 5):
        change(site, of, PUBLIC if of == ALBUM else None)
        shown(site).show(PHOTO, OTHER, NOW)
        left = iter(range(step))

        class Dying:
            def __getattr__(self, name: str, left: Any = left) -> Any:
                if name == "transact_write_items" and next(left, None) is None:
                    raise Killed
                return getattr(client, name)

        with pytest.raises(Killed):
            AudienceChanges(site.tables(Dying()), sleep=lambda seconds: None, rows_at_once=1).change(of, MEMBERS)
        AudienceChanges(site.tables(), sleep=lambda seconds: None).finish()
        assert ROW.file not in everything(site)
        assert (counts(site, OTHER), counts(site, OWN)) == ((1, 2), (2, 4))


def test_the_owners_place_refuses_what_it_could_not_finish(site: FakeAws) -> None:
    """Rendered pages would go on showing the photo: only a command can make them anew."""
    before = everything(site)
    with pytest.raises(ShownElsewhereError, match="Favourites shows photos of other albums"):
        change(site, OWN, MEMBERS, withdrawing=_refuse_to_withdraw)
    assert everything(site) == before
    assert site.access.get_audience(OWN) is None
    change(site, THIRD, MEMBERS, withdrawing=_refuse_to_withdraw)


def test_pages_have_the_photo_in_both_sets_and_the_search_index_once(site: FakeAws) -> None:
    site.writer.reword_photo(PHOTO, {"caption": "Us"}, NOW)
    sets = {one.name: one for one in read_sets(site.photos, list_shown_rows(site.photos), {})}
    other = sets[OTHER]
    assert [path_of(one) for one in other.photos] == [ImagePath(OTHER, "1.jpg"), PHOTO]
    assert other.photos[1].caption == "Us", "with the original's words"
    assert [path_of(one) for one in other.own] == [ImagePath(OTHER, "1.jpg")], "its own page is the original's"
    assert entry_of(other, None)["files"] == ["1.jpg"]
    site.writer.choose_cover(ROW, NOW)
    (other,) = read_sets(site.photos, [row for row in list_shown_rows(site.photos) if row.sortkey == OTHER], {})
    assert other.cover
    assert path_of(other.cover) == PHOTO
    assert other.file_of(other.cover) == ROW.file


def test_a_photo_that_is_gone_is_on_no_page(site: FakeAws) -> None:
    site.dynamodb.delete_item(TableName=site.pics_table, Key={"primarykey": OWN, "sortkey": "1.jpg"})
    sets = {one.name: one for one in read_sets(site.photos, list_shown_rows(site.photos), {})}
    assert [path_of(one) for one in sets[OTHER].photos] == [ImagePath(OTHER, "1.jpg")]


def survey_of(site: FakeAws) -> Survey:
    survey = Survey()
    stack: Any = SimpleNamespace(photos=site.photos, outputs=site.outputs)
    for table in (site.pics_table, site.private_pics_table):
        _add_rows(stack, survey, site.rows(table), table)
    return survey


def test_such_a_row_is_no_drift_unless_its_photo_is_gone_or_not_for_everybody(site: FakeAws) -> None:
    found = find_drift(survey_of(site))
    assert found.shown == {}
    assert found.sets == {}
    assert str(ROW) not in map(str, found.check)
    site.dynamodb.delete_item(TableName=site.pics_table, Key={"primarykey": OWN, "sortkey": "1.jpg"})
    assert list(find_drift(survey_of(site)).shown) == [str(ROW)]


@pytest.mark.parametrize("text", ["a/b/c/d", "a//b", "a/b/", "/b/c", "a/b/.."])
def test_no_other_name_is_such_a_row(text: str) -> None:

    with pytest.raises(BadNameError):
        parse_row_path(text)


def test_such_a_row_is_named_by_both_sets() -> None:
    assert parse_row_path("Favourites/2024_trip/1.jpg") == ROW
    assert ROW.original == PHOTO
    assert PHOTO.original == PHOTO


def test_an_export_notes_it_and_an_upload_shows_it_again(site: FakeAws, tmp_path: Path) -> None:
    site.writer.choose_cover(ROW, NOW)
    rows = [from_dynamodb(found.to_item()) for found in site.photos.list_photos(OTHER)]
    row: Any = site.photos.get_set(OTHER)
    file = tmp_path / "Favourites.json"
    file.write_text(json.dumps({"set": from_dynamodb(row.to_item()), "pics": rows}))
    shown(site).hide(ROW, NOW)
    words = read_exported_words(file, OTHER)
    assert words.shown == [PHOTO]
    assert {path.file for path in words.told} == {"1.jpg"}
    stack: Any = SimpleNamespace(photos=site.photos, writer=site.writer, shown=shown(site))
    give_exported_words(stack, words, OTHER)
    found = site.photos.get_set(OTHER)
    assert found
    assert (found.pic, found.pic_chosen, found.pic_count) == (ROW.file, True, 2)
    words.shown.append(ImagePath("later", "x.jpg"))
    give_exported_words(stack, words, OTHER)
    assert counts(site, OTHER) == (2, 4), "what isn't there yet is left out"


def test_pages_that_showed_it_go_at_once(site: FakeAws) -> None:
    folder = f"sets/{OTHER}"
    stay = {f"{folder}/people.json", f"{folder}/photos/1.jpg/index.html", "sets/Favourites 2/index.html"}
    go = {f"{folder}/index.html", f"{folder}/index.de.html", f"{folder}/all/2/index.html", f"{folder}/feed.xml"}
    for key in stay | go:
        site.s3.put_object(Bucket=site.site_bucket, Key=key, Body=b"")
    told: list[str] = []
    stack: Any = SimpleNamespace(s3=site.s3, outputs=site.outputs, invalidate=lambda paths: told.extend(paths))
    _take_down(stack, set(), told.append)
    assert told == []
    _take_down(stack, {OTHER}, lambda text: None)
    assert site.keys(site.site_bucket) & (stay | go) == stay
    assert told == ["/sets/Favourites/*"]
