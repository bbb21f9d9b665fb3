"""Serves the site on its port as CloudFront does on AWS: two buckets behind one origin, and the gate before them.

The gate (edge/gate.js) says for each request whether it is let in, and which object is asked for; only ``/assets/…`` is
open, as in template.yaml. ``/photos/…`` are the download copies, ``/thumbnails/…`` whatever else visitors may have from
the thumbnails bucket. Everything else comes from the site bucket, with a fallback page for missing objects, compression
and range requests.
"""

import asyncio
import gzip
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote, unquote

from botocore.exceptions import BotoCoreError, ClientError

from functions.addresses import DOWNLOAD_FOLDER, THUMBNAILS_FOLDER, read_path
from functions.keys import CARDS_PREFIX, DOWNLOADS_PREFIX, FILM_FACES_PREFIX, FILMS_PREFIX, PHOTOS_PREFIX
from functions.thumbnail_sizes import LARGE_SIDE
from local.asgi import Answer, Message, Receive, Scope, Send
from local.edge.edge_process import EdgeError, EdgeState
from local.edge.viewer import response_headers_of, viewer_event
from local.port_guard import refuse
from local.response_headers import HeadersOf

GetObject = Callable[[str, str, dict[str, str]], Awaitable[Answer]]

FALLBACK_PAGE = "404.html"
# What the gate doesn't see: CloudFront's behaviour of this path has no function (template.yaml).
OPEN_FOLDER = "/assets/"
# What the owner's commands change takes effect here after this long at most.
_FRESH_SECONDS = 1.0
# From this age on it is read again while requests still go by it, so that they don't wait.
_AGEING_SECONDS = 0.8
# After this long it is read again though nothing is known to have changed.
_SURELY_SECONDS = 10.0
_CHUNK = 256 * 1024
_PASSED_ON = (
    *("content-type", "content-range", "cache-control", "etag"),
    *("content-encoding", "content-language", "content-disposition"),
)
# One part, which is all that S3 answers with; any other range is ignored, as HTTP allows (RFC 9110, 14.2).
_RANGE = re.compile(rb"bytes=([0-9]{1,18}-[0-9]{0,18}|-[0-9]{1,18})")
_COMPRESSED = ("text/", "application/json", "application/xml", "image/svg+xml")


class Edge(Protocol):
    """Runs the gate; `local.edge.edge_process` has the real one."""

    async def judge(self, event: dict[str, Any], state: EdgeState) -> dict[str, Any]:
        """What CloudFront's function answers to an event. Raises ``EdgeError``."""


@dataclass(frozen=True)
class SiteState:
    """What a site is served by at a moment: the rule of `functions.keys` for downloads, the headers that go with the
    answers, and what the gate goes by.
    """

    downloads: str
    headers: HeadersOf
    edge: EdgeState


def kept_while_unchanged(
    read_state: Callable[[], SiteState], count_changes: Callable[[], int], clock: Callable[[], float] = time.monotonic
) -> Callable[[], SiteState]:
    """Gives what ``read_state`` gave last, unless ``count_changes`` has grown or ten seconds have passed since."""
    known: list[tuple[int, float, SiteState]] = []

    def read() -> SiteState:
        count, now = count_changes(), clock()
        if not known or known[0][0] != count or now - known[0][1] > _SURELY_SECONDS:
            known[:] = [(count, now, read_state())]
        return known[0][2]

    return read


