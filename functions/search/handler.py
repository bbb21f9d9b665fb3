"""Entry point of the search function; its event and its answer are described in docs/data.md."""

import functools
import os
from datetime import UTC, datetime
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from botocore.config import Config

from functions.faces import ALBUM, CELEBRITIES, FaceCollection
from functions.ledger import Ledger
from functions.search.pace import Pace
from functions.search.request import RequestError, parse_request
from functions.search.search import Searcher
from functions.tables import Tables

logger = Logger()
metrics = Metrics()


# Somebody waits for the answer, and the page tries again by itself.
_PATIENCE_SECONDS = 3.0
# Lambda itself gives an environment no more synchronous calls a second; of queued ones, any number.
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
_CALLS_A_SECOND = 10
_pace = Pace(_CALLS_A_SECOND)


@functools.cache
def _searcher() -> Searcher:
    config = Config(retries={"mode": "standard", "max_attempts": 3})
    environment = os.environ
    rekognition = boto3.client("rekognition", config=config)
    dynamodb = boto3.resource("dynamodb", config=config).meta.client
    return Searcher(
        collections={
            ALBUM: FaceCollection(rekognition, environment["COLLECTION_ID"]),
            CELEBRITIES: FaceCollection(rekognition, environment["CELEBRITIES_COLLECTION_ID"]),
        },
        tables=Tables(
            dynamodb, environment["PICS_TABLE"], environment["PICS_BY_IMAGE_ID_TABLE"], patience=_PATIENCE_SECONDS
        ),
        ledger=Ledger(dynamodb, environment["LEDGER_TABLE"], patience=_PATIENCE_SECONDS),
        daily_searches=int(environment["DAILY_SEARCHES"]),
        visitor_daily_searches=int(environment["VISITOR_DAILY_SEARCHES"]),
        note=lambda name: metrics.add_metric(name, MetricUnit.Count, 1),
    )


# A visitor's picture and what it found are not logged, whatever the environment says.
@logger.inject_lambda_context(log_event=False)
@metrics.log_metrics
def handler(event: Any, context: Any) -> dict:
    """Answer a search; errors are answers too, and never tell of the account behind them."""
    _pace.wait()
    metrics.add_metric("Searches", MetricUnit.Count, 1)
    try:
        return {"statusCode": 200, **_searcher().search(parse_request(event), _visitor(context))}
    except RequestError as error:
        until = {} if error.until is None else {"until": datetime.fromtimestamp(error.until, UTC).isoformat()}
        return {"statusCode": error.status, "err": {"code": error.code, "message": str(error), **until}}
    except Exception:
        logger.exception("search failed")
        message = "the search could not be done just now: try again in a moment"
        return {"statusCode": 500, "err": {"code": "SearchFailed", "message": message}}


def _visitor(context: Any) -> str | None:
    """The caller's Cognito identity; the owner, with credentials of IAM, has none."""
    return getattr(getattr(context, "identity", None), "cognito_identity_id", None)
