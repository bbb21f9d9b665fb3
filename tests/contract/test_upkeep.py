"""Looking after an album: what is damaged is found, told and mended; what was given up is done again; all of it comes
out as files."""

import hashlib
import itertools
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from running import RunningStack, new_guest, start_stack
from support import jpeg

from functions.thumbnail_sizes import LARGE_SIDE
from scripts.costs.estimate import count_units, load_counted, without_rounds

SET = "2009_inauguration"
FILES = 4


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory, demo_folders: list[Path]) -> Iterator[RunningStack]:
    """A stack with one of the demo's sets, of these tests alone: they damage it."""
    folder = tmp_path_factory.mktemp("upkeep")
    running = start_stack(folder / "data", options=("--call-log", str(folder / "calls.jsonl")))
    (folder,) = [folder for folder in demo_folders if folder.name == SET]
    try:
        running.kinpics("upload", str(folder))
        yield running
    finally:
        running.stop()


def answer(result: subprocess.CompletedProcess) -> Any:
    return json.loads(result.stdout)


def findings(album: RunningStack, *options: str) -> dict[str, dict]:
    result = album.kinpics("doctor", "--json", *options, check=False)
    found = {finding["check"]: finding for finding in answer(result)}
    assert result.returncode == any(finding["state"] == "wrong" for finding in found.values())
    return found


def delete_row(album: RunningStack) -> None:
    album.table("PicsTable").delete_item(Key={"primarykey": SET, "sortkey": "obama.jpg"})


def has_row(album: RunningStack) -> bool:
    return "Item" in album.table("PicsTable").get_item(Key={"primarykey": SET, "sortkey": "obama.jpg"})


def delete_thumbnail(album: RunningStack) -> None:
    album.client("s3").delete_object(
        Bucket=album.outputs["ThumbnailsBucket"], Key=f"{LARGE_SIDE}/photos/{SET}/biden.jpg"
    )


def delete_card(album: RunningStack) -> None:
    album.client("s3").delete_object(Bucket=album.outputs["ThumbnailsBucket"], Key=f"card/photos/{SET}/biden.jpg")


def delete_download(album: RunningStack) -> None:
    bucket = album.outputs["ThumbnailsBucket"]
    album.client("s3").delete_object(Bucket=bucket, Key=f"downloads/stripped/photos/{SET}/biden.jpg")


def add_download(album: RunningStack) -> None:
    bucket = album.outputs["ThumbnailsBucket"]
    album.client("s3").put_object(Bucket=bucket, Key=f"downloads/whole/photos/{SET}/obama2.jpg", Body=b"x")


def delete_faces(album: RunningStack) -> None:
    collection = {"CollectionId": album.outputs["AlbumCollection"]}
    client = album.client("rekognition")
    found = client.list_faces(**collection)["Faces"]
    faces = [face["FaceId"] for face in found if face["ExternalImageId"].endswith("obama2.jpg")]
    client.delete_faces(**collection, FaceIds=faces)


def delete_record(album: RunningStack) -> None:
    table = album.table("PicsByImageIdTable")
    (record,) = (item for item in table.scan()["Items"] if item["image_path"] == f"{SET}/obama.jpg")
    table.delete_item(Key={"image_id": record["image_id"]})


def add_record(album: RunningStack) -> None:
    table = album.table("PicsByImageIdTable")
    table.update_item(
        Key={"image_id": table.scan()["Items"][0]["image_id"]},
        UpdateExpression="ADD other_paths :gone",
        ExpressionAttributeValues={":gone": {f"{SET}/gone.jpg"}},
    )
    table.put_item(Item={"image_id": "nowhere", "image_path": f"{SET}/gone.jpg"})


def add_row(album: RunningStack) -> None:
    row = {"primarykey": SET, "sortkey": "ghost.jpg", "grid_key": "~/ghost.jpg", "etag": "x", "face_count": 0}
    row |= {"width": 1, "height": 1, "placeholder": "", "size": 1, "content_type": "image/jpeg", "data": {}}
    album.table("PicsTable").put_item(Item=row | {"processed_at": "2020-01-01T00:00:00.000+00:00"})


