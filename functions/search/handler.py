"""Entry point of the search function; its event and its answer are described in docs/data.md."""

import functools
import os
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit
from botocore.config import Config

from functions.access.access_table import AccessTable
from functions.face_collection import ALBUM_COLLECTION, GALLERY_COLLECTION, FaceCollection
from functions.image_links import ImageLinks
from functions.ledger import Ledger
from functions.pace import Pace
from functions.photo_reader import PhotoReader
from functions.photo_tables import photo_tables
from functions.search.person_search import Searcher
from functions.search.search_request import parse_request
from functions.visitor_calls import answer_visitor, visitor_of

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_rekognition import RekognitionClient

metrics = Metrics()


# How often boto3 itself tries a call again.
MAX_RETRIES = 3
# Somebody waits for the answer, and the page tries again by itself.
_PATIENCE_SECONDS = 3.0
_pace = Pace()


@functools.cache
def _searcher() -> Searcher:
    config = Config(retries={"mode": "standard", "max_attempts": MAX_RETRIES})
    rekognition = boto3.client("rekognition", config=config)
    dynamodb = boto3.resource("dynamodb", config=config).meta.client
    return wire(dynamodb, rekognition, os.environ)


def wire(
    dynamodb: "DynamoDBClient",
    rekognition: "RekognitionClient",
    environment: Mapping[str, str],
    clock: Callable[[], float] = time.time,
) -> Searcher:
    """What answers searches, on two clients, DynamoDB's being that of the resource, and the function's environment.

    ``clock`` gives seconds since 1970.
    """
    photos = PhotoReader(photo_tables(dynamodb, environment, clock), _PATIENCE_SECONDS)
    return Searcher(
        collections={
            ALBUM_COLLECTION: FaceCollection(rekognition, environment["COLLECTION_ID"]),
            GALLERY_COLLECTION: FaceCollection(rekognition, environment["CELEBRITIES_COLLECTION_ID"]),
        },
        images=ImageLinks(environment["PICS_BY_IMAGE_ID_TABLE"], photos),
        ledger=Ledger(dynamodb, environment["LEDGER_TABLE"], clock, _PATIENCE_SECONDS),
        daily_searches=int(environment["DAILY_SEARCHES"]),
        visitor_daily_searches=int(environment["VISITOR_DAILY_SEARCHES"]),
        access=AccessTable(dynamodb, environment["ACCESS_TABLE"], _PATIENCE_SECONDS),
        count_metric=lambda name: metrics.add_metric(name, MetricUnit.Count, 1),
    )


# A visitor's picture and what it found are not logged; visitors may see what is (functions/visitor_calls.py).
@metrics.log_metrics
def handler(event: Any, context: "LambdaContext") -> dict[str, Any]:
    """Answer a search; errors are answers too, and never tell of the account behind them."""
    _pace.wait()
    metrics.add_metric("Searches", MetricUnit.Count, 1)
    return answer_visitor(
        lambda: _searcher().search(parse_request(event), visitor_of(context)),
        "SearchFailed",
        "the search can't be done right now: try again in a moment",
    )
