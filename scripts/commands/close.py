"""Closing the site to visitors, and opening it again."""

import functools
import sys
from collections.abc import Callable

import boto3
import click

from scripts.commands.options import Context, json_option
from scripts.common.terminal import echo, echo_json


@click.command()
@json_option
@click.pass_obj
def close(context: Context, as_json: bool) -> None:
    """Close the site to visitors at once.

    Pages, photos, rows and searches close, and visitors see a page that says so. Nothing is deleted, and you can keep
    working. Prints how long each part took to close, as a visitor sees it. If a run was stopped, run it again. Exits
    with 1 if something is still open.
    """
    _close_or_open(context, closed=True, as_json=as_json)


@click.command("open")
@json_option
@click.pass_obj
def open_site(context: Context, as_json: bool) -> None:
    """Open the site to visitors again.

    Everything is as it was before it closed. Exits with 1 if something is still closed.
    """
    _close_or_open(context, closed=False, as_json=as_json)


def _close_or_open(context: Context, *, closed: bool, as_json: bool) -> None:
    from scripts.deployment.closing import find_site_access, list_ways_in, new_guest, try_new_guest, watch_ways_in

    stack = context.stack
    site_access = find_site_access(boto3.Session(), stack.outputs)
    guest: Callable[[], boto3.Session] | None = functools.partial(new_guest, stack)
    if closed:
        inside = try_new_guest(stack)
        guest = (lambda: inside) if inside else None
        site_access.close()
    else:
        site_access.open()
    took: dict[str, float] = {}

    def tell(name: str, seconds: float) -> None:
        took[name] = round(seconds, 1)
        if not as_json:
            echo(f"  {'closed' if closed else 'open'} after {seconds:5.1f} s: {name}", err=True)

    left = watch_ways_in(list_ways_in(stack, guest), closed=closed, tell=tell)
    if as_json:
        echo_json({"closed" if closed else "open": took, "left": left})
    elif left:
        wrong = "open" if closed else "closed"
        echo(f"after five minutes, these are still {wrong}: {', '.join(left)}")
        echo("run the command again, then `kinpics doctor`")
    elif closed:
        echo("the site is closed to visitors, and stays closed when you deploy: open it with `kinpics open`")
    else:
        echo("the site is open to visitors")
    if left:
        sys.exit(1)
