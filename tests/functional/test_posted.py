"""Private addresses: what a visitor asks the removal function, and what the people function shows there."""

import contextlib
import json
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, cast
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from support import BLUE, COLLECTION, GREEN, RED, FakeAws, LambdaContext, kept, picture

from functions.access.access_rows import KEEP_POSTED_DAYS, PostedAddress
from functions.access.audiences import ALBUM, LINK, MEMBERS, PUBLIC
from functions.access.moving import AudienceChanges
from functions.keys import ImagePath, image_path
from functions.pace import Pace
from functions.people import handler as people_module
from functions.people.people_files import PeopleFiles, is_people_file
from functions.people.people_round import STATE
from functions.photo_reader import PhotoReader
from functions.photo_rows import Photo
from functions.posted_table import PostedTable, address_id, feed_key, photos_key
from functions.removal import handler as handler_module
from functions.removal.posted_addresses import (
    MAX_ADDRESSES,
    MAX_DAILY_ADDRESSES,
    MAX_VISITOR_DAILY_ADDRESSES,
    PostedAddresses,
)
from functions.removal.posted_call import parse_posted_call
from functions.visitor_calls import RequestError
from scripts.commands.people import people as commands
from scripts.common.stack import Stack
from scripts.people.catching_up import tell_of_all

