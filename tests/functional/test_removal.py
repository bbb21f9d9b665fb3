"""Removal requests: what a visitor asks the removal function, and what comes of it."""

import contextlib
import io
import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from support import GREEN, RED, FakeAws, LambdaContext, picture

from functions.keys import FORGOTTEN_PREFIX, image_path
from functions.manage.forgetting_people import FaceOnSite, side_by_side
from functions.pace import Pace
from functions.removal import handler as handler_module
from functions.removal.removal_request import parse_call
from functions.removal.requests_table import MAX_DAILY_REQUESTS, MAX_VISITOR_DAILY_REQUESTS, RemovalRequests
from functions.visitor_calls import RequestError
from functions.visitor_rows import MAX_REQUEST_FACES, MAX_REQUEST_MESSAGE, RemovalRequest
from scripts.commands.people import people as commands
from scripts.deployment.migration import migrate
from scripts.people.removal_requests import list_requests

NOBODY = "00000000-0000-0000-0000-000000000000"
VISITOR = "us-east-1:11111111-1111-1111-1111-111111111111"
HOUR, DAY = 3_600, 86_400


@pytest.fixture
def face(aws: FakeAws) -> str:
    """A face of the album."""
    path = image_path("set", "a.png")
    aws.put(path.key, picture(RED))
    aws.photo_sync.sync(aws.pics_bucket, path, owner="message", seconds=60)
    photo = aws.photos.get_photo(path)
    assert photo is not None
    return next(iter(photo.face_ids))


@pytest.fixture
def call(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict]:
    ledger = replace(aws.ledger, patience=0.05)
    requests = RemovalRequests(
        aws.dynamodb, aws.requests_table, aws.faces, ledger, aws.access, aws.images, lambda: aws.now
    )
    monkeypatch.setattr(handler_module, "_requests", lambda: requests)
    monkeypatch.setattr(handler_module, "_pace", Pace(sleep=lambda seconds: None))

    def invoke(visitor: str | None = VISITOR, **event: Any) -> dict:
        return handler_module.handler(event, LambdaContext(identity=SimpleNamespace(cognito_identity_id=visitor)))

    return invoke


def test_a_visitor_asks_sees_the_request_and_withdraws_it(aws: FakeAws, face: str, call: Callable[..., dict]) -> None:
    asked = call(action="ask", face_ids=[face, NOBODY, face], message=" Call me:\n\x1b[2J+1 \u202e555 ")
    assert asked["output"] == {
        "made_at": "2027-01-15T08:00:00+00:00",
        "face_ids": [face],
        "message": "Call me:\n[2J+1 555",
    }
    assert call(action="status") == asked
    assert call("another", action="status")["output"] is None
    assert call("another", action="withdraw")["output"] is None
    assert call(action="status") == asked
    assert call(action="withdraw")["output"] is None
    assert aws.rows(aws.requests_table) == []


def test_a_new_request_replaces_the_old_one(aws: FakeAws, face: str, call: Callable[..., dict]) -> None:
    call(action="ask", face_ids=[face], message="first")
    aws.now += 60
    second = call(action="ask", face_ids=[face])["output"]
    (row,) = aws.rows(aws.requests_table)
    assert row["made_at"] == second["made_at"]
    assert "message" not in row


def test_a_request_goes_by_itself_after_a_year(aws: FakeAws, face: str, call: Callable[..., dict]) -> None:
    call(action="ask", face_ids=[face])
    aws.now += 366 * 86_400
    assert call(action="status")["output"] is None


def test_nobody_can_fill_the_table(aws: FakeAws, face: str, call: Callable[..., dict]) -> None:
    aws.now = aws.now // DAY * DAY + 23 * HOUR
    answers = [call(f"visitor {n}", action="ask", face_ids=[face]) for n in range(MAX_DAILY_REQUESTS + 1)]
    assert {answer["statusCode"] for answer in answers[:-1]} == {200}
    assert answers[-1]["err"]["code"] == "TooManyRemovalRequests"
    assert len(aws.rows(aws.requests_table)) == MAX_DAILY_REQUESTS
    assert call("visitor 1", action="withdraw")["statusCode"] == 200, "what was asked can be taken back"
    aws.now += DAY
    assert call(action="ask", face_ids=[face])["statusCode"] == 200


