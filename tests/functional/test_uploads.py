"""Photos from browsers: what may be sent, what arrives, what is decided, and that nothing is left of what is gone."""

import base64
import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from PIL import Image
from support import BLUE, GREEN, RED, FakeAws, LambdaContext, jpeg, picture

from functions.access.access_rows import EventRow, MemberRow
from functions.access.access_table import AccessTable
from functions.access.event_table import EventTable, event_id
from functions.access.passes import MemberSubject, new_secret, write_pass
from functions.arrivals import handler as arrivals_module
from functions.arrivals.arrivals import Arrivals
from functions.arrivals.handler import ArrivalFailedError
from functions.keys import image_path
from functions.pace import Pace
from functions.process.complexity import UnusableImageError
from functions.process.images import MAX_FILE_BYTES as MOST_OF_PROCESS
from functions.process.waiting_looks import WaitingLooks
from functions.uploads import handler as uploads_module
from functions.uploads.contributions import BEGUN, SHOWN, Contributions
from functions.uploads.senders import Sender
from functions.uploads.upload_limits import MAX_FILE_BYTES, allowances
from scripts.common.template import load_defaults
from scripts.costs import crowd
from scripts.costs.crowd import Crowd
from scripts.events.waiting_photos import NothingWaitsError, WaitingPhotos
from scripts.photos.originals import SHA256_METADATA, find_same

GUEST, OTHER_GUEST = "guest-number-one-000000", "guest-number-two-000000"
MEMBER, HELPER = "a" * 32, "b" * 32
ALBUM = "2026_wedding"


