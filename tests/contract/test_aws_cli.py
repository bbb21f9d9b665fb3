"""AWS's own command line against the laptop stack, as against AWS."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aws_program import AwsProgram
from running import RunningStack
from support import jpeg


@pytest.fixture(scope="module")
def program() -> Iterator[AwsProgram]:
    made = AwsProgram()
    yield made
    made.close()


@pytest.fixture
def aws(stack: RunningStack, program: AwsProgram, tmp_path: Path) -> Any:
    """Run a command; returns its JSON, or its text where it prints none."""
    environment = {**stack.environment, "PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "AWS_PAGER": ""}

    def run(*arguments: str, code: int = 0) -> Any:
        result = program.run([*arguments], environment, tmp_path)
        assert result.returncode == code, result.stderr
        try:
            return json.loads(result.stdout)
        except ValueError:
            return result.stdout if code == 0 else result.stderr

    return run


def test_rekognition(aws: Any, stack: RunningStack) -> None:
    assert stack.outputs["AlbumCollection"] in aws("rekognition", "list-collections")["CollectionIds"]
    aws("rekognition", "create-collection", "--collection-id", "cli")
    place = {"S3Object": {"Bucket": stack.outputs["PicsBucket"], "Name": "photos/2009_inauguration/obama.jpg"}}
    image = ["--image", json.dumps(place)]
    collection = ["--collection-id", "cli"]
    indexed = aws("rekognition", "index-faces", *collection, *image, "--external-image-id", "obama")
    face = indexed["FaceRecords"][0]["Face"]["FaceId"]
    found = aws("rekognition", "search-faces-by-image", *collection, *image, "--face-match-threshold", "95")
    assert [match["Face"]["FaceId"] for match in found["FaceMatches"]] == [face]
    aws("rekognition", "create-user", *collection, "--user-id", "president")
    aws("rekognition", "associate-faces", *collection, "--user-id", "president", "--face-ids", face)
    (user,) = aws("rekognition", "search-users-by-image", *collection, *image)["UserMatches"]
    assert user["User"]["UserId"] == "president"
    assert aws("rekognition", "describe-collection", *collection)["UserCount"] == 1
    told = aws("rekognition", "detect-labels", *image, code=255)
    assert "InvalidParameterException" in told
    assert "no label model" in told
    aws("rekognition", "delete-collection", *collection)


def test_s3_sync(aws: Any, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    (folder / "deep er").mkdir(parents=True)
    for number in range(12):
        (folder / "deep er" / f"ü {number}.jpg").write_bytes(jpeg(color=(number, 0, 0)))
    (folder / "large.bin").write_bytes(bytes(range(256)) * 36_000)  # two parts
    aws("s3", "mb", "s3://cli-bucket")
    aws("s3", "sync", str(folder), "s3://cli-bucket/many", "--no-progress")
    assert aws("s3", "sync", str(folder), "s3://cli-bucket/many", "--no-progress") == ""
    aws("s3", "sync", "s3://cli-bucket/many", str(tmp_path / "back"), "--no-progress")
    sent = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    back = tmp_path / "back"
    assert sent == {path.relative_to(back): path.read_bytes() for path in back.rglob("*") if path.is_file()}
    (folder / "large.bin").unlink()
    aws("s3", "sync", str(folder), "s3://cli-bucket/many", "--delete", "--no-progress")
    assert "large.bin" not in aws("s3", "ls", "s3://cli-bucket/many/", "--recursive")
    aws("s3", "rb", "s3://cli-bucket", "--force")


def test_dynamodb_query(aws: Any, stack: RunningStack) -> None:
    arguments = ["--table-name", stack.outputs["PicsTable"], "--key-condition-expression", "primarykey = :p"]
    arguments += ["--expression-attribute-values", '{":p": {"S": "2009_inauguration"}}']
    found = aws("dynamodb", "query", *arguments)
    assert found["Count"] == 4
    paged = aws("dynamodb", "query", *arguments, "--page-size", "1", "--max-items", "3")
    assert len(paged["Items"]) == 3
    rest = aws("dynamodb", "query", *arguments, "--starting-token", paged["NextToken"])
    assert paged["Items"] + rest["Items"] == found["Items"]


def test_what_the_stack_is_made_of(aws: Any, stack: RunningStack) -> None:
    (described,) = aws("cloudformation", "describe-stacks", "--stack-name", "kinpics")["Stacks"]
    assert described["StackStatus"] == "CREATE_COMPLETE"
    # For SQS alone this command line (version 1) leaves AWS_ENDPOINT_URL aside.
    options = ["--attribute-names", "QueueArn", "--endpoint-url", stack.api_url]
    queue = aws("sqs", "get-queue-attributes", "--queue-url", stack.outputs["ProcessQueue"], *options)
    assert queue["Attributes"]["QueueArn"].startswith("arn:aws:sqs:us-east-1:000000000000:")
    assert aws("sts", "get-caller-identity")["Account"] == "000000000000"
