"""A private site and private sets give nothing away: every address of both buckets, rows, the door and the search are
tried as a stranger, and each kind of address as a guest with another link, as a member without the set, as an expired
and as a removed one."""

import base64
import json
import re
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from running import GATE_SECONDS, RunningStack, new_guest, until
from serving import get_all_as, get_as

from functions.access.passes import COOKIE, LinkSubject, MemberSubject, Subject, link_id, write_pass
from functions.addresses import address
from scripts.common.stack import Stack, connect
from scripts.health.stranger_checks import check_private

# Seen by whoever has its link; by members; and by a link of its own, which is another one.
LINKED, MEMBERS_ONLY, OTHER = "private_linked", "private_members", "private_other"
SETS = (LINKED, MEMBERS_ONLY, OTHER)
PHOTOS = {LINKED: ("biden.jpg", "hopper.jpg"), MEMBERS_ONLY: ("biden.jpg",), OTHER: ("hopper.jpg",)}
NO_SET = "private_no_such_set"
_OF_SET = re.compile(r"^/(?:sets|(?:thumbnails/(?:(?:\d+|card|downloads/[^/]+)/)?)?photos)/([^/]+)/")
# What strangers may fetch of a site that isn't public: shells, without data.
_OPEN = re.compile(
    r"^/(?:(?:assets|icons)/|(?:enter|account|offline|event|upload|waiting)/"
    r"|(?:style\.css|sw\.js|site\.webmanifest|favicon\.svg|robots\.txt|notice\.txt|404\.html)$)"
)
# A pass of links that is past half its time is made anew, by a redirect.
_FRESH_SECONDS = 5 * 3600


class Callers:
    """Cookies of those who call, by who they are: all made with the site's own key, or nearly so."""

    def __init__(self, stack: RunningStack):
        rows = stack.table("AccessTable").scan()["Items"]
        key = max((row for row in rows if row["kind"] == "key"), key=lambda row: row["made_at"])
        self._key_id, self._key = key["id"], base64.b64decode(key["secret"])
        self.members = {row["email"]: row for row in rows if row["kind"] == "member"}
        self.links = {row["opens"]: row["id"] for row in rows if row["kind"] == "link"}

    def by(self, *subjects: Subject, seconds: int = _FRESH_SECONDS) -> str:
        return f"{COOKIE}={write_pass(subjects, int(time.time()) + seconds, self._key_id, self._key)}"

    def link(self, opens: str, seconds: int = _FRESH_SECONDS) -> str:
        return self.by(LinkSubject(self.links[opens]), seconds=seconds)

    def member(self, mail: str, seconds: int = _FRESH_SECONDS) -> str:
        row = self.members[mail]
        return self.by(MemberSubject(row["id"], int(row["since"])), seconds=seconds)

    def outsiders(self) -> dict[str, str]:
        """Those who may see none of these sets but `OTHER`, whatever they try."""
        own = self.member("all@example.org")
        start, _, mac = own.rpartition(".")
        forged = f"{start}.{'0' * len(mac)}"
        foreign = write_pass([LinkSubject(self.links[LINKED])], int(time.time()) + 3600, self._key_id, bytes(32))
        return {
            "a stranger": "",
            "a guest with another link": self.link(OTHER),
            "a guest whose link is gone": self.by(LinkSubject(link_id("a link that was revoked"))),
            "a member without the set": self.member("other@example.org"),
            "an expired member": self.member("all@example.org", seconds=-60),
            "a removed member": self.by(MemberSubject("0" * 32, int(time.time()))),
            "a member who signed out everywhere": self.by(MemberSubject(self.members["all@example.org"]["id"], 1)),
            "a forger": forged,
            "a guest of another site": f"{COOKIE}={foreign}",
            "whoever sends nonsense": f"{COOKIE}=1.x.y.z; {COOKIE}=%00; a=b",
        }


