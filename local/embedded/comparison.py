"""Compares many objects with their files in a process beside the stack."""

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from local.comparing import Found, parse


class Comparison:
    """A comparison of one folder. In a thread, ``finished`` gets what it found, or None if it was ended from outside;
    ``failed`` gets what is damaged."""

    def __init__(self, folder: Path, finished: Callable[[Found | None], None], failed: Callable[[Exception], object]):
        self._finished = finished
        self._failed = failed
        self._is_stopped = False
        # It ends with this process, because nobody holds the other end of its standard input then.
        command = [sys.executable, "-m", "local.tether", "local.comparing", str(folder)]
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
        self._thread = threading.Thread(target=self._run, name="kinpics-comparison", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        self._thread.join()

    def stop(self) -> None:
        self._is_stopped = True
        self._process.kill()
        self._thread.join()

    def _run(self) -> None:
        with self._process as process:
            printed = process.stdout.read() if process.stdout else b""
        if self._is_stopped:
            return
        try:
            self._finished(parse(printed) if printed else None)
        except Exception as error:
            self._failed(error)
