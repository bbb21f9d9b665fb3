"""The lookalike galleries, and the people in them."""

from pathlib import Path

import click

from functions.face_collection import GALLERY_COLLECTION
from scripts.commands.options import Context, end_with_failures, json_option, yes_option
from scripts.common.terminal import echo, echo_json
from scripts.common.words import count
from scripts.deployment.publish import build_and_publish

gallery_option = click.option(
    "--gallery",
    "gallery_name",
    default=GALLERY_COLLECTION,
    metavar="NAME",
    show_default=True,
    help="Which gallery. Its name: lower-case letters, digits, '-' and '_'.",
)


@click.group()
def gallery() -> None:
    """Manage the lookalike galleries.

    A site starts with one. `gallery add FOLDER --gallery NAME` makes another, and the page lets visitors choose.
    """


@gallery.command("add")
@click.argument("folder", type=click.Path(path_type=Path))
@gallery_option
@click.option(
    "--no-build", is_flag=True, help="Don't rebuild the pages. They link to a new gallery only once they are rebuilt."
)
@json_option
@click.pass_obj
def gallery_add(context: Context, folder: Path, gallery_name: str, no_build: bool, as_json: bool) -> None:
    """Add a folder of portraits, each of one person.

    Names come from the file names (`Ada_Lovelace_2.jpg`), or from a CSV in the folder with the columns file, name,
    credit, licence, url. Skips portraits that are already there. Exits with 1 if one can't be used.
    """
    from functions.process.complexity import UnusableImageError
    from scripts.common.progress import Progress
    from scripts.common.site_galleries import open_gallery
    from scripts.gallery.portrait_folder import read_folder
    from scripts.gallery.portraits import add_portrait, list_portraits

    stack = context.stack
    found = read_folder(folder)
    for note in found.notes:
        echo(f"note: {note}", err=True)
    gallery = open_gallery(stack, gallery_name, found.words)
    present = {record.image_path for record in list_portraits(stack, gallery)}
    added = 0
    failures = {item.file: item.reason for item in found.refused}
    with Progress(quiet=as_json).bar("Adding", len(found.portraits)) as step:
        for portrait in found.portraits:
            try:
                added += add_portrait(stack, portrait, present, gallery)
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
@gallery_option
@click.option("--galleries", is_flag=True, help="List the galleries: name, title, and how many people each has.")
@click.pass_obj
def gallery_list(context: Context, gallery_name: str, galleries: bool) -> None:
    """List the people in a gallery, and how many portraits each has."""
    from scripts.common.site_galleries import find_gallery, list_galleries, read_words
    from scripts.gallery.portraits import count_portraits

    stack = context.stack
    if galleries:
        for one in list_galleries(stack):
            people = len(count_portraits(stack, one))
            echo(one.name, read_words(stack, one).title, count(people, "person", "people"))
        return
    for person, portraits in sorted(count_portraits(stack, find_gallery(stack, gallery_name)).items()):
        echo(person, count(portraits, "portrait"))


@gallery.command("set")
@click.argument("name")
@click.option("--title", help="What visitors read as its name; empty: a title made from NAME.")
@click.option("--text", help="A sentence or two about who is in it; empty: none.")
@click.option("--no-build", is_flag=True, help="Don't rebuild the pages. They show the change only then.")
@click.pass_obj
def gallery_set(context: Context, name: str, title: str | None, text: str | None, no_build: bool) -> None:
    """Set the title and the text of the gallery NAME.

    Visitors see them once there is more than one gallery to choose from.
    """
    from scripts.common.site_galleries import GalleryWords, find_gallery, read_words, write_words

    if title is None and text is None:
        raise click.UsageError("give --title, --text or both")
    stack = context.stack
    gallery = find_gallery(stack, name)
    had = read_words(stack, gallery)
    words = GalleryWords(had.title if title is None else title, had.text if text is None else text).checked()
    write_words(stack, gallery, words)
    if not no_build:
        build_and_publish(stack)
    echo(f"gallery {name}: title {words.title or 'none'}, text {words.text or 'none'}")


@gallery.command("remove")
@click.argument("name")
@gallery_option
@yes_option
@click.pass_obj
def gallery_remove(context: Context, name: str, gallery_name: str, yes: bool) -> None:
    """Remove a person and all their portraits from a gallery."""
    from scripts.common.site_galleries import find_gallery
    from scripts.gallery.portraits import list_portraits_of, remove_person

    gallery = find_gallery(context.stack, gallery_name)
    portraits = len(list_portraits_of(context.stack, name, gallery))
    if not portraits:
        other = "" if gallery.is_first else f" {gallery.name}"
        listing = "kinpics gallery list" + ("" if gallery.is_first else f" --gallery {gallery.name}")
        raise click.ClickException(f"nobody in the gallery{other} is called {name}: `{listing}` prints the names")
    if not yes:
        click.confirm(f"Remove {name} with {count(portraits, 'portrait')}?", abort=True, err=True)
    removed = remove_person(context.stack, name, gallery)
    build_and_publish(context.stack)
    echo(f"removed {count(removed, 'portrait')}")


@gallery.command("delete")
@click.argument("name")
@yes_option
@click.pass_obj
def gallery_delete(context: Context, name: str, yes: bool) -> None:
    """Delete the gallery NAME with everybody in it.

    The first one, celebrities, is only emptied.
    """
    from scripts.common.site_galleries import find_gallery
    from scripts.gallery.portraits import count_portraits, remove_gallery

    stack = context.stack
    gallery = find_gallery(stack, name)
    if not yes:
        people = len(count_portraits(stack, gallery))
        click.confirm(f"Delete the gallery {name} with {count(people, 'person', 'people')}?", abort=True, err=True)
    removed = remove_gallery(stack, gallery)
    build_and_publish(stack)
    echo(f"removed {count(removed, 'portrait')}")
