"""The door function: who gets a pass, and which rows of private sets it opens."""

import base64
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from support import FakeAws, LambdaContext

from functions.access.access_rows import MemberRow
from functions.access.audiences import ALBUM, LINK, MEMBERS, PUBLIC
from functions.access.passes import PASS_SECONDS, LinkSubject, link_id, member_id, read_pass, write_pass
from functions.door import door_call, private_rows
from functions.door import handler as handler_module
from functions.door.door_keeper import DoorKeeper
from functions.door.members import Members
from functions.door.private_rows import PrivateRows
from functions.pace import Pace
from functions.photo_rows import Photo, PhotoSet

NOW = "2026-01-02T03:04:05+00:00"
ISSUER = "https://cognito-idp.us-east-1.amazonaws.com/"
POOL, CLIENT = "us-east-1_site", "site-client"


class UserPools:
    """Cognito's GetUser: it takes the tokens of every user pool of the region."""

    def __init__(self) -> None:
        self.owners: dict[str, dict[str, str]] = {}

    def give(self, pool: str, client: str, mail: str, *groups: str, at: float = 2e9) -> str:
        """An access token, made ``at`` a moment, of somebody with an account."""
        sub = str(uuid.uuid5(uuid.NAMESPACE_URL, mail))
        claims = {
            "iss": f"{ISSUER}{pool}",
            "client_id": client,
            "sub": sub,
            "token_use": "access",
            "n": len(self.owners),
            "iat": int(at),
        }
        token = f"e30.{_part({**claims, 'cognito:groups': groups} if groups else claims)}.{len(self.owners)}"
        self.owners[token] = {"sub": sub, "email": mail}
        return token

    def get_user(self, AccessToken: str) -> dict:  # noqa: N803 - as boto3 has it
        if AccessToken not in self.owners:
            raise ClientError({"Error": {"Code": "NotAuthorizedException", "Message": "no"}}, "GetUser")
        known = self.owners[AccessToken]
        return {"UserAttributes": [{"Name": name, "Value": value} for name, value in known.items()]}


def id_of(mail: str) -> str:
    return member_id(str(uuid.uuid5(uuid.NAMESPACE_URL, mail)))


def _part(claims: dict) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")


@dataclass
class Site:
    """A site with private sets, and what tests need of it. ``call`` is the door function."""

    aws: FakeAws
    call: Callable[..., dict]
    users: UserPools
    reads: list[tuple[str, Any]]

    def sign_in(self, mail: str, *groups: str, at: float = 2e9) -> str:
        """The access token, made ``at`` a moment, of somebody with an account."""
        return self.users.give(POOL, CLIENT, mail, *groups, at=at)

    def invite(self, mail: str, sets: list[str] | None = None) -> str:
        """The access token of a member."""
        token = self.sign_in(mail)
        self.aws.access.put_member(MemberRow(id=id_of(mail), email=mail, sets=sets, since=5, invited_at=NOW))
        return token

    def link(self, opens: str) -> str:
        """A pass of somebody who has opened a link."""
        return self.pass_of(self.aws.access.add_link(opens, NOW))

    def pass_of(self, secret: str) -> str:
        key = self.aws.access.ensure_key(NOW)
        return write_pass([LinkSubject(link_id(secret))], int(self.aws.now) + PASS_SECONDS, key.id, key.key)

    def add(self, table: str, set_name: str, *files: str) -> None:
        """Rows of a set and its photos."""
        row = PhotoSet(sortkey=set_name, pic=files[0], pic_count=len(files))
        rows = [row, *(Photo(primarykey=set_name, sortkey=file, grid_key=f"a/{file}", width=3) for file in files)]
        for item in rows:
            self.aws.dynamodb.put_item(TableName=table, Item=item.to_item())

    def sets(self, shown: str, **more: Any) -> list[str]:
        return [row["sortkey"]["S"] for row in self.call(action="sets", **{"pass": shown}, **more)["output"]]

    def photos(self, shown: str, set_name: str, **more: Any) -> list[str]:
        answer = self.call(action="photos", **{"pass": shown, "set": set_name}, **more)
        return [row["sortkey"]["S"] for row in answer["output"]]


