"""People who ask to be forgotten."""

import click

from functions.keys import ImagePath
from scripts.commands.options import Context, json_option, print_outcome, yes_option
from scripts.common.terminal import echo
from scripts.common.words import count


@click.group()
def people() -> None:
    """Remove people from search when they ask for it."""


@people.command("requests")
@click.pass_obj
def people_requests(context: Context) -> None:
    """Print the open removal requests: who asks, when, their message, and the photos that show them."""
    from scripts.people import forgetting as album_people

    stack = context.stack
    waiting = list(album_people.requests(stack))
    if not waiting:
        echo("there are no removal requests", err=True)
    for request in waiting:
        found = album_people.sightings(stack, request.face_ids)
        photos = {str(sighting.path) for sighting in found}
        echo(request.identity_id, request.made_at[:10], count(len(photos), "photo"))
        for line in (request.message or "").splitlines():
            echo(f"  > {line}")
        for sighting in found:
            echo(f"  {sighting.path}", stack.site_address(f"/people/?face={sighting.face_id}"))
        for warning in album_people.warnings(found):
            echo(f"  {warning}")


@people.command("forget")
@click.argument("request", required=False)
@click.option("--face", "faces", multiple=True, metavar="FACE_ID", help="A face of somebody who asked in another way.")
@yes_option
@json_option
@click.pass_obj
def people_forget(context: Context, request: str | None, faces: tuple[str, ...], yes: bool, as_json: bool) -> None:
    """Remove a person's faces from search and stop indexing that person; the photos stay.

    REQUEST is the id that `kinpics people requests` prints first. Look at its photos first: anybody may have made it.
    Every photo of the person is processed again. From then on each new photo costs one more paid call.
    """
    from functions.face_collection import is_face_id
    from scripts.common.progress import Progress
    from scripts.people import forgetting as album_people
    from scripts.photos import manage, processing

    stack = context.stack
    if bool(request) == bool(faces):
        raise click.UsageError("name a removal request, or faces with --face")
    for face in faces:
        if not is_face_id(face):
            raise click.BadParameter(
                f"{face} is not a face id; you find it in the address of that person's page", param_hint="--face"
            )
    granted = [entry for entry in album_people.requests(stack) if entry.identity_id == request]
    if request and not granted:
        raise click.ClickException(
            f"there is no removal request {request}: `kinpics people requests` prints the open ones"
        )
    named = album_people.sightings(stack, granted[0].face_ids if granted else list(faces))
    if not named:
        for entry in granted:
            album_people.drop(stack, entry)
        dropped = ": the request is dropped" if request else ""
        raise click.ClickException(f"none of these faces is on the site any more{dropped}")
    if not yes:
        photos = list(dict.fromkeys(sighting.path for sighting in named))
        for path in photos:
            echo(f"  {path}", err=True)
        for warning in album_people.warnings(named):
            echo(warning, err=True)
        click.confirm(f"Forget whoever has these faces, in {count(len(photos), 'photo')}?", abort=True, err=True)
    ignore = processing.seen_dead_letters(stack)
    before: dict[ImagePath, str | None] = {}

    def ask(shown: list[ImagePath]) -> None:
        before.update(processing.processed_at(stack, shown))
        manage.ask_to_process(stack, shown, force=True)

    try:
        paths = album_people.forget(stack, named, ask)
    except album_people.CanNotForgetError as error:
        raise click.ClickException(str(error)) from None
    with Progress(quiet=as_json).bar("Processing", len(paths)) as step:
        outcome = processing.wait_again(stack, before, ignore, step)
    for entry in granted:
        album_people.drop(stack, entry)
    print_outcome(outcome, "processed without that face", as_json)


@people.command("refuse")
@click.argument("refused", metavar="REQUEST...", nargs=-1, required=True)
@yes_option
@click.pass_obj
def people_refuse(context: Context, refused: tuple[str, ...], yes: bool) -> None:
    """Remove removal requests without forgetting anybody.

    REQUEST is the id that `kinpics people requests` prints first. The visitor may ask again.
    """
    from scripts.people import forgetting as album_people

    stack = context.stack
    found = [entry for entry in album_people.requests(stack) if entry.identity_id in refused]
    known = {entry.identity_id for entry in found}
    if found and not yes:
        for entry in found:
            echo(f"  {entry.identity_id}", entry.made_at[:10], err=True)
        click.confirm(f"Refuse {count(len(found), 'removal request')}?", abort=True, err=True)
    for entry in found:
        album_people.drop(stack, entry)
    if found:
        echo(f"refused: {count(len(found), 'removal request')} removed, nobody is forgotten")
    if unknown := [name for name in dict.fromkeys(refused) if name not in known]:
        raise click.ClickException(
            f"there is no removal request {', '.join(unknown)}: `kinpics people requests` prints the open ones"
        )


@people.command("list")
@click.pass_obj
def people_list(context: Context) -> None:
    """Print each forgotten person: id, day, and number of reference faces."""
    from scripts.people import forgetting as album_people

    known: dict[str, list] = {}
    for entry in album_people.forgotten(context.stack):
        known.setdefault(entry.person, []).append(entry)
    if not known:
        echo("nobody is forgotten", err=True)
    for person, entries in sorted(known.items(), key=lambda item: item[1][0].made_at):
        echo(person, entries[0].made_at[:10], count(len(entries), "face"))


@people.command("remember")
@click.argument("person")
@click.pass_obj
def people_remember(context: Context, person: str) -> None:
    """Let a forgotten person be indexed again; PERSON is the id that `kinpics people list` prints, or a face's.

    `kinpics reprocess` then finds them in the photos that are already there.
    """
    from scripts.people import forgetting as album_people

    stack = context.stack
    found = [entry for entry in album_people.forgotten(stack) if person in (entry.person, entry.id)]
    if not found:
        raise click.ClickException(f"no forgotten person has the id {person}: `kinpics people list` prints them")
    album_people.remember(stack, found)
    echo(f"remembered: {count(len(found), 'reference face')} removed")
    echo("run `kinpics reprocess` to find that person in the photos that are already there", err=True)