NOBODY = "00000000-0000-0000-0000-000000000000"
VISITOR = "us-east-1:11111111-1111-1111-1111-111111111111"
SECRET = "AbCdEfGhIjKlMnOpQrStUv"
ID = address_id(SECRET)
HOUR, DAY = 3_600, 86_400
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def album(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> FakeAws:
    """Two photos of somebody, one of them with somebody else."""
    kept(add_two)(aws)
    people = aws.people
    monkeypatch.setattr(people_module, "_people", lambda: people)
    return aws


def add_two(aws: FakeAws) -> None:
    put(aws, "2024/a.png", RED, GREEN)
    put(aws, "2024/b.png", RED, BLUE)
    people = aws.people
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(people_module, "_people", lambda: people)
        deliver(aws)


@pytest.fixture
def addresses(album: FakeAws) -> PostedAddresses:
    environment = {
        "ACCESS_TABLE": album.access_table,
        "PICS_TABLE": album.pics_table,
        "PRIVATE_PICS_TABLE": album.private_pics_table,
        "PICS_BY_IMAGE_ID_TABLE": album.pics_by_image_id_table,
        "LEDGER_TABLE": album.ledger_table,
        "COLLECTION_ID": COLLECTION,
        "SITE_BUCKET": album.site_bucket,
        "QUEUE_URL": album.people_queue_url,
    }
    return handler_module.wire_addresses(album.parts(environment))


@pytest.fixture
def call(addresses: PostedAddresses, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict]:
    monkeypatch.setattr(handler_module, "_addresses", lambda: addresses)
    monkeypatch.setattr(handler_module, "_pace", Pace(sleep=lambda seconds: None))

    def invoke(action: str, visitor: str | None = VISITOR, **event: Any) -> dict:
        context = LambdaContext(identity=SimpleNamespace(cognito_identity_id=visitor))
        return handler_module.handler({"action": action, "secret": SECRET, **event}, context)

    return invoke


def put(aws: FakeAws, path: str, *colours: tuple[int, int, int]) -> None:
    where = image_path(*path.split("/"))
    aws.put(where.key, picture(*colours))
    aws.photo_sync.sync(aws.pics_bucket, where, owner="message", seconds=60)


def remove(aws: FakeAws, path: str) -> None:
    where = image_path(*path.split("/"))
    aws.s3.delete_object(Bucket=aws.pics_bucket, Key=where.key)
    aws.photo_sync.sync(aws.pics_bucket, where, owner="message", seconds=60)


def changes_of(aws: FakeAws) -> AudienceChanges:
    return AudienceChanges(aws.tables(), sleep=lambda seconds: None)


def deliver(aws: FakeAws) -> int:
    """Give the people function what waits in its queue; returns how many messages there were."""
    delivered = 0
    while messages := aws.sqs.receive_message(QueueUrl=aws.people_queue_url, MaxNumberOfMessages=10).get("Messages"):
        records = [{"messageId": message["MessageId"], "body": message["Body"]} for message in messages]
        assert people_module.handler({"Records": records}, LambdaContext()) == {"batchItemFailures": []}
        for message in messages:
            aws.sqs.delete_message(QueueUrl=aws.people_queue_url, ReceiptHandle=message["ReceiptHandle"])
        delivered += len(messages)
    return delivered


def face(aws: FakeAws, path: str, number: int = 0) -> str:
    """The id of a face, counted from the left."""
    photo = aws.photos.get_photo(image_path(*path.split("/")))
    assert photo is not None
    records = sorted(photo.face_records, key=lambda record: record["Face"]["BoundingBox"]["Left"])
    return records[number]["Face"]["FaceId"]


def read(aws: FakeAws, key: str) -> bytes:
    return aws.s3.get_object(Bucket=aws.site_bucket, Key=key)["Body"].read()


def shown(aws: FakeAws, address: str = ID) -> list[str]:
    return [photo["path"] for photo in json.loads(read(aws, photos_key(address)))["photos"]]


def files(aws: FakeAws) -> set[str]:
    return {key for key in aws.keys(aws.site_bucket) if key.startswith("posted/")}


def rows(aws: FakeAws) -> list[dict]:
    return [row for row in aws.rows(aws.access_table) if row["kind"] == "posted"]


def decide(*drafts: dict[str, Any]) -> Any:
    event = {"action": "decide", "by": "ann@example.org", "events": list(drafts)}
    answer = people_module.handler(event, LambdaContext())
    assert answer["statusCode"] == 200, answer
    return answer["output"]


def name(aws: FakeAws, path: str, who: str) -> str:
    """Name the first face of a photo; returns the person's id."""
    asked = {"path": path, "face": face(aws, path)}
    made = decide({"kind": "name", "person": "new", "name": who}, {"kind": "assign", "person": "new", "faces": [asked]})
    return made["events"][0]["person"]


def people_state(aws: FakeAws) -> dict[str, Any]:
    return PeopleFiles(aws.s3, aws.thumbnails_bucket, aws.site_bucket).read(STATE)


def rebuild(aws: FakeAws) -> None:
    """What `kinpics people rebuild` does."""
    stack = SimpleNamespace(photos=aws.photos, sqs=aws.sqs, outputs=aws.outputs, s3=aws.s3, parameters={})
    tell_of_all(cast("Stack", stack))


def test_an_address_shows_photos_and_new_ones_without_a_paid_call(album: FakeAws, call: Callable[..., dict]) -> None:
    assert call("keep", face_ids=[face(album, "2024/b.png")]) == {"statusCode": 200, "output": {"id": ID}}
    assert deliver(album) == 1, "the function asks for a round"
    assert shown(album) == ["2024/b.png", "2024/a.png"]
    assert files(album) == {photos_key(ID), feed_key(ID)}
    put(album, "2025/new.png", RED)
    deliver(album)
    paid = len(album.rekognition.calls)
    assert set(shown(album)) == {"2024/a.png", "2024/b.png", "2025/new.png"}
    assert deliver(album) == 0
    assert len(album.rekognition.calls) == paid


def test_what_is_kept_is_a_place_in_a_photo_and_nothing_of_a_selfie(album: FakeAws, call: Callable[..., dict]) -> None:
    call("keep", face_ids=[face(album, "2024/b.png")], language="de")
    (row,) = rows(album)
    assert set(row) == {"kind", "id", "faces", "language", "made_at", "expires_at"}
    photo = album.photos.get_photo(image_path("2024", "b.png"))
    assert photo
    assert [set(entry) for entry in row["faces"]] == [{"photo", "box"}]
    assert row["faces"][0]["photo"] == photo.sha256
    assert row["expires_at"] == int(album.now) + KEEP_POSTED_DAYS * DAY
    everything = json.dumps(album.rows(album.access_table) + album.rows(album.ledger_table), default=str)
    assert SECRET not in everything


def test_the_feed_has_the_photos_at_their_addresses(album: FakeAws, call: Callable[..., dict]) -> None:
    call("keep", face_ids=[face(album, "2024/b.png")], language="de")
    deliver(album)
    feed = ElementTree.fromstring(read(album, feed_key(ID)))
    assert feed.findtext(f"{ATOM}title") == "Fotos von dir"
    own = f"https://album.example/{feed_key(ID)}"
    assert feed.findtext(f"{ATOM}id") == own
    assert {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")} == {
        "self": own,
        "alternate": "https://album.example/posted/",
    }
    entries = {entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry")}
    assert entries == {f"https://album.example/sets/2024/photos/{file}.png/" for file in "ab"}
    content = album.s3.head_object(Bucket=album.site_bucket, Key=feed_key(ID))
    assert (content["ContentType"], content["CacheControl"]) == ("application/atom+xml; charset=utf-8", "no-cache")


def test_an_address_made_twice_is_one_and_counts_once(album: FakeAws, call: Callable[..., dict]) -> None:
    for _ in range(3):
        assert call("keep", face_ids=[face(album, "2024/b.png")])["statusCode"] == 200
    assert len(rows(album)) == 1
    counted = [row for row in album.rows(album.ledger_table) if row["entry"].startswith("calls/posted/")]
    assert {int(row["calls"]) for row in counted} == {1}


def test_it_follows_a_person_who_gets_a_name_is_hidden_and_shown_again(
    album: FakeAws, call: Callable[..., dict]
) -> None:
    call("keep", face_ids=[face(album, "2024/a.png")])
    deliver(album)
    person = name(album, "2024/b.png", "Ann")
    deliver(album)
    assert set(shown(album)) == {"2024/a.png", "2024/b.png"}
    assert b"Ann" not in read(album, photos_key(ID)) + read(album, feed_key(ID))
    (hidden,) = decide({"kind": "hide", "person": person})["events"]
    assert files(album) == set()
    assert len(rows(album)) == 1, "somebody hidden may be shown again"
    decide({"kind": "undo", "event": hidden["id"]})
    assert set(shown(album)) == {"2024/a.png", "2024/b.png"}


def test_hiding_somebody_without_a_name_shows_nothing_either(album: FakeAws, call: Callable[..., dict]) -> None:
    call("keep", face_ids=[face(album, "2024/a.png")])
    deliver(album)
    asked = {"path": "2024/b.png", "face": face(album, "2024/b.png")}
    decide({"kind": "assign", "person": "new", "faces": [asked]})
    deliver(album)
    assert set(shown(album)) == {"2024/a.png", "2024/b.png"}
    (group,) = [entry for entry in people_state(album)["unknown"] if entry[2]]
    decide({"kind": "hide", "person": group[2]})
    deliver(album)
    assert files(album) == set()


def test_a_removed_photo_leaves_and_a_face_that_is_gone_ends_the_address(
    album: FakeAws, call: Callable[..., dict]
) -> None:
    call("keep", face_ids=[face(album, "2024/a.png"), face(album, "2024/b.png")])
    deliver(album)
    remove(album, "2024/a.png")
    deliver(album)
    assert shown(album) == ["2024/b.png"], "the second face stands for the same person"
    remove(album, "2024/b.png")
    deliver(album)
    assert files(album) == set()
    assert len(rows(album)) == 1, "a photo may come back"
    put(album, "2024/b.png", RED, BLUE)
    deliver(album)
    assert shown(album) == ["2024/b.png"]
    # As when somebody is forgotten: the photo is still there, the face isn't.
    photo = album.photos.get_photo(image_path("2024", "b.png"))
    assert photo
    left = [record for record in photo.face_records if record["Face"]["FaceId"] != face(album, "2024/b.png")]
    gone = photo.data | {"FaceRecords": left}
    album.dynamodb.put_item(TableName=album.pics_table, Item=replace(photo, data=gone).to_item())
    rebuild(album)
    deliver(album)
    assert files(album) == set()
    assert rows(album) == []


def test_stopping_deletes_everything_at_once(album: FakeAws, call: Callable[..., dict]) -> None:
    call("keep", face_ids=[face(album, "2024/b.png")])
    deliver(album)
    assert call("stop", secret=SECRET[::-1]) == {"statusCode": 200, "output": None}, "nobody learns what there is"
    assert len(files(album)) == 2
    assert deliver(album) == 0, "and it costs no round"
    assert call("stop") == {"statusCode": 200, "output": None}
    assert files(album) == set()
    assert rows(album) == []
    deliver(album)
    assert files(album) == set()
    assert call("renew")["err"]["code"] == "AddressClosed"


def test_a_round_that_had_begun_shows_a_stopped_address_only_until_the_next(
    album: FakeAws, call: Callable[..., dict]
) -> None:
    call("keep", face_ids=[face(album, "2024/b.png")])
    deliver(album)
    body = read(album, photos_key(ID))
    call("stop")
    album.s3.put_object(Bucket=album.site_bucket, Key=photos_key(ID), Body=body)
    deliver(album)
    assert files(album) == set()


def test_an_address_ends_a_year_after_the_last_visit(album: FakeAws, call: Callable[..., dict]) -> None:
    call("keep", face_ids=[face(album, "2024/b.png")])
    album.now += 300 * DAY
    assert call("renew")["statusCode"] == 200
    album.now += 300 * DAY
    deliver(album)
    assert len(shown(album)) == 2
    album.now += 66 * DAY
    put(album, "2025/new.png", RED)
    deliver(album)
    assert files(album) == set()
    assert call("renew")["err"]["code"] == "AddressClosed"


def test_a_visitor_makes_a_few_a_day_and_a_site_not_too_many(
    album: FakeAws, addresses: PostedAddresses, call: Callable[..., dict], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = face(album, "2024/b.png")

    def make(number: int, visitor: str = VISITOR) -> dict:
        return call("keep", visitor, secret=f"{number:022}", face_ids=[known])

    made = [make(number) for number in range(MAX_VISITOR_DAILY_ADDRESSES + 1)]
    assert {answer["statusCode"] for answer in made[:-1]} == {200}
    assert made[-1]["err"]["code"] == "TooManyAddresses"
    assert "20 private addresses" in made[-1]["err"]["message"]
    assert made[-1]["err"]["until"]
    assert make(99, "another")["statusCode"] == 200
    day = [row for row in album.rows(album.ledger_table) if re.fullmatch("calls/posted/[0-9-]+", row["entry"])]
    album.dynamodb.put_item(TableName=album.ledger_table, Item={"entry": day[0]["entry"], "calls": MAX_DAILY_ADDRESSES})
    assert make(100, "a third")["err"]["code"] == "TooManyAddresses"
    album.now += DAY
    monkeypatch.setattr(PostedTable, "count", lambda self: MAX_ADDRESSES)
    assert make(101)["err"]["message"] == "this site has as many private addresses as it can"
    assert len(rows(album)) == MAX_VISITOR_DAILY_ADDRESSES + 1


def test_unknown_faces_make_no_address_and_use_up_nothing(album: FakeAws, call: Callable[..., dict]) -> None:
    assert call("keep", face_ids=[NOBODY])["err"]["code"] == "FaceNotFound"
    assert rows(album) == []
    assert not [row for row in album.rows(album.ledger_table) if row["entry"].startswith("calls/posted/")]


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ({"secret": SECRET[:11]}, "InvalidSecret"),
        ({"secret": SECRET + "x"}, "InvalidSecret"),
        ({"secret": 7}, "InvalidSecret"),
        ({"face_ids": []}, "InvalidFaceId"),
        ({"face_ids": [NOBODY] * 4}, "InvalidFaceId"),
        ({"face_ids": ["x"]}, "InvalidFaceId"),
        ({"language": "xx"}, "InvalidParameter"),
        ({"language": ["en"]}, "InvalidParameter"),
        ({"pass": 7}, "InvalidParameter"),
        ({"photo": "x"}, "InvalidRequest"),
    ],
)
def test_a_malformed_call_says_what_is_wrong(call: Callable[..., dict], event: dict[str, Any], code: str) -> None:
    answer = call("keep", **({"face_ids": [NOBODY]} | event))
    assert (answer["statusCode"], answer["err"]["code"]) == (400, code)


def test_only_a_visitor_can_ask(album: FakeAws, call: Callable[..., dict]) -> None:
    assert call("keep", None, face_ids=[face(album, "2024/b.png")])["err"]["code"] == "NoVisitor"


@pytest.mark.parametrize("audience", [LINK, MEMBERS])
def test_in_a_private_album_a_stranger_makes_none(album: FakeAws, call: Callable[..., dict], audience: str) -> None:
    changes_of(album).change(ALBUM, audience)
    unknown = call("keep", face_ids=[NOBODY])
    assert call("keep", face_ids=[face(album, "2024/b.png")]) == unknown
    assert unknown["err"]["code"] == "FaceNotFound"


def test_a_narrower_set_is_at_no_address(album: FakeAws, call: Callable[..., dict]) -> None:
    call("keep", face_ids=[face(album, "2024/b.png")])
    put(album, "family/c.png", RED)
    deliver(album)
    assert "family/c.png" in shown(album)
    changes_of(album).change("family", MEMBERS)
    put(album, "2025/new.png", RED)
    deliver(album)
    assert set(shown(album)) == {"2024/a.png", "2024/b.png", "2025/new.png"}
    assert b"family" not in read(album, feed_key(ID))
    assert call("keep", secret=SECRET[::-1], face_ids=[face(album, "family/c.png")])["err"]["code"] == "FaceNotFound"
    changes_of(album).change("family", PUBLIC)
    put(album, "2025/newer.png", RED)
    deliver(album)
    assert "family/c.png" in shown(album)


@dataclass(frozen=True)
class Noting(PhotoReader):
    """Notes of which sets photos are read."""

    sets: list[str] = field(default_factory=list)

    def get_photos(self, paths: Iterable[ImagePath], *, consistent: bool = True) -> dict[ImagePath, Photo]:
        paths = list(paths)
        self.sets.extend(path.set_name for path in paths)
        return super().get_photos(paths, consistent=consistent)


def test_what_may_not_be_seen_is_not_even_read(album: FakeAws, addresses: PostedAddresses) -> None:
    put(album, "family/c.png", RED)
    changes_of(album).change("family", MEMBERS)
    reader = Noting(addresses.photos.tables, addresses.photos.patience)
    noting = replace(addresses, photos=reader, images=replace(addresses.images, photos=reader))
    for known, read in ((["family/c.png"], set()), (["family/c.png", "2024/b.png"], {"2024"})):
        event = {"action": "keep", "secret": SECRET, "face_ids": [face(album, path) for path in known]}
        with contextlib.suppress(RequestError):
            noting.answer(parse_posted_call(event), VISITOR)
        assert set(reader.sets) == read


def test_publish_leaves_addresses_alone_and_a_rebuild_makes_them_again(
    album: FakeAws, call: Callable[..., dict]
) -> None:
    call("keep", face_ids=[face(album, "2024/b.png")])
    deliver(album)
    assert all(map(is_people_file, files(album)))
    assert not is_people_file("posted/index.html")
    before = {key: read(album, key) for key in files(album)}
    stray = photos_key("0" * 32)
    album.s3.put_object(Bucket=album.site_bucket, Key=stray, Body=b"{}")
    album.s3.put_object(Bucket=album.site_bucket, Key=photos_key(ID), Body=b"damaged")
    rebuild(album)
    deliver(album)
    assert {key: read(album, key) for key in files(album)} == before


def test_a_row_that_another_release_wrote_shows_nothing(album: FakeAws, addresses: PostedAddresses) -> None:
    for number, faces in enumerate([[], ["x"], [{"photo": 7}], [{"photo": "x", "box": [0, 0, 0, 0]}]]):
        addresses.table.put(PostedAddress(id=f"{number:032}", faces=faces, expires_at=int(album.now) + DAY))
    put(album, "2025/new.png", RED)
    deliver(album)
    assert files(album) == set()
    assert len(rows(album)) == 4


def test_the_owner_sees_how_many_there_are_and_closes_them(album: FakeAws, call: Callable[..., dict]) -> None:
    stack = SimpleNamespace(dynamodb=album.dynamodb, outputs=album.outputs, s3=album.s3, sqs=album.sqs)
    soon = time.time()
    album.now = soon

    def run(*arguments: str, answer: str = "") -> Any:
        context = SimpleNamespace(stack=stack)
        return CliRunner().invoke(commands, ("posted", *arguments), input=answer, obj=context)

    assert "0 private addresses" in run().output
    others = [f"{number:022}" for number in range(2)]
    for secret in (SECRET, *others):
        assert call("keep", secret=secret, face_ids=[face(album, "2024/b.png")])["statusCode"] == 200
    deliver(album)
    listed = run().output
    assert "3 private addresses" in listed
    assert all(row["id"] in listed for row in rows(album))
    refused = run("--close", ID, answer="n\n")
    assert refused.exit_code == 1
    assert len(rows(album)) == 3
    closed = run("--close", ID, "--close", "0" * 32, "--yes")
    assert closed.exit_code == 1
    assert "1 private address closed" in closed.output
    assert f"there is no private address {'0' * 32}" in closed.output
    assert photos_key(ID) not in files(album)
    assert len(files(album)) == 4
    assert "2 private addresses closed" in run("--close-all", "--yes").output
    deliver(album)
    assert (files(album), rows(album)) == (set(), [])
