"""Runs the gate's code, as the template has it, in Node: one child for all tests of a process."""

import asyncio
import atexit
import functools
from collections.abc import Coroutine
from typing import Any, TypeVar

from functions.languages import AUTO
from local.edge.edge_process import EdgeProcess, EdgeState
from local.edge.viewer import viewer_event
from scripts.common.template import gate_code, load_template

T = TypeVar("T")
COOKIE = "__Host-kinpics"


@functools.cache
def _runner() -> asyncio.Runner:
    runner = asyncio.Runner()
    atexit.register(runner.close)
    return runner


@functools.cache
def the_edge() -> EdgeProcess:
    """The child. It belongs to the event loop of `run`."""
    edge = EdgeProcess(gate_code(load_template()))
    _runner()
    atexit.register(lambda: run(edge.close()))
    return edge


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run something in the event loop that the child belongs to."""
    return _runner().run(work)


# An album like any before there were private ones.
PUBLIC = {"album": '{"audience":"public","key":null,"differs":false}'}


def state(entries: dict[str, str] | None = None, *, closed: bool = False, language: str = AUTO) -> EdgeState:
    """What the gate goes by; by default, an open and public album in the visitors' languages."""
    return EdgeState(closed, language, PUBLIC if entries is None else entries)


def scope(path: str, method: str = "GET", **headers: str) -> dict[str, Any]:
    """An ASGI request; a header's name has ``_`` for each ``-``."""
    named = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    raw, _, query = path.partition("?")
    raw_path = raw.encode() if raw.isascii() else raw.encode("latin-1")
    return {"type": "http", "method": method, "raw_path": raw_path, "query_string": query.encode(), "headers": named}


def judge(path: str, by: EdgeState | None = None, method: str = "GET", **headers: str) -> dict[str, Any]:
    """What the gate answers: ``{"uri": …}`` if it lets the request through, else a response."""
    return run(the_edge().judge(viewer_event(scope(path, method, **headers)), by or state()))  # type: ignore[arg-type]


def judge_all(requests: list[dict[str, Any]], by: EdgeState) -> list[dict[str, Any]]:
    """What the gate answers to many requests at once."""

    async def ask() -> list[dict[str, Any]]:
        return await asyncio.gather(*(the_edge().judge(viewer_event(one), by) for one in requests))

    return run(ask())
