"""Keeping the site in step with a folder."""

import hashlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import click

from scripts.commands.options import Context, concurrency_option, no_build_option
from scripts.common.stack import connect
from scripts.common.terminal import echo

if TYPE_CHECKING:
    from scripts.common.stack import Stack


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="FOLDER")
@click.option("--once", is_flag=True, help="Bring the site up to date and exit, for example from cron.")
@click.option("--delete", is_flag=True, help="Delete photos whose files are gone. Without it they are only listed.")
@click.option(
    "--max-removed",
    type=click.FloatRange(0, 100),
    default=10,
    show_default=True,
    help="With --delete: delete nothing if more than this percentage of the photos is gone at once. 100 sets no limit.",
)
@click.option(
    "--every",
    type=click.FloatRange(0.1),
    default=10,
    show_default=True,
    help="Seconds between two looks at the folder. A file is uploaded once two looks find it unchanged.",
)
@no_build_option
@concurrency_option
@click.pass_obj
def watch(
    context: Context,
    folder: Path,
    once: bool,
    delete: bool,
    max_removed: float,
    every: float,
    no_build: bool,
    concurrency: int,
) -> None:
    """Keep the site in step with a folder.

    Each folder with photos is a set, as with `kinpics upload`; the set of a folder inside another is named after both,
    such as `2024 - Rome`. What you add, change, move or rename follows within seconds. What you remove is listed, and
    deleted from the site only with --delete. Your files are never changed.

    Runs until Ctrl-C; start it again, and it picks up where it stopped. With --once, exits with 1 if something failed.
    """
    import sqlite3

    from scripts.common.folders import FolderError
    from scripts.watching.seen_files import SeenFiles
    from scripts.watching.watcher import Options, Watcher

    if not folder.exists():
        raise FolderError(f"there is no folder {folder}: check its name")
    if not folder.is_dir():
        raise FolderError(f"{folder} is not a folder: give the folder with the photos")
    root = folder.resolve()
    if context.data.is_relative_to(root) and not any(
        part.startswith(".") for part in context.data.relative_to(root).parts
    ):
        raise FolderError(f"the stack's data, {context.data}, is inside {folder}: keep it elsewhere, with --data")
    seen = SeenFiles(_seen_path(context, root))
    try:
        options = Options(every, once, delete, max_removed, not no_build, concurrency)
        failures = Watcher(root, _Finder(context).find, seen, options, lambda line: echo(line)).run()
    except sqlite3.Error as error:
        raise seen.damaged(error) from None
    finally:
        seen.close()
    sys.exit(1 if failures else 0)


def _seen_path(context: Context, root: Path) -> Path:
    """Where it is kept what was seen of a tree for a site."""
    name = hashlib.sha256(b"\0".join([context.stack_name.encode(), os.fsencode(root)])).hexdigest()[:16]
    return context.data / "watching" / f"{name}.sqlite"


class _Finder:
    """Finds the site again and again: a laptop stack that was started anew may have other ports."""

    def __init__(self, context: Context):
        self._context = context
        self._environment = dict(os.environ)

    def find(self) -> "Stack":
        os.environ.clear()
        os.environ.update(self._environment)
        boto3.setup_default_session()
        return connect(self._context.stack_name, self._context.data)