class Browsers:
    """The functions as browsers call them, and S3 as it takes what they send."""

    def __init__(self, aws: FakeAws):
        self.aws = aws
        self.access = AccessTable(aws.dynamodb, aws.access_table)
        self.events = EventTable(aws.dynamodb, aws.access_table)

    def open_event(self, **more: Any) -> dict[str, str]:
        """What a guest of a new event shows."""
        secret = new_secret()
        self.events.put_event(EventRow(id=event_id(secret), set_name=ALBUM, secret=secret, **more))
        return {"event": secret, "guest": GUEST}

    def pass_of(self, member: str = MEMBER, **row: Any) -> dict[str, str]:
        """What a member shows who may add."""
        self.access.put_member(MemberRow(id=member, email="m@example.org", **{"may_add": True, **row}))
        return {"pass": self.write_pass(member)}

    def write_pass(self, member: str, seconds: int = 600) -> str:
        key = self.access.ensure_key(datetime.fromtimestamp(self.aws.now, UTC).isoformat())
        return write_pass([MemberSubject(member, 0)], int(self.aws.now) + seconds, key.id, key.key)

    def call(self, action: str, **fields: Any) -> dict:
        return uploads_module.handler({"action": action, **fields}, LambdaContext())

    def ask(self, action: str, **fields: Any) -> dict:
        answer = self.call(action, **fields)
        assert answer["statusCode"] == 200, answer
        return answer["output"]

    def owner(self, action: str, **fields: Any) -> dict:
        answer = arrivals_module.handler({"action": action, **fields}, LambdaContext())
        assert answer["statusCode"] == 200, answer
        return answer["output"]

    def send(self, files: dict[str, bytes], by: Callable[..., dict] | None = None, **fields: Any) -> list[dict]:
        """Ask for each of these files, and POST what is wanted; what was answered about them."""
        described = [describe(name, data) for name, data in files.items()]
        answers = (by or self.ask)("begin", files=described, **fields)["files"]
        for answer, data in zip(answers, files.values(), strict=True):
            if answer["do"] == "send":
                self.post(answer["post"], data)
        return answers

    def post(self, post: dict, data: bytes) -> None:
        """Store an object as S3 does, if its policy allows it."""
        policy = json.loads(base64.b64decode(post["fields"]["policy"]))
        given = {name: value for rule in policy["conditions"] if isinstance(rule, dict) for name, value in rule.items()}
        assert given["bucket"] == self.aws.incoming_bucket
        assert given["key"] == post["fields"]["key"], "exactly this key"
        assert given["x-amz-checksum-sha256"] == base64.b64encode(hashlib.sha256(data).digest()).decode()
        assert ["content-length-range", len(data), len(data)] in policy["conditions"]
        expires = datetime.fromisoformat(policy["expiration"])
        assert 0 < (expires - datetime.now(UTC)).total_seconds() <= 300
        self.aws.s3.put_object(
            Bucket=self.aws.incoming_bucket, Key=given["key"], Body=data, ContentType=given["Content-Type"]
        )

    def arrive(self) -> None:
        """What S3 tells of all that is there, and what was asked for meanwhile."""
        records = [{"s3": {"object": {"key": key}}} for key in sorted(self.incoming()) if key.startswith("incoming/")]
        take(*([json.dumps({"Records": records})] if records else []), *self.asked())

    def incoming(self) -> set[str]:
        return self.aws.keys(self.aws.incoming_bucket)

    def asked(self) -> list[str]:
        """Messages that wait in the queue."""
        bodies = []
        while found := self.aws.sqs.receive_message(QueueUrl=self.aws.arrivals_queue_url, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in found:
                bodies.append(message["Body"])
                self.aws.sqs.delete_message(
                    QueueUrl=self.aws.arrivals_queue_url, ReceiptHandle=message["ReceiptHandle"]
                )
        return bodies

    def states(self, **fields: Any) -> list[str]:
        return [photo["state"] for photo in self.ask("mine", **fields)["photos"]]

    def kept(self, **fields: Any) -> list[str | None]:
        """The states as the table has them, processed or not."""
        rows = self.aws.arrivals.uploads.outcomes.contributions.get_all(
            ALBUM, [photo["id"] for photo in self.ask("mine", **fields)["photos"]]
        )
        return [row.state for row in rows.values()]


def describe(name: str, data: bytes, kind: str = "image/jpeg") -> dict:
    return {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest(), "type": kind}


def take(*bodies: str) -> None:
    """Give the arrivals function messages, as the process function does."""
    if bodies and arrivals_module.handler({"messages": list(bodies)}, LambdaContext())["failed"]:
        raise ArrivalFailedError("some are to come again")


@pytest.fixture
def browsers(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> Browsers:
    aws.s3.put_bucket_versioning(Bucket=aws.pics_bucket, VersioningConfiguration={"Status": "Enabled"})
    monkeypatch.setattr(uploads_module, "_uploads", lambda: aws.arrivals.uploads)
    monkeypatch.setattr(arrivals_module, "_function", lambda: aws.arrivals)
    monkeypatch.setattr(uploads_module, "_pace", Pace(sleep=lambda seconds: None))
    return Browsers(aws)


def test_a_guests_photo_waits_is_let_in_and_is_the_original(aws: FakeAws, browsers: Browsers) -> None:
    guest, data = browsers.open_event(), jpeg(RED)
    (answer,) = browsers.send({"a.jpg": data}, name="Ana", **guest)
    assert answer["do"] == "send"
    browsers.arrive()
    assert browsers.states(**guest) == ["waiting"]
    assert aws.keys(aws.pics_bucket) == set()
    (waiting,) = browsers.owner("waiting", set=ALBUM)["photos"]
    assert (waiting["name"], waiting["file"], waiting["size"]) == ("Ana", "a.jpg", len(data))
    assert "X-Amz-Signature" in waiting["look"]
    assert browsers.owner("waiting") == {"counts": {ALBUM: 1}}
    assert browsers.owner("let_in", set=ALBUM, ids=[waiting["id"]]) == {"let_in": [waiting["id"]]}
    browsers.arrive()
    assert browsers.states(**guest) == ["let_in"], "it isn't processed yet"
    process(aws, "a.jpg")
    assert browsers.states(**guest) == ["shown"]
    stored = aws.s3.get_object(Bucket=aws.pics_bucket, Key=f"photos/{ALBUM}/a.jpg")
    assert stored["Body"].read() == data
    assert (stored["Metadata"], stored["ContentType"]) == (
        {SHA256_METADATA: hashlib.sha256(data).hexdigest()},
        "image/jpeg",
    )
    path = image_path(ALBUM, "a.jpg")
    assert find_same(aws.s3, aws.pics_bucket, path, hashlib.sha256(data).hexdigest()), "as `kinpics upload` looks"
    assert browsers.incoming() == set()
    assert browsers.owner("waiting", set=ALBUM) == {"photos": []}


def test_at_once_a_photo_is_shown_without_waiting(aws: FakeAws, browsers: Browsers) -> None:
    guest = browsers.open_event(at_once=True)
    browsers.send({"a.jpg": jpeg(RED)}, **guest)
    browsers.arrive()
    assert browsers.states(**guest) == ["let_in"]
    process(aws, "a.jpg")
    assert browsers.states(**guest) == ["shown"]
    assert aws.keys(aws.pics_bucket) == {f"photos/{ALBUM}/a.jpg"}


def test_who_sent_a_photo_that_cant_be_shown_is_told_why(aws: FakeAws, browsers: Browsers) -> None:
    whole = jpeg(RED)
    cut = whole[: len(whole) // 2]
    guest, other = browsers.open_event(at_once=True), browsers.pass_of()
    browsers.send({"cut.jpg": cut, "whole.jpg": whole}, **guest)
    browsers.arrive()
    assert browsers.states(**guest) == ["let_in", "let_in"]
    process(aws, "cut.jpg", "whole.jpg")
    found = {photo["file"]: photo for photo in browsers.ask("mine", **guest)["photos"]}
    assert found["whole.jpg"]["state"] == "shown"
    assert (found["cut.jpg"]["state"], found["cut.jpg"]["code"]) == ("failed", "DamagedImage")
    assert "damaged or cut off" in found["cut.jpg"]["message"]
    (again,) = browsers.send({"cut.jpg": cut}, **guest)
    assert (again["do"], again["code"]) == ("refused", "DamagedImage"), "the same bytes would fail again"
    # Whoever sends the same bytes is told at once: S3, which has them already, tells nobody of them again.
    second = {**guest, "guest": OTHER_GUEST}
    (told,) = browsers.send({"mine.jpg": cut}, **second)
    assert (told["do"], told["code"]) == ("refused", "DamagedImage")
    # What the owner uploaded has no sender to tell.
    aws.put(f"photos/{ALBUM}/own.jpg", cut)
    process(aws, "own.jpg")
    assert browsers.states(set=ALBUM, **other) == []


def test_guests_who_sent_the_same_damaged_bytes_are_all_told(aws: FakeAws, browsers: Browsers) -> None:
    cut = jpeg(RED)[:-200]
    guest = browsers.open_event()
    second, third = {**guest, "guest": OTHER_GUEST}, {**guest, "guest": "guest-number-three-0000"}
    for who in (guest, second):
        browsers.send({"cut.jpg": cut}, **who)
    browsers.arrive()
    assert [browsers.states(**who) for who in (guest, second)] == [["waiting"], ["waiting"]]
    first, other = (browsers.ask("mine", **who)["photos"][0]["id"] for who in (guest, second))
    browsers.owner("let_in", set=ALBUM, ids=[first])
    browsers.arrive()
    process(aws, "cut.jpg")
    browsers.owner("let_in", set=ALBUM, ids=[other])
    browsers.arrive()
    for who in (guest, second):
        (told,) = browsers.ask("mine", **who)["photos"]
        assert (told["state"], told["code"]) == ("failed", "DamagedImage")
    # After days it is tried again: a newer release may do better.
    aws.now += 3 * 86_400
    browsers.send({"cut.jpg": cut}, **third)
    browsers.arrive()
    browsers.owner("let_in", set=ALBUM, everything=True)
    browsers.arrive()
    process(aws, "cut.jpg")
    (told,) = browsers.ask("mine", **third)["photos"]
    assert (told["state"], told["code"]) == ("failed", "DamagedImage")


def test_a_film_is_said_to_be_one(browsers: Browsers) -> None:
    guest = browsers.open_event()
    film = b"\0\0\0\x18ftypisom\0\0\0\0isommp42"
    (said,) = browsers.ask("begin", files=[describe("a.jpg", film, "video/mp4")], **guest)["files"]
    assert (said["do"], said["code"]) == ("refused", "Film")
    browsers.send({"a.jpg": film}, **guest)  # by whoever says that it is a photo
    browsers.arrive()
    assert [photo["code"] for photo in browsers.ask("mine", **guest)["photos"]] == ["Film"]


def test_a_guest_who_looks_is_told_that_the_event_was_closed(aws: FakeAws, browsers: Browsers) -> None:
    guest = browsers.open_event(closes_at=int(aws.now) + 60)
    assert browsers.ask("mine", **guest)["is_open"] is True
    aws.now += 61
    assert browsers.ask("mine", **guest)["is_open"] is False
    assert "is_open" not in browsers.ask("mine", set=ALBUM, **browsers.pass_of())


def test_what_is_there_is_skipped(aws: FakeAws, browsers: Browsers) -> None:
    data = jpeg(RED)
    path = image_path(ALBUM, "there.jpg")
    aws.put(path.key, data)
    aws.photo_sync.sync(aws.pics_bucket, path, owner="message", seconds=60)
    guest = browsers.open_event(at_once=True)
    answers = browsers.send({"there.jpg": data, "new.jpg": jpeg(GREEN)}, **guest)
    assert [answer["do"] for answer in answers] == ["there", "send"]
    browsers.arrive()
    process(aws, "new.jpg")
    again = browsers.send({"new.jpg": jpeg(GREEN), "other name.jpg": jpeg(GREEN)}, **guest)
    assert [answer["do"] for answer in again] == ["there", "there"]
    assert [answer["file"] for answer in again] == ["new.jpg", "new.jpg"]
    (by_owner,) = browsers.send({"x.jpg": jpeg(GREEN)}, browsers.owner, set=ALBUM)
    assert by_owner == {"do": "there", "file": "new.jpg"}


def test_what_the_owner_deleted_may_come_again(aws: FakeAws, browsers: Browsers) -> None:
    for _ in range(2):
        (answer,) = browsers.send({"a.jpg": jpeg(RED)}, browsers.owner, set=ALBUM)
        assert answer["do"] == "send"
        browsers.arrive()
        assert aws.keys(aws.pics_bucket) == {f"photos/{ALBUM}/a.jpg"}
        aws.s3.delete_object(Bucket=aws.pics_bucket, Key=f"photos/{ALBUM}/a.jpg")


def process(aws: FakeAws, *files: str) -> None:
    """What the process function does once S3 has told it."""
    for file in files:
        path = image_path(ALBUM, file)
        try:
            aws.photo_sync.sync(aws.pics_bucket, path, owner="message", seconds=60)
        except UnusableImageError as error:
            told = {"key": path.key, "code": error.code, "message": str(error)}
            arrivals_module.handler({"refused": told}, LambdaContext())


def test_a_photo_that_was_not_sent_gets_a_new_form_and_counts_once(aws: FakeAws, browsers: Browsers) -> None:
    guest = browsers.open_event(limits={"guest_files": 1})
    files = [describe("a.jpg", jpeg(RED))]
    (first,) = browsers.ask("begin", files=files, **guest)["files"]
    aws.now += 3_600
    (second,) = browsers.ask("begin", files=files, **guest)["files"]
    assert (first["do"], second["do"], first["id"]) == ("send", "send", second["id"])
    browsers.post(second["post"], jpeg(RED))
    browsers.arrive()
    assert browsers.states(**guest) == ["waiting"]


def test_another_photo_of_the_same_name_gets_a_number(aws: FakeAws, browsers: Browsers) -> None:
    aws.put(f"photos/{ALBUM}/a.jpg", jpeg(BLUE))
    guest = browsers.open_event(at_once=True)
    browsers.send({"a.jpg": jpeg(RED)}, **guest)
    browsers.arrive()
    browsers.send({"a.jpg": jpeg(GREEN)}, **guest)
    browsers.arrive()
    assert aws.keys(aws.pics_bucket) == {f"photos/{ALBUM}/{name}" for name in ("a.jpg", "a-2.jpg", "a-3.jpg")}
    assert {photo["file"] for photo in browsers.ask("mine", **guest)["photos"]} == {"a-2.jpg", "a-3.jpg"}


def test_events_may_come_twice_late_and_for_nothing(aws: FakeAws, browsers: Browsers) -> None:
    guest = browsers.open_event(at_once=True)
    (answer,) = browsers.send({"ä b+c.jpg": jpeg(RED)}, **guest)
    key = answer["post"]["fields"]["key"]
    message = json.dumps({"Records": [{"s3": {"object": {"key": key.replace(" ", "+")}}}] * 2})
    take(message, message, json.dumps({"Event": "s3:TestEvent"}))
    assert aws.keys(aws.pics_bucket) == {f"photos/{ALBUM}/ä b+c.jpg"}
    browsers.post(answer["post"], jpeg(RED))  # a form can be used again for five minutes
    browsers.arrive()
    assert browsers.incoming() == set()
    assert browsers.kept(**guest) == ["shown"]
    aws.s3.put_object(Bucket=aws.incoming_bucket, Key="incoming/stray", Body=b"x")
    browsers.arrive()
    assert browsers.incoming() == set()


def test_one_photo_that_fails_holds_up_no_other(
    aws: FakeAws, browsers: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest = browsers.open_event()
    answers = browsers.send({"a.jpg": jpeg(RED), "b.jpg": jpeg(GREEN), "c.jpg": jpeg(BLUE)}, **guest)
    keys = [answer["post"]["fields"]["key"] for answer in answers]
    bodies = [json.dumps({"Records": [{"s3": {"object": {"key": key}}}]}) for key in keys]
    function = aws.arrivals
    real = function.arrivals.incoming.keep_waiting

    def keep_waiting(row: Any, *rest: Any) -> None:
        if row.id == answers[1]["id"]:
            raise OSError("no room")
        real(row, *rest)

    incoming = replace(function.arrivals.incoming)
    object.__setattr__(incoming, "keep_waiting", keep_waiting)
    dying = replace(function, arrivals=replace(function.arrivals, incoming=incoming))
    with monkeypatch.context() as patch:
        patch.setattr(arrivals_module, "_function", lambda: dying)
        told = ["{", *bodies, "{}"]
        assert arrivals_module.handler({"messages": told}, LambdaContext()) == {"failed": [0, 2, 4], "looks": []}
    assert sorted(browsers.states(**guest)) == ["begun", "waiting", "waiting"]
    assert {key for key in browsers.incoming() if key.startswith("incoming/")} == {keys[1]}, "it comes again"
    arrivals_module.handler({"message": bodies[1]}, LambdaContext())  # as an earlier release hands it on
    assert browsers.states(**guest) == ["waiting"] * 3
    with pytest.raises(ArrivalFailedError):
        arrivals_module.handler({"message": "{"}, LambdaContext())


def test_a_worker_that_dies_after_any_call_leaves_nothing_undone(aws: FakeAws, browsers: Browsers) -> None:
    """Each call that changes something fails once; the message that comes again finishes the work."""
    for number in range(1, 12):
        guest = {**browsers.open_event(at_once=True), "guest": f"{GUEST}{number}"}
        data = jpeg(RED, size=(100 + number, 80))
        (answer,) = browsers.send({"a.jpg": data}, **guest)
        message = json.dumps({"Records": [{"s3": {"object": {"key": answer["post"]["fields"]["key"]}}}]})
        dying = Dying(aws, number)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(arrivals_module, "_function", lambda dying=dying: dying.function)
            try:
                take(message)
                failed = False
            except ArrivalFailedError:
                failed = True
        take(message)
        assert browsers.kept(**guest) == ["shown"]
        (photo,) = browsers.ask("mine", **guest)["photos"]
        browsers.ask("take_back", ids=[photo["id"]], **guest)
        browsers.arrive()
        assert aws.keys(aws.pics_bucket) == browsers.incoming() == set()
        if not failed:
            break
    else:
        raise AssertionError("it never came through")
    assert number > 3


class Dying:
    """An arrivals function whose call of this number fails; calls that only read don't count."""

    def __init__(self, aws: FakeAws, number: int):
        self._left = number
        function = aws.arrivals
        s3, dynamodb = self._wrap(aws.s3), self._wrap(aws.dynamodb)
        arrivals = function.arrivals
        contributions = Contributions(dynamodb, aws.contributions_table, lambda: aws.now)
        self.function = replace(
            function,
            arrivals=Arrivals(
                contributions,
                replace(arrivals.incoming, client=s3),
                replace(arrivals.originals, client=s3),
                arrivals.senders,
            ),
        )

    def _wrap(self, client: Any) -> Any:
        dying = self

        class Client:
            def __getattr__(self, name: str) -> Any:
                real = getattr(client, name)
                if not name.startswith(("put_", "update_", "delete_", "copy_")):
                    return real

                def call(**arguments: Any) -> Any:
                    answer = real(**arguments)
                    dying._left -= 1
                    if dying._left == 0:
                        raise ConnectionError("the worker died")
                    return answer

                return call

        return Client()


@pytest.mark.parametrize(
    ("name", "data", "kind", "code"),
    [
        ("a.jpg", b"", "image/jpeg", "EmptyFile"),
        ("film.jpg", None, "image/jpeg", "TooLarge"),
        ("film.mp4", b"x" * 100, "video/mp4", "Film"),
        ("drawing.svg", b"<svg onload='x'/>", "image/svg+xml", "NotAPhoto"),
        ("notes.txt", b"hello", "text/plain", "NotAPhoto"),
        ("a/b.jpg", b"x", "image/jpeg", "BadName"),
        ("a\x07.jpg", b"x", "image/jpeg", "BadName"),
        ("a\u202egpj.exe", b"x", "image/jpeg", "BadName"),
        ("x" * 1050 + ".jpg", b"x", "image/jpeg", "BadName"),
    ],
)
def test_a_bad_file_is_refused_in_words(
    browsers: Browsers, name: str, data: bytes | None, kind: str, code: str
) -> None:
    file = describe(name, data or b"", kind) | ({"size": 2_000_000_000} if data is None else {})
    good = describe("good.jpg", jpeg(RED))
    refused, sent = browsers.ask("begin", files=[file, good], **browsers.open_event())["files"]
    assert (refused["do"], refused["code"]) == ("refused", code)
    assert len(refused["message"]) > 10
    assert sent["do"] == "send", "the rest goes on"


def test_the_owner_lets_in_and_refuses_by_command(browsers: Browsers) -> None:
    guest, second = browsers.open_event(), browsers.open_event()
    browsers.send({"a.jpg": jpeg(RED), "b.jpg": jpeg(BLUE)}, name="Ann", **guest)
    browsers.send({"a.jpg": jpeg(GREEN)}, **second)
    browsers.arrive()
    waiting = WaitingPhotos(browsers.owner)
    found = waiting.read()
    assert sorted((one.file, one.name) for one in found) == [("a.jpg", ""), ("a.jpg", "Ann"), ("b.jpg", "Ann")]
    assert found == waiting.read(ALBUM)
    ann = next(one.sender for one in found if one.name)
    assert [one.name for one in waiting.find([f"{ALBUM}/a.jpg"], ann)] == ["Ann"]
    with pytest.raises(NothingWaitsError):
        waiting.find([f"{ALBUM}/"])  # it must not come to mean the whole set
    assert waiting.refuse(waiting.find([f"{ALBUM}/a.jpg"], ann)) == 1
    assert waiting.let_in(waiting.find([ALBUM, f"{ALBUM}/b.jpg"])) == 2, "each once"
    assert waiting.let_in(found) == 2, "what was refused stays so"
    for name in (ALBUM, "elsewhere", f"{ALBUM}/a.jpg"):
        with pytest.raises(NothingWaitsError, match="kinpics waiting list"):
            waiting.find([name])


def test_a_photo_whose_name_is_no_photos_gets_an_ending(aws: FakeAws, browsers: Browsers) -> None:
    guest = browsers.open_event(at_once=True)
    files = {"image": jpeg(RED), "run.exe": jpeg(BLUE), "IMG_1.PNG": jpeg(GREEN), "film.mp4": jpeg((9, 9, 9))}
    named = {"image.jpg", "run.exe.jpg", "IMG_1.PNG", "film.mp4.jpg"}
    assert {answer["do"] for answer in browsers.send(files, **guest)} == {"send"}
    browsers.arrive()
    assert {key.rpartition("/")[2] for key in aws.keys(aws.pics_bucket)} == named


@pytest.mark.parametrize(
    "data", [b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", b"just text", b"\0" * 99]
)
def test_what_is_no_photo_by_its_bytes_is_told_of_and_goes(aws: FakeAws, browsers: Browsers, data: bytes) -> None:
    guest = browsers.open_event(at_once=True)
    browsers.send({"liar.jpg": data}, **guest)
    browsers.arrive()
    (photo,) = browsers.ask("mine", **guest)["photos"]
    assert (photo["state"], photo["code"]) == ("failed", "NotAPhoto")
    assert "is not an image" in photo["message"]
    assert aws.keys(aws.pics_bucket) == browsers.incoming() == set()
    assert browsers.send({"liar.jpg": data}, **guest)[0]["do"] == "send", "it may be tried again"


def test_other_bytes_than_promised_do_not_come_in(aws: FakeAws, browsers: Browsers) -> None:
    guest = browsers.open_event(at_once=True)
    (answer,) = browsers.ask("begin", files=[describe("a.jpg", jpeg(RED))], **guest)["files"]
    aws.s3.put_object(Bucket=aws.incoming_bucket, Key=answer["post"]["fields"]["key"], Body=jpeg(GREEN))
    browsers.arrive()
    assert [(photo["state"], photo["code"]) for photo in browsers.ask("mine", **guest)["photos"]] == [
        ("failed", "OtherBytes")
    ]
    assert aws.keys(aws.pics_bucket) == set()


def test_a_refused_photo_is_gone_with_everything_and_not_wanted_again(aws: FakeAws, browsers: Browsers) -> None:
    guest = browsers.open_event()
    browsers.send({"secret name.jpg": jpeg(RED)}, name="Ana", **guest)
    browsers.arrive()
    browsers.owner("refuse", set=ALBUM, everything=True)
    browsers.arrive()
    assert browsers.incoming() == aws.keys(aws.pics_bucket) == set()
    (photo,) = browsers.ask("mine", **guest)["photos"]
    assert set(photo) == {"id", "at", "state"}
    assert photo["state"] == "refused"
    assert "Ana" not in json.dumps(aws.rows(aws.contributions_table), default=str)
    (again,) = browsers.send({"secret name.jpg": jpeg(RED)}, **guest)
    assert (again["do"], again["code"]) == ("refused", "NotWanted")


def test_a_shown_photo_that_is_taken_back_leaves_no_version(aws: FakeAws, browsers: Browsers) -> None:
    guest = browsers.open_event(at_once=True)
    browsers.send({"a.jpg": jpeg(RED)}, **guest)
    browsers.arrive()
    (photo,) = browsers.ask("mine", **guest)["photos"]
    stranger = {**guest, "guest": OTHER_GUEST}
    assert browsers.ask("take_back", ids=[photo["id"]], **stranger) == {"taken_back": []}
    assert browsers.ask("take_back", ids=[photo["id"]], **guest) == {"taken_back": [photo["id"]]}
    browsers.arrive()
    versions = aws.s3.list_object_versions(Bucket=aws.pics_bucket)
    assert not versions.get("Versions")
    assert not versions.get("DeleteMarkers")
    assert [row["id"] for row in aws.rows(aws.contributions_table)] == [photo["id"]]
    assert browsers.send({"a.jpg": jpeg(RED)}, **guest)[0]["do"] == "send", "one may think again"


def test_the_same_photo_from_five_guests_is_one_photo(aws: FakeAws, browsers: Browsers) -> None:
    event = browsers.open_event()
    guests = [{**event, "guest": f"{GUEST}{number}"} for number in range(5)]
    for number, guest in enumerate(guests):
        browsers.send({f"{number}.jpg": jpeg(RED)}, **guest)
    browsers.arrive()
    assert len(browsers.owner("let_in", set=ALBUM, everything=True)["let_in"]) == 5
    browsers.arrive()
    (key,) = aws.keys(aws.pics_bucket)
    assert {state for guest in guests for state in browsers.kept(**guest)} == {"shown"}
    for guest in guests[:4]:
        browsers.ask("take_back", ids=[browsers.ask("mine", **guest)["photos"][0]["id"]], **guest)
    browsers.arrive()
    assert aws.keys(aws.pics_bucket) == {key}, "the fifth guest's is still wanted"
    (last,) = browsers.ask("mine", **guests[4])["photos"]
    browsers.owner("refuse", set=ALBUM, ids=[last["id"]])
    browsers.arrive()
    assert aws.keys(aws.pics_bucket) == set()


def test_a_photo_the_owner_refuses_goes_whoever_else_sent_it(aws: FakeAws, browsers: Browsers) -> None:
    event = browsers.open_event(at_once=True)
    guests = [{**event, "guest": f"{GUEST}{number}"} for number in range(2)]
    answers = [browsers.ask("begin", files=[describe("a.jpg", jpeg(RED))], **guest)["files"][0] for guest in guests]
    for answer in answers:
        browsers.post(answer["post"], jpeg(RED))
    browsers.arrive()
    browsers.owner("refuse", set=ALBUM, ids=[answers[0]["id"]])
    browsers.arrive()
    assert [browsers.states(**guest) for guest in guests] == [["refused"], ["refused"]]
    assert aws.keys(aws.pics_bucket) == set()


def test_the_owners_own_photo_stays_when_a_guest_takes_the_same_back(aws: FakeAws, browsers: Browsers) -> None:
    data = jpeg(RED)
    guest = browsers.open_event()
    browsers.send({"a.jpg": data}, **guest)
    browsers.arrive()
    digest = hashlib.sha256(data).hexdigest()
    aws.s3.put_object(
        Bucket=aws.pics_bucket, Key=f"photos/{ALBUM}/a.jpg", Body=data, Metadata={SHA256_METADATA: digest}
    )
    browsers.owner("let_in", set=ALBUM, everything=True)
    browsers.arrive()
    (photo,) = browsers.ask("mine", **guest)["photos"]
    assert photo["state"] == "there"
    assert browsers.ask("take_back", ids=[photo["id"]], **guest) == {"taken_back": []}
    browsers.arrive()
    assert aws.keys(aws.pics_bucket) == {f"photos/{ALBUM}/a.jpg"}


def test_what_is_taken_back_while_it_arrives_does_not_stay(aws: FakeAws, browsers: Browsers) -> None:
    guest = browsers.open_event(at_once=True)
    (answer,) = browsers.send({"a.jpg": jpeg(RED)}, **guest)
    arrivals = aws.arrivals.arrivals
    move = Contributions.move

    def taken_back_first(table: Contributions, row: Any, state: str, *rest: Any, **more: Any) -> bool:
        if state == SHOWN:
            browsers.ask("take_back", ids=[row.id], **guest)
        return move(table, row, state, *rest, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Contributions, "move", taken_back_first)
        arrivals.arrive([answer["post"]["fields"]["key"]])
    browsers.arrive()
    assert aws.keys(aws.pics_bucket) == browsers.incoming() == set()
    assert browsers.states(**guest) == ["taken_back"]


def test_an_event_that_closes_takes_what_was_begun(aws: FakeAws, browsers: Browsers) -> None:
    guest = browsers.open_event(closes_at=int(aws.now) + 60)
    answers = browsers.send({"a.jpg": jpeg(RED)}, **guest)
    aws.now += 61
    closed = browsers.call("begin", files=[describe("b.jpg", jpeg(GREEN))], **guest)
    assert (closed["statusCode"], closed["err"]["code"]) == (403, "EventClosed")
    browsers.arrive()
    assert browsers.states(**guest) == ["waiting"]
    assert browsers.ask("take_back", ids=[answers[0]["id"]], **guest)["taken_back"], "also after the end"


def test_an_event_that_is_ended_while_photos_come_says_so(aws: FakeAws, browsers: Browsers) -> None:
    guest = browsers.open_event()
    browsers.send({"a.jpg": jpeg(RED)}, **guest)
    browsers.events.remove_event(event_id(guest["event"]))
    browsers.arrive()
    (row,) = aws.rows(aws.contributions_table)
    assert (row["state"], row["code"]) == ("failed", "EventClosed")
    assert browsers.incoming() == set()
    for action, fields in (("mine", guest), ("event", {"event": guest["event"]})):
        gone = browsers.call(action, **fields)
        assert (gone["statusCode"], gone["err"]["code"]) == (404, "NoEvent")


def test_a_page_learns_what_an_event_is(aws: FakeAws, browsers: Browsers) -> None:
    guest = browsers.open_event(title="Our day", closes_at=int(aws.now) + 60, limits={"guest_files": 7})
    shown = browsers.ask("event", event=guest["event"])
    assert shown == {
        "set": ALBUM,
        "title": "Our day",
        "at_once": False,
        "closes_at": int(aws.now) + 60,
        "is_open": True,
        "limits": {"guest_files": 7, "guest_bytes": 2_000_000_000},
        "is_public": True,
    }
    browsers.access.put_audience(ALBUM, "members")
    assert browsers.ask("event", event=guest["event"])["is_public"] is False
    aws.now += 61
    assert browsers.ask("event", event=guest["event"])["is_open"] is False


def test_a_contributor_adds_to_the_sets_that_are_open(aws: FakeAws, browsers: Browsers) -> None:
    aws.writer.describe_set(ALBUM, {"title": "Wedding"}, "2027-01-15T08:00:00+00:00")
    shown = browsers.pass_of(sets=[ALBUM, "nowhere"])
    browsers.send({"a.jpg": jpeg(RED)}, set=ALBUM, **shown)
    browsers.arrive()
    assert browsers.kept(set=ALBUM, **shown) == ["shown"], "a contributor's photos don't wait"
    files = [describe("b.jpg", jpeg(GREEN))]
    for set_name, status, code in (("other", 403, "NotAllowed"), ("nowhere", 404, "NoSet"), ("../x", 400, "BadName")):
        refused = browsers.call("begin", files=files, set=set_name, **shown)
        assert (refused["statusCode"], refused["err"]["code"]) == (status, code)


def test_who_is_no_contributor_adds_nothing(aws: FakeAws, browsers: Browsers) -> None:
    files = [describe("b.jpg", jpeg(GREEN))]
    good = browsers.pass_of()
    browsers.pass_of("c" * 32, may_add=False)
    forged = {"pass": good["pass"][:-1] + ("0" if good["pass"][-1] != "0" else "1")}
    for credentials in (
        {"pass": browsers.write_pass("c" * 32)},
        {"pass": browsers.write_pass("d" * 32)},
        {"pass": browsers.write_pass(MEMBER, seconds=0)},
        {"pass": "x"},
        forged,
        {"event": new_secret(), "guest": GUEST},
        {"event": "cut in half", "guest": GUEST},
        {},
    ):
        for action in ("begin", "mine", "take_back"):
            fields = {"begin": {"files": files}, "mine": {}, "take_back": {"ids": [f"owner.{'0' * 64}"]}}[action]
            answer = browsers.call(action, set=ALBUM, **fields, **credentials)
            assert answer["statusCode"] in (400, 403, 404), (credentials, answer)
    assert aws.rows(aws.contributions_table) == []


def test_a_member_who_is_removed_while_sending_is_told(aws: FakeAws, browsers: Browsers) -> None:
    aws.writer.describe_set(ALBUM, {"title": "Wedding"}, "2027-01-15T08:00:00+00:00")
    browsers.send({"a.jpg": jpeg(RED)}, set=ALBUM, **browsers.pass_of())
    browsers.access.remove_member(MEMBER)
    browsers.arrive()
    (row,) = aws.rows(aws.contributions_table)
    assert (row["state"], row["code"]) == ("failed", "NotAllowed")
    assert aws.keys(aws.pics_bucket) == set()


def test_only_the_owner_and_an_events_helpers_decide(aws: FakeAws, browsers: Browsers) -> None:
    guest = browsers.open_event(helpers=[HELPER])
    browsers.send({"a.jpg": jpeg(RED)}, **guest)
    browsers.arrive()
    contributor = browsers.pass_of()
    for credentials in ({"event": guest["event"]}, guest, {"event": guest["event"], **contributor}):
        for action in ("waiting", "let_in", "refuse"):
            answer = browsers.call(action, **({} if action == "waiting" else {"everything": True}), **credentials)
            assert (answer["statusCode"], answer["err"]["code"]) == (403, "NotAllowed")
    helper = {"event": guest["event"], **browsers.pass_of(HELPER)}
    (photo,) = browsers.ask("waiting", **helper)["photos"]
    assert browsers.ask("let_in", ids=[photo["id"]], set="other", **helper) == {"let_in": [photo["id"]]}
    browsers.arrive()
    assert browsers.kept(**guest) == ["shown"]


def test_a_helper_decides_about_guests_photos_alone(aws: FakeAws, browsers: Browsers) -> None:
    aws.writer.describe_set(ALBUM, {"title": "Wedding"}, "2027-01-15T08:00:00+00:00")
    guest = browsers.open_event(helpers=[HELPER])
    browsers.send({"a.jpg": jpeg(RED)}, browsers.owner, set=ALBUM)
    browsers.send({"b.jpg": jpeg(BLUE)}, set=ALBUM, **browsers.pass_of())
    browsers.arrive()
    shown = aws.keys(aws.pics_bucket)
    assert len(shown) == 2
    # Their ids are no secret: the photos' rows have their digests, and whoever is invited knows their own member id.
    digests = [hashlib.sha256(jpeg(color)).hexdigest() for color in (RED, BLUE)]
    ids = [f"{who}.{digest}" for who, digest in zip(("owner", f"m{MEMBER}"), digests, strict=True)]
    helper = {"event": guest["event"], **browsers.pass_of(HELPER)}
    assert browsers.ask("refuse", ids=ids, **helper) == {"refused": []}
    browsers.arrive()
    assert aws.keys(aws.pics_bucket) == shown
    assert browsers.owner("refuse", set=ALBUM, ids=ids) == {"refused": ids}


def test_the_owners_own_photos_neither_wait_nor_count(aws: FakeAws, browsers: Browsers) -> None:
    aws.daily_uploads = 0
    browsers.send({"a.jpg": jpeg(RED)}, browsers.owner, set="a new set")
    browsers.arrive()
    assert aws.keys(aws.pics_bucket) == {"photos/a new set/a.jpg"}
    assert aws.rows(aws.ledger_table) == []


def test_whoever_sent_a_batch_is_let_in_as_one(aws: FakeAws, browsers: Browsers) -> None:
    event = browsers.open_event()
    for number in range(2):
        guest = {**event, "guest": f"{GUEST}{number}"}
        browsers.send({f"{color}.jpg": jpeg(RED, size=(90 + color, 80 + number)) for color in range(3)}, **guest)
    browsers.arrive()
    first = browsers.owner("waiting", set=ALBUM, limit=4)
    assert len(first["photos"]) == 4
    rest = browsers.owner("waiting", set=ALBUM, limit=4, after=first["after"])
    assert len({photo["id"] for photo in first["photos"] + rest["photos"]}) == 6
    who = first["photos"][0]["who"]
    assert len(browsers.owner("let_in", set=ALBUM, all_of=who)["let_in"]) == 3
    browsers.arrive()
    assert {photo["who"] for photo in browsers.owner("waiting", set=ALBUM)["photos"]} != {who}
    assert len(aws.keys(aws.pics_bucket)) == 3


@pytest.mark.parametrize(
    ("limits", "daily", "code"),
    [
        ({"guest_files": 2}, 1000, "TooManyFiles"),
        ({"files": 2}, 1000, "TooManyFiles"),
        ({"guest_bytes": 25_000}, 1000, "TooManyBytes"),
        ({"bytes": 25_000}, 1000, "TooManyBytes"),
        ({}, 2, "TooManyFiles"),
    ],
)
def test_what_goes_beyond_a_days_limits_is_refused_before_it_is_sent(
    aws: FakeAws, browsers: Browsers, limits: dict[str, int], daily: int, code: str
) -> None:
    aws.daily_uploads = daily
    guest = browsers.open_event(limits=limits)
    files = [{**describe(f"{number}.jpg", bytes([number])), "size": 10_000} for number in range(5)]
    answers = browsers.ask("begin", files=files, **guest)["files"]
    assert [answer["do"] for answer in answers] == ["send"] * 2 + ["refused"] * 3
    assert {answer["code"] for answer in answers[2:]} == {code}
    assert "a day" in answers[2]["message"]
    assert answers[2]["until"] == "2027-01-16T00:00:00+00:00"
    before = aws.rows(aws.ledger_table)
    assert [answer["do"] for answer in browsers.ask("begin", files=files, **guest)["files"]][2:] == ["refused"] * 3
    assert aws.rows(aws.ledger_table) == before, "a refused file counts nothing"
    aws.now += 86_400
    assert [answer["do"] for answer in browsers.ask("begin", files=files[2:4], **guest)["files"]] == ["send"] * 2


def test_hundreds_of_guests_who_begin_cost_few_calls_each(aws: FakeAws, browsers: Browsers) -> None:
    guest = browsers.open_event()
    browsers.ask("event", event=guest["event"])
    made: list[str] = []
    events = aws.dynamodb.meta.events
    note = lambda model, **_: made.append(model.name)  # noqa: E731
    events.register("before-call.dynamodb.*", note)
    try:
        files = [describe(f"{number}.jpg", bytes([number])) for number in range(5)]
        assert {one["do"] for one in browsers.ask("begin", files=files, **guest)["files"]} == {"send"}
    finally:
        events.unregister("before-call.dynamodb.*", note)
    # The event; what is known of the photos; who may see the album, kept for five seconds; its photos; the day.
    reads = ["GetItem", "BatchGetItem", "Query", "BatchGetItem", "BatchGetItem"]
    assert made == [*reads, *["UpdateItem"] * 3, *["PutItem"] * 5]


def test_what_a_busy_table_has_no_room_for_is_not_counted(aws: FakeAws, browsers: Browsers) -> None:
    guest = browsers.open_event(limits={"guest_files": 5})
    files = [describe(f"{number}.jpg", bytes([number])) for number in range(5)]
    busy = Busy(aws, tables=[aws.contributions_table], after=2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uploads_module, "_uploads", lambda: busy.uploads)
        refused = browsers.call("begin", files=files, **guest)
    assert (refused["statusCode"], refused["err"]["code"]) == (429, "TooManyRequests")
    assert {int(row["calls"]) for row in aws.rows(aws.ledger_table)} == {2}, "those that are begun"
    assert {answer["do"] for answer in browsers.ask("begin", files=files, **guest)["files"]} == {"send"}
    assert {int(row["calls"]) for row in aws.rows(aws.ledger_table)} == {5}


def test_a_ledger_too_busy_for_one_count_has_counted_none(aws: FakeAws, browsers: Browsers) -> None:
    guest = browsers.open_event()
    busy = Busy(aws, tables=[aws.ledger_table], after=2, times=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uploads_module, "_uploads", lambda: busy.uploads)
        assert browsers.call("begin", files=[describe("a.jpg", b"a")], **guest)["err"]["code"] == "TooManyRequests"
    assert {int(row["calls"]) for row in aws.rows(aws.ledger_table)} == {0}


class Busy:
    """An uploads function whose tables take so many writes, then refuse some for their maximum."""

    def __init__(self, aws: FakeAws, tables: list[str], after: int, times: int = 100):
        self._client, self._tables, self._after, self._times = aws.dynamodb, tables, after, times
        self._lock = threading.Lock()
        uploads = aws.arrivals.uploads
        beginning = replace(
            uploads.beginning,
            contributions=replace(uploads.beginning.contributions, client=self),
            counts=replace(uploads.beginning.counts, client=self),
        )
        self.uploads = replace(uploads, beginning=beginning)

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._client, name)
        if name not in ("put_item", "update_item"):
            return real

        def call(**arguments: Any) -> Any:
            with self._lock:
                self._after -= arguments["TableName"] in self._tables
                if self._after < 0 and self._times and arguments["TableName"] in self._tables:
                    self._times -= 1
                    raise ClientError({"Error": {"Code": "ThrottlingException"}}, "PutItem")
            return real(**arguments)

        return call


def test_a_guest_takes_no_more_than_the_page_of_costs_counts(aws: FakeAws, browsers: Browsers) -> None:
    event = browsers.open_event()
    units: dict[tuple[str, str], float] = {}

    def count(params: dict[str, Any], model: Any, **_: Any) -> None:
        name = model.name
        if name == "BatchGetItem":
            for table, wanted in params["RequestItems"].items():
                keys = len(wanted["Keys"]) * (1 if wanted.get("ConsistentRead") else 0.5)
                units["reads", table] = units.get(("reads", table), 0) + keys
            return
        kind = "reads" if name in ("GetItem", "Query") else "writes"
        size = 0.5 if kind == "reads" and not params.get("ConsistentRead") else 1
        units[kind, params["TableName"]] = units.get((kind, params["TableName"]), 0) + size

    def taken(work: Callable[[], Any]) -> dict[tuple[str, str], float]:
        units.clear()
        events = aws.dynamodb.meta.events
        events.register("provide-client-params.dynamodb.*", count)
        try:
            work()
        finally:
            events.unregister("provide-client-params.dynamodb.*", count)
        return dict(units)

    access, contributions, ledger = aws.access_table, aws.contributions_table, aws.ledger_table
    photos = {f"{number}.jpg": jpeg(RED, size=(100 + number, 90)) for number in range(5)}
    opened = taken(lambda: browsers.ask("event", event=event["event"]))
    assert opened["reads", access] <= crowd.ACCESS_READS_A_CALL
    begun = taken(lambda: browsers.send(photos, **event))
    assert begun["reads", access] <= crowd.ACCESS_READS_A_CALL
    assert begun["writes", ledger] == crowd.LEDGER_WRITES_A_CALL
    ids = [row["id"] for row in aws.rows(contributions)]
    looked = taken(lambda: browsers.ask("mine", ids=ids, **event))
    assert looked == {("reads", access): 1, ("reads", contributions): crowd.READS_A_LOOK}
    arrived = taken(browsers.arrive)
    both = begun["reads", contributions] + arrived["reads", contributions]
    assert both <= len(photos) * crowd.READS_A_PHOTO
    assert begun["writes", contributions] + arrived["writes", contributions] == len(photos) * crowd.WRITES_TO_WAIT
    decided = taken(lambda: (browsers.owner("let_in", set=ALBUM, ids=ids), browsers.arrive()))
    assert decided["writes", contributions] == len(photos) * crowd.WRITES_TO_SHOW


def test_the_usual_limits_let_the_crowd_in_that_the_page_of_costs_tells_of() -> None:
    told = Crowd(500, 5)
    daily = int(load_defaults()["DailyUploads"])
    for allowance in allowances(Sender("g", ALBUM, event=EventRow(id="e", set_name=ALBUM)), daily):
        photos = told.photos_each if allowance.says == "you can add" else told.photos
        assert photos <= allowance.files
        assert photos * told.photo_mb * 1e6 <= allowance.bytes


def test_a_guest_of_hundreds_of_photos_learns_of_those_asked_for(browsers: Browsers) -> None:
    guest = browsers.open_event()
    files = [describe(f"{number}.jpg", bytes([number])) for number in range(45)]
    ids = [answer["id"] for answer in browsers.ask("begin", files=files, **guest)["files"]]
    for wanted in (ids[:3], ids[40:], [*ids[:2], ids[44]], ids):
        found = browsers.ask("mine", ids=wanted, **guest)["photos"]
        assert sorted(photo["id"] for photo in found) == sorted(wanted)
    stranger = {**guest, "guest": OTHER_GUEST}
    assert browsers.ask("mine", ids=ids[:3], **stranger)["photos"] == []


def test_the_projector_learns_who_added_a_photo(aws: FakeAws, browsers: Browsers) -> None:
    event = browsers.open_event(at_once=True)
    ann, ben = ({**event, "guest": guest} for guest in (GUEST, OTHER_GUEST))
    browsers.send({"a.jpg": jpeg(RED), "b.jpg": jpeg(GREEN)}, name="Ann", **ann)
    browsers.send({"c.jpg": jpeg(BLUE)}, **ben)
    browsers.send({"own.jpg": jpeg(BLUE, size=(90, 90))}, browsers.owner, set=ALBUM)
    browsers.arrive()
    process(aws, "a.jpg", "b.jpg", "c.jpg", "own.jpg")
    shown = ["a.jpg", "b.jpg", "c.jpg", "own.jpg", "never.jpg"]
    by = browsers.ask("added", event=event["event"], shown=shown)["by"]
    assert sorted(by, key=lambda one: one["name"]) == [{"name": "", "photos": 1}, {"name": "Ann", "photos": 2}]
    for wrong in ([], ["a"] * 31, [""], "a.jpg", [1]):
        assert browsers.call("added", event=event["event"], shown=wrong)["err"]["code"] == "InvalidParameter"
    assert browsers.call("added", event=new_secret(), shown=shown)["err"]["code"] == "NoEvent"


def test_what_browsers_cant_show_waits_with_a_jpeg_of_it(aws: FakeAws, browsers: Browsers) -> None:
    guest, heic = browsers.open_event(), picture(RED, kind="HEIF")
    browsers.send({"a.heic": heic, "b.jpg": jpeg(RED)}, **guest)
    keys = sorted(key for key in browsers.incoming() if key.startswith("incoming/"))
    body = json.dumps({"Records": [{"s3": {"object": {"key": key}}} for key in keys]})
    (photo,) = arrivals_module.handler({"message": body}, LambdaContext())["looks"]
    assert arrivals_module.handler({"message": body}, LambdaContext()) == {}, "done already"
    WaitingLooks(aws.s3).make(aws.incoming_bucket, photo)
    look = aws.s3.get_object(Bucket=aws.incoming_bucket, Key=f"looks/{photo}")
    assert look["ContentType"] == "image/jpeg"
    with Image.open(look["Body"]) as shown:
        assert shown.format == "JPEG"
    assert [key.partition("/")[0] for key in sorted(browsers.incoming())] == ["looks", "waiting", "waiting"]
    shown_to_owner = browsers.owner("waiting", set=ALBUM)["photos"]
    assert any(f"/looks/{photo.rpartition('.')[0]}" in each["look_jpeg"] for each in shown_to_owner)
    browsers.owner("let_in", set=ALBUM, everything=True)
    browsers.arrive()
    assert browsers.incoming() == set()
    WaitingLooks(aws.s3).make(aws.incoming_bucket, photo)
    assert browsers.incoming() == set(), "no look is left of what waits no more"


def test_one_guest_uses_up_nobody_elses_limit(browsers: Browsers) -> None:
    event = browsers.open_event(limits={"guest_files": 1})
    for guest in (GUEST, OTHER_GUEST):
        files = [describe(f"{number}.jpg", bytes([number])) for number in range(2)]
        answers = browsers.ask("begin", files=files, **{**event, "guest": guest})["files"]
        assert [answer["do"] for answer in answers] == ["send", "refused"]


@pytest.mark.parametrize(("limits", "daily"), [({"files": 3}, 1000), ({"bytes": 35_000}, 1000), ({}, 3)])
def test_who_calls_themselves_another_guest_each_time_meets_the_albums_and_the_sites_limit(
    aws: FakeAws, browsers: Browsers, limits: dict[str, int], daily: int
) -> None:
    aws.daily_uploads = daily
    event = {"event": browsers.open_event(limits=limits)["event"]}
    answers = []
    for number in range(6):
        file = {**describe(f"{number}.jpg", bytes([number])), "size": 10_000}
        answers += browsers.ask("begin", files=[file], guest=f"guest-number-{number}-0000000", **event)["files"]
    assert [answer["do"] for answer in answers] == ["send"] * 3 + ["refused"] * 3


def test_a_thousand_files_of_one_guest_are_too_many(aws: FakeAws, browsers: Browsers) -> None:
    guest = browsers.open_event()
    sent = 0
    for batch in range(20):
        files = [describe(f"{batch}-{number}.jpg", f"{batch}-{number}".encode()) for number in range(50)]
        sent += sum(answer["do"] == "send" for answer in browsers.ask("begin", files=files, **guest)["files"])
    assert sent == 200
    assert len(aws.rows(aws.contributions_table)) == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"files": []},
        {"files": [describe("a.jpg", b"x")] * 51},
        {"files": "a"},
        {"files": [{"name": "a"}]},
        {"files": [{**describe("a", b"x"), "size": True}]},
        {"files": [{**describe("a", b"x"), "size": -1}]},
        {"files": [{**describe("a", b"x"), "sha256": "X" * 64}]},
        {"files": [{**describe("a", b"x"), "more": 1}]},
        {"files": [describe("a.jpg", b"x")], "name": "x" * 41},
        {"files": [describe("a.jpg", b"x")], "guest": "short"},
        {"files": [describe("a.jpg", b"x")], "is_owner": True},
    ],
)
def test_a_call_that_makes_no_sense_is_refused(browsers: Browsers, fields: dict[str, Any]) -> None:
    answer = browsers.call("begin", **{**browsers.open_event(), **fields})
    assert answer["statusCode"] == 400
    assert answer["err"]["code"] in ("InvalidRequest", "InvalidParameter")


def test_a_photo_chosen_twice_is_sent_once(browsers: Browsers) -> None:
    files = [describe("a.jpg", b"x"), describe("b.jpg", b"x")]
    first, second = browsers.ask("begin", files=files, **browsers.open_event())["files"]
    assert (first["do"], second["code"]) == ("send", "Twice")


def test_a_row_that_moved_on_is_not_begun_again(aws: FakeAws, browsers: Browsers) -> None:
    guest = browsers.open_event()
    browsers.send({"a.jpg": jpeg(RED)}, **guest)
    (row,) = [
        aws.arrivals.arrivals.contributions.get(item["set_name"], item["id"]) for item in aws.rows("contributions")
    ]
    assert row is not None
    assert row.state == BEGUN
    browsers.arrive()
    aws.arrivals.arrivals.contributions.begin([row])
    assert browsers.states(**guest) == ["waiting"]


@pytest.mark.parametrize("body", ["{", '"x"', "[]", '{"Records": [{}]}'])
def test_what_fails_is_told_to_whoever_handed_it_on(
    browsers: Browsers, capsys: pytest.CaptureFixture, body: str
) -> None:
    with pytest.raises(ArrivalFailedError):
        take(body)
    logged = capsys.readouterr().out
    assert "UnreadableMessageError" in logged
    assert "Records" not in logged, "what is logged has no values"


def test_no_larger_file_comes_than_can_be_processed() -> None:
    assert MAX_FILE_BYTES <= MOST_OF_PROCESS
    assert picture(RED)
