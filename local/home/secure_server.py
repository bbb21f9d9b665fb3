"""HTTPS for the home network: hypercorn with a certificate that can be renewed, and few connections for each device."""

import contextlib
import errno
import logging
import resource
import socket
import ssl
from collections.abc import Sequence
from typing import Any

from hypercorn.config import Config, Sockets

from local.home import HomeError
from local.home.certificates import Certificate
from local.home.devices import OpenConnections

# A browser sends its hello and its request at once.
_SECONDS_TO_BEGIN = 15


class SecureConfig(Config):
    """What hypercorn serves the home network with, on ``port`` of each of these addresses. Raises ``HomeError``."""

    def __init__(self, listen: Sequence[str], port: int, certificate: Certificate):
        self.bind = [f"{address}:{port}" for address in listen]
        self.certfile, self.keyfile = map(str, certificate.files)
        # As on the other ports: what holds there of reading and closing holds here.
        self.alpn_protocols = ["http/1.1"]
        self.include_server_header = False
        self.keep_alive_timeout = 60
        self.ssl_handshake_timeout = _SECONDS_TO_BEGIN
        self.graceful_timeout = 1.0
        self.shutdown_timeout = 5.0
        self.errorlog = logging.getLogger("hypercorn.error")
        self.loglevel = "ERROR"
        context = super().create_ssl_context()
        assert context is not None  # noqa: S101 - it has a certificate
        self._context = context
        self._port = port
        self._bound = [_listen(address, port) for address in listen]

    def create_ssl_context(self) -> ssl.SSLContext:
        return self._context

    def create_sockets(self) -> Sockets:
        return Sockets(self._bound, [], [])

    def renew(self, certificate: Certificate) -> None:
        """Use another certificate for the connections that come from now on."""
        self._context.load_cert_chain(*certificate.files)


def _listen(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listening = _CountedListener(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listening.bind((address, port))
    except OSError as error:
        listening.close()
        raise HomeError(_reason(error, address, port)) from None
    listening.setblocking(False)
    return listening


def _reason(error: OSError, address: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} at {address} is in use: stop whatever listens there, or choose another with --https-port"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"this machine doesn't have the address {address} now: is it in your home network? Check --host"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"port {port} is not open to this user: choose one above 1023 with --https-port"
    return f"can't listen at {address}, port {port}: {error.strerror}"


class _CountedListener(socket.socket):
    """A listening socket that accepts only so many connections at once, in all and from one address."""

    def __init__(self, *arguments: Any, **options: Any):
        super().__init__(*arguments, **options)
        self.open = OpenConnections()

    def accept(self) -> tuple[socket.socket, Any]:
        """As a socket's. Raises ``ConnectionAbortedError`` for one too many, which asyncio passes over."""
        accepted, address = super().accept()
        connection = _Connection(self.family, self.type, self.proto, fileno=accepted.detach())
        device = str(address[0])
        if not self.open.begin(device):
            connection.close()
            raise ConnectionAbortedError(f"too many connections from {device}")
        connection.count(self.open, device)
        return connection, address


class _Connection(socket.socket):
    """A connection that is counted until it is closed."""

    _counter: OpenConnections | None = None
    _device = ""

    def count(self, counter: OpenConnections, device: str) -> None:
        self._counter, self._device = counter, device

    def close(self) -> None:
        super().close()
        if self._counter is not None:
            self._counter.end(self._device)
            self._counter = None


def allow_many_files() -> None:
    """Let this process open as many files as the system lets it: on a Mac it may open only 256 unless it asks."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4096 if hard == resource.RLIM_INFINITY else min(4096, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
