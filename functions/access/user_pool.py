"""The accounts of the user pool, by email address: made and mailed, signed out, deleted; and which are owners'."""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.aws_errors import code_of
from functions.errors import KinpicsError

if TYPE_CHECKING:
    from types_boto3_cognito_idp import CognitoIdentityProviderClient
    from types_boto3_cognito_idp.type_defs import AttributeTypeTypeDef

# The group's name in template.yaml.
OWNER_GROUP = "owner"
_MAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")
# Who was invited and hasn't signed in yet; and who signed up without entering the code that was mailed.
_INVITED, _UNCONFIRMED = "FORCE_CHANGE_PASSWORD", "UNCONFIRMED"


class BadMailError(KinpicsError):
    """What was given is no email address."""


class NoMailsLeftError(KinpicsError):
    """Cognito mails nobody any more today."""


def check_mail(mail: str) -> str:
    """An email address. Raises ``BadMailError`` for what is none."""
    if not _MAIL.fullmatch(mail):
        raise BadMailError(f"{mail!r} is not an email address: give one such as ann@example.org")
    return mail


@dataclass(frozen=True)
class Account:
    """An account: Cognito's ``sub``, and what it says of its state."""

    sub: str
    status: str

    @property
    def is_unconfirmed(self) -> bool:
        """Whether nobody has shown that they read this address's mail."""
        return self.status == _UNCONFIRMED

    @property
    def is_invited(self) -> bool:
        """Whether who was invited hasn't signed in yet."""
        return self.status == _INVITED


@dataclass(frozen=True)
class UserPool:
    """The user pool ``id``, through a boto3 client. ``sends_mail`` is false on a laptop.

    Every method raises whatever AWS raises.
    """

    client: "CognitoIdentityProviderClient"
    id: str
    sends_mail: bool

    def find(self, mail: str) -> Account | None:
        """The account with an address, if there is one."""
        try:
            found = self.client.admin_get_user(UserPoolId=self.id, Username=mail)
        except ClientError as error:
            if code_of(error) != "UserNotFoundException":
                raise
            return None
        sub = next(entry["Value"] for entry in found["UserAttributes"] if entry["Name"] == "sub")
        return Account(sub, found["UserStatus"])

    def invite(self, mail: str, *, again: bool) -> str | None:
        """Make an account, or invite again who hasn't signed in. Cognito mails a temporary password.

        Where no mail goes out, returns the password. Raises ``NoMailsLeftError``.
        """
        password = None if self.sends_mail else secrets.token_urlsafe(12)
        try:
            if password is None:
                self.client.admin_create_user(
                    UserPoolId=self.id,
                    Username=mail,
                    DesiredDeliveryMediums=["EMAIL"],
                    **({"MessageAction": "RESEND"} if again else {"UserAttributes": _attributes(mail)}),
                )
            elif again:
                self.client.admin_set_user_password(
                    UserPoolId=self.id, Username=mail, Password=password, Permanent=False
                )
            else:
                self.client.admin_create_user(
                    UserPoolId=self.id,
                    Username=mail,
                    TemporaryPassword=password,
                    MessageAction="SUPPRESS",
                    UserAttributes=_attributes(mail),
                )
        except ClientError as error:
            if code_of(error) != "LimitExceededException":
                raise
            raise NoMailsLeftError(
                "Cognito has sent all the mails it sends in a day, which are 50 unless you have arranged for more: "
                "invite the rest tomorrow"
            ) from None
        return password

    def delete(self, mail: str) -> None:
        """Delete an account."""
        self.client.admin_delete_user(UserPoolId=self.id, Username=mail)

    def sign_out(self, mail: str) -> None:
        """Whoever is signed in to an account now must sign in again."""
        self.client.admin_user_global_sign_out(UserPoolId=self.id, Username=mail)

    def list_owners(self) -> list[str]:
        """The owners' addresses."""
        return sorted(mail for user in self._owners() for mail in [_mail(user)] if mail)

    def is_owner(self, mail: str) -> bool:
        """Whether an address is an owner's."""
        return mail.casefold() in (owner.casefold() for owner in self.list_owners())

    def _owners(self) -> Iterator[Any]:
        pages = self.client.get_paginator("list_users_in_group").paginate(UserPoolId=self.id, GroupName=OWNER_GROUP)
        for page in pages:
            yield from page["Users"]


def _attributes(mail: str) -> "list[AttributeTypeTypeDef]":
    return [{"Name": "email", "Value": mail}, {"Name": "email_verified", "Value": "true"}]


def _mail(user: Any) -> str:
    return next((entry["Value"] for entry in user.get("Attributes", []) if entry["Name"] == "email"), "")
