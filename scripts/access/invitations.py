"""Members: people whom the owner has invited by email, and what they may see and do."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from functions.access.edge_entries import MAX_VALUE_BYTES, fits
from functions.access.passes import member_id
from functions.aws_errors import code_of
from functions.dates import timestamp
from functions.errors import KinpicsError
from functions.shapes import MemberRow
from scripts.common.stack import Stack
from scripts.people.owners import BadMailError, check_mail, client, list_owners

if TYPE_CHECKING:
    from types_boto3_cognito_idp import CognitoIdentityProviderClient
    from types_boto3_cognito_idp.type_defs import AdminGetUserResponseTypeDef, AttributeTypeTypeDef

# Who was invited and hasn't signed in yet; and who signed up without entering the code that was mailed.
_INVITED, _UNCONFIRMED = "FORCE_CHANGE_PASSWORD", "UNCONFIRMED"
_MAX_FILE_BYTES = 1_000_000


class MemberError(KinpicsError):
    """There is no such member, or they can't be given that; the message says what to do."""


@dataclass(frozen=True)
class Rights:
    """What a member may do. ``sets`` are those they may see, None for all; None for ``may_add`` leaves it as it is."""

    sets: tuple[str, ...] | None = None
    # Whether ``sets`` is to count: else what a member may see stays as it is.
    changes_sets: bool = False
    may_add: bool | None = None

    def applied(self, member: MemberRow) -> MemberRow:
        """A member with these rights. Raises ``MemberError`` for more sets than the edge can keep."""
        if self.changes_sets:
            member = replace(member, sets=list(self.sets) if self.sets is not None else None)
        if self.may_add is not None:
            member = replace(member, may_add=self.may_add or None)
        if not fits(member):
            raise MemberError(
                f"{member.email} can't be given {len(self.sets or ())} sets by name: together their names have at most "
                f"{MAX_VALUE_BYTES} bytes. Give all sets, or give these sets a link"
            )
        return member


@dataclass(frozen=True)
class Invited:
    """What an invitation did: whether Cognito mails a temporary ``password``, or what it is where nothing is mailed."""

    member: MemberRow
    is_mailed: bool = False
    password: str | None = None


def list_members(stack: Stack) -> list[MemberRow]:
    """All members, by email address."""
    return sorted(stack.access.list_members(), key=lambda member: (member.email or "").casefold())


def find_member(stack: Stack, mail: str) -> MemberRow:
    """The member with an email address. Raises ``MemberError``."""
    for member in stack.access.list_members():
        if (member.email or "").casefold() == mail.casefold():
            return member
    raise MemberError(f"{mail} is no member: `kinpics members list` lists them all")


def invite(stack: Stack, mail: str, rights: Rights) -> Invited:
    """Make somebody a member; who was invited already and hasn't signed in yet is invited again.

    Raises ``BadMailError``, ``MemberError``.
    """
    check_mail(mail)
    # Before an account is made for somebody who can't be given that.
    now = datetime.now(UTC)
    draft = rights.applied(MemberRow(id="", email=mail, since=int(now.timestamp()), invited_at=timestamp(now)))
    cognito, pool = client(), stack.outputs.user_pool
    on_laptop = stack.endpoint_url is not None
    account = _account(cognito, pool, mail)
    if account and account["UserStatus"] == _UNCONFIRMED:
        # Anybody may have signed up with this address: only its owner can have confirmed it.
        cognito.admin_delete_user(UserPoolId=pool, Username=mail)
        account = None
    password = None
    is_mailed = False
    if account is None or account["UserStatus"] == _INVITED:
        password = secrets.token_urlsafe(12) if on_laptop else None
        is_mailed = not on_laptop
        _invite(cognito, pool, mail, password, again=account is not None)
        account = _account(cognito, pool, mail)
    if account is None:
        raise MemberError(f"{mail} was invited and is gone again: somebody else removed the account")
    sub = next(entry["Value"] for entry in account["UserAttributes"] if entry["Name"] == "sub")
    known = stack.access.get_member(member_id(sub))
    member = rights.applied(known) if known else replace(draft, id=member_id(sub))
    stack.access.put_member(member)
    return Invited(member, is_mailed, password)


def change(stack: Stack, mail: str, rights: Rights) -> MemberRow:
    """Change what a member may see or do. Raises ``MemberError``."""
    member = rights.applied(find_member(stack, mail))
    stack.access.put_member(member)
    return member


def remove(stack: Stack, mail: str) -> bool:
    """Let a member in no more; returns whether their account went too.

    It stays where visitors may make accounts themselves, and that of an owner does. Raises ``MemberError``.
    """
    member = find_member(stack, mail)
    if mail.casefold() in (owner.casefold() for owner in list_owners(stack)):
        raise MemberError(f"{mail} is an owner, who sees everything: `kinpics owner {mail} --remove` first")
    stack.access.remove_member(member.id)
    cognito, pool = client(), stack.outputs.user_pool
    account = _account(cognito, pool, mail)
    if account is None:
        return True
    if stack.parameters.get("SignUp") == "yes":
        # What is signed in now must sign in again.
        cognito.admin_user_global_sign_out(UserPoolId=pool, Username=mail)
        return False
    cognito.admin_delete_user(UserPoolId=pool, Username=mail)
    return True


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


def _account(cognito: "CognitoIdentityProviderClient", pool: str, mail: str) -> "AdminGetUserResponseTypeDef | None":
    try:
        return cognito.admin_get_user(UserPoolId=pool, Username=mail)
    except ClientError as error:
        if code_of(error) != "UserNotFoundException":
            raise
        return None


def _invite(
    cognito: "CognitoIdentityProviderClient", pool: str, mail: str, password: str | None, *, again: bool
) -> None:
    """Make an account, or invite again who hasn't signed in; Cognito mails a temporary password unless one is given."""
    try:
        if password is None:
            cognito.admin_create_user(
                UserPoolId=pool,
                Username=mail,
                DesiredDeliveryMediums=["EMAIL"],
                **({"MessageAction": "RESEND"} if again else {"UserAttributes": _attributes(mail)}),
            )
        elif again:
            cognito.admin_set_user_password(UserPoolId=pool, Username=mail, Password=password, Permanent=False)
        else:
            cognito.admin_create_user(
                UserPoolId=pool,
                Username=mail,
                TemporaryPassword=password,
                MessageAction="SUPPRESS",
                UserAttributes=_attributes(mail),
            )
    except ClientError as error:
        if code_of(error) != "LimitExceededException":
            raise
        raise MemberError(
            "Cognito has sent all the mails it sends in a day, which are 50 unless you have arranged for more: invite "
            "the rest tomorrow"
        ) from None


def _attributes(mail: str) -> "list[AttributeTypeTypeDef]":
    return [{"Name": "email", "Value": mail}, {"Name": "email_verified", "Value": "true"}]
