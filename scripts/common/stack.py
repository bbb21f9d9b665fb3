"""The deployed stack a command works on: CloudFormation finds it by name, on AWS as on the laptop."""

import os
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

from functions.access.access_table import AccessTable
from functions.aws_errors import is_stack_missing, message_of
from functions.errors import KinpicsError
from functions.face_collection import FaceCollection
from functions.forgotten_people import ForgottenPeople
from functions.image_links import ImageLinks
from functions.keys import NONE
from functions.ledger import Ledger
from functions.photo_reader import PhotoReader
from functions.photo_tables import PhotoTables
from functions.photo_writer import PhotoWriter
from functions.shown_photos import ShownPhotos
from local.state_folder import STACK_NAME, THIS_COMPUTER, StateFolder
from scripts.common.config import load_aws_config
from scripts.common.lost_connection import AWS_SECONDS, LAPTOP_SECONDS, ConnectionWatch
from scripts.common.outputs import StackOutputs

if TYPE_CHECKING:
    from types_boto3_cloudfront.type_defs import InvalidationBatchTypeDef
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_rekognition import RekognitionClient
    from types_boto3_s3 import S3Client
    from types_boto3_sqs import SQSClient


_Client = TypeVar("_Client")


class StackError(KinpicsError):
    """There is no stack to work on; the message says what to do."""


_HINT = (
    "start one with `kinpics local`, make one on AWS with `kinpics deploy`, or point the standard AWS variables at "
    'yours (`eval "$(kinpics env)"`)'
)


@dataclass(frozen=True)
class Stack:
    """A deployed stack: its outputs, its parameters by name, and clients for what the commands call.

    ``site_url`` is where this computer finds the site, and ``home_url`` where the home network does, if a laptop's site
    is open to it; neither has a slash at its end.
    """

    name: str
    region: str
    status: str
    outputs: StackOutputs
    parameters: dict[str, str]
    endpoint_url: str | None
    site_url: str | None
    home_url: str | None = None

    @cached_property
    def s3(self) -> "S3Client":
        return self._watched(
            boto3.client("s3", config=Config(max_pool_connections=64, retries={"mode": "standard", "max_attempts": 8}))
        )

    @cached_property
    def sqs(self) -> "SQSClient":
        return self._watched(boto3.client("sqs"))

    @cached_property
    def rekognition(self) -> "RekognitionClient":
        retries = Config(retries={"mode": "adaptive", "max_attempts": 8})
        return self._watched(boto3.client("rekognition", config=retries))

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        # While visitors keep a table at its maximum, a command goes as fast as DynamoDB lets it, and waits for minutes.
        retries = Config(retries={"mode": "adaptive", "max_attempts": 15})
        return self._watched(boto3.resource("dynamodb", config=retries).meta.client)

    def _watched(self, client: _Client) -> _Client:
        self._connection.watch(client)
        return client

    @cached_property
    def _connection(self) -> ConnectionWatch:
        if self.endpoint_url:
            advice = "start it again with `kinpics local`"
            return ConnectionWatch(f"the stack at {self.endpoint_url}", advice, LAPTOP_SECONDS)
        return ConnectionWatch(f"AWS in {self.region}", "check your connection", AWS_SECONDS)

    @cached_property
    def photos(self) -> PhotoReader:
        return PhotoReader(PhotoTables(self.access, self.outputs.pics_table, self.outputs.private_pics_table))

    @cached_property
    def access(self) -> AccessTable:
        return AccessTable(self.dynamodb, self.outputs.access_table)

    @cached_property
    def images(self) -> ImageLinks:
        return ImageLinks(self.outputs.pics_by_image_id_table, self.photos)

    @property
    def writer(self) -> PhotoWriter:
        return PhotoWriter(self.photos, self.images)

    @property
    def shown(self) -> ShownPhotos:
        return ShownPhotos(self.photos)

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger(self.dynamodb, self.outputs.ledger_table)

    @cached_property
    def faces(self) -> FaceCollection:
        return FaceCollection(self.rekognition, self.outputs.album_collection)

    @cached_property
    def gallery(self) -> FaceCollection:
        return FaceCollection(self.rekognition, self.outputs.celebrities_collection)

    @cached_property
    def forgotten(self) -> ForgottenPeople:
        return ForgottenPeople(self.dynamodb, self.outputs.forgotten_table, self.outputs.matches_table)

    @property
    def download_rule(self) -> str:
        """What visitors may download: one of the rules in `functions.keys`."""
        return self.parameters.get("Downloads", NONE)

    @property
    def takes_films(self) -> bool:
        """Whether the site takes films; those of earlier releases take none."""
        return self.parameters.get("Films") == "yes"

    def invalidate(self, paths: Iterable[str]) -> None:
        """Make CloudFront, if there is one, fetch these paths again; a `*` at the end matches anything."""
        wanted = sorted(set(paths))
        if wanted and self.outputs.distribution:
            batch: InvalidationBatchTypeDef = {
                "Paths": {"Quantity": len(wanted), "Items": wanted},
                "CallerReference": f"kinpics-{time.time_ns()}",
            }
            boto3.client("cloudfront").create_invalidation(
                DistributionId=self.outputs.distribution, InvalidationBatch=batch
            )

    @property
    def shared_url(self) -> str | None:
        """Where others find the site."""
        return self.home_url or self.site_url

    @property
    def is_here_alone(self) -> bool:
        """Whether nobody can open the site but on this computer."""
        return self.shared_url is not None and urlsplit(self.shared_url).hostname in THIS_COMPUTER

    def site_address(self, path: str) -> str:
        """The address of a page for the owner; only its path if the site's address is not known."""
        return f"{self.site_url or ''}{path}"

    def shared_address(self, path: str) -> str:
        """The address of a page to hand to others; only its path if the site's address is not known."""
        return f"{self.shared_url or ''}{path}"


