"""Audiences, passes, what a pass shows, and what the edge is told."""

import json

import pytest

from functions.access.access_rows import AudienceRow, KeyRow, LinkRow, MemberRow
from functions.access.access_table import access_of
from functions.access.audiences import ALBUM, LINK, MEMBERS, PUBLIC, Access, BadAudienceError, check_audience, narrower
from functions.access.edge_entries import entries, fits, narrowest_of
from functions.access.passes import (
    MAX_SUBJECTS,
    BadPassError,
    LinkSubject,
    MemberSubject,
    add_subject,
    link_id,
    member_id,
    new_secret,
    read_pass,
    write_pass,
)
from functions.access.sight import Sight

KEY, OTHER = b"k" * 32, b"o" * 32
LINKED, MEMBER = LinkSubject("a" * 32), MemberSubject("b" * 32, 5)
END = 1_800_000_000


def test_a_pass_says_who_came_in_until_it_ends() -> None:
    text = write_pass([LINKED, MEMBER], END, "cafe0001", KEY)
    assert read_pass(text, {"cafe0001": KEY}, END - 1) == (LINKED, MEMBER)
    with pytest.raises(BadPassError, match="ended"):
        read_pass(text, {"cafe0001": KEY}, END)


@pytest.mark.parametrize("change", ["", "x", "1." * 500, "1.cafe0001.~.1800000000." + "0" * 64])
def test_what_is_no_pass_is_refused(change: str) -> None:
    with pytest.raises(BadPassError):
        read_pass(change, {"cafe0001": KEY}, 0)


def test_no_part_of_a_pass_can_be_changed() -> None:
    text = write_pass([LINKED], END, "cafe0001", KEY)
    for index, letter in enumerate(text):
        other = text[:index] + ("0" if letter != "0" else "1") + text[index + 1 :]
        with pytest.raises(BadPassError):
            read_pass(other, {"cafe0001": KEY}, 0)
    for keys in ({}, {"cafe0001": OTHER}, {"cafe0002": KEY}):
        with pytest.raises(BadPassError):
            read_pass(text, keys, 0)


def test_a_pass_holds_each_link_once_one_member_and_not_too_many() -> None:
    newer = MemberSubject("c" * 32, 1)
    assert add_subject([LINKED, MEMBER], LINKED) == (MEMBER, LINKED)
    assert add_subject([MEMBER, LINKED], newer) == (LINKED, newer)
    many = [LinkSubject(f"{number:032x}") for number in range(MAX_SUBJECTS)]
    assert add_subject(many, LINKED) == (*many[1:], LINKED)
    # What a browser keeps of a site in one cookie.
    assert len(write_pass(add_subject(many, LINKED), END, "cafe0001", KEY)) < 1200


def test_a_secret_is_128_bits_and_its_id_tells_nothing_of_it() -> None:
    secret = new_secret()
    assert len(secret) == 22
    assert len({new_secret() for _ in range(100)}) == 100
    assert len(link_id(secret)) == 32
    assert secret not in link_id(secret)
    assert member_id("AB12-cd") == "ab12cd"


def test_an_audience_is_one_of_three() -> None:
    assert check_audience("link") == LINK
    with pytest.raises(BadAudienceError, match="public, link, members"):
        check_audience("friends")
    assert narrower(LINK, PUBLIC) == LINK
    assert narrower(LINK, MEMBERS) == MEMBERS


ALL = MemberRow(id="b" * 32, since=5)
SOME = MemberRow(id="b" * 32, since=5, sets=["inner"])
OWNER = MemberRow(id="b" * 32, since=5, sets=[], is_owner=True)
TO_ALBUM, TO_SET = LinkRow(id="a" * 32, opens=ALBUM), LinkRow(id="a" * 32, opens="linked")
SETS = {"open": PUBLIC, "linked": LINK, "inner": MEMBERS}


