"""The people in the photos: naming them, and those who ask to be removed from search."""

from datetime import UTC, datetime

import click

from functions.keys import ImagePath
from scripts.commands.options import Context, json_option, print_outcome, yes_option
from scripts.commands.people_names import COMMANDS, STILL_SHOWN
from scripts.common.terminal import echo
from scripts.common.words import count
from scripts.deployment.publish import build_and_publish

_HINT = "`kinpics people requests` lists the open ones"


@click.group()
def people() -> None:
    """Name people in the photos, or remove them from search."""


for _command in COMMANDS:
    people.add_command(_command)


@people.command("requests")
@click.pass_obj
def people_requests(context: Context) -> None:
    """List open removal requests.

    Prints each request's id, date and message, and the photos that show the person.
    """
    from functions.manage.forgetting_people import warnings_about
    from scripts.people.removal_requests import forgetting_of

    stack = context.stack
    forgetting = forgetting_of(stack)
    waiting = forgetting.list_requests()
    if not waiting:
        echo("there are no removal requests", err=True)
    for request in waiting:
        found = forgetting.find_faces(request.face_ids)
        photos = {str(face_in_photo.path) for face_in_photo in found}
        echo(request.identity_id, request.made_at[:10], count(len(photos), "photo"))
        for line in (request.message or "").splitlines():
            echo(f"  > {line}")
        for face_in_photo in found:
            echo(f"  {face_in_photo.path}", stack.site_address(f"/faces/?face={face_in_photo.face_id}"))
        for warning in warnings_about(found):
            echo(f"  {warning}")


@people.command("forget")
@click.argument("request", required=False)
@click.option("--face", "faces", multiple=True, metavar="FACE_ID", help="Face id of somebody who asked in another way.")
@yes_option
@json_option
@click.pass_obj
def people_forget(context: Context, request: str | None, faces: tuple[str, ...], yes: bool, as_json: bool) -> None:
    """Remove a person and their name from search; the photos stay.

    REQUEST is the id that `kinpics people requests` prints. Look at its photos first: anyone can make a request. Every
    photo of the person is processed again, without that face, and the pages are rebuilt. What you decided about whoever
    these faces belong to leaves pages, exports and the journal, for good. From then on, each new photo costs one more
    paid call.
    """
    from functions.face_collection import is_face_id
    from functions.manage.forgetting_people import warnings_about
    from functions.withheld_names import WithheldNames
    from scripts.common.progress import Progress
    from scripts.people.removal_requests import forgetting_of
    from scripts.people.site_journal import forget_names, people_of, wait_until_forgotten
    from scripts.photos.dead_letter_queue import read_ids
    from scripts.photos.requesting import ask_to_process
    from scripts.photos.waiting import processed_at, wait_again
    from scripts.photos.withholding import take_out, withhold_hidden_names

    stack = context.stack
    if bool(request) == bool(faces):
        raise click.UsageError("name a removal request, or faces with --face")
    for face in faces:
        if not is_face_id(face):
            raise click.BadParameter(
                f"{face} is not a face id: copy it from the address of that person's page", param_hint="--face"
            )
    forgetting = forgetting_of(stack)
    granted = [entry for entry in forgetting.list_requests() if entry.identity_id == request]
    if request and not granted:
        raise click.ClickException(f"there is no removal request {request}: {_HINT}")
    named = forgetting.find_faces(granted[0].face_ids if granted else list(faces))
    if not named:
        for entry in granted:
            forgetting.drop_request(entry)
        dropped = ": the request was removed" if request else ""
        raise click.ClickException(
            f"none of these faces is on the site any more{dropped}. If a command that forgot them was stopped, run "
            "`kinpics publish`: pages may still have the name"
        )
    names = people_of(stack, (face_in_photo.face_id for face_in_photo in named))
    if not yes:
        photos = list(dict.fromkeys(face_in_photo.path for face_in_photo in named))
        for path in photos:
            echo(f"  {path}", err=True)
        for warning in warnings_about(named):
            echo(warning, err=True)
        for name in names.values():
            echo(f"  named {name}: that name goes too, from all photos", err=True)
        click.confirm(f"Forget the person in {count(len(photos), 'photo')}?", abort=True, err=True)
    ignore = read_ids(stack)
    before: dict[ImagePath, str | None] = {}

    def reprocess(shown: list[ImagePath]) -> None:
        before.update(processed_at(stack, shown))
        ask_to_process(stack, shown, force=True)

    forgot = forgetting.forget(named, reprocess)
    with Progress(quiet=as_json).bar("Processing", len(forgot.photos)) as step:
        outcome = wait_again(stack, before, ignore, step)
    outcome.failed |= take_out(stack, WithheldNames(forgotten=stack.forgotten.list_rows())).failures
    for entry in granted:
        forgetting.drop_request(entry)
    # Pages are made from what the people function writes. What came in about this person meanwhile goes, too.
    is_gone = wait_until_forgotten(stack, forgot.people)
    forget_names(stack, forgot.people)
    withhold_hidden_names(stack)
    build_and_publish(stack)  # the front page may have a ring that leads to this person
    if not is_gone:
        raise click.ClickException(STILL_SHOWN)
    print_outcome(outcome, "processed without that face", as_json)


