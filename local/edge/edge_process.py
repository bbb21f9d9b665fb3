"""Runs the gate's code in Node: one child for as long as the stack runs, and lines of JSON between the two."""

import asyncio
import contextlib
import json
import os
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from functions.errors import KinpicsError

_PROGRAM = Path(__file__).with_name("cloudfront.js")
# A request takes a fraction of a millisecond.
_TIMEOUT_SECONDS = 5.0


class EdgeError(KinpicsError):
    """A request can't be judged; the message says why."""


@dataclass(frozen=True)
class EdgeState:
    """What the gate goes by: whether the site is closed, the pages' language, and the key-value store's entries.

    Without entries, the store can't be read.
    """

    is_closed: bool = False
    language: str = "auto"
    entries: dict[str, str] | None = field(default_factory=dict)


def find_node() -> str:
    """The machine's Node, or the one that `make setup` has put beside this Python. Raises ``EdgeError``."""
    beside = str(Path(sys.executable).parent)
    node = shutil.which("node", path=os.pathsep.join([beside, os.environ.get("PATH", "")]))
    if not node:
        raise EdgeError("Node.js is missing: run `make setup`, which installs it")
    return node


class EdgeProcess:
    """The child that runs ``code``, the gate's as CloudFormation leaves it. Starts at the first request, and again
    should it have died. It belongs to one event loop.
    """

    def __init__(self, code: str):
        self._code = code
        self._starting = asyncio.Lock()
        self._child: _Child | None = None

    @property
    def pid(self) -> int | None:
        """The process that runs now, if any."""
        return self._child.transport.get_pid() if self._child and self._child.is_alive else None

    async def start(self) -> "_Child":
        """Start the child, unless it runs. Raises ``EdgeError``."""
        async with self._starting:
            if self._child and self._child.is_alive:
                return self._child
            await self.close()
            loop = asyncio.get_running_loop()
            try:
                # Ctrl-C in the terminal is for the stack, which still answers what has been asked.
                _, child = await loop.subprocess_exec(
                    _Child, find_node(), str(_PROGRAM), stderr=None, start_new_session=True
                )
            except OSError as error:
                raise EdgeError(f"Node.js doesn't start: {error}") from error
            child.write({"code": self._code})
            self._child = child
            return child

    async def judge(self, event: dict[str, Any], state: EdgeState) -> dict[str, Any]:
        """What CloudFront's function answers to an event: a response, or the request's new `uri`.

        Raises ``EdgeError``.
        """
        child = self._child if self._child and self._child.is_alive else await self.start()
        answered = child.ask(event, state)
        try:
            async with asyncio.timeout(_TIMEOUT_SECONDS):
                return await answered
        except TimeoutError:
            child.kill()
            raise EdgeError("the gate did not answer in time") from None

    async def close(self) -> None:
        """End the child."""
        if self._child:
            self._child.kill()
            await self._child.ended


class _Child(asyncio.SubprocessProtocol):
    """The lines to and from one process."""

    def __init__(self) -> None:
        self.is_alive = True
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._asked = 0
        self._told: EdgeState | None = None
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.SubprocessTransport, transport)
        self._stdin = cast(asyncio.WriteTransport, self.transport.get_pipe_transport(0))

    def write(self, message: dict[str, Any]) -> None:
        self._stdin.write(json.dumps(message).encode() + b"\n")

    def ask(self, event: dict[str, Any], state: EdgeState) -> asyncio.Future[dict[str, Any]]:
        """Ask by this state; gives what will be the answer."""
        if state is not self._told and state != self._told:
            entries = {} if self._told and self._told.entries == state.entries else {"entries": state.entries}
            self.write({"globals": {"closed": state.is_closed, "language": state.language}, **entries})
            self._told = state
        self._asked += 1
        answered: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[self._asked] = answered
        self.write({"id": self._asked, "event": event})
        return answered

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            message = json.loads(line)
            answered = self._waiting.pop(message["id"], None)
            if answered and not answered.done():
                if "answer" in message:
                    answered.set_result(message["answer"])
                else:
                    answered.set_exception(EdgeError(f"the gate failed: {message.get('error')}"))

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        self._end()

    def process_exited(self) -> None:
        self._end()
        self.transport.close()
        if not self.ended.done():
            self.ended.set_result(None)

    def kill(self) -> None:
        self._end()
        if not self.ended.done():
            with contextlib.suppress(ProcessLookupError):
                self.transport.kill()

    def _end(self) -> None:
        self.is_alive = False
        for answered in self._waiting.values():
            if not answered.done():
                answered.set_exception(EdgeError("the gate's process has ended"))
        self._waiting.clear()