@pytest.mark.parametrize(
    ("album", "row", "sees_album", "sees"),
    [
        (PUBLIC, None, True, {"plain", "open"}),
        (LINK, None, False, {"open"}),
        (MEMBERS, None, False, {"open"}),
        (PUBLIC, TO_ALBUM, True, {"plain", "open"}),
        (LINK, TO_ALBUM, True, {"plain", "open"}),
        (MEMBERS, TO_ALBUM, False, {"open"}),
        (PUBLIC, TO_SET, True, {"plain", "open", "linked"}),
        (LINK, TO_SET, False, {"open", "linked"}),
        (MEMBERS, TO_SET, False, {"open", "linked"}),
        (MEMBERS, ALL, True, {"plain", "open", "linked", "inner"}),
        (MEMBERS, SOME, False, {"open", "inner"}),
        (PUBLIC, SOME, True, {"plain", "open", "inner"}),
        (MEMBERS, OWNER, True, {"plain", "open", "linked", "inner"}),
    ],
)
def test_each_sees_what_is_theirs(
    album: str, row: LinkRow | MemberRow | None, sees_album: bool, sees: set[str]
) -> None:
    access = Access(album, SETS)
    subjects = [LINKED] if isinstance(row, LinkRow) else [MEMBER]
    sight = Sight.of_subjects(access, subjects, [row] if row else [])
    assert sight.sees_album == sees_album
    assert {name for name in ("plain", *SETS) if sight.sees(name)} == sees
    # Whoever fetches the album's own files may see all that they show.
    if sight.sees_album:
        assert {name for name in ("plain", *SETS) if access.is_everywhere(name)} <= sees


def test_a_member_who_signed_out_everywhere_sees_what_strangers_see() -> None:
    sight = Sight.of_subjects(Access(MEMBERS), [MEMBER], [MemberRow(id=MEMBER.id, since=6)])
    assert not sight.sees_album
    assert not sight.sees("plain")
    assert not sight.sees_anything


def test_a_link_to_a_set_dies_when_the_set_is_for_members() -> None:
    sight = Sight.of_subjects(Access(PUBLIC, {"linked": MEMBERS}), [LINKED], [TO_SET])
    assert not sight.sees("linked")


def test_an_audience_that_cannot_be_read_counts_as_the_narrowest() -> None:
    rows = [
        AudienceRow.from_item({"kind": "audience", "id": "a", "audience": "friends"}),
        AudienceRow.from_item({"kind": "audience", "id": "b", "audience": 5}),
        AudienceRow.from_item({"kind": "audience", "id": "c", "moving": "public"}),
        AudienceRow.from_item({"kind": "audience", "id": "/", "audience": "everyone"}),
    ]
    assert access_of(rows) == Access(MEMBERS, {"a": MEMBERS, "b": MEMBERS}, {"c": "public"})


def test_the_edge_is_told_what_it_needs() -> None:
    key = KeyRow(id="cafe0002", secret="b2xk" * 10 + "b28=", made_at="2026-01-01")
    newer = KeyRow(id="cafe0001", secret="bmV3" * 10 + "bmU=", made_at="2026-02-01")
    rows = [AudienceRow(id=ALBUM, audience=LINK), AudienceRow(id="inner", audience=MEMBERS), key, newer, TO_ALBUM, SOME]
    told = entries(rows)
    assert json.loads(told.pop("album")) == {"audience": "link", "key": "cafe0001", "differs": True}
    assert json.loads(told.pop(f"member:{SOME.id}")) == {"since": 5, "sets": ["inner"]}
    assert told == {
        "set:inner": "members",
        f"key:{key.id}": key.key.hex(),
        f"key:{newer.id}": newer.key.hex(),
        f"link:{TO_ALBUM.id}": "/",
    }
    assert json.loads(entries([])["album"]) == {"audience": "public", "key": None, "differs": False}
    assert json.loads(entries([OWNER])[f"member:{OWNER.id}"])["sets"] is None


def test_the_edge_keeps_about_twenty_sets_of_a_member() -> None:
    assert fits(MemberRow(id="b" * 32, sets=[f"2026_a_family_set_{number}" for number in range(20)]))
    assert not fits(MemberRow(id="b" * 32, sets=["x" * 200] * 6))


@pytest.mark.parametrize(
    ("album", "sets", "narrowest"),
    [
        (PUBLIC, {}, PUBLIC),
        (PUBLIC, {"a": LINK, "b": PUBLIC}, LINK),
        (LINK, {"a": PUBLIC}, LINK),
        (LINK, {"a": MEMBERS}, MEMBERS),
    ],
)
def test_the_narrowest_audience_is_known_from_the_entries_too(album: str, sets: dict[str, str], narrowest: str) -> None:
    rows = [AudienceRow(id=name, audience=audience) for name, audience in {ALBUM: album, **sets}.items()]
    assert access_of(rows).narrowest == narrowest_of(entries(rows)) == narrowest