def test_unknown_faces_take_nothing_from_others(aws: FakeAws, face: str, call: Callable[..., dict]) -> None:
    for number in range(MAX_DAILY_REQUESTS + 1):
        assert call(f"throw-away {number}", action="ask", face_ids=[NOBODY])["err"]["code"] == "FaceNotFound"
    assert not [row for row in aws.rows(aws.ledger_table) if row["entry"].startswith("calls/removal/")]
    assert call(action="ask", face_ids=[face])["statusCode"] == 200


def test_throw_away_identities_do_not_use_up_the_day(aws: FakeAws, face: str, call: Callable[..., dict]) -> None:
    aws.now = aws.now // DAY * DAY + HOUR / 2
    made = 0
    while (answer := call(f"throw-away {made}", action="ask", face_ids=[face]))["statusCode"] == 200:
        made += 1
    assert made < MAX_DAILY_REQUESTS / 3
    until = datetime.fromisoformat(answer["err"]["until"]).timestamp()
    assert until == aws.now + HOUR / 2
    aws.now = until
    assert call(action="ask", face_ids=[face])["statusCode"] == 200


def test_a_visitor_replaces_a_request_a_few_times_a_day(aws: FakeAws, face: str, call: Callable[..., dict]) -> None:
    for _ in range(MAX_VISITOR_DAILY_REQUESTS):
        assert call(action="ask", face_ids=[face], message="kept")["statusCode"] == 200
    refused = call(action="ask", face_ids=[face])["err"]
    assert refused["code"] == "TooManyRemovalRequests"
    midnight = (aws.now // DAY + 1) * DAY
    assert datetime.fromisoformat(refused["until"]).timestamp() == midnight
    assert call(action="status")["output"]["message"] == "kept"
    assert call("another", action="ask", face_ids=[face])["statusCode"] == 200
    aws.now = midnight
    assert call(action="ask", face_ids=[face])["statusCode"] == 200


def test_only_faces_of_photos_can_be_named(aws: FakeAws, face: str, call: Callable[..., dict]) -> None:
    """A face by which a forgotten person is known is answered for as one that never was."""
    found = aws.faces.index(f"{FORGOTTEN_PREFIX}1", {"Bytes": picture(GREEN, size=(100, 100))})
    reference = found["FaceRecords"][0]["Face"]["FaceId"]
    unknown = call(action="ask", face_ids=[NOBODY])
    assert unknown["err"]["code"] == "FaceNotFound"
    assert call(action="ask", face_ids=[reference]) == unknown
    assert call(action="ask", face_ids=[reference, face])["output"]["face_ids"] == [face]


def test_only_a_visitor_has_a_request(aws: FakeAws, face: str, call: Callable[..., dict]) -> None:
    assert call(None, action="ask", face_ids=[face])["err"]["code"] == "NoVisitor"
    assert handler_module.handler({"action": "status"}, LambdaContext())["err"]["code"] == "NoVisitor"


BAD = [
    None,
    [],
    {},
    {"action": "list"},
    {"action": ["ask"]},
    {"action": "status", "face_ids": [NOBODY]},
    {"action": "ask"},
    {"action": "ask", "face_ids": NOBODY},
    {"action": "ask", "face_ids": []},
    {"action": "ask", "face_ids": [NOBODY] * (MAX_REQUEST_FACES + 1)},
    {"action": "ask", "face_ids": [NOBODY.replace("0", "A")]},
    {"action": "ask", "face_ids": [{}]},
    {"action": "ask", "face_ids": [NOBODY], "message": "x" * (MAX_REQUEST_MESSAGE + 1)},
    {"action": "ask", "face_ids": [NOBODY], "message": None},
    {"action": "ask", "face_ids": [NOBODY], "identity_id": "another"},
]


@pytest.mark.parametrize("event", BAD, ids=str)
def test_a_malformed_request_is_refused(event: Any) -> None:
    with pytest.raises(RequestError) as refused:
        parse_call(event)
    assert refused.value.status == 400


# Half surrogate pairs too, which JSON can say and no answer can.
TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
NAMES = st.sampled_from(["action", "face_ids", "message", "x", "\ud800"]) | TEXT
ANYTHING = st.recursive(
    st.none() | st.floats() | TEXT | st.sampled_from(["ask", NOBODY]),
    lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner),
)


