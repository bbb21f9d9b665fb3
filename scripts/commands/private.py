"""Who may see the site: audiences, links and members."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from functions.access.access_rows import MemberRow
from functions.access.audiences import ALBUM, AUDIENCES
from scripts.commands.options import Context, end_with_failures, json_option, note_reach, yes_option
from scripts.common.terminal import echo, echo_json
from scripts.common.words import count

if TYPE_CHECKING:
    from scripts.common.stack import Stack

# What a set is called that has no audience of its own.
_LIKE_SITE = "site"
_LONGER = "browsers keep pictures as long as before"
set_argument = click.argument("set_name", metavar="[SET]", required=False)


@click.command()
@set_argument
@click.argument("audience", type=click.Choice([*AUDIENCES, _LIKE_SITE]), required=False)
@click.option(
    "--site", "of_site", type=click.Choice(AUDIENCES), help="Who may see the site, and sets without their own audience."
)
@json_option
@click.pass_obj
def audience(context: Context, set_name: str | None, audience: str | None, of_site: str | None, as_json: bool) -> None:
    """Say who may see what, or list it.

    `public` is everybody, `link` whoever has its link, `members` the people you have invited; `site` lets a set be seen
    by whoever may see the site. Sets that don't exist yet can be given an audience before you upload them. What a
    visitor may no longer see is refused at once; pages, lists of people and searches follow within a minute. If the
    command is stopped, run it again: until then, the narrower audience holds.
    """
    from functions.access.secret_links import describe
    from scripts.access.audience_change import change_audience, link_for
    from scripts.common.config import describe_undeployed, load_config

    if of_site and set_name:
        raise click.UsageError("say either a set or --site")
    if not of_site and not audience:
        _list_audiences(context, set_name, as_json)
        return
    stack = context.stack
    of = ALBUM if of_site else str(set_name)
    wanted = of_site or (audience if audience != _LIKE_SITE else None)
    if of_site:
        _note_audience(of_site, on_laptop=stack.endpoint_url is not None)
    elif stack.photos.get_set(of) is None:
        echo(f"note: there is no set {of} yet", err=True)
    start = time.monotonic()
    change = change_audience(stack, of, wanted, (lambda _: None) if as_json else (lambda text: echo(text, err=True)))
    link = link_for(stack, of)
    if as_json:
        rows = change.rows if change else 0
        done = {"set": None if of_site else of, "audience": of_site or audience, "changed": change is not None}
        echo_json({**done, "photos": rows, "link": link})
        return
    name = "the site" if of_site else of
    whose = f"for {describe(wanted)}" if wanted else "seen by whoever may see the site"
    echo(f"{name} is {whose} now, after {time.monotonic() - start:.0f} s" if change else f"{name} is {whose} already")
    if link:
        echo(link)
        note_reach(context.stack)
    access = None if stack.endpoint_url else stack.access.read_access()
    if told := describe_undeployed(load_config(), stack.parameters, access):
        echo(f"note: {told}; until you deploy, or on a laptop start `kinpics local` again, {_LONGER}", err=True)


def _note_audience(audience: str, *, on_laptop: bool) -> None:
    """Write the site's audience down, so that the next deployment doesn't change it back.

    A laptop's site stays as it is while the file says nothing, and the file may be that of another site too.
    """
    from scripts.common.config import load_config, note_audience

    known = load_config().audience
    if known != audience and (known or not on_laptop):
        note_audience(audience)


def _list_audiences(context: Context, set_name: str | None, as_json: bool) -> None:
    from scripts.access.audience_change import list_audiences

    access, sets = list_audiences(context.stack)
    if set_name:
        sets = [one for one in sets if one.name == set_name]
        if not sets:
            hint = f": for the site, run `kinpics audience --site {set_name}`" if set_name in AUDIENCES else ""
            raise click.ClickException(f"there is no set {set_name}{hint}")
    if as_json:
        listed = [
            {
                "set": one.name,
                "audience": one.audience,
                "own": one.is_own,
                "moving": one.is_moving,
                "photos": one.photos,
            }
            for one in sets
        ]
        echo_json({"site": access.album, "sets": listed})
        return
    if not set_name:
        echo("the site", access.album)
    for one in sets:
        echo(one.name, one.audience if one.is_own else f"{one.audience} (like the site)", count(one.photos, "photo"))
    if moving := [one.name for one in sets if one.is_moving]:
        echo(
            f"note: who may see {', '.join(moving)} is being changed; if that was stopped, `kinpics reconcile` goes on",
            err=True,
        )


@click.command()
@set_argument
@click.option("--new", is_flag=True, help="Make a new link; the old one stops working within a minute.")
@click.option("--revoke", is_flag=True, help="Withdraw the link, without making a new one.")
@click.option("--qr", is_flag=True, help="Also print it as a QR code.")
@json_option
@click.pass_obj
def link(context: Context, set_name: str | None, new: bool, revoke: bool, qr: bool, as_json: bool) -> None:
    """Print the secret link to the site or a set.

    The site's audience, or the set's, has to be `link`. Whoever has the link can look without an account. If you
    replace or revoke it, whoever came in by it is out within a minute.
    """
    from functions.access.secret_links import LINK_PATH, link_to, renew_link, revoke_links

    if new and revoke:
        raise click.UsageError("say either --new or --revoke")
    stack, opens = context.stack, set_name or ALBUM
    name = set_name or "the site"
    if revoke:
        revoked = revoke_links(stack.access, opens)
        if as_json:
            echo_json({"set": set_name, "revoked": revoked})
        else:
            echo(f"{count(revoked, 'link')} to {name} revoked" if revoked else f"there was no link to {name}")
        return
    secret = renew_link(stack.access, opens) if new else link_to(stack.access, opens)
    address = stack.shared_address(LINK_PATH + secret)
    if as_json:
        echo_json({"set": set_name, "link": address})
        return
    echo(address)
    if qr:
        _print_code(address)
    note_reach(stack)
    if new:
        echo("the old link stops working within a minute", err=True)


def _print_code(address: str) -> None:
    import segno

    segno.make(address, error="m").terminal(compact=True)


@click.group()
def members() -> None:
    """Invite people to see the site, or remove them."""


sets_option = click.option("--set", "sets", metavar="SET", multiple=True, help="Only this set; repeat it for several.")


@members.command("list")
@json_option
@click.pass_obj
def members_list(context: Context, as_json: bool) -> None:
    """List the members, and what they may see."""
    from functions.access.invitations import shown_member
    from scripts.access.site_members import members_of

    found = members_of(context.stack).list()
    if as_json:
        echo_json(list(map(shown_member, found)))
        return
    for member in found:
        echo(member.email or member.id, _rights(member), (member.invited_at or "")[:10])
    if not found:
        echo("there are no members yet: `kinpics members invite MAIL` invites somebody", err=True)


@members.command("invite")
@click.argument("mails", metavar="[MAIL]...", nargs=-1)
@click.option(
    "--file", "path", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="Email addresses, one a line."
)
@sets_option
@click.option("--may-add", is_flag=True, help="Let them add photos too.")
@json_option
@click.pass_obj
def members_invite(
    context: Context, mails: tuple[str, ...], path: Path | None, sets: tuple[str, ...], may_add: bool, as_json: bool
) -> None:
    """Invite people by email to see the site.

    Each gets an email with a temporary password; on a laptop, which sends no email, the passwords are printed for you
    to pass on. Anyone invited before who hasn't signed in yet is invited again.
    """
    from functions.access.invitations import Rights, shown_member
    from functions.errors import KinpicsError
    from scripts.access.site_members import members_of, read_addresses

    failures: dict[str, str] = {}
    addresses = list(dict.fromkeys(mails))
    if path:
        found, refused = read_addresses(path)
        addresses += [mail for mail in found if mail not in addresses]
        failures |= dict(refused)
    if not addresses and not failures:
        raise click.UsageError("give email addresses, or a file of them with --file")
    stack = context.stack
    withdrawn: set[str] = set()
    invitations = members_of(stack, _taking_down(stack, withdrawn))
    _note_unknown(context, sets)
    rights = Rights(sets or None, changes_sets=bool(sets), may_add=may_add or None)
    done = []
    for mail in addresses:
        try:
            invited = invitations.invite(mail, rights)
        except KinpicsError as error:
            failures[mail] = str(error)
            continue
        done.append({**shown_member(invited.member), "mailed": invited.is_mailed, "password": invited.password})
        if as_json:
            continue
        if invited.password:
            echo(mail, invited.password)
        elif invited.is_mailed:
            echo(f"{mail} gets an email with a temporary password")
        else:
            echo(f"{mail} already has an account, and can sign in with it")
    _render_again(stack, withdrawn)
    if as_json:
        echo_json({"invited": done, "failures": failures})
    elif done:
        echo(f"they sign in at {stack.shared_address('/account/')}", err=True)
        note_reach(stack)
    end_with_failures(failures, as_json)


@members.command("change")
@click.argument("mail", metavar="MAIL")
@sets_option
@click.option("--all-sets", is_flag=True, help="All sets, including future ones.")
@click.option("--may-add/--may-not-add", default=None, help="Whether they may add photos.")
@json_option
@click.pass_obj
def members_change(
    context: Context, mail: str, sets: tuple[str, ...], all_sets: bool, may_add: bool | None, as_json: bool
) -> None:
    """Change what a member may see or do."""
    from functions.access.invitations import Rights, shown_member
    from scripts.access.site_members import members_of

    if sets and all_sets:
        raise click.UsageError("say either --set or --all-sets")
    if not sets and not all_sets and may_add is None:
        raise click.UsageError("say what to change: --set, --all-sets, --may-add or --may-not-add")
    _note_unknown(context, sets)
    rights = Rights(sets or None, changes_sets=bool(sets or all_sets), may_add=may_add)
    stack = context.stack
    withdrawn: set[str] = set()
    member = members_of(stack, _taking_down(stack, withdrawn)).change(mail, rights)
    _render_again(stack, withdrawn)
    if as_json:
        echo_json(shown_member(member))
    else:
        echo(member.email or member.id, _rights(member))


@members.command("sign-out")
@click.argument("mail", metavar="MAIL")
@json_option
@click.pass_obj
def members_sign_out(context: Context, mail: str, as_json: bool) -> None:
    """Sign a member out on all their devices.

    Their visits end within a minute. They can sign in again.
    """
    from functions.access.invitations import shown_member
    from scripts.access.site_members import members_of

    member = members_of(context.stack).sign_out(mail)
    if as_json:
        echo_json(shown_member(member))
    else:
        echo(f"{mail} is signed out everywhere")


@members.command("remove")
@click.argument("mails", metavar="MAIL...", nargs=-1, required=True)
@yes_option
@json_option
@click.pass_obj
def members_remove(context: Context, mails: tuple[str, ...], yes: bool, as_json: bool) -> None:
    """Remove members.

    They are out within a minute, even where they are signed in now. Their accounts are deleted, unless visitors may
    make accounts themselves.
    """
    from functions.errors import KinpicsError
    from scripts.access.site_members import members_of

    if not yes and not as_json:
        click.confirm(f"Remove {', '.join(mails)}?", abort=True, err=True)
    invitations = members_of(context.stack)
    failures, done = {}, []
    for mail in dict.fromkeys(mails):
        try:
            is_gone = invitations.remove(mail)
        except KinpicsError as error:
            failures[mail] = str(error)
            continue
        done.append(mail)
        if not as_json:
            echo(f"{mail} is no longer a member" + ("" if is_gone else "; the account stays"))
    if as_json:
        echo_json({"removed": done, "failures": failures})
    end_with_failures(failures, as_json)


def _taking_down(stack: "Stack", withdrawn: set[str]) -> Callable[[set[str]], None]:
    """Takes down the pages of sets that show photos of others and will no longer, and notes the sets."""
    from scripts.access.audience_change import take_down

    def withdraw(sets: set[str]) -> None:
        withdrawn.update(sets)
        take_down(stack, sets, lambda text: echo(f"note: {text}", err=True))

    return withdraw


def _render_again(stack: "Stack", withdrawn: set[str]) -> None:
    """Make pages anew that were taken down; until then, scripts show what was on them."""
    from scripts.deployment.publish import build_and_publish

    if withdrawn:
        build_and_publish(stack)


def _note_unknown(context: Context, sets: tuple[str, ...]) -> None:
    """Tell of sets that don't exist: they may come, or be misspelled."""
    from scripts.access.site_members import unknown_sets

    for name in unknown_sets(context.stack, sets):
        echo(f"note: there is no set {name} yet", err=True)


def _rights(member: MemberRow) -> str:
    if member.is_owner:
        return "owner"
    sets = "all sets" if member.sets is None else ", ".join(map(str, member.sets)) or "no set"
    return f"{sets}; may add photos" if member.may_add else sets
