"""The door to the home network: who gets in, and what passes then."""

import asyncio
import json
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import botocore.session
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import create_request_object, prepare_request_dict
from botocore.credentials import Credentials
from botocore.serialize import create_serializer

from local.asgi import Receive, Scope, Send
from local.embedded.environment import SERVICES
from local.home import HomeError
from local.home.front_door import FrontDoor, Rooms
from local.home.guest_calls import SIGNED, UNSIGNED, is_guests_call
from local.home.passwords import PasswordFile
from local.home.sessions import SESSION_SECONDS, Sessions
from local.home.wrong_tries import WrongTries

NAME, PORT = "laptop.local", 8443
HOST, ORIGIN = f"{NAME}:{PORT}", f"https://{NAME}:{PORT}"
PASSWORD = "four plain words here"
VISITOR, OWNER = "ASIAVISITOR000000000", "AKIAOWNER00000000000"


class Pages:
    """The door's pages in few words."""

    def login(self, language: str, to: str, *, is_wrong: bool = False, wait: int = 0) -> bytes:
        return f"login {language} {to} {'wrong' if is_wrong else ''} {wait}".encode()

    def logged_in(self, language: str) -> bytes:
        return f"in {language}".encode()


class Home:
    """A door with a site and an API behind it that only say who was asked."""

    def __init__(self, data: Path):
        self.data = data
        self.file = PasswordFile(data, cost=2)
        self.seen: list[tuple[str, Scope]] = []
        sessions = Sessions(lambda: self.file.read().key, data / "home" / "ended.json")
        rooms = Rooms(self._room("site"), self._room("api"), lambda key: key == VISITOR, "localhost:4566")
        names = (NAME, "192.168.1.20", "fd00::7")
        self.door = FrontDoor(names, PORT, rooms, Pages(), self.file.read, sessions, b"authority")

    def _room(self, name: str) -> Callable:
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            self.seen.append((name, scope))
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": name.encode()})

        return app

    def ask(self, path: str = "/", method: str = "GET", body: bytes = b"", **headers: Any) -> tuple[int, dict, str]:
        """Status, headers and text of an answer. A header's name is written with underscores."""
        given = {"host": HOST, "accept": "text/html", **headers}
        client = given.pop("client", "192.168.1.30")
        pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items()]
        raw, _, query = path.partition("?")
        scope = {"type": "http", "method": method, "raw_path": path.encode(), "path": raw, "headers": pairs}
        scope |= {"query_string": query.encode(), "client": (client, 1234)}
        return asyncio.run(self.send(scope, body))

    async def send(self, scope: Scope, body: bytes) -> tuple[int, dict, str]:
        sent: list[dict] = []

        async def receive() -> dict:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict) -> None:
            sent.append(message)

        await self.door.app(scope, receive, send)
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:]).decode()

    def post(self, **fields: str) -> tuple[int, dict, str]:
        return self.ask("/home/", "POST", urlencode(fields).encode(), origin=ORIGIN)

    def log_in(self) -> str:
        """The header `Cookie` of a new session."""
        return self.post(password=PASSWORD)[1]["set-cookie"].partition(";")[0]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path)
    made.file.write(PASSWORD)
    return made


def test_without_a_session_every_address_is_the_login(home: Home) -> None:
    for path in (
        "/",
        "/sets/a/",
        "/home/",
        "/sw.js",
        "/search/words-1.json",
        "/thumbnails/photos/a/b.jpg",
        "/photos/a/b.jpg",
    ):
        status, headers, text = home.ask(path, accept_language="de")
        assert (status, text.split()[:2]) == (403, ["login", "de"])
        assert headers["cache-control"] == "no-store"
        assert home.ask(path, "HEAD")[2] == ""
        assert home.ask(path, accept="*/*")[2].startswith("Log in first")
    assert home.seen == []


