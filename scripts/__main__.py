"""`python -m scripts` is `kinpics`."""

import sys


def run() -> None:
    """The command from its first moment on: Ctrl-C ends it quietly while modules load, too."""
    try:
        for stream in (sys.stdout, sys.stderr):
            # If a terminal can't show a character, it gets its number.
            stream.reconfigure(errors="backslashreplace")
        from scripts.cli import main

        main(prog_name="kinpics")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    run()
