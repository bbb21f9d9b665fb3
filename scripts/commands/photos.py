"""Photos that are on the site: processing them again, deleting and exporting them."""

from pathlib import Path

import click

from functions.dates import timestamp
from functions.keys import BadNameError, ImagePath, check_new_name, check_set_name, parse_image_path, parse_row_path
from scripts.commands.options import (
    Context,
    concurrency_option,
    end_with_failures,
    json_option,
    no_build_option,
    print_outcome,
    yes_option,
)
from scripts.common.stack import Stack
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

    Deletes originals, thumbnails, rows and faces; of a Live Photo, both its files. Whoever is named only there keeps
    the name in other photos. A photo of another set that a set shows too is only taken out of it: SET/OTHER/PHOTO.
    """
    from functions.live_photos import films_of
    from functions.people.kept_names import keep_names
    from scripts.common.progress import Progress
    from scripts.people.site_journal import journal_of
    from scripts.photos.dead_letter_queue import discard
    from scripts.photos.delete_originals import delete_photos
    from scripts.photos.originals import find_photos
    from scripts.photos.waiting import wait_gone

    stack = context.stack
    row = _shown_row(name)
    if row:
        _hide(stack, row, yes=yes, as_json=as_json)
        return
    found = find_photos(stack, name, also_deleted=for_good)
    films = set(films_of(stack.photos, found).values())
    photos = [path for path in found if path not in films]
    paths = [*photos, *films]
    if not yes:
        what = name if [str(path) for path in photos] == [name] else f"{count(len(photos), 'photo')} of {name}"
        click.confirm(f"Delete {what}?", abort=True, err=True)
    for kept in keep_names(journal_of(stack), paths):
        echo(f"note: {kept.name} was named only in what is deleted, and is now named in {kept.path}", err=True)
    delete_photos(stack, paths, for_good=for_good)
    with Progress(quiet=as_json).bar("Deleting", len(paths)) as step:
        outcome = wait_gone(stack, paths, step)
    discard(stack, {path.key for path in outcome.done})
    publish_after_deleting(stack, {path.set_name for path in paths})
    outcome.done -= films
    print_outcome(outcome, "deleted", as_json)


def _shown_row(name: str) -> ImagePath | None:
    """The row that shows a photo in a set that isn't its own, if a name is one's."""
    try:
        row = parse_row_path(name)
    except BadNameError:
        return None
    return row if row.is_shown_from_elsewhere else None


def _hide(stack: Stack, row: ImagePath, *, yes: bool, as_json: bool) -> None:
    from scripts.photos.originals import PhotoNotFoundError
    from scripts.photos.waiting import Outcome

    if not yes:
        click.confirm(f"Show {row.original} no longer in {row.set_name}?", abort=True, err=True)
    if not stack.shown.hide(row, timestamp()):
        raise PhotoNotFoundError(f"{row.set_name} doesn't show {row.original}: check the name")
    publish_after_deleting(stack, {row.set_name})
    print_outcome(Outcome(done={row}), "taken out", as_json)


@click.command()
@click.argument("photos", nargs=-1, required=True, metavar="SET/PHOTO...")
@click.argument("set_name", metavar="SET")
@click.option("--not", "hides", is_flag=True, help="Show them there no longer.")
@no_build_option
@json_option
@click.pass_obj
def show(context: Context, photos: tuple[str, ...], set_name: str, hides: bool, no_build: bool, as_json: bool) -> None:
    """Show photos in another set too.

    Each stays one photo, in its own set: nothing is copied or paid for. Only where the same people see both sets; if
    you change who may see one of them, its photos are no longer shown in sets that others see.
    """
    from functions.shown_photos import NotShowableError
    from scripts.photos.waiting import Outcome

    stack, outcome = context.stack, Outcome()
    target = _new_set(set_name)
    for path in _photos(photos):
        try:
            if hides:
                if not stack.shown.hide(ImagePath(target, str(path)), timestamp()):
                    raise NotShowableError(f"{target} doesn't show it")
            else:
                stack.shown.show(path, target, timestamp())
            outcome.done.add(path)
        except NotShowableError as error:
            outcome.failed[path] = str(error)
    if outcome.done and not no_build:
        publish_after_deleting(stack, {target}) if hides else build_and_publish(stack)
    print_outcome(outcome, f"no longer shown in {target}" if hides else f"shown in {target}", as_json)


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
    asked = _photos(photos)
    begun = moves.begin(asked, _new_set(set_name))
    targets = {move.target_path: move for move in begun.moves}
    with Progress(quiet=as_json).bar("Moving", len(targets)) as step:
        outcome = wait_in_sync(stack, list(targets), ignore, step)
    for path, left in targets.items():
        if path in outcome.done:
            moves.finish(left)
    sources = {targets[path].source_path for path in outcome.done}
    wait_gone(stack, sources, lambda number: None)
    if sources:
        publish_after_deleting(stack, {path.set_name for path in sources})
    films = {path.file for path in sources} - {path.file for path in asked}
    outcome.done = {path for path in outcome.done if path.file not in films}
    outcome.failed |= {parse_image_path(name): str(error) for name, error in begun.refused.items()}
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
    asked = _photos(photos)
    paths = list(dict.fromkeys(one for path in asked for one in originals.deleted_with(path)))
    back = [path for path in paths if originals.restore(path)]
    with Progress(quiet=as_json).bar("Processing", len(back)) as step:
        outcome = wait_in_sync(stack, back, ignore, step)
    outcome.done &= set(asked)
    outcome.failed |= {path: "S3 keeps no deleted original of it" for path in asked if path not in back}
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
