"""Links and members, as the owner's commands make, change and remove them."""

import itertools
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from support import FakeAws

from functions.access.audiences import ALBUM, LINK, MEMBERS, PUBLIC
from functions.access.passes import link_id, member_id
from functions.access.sight import Sight
from functions.shapes import MemberRow
from scripts.access.invitations import (
    MemberError,
    Rights,
    change,
    find_member,
    invite,
    list_members,
    read_addresses,
    remove,
)
from scripts.access.secret_links import LinkError, address_of, drop_useless_links, link_to, renew_link, revoke_links
from scripts.people.owners import BadMailError, remove_owner

SET = "2024_party"


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


@pytest.fixture
def cognito(monkeypatch: pytest.MonkeyPatch) -> FakeCognito:
    fake = FakeCognito()
    monkeypatch.setattr(boto3, "client", lambda name: fake)
    return fake


@pytest.fixture
def stack(aws: FakeAws) -> Any:
    return SimpleNamespace(
        outputs=aws.outputs,
        access=aws.access,
        endpoint_url=None,
        parameters={"SignUp": "no"},
        site_address=lambda path: f"https://photos.example{path}",
    )


def test_a_link_is_made_once_and_shown_again(aws: FakeAws, stack: Any) -> None:
    aws.access.put_audience(SET, LINK)
    secret = link_to(aws.access, SET)
    assert link_to(aws.access, SET) == secret
    (row,) = aws.access.list_links()
    assert (row.id, row.opens) == (link_id(secret), SET)
    assert address_of(stack, secret) == f"https://photos.example/l/{secret}"


def test_a_new_link_ends_the_old_one_and_no_other(aws: FakeAws) -> None:
    for opens in (SET, "other"):
        aws.access.put_audience(opens, LINK)
    other, old = link_to(aws.access, "other"), link_to(aws.access, SET)
    new = renew_link(aws.access, SET)
    assert {row.id for row in aws.access.list_links()} == {link_id(other), link_id(new)}
    assert old != new == link_to(aws.access, SET)
    assert (revoke_links(aws.access, SET), revoke_links(aws.access, SET)) == (1, 0)
    assert [row.opens for row in aws.access.list_links()] == ["other"]


@pytest.mark.parametrize(
    ("album", "of_set", "opens", "words"),
    [
        (PUBLIC, None, ALBUM, "the site is for everybody"),
        (MEMBERS, None, ALBUM, "the site is for members"),
        (PUBLIC, None, SET, f"{SET} is for everybody"),
        (PUBLIC, MEMBERS, SET, f"{SET} is for members"),
        (LINK, None, SET, "seen by whoever has the site's link"),
        (LINK, MEMBERS, SET, f"kinpics audience {SET} link"),
    ],
)
def test_there_is_no_link_to_what_no_link_opens(
    aws: FakeAws, album: str, of_set: str | None, opens: str, words: str
) -> None:
    aws.access.put_audience(ALBUM, album)
    aws.access.put_audience(SET, of_set)
    for call in (link_to, renew_link):
        with pytest.raises(LinkError, match=words):
            call(aws.access, opens)
    assert aws.access.list_links() == []


def test_a_link_does_not_come_back_with_its_audience(aws: FakeAws) -> None:
    aws.access.put_audience(ALBUM, LINK)
    aws.access.put_audience(SET, LINK)
    old, of_site = link_to(aws.access, SET), link_to(aws.access, ALBUM)
    aws.access.put_audience(SET, MEMBERS)
    drop_useless_links(aws.access)
    aws.access.put_audience(SET, LINK)
    assert link_to(aws.access, SET) != old
    assert link_to(aws.access, ALBUM) == of_site


def test_an_invited_member_sees_what_they_may(aws: FakeAws, stack: Any, cognito: FakeCognito) -> None:
    aws.access.put_audience(ALBUM, MEMBERS)
    everything = invite(stack, "Ann@example.org", Rights())
    one_set = invite(stack, "bob@example.org", Rights((SET,), changes_sets=True, may_add=True))
    assert cognito.mailed == ["Ann@example.org", "bob@example.org"]
    assert everything.is_mailed
    assert everything.password is None
    assert everything.member.id == member_id(cognito.users["ann@example.org"]["sub"])
    access = aws.access.read_access()
    ann, bob = (Sight(access, member=aws.access.get_member(one.member.id)) for one in (everything, one_set))
    assert [sight.sees(SET) for sight in (ann, bob)] == [True, True]
    assert [sight.sees_album for sight in (ann, bob)] == [True, False]
    assert [(one.email, one.may_add) for one in list_members(stack)] == [
        ("Ann@example.org", None),
        ("bob@example.org", True),
    ]
    assert aws.access.newest_key(), "the first member makes the first key"


