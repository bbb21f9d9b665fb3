"""Entry point of the removal function; its event and its answer are described in docs/data.md.

It does what few visitors ask for, and rarely: it takes removal requests, and keeps private addresses.
"""

import functools
import os
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from functions.access.access_table import AccessTable
from functions.face_collection import FaceCollection
from functions.image_links import ImageLinks
from functions.ledger import Ledger
from functions.pace import Pace
from functions.people_queue import PeopleQueue
from functions.photo_reader import PhotoReader
from functions.photo_tables import photo_tables
from functions.posted_table import PostedTable
from functions.removal.posted_addresses import PostedAddresses
from functions.removal.posted_call import FIELDS, parse_posted_call
from functions.removal.removal_request import parse_call
from functions.removal.requests_table import RemovalRequests
from functions.visitor_calls import answer_visitor, visitor_of

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_rekognition import RekognitionClient
    from types_boto3_s3 import S3Client
    from types_boto3_sqs import SQSClient

# Somebody waits for the answer, and the page tries again by itself.
_PATIENCE_SECONDS = 3.0
_pace = Pace()


@functools.cache
def _requests() -> RemovalRequests:
    config = Config(retries={"mode": "standard", "max_attempts": 3})
    environment = os.environ
    dynamodb = boto3.resource("dynamodb", config=config).meta.client
    return RemovalRequests(
        client=dynamodb,
        table=environment["REQUESTS_TABLE"],
        faces=FaceCollection(boto3.client("rekognition", config=config), environment["COLLECTION_ID"]),
        ledger=Ledger(dynamodb, environment["LEDGER_TABLE"], patience=_PATIENCE_SECONDS),
        access=AccessTable(dynamodb, environment["ACCESS_TABLE"], _PATIENCE_SECONDS),
        images=ImageLinks(
            environment["PICS_BY_IMAGE_ID_TABLE"], PhotoReader(photo_tables(dynamodb, environment), _PATIENCE_SECONDS)
        ),
    )


@functools.cache
def _addresses() -> PostedAddresses:
    config = Config(retries={"mode": "standard", "max_attempts": 3})
    dynamodb = boto3.resource("dynamodb", config=config).meta.client
    rekognition = boto3.client("rekognition", config=config)
    s3 = boto3.client("s3", config=config)
    sqs = boto3.client("sqs", config=config)
    return wire_addresses(dynamodb, rekognition, s3, sqs, os.environ)


def wire_addresses(
    dynamodb: "DynamoDBClient",
    rekognition: "RekognitionClient",
    s3: "S3Client",
    sqs: "SQSClient",
    environment: Mapping[str, str],
    clock: Callable[[], float] = time.time,
) -> PostedAddresses:
    """What keeps private addresses, on four clients, DynamoDB's being that of the resource, in an environment.

    ``clock`` gives seconds since 1970.
    """
    photos = PhotoReader(photo_tables(dynamodb, environment, clock), _PATIENCE_SECONDS)
    return PostedAddresses(
        table=PostedTable(dynamodb, environment["ACCESS_TABLE"], clock),
        access=AccessTable(dynamodb, environment["ACCESS_TABLE"], _PATIENCE_SECONDS),
        faces=FaceCollection(rekognition, environment["COLLECTION_ID"]),
        images=ImageLinks(environment["PICS_BY_IMAGE_ID_TABLE"], photos),
        photos=photos,
        ledger=Ledger(dynamodb, environment["LEDGER_TABLE"], clock, _PATIENCE_SECONDS),
        people=PeopleQueue(sqs, environment["QUEUE_URL"]),
        s3=s3,
        site_bucket=environment["SITE_BUCKET"],
    )


def handler(event: Any, context: "LambdaContext") -> dict[str, Any]:
    """Answer a visitor who makes a removal request or a private address, asks about it, or takes it back."""
    _pace.wait()
    if isinstance(event, dict) and event.get("action") in tuple(FIELDS):
        return answer_visitor(
            lambda: _addresses().answer(parse_posted_call(event), visitor_of(context)),
            "PostedFailed",
            "this can't be done right now: try again in a moment",
        )
    return answer_visitor(
        lambda: _requests().answer(parse_call(event), visitor_of(context)),
        "RemovalFailed",
        "the request can't be taken right now: try again in a moment",
    )
