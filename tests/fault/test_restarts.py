"""What comes back after a kill, beyond what an album writes; sessions end when they say, and are nothing elsewhere."""

import json
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from running import RunningStack, start_stack

from local.journal import Journal


def as_guest(stack: RunningStack, keys: dict) -> Any:
    return boto3.client(
        "dynamodb",
        endpoint_url=stack.api_url,
        region_name="us-east-1",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretKey"],
        aws_session_token=keys["SessionToken"],
    )


def read(stack: RunningStack, keys: dict) -> str:
    """The error code with which reading a row ends, or nothing."""
    key = {"primarykey": {"S": "/"}, "sortkey": {"S": "none"}}
    try:
        as_guest(stack, keys).get_item(TableName=stack.outputs["PicsTable"], Key=key)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return ""


def shorten(data: Path, access_key: str, expiration: float) -> None:
    """Let a session of a stopped stack end at that time."""
    journal = Journal(data / "state.sqlite")
    session = json.loads(journal.get("session", access_key) or b"")
    session["Expiration"] = expiration
    journal.write([("session", access_key, json.dumps(session).encode())])
    journal.close()


def objects(s3: Any) -> dict[str, Any]:
    """All that S3 tells of a bucket's objects, with their bytes."""
    listed = s3.list_object_versions(Bucket="versions")
    told: dict[str, Any] = {
        f"{entry['Key']} {entry['VersionId']}": (
            entry["IsLatest"],
            entry["ETag"],
            s3.get_object(Bucket="versions", Key=entry["Key"], VersionId=entry["VersionId"])["Body"].read(),
        )
        for entry in listed.get("Versions", [])
    }
    told["markers"] = [(entry["Key"], entry["VersionId"]) for entry in listed.get("DeleteMarkers", [])]
    for entry in s3.list_objects_v2(Bucket="versions").get("Contents", []):
        head = s3.get_object(Bucket="versions", Key=entry["Key"])
        tags = s3.get_object_tagging(Bucket="versions", Key=entry["Key"])["TagSet"]
        body = head["Body"].read()
        told[entry["Key"]] = (body, head["ETag"], head["ContentType"], head["Metadata"], head["LastModified"], tags)
    return told


def put_objects(s3: Any) -> None:
    """Objects in all their forms: with versions, tags and metadata, copied, deleted, and in parts."""
    s3.create_bucket(Bucket="versions")
    s3.put_object(Bucket="versions", Key="plain/ü +%20.txt", Body=b"before versions")
    s3.put_bucket_versioning(Bucket="versions", VersioningConfiguration={"Status": "Enabled"})
    made = [
        s3.put_object(
            Bucket="versions",
            Key=key,
            Body=f"{key} {number}".encode(),
            ContentType="text/x",
            Metadata={"n": str(number)},
        )
        for key in ("plain/ü +%20.txt", "deleted", "gone", "a/b", "a")
        for number in range(3)
    ]
    s3.put_object_tagging(Bucket="versions", Key="a", Tagging={"TagSet": [{"Key": "kind", "Value": "test"}]})
    s3.copy_object(Bucket="versions", Key="copy", CopySource={"Bucket": "versions", "Key": "a"})
    s3.delete_object(Bucket="versions", Key="deleted")
    s3.delete_objects(Bucket="versions", Delete={"Objects": [{"Key": "gone"}, {"Key": "a/b"}]})
    s3.delete_object(Bucket="versions", Key="plain/ü +%20.txt", VersionId=made[2]["VersionId"])
    upload = s3.create_multipart_upload(Bucket="versions", Key="large")["UploadId"]
    parts = [
        {
            "PartNumber": number,
            "ETag": s3.upload_part(
                Bucket="versions", Key="large", UploadId=upload, PartNumber=number, Body=bytes([number]) * (5 << 20)
            )["ETag"],
        }
        for number in (1, 2)
    ]
    s3.complete_multipart_upload(Bucket="versions", Key="large", UploadId=upload, MultipartUpload={"Parts": parts})


