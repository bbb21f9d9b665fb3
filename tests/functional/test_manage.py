"""What the owner's pages do, through the manage function, with the site in memory."""

from typing import Any

import pytest
from click.testing import CliRunner
from owner_calls import Owner
from support import BLUE, GREEN, RED, FakeAws, jpeg, kept, picture

from functions.keys import image_path
from functions.photo_page import RECORD_KEY
from functions.photo_rows import Photo, PhotoSet, grid_key
from functions.shown_photos import ShownPhotos
from functions.visitor_rows import RemovalRequest
from scripts.cli import main
from scripts.commands import photos
from scripts.commands.options import Context
from scripts.common.stack import Stack
from scripts.photos import waiting

A, B, C = (image_path("trip", name) for name in ("a.png", "b.png", "c.png"))
VISITOR = "us-east-1:visitor"


@pytest.fixture
def owner(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> Owner:
    kept(add_two)(aws)
    return Owner(aws, monkeypatch)


def add_two(aws: FakeAws) -> None:
    with pytest.MonkeyPatch.context() as patch:
        made = Owner(aws, patch)
        made.put(A, picture(RED))
        made.put(B, picture(GREEN))


def photo_set(owner: Owner, name: str = "trip") -> PhotoSet:
    found = owner.aws.photos.get_set(name)
    assert found
    return found


def test_the_overview_shows_sets_and_what_waits(owner: Owner) -> None:
    seen = owner.call("overview")
    (trip,) = seen["sets"]
    assert (trip["set"], trip["shown_title"], trip["photos"], trip["faces"]) == ("trip", "trip", 2, 2)
    assert (trip["audience"], trip["inherits"]) == ("public", True)
    assert (trip["is_published"], seen["published_at"]) == (False, None)
    assert (seen["requests"], seen["dead_letters"]) == (0, 0)
    owner.aws.s3.put_object(Bucket=owner.aws.site_bucket, Key=RECORD_KEY, Body=b"{}")
    assert owner.call("overview")["published_at"]


def test_ceilings_say_what_is_used_of_a_day(owner: Owner) -> None:
    owner.aws.ledger.count_search(2000, VISITOR, 10)
    ceilings = {entry["purpose"]: entry for entry in owner.call("ceilings")["ceilings"]}
    assert ceilings.keys() == {"search", "index", "people", "removal"}
    assert (ceilings["search"]["used"], ceilings["search"]["most"]) == (1, 2000)
    assert ceilings["search"]["used"] < ceilings["search"]["allowed"] < 2000
    assert (ceilings["index"]["used"], ceilings["index"]["most"]) == (2, 1000)
    assert ceilings["people"]["until"].endswith("00:00:00+00:00")


def test_a_set_gets_words_and_a_cover_and_the_old_ones_back(owner: Owner) -> None:
    before = owner.call(
        "set", set="trip", title=" Our  trip ", description="One\n\ntwo", dated="2019-05", place="3", cover="b.png"
    )["before"]
    changed = photo_set(owner)
    assert (changed.title, changed.description, changed.pic) == ("Our trip", "One\n\ntwo", "b.png")
    assert (changed.dated, changed.place) == ("2019-05", "3")
    assert before == {"title": "", "description": "", "dated": "", "place": "", "cover": "a.png"}
    owner.call("set", set="trip", **before)
    again = photo_set(owner)
    assert (again.title, again.description, again.dated, again.place) == (None, None, None, None)
    assert (again.pic, again.pic_count) == ("a.png", 2)


def test_photos_come_page_by_page_and_one_with_its_words(owner: Owner) -> None:
    first = owner.call("photos", set="trip", limit=1)
    second = owner.call("photos", set="trip", limit=1, after=first["after"])
    assert [row["sortkey"] for page in (first, second) for row in page["photos"]] == ["a.png", "b.png"]
    assert (first["photos"][0]["width"], first["photos"][0]["face_count"]) == (160, 1)
    film = Photo(primarykey="trip", sortkey="c.mp4", grid_key=grid_key(None, "c.mp4", 8.24))
    owner.aws.dynamodb.put_item(TableName=owner.aws.pics_table, Item=film.to_item())
    lengths = {row["sortkey"]: row.get("film_seconds") for row in owner.call("photos", set="trip")["photos"]}
    assert lengths == {"a.png": None, "b.png": None, "c.mp4": 8.2}
    owner.aws.dynamodb.delete_item(TableName=owner.aws.pics_table, Key={"primarykey": "trip", "sortkey": "c.mp4"})
    owner.call("photo", path=str(A), title="The boat", caption="At\nnoon")
    seen = owner.call("photo", path=str(A))
    assert (seen["title"], seen["caption"]) == ("The boat", "At\nnoon")
    owner.aws.photo_sync.sync(owner.aws.pics_bucket, A, owner="test", seconds=60, force=True)
    assert owner.call("photo", path=str(A), caption="")["title"] == "The boat", "it outlives processing"
    assert owner.call("photo", path=str(A))["caption"] == ""


def test_a_private_set_is_looked_after_like_any_other(owner: Owner) -> None:
    owner.aws.access.put_audience("secret", "members")
    for name in ("a.png", "b.png"):
        owner.put(image_path("secret", name), picture(RED))
    assert owner.aws.rows(owner.aws.private_pics_table)
    shown = {entry["set"]: (entry["audience"], entry["inherits"]) for entry in owner.call("overview")["sets"]}
    assert shown == {"secret": ("members", False), "trip": ("public", True)}
    assert [row["sortkey"] for row in owner.call("photos", set="secret")["photos"]] == ["a.png", "b.png"]
    owner.call("set", set="secret", title="Ours alone", cover="b.png")
    owner.call("photo", path="secret/a.png", caption="At noon")
    found = photo_set(owner, "secret")
    assert (found.title, found.pic) == ("Ours alone", "b.png")
    assert "Ours alone" not in str(owner.aws.rows(owner.aws.pics_table))


def test_a_deleted_photo_goes_and_comes_back_with_its_words(owner: Owner) -> None:
    owner.call("photo", path=str(A), caption="At noon")
    deleted = owner.call("delete", paths=[str(A)])["deleted"]
    assert deleted == {"trip/a.png": {"caption": "At noon"}}
    owner.process(A)
    assert owner.aws.photos.get_photo(A) is None
    assert photo_set(owner).pic_count == 1
    assert owner.call("restore", photos=deleted) == {"restored": ["trip/a.png"]}
    assert owner.left() == 1, "it is not there yet"
    owner.process(A)
    assert owner.left() == 0
    photo = owner.aws.photos.get_photo(A)
    assert photo
    assert photo.caption == "At noon"
    assert owner.call("restore", photos={"trip/a.png": {}, "trip/never.png": {}}) == {"restored": []}


def test_a_live_photos_film_goes_comes_back_and_moves_with_it(owner: Owner) -> None:
    aws, still, film = owner.aws, image_path("trip", "live.jpg"), image_path("trip", "live.mov")
    for path in (still, film):
        aws.put(path.key, jpeg())
    owner.process(still)
    row = aws.photos.get_photo(still)
    assert row
    etag = row.etag or ""
    aws.photo_sync._writer.put_film(still, etag, {"seconds": 3, "motion": True, "beside": film.file}, etag)
    own = Photo(primarykey="trip", sortkey=film.file, etag=etag, still=still.file)
    aws.photo_sync._writer.put_photo(film, own, etag)
    assert photo_set(owner).pic_count == 3
    begun = owner.call("move", paths=[str(still)], set="other")["moving"]
    assert begun == {"trip/live.jpg": "other/live.jpg", "trip/live.mov": "other/live.mov"}
    deleted = owner.call("delete", paths=[str(still)])["deleted"]
    assert list(deleted) == ["trip/live.jpg", "trip/live.mov"]
    originals = owner.manager.originals
    assert originals.find(film) is None
    assert originals.deleted_with(still) == [still, film]
    assert originals.deleted_with(A) == [A]
    assert owner.call("restore", photos=deleted) == {"restored": list(deleted)}


def test_a_photo_that_a_set_only_shows_is_taken_out_of_it_and_comes_back(owner: Owner) -> None:
    shown = ShownPhotos(owner.aws.photos)
    shown.show(A, "best", "2026-11-26T12:00:00+00:00")
    row = f"best/{A}"
    assert [found["sortkey"] for found in owner.call("photos", set="best")["photos"]] == [str(A)]
    told = {"code": "OnlyShown", "message": f"it is only shown there: move {A}", "values": {"photo": str(A)}}
    assert owner.call("move", paths=[row], set="other")["refused"] == {row: told}
    owner.call("photo", path=row, caption="At noon")
    assert owner.call("photo", path=str(A))["caption"] == "At noon"
    owner.call("set", set="best", cover=str(A))
    assert photo_set(owner, "best").pic_chosen
    deleted = owner.call("delete", paths=[row])["deleted"]
    assert owner.aws.photos.get_set("best") is None
    assert owner.aws.photos.get_photo(A), "the original stays"
    assert owner.aws.s3.head_object(Bucket=owner.aws.pics_bucket, Key=A.key)
    assert owner.call("restore", photos=deleted) == {"restored": [row]}
    assert photo_set(owner, "best").pic_count == 1
    assert owner.call("restore", photos={"best/trip/never.png": {}}) == {"restored": []}


def test_a_photo_that_is_moved_stays_in_the_sets_that_show_it(owner: Owner) -> None:
    ShownPhotos(owner.aws.photos).show(A, "best", "2026-11-26T12:00:00+00:00")
    owner.call("move", paths=[str(A)], set="2024")
    target = image_path("2024", A.file)
    owner.process(target)
    owner.left()
    owner.process(A)
    assert [row["sortkey"] for row in owner.aws.grid("best")] == [str(target)]
    assert photo_set(owner, "best").pic_count == 1


def test_names_stay_when_the_only_named_photo_is_deleted(owner: Owner) -> None:
    owner.put(C, picture(RED, BLUE))
    owner.round()
    face = {"path": str(A), "box": [0.1, 0.1, 0.8, 0.8]}
    drafts = [{"kind": "name", "person": "new", "name": "Ann"}, {"kind": "assign", "person": "new", "faces": [face]}]
    owner.aws.people.rounds.decide(drafts, "cli")
    owner.round()
    assert owner.call("delete", paths=[str(A)])["names"] == [{"name": "Ann", "path": "trip/c.png"}]
    latest = owner.manager.journal.read().events[-1]
    assert latest.by == "owner@example.org"


def test_a_move_takes_words_and_content_along_and_leaves_nothing(owner: Owner) -> None:
    owner.call("photo", path=str(A), title="The boat")
    before = owner.manager.originals.find(A)
    target = image_path("other", "a.png")
    assert owner.call("move", paths=[str(A)], set="other") == {"moving": {"trip/a.png": "other/a.png"}, "refused": {}}
    assert owner.left() == 1, "it isn't on the site there yet"
    assert owner.manager.originals.find(A) == before
    owner.process(target)
    (move,) = owner.manager._moves.begin([A], "other").moves  # begun again, as after a closed page
    assert owner.left() == 0
    owner.process(A)
    photo = owner.aws.photos.get_photo(target)
    assert photo
    assert (photo.title, photo.owner_words) == ("The boat", ["title"])
    assert owner.aws.photos.get_photo(A) is None
    assert owner.manager.originals.find(target) == before, "with the digest it was uploaded with"
    assert owner.manager.finish(move), "a second message finds nothing to do"
    assert (photo_set(owner).pic_count, photo_set(owner, "other").pic_count) == (1, 1)


def test_a_move_by_command_takes_the_same_way(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    stack = Stack("kinpics", "us-east-1", "CREATE_COMPLETE", owner.aws.outputs, {}, None, None)
    stack.__dict__["photos"] = owner.aws.photos
    monkeypatch.setattr(Context, "stack", stack)
    monkeypatch.setattr(photos, "publish_after_deleting", lambda stack, names: None)
    monkeypatch.setattr(photos, "build_and_publish", lambda stack: None)
    monkeypatch.setattr(waiting.time, "sleep", lambda seconds: owner.process(A, image_path("other", "a.png")))
    owner.call("photo", path=str(A), title="The boat")
    run = CliRunner().invoke
    moved = run(main, ["move", "trip/a.png", "trip/none.png", "other"])
    assert moved.exit_code == 1
    assert "1 photo moved, 1 failed" in moved.stdout
    assert "trip/none.png: it isn't on the site" in moved.stdout
    photo = owner.aws.photos.get_photo(image_path("other", "a.png"))
    assert photo
    assert photo.title == "The boat"
    assert owner.aws.photos.get_photo(A) is None
    back = run(main, ["undelete", "trip/a.png", "trip/never.png"])
    assert back.exit_code == 1
    assert "1 photo back, 1 failed" in back.stdout
    assert owner.aws.photos.get_photo(A)
    assert run(main, ["move", "trip/a.png", ".hidden"]).exit_code == 2
    assert run(main, ["move", "a.png", "other"]).exit_code == 2


def test_a_move_deletes_nothing_that_came_meanwhile(owner: Owner) -> None:
    (move,) = owner.manager._moves.begin([A], "other").moves
    owner.process(image_path("other", "a.png"))
    owner.put(A, picture(BLUE))
    assert owner.manager.finish(move)
    assert owner.manager.originals.find(A)
    (move,) = owner.manager._moves.begin([B], "other").moves
    owner.aws.s3.delete_object(Bucket=owner.aws.pics_bucket, Key="photos/other/b.png")
    assert owner.manager.finish(move)
    assert owner.manager.originals.find(B), "the copy is gone, so the photo stays"


def test_what_cannot_be_moved_is_named_with_the_reason(owner: Owner) -> None:
    owner.put(image_path("other", "a.png"), picture(BLUE, GREEN, RED))
    moved = owner.call("move", paths=["trip/a.png", "trip/none.png", "other/a.png"], set="other")
    assert moved["moving"] == {}
    assert {path: (why["code"], why["message"]) for path, why in moved["refused"].items()} == {
        "trip/a.png": ("NameTaken", "other has another photo called a.png"),
        "trip/none.png": ("PhotoNotFound", "it isn't on the site, or is still being processed"),
        "other/a.png": ("ThereAlready", "it is in this set already"),
    }


@pytest.fixture
def asked(owner: Owner) -> RemovalRequest:
    """Somebody asks to be forgotten, who is named."""
    photo = owner.aws.photos.get_photo(A)
    assert photo
    owner.round()
    face = {"path": str(A), "box": [0.1, 0.1, 0.8, 0.8]}
    drafts = [{"kind": "name", "person": "new", "name": "Ann"}, {"kind": "assign", "person": "new", "faces": [face]}]
    owner.aws.people.rounds.decide(drafts, "cli")
    owner.round()
    request = RemovalRequest(
        identity_id=VISITOR,
        made_at="2026-01-02T00:00:00+00:00",
        expires_at=4_000_000_000,
        face_ids=sorted(photo.face_ids),
        message="please",
    )
    owner.aws.dynamodb.put_item(TableName=owner.aws.requests_table, Item=request.to_item())
    return request


def test_a_request_is_shown_with_face_and_name_and_granted(owner: Owner, asked: RemovalRequest) -> None:
    (shown,) = owner.call("requests")["requests"]
    assert (shown["request"], shown["message"], shown["names"]) == (VISITOR, "please", ["Ann"])
    (face,) = shown["faces"]
    assert (face["path"], face["width"], len(face["box"])) == ("trip/a.png", 160, 4)
    assert owner.call("grant", request=VISITOR) == {"photos": ["trip/a.png"]}
    assert owner.call("requests") == {"requests": []}
    assert b"Ann" not in str(owner.aws.rows(owner.aws.decisions_table)).encode()
    assert owner.process_asked() == ["trip/a.png"]
    photo = owner.aws.photos.get_photo(A)
    assert photo
    assert photo.face_ids == set()
    assert owner.left() == 1, "the people function still knows the name"
    owner.round()
    assert owner.left() == 0
    assert owner.refused("grant", request=VISITOR)[0] == 404


def test_a_refused_request_goes_and_nobody_is_forgotten(owner: Owner, asked: RemovalRequest) -> None:
    assert owner.call("refuse", request=VISITOR) == {}
    assert owner.call("requests") == {"requests": []}
    assert owner.aws.rows(owner.aws.forgotten_table) == []
    assert owner.refused("refuse", request=VISITOR) == (
        404,
        "there is no such removal request: it may have been answered",
    )


def test_dead_letters_are_listed_tried_again_and_dropped(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = image_path("trip", "broken.jpg")
    owner.aws.put(broken.key, b"no picture")
    letter = {"code": "UnusableImage", "reason": "not a picture", "key": broken.key}
    body = '{"Records": [{"s3": {"bucket": {"name": "pics"}, "object": {"key": "photos/trip/broken.jpg"}}}]}'
    attributes = {name: {"DataType": "String", "StringValue": value} for name, value in letter.items()}
    send = {"QueueUrl": owner.aws.dead_letter_queue_url, "MessageBody": body, "MessageAttributes": attributes}
    for _ in range(2):
        owner.aws.sqs.send_message(**send)
    (shown,) = owner.call("dead_letters")["dead_letters"]
    assert shown == {"key": broken.key, "path": str(broken), "code": "UnusableImage", "reason": "not a picture"}
    assert owner.call("retry", keys=[broken.key]) == {"retried": [broken.key]}
    assert owner.call("dead_letters") == {"dead_letters": []}
    owner.aws.sqs.send_message(**send)
    assert owner.call("drop", keys=[broken.key, "photos/trip/a.png"]) == {"dropped": [broken.key]}
    assert broken.key not in owner.aws.keys(owner.aws.pics_bucket)
    assert A.key in owner.aws.keys(owner.aws.pics_bucket), "only what could not be processed"
    assert owner.call("overview")["dead_letters"] == 0
    owner.aws.put(broken.key, b"no picture")
    owner.aws.sqs.send_message(**send)
    stack = Stack("kinpics", "us-east-1", "CREATE_COMPLETE", owner.aws.outputs, {}, None, None)
    monkeypatch.setattr(Context, "stack", stack)
    dropped = CliRunner().invoke(main, ["dead-letters", "drop", "trip/broken.jpg", "--yes"])
    assert (dropped.exit_code, dropped.stdout) == (0, "1 photo deleted\n")
    assert broken.key not in owner.aws.keys(owner.aws.pics_bucket)


@pytest.mark.parametrize(
    ("action", "fields", "status", "told"),
    [
        (None, {}, 400, "action must be one of overview, set"),
        ("overview", {"set": "trip"}, 400, "unknown field: 'set'"),
        ("set", {}, 400, "set must be a text"),
        ("set", {"set": "trip"}, 400, "nothing to change"),
        ("set", {"set": "none", "title": "x"}, 404, "there is no set 'none'"),
        ("set", {"set": "../x", "title": "x"}, 400, "can't be the name of a set"),
        ("set", {"set": "trip", "title": "x" * 301}, 400, "the title has 301 characters: at most 300 fit"),
        ("set", {"set": "trip", "title": 5}, 400, "title must be a text"),
        ("set", {"set": "trip", "cover": "none.png"}, 404, "there is no photo 'none.png' in this set"),
        ("photo", {"path": "trip/none.png", "title": "x"}, 404, "there is no photo 'trip/none.png'"),
        ("photo", {"path": "a.png"}, 400, ""),
        ("photos", {"set": "trip", "limit": 501}, 400, "limit must be a whole number from 1 to 500"),
        ("delete", {"paths": []}, 400, "paths must be a list of 1 to 100 texts"),
        ("delete", {"paths": ["trip/a.png"] * 101}, 400, "paths must be a list of 1 to 100 texts"),
        ("delete", {"paths": "trip/a.png"}, 400, "paths must be a list"),
        ("move", {"paths": ["trip/a.png"], "set": ".hidden"}, 400, "can't be the name of a set"),
        ("restore", {"photos": []}, 400, "photos must be an object"),
        ("restore", {"photos": {"trip/a.png": "x"}}, 400, "each of the photos must have an object"),
        ("grant", {"request": ""}, 400, "request must be a text"),
        ("retry", {"keys": [5]}, 400, "keys must be a list"),
    ],
)
def test_bad_calls_are_refused_in_words(owner: Owner, action: Any, fields: dict, status: int, told: str) -> None:
    answered, message = owner.refused(action, **fields)
    assert answered == status
    assert told in message
    assert owner.aws.photos.get_photo(A)


def test_a_message_that_nobody_understands_stops_nothing(owner: Owner) -> None:
    owner.aws.sqs.send_message(QueueUrl=owner.queue, MessageBody="nonsense")
    assert owner.left() == 1
