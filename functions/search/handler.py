"""Entry point of the search function; its event and its answer are described in docs/data.md."""

import functools
import logging
import os
from typing import Any

import boto3
from botocore.config import Config

from functions.faces import FaceCollection
from functions.search.request import RequestError, parse_request
from functions.search.search import Searcher
from functions.tables import Tables

logger = logging.getLogger("kinpics.search")


@functools.cache
def _searcher() -> Searcher:
    config = Config(retries={"mode": "standard", "max_attempts": 3})
    rekognition = boto3.client("rekognition", config=config)
    return Searcher(
        collections={"album": FaceCollection(rekognition, os.environ["COLLECTION_ID"])},
        tables=Tables(
            boto3.resource("dynamodb", config=config).meta.client,
            os.environ["PICS_TABLE"],
            os.environ["PICS_BY_IMAGE_ID_TABLE"],
        ),
    )


def handler(event: Any, context: Any) -> dict:
    """Answer a search; errors are answers too, and never tell of the account behind them."""
    try:
        return {"statusCode": 200, **_searcher().search(parse_request(event))}
    except RequestError as error:
        return {"statusCode": error.status, "err": {"code": error.code, "message": str(error)}}
    except Exception:
        logger.exception("search failed")
        message = "the search could not be done just now: try again in a moment"
        return {"statusCode": 500, "err": {"code": "SearchFailed", "message": message}}
