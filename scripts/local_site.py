"""What the laptop stack does between being deployed and being ready: fill in the demo, render and publish the site."""

import os
import subprocess
import sys
from pathlib import Path

from local.state_folder import Running


class PrepareError(Exception):
    """The site could not be made ready; what went wrong has been printed."""


def prepare(running: Running, data: Path, *, demo: bool) -> None:
    """Upload the demo's sets and publish the site, through the same commands an owner would give.

    Raises ``PrepareError``, ``DemoPhotosError``.
    """
    if demo:
        from local.demo_photos import prepare as prepare_photos

        folders = prepare_photos(data / "demo-photos")
        _kinpics(running, data, "upload", "--no-build", *map(str, folders))
    _kinpics(running, data, "build")


def _kinpics(running: Running, data: Path, *arguments: str) -> None:
    # A process of its own: this one serves the API that the command calls.
    command = [sys.executable, "-m", "scripts", "--data", str(data), *arguments]
    environment = {**os.environ, **running.environment()}
    result = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
    if result.returncode:
        raise PrepareError(f"`kinpics {arguments[0]}` failed: {result.stdout.strip() or 'see above'}")