@pytest.fixture(scope="module")
def site(stack: RunningStack, demo_folders: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The shared stack with three private sets more, and members; as it was afterwards."""
    found = {path.name: path for folder in demo_folders for path in folder.iterdir()}
    folders = []
    for set_name, files in PHOTOS.items():
        folder = tmp_path_factory.mktemp("private") / set_name
        folder.mkdir()
        for file in files:
            shutil.copy(found[file], folder / file)
        # An audience may be there before the set.
        stack.kinpics("audience", set_name, "members" if set_name == MEMBERS_ONLY else "link")
        folders.append(str(folder))
    stack.kinpics("upload", *folders)
    stack.kinpics("members", "invite", "all@example.org", "gone@example.org")
    stack.kinpics("members", "invite", "named@example.org", "--set", LINKED, "--set", MEMBERS_ONLY)
    stack.kinpics("members", "invite", "other@example.org", "--set", OTHER)
    yield stack
    mails = [one["email"] for one in json.loads(stack.kinpics("members", "list", "--json").stdout) if not one["owner"]]
    stack.kinpics("members", "remove", *mails, "--yes")
    for set_name in SETS:
        stack.kinpics("delete", set_name, "--yes", "--for-good")
        stack.table("AccessTable").delete_item(Key={"kind": "audience", "id": set_name})


@pytest.fixture(scope="module")
def callers(site: RunningStack) -> Callers:
    return Callers(site)


def addresses(stack: RunningStack) -> list[str]:
    """Every address at which something of the site's bucket or the thumbnails bucket might be served."""
    found = set()
    for bucket in ("SiteBucket", "ThumbnailsBucket"):
        pages = stack.client("s3").get_paginator("list_objects_v2").paginate(Bucket=stack.outputs[bucket])
        for key in (item["Key"] for page in pages for item in page.get("Contents", [])):
            path = address(*key.split("/"))
            if bucket == "ThumbnailsBucket":
                found.add(f"/thumbnails/{path}")
                path = re.sub("^downloads/[^/]+/", "", path)
            found.add(f"/{path}")
            found.add("/" + re.sub(r"index(\.\w+)?\.html$", "", path))
    return sorted(found)


def set_of(path: str) -> str:
    found = _OF_SET.match(path)
    return found[1] if found else ""


def kinds(paths: list[str]) -> list[str]:
    """One of each kind of these addresses. The gate goes by no photo's name, and all languages are alike."""
    alike = {}
    for path in paths:
        of_set = set_of(path)
        kind = re.sub(r"index\.\w\w\.html$", "index.xx.html", path)
        if of_set:
            kind = re.sub(r"[^/]+(\.\w+)(?=$|/)", r"*\1", kind)
            kind = kind if of_set in SETS else kind.replace(f"/{of_set}/", "/*/")
        alike[kind] = path
    return sorted(alike.values())


def test_the_commands_say_who_may_see_what(site: RunningStack) -> None:
    told = json.loads(site.kinpics("audience", "--json").stdout)
    assert told["site"] == "public"
    known = {one["set"]: (one["audience"], one["own"], one["photos"]) for one in told["sets"]}
    assert [known[name] for name in SETS] == [("link", True, 2), ("members", True, 1), ("link", True, 1)]
    assert known["2009_inauguration"] == ("public", False, 4)
    said, link = site.kinpics("audience", LINKED, "link").stdout.splitlines()
    assert said == f"{LINKED} is for whoever has its link already"
    assert link == site.kinpics("link", LINKED).stdout.strip()
    assert "\N{FULL BLOCK}" in site.kinpics("link", LINKED, "--qr").stdout
    refused = site.kinpics("audience", "members", check=False)
    assert refused.returncode == 1
    assert "there is no set members: for the site, run `kinpics audience --site members`" in refused.stderr
    assert "so no link opens it" in site.kinpics("link", MEMBERS_ONLY, check=False).stderr
    assert f"other@example.org\t{OTHER}\t" in site.kinpics("members", "list").stdout


def test_a_private_set_is_answered_as_one_that_does_not_exist(site: RunningStack, callers: Callers) -> None:
    of_sets = [path for path in addresses(site) if set_of(path) in (LINKED, MEMBERS_ONLY)]
    assert {f"/sets/{LINKED}/", f"/sets/{LINKED}/people.json", f"/thumbnails/photos/{LINKED}/biden.jpg"} <= {*of_sets}
    nowhere = {path: path.replace(set_of(path), NO_SET) for path in of_sets}
    missing = get_all_as(site.site_url, sorted(set(nowhere.values())), "")
    for who, cookie in callers.outsiders().items():
        for path, (status, headers, body) in get_all_as(
            site.site_url, of_sets if not cookie else kinds(of_sets), cookie
        ).items():
            as_missing = missing[nowhere[path]]
            told = (status, headers.get("content-type"), body)
            assert told == (as_missing[0], as_missing[1].get("content-type"), as_missing[2]), (who, path)
            assert status == 404 or headers["location"].endswith("/"), (who, path)


@pytest.mark.parametrize(
    ("who", "sets"),
    [
        ("link", {LINKED}),
        ("named@example.org", {LINKED, MEMBERS_ONLY}),
        ("all@example.org", {LINKED, MEMBERS_ONLY, OTHER}),
    ],
)
def test_whoever_may_see_a_set_sees_all_of_it(site: RunningStack, callers: Callers, who: str, sets: set[str]) -> None:
    cookie = callers.link(LINKED) if who == "link" else callers.member(who)
    paths = [path for path in addresses(site) if set_of(path) in SETS and "." in path.rsplit("/", 1)[-1]]
    # What is under no address that the site serves: rows of names, copies by another rule.
    paths = [path for path in paths if not path.startswith("/thumbnails/people/") and not path.endswith("/")]
    for path, (status, _, body) in get_all_as(site.site_url, paths, cookie).items():
        is_let_in = set_of(path) in sets
        assert status == (200 if is_let_in else 404), path
        assert body or not is_let_in
    for set_name in sets:
        status, _, body = get_as(site.site_url, f"/sets/{set_name}/", cookie)
        assert status == 200
        assert all(file.encode() in body for file in PHOTOS[set_name])


def test_the_sites_own_files_do_not_know_of_private_sets(site: RunningStack) -> None:
    paths = [path for path in addresses(site) if not set_of(path) and not path.startswith("/skeletons/")]
    answers = get_all_as(site.site_url, paths, "")
    assert answers["/"][0] == 200
    for path, (_, _, body) in answers.items():
        assert not any(name.encode() in body for name in SETS), path


def test_rows_are_out_of_reach_with_a_guests_credentials(site: RunningStack) -> None:
    _, session = new_guest(site)
    rows = session.client("dynamodb", endpoint_url=site.api_url)
    pics = site.outputs["PicsTable"]
    key = {"primarykey": {"S": MEMBERS_ONLY}, "sortkey": {"S": "biden.jpg"}}
    row = {"primarykey": {"S": "/"}, "sortkey": {"S": MEMBERS_ONLY}}

    def query(partition: str, **index: str) -> list[Any]:
        condition = {"KeyConditionExpression": "primarykey = :p", "ExpressionAttributeValues": {":p": {"S": partition}}}
        return rows.query(TableName=pics, **condition, **index)["Items"]

    assert not {item["sortkey"]["S"] for item in query("/")} & {*SETS}
    for set_name in SETS:
        assert query(set_name) == query(set_name, IndexName="grid") == []
    assert "Item" not in rows.get_item(TableName=pics, Key=key)
    assert "Item" not in rows.get_item(TableName=pics, Key=row)
    found = rows.batch_get_item(RequestItems={pics: {"Keys": [key, row]}})
    assert found["Responses"].get(pics, []) == []
    for table in ("PrivatePicsTable", "AccessTable"):
        name = site.outputs[table]
        own = key if table == "PrivatePicsTable" else {"kind": {"S": "audience"}, "id": {"S": MEMBERS_ONLY}}
        partition = next(iter(own))
        calls: list[tuple[str, Mapping[str, Any]]] = [
            ("scan", {"TableName": name}),
            ("get_item", {"TableName": name, "Key": own}),
            ("batch_get_item", {"RequestItems": {name: {"Keys": [own]}}}),
            ("put_item", {"TableName": name, "Item": own}),
            ("delete_item", {"TableName": name, "Key": own}),
            (
                "query",
                {
                    "TableName": name,
                    "KeyConditionExpression": f"{partition} = :p",
                    "ExpressionAttributeValues": {":p": own[partition]},
                },
            ),
            ("execute_statement", {"Statement": f'SELECT * FROM "{name}"'}),  # noqa: S608 - for a guest, in vain
        ]
        for operation, arguments in calls:
            with pytest.raises(ClientError) as refused:
                getattr(rows, operation)(**arguments)
            assert refused.value.response["Error"]["Code"] == "AccessDeniedException", (table, operation)


def invoke(stack: RunningStack, session: Any, function: str, **event: Any) -> dict[str, Any]:
    client = session.client("lambda", endpoint_url=stack.api_url)
    answer = client.invoke(FunctionName=stack.outputs[function], Payload=json.dumps(event).encode())
    return json.loads(answer["Payload"].read())


def shown(cookie: str) -> dict[str, str]:
    """A cookie's pass, as functions take it."""
    return {"pass": cookie.removeprefix(f"{COOKIE}=").partition(";")[0]} if cookie else {}


def test_the_door_answers_nobody_else(site: RunningStack, callers: Callers) -> None:
    _, guest = new_guest(site)
    for who, cookie in callers.outsiders().items():
        paths = [f"{MEMBERS_ONLY}/biden.jpg", f"{LINKED}/biden.jpg"]
        missing = invoke(site, guest, "DoorFunction", action="photos", set=NO_SET, **shown(cookie))
        for set_name in (LINKED, MEMBERS_ONLY):
            told = invoke(site, guest, "DoorFunction", action="photos", set=set_name, **shown(cookie))
            assert told == missing, who
        sets = invoke(site, guest, "DoorFunction", action="sets", **shown(cookie)).get("output", [])
        assert not {row["sortkey"]["S"] for row in sets} & {LINKED, MEMBERS_ONLY}, who
        assert not invoke(site, guest, "DoorFunction", action="rows", paths=paths, **shown(cookie)).get("output"), who
    sets = invoke(site, guest, "DoorFunction", action="sets", **shown(callers.member("all@example.org")))["output"]
    assert {row["sortkey"]["S"] for row in sets} >= {*SETS}
    photos = invoke(site, guest, "DoorFunction", action="photos", set=LINKED, **shown(callers.link(LINKED)))["output"]
    assert {row["sortkey"]["S"] for row in photos} == {*PHOTOS[LINKED]}


def test_searches_find_nothing_of_what_may_not_be_seen(site: RunningStack, callers: Callers) -> None:
    _, guest = new_guest(site)
    key = {"primarykey": MEMBERS_ONLY, "sortkey": "biden.jpg"}
    row = site.table("PrivatePicsTable").get_item(Key=key)["Item"]
    face = row["data"]["FaceRecords"][0]["Face"]["FaceId"]
    nobody = invoke(site, guest, "SearchFunction", faceid="00000000-0000-0000-0000-000000000000")
    assert nobody["err"]["code"] == "FaceNotFound"
    picture = base64.b64encode(site.client("s3").get_object(
        Bucket=site.outputs["PicsBucket"], Key=f"photos/{MEMBERS_ONLY}/biden.jpg"
    )["Body"].read()).decode()  # fmt: skip
    for who, cookie in callers.outsiders().items():
        assert invoke(site, guest, "SearchFunction", faceid=face, **shown(cookie)) == nobody, who
        by_picture = invoke(site, guest, "SearchFunction", image=picture, collection="album", **shown(cookie))
        assert not {entry["image_path"].partition("/")[0] for entry in by_picture["output"]} & {LINKED, MEMBERS_ONLY}, (
            who
        )
    member = shown(callers.member("all@example.org"))
    found = invoke(site, guest, "SearchFunction", faceid=face, limit=100, **member)["output"]
    assert {f"{MEMBERS_ONLY}/biden.jpg", f"{LINKED}/biden.jpg"} <= {entry["image_path"] for entry in found}


def test_a_removed_member_and_a_new_link_take_effect_at_once(site: RunningStack, callers: Callers) -> None:
    now = Callers(site)
    cookie, link = now.member("gone@example.org"), now.link(LINKED)
    until(lambda: get_as(site.site_url, f"/sets/{MEMBERS_ONLY}/", cookie)[0] == 200, GATE_SECONDS)
    assert get_as(site.site_url, f"/sets/{LINKED}/", link)[0] == 200
    site.kinpics("members", "remove", "gone@example.org", "--yes")
    until(lambda: get_as(site.site_url, f"/sets/{MEMBERS_ONLY}/", cookie)[0] == 404, GATE_SECONDS)
    secret = site.kinpics("link", LINKED).stdout.strip().rpartition("/")[2]
    site.kinpics("link", LINKED, "--new")
    until(lambda: get_as(site.site_url, f"/sets/{LINKED}/", link)[0] == 404, GATE_SECONDS)
    status, headers, _ = get_as(site.site_url, f"/l/{secret}")
    assert (status, headers["location"]) == (302, "/enter/?why=link")
    new = site.kinpics("link", LINKED).stdout.strip().removeprefix(site.site_url)
    status, headers, _ = get_as(site.site_url, new)
    assert (status, headers["location"]) == (302, f"/sets/{LINKED}/")
    assert get_as(site.site_url, headers["location"], headers["set-cookie"].partition(";")[0])[0] == 200
    callers.links = Callers(site).links


@pytest.fixture
def owners(site: RunningStack, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """The stack as the owner's commands see it, in this process."""
    for name, value in site.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    return connect("kinpics", site.data)


def test_doctor_tries_it_as_a_stranger(owners: Stack) -> None:
    finding = check_private(owners)
    assert finding.state == "ok", finding.text
    assert re.fullmatch(r"a stranger gets nothing at \d\d addresses of 3 sets", finding.text), finding.text
    row = {"primarykey": "/", "sortkey": MEMBERS_ONLY, "pic_count": 1}
    photo = {"primarykey": MEMBERS_ONLY, "sortkey": "left.jpg"}
    for item in (row, photo):
        owners.dynamodb.put_item(TableName=owners.outputs.pics_table, Item=item)
    finding = check_private(owners)
    for item in (row, photo):
        key = {"primarykey": item["primarykey"], "sortkey": item["sortkey"]}
        owners.dynamodb.delete_item(TableName=owners.outputs.pics_table, Key=key)
    assert (finding.state, "kinpics close" in finding.advice) == ("wrong", True)
    assert finding.text == f"a stranger gets the row of the set {MEMBERS_ONLY}, rows of the set {MEMBERS_ONLY}"


def test_a_site_for_members_gives_away_nothing_at_any_address(site: RunningStack) -> None:
    site.kinpics("audience", "--site", "members")
    try:
        callers = Callers(site)
        paths = addresses(site)
        closed = [path for path in paths if not _OPEN.match(path)]
        assert {"/", "/feed.xml", "/people/people.json", f"/sets/{LINKED}/", "/sets/2009_inauguration/"} <= {*closed}
        words = [b"2009_inauguration", b"2015_pioneers", b"biden", *(name.encode() for name in SETS)]
        tried = 0
        for who, cookie in callers.outsiders().items():
            for path, (status, headers, body) in get_all_as(
                site.site_url, closed if not cookie else kinds(closed), cookie
            ).items():
                if who == "a guest with another link" and set_of(path) == OTHER:
                    continue
                if who == "a member without the set" and set_of(path) == OTHER:
                    continue
                tried += 1
                assert (status, body) == (403, b"") or headers["location"].startswith("/enter/?to="), (
                    who,
                    path,
                    status,
                )
                assert not body, (who, path)
        assert tried > len(closed) + 8 * 40
        for path, (status, _, body) in get_all_as(
            site.site_url, [path for path in paths if _OPEN.match(path)], ""
        ).items():
            assert status == 200 or path.endswith("/"), path
            assert not any(word in body for word in words), path
        _, session = new_guest(site)
        rows = session.client("dynamodb", endpoint_url=site.api_url)
        condition = {"KeyConditionExpression": "primarykey = :p", "ExpressionAttributeValues": {":p": {"S": "/"}}}
        assert rows.query(TableName=site.outputs["PicsTable"], **condition)["Items"] == [], "not even how many"
        member = callers.member("all@example.org")
        status, _, body = get_as(site.site_url, "/", member)
        assert status == 200
        assert b"2009_inauguration" in body
    finally:
        site.kinpics("audience", "--site", "public")
