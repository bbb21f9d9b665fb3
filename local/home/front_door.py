"""The door between the home network and the album. Without the owner's password, nothing but the login page passes.

The site and the AWS calls of its pages share one origin here: GET and HEAD go to the site, POST to the embedded AWS,
and only what `guest_calls` allows.
"""

import asyncio
import json
import math
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qs

from functions.access.passes import COOKIE
from functions.languages import choose_language
from local.asgi import App, Message, Receive, Scope, Send
from local.home import HomeError
from local.home.guest_calls import is_guests_call, is_look
from local.home.hosts import in_address_bar
from local.home.passwords import Password
from local.home.sessions import Sessions
from local.home.wrong_tries import WrongTries
from local.port_guard import read_before_answering, refuse

# Where one logs in and out; on the laptop itself, how to get here.
HOME_PAGE = "/home/"
AUTHORITY_FILE = "/home/kinpics.crt"
# What the login page looks like, and what browsers fetch without cookies: the site as an app. It holds no data.
_OPEN = re.compile(r"/(?:style\.css|favicon\.svg|site\.webmanifest|assets/[\w.-]+\.woff2|icons/[\w.-]+\.png)", re.ASCII)
_MAX_FORM = 8_000
_MAX_ADDRESS = 2_000
_SECONDS_TO_ASK = 20
# Each try at the password takes 32 MB for a moment.
_MAX_TRIES_WAITING = 8
_HEADERS = (
    (b"cache-control", b"no-store"),
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self'; style-src-attr 'unsafe-inline'; font-src 'self'; "
        b"img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
)
_Headers = Sequence[tuple[bytes, bytes]]


class DoorPages(Protocol):
    """Renders the pages of the door in a language of `functions.languages`."""

    def login(self, language: str, to: str, *, is_wrong: bool = False, wait: int = 0) -> bytes:
        """Asks for the password, then leads to ``to``; ``wait`` in seconds."""

    def logged_in(self, language: str) -> bytes:
        """Says so, and lets one log out."""


@dataclass(frozen=True)
class Rooms:
    """What the door leads to. ``is_visitors_key`` knows the access keys that Cognito gave to visitors; ``api_host`` is
    the API's own name, for which addresses are signed.
    """

    site: App
    api: App
    is_visitors_key: Callable[[str], bool]
    api_host: str = ""


