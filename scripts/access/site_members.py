"""Members as the command line names them: a stack's, and email addresses in a file."""

from collections.abc import Callable, Sequence
from pathlib import Path

from functions.access.invitations import Invitations, MemberError
from functions.access.limiting import Limiting
from functions.access.user_pool import BadMailError, check_mail
from scripts.common.stack import Stack
from scripts.people.owners import pool_of

_MAX_FILE_BYTES = 1_000_000


def members_of(stack: Stack, withdrawing: Callable[[set[str]], None] = lambda sets: None) -> Invitations:
    """The members of a stack. ``withdrawing`` is told of sets that are about to lose photos of others (`Limiting`)."""
    limiting = Limiting(stack.photos, withdrawing)
    return Invitations(stack.access, pool_of(stack), limiting, sign_up=stack.parameters.get("SignUp") == "yes")


def read_addresses(path: Path) -> tuple[list[str], list[tuple[str, str]]]:
    """The addresses in a file, one a line, each once; and the lines that are none, with the reason.

    Empty lines, and those that begin with #, are left out. Raises ``MemberError`` for what is no such file.
    """
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise MemberError(f"{path} is too large for a list of email addresses: at most 1 MB")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise MemberError(f"{path} is not text: write one email address a line, in UTF-8") from None
    found: dict[str, str] = {}
    refused = []
    for number, line in enumerate(text.splitlines(), 1):
        mail = line.strip()
        if not mail or mail.startswith("#"):
            continue
        try:
            check_mail(mail)
        except BadMailError as error:
            refused.append((f"line {number}", str(error)))
        else:
            found.setdefault(mail.casefold(), mail)
    if not found and not refused:
        raise MemberError(f"{path} has no email address: write one a line")
    return list(found.values()), refused


def unknown_sets(stack: Stack, sets: Sequence[str]) -> list[str]:
    """Those of these sets that the site doesn't have."""
    there = {row.sortkey for row in stack.photos.list_sets()} if sets else set()
    return [name for name in sets if name not in there]
