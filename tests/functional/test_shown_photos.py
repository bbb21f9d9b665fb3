"""One photo in several albums: shown in each, and never where somebody could see it who may not see its own set."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support import FakeAws, kept

from functions.access.access_rows import MemberRow
from functions.access.audiences import ALBUM, LINK, MEMBERS, PUBLIC
from functions.access.limiting import Limiting
from functions.access.moving import AudienceChanges
from functions.image_links import ImageLinks
from functions.keys import BadNameError, ImagePath, parse_row_path
from functions.manage.audience_moves import ShownElsewhereError, refuse_to_withdraw
from functions.photo_reader import PhotoReader
from functions.photo_rows import Photo
from functions.photo_tables import SetMovingError
from functions.photo_writer import PhotoWriter
from functions.shown_photos import NotShowableError, ShownPhotos
from functions.table_rows import from_dynamodb
from functions.transactions import MAX_ATTEMPTS
from scripts.access.audience_change import take_down
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
    kept(add_photos)(aws)
    return aws


def add_photos(aws: FakeAws) -> None:
    for path in (PHOTO, SECOND, ImagePath(OTHER, "1.jpg"), ImagePath(THIRD, "3.jpg")):
        aws.writer.put_photo(path, photo(path), NOW)
    assert shown(aws).show(PHOTO, OTHER, NOW)


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


class Meanwhile:
    """A client that lets others do something before its first transaction."""

    def __init__(self, client: Any, others: Callable[[], Any]):
        self._client = client
        self._left = iter([others])

    def __getattr__(self, name: str) -> Any:
        if name == "transact_write_items" and (others := next(self._left, None)):
            others()
        return getattr(self._client, name)


def meanwhile(aws: FakeAws, others: Callable[[], Any]) -> ShownPhotos:
    return ShownPhotos(PhotoReader(aws.tables(Meanwhile(aws.dynamodb, others))))


def test_a_photo_that_is_shown_while_it_is_removed_is_shown_nowhere(site: FakeAws) -> None:
    """Between looking for its rows and removing it, another command shows it once more."""
    reader = meanwhile(site, lambda: shown(site).show(PHOTO, THIRD, NOW)).photos
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
def test_sets_that_are_like_the_site_go_on_showing_each_others_photos_whoever_may_see_it(
    site: FakeAws, audience: str
) -> None:
    for to in (audience, LINK, MEMBERS, PUBLIC, audience):
        change(site, ALBUM, to)
        assert site.photos.get_photo(ROW)
        assert (counts(site, OTHER), counts(site, OWN)) == ((2, 4), (2, 4))
    assert ROW.file in {row["sortkey"] for row in site.rows(site.private_pics_table)}
    assert site.rows(site.pics_table) == []
    assert shown(site).show(PHOTO, THIRD, LATER)
    assert site.photos.get_photo(ImagePath(THIRD, str(PHOTO)))


@pytest.mark.parametrize("audience", [PUBLIC, MEMBERS])
def test_sets_with_one_audience_of_their_own_show_each_others_photos(site: FakeAws, audience: str) -> None:
    change(site, ALBUM, MEMBERS if audience == PUBLIC else PUBLIC)
    change(site, OWN, audience)
    assert site.photos.get_photo(ROW) is None
    change(site, OTHER, audience)
    assert shown(site).show(PHOTO, OTHER, LATER)
    change(site, OTHER, LINK)
    assert ROW.file not in everything(site)
    change(site, OWN, LINK)
    with pytest.raises(NotShowableError, match="links of their own"):
        shown(site).show(PHOTO, OTHER, LATER)


def test_a_set_that_opens_to_fewer_meanwhile_shows_nothing(site: FakeAws) -> None:
    """Both sets were for members; one has a link of its own before a command that has looked writes."""
    for name in (OWN, OTHER):
        change(site, name, MEMBERS)
    with pytest.raises((NotShowableError, SetMovingError)):
        meanwhile(site, lambda: change(site, OTHER, LINK)).show(PHOTO, OTHER, NOW)
    assert ROW.file not in everything(site)


def invite(site: FakeAws, *sets: str, withdrawing: Any = lambda sets: None, client: Any = None) -> None:
    member = MemberRow(id="a" * 32, email="ann@example.org", sets=list(sets), invited_at=NOW)
    limiting = Limiting(PhotoReader(site.tables(client)), withdrawing)
    assert any(limiting.put(member, site.access.get_member(member.id), attempt) for attempt in range(MAX_ATTEMPTS))


@pytest.mark.parametrize("audience", [PUBLIC, LINK, MEMBERS])
@pytest.mark.parametrize("sets", [(OTHER,), (OWN,), (OWN, OTHER), ()])
def test_who_is_invited_to_some_sets_sees_no_photo_of_others_in_them(
    site: FakeAws, audience: str, sets: tuple[str, ...]
) -> None:
    change(site, ALBUM, audience)
    told: list[str] = []
    invite(site, *sets, withdrawing=told.extend)
    is_split = audience != PUBLIC and sets == (OTHER,)
    assert told == ([OTHER] if is_split else [])
    assert (site.photos.get_photo(ROW) is None) == is_split
    assert site.access.list_members()[0].sets == list(sets)
    if is_split:
        with pytest.raises(NotShowableError, match="invited to Favourites but not to 2024_trip"):
            shown(site).show(PHOTO, OTHER, LATER)
        invite(site, OWN, OTHER)
        assert shown(site).show(PHOTO, OTHER, LATER)


def test_a_photo_that_is_shown_while_somebody_is_invited_is_taken_out(site: FakeAws) -> None:
    change(site, ALBUM, MEMBERS)
    shown(site).hide(ROW, NOW)
    client = site.dynamodb
    invite(site, OTHER, client=Meanwhile(client, lambda: shown(site).show(PHOTO, OTHER, NOW)))
    assert ROW.file not in everything(site)


def test_nothing_is_shown_to_whoever_is_invited_meanwhile(site: FakeAws) -> None:
    change(site, ALBUM, MEMBERS)
    shown(site).hide(ROW, NOW)
    with pytest.raises(NotShowableError, match="invited to Favourites"):
        meanwhile(site, lambda: invite(site, OTHER)).show(PHOTO, OTHER, NOW)
    assert ROW.file not in everything(site)


def test_a_site_that_closes_while_somebody_is_invited_shows_them_no_photo_of_other_sets(site: FakeAws) -> None:
    """While everybody may see both sets there is nothing to take out, and the site closes before they are in."""
    invite(site, OTHER, client=Meanwhile(site.dynamodb, lambda: change(site, ALBUM, MEMBERS)))
    assert ROW.file not in everything(site)


def test_an_import_may_show_again_what_had_to_be_taken_out(site: FakeAws) -> None:
    """What the owner took out counts as shown once; what an audience took out doesn't."""
    shown(site).show(PHOTO, THIRD, NOW)
    change(site, OTHER, MEMBERS)
    assert site.photos.get_attribute([PHOTO], "shown_elsewhere") == {PHOTO: 1}
    shown(site).hide(ImagePath(THIRD, str(PHOTO)), NOW)
    assert site.photos.get_attribute([PHOTO], "shown_elsewhere") == {PHOTO: 1}


