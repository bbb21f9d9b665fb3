"""The process function on S3, DynamoDB and SQS in memory, with a Rekognition that tells colours apart."""

import contextlib
import io
import itertools
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import mock_aws
from PIL import ExifTags, Image
from support import BLUE, GREEN, GREY, RED, FakeAws, LambdaContext, jpeg, make_fake_aws, picture

from functions.keys import NONE, decode_external_image_id, parse_key, photo_ref
from functions.photo_messages import owner_message
from functions.photo_page import SKELETON_KEY, page_key
from functions.photo_rows import ImageRecord, Photo
from functions.photo_writer import PhotoWriter
from functions.process import handler as handler_module
from functions.process.deletion import PhotoDeletion
from functions.process.leases import LeaseTakenError
from functions.process.photo_pages import PhotoPages
from functions.process.sync import SearchPausedError

KEY = "photos/set/a.jpg"


def message(key: str, number: int = 1, receives: int = 1, body: str | None = None, bucket: str = "pics") -> dict:
    event = {
        "Records": [
            {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": bucket}, "object": {"key": quote_plus(key)}}}
        ]
    }
    return {
        "messageId": f"message-{number}",
        "receiptHandle": "handle",
        "body": json.dumps(event) if body is None else body,
        "attributes": {"ApproximateReceiveCount": str(receives)},
    }


@pytest.fixture
def handle(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Call the function with messages; returns the ids it wants to be given again."""
    environment = {
        "THUMBNAILS_BUCKET": aws.thumbnails_bucket,
        "SITE_BUCKET": aws.site_bucket,
        "DOWNLOADS": aws.downloads,
        "PICS_TABLE": aws.pics_table,
        "PICS_BY_IMAGE_ID_TABLE": aws.pics_by_image_id_table,
        "LEASES_TABLE": aws.leases_table,
        "COLLECTION_ID": "album",
        "QUEUE_URL": aws.queue_url,
        "DEAD_LETTER_QUEUE_URL": aws.dead_letter_queue_url,
        "MAX_RECEIVE_COUNT": "3",
        "ARRIVALS_FUNCTION": "arrivals",
        "FILMS": "yes",
        "FILMS_QUEUE_URL": aws.queue_url,
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    sqs = Visibility(aws.sqs)
    functions = Functions()
    monkeypatch.setattr(handler_module, "_clients", lambda: (aws.photo_sync, sqs, functions))

    def call(*messages: dict) -> list[str]:
        answer = handler_module.handler({"Records": list(messages)}, LambdaContext())
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    call.pauses = sqs.pauses
    call.functions = functions
    return call


class Functions:
    """A Lambda client whose functions note what they get and ``answer``, and fail as long as they ``fail``."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict]] = []
        self.fail = False
        self.answer: dict = {"failed": []}

    def invoke(self, *, FunctionName: str, Payload: str) -> dict:  # noqa: N803 - AWS's names
        self.calls.append((FunctionName, json.loads(Payload)))
        if self.fail:
            return {"FunctionError": "Unhandled"}
        return {"Payload": io.BytesIO(json.dumps(self.answer).encode())}


class Visibility:
    """An SQS client that notes how long messages are hidden or put off: moto has never received these."""

    def __init__(self, client: Any):
        self._client = client
        self.pauses: list[int] = []

    def change_message_visibility(self, *, VisibilityTimeout: int, **_: Any) -> None:  # noqa: N803 - AWS's name
        self.pauses.append(VisibilityTimeout)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


def test_what_browsers_send_is_handed_on_and_tried_again(aws: FakeAws, handle: Callable[..., list[str]]) -> None:
    arrived, decided = message("incoming/set/owner.0"), message("waiting/set/owner.0", number=2)
    handle.functions.answer = {"failed": []}
    assert handle(arrived, decided) == []
    assert handle.functions.calls == [("arrivals", {"messages": [arrived["body"], decided["body"]]})], "in one call"
    aws.s3.put_object(Bucket=aws.incoming_bucket, Key="waiting/set/g.1", Body=picture(RED, kind="TIFF"))
    for photo, made in (("set/g.1", {"waiting/set/g.1", "looks/set/g.1"}), ("set/gone.1", {"waiting/set/g.1"})):
        aws.s3.delete_object(Bucket=aws.incoming_bucket, Key="looks/set/g.1")
        handle.functions.answer = {"failed": [], "looks": [photo]}
        assert handle(message("incoming/set/g.1", bucket=aws.incoming_bucket)) == []
        assert aws.keys(aws.incoming_bucket) == made
    aws.s3.put_object(Bucket=aws.incoming_bucket, Key="waiting/set/g.1", Body=b"II*\0 and no picture")
    handle.functions.answer = {"failed": [], "looks": ["set/g.1"]}
    assert handle(message("incoming/set/g.1", bucket=aws.incoming_bucket)) == [], "it waits all the same"
    handle.functions.answer = {"failed": [1]}
    assert handle(arrived, decided) == ["message-2"]
    handle.functions.answer = {}  # an earlier release's, which takes no list
    assert handle(arrived) == ["message-1"]
    handle.functions.fail = True
    assert handle(arrived) == ["message-1"]
    assert handle(message("incoming/set/owner.0", receives=3)) == []
    (letter,) = aws.dead_letters()
    assert letter["MessageAttributes"]["code"]["StringValue"] == "ArrivalsFunctionError"
    assert letter["MessageAttributes"]["key"]["StringValue"] == "incoming/set/owner.0"


def test_whoever_takes_a_browsers_message_takes_those_behind_it_along(
    aws: FakeAws, handle: Callable[..., list[str]]
) -> None:
    handle.functions.answer = {"failed": [2]}
    aws.put(KEY, picture(RED))
    bodies = [message(key)["body"] for key in ("incoming/set/owner.1", KEY, "incoming/set/owner.2", "photos/set")]
    for body in bodies:
        aws.sqs.send_message(QueueUrl=aws.queue_url, MessageBody=body)
    first = message("incoming/set/owner.0")
    assert handle(first) == []
    (name, told), *rest = handle.functions.calls
    assert (name, sorted(told["messages"])) == ("arrivals", sorted([first["body"], bodies[0], bodies[2]]))
    assert rest == []
    assert aws.rows("pics"), "a photo among them is processed"
    assert len(aws.dead_letters()) == 1, "and what is none is given up"
    left = aws.sqs.get_queue_attributes(
        QueueUrl=aws.queue_url,
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    )
    assert sum(map(int, left["Attributes"].values())) == 1, "only the one that failed is left"
    assert handle(message(KEY, 2)) == []
    assert len(handle.functions.calls) == 1, "a photo takes nothing along"


def test_a_photo_beyond_the_ceiling_gets_its_own_code(aws: FakeAws, handle: Callable[..., list[str]]) -> None:
    aws.daily_indexing = 0
    aws.put(KEY, picture(RED))
    assert handle(message(KEY)) == []
    (letter,) = aws.dead_letters()
    assert letter["MessageAttributes"]["code"]["StringValue"] == "CeilingReached"
    assert "redrive it" in letter["MessageAttributes"]["reason"]["StringValue"]
    assert aws.rows(aws.pics_table) == aws.rows(aws.leases_table) == []


def pages(aws: FakeAws) -> set[str]:
    """What is in the site bucket, except lists of people, which the people function removes."""
    return {key for key in aws.keys(aws.site_bucket) if not key.endswith("/people.json")}


def test_a_new_sets_page_finds_a_list_of_people(aws: FakeAws, handle: Callable[..., list[str]]) -> None:
    """The people function writes it only with its next round."""

    def in_list() -> dict:
        return json.loads(aws.s3.get_object(Bucket=aws.site_bucket, Key="sets/set/people.json")["Body"].read())

    aws.put(KEY, picture(RED))
    assert handle(message(KEY)) == []
    assert in_list() == {"v": 1, "people": [], "photos": {}}
    known = json.dumps({"v": 1, "people": [["ann", "Ann"]], "photos": {}}).encode()
    aws.s3.put_object(Bucket=aws.site_bucket, Key="sets/set/people.json", Body=known)
    aws.put("photos/set/b.jpg", picture(RED))
    assert handle(message("photos/set/b.jpg")) == []
    assert in_list()["people"] == [["ann", "Ann"]], "and what that function wrote stays"


def test_a_photo_has_a_page_of_its_own_at_once(aws: FakeAws, handle: Callable[..., list[str]]) -> None:
    aws.writer.describe_set("set", {"title": "Our <set>"}, "2026-01-01T00:00:00+00:00")
    aws.put(KEY, picture(RED))
    assert handle(message(KEY)) == []
    page = aws.s3.get_object(Bucket=aws.site_bucket, Key="sets/set/photos/a.jpg/index.html")
    assert page["Body"].read() == b"a.jpg in Our &lt;set&gt;"
    assert page["ContentType"] == "text/html; charset=utf-8"
    aws.s3.delete_object(Bucket=aws.pics_bucket, Key=KEY)
    assert handle(message(KEY)) == []
    assert pages(aws) == {SKELETON_KEY}


def test_a_page_published_while_its_photo_is_deleted_goes(
    aws: FakeAws, handle: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.put(KEY, picture(RED))
    handle(message(KEY))
    aws.s3.delete_object(Bucket=aws.pics_bucket, Key=KEY)
    transact = aws.dynamodb.transact_write_items

    def publish_meanwhile(**arguments: Any) -> dict:
        """The row is still there, so publishing writes the page again."""
        aws.s3.put_object(Bucket=aws.site_bucket, Key=page_key(parse_key(KEY)), Body=b"published")
        return transact(**arguments)

    monkeypatch.setattr(aws.dynamodb, "transact_write_items", publish_meanwhile)
    assert handle(message(KEY, 2)) == []
    assert pages(aws) == {SKELETON_KEY}


def test_before_the_site_is_published_photos_have_no_pages(aws: FakeAws, handle: Callable[..., list[str]]) -> None:
    aws.s3.delete_object(Bucket=aws.site_bucket, Key=SKELETON_KEY)
    aws.put(KEY, picture(RED))
    assert handle(message(KEY)) == []
    assert aws.keys(aws.site_bucket) == set()
    assert aws.photos.get_photo(parse_key(KEY)) is not None


def test_the_skeleton_is_read_once_a_minute(aws: FakeAws) -> None:
    now = 0.0
    pages = PhotoPages(aws.s3, aws.site_bucket, aws.photos, lambda: now)
    photo = Photo(primarykey="set", sortkey="a.jpg")

    def page() -> bytes:
        pages.put(photo)
        return aws.s3.get_object(Bucket=aws.site_bucket, Key=page_key(parse_key(KEY)))["Body"].read()

    assert page() == b"a.jpg in set"
    aws.s3.put_object(Bucket=aws.site_bucket, Key=SKELETON_KEY, Body=b"new")
    now = 59
    assert page() == b"a.jpg in set"
    now = 61
    assert page() == b"new"


def check_agreement(aws: FakeAws) -> None:
    """Originals, rows, thumbnails, faces and counters tell the same story."""
    originals = aws.keys(aws.pics_bucket)
    rows = {
        f"photos/{row['primarykey']}/{row['sortkey']}": Photo.from_item(row)
        for row in aws.rows("pics")
        if row["primarykey"] != "/"
    }
    assert set(rows) == originals
    paths = [parse_key(original) for original in originals]
    rules = {aws.downloads} - {NONE}
    served = {key for path in paths for key in (*path.rendition_keys, path.card_key, *map(path.download_key, rules))}
    assert aws.keys(aws.thumbnails_bucket) == served
    assert pages(aws) == {SKELETON_KEY, *map(page_key, paths)}
    faces = {
        (str(decode_external_image_id(face["ExternalImageId"])), face["FaceId"]) for face in aws.faces.list_faces()
    }
    assert faces == {(key.removeprefix("photos/"), face_id) for key, row in rows.items() for face_id in row.face_ids}
    by_image: dict[str, set[str]] = {}
    for key, row in rows.items():
        if row.image_id:
            by_image.setdefault(row.image_id, set()).add(key.removeprefix("photos/"))
    records = {item["image_id"]: ImageRecord.from_item(item) for item in aws.rows("pics_by_image_id")}
    assert {image_id: record.paths for image_id, record in records.items()} == by_image
    for record in records.values():
        assert record.data == rows[f"photos/{record.image_path}"].data, (
            "clients of the older album read the data of one photo"
        )
    found = aws.images.find_photos((face["FaceId"], photo_ref(face)) for face in aws.faces.list_faces())
    assert {record.image_path for record in found.values()} == {path for paths in by_image.values() for path in paths}
    for key, row in rows.items():
        assert row.etag == aws.s3.head_object(Bucket="pics", Key=key)["ETag"].strip('"')
    counts = {
        row["sortkey"]: (row["pic_count"], row["face_count"]) for row in aws.rows("pics") if row["primarykey"] == "/"
    }
    expected: dict[str, tuple[int, int]] = {}
    for row in rows.values():
        photos, total = expected.get(row.primarykey, (0, 0))
        expected[row.primarykey] = (photos + 1, total + row.face_count)
    assert counts == expected
    for row in aws.rows("pics"):
        if row["primarykey"] == "/":
            assert f"photos/{row['sortkey']}/{row['pic']}" in originals, "the featured picture is one of the set"


def seen_labels(*names: str) -> Callable[..., dict]:
    """What DetectLabels answers, surest first."""
    labels = [{"Name": name, "Confidence": 90.0, "Categories": []} for name in names]
    labels.append({"Name": "Bride", "Confidence": 85.0, "Categories": [{"Name": "Person Description"}]})
    return lambda **_: {"Labels": labels}


def test_photos_get_labels_if_the_owner_wants_them(aws: FakeAws, handle: Callable) -> None:
    aws.rekognition.detect_labels = seen_labels("Beach", "Person", "Cake", "Woman", *map(str, range(20)))
    for number, wanted in enumerate((False, True)):
        aws.wants_labels = wanted
        key = f"photos/set/{number}.jpg"
        aws.put(key, picture(RED))
        handle(message(key))
        labels = aws.photos.get_photo(parse_key(key)).labels
        assert labels == (["Beach", "Cake", *map(str, range(8))] if wanted else None)
    assert aws.ledger.read_count("index") == 3
    # What is free to mend keeps its labels.
    aws.wants_labels = False
    aws.s3.delete_object(Bucket=aws.thumbnails_bucket, Key=parse_key(key).card_key)
    handle(message(key))
    assert aws.photos.get_photo(parse_key(key)).labels
    assert aws.ledger.read_count("index") == 3


def refuse_labels(**_: object) -> dict:
    raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "DetectLabels")


@pytest.mark.parametrize("failure", ["no model", "refused", "ceiling"])
def test_a_photo_does_without_labels_if_they_fail(aws: FakeAws, handle: Callable, failure: str) -> None:
    """Without a stand-in, the laptop's own service answers, which has no label model here."""
    aws.wants_labels = True
    if failure == "refused":
        aws.rekognition.detect_labels = refuse_labels
    if failure == "ceiling":
        aws.daily_indexing = 1
        aws.rekognition.detect_labels = seen_labels("Beach")
    aws.put(KEY, picture(RED))
    assert handle(message(KEY)) == []
    row = aws.photos.get_photo(parse_key(KEY))
    assert (row.labels, row.face_count) == (None, 1)
    check_agreement(aws)


def test_labels_stay_with_their_original_where_they_fail_later(aws: FakeAws, handle: Callable) -> None:
    aws.wants_labels = True
    aws.rekognition.detect_labels = seen_labels("Beach")
    aws.put(KEY, picture(RED))
    handle(message(KEY))
    aws.rekognition.detect_labels = refuse_labels
    handle(message(KEY, 2, body=owner_message("pics", quote_plus(KEY), force=True)))
    assert aws.photos.get_photo(parse_key(KEY)).labels == ["Beach"]
    aws.put(KEY, picture(BLUE))
    handle(message(KEY, 3))
    assert aws.photos.get_photo(parse_key(KEY)).labels is None


def test_a_new_photo_gets_rows_thumbnails_and_faces(aws: FakeAws, handle: Callable) -> None:
    aws.put(KEY, picture(RED, BLUE))
    assert handle(message(KEY)) == []
    row = aws.photos.get_photo(parse_key(KEY))
    assert row is not None
    assert (row.width, row.height, row.face_count, row.content_type) == (160, 120, 2, "image/png")
    assert row.data["FaceRecords"][0]["Face"]["ExternalImageId"] == "set:2Fa.jpg"
    photo_set = aws.photos.get_set("set")
    assert photo_set is not None
    assert (photo_set.pic, photo_set.pic_count, photo_set.face_count) == ("a.jpg", 1, 2)
    assert aws.rows("leases") == []
    check_agreement(aws)


def test_a_row_holds_the_words_in_the_file(aws: FakeAws, handle: Callable) -> None:
    exif = Image.Exif()
    exif[0x010E] = "A day out"
    aws.put(KEY, jpeg(exif=exif))
    handle(message(KEY))
    row = aws.photos.get_photo(parse_key(KEY))
    assert row is not None
    assert (row.title, row.caption, row.keywords) == (None, "A day out", None)
    aws.put(KEY, jpeg())
    handle(message(KEY, 2))
    assert "caption" not in aws.photos.get_photo(parse_key(KEY)).to_item()


def test_the_grid_index_leaves_out_the_face_data(aws: FakeAws, handle: Callable) -> None:
    aws.put(KEY, picture(RED))
    handle(message(KEY))
    (item,) = aws.grid("set")
    assert {"sortkey", "width", "height", "placeholder", "face_count"} <= set(item)
    assert "data" not in item


@pytest.mark.parametrize("key", ["photos/a set/ü + %20#?.jpg", "photos/😀/😀.png", f"photos/s/{'n' * 300}.jpg"])
def test_strange_names(aws: FakeAws, handle: Callable, key: str) -> None:
    aws.put(key, picture(RED))
    assert handle(message(key)) == []
    assert aws.photos.get_photo(parse_key(key))
    assert aws.dead_letters() == []
    check_agreement_names = {row["sortkey"] for row in aws.rows("pics")}
    assert parse_key(key).file in check_agreement_names


def test_a_picture_without_faces(aws: FakeAws, handle: Callable) -> None:
    aws.put(KEY, picture(GREY))
    handle(message(KEY))
    assert aws.rows("pics_by_image_id") == []
    check_agreement(aws)


def test_a_format_rekognition_does_not_take_is_indexed_too(aws: FakeAws, handle: Callable) -> None:
    aws.put("photos/set/a.gif", picture(RED, GREEN, kind="GIF"))
    handle(message("photos/set/a.gif"))
    check_agreement(aws)
    assert len(list(aws.faces.list_faces())) == 2


def test_the_same_event_twice_changes_nothing(aws: FakeAws, handle: Callable) -> None:
    aws.put(KEY, picture(RED))
    handle(message(KEY))
    before = aws.rows("pics")
    calls = len(aws.rekognition.calls)
    handle(message(KEY, 2))
    assert aws.rows("pics") == before
    assert len(aws.rekognition.calls) == calls, "an event that changes nothing costs no Rekognition call"


def test_the_same_photo_in_two_sets(aws: FakeAws, handle: Callable) -> None:
    for key in (KEY, "photos/other/a.jpg"):
        aws.put(key, picture(RED))
        handle(message(key))
    check_agreement(aws)


@pytest.mark.parametrize("first", ["a", "b", "c"])
@pytest.mark.parametrize("body", [None, picture(BLUE), picture(GREEN, RED)], ids=["deleted", "replaced", "the same"])
def test_one_picture_under_three_names_is_three_photos(
    aws: FakeAws, handle: Callable, first: str, body: bytes | None
) -> None:
    keys = {name: f"photos/{name}/{'ä' * 120}.png" for name in "abc"}
    keys["b"] = "photos/set/b.png"
    for number, key in enumerate(keys.values()):
        aws.put(key, picture(GREEN, RED))
        handle(message(key, number))
    check_photos_of_all_faces(aws, keys.values())
    if body is None:
        aws.s3.delete_object(Bucket="pics", Key=keys.pop(first))
    else:
        aws.put(keys[first], body)
    handle(message(f"photos/{first}/{'ä' * 120}.png" if first != "b" else "photos/set/b.png", 9))
    assert aws.dead_letters() == []
    check_photos_of_all_faces(aws, keys.values())


def check_photos_of_all_faces(aws: FakeAws, keys: Iterable[str]) -> None:
    """Each photo is found by each of its faces, and has a row by image id of one that is there."""
    paths = {key.removeprefix("photos/") for key in keys}
    found = aws.images.find_photos((face["FaceId"], photo_ref(face)) for face in aws.faces.list_faces())
    assert {record.image_path for record in found.values()} == paths
    records = [ImageRecord.from_item(item) for item in aws.rows("pics_by_image_id")]
    assert sorted(path for record in records for path in record.paths) == sorted(paths)
    for record in records:
        photo = aws.photos.get_photo(parse_key(f"photos/{record.image_path}"))
        assert photo is not None
        assert record.data == photo.data, "clients of the older album read the data of one photo"


@pytest.mark.parametrize("other", ["deleted", "replaced", "processed again"])
@pytest.mark.parametrize("own", ["new", "deleted", "replaced"])
def test_two_workers_at_two_names_of_one_picture(
    aws: FakeAws, handle: Callable, monkeypatch: pytest.MonkeyPatch, own: str, other: str
) -> None:
    """Between what one worker has read and what it writes, another is done with the other name."""
    keys = [f"photos/set/{name}.png" for name in "abc"]
    for number, key in enumerate(keys[own == "new" :]):
        aws.put(key, picture(GREEN, RED))
        handle(message(key, number))
    if own == "deleted":
        aws.s3.delete_object(Bucket="pics", Key=keys[0])
    else:
        aws.put(keys[0], picture(BLUE) if own == "replaced" else picture(GREEN, RED))
    transact = aws.dynamodb.transact_write_items

    def meanwhile(**arguments: Any) -> dict:
        monkeypatch.setattr(aws.dynamodb, "transact_write_items", transact)
        if other == "deleted":
            aws.s3.delete_object(Bucket="pics", Key=keys[1])
        elif other == "replaced":
            aws.put(keys[1], picture(RED))
        aws.photo_sync.sync("pics", parse_key(keys[1]), owner="other", seconds=60, force=True)
        return transact(**arguments)

    monkeypatch.setattr(aws.dynamodb, "transact_write_items", meanwhile)
    assert handle(message(keys[0], 7)) == []
    check_agreement(aws)


def test_a_replaced_original_leaves_only_its_new_faces(aws: FakeAws, handle: Callable) -> None:
    aws.put(KEY, picture(RED, GREEN))
    handle(message(KEY))
    aws.put(KEY, picture(BLUE))
    handle(message(KEY, 2))
    assert len(list(aws.faces.list_faces())) == 1
    check_agreement(aws)


def test_an_original_replaced_by_rubbish_leaves_nothing(aws: FakeAws, handle: Callable) -> None:
    aws.put(KEY, picture(RED))
    handle(message(KEY))
    aws.put(KEY, b"rubbish")
    assert handle(message(KEY, 2)) == []
    assert list(aws.faces.list_faces()) == []
    assert aws.rows("pics") == []
    (letter,) = aws.dead_letters()
    assert letter["MessageAttributes"]["code"]["StringValue"] == "NotAnImage"
    ((name, told),) = handle.functions.calls
    assert (name, told["refused"]["code"]) == ("arrivals", "NotAnImage"), "whoever sent it is to know"
    assert told["refused"]["message"] == letter["MessageAttributes"]["reason"]["StringValue"]
    assert letter["MessageAttributes"]["key"]["StringValue"] == KEY


def test_a_deleted_photo_leaves_nothing_and_another_is_featured(aws: FakeAws, handle: Callable) -> None:
    for number, name in enumerate(("a", "b", "c")):
        aws.put(f"photos/set/{name}.jpg", picture(RED, BLUE))
        handle(message(f"photos/set/{name}.jpg", number))
    aws.s3.delete_object(Bucket="pics", Key=KEY)
    handle(message(KEY, 9))
    check_agreement(aws)
    photo_set = aws.photos.get_set("set")
    assert photo_set is not None
    assert photo_set.pic == "b.jpg"
    for name in ("b", "c"):
        aws.s3.delete_object(Bucket="pics", Key=f"photos/set/{name}.jpg")
        handle(message(f"photos/set/{name}.jpg", 10))
    assert aws.rows("pics") == []
    check_agreement(aws)


def downloaded(aws: FakeAws, key: str = KEY) -> tuple[bytes, str, str]:
    """What visitors get of a photo by the rule of today: the file, its media type, its name where it has a new one."""
    found = aws.s3.get_object(Bucket="thumbnails", Key=f"downloads/{aws.downloads}/{key}")
    return found["Body"].read(), found["ContentType"], found.get("ContentDisposition", "")


def photo_with_position(kind: str = "JPEG") -> bytes:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (52.0, 30.0, 0.0)})
    exif[ExifTags.Base.CameraSerialNumber] = "SERIAL 4711"
    out = io.BytesIO()
    Image.open(io.BytesIO(picture(RED, BLUE))).save(out, kind, exif=exif)
    assert b"SERIAL" in out.getvalue()
    return out.getvalue()


