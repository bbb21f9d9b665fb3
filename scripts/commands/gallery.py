"""The people of the lookalike gallery."""

from pathlib import Path

import click

from scripts.commands.options import Context, end_with_failures, json_option, yes_option
from scripts.common.terminal import echo, echo_json
from scripts.common.words import count
from scripts.deployment.publish import build_and_publish


@click.group()
def gallery() -> None:
    """Manage the lookalike gallery."""


@gallery.command("add")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--no-build", is_flag=True, help="Don't rebuild the pages. They link to a new gallery only once they are rebuilt."
)
@json_option
@click.pass_obj
def gallery_add(context: Context, folder: Path, no_build: bool, as_json: bool) -> None:
    """Add a folder of portraits, each of one person.

    Names come from the file names (`Ada_Lovelace_2.jpg`), or from a CSV in the folder with the columns file, name,
    credit, licence, url. Skips portraits that are already there. Exits with 1 if one can't be used.
    """
    from functions.process.complexity import UnusableImageError
    from scripts.common.progress import Progress
    from scripts.gallery.portrait_folder import read_folder
    from scripts.gallery.portraits import add_portrait, list_portraits

    stack = context.stack
    found = read_folder(folder)
    for note in found.notes:
        echo(f"note: {note}", err=True)
    present = {record.image_path for record in list_portraits(stack)}
    added = 0
    failures = {item.file: item.reason for item in found.refused}
    with Progress(quiet=as_json).bar("Adding", len(found.portraits)) as step:
        for portrait in found.portraits:
            try:
                added += add_portrait(stack, portrait, present)
            except (UnusableImageError, OSError) as error:
                failures[portrait.source.name] = str(error)
            step()
    there = len(found.portraits) + len(found.refused) - added - len(failures)
    if added and not no_build:
        build_and_publish(stack)
    if as_json:
        echo_json({"added": added, "already_there": there, "failures": failures})
    else:
        echo(f"{count(added, 'portrait')} added, {there} already there, {len(failures)} failed")
    end_with_failures(dict(sorted(failures.items())), as_json)


@gallery.command("list")
@click.pass_obj
def gallery_list(context: Context) -> None:
    """List the people in the gallery, and how many portraits each has."""
    from scripts.gallery.portraits import count_portraits

    for person, portraits in sorted(count_portraits(context.stack).items()):
        echo(person, count(portraits, "portrait"))


@gallery.command("remove")
@click.argument("name")
@yes_option
@click.pass_obj
def gallery_remove(context: Context, name: str, yes: bool) -> None:
    """Remove a person and all their portraits."""
    from scripts.gallery.portraits import list_portraits_of, remove_person

    portraits = len(list_portraits_of(context.stack, name))
    if not portraits:
        raise click.ClickException(f"nobody in the gallery is called {name}: `kinpics gallery list` prints the names")
    if not yes:
        click.confirm(f"Remove {name} with {count(portraits, 'portrait')}?", abort=True, err=True)
    removed = remove_person(context.stack, name)
    build_and_publish(context.stack)
    echo(f"removed {count(removed, 'portrait')}")
