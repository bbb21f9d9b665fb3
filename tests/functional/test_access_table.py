"""Table `access`: what is written comes back, and who is out is out."""

import pytest
from support import FakeAws

from functions.access.access_rows import MemberRow
from functions.access.access_table import AccessTable
from functions.access.audiences import ALBUM, LINK, MEMBERS, Access
from functions.access.passes import LinkSubject, MemberSubject, link_id, write_pass
from functions.access.sight import Sight

NOW = "2026-01-02T03:04:05+00:00"
MEMBER = "b" * 32
END = 1_800_000_000


@pytest.fixture
def table(aws: FakeAws) -> AccessTable:
    return AccessTable(aws.dynamodb, aws.access_table)


def test_an_empty_table_is_a_public_album(table: AccessTable) -> None:
    assert table.read_access() == Access()
    assert Sight.by_pass(table, None, 0).sees_album
    assert Sight.by_pass(table, "1.x", 0).sees("any")


def test_audiences_come_and_go(table: AccessTable) -> None:
    table.put_audience(ALBUM, MEMBERS)
    table.put_audience("party", LINK, moving="private")
    table.put_audience("plain", None, moving="public")
    assert table.read_access() == Access(MEMBERS, {"party": LINK}, {"party": "private", "plain": "public"})
    table.put_audience("party", LINK)
    table.put_audience("plain", None)
    assert table.read_access() == Access(MEMBERS, {"party": LINK})


def test_a_pass_counts_as_long_as_its_link_is_there(table: AccessTable) -> None:
    table.put_audience(ALBUM, LINK)
    secret = table.add_link(ALBUM, NOW)
    key = table.ensure_key(NOW)
    text = write_pass([LinkSubject(link_id(secret))], END, key.id, key.key)
    assert Sight.by_pass(table, text, END - 1).sees("any")
    assert not Sight.by_pass(table, text, END).sees("any")
    assert not Sight.by_pass(table, None, END - 1).sees("any")
    table.remove_link(link_id(secret))
    assert not Sight.by_pass(table, text, END - 1).sees_anything


def test_a_member_is_out_when_removed_or_signed_out_everywhere(table: AccessTable) -> None:
    table.put_audience(ALBUM, MEMBERS)
    table.put_member(MemberRow(id=MEMBER, email="a@example.org", since=7, invited_at=NOW))
    key = table.ensure_key(NOW)
    text = write_pass([MemberSubject(MEMBER, 7)], END, key.id, key.key)
    assert Sight.by_pass(table, text, 1).sees("any")
    assert table.sign_out_everywhere(MEMBER, 8)
    assert not Sight.by_pass(table, text, 1).sees("any")
    newer = write_pass([MemberSubject(MEMBER, 8)], END, key.id, key.key)
    assert Sight.by_pass(table, newer, 1).sees("any")
    assert table.sign_out_everywhere(MEMBER, 8), "passes of this very second end too"
    assert not Sight.by_pass(table, newer, 1).sees("any")
    newer = write_pass([MemberSubject(MEMBER, 9)], END, key.id, key.key)
    assert Sight.by_pass(table, newer, 1).sees("any")
    table.remove_member(MEMBER)
    assert not Sight.by_pass(table, newer, 1).sees("any")
    assert not table.sign_out_everywhere(MEMBER, 9)
    assert table.get_member(MEMBER) is None


def test_there_is_one_key_until_another_is_made(table: AccessTable) -> None:
    assert table.ensure_key(NOW) == table.ensure_key("2027-01-01")
    assert set(table.read_keys()) == {table.ensure_key(NOW).id}
    assert len(next(iter(table.read_keys().values()))) == 32
