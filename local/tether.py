"""Ends a process when the one that started it ends, however it ended: a killed process can't say so.

As a program, it runs another module like this: `python -m local.tether MODULE ARGUMENT...`. Whoever starts it keeps the
other end of the pipe that is its standard input.
"""


def end_with_parent() -> None:
    """End this process, and what it leads, when the pipe at its standard input has nobody left at the other end.

    It needs nothing from outside itself, because its source is put before the functions' own (see `function_runs` in
    `local.embedded`).
    """
    import os
    import select
    import signal
    import threading

    def watch() -> None:
        poll = select.poll()
        poll.register(0, 0)  # reports only the end, and reads nothing
        poll.poll()
        if os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    import runpy
    import sys

    end_with_parent()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