@pytest.mark.parametrize(
    "path",
    [
        *(
            "//style.css",
            "/style.css/..",
            "/assets/../index.html",
            "/assets/%2e%2e/index.woff2",
            "/assets/a/b.woff2",
            "/icons/../a.png",
            "/assets/b.js",
        ),
        *("/assets/words.json?.woff2", "/STYLE.CSS", "/home/../", "/home", "https://laptop.local:8443/", "*", ""),
    ],
)
def test_no_way_of_writing_an_address_gets_past_the_login(home: Home, path: str) -> None:
    assert home.ask(path)[0] == 403
    assert home.seen == []


def test_the_login_page_looks_right_before_anybody_is_in(home: Home) -> None:
    icons = ("/site.webmanifest", "/icons/apple-180.png")  # browsers fetch them without the cookie
    for path in ("/style.css", "/favicon.svg", "/assets/bricolage-ABC123.woff2", *icons):
        assert home.ask(path, cookie="a=b")[2] == "site"
        assert b"cookie" not in dict(home.seen[-1][1]["headers"])
    status, headers, text = home.ask("/home/kinpics.crt")
    assert (status, headers["content-type"], text) == (200, "application/x-x509-ca-cert", "authority")


def test_the_password_opens_the_album_and_the_cookie_stays_in_this_browser(home: Home) -> None:
    status, headers, _ = home.post(password=PASSWORD, to="/sets/a/?pic=b")
    assert (status, headers["location"]) == (303, "/sets/a/?pic=b")
    pair, *flags = headers["set-cookie"].split("; ")
    assert pair.startswith("__Host-kinpics-home=")
    assert set(flags) == {f"Max-Age={SESSION_SECONDS}", "Path=/", "Secure", "HttpOnly", "SameSite=Strict"}
    assert home.ask("/sets/a/", cookie=f"other=1; {pair}")[2] == "site"
    assert b"cookie" not in dict(home.seen[-1][1]["headers"]), "the session is none of the site's business"
    assert home.ask("/sets/a/", cookie=f"{pair}; __Host-kinpics=1.a; other=1")[2] == "site"
    assert dict(home.seen[-1][1]["headers"])[b"cookie"] == b"__Host-kinpics=1.a", "a pass is"
    assert home.ask("/home/", cookie=pair)[2] == "in en"


@pytest.mark.parametrize(
    "to", ["//evil.example", "https://evil.example", "/\\evil.example", "", "/a\r\nset-cookie: x", "/ä"]
)
def test_the_login_leads_to_no_other_site(home: Home, to: str) -> None:
    assert home.post(password=PASSWORD, to=to)[1]["location"] == "/"


def test_an_umlaut_is_the_same_however_it_was_typed(home: Home) -> None:
    home.file.write("Bücher im Grünen")
    assert home.file.read().is_right(unicodedata.normalize("NFD", "Bücher im Grünen"))


def test_a_wrong_password_opens_nothing(home: Home) -> None:
    for typed in ("", PASSWORD[:-1], PASSWORD.upper()):
        status, headers, text = home.post(password=typed, to="/sets/a/")
        assert (status, text) == (403, "login en /sets/a/ wrong 0")
        assert "set-cookie" not in headers


@pytest.mark.parametrize(
    "cookie",
    ["__Host-kinpics-home=", "__Host-kinpics-home=gAAAAAB", "kinpics={token}", "__Host-kinpics-home=ä"],
)
def test_a_forged_cookie_opens_nothing(home: Home, cookie: str) -> None:
    token = home.log_in().partition("=")[2]
    assert home.ask(cookie=cookie.format(token=token))[0] == 403
    assert (
        home.ask(cookie="__Host-kinpics-home=" + token[:-9] + ("A" if token[-9] != "A" else "B") + token[-8:])[0] == 403
    )


def test_a_session_ends_with_its_time(home: Home, tmp_path: Path) -> None:
    now = [1_800_000_000.0]
    sessions = Sessions(lambda: home.file.read().key, tmp_path / "ended.json", lambda: now[0])
    cookie = sessions.begin().partition(";")[0]
    now[0] += SESSION_SECONDS - 1
    assert sessions.is_open(cookie)
    now[0] += 2
    assert not sessions.is_open(cookie)


