"""Who may call the stack over HTTP: only its own names, and pages of its own site."""

import asyncio

import pytest

from local.port_guard import PortGuard

API, SITE = 4566, 8000


async def answer(scope: dict, receive: object, send: object) -> None:
    """What stands behind the guard, and answers without reading."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"in"})


def ask(port: int, *, body: list[bytes] | None = None, kind: str = "http", **headers: str) -> tuple[list[dict], int]:
    """Messages that the guard of a port sends, and how many pieces of the body it left unread."""
    chunks = body or [b""]
    waiting = [
        {"type": "http.request", "body": chunk, "more_body": number < len(chunks) - 1}
        for number, chunk in enumerate(chunks)
    ]
    if kind == "websocket":
        waiting = [{"type": "websocket.connect"}]
    sent: list[dict] = []

    async def receive() -> dict:
        return waiting.pop(0)

    async def send(message: dict) -> None:
        if message["type"] == "http.response.start":
            assert not waiting, "hypercorn keeps a connection whose body is left unread"
        sent.append(message)

    scope = {"type": kind, "method": "POST", "raw_path": b"/", "query_string": b""}
    scope["headers"] = [(name.encode(), value.encode()) for name, value in headers.items()]
    asyncio.run(PortGuard(answer, port, SITE, buckets=port == API).app(scope, receive, send))
    return sent, len(waiting)


def status(port: int, **headers: str) -> int:
    return ask(port, **headers)[0][0]["status"]


@pytest.mark.parametrize("port", [API, SITE])
@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]", "LocalHost"])
def test_own_names_are_let_in(port: int, name: str) -> None:
    assert status(port, host=f"{name}:{port}") == 200


@pytest.mark.parametrize("port", [API, SITE])
@pytest.mark.parametrize(
    "host",
    [
        *("", "localhost", "localhost:1", "localhost:99999", "localhost:", "evil.example", "evil.example:{port}"),
        *("127.0.0.1.evil.example:{port}", "localhost.evil.example:{port}", "evillocalhost:{port}", "0.0.0.0:{port}"),
        *("localhost:{port}@evil.example", "localhost:{port},evil.example", "localhost:{port}\n", "127.1:{port}"),
    ],
)
def test_foreign_names_are_refused_with_the_reason(port: int, host: str) -> None:
    start, body = ask(port, host=host.format(port=port))[0]
    assert start["status"] == 403
    assert f"http://localhost:{port}" in body["body"].decode()
    assert b"access-control-allow-origin" not in dict(start["headers"])


def test_a_name_without_a_port_means_port_80() -> None:
    assert status(80, host="localhost") == 200


def test_only_the_api_answers_to_names_of_buckets() -> None:
    assert status(API, host=f"pics.a-b.localhost:{API}") == 200
    assert status(SITE, host=f"pics.localhost:{SITE}") == 403


@pytest.mark.parametrize("port", [API, SITE])
@pytest.mark.parametrize("origin", [f"http://localhost:{SITE}", f"http://127.0.0.1:{SITE}"])
def test_the_sites_own_pages_may_call(port: int, origin: str) -> None:
    assert status(port, host=f"localhost:{port}", origin=origin) == 200


@pytest.mark.parametrize("port", [API, SITE])
@pytest.mark.parametrize(
    "origin",
    [
        *("null", "", "http://evil.example", f"http://localhost:{API}", f"https://localhost:{SITE}"),
        *("http://localhost", f"http://localhost:{SITE}.evil.example", f"http://evil.localhost:{SITE}"),
    ],
)
def test_other_pages_may_not_call(port: int, origin: str) -> None:
    start, body = ask(port, host=f"localhost:{port}", origin=origin)[0]
    assert start["status"] == 403
    assert b"its own site" in body["body"]
    assert b"access-control-allow-origin" not in dict(start["headers"])


@pytest.mark.parametrize("host", [f"localhost:{API}", "evil.example"])
def test_a_body_is_read_to_its_end_before_the_answer(host: str) -> None:
    sent, left = ask(API, host=host, body=[b"x"] * 30)
    assert left == 0
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]


@pytest.mark.parametrize("port", [API, SITE])
def test_websockets_are_refused(port: int) -> None:
    sent, _ = ask(port, kind="websocket", host=f"localhost:{port}")
    assert sent == [{"type": "websocket.close", "code": 1008}]
