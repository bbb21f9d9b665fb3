"""Sets that guests add photos to."""

import time
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from functions.access.access_rows import EventRow
from scripts.commands.options import Context, json_option, note_reach
from scripts.common.terminal import echo, echo_json


@click.command()
@click.argument("set_name", metavar="[SET]", required=False)
@click.option("--title", help="The title that guests see; an empty one means the set's own.")
@click.option(
    "--at-once/--look-first",
    default=None,
    help="Whether photos are shown at once, or wait until you have let them in (the default).",
)
@click.option("--closes", metavar="TIME", help='When it closes, in your time zone: "2026-12-31 23:00", or `never`.')
@click.option("--limit", type=click.IntRange(1, 5000), help="Photos a day that each guest may add; by default 200.")
@click.option(
    "--helper",
    "helpers",
    metavar="MAIL",
    multiple=True,
    help="A member who may let photos in; repeat it for several.",
)
@click.option("--no-helpers", is_flag=True, help="Nobody but you lets photos in any more.")
@click.option("--close", is_flag=True, help="Take no more photos from now on.")
@click.option("--new-link", is_flag=True, help="Make a new address and code: the old ones stop working.")
@click.option("--poster", metavar="FILE", type=click.Path(path_type=Path), help="Write a poster, as .svg or .pdf.")
@click.option("--cards", metavar="FILE", type=click.Path(path_type=Path), help="Write table cards, as .svg or .pdf.")
@json_option
@click.pass_obj
def event(
    context: Context,
    set_name: str | None,
    title: str | None,
    at_once: bool | None,
    closes: str | None,
    limit: int | None,
    helpers: tuple[str, ...],
    no_helpers: bool,
    close: bool,
    new_link: bool,
    poster: Path | None,
    cards: Path | None,
    as_json: bool,
) -> None:
    """Open a set to guests, who add photos from their phones.

    Prints the address of the guests' page and of the slideshow for a projector. SET needn't exist yet. Without SET,
    lists the events.
    """
    from functions.access.event_changes import EventChange
    from functions.owner_texts import check_text
    from scripts.events.printing import check_file
    from scripts.events.site_events import events_of, read_moment

    if set_name is None:
        if any((title, at_once is not None, closes, limit, helpers, no_helpers, close, new_link, poster, cards)):
            raise click.UsageError("say which set: give its name too")
        return _list(context, as_json=as_json)
    if close and (closes or new_link):
        raise click.UsageError("--close can't be combined with --closes or --new-link")
    if helpers and no_helpers:
        raise click.UsageError("say either --helper or --no-helpers")
    change = EventChange(
        title=None if title is None else check_text("title", title),
        at_once=at_once,
        closes_at=None if closes is None else read_moment(closes, time.time()),
        limit=limit,
        helpers=_helper_ids(context, helpers) if helpers or no_helpers else None,
    )
    files = [check_file(path) for path in (poster, cards) if path]
    events = events_of(context.stack)
    known = events.find(set_name)
    if close:
        events.close(set_name)
    elif new_link and known:
        events.renew(set_name)
    found = events.find(set_name) if close and change == EventChange() else events.open(set_name, change)
    if found is None:
        raise click.ClickException(f"{set_name} was closed by somebody else meanwhile")
    if files:
        _print(context, found, poster, cards)
    if as_json:
        echo_json(_described(context, events.is_open(found), found))
    else:
        _show(context, is_open=events.is_open(found), event=found)
    return None


def _list(context: Context, *, as_json: bool) -> None:
    from scripts.events.site_events import events_of

    events = events_of(context.stack)
    found = events.list()
    if as_json:
        echo_json([_described(context, events.is_open(event), event) for event in found])
        return
    for event in found:
        echo(event.set_name, _state(event, is_open=events.is_open(event)), _address(context, event))
    if not found:
        echo("no set is open to guests yet: `kinpics event SET` opens one", err=True)


def _show(context: Context, *, is_open: bool, event: EventRow) -> None:
    from functions.access.event_changes import HELPERS_PATH

    echo(f"{event.set_name}: {_state(event, is_open=is_open)}")
    echo(f"guests:    {_address(context, event)}")
    echo(f"slideshow: {_slideshow(context, event)}")
    if not event.at_once:
        echo(f"let photos in at {context.stack.site_address('/waiting/')}")
    if helpers := _helpers(context, event):
        address = context.stack.shared_address(f"{HELPERS_PATH}{event.secret}")
        echo(f"{', '.join(helpers)} may let photos in at {address}")
    note_reach(context.stack)
    if context.stack.parameters.get("UploadConcurrency") == "0":
        echo(
            "guests can't send photos yet: let them with `kinpics deploy --upload-concurrency 2` "
            "(docs/events.md says what that can cost)",
            err=True,
        )


def _helper_ids(context: Context, mails: tuple[str, ...]) -> tuple[str, ...]:
    """Ids of members. Raises ``MemberError``."""
    from scripts.access.site_members import members_of

    members = members_of(context.stack)
    return tuple(dict.fromkeys(members.find(mail).id for mail in mails))


def _helpers(context: Context, event: EventRow) -> list[str]:
    """The helpers' email addresses; who is a member no more helps no more."""
    helpers = event.helpers or ()
    return sorted(member.email or "" for member in context.stack.access.list_members() if member.id in helpers)


def _print(context: Context, event: EventRow, poster: Path | None, cards: Path | None) -> None:
    from scripts.events.printing import Printer
    from scripts.events.site_events import title_for

    title = title_for(event, context.stack)
    is_home = context.stack.home_url is not None
    printer = Printer(title, _address(context, event), is_at_once=bool(event.at_once), is_home=is_home)
    if printer.lacks_title:
        echo(f"note: the font can't write {title!r}, so it isn't printed: give another one with --title", err=True)
    if poster:
        printer.print_poster(poster)
        echo(f"wrote {poster}", err=True)
    if cards:
        printer.print_cards(cards)
        echo(f"wrote {cards}", err=True)


def _described(context: Context, is_open: bool, event: EventRow) -> dict[str, Any]:
    return {
        "set": event.set_name,
        "title": event.title,
        "is_open": is_open,
        "at_once": bool(event.at_once),
        "closes_at": event.closes_at,
        "limits": event.limits or {},
        "helpers": _helpers(context, event),
        "address": _address(context, event),
        "slideshow": _slideshow(context, event),
    }


def _state(event: EventRow, *, is_open: bool) -> str:
    shown = "photos are shown at once" if event.at_once else "photos wait until you let them in"
    if event.closes_at is None:
        return f"open, {shown}"
    moment = datetime.fromtimestamp(event.closes_at).astimezone().strftime("%Y-%m-%d %H:%M")
    return f"open until {moment}, {shown}" if is_open else f"closed since {moment}"


def _address(context: Context, event: EventRow) -> str:
    from functions.access.event_changes import EVENT_PATH

    return context.stack.shared_address(f"{EVENT_PATH}{event.secret}")


def _slideshow(context: Context, event: EventRow) -> str:
    from urllib.parse import quote

    from functions.access.event_changes import SLIDESHOW_PATH

    return context.stack.shared_address(f"{SLIDESHOW_PATH}?set={quote(event.set_name, safe='')}#{event.secret}")
