"""Entry point of the removal function; its event and its answer are described in docs/data.md."""

import functools
import os
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from functions.access.access_table import AccessTable
from functions.face_collection import FaceCollection
from functions.image_links import ImageLinks
from functions.ledger import Ledger
from functions.pace import Pace
from functions.photo_reader import PhotoReader
from functions.removal.removal_request import parse_call
from functions.removal.requests_table import RemovalRequests
from functions.visitor_calls import answer_visitor, visitor_of

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

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
            environment["PICS_BY_IMAGE_ID_TABLE"], PhotoReader(dynamodb, environment["PICS_TABLE"], _PATIENCE_SECONDS)
        ),
    )


def handler(event: Any, context: "LambdaContext") -> dict[str, Any]:
    """Answer a visitor who makes a removal request, asks about it, or takes it back."""
    _pace.wait()
    return answer_visitor(
        lambda: _requests().answer(parse_call(event), visitor_of(context)),
        "RemovalFailed",
        "the request can't be taken right now: try again in a moment",
    )
