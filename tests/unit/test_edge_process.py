"""The child that runs the gate: what happens when it ends, fails or hangs."""

import asyncio
import os
import signal
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
from gate_runs import scope, state

from local.edge import edge_process
from local.edge.edge_process import EdgeError, EdgeProcess
from local.edge.viewer import response_headers_of, viewer_event

EVENT = viewer_event(scope("/x"))  # type: ignore[arg-type]
ECHO = (
    "var closed = false;\nvar language = 'auto';\nasync function handler(event){return {uri: `${closed} ${language}`}}"
)


def with_edge(code: str, work: Any) -> Any:
    """What comes of some work with a child that runs this code."""

    async def run() -> Any:
        edge = EdgeProcess(code)
        try:
            return await work(edge)
        finally:
            await edge.close()

    coroutine: Coroutine[Any, Any, Any] = run()
    return asyncio.run(coroutine)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_child_that_was_killed_is_started_again() -> None:
    async def work(edge: EdgeProcess) -> tuple[int | None, ...]:
        await edge.judge(EVENT, state())
        first = edge.pid
        assert first
        os.kill(first, signal.SIGKILL)
        while edge.pid is not None:
            await asyncio.sleep(0.01)
        assert await edge.judge(EVENT, state(closed=True)) == {"uri": "true auto"}, "it is told anew what it goes by"
        return first, edge.pid

    first, second = with_edge(ECHO, work)
    assert first != second
    assert not is_running(first)
    assert not is_running(second), "it is ended with its owner"


def test_what_the_child_was_asked_when_it_died_is_refused() -> None:
    async def work(edge: EdgeProcess) -> None:
        await edge.start()
        asked = asyncio.ensure_future(edge.judge(EVENT, state()))
        await asyncio.sleep(0.2)
        assert edge.pid
        os.kill(edge.pid, signal.SIGKILL)
        with pytest.raises(EdgeError, match="has ended"):
            await asked

    with_edge("async function handler(event){return new Promise(() => {})}", work)


def test_a_child_that_hangs_is_ended_and_the_request_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge_process, "_TIMEOUT_SECONDS", 0.3)

    async def work(edge: EdgeProcess) -> None:
        with pytest.raises(EdgeError, match="in time"):
            await edge.judge(EVENT, state())
        assert edge.pid is None

    with_edge("async function handler(event){for(;;);}", work)


@pytest.mark.parametrize(
    "code", ["async function handler(event){throw new Error('x')}", "async function other(){}", "syntax error"]
)
def test_code_that_fails_lets_nobody_in(code: str, capfd: pytest.CaptureFixture[str]) -> None:
    async def work(edge: EdgeProcess) -> None:
        with pytest.raises(EdgeError):
            await edge.judge(EVENT, state())

    with_edge(code, work)


def test_without_node_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge_process.shutil, "which", lambda *_, **__: None)
    with pytest.raises(EdgeError, match="make setup"):
        edge_process.find_node()


def test_answers_find_those_who_asked() -> None:
    async def work(edge: EdgeProcess) -> list[str]:
        events = [viewer_event(scope(f"/{number}")) for number in range(300)]  # type: ignore[arg-type]
        return [answer["uri"] for answer in await asyncio.gather(*(edge.judge(event, state()) for event in events))]

    slow = "async function handler(event){await new Promise((done)=>done());return {uri: event.request.uri}}"
    assert with_edge(slow, work) == [f"/{number}" for number in range(300)]


def test_a_request_looks_as_cloudfront_shows_it() -> None:
    asked = scope("/a%20b/\xff?x=1&y&x=%20", accept="text/html", cookie="a=1; b=2;c; a=3")
    assert viewer_event(asked)["request"] == {  # type: ignore[arg-type]
        "method": "GET",
        "uri": "/a%20b/%FF",
        "querystring": {
            "x": {"value": "1", "multiValue": [{"value": "1"}, {"value": "%20"}]},
            "y": {"value": ""},
        },
        "headers": {"accept": {"value": "text/html"}},
        "cookies": {
            "a": {"value": "1", "multiValue": [{"value": "1"}, {"value": "3"}]},
            "b": {"value": "2"},
            "c": {"value": ""},
        },
    }


def test_a_response_has_its_headers_and_cookies() -> None:
    response = {
        "headers": {"location": {"value": "/x"}},
        "cookies": {"__Host-a": {"value": "1", "attributes": "Secure; Path=/"}},
    }
    assert response_headers_of(response) == [(b"location", b"/x"), (b"set-cookie", b"__Host-a=1; Secure; Path=/")]
