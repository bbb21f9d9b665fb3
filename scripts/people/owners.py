"""Who may name people in the browser and manage the site: members of the user pool's group `owner`."""

from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from functions.access.user_pool import OWNER_GROUP, UserPool
from functions.aws_errors import code_of
from functions.errors import KinpicsError
from scripts.common.stack import Stack

if TYPE_CHECKING:
    from types_boto3_cognito_idp import CognitoIdentityProviderClient


class NotAnOwnerError(KinpicsError):
    """There is no such owner."""


def pool_of(stack: Stack) -> UserPool:
    """The user pool of a stack."""
    return UserPool(client(), stack.outputs.user_pool, sends_mail=stack.endpoint_url is None)


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
    pool = pool_of(stack)
    if not pool.is_owner(mail):
        raise NotAnOwnerError(f"{mail} is no owner: `kinpics owner` lists them")
    pool.client.admin_remove_user_from_group(UserPoolId=pool.id, Username=mail, GroupName=OWNER_GROUP)
    # The passes of an owner end too, whatever the site's audience is.
    for member in stack.access.list_members():
        if member.is_owner and (member.email or "").casefold() == mail.casefold():
            stack.access.remove_member(member.id)
    # What is signed in now must sign in again.
    pool.sign_out(mail)


def client() -> "CognitoIdentityProviderClient":
    """What user pools are called with."""
    return boto3.client("cognito-idp")