def add_thumbnail(album: RunningStack) -> None:
    bucket = album.outputs["ThumbnailsBucket"]
    for name in (f"photos/{SET}/left over + ä.jpg", "photos/no-set", "other/file"):
        album.client("s3").put_object(Bucket=bucket, Key=name, Body=b"x")


def add_faces(album: RunningStack) -> None:
    image = {"S3Object": {"Bucket": album.outputs["PicsBucket"], "Name": f"photos/{SET}/obama.jpg"}}
    for name, collection in (
        (f"{SET}:2Fgone.jpg", "AlbumCollection"),
        ("made:elsewhere", "AlbumCollection"),
        ("Somebody:2F1.jpg", "CelebritiesCollection"),
    ):
        album.client("rekognition").index_faces(
            CollectionId=album.outputs[collection], Image=image, ExternalImageId=name
        )


def put_rows_of_others(album: RunningStack) -> None:
    """As the album's forerunner writes them."""
    pics, by_image_id = album.table("PicsTable"), album.table("PicsByImageIdTable")
    for key in ({"primarykey": SET, "sortkey": "biden.jpg"}, {"primarykey": "/", "sortkey": SET}):
        row = pics.get_item(Key=key)["Item"]
        pics.put_item(Item=key | {name: row[name] for name in ("data", "pic") if name in row})
        if "data" in row:
            image_id = {"image_id": row["data"]["FaceRecords"][0]["Face"]["ImageId"]}
            by_image_id.put_item(Item=image_id | {"image_path": f"{SET}/biden.jpg", "data": row["data"]})


def miscount(album: RunningStack) -> None:
    album.table("PicsTable").update_item(
        Key={"primarykey": "/", "sortkey": SET},
        UpdateExpression="SET pic_count = :n, face_count = :n",
        ExpressionAttributeValues={":n": 99},
    )


# What is damaged together is told one by one: only one reason is given for each photo, and of each set.
DAMAGES: list[dict[Callable[[RunningStack], None], str]] = [
    {
        delete_row: "it has no row",
        delete_thumbnail: "a thumbnail is missing",
        add_download: "follows an old setting",
        add_record: "whose row does not know it",
        add_row: "its original is gone",
    },
    {
        delete_card: "the card for links to it is missing",
        delete_record: "its record by image id is missing",
        delete_faces: "a face is missing from the collection",
        add_thumbnail: "its original is gone",
        add_faces: "is in the collection for",
    },
    {put_rows_of_others: "was written by another program"},
    {
        delete_download: "visitors download is missing",
        miscount: f"set {SET} has wrong counts",
    },
]


def test_doctor_names_the_original_that_rotted_on_disk(album: RunningStack) -> None:
    objects = album.data / "objects"
    labels = (json.loads(line) for line in (objects / "list").read_text().splitlines())
    name = next(name for name, label in labels if label.endswith(f"/photos/{SET}/obama.jpg"))
    body = objects / name[:2] / name
    whole = body.read_bytes()
    try:
        body.write_bytes(whole[:1000] + b"rot" + whole[1003:])
        found = findings(album, "--no-round-trip", "--originals", "all")["originals"]
    finally:
        body.write_bytes(whole)
    assert found["state"] == "wrong"
    assert f"4 photos read, 1 damaged: {SET}/obama.jpg: " in found["text"]
    assert "upload a good copy" in found["advice"]
    assert findings(album, "--no-round-trip")["originals"]["text"] == "4 photos of 4 read, none damaged"