def test_downloads_have_no_position_and_originals_stay_whole(aws: FakeAws, handle: Callable) -> None:
    original = photo_with_position()
    aws.put(KEY, original)
    handle(message(KEY))
    copy, kind, name = downloaded(aws)
    assert b"SERIAL" not in copy
    assert not Image.open(io.BytesIO(copy)).getexif()
    assert Image.open(io.BytesIO(copy)).tobytes() == Image.open(io.BytesIO(original)).tobytes()
    assert (kind, name) == ("image/jpeg", "")
    assert aws.s3.get_object(Bucket="pics", Key=KEY)["Body"].read() == original


def test_what_can_not_be_stripped_is_offered_as_a_jpeg(aws: FakeAws, handle: Callable) -> None:
    key = "photos/set/ü.tif"
    aws.put(key, photo_with_position("TIFF"))
    handle(message(key))
    copy, kind, name = downloaded(aws, key)
    assert (copy[:2], kind) == (b"\xff\xd8", "image/jpeg")
    assert name == "inline; filename*=UTF-8''%C3%BC.tif.jpg"
    assert b"SERIAL" not in copy


@pytest.mark.parametrize("rule", ["whole", "large", NONE])
def test_a_new_download_rule_costs_no_paid_call(aws: FakeAws, handle: Callable, rule: str) -> None:
    original = photo_with_position()
    aws.put(KEY, original)
    handle(message(KEY))
    rows, calls = aws.rows("pics"), len(aws.rekognition.calls)
    aws.downloads = rule
    handle(message(KEY, 2, body=owner_message("pics", quote_plus(KEY), force=False)))
    assert (aws.rows("pics"), len(aws.rekognition.calls)) == (rows, calls)
    check_agreement(aws)
    if rule == "whole":
        assert downloaded(aws) == (original, "image/jpeg", "")
    if rule == "large":
        view = aws.s3.get_object(Bucket="thumbnails", Key=parse_key(KEY).large_key)["Body"].read()
        assert downloaded(aws) == (view, "image/jpeg", "")


