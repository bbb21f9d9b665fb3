"""The album in the home network, over real TLS: what a phone gets, and what nobody gets from there."""

import contextlib
import http.client
import json
import os
import re
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError
from running import HOME_PASSWORD, RunningStack, run_kinpics, session_of

from local.home.devices import MAX_OF_ADDRESS


def ask(stack: RunningStack, path: str, body: dict[str, str] | None = None, **headers: str) -> tuple[int, Any, bytes]:
    """Status, headers and body of an answer, from whoever the authority vouches for."""
    parts = urlsplit(stack.home_url)
    connection = http.client.HTTPSConnection(
        parts.hostname, parts.port, timeout=60, context=ssl.create_default_context(cafile=stack.authority)
    )
    form = {"content-type": "application/x-www-form-urlencoded", "origin": stack.home_url} if body is not None else {}
    with contextlib.closing(connection):
        connection.request(
            "GET" if body is None else "POST",
            path,
            body and urlencode(body),
            {"accept": "text/html", **form, **headers},
        )
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()


@pytest.fixture(scope="module")
def cookie(stack: RunningStack) -> str:
    """The session of a phone that has logged in."""
    status, headers, _ = ask(stack, "/home/", {"password": HOME_PASSWORD, "to": "/"})
    assert (status, headers["location"]) == (303, "/")
    return headers["set-cookie"].partition(";")[0]


@contextlib.contextmanager
def client(stack: RunningStack, cookie: str, service: str, session: Any, **config: Any) -> Iterator[Any]:
    """A client that calls AWS as a page in the home network does."""
    made = session.client(
        service,
        endpoint_url=stack.home_url,
        verify=str(stack.authority),
        config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, **config),
    )
    made.meta.events.register("before-send", lambda request, **_: request.headers.update({"Cookie": cookie}))
    with contextlib.closing(made):
        yield made


def test_a_phone_sees_the_site_once_it_has_logged_in(stack: RunningStack, cookie: str) -> None:
    photo = "/thumbnails/photos/2009_inauguration/obama.jpg"
    for path in ("/", "/sets/2009_inauguration/", photo):
        status, headers, body = ask(stack, path)
        assert (status, b'name="password"' in body) == (403, True)
        assert ask(stack, path, cookie=cookie)[0] == 200
    _, headers, page = ask(stack, "/", cookie=cookie)
    assert "connect-src 'self';" in headers["content-security-policy"], "pages call AWS at their own origin"
    assert b"preconnect" not in page
    style = re.search(rb'href="(/assets/style[^"]+)"', page)[1].decode()
    assert ask(stack, style)[0] == 403
    assert ask(stack, "/style.css")[0] == 200


def test_a_phone_makes_a_visitors_calls(stack: RunningStack, cookie: str) -> None:
    with client(stack, cookie, "cognito-identity", stack.session(), signature_version=UNSIGNED) as cognito:
        identity = cognito.get_id(IdentityPoolId=stack.outputs["IdentityPool"])["IdentityId"]
        keys = cognito.get_credentials_for_identity(IdentityId=identity)["Credentials"]
    guest = session_of(keys["AccessKeyId"], keys["SecretKey"], keys["SessionToken"], stack.region)
    query = {
        "TableName": stack.outputs["PicsTable"],
        "KeyConditionExpression": "primarykey = :p",
        "ExpressionAttributeValues": {":p": {"S": "2009_inauguration"}},
    }
    with client(stack, cookie, "dynamodb", guest) as dynamodb:
        found = dynamodb.query(**query)["Items"]
    assert len(found) == 4
    face = found[0]["data"]["M"]["FaceRecords"]["L"][0]["M"]["Face"]["M"]["FaceId"]["S"]
    with client(stack, cookie, "lambda", guest) as functions:
        payload = json.dumps({"faceid": face}).encode()
        answer = functions.invoke(FunctionName=stack.outputs["SearchFunction"], Payload=payload)
    assert json.loads(answer["Payload"].read())["statusCode"] == 200
    with client(stack, "", "dynamodb", guest) as dynamodb, pytest.raises(ClientError, match="LoggedOut"):
        dynamodb.query(**query)


# What the owner's commands do, a call of each kind; the unit tests try every operation there is.
OWNERS = [
    ("dynamodb", "scan", {"TableName": "{PicsTable}"}),
    ("dynamodb", "query", {"TableName": "{PicsTable}", "KeyConditionExpression": "a = b"}),
    ("dynamodb", "put_item", {"TableName": "{PicsTable}", "Item": {"primarykey": {"S": "x"}, "sortkey": {"S": "x"}}}),
    ("lambda", "invoke", {"FunctionName": "{SearchFunction}"}),
    ("lambda", "list_functions", {}),
    ("s3", "put_object", {"Bucket": "{SiteBucket}", "Key": "index.html", "Body": b""}),
    ("s3", "delete_object", {"Bucket": "{PicsBucket}", "Key": "photos/2009_inauguration/obama.jpg"}),
    ("sqs", "receive_message", {"QueueUrl": "{DeadLetterQueue}"}),
    ("rekognition", "list_collections", {}),
    ("cloudformation", "describe_stacks", {}),
    ("cloudformation", "delete_stack", {"StackName": "kinpics"}),
    ("iam", "list_roles", {}),
    ("sts", "get_caller_identity", {}),
    ("cognito-identity", "list_identity_pools", {"MaxResults": 1}),
    ("cognito-idp", "list_user_pools", {"MaxResults": 1}),
    ("logs", "describe_log_groups", {}),
]


