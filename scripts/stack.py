"""The deployed stack a command works on: found by name through CloudFormation, on AWS or on the laptop alike."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

from functions.faces import FaceCollection
from functions.tables import Tables
from local.state_folder import StateFolder


class StackError(Exception):
    """There is no stack to work on; the message says what to do."""


_HINT = 'start one with `kinpics local`, or point the standard AWS variables at yours (`eval "$(kinpics env)"`)'


@dataclass(frozen=True)
class Stack:
    """A deployed stack: its outputs by name, and clients for what the commands call."""

    name: str
    region: str
    outputs: dict[str, str]
    endpoint_url: str | None
    site_url: str | None

    @cached_property
    def s3(self) -> Any:
        return boto3.client(
            "s3", config=Config(max_pool_connections=64, retries={"mode": "standard", "max_attempts": 8})
        )

    @cached_property
    def sqs(self) -> Any:
        return boto3.client("sqs")

    @cached_property
    def rekognition(self) -> Any:
        return boto3.client("rekognition", config=Config(retries={"mode": "adaptive", "max_attempts": 8}))

    @cached_property
    def tables(self) -> Tables:
        client = boto3.resource("dynamodb", config=Config(retries={"mode": "standard"})).meta.client
        return Tables(client, self.outputs["PicsTable"], self.outputs["PicsByImageIdTable"])

    @cached_property
    def faces(self) -> FaceCollection:
        return FaceCollection(self.rekognition, self.outputs["AlbumCollection"])

    @property
    def pics_bucket(self) -> str:
        return self.outputs["PicsBucket"]

    def site_address(self, path: str) -> str:
        """Where a page of the site is, as far as it is known here."""
        return f"{self.site_url}{path}" if self.site_url else path


def connect(name: str, data: Path) -> Stack:
    """Find a stack. Raises ``StackError``.

    The standard variables decide where. With none of them set and no AWS profile at hand, the stack that runs on this
    laptop is meant.
    """
    use_laptop_if_alone(data)
    try:
        client = boto3.client("cloudformation", config=Config(retries={"mode": "standard", "max_attempts": 3}))
        found = client.describe_stacks(StackName=name)["Stacks"][0]
    except (NoCredentialsError, NoRegionError):
        raise StackError(f"no AWS credentials or region are set and no stack runs on this laptop: {_HINT}") from None
    except ClientError as error:
        message = error.response["Error"].get("Message", "")
        if "does not exist" in message:
            raise StackError(f"there is no stack {name} in {client.meta.region_name}: {_HINT}") from None
        raise StackError(f"AWS refused to describe the stack {name}: {message}") from None
    except BotoCoreError as error:
        raise StackError(f"AWS can't be reached: {error}; {_HINT}") from None
    outputs = {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}
    missing = {"SiteBucket", "PicsBucket", "PicsTable", "IdentityPool"} - set(outputs)
    if missing:
        raise StackError(f"the stack {name} is no kinpics album, or not deployed whole (status {found['StackStatus']})")
    return Stack(
        name=name,
        region=client.meta.region_name,
        outputs=outputs,
        endpoint_url=os.environ.get("AWS_ENDPOINT_URL"),
        site_url=os.environ.get("KINPICS_SITE_URL") or outputs.get("SiteUrl"),
    )


def use_laptop_if_alone(data: Path) -> None:
    """Point this process at the laptop's running stack where nothing else is set."""
    if os.environ.get("AWS_ENDPOINT_URL") or boto3.Session().get_credentials() is not None:
        return
    running = StateFolder(data).running()
    if running is not None:
        os.environ.update(running.environment())