@pytest.fixture
def site(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A public site with a set for members (`gala`) and two with links (`party`, `reunion`); `open` is public."""
    users = UserPools()
    reads: list[tuple[str, Any]] = []
    plain = boto3.client("dynamodb")
    plain.meta.events.register(
        "provide-client-params.dynamodb.*", lambda params, model, **_: reads.append((model.name, params))
    )
    keeper = DoorKeeper(
        access=replace(aws.access, patience=0.05),
        members=Members(users, ISSUER + POOL, CLIENT),  # type: ignore[arg-type]
        rows=PrivateRows(plain, aws.private_pics_table, aws.pics_table, patience=0.05),
        clock=lambda: aws.now,
    )
    monkeypatch.setattr(handler_module, "_door", lambda: keeper)
    monkeypatch.setattr(handler_module, "_pace", Pace(sleep=lambda seconds: None))

    def call(**event: Any) -> dict:
        answer = handler_module.handler(event, LambdaContext())
        json.dumps(answer)  # as Lambda would send it
        return answer

    site = Site(aws, call, users, reads)
    site.add(aws.pics_table, "open", "1.jpg")
    for name, audience in (("gala", MEMBERS), ("party", LINK), ("reunion", LINK)):
        aws.access.put_audience(name, audience)
        site.add(aws.private_pics_table, name, "1.jpg", "2.jpg")
    return site


def test_a_photo_of_a_set_that_may_not_be_seen_is_in_no_other(site: Site) -> None:
    """Such rows go before anybody comes who may see one of the sets only; the door doesn't rely on it."""
    site.add(site.aws.private_pics_table, "gala", "party/1.jpg")
    site.add(site.aws.private_pics_table, "party", "gala/1.jpg")
    ann = site.call(action="enter", token=site.invite("ann@example.org"))["pass"]
    ben = site.call(action="enter", token=site.invite("ben@example.org", ["gala"]))["pass"]
    assert site.photos(ann, "gala") == ["1.jpg", "2.jpg", "party/1.jpg"]
    assert site.photos(ben, "gala") == ["1.jpg", "2.jpg"]
    assert site.photos(site.link("party"), "party") == ["1.jpg", "2.jpg"]


def test_a_link_opens_its_set_and_no_other(site: Site) -> None:
    shown = site.link("party")
    assert site.sets(shown) == ["party"]
    assert site.photos(shown, "party") == ["1.jpg", "2.jpg"]
    for refused in ("gala", "reunion", "never-was"):
        assert site.photos(shown, refused) == site.sets(shown, set=refused) == []
    rows = site.call(action="rows", **{"pass": shown}, paths=["party/1.jpg", "gala/1.jpg", "reunion/2.jpg", "no/1.jpg"])
    assert rows == {"statusCode": 200, "output": [rows["output"][0]]}
    assert rows["output"][0]["primarykey"] == {"S": "party"}


def test_what_is_refused_and_what_isnt_there_are_answered_and_read_alike(site: Site) -> None:
    shown = site.link("party")
    calls = (
        {"action": "sets", "set": "{}"},
        {"action": "photos", "set": "{}"},
        {"action": "photos", "set": "{}", "whole": True},
        {"action": "rows", "paths": ["{}/1.jpg", "{}/2.jpg"]},
    )
    for call in calls:
        told = []
        for name in ("gala", "never-was"):
            del site.reads[:]
            event = json.loads(json.dumps(call).replace("{}", name))
            told.append((site.call(**event, **{"pass": shown}), [read for read, _ in site.reads]))
        assert told[0] == told[1]
        assert told[0][1], "or it says nothing about reads"


def test_a_link_made_anew_ends_what_the_old_one_opened(site: Site) -> None:
    secret = site.aws.access.add_link("party", NOW)
    shown = site.pass_of(secret)
    assert site.sets(shown) == ["party"]
    site.aws.access.remove_link(link_id(secret))
    answer = site.call(action="photos", **{"pass": shown, "set": "party"})
    assert (answer["statusCode"], answer["err"]["code"]) == (403, "PassEnded")


def test_no_pass_opens_nothing(site: Site) -> None:
    good = site.link("party")
    bad = ["", "1", good[:-1], good[:40], good.replace("1.", "2.", 1), f"{good[:-1]}{'0' if good[-1] != '0' else '1'}"]
    for shown in (*bad, "ü" * 40, "1.~.0.0"):
        for call in (
            {"action": "sets"},
            {"action": "photos", "set": "party"},
            {"action": "rows", "paths": ["party/1.jpg"]},
        ):
            answer = site.call(**call, **{"pass": shown})
            assert (answer["statusCode"], answer["err"]["code"]) == (403, "PassEnded"), shown
    assert site.call(action="sets")["err"]["code"] == "PassEnded"
    site.aws.now += PASS_SECONDS
    assert site.call(action="sets", **{"pass": good})["err"]["code"] == "PassEnded"


def test_a_member_enters_and_sees_every_set(site: Site) -> None:
    token = site.invite("ann@example.org")
    shown = site.call(action="enter", token=token)["pass"]
    assert site.sets(shown) == ["gala", "party", "reunion"]
    assert site.photos(shown, "gala") == ["1.jpg", "2.jpg"]
    assert site.sets(shown, set="gala") == ["gala"]


def test_a_member_of_some_sets_sees_these(site: Site) -> None:
    shown = site.call(action="enter", token=site.invite("ben@example.org", ["gala"]))["pass"]
    assert site.sets(shown) == ["gala"]
    assert site.photos(shown, "party") == []


def test_a_pass_keeps_the_links_that_still_count(site: Site) -> None:
    dead = site.aws.access.add_link("reunion", NOW)
    key = site.aws.access.ensure_key(NOW)
    alive = site.aws.access.add_link("party", NOW)
    subjects = [LinkSubject(link_id(secret)) for secret in (dead, alive)]
    shown = write_pass(subjects, int(site.aws.now) + 60, key.id, key.key)
    site.aws.access.remove_link(link_id(dead))
    entered = site.call(action="enter", token=site.invite("ben@example.org", ["gala"]), **{"pass": shown})["pass"]
    assert site.sets(entered) == ["gala", "party"]
    found = read_pass(entered, site.aws.access.read_keys(), site.aws.now)
    assert [str(subject)[0] for subject in found] == ["l", "m"]


def test_who_wasnt_invited_stays_outside(site: Site) -> None:
    answer = site.call(action="enter", token=site.sign_in("eve@example.org"))
    assert (answer["statusCode"], answer["err"]["code"]) == (403, "NotInvited")
    assert "eve@example.org" in answer["err"]["message"]


def test_a_removed_member_is_out_at_once(site: Site) -> None:
    token = site.invite("ann@example.org")
    shown = site.call(action="enter", token=token)["pass"]
    assert site.photos(shown, "gala")
    site.aws.access.remove_member(id_of("ann@example.org"))
    assert site.call(action="photos", **{"pass": shown, "set": "gala"})["err"]["code"] == "PassEnded"
    assert site.call(action="enter", token=token)["err"]["code"] == "NotInvited"


def test_leaving_ends_every_pass_of_the_member_and_of_nobody_else(site: Site) -> None:
    token, other = site.invite("ann@example.org"), site.invite("ben@example.org")
    first, second, his = (site.call(action="enter", token=one)["pass"] for one in (token, token, other))
    assert site.call(action="leave", token=token) == {"statusCode": 200, "output": None}
    for shown in (first, second):
        assert site.call(action="sets", **{"pass": shown})["err"]["code"] == "PassEnded"
    assert "gala" in site.sets(his)
    again = site.call(action="enter", token=token)["pass"]
    assert "gala" in site.sets(again)
    site.call(action="leave", token=token)  # within the same second
    assert site.call(action="sets", **{"pass": again})["err"]["code"] == "PassEnded"


def test_the_owner_needs_no_invitation(site: Site) -> None:
    token = site.sign_in("owner@example.org", "owner")
    shown = site.call(action="enter", token=token)["pass"]
    assert site.sets(shown) == ["gala", "party", "reunion"]
    row = site.aws.access.get_member(id_of("owner@example.org"))
    assert row is not None
    assert row.is_owner
    # No longer in the group.
    assert site.call(action="enter", token=site.sign_in("owner@example.org"))["err"]["code"] == "NotInvited"
    assert site.call(action="sets", **{"pass": shown})["err"]["code"] == "PassEnded"


def test_what_an_owner_signed_in_with_before_takes_nothing_from_them(site: Site) -> None:
    old = site.sign_in("owner@example.org", at=site.aws.now - 600)
    shown = site.call(action="enter", token=site.sign_in("owner@example.org", "owner"))["pass"]
    assert site.call(action="enter", token=old)["err"]["code"] == "SignedOut"
    assert site.sets(shown) == ["gala", "party", "reunion"], "their row is still there"
    later = site.sign_in("owner@example.org", at=site.aws.now + 1)
    assert site.call(action="enter", token=later)["err"]["code"] == "NotInvited"
    assert site.call(action="sets", **{"pass": shown})["err"]["code"] == "PassEnded"


def test_tokens_of_others_let_nobody_in(site: Site) -> None:
    token = site.invite("ann@example.org")
    foreign = site.users.give("us-east-1_another", CLIENT, "ann@example.org", "owner")
    through = site.users.give(POOL, "another-client", "ann@example.org", "owner")
    head, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    forged = f"{head}.{_part({**claims, 'cognito:groups': ['owner']})}.{signature}"
    ended = ("a.b.c", "..", forged, foreign, through, "a" * 8000, "[[[[.[[[[.", f"{head}.{_part([])}.")  # type: ignore[arg-type]
    for wrong in ended:
        answer = site.call(action="enter", token=wrong)
        assert (answer["statusCode"], answer["err"]["code"]) == (401, "SignedOut"), wrong[:40]
        assert site.call(action="leave", token=wrong)["err"]["code"] == "SignedOut"


def test_a_large_set_comes_in_pages_without_gap_or_repeat(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [f"{number:03}.jpg" for number in range(100)]
    site.add(site.aws.private_pics_table, "party", *files)
    monkeypatch.setattr(private_rows, "MAX_ANSWER_BYTES", 3_000)
    shown = site.link("party")
    for whole in (False, True):
        seen: list[str] = []
        token: dict[str, str] = {}
        for _ in range(100):
            answer = site.call(action="photos", **{"pass": shown, "set": "party"}, whole=whole, **token)
            assert len(json.dumps(answer["output"])) <= 3_000
            seen += [row["sortkey"]["S"] for row in answer["output"]]
            if "next" not in answer:
                break
            token = {"next": answer["next"]}
        assert seen == sorted({*files, "1.jpg", "2.jpg"})
    paths = [f"party/{file}" for file in files]
    answer = site.call(action="rows", **{"pass": shown}, paths=paths)
    named = [f"party/{row['sortkey']['S']}" for row in answer["output"]]
    assert sorted([*named, *answer["next"]]) == paths


def test_many_sets_come_in_pages_without_gap_or_repeat(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"{number:03}" for number in range(40)]
    for name in names:
        site.aws.access.put_audience(name, LINK)
        site.add(site.aws.private_pics_table, name, "1.jpg")
    monkeypatch.setattr(private_rows, "MAX_ANSWER_BYTES", 1_000)
    everything = site.call(action="enter", token=site.invite("ann@example.org"))["pass"]
    some = site.call(action="enter", token=site.invite("bea@example.org", names[:20]))["pass"]
    for shown, expected in ((everything, [*names, "gala", "party", "reunion"]), (some, names[:20])):
        seen: list[str] = []
        more: dict[str, str] = {}
        for _ in range(50):
            answer = site.call(action="sets", **{"pass": shown}, **more)
            assert 0 < len(json.dumps(answer["output"])) <= 1_000
            seen += [row["sortkey"]["S"] for row in answer["output"]]
            if "next" not in answer:
                break
            more = {"next": answer["next"]}
        assert seen == expected
    assert "next" not in site.call(action="sets", **{"pass": everything, "set": "gala"})


def test_a_set_that_moves_is_read_where_its_rows_are(site: Site) -> None:
    site.add(site.aws.pics_table, "summer", "1.jpg", "2.jpg", "3.jpg")
    site.aws.access.put_audience("summer", LINK, moving=PUBLIC)
    shown = site.link("summer")
    assert site.sets(shown) == ["summer"]

    def all_of() -> set[str]:
        answer = site.call(action="photos", **{"pass": shown, "set": "summer"})
        found = {row["sortkey"]["S"] for row in answer["output"]}
        return found | set(site.photos(shown, "summer", next=answer["next"]))

    assert all_of() == {"1.jpg", "2.jpg", "3.jpg"}
    site.add(site.aws.private_pics_table, "summer", "1.jpg")
    assert all_of() == {"1.jpg", "2.jpg", "3.jpg"}
    rows = site.call(action="rows", **{"pass": shown}, paths=["summer/1.jpg", "summer/3.jpg"])["output"]
    assert len(rows) == 2
    ann = site.call(action="enter", token=site.invite("ann@example.org"))["pass"]
    assert site.sets(ann) == ["gala", "party", "reunion", "summer"]


def test_the_link_of_the_album_opens_what_inherits(site: Site) -> None:
    site.aws.access.put_audience(ALBUM, LINK)
    site.add(site.aws.private_pics_table, "plain", "1.jpg")
    shown = site.link(ALBUM)
    assert site.sets(shown) == ["plain"]
    assert site.photos(shown, "party") == []


def test_a_public_site_has_nothing_behind_the_door(site: Site) -> None:
    for name in ("gala", "party", "reunion"):
        site.aws.access.put_audience(name, None)
        for file in ("1.jpg", "2.jpg"):
            site.aws.dynamodb.delete_item(TableName="private_pics", Key={"primarykey": name, "sortkey": file})
    assert site.sets("anything") == site.photos("anything", "open") == []


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ("", "InvalidRequest"),
        ({"action": "open"}, "InvalidRequest"),
        ({"action": ["sets"]}, "InvalidRequest"),
        ({"action": "sets", "token": "x"}, "InvalidRequest"),
        ({"action": "enter"}, "InvalidParameter"),
        ({"action": "enter", "token": 7}, "InvalidParameter"),
        ({"action": "enter", "token": "x" * 10_000}, "InvalidParameter"),
        ({"action": "sets", "pass": 1}, "InvalidParameter"),
        ({"action": "sets", "pass": "x" * 5_000}, "InvalidParameter"),
        ({"action": "sets", "pass": "1", "set": "/"}, "InvalidParameter"),
        ({"action": "sets", "pass": "1", "next": 1}, "InvalidParameter"),
        ({"action": "sets", "pass": "1", "set": None}, "InvalidParameter"),
        ({"action": "photos", "pass": "1"}, "InvalidParameter"),
        ({"action": "photos", "pass": "1", "set": "\ud800"}, "InvalidParameter"),
        ({"action": "photos", "pass": "1", "set": "//"}, "InvalidParameter"),
        ({"action": "photos", "pass": "1", "set": "a", "next": "x"}, "InvalidParameter"),
        ({"action": "photos", "pass": "1", "set": "a", "next": "W" * 10_000}, "InvalidParameter"),
        ({"action": "photos", "pass": "1", "set": "a", "whole": 1}, "InvalidParameter"),
        ({"action": "rows", "pass": "1"}, "InvalidParameter"),
        ({"action": "rows", "pass": "1", "paths": []}, "InvalidParameter"),
        ({"action": "rows", "pass": "1", "paths": ["a/b"] * 101}, "InvalidParameter"),
        ({"action": "rows", "pass": "1", "paths": [[]]}, "InvalidParameter"),
        ({"action": "rows", "pass": "1", "paths": ["//1.jpg"]}, "InvalidParameter"),
    ],
)
def test_a_wrong_call_says_what_is_wrong_with_it(site: Site, event: Any, code: str) -> None:
    answer = handler_module.handler(event, LambdaContext())
    assert (answer["statusCode"], answer["err"]["code"]) == (400, code)
    assert answer["err"]["message"]


def test_tokens_for_more_that_lead_elsewhere_lead_nowhere(site: Site) -> None:
    shown = site.link("party")
    for place in ([0, "zzz", "zzz"], [1, "", ""], [1, "1.jpg", "x"]):
        token = base64.urlsafe_b64encode(json.dumps(place).encode()).decode()
        assert site.photos(shown, "party", next=token) == []
    assert door_call.next_photos(door_call.Place(0, "a", "b"))
