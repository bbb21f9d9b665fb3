"""The guard before both ports: who may call this stack over HTTP, and how.

Any page that a browser on this machine opens can reach 127.0.0.1, and a foreign name can be pointed there (DNS
rebinding). So a call must name this stack in `Host`, and a page that calls must be the stack's own site.
"""

import re

from local.asgi import App, Message, Receive, Scope, Send

_HOST = re.compile(r"(?P<name>\[::1\]|[a-z0-9.-]+)(?::(?P<port>[0-9]{1,5}))?", re.IGNORECASE)
_NAMES = {"localhost", "127.0.0.1", "[::1]"}


class PortGuard:
    """ASGI middleware before the server on ``port``. Pages may call it from the site on ``site_port`` alone.

    With ``buckets``, names such as ``pics.localhost`` are its own too: SDKs put the bucket's name there.
    """

    def __init__(self, app: App, port: int, site_port: int, *, buckets: bool = False):
        self._app = app
        self._port = port
        self._origins = {f"http://{name}:{site_port}".removesuffix(":80") for name in _NAMES}
        self._buckets = buckets

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application."""
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})  # the handshake is answered 403
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        receive, send = read_before_answering(receive, send)
        headers: dict[bytes, bytes] = dict(scope["headers"])
        host, origin = headers.get(b"host", b"").decode("latin-1"), headers.get(b"origin")
        if not self._is_own(host):
            await refuse(send, f"This stack answers only at http://localhost:{self._port}: use that address.")
        elif origin is not None and origin.decode("latin-1") not in self._origins:
            await refuse(
                send, "This stack answers only to pages of its own site: call it from a program instead of a browser."
            )
        else:
            await self._app(scope, receive, send)

    def _is_own(self, host: str) -> bool:
        found = _HOST.fullmatch(host)
        if not found or int(found["port"] or 80) != self._port:
            return False
        name = found["name"].lower()
        return name in _NAMES or (self._buckets and name.endswith(".localhost"))


async def refuse(send: Send, reason: str, status: int = 403) -> None:
    """Answer with a sentence and nothing else: no page of another origin may read it."""
    body = reason.encode() + b"\n"
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def read_before_answering(receive: Receive, send: Send) -> tuple[Receive, Send]:
    """Read what is left of a request's body before it is answered.

    Hypercorn holds ten pieces of a body for its application and waits until the first is taken. So a connection whose
    body nobody reads stays open for ever, and its client, which is still sending, never sees the answer.
    """
    done = False

    async def receive_watched() -> Message:
        nonlocal done
        message = await receive()
        done = not (message["type"] == "http.request" and message.get("more_body", False))
        return message

    async def send_after(message: Message) -> None:
        while not done and message["type"] == "http.response.start":
            await receive_watched()
        await send(message)

    return receive_watched, send_after
