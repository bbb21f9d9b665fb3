"""Serves the site on its port as CloudFront does on AWS: two buckets behind one origin.

``/photos/…`` are the download copies, ``/thumbnails/…`` whatever else visitors may have from the thumbnails bucket.
Everything else comes from the site bucket, with index documents in the visitor's language, a fallback page for missing
ones, compression and range requests. While the site is closed, every page is the one that says so.
"""

import asyncio
import gzip
import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from functions.addresses import DOWNLOAD_FOLDER, THUMBNAILS_FOLDER, page_address, read_path
from functions.keys import CARDS_PREFIX, DOWNLOADS_PREFIX, PHOTOS_PREFIX
from functions.languages import AUTO, ENGLISH, choose_language, in_language
from functions.thumbnail_sizes import LARGE_SIDE
from local.asgi import Message, Receive, Scope, Send
from local.response_headers import HeadersOf

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import GetObjectOutputTypeDef, GetObjectRequestTypeDef

# What a deployment decides: the rule for downloads, the headers, the pages' language.
Deployed = tuple[str, HeadersOf, str]

FALLBACK_PAGE = "404.html"
# Served while the site is closed, so that the page that says so looks right; assets hold no data.
SERVED_WHILE_CLOSED = ("/style.css", "/assets/")
# `kinpics close` and `kinpics deploy` take effect here after this long at most.
_FRESH_SECONDS = 1.0
_CHUNK = 256 * 1024
_PASSED_ON = {
    "ContentType": b"content-type",
    "ContentRange": b"content-range",
    "CacheControl": b"cache-control",
    "ETag": b"etag",
    "ContentEncoding": b"content-encoding",
    "ContentLanguage": b"content-language",
    "ContentDisposition": b"content-disposition",
}
# One part, which is all that S3 answers with; any other range is ignored, as HTTP allows (RFC 9110, 14.2).
_RANGE = re.compile(rb"bytes=([0-9]{1,18}-[0-9]{0,18}|-[0-9]{1,18})")
# Photos that show two or three people at once: one page, whose script reads the address.
_TOGETHER = re.compile(r"people/[^/]*\+[^/]*/")
# A photo's own page, which is in one language only.
_PHOTO = re.compile("sets/[^/]+/photos/[^/]+/?")
_COMPRESSED = ("text/", "application/json", "application/xml", "image/svg+xml")


