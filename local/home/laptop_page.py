"""The page that says how to reach the album from the home network. Only the laptop itself has it."""

from typing import Protocol

from functions.languages import choose_language
from local.asgi import App, Receive, Scope, Send
from local.home.front_door import AUTHORITY_FILE, HOME_PAGE, DoorPages, send_authority, send_page
from local.home.network import Reach


class HomePages(DoorPages, Protocol):
    """Renders all pages about the home network."""

    def reach(self, language: str, reach: Reach | None) -> bytes:
        """Says how to reach the album; None if it isn't open to the home network."""


class LaptopPage:
    """ASGI middleware before the site on the laptop's own port."""

    def __init__(self, app: App, pages: HomePages, reach: Reach | None):
        self._app = app
        self._pages = pages
        self._reach = reach

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application."""
        is_read = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        path = scope["raw_path"].partition(b"?")[0].decode("latin-1") if is_read else ""
        is_head = is_read and scope["method"] == "HEAD"
        authority = self._reach.certificate.authority if self._reach else None
        if path == HOME_PAGE:
            accepted = dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1")
            await send_page(send, 200, self._pages.reach(choose_language(accepted), self._reach), is_head=is_head)
        elif path == AUTHORITY_FILE and authority:
            await send_authority(send, authority, is_head=is_head)
        else:
            await self._app(scope, receive, send)