class FrontDoor:
    """ASGI application for the names and addresses ``names`` (as `Hosts` has them) on ``port``.

    ``password`` reads the owner's; ``authority`` is what devices have to trust, if anything.
    """

    def __init__(
        self,
        names: Sequence[str],
        port: int,
        rooms: Rooms,
        pages: DoorPages,
        password: Callable[[], Password],
        sessions: Sessions,
        authority: bytes | None,
    ):
        shown = [in_address_bar(name) for name in names]
        self._hosts = {f"{name}:{port}" for name in shown} | (set(shown) if port == 443 else set())
        self._address = f"https://{shown[0]}:{port}".removesuffix(":443")
        self._rooms = rooms
        self._pages = pages
        self._password = password
        self._sessions = sessions
        self._authority = authority
        self._tries = WrongTries()
        self._trying = asyncio.Lock()
        self._waiting = 0

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application."""
        if scope["type"] == "lifespan":
            await self._rooms.site(scope, receive, send)
        elif scope["type"] != "http":
            await receive()
            await send({"type": "websocket.close", "code": 1008})  # the handshake is answered 403
        else:
            visit = _Visit(scope)
            try:
                if not self._sessions.is_open(visit.cookies):
                    receive = _hurried(receive)
                await self._answer(visit, *read_before_answering(receive, send))
            except HomeError as error:
                print(f"The home network: {error}", file=sys.stderr, flush=True)
                await refuse(send, "That didn't work. The laptop's terminal says why.", 503)

    async def _answer(self, visit: "_Visit", receive: Receive, send: Send) -> None:
        if visit.host not in self._hosts:
            await refuse(send, f"This album answers only at {self._address}: use that address.", 421)
        elif visit.origin not in (None, f"https://{visit.host}"):
            await refuse(send, "This album answers only to its own pages.")
        elif visit.is_form:
            await self._log_in_or_out(visit, receive, send)
        elif visit.path == AUTHORITY_FILE and self._authority and visit.is_read:
            await send_authority(send, self._authority, is_head=visit.is_head)
        elif self._sessions.is_open(visit.cookies):
            await self._let_in(visit, receive, send)
        elif visit.is_read and visit.is_open:
            await self._rooms.site(visit.without_session, receive, send)
        else:
            await self._turn_away(visit, send)

    async def _let_in(self, visit: "_Visit", receive: Receive, send: Send) -> None:
        scope = visit.without_session
        if visit.path == HOME_PAGE and visit.is_read:
            await send_page(send, 200, self._pages.logged_in(visit.language), is_head=visit.is_head)
        elif scope["method"] == "GET" and is_look(scope):
            await self._rooms.api(_with_host(scope, self._rooms.api_host), receive, _only_to_look_at(send))
        elif visit.is_read:
            await self._rooms.site(scope, receive, send)
        elif scope["method"] != "POST":
            await _send(send, 405, [(b"allow", b"GET, HEAD, POST")])
        elif is_guests_call(scope, self._rooms.is_visitors_key):
            await self._rooms.api(scope, receive, send)
        else:
            await self._turn_call_away(send, "AccessDeniedException", "This call is not open to the home network.")

    async def _turn_away(self, visit: "_Visit", send: Send) -> None:
        if not visit.is_read:
            await self._turn_call_away(send, "LoggedOut", "Log in first.")
        elif visit.wants_page:
            to = "/" if visit.path == HOME_PAGE or len(visit.address) > _MAX_ADDRESS else visit.address
            await send_page(send, 403, self._pages.login(visit.language, to), is_head=visit.is_head)
        else:
            await refuse(send, f"Log in first: open {self._address} in a browser.")

    async def _turn_call_away(self, send: Send, code: str, message: str) -> None:
        """Refuse a call the way that AWS does."""
        body = json.dumps({"__type": code, "message": message}).encode()
        await _send(
            send, 403, [(b"content-type", b"application/x-amz-json-1.0"), (b"cache-control", b"no-store")], body
        )

    async def _log_in_or_out(self, visit: "_Visit", receive: Receive, send: Send) -> None:
        form = await _read_form(receive)
        if form is None:
            await refuse(send, "The form is too long.", 413)
        elif "leave" in form:
            # Also what the service worker and the pages keep on this device.
            cleared = (b"clear-site-data", b'"cache", "storage"')
            await self._lead(send, HOME_PAGE, self._sessions.end(visit.cookies), [cleared])
        else:
            await self._log_in(visit, form.get("password", ""), _local(form.get("to", "/")), send)

    async def _log_in(self, visit: "_Visit", typed: str, to: str, send: Send) -> None:
        is_right, wait = await self._try(visit.client, typed)
        if is_right:
            await self._lead(send, to, self._sessions.begin())
        elif wait:
            page = self._pages.login(visit.language, to, wait=wait)
            await send_page(send, 429, page, [(b"retry-after", str(wait).encode())])
        else:
            await send_page(send, 403, self._pages.login(visit.language, to, is_wrong=True))

    async def _try(self, client: str, typed: str) -> tuple[bool, int]:
        """Whether the password is right, and if it was not even looked at, how many seconds to wait.

        One at a time, so that a hundred tries at once count like a hundred in a row.
        """
        if self._waiting >= _MAX_TRIES_WAITING:
            return False, math.ceil(self._tries.wait(client)) or 1
        self._waiting += 1
        try:
            async with self._trying:
                if wait := math.ceil(self._tries.wait(client)):
                    return False, wait
                self._tries.note(client)
                is_right = await asyncio.to_thread(self._password().is_right, typed)
                if is_right:
                    self._tries.forget(client)
                return is_right, 0
        finally:
            self._waiting -= 1

    async def _lead(self, send: Send, to: str, cookie: str, more: _Headers = ()) -> None:
        headers = [(b"location", to.encode()), (b"set-cookie", cookie.encode()), *_HEADERS, *more]
        await _send(send, 303, headers)


class _Visit:
    """What the door wants to know about a request."""

    def __init__(self, scope: Scope):
        self.scope = scope
        # Of a header sent twice, neither counts.
        headers: dict[str, str] = {}
        for name, value in scope["headers"]:
            key = name.decode("latin-1").lower()
            headers[key] = "" if key in headers else value.decode("latin-1")
        self.host = headers.get("host", "").lower()
        self.origin = headers.get("origin")
        self.cookies = headers.get("cookie", "")
        self.language = choose_language(headers.get("accept-language", ""))
        self.wants_page = "text/html" in headers.get("accept", "")
        self.address = scope["raw_path"].decode("latin-1")
        self.path = self.address.partition("?")[0]
        # The login's own; pages send no other of this type. It is posted to the page that was asked for: the browser
        # then keeps what stands after the # of its address, as an event's secret does.
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        is_form = self.path == HOME_PAGE or kind == "application/x-www-form-urlencoded"
        self.is_form = scope["method"] == "POST" and is_form
        self.client = (scope.get("client") or ("",))[0]
        self.is_head = scope["method"] == "HEAD"
        self.is_read = scope["method"] in ("GET", "HEAD")

    @property
    def is_open(self) -> bool:
        """Whether it is for everyone."""
        return _OPEN.fullmatch(self.path) is not None

    @property
    def without_session(self) -> Scope:
        """The request for whoever is behind the door. Of the cookies only passes go on: the session is none of their
        business.
        """
        headers = [pair for pair in self.scope["headers"] if pair[0].lower() != b"cookie"]
        passes = [part for part in self.cookies.split("; ") if part.startswith(f"{COOKIE}=")]
        if passes:
            headers.append((b"cookie", "; ".join(passes).encode("latin-1")))
        return {**self.scope, "headers": headers}


def _with_host(scope: Scope, host: str) -> Scope:
    """A request for another host: a signature holds for the name in it."""
    headers = [pair for pair in scope["headers"] if pair[0].lower() != b"host"]
    return {**scope, "headers": [*headers, (b"host", host.encode())]}


def _only_to_look_at(send: Send) -> Send:
    """Send what a guest sent, at the pages' own origin: a browser takes it for nothing but a picture."""

    async def send_shown(message: Message) -> None:
        if message["type"] == "http.response.start":
            names = {name for name, _ in _HEADERS}
            kept = [pair for pair in message["headers"] if pair[0].lower() not in names]
            message = {**message, "headers": [*kept, *_HEADERS]}
        await send(message)

    return send_shown