@people.command("refuse")
@click.argument("refused", metavar="REQUEST...", nargs=-1, required=True)
@yes_option
@click.pass_obj
def people_refuse(context: Context, refused: tuple[str, ...], yes: bool) -> None:
    """Refuse removal requests.

    REQUEST is the id that `kinpics people requests` prints. Nobody is removed from search, and the visitor can
    ask again.
    """
    from scripts.people.removal_requests import forgetting_of

    forgetting = forgetting_of(context.stack)
    found = [entry for entry in forgetting.list_requests() if entry.identity_id in refused]
    known = {entry.identity_id for entry in found}
    if found and not yes:
        for entry in found:
            echo(f"  {entry.identity_id}", entry.made_at[:10], err=True)
        click.confirm(f"Refuse {count(len(found), 'removal request')}?", abort=True, err=True)
    for entry in found:
        forgetting.drop_request(entry)
    if found:
        echo(f"{count(len(found), 'removal request')} refused; nobody was forgotten")
    if unknown := [name for name in dict.fromkeys(refused) if name not in known]:
        raise click.ClickException(f"there is no removal request {', '.join(unknown)}: {_HINT}")


@people.command("forgotten")
@click.pass_obj
def people_forgotten(context: Context) -> None:
    """List forgotten people.

    Prints each person's id, the date, and the number of reference faces.
    """
    from functions.visitor_rows import Forgotten
    from scripts.people.removal_requests import forgetting_of

    known: dict[str, list[Forgotten]] = {}
    for entry in forgetting_of(context.stack).list_forgotten():
        known.setdefault(entry.person, []).append(entry)
    if not known:
        echo("there are no forgotten people", err=True)
    for person, entries in sorted(known.items(), key=lambda item: item[1][0].made_at):
        echo(person, entries[0].made_at[:10], count(len(entries), "face"))


@people.command("remember")
@click.argument("person")
@click.pass_obj
def people_remember(context: Context, person: str) -> None:
    """Let search find a forgotten person again.

    PERSON is the id that `kinpics people forgotten` prints, or the id of a reference face. Run `kinpics reprocess`
    afterwards to find the person in photos that are already on the site.
    """
    from scripts.people.removal_requests import forgetting_of

    forgetting = forgetting_of(context.stack)
    found = [entry for entry in forgetting.list_forgotten() if person in (entry.person, entry.id)]
    if not found:
        raise click.ClickException(f"no forgotten person has the id {person}: `kinpics people forgotten` lists them")
    forgetting.allow_again(found)
    echo(f"{count(len(found), 'reference face')} deleted")
    echo("run `kinpics reprocess` to find that person in photos that are already on the site", err=True)


@people.command("posted")
@click.option("--close", "closed", multiple=True, metavar="ID", help="Close this address.")
@click.option("--close-all", is_flag=True, help="Close all of them.")
@yes_option
@click.pass_obj
def people_posted(context: Context, closed: tuple[str, ...], close_all: bool, yes: bool) -> None:
    """List visitors' private addresses, or close them.

    Visitors who found themselves by selfie can get a private address that shows their photos, new ones too. Prints the
    id of each, when it was made and until when it is kept; whose it is, nobody can tell. A closed one shows nothing any
    more, and its feed is deleted.
    """
    from scripts.people.private_addresses import close_addresses, list_addresses

    stack = context.stack
    found = list_addresses(stack)
    if not closed and not close_all:
        for row in found:
            until = datetime.fromtimestamp(row.expires_at, UTC).date()
            echo(row.id, row.made_at[:10], f"until {until}")
        echo(f"{count(len(found), 'private address', 'private addresses')}", err=True)
        return
    chosen = [row for row in found if close_all or row.id in closed]
    if chosen and not yes:
        words = count(len(chosen), "private address", "private addresses")
        click.confirm(f"Close {words}? Nobody can open them again.", abort=True, err=True)
    close_addresses(stack, chosen)
    echo(f"{count(len(chosen), 'private address', 'private addresses')} closed")
    if unknown := [name for name in dict.fromkeys(closed) if name not in {row.id for row in found}]:
        raise click.ClickException(
            f"there is no private address {', '.join(unknown)}: `kinpics people posted` lists them"
        )
