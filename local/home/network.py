"""The album's place in the home network: checked before the stack starts, served beside it, renewed while it runs."""

import asyncio
import datetime
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from hypercorn.asyncio import serve
from hypercorn.typing import ASGIFramework

from local.home import HomeError
from local.home.certificates import Certificate, own_certificate, owners_certificate
from local.home.front_door import DoorPages, FrontDoor, Rooms
from local.home.hosts import find_hosts, in_address_bar
from local.home.passwords import PasswordFile
from local.home.secure_server import SecureConfig, allow_many_files
from local.home.sessions import Sessions

_LOOK_SECONDS = 3600.0


@dataclass(frozen=True)
class HomeOptions:
    """Where the home network finds the album: what `--host` named, and a port.

    ``certificate`` and ``key`` are the owner's, as PEM files, or both None.
    """

    hosts: tuple[str, ...]
    port: int = 8443
    certificate: Path | None = None
    key: Path | None = None


@dataclass(frozen=True)
class Reach:
    """How devices reach the album: its addresses, the best first, and the certificate they will meet there."""

    addresses: tuple[str, ...]
    certificate: Certificate


class HomeNetwork:
    """The album in the home network. Listens from the start, but answers once it is served. Raises ``HomeError``."""

    def __init__(self, options: HomeOptions, data: Path):
        self._options = options
        self._data = data
        self._hosts = find_hosts(options.hosts)
        self._password = PasswordFile(data)
        self._password.read()  # nothing is opened without one
        certificate = self._certificate()
        shown = (f"https://{in_address_bar(name)}:{options.port}".removesuffix(":443") for name in self._hosts.names)
        self.reach = Reach(tuple(shown), certificate)
        self._config = SecureConfig(self._hosts.listen, options.port, certificate)
        allow_many_files()

    async def serve(self, rooms: Rooms, pages: DoorPages, closing: Callable[[], Awaitable[object]]) -> None:
        """Serve until ``closing`` returns."""
        ended = self._data / "home" / "ended-sessions.json"
        sessions = Sessions(lambda: self._password.read().key, ended)
        certificate, options = self.reach.certificate, self._options
        names = self._hosts.names
        door = FrontDoor(names, options.port, rooms, pages, self._password.read, sessions, certificate.authority)
        renewing = asyncio.create_task(self._renew())
        try:
            # Hypercorn's type for each message is a class of its own; here they are dictionaries, as at run time.
            await serve(cast(ASGIFramework, door.app), self._config, shutdown_trigger=closing)
        finally:
            renewing.cancel()

    def _certificate(self) -> Certificate:
        names, now = self._hosts.names, datetime.datetime.now(datetime.UTC)
        options = self._options
        if options.certificate and options.key:
            # The addresses that were only found are of no use with it, unless it is for them too.
            wanted = [name for name in names if name in {host.lower() for host in options.hosts}] or names[:1]
            return owners_certificate(options.certificate, options.key, wanted, now)
        return own_certificate(self._data / "home", names, now)

    async def _renew(self) -> None:
        """Look each hour whether the certificate has been renewed, or has to be."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            try:
                self._config.renew(await asyncio.to_thread(self._certificate))
            except (HomeError, OSError) as error:
                print(f"The home network's certificate can't be renewed: {error}", file=sys.stderr, flush=True)