def test_a_lost_download_copy_is_made_and_a_stray_one_removed(aws: FakeAws, handle: Callable) -> None:
    aws.put(KEY, picture(RED))
    handle(message(KEY))
    aws.s3.delete_object(Bucket="thumbnails", Key=f"downloads/stripped/{KEY}")
    handle(message(KEY, 2))
    check_agreement(aws)
    aws.s3.put_object(Bucket="thumbnails", Key=f"downloads/whole/{KEY}", Body=b"of another rule")
    handle(message(KEY, 3))
    check_agreement(aws)


def test_a_missing_card_is_made_without_a_paid_call(aws: FakeAws, handle: Callable) -> None:
    aws.put(KEY, picture(RED))
    handle(message(KEY))
    calls = len(aws.rekognition.calls)
    aws.s3.delete_object(Bucket=aws.thumbnails_bucket, Key=parse_key(KEY).card_key)
    handle(message(KEY, 2))
    assert len(aws.rekognition.calls) == calls
    check_agreement(aws)


def test_a_photo_of_an_earlier_release_gets_its_card_and_words_without_a_paid_call(
    aws: FakeAws, handle: Callable
) -> None:
    exif = Image.Exif()
    exif[0x010E] = "A day out"
    aws.put(KEY, jpeg(RED, exif=exif))
    handle(message(KEY))
    whole = aws.photos.get_photo(parse_key(KEY)).to_item()
    old = {name: value for name, value in whole.items() if name not in ("card_at", "caption")}
    aws.dynamodb.put_item(TableName=aws.pics_table, Item=old)
    calls = len(aws.rekognition.calls)
    handle(message(KEY, 2))
    assert len(aws.rekognition.calls) == calls
    check_agreement(aws)
    row = aws.photos.get_photo(parse_key(KEY))
    assert row.card_at
    assert row.caption == "A day out"
    assert {name: value for name, value in row.to_item().items() if not name.endswith("_at")} == {
        name: value for name, value in whole.items() if not name.endswith("_at")
    }


