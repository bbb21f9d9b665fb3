"""Steps that browser tests share."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Request
from running import RunningStack


def open_photo(page: Page, file: str, *, faces: bool = True) -> None:
    """Open a photo in the page's grid and wait until it is shown."""
    page.locator(".grid.live").wait_for()
    page.locator(f'a.tile[data-file="{file}"], a.tile[data-key$="/{file}"]').first.click()
    page.locator(".pswp--ui-visible").wait_for()
    page.locator(f'.strip[data-state="{"faces" if faces else "none"}"]').wait_for(state="attached")


def settle(page: Page, milliseconds: int) -> None:
    """Wait until what moves is at rest: a photo grows to its place before it takes keys, a panel slides in, the grid
    follows the window. Nothing on the page says when; on a busy machine, what moves by CSS may take longer."""
    page.wait_for_timeout(milliseconds)
    moves = (
        "document.getAnimations().some((one) => one.playState === 'running'"
        " && isFinite(one.effect.getComputedTiming().endTime))"
    )
    for _ in range(200):
        if not page.evaluate(moves):
            return
        page.wait_for_timeout(50)


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


def ask(stack: RunningStack, action: str, **fields: Any) -> dict[str, Any]:
    """Call the people function as the owner's command line does."""
    payload = json.dumps({"action": action, "by": "cli", **fields}).encode()
    answer = stack.client("lambda").invoke(FunctionName=stack.outputs["PeopleFunction"], Payload=payload)
    return dict(json.loads(answer["Payload"].read())["output"])


@contextmanager
def undone_afterwards(stack: RunningStack) -> Iterator[None]:
    """Take back what is decided about people meanwhile, so that other tests find nobody named here, or hidden."""
    latest = [step["id"] for step in ask(stack, "history", limit=1)["decisions"]]
    yield
    steps = [step for step in ask(stack, "history", limit=500)["decisions"] if [step["id"]] > latest]
    undoing = [{"kind": "undo", "event": step["id"]} for step in steps if not step["undone"] and step["kind"] != "undo"]
    if undoing:
        ask(stack, "decide", events=undoing)
