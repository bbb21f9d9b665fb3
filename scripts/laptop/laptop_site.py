"""What the laptop stack does after it is deployed: upload the demo, render and publish the site.

Whatever may take long runs in a process of its own, because this process serves the API that it calls, and because it
can be stopped halfway. A small site, as a folder's first one, is rendered here: starting a process would take longer.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from functions.dates import timestamp
from functions.errors import KinpicsError
from functions.keys import image_path
from local.state_folder import STACK_NAME, Running
from scripts.access.audience_change import settle_audience
from scripts.common.config import load_config
from scripts.common.stack import Stack, connect
from scripts.common.terminal import echo
from scripts.deployment.publish import build_and_publish
from scripts.laptop.laptop_owner import make_owner
from scripts.people.catching_up import tell_once

# Rendering so many photos' pages takes less than a second.
_FEW_PHOTOS = 200


class PrepareError(KinpicsError):
    """The site could not be made ready; the message is what the failed step printed besides its own error."""


async def prepare(running: Running, data: Path, ready: Callable[[], None], *, demo: bool) -> None:
    """Upload the demo's sets and publish the site, with the commands an owner would use; make the owner a member.

    Calls ``ready`` once the site can be looked at: at once if it was published before and still uses this stack's
    address. Then it is only brought up to date; if that fails, the site stays as it was, and a message says so. Raises
    ``PrepareError``, ``BuildError``, ``ConfigError``; ends what it started when it is cancelled.
    """
    is_published = not demo and await asyncio.to_thread(_is_published, running)
    try:
        await _in_whole(lambda: _make_ready_for_people(_stack(running, data), data))
    except KinpicsError:
        if not is_published:
            raise
        # Publishing meets the same trouble, and says so.
    try:
        # Before anything is published: who may not see the site must not see what is new on it either.
        await _in_whole(lambda: settle_audience(_stack(running, data), load_config().audience, _tell))
    except KinpicsError as error:
        if not is_published:
            raise
        echo(f"Who may see the site could not be checked, and stays as it was: {error}", err=True)
    kinpics = ("scripts", "--data", str(data))
    if demo:
        _tell("Making the demo's photos. The first time, this takes a minute or two…")
        prepared = await _python(running, "local.demo", str(data / "demo-photos"))
        told = json.loads(prepared)
        _tell("Adding them to the site, which finds the faces on them…")
        await _python(running, *kinpics, "upload", "--no-build", *(one["folder"] for one in told["sets"]))
        _tell("Adding the portraits that visitors are compared with…")
        for folder in told["galleries"]:
            name = Path(folder).name
            await _python(running, *kinpics, "gallery", "add", "--no-build", "--gallery", name, folder)
        await _in_whole(lambda: _describe(_stack(running, data), told["sets"]))
    if is_published:
        ready()
        try:
            if await asyncio.to_thread(lambda: _is_small(_stack(running, data))):
                await _in_whole(lambda: build_and_publish(_stack(running, data)))
            else:
                await _python(running, *kinpics, "publish", stderr=asyncio.subprocess.STDOUT)
        except (KinpicsError, BotoCoreError, ClientError, OSError) as error:
            reason = (str(error).splitlines() or ["no reason given"])[-1].removeprefix("Error: ")
            advice = "`kinpics publish` tries again, and so does every command that changes the site"
            echo(f"The site could not be brought up to date and stays as it was: {reason}. {advice}.", err=True)
    else:
        _tell("Making the site's pages…")
        await _in_whole(lambda: build_and_publish(_stack(running, data)))
        ready()


def _tell(text: str) -> None:
    echo(text, err=True)


def _make_ready_for_people(stack: Stack, data: Path) -> None:
    make_owner(stack, data)
    tell_once(stack)


def _stack(running: Running, data: Path) -> Stack:
    """The stack at the addresses that visitors' browsers know."""
    found = connect(STACK_NAME, data)
    return replace(found, endpoint_url=running.api_url, site_url=running.site_url, home_url=running.home_url)


def _describe(stack: Stack, sets: list[dict[str, str]]) -> None:
    """Give the demo's sets their titles, descriptions and covers, where they have none yet."""
    for one in sets:
        name, row = Path(one["folder"]).name, stack.photos.get_set(Path(one["folder"]).name)
        if row and not row.title and "title" in one:
            stack.writer.choose_cover(image_path(name, one["cover"]), timestamp())
            texts = {"title": one["title"], "description": one["description"]}
            stack.writer.describe_set(name, texts, timestamp())


async def _in_whole(work: Callable[[], Any]) -> None:
    """Do short work in a thread, and finish it even when cancelled, since a thread can't be stopped."""
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


def _is_small(stack: Stack) -> bool:
    return sum(found.pic_count or 0 for found in stack.photos.list_sets()) <= _FEW_PHOTOS


def _is_published(running: Running) -> bool:
    try:
        with urllib.request.urlopen(running.site_url, timeout=5) as page:  # noqa: S310 - this stack's own
            return running.api_url.encode() in page.read()
    except OSError:
        return False


async def _python(running: Running, module: str, *arguments: str, stderr: int | None = None) -> str:
    """Run a module as a program; returns what it printed. ``stderr`` is as for subprocesses."""
    # In a session of its own, so that Ctrl-C in the terminal reaches only the launcher, which ends the step with all it
    # started. If the launcher is killed, the pipe ends the step.
    stdin, held = os.pipe()
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "local.tether", module, *arguments),
            env={**os.environ, **running.environment()},
            stdin=stdin,
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
            start_new_session=True,
        )
        os.close(stdin)
        try:
            output, _ = await process.communicate()
        except asyncio.CancelledError:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            await process.wait()
            raise
    finally:
        os.close(held)
    if process.returncode:
        raise PrepareError(output.decode().strip())
    return output.decode()
