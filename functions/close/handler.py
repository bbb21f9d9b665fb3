"""Entry point of the close function, which an alarm calls through SNS: closes the site and mails the owner."""

import functools
import json
import os
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger
from botocore.config import Config

from functions.site_access import SiteAccess

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()
_CONFIG = Config(retries={"mode": "standard", "max_attempts": 5})
# Subject and text of the mails; `name` is the stack's.
_CLOSED = (
    "{name} has closed itself",
    """Your site {name} has closed itself: {reason}

Visitors see a page that says so. Nothing is deleted, and you can keep working as before.
Once you know the cause, let visitors in again:

  kinpics open
""",
)
_HALF_CLOSED = (
    "{name} could not close itself",
    """Your site {name} tried to close itself, but something is still open: {reason}

It will try again. To close it by hand and see what is still open:

  kinpics close
  kinpics doctor
""",
)


@functools.cache
def _site_access() -> SiteAccess:
    return SiteAccess(
        iam=boto3.client("iam", config=_CONFIG),
        lambda_=boto3.client("lambda", config=_CONFIG),
        cognito_identity=boto3.client("cognito-identity", config=_CONFIG),
        cloudfront=boto3.client("cloudfront", config=_CONFIG),
        identity_pool_id=os.environ["IDENTITY_POOL"],
        policy_arn=os.environ["CLOSED_POLICY"],
        router=os.environ["ROUTER"],
    )


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], context: "LambdaContext") -> None:
    """Close the site. A failure is mailed too, then raised so that Lambda tries again."""
    reason = _reason(event)
    try:
        _site_access().close()
    except Exception:
        _tell(_HALF_CLOSED, reason)
        raise
    _tell(_CLOSED, reason)


def _reason(event: dict[str, Any]) -> str:
    """The alarm's reason, as CloudWatch sends it through SNS."""
    message: str = event["Records"][0]["Sns"]["Message"]
    try:
        alarm = json.loads(message)
        return f"{alarm['AlarmDescription']} ({alarm['NewStateReason']})"
    except (ValueError, KeyError, TypeError):
        return message


def _tell(mail: tuple[str, str], reason: str) -> None:
    subject, text = (words.format(name=os.environ["STACK_NAME"], reason=reason) for words in mail)
    logger.warning(subject, reason=reason)
    boto3.client("sns").publish(TopicArn=os.environ["ALARM_TOPIC"], Subject=subject, Message=text)
