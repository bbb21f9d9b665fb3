"""The people of the lookalike gallery."""

import sys
from pathlib import Path

import click

from scripts.commands.options import Context, json_option, yes_option
from scripts.common.terminal import echo, echo_json
from scripts.common.words import count
from scripts.deployment.publish import build_and_publish


@click.group()
def gallery() -> None:
    """Work with the lookalike gallery."""


@gallery.command("add")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--no-build", is_flag=True, help="Don't rebuild the site; the first portrait adds a link to it.")
@json_option
@click.pass_obj
def gallery_add(context: Context, folder: Path, no_build: bool, as_json: bool) -> None:
    """Add a folder of portraits, each of one person.

    Names come from the files (`Ada_Lovelace_2.jpg`), or from a CSV in the folder with the columns file, name, credit,
    licence, url. Portraits that are there already are skipped. Exits with 1 if one can't be used.
    """
    from functions.process.images import UnusableImageError
    from scripts.common.progress import Progress
    from scripts.gallery import portraits as gallery

    stack = context.stack
    found = gallery.read_folder(folder)
    for note in found.notes:
        echo(f"note: {note}", err=True)
    present = {record.image_path for record in gallery.records(stack)}
    added = 0
    failures = {item.file: item.reason for item in found.refused}
    with Progress(quiet=as_json).bar("Adding", len(found.portraits)) as step:
        for portrait in found.portraits:
            try:
                added += gallery.add(stack, portrait, present)
            except (UnusableImageError, OSError) as error:
                failures[portrait.source.name] = str(error)
            step()
    there = len(found.portraits) + len(found.refused) - added - len(failures)
    if added and not no_build:
        build_and_publish(stack)
    if as_json:
        echo_json({"added": added, "already_there": there, "failures": failures})
    else:
        echo(f"{count(added, 'portrait')} added, {there} there already, {len(failures)} failed")
        for file, reason in sorted(failures.items()):
            echo(f"  failed    {file}: {reason}")
    if failures:
        sys.exit(1)


@gallery.command("list")
@click.pass_obj
def gallery_list(context: Context) -> None:
    """Print each person in the gallery with their number of portraits."""
    from scripts.gallery import portraits as gallery

    for person, portraits in sorted(gallery.people(context.stack).items()):
        echo(person, count(portraits, "portrait"))


@gallery.command("remove")
@click.argument("name")
@yes_option
@click.pass_obj
def gallery_remove(context: Context, name: str, yes: bool) -> None:
    """Remove a person and all their portraits."""
    from scripts.gallery import portraits as gallery

    portraits = gallery.people(context.stack)[name]
    if not portraits:
        raise click.ClickException(f"nobody in the gallery is called {name}")
    if not yes:
        click.confirm(f"Remove {name} with {count(portraits, 'portrait')}?", abort=True, err=True)
    removed = gallery.remove(context.stack, name)
    build_and_publish(context.stack)
    echo(f"removed {count(removed, 'portrait')}")