@pytest.mark.parametrize("of", [OWN, OTHER])
def test_nothing_is_shown_by_whoever_slept_through_a_change(site: FakeAws, of: str) -> None:
    """A command has looked who may see what, and writes only after somebody has begun to change that."""
    shown(site).hide(ROW, NOW)
    with pytest.raises((NotShowableError, SetMovingError)):
        meanwhile(site, lambda: change(site, of, MEMBERS)).show(PHOTO, OTHER, NOW)
    assert ROW.file not in everything(site)


def test_whoever_slept_through_a_change_of_the_sites_audience_shows_it_where_the_sets_are_now(site: FakeAws) -> None:
    shown(site).hide(ROW, NOW)
    assert meanwhile(site, lambda: change(site, ALBUM, MEMBERS)).show(PHOTO, OTHER, NOW)
    assert site.rows(site.pics_table) == []


class Killed(BaseException):
    """The process ends here."""


class Dying:
    """A DynamoDB client that dies before a transaction, after ``left`` of them."""

    def __init__(self, client: Any, left: int):
        self._client = client
        self._left = iter(range(left))

    def __getattr__(self, name: str) -> Any:
        if name == "transact_write_items" and next(self._left, None) is None:
            raise Killed
        return getattr(self._client, name)


@pytest.mark.parametrize("of", [OWN, OTHER, ALBUM])
def test_a_change_that_is_stopped_anywhere_ends_the_same(site: FakeAws, of: str) -> None:
    """The row goes with a set's own audience; with the site's it goes where somebody may see one of the sets only."""
    client = site.dynamodb
    invite(site, OTHER, THIRD)
    shown(site).show(ImagePath(THIRD, "3.jpg"), OTHER, NOW)
    third = ImagePath(OTHER, f"{THIRD}/3.jpg")
    for step in range(2, 7):
        change(site, of, PUBLIC if of == ALBUM else None)
        shown(site).show(PHOTO, OTHER, NOW)
        shown(site).show(ImagePath(THIRD, "3.jpg"), OTHER, NOW)
        dying = site.tables(Dying(client, step))
        with pytest.raises(Killed):
            AudienceChanges(dying, sleep=lambda seconds: None, rows_at_once=1).change(of, MEMBERS)
        AudienceChanges(site.tables(), sleep=lambda seconds: None).finish()
        assert ROW.file not in everything(site)
        stays = of != OTHER
        assert (third.file in everything(site)) == stays
        assert (counts(site, OTHER), counts(site, OWN)) == ((2, 4) if stays else (1, 2), (2, 4))