def test_a_photo_from_before_names_gets_what_they_hang_on_without_a_paid_call(aws: FakeAws, handle: Callable) -> None:
    path = parse_key(KEY)
    aws.put(KEY, (Path(__file__).parents[1] / "data" / "regions" / "named.jpg").read_bytes())
    handle(message(KEY))
    whole, regions = aws.photos.get_photo(path), aws.regions.read(path)
    assert [region.name for region in regions] != []
    old = {name: value for name, value in whole.to_item().items() if name != "sha256"}
    aws.dynamodb.put_item(TableName=aws.pics_table, Item=old)
    aws.regions.delete(path)
    calls = len(aws.rekognition.calls)
    handle(message(KEY, 2))
    assert len(aws.rekognition.calls) == calls
    assert aws.photos.get_photo(path).sha256 == whole.sha256
    assert aws.regions.read(path) == regions


def test_a_photo_that_is_not_processed_is_not_served(aws: FakeAws, handle: Callable) -> None:
    aws.daily_indexing = 0
    aws.put(KEY, picture(RED))
    aws.put("photos/set/b.jpg", b"rubbish")
    handle(message(KEY), message("photos/set/b.jpg", 2))
    assert aws.keys("thumbnails") == set()


def test_a_title_survives_processing(aws: FakeAws, handle: Callable) -> None:
    aws.writer.describe_set("set", {"title": "Newport, 2024"}, "2026-01-01T00:00:00.000+00:00")
    aws.put(KEY, picture(RED))
    handle(message(KEY))
    photo_set = aws.photos.get_set("set")
    assert photo_set is not None
    assert (photo_set.title, photo_set.pic) == ("Newport, 2024", "a.jpg")


