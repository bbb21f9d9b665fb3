"""Letting people in from the owner's pages: links, members and events, through the manage function."""

from dataclasses import replace
from typing import Any

import pytest
from owner_calls import Owner
from support import RED, FakeAws, picture

from functions.access.audiences import ALBUM, LINK, MEMBERS
from functions.access.event_table import EventTable
from functions.access.limiting import Limiting
from functions.access.passes import MemberSubject, link_id, write_pass
from functions.keys import image_path
from functions.uploads.senders import Senders
from functions.visitor_calls import RequestError

ANN, BOB = "ann@example.org", "bob@example.org"


@pytest.fixture
def owner(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> Owner:
    made = Owner(aws, monkeypatch)
    made.put(image_path("trip", "a.png"), picture(RED))
    return made


def test_a_link_is_shown_made_anew_and_revoked(owner: Owner) -> None:
    access = owner.aws.access
    assert owner.call("link", set="trip")["link"] is None, "everybody may see it"
    access.put_audience("trip", LINK)
    first = owner.call("link", set="trip")["link"]
    assert first == owner.call("link", set="trip")["link"]
    assert [(row.id, row.opens) for row in access.list_links()] == [(link_id(first.removeprefix("/l/")), "trip")]
    second = owner.call("new_link", set="trip")["link"]
    assert second != first
    assert [row.id for row in access.list_links()] == [link_id(second.removeprefix("/l/"))]
    assert owner.call("revoke_link", set="trip") == {"revoked": 1}
    assert access.list_links() == []


def test_the_albums_link_is_asked_for_without_a_set(owner: Owner) -> None:
    assert "the site is for everybody" in owner.refused("new_link")[1]
    owner.aws.access.put_audience(ALBUM, LINK)
    assert owner.call("link")["link"] == owner.call("link")["link"]
    assert [row.opens for row in owner.aws.access.list_links()] == [ALBUM]


def test_an_audience_is_changed_with_all_that_follows(owner: Owner) -> None:
    owner.withdrawable()
    assert owner.call("audience", set="trip", audience="members") == {"changed": True, "photos": 1, "link": None}
    (trip,) = owner.call("overview")["sets"]
    assert (trip["audience"], trip["inherits"], trip["is_everywhere"]) == ("members", False, False)
    assert owner.aws.rows(owner.aws.pics_table) == []
    assert owner.site_file("index.html") == b"no set"
    assert owner.call("progress") == {"moving": []}
    link = owner.call("audience", set="trip", audience="link")["link"]
    assert [f"/l/{row.secret}" for row in owner.aws.access.list_links()] == [link]
    owner.call("audience", set="trip", audience="inherited")
    assert owner.aws.access.list_links() == [], "a link that leads nowhere isn't kept"
    assert owner.call("overview")["sets"][0]["inherits"]
    assert not owner.call("audience", audience="public")["changed"]


def test_while_people_are_recognised_a_set_is_closed_and_its_change_is_gone_on_with(owner: Owner) -> None:
    owner.withdrawable()
    owner.rounds = [False]
    assert "goes on soon" in owner.refused("audience", set="trip", audience="members")[1]
    assert owner.call("progress") == {"moving": [{"set": "trip", "photos": 1, "left": 0}]}
    assert owner.call("settle") == {"moving": []}
    assert owner.aws.access.read_access().sets == {"trip": "members"}


@pytest.mark.parametrize("fields", [{"audience": "everybody"}, {"audience": "inherited"}, {}, {"set": "trip"}])
def test_what_is_no_audience_is_refused(owner: Owner, fields: dict[str, str]) -> None:
    assert "audience must be" in owner.refused("audience", **fields)[1]


def test_a_member_is_invited_changed_signed_out_and_removed(owner: Owner) -> None:
    invited = owner.call("invite", email=ANN, sets=["trip"], may_add=True)
    assert (invited["sets"], invited["may_add"], invited["mailed"], invited["password"]) == (["trip"], True, True, None)
    assert owner.call("members")["members"] == [
        {key: invited[key] for key in ("email", "sets", "may_add", "owner", "invited_at")}
    ]
    assert owner.call("change_member", email=ANN, may_add=False)["sets"] == ["trip"], "what isn't said stays"
    assert owner.call("change_member", email=ANN, sets=None)["sets"] is None
    (before,) = owner.aws.access.list_members()
    owner.call("sign_out_member", email=ANN)
    (after,) = owner.aws.access.list_members()
    assert after.since > before.since
    assert owner.cognito.signed_out == [ANN]
    assert owner.call("remove_member", email=ANN) == {"account_gone": True}
    assert (owner.call("members")["members"], owner.cognito.users) == ([], {})


def test_who_signs_out_or_goes_while_rights_change_does_so(owner: Owner) -> None:
    owner.call("invite", email=ANN, may_add=True)
    (known,) = owner.aws.access.list_members()
    limiting = Limiting(owner.aws.photos)
    assert owner.aws.access.sign_out_everywhere(known.id, known.since + 5)
    rights: Any
    for rights in ({"sets": None}, {"sets": ["trip"]}):
        assert not limiting.put(replace(known, **rights), known), "it is read again, then tried again"
    owner.call("change_member", email=ANN, sets=["trip"])
    (after,) = owner.aws.access.list_members()
    assert (after.sets, after.may_add, after.since) == (["trip"], True, known.since + 5)
    owner.call("remove_member", email=ANN)
    assert not limiting.put(replace(after, sets=None), after)
    assert owner.aws.access.list_members() == []


def test_a_laptop_tells_the_first_password(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> None:
    invited = Owner(aws, monkeypatch, on_laptop=True).call("invite", email=ANN)
    assert invited["password"]
    assert not invited["mailed"]


@pytest.mark.parametrize(
    ("action", "fields", "words"),
    [
        ("invite", {"email": "ann"}, "is not an email address"),
        ("invite", {}, "is not an email address"),
        ("invite", {"email": ANN, "sets": []}, "sets must be a list"),
        ("invite", {"email": ANN, "sets": ["../x"]}, "../x"),
        ("invite", {"email": ANN, "may_add": "yes"}, "may_add must be true or false"),
        ("change_member", {"email": ANN, "may_add": True}, "is no member"),
        ("remove_member", {"email": ANN}, "is no member"),
        ("event", {"set": "2026_party", "helpers": [ANN]}, "is no member"),
        ("event", {"set": "2026_party", "closes_at": "noon"}, "closes_at must be a whole number"),
        ("event", {"set": "2026_party", "limit": 0}, "limit must be a whole number"),
        ("close_event", {"set": "2026_party"}, "isn't open to guests"),
        ("renew_event", {"set": "2026_party"}, "isn't open to guests"),
    ],
)
def test_what_cannot_be_is_refused_in_words(owner: Owner, action: str, fields: dict[str, object], words: str) -> None:
    assert words in owner.refused(action, **fields)[1]
    assert (owner.cognito.users, owner.aws.rows(owner.aws.access_table)) == ({}, [])


def test_an_owner_is_not_removed_as_a_member(owner: Owner) -> None:
    owner.call("invite", email=ANN)
    owner.cognito.owners.add(ANN)
    assert "is an owner" in owner.refused("remove_member", email=ANN)[1]
    assert len(owner.call("members")["members"]) == 1


def test_an_event_is_opened_changed_closed_and_given_another_link(owner: Owner) -> None:
    opened = owner.call("event", set="2026_party", title="Party", closes_at=int(owner.aws.now) + 60, limit=20)
    assert (opened["is_open"], opened["at_once"], opened["limit"], opened["title"]) == (True, False, 20, "Party")
    secret = opened["guests"].removeprefix("/event/#")
    assert opened["slideshow"] == f"/slideshow/?set=2026_party#{secret}"
    changed = owner.call("event", set="2026_party", at_once=True)
    assert (changed["at_once"], changed["limit"], changed["guests"]) == (True, 20, opened["guests"])
    assert not owner.call("close_event", set="2026_party")["is_open"]
    assert owner.call("event", set="2026_party", closes_at=0)["is_open"], "and opened again"
    assert owner.call("renew_event", set="2026_party")["guests"] != opened["guests"]
    assert [event["set"] for event in owner.call("events")["events"]] == ["2026_party"]


def test_a_helper_decides_about_one_events_photos_until_they_are_none(owner: Owner) -> None:
    aws = owner.aws
    aws.access.put_audience(ALBUM, MEMBERS)
    for mail in (ANN, BOB):
        owner.call("invite", email=mail)
    event = owner.call("event", set="2026_party", helpers=[ANN])
    assert event["helpers"] == [ANN]
    senders = Senders(aws.access, EventTable(aws.dynamodb, aws.access_table), lambda: aws.now)
    key = aws.access.ensure_key("")
    secret = event["helping"].removeprefix("/waiting/#")

    def credentials(mail: str) -> dict[str, str]:
        member = owner.manager.letting_in.invitations.find(mail)
        subject = MemberSubject(member.id, member.since)
        return {"event": secret, "pass": write_pass([subject], int(aws.now) + 60, key.id, key.key)}

    assert senders.helped_set(credentials(ANN)) == "2026_party"
    other = owner.call("event", set="2026_other")["helping"].removeprefix("/waiting/#")
    for refused in (credentials(BOB), credentials(ANN) | {"event": other}, {"event": secret}):
        with pytest.raises(RequestError, match="only the owner"):
            senders.helped_set(refused)
    assert owner.call("event", set="2026_party", helpers=[])["helpers"] == []
    with pytest.raises(RequestError, match="only the owner"):
        senders.helped_set(credentials(ANN))
