"""A picture that is searched by is kept nowhere, and photos are served without what is private in them."""

import base64
import io
import json
import random
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from PIL import ExifTags, Image
from running import RunningStack, new_guest, until
from support import jpeg

from functions.thumbnail_sizes import LARGE_SIDE

CHUNK = 48


@pytest.fixture
def selfie(demo_folders: list[Path]) -> bytes:
    """A portrait as bytes that nobody has seen."""
    (folder,) = [folder for folder in demo_folders if folder.name == "2009_inauguration"]
    image = Image.open(folder / "biden.jpg").convert("RGB")
    for _ in range(500):
        image.putpixel((random.randrange(image.width), random.randrange(image.height)), (1, 2, 3))  # noqa: S311
    out = io.BytesIO()
    image.save(out, "JPEG", quality=93)
    return out.getvalue()


def traces(image: bytes) -> list[bytes]:
    """Parts of a picture as it may lie somewhere: as it is, and in base64 from each of three offsets."""
    start = len(image) // 2
    part = image[start : start + 3 * CHUNK]
    return [part[:CHUNK], *(base64.b64encode(part[offset:])[4:CHUNK] for offset in range(3))]


def holds(data: bytes, image: bytes) -> bool:
    return any(trace in data for trace in traces(image))


def read(path: Path) -> bytes:
    """A file's bytes; none if it was replaced meanwhile: the people function writes its lists whenever it has news."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def test_the_traces_are_found_where_they_are(selfie: bytes) -> None:
    for prefix in (b"", b"x", b"xx"):
        assert holds(prefix + selfie, selfie)
        assert holds(base64.b64encode(prefix + selfie), selfie)
    assert not holds(base64.b64encode(selfie[::-1]), selfie)


def status_of(url: str) -> int:
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_visitors_get_no_position_and_nothing_that_was_not_processed(stack: RunningStack) -> None:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (52.0, 30.0, 0.0)})
    exif[ExifTags.Base.CameraSerialNumber] = "SERIAL 4711"
    original = jpeg(exif=exif, comment=b"SERIAL in a comment")
    s3, bucket = stack.client("s3"), stack.outputs["PicsBucket"]
    for name, body in (("a.jpg", original), ("b.jpg", b"SERIAL rubbish")):
        s3.put_object(Bucket=bucket, Key=f"photos/private/{name}", Body=body)
    until(lambda: stack.table("PicsTable").get_item(Key={"primarykey": "private", "sortkey": "a.jpg"}).get("Item"))
    for address in ("/photos", "/thumbnails/photos", f"/thumbnails/{LARGE_SIDE}/photos", "/thumbnails/card/photos"):
        with urllib.request.urlopen(f"{stack.site_url}{address}/private/a.jpg") as answer:
            body = answer.read()
        assert b"SERIAL" not in body
        assert not Image.open(io.BytesIO(body)).getexif()
        assert status_of(f"{stack.site_url}{address}/private/b.jpg") == 404
    copy = {"Bucket": stack.outputs["ThumbnailsBucket"], "Key": "downloads/whole/photos/private/a.jpg"}
    s3.put_object(**copy, Body=b"of another rule")
    assert status_of(f"{stack.site_url}/thumbnails/{copy['Key']}") == 404
    assert s3.get_object(Bucket=bucket, Key="photos/private/a.jpg")["Body"].read() == original
    s3.delete_object(Bucket=bucket, Key="photos/private/b.jpg")
    s3.delete_object(Bucket=bucket, Key="photos/private/a.jpg")
    until(lambda: status_of(f"{stack.site_url}/photos/private/a.jpg") == 404)
    until(lambda: not s3.list_objects_v2(Bucket=copy["Bucket"], Prefix=copy["Key"]).get("Contents"))


@pytest.mark.parametrize("collection", ["album", "celebrities"])
def test_a_picture_used_for_a_search_is_kept_nowhere(stack: RunningStack, selfie: bytes, collection: str) -> None:
    rekognition = stack.client("rekognition")
    counts = {
        name: rekognition.describe_collection(CollectionId=stack.outputs[name])["FaceCount"]
        for name in ("AlbumCollection", "CelebritiesCollection")
    }
    ledger = {row["entry"] for row in stack.table("LedgerTable").scan()["Items"]}
    _, session = new_guest(stack)
    event = {"image": base64.b64encode(selfie).decode(), "collection": collection}
    answer = session.client("lambda", endpoint_url=stack.api_url).invoke(
        FunctionName=stack.outputs["SearchFunction"], Payload=json.dumps(event)
    )
    found = json.loads(answer["Payload"].read())
    assert found["statusCode"] == 200
    assert bool(found["output"]) == (collection == "album")

    for name, count in counts.items():
        assert rekognition.describe_collection(CollectionId=stack.outputs[name])["FaceCount"] == count
    new = {row["entry"] for row in stack.table("LedgerTable").scan()["Items"]} - ledger
    assert {entry.partition("/")[0] for entry in new} in ({"visitor"}, {"calls", "visitor"})
    assert not holds(stack.log.read_bytes(), selfie)
    logs = stack.client("logs")
    for group in logs.describe_log_groups()["logGroups"]:
        for stream in logs.describe_log_streams(logGroupName=group["logGroupName"])["logStreams"]:
            names = {"logGroupName": group["logGroupName"], "logStreamName": stream["logStreamName"]}
            for line in logs.get_log_events(**names)["events"]:
                assert not holds(line["message"].encode(), selfie)
    files = [path for path in stack.data.rglob("*") if path.is_file()]
    assert any(path.name == "state.sqlite" for path in files)
    assert [path for path in files if holds(read(path), selfie)] == []
