"""What a visitor does with a picture of his own, for the tests of several pages."""

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Request


def watch_searches(page: Page) -> list[Request]:
    """The search function's calls, as they are made."""
    made: list[Request] = []

    def note(request: Request) -> None:
        if "/invocations" in request.url and request.method == "POST":
            made.append(request)

    page.on("request", note)
    return made


def sent(request: Request) -> dict[str, Any]:
    return json.loads(request.post_data or "{}")


def choose(page: Page, picture: Path) -> None:
    """Agree, and choose a picture."""
    page.get_by_label("I agree").check()
    page.get_by_label("Take or choose a picture").set_input_files(picture)