class SiteServer:
    """ASGI application over the buckets named by ``buckets`` (``site``, ``thumbnails``), behind ``edge``.

    ``get_object`` gives what S3 answers to GetObject: it takes a bucket, a key, and headers by names in small letters.
    ``read_state`` gives what the site is served by. It is asked again and again, because deployments and the owner's
    commands change it; an answer counts for a second.
    """

    def __init__(self, get_object: GetObject, buckets: dict[str, str], edge: Edge, read_state: Callable[[], SiteState]):
        self._get_object = get_object
        self._buckets = buckets
        self._edge = edge
        self._read_state = read_state
        self._state: SiteState | None = None
        self._read_at = 0.0
        self._reading: asyncio.Task[SiteState] | None = None

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            await self._respond(scope, send)

    async def _respond(self, scope: Scope, send: Send) -> None:
        try:
            state = await self._current_state()
            send = _with_headers(state.headers, scope, send)
            if scope["method"] not in ("GET", "HEAD"):
                await self._send(send, 405, [(b"allow", b"GET, HEAD"), (b"content-length", b"0")], b"")
                return
            path = scope["raw_path"].partition(b"?")[0]
            is_open = path.startswith(OPEN_FOLDER.encode())
            answer = self._let_through(path) if is_open else await self._edge.judge(viewer_event(scope), state.edge)
        except (EdgeError, ClientError, BotoCoreError):
            await refuse(send, "This request can't be judged now. Please try again.", 503)
            return
        head = scope["method"] == "HEAD"
        if "statusCode" in answer:
            await self._answer_as_told(send, answer, head)
            return
        bucket, key = self._place(read_path(path) or "", unquote(answer["uri"]), state.downloads)
        await self._answer(send, bucket, key, dict(scope["headers"]), head)

    @staticmethod
    def _let_through(path: bytes) -> dict[str, Any]:
        found = read_path(path)
        return {"statusCode": 404, "headers": {}} if found is None else {"uri": quote(found)}

    async def _current_state(self) -> SiteState:
        """What was read at most a second ago."""
        age = time.monotonic() - self._read_at
        if self._reading is None or (age > _AGEING_SECONDS and self._reading.done()):
            self._reading = asyncio.create_task(self._read())
            # Whoever waits for it meets what it raises; often nobody does.
            self._reading.add_done_callback(lambda task: task.cancelled() or task.exception())
        if self._state is None or age > _FRESH_SECONDS:
            return await asyncio.shield(self._reading)
        return self._state

    async def _read(self) -> SiteState:
        began = time.monotonic()
        state = await asyncio.to_thread(self._read_state)
        self._state, self._read_at = state, began
        return state

    async def _answer_as_told(self, send: Send, answer: dict[str, Any], head: bool) -> None:
        body = answer.get("body", "").encode()
        headers = [*response_headers_of(answer), (b"content-length", str(len(body)).encode())]
        await self._send(send, answer["statusCode"], headers, b"" if head else body)

    def _place(self, asked: str, path: str, downloads: str) -> tuple[str, str]:
        """Bucket and key of a (decoded) path that the gate has let through; ``asked`` chose its origin."""
        key = path.removeprefix("/")
        copies = f"{DOWNLOADS_PREFIX}{downloads}/"
        if asked.startswith(DOWNLOAD_FOLDER):
            return self._buckets["thumbnails"], copies + key
        if not asked.startswith(THUMBNAILS_FOLDER):
            return self._buckets["site"], key
        if key.startswith(served_prefixes(downloads)):
            return self._buckets["thumbnails"], key
        return self._buckets["site"], asked.removeprefix("/")  # where nothing is

    async def _answer(self, send: Send, bucket: str, key: str, headers: dict[bytes, bytes], head: bool) -> None:
        asked = {}
        if _RANGE.fullmatch(headers.get(b"range", b"")):
            asked["range"] = headers[b"range"].decode()
        if b"if-none-match" in headers:
            asked["if-none-match"] = headers[b"if-none-match"].decode("latin-1")
        status, found, body = await self._get_object(bucket, key, asked)
        if status in (304, 416):
            await self._send(send, status, [(b"content-length", b"0")], b"")
        elif status not in (200, 206):
            await self._answer_fallback(send, head)
        elif (
            status == 200
            and found["content-type"].startswith(_COMPRESSED)
            and b"gzip" in headers.get(b"accept-encoding", b"")
        ):
            await self._send_compressed(send, found, body, head)
        else:
            await self._send_object(send, status, found, body, head)

    async def _answer_fallback(self, send: Send, head: bool) -> None:
        status, found, body = await self._get_object(self._buckets["site"], FALLBACK_PAGE, {})
        if status != 200:
            await self._send(send, 404, [(b"content-type", b"text/plain; charset=utf-8")], b"not found")
            return
        await self._send_object(send, 404, found, body, head)

    async def _send(self, send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _send_compressed(self, send: Send, found: dict[str, str], body: bytes, head: bool) -> None:
        body = gzip.compress(body, 6)
        headers = _passed_on(found)
        # The compressed page has the same tag, but a weak one.
        headers = [(name, b"W/" + value if name == b"etag" else value) for name, value in headers]
        headers += [
            (b"content-encoding", b"gzip"),
            (b"content-length", str(len(body)).encode()),
        ]
        await self._send(send, 200, headers, b"" if head else body)

    async def _send_object(self, send: Send, status: int, found: dict[str, str], body: bytes, head: bool) -> None:
        headers = _passed_on(found)
        headers += [
            (b"content-length", str(len(body)).encode()),
            (b"accept-ranges", b"bytes"),
            (b"last-modified", found["last-modified"].encode()),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        for start in range(0, 0 if head else len(body), _CHUNK):
            await send({"type": "http.response.body", "body": body[start : start + _CHUNK], "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def _passed_on(found: dict[str, str]) -> list[tuple[bytes, bytes]]:
    """The headers that S3 answered with and browsers need."""
    return [(name.encode(), value.encode()) for name in _PASSED_ON if (value := found.get(name))]


def served_prefixes(downloads: str) -> tuple[str, ...]:
    """Where in the thumbnails bucket visitors may read, as the bucket's policy says in template.yaml."""
    folders = ("", f"{LARGE_SIDE}/", CARDS_PREFIX, FILMS_PREFIX, FILM_FACES_PREFIX)
    copies = f"{DOWNLOADS_PREFIX}{downloads}/{PHOTOS_PREFIX}"
    return (*(folder + PHOTOS_PREFIX for folder in folders), "celebrities/", copies)


def _with_headers(headers_of: HeadersOf, scope: Scope, send: Send) -> Send:
    """Sends the deployment's headers with those of an answer, and in place of some."""
    added = headers_of(scope["raw_path"].partition(b"?")[0].decode("latin-1"))
    names = {name for name, _ in added}

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = [pair for pair in message["headers"] if pair[0] not in names]
            message = {**message, "headers": [*own, *added]}
        await send(message)

    return send_with_headers


async def _lifespan(receive: Receive, send: Send) -> None:
    while (await receive())["type"] != "lifespan.shutdown":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})
