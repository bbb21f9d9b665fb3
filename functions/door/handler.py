"""Entry point of the door function; its event and its answer are described in docs/data.md."""

import functools
import os
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from functions.door.door_call import parse_door_call
from functions.door.door_keeper import DoorKeeper
from functions.door.members import Members
from functions.door.private_rows import PrivateRows
from functions.pace import Pace
from functions.site_parts import SiteParts, boto3_clients
from functions.visitor_calls import answer_visitor

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

# Somebody waits for the answer, and the page tries again by itself.
_PATIENCE_SECONDS = 3.0
_pace = Pace()


@functools.cache
def _door() -> DoorKeeper:
    config = Config(retries={"mode": "standard", "max_attempts": 3})
    parts = SiteParts(os.environ, boto3_clients(config), patience=_PATIENCE_SECONDS)
    environment = parts.environment
    region, pool = environment["AWS_REGION"], environment["USER_POOL"]
    return DoorKeeper(
        access=parts.access,
        members=Members(
            parts.cognito,
            issuer=f"https://cognito-idp.{region}.amazonaws.com/{pool}",
            site=environment["USER_POOL_CLIENT"],
        ),
        rows=PrivateRows(
            boto3.client("dynamodb", config=config),
            private=environment["PRIVATE_PICS_TABLE"],
            public=environment["PICS_TABLE"],
            patience=parts.patience,
        ),
    )


# Passes and tokens are not logged; visitors may see what is (functions/visitor_calls.py).
def handler(event: Any, context: "LambdaContext") -> dict[str, Any]:
    """Let a member in or out, or answer with rows of private sets."""
    _pace.wait()
    return answer_visitor(
        lambda: _door().answer(parse_door_call(event)),
        "DoorFailed",
        "this can't be opened right now: try again in a moment",
    )
