"""What a fresh account meets, in words; answers as AWS's are, from memory."""

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from fakes import FakeSession, stack_outputs

from scripts.common.stack import Stack
from scripts.deployment.account_limits import Concurrency, explain_refusal, find_free_plan, read_concurrency
from scripts.deployment.deploy import Target, has_room
from scripts.health import account_checks


class Account:
    """An account with some limits and a plan."""

    def __init__(self, total: int = 10, unreserved: int | None = None, reserved: int | None = None, plan: str = "PAID"):
        self.limits = {"ConcurrentExecutions": total, "UnreservedConcurrentExecutions": unreserved or total}
        self.reserved = reserved
        self.plan = plan

    def get_account_settings(self, given: dict) -> dict:
        return {"AccountLimit": self.limits}

    def get_function_concurrency(self, given: dict) -> dict:
        return {} if self.reserved is None else {"ReservedConcurrentExecutions": self.reserved}

    def get_account_plan_state(self, given: dict) -> dict:
        if self.plan == "unknown":
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "GetAccountPlanState")
        if self.plan == "PAID":
            return {"accountPlanType": "PAID", "accountPlanStatus": "ACTIVE"}
        credits = {"amount": 93.4, "unit": "USD"}
        ends = datetime(2027, 1, 31, tzinfo=UTC)
        return {"accountPlanType": "FREE", "accountPlanExpirationDate": ends, "accountPlanRemainingCredits": credits}


def target(account: Account) -> Target:
    return Target(FakeSession(account), is_laptop=False)  # type: ignore[arg-type]


def stack(**parameters: str) -> Stack:
    return Stack("kinpics", "eu-west-1", "CREATE_COMPLETE", stack_outputs(), parameters, None, None)


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (
            "Your account must be verified before you can add new CloudFront resources. To verify your account, please "
            "contact AWS Support (https://console.aws.amazon.com/support/home#/) and include this error message. "
            "(Service: CloudFront, Status Code: 403, Request ID: 1)",
            "AWS has not verified this new account for CloudFront yet",
        ),
        (
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
            "below its minimum value of [10].",
            "may run too few functions at once",
        ),
        ("The AWS Access Key Id needs a subscription for the service", "has not finished setting up this account"),
        ("This operation is not available for accounts on the free plan", "upgrade-account-plan"),
        (
            "You can't remove or replace the web ACL for your distribution. Distributions with a pricing plan "
            "subscription must have a web ACL resource.",
            "--cloudfront-plan none",
        ),
    ],
)
def test_a_refusal_of_a_new_account_is_explained(reason: str, told: str) -> None:
    words = explain_refusal(reason)
    assert told in words
    assert words.endswith(f"(AWS says: {reason})"), "which Support asks for"


def test_other_reasons_stay_as_aws_gives_them() -> None:
    assert explain_refusal("Bucket kinpics-pics already exists") == "Bucket kinpics-pics already exists"


@pytest.mark.parametrize(
    ("account", "fits"),
    [
        (Account(10), False),
        (Account(1000), True),
        (Account(106), False),
        (Account(107), True),
        (Account(1000, unreserved=100, reserved=7), True),
        (Account(1000, unreserved=100, reserved=6), False),
    ],
)
def test_what_a_stack_has_reserved_counts_as_room(account: Account, fits: bool) -> None:
    described = {"Outputs": [{"OutputKey": "SearchFunction", "OutputValue": "search"}]}
    assert has_room(target(account), described, 5) == fits
    assert read_concurrency(target(account).session) == Concurrency(*account.limits.values())


@pytest.mark.parametrize(
    ("account", "parameters", "state", "told"),
    [
        (Account(1000, reserved=5), {"SearchConcurrency": "5"}, "ok", "5 of the 1000"),
        (Account(10), {"SearchConcurrency": "5"}, "warning", "only 10 functions at once"),
        (Account(1000), {"SearchConcurrency": "5"}, "warning", "now has room"),
        (Account(1000), {"SearchConcurrency": "0"}, "ok", "though the account has room"),
    ],
)
def test_the_doctor_says_when_there_is_room(
    account: Account, parameters: dict[str, str], state: str, told: str
) -> None:
    finding = account_checks.check_concurrency(target(account), stack(**parameters), closed=False)
    assert (finding.state, told in finding.text) == (state, True)


@pytest.mark.parametrize("plan", ["PAID", "unknown"])
def test_a_paid_account_gets_no_warning(plan: str) -> None:
    account: Any = target(Account(plan=plan))
    assert find_free_plan(account.session) is None
    assert account_checks.check_account(account).state == "ok"


def test_an_account_that_aws_will_close_gets_a_warning() -> None:
    finding = account_checks.check_account(target(Account(plan="FREE")))
    assert finding.state == "warning"
    assert "closes this account on 2027-01-31" in finding.text
    assert "93 USD" in finding.text
