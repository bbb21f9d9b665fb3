"""What a new AWS account can't do yet: checked in advance, and explained where AWS refuses."""

import re
from dataclasses import dataclass
from datetime import datetime

import boto3
from botocore.exceptions import BotoCoreError, ClientError

# The Free Tier API is in us-east-1 alone.
# https://docs.aws.amazon.com/general/latest/gr/billing.html
_FREE_TIER_REGION = "us-east-1"
# Lambda keeps this many of an account's concurrent executions free of reservations.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
_UNRESERVED = 100
UPGRADE = f"aws freetier upgrade-account-plan --account-plan-type PAID --region {_FREE_TIER_REGION}"
MORE_FUNCTIONS = (
    "ask AWS for more: Service Quotas, AWS Lambda, `Concurrent executions` (L-B99A9384); 1,000 is usual, and free"
)

# What AWS says, and what that means for the owner; the first match counts.
_PLAIN_WORDS = (
    (
        r"account must be verified before you can add new CloudFront resources",
        "AWS has not verified this new account for CloudFront yet. Open a case with AWS Support under `Account and "
        "billing`, which is free (https://console.aws.amazon.com/support/home#/case/create), quote what AWS says, and "
        "run `kinpics deploy` again once they answer, usually within a day or two",
    ),
    (
        r"UnreservedConcurrentExecution\w* below its minimum",
        "this account may run too few functions at once to reserve any for searches: run `kinpics deploy` again to "
        f"check again, or {MORE_FUNCTIONS}",
    ),
    (
        r"needs a subscription for the service|SubscriptionRequired|OptInRequired|not signed up for",
        "AWS has not finished setting up this account. Check that it has a payment method and that the e-mail address "
        "and phone number are confirmed, wait up to a day, then run `kinpics deploy` again",
    ),
    (
        r"\baccounts?\b.*\bfree (account )?plan\b|\bfree (account )?plan\b.*\baccount\b",
        "this account is on AWS's Free plan, which does not include this. Upgrade the account; it keeps its credits: "
        f"`{UPGRADE}`, then run `kinpics deploy` again",
    ),
    (
        r"pricing plan",
        "CloudFront's plan keeps the distribution and its firewall until the end of the month. Cancel the plan "
        "with `kinpics deploy --cloudfront-plan none`, and try again after that",
    ),
)


def explain_refusal(reason: str) -> str:
    """AWS's reason; if it is a known one, what it means and what to do come first."""
    for pattern, words in _PLAIN_WORDS:
        if re.search(pattern, reason, re.IGNORECASE):
            return f"{words} (AWS says: {reason})"
    return reason


@dataclass(frozen=True)
class FreePlan:
    """An account on AWS's Free plan: AWS closes it when the plan ends or its credits run out."""

    ends: datetime | None
    credits: float | None

    def __str__(self) -> str:
        when = f" on {self.ends:%Y-%m-%d}" if self.ends else " six months after it was opened"
        left = f" ({self.credits:.0f} USD left)" if self.credits is not None else ""
        return f"AWS's Free plan closes this account{when} or when its credits run out{left}, with everything in it"


def find_free_plan(session: boto3.Session) -> FreePlan | None:
    """The account's Free plan; None if it has none, or if AWS does not say."""
    try:
        state = session.client("freetier", region_name=_FREE_TIER_REGION).get_account_plan_state()
    except (ClientError, BotoCoreError):
        return None
    if state.get("accountPlanType") != "FREE":
        return None
    return FreePlan(state.get("accountPlanExpirationDate"), state.get("accountPlanRemainingCredits", {}).get("amount"))


@dataclass(frozen=True)
class Concurrency:
    """How many functions an account may run at once: in total, and how many of these are not reserved."""

    total: int
    unreserved: int

    def has_room(self, wanted: int, reserved: int = 0) -> bool:
        """Whether ``wanted`` executions can be reserved for functions that have ``reserved`` already."""
        return self.unreserved + reserved - wanted >= _UNRESERVED


def read_concurrency(session: boto3.Session) -> Concurrency:
    """How many functions the account may run at once in this region."""
    limits = session.client("lambda").get_account_settings()["AccountLimit"]
    return Concurrency(limits["ConcurrentExecutions"], limits["UnreservedConcurrentExecutions"])
