"""Photos that are on the site: processing them again, deleting and exporting them."""

from pathlib import Path

import click

from functions.keys import BadNameError, ImagePath, check_new_name, check_set_name, parse_image_path
from scripts.commands.options import (
    Context,
    concurrency_option,
    end_with_failures,
    json_option,
    print_outcome,
    yes_option,
)
from scripts.common.terminal import echo, echo_json
from scripts.common.words import count
from scripts.deployment.publish import build_and_publish, publish_after_deleting


@click.command()
@click.argument("set_name", required=False, metavar="[SET]")
@json_option
@click.pass_obj
def reprocess(context: Context, set_name: str | None, as_json: bool) -> None:
    """Rebuild thumbnails, faces and rows.

    Makes them from the originals of one set, or of all sets. Each photo costs at least one paid call.
    """
    from scripts.common.progress import Progress
    from scripts.photos.dead_letter_queue import read_ids
    from scripts.photos.originals import find_photos, list_originals
    from scripts.photos.requesting import ask_to_process
    from scripts.photos.waiting import processed_at, wait_again

    stack = context.stack
    if set_name:
        paths = find_photos(stack, _checked(set_name))
    else:
        paths = [original.path for original in list_originals(stack)]
    ignore = read_ids(stack)
    before = processed_at(stack, paths)
    ask_to_process(stack, paths, force=True)
    with Progress(quiet=as_json).bar("Processing", len(paths)) as step:
        outcome = wait_again(stack, before, ignore, step)
    build_and_publish(stack)
    print_outcome(outcome, "processed again", as_json)


def _checked(set_name: str) -> str:
    try:
        return check_set_name(set_name)
    except BadNameError as error:
        raise click.UsageError(str(error)) from None


@click.command()
@click.argument("name", metavar="SET[/PHOTO]")
@click.option("--for-good", is_flag=True, help="Also delete the old versions S3 keeps for 30 days.")
@yes_option
@json_option
@click.pass_obj
def delete(context: Context, name: str, for_good: bool, yes: bool, as_json: bool) -> None:
    """Delete a photo, or a whole set.

    Deletes originals, thumbnails, rows and faces. Whoever is named only there keeps the name in other photos.
    """
    from functions.people.kept_names import keep_names
    from scripts.common.progress import Progress
    from scripts.people.site_journal import journal_of
    from scripts.photos.dead_letter_queue import discard
    from scripts.photos.delete_originals import delete_photos
    from scripts.photos.originals import find_photos
    from scripts.photos.waiting import wait_gone

    stack = context.stack
    paths = find_photos(stack, name, also_deleted=for_good)
    if not yes:
        what = name if [str(path) for path in paths] == [name] else f"{count(len(paths), 'photo')} of {name}"
        click.confirm(f"Delete {what}?", abort=True, err=True)
    for kept in keep_names(journal_of(stack), paths):
        echo(f"note: {kept.name} was named only in what is deleted, and is now named in {kept.path}", err=True)
    delete_photos(stack, paths, for_good=for_good)
    with Progress(quiet=as_json).bar("Deleting", len(paths)) as step:
        outcome = wait_gone(stack, paths, step)
    discard(stack, {path.key for path in outcome.done})
    publish_after_deleting(stack, {path.set_name for path in paths})
    print_outcome(outcome, "deleted", as_json)


@click.command()
@click.argument("photos", nargs=-1, required=True, metavar="SET/PHOTO...")
@click.argument("set_name", metavar="SET")
@json_option
@click.pass_obj
def move(context: Context, photos: tuple[str, ...], set_name: str, as_json: bool) -> None:
    """Move photos to another set.

    Titles, captions and people's names go along. Each photo is processed again where it goes, which costs at least one
    paid call, and only then deleted where it was. If the command is stopped, run it again.
    """
    from functions.manage.photo_moves import PhotoMoves
    from functions.photo_originals import Originals
    from scripts.common.progress import Progress
    from scripts.photos.dead_letter_queue import read_ids
    from scripts.photos.waiting import wait_gone, wait_in_sync

    stack = context.stack
    moves = PhotoMoves(stack.photos, stack.writer, Originals(stack.s3, stack.outputs.pics_bucket))
    ignore = read_ids(stack)
    begun = moves.begin(_photos(photos), _new_set(set_name))
    targets = {move.target_path: move for move in begun.moves}
    with Progress(quiet=as_json).bar("Moving", len(targets)) as step:
        outcome = wait_in_sync(stack, list(targets), ignore, step)
    for path in outcome.done:
        moves.finish(targets[path])
    sources = {targets[path].source_path for path in outcome.done}
    wait_gone(stack, sources, lambda number: None)
    if sources:
        publish_after_deleting(stack, {path.set_name for path in sources})
    outcome.failed |= {parse_image_path(name): reason for name, reason in begun.refused.items()}
    print_outcome(outcome, "moved", as_json)


@click.command()
@click.argument("photos", nargs=-1, required=True, metavar="SET/PHOTO...")
@json_option
@click.pass_obj
def undelete(context: Context, photos: tuple[str, ...], as_json: bool) -> None:
    """Bring deleted photos back.

    S3 keeps a deleted original for 30 days. What you wrote about it is gone; people's names come back with it.
    """
    from functions.photo_originals import Originals
    from scripts.common.progress import Progress
    from scripts.photos.dead_letter_queue import read_ids
    from scripts.photos.waiting import wait_in_sync

    stack = context.stack
    originals = Originals(stack.s3, stack.outputs.pics_bucket)
    ignore = read_ids(stack)
    paths = _photos(photos)
    back = [path for path in paths if originals.restore(path)]
    with Progress(quiet=as_json).bar("Processing", len(back)) as step:
        outcome = wait_in_sync(stack, back, ignore, step)
    outcome.failed |= {path: "S3 keeps no deleted original of it" for path in paths if path not in back}
    if back:
        build_and_publish(stack)
    print_outcome(outcome, "back", as_json)


def _photos(names: tuple[str, ...]) -> list[ImagePath]:
    try:
        return [parse_image_path(name) for name in dict.fromkeys(names)]
    except BadNameError as error:
        raise click.UsageError(f"{error}; write SET/PHOTO") from None


def _new_set(name: str) -> str:
    try:
        return check_new_name(check_set_name(name))
    except BadNameError as error:
        raise click.UsageError(str(error)) from None


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@concurrency_option
@json_option
@click.pass_obj
def export(context: Context, folder: Path, concurrency: int, as_json: bool) -> None:
    """Save every original and all data to a folder.

    Saves data as JSON, what you decided about people as people.jsonl, and their names beside each photo as an XMP file
    that other programs read. Doesn't fetch photos that are already in the folder: if an export was stopped, run it
    again. `kinpics upload FOLDER` makes the same site elsewhere.
    """
    from scripts.common.progress import Progress
    from scripts.photos.export import export_site, find_left_over

    written, present, failures = export_site(context.stack, folder, concurrency, Progress(quiet=as_json))
    if left_over := find_left_over(context.stack, folder):
        echo(
            f"note: {folder} still has {count(len(left_over), 'photo')} that the site no longer has, such as "
            f"{left_over[0]}. Delete them there, or `kinpics upload {folder}` brings them back",
            err=True,
        )
    if as_json:
        echo_json({"written": written, "already_there": present, "failures": failures})
    else:
        echo(f"{count(written, 'photo')} written to {folder}, {present} already there, {len(failures)} failed")
    end_with_failures(failures, as_json)
