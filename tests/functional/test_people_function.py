"""The people function: photos that the process function tells of, and what the owner decides."""

import json
import math
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from support import BLUE, COLLECTION, GREEN, RED, FakeAws, LambdaContext, kept, picture

from functions.keys import image_path
from functions.people import handler as handler_module
from functions.people.evidence import Evidence
from functions.people.journal_table import Decision
from functions.people.people_lease import PeopleLease, RoundTakenError
from functions.people.people_round import CANDIDATES, EVIDENCE, INVENTORY, STATE, Budget
from functions.people_queue import PeopleQueue, message_of
from functions.photo_page import SKELETON_KEY
from scripts.people.catching_up import tell_of_all, tell_once
from scripts.people.site_journal import between_rounds

# A picture whose XMP names two people.
NAMED = Path(__file__).parents[1] / "data" / "regions" / "named.jpg"
Call = Callable[..., Any]


@pytest.fixture
def album(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> FakeAws:
    """Three photos of three people who are known to the function."""
    kept(add_three)(aws)
    people = aws.people
    monkeypatch.setattr(handler_module, "_people", lambda: people)
    return aws


def add_three(aws: FakeAws) -> None:
    for file, colours in (("a.png", (RED, GREEN)), ("b.png", (RED, BLUE)), ("c.png", (RED,))):
        put(aws, f"2024/{file}", picture(*colours))
    people = aws.people
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(handler_module, "_people", lambda: people)
        deliver(aws)


@pytest.fixture
def call(album: FakeAws) -> Call:
    def invoke(action: str, **fields: Any) -> Any:
        answer = handler_module.handler({"action": action, "by": "ann@example.org", **fields}, LambdaContext())
        return answer["output"] if answer["statusCode"] == 200 else (answer["statusCode"], answer["err"]["code"])

    return invoke


def put(aws: FakeAws, path: str, body: bytes) -> None:
    where = image_path(*path.split("/"))
    aws.put(where.key, body)
    aws.photo_sync.sync(aws.pics_bucket, where, owner="message", seconds=60)


def deliver(aws: FakeAws) -> int:
    """Give the function what waits in its queue, until nothing does; returns how many messages there were."""
    delivered = 0
    while messages := aws.sqs.receive_message(QueueUrl=aws.people_queue_url, MaxNumberOfMessages=10).get("Messages"):
        records = [{"messageId": message["MessageId"], "body": message["Body"]} for message in messages]
        assert handler_module.handler({"Records": records}, LambdaContext()) == {"batchItemFailures": []}
        for message in messages:
            aws.sqs.delete_message(QueueUrl=aws.people_queue_url, ReceiptHandle=message["ReceiptHandle"])
        delivered += len(messages)
    return delivered


def public(aws: FakeAws, key: str = "people/people.json") -> Any:
    return json.loads(aws.s3.get_object(Bucket=aws.site_bucket, Key=key)["Body"].read())


def public_keys(aws: FakeAws) -> set[str]:
    return {key for key in aws.keys(aws.site_bucket) if key.endswith(".json")}


def as_sent(face: dict[str, Any]) -> dict[str, Any]:
    """A face from an answer, in the form that decisions take."""
    return {part: face[part] for part in ("path", "box", "face")}


def name(call: Call, path: str, number: int, who: str) -> str:
    """Name a face, counted from the left; returns the person's id."""
    face = as_sent(call("photo", path=path)["faces"][number])
    drafts = [{"kind": "name", "person": "new", "name": who}, {"kind": "assign", "person": "new", "faces": [face]}]
    return call("decide", events=drafts)["events"][0]["person"]


def test_one_name_reaches_all_photos_of_a_person(album: FakeAws, call: Call) -> None:
    questions = call("questions")
    assert (questions["named"], questions["total"]) == (0, 3)
    assert questions["groups"][0]["photos"] == 3, "whoever is on most photos comes first"
    ann = name(call, "2024/c.png", 0, "Ann")
    deliver(album)
    (person,) = call("people")["people"]
    assert (person["id"], person["name"], person["slug"], person["photos"]) == (ann, "Ann", "ann", 3)
    faces = call("person", person=ann)["faces"]
    assert sorted(face["origin"] for face in faces) == ["automatic", "automatic", "confirmed"]
    assert public_keys(album) == {"people/people.json", "people/ann/photos.json", "sets/2024/people.json"}
    assert [entry["name"] for entry in public(album)["people"]] == ["Ann"]
    assert {photo["path"] for photo in public(album, "people/ann/photos.json")["photos"]} == {
        "2024/a.png",
        "2024/b.png",
        "2024/c.png",
    }


def test_whom_a_file_names_no_row_tells(album: FakeAws, call: Call) -> None:
    """Visitors can read rows, and the person may be hidden."""
    path = image_path("2024", "named.jpg")
    row = {"primarykey": "2024", "sortkey": "named.jpg", "regions": [{"name": "Ann Example"}], "of_others": "kept"}
    album.dynamodb.put_item(TableName=album.pics_table, Item=row)
    put(album, str(path), NAMED.read_bytes())
    deliver(album)
    people = call("people")["people"]
    assert {person["name"] for person in people} == {"Ann Example", "Bob Example"}
    call("decide", events=[{"kind": "hide", "person": person["id"]} for person in people])
    deliver(album)
    rows = [*album.rows(album.pics_table), *album.rows(album.pics_by_image_id_table)]
    assert any(row.get("of_others") == "kept" for row in rows)
    assert "regions" not in {name for row in rows for name in row}
    site = {key: album.s3.get_object(Bucket=album.site_bucket, Key=key) for key in album.keys(album.site_bucket)}
    for told in (str(rows).encode(), *(found["Body"].read() for found in site.values())):
        assert b"Example" not in told

    put(album, str(path), picture(RED))
    assert path.regions_key not in album.keys(album.thumbnails_bucket), "the new version names nobody"
    put(album, str(path), NAMED.read_bytes())
    assert path.regions_key in album.keys(album.thumbnails_bucket)
    album.s3.delete_object(Bucket=album.pics_bucket, Key=path.key)
    album.photo_sync.sync(album.pics_bucket, path, owner="message", seconds=60)
    assert path.regions_key not in album.keys(album.thumbnails_bucket)
    deliver(album)
    assert {person["photos"] for person in call("people")["people"]} == {0}


@pytest.mark.parametrize("body", [b"damaged", b"\xff", b"3", b'[["Ann", 1]]', b"[[]]", b"[5]"])
def test_damaged_regions_say_nothing(album: FakeAws, body: bytes) -> None:
    path = image_path("2024", "a.png")
    album.s3.put_object(Bucket=album.thumbnails_bucket, Key=path.regions_key, Body=body)
    assert album.regions.read(path) == []


def test_hidden_people_are_in_no_public_file(album: FakeAws, call: Call) -> None:
    ann = name(call, "2024/c.png", 0, "Ann")
    name(call, "2024/a.png", 1, "Bob")
    deliver(album)
    pages = [f"people/{who}/{page}.html" for who in ("ann", "bob") for page in ("index", "index.de")]
    for page in pages:
        album.s3.put_object(Bucket=album.site_bucket, Key=page, Body=b"as published")
    call("decide", events=[{"kind": "hide", "person": ann}])
    assert album.keys(album.site_bucket) & set(pages) == set(pages[2:]), "hers are gone, his stay"
    assert public_keys(album) == {"people/people.json", "people/bob/photos.json", "sets/2024/people.json"}
    for key in public_keys(album):
        assert "Ann" not in json.dumps(public(album, key))
    assert [person["hidden"] for person in call("people")["people"] if person["id"] == ann] == [True]
    history = call("history")["decisions"]
    assert (history[0]["kind"], history[0]["person"]["name"], history[0]["by"]) == ("hide", "Ann", "ann@example.org")
    call("decide", events=[{"kind": "undo", "event": history[0]["id"]}])
    undo, hidden = call("history")["decisions"][:2]
    assert (hidden["undone"], undo["step"]["kind"], undo["again"]) == (True, "hide", False)
    assert "people/ann/photos.json" in public_keys(album)
    call("decide", events=[{"kind": "undo", "event": undo["id"]}])
    again = call("history")["decisions"][0]
    assert (again["step"]["person"]["name"], again["again"]) == ("Ann", True)
    assert "people/ann/photos.json" not in public_keys(album)


def portraits(aws: FakeAws) -> set[str]:
    return {key.removeprefix("people/portraits/") for key in aws.keys(aws.site_bucket) if "/portraits/" in key}


def shown_portraits(aws: FakeAws) -> dict[str, str]:
    """The portraits that the list names, by person."""
    content = public(aws)
    shown = [*content["people"], *content["unknown"]]
    return {one.get("name", one.get("face")): one["portrait"]["picture"] + ".webp" for one in shown}


def test_everyone_shown_has_a_portrait_and_nobody_else(album: FakeAws, call: Call) -> None:
    assert portraits(album) == set(shown_portraits(album).values())
    assert len(portraits(album)) == 3
    ann = name(call, "2024/c.png", 0, "Ann")
    bob = name(call, "2024/a.png", 1, "Bob")
    deliver(album)
    assert set(shown_portraits(album)) >= {"Ann", "Bob"}
    assert portraits(album) >= set(shown_portraits(album).values())
    key = f"people/portraits/{shown_portraits(album)['Ann']}"
    portrait = album.s3.get_object(Bucket=album.site_bucket, Key=key)
    assert (portrait["ContentType"], portrait["CacheControl"]) == ("image/webp", "private, max-age=86400")

    hers = {key for key in portraits(album) if key != shown_portraits(album)["Bob"]}
    call("decide", events=[{"kind": "hide", "person": ann}])
    assert "Ann" not in shown_portraits(album)
    assert portraits(album) == set(shown_portraits(album).values()) < portraits(album) | hers
    call("decide", events=[{"kind": "show", "person": ann}])
    assert key.rpartition("/")[2] == shown_portraits(album)["Ann"] in portraits(album), "it comes back"

    call("decide", events=[{"kind": "merge", "person": bob, "into": ann}])
    assert set(shown_portraits(album)) & {"Ann", "Bob"} == {"Ann"}
    for file in ("a.png", "b.png", "c.png"):
        path = image_path("2024", file)
        album.s3.delete_object(Bucket=album.pics_bucket, Key=path.key)
        album.photo_sync.sync(album.pics_bucket, path, owner="message", seconds=60)
    deliver(album)
    assert portraits(album) == set()


def test_a_portrait_that_was_published_stays_while_its_face_is_shown(album: FakeAws, call: Call) -> None:
    ann = name(call, "2024/c.png", 0, "Ann")
    deliver(album)
    before, was = shown_portraits(album)["Ann"], public(album)["people"][0]["portrait"]["path"]
    face, other = sorted(call("person", person=ann)["faces"], key=lambda face: face["path"] != was)[:2]
    call("decide", events=[{"kind": "portrait", "person": ann, "face": as_sent(other)}])
    assert shown_portraits(album)["Ann"] != before
    assert {shown_portraits(album)["Ann"], before} <= portraits(album)
    call("decide", events=[{"kind": "ignore", "faces": [as_sent(face)], "why": "stranger"}])
    assert before not in portraits(album), "a stranger's isn't shown"


def test_portraits_wait_for_the_next_round_if_there_is_no_time(
    album: FakeAws, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    name(call, "2024/c.png", 0, "Ann")
    deliver(album)
    for key in portraits(album):
        album.s3.delete_object(Bucket=album.site_bucket, Key=f"people/portraits/{key}")
    monkeypatch.setattr(handler_module, "_OWNERS_PORTRAIT_SECONDS", 0.0)
    name(call, "2024/a.png", 1, "Bob")
    assert portraits(album) == set()
    assert "picture" not in public(album)["people"][0]["portrait"], "pages cut the circle from the photo meanwhile"
    assert deliver(album) >= 1
    assert portraits(album) == set(shown_portraits(album).values())


def test_a_site_of_an_earlier_release_gets_portraits(album: FakeAws) -> None:
    stack: Any = SimpleNamespace(outputs=album.outputs, photos=album.photos, s3=album.s3, sqs=album.sqs)
    before = portraits(album)
    tell_once(stack)
    assert deliver(album) == 0
    for key in before:
        album.s3.delete_object(Bucket=album.site_bucket, Key=f"people/portraits/{key}")
    tell_once(stack)
    assert deliver(album) == 1
    assert portraits(album) == before


def test_a_photo_without_a_large_rendition_gives_no_portrait(album: FakeAws, call: Call) -> None:
    for file, body in (("a.png", None), ("b.png", b"damaged"), ("c.png", b"damaged")):
        key = image_path("2024", file).large_key
        album.s3.delete_object(Bucket=album.thumbnails_bucket, Key=key)
        if body:
            album.s3.put_object(Bucket=album.thumbnails_bucket, Key=key, Body=body)
    for key in portraits(album):
        album.s3.delete_object(Bucket=album.site_bucket, Key=f"people/portraits/{key}")
    name(call, "2024/c.png", 0, "Ann")
    deliver(album)
    assert portraits(album) == set()
    assert [person["name"] for person in public(album)["people"]] == ["Ann"]


def test_a_face_missing_from_the_collection_is_paid_for_once_until_its_photo_is_processed(
    album: FakeAws, call: Call
) -> None:
    name(call, "2024/c.png", 0, "Ann")
    deliver(album)
    photo = album.photos.get_photo(image_path("2024", "c.png"))
    assert photo
    album.faces.delete(photo.face_ids)
    files = album.people.rounds.files
    files.write(EVIDENCE, Evidence().to_json())
    album.people.take([], "round", 60)
    paid = album.ledger.read_count("people")
    assert set(photo.face_ids) <= set(files.read(EVIDENCE)["missing"][1])
    album.people.take([], "round", 60)
    assert album.ledger.read_count("people") == paid
    album.people.take([message_of(image_path("2024", "c.png"))], "round", 60)
    assert album.ledger.read_count("people") > paid, "it may have been indexed again"


def test_a_new_file_gives_no_portrait_under_the_name_of_the_old_one(album: FakeAws) -> None:
    def delete() -> None:
        for key in portraits(album):
            album.s3.delete_object(Bucket=album.site_bucket, Key=f"people/portraits/{key}")

    def large() -> tuple[bytes, dict[str, str]]:
        found = album.s3.get_object(Bucket=album.thumbnails_bucket, Key=image_path("2024", "b.png").large_key)
        return found["Body"].read(), found["Metadata"]

    def row() -> Any:
        key = {"primarykey": "2024", "sortkey": "b.png"}
        return album.dynamodb.get_item(TableName=album.pics_table, Key=key)["Item"]

    whole, old_row = portraits(album), row()
    put(album, "2024/b.png", picture(GREEN, BLUE))
    new_row, (_, metadata) = row(), large()
    assert metadata["source-etag"] == new_row["etag"] != old_row["etag"]
    delete()
    # Its message hasn't come yet, so the function knows the old file; the new one's row may be there or not.
    for at_that_moment in (new_row, old_row):
        album.dynamodb.put_item(TableName=album.pics_table, Item=at_that_moment)
        album.people.take([], "round", 60)
        assert portraits(album) < whole, "the other photos' are made, this one's isn't"
        delete()
    album.dynamodb.put_item(TableName=album.pics_table, Item=new_row)
    assert deliver(album) >= 1
    assert portraits(album) == set(shown_portraits(album).values())


class Dying:
    """An S3 client that dies before its n-th change."""

    def __init__(self, client: Any, left: int):
        self._client, self._left = client, left

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if name not in ("put_object", "delete_object"):
            return found

        def call(**arguments: Any) -> Any:
            if self._left <= 0:
                raise ConnectionError("killed")
            self._left -= 1
            return found(**arguments)

        return call


def test_a_hidden_person_is_gone_wherever_a_round_was_killed(album: FakeAws, call: Call) -> None:
    ann = name(call, "2024/c.png", 0, "Ann")
    name(call, "2024/a.png", 1, "Bob")
    deliver(album)
    rounds = album.people.rounds
    whole = Budget(10, math.inf, math.inf)

    def shown() -> dict[str, bytes]:
        return {key: album.s3.get_object(Bucket="site", Key=key)["Body"].read() for key in album.keys("site")}

    def decide(kind: str) -> None:
        rounds.decide([{"kind": kind, "person": ann}], "cli")

    decide("hide")
    rounds.run((), whole)
    hidden = shown()
    for changes in count(1, 2):
        decide("show")
        rounds.run((), whole)
        album.s3.put_object(Bucket="site", Key="people/ann/index.html", Body=b"as published")
        decide("hide")
        dying = Dying(album.s3, changes)
        parts = {part: replace(getattr(rounds, part), client=dying) for part in ("files", "hidden", "portraits")}
        try:
            replace(rounds, **parts).run((), whole)
            break
        except ConnectionError:
            rounds.run((), whole)
        assert shown() == hidden, changes
    assert shown() == hidden
    assert changes > 6


def test_what_is_thrown_away_comes_out_the_same_again(album: FakeAws, call: Call) -> None:
    name(call, "2024/c.png", 0, "Ann")
    name(call, "2024/a.png", 1, "Bob")
    deliver(album)
    before = {key: album.s3.get_object(Bucket="site", Key=key)["Body"].read() for key in public_keys(album)}
    for key in portraits(album):
        album.s3.delete_object(Bucket="site", Key=f"people/portraits/{key}")
    for part in (INVENTORY, EVIDENCE, STATE):
        album.s3.put_object(Bucket="thumbnails", Key=f"people/{part}.json.gz", Body=b"damaged")
    for file in ("a.png", "b.png", "c.png"):
        album.photo_sync.people.tell(image_path("2024", file))
    deliver(album)
    assert {key: album.s3.get_object(Bucket="site", Key=key)["Body"].read() for key in public_keys(album)} == before
    assert portraits(album) == set(shown_portraits(album).values())


def test_a_deleted_photo_is_no_longer_a_persons_and_its_name_waits(album: FakeAws, call: Call) -> None:
    name(call, "2024/a.png", 1, "Bob")
    deliver(album)
    album.s3.delete_object(Bucket="pics", Key="photos/2024/a.png")
    album.photo_sync.sync("pics", image_path("2024", "a.png"), owner="m", seconds=60)
    assert deliver(album) == 1
    assert public_keys(album) == {"people/people.json", "sets/2024/people.json"}
    assert public(album, "sets/2024/people.json")["people"] == []
    assert call("people")["waiting"] == 1
    put(album, "2025/elsewhere.png", picture(RED, GREEN))
    deliver(album)
    files = {"people/people.json", "people/bob/photos.json", "sets/2024/people.json", "sets/2025/people.json"}
    assert public_keys(album) == files


def test_a_set_that_is_gone_leaves_no_list(album: FakeAws) -> None:
    album.s3.put_object(Bucket=album.site_bucket, Key=SKELETON_KEY, Body=b"[[name]]")
    path = image_path("2031", "a.png")
    put(album, str(path), picture(RED))
    assert "sets/2031/people.json" in public_keys(album), "the process function begins it"
    album.s3.delete_object(Bucket=album.pics_bucket, Key=path.key)
    album.photo_sync.sync(album.pics_bucket, path, owner="message", seconds=60)
    deliver(album)
    assert "sets/2031/people.json" not in public_keys(album)


def test_a_round_that_takes_long_before_its_first_search_makes_it_all_the_same(
    album: FakeAws, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large site's round does; it would ask for another one, which would do the same, for ever."""
    ticks = count(0, 20)
    people = replace(album.people, rounds=replace(album.people.rounds, clock=lambda: next(ticks)))
    monkeypatch.setattr(handler_module, "_people", lambda: people)
    name(call, "2024/c.png", 0, "Ann")
    put(album, "2024/d.png", picture(RED))
    deliver(album)
    assert [person["photos"] for person in call("people")["people"]] == [4]
    assert public(album)["people"][0]["portrait"]["picture"]


def test_a_round_that_finds_no_face_in_the_collection_asks_for_no_other(album: FakeAws) -> None:
    faces = album.rekognition.list_faces(CollectionId=COLLECTION)["Faces"]
    album.rekognition.delete_faces(CollectionId=COLLECTION, FaceIds=[face["FaceId"] for face in faces])
    album.people.rounds.files.write(EVIDENCE, {})
    ticks = count(0, 20)
    spent = replace(album.people.rounds, clock=lambda: next(ticks)).run((), Budget(10, 15, math.inf))
    assert (spent.searches, spent.has_more) == (0, False)


def test_the_ceiling_on_searches_leaves_faces_unrecognised_until_tomorrow(
    album: FakeAws, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    album.daily_people = album.ledger.read_count("people")
    people = album.people
    monkeypatch.setattr(handler_module, "_people", lambda: people)
    ann = name(call, "2024/c.png", 0, "Ann")
    put(album, "2024/d.png", picture(RED))
    assert deliver(album) == 1, "a round that may pay for nothing more asks for no other"
    assert call("person", person=ann)["photos"] >= 1
    assert album.ledger.read_count("people") == album.daily_people


REFUSED: list[tuple[dict, tuple[int, str]]] = [
    ({"action": "decide"}, (400, "InvalidDecision")),
    ({"action": "decide", "events": [{"kind": "name", "person": "new", "name": ""}]}, (400, "InvalidDecision")),
    ({"action": "decide", "events": [{"kind": "hide", "person": "01J0"}]}, (400, "InvalidDecision")),
    ({"action": "person", "person": "nobody"}, (404, "PersonNotFound")),
    ({"action": "photo", "path": "2024/none.png"}, (404, "PhotoNotFound")),
    ({"action": "photo"}, (400, "InvalidParameter")),
    ({"action": "questions", "limit": 0}, (400, "InvalidParameter")),
    ({"action": "questions", "offset": 1}, (400, "InvalidRequest")),
    ({"action": "forget"}, (400, "InvalidRequest")),
]


def test_calls_that_cannot_be_meant_are_refused(call: Call, album: FakeAws) -> None:
    for fields, answer in REFUSED:
        assert call(**fields) == answer, fields
    assert album.rows(album.decisions_table) == []


def test_a_line_that_cannot_be_read_is_kept_and_counted(album: FakeAws, call: Call) -> None:
    row = Decision(id="01JDZZZZZZZZZZZZZZZZZZZZZZ", event='{"v":9,"kind":"dance"}')
    album.dynamodb.put_item(TableName=album.decisions_table, Item=row.to_item())
    name(call, "2024/c.png", 0, "Ann")
    assert call("history")["unread"] == 1
    assert len(album.rows(album.decisions_table)) == 3


def test_a_decision_is_kept_while_another_round_is_at_work(
    album: FakeAws, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handler_module, "_OWNERS_PATIENCE_SECONDS", -1.0)
    lease = PeopleLease(album.dynamodb, album.leases_table, lambda: album.now)
    face = {"path": "2024/c.png", "box": [0.1, 0.1, 0.8, 0.5]}
    drafts = [{"kind": "name", "person": "new", "name": "Ann"}, {"kind": "assign", "person": "new", "faces": [face]}]
    with lease.held("another", 60, 0):
        assert call("decide", events=drafts)["shown"] is False
    assert deliver(album) == 1, "the next round takes it in"
    assert [person["name"] for person in call("people")["people"]] == ["Ann"]


def test_one_round_runs_at_a_time_and_a_dead_one_ends(aws: FakeAws) -> None:
    lease = PeopleLease(aws.dynamodb, aws.leases_table, lambda: aws.now, sleep=lambda seconds: None)

    def tick(seconds: float) -> None:
        aws.now += seconds

    waiting = PeopleLease(aws.dynamodb, aws.leases_table, lambda: aws.now, sleep=tick)
    with lease.held("one", 60, 0), pytest.raises(RoundTakenError), waiting.held("two", 60, 5):
        pass
    with lease.held("one", 60, 0):
        pass
    lease._take("dead", 5)
    with waiting.held("two", 60, 100):
        assert [row["owner"] for row in aws.rows(aws.leases_table)] == ["two"]
    assert aws.rows(aws.leases_table) == []


def test_a_rebuild_waits_for_the_round_that_is_at_work(album: FakeAws) -> None:
    """Else the round would keep at its end what it knew before."""
    album.now = time.time()
    stack: Any = SimpleNamespace(
        outputs=album.outputs,
        photos=album.photos,
        s3=album.s3,
        sqs=album.sqs,
        dynamodb=album.dynamodb,
        parameters={"Platform": "laptop"},
    )

    def rebuild() -> None:
        with between_rounds(stack):
            tell_of_all(stack)

    rebuilding = Thread(target=rebuild)

    def keep(_: Any) -> None:
        rebuilding.start()
        rebuilding.join(0.3)

    rounds: Any = replace(album.people.rounds, hidden=SimpleNamespace(keep=keep))
    assert rounds.files.read(EVIDENCE)["answers"]
    replace(album.people, rounds=rounds).take([], "round", 60)
    rebuilding.join()
    assert rounds.files.read(EVIDENCE)["answers"] == []


def test_a_batch_whose_round_failed_comes_again_soon(album: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(12):
        album.sqs.send_message(QueueUrl=album.people_queue_url, MessageBody=json.dumps(f"2024/{number}.png"))
    received = [
        message
        for _ in range(2)
        for message in album.sqs.receive_message(
            QueueUrl=album.people_queue_url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=2100,
            MessageSystemAttributeNames=["ApproximateReceiveCount"],
        )["Messages"]
    ]
    records = [
        {
            "messageId": message["MessageId"],
            "body": message["Body"],
            "receiptHandle": message["ReceiptHandle"],
            "attributes": message["Attributes"],
        }
        for message in received
    ]
    hidden: list[int] = []

    class Sqs:
        def change_message_visibility_batch(self, **arguments: Any) -> None:
            assert len(arguments["Entries"]) <= 10
            hidden.extend(entry["VisibilityTimeout"] for entry in arguments["Entries"])
            album.sqs.change_message_visibility_batch(**arguments)

    queue = PeopleQueue(Sqs(), album.people_queue_url)
    monkeypatch.setattr(handler_module, "_people", lambda: replace(album.people, queue=queue, rounds=None))
    answer = handler_module.handler({"Records": records}, LambdaContext())
    assert len(answer["batchItemFailures"]) == 12
    assert hidden == [8] * 12
    for record in records:
        record["attributes"]["ApproximateReceiveCount"] = "8"
    handler_module.handler({"Records": records}, LambdaContext())
    assert hidden[12:] == [900] * 12, "the queue gives them up only after half an hour"


def test_the_log_says_nothing_about_people(
    album: FakeAws, call: Call, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    name(call, "2024/c.png", 0, "Ann Unmistakable")
    monkeypatch.setattr(handler_module, "_people", lambda: {}["Ann Unmistakable"])
    assert call("people") == (500, "PeopleFailed")
    records = [{"messageId": "1", "body": json.dumps("2024/Unmistakable.png")}]
    assert handler_module.handler({"Records": records}, LambdaContext()) == {
        "batchItemFailures": [{"itemIdentifier": "1"}]
    }
    told = capsys.readouterr().out
    assert "KeyError" in told
    assert "Unmistakable" not in told


def test_history_has_the_names_of_its_time(album: FakeAws, call: Call) -> None:
    ann = name(call, "2024/a.png", 0, "Ann")
    bob = name(call, "2024/b.png", 1, "Bob")
    (renamed,) = call("decide", events=[{"kind": "name", "person": ann, "name": "Anna"}])["events"]
    call("decide", events=[{"kind": "merge", "person": ann, "into": bob}])
    call("decide", events=[{"kind": "undo", "event": renamed["id"]}, {"kind": "name", "person": bob, "name": "Bo"}])
    bo, undone, merged, anna, *first = call("history")["decisions"]
    assert (bo["was"], bo["person"]["name"], undone["step"]["was"]) == ("Bob", "Bo", "Ann")
    assert (merged["person"]["name"], merged["into"]["name"]) == ("Anna", "Bob")
    assert (anna["was"], anna["name"]) == ("Ann", "Anna")
    assert [(step["kind"], step["person"]["name"]) for step in first] == [
        ("assign", "Bob"),
        ("name", "Bob"),
        ("assign", "Ann"),
        ("name", "Ann"),
    ]


def test_faces_are_found_by_id_and_a_refusal_says_which_decision(album: FakeAws, call: Call) -> None:
    (group, *_) = [group for group in call("questions")["groups"] if group["photos"] == 3]
    assert call("faces", faces=[*group["members"], "gone"])["faces"] == group["faces"]
    assert call("faces", faces=["a"] * 501) == call("faces", faces=[3]) == (400, "InvalidParameter")
    drafts = [{"kind": "name", "person": "new", "name": "Ann"}, {"kind": "hide", "person": "nobody"}]
    answer = handler_module.handler({"action": "decide", "by": "ann@example.org", "events": drafts}, LambdaContext())
    assert (answer["err"]["code"], answer["err"]["decision"]) == ("InvalidDecision", 2)


def test_rounds_end_where_one_from_scratch_does(album: FakeAws, call: Call) -> None:
    """Photos and names came in turn; without its files, the function gets all photos at once."""

    def shown() -> dict[str, bytes]:
        private = [f"people/{file}.json.gz" for file in (INVENTORY, STATE, CANDIDATES)]
        return {
            key: album.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
            for bucket, keys in ((album.thumbnails_bucket, private), (album.site_bucket, sorted(public_keys(album))))
            for key in keys
        }

    name(call, "2024/b.png", 0, "Ann")
    put(album, "2024/d.png", picture(BLUE, RED))
    deliver(album)
    name(call, "2024/a.png", 1, "Bob")
    put(album, "2024/e.png", picture(BLUE))
    album.s3.delete_object(Bucket=album.pics_bucket, Key=image_path("2024", "c.png").key)
    album.photo_sync.sync(album.pics_bucket, image_path("2024", "c.png"), owner="message", seconds=60)
    deliver(album)
    grown = shown()
    for file in (INVENTORY, EVIDENCE, STATE, CANDIDATES):
        album.s3.delete_object(Bucket=album.thumbnails_bucket, Key=f"people/{file}.json.gz")
    for file in "abcde":
        album.people.queue.tell(image_path("2024", f"{file}.png"))
    deliver(album)
    assert shown() == grown


def suggested(call: Call, path: str) -> list[tuple[str, str, bool]]:
    """Who is suggested for the faces of a photo that have no name: names, why, and whether they have a face already."""
    groups = [group for group in call("questions")["groups"] if path in {face["path"] for face in group["faces"]}]
    return [(one["name"], one["why"], bool(one["person"])) for group in groups for one in group["suggestions"]]


def test_names_that_a_service_gave_a_photo_are_suggested_until_found(album: FakeAws, call: Call) -> None:
    row = album.photos.get_photo(image_path("2024", "c.png"))
    assert row
    call("decide", events=[{"kind": "said", "photo": row.sha256, "names": ["Ann", "Bob"], "source": "takeout"}])
    assert suggested(call, "2024/c.png") == [("Ann", "said", False), ("Bob", "said", False)]
    assert "Ann" not in json.dumps(public(album))
    name(call, "2024/a.png", 1, "ann")
    assert suggested(call, "2024/c.png")[:2] == [("Bob", "said", False), ("ann", "said", True)]
    ann = next(person["id"] for person in call("people")["people"])
    face = as_sent(call("photo", path="2024/c.png")["faces"][0])
    call("decide", events=[{"kind": "reject", "person": ann, "faces": [face]}])
    assert ("ann", "said", True) not in suggested(call, "2024/c.png")
    name(call, "2024/c.png", 0, "Bob")
    assert [entry for entry in suggested(call, "2024/b.png") if entry[1] == "said"] == []
    history = call("history", limit=10, before="")["decisions"]
    assert next(entry for entry in history if entry["kind"] == "said")["names"] == ("Ann", "Bob")
