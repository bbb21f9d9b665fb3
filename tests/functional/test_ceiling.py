"""The album can't run up a bill: paid calls are counted and end at the day's ceiling; searches are answered from
what was found before."""

from collections.abc import Callable
from typing import Any

import pytest
from support import BLUE, COLLECTION, GREEN, RED, FakeAws, kept, picture

from functions.face_collection import FaceCollection
from functions.keys import parse_image_path
from functions.ledger import CeilingReachedError, Ledger
from functions.ledger_rows import CollectionVersion, DailyCount, KeptAnswer
from functions.search.person_search import Searcher
from functions.search.search_request import parse_request
from functions.visitor_calls import RequestError

DAY = 86_400
PAID = ("IndexFaces", "SearchFaces", "SearchFacesByImage")


def add(aws: FakeAws, name: str, *colors: tuple[int, int, int]) -> str:
    """Add a photo; returns the id of its first face."""
    path = parse_image_path(name)
    aws.put(path.key, picture(*colors))
    aws.photo_sync.sync("pics", path, owner=name, seconds=60)
    return face_of(aws, name)


def face_of(aws: FakeAws, name: str) -> str:
    photo = aws.photos.get_photo(parse_image_path(name))
    assert photo is not None
    return photo.face_records[0]["Face"]["FaceId"]


@pytest.fixture
def face(aws: FakeAws) -> str:
    """A face of an album whose collection has settled."""
    kept(add_two)(aws)
    return face_of(aws, "set/a.png")


def add_two(aws: FakeAws) -> None:
    add(aws, "set/a.png", RED)
    add(aws, "set/b.png", RED, BLUE)
    aws.now += 60


@pytest.fixture
def search(aws: FakeAws) -> Callable[..., dict]:
    def call(daily: int = 100, visitor_daily: int = 100, visitor: str | None = None, **event: Any) -> dict:
        collection = FaceCollection(aws.rekognition, COLLECTION)
        searcher = Searcher({"album": collection}, aws.images, aws.ledger, daily, visitor_daily, aws.access)
        return searcher.search(parse_request(event), visitor)

    return call


def paid(aws: FakeAws) -> int:
    return sum(aws.rekognition.calls.count(name) for name in PAID)


def paths(answer: dict) -> list[str]:
    return [photo["image_path"] for photo in answer["output"]]


def test_the_same_search_is_paid_for_once(aws: FakeAws, face: str, search: Callable[..., dict]) -> None:
    first = search(faceid=face)
    assert search(faceid=face) == first
    assert "as_of" not in first
    assert paid(aws) == aws.ledger.read_count("search") == 1


@pytest.mark.parametrize("threshold", [80, 85.5, 99, 100])
def test_one_paid_search_serves_every_threshold_above(
    aws: FakeAws, face: str, search: Callable[..., dict], threshold: float
) -> None:
    search(faceid=face)
    kept = search(faceid=face, threshold=threshold)
    assert paid(aws) == 1
    assert all(photo["similarity"] >= threshold for photo in kept["output"])
    assert kept["output"][0]["face"]["FaceId"] == face


def test_pages_of_one_search_are_one_paid_call(aws: FakeAws, face: str, search: Callable[..., dict]) -> None:
    first = search(faceid=face, limit=1)
    second = search(faceid=face, limit=1, next=first["next"])
    assert sorted(paths(first) + paths(second)) == ["set/a.png", "set/b.png"]
    assert paid(aws) == 1


def test_a_new_photo_is_found_by_a_search_made_before(aws: FakeAws, face: str, search: Callable[..., dict]) -> None:
    search(faceid=face)
    add(aws, "set/new.png", RED)
    assert "set/new.png" in paths(search(faceid=face))


def test_a_deleted_photo_is_not_found_again(aws: FakeAws, face: str, search: Callable[..., dict]) -> None:
    search(faceid=face)
    path = parse_image_path("set/b.png")
    aws.s3.delete_object(Bucket=aws.pics_bucket, Key=path.key)
    aws.photo_sync.sync("pics", path, owner="delete", seconds=60)
    assert paths(search(faceid=face)) == ["set/a.png"]


def test_an_answer_right_after_a_change_is_not_current(aws: FakeAws, face: str, search: Callable[..., dict]) -> None:
    add(aws, "set/new.png", GREEN)
    aws.rekognition.calls.clear()
    search(faceid=face)
    search(faceid=face)
    assert paid(aws) == 2
    aws.now += 60
    search(faceid=face)
    search(faceid=face)
    assert paid(aws) == 3


def test_beyond_the_ceiling_an_earlier_answer_serves_and_says_so(
    aws: FakeAws, face: str, search: Callable[..., dict]
) -> None:
    before = search(faceid=face, daily=1)
    add(aws, "set/new.png", RED)
    after = search(faceid=face, daily=1)
    assert paths(after) == paths(before)
    assert after["as_of"].endswith("+00:00")


def test_beyond_the_ceiling_a_new_search_is_refused_in_words(
    aws: FakeAws, face: str, search: Callable[..., dict]
) -> None:
    with pytest.raises(RequestError, match="used up") as caught:
        search(faceid=face, daily=0)
    assert (caught.value.status, caught.value.code) == (429, "CeilingReached")
    assert paid(aws) == 0