def test_a_closed_site_lets_no_visitor_in_and_opens_as_it_was(album: RunningStack) -> None:
    search = {"FunctionName": album.outputs["SearchFunction"]}
    functions = album.client("lambda")
    functions.put_function_concurrency(**search, ReservedConcurrentExecutions=7)
    _, inside = new_guest(album)
    row = {"TableName": album.outputs["PicsTable"], "Key": {"primarykey": {"S": "/"}, "sortkey": {"S": SET}}}
    inside.client("dynamodb", endpoint_url=album.api_url).get_item(**row)

    closed = answer(album.kinpics("close", "--json"))
    assert closed["left"] == []
    assert set(closed["closed"]) == {"pages", "pictures", "new guests", "rows", "searches"}
    with pytest.raises(urllib.error.HTTPError) as page:
        urllib.request.urlopen(f"{album.site_url}/sets/{SET}/")
    assert (page.value.code, b"closed for now" in page.value.read()) == (503, True)
    with pytest.raises(ClientError, match="AccessDenied"):
        inside.client("dynamodb", endpoint_url=album.api_url).get_item(**row)
    with pytest.raises(ClientError, match="NotAuthorized"):
        new_guest(album)
    assert functions.get_function_concurrency(**search)["ReservedConcurrentExecutions"] == 0
    found = findings(album, "--no-round-trip")
    assert found["closed"]["state"] == "warning"
    assert "kinpics open" in found["closed"]["advice"]
    assert not {name for name, finding in found.items() if finding["state"] == "wrong"}

    # One of its steps undone, by a hand in the console say.
    pool = album.client("cognito-identity")
    kept = pool.describe_identity_pool(IdentityPoolId=album.outputs["IdentityPool"])
    kept = {name: kept[name] for name in ("IdentityPoolId", "IdentityPoolName", "CognitoIdentityProviders")}
    pool.update_identity_pool(**kept, AllowUnauthenticatedIdentities=True)
    found = findings(album, "--no-round-trip")
    assert (found["closed"]["state"], "new guests" in found["closed"]["text"]) == ("wrong", True)

    opened = answer(album.kinpics("open", "--json"))
    assert (opened["left"], set(opened["open"])) == ([], set(closed["closed"]))
    assert functions.get_function_concurrency(**search)["ReservedConcurrentExecutions"] == 7
    functions.delete_function_concurrency(**search)


@pytest.mark.parametrize("damages", DAMAGES, ids=lambda damages: ",".join(damage.__name__ for damage in damages))
def test_what_is_damaged_is_found_and_mended(
    album: RunningStack, damages: dict[Callable[[RunningStack], None], str]
) -> None:
    for damage in damages:
        damage(album)
    mended = answer(album.kinpics("reconcile", "--json"))
    assert [told for told in damages.values() if not any(told in line for line in mended["found"])] == []
    assert mended["failures"] == {}
    assert album.kinpics("reconcile").stdout == "everything agrees\n"


def test_everything_damaged_at_once_and_a_reconcile_that_is_stopped(album: RunningStack) -> None:
    for damage in itertools.chain(*DAMAGES):
        damage(album)
    found = findings(album, "--no-round-trip")["agreement"]
    assert (found["state"], found["advice"]) == ("wrong", "run `kinpics reconcile`")
    dry = album.kinpics("reconcile", "--dry-run", check=False)
    assert dry.returncode == 1
    # One reason is given for each photo.
    for told in ("it has no row", "has wrong counts", "its original is gone", "is in the collection for"):
        assert told in dry.stdout
    assert "is in the gallery's collection, but in no record" in dry.stdout
    environment = {**album.environment, "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-m", "scripts", "--data", str(album.data), "reconcile", "--yes"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not has_row(album) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)  # somewhere in the middle of it
    process.send_signal(signal.SIGINT)
    process.wait(120)
    album.kinpics("reconcile", "--yes")
    assert album.kinpics("reconcile").stdout == "everything agrees\n"
    rows = album.table("PicsTable").scan()["Items"]
    assert {row["sortkey"] for row in rows if row["primarykey"] == SET} == {
        "biden.jpg",
        "obama.jpg",
        "obama2.jpg",
        "phone.heic",
    }


def test_the_doctor_finds_a_healthy_site_healthy_and_leaves_nothing(album: RunningStack) -> None:
    found = findings(album)
    assert [finding for finding in found.values() if finding["state"] != "ok"] == []
    assert "was on the site after" in found["round trip"]["text"]
    assert {row["primarykey"] for row in album.table("PicsTable").scan()["Items"]} == {"/", SET}
    versions = album.client("s3").list_object_versions(Bucket=album.outputs["PicsBucket"])
    names = {item["Key"] for kind in ("Versions", "DeleteMarkers") for item in versions.get(kind, [])}
    assert not any("doctor" in name for name in names)


