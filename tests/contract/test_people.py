"""Forgetting somebody: the wish a visitor makes, what the owner sees of it, and what is left when it is granted."""

import base64
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import RunningStack, new_guest

SET = "to_forget"


@pytest.fixture
def album(stack: RunningStack, demo_folders: list[Path], tmp_path: Path) -> Iterator[RunningStack]:
    """The demo with two photos more, as it was afterwards."""
    folders = {folder.name: folder for folder in demo_folders}
    own = tmp_path / SET
    own.mkdir()
    for picset, name in (("2009_inauguration", "biden.jpg"), ("2015_pioneers", "hopper.jpg")):
        shutil.copy(folders[picset] / name, own / name)
    stack.kinpics("upload", str(own))
    yield stack
    for line in stack.kinpics("people", "list").stdout.splitlines():
        stack.kinpics("people", "remember", line.split("\t")[0])
    stack.kinpics("delete", SET, "--yes", "--for-good")
    for folder in demo_folders:
        stack.kinpics("reprocess", folder.name)


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


def wish(stack: RunningStack, face_ids: list, /, **more: dict) -> str:
    """Make a wish, as a visitor's browser does, or one that means harm."""
    identity, session = new_guest(stack)
    session.client("dynamodb", endpoint_url=stack.api_url).put_item(
        TableName=stack.outputs["MatchesTable"],
        Item={
            "identity_id": {"S": identity},
            "kind": {"S": "forget"},
            "made_at": {"S": "2026-11-21T10:00:00Z"},
            "face_ids": {"L": [{"S": face_id} for face_id in face_ids]},
            **more,
        },
    )
    return identity


def test_who_asks_is_forgotten_and_stays_so(album: RunningStack, demo_folders: list[Path], tmp_path: Path) -> None:
    selfie = tmp_path / SET / "biden.jpg"
    before = faces(album)
    found = found_by(album, selfie)
    photos = {entry["image_path"] for entry in found}
    assert {f"{SET}/biden.jpg", "2009_inauguration/biden.jpg"} <= photos
    identity = wish(album, [entry["face"]["FaceId"] for entry in found])

    examined = album.kinpics("doctor", "--no-round-trip", check=False).stdout
    assert "a visitor asks to be forgotten" in examined
    told = album.kinpics("people", "wishes").stdout
    assert told.startswith(f"{identity}\t2026-11-21\t{len(photos)} photos")
    assert all(path in told for path in photos)
    done = json.loads(album.kinpics("people", "forget", identity, "--yes", "--json").stdout)
    assert done == {"done": len(photos), "failures": {}}

    assert found_by(album, selfie) == [], "nobody finds that person"
    after = faces(album)
    assert set(after.values()) >= set(before.values()) - photos
    assert {face for face, path in before.items() if path not in photos} <= set(after), "others keep their ids"
    keys = {item["Key"] for item in album.client("s3").list_objects_v2(Bucket=album.outputs["PicsBucket"])["Contents"]}
    assert {f"photos/{path}" for path in photos} <= keys, "the photos stay"
    assert album.kinpics("people", "wishes").stdout == ""
    assert len(album.kinpics("people", "list").stdout.splitlines()) == 1

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


def test_a_wish_is_read_as_what_it_should_be_only(stack: RunningStack) -> None:
    identity = wish(stack, ["no face id", "00000000-0000-0000-0000-000000000000", "../../x"])
    assert stack.kinpics("people", "wishes").stdout.startswith(f"{identity}\t2026-11-21\t0 photos")
    odd = wish(stack, [], face_ids={"S": "x"}, made_at={"S": "\x1b[2J"}, expires_at={"M": {}})
    told = stack.kinpics("people", "wishes").stdout
    assert f"{odd}\t\t0 photos" in told
    assert "\x1b" not in told
    stack.kinpics("people", "forget", odd, "--yes", check=False)
    result = stack.kinpics("people", "forget", identity, "--yes", check=False)
    assert result.returncode == 1
    assert "the wish is dropped" in result.stderr
    assert stack.kinpics("people", "wishes").stdout == ""
    result = stack.kinpics("people", "forget", identity, "--yes", check=False)
    assert result.returncode == 1
    assert "there is no wish" in result.stderr
    assert stack.kinpics("people", "forget", check=False).returncode == 2
    result = stack.kinpics("people", "forget", "--face", "123", check=False)
    assert result.returncode == 2
    assert "123 is no face id" in result.stderr