def _hurried(receive: Receive) -> Receive:
    """Whoever sends a request byte by byte is gone after a while: a stranger must not hold a connection for ever."""
    until = asyncio.get_running_loop().time() + _SECONDS_TO_ASK

    async def receive_in_time() -> Message:
        try:
            async with asyncio.timeout_at(until):
                return await receive()
        except TimeoutError:
            return {"type": "http.disconnect"}

    return receive_in_time


def _local(address: str) -> str:
    """An address on this site to lead to after the login; the front page instead of any other."""
    is_plain = all("!" <= char <= "~" for char in address)
    return address if is_plain and address.startswith("/") and address[1:2] not in ("/", "\\") else "/"


async def _read_form(receive: Receive) -> dict[str, str] | None:
    """The fields of a form, or None if it is too long."""
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > _MAX_FORM:
            return None
    try:
        fields = parse_qs(body.decode("latin-1"), keep_blank_values=True, max_num_fields=10)
    except ValueError:  # too many
        return None
    return {name: values[0] for name, values in fields.items()}


async def send_page(send: Send, status: int, page: bytes, more: _Headers = (), *, is_head: bool = False) -> None:
    """Answer with a page of the home network."""
    kind = (b"content-type", b"text/html; charset=utf-8")
    await _send(send, status, [kind, *_HEADERS, *more], page, is_head=is_head)


async def send_authority(send: Send, authority: bytes, *, is_head: bool = False) -> None:
    """Answer with the certificate that devices are told to trust."""
    headers = [(b"content-type", b"application/x-x509-ca-cert"), (b"cache-control", b"no-cache")]
    await _send(send, 200, headers, authority, is_head=is_head)


async def _send(send: Send, status: int, headers: _Headers, body: bytes = b"", *, is_head: bool = False) -> None:
    sized = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": sized})
    await send({"type": "http.response.body", "body": b"" if is_head else body})
