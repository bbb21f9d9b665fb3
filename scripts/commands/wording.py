"""What the owner writes about photos and sets."""

import sys
from pathlib import Path

import click

from functions.dates import timestamp
from functions.keys import BadNameError, ImagePath, image_path, parse_image_path
from scripts.commands.options import Context, end_with_failures, json_option, no_build_option
from scripts.common.terminal import echo, echo_json
from scripts.common.words import count
from scripts.deployment.publish import build_and_publish


@click.command()
@click.argument("name", required=False, metavar="[SET/PHOTO")
@click.argument("text", required=False, metavar="[TEXT]]")
@click.option("--title", help="The photo's title, one line.")
@click.option("--from-file", is_flag=True, help="Go back to what the file itself says.")
@click.option(
    "--csv",
    "table",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Read the captions of many photos from a table with the columns photo (SET/PHOTO), title and caption.",
)
@no_build_option
@json_option
@click.pass_obj
def caption(
    context: Context,
    name: str | None,
    text: str | None,
    title: str | None,
    from_file: bool,
    table: Path | None,
    no_build: bool,
    as_json: bool,
) -> None:
    """Give photos captions and titles.

    They replace what the files say, and stay when photos are processed again. TEXT may have several lines; `-` reads
    it from standard input, and an empty text shows no caption.
    """
    from functions.process.complexity import UnusableImageError
    from scripts.common.progress import Progress
    from scripts.photos.originals import PhotoNotFoundError
    from scripts.photos.photo_words import Captions, read_captions, write_words

    if bool(name) == bool(table) or (table and (text is not None or title is not None or from_file)):
        raise click.UsageError("give a photo with its caption, or --csv with a table")
    found = read_captions(table) if table else Captions({_photo(name or ""): _words(text, title, from_file=from_file)})
    for note in found.notes:
        echo(f"note: {note}", err=True)
    stack = context.stack
    failures = dict(found.failures)
    with Progress(quiet=as_json).bar("Writing", len(found.words)) as step:
        for path, words in found.words.items():
            try:
                write_words(stack, path, words)
            except (PhotoNotFoundError, UnusableImageError) as error:
                failures[str(path)] = str(error)
            step()
    done = len(found.words) + len(found.failures) - len(failures)
    if done and not no_build:
        build_and_publish(stack)
    if as_json:
        echo_json({"done": done, "failures": failures})
    else:
        echo(f"{count(done, 'photo')} changed, {len(failures)} failed")
    end_with_failures(failures, as_json)


def _photo(name: str) -> ImagePath:
    try:
        return parse_image_path(name)
    except BadNameError:
        raise click.UsageError(f"{name!r} is not a photo: write SET/PHOTO") from None


def _words(text: str | None, title: str | None, *, from_file: bool) -> dict[str, str | None]:
    """What to change in a photo's words. Raises ``UsageError`` if that is nothing, and ``TextTooLongError``."""
    from functions.owner_texts import check_text

    words: dict[str, str | None] = {"title": None, "caption": None} if from_file else {}
    if text is not None:
        words["caption"] = check_text("caption", _given(text))
    if title is not None:
        words["title"] = check_text("title", title)
    if not words:
        raise click.UsageError("nothing to change: give a caption, --title or --from-file")
    return words


def _given(text: str) -> str:
    """A text from the command line, or from standard input if it is `-`."""
    try:
        return sys.stdin.buffer.read().decode() if text == "-" else text
    except UnicodeDecodeError:
        raise click.UsageError("standard input is not UTF-8") from None


@click.command("set")
@click.argument("set_name", metavar="SET")
@click.option("--title", help="Title that visitors see; an empty one shows the set's name.")
@click.option("--description", help="What the set is about; `-` reads it from standard input.")
@click.option(
    "--date", "dated", metavar="DATE", help="When it's from: 2019, 2019-05 or 2019-05-03; sets are in this order."
)
@click.option("--place", metavar="NUMBER", help="Its place among the sets: 1 comes first. Sets without one come after.")
@click.option("--cover", metavar="PHOTO", help="File name of the photo to show for the set.")
@no_build_option
@click.pass_obj
def set_command(
    context: Context,
    set_name: str,
    title: str | None,
    description: str | None,
    dated: str | None,
    place: str | None,
    cover: str | None,
    no_build: bool,
) -> None:
    """Give a set its title, description, date, place and cover.

    An empty text removes what was there. Without dates of yours, pages show when a set's photos were taken, and
    sets are in the order of their names, the last one first.
    """
    from functions.owner_texts import check_text
    from scripts.photos.originals import PhotoNotFoundError

    given = {"title": title, "description": description, "dated": dated, "place": place}
    texts = {name: check_text(name, _given(text)) for name, text in given.items() if text is not None}
    if not texts and cover is None:
        raise click.UsageError("nothing to change: give --title, --description, --date, --place or --cover")
    stack = context.stack
    if stack.photos.get_set(set_name) is None:
        raise PhotoNotFoundError(f"there is no set {set_name} on the site: check the name")
    if cover is not None and not stack.writer.choose_cover(_cover(set_name, cover), timestamp()):
        raise PhotoNotFoundError(f"there is no photo {cover} in the set {set_name}: check the name")
    if texts:
        stack.writer.describe_set(set_name, texts, timestamp())
    if not no_build:
        build_and_publish(stack)
    echo(f"{set_name} changed")


def _cover(set_name: str, file: str) -> ImagePath:
    try:
        return image_path(set_name, file)
    except BadNameError as error:
        raise click.UsageError(str(error)) from None
