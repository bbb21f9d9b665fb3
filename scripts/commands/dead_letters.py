"""Photos that could not be processed: they wait in the dead-letter queue."""

import click

from scripts.commands.options import Context, json_option, print_outcome, yes_option
from scripts.common.terminal import echo, echo_json
from scripts.common.words import count
from scripts.deployment.publish import build_and_publish


@click.group("dead-letters")
def dead_letters() -> None:
    """List, retry and delete photos that could not be processed."""


@dead_letters.command("list")
@json_option
@click.pass_obj
def dead_letters_list(context: Context, as_json: bool) -> None:
    """List photos that could not be processed.

    Prints key, code and reason.
    """
    from scripts.photos.dead_letter_queue import read

    letters = read(context.stack)
    if as_json:
        echo_json([{"key": letter.key, "code": letter.code, "reason": letter.reason} for letter in letters])
    elif not letters:
        echo("every photo was processed", err=True)
    else:
        # A photo tried several times is in the queue as often; mostly, each try failed in the same way.
        for line in sorted({(letter.key, letter.code, letter.reason) for letter in letters}):
            echo(*line)


@dead_letters.command("drop")
@click.argument("photos", nargs=-1, required=True, metavar="SET/PHOTO...")
@yes_option
@click.pass_obj
def dead_letters_drop(context: Context, photos: tuple[str, ...], yes: bool) -> None:
    """Delete photos that can't be processed.

    S3 keeps the files for 30 days.
    """
    from functions.photo_originals import Originals
    from scripts.photos.dead_letter_queue import dead_letters_of, keys_of

    stack = context.stack
    letters = dead_letters_of(stack)
    keys = keys_of(photos, letters.read())
    if not yes:
        click.confirm(f"Delete {count(len(keys), 'photo')} that could not be processed?", abort=True, err=True)
    letters.drop(keys, Originals(stack.s3, stack.outputs.pics_bucket))
    echo(f"{count(len(keys), 'photo')} deleted")


@dead_letters.command("redrive")
@click.argument("photos", nargs=-1, metavar="[SET/PHOTO]...")
@click.option("--code", help="Only photos with this code, as `list` prints it, such as CeilingReached.")
@json_option
@click.pass_obj
def dead_letters_redrive(context: Context, photos: tuple[str, ...], code: str | None, as_json: bool) -> None:
    """Retry these photos, or all of them, and wait until they're done.

    Exits with 1 if one fails again.
    """
    from scripts.common.progress import Progress
    from scripts.photos.dead_letter_queue import keys_of, read, redrive
    from scripts.photos.waiting import wait_in_sync

    stack = context.stack
    letters = read(stack)
    sent = redrive(stack, keys_of(photos, letters), code)
    waiting = {letter.path for letter in sent if letter.path}
    with Progress(quiet=as_json).bar("Processing", len(waiting)) as step:
        outcome = wait_in_sync(stack, waiting, {letter.message_id for letter in letters}, step)
    if outcome.done:
        build_and_publish(stack)
    print_outcome(outcome, "processed", as_json)