def test_where_nothing_is_mailed_the_password_is_told(stack: Any, cognito: FakeCognito) -> None:
    stack.endpoint_url = "http://localhost:4566"
    first = invite(stack, "ann@example.org", Rights())
    again = invite(stack, "ann@example.org", Rights())
    assert first.password
    assert again.password == cognito.users["ann@example.org"]["password"] != first.password
    assert cognito.mailed == []


def test_who_is_invited_again_is_mailed_again_until_they_sign_in(stack: Any, cognito: FakeCognito) -> None:
    invite(stack, "ann@example.org", Rights((SET,), changes_sets=True))
    again = invite(stack, "ann@example.org", Rights())
    assert cognito.mailed == ["ann@example.org"] * 2
    assert again.member.sets == [SET], "what they may see stays as it was"
    cognito.users["ann@example.org"]["status"] = "CONFIRMED"
    assert not invite(stack, "ann@example.org", Rights()).is_mailed
    assert len(list_members(stack)) == 1


def test_whoever_signed_up_with_anothers_address_is_not_invited(stack: Any, cognito: FakeCognito) -> None:
    cognito.sign_up("ann@example.org")
    squatter = cognito.users["ann@example.org"]["sub"]
    invited = invite(stack, "ann@example.org", Rights())
    assert invited.is_mailed
    assert invited.member.id != member_id(squatter)
    assert cognito.users["ann@example.org"]["password"] == "mailed"


def test_a_members_rights_are_changed_by_themselves(stack: Any, cognito: FakeCognito) -> None:
    invite(stack, "ann@example.org", Rights((SET,), changes_sets=True, may_add=True))
    assert change(stack, "ANN@example.org", Rights(may_add=False)).sets == [SET]
    assert find_member(stack, "ann@example.org").may_add is None
    change(stack, "ann@example.org", Rights(changes_sets=True))
    assert find_member(stack, "ann@example.org").sets is None
    with pytest.raises(MemberError, match=r"carl@example\.org is no member"):
        change(stack, "carl@example.org", Rights(may_add=True))


def test_more_sets_than_the_edge_keeps_are_refused_before_an_account_is_made(stack: Any, cognito: FakeCognito) -> None:
    sets = tuple(f"2024_{number:030}" for number in range(40))
    with pytest.raises(MemberError, match="can't be given 40 sets"):
        invite(stack, "ann@example.org", Rights(sets, changes_sets=True))
    assert (cognito.users, list_members(stack)) == ({}, [])


@pytest.mark.parametrize(("sign_up", "is_gone"), [("no", True), ("yes", False)])
def test_a_removed_member_is_out(stack: Any, cognito: FakeCognito, sign_up: str, is_gone: bool) -> None:
    stack.parameters["SignUp"] = sign_up
    member = invite(stack, "ann@example.org", Rights()).member
    assert remove(stack, "ann@example.org") is is_gone
    assert stack.access.get_member(member.id) is None
    assert ("ann@example.org" in cognito.users) is not is_gone
    assert cognito.signed_out == ([] if is_gone else ["ann@example.org"])
    with pytest.raises(MemberError, match="no member"):
        remove(stack, "ann@example.org")


def test_an_owner_is_not_removed_as_a_member_and_sees_nothing_once_they_are_none(
    stack: Any, cognito: FakeCognito
) -> None:
    mail = "own@example.org"
    member = invite(stack, mail, Rights()).member
    cognito.owners.add(mail)
    stack.access.put_member(MemberRow(id=member.id, email=mail, is_owner=True))
    with pytest.raises(MemberError, match=r"kinpics owner own@example\.org --remove"):
        remove(stack, mail)
    remove_owner(stack, mail)
    assert stack.access.get_member(member.id) is None


def test_a_days_mails_that_are_used_up_are_told_in_words(stack: Any, cognito: FakeCognito) -> None:
    cognito.mails_left = 0
    with pytest.raises(MemberError, match="invite the rest tomorrow"):
        invite(stack, "ann@example.org", Rights())
    assert list_members(stack) == []


@pytest.mark.parametrize("mail", ["", "ann", "ann@", "@example.org", "ann example@x.org", "a" * 300 + "@x.org"])
def test_what_is_no_address_is_not_invited(stack: Any, cognito: FakeCognito, mail: str) -> None:
    with pytest.raises(BadMailError):
        invite(stack, mail, Rights())
    assert cognito.users == {}


def test_a_file_of_addresses_is_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "club.txt"
    path.write_bytes(b"\xef\xbb\xbf# The club\nann@example.org\r\n\n  bob@example.org  \nANN@example.org\nnobody\n")
    found, refused = read_addresses(path)
    assert found == ["ann@example.org", "bob@example.org"]
    assert refused == [("line 6", "'nobody' is not an email address: give one such as ann@example.org")]


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "has no email address"), (b"\xff\xfe\x00", "is not text"), (b"a" * 1_000_001, "too large")],
)
def test_a_file_that_is_no_list_of_addresses_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "club.txt"
    path.write_bytes(content)
    with pytest.raises(MemberError, match=words):
        read_addresses(path)