def test_the_doctor_tells_what_a_caller_may_not_do(album: RunningStack) -> None:
    iam = album.client("iam")
    iam.create_user(UserName="helper")
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["cloudformation:*", "sts:*", "s3:*", "dynamodb:*"], "Resource": "*"}
        ],
    }
    iam.put_user_policy(UserName="helper", PolicyName="some", PolicyDocument=json.dumps(policy))
    keys = iam.create_access_key(UserName="helper")["AccessKey"]
    owner = dict(album.environment)
    album.environment |= {"AWS_ACCESS_KEY_ID": keys["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"]}
    try:
        found = findings(album, "--no-round-trip")
    finally:
        album.environment.update(owner)
    assert found["dead letters"]["state"] == "wrong"
    assert "ReceiveMessage" in found["dead letters"]["text"]
    assert found["dead letters"]["advice"] == "your credentials lack this permission"
    assert found["site"]["state"] == "ok", "checks do not stop each other"


def test_dead_letters_are_listed_and_done_again(album: RunningStack, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "half.jpg").write_bytes(jpeg(size=(800, 600))[:2000])
    (folder / "tail.jpg").write_bytes(jpeg()[:50] + b"no image")
    assert "/sets/broken/" not in album.kinpics("upload", str(folder), check=False).stdout, "the set has no page"
    letters = answer(album.kinpics("dead-letters", "list", "--json"))
    assert {letter["key"] for letter in letters} == {"photos/broken/half.jpg", "photos/broken/tail.jpg"}
    assert "photos/broken/half.jpg\t" in album.kinpics("dead-letters", "list").stdout
    stuck = answer(album.kinpics("reconcile", "--json", check=False))
    assert set(stuck["failures"]) == {"broken/half.jpg", "broken/tail.jpg"}, "told, not tried for ever"
    again = album.kinpics("dead-letters", "redrive", "--json", check=False)
    assert again.returncode == 1
    assert set(answer(again)["failures"]) == {"broken/half.jpg", "broken/tail.jpg"}
    assert len(answer(album.kinpics("dead-letters", "list", "--json"))) == 2
    pics = album.outputs["PicsBucket"]
    album.client("s3").put_object(Bucket=pics, Key="photos/broken/half.jpg", Body=jpeg(size=(800, 600)))
    mended = answer(album.kinpics("dead-letters", "redrive", "broken/half.jpg", "--json"))
    assert mended == {"done": 1, "failures": {}}
    left = answer(album.kinpics("dead-letters", "list", "--json"))
    assert [letter["key"] for letter in left] == ["photos/broken/tail.jpg"]
    assert answer(album.kinpics("dead-letters", "redrive", "--code", "Other", "--json")) == {"done": 0, "failures": {}}
    album.kinpics("delete", "broken", "--yes")
    assert answer(album.kinpics("dead-letters", "list", "--json")) == [], "a deleted photo leaves no message"


def test_an_export_holds_every_photo_as_it_was_and_goes_on_where_it_stopped(
    album: RunningStack, demo_folders: list[Path], tmp_path: Path
) -> None:
    target = tmp_path / "export"
    assert answer(album.kinpics("export", str(target), "--json"))["written"] == FILES
    (source,) = [folder for folder in demo_folders if folder.name == SET]

    def digests(folder: Path) -> dict[str, str]:
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}

    assert digests(target / "photos" / SET) == digests(source)
    (target / "photos" / SET / "obama.jpg").unlink()
    (target / "photos" / SET / "biden.jpg").write_bytes(b"half")
    assert answer(album.kinpics("export", str(target), "--json")) == {
        "written": 2,
        "already_there": FILES - 2,
        "failures": {},
    }
    assert digests(target / "photos" / SET) == digests(source)
    os.utime(target / "photos" / SET / "obama.jpg", (1, 1))
    assert answer(album.kinpics("export", str(target), "--json"))["written"] == 1, "replaced since"
    described = json.loads((target / "sets" / f"{SET}.json").read_text())
    assert described["set"]["pic_count"] == FILES
    assert {photo["sortkey"] for photo in described["pics"]} == {path.name for path in source.iterdir()}
    assert all(photo["data"]["FaceRecords"] for photo in described["pics"])


