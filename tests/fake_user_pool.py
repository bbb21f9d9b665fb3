"""A user pool in memory."""

import itertools
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError


class FakeCognito:
    """A user pool in memory: what the commands call of it, with its errors."""

    def __init__(self) -> None:
        self.users: dict[str, dict[str, Any]] = {}
        self.owners: set[str] = set()
        self.mailed: list[str] = []
        self.signed_out: list[str] = []
        self.mails_left = 50
        self._subs = (f"00000000-0000-4000-8000-{number:012x}" for number in itertools.count(1))

    def sign_up(self, mail: str, status: str = "UNCONFIRMED") -> None:
        """Somebody makes an account with this address, perhaps another's."""
        self.users[mail.lower()] = {"sub": next(self._subs), "status": status, "password": "their own"}

    def admin_get_user(self, **call: Any) -> dict[str, Any]:
        user = self._user(call, "AdminGetUser")
        return {"UserStatus": user["status"], "UserAttributes": [{"Name": "sub", "Value": user["sub"]}]}

    def admin_create_user(self, **call: Any) -> None:
        mail, action = call["Username"], call.get("MessageAction")
        if (mail.lower() in self.users) != (action == "RESEND"):
            raise _error(
                "UserNotFoundException" if action == "RESEND" else "UsernameExistsException", "AdminCreateUser"
            )
        if action != "SUPPRESS":
            if not self.mails_left:
                raise _error("LimitExceededException", "AdminCreateUser")
            self.mails_left -= 1
            self.mailed.append(mail)
        if action != "RESEND":
            self.sign_up(mail, "FORCE_CHANGE_PASSWORD")
        self.users[mail.lower()]["password"] = call.get("TemporaryPassword", "mailed")

    def admin_set_user_password(self, **call: Any) -> None:
        self._user(call, "AdminSetUserPassword")["password"] = call["Password"]

    def admin_delete_user(self, **call: Any) -> None:
        self._user(call, "AdminDeleteUser")
        del self.users[call["Username"].lower()]

    def admin_user_global_sign_out(self, **call: Any) -> None:
        self._user(call, "AdminUserGlobalSignOut")
        self.signed_out.append(call["Username"])

    def admin_remove_user_from_group(self, **call: Any) -> None:
        self.owners.discard(call["Username"])

    def get_paginator(self, name: str) -> Any:
        users = [{"Attributes": [{"Name": "email", "Value": mail}]} for mail in self.owners]
        return SimpleNamespace(paginate=lambda **_: [{"Users": users}])

    def _user(self, call: dict[str, Any], operation: str) -> dict[str, Any]:
        if call["Username"].lower() not in self.users:
            raise _error("UserNotFoundException", operation)
        return self.users[call["Username"].lower()]


def _error(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, operation)