def test_even_the_owner_does_nothing_from_the_home_network(stack: RunningStack, cookie: str) -> None:
    for service, operation, arguments in OWNERS:
        filled = {
            name: value.format(**stack.outputs) if isinstance(value, str) and value.startswith("{") else value
            for name, value in arguments.items()
        }
        with (
            client(stack, cookie, service, stack.session()) as owner,
            pytest.raises((ClientError, ResponseParserError)) as caught,
        ):
            getattr(owner, operation)(**filled)
        if isinstance(caught.value, ClientError):
            assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] in (302, 403, 404, 405), (
                service,
                operation,
            )
    bucket = stack.outputs["PicsBucket"]
    for path in (f"/{bucket}/", f"/{bucket}/photos/2009_inauguration/obama.jpg", "/2015-03-31/functions"):
        assert ask(stack, path, cookie=cookie)[0] in (302, 404), "a page of the site, which is not there"
    assert stack.client("s3").head_object(Bucket=bucket, Key="photos/2009_inauguration/obama.jpg")["ContentLength"]


def test_a_new_password_ends_the_sessions_of_a_running_stack(stack: RunningStack) -> None:
    session = ask(stack, "/home/", {"password": HOME_PASSWORD})[1]["set-cookie"].partition(";")[0]
    assert ask(stack, "/", cookie=session)[0] == 200
    changed = run_kinpics("local", "--data", str(stack.data), "password", typed=f"{HOME_PASSWORD}\n")
    assert changed.returncode == 0, changed.stderr
    assert ask(stack, "/", cookie=session)[0] == 403


@pytest.fixture
def left() -> Iterator[contextlib.ExitStack]:
    """Connections that a test leaves open."""
    with contextlib.ExitStack() as stack:
        yield stack


def connect(stack: RunningStack, left: contextlib.ExitStack) -> socket.socket:
    parts = urlsplit(stack.home_url)
    return left.enter_context(socket.create_connection((parts.hostname, parts.port), timeout=60))


def test_what_is_not_tls_ends_without_a_word(stack: RunningStack, left: contextlib.ExitStack) -> None:
    for sent in (b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n", b"\x16\x03\x01\xff\xff" + os.urandom(300), b"\x00" * 50):
        connection = connect(stack, left)
        connection.sendall(sent)
        with contextlib.suppress(ConnectionError):
            assert b"HTTP" not in connection.recv(1000)
    time.sleep(0.1)  # what goes wrong is written after the connection has ended
    assert "Traceback" not in stack.log.read_text()


@pytest.mark.parametrize(
    "asked",
    [
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\x04\0\0\0\0\0",
        b"GET / HTTP/1.1\r\nhost: %s\r\nconnection: upgrade\r\nupgrade: h2c\r\nhttp2-settings: \r\n\r\n",
    ],
)
def test_nobody_gets_to_http_2_where_bounds_are_others(
    stack: RunningStack, left: contextlib.ExitStack, asked: bytes
) -> None:
    host = urlsplit(stack.home_url).netloc.encode()
    context = ssl.create_default_context(cafile=stack.authority)
    with context.wrap_socket(connect(stack, left), server_hostname=urlsplit(stack.home_url).hostname) as connection:
        connection.sendall(asked.replace(b"%s", host))
        assert connection.recv(12) in (b"HTTP/1.1 403", b"HTTP/1.1 400", b"HTTP/1.1 421")


def test_a_device_holds_only_so_many_connections(stack: RunningStack, left: contextlib.ExitStack) -> None:
    held = [connect(stack, left) for _ in range(MAX_OF_ADDRESS + 10)]
    last = held[-1]
    with contextlib.suppress(ConnectionError):
        assert last.recv(1) == b"", "one too many is closed at once"
    for connection in held:
        connection.close()
    deadline = time.monotonic() + 60
    while True:  # they are counted until the server has seen that they are gone
        try:
            assert ask(stack, "/style.css")[0] == 200
            return
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_everything_listens_on_loopback_alone(stack: RunningStack) -> None:
    process = Path("/proc") / str(stack.process.pid)
    own = set()
    for path in (process / "fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # it has just been closed
            own.add(os.readlink(path))
    rows = [line.split() for line in (process / "net" / "tcp").read_text().splitlines()[1:]]
    listening = [row[1].partition(":")[0] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in own]
    assert listening == ["0100007F"] * 3, "127.0.0.1"