def test_what_a_photo_comes_to_is_what_costs_are_computed_from(album: RunningStack, tmp_path: Path) -> None:
    log = album.data.parent / "calls.jsonl"
    folder = tmp_path / "counted"
    folder.mkdir()
    for number in range(4):
        (folder / f"{number}.jpg").write_bytes(jpeg(color=(90, 90, number)))
    before = len(log.read_text().splitlines())
    album.kinpics("upload", "--no-build", str(folder))
    calls = [json.loads(line) for line in log.read_text().splitlines()[before:]]
    units = count_units(without_rounds(calls))
    counted = load_counted()["photo"]["units"]
    assert units["rekognition_calls"] == 4 * counted["rekognition_calls"]
    # Listing is once for a set; rows with faces are longer.
    assert 3 * 4 <= units["s3_puts"] <= 4 * counted["s3_puts"] + 2
    assert units["dynamodb_writes"] == pytest.approx(4 * counted["dynamodb_writes"], rel=0.5)
    (original,) = [call for call in calls if call["actions"] == ["s3:PutObject"] and call["sent"] > 0][:1]
    assert original["status"] == 200
    album.kinpics("delete", "counted", "--yes")


def test_a_photo_deleted_for_good_leaves_no_version(album: RunningStack, tmp_path: Path) -> None:
    folder = tmp_path / "twice"
    folder.mkdir()
    for number in (1, 2):
        (folder / "kept.jpg").write_bytes(jpeg(color=(number, 90, 90)))
        (folder / "gone.jpg").write_bytes(jpeg(color=(90, number, 90)))
        album.kinpics("upload", str(folder))

    def versions() -> list[str]:
        found = album.client("s3").list_object_versions(Bucket=album.outputs["PicsBucket"], Prefix="photos/twice/")
        return sorted(item["Key"] for kind in ("Versions", "DeleteMarkers") for item in found.get(kind, []))

    album.kinpics("delete", "twice/gone.jpg", "--yes", "--for-good")
    assert versions() == ["photos/twice/kept.jpg"] * 2
    album.kinpics("delete", "twice/kept.jpg", "--yes")
    assert versions() == ["photos/twice/kept.jpg"] * 3, "can be brought back for 30 days"


def test_a_site_moves_to_another_data_folder_with_every_name(album: RunningStack, tmp_path: Path) -> None:
    def people(running: RunningStack) -> list[tuple[Any, ...]]:
        running.wait_for_queue("PeopleQueue")
        listed = answer(running.kinpics("people", "list", "--json"))
        return [(person["name"], person["id"], person["slug"], person["photos"], person["hidden"]) for person in listed]

    album.wait_for_queue("PeopleQueue")
    album.kinpics("people", "name", f"{SET}/obama.jpg#1", "Barack <b>")
    album.kinpics("people", "name", f"{SET}/biden.jpg#1", "שרה")
    album.kinpics("people", "draw", f"{SET}/biden.jpg", "0.01,0.01,0.1,0.1", "Somebody behind")
    album.kinpics("people", "merge", "Somebody behind", "שרה")
    album.kinpics("people", "undo")
    album.kinpics("people", "hide", "שרה")
    album.kinpics("caption", f"{SET}/obama.jpg", "On the steps", "--no-build")
    album.kinpics("set", SET, "--title", "The day", "--cover", "biden.jpg", "--no-build")
    album.kinpics("delete", f"{SET}/obama2.jpg", "--yes")
    export = tmp_path / "export"
    album.kinpics("export", str(export))
    expected = people(album)
    assert sorted(person[0] for person in expected) == ["Barack <b>", "Somebody behind", "שרה"]

    elsewhere = start_stack(tmp_path / "data")
    try:
        (report,) = answer(elsewhere.kinpics("upload", str(export), "--json"))["sets"]
        assert (report["picset"], report["processed"], report["words"]) == (SET, FILES - 1, 2)
        assert people(elsewhere) == expected
        table = elsewhere.table("PicsTable")
        assert table.get_item(Key={"primarykey": SET, "sortkey": "obama.jpg"})["Item"]["caption"] == "On the steps"
        row = table.get_item(Key={"primarykey": "/", "sortkey": SET})["Item"]
        assert (row["title"], row["pic"]) == ("The day", "biden.jpg")
        (again,) = answer(elsewhere.kinpics("upload", str(export), "--json"))["sets"]
        assert (again["already_there"], again["words"]) == (FILES - 1, 0)
    finally:
        elsewhere.stop()