def put_items(dynamodb: Any) -> None:
    """Items that were written in ways that could lose them, and tables that were deleted and made again."""
    schema: dict[str, Any] = {
        "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "N"}],
        "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    for table in ("kept", "again"):
        dynamodb.create_table(TableName=table, **schema)
        dynamodb.put_item(TableName=table, Item={"k": {"N": "1"}, "v": {"S": "first"}})
    insert = "INSERT INTO \"kept\" VALUE {'k': %d, 'v': 'x'}"
    with pytest.raises(ClientError):
        dynamodb.execute_transaction(TransactStatements=[{"Statement": insert % 2}, {"Statement": insert % 1}])
    dynamodb.execute_statement(Statement=insert % 3)
    dynamodb.batch_write_item(
        RequestItems={"kept": [{"PutRequest": {"Item": {"k": {"N": "4"}, "b": {"B": b"\0\xff"}}}}]}
    )
    dynamodb.delete_table(TableName="again")
    dynamodb.create_table(TableName="again", **schema)


def items(dynamodb: Any) -> list[dict[str, Any]]:
    return sorted(dynamodb.scan(TableName="kept")["Items"], key=str)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    stack = start_stack(tmp_path_factory.mktemp("other") / "data")
    yield stack
    stack.stop()


@dataclass
class Killed:
    """A stack that was killed after all this was written, and started again; what was told of it before."""

    stack: RunningStack
    objects: dict[str, Any] = field(default_factory=dict)
    items: list[dict[str, Any]] = field(default_factory=list)
    keys: dict[str, Any] = field(default_factory=dict)


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killed]:
    killed = Killed(start_stack(tmp_path_factory.mktemp("killed") / "data"))
    try:
        s3, dynamodb, cognito = map(killed.stack.client, ("s3", "dynamodb", "cognito-identity"))
        identity = cognito.get_id(IdentityPoolId=killed.stack.outputs["IdentityPool"])["IdentityId"]
        killed.keys = cognito.get_credentials_for_identity(IdentityId=identity)["Credentials"]
        put_objects(s3)
        put_items(dynamodb)
        killed.objects, killed.items = objects(s3), items(dynamodb)
        killed.stack.stop(signal.SIGKILL)
        killed.stack = start_stack(killed.stack.data)
        yield killed
    finally:
        killed.stack.stop()


def test_objects_in_all_their_forms(killed: Killed) -> None:
    assert len(killed.objects) > 10
    assert objects(killed.stack.client("s3")) == killed.objects


def test_tables_after_rollbacks_and_deletions(killed: Killed) -> None:
    dynamodb = killed.stack.client("dynamodb")
    assert len(killed.items) == 3
    assert items(dynamodb) == killed.items
    assert dynamodb.scan(TableName="again")["Items"] == []
    assert dynamodb.describe_table(TableName="kept")["Table"]["ItemCount"] == 3


def test_sessions(killed: Killed, other: RunningStack) -> None:
    assert read(killed.stack, killed.keys) == ""
    assert read(killed.stack, killed.keys | {"SecretKey": "wrong"}) != ""
    assert read(killed.stack, killed.keys | {"SessionToken": "wrong"}) != ""
    assert read(other, killed.keys) != "", "a session of another stack"


def test_after_an_orderly_end_sessions_end_when_they_say_and_all_else_stays(killed: Killed, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    killed.stack.stop()
    data = killed.stack.data
    shutil.copytree(data, kept)
    for seconds in (2, 8, 32):
        expiration = time.time() + seconds
        shorten(data, killed.keys["AccessKeyId"], expiration)
        killed.stack = start_stack(data)
        if time.time() < expiration:
            break
        # Forgotten, as it ended before it was loaded: once more, with more time.
        killed.stack.stop()
        shutil.rmtree(data)
        shutil.copytree(kept, data)
    assert objects(killed.stack.client("s3")) == killed.objects
    assert items(killed.stack.client("dynamodb")) == killed.items
    time.sleep(max(0.0, expiration - time.time()) + 0.1)
    assert "Expired" in read(killed.stack, killed.keys)
    with pytest.raises(ClientError):
        as_guest(killed.stack, killed.keys).list_tables()
