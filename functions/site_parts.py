"""What the functions of a site are made of: their clients, and what several of them make of these in the same way.

Only handlers read the environment of their process; tests give one of their own.
"""

import functools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from functions.access.access_table import AccessTable
from functions.access.event_table import EventTable
from functions.batch_get import PATIENCE_SECONDS
from functions.face_collection import FaceCollection, free
from functions.image_links import ImageLinks
from functions.ledger import Ledger
from functions.photo_reader import PhotoReader
from functions.photo_tables import photo_tables

if TYPE_CHECKING:
    from types_boto3_cloudfront import CloudFrontClient
    from types_boto3_cognito_idp import CognitoIdentityProviderClient
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_lambda import LambdaClient
    from types_boto3_rekognition import RekognitionClient
    from types_boto3_s3 import S3Client
    from types_boto3_sqs import SQSClient


def boto3_clients(config: Config, **others: Config) -> Callable[[str], Any]:
    """Makes a boto3 client by its service's name, once; for DynamoDB that of the resource.

    ``others`` are services whose configuration differs.
    """

    @functools.cache
    def client(service: str) -> Any:
        its_config = others.get(service, config)
        if service == "dynamodb":
            return boto3.resource("dynamodb", config=its_config).meta.client
        make: Callable[..., Any] = boto3.client  # any service's
        return make(service, config=its_config)

    return client


@dataclass(frozen=True)
class SiteParts:
    """Parts of a site, by what the ``environment`` of a function names; each is made when it is first asked for.

    ``client`` gives a boto3 client by its service's name. ``clock`` gives seconds since 1970; ``patience`` is how many
    seconds a batch of reads may wait for a busy table before it raises ``TableBusyError``.
    """

    environment: Mapping[str, str]
    client: Callable[[str], Any]
    clock: Callable[[], float] = time.time
    patience: float = PATIENCE_SECONDS

    @property
    def dynamodb(self) -> "DynamoDBClient":
        """The client of DynamoDB's resource."""
        client: DynamoDBClient = self.client("dynamodb")
        return client

    @property
    def rekognition(self) -> "RekognitionClient":
        client: RekognitionClient = self.client("rekognition")
        return client

    @property
    def s3(self) -> "S3Client":
        client: S3Client = self.client("s3")
        return client

    @property
    def sqs(self) -> "SQSClient":
        client: SQSClient = self.client("sqs")
        return client

    @property
    def lambda_(self) -> "LambdaClient":
        client: LambdaClient = self.client("lambda")
        return client

    @property
    def cognito(self) -> "CognitoIdentityProviderClient":
        client: CognitoIdentityProviderClient = self.client("cognito-idp")
        return client

    @property
    def cloudfront(self) -> "CloudFrontClient":
        client: CloudFrontClient = self.client("cloudfront")
        return client

    @cached_property
    def access(self) -> AccessTable:
        return AccessTable(self.dynamodb, self.environment["ACCESS_TABLE"], self.patience)

    @cached_property
    def events(self) -> EventTable:
        return EventTable(self.dynamodb, self.environment["ACCESS_TABLE"])

    @cached_property
    def photos(self) -> PhotoReader:
        return PhotoReader(photo_tables(self.dynamodb, self.environment, self.clock), self.patience)

    @cached_property
    def images(self) -> ImageLinks:
        return ImageLinks(self.environment["PICS_BY_IMAGE_ID_TABLE"], self.photos)

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger(self.dynamodb, self.environment["LEDGER_TABLE"], self.clock, self.patience)

    def faces(self, pay: Callable[[], None] = free) -> FaceCollection:
        """The faces in photos; ``pay`` is called before each paid call."""
        return FaceCollection(self.rekognition, self.environment["COLLECTION_ID"], pay)