class SiteServer:
    """ASGI application over the buckets named by ``buckets`` (``site``, ``thumbnails``).

    ``downloads`` is the rule of `functions.keys` for downloads; ``headers`` go with the answers; of ``closed_pages``,
    the one in the visitor's language is shown instead of every page while ``is_closed`` says so. ``language`` is that
    of every page, or the visitor's. ``deployed`` gives rule, headers and language again, because a deployment may
    change them.
    """

    def __init__(
        self,
        session: boto3.Session,
        buckets: dict[str, str],
        downloads: str,
        headers: HeadersOf,
        closed_pages: dict[str, bytes] | None = None,
        is_closed: Callable[[], bool] = lambda: False,
        language: str = AUTO,
        deployed: Callable[[], Deployed] | None = None,
    ):
        self._s3 = session.client("s3", config=Config(max_pool_connections=32, retries={"max_attempts": 1}))
        self._buckets = buckets
        self._go_by(downloads, headers, language)
        self._closed_pages = closed_pages or {}
        self._ask_whether_closed = is_closed
        self._ask_what_is_deployed = deployed or (lambda: (downloads, headers, language))
        self._closed: bool | None = None
        self._asked = 0.0

    def _go_by(self, downloads: str, headers: HeadersOf, language: str) -> None:
        self._downloads = f"{DOWNLOADS_PREFIX}{downloads}/"
        # As the thumbnails bucket's policy says in template.yaml.
        folders = ("", f"{LARGE_SIDE}/", CARDS_PREFIX, self._downloads)
        photos, large, cards, copies = (folder + PHOTOS_PREFIX for folder in folders)
        self._served = (photos, large, cards, "celebrities/", copies)
        self._headers = headers
        self._language = language

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            await self._respond(scope, self._with_headers(scope, send))

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        """Sends the deployment's headers with those of an answer."""
        path = scope["raw_path"].partition(b"?")[0].decode("latin-1")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *self._headers(path)]}
            await send(message)

        return send_with_headers

    async def _respond(self, scope: Scope, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            await self._send(send, 405, [(b"allow", b"GET, HEAD"), (b"content-length", b"0")], b"")
            return
        headers = dict(scope["headers"])
        head = scope["method"] == "HEAD"
        visitors = choose_language(headers.get(b"accept-language", b"").decode("latin-1"))
        path = read_path(scope["raw_path"].partition(b"?")[0])
        if not (path or "").startswith(SERVED_WHILE_CLOSED) and await self._is_closed():
            await self._say_closed(send, path or "", visitors if self._language == AUTO else self._language, head)
            return
        if path is None:
            await self._answer_fallback(send, head)
            return
        # If pages have only one language, there are no other names.
        bucket, key = self._place(path, visitors if self._language == AUTO else ENGLISH)
        is_folder = "." not in key.rsplit("/", 1)[-1] or _PHOTO.fullmatch(key)
        if bucket == self._buckets["site"] and is_folder:
            # `/sets/x` is the page `/sets/x/`.
            query = b"?" + scope["query_string"] if scope["query_string"] else b""
            location = page_address(key).encode() + query
            await self._send(send, 302, [(b"location", location), (b"content-length", b"0")], b"")
            return
        await self._answer(send, bucket, key, headers, head)

    async def _is_closed(self) -> bool:
        now = time.monotonic()
        if self._closed is None or now - self._asked > _FRESH_SECONDS:
            self._asked = now  # while one request asks, the others use what is known
            self._closed, deployed = await asyncio.to_thread(self._look)
            self._go_by(*deployed)
        return bool(self._closed)

    def _look(self) -> tuple[bool, Deployed]:
        return self._ask_whether_closed(), self._ask_what_is_deployed()

    async def _say_closed(self, send: Send, path: str, language: str, head: bool) -> None:
        """Like CloudFront's function, answers pictures with a bare 503."""
        is_picture = path.startswith((DOWNLOAD_FOLDER, THUMBNAILS_FOLDER))
        body = b"" if is_picture else self._closed_pages[language]
        headers = [
            (b"cache-control", b"no-store"),
            (b"content-type", b"text/plain" if is_picture else b"text/html; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
        ]
        await self._send(send, 503, headers, b"" if head else body)

    def _place(self, path: str, language: str = ENGLISH) -> tuple[str, str]:
        key = path.removeprefix("/")
        if key.startswith("photos/"):
            return self._buckets["thumbnails"], self._downloads + key
        thumbnail = key.removeprefix("thumbnails/")
        if thumbnail != key and thumbnail.startswith(self._served):
            return self._buckets["thumbnails"], thumbnail
        if _TOGETHER.fullmatch(key):
            key = "people/+/"
        index = in_language("index.html", ENGLISH if _PHOTO.fullmatch(key) else language)
        return self._buckets["site"], key + index if not key or key.endswith("/") else key

    async def _answer(self, send: Send, bucket: str, key: str, headers: dict[bytes, bytes], head: bool) -> None:
        request: GetObjectRequestTypeDef = {"Bucket": bucket, "Key": key}
        if _RANGE.fullmatch(headers.get(b"range", b"")):
            request["Range"] = headers[b"range"].decode()
        if b"if-none-match" in headers:
            request["IfNoneMatch"] = headers[b"if-none-match"].decode("latin-1")
        try:
            found = await self._get(request)
        except ClientError as error:
            await self._answer_error(send, error, head)
            return
        status = 206 if "ContentRange" in found else 200
        if (
            status == 200
            and found["ContentType"].startswith(_COMPRESSED)
            and b"gzip" in headers.get(b"accept-encoding", b"")
        ):
            await self._send_compressed(send, found, head)
        else:
            await self._send_object(send, status, found, head)

    async def _answer_error(self, send: Send, error: ClientError, head: bool) -> None:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        if status in (304, 416):
            await self._send(send, status, [(b"content-length", b"0")], b"")
        else:
            await self._answer_fallback(send, head)

    async def _answer_fallback(self, send: Send, head: bool) -> None:
        try:
            found = await self._get({"Bucket": self._buckets["site"], "Key": FALLBACK_PAGE})
        except ClientError:
            await self._send(send, 404, [(b"content-type", b"text/plain; charset=utf-8")], b"not found")
            return
        await self._send_object(send, 404, found, head)

    async def _send(self, send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _get(self, request: "GetObjectRequestTypeDef") -> "GetObjectOutputTypeDef":
        return await asyncio.to_thread(lambda: self._s3.get_object(**request))

    async def _send_compressed(self, send: Send, found: "GetObjectOutputTypeDef", head: bool) -> None:
        body = gzip.compress(await asyncio.to_thread(found["Body"].read), 6)
        headers = _passed_on(found)
        # The compressed page has the same tag, but a weak one.
        headers = [(name, b"W/" + value if name == b"etag" else value) for name, value in headers]
        headers += [
            (b"content-encoding", b"gzip"),
            (b"content-length", str(len(body)).encode()),
        ]
        await self._send(send, 200, headers, b"" if head else body)

    async def _send_object(self, send: Send, status: int, found: "GetObjectOutputTypeDef", head: bool) -> None:
        headers = _passed_on(found)
        headers += [
            (b"content-length", str(found["ContentLength"]).encode()),
            (b"accept-ranges", b"bytes"),
            (b"last-modified", found["LastModified"].strftime("%a, %d %b %Y %H:%M:%S GMT").encode()),
        ]
        body: Any = found["Body"]
        try:
            await send({"type": "http.response.start", "status": status, "headers": headers})
            while not head and (chunk := await asyncio.to_thread(body.read, _CHUNK)):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        finally:
            body.close()
        await send({"type": "http.response.body", "body": b""})


def _passed_on(found: "GetObjectOutputTypeDef") -> list[tuple[bytes, bytes]]:
    """The headers that S3 answered with and browsers need."""
    return [(name, str(value).encode()) for field, name in _PASSED_ON.items() if (value := found.get(field))]


async def _lifespan(receive: Receive, send: Send) -> None:
    while (await receive())["type"] != "lifespan.shutdown":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})