def test_the_login_is_posted_to_the_page_that_was_asked_for(home: Home) -> None:
    body = urlencode({"password": PASSWORD, "to": "/event/"}).encode()
    typed = {"origin": ORIGIN, "content_type": "application/x-www-form-urlencoded"}
    status, headers, _ = home.ask("/event/", "POST", body, **typed)
    assert (status, headers["location"]) == (303, "/event/")
    assert home.ask("/event/", "POST", urlencode({"password": "no"}).encode(), **typed)[0] == 403
    assert home.ask("/event/", "POST", body, **typed | {"origin": "https://evil.example"})[0] == 403
    assert home.ask("/event/", "POST", body, origin=ORIGIN)[2] != "", "any other POST is a call"
    assert home.seen == []


def test_whoever_logs_out_is_out_for_good(home: Home) -> None:
    cookie, other = home.log_in(), home.log_in()
    same = f"{cookie}x"  # Fernet reads no further than the padding
    body = urlencode({"leave": ""}).encode()
    status, headers, _ = home.ask("/home/", "POST", body, origin=ORIGIN, cookie=cookie)
    assert (status, headers["location"]) == (303, "/home/")
    assert headers["set-cookie"].startswith("__Host-kinpics-home=; Max-Age=0")
    assert headers["clear-site-data"] == '"cache", "storage"', "what the device keeps to show offline goes too"
    assert home.ask(cookie=cookie)[0] == 403
    assert home.ask(cookie=other)[0] == 200
    restarted = Home(home.data)
    assert [restarted.ask(cookie=one)[0] for one in (cookie, same, other)] == [403, 403, 200]


def test_a_new_password_ends_every_session(home: Home) -> None:
    cookie = home.log_in()
    home.file.write("another few plain words")
    assert home.ask(cookie=cookie)[0] == 403
    assert home.post(password=PASSWORD)[0] == 403


@pytest.mark.parametrize("damage", [None, b"", b"{}", b"[]", b'{"salt": "", "hash": "", "key": "", "cost": 2}'])
def test_without_a_password_file_nobody_gets_in(
    home: Home, damage: bytes | None, capsys: pytest.CaptureFixture
) -> None:
    cookie = home.log_in()
    home.file.path.unlink()
    if damage is not None:
        home.file.path.write_bytes(damage)
    assert home.ask(cookie=cookie)[0] == 503
    assert home.post(password="")[0] == 503
    assert "kinpics local password" in capsys.readouterr().err


@pytest.mark.parametrize("typed", ["", "too short", "x" * 1001])
def test_a_password_that_is_easy_to_guess_is_refused(tmp_path: Path, typed: str) -> None:
    with pytest.raises(HomeError, match="at least 10 characters"):
        PasswordFile(tmp_path).write(typed)
    assert not PasswordFile(tmp_path).path.exists()


def test_nobody_else_can_read_the_file_and_the_password_is_not_in_it(tmp_path: Path) -> None:
    PasswordFile(tmp_path).write(PASSWORD)
    path = PasswordFile(tmp_path).path
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert PASSWORD not in path.read_text()


def test_many_wrong_passwords_slow_an_address_down(home: Home) -> None:
    statuses = [home.post(password="wrong")[0] for _ in range(7)]
    assert statuses == [403] * 5 + [429] * 2
    status, headers, text = home.post(password=PASSWORD)
    assert (status, "set-cookie" in headers) == (429, False), "the right one has to wait too"
    assert text.split()[-1] == headers["retry-after"]
    assert home.ask("/home/", "POST", urlencode({"password": PASSWORD}).encode(), client="192.168.1.31")[0] == 303


def test_a_hundred_tries_at_once_count_like_a_hundred_in_a_row(home: Home) -> None:
    scope = {"type": "http", "method": "POST", "raw_path": b"/home/", "query_string": b"", "client": ("10.0.0.9", 1)}
    scope["headers"] = [(b"host", HOST.encode())]

    async def all_at_once() -> list[int]:
        tries = [home.send(scope, b"password=wrong") for _ in range(100)]
        return [status for status, _, _ in await asyncio.gather(*tries)]

    assert sorted(asyncio.run(all_at_once())) == [403] * 5 + [429] * 95


