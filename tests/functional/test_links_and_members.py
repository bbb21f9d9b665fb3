"""Links and members, as the owner's commands make, change and remove them."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from click.testing import CliRunner, Result
from fake_user_pool import FakeCognito
from support import FakeAws

from functions.access.access_rows import MemberRow
from functions.access.audiences import ALBUM, LINK, MEMBERS, PUBLIC
from functions.access.invitations import MemberError, Rights
from functions.access.moving import AudienceChanges
from functions.access.passes import link_id, member_id
from functions.access.secret_links import LinkError, drop_useless_links, link_to, renew_link, revoke_links
from functions.access.sight import Sight
from functions.access.user_pool import BadMailError, NoMailsLeftError
from scripts.access.audience_change import settle_configured
from scripts.access.site_members import members_of, read_addresses
from scripts.commands.events import event as event_command
from scripts.events.site_events import events_of
from scripts.people.owners import remove_owner

SET = "2024_party"


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
        photos=aws.photos,
        endpoint_url=None,
        parameters={"SignUp": "no"},
        dynamodb=aws.dynamodb,
        writer=aws.writer,
        is_here_alone=False,
        home_url=None,
        site_address=lambda path: f"https://photos.example{path}",
        shared_address=lambda path: f"https://photos.example{path}",
    )


def test_a_link_is_made_once_and_shown_again(aws: FakeAws) -> None:
    aws.access.put_audience(SET, LINK)
    secret = link_to(aws.access, SET)
    assert link_to(aws.access, SET) == secret
    (row,) = aws.access.list_links()
    assert (row.id, row.opens) == (link_id(secret), SET)


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
    everything = members_of(stack).invite("Ann@example.org", Rights())
    one_set = members_of(stack).invite("bob@example.org", Rights((SET,), changes_sets=True, may_add=True))
    assert cognito.mailed == ["Ann@example.org", "bob@example.org"]
    assert everything.is_mailed
    assert everything.password is None
    assert everything.member.id == member_id(cognito.users["ann@example.org"]["sub"])
    access = aws.access.read_access()
    ann, bob = (Sight(access, member=aws.access.get_member(one.member.id)) for one in (everything, one_set))
    assert [sight.sees(SET) for sight in (ann, bob)] == [True, True]
    assert [sight.sees_album for sight in (ann, bob)] == [True, False]
    assert [(one.email, one.may_add) for one in members_of(stack).list()] == [
        ("Ann@example.org", None),
        ("bob@example.org", True),
    ]
    assert aws.access.newest_key(), "the first member makes the first key"


def test_where_nothing_is_mailed_the_password_is_told(stack: Any, cognito: FakeCognito) -> None:
    stack.endpoint_url = "http://localhost:4566"
    first = members_of(stack).invite("ann@example.org", Rights())
    again = members_of(stack).invite("ann@example.org", Rights())
    assert first.password
    assert again.password == cognito.users["ann@example.org"]["password"] != first.password
    assert cognito.mailed == []


def test_who_is_invited_again_is_mailed_again_until_they_sign_in(stack: Any, cognito: FakeCognito) -> None:
    members_of(stack).invite("ann@example.org", Rights((SET,), changes_sets=True))
    again = members_of(stack).invite("ann@example.org", Rights())
    assert cognito.mailed == ["ann@example.org"] * 2
    assert again.member.sets == [SET], "what they may see stays as it was"
    cognito.users["ann@example.org"]["status"] = "CONFIRMED"
    assert not members_of(stack).invite("ann@example.org", Rights()).is_mailed
    assert len(members_of(stack).list()) == 1


def test_whoever_signed_up_with_anothers_address_is_not_invited(stack: Any, cognito: FakeCognito) -> None:
    cognito.sign_up("ann@example.org")
    squatter = cognito.users["ann@example.org"]["sub"]
    invited = members_of(stack).invite("ann@example.org", Rights())
    assert invited.is_mailed
    assert invited.member.id != member_id(squatter)
    assert cognito.users["ann@example.org"]["password"] == "mailed"


def test_a_members_rights_are_changed_by_themselves(stack: Any, cognito: FakeCognito) -> None:
    members_of(stack).invite("ann@example.org", Rights((SET,), changes_sets=True, may_add=True))
    assert members_of(stack).change("ANN@example.org", Rights(may_add=False)).sets == [SET]
    assert members_of(stack).find("ann@example.org").may_add is None
    members_of(stack).change("ann@example.org", Rights(changes_sets=True))
    assert members_of(stack).find("ann@example.org").sets is None
    with pytest.raises(MemberError, match=r"carl@example\.org is no member"):
        members_of(stack).change("carl@example.org", Rights(may_add=True))


def test_more_sets_than_the_edge_keeps_are_refused_before_an_account_is_made(stack: Any, cognito: FakeCognito) -> None:
    sets = tuple(f"2024_{number:030}" for number in range(40))
    with pytest.raises(MemberError, match="can't be given 40 sets"):
        members_of(stack).invite("ann@example.org", Rights(sets, changes_sets=True))
    assert (cognito.users, members_of(stack).list()) == ({}, [])


@pytest.mark.parametrize(("sign_up", "is_gone"), [("no", True), ("yes", False)])
def test_a_removed_member_is_out(stack: Any, cognito: FakeCognito, sign_up: str, is_gone: bool) -> None:
    stack.parameters["SignUp"] = sign_up
    member = members_of(stack).invite("ann@example.org", Rights()).member
    assert members_of(stack).remove("ann@example.org") is is_gone
    assert stack.access.get_member(member.id) is None
    assert ("ann@example.org" in cognito.users) is not is_gone
    assert cognito.signed_out == ([] if is_gone else ["ann@example.org"])
    with pytest.raises(MemberError, match="no member"):
        members_of(stack).remove("ann@example.org")


def test_an_owner_is_not_removed_as_a_member_and_sees_nothing_once_they_are_none(
    stack: Any, cognito: FakeCognito
) -> None:
    mail = "own@example.org"
    member = members_of(stack).invite(mail, Rights()).member
    cognito.owners.add(mail)
    stack.access.put_member(MemberRow(id=member.id, email=mail, is_owner=True))
    with pytest.raises(MemberError, match=r"kinpics owner own@example\.org --remove"):
        members_of(stack).remove(mail)
    remove_owner(stack, mail)
    assert stack.access.get_member(member.id) is None


def test_a_days_mails_that_are_used_up_are_told_in_words(stack: Any, cognito: FakeCognito) -> None:
    cognito.mails_left = 0
    with pytest.raises(NoMailsLeftError, match="invite the rest tomorrow"):
        members_of(stack).invite("ann@example.org", Rights())
    assert members_of(stack).list() == []


@pytest.mark.parametrize("mail", ["", "ann", "ann@", "@example.org", "ann example@x.org", "a" * 300 + "@x.org"])
def test_what_is_no_address_is_not_invited(stack: Any, cognito: FakeCognito, mail: str) -> None:
    with pytest.raises(BadMailError):
        members_of(stack).invite(mail, Rights())
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


def test_what_was_deployed_counts_once_and_what_the_owner_changed_since_stays(aws: FakeAws) -> None:
    changes, told = AudienceChanges(aws.tables()), list[str]()

    def deploy(audience: str) -> str:
        told.clear()
        settle_configured(changes, audience, told.append)
        return aws.access.read_access().album

    assert deploy("") == PUBLIC, "nothing is said of it"
    assert deploy(MEMBERS) == MEMBERS
    changes.change(ALBUM, PUBLIC)
    assert deploy(MEMBERS) == PUBLIC, "the owner opened it since"
    assert "`kinpics audience --site members` changes it back" in told[0]
    assert deploy(LINK) == LINK, "the owner has said something else"
    assert deploy(LINK) == LINK
    assert not told
    row = aws.access.get_audience(ALBUM)
    assert row is not None
    assert row.configured == LINK


def test_a_deployment_finishes_a_change_that_was_stopped(aws: FakeAws) -> None:
    aws.access.put_audience(ALBUM, LINK)
    aws.access.note_configured(LINK)
    aws.access.put_audience(SET, MEMBERS, moving="public")
    settle_configured(AudienceChanges(aws.tables(), sleep=lambda seconds: None), LINK, lambda text: None)
    assert (aws.access.read_access().moving, aws.access.read_access().sets) == ({}, {SET: MEMBERS})


def test_an_events_helpers_are_members(aws: FakeAws, stack: Any, cognito: FakeCognito) -> None:
    ann = members_of(stack).invite("ann@example.org", Rights()).member.id

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(event_command, [SET, *arguments], obj=SimpleNamespace(stack=stack))

    told = run("--helper", "ANN@example.org", "--helper", "ann@example.org")
    (event,) = events_of(stack).list()
    assert event.helpers == [ann]
    assert f"ann@example.org may let photos in at https://photos.example/waiting/#{event.secret}" in told.stdout
    assert isinstance(run("--helper", "bob@example.org").exception, MemberError)
    assert "say either" in run("--helper", "ann@example.org", "--no-helpers").output
    run("--title", "Party")
    (event,) = events_of(stack).list()
    assert (event.helpers, event.title) == ([ann], "Party"), "the rest stays"
    members_of(stack).remove("ann@example.org")
    assert "ann@example.org" not in run().output, "a member no more helps no more"
    run("--no-helpers")
    (event,) = events_of(stack).list()
    assert not event.helpers
