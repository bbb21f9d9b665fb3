"""`python -m scripts` is `kinpics`."""

import gc
import io
import sys


def run() -> None:
    """The command from its first moment on: Ctrl-C ends it quietly while modules load, too."""
    try:
        for stream in (sys.stdout, sys.stderr):
            # If a terminal can't show a character, it gets its number.
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        # What is loaded stays to the end: looking through it for garbage, at the end too, takes a quarter of the time.
        gc.disable()
        from scripts.cli import main

        gc.freeze()
        gc.enable()
        main(prog_name="kinpics")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    run()