def test_the_wait_doubles_up_to_a_quarter_of_an_hour_and_is_forgotten_after_a_day() -> None:
    now = [1000.0]
    tries = WrongTries(lambda: now[0])
    waits = []
    for _ in range(16):
        tries.note("10.0.0.9")
        waits.append(tries.wait("10.0.0.9"))
        now[0] += waits[-1]
    assert waits == [0, 0, 0, 0, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900]
    now[0] += 86_401
    tries.note("10.0.0.9")
    assert tries.wait("10.0.0.9") == 0
    tries.forget("10.0.0.9")


def test_the_addresses_of_an_ipv6_network_wait_together() -> None:
    tries = WrongTries(lambda: 0.0)
    for number in range(5):
        tries.note(f"fd00::{number}")
    assert tries.wait("fd00::ffff") > 0
    assert tries.wait("fd00:0:0:1::1") == 0


def test_only_the_last_thousand_addresses_are_remembered() -> None:
    tries = WrongTries(lambda: 0.0)
    for number in range(3000):
        tries.note(f"10.0.{number // 250}.{number % 250}")
    assert len(tries._tries) == 1000


@pytest.mark.parametrize("host", [HOST, HOST.upper(), "192.168.1.20:8443", "[fd00::7]:8443"])
def test_the_albums_own_names_are_let_in(home: Home, host: str) -> None:
    assert home.ask("/style.css", host=host)[0] == 200


@pytest.mark.parametrize(
    "host",
    [
        "",
        NAME,
        "laptop.local:8000",
        "evil.example:8443",
        "laptop.local.evil.example:8443",
        "192.168.1.21:8443",
        "localhost:8443",
    ],
)
def test_a_foreign_name_is_refused_even_with_a_session(home: Home, host: str) -> None:
    cookie = home.log_in()
    for path in ("/", "/style.css", "/home/kinpics.crt"):
        assert home.ask(path, host=host, cookie=cookie)[0] == 421
    assert home.ask("/home/", "POST", b"password=x", host=host)[0] == 421


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "https://evil.example",
        "http://laptop.local:8443",
        "https://laptop.local",
        "https://192.168.1.20:8443",
    ],
)
def test_a_page_of_another_site_is_refused(home: Home, origin: str) -> None:
    cookie = home.log_in()
    for path, method in (("/", "GET"), ("/", "POST"), ("/home/", "POST")):
        assert home.ask(path, method, b"leave=", origin=origin, cookie=cookie)[0] == 403
    assert home.ask(cookie=cookie)[0] == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "BREW"])
def test_pages_need_no_other_methods(home: Home, method: str) -> None:
    assert home.ask(method=method)[0] == 403
    assert home.ask(method=method, cookie=home.log_in())[0] == 405
    assert home.seen == []