def test_a_picture_counts_and_ends_at_the_ceiling_too(aws: FakeAws, face: str, search: Callable[..., dict]) -> None:
    import base64

    image = base64.b64encode(picture(RED)).decode()
    assert len(search(image=image, daily=1)["output"]) == 2
    with pytest.raises(RequestError, match="used up"):
        search(image=image, daily=1)


def test_nothing_of_a_picture_is_kept(aws: FakeAws, face: str, search: Callable[..., dict]) -> None:
    import base64

    search(image=base64.b64encode(picture(RED)).decode(), visitor="guest")
    kept = {row["entry"].split("/")[0] for row in aws.rows(aws.ledger_table)}
    assert kept == {"calls", "collection", "visitor"}


def test_every_row_of_the_ledger_has_a_declared_shape(aws: FakeAws, face: str, search: Callable[..., dict]) -> None:
    shapes = {"calls": DailyCount, "visitor": DailyCount, "collection": CollectionVersion, "search": KeptAnswer}
    search(faceid=face, visitor="guest")
    rows = aws.rows(aws.ledger_table)
    assert {row["entry"].split("/")[0] for row in rows} == shapes.keys()
    for row in rows:
        read = shapes[row["entry"].split("/")[0]].from_item(row)
        assert (read.unknown, read.unread, read.to_item()) == ({}, (), row)


def test_a_face_that_is_not_there_costs_nothing(aws: FakeAws, face: str, search: Callable[..., dict]) -> None:
    with pytest.raises(RequestError) as caught:
        search(faceid="00000000-0000-0000-0000-000000000000")
    assert caught.value.code == "FaceNotFound"
    assert paid(aws) == aws.ledger.read_count("search") == 0


def test_a_visitor_has_an_allowance_that_others_do_not_share(
    aws: FakeAws, face: str, search: Callable[..., dict]
) -> None:
    other = add(aws, "set/c.png", GREEN)
    aws.now += 60
    search(faceid=face, visitor="one", visitor_daily=1)
    with pytest.raises(RequestError) as caught:
        search(faceid=other, visitor="one", visitor_daily=1)
    assert caught.value.code == "AllowanceReached"
    assert paths(search(faceid=face, visitor="one", visitor_daily=1)), "what was found before costs nothing"
    assert paths(search(faceid=other, visitor="two", visitor_daily=1)) == ["set/c.png"]
    assert aws.ledger.read_count("search") == 2, "a refused search is not counted for all"


def test_a_new_day_has_new_calls(aws: FakeAws, face: str, search: Callable[..., dict]) -> None:
    search(faceid=face, daily=1)
    add(aws, "set/new.png", RED)
    aws.now += DAY
    assert "set/new.png" in paths(search(faceid=face, daily=1))


def test_no_hour_uses_up_the_searches_of_the_next(aws: FakeAws) -> None:
    def spend() -> int:
        for made in range(100):
            try:
                aws.ledger.count_search(48, f"throw-away {made} {aws.now}", 200)
            except CeilingReachedError as error:
                assert error.until == aws.now // 3600 * 3600 + 3600
                return made
        return 100

    start = aws.now // DAY * DAY
    made = []
    for hour in range(24):
        aws.now = start + hour * 3600 + 1800
        made.append(spend())
    assert made[0] == 12 + 2
    assert min(made) >= 1
    assert sum(made) == aws.ledger.read_count("search") == 48
    aws.now = start + DAY
    assert spend() == made[0]


def test_a_flood_of_refused_searches_writes_nothing(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    aws.ledger.count_search(1, "one", 1)
    with monkeypatch.context() as patch:
        patch.setattr(aws.dynamodb, "update_item", None)
        for visitor, ceiling in (("one", 100), ("two", 1)):
            with pytest.raises(CeilingReachedError):
                aws.ledger.count_search(ceiling, visitor, 1)


def test_a_search_with_the_most_matches_there_are_fits_a_row(aws: FakeAws) -> None:
    import uuid

    from functions.ledger import Found

    matches = [(str(uuid.uuid4()), str(uuid.uuid4()), 99.123456 - number / 1000) for number in range(4096)]
    ledger = Ledger(aws.dynamodb, aws.ledger_table)
    ledger.keep_answer("album", "face/80", Found(matches, 1.0, True), 0)
    assert ledger.recall("album", "face/80").found == Found(matches, 1.0, True)


def test_a_photo_beyond_the_ceiling_waits_for_a_redrive(aws: FakeAws) -> None:
    aws.daily_indexing = 1
    add(aws, "set/a.png", RED)
    path = parse_image_path("set/b.png")
    aws.put(path.key, picture(BLUE))
    with pytest.raises(CeilingReachedError, match="from 00:00 UTC"):
        aws.photo_sync.sync("pics", path, owner="b", seconds=60)
    assert paid(aws) == 1
    assert aws.photos.get_photo(path) is None
    aws.now += DAY
    aws.photo_sync.sync("pics", path, owner="another", seconds=60)
    assert aws.photos.get_photo(path) is not None
