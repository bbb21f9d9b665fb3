"""A visitor's session outlives the stack's process, ends when it says, and is nothing to another stack."""

import json
import signal
import time
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


def test_sessions(stack: RunningStack, tmp_path: Path) -> None:
    own = start_stack(tmp_path / "data")
    try:
        cognito = own.client("cognito-identity")
        identity = cognito.get_id(IdentityPoolId=own.outputs["IdentityPool"])["IdentityId"]
        keys = cognito.get_credentials_for_identity(IdentityId=identity)["Credentials"]
        assert read(own, keys) == ""
        assert read(own, keys | {"SecretKey": "wrong"}) != ""
        assert read(own, keys | {"SessionToken": "wrong"}) != ""
        assert read(stack, keys) != "", "a session of another stack"

        own.stop(signal.SIGKILL)
        own = start_stack(tmp_path / "data")
        assert read(own, keys) == ""

        own.stop()
        journal = Journal(tmp_path / "data" / "state.sqlite")
        session = json.loads(journal.get("session", keys["AccessKeyId"]) or b"")
        session["Expiration"] = time.time() + 5
        journal.write([("session", keys["AccessKeyId"], json.dumps(session).encode())])
        journal.close()
        own = start_stack(tmp_path / "data")
        assert read(own, keys) == ""
        time.sleep(max(0.0, session["Expiration"] - time.time()) + 0.1)
        assert "Expired" in read(own, keys)
        with pytest.raises(ClientError):
            as_guest(own, keys).list_tables()
    finally:
        own.stop()