def test_a_websocket_is_refused(home: Home) -> None:
    sent: list[dict] = []

    async def receive() -> dict:
        return {"type": "websocket.connect"}

    async def send(message: dict) -> None:
        sent.append(message)

    asyncio.run(home.door.app({"type": "websocket"}, receive, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize("body", [b"password=" + b"x" * 9000, b"&".join(b"a=1" for _ in range(11))])
def test_a_form_that_is_too_long_is_refused(home: Home, body: bytes) -> None:
    assert home.ask("/home/", "POST", body)[0] == 413


def test_a_stranger_who_never_finishes_a_request_is_answered_all_the_same(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.home.front_door._SECONDS_TO_ASK", 0.05)
    sent: list[dict] = []

    async def receive() -> dict:
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message: dict) -> None:
        sent.append(message)

    for path in (b"/home/", b"/"):
        scope = {"type": "http", "method": "POST", "raw_path": path, "query_string": b"", "headers": []}
        scope["headers"] = [(b"host", HOST.encode())]
        asyncio.run(home.door.app(scope, receive, send))
    assert [message["status"] for message in sent if "status" in message] == [413, 403]


def call(home: Home, target: str | None, key: str | None = None, path: str = "/", **more: str) -> tuple[int, dict, str]:
    headers = {"cookie": home.log_in(), "origin": ORIGIN, **more}
    if target:
        headers["x_amz_target"] = target
    if key:
        service = "dynamodb" if target else "lambda"
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={key}/20261126/us-east-1/{service}/aws4_request, "
            f"SignedHeaders=host;x-amz-date, Signature={'0' * 64}"
        )
    return home.ask(path, "POST", b"{}", **headers)


def test_the_calls_of_pages_pass(home: Home) -> None:
    for prefix, operations in UNSIGNED.items():
        for operation in operations:
            assert call(home, f"{prefix}.{operation}")[2] == "api"
    for operation in SIGNED["DynamoDB_20120810"]:
        assert call(home, f"DynamoDB_20120810.{operation}", VISITOR)[2] == "api"
    assert call(home, None, VISITOR, "/2015-03-31/functions/kinpics-Search/invocations")[2] == "api"
    assert b"cookie" not in dict(home.seen[-1][1]["headers"])


@pytest.mark.parametrize(
    ("target", "key", "path"),
    [
        ("DynamoDB_20120810.Query", OWNER, "/"),
        ("DynamoDB_20120810.Query", None, "/"),
        ("DynamoDB_20120810.Scan", VISITOR, "/"),
        ("DynamoDB_20120810.Query", VISITOR, "/bucket/key"),
        ("DynamoDB_20120810.Query", VISITOR, "/?Action=ListUsers"),
        ("RekognitionService.ListFaces", VISITOR, "/"),
        ("AWSCognitoIdentityService.GetId", VISITOR, "/"),
        ("AWSCognitoIdentityService.DeleteIdentityPool", None, "/"),
        ("AWSCognitoIdentityService.GetIdentity", None, "/"),
        (None, OWNER, "/2015-03-31/functions/kinpics-Search/invocations"),
        (None, VISITOR, "/2015-03-31/functions/kinpics-Search"),
        (None, VISITOR, "/2015-03-31/functions/kinpics-Search/invocations/.."),
        (None, VISITOR, "/2015-03-31/functions/..%2f/invocations"),
        (None, VISITOR, "/2015-03-31/functions/kinpics-Search/invocations?Qualifier=1"),
        (None, None, "/_ministack/reset"),
        (None, None, "/"),
    ],
)
def test_other_calls_are_refused(home: Home, target: str | None, key: str | None, path: str) -> None:
    status, _, text = call(home, target, key, path)
    assert (status, json.loads(text)["__type"]) == (403, "AccessDeniedException")
    assert home.seen == []


def test_a_call_without_a_session_says_that_one_has_to_log_in(home: Home) -> None:
    status, _, text = call(home, "AWSCognitoIdentityService.GetId", cookie="")
    assert (status, json.loads(text)["__type"]) == (403, "LoggedOut")


def test_a_header_sent_twice_is_refused(home: Home) -> None:
    scope = {"raw_path": b"/", "query_string": b"", "method": "POST"}
    target = (b"x-amz-target", b"AWSCognitoIdentityService.GetId")
    assert is_guests_call({**scope, "headers": [target]}, bool)
    assert not is_guests_call({**scope, "headers": [target, (b"X-Amz-Target", b"DynamoDB_20120810.Scan")]}, bool)


FORM = (b"content-type", b"multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW")
INCOMING = b"/kinpics-incoming-000000000000-us-east-1"


@pytest.mark.parametrize(
    ("path", "query", "headers", "is_open"),
    [
        (INCOMING, b"", [FORM], True),
        (INCOMING, b"delete", [FORM], False),
        (INCOMING + b"/key", b"", [FORM], False),
        (INCOMING.replace(b"incoming", b"pics"), b"", [FORM], False),
        (INCOMING, b"", [(b"content-type", b"application/xml")], False),
        (INCOMING, b"", [], False),
        (INCOMING, b"", [FORM, (b"authorization", b"AWS4-HMAC-SHA256 Credential=x")], False),
        (INCOMING, b"", [FORM, (b"x-amz-target", b"AWSCognitoIdentityService.GetId")], False),
        (INCOMING, b"", [FORM, (b"x-amz-copy-source", b"/pics/photos/a")], False),
    ],
)
def test_a_form_with_a_photo_passes_and_nothing_else_for_its_bucket(
    path: bytes, query: bytes, headers: list[tuple[bytes, bytes]], is_open: bool
) -> None:
    scope = {"raw_path": path, "query_string": query, "method": "POST", "headers": headers}
    assert is_guests_call(scope, lambda key: key == VISITOR) == is_open


def test_a_waiting_photo_can_be_looked_at_by_its_signed_address(home: Home) -> None:
    signed = f"{INCOMING.decode()}/waiting/gala/g0.ab?X-Amz-Algorithm=x&X-Amz-Signature=ab"
    session = home.log_in()
    status, headers, body = home.ask(signed, cookie=session)
    assert (status, body) == (200, "api")
    # At this origin, so it is nothing but a picture.
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    (_, scope) = home.seen[-1]
    assert [value for name, value in scope["headers"] if name == b"host"] == [b"localhost:4566"], (
        "what it is signed for"
    )
    home.seen.clear()
    assert home.ask(signed)[2] != "api", "without the owner's password"
    assert home.seen == []
    other = signed.replace("/waiting/", "/incoming/")
    for path in (
        other,
        signed.replace("incoming-", "pics-", 1),
        signed.partition("?")[0],
        signed.replace("Signature", "x"),
    ):
        assert home.ask(path, cookie=session)[2] == "site"
    assert home.ask(signed, "HEAD", cookie=session)[2] == "site"
    assert home.ask(signed, cookie=session, authorization="AWS4-HMAC-SHA256 x")[2] == "site"


def test_exactly_the_calls_that_the_pages_make_are_open() -> None:
    scripts = "".join(path.read_text() for path in (Path(__file__).parents[2] / "site" / "js").rglob("*.js"))
    pool, users = UNSIGNED["AWSCognitoIdentityService"], UNSIGNED["AWSCognitoIdentityProviderService"]
    assert set(re.findall(r'callUserPool\("(\w+)"', scripts)) == users
    assert set(re.findall(r'\bask\("(\w+)", \{ Identity', scripts)) == pool
    assert set(re.findall(r'dynamodb\("(\w+)"', scripts)) == SIGNED["DynamoDB_20120810"]


@pytest.mark.parametrize("service", sorted(SERVICES.split(",")))
def test_no_operation_of_the_owners_is_open_to_the_home_network(service: str) -> None:
    """Every operation that AWS has of the services in use, as AWS's own client writes it: signed with the owner's key,
    and with a visitor's."""
    model = botocore.session.get_session().get_service_model(service)
    serializer = create_serializer(model.metadata["protocol"], include_validation=False)
    open_to = {OWNER: set(), VISITOR: set()}
    for name in model.operation_names:
        operation = model.operation_model(name)
        fields = {} if operation.input_shape is None else operation.input_shape.members
        simple = {"string": "kinpics", "integer": 1, "long": 1}
        placed = {
            field: simple[shape.type_name]
            for field, shape in fields.items()
            if (shape.serialization.get("location") == "uri" or "hostLabel" in shape.serialization)
            and shape.type_name in simple
        }
        request = serializer.serialize_to_request(placed, operation)
        prepare_request_dict(request, endpoint_url=ORIGIN)
        for key, found in open_to.items():
            if is_guests_call(signed(request, key, model.signing_name), lambda key: key == VISITOR):
                found.add(name)
    assert open_to[OWNER] == set()
    dynamodb = SIGNED["DynamoDB_20120810"]
    assert open_to[VISITOR] == {"dynamodb": dynamodb, "lambda": {"Invoke"}}.get(service, set())


def signed(prepared: dict, key: str, service: str) -> Scope:
    """A request as it comes in, signed with an access key."""
    request = create_request_object(prepared)
    SigV4Auth(Credentials(key, "secret", "token"), service, "us-east-1").add_auth(request)
    path, _, query = request.url.removeprefix(ORIGIN).partition("?")
    headers = [(name.lower().encode(), str(value).encode()) for name, value in request.headers.items()]
    return {"raw_path": path.encode(), "query_string": query.encode(), "headers": headers, "method": request.method}
