"""The owner of a laptop's site: a member with a password of the data folder, signed in by a link."""

import contextlib
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from functions.access.user_pool import OWNER_GROUP
from functions.aws_errors import code_of
from local.state_folder import Running, StateFolder
from scripts.common.stack import Stack
from scripts.people.owners import client

if TYPE_CHECKING:
    from types_boto3_cognito_idp import CognitoIdentityProviderClient
    from types_boto3_cognito_idp.type_defs import AttributeTypeTypeDef

OWNER_MAIL = "owner@localhost"
_FILE = "owner-password"


def sign_in_link(running: Running, data: Path) -> str | None:
    """The link that signs the owner in, whoever may read the data folder; None before `make_owner`."""
    try:
        password = (data / _FILE).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    return f"{running.site_url}/account/#sign-in={OWNER_MAIL}:{password}"


def running_link(data: Path) -> str | None:
    """The link to the stack that runs on a data folder."""
    running = StateFolder(data).running()
    return sign_in_link(running, data) if running else None


def make_owner(stack: Stack, data: Path) -> None:
    """Make the laptop's owner, unless there is one: the password file says so, and is written last."""
    cognito, pool = client(), stack.outputs.user_pool
    path = data / _FILE
    if path.exists() and _exists(cognito, pool):
        return
    # Whoever has this name without the password isn't the owner.
    with contextlib.suppress(cognito.exceptions.UserNotFoundException):
        cognito.admin_delete_user(UserPoolId=pool, Username=OWNER_MAIL)
    password = secrets.token_urlsafe(24)
    attributes: list[AttributeTypeTypeDef] = [
        {"Name": "email", "Value": OWNER_MAIL},
        {"Name": "email_verified", "Value": "true"},
    ]
    cognito.admin_create_user(UserPoolId=pool, Username=OWNER_MAIL, UserAttributes=attributes, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(UserPoolId=pool, Username=OWNER_MAIL, Password=password, Permanent=True)
    cognito.admin_add_user_to_group(UserPoolId=pool, Username=OWNER_MAIL, GroupName=OWNER_GROUP)
    temporary = path.with_suffix(".tmp")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(f"{password}\n")
    temporary.replace(path)


def _exists(cognito: "CognitoIdentityProviderClient", pool: str) -> bool:
    """Whether the owner is a member: a folder's journal may be older than its password file."""
    try:
        cognito.admin_get_user(UserPoolId=pool, Username=OWNER_MAIL)
    except ClientError as error:
        if code_of(error) != "UserNotFoundException":
            raise
        return False
    return True