def connect(name: str, data: Path) -> Stack:
    """Find a stack. Raises ``StackError``."""
    choose_aws(data)
    try:
        client = boto3.client("cloudformation", config=Config(retries={"mode": "standard", "max_attempts": 3}))
        found = client.describe_stacks(StackName=name)["Stacks"][0]
    except (NoCredentialsError, NoRegionError):
        raise StackError(
            f"no AWS credentials or region are set and no stack runs on this laptop with its data in {data}: {_HINT}; "
            "if yours was started with --data, give that here too (`kinpics --data FOLDER COMMAND`)"
        ) from None
    except ClientError as error:
        if is_stack_missing(error):
            raise StackError(f"there is no stack {name} in {client.meta.region_name}: {_HINT}") from None
        raise StackError(f"AWS refused to describe the stack {name}: {message_of(error)}") from None
    except BotoCoreError as error:
        raise StackError(f"AWS can't be reached: {error}; {_HINT}") from None
    try:
        outputs = StackOutputs.read(found.get("Outputs", []))
    except KeyError:
        raise StackError(
            f"the stack {name} is not a kinpics stack, or not fully deployed (status {found['StackStatus']}): "
            "run `kinpics deploy`"
        ) from None
    return Stack(
        name=name,
        region=client.meta.region_name,
        status=found["StackStatus"],
        outputs=outputs,
        parameters={entry["ParameterKey"]: entry["ParameterValue"] for entry in found.get("Parameters", [])},
        endpoint_url=_endpoint_of_pages(),
        site_url=outputs.site_url or _laptops("KINPICS_SITE_URL", name),
        home_url=None if outputs.site_url else _laptops("KINPICS_HOME_URL", name),
    )


def _laptops(variable: str, name: str) -> str | None:
    """An address from `kinpics env`: a laptop serves only the first stack's site."""
    return (os.environ.get(variable) or None) if name == STACK_NAME else None


def _endpoint_of_pages() -> str | None:
    """Where pages call AWS, if not at AWS's own endpoints; `kinpics env` gives the address that browsers know."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    return (os.environ.get("KINPICS_API_URL") or endpoint) if endpoint else None


def choose_aws(data: Path) -> None:
    """Choose the AWS that this process calls, by setting the variables that boto3 reads.

    The standard variables decide. If they name no region, kinpics.toml does; if there are no credentials, it is the
    stack that runs on this laptop. Raises ``StackError`` for an endpoint that is not an address.
    """
    for name, value in os.environ.items():
        if name.startswith("AWS_ENDPOINT_URL") and value and not re.match(r"https?://[^/\s]", value):
            raise StackError(f"{name} is {value!r}, which is not an address: it must begin with http:// or https://")
    _use_laptop_if_alone(data)
    if os.environ.get("AWS_DEFAULT_REGION"):
        return
    # Unlike AWS's other tools, boto3 does not read AWS_REGION.
    region = os.environ.get("AWS_REGION") or load_aws_config().region
    if region:
        os.environ["AWS_DEFAULT_REGION"] = region


def _use_laptop_if_alone(data: Path) -> None:
    if os.environ.get("AWS_ENDPOINT_URL") or boto3.Session().get_credentials() is not None:
        return
    running = StateFolder(data).running()
    if running is not None:
        os.environ.update(running.environment())