@given(ANYTHING)
def test_nothing_but_a_call_or_a_refusal_comes_of_any_event(event: Any) -> None:
    try:
        parse_call(event).message.encode()
    except RequestError as error:
        str(error).encode()


def test_a_refusal_can_be_answered_whatever_the_field_is_called() -> None:
    with pytest.raises(RequestError) as refused:
        parse_call({"action": "status", "\ud800\u202e": 1})
    assert str(refused.value).isascii()


def test_what_the_first_release_kept_is_taken_over_once(aws: FakeAws, face: str, call: Callable[..., dict]) -> None:
    old = {"kind": "forget", "made_at": "2026-11-21T10:00:00Z", "expires_at": 2_000_000_000}
    rows = [
        {"identity_id": "good", **old, "face_ids": [face]},
        {
            "identity_id": "odd",
            **old,
            "face_ids": ["../x", 7, face],
            "made_at": "\x1b[2J",
            "expires_at": {},
            "more": "x",
        },
        {"identity_id": "empty", **old, "face_ids": "x"},
        {"identity_id": VISITOR, **old, "face_ids": [NOBODY]},
        {"identity_id": "good", "kind": "lookalike", "people": []},
    ]
    for row in rows:
        aws.dynamodb.put_item(TableName=aws.matches_table, Item=row)
    aws.now = time.time()
    newer = call(action="ask", face_ids=[face])["output"]
    stack: Any = SimpleNamespace(
        outputs=aws.outputs,
        dynamodb=aws.dynamodb,
        s3=aws.s3,
        sqs=aws.sqs,
        ledger=aws.ledger,
        forgotten=aws.photo_sync.forgotten,
        faces=aws.faces,
        images=aws.images,
    )
    migrate(stack)
    found = {request.identity_id: request for request in list_requests(stack)}
    assert found.keys() == {"good", "odd", VISITOR}
    assert found["good"].made_at == "2026-11-21T10:00:00Z"
    assert found[VISITOR].made_at == newer["made_at"]
    assert found["odd"].face_ids == [face]
    assert found["odd"].made_at[:2] == "20"
    assert all(request.expires_at > aws.now for request in found.values())
    assert [row["kind"] for row in aws.rows(aws.matches_table)] == ["lookalike"]


def test_faces_of_one_photo_are_reported_as_several_people() -> None:
    """Anybody may name anybody's faces in one request."""
    paths = [image_path("set", name) for name in ("a.png", "b.png", "a.png", "c.png", "a.png")]
    named = [FaceOnSite({"FaceId": str(number)}, path) for number, path in enumerate(paths)]
    assert side_by_side(named) == {paths[0]: 3}
    assert side_by_side(named[:2]) == {}


@pytest.fixture
def owner(aws: FakeAws) -> Callable[..., Result]:
    """The owner's `kinpics people`; open are requests "one" and "two", and then "several", for both their faces."""
    path = image_path("set", "both.png")
    aws.put(path.key, picture(RED, GREEN))
    aws.photo_sync.sync(aws.pics_bucket, path, owner="both", seconds=60)
    photo = aws.photos.get_photo(path)
    assert photo is not None
    both = sorted(photo.face_ids)
    for name, made_at, face_ids in (("one", 1, both[:1]), ("two", 2, both[1:]), ("several", 3, both)):
        request = RemovalRequest(
            identity_id=name, made_at=f"2027-01-0{made_at}", expires_at=4_000_000_000, face_ids=face_ids
        )
        aws.dynamodb.put_item(TableName=aws.requests_table, Item=request.to_item())
    stack = SimpleNamespace(
        outputs=aws.outputs,
        dynamodb=aws.dynamodb,
        s3=aws.s3,
        sqs=aws.sqs,
        ledger=aws.ledger,
        forgotten=aws.photo_sync.forgotten,
        faces=aws.faces,
        photos=aws.photos,
        access=aws.access,
        images=aws.images,
        site_address=lambda path: path,
    )
    return lambda *arguments, answer=None: CliRunner().invoke(
        commands, arguments, input=answer, obj=SimpleNamespace(stack=stack)
    )


