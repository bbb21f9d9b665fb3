"""Progress bars on stderr, if that is a terminal."""

import contextlib
import sys
from collections.abc import Callable, Iterator

import click

from scripts.common.words import size_in_words


class Progress:
    """Draws bars, unless told to be quiet or written to a file."""

    def __init__(self, quiet: bool):
        self._quiet = quiet or not sys.stderr.isatty()

    @contextlib.contextmanager
    def bar(self, label: str, length: int, *, in_bytes: bool = False) -> Iterator[Callable[..., None]]:
        """A bar of ``length`` steps; yields the function that advances it."""
        if self._quiet or not length:
            yield lambda steps=1: None
            return
        shown = f"{label} ({size_in_words(length)})" if in_bytes else f"{label} ({length})"
        with click.progressbar(length=length, label=shown.ljust(24), file=sys.stderr, show_eta=True) as drawn:
            drawn.update(0)
            yield lambda steps=1: drawn.update(steps)
