"""Steps that browser tests share."""

import json
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Request


def open_photo(page: Page, file: str, *, faces: bool = True) -> None:
    """Open a photo in the page's grid and wait until it is shown."""
    page.locator(".grid.live").wait_for()
    page.locator(f'a.tile[data-file="{file}"], a.tile[data-key$="/{file}"]').first.click()
    page.locator(".pswp--ui-visible").wait_for()
    page.locator(f'.strip[data-state="{"faces" if faces else "none"}"]').wait_for(state="attached")


def settle(page: Page, milliseconds: int) -> None:
    """Wait until what moves is at rest: a photo grows to its place before it takes keys, a panel slides in, the grid
    follows the window. Nothing on the page says when."""
    page.wait_for_timeout(milliseconds)


def let_pass(page: Page, milliseconds: int) -> None:
    """Give something that must not happen time to happen."""
    page.wait_for_timeout(milliseconds)


def watch_searches(page: Page) -> list[Request]:
    """A list that grows with each call of the search function."""
    made: list[Request] = []

    def note(request: Request) -> None:
        if re.search(r"SearchFunction[^/]*/invocations", request.url) and request.method == "POST":
            made.append(request)

    page.on("request", note)
    return made


def sent(request: Request) -> dict[str, Any]:
    return json.loads(request.post_data or "{}")


def choose(page: Page, picture: Path) -> None:
    """Give consent and choose a picture."""
    page.get_by_label("I agree").check()
    page.get_by_label("Choose a picture").set_input_files(picture)
