"""What a fresh AWS account may not do yet, looked up before it is met, and said in plain words where AWS refuses."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

# The Free Tier API is in us-east-1 alone.
# https://docs.aws.amazon.com/general/latest/gr/billing.html
_FREE_TIER_REGION = "us-east-1"
# Lambda keeps this many of an account's concurrent executions free of reservations.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
_UNRESERVED = 100
UPGRADE = f"aws freetier upgrade-account-plan --account-plan-type PAID --region {_FREE_TIER_REGION}"
MORE_FUNCTIONS = (
    "ask AWS for more: Service Quotas, AWS Lambda, `Concurrent executions` (L-B99A9384); 1,000 are usual, for nothing"
)

# What AWS says, and what it means to somebody who deploys; the first that matches counts.
_PLAIN_WORDS = (
    (
        r"account must be verified before you can add new CloudFront resources",
        "AWS has not verified this account for CloudFront yet, as it does with new ones. Open a case with AWS Support, "
        "under `Account and billing`, which costs nothing (https://console.aws.amazon.com/support/home#/case/create), "
        "quote what AWS says, and run `kinpics deploy` again when they have answered, mostly within a day or two",
    ),
    (
        r"UnreservedConcurrentExecution\w* below its minimum",
        "this account may run too few functions at once to reserve any for searches: run `kinpics deploy` again, which "
        f"looks anew, or {MORE_FUNCTIONS}",
    ),
    (
        r"needs a subscription for the service|SubscriptionRequired|OptInRequired|not signed up for",
        "AWS has not finished setting this account up. Check that it has a means of payment and that the mail and the "
        "telephone number are confirmed, wait a day at most, then run `kinpics deploy` again",
    ),
    (
        r"\baccounts?\b.*\bfree (account )?plan\b|\bfree (account )?plan\b.*\baccount\b",
        "this account is on AWS's Free plan, which leaves this out. Upgrade the account, which keeps its credits: "
        f"`{UPGRADE}`, then run `kinpics deploy` again",
    ),
    (
        r"pricing plan",
        "CloudFront's plan keeps the distribution and its firewall until the month it was begun for is over. "
        "Cancel the plan with `kinpics deploy --cloudfront-plan none`, and try again after that",
    ),
)


def in_plain_words(reason: str) -> str:
    """What AWS gave as a reason, with what it means and what to do before it, where that is known."""
    for pattern, words in _PLAIN_WORDS:
        if re.search(pattern, reason, re.IGNORECASE):
            return f"{words} (AWS says: {reason})"
    return reason


@dataclass(frozen=True)
class FreePlan:
    """AWS's Free plan of an account: it closes the account when it ends, or when its credits do."""

    ends: datetime | None
    credits: float | None

    def __str__(self) -> str:
        when = f" on {self.ends:%Y-%m-%d}" if self.ends else " six months after it was opened"
        left = f", of which {self.credits:.0f} USD are left" if self.credits is not None else ""
        return f"AWS's Free plan closes this account{when}, or when its credits end{left}, with everything in it"


def free_plan(session: Any) -> FreePlan | None:
    """The account's Free plan, if it has one; None as well where AWS does not say."""
    try:
        state = session.client("freetier", region_name=_FREE_TIER_REGION).get_account_plan_state()
    except (ClientError, BotoCoreError):
        return None
    if state.get("accountPlanType") != "FREE":
        return None
    return FreePlan(state.get("accountPlanExpirationDate"), state.get("accountPlanRemainingCredits", {}).get("amount"))


@dataclass(frozen=True)
class Concurrency:
    """How many functions an account may run at once: in all, and of those without a reservation."""

    total: int
    unreserved: int

    def has_room(self, wanted: int, reserved: int = 0) -> bool:
        """Whether ``wanted`` can be reserved for a function that has ``reserved`` already."""
        return self.unreserved + reserved - wanted >= _UNRESERVED


def concurrency(session: Any) -> Concurrency:
    """What the account allows in this region."""
    limits = session.client("lambda").get_account_settings()["AccountLimit"]
    return Concurrency(limits["ConcurrentExecutions"], limits["UnreservedConcurrentExecutions"])
