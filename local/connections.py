"""Closes connections whose clients have gone, which hypercorn keeps until their idle time is over, and has it speak
HTTP/1 alone."""

import asyncio
import contextlib
import ssl
from typing import Any

import hypercorn.asyncio.run
import hypercorn.protocol
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.protocol.h11 import H11Protocol

_SECONDS_TO_CLOSE = 1.0


class _ClosingServer(TCPServer):
    """A connection that ends with its client.

    Hypercorn waits for all tasks of a connection before it closes it, the one that counts the idle time among them:
    75 seconds for each, and its file is open as long.
    """

    async def _read_data(self) -> None:
        await super()._read_data()
        await self.idle_task.stop()

    async def _close(self) -> None:
        """Close it without waiting for the other end to agree, which TLS does for up to 30 seconds: a phone that has
        left would keep the stack from stopping."""
        with contextlib.suppress(TimeoutError, ssl.SSLError):  # it may have ended badly
            async with asyncio.timeout(_SECONDS_TO_CLOSE):
                await super()._close()  # takes a cancellation for the end
        self.writer.transport.abort()

    async def _initiate_server_close(self) -> None:
        await super()._initiate_server_close()
        self.loop.call_later(_SECONDS_TO_CLOSE, self.writer.transport.abort)

    async def _idle_timeout(self) -> None:
        if not self.reader.at_eof():  # the last answer may end after its client
            await super()._idle_timeout()


class _OnlyHttp1(H11Protocol):
    """HTTP/1 that stays HTTP/1.

    Hypercorn changes to HTTP/2 for whoever asks on an open connection, without TLS having agreed to it. There, a
    connection carries a hundred requests at once, and a stranger's pings keep it open for ever.
    """

    async def _check_protocol(self, event: Any) -> None:
        pass  # an upgrade may be passed over: RFC 9110, 7.8


def steady_connections() -> None:
    """Let hypercorn serve HTTP/1 alone, with connections that end with their clients; call before it serves."""
    hypercorn.asyncio.run.TCPServer = _ClosingServer  # type: ignore[attr-defined] # it is imported there
    hypercorn.protocol.H11Protocol = _OnlyHttp1  # type: ignore[attr-defined] # so is this
