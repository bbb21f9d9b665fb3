"""Forgetting somebody: what a visitor asks, what the owner sees of it, and what is left when it is granted."""

import base64
import json
import re
import shutil
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from running import RunningStack, new_guest

SET = "to_forget"
NAME = "Quirin"


@pytest.fixture
def album(stack: RunningStack, demo_folders: list[Path], tmp_path: Path) -> Iterator[RunningStack]:
    """The demo with two photos more, as it was afterwards."""
    folders = {folder.name: folder for folder in demo_folders}
    own = tmp_path / SET
    own.mkdir()
    for set_name, name in (("2009_inauguration", "biden.jpg"), ("2015_pioneers", "hopper.jpg")):
        shutil.copy(folders[set_name] / name, own / name)
    stack.kinpics("upload", str(own))
    yield stack
    for line in stack.kinpics("people", "forgotten").stdout.splitlines():
        stack.kinpics("people", "remember", line.split("\t")[0])
    stack.kinpics("delete", SET, "--yes", "--for-good")
    for folder in ("2009_inauguration", "2015_pioneers"):
        stack.kinpics("reprocess", folder)


def faces(stack: RunningStack) -> dict[str, str]:
    """The photo of each face that a visitor can see."""
    return {
        record["Face"]["FaceId"]: f"{row['primarykey']}/{row['sortkey']}"
        for row in stack.table("PicsTable").scan()["Items"]
        for record in row.get("data", {}).get("FaceRecords", [])
    }


def found_by(stack: RunningStack, picture: Path) -> list[dict]:
    event = {"image": base64.b64encode(picture.read_bytes()).decode(), "threshold": 90, "limit": 100}
    answer = stack.client("lambda").invoke(FunctionName=stack.outputs["SearchFunction"], Payload=json.dumps(event))
    return json.loads(answer["Payload"].read())["output"]


def pages_with_the_name(stack: RunningStack) -> list[str]:
    """The files visitors can read that have this name."""
    s3, bucket = stack.client("s3"), stack.outputs["SiteBucket"]
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    keys = [item["Key"] for page in pages for item in page["Contents"] if item["Key"].endswith((".html", ".json"))]
    return [key for key in keys if NAME.encode() in s3.get_object(Bucket=bucket, Key=key)["Body"].read()]


def call(stack: RunningStack, session: boto3.Session, **event: Any) -> dict:
    """What the removal function answers a visitor."""
    client = session.client("lambda", endpoint_url=stack.api_url)
    answer = client.invoke(FunctionName=stack.outputs["RemovalFunction"], Payload=json.dumps(event).encode())
    return json.loads(answer["Payload"].read())


def test_visitors_who_ask_are_forgotten_for_good(album: RunningStack, demo_folders: list[Path], tmp_path: Path) -> None:
    selfie = tmp_path / SET / "biden.jpg"
    before = faces(album)
    found = found_by(album, selfie)
    photos = {entry["image_path"] for entry in found}
    assert {f"{SET}/biden.jpg", "2009_inauguration/biden.jpg"} <= photos
    identity, visitor = new_guest(album)
    face_ids = [entry["face"]["FaceId"] for entry in found]
    asked = call(album, visitor, action="ask", face_ids=face_ids, message="You know me.\nB.")
    assert asked["statusCode"] == 200
    assert call(album, visitor, action="status") == asked
    assert call(album, new_guest(album)[1], action="status")["output"] is None, "it is nobody else's"

    examined = album.kinpics("doctor", "--no-round-trip", check=False).stdout
    assert "1 visitor asked to be removed from search" in examined
    told = album.kinpics("people", "requests").stdout
    assert told.startswith(
        f"{identity}\t{asked['output']['made_at'][:10]}\t{len(photos)} photos\n  > You know me.\n  > B."
    )
    assert all(path in told for path in photos)
    album.kinpics("people", "rebuild")
    album.kinpics("people", "name", face_ids[0], NAME)
    album.kinpics("publish")
    assert {"people/people.json", "index.html", f"people/{NAME.lower()}/index.html"} <= set(pages_with_the_name(album))
    album.kinpics("set", SET, "--title", "Of one person", "--no-build")
    done = json.loads(album.kinpics("people", "forget", identity, "--yes", "--json").stdout)
    assert done == {"done": len(photos), "failures": {}}

    assert found_by(album, selfie) == [], "nobody finds that person"
    assert pages_with_the_name(album) == []
    assert NAME not in album.kinpics("people", "history").stdout
    after = faces(album)
    assert set(after.values()) >= set(before.values()) - photos
    assert {face for face, path in before.items() if path not in photos} <= set(after), "others keep their ids"
    with urllib.request.urlopen(f"{album.site_url}/") as response:
        front_page = response.read().decode()
    assert "Of one person" in front_page, "the pages are rebuilt"
    assert set(re.findall("[?]face=([0-9a-f-]+)", front_page)) <= set(after), "no ring leads to that person"
    keys = {item["Key"] for item in album.client("s3").list_objects_v2(Bucket=album.outputs["PicsBucket"])["Contents"]}
    assert {f"photos/{path}" for path in photos} <= keys, "the photos stay"
    assert album.kinpics("people", "requests").stdout == ""
    assert call(album, visitor, action="status")["output"] is None
    assert call(album, visitor, action="ask", face_ids=face_ids)["err"]["code"] == "FaceNotFound"
    assert len(album.kinpics("people", "forgotten").stdout.splitlines()) == 1

    again = tmp_path / "again"
    again.mkdir()
    (folder,) = [folder for folder in demo_folders if folder.name == "2015_pioneers"]
    shutil.copy(selfie, again / "once_more.jpg")
    shutil.copy(folder / "group.jpg", again / "with_others.jpg")
    album.kinpics("upload", str(again), "--set", SET)
    assert found_by(album, selfie) == [], "not in photos to come either"
    assert sum(path == f"{SET}/with_others.jpg" for path in faces(album).values()) == 3
    # Other tests have left photos that can't be processed.
    drift = album.kinpics("reconcile", "--dry-run", check=False).stdout
    assert "face " not in drift, drift
    assert not any(path in drift for path in (SET, *photos)), drift


def test_a_request_without_a_face_of_the_album_is_dropped(stack: RunningStack, demo_folders: list[Path]) -> None:
    (folder,) = [folder for folder in demo_folders if folder.name == "2009_inauguration"]
    face = found_by(stack, folder / "biden.jpg")[0]["face"]["FaceId"]
    identity, visitor = new_guest(stack)
    assert call(stack, visitor, action="ask", face_ids=[face])["statusCode"] == 200
    gone = "00000000-0000-0000-0000-000000000000"
    stack.table("RequestsTable").update_item(
        Key={"identity_id": identity},
        UpdateExpression="SET face_ids = :gone",
        ExpressionAttributeValues={":gone": [gone]},
    )
    result = stack.kinpics("people", "forget", identity, "--yes", check=False)
    assert result.returncode == 1
    assert "the request was removed" in result.stderr
    assert stack.kinpics("people", "requests").stdout == ""
    result = stack.kinpics("people", "forget", identity, "--yes", check=False)
    assert result.returncode == 1
    assert "there is no removal request" in result.stderr
    assert stack.kinpics("people", "forget", check=False).returncode == 2
    result = stack.kinpics("people", "forget", "--face", "123", check=False)
    assert result.returncode == 2
    assert "123 is not a face id" in result.stderr