def test_an_invitation_that_is_stopped_anywhere_lets_nobody_see_more(site: FakeAws) -> None:
    client = site.dynamodb
    change(site, ALBUM, MEMBERS)
    for step in range(2):
        shown(site).show(PHOTO, OTHER, NOW)
        with pytest.raises(Killed):
            invite(site, OTHER, client=Dying(client, step))
        assert site.access.list_members() == [], "not before the photo is out"
    invite(site, OTHER)
    assert ROW.file not in everything(site)


def test_the_owners_place_refuses_what_it_could_not_finish(site: FakeAws) -> None:
    """Rendered pages would go on showing the photo: only a command can make them anew."""
    before = everything(site)
    with pytest.raises(ShownElsewhereError, match="Favourites shows photos of other albums"):
        change(site, OWN, MEMBERS, withdrawing=refuse_to_withdraw)
    assert everything(site) == before
    assert site.access.get_audience(OWN) is None
    change(site, THIRD, MEMBERS, withdrawing=refuse_to_withdraw)


def test_pages_have_the_photo_in_both_sets_and_the_search_index_its_words_once(site: FakeAws) -> None:
    site.writer.reword_photo(PHOTO, {"caption": "Us"}, NOW)
    sets = {one.name: one for one in read_sets(site.photos, list_shown_rows(site.photos), {})}
    other = sets[OTHER]
    assert [path_of(one) for one in other.photos] == [ImagePath(OTHER, "1.jpg"), PHOTO]
    assert other.photos[1].caption == "Us", "with the original's words"
    assert [path_of(one) for one in other.own] == [ImagePath(OTHER, "1.jpg")], "its own page is the original's"
    entry = entry_of(other, None)
    assert (entry["files"], entry["others"]) == (["1.jpg"], {OWN: ["1.jpg"]}), "found in its own set, counted in both"
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
    take_down(stack, set(), told.append)
    assert told == []
    take_down(stack, {OTHER}, lambda text: None)
    assert site.keys(site.site_bucket) & (stay | go) == stay
    assert told == ["/sets/Favourites/*"]
