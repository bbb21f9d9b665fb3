"""What the site port answers, with a bucket in memory behind it."""

import asyncio
import datetime
import io
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.site_server import SiteServer

OBJECTS = {"index.html": b"<p>home", "404.html": b"nothing here", "photos/a/b.jpg": bytes(range(100))}


def no_headers(path: str) -> list[tuple[bytes, bytes]]:
    return []


class S3:
    """One object store for all buckets; it remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict] = []
        self.bodies: list[io.BytesIO] = []

    def client(self, name: str, **options: Any) -> "S3":
        return self

    def get_object(self, **arguments: str) -> dict:
        self.asked.append(arguments)
        assert arguments["Key"], "boto3 refuses an empty key"
        if arguments["Key"] not in OBJECTS:
            answer = {"Error": {"Code": "NoSuchKey"}, "ResponseMetadata": {"HTTPStatusCode": 404}}
            raise ClientError(answer, "GetObject")
        body = OBJECTS[arguments["Key"]]
        self.bodies.append(io.BytesIO(body))
        modified = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
        kind = "text/html" if body.startswith(b"<") else "image/jpeg"
        return {"Body": self.bodies[-1], "ContentLength": len(body), "ContentType": kind, "LastModified": modified}


def ask(s3: S3, path: str, method: str = "GET", *, leaves: bool = False, **headers: str) -> tuple[int, bytes]:
    """Status and body of an answer; a client that leaves has gone before it starts."""
    sent: list[dict] = []

    async def send(message: dict) -> None:
        if leaves:
            raise ConnectionResetError
        sent.append(message)

    server = SiteServer(s3, {"site": "s", "thumbnails": "t"}, "all", no_headers)  # type: ignore[arg-type]
    named = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "raw_path": path.encode(), "query_string": b"", "headers": named}
    asyncio.run(server.app(scope, lambda: None, send))  # type: ignore[arg-type]
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["/thumbnails/", "/photos/", "/photos/%00", "/%ff", "/%2e%2e/x.html"])
def test_a_missing_file_is_not_found(method: str, path: str) -> None:
    assert ask(S3(), path, method) == (404, b"" if method == "HEAD" else OBJECTS["404.html"])


@pytest.mark.parametrize("range_", ["bytes=0-9", "bytes=5-", "bytes=-5"])
def test_one_range_is_asked_of_s3(range_: str) -> None:
    s3 = S3()
    ask(s3, "/thumbnails/photos/a/b.jpg", range=range_)
    assert s3.asked[0]["Range"] == range_


@pytest.mark.parametrize(
    "range_", ["", "x", "bytes=", "bytes=a-b", "bytes=--5", "items=0-1", "bytes=0-1,3-4", "bytes=0-" + "9" * 40, "\xff"]
)
def test_any_other_range_is_ignored(range_: str) -> None:
    s3 = S3()
    assert ask(s3, "/thumbnails/photos/a/b.jpg", range=range_)[0] == 200
    assert "Range" not in s3.asked[0]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_picture_is_closed_when_its_visitor_leaves(method: str) -> None:
    s3 = S3()
    with pytest.raises(ConnectionResetError):
        ask(s3, "/thumbnails/photos/a/b.jpg", method, leaves=True)
    assert s3.bodies[0].closed


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "FOO"])
def test_the_site_is_only_read(method: str) -> None:
    assert ask(S3(), "/thumbnails/photos/a/b.jpg", method)[0] == 405


def test_a_deployment_changes_what_is_served_without_a_restart() -> None:
    deployed = [("large", lambda path: [(b"x-robots-tag", path.encode())], "auto")]
    s3, started = S3(), []

    async def send(message: dict) -> None:
        started.extend(message.get("headers", []))

    server = SiteServer(
        s3,  # type: ignore[arg-type]
        {"site": "s", "thumbnails": "t"},
        "stripped",
        no_headers,
        deployed=lambda: deployed[0],
    )
    scope = {"type": "http", "method": "GET", "raw_path": b"/photos/a/b.jpg", "query_string": b"", "headers": []}
    asyncio.run(server.app(scope, lambda: None, send))  # type: ignore[arg-type]
    assert s3.asked[0]["Key"] == "downloads/large/photos/a/b.jpg"
    assert (b"x-robots-tag", b"/photos/a/b.jpg") in started
