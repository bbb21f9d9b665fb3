"""Work that is killed before any of its changes of the disk, in a process of its own."""

import os
import sys
from collections.abc import Callable
from typing import Any

KILLED = 9
# What changes the disk, as Python reports it before it happens: https://docs.python.org/3/library/audit_events.html
_CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "sqlite3.connect"}


def in_child(work: Callable[[], object]) -> int:
    """Run ``work`` in a process of its own; returns how it ended, as `os.waitstatus_to_exitcode` says it."""
    if not (pid := os.fork()):
        try:
            work()
            os._exit(0)
        except BaseException:  # the tests' own process must not go on twice
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def killed_at(step: int, work: Callable[[], object]) -> bool:
    """Whether ``work`` was killed before its ``step``-th change of the disk, rather than finishing before."""

    def child() -> None:
        left = step

        def audit(event: str, details: tuple[Any, ...]) -> None:
            nonlocal left
            left -= event in _CHANGES or (event == "open" and _writes(details))
            if left <= 0:
                os._exit(KILLED)

        sys.addaudithook(audit)
        work()

    ended = in_child(child)
    assert ended in (0, KILLED)
    return ended != 0


def _writes(details: tuple[Any, ...]) -> bool:
    return bool(details[2] & (os.O_WRONLY | os.O_RDWR))
