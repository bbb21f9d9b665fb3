"""What the site port answers, with a bucket in memory behind it."""

import asyncio
from typing import Any

import pytest
from botocore.exceptions import ClientError
from gate_runs import run, scope, state, the_edge

from local.asgi import Answer
from local.edge.edge_process import EdgeError, EdgeState
from local.site_server import SiteServer, SiteState, kept_while_unchanged

OBJECTS = {"index.html": b"<p>home", "404.html": b"nothing here", "photos/a/b.jpg": bytes(range(100))}


def no_headers(path: str) -> list[tuple[bytes, bytes]]:
    return []


class S3:
    """One object store for all buckets; it remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict] = []

    async def get_object(self, bucket: str, key: str, headers: dict[str, str]) -> Answer:
        self.asked.append({"key": key, **headers})
        assert key, "there is no object without a key"
        if key not in OBJECTS:
            return 404, {}, b"<Error/>"
        body = OBJECTS[key]
        kind = "text/html" if body.startswith(b"<") else "image/jpeg"
        return 200, {"content-type": kind, "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT"}, body


def ask(s3: S3, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes]:
    """Status and body of an answer."""
    sent: list[dict] = []

    async def send(message: dict) -> None:
        sent.append(message)

    run(site_server(s3).app(scope(path, method, **headers), None, send))  # type: ignore[arg-type]
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


def site_server(s3: S3, edge: Any = None, read_state: Any = None) -> SiteServer:
    def public() -> SiteState:
        return SiteState("all", no_headers, state())

    buckets = {"site": "s", "thumbnails": "t"}
    return SiteServer(s3.get_object, buckets, edge or the_edge(), read_state or public)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["/thumbnails/", "/photos/", "/photos/%00", "/x.html", "/assets/x.js"])
def test_a_missing_file_is_not_found(method: str, path: str) -> None:
    assert ask(S3(), path, method) == (404, b"" if method == "HEAD" else OBJECTS["404.html"])


@pytest.mark.parametrize("path", ["/%ff", "/%2e%2e/x.html", "/assets/%ff", "//x.html", "/\xff"])
def test_what_is_no_path_is_not_looked_for(path: str) -> None:
    s3 = S3()
    assert ask(s3, path) == (404, b"")
    assert s3.asked == []


@pytest.mark.parametrize("range_", ["bytes=0-9", "bytes=5-", "bytes=-5"])
def test_one_range_is_asked_of_s3(range_: str) -> None:
    s3 = S3()
    ask(s3, "/thumbnails/photos/a/b.jpg", range=range_)
    assert s3.asked[0]["range"] == range_


@pytest.mark.parametrize(
    "range_", ["", "x", "bytes=", "bytes=a-b", "bytes=--5", "items=0-1", "bytes=0-1,3-4", "bytes=0-" + "9" * 40, "\xff"]
)
def test_any_other_range_is_ignored(range_: str) -> None:
    s3 = S3()
    assert ask(s3, "/thumbnails/photos/a/b.jpg", range=range_)[0] == 200
    assert "range" not in s3.asked[0]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "FOO"])
def test_the_site_is_only_read(method: str) -> None:
    assert ask(S3(), "/thumbnails/photos/a/b.jpg", method)[0] == 405


def answered(server: SiteServer, path: str) -> tuple[int, dict[bytes, bytes]]:
    sent: list[dict] = []

    async def send(message: dict) -> None:
        sent.append(message)

    run(server.app(scope(path), None, send))  # type: ignore[arg-type]
    return sent[0]["status"], dict(sent[0]["headers"])


def test_a_deployment_changes_what_is_served_without_a_restart() -> None:
    states = [
        SiteState("stripped", no_headers, state()),
        SiteState("large", lambda path: [(b"x-robots-tag", path.encode())], state()),
    ]
    s3 = S3()
    server = site_server(s3, read_state=lambda: states.pop(0))
    assert b"x-robots-tag" not in answered(server, "/photos/a/b.jpg")[1]
    server._read_at -= 2
    assert answered(server, "/photos/a/b.jpg")[1][b"x-robots-tag"] == b"/photos/a/b.jpg"
    assert [one["key"] for one in s3.asked[::2]] == [
        f"downloads/{rule}/photos/a/b.jpg" for rule in ("stripped", "large")
    ]


def test_nobody_is_let_in_by_what_was_true_more_than_a_second_ago() -> None:
    """Not even while it is being read again for somebody else."""
    private = {"album": '{"audience":"members","key":null,"differs":false}'}
    states = [SiteState("all", no_headers, state()), SiteState("all", no_headers, state(private))]
    server = site_server(S3(), read_state=lambda: states.pop(0))
    assert answered(server, "/thumbnails/photos/a/b.jpg")[0] == 200
    server._read_at -= 1.1

    async def both() -> list[int]:
        statuses: list[int] = []

        async def send(message: dict) -> None:
            statuses.extend([message["status"]] if "status" in message else [])

        asked = scope("/thumbnails/photos/a/b.jpg")
        await asyncio.gather(*(server.app(asked, None, send) for _ in range(2)))  # type: ignore[arg-type]
        return statuses

    assert run(both()) == [403, 403]


def test_what_has_not_changed_is_read_every_ten_seconds() -> None:
    now, changes, reads = [0.0], [1], []

    def read_state() -> SiteState:
        reads.append((changes[0], now[0]))
        return SiteState(str(len(reads)), no_headers, state())

    read = kept_while_unchanged(read_state, lambda: changes[0], lambda: now[0])
    assert [read().downloads, read().downloads] == ["1", "1"]
    changes[0] += 1
    assert [read().downloads, read().downloads] == ["2", "2"]
    now[0] += 11
    assert [read().downloads, read().downloads] == ["3", "3"]
    assert reads == [(1, 0), (2, 0), (2, 11)]


def test_a_request_that_cannot_be_judged_is_refused() -> None:
    class Failing:
        async def judge(self, event: dict, by: EdgeState) -> dict:
            raise EdgeError("it has ended")

    s3 = S3()
    assert answered(site_server(s3, Failing()), "/")[0] == 503
    assert answered(site_server(s3, read_state=unreadable), "/")[0] == 503
    assert (
        answered(site_server(s3, read_state=lambda: SiteState("all", no_headers, EdgeState(entries=None))), "/")[0]
        == 503
    )
    assert s3.asked == []


def unreadable() -> SiteState:
    raise ClientError({"Error": {"Code": "InternalError"}}, "Query")


def test_headers_of_the_deployment_take_the_place_of_an_answers_own() -> None:
    def headers(path: str) -> list[tuple[bytes, bytes]]:
        return [(b"cache-control", b"private")]

    server = site_server(S3(), read_state=lambda: SiteState("all", headers, state()))
    assert answered(server, "/l/x")[1][b"cache-control"] == b"private"
