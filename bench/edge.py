"""What CloudFront does for a page, on this machine: HTTP/2 over TLS, answers from a cache.

The laptop's site server speaks HTTP/1.1, where a browser has six connections and everything else waits; so do the
peers' servers. So browsers go through a proxy that speaks HTTP/2 with them. The addresses of pages stay the same.
"""

import asyncio
import contextlib
import datetime
import http.client
import ipaddress
import logging
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypercorn.asyncio import serve
from hypercorn.config import Config

from bench import workplace

# Of one connection, not of what is sent over it: https://www.rfc-editor.org/rfc/rfc9113#section-8.2.2
_CONNECTION_HEADERS = {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "date", "server"}

_Answer = tuple[int, list[tuple[bytes, bytes]], bytes]


@contextlib.contextmanager
def running() -> Iterator[list[str]]:
    """Run the proxy; the flags that make Chromium use it."""
    config, stop, loop = Config(), asyncio.Event(), asyncio.new_event_loop()
    port = workplace.free_port()
    config.bind = [f"127.0.0.1:{port}"]
    config.alpn_protocols = ["h2"]
    config.errorlog, config.loglevel = logging.getLogger("hypercorn.error"), "CRITICAL"
    config.graceful_timeout = 0
    loop.set_exception_handler(lambda *_: None)  # browsers leave in the middle of an answer
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        config.certfile, config.keyfile = _certificate(Path(folder))
        work = serve(_Edge().app, config, shutdown_trigger=stop.wait)
        thread = threading.Thread(target=loop.run_until_complete, args=[work])
        thread.start()
        try:
            yield [
                f"--proxy-server=http=https://127.0.0.1:{port}",
                "--proxy-bypass-list=<-loopback>",
                "--ignore-certificate-errors",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
            ]
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join()
            loop.close()


class _Edge:
    """The ASGI application; keeps every answer to GET, because nothing changes while a page is measured."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], _Answer] = {}
        self._threads = threading.local()

    async def app(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message["body"]
            if not message["more_body"]:
                break
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        query = scope["query_string"].decode()
        path = scope["raw_path"].decode() + (f"?{query}" if query else "")
        place = (headers["host"], path)
        answer = self._kept.get(place) if scope["method"] == "GET" else None
        if answer is None:
            answer = await asyncio.to_thread(self._ask, scope["method"], *place, body, headers)
            if scope["method"] == "GET" and answer[0] == 200:
                self._kept[place] = answer
        status, told, content = answer
        await send({"type": "http.response.start", "status": status, "headers": told})
        await send({"type": "http.response.body", "body": content})

    def _ask(self, method: str, host: str, path: str, body: bytes, headers: dict[str, str]) -> _Answer:
        """Ask the server itself, over this thread's connection to it."""
        connections = self._threads.__dict__
        for _ in range(2):  # reconnect if it was closed in the meantime
            connection = connections.setdefault(host, http.client.HTTPConnection(host))
            try:
                connection.request(method, path, body or None, headers)
                response = connection.getresponse()
                content = response.read()
                break
            except (http.client.HTTPException, OSError):
                connections.pop(host).close()
        else:
            return 502, [], b""  # Chromium also asks for hosts that don't exist
        told = [(name.lower().encode(), value.encode("latin-1")) for name, value in response.getheaders()]
        return response.status, [pair for pair in told if pair[0].decode() not in _CONNECTION_HEADERS], content


def _certificate(folder: Path) -> tuple[str, str]:
    """A certificate of its own for 127.0.0.1 and its key, as files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return str(files[0]), str(files[1])
