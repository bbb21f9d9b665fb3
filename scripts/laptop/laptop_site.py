"""What the laptop stack does between being deployed and being ready: fill in the demo, render and publish the site.

What may take long is a process of its own: this one serves the API that it calls, and a stop stops it in the middle.
The first site of a folder is small and rendered here, for a process takes longer to start than that.
"""

import asyncio
import contextlib
import os
import signal
import sys
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from functions.errors import KinpicsError
from local.state_folder import STACK_NAME, Running
from scripts.common.stack import Stack, connect
from scripts.common.terminal import echo
from scripts.deployment.publish import build_and_publish


class PrepareError(KinpicsError):
    """The site could not be made ready; the message is what the failed step had to report beyond its own error."""


async def prepare(running: Running, data: Path, ready: Callable[[], None], *, demo: bool) -> None:
    """Upload the demo's sets and publish the site, through the same commands an owner would give.

    ``ready`` is called when the site can be looked at: at once where it was published before and still leads to this
    stack's address; it is only brought up to date then, and where that fails it stays as it was, which is told. Raises
    ``PrepareError``, ``BuildError``, ``ConfigError``; ends what runs when it is cancelled.
    """
    kinpics = ("scripts", "--data", str(data))
    if demo:
        prepared = await _python(running, "local.demo_photos", str(data / "demo-photos"))
        *folders, gallery = prepared.splitlines()
        await _python(running, *kinpics, "upload", "--no-build", *folders)
        await _python(running, *kinpics, "gallery", "add", "--no-build", gallery)
    if not demo and await asyncio.to_thread(_is_published, running):
        ready()
        try:
            await _python(running, *kinpics, "publish", stderr=asyncio.subprocess.STDOUT)
        except PrepareError as error:
            reason = (str(error).splitlines() or ["no reason given"])[-1].removeprefix("Error: ")
            advice = "`kinpics publish` tries again, and so does every command that changes the site"
            echo(f"The site could not be brought up to date and stays as it was: {reason}. {advice}.", err=True)
    else:
        await _in_whole(lambda: build_and_publish(_stack(running, data)))
        ready()


def _stack(running: Running, data: Path) -> Stack:
    """The stack at the addresses that visitors' browsers know."""
    return replace(connect(STACK_NAME, data), endpoint_url=running.api_url, site_url=running.site_url)


async def _in_whole(work: Callable[[], Any]) -> None:
    """Do in a thread what takes a moment, to its end even when it is cancelled: a thread can't be stopped."""
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


def _is_published(running: Running) -> bool:
    try:
        with urllib.request.urlopen(running.site_url, timeout=5) as page:  # noqa: S310 - this stack's own
            return running.api_url.encode() in page.read()
    except OSError:
        return False


async def _python(running: Running, module: str, *arguments: str, stderr: int | None = None) -> str:
    """Run a module as a program; returns what it printed. What it has to say of errors goes where ``stderr`` says."""
    # A session of its own: Ctrl-C in the terminal comes to the launcher alone, which ends the step with all it started.
    # The pipe ends it where the launcher is killed.
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
