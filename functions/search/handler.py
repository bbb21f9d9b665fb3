"""Entry point of the search function; its event and its answer are described in docs/data.md."""

import functools
import os
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit
from botocore.config import Config

from functions.face_collection import ALBUM_COLLECTION, GALLERY_COLLECTION, FaceCollection
from functions.pace import Pace
from functions.search.person_search import Searcher
from functions.search.search_request import parse_request
from functions.site_parts import SiteParts, boto3_clients
from functions.visitor_calls import answer_visitor, visitor_of

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

metrics = Metrics()


# How often boto3 itself tries a call again.
MAX_RETRIES = 3
# Somebody waits for the answer, and the page tries again by itself.
PATIENCE_SECONDS = 3.0
_pace = Pace()


@functools.cache
def _searcher() -> Searcher:
    clients = boto3_clients(Config(retries={"mode": "standard", "max_attempts": MAX_RETRIES}))
    return wire(SiteParts(os.environ, clients, patience=PATIENCE_SECONDS))


def wire(parts: SiteParts) -> Searcher:
    """What answers searches."""
    environment = parts.environment
    return Searcher(
        collections={
            ALBUM_COLLECTION: parts.faces(),
            GALLERY_COLLECTION: FaceCollection(parts.rekognition, environment["CELEBRITIES_COLLECTION_ID"]),
        },
        images=parts.images,
        ledger=parts.ledger,
        daily_searches=int(environment["DAILY_SEARCHES"]),
        visitor_daily_searches=int(environment["VISITOR_DAILY_SEARCHES"]),
        access=parts.access,
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
