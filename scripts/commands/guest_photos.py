"""Photos that guests sent: they wait until the owner lets them in."""

import click

from scripts.commands.options import Context, json_option, yes_option
from scripts.common.terminal import echo, echo_json
from scripts.common.words import count

_photos = click.argument("photos", nargs=-1, required=True, metavar="SET[/PHOTO]...")
_from = click.option(
    "--from", "sender", metavar="SENDER", default="", help="Only photos from this sender; `list` prints senders."
)


@click.group()
def waiting() -> None:
    """Let guests' photos in, or refuse them."""


@waiting.command("list")
@click.argument("set_name", metavar="[SET]", required=False, default="")
@json_option
@click.pass_obj
def waiting_list(context: Context, set_name: str, as_json: bool) -> None:
    """List photos that are waiting, in one set or in all.

    Prints the photo, when it came, the sender, and the first name that the sender gave.
    """
    from scripts.events.waiting_photos import waiting_photos_of

    found = waiting_photos_of(context.stack).read(set_name)
    if as_json:
        echo_json(
            [
                {"set": one.set_name, "file": one.file, "at": one.at, "sender": one.sender, "name": one.name or None}
                for one in found
            ]
        )
        return
    for one in found:
        echo(f"{one.set_name}/{one.file}", one.at, one.sender, *([one.name] if one.name else []))
    if not found:
        echo("no photos are waiting", err=True)


@waiting.command("let-in")
@_photos
@_from
@click.pass_obj
def waiting_let_in(context: Context, photos: tuple[str, ...], sender: str) -> None:
    """Let photos in: all that are waiting in a set, or single ones.

    Open pages show them within seconds; `kinpics publish` brings the rest of the site up to date.
    """
    from scripts.events.waiting_photos import waiting_photos_of

    waiting_photos = waiting_photos_of(context.stack)
    decided = waiting_photos.let_in(waiting_photos.find(photos, sender))
    echo(f"{count(decided, 'photo')} let in")


@waiting.command("refuse")
@_photos
@_from
@yes_option
@click.pass_obj
def waiting_refuse(context: Context, photos: tuple[str, ...], sender: str, yes: bool) -> None:
    """Refuse photos, which deletes them for good.

    The same photos can't be sent again for 30 days.
    """
    from scripts.events.waiting_photos import waiting_photos_of

    waiting_photos = waiting_photos_of(context.stack)
    found = waiting_photos.find(photos, sender)
    if not yes:
        click.confirm(f"Delete {count(len(found), 'photo')} for good?", abort=True, err=True)
    echo(f"{count(waiting_photos.refuse(found), 'photo')} refused")
