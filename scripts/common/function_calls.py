"""Calls of the site's functions that answer the owner's pages, so that commands do what the pages do."""

import json
from typing import Any

import boto3
from botocore.config import Config

from functions.errors import KinpicsError

# A function may wait for a round that is at work.
_TIMEOUT_SECONDS = 120


class FunctionCallError(KinpicsError):
    """A function refused, or failed; the message says what to do."""


def call_function(name: str, event: dict[str, Any]) -> Any:
    """The output of a function called ``name`` for an owner's call (docs/data.md). Raises ``FunctionCallError``."""
    once = Config(read_timeout=_TIMEOUT_SECONDS, retries={"total_max_attempts": 1})
    answer = boto3.client("lambda", config=once).invoke(FunctionName=name, Payload=json.dumps(event).encode())
    content = json.loads(answer["Payload"].read())
    if "FunctionError" in answer or not isinstance(content, dict) or "statusCode" not in content:
        raise FunctionCallError(f"the function {name} failed: look at its log group")
    if content["statusCode"] != 200:
        raise FunctionCallError(content["err"]["message"])
    return content["output"]
