"""Searches and removal requests in a site with private sets: nobody learns of what they may not see."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from support import BLUE, COLLECTION, GREEN, RED, FakeAws, LambdaContext, kept, picture

from functions.access.access_rows import MemberRow
from functions.access.audiences import ALBUM, LINK, MEMBERS
from functions.access.moving import AudienceChanges
from functions.access.passes import PASS_SECONDS, LinkSubject, MemberSubject, Subject, link_id, write_pass
from functions.face_collection import FaceCollection
from functions.keys import parse_image_path
from functions.pace import Pace
from functions.photo_reader import PhotoReader
from functions.removal import handler as removal_handler
from functions.removal.requests_table import RemovalRequests
from functions.search import handler as search_handler
from functions.search.person_search import Searcher

NOW = "2026-01-02T03:04:05+00:00"
NOBODY = "00000000-0000-0000-0000-000000000000"
EVERYTHING, SOME = "a" * 32, "b" * 32
PICTURES = {
    "open/a.png": [RED],
    "open/b.png": [BLUE, RED],
    "gala/c.png": [GREEN, RED, BLUE],
    "gala/d.png": [GREEN],
    "party/e.png": [RED, GREEN],
}


@dataclass
class Site:
    """A site where `gala` is for members, `party` has a link, and `open` is public."""

    aws: FakeAws
    reads: list[str]
    passes: dict[str, str]

    def search(self, who: str = "", **event: Any) -> dict:
        shown = {"pass": self.passes[who]} if who else {}
        return search_handler.handler({**event, **shown}, LambdaContext())

    def found(self, who: str, name: str, number: int = 0, **more: Any) -> set[str]:
        answer = self.search(who, faceid=self.face(name, number), **more)
        return {photo["image_path"] for photo in answer["output"]}

    def face(self, name: str, number: int = 0) -> str:
        photo = self.aws.photos.get_photo(parse_image_path(name))
        assert photo is not None
        return photo.face_records[number]["Face"]["FaceId"]

    def ask_removal(self, who: str, *faces: str) -> dict:
        event: dict[str, Any] = {"action": "ask", "face_ids": list(faces)}
        if who:
            event["pass"] = self.passes[who]
        return removal_handler.handler(
            event, LambdaContext(identity=SimpleNamespace(cognito_identity_id=who or "guest"))
        )

    @property
    def paid(self) -> int:
        return sum(
            call in ("SearchFaces", "SearchFacesByImage", "SearchUsersByImage") for call in self.aws.rekognition.calls
        )

    def set_album(self, audience: str) -> None:
        AudienceChanges(self.aws.tables(), sleep=lambda seconds: None).change(ALBUM, audience)


def add_photos(aws: FakeAws) -> None:
    for name, colors in PICTURES.items():
        path = parse_image_path(name)
        aws.put(path.key, picture(*colors))
        aws.photo_sync.sync("pics", path, owner=name, seconds=60)
    for item in aws.rows(aws.pics_table):
        if {"gala", "party"} & {item["primarykey"], item["sortkey"]}:
            aws.dynamodb.put_item(TableName=aws.private_pics_table, Item=item)


@pytest.fixture
def site(aws: FakeAws, monkeypatch: pytest.MonkeyPatch) -> Site:
    kept(add_photos)(aws)
    aws.now += 3_600  # answers are kept once the photos have settled
    aws.access.put_audience("gala", MEMBERS)
    aws.access.put_audience("party", LINK)
    for member, sets in ((EVERYTHING, None), (SOME, ["open"])):
        aws.access.put_member(MemberRow(id=member, sets=sets, since=7))
    key = aws.access.ensure_key(NOW)

    def made(*subjects: Subject, end: float = PASS_SECONDS) -> str:
        return write_pass(subjects, int(aws.now + end), key.id, key.key)

    link = LinkSubject(link_id(aws.access.add_link("party", NOW)))
    passes = {
        "stranger": "",
        "somebody with a forged pass": made(MemberSubject(EVERYTHING, 7))[:-4] + "0000",
        "guest with the link": made(link),
        "guest with another link": made(LinkSubject(link_id(aws.access.add_link("other", NOW)))),
        "member": made(MemberSubject(EVERYTHING, 7)),
        "member without the set": made(MemberSubject(SOME, 7)),
        "expired member": made(MemberSubject(EVERYTHING, 7), end=-1),
        "member who signed out everywhere": made(MemberSubject(EVERYTHING, 6)),
        "removed member": made(MemberSubject("c" * 32, 7)),
        "owner": made(MemberSubject("d" * 32, 7)),
    }
    aws.access.put_member(MemberRow(id="d" * 32, since=7, is_owner=True))

    reads: list[str] = []
    aws.rekognition.create_collection(CollectionId="gallery")
    searcher = Searcher(
        {
            "album": FaceCollection(aws.rekognition, COLLECTION),
            "celebrities": FaceCollection(aws.rekognition, "gallery"),
        },
        # Each call is long after the one before.
        replace(aws.images, photos=PhotoReader(aws.tables(Counted(aws.dynamodb, reads), count(0, 60).__next__), 0.05)),
        aws.ledger,
        1000,
        1000,
        aws.access,
    )
    requests = RemovalRequests(
        aws.dynamodb, aws.requests_table, aws.faces, aws.ledger, aws.access, aws.images, lambda: aws.now
    )
    monkeypatch.setattr(search_handler, "_searcher", lambda: searcher)
    monkeypatch.setattr(removal_handler, "_requests", lambda: requests)
    for module in (search_handler, removal_handler):
        monkeypatch.setattr(module, "_pace", Pace(sleep=lambda seconds: None))
    return Site(aws, reads, passes)


class Counted:
    """A DynamoDB client that notes its calls."""

    def __init__(self, client: Any, calls: list[str]):
        self._client, self._calls = client, calls

    def __getattr__(self, name: str) -> Callable[..., Any]:
        self._calls.append(name)
        return getattr(self._client, name)


ALL = {"open/a.png", "open/b.png", "gala/c.png", "party/e.png"}
SEEN = {
    "stranger": {"open/a.png", "open/b.png"},
    "somebody with a forged pass": {"open/a.png", "open/b.png"},
    "guest with the link": {"open/a.png", "open/b.png", "party/e.png"},
    "guest with another link": {"open/a.png", "open/b.png"},
    "member": ALL,
    "member without the set": {"open/a.png", "open/b.png"},
    "expired member": {"open/a.png", "open/b.png"},
    "member who signed out everywhere": {"open/a.png", "open/b.png"},
    "removed member": {"open/a.png", "open/b.png"},
    "owner": ALL,
}


def test_a_search_finds_what_its_caller_may_see(site: Site) -> None:
    site.found("owner", "open/a.png")  # what it has found is kept, for everybody
    image = base64.b64encode(picture(RED)).decode()
    for who, seen in SEEN.items():
        assert site.found(who, "open/a.png") == seen, who
        assert {photo["image_path"] for photo in site.search(who, image=image)["output"]} == seen, who


def test_neither_next_nor_sizes_tell_of_what_is_left_out(site: Site) -> None:
    for who, seen in SEEN.items():
        shown: list[str] = []
        token: dict[str, str] = {}
        while True:
            answer = site.search(who, faceid=site.face("open/a.png"), limit=1, **token)
            shown += [photo["image_path"] for photo in answer["output"]]
            if "next" not in answer:
                break
            token = {"next": answer["next"]}
            offset = json.loads(base64.urlsafe_b64decode(answer["next"]))["offset"]
            assert offset == len(shown), "it would count what was left out"
        assert (set(shown), len(shown)) == (seen, len(seen)), who


def test_a_face_that_may_not_be_seen_is_answered_like_one_that_isnt_there(site: Site) -> None:
    site.found("owner", "gala/d.png")
    for who, seen in SEEN.items():
        for name in ("gala/d.png", "party/e.png"):
            if who in ("member", "owner") or name in seen:
                continue
            told = []
            for face_id in (site.face(name, -1), NOBODY):
                site.reads.clear()
                site.aws.rekognition.calls.clear()
                answer = site.search(who, faceid=face_id)
                told.append((answer, list(site.reads), list(site.aws.rekognition.calls)))
                assert (answer["statusCode"], answer["err"]["code"]) == (404, "FaceNotFound"), who
            assert told[0] == told[1]
            assert told[0][1], "or it says nothing about reads"
            assert site.ask_removal(who, site.face(name, -1)) == site.ask_removal(who, NOBODY)
            assert site.ask_removal(who, NOBODY)["err"]["code"] == "FaceNotFound"


def test_who_may_see_nothing_pays_for_nothing(site: Site) -> None:
    site.set_album(MEMBERS)
    before = site.paid
    image = base64.b64encode(picture(RED)).decode()
    for who in ("stranger", "somebody with a forged pass", "expired member", "removed member"):
        answer = site.search(who, image=image)
        assert (answer["statusCode"], answer["err"]["code"]) == (403, "NotInvited")
        assert site.search(who, faceid=site.face("open/a.png"))["err"]["code"] == "FaceNotFound"
        for gallery in ("celebrities", "bands"):  # nor do they hear which galleries there are
            refused = site.search(who, image=image, collection="celebrities", gallery=gallery)
            assert refused["err"]["code"] == "NotInvited"
    assert site.paid == before
    assert site.search("owner", image=image)["statusCode"] == 200
    assert site.paid == before + 1


def test_the_gallery_is_for_whoever_may_see_the_album(site: Site) -> None:
    site.set_album(MEMBERS)
    image = base64.b64encode(picture(RED)).decode()
    answers = {who: site.search(who, image=image, collection="celebrities") for who in site.passes}
    assert {who for who, answer in answers.items() if answer["statusCode"] == 200} == {"member", "owner"}


def test_what_the_ledger_keeps_is_the_same_for_everybody(site: Site) -> None:
    for who in ("stranger", "owner", "guest with the link"):
        site.found(who, "open/a.png")
    kept = [row for row in site.aws.rows(site.aws.ledger_table) if row["entry"].startswith("search/")]
    assert len(kept) == 1
    assert site.paid == 1
    assert site.found("owner", "open/a.png") == ALL


def test_a_set_that_becomes_private_is_left_out_at_once(site: Site) -> None:
    assert site.found("stranger", "open/a.png") == {"open/a.png", "open/b.png"}
    site.aws.access.put_audience("open", MEMBERS, moving="public")
    answer = site.search("stranger", faceid=site.face("open/a.png"))
    assert answer["err"]["code"] == "FaceNotFound"


def test_a_removal_request_is_about_faces_that_its_maker_sees(site: Site) -> None:
    faces = [site.face(name) for name in ("open/a.png", "party/e.png", "gala/d.png")]
    assert site.ask_removal("", *faces)["output"]["face_ids"] == faces[:1]
    assert site.ask_removal("guest with the link", *faces)["output"]["face_ids"] == faces[:2]
    assert site.ask_removal("member", *faces)["output"]["face_ids"] == faces


def test_photos_with_names_too_long_for_an_id_are_left_out_too(site: Site) -> None:
    name = f"gala/{'ä' * 90}.png"
    path = parse_image_path(name)
    site.aws.put(path.key, picture(RED, size=(200, 100)))
    site.aws.photo_sync.sync("pics", path, owner=name, seconds=60)
    assert site.found("stranger", "open/a.png") == SEEN["stranger"]
    assert site.found("member", "open/a.png") == {*ALL, name}
    assert site.search("stranger", faceid=site.face(name))["err"]["code"] == "FaceNotFound"
    assert site.ask_removal("", site.face(name))["err"]["code"] == "FaceNotFound"


@pytest.mark.parametrize("shown", [None, 7, [], "x" * 5_000])
def test_a_pass_that_is_no_text_is_said_to_be_none(site: Site, shown: Any) -> None:
    for handler, event in (
        (search_handler.handler, {"faceid": NOBODY}),
        (removal_handler.handler, {"action": "ask", "face_ids": [NOBODY]}),
    ):
        answer = handler({**event, "pass": shown}, LambdaContext(identity=SimpleNamespace(cognito_identity_id="x")))
        assert (answer["statusCode"], answer["err"]["code"]) == (400, "InvalidParameter")