def open_requests(aws: FakeAws) -> set[str]:
    return {row["identity_id"] for row in aws.rows(aws.requests_table)}


def test_a_request_that_names_several_people_carries_a_warning(owner: Callable[..., Result]) -> None:
    told = owner("requests").stdout
    assert told.count("probably not all one person's") == 1
    assert told.endswith("  set/both.png shows 2 of these faces, so they are probably not all one person's\n")


def test_refused_requests_go_and_nobody_is_forgotten(aws: FakeAws, owner: Callable[..., Result]) -> None:
    before = {found["FaceId"] for found in aws.faces.list_faces()}
    result = owner("refuse", "one", "several", "--yes")
    assert (result.exit_code, result.stderr) == (0, "")
    assert open_requests(aws) == {"two"}
    assert owner("forgotten").stdout == ""
    assert {found["FaceId"] for found in aws.faces.list_faces()} == before


def test_nothing_is_refused_without_a_yes(aws: FakeAws, owner: Callable[..., Result]) -> None:
    result = owner("refuse", "one", answer="n\n")
    assert result.exit_code == 1
    assert "Refuse 1 removal request?" in result.stderr
    assert "one" in open_requests(aws)
    assert owner("refuse", "one", answer="y\n").exit_code == 0
    assert "one" not in open_requests(aws)


def test_unknown_requests_are_named_and_the_others_refused(aws: FakeAws, owner: Callable[..., Result]) -> None:
    result = owner("refuse", "three", "two", "four", "--yes")
    assert result.exit_code == 1
    assert "there is no removal request three, four:" in result.stderr
    assert open_requests(aws) == {"one", "several"}
    assert owner("refuse").exit_code == 2


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError(f"secret {NOBODY}"),
        ClientError({"Error": {"Code": "AccessDenied", "Message": f"secret {NOBODY}"}}, "GetItem"),
        ClientError({"Error": {"Code": f"secret {NOBODY}"}}, "GetItem"),
    ],
)
def test_the_log_of_a_failure_has_no_values(
    aws: FakeAws, call: Callable[..., dict], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """A function's caller can get the end of its log."""

    def fails(**_: Any) -> None:
        try:
            raise KeyError(f"secret {VISITOR}")
        except KeyError:
            raise error from error.__cause__

    monkeypatch.setattr(aws.dynamodb, "get_item", fails)
    log = io.StringIO()
    with contextlib.redirect_stdout(log), contextlib.redirect_stderr(log):
        answer = call(action="status")
    assert answer["err"]["code"] == "RemovalFailed"
    told = json.loads(log.getvalue())
    assert told["error"] == type(error).__name__
    assert any(place.startswith("functions/removal/requests_table.py:") for place in told["at"])
    assert not [text for text in ("secret", NOBODY, VISITOR) if text in log.getvalue() + str(answer)]


def test_a_busy_table_is_reported_as_busy(
    aws: FakeAws, call: Callable[..., dict], monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "secret"}}, "GetItem")

    monkeypatch.setattr(aws.dynamodb, "get_item", busy)
    answer = call(action="status")
    assert (answer["statusCode"], answer["err"]["code"]) == (429, "TooManyRequests")
    assert "secret" not in str(answer)


def test_a_request_that_can_not_be_counted_is_not_written(
    aws: FakeAws, face: str, call: Callable[..., dict], monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(RequestItems: dict) -> dict:  # noqa: N803 - AWS's name
        return {"Responses": {}, "UnprocessedKeys": RequestItems}

    monkeypatch.setattr(aws.dynamodb, "batch_get_item", busy)
    answer = call(action="ask", face_ids=[face])
    assert (answer["statusCode"], answer["err"]["code"]) == (429, "TooManyRequests")
    assert aws.rows(aws.requests_table) == []
