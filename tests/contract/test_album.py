"""The deployed album through boto3: what is put into S3 becomes searchable, what is removed is gone."""

import io
import json
from typing import Any

import pytest
from PIL import Image
from running import RunningStack, until
from support import jpeg

from functions.thumbnail_sizes import LARGE_SIDE

pytestmark = pytest.mark.aws


class Client:
    """What these tests ask of a stack."""

    def __init__(self, stack: RunningStack):
        self._stack = stack
        self.outputs = stack.outputs

    def __call__(self, name: str) -> Any:
        return self._stack.client(name)

    def rows(self, set_name: str) -> list[dict]:
        response = self("dynamodb").query(
            TableName=self.outputs["PicsTable"],
            KeyConditionExpression="primarykey = :p",
            ExpressionAttributeValues={":p": {"S": set_name}},
        )
        return response["Items"]

    def search(self, **event: Any) -> dict:
        response = self("lambda").invoke(FunctionName=self.outputs["SearchFunction"], Payload=json.dumps(event))
        assert "FunctionError" not in response
        return json.loads(response["Payload"].read())

    def thumbnails(self, prefix: str) -> list[str]:
        response = self("s3").list_objects_v2(Bucket=self.outputs["ThumbnailsBucket"], Prefix=prefix)
        return [item["Key"] for item in response.get("Contents", [])]


@pytest.fixture(scope="session")
def client(stack: RunningStack) -> Client:
    return Client(stack)


def test_the_demo_is_whole(client: Client) -> None:
    assert {row["sortkey"]["S"]: int(row["pic_count"]["N"]) for row in client.rows("/")} == {
        "2009_inauguration": 4,
        "2015_pioneers": 4,
        "2016_weekend": 6,
    }


@pytest.mark.parametrize(
    ("set_name", "file", "faces"),
    [
        ("2009_inauguration", "obama.jpg", 1),
        ("2009_inauguration", "phone.heic", 1),
        ("2015_pioneers", "collins.png", 1),  # whose suit the detector takes for a second face, but hardly
        ("2015_pioneers", "group.jpg", 4),
        ("2015_pioneers", "rocket.jpg", 0),
        ("2016_weekend", "turned.jpg", 1),
        ("2016_weekend", "cat.png", 0),
    ],
)
def test_faces_are_found_where_there_are_some(client: Client, set_name: str, file: str, faces: int) -> None:
    (row,) = [row for row in client.rows(set_name) if row["sortkey"]["S"] == file]
    assert int(row["face_count"]["N"]) == faces


def test_a_face_leads_to_that_person_and_nobody_else(client: Client) -> None:
    (row,) = [row for row in client.rows("2009_inauguration") if row["sortkey"]["S"] == "obama.jpg"]
    face_id = row["data"]["M"]["FaceRecords"]["L"][0]["M"]["Face"]["M"]["FaceId"]["S"]
    found = {photo["image_path"] for photo in client.search(faceid=face_id)["output"]}
    assert found == {
        "2009_inauguration/obama.jpg",
        "2009_inauguration/obama2.jpg",
        "2015_pioneers/group.jpg",
        "2016_weekend/obama3.jpg",
        "2016_weekend/obama_close.jpg",
        "2016_weekend/obama_half.jpg",
        "2016_weekend/turned.jpg",
    }


def test_a_portrait_leads_to_that_person(client: Client, demo_folders: list) -> None:
    import base64

    biden = next(folder / "biden.jpg" for folder in demo_folders if folder.name == "2009_inauguration")
    answer = client.search(image=base64.b64encode(biden.read_bytes()).decode())
    assert {photo["image_path"].split("/")[1] for photo in answer["output"]} == {"biden.jpg", "phone.heic", "group.jpg"}


def test_an_object_comes_and_goes_with_all_that_belongs_to_it(client: Client) -> None:
    s3 = client("s3")
    bucket = client.outputs["PicsBucket"]
    key = "photos/come and go/ü + 😀.jpg"
    s3.put_object(Bucket=bucket, Key=key, Body=jpeg())
    until(lambda: client.rows("come and go"))
    assert len(client.thumbnails("")) >= 2
    assert client.thumbnails("photos/come and go/") == [key]
    assert client.thumbnails(f"{LARGE_SIDE}/photos/come and go/") == [f"{LARGE_SIDE}/{key}"]
    assert client.thumbnails("card/photos/come and go/") == [f"card/{key}"]
    assert client.thumbnails("downloads/stripped/photos/come and go/") == [f"downloads/stripped/{key}"]
    s3.delete_object(Bucket=bucket, Key=key)
    until(lambda: not client.rows("come and go"))
    until(lambda: not [row for row in client.rows("/") if row["sortkey"]["S"] == "come and go"])
    assert [name for name in client.thumbnails("") if "come and go" in name] == []


def test_a_broken_image_is_a_dead_letter_with_its_reason(client: Client) -> None:
    client("s3").put_object(Bucket=client.outputs["PicsBucket"], Key="photos/rubbish/a.jpg", Body=b"rubbish")

    def letter() -> dict | None:
        response = client("sqs").receive_message(
            QueueUrl=client.outputs["DeadLetterQueue"],
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            VisibilityTimeout=0,
        )
        for message in response.get("Messages", []):
            if message["MessageAttributes"]["key"]["StringValue"] == "photos/rubbish/a.jpg":
                return message
        return None

    assert "not an image" in until(letter)["MessageAttributes"]["reason"]["StringValue"]


def test_a_crowd_is_indexed_as_far_as_rekognition_goes(client: Client, demo_folders: list) -> None:
    """120 faces in one picture: 100 are indexed, the others are reported."""
    portrait = next(folder / "obama.jpg" for folder in demo_folders if folder.name == "2009_inauguration")
    face = Image.open(portrait).crop((380, 60, 620, 380)).resize((90, 120))
    crowd = Image.new("RGB", (90 * 12, 120 * 10))
    for number in range(120):
        crowd.paste(face, (number % 12 * 90, number // 12 * 120))
    body = io.BytesIO()
    crowd.save(body, "JPEG", quality=95)
    bucket = client.outputs["PicsBucket"]
    client("s3").put_object(Bucket=bucket, Key="photos/crowd/crowd.jpg", Body=body.getvalue())
    (row,) = until(lambda: client.rows("crowd"))
    assert int(row["face_count"]["N"]) == 100
    assert len(row["data"]["M"]["UnindexedFaces"]["L"]) >= 10
    client("s3").delete_object(Bucket=bucket, Key="photos/crowd/crowd.jpg")
    until(lambda: not client.rows("crowd"))


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ({"faceid": "00000000-0000-0000-0000-000000000000"}, "FaceNotFound"),
        ({"faceid": "x'; DROP TABLE pics; --"}, "InvalidFaceId"),
    ],
)
def test_bad_searches_are_answered_in_words(client: Client, event: dict, code: str) -> None:
    assert client.search(**event)["err"]["code"] == code


def test_rows_have_the_shape_that_is_documented(client: Client) -> None:
    from dataclasses import fields

    from functions.photo_rows import Photo, PhotoSet

    sets, photos = client.rows("/"), client.rows("2015_pioneers")
    assert (len(sets) >= 3, len(photos)) == (True, 4)
    for row in sets:
        assert set(row) <= {field.name for field in fields(PhotoSet)}
    for row in photos:
        assert set(row) <= {field.name for field in fields(Photo)}
        assert "GPS" not in str(row)
