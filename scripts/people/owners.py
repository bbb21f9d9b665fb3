"""Who may name people in the browser: members of the user pool's group `owner`."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from functions.aws_errors import code_of
from functions.errors import KinpicsError
from scripts.common.stack import Stack

if TYPE_CHECKING:
    from types_boto3_cognito_idp import CognitoIdentityProviderClient

# The group's name in template.yaml.
OWNER_GROUP = "owner"
_MAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")


class BadMailError(KinpicsError):
    """What was given is no email address."""


class NotAnOwnerError(KinpicsError):
    """There is no such owner."""


def check_mail(mail: str) -> None:
    """Raise ``BadMailError`` for what is no email address."""
    if not _MAIL.fullmatch(mail):
        raise BadMailError(f"{mail!r} is not an email address: give one such as ann@example.org")


def add_owner(stack: Stack, mail: str) -> bool:
    """Make a member an owner; returns whether the account is new, so that Cognito mails a temporary password."""
    cognito = client()
    pool = stack.outputs.user_pool
    try:
        cognito.admin_create_user(
            UserPoolId=pool,
            Username=mail,
            UserAttributes=[{"Name": "email", "Value": mail}, {"Name": "email_verified", "Value": "true"}],
            DesiredDeliveryMediums=["EMAIL"],
        )
        is_new = True
    except ClientError as error:
        if code_of(error) != "UsernameExistsException":
            raise
        is_new = False
    cognito.admin_add_user_to_group(UserPoolId=pool, Username=mail, GroupName=OWNER_GROUP)
    return is_new


def remove_owner(stack: Stack, mail: str) -> None:
    """Take an owner's right; the account stays. Raises ``NotAnOwnerError``."""
    if mail.lower() not in (owner.lower() for owner in list_owners(stack)):
        raise NotAnOwnerError(f"{mail} is no owner: `kinpics owner` lists them")
    cognito, pool = client(), stack.outputs.user_pool
    cognito.admin_remove_user_from_group(UserPoolId=pool, Username=mail, GroupName=OWNER_GROUP)
    # The passes of an owner end too, whatever the site's audience is.
    for member in stack.access.list_members():
        if member.is_owner and (member.email or "").casefold() == mail.casefold():
            stack.access.remove_member(member.id)
    # What is signed in now must sign in again.
    cognito.admin_user_global_sign_out(UserPoolId=pool, Username=mail)


def list_owners(stack: Stack) -> list[str]:
    """The owners' email addresses."""
    return sorted(mail for user in _users(stack) for mail in [_mail(user)] if mail)


def client() -> "CognitoIdentityProviderClient":
    """What user pools are called with."""
    return boto3.client("cognito-idp")


def _users(stack: Stack) -> Iterator[Any]:
    pages = (
        client()
        .get_paginator("list_users_in_group")
        .paginate(UserPoolId=stack.outputs.user_pool, GroupName=OWNER_GROUP)
    )
    for page in pages:
        yield from page["Users"]


def _mail(user: Any) -> str:
    return next((entry["Value"] for entry in user.get("Attributes", []) if entry["Name"] == "email"), "")