def test_only_a_failed_message_is_retried_after_growing_pauses(
    aws: FakeAws, handle: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.put(KEY, picture(RED))
    aws.put("photos/set/b.jpg", picture(BLUE))
    put_object = aws.s3.put_object

    def fail_for_a(**arguments: Any) -> dict:
        if arguments["Key"].endswith("a.jpg"):
            raise ConnectionError("the thumbnails bucket is not to be reached")
        return put_object(**arguments)

    monkeypatch.setattr(aws.s3, "put_object", fail_for_a)
    assert handle(message(KEY, 1), message("photos/set/b.jpg", 2)) == ["message-1"]
    assert handle(message(KEY, 1, receives=2)) == ["message-1"]
    # A message is hidden for the 55 or 45 seconds that are left, and 5 more. Put off, it waits longer each time.
    assert handle.pauses == [60, 3, 50, 60, 5]
    assert aws.dead_letters() == []
    assert handle(message(KEY, 1, receives=3)) == [], "the last try ends in the dead-letter queue"
    (letter,) = aws.dead_letters()
    assert "not to be reached" in letter["MessageAttributes"]["reason"]["StringValue"]
    monkeypatch.undo()


def test_a_retry_after_a_crash_leaves_no_faces_behind(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    """Faces were indexed, the worker died, and the photo was removed before the message came again."""
    aws.put(KEY, picture(RED, BLUE))
    path = parse_key(KEY)
    monkeypatch.setattr(PhotoWriter, "put_photo", _die)
    with pytest.raises(KeyboardInterrupt):
        aws.photo_sync.sync("pics", path, owner="one", seconds=60)
    monkeypatch.undo()
    assert len(list(aws.faces.list_faces())) == 2
    aws.s3.delete_object(Bucket="pics", Key=KEY)
    with pytest.raises(LeaseTakenError):
        aws.photo_sync.sync("pics", path, owner="two", seconds=60)
    aws.photo_sync.sync("pics", path, owner="one", seconds=60)
    check_agreement(aws)


def _crash(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    """Faces are indexed, then the worker dies."""
    with monkeypatch.context() as patch:
        patch.setattr(PhotoWriter, "put_photo", _die)
        with pytest.raises(KeyboardInterrupt):
            aws.photo_sync.sync("pics", parse_key(KEY), owner="one", seconds=60)


def test_after_a_crash_the_collection_is_not_listed(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same picture gives the same faces, so none can be left behind."""
    aws.put(KEY, picture(RED, BLUE))
    _crash(aws, monkeypatch)
    indexed = {face["FaceId"] for face in aws.faces.list_faces()}
    aws.rekognition.calls.clear()
    aws.photo_sync.sync("pics", parse_key(KEY), owner="one", seconds=60)
    assert "ListFaces" not in aws.rekognition.calls
    photo = aws.photos.get_photo(parse_key(KEY))
    assert photo is not None
    assert photo.face_ids == indexed
    check_agreement(aws)


def test_a_photo_replaced_after_a_crash_leaves_no_faces(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    aws.put(KEY, picture(RED, BLUE))
    _crash(aws, monkeypatch)
    aws.put(KEY, picture(GREEN))
    _crash(aws, monkeypatch)
    aws.photo_sync.sync("pics", parse_key(KEY), owner="one", seconds=60)
    assert len(list(aws.faces.list_faces())) == 1
    assert aws.rows("leases") == []
    check_agreement(aws)


def test_a_worker_that_dies_between_new_row_and_old_faces_leaves_none(
    aws: FakeAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.put(KEY, picture(RED, BLUE))
    aws.photo_sync.sync("pics", parse_key(KEY), owner="one", seconds=60)
    aws.put(KEY, picture(GREEN))
    with monkeypatch.context() as patch:
        patch.setattr(PhotoDeletion, "delete_faces", _die)
        with pytest.raises(KeyboardInterrupt):
            aws.photo_sync.sync("pics", parse_key(KEY), owner="two", seconds=60)
    assert len(list(aws.faces.list_faces())) == 3
    aws.photo_sync.sync("pics", parse_key(KEY), owner="two", seconds=60)
    check_agreement(aws)


def test_a_search_for_faces_of_a_dead_worker_goes_on(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    """A collection too large for one worker's time is looked through by several, each from where the last stopped."""
    aws.put("photos/set/other.jpg", picture(GREEN))
    aws.photo_sync.sync("pics", parse_key("photos/set/other.jpg"), owner="other", seconds=60)
    aws.put(KEY, picture(RED, BLUE))
    _crash(aws, monkeypatch)
    aws.s3.delete_object(Bucket="pics", Key=KEY)
    list_faces, asked = aws.rekognition.list_faces, []

    def one_at_a_time(**arguments: Any) -> dict:
        asked.append(arguments.get("NextToken"))
        return list_faces(**{**arguments, "MaxResults": 1})

    monkeypatch.setattr(aws.rekognition, "list_faces", one_at_a_time, raising=False)
    hurried = replace(aws.photo_sync, clock=itertools.count(0, 1000).__next__)
    for _ in range(2):
        with pytest.raises(SearchPausedError):
            hurried.sync("pics", parse_key(KEY), owner="one", seconds=60)
    hurried.sync("pics", parse_key(KEY), owner="one", seconds=60)
    assert len(asked) == len(set(asked)) == 3
    assert len(list(aws.faces.list_faces())) == 1
    check_agreement(aws)


def _die(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt  # what no `except Exception` holds up, as little as a power cut


def test_a_photo_another_worker_has_is_put_off(aws: FakeAws, handle: Callable) -> None:
    aws.put(KEY, picture(RED))
    aws.leases.acquire(parse_key(KEY), "someone else", 30, "etag")
    assert handle(message(KEY)) == ["message-1"]
    assert 1 <= handle.pauses[-1] <= 33
    assert aws.rows("pics") == []


def test_a_worker_that_is_done_sooner_than_its_lease_ends_is_not_waited_for_to_its_end(
    aws: FakeAws, handle: Callable
) -> None:
    aws.put(KEY, picture(RED))
    aws.leases.acquire(parse_key(KEY), "someone else", 1000, "etag")
    pauses = []
    for tries in (1, 2, 3):
        assert handle(message(KEY, receives=tries)) == ["message-1"]
        pauses.append(handle.pauses[-1])
    assert pauses == [17, 33, 65]


def test_a_lease_runs_out(aws: FakeAws, handle: Callable) -> None:
    aws.put(KEY, picture(RED))
    aws.leases.acquire(parse_key(KEY), "someone dead", -10, "etag")
    assert handle(message(KEY)) == []
    check_agreement(aws)


def test_a_photo_removed_while_it_is_processed_leaves_nothing(
    aws: FakeAws, handle: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.put(KEY, picture(RED))
    index_faces = aws.rekognition.index_faces

    def remove_meanwhile(**arguments: Any) -> dict:
        answer = index_faces(**arguments)
        aws.s3.delete_object(Bucket="pics", Key=KEY)
        return answer

    monkeypatch.setattr(aws.rekognition, "index_faces", remove_meanwhile, raising=False)
    handle(message(KEY))
    handle(message(KEY, 2))  # the removal's own event
    check_agreement(aws)


def test_reprocessing_makes_everything_again(aws: FakeAws, handle: Callable) -> None:
    aws.put(KEY, picture(RED))
    handle(message(KEY))
    before = aws.photos.get_photo(parse_key(KEY))
    aws.s3.delete_object(Bucket="thumbnails", Key=KEY)
    handle(message(KEY, 2, body=owner_message("pics", quote_plus(KEY), force=True)))
    after = aws.photos.get_photo(parse_key(KEY))
    assert before is not None
    assert after is not None
    assert after.processed_at > before.processed_at
    assert after.face_ids == before.face_ids
    check_agreement(aws)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("rubbish", "BadMessage"),
        (
            json.dumps({"Records": [{"s3": {"bucket": {"name": "pics"}, "object": {"key": "photos/deep/er/a.jpg"}}}]}),
            "BadName",
        ),
        (json.dumps({"Records": [{"s3": {"bucket": {"name": "pics"}, "object": {"key": ""}}}]}), "BadName"),
    ],
)
def test_messages_that_can_never_succeed_are_given_up_at_once(
    aws: FakeAws, handle: Callable, body: str, code: str
) -> None:
    assert handle(message(KEY, body=body)) == []
    (letter,) = aws.dead_letters()
    assert letter["MessageAttributes"]["code"]["StringValue"] == code


def test_a_value_error_in_processing_is_tried_again(
    aws: FakeAws, handle: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.put(KEY, picture(RED))

    def garbled(**_: Any) -> dict:
        raise json.JSONDecodeError("Expecting value", "<html>", 0)  # a ValueError, as many are

    with monkeypatch.context() as patch:
        patch.setattr(aws.rekognition, "index_faces", garbled, raising=False)
        assert handle(message(KEY, receives=1)) == ["message-1"]
    assert handle(message(KEY, receives=2)) == []
    assert aws.dead_letters() == []
    check_agreement(aws)


def test_folder_markers_and_test_events_are_nothing(aws: FakeAws, handle: Callable) -> None:
    aws.put("photos/set/", b"")
    assert handle(message("photos/set/"), message(KEY, 2, body='{"Event": "s3:TestEvent"}')) == []
    assert aws.dead_letters() == []


VERSIONS = [picture(RED), picture(GREEN, BLUE), picture(GREY), b"rubbish", None]


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(
    changes=st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, len(VERSIONS) - 1)), min_size=1, max_size=8),
    data=st.data(),
)
def test_events_in_any_order_and_number_end_in_agreement(changes: list[tuple[str, int]], data: st.DataObject) -> None:
    """Each change tells the queue at least once; the queue gives its messages out in any order, between any changes."""
    with mock_aws():
        aws = make_fake_aws()
        waiting: list[str] = []
        number = 0

        def work() -> None:
            nonlocal number
            key = waiting.pop(data.draw(st.integers(0, len(waiting) - 1)))
            number += 1
            with contextlib.suppress(handler_module.UnusableImageError):
                aws.photo_sync.sync("pics", parse_key(key), owner=str(number), seconds=60)

        for name, version in changes:
            key = f"photos/set/{name}.png"
            body = VERSIONS[version]
            if body is None:
                aws.s3.delete_object(Bucket="pics", Key=key)
            else:
                aws.put(key, body)
            waiting += [key] * data.draw(st.integers(1, 2))
            while waiting and data.draw(st.booleans()):
                work()
        while waiting:
            work()
        for key in aws.keys("pics"):
            if aws.s3.get_object(Bucket="pics", Key=key)["Body"].read() == b"rubbish":
                aws.s3.delete_object(
                    Bucket="pics", Key=key
                )  # an original that isn't an image leaves no traces to compare
        check_agreement(aws)


def test_the_sample_event_is_understood(aws: FakeAws, handle: Callable) -> None:
    sample = (Path(__file__).parents[1] / "data" / "s3_created.json").read_text()
    aws.put("photos/2024_newport/café + cake.jpg", picture(RED))
    assert handle(message(KEY, body=sample)) == []
    check_agreement(aws)


def test_a_missing_bucket_removes_no_photo(aws: FakeAws) -> None:
    aws.put(KEY, picture(RED))
    aws.photo_sync.sync("pics", parse_key(KEY), owner="one", seconds=60)
    with pytest.raises(ClientError, match="NoSuchBucket"):
        aws.photo_sync.sync("no-such-bucket", parse_key(KEY), owner="one", seconds=60)
    assert aws.photos.get_photo(parse_key(KEY)) is not None
