"""Who may name people in the browser."""

import click

from scripts.commands.options import Context
from scripts.common.terminal import echo


@click.command()
@click.argument("mail", metavar="[MAIL]", required=False)
@click.option("--remove", is_flag=True, help="Take the right away again; the account stays.")
@click.pass_obj
def owner(context: Context, mail: str | None, remove: bool) -> None:
    """Let somebody name people in the browser, or list who may.

    MAIL is the email address they sign in with. Somebody who has no account yet gets an email with a temporary
    password. On a laptop, you don't need this: `kinpics local` prints a link that signs you in, and without MAIL this
    command prints it again.
    """
    from functions.access.user_pool import check_mail
    from scripts.laptop.laptop_owner import OWNER_MAIL, running_link
    from scripts.people.owners import add_owner, pool_of, remove_owner

    stack = context.stack
    if mail is None:
        if remove:
            raise click.UsageError("say who: give the email address too")
        link = running_link(context.data) if stack.endpoint_url else None
        owners = pool_of(stack).list_owners()
        for known in owners:
            echo(known, *([link] if link and known == OWNER_MAIL else []))
        if not owners:
            echo("nobody may name people in the browser yet: `kinpics owner MAIL` makes somebody an owner", err=True)
        return
    check_mail(mail)
    if remove:
        remove_owner(stack, mail)
        echo(f"{mail} may not name people any more; who is signed in may still do so for up to an hour")
    elif add_owner(stack, mail):
        echo(f"{mail} gets an email with a temporary password, and signs in at {stack.shared_address('/account/')}")
    else:
        echo(f"{mail} may name people after signing in again: {stack.shared_address('/account/')}")
