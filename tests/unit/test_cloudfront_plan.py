"""CloudFront's Free plan, on services in memory that take only what AWS's own models allow."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError
from fakes import FakeSession, stack_outputs

from scripts.common.stack import Stack
from scripts.common.template import load_template
from scripts.deployment.cloudformation import DeployError
from scripts.deployment.cloudfront_plan import find_plan
from scripts.deployment.deploy import Target
from scripts.health import account_checks

DISTRIBUTION = "arn:aws:cloudfront::123456789012:distribution/E1"
OWN = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/kinpics-eu-west-1/1"
DISTRIBUTION_ID = "E1"


@dataclass
class Account:
    """An account with a distribution."""

    firewall: str = ""
    firewalls: dict[str, str] = field(default_factory=dict)
    plans: list[dict[str, Any]] = field(default_factory=list)
    kind: str = "PAID"
    refused: str = ""
    runs_on: bool = True

    def get_account_plan_state(self, given: dict) -> dict:
        return {"accountPlanType": self.kind}

    def get_distribution(self, given: dict) -> dict:
        if given["Id"] != "E1":
            raise ClientError({"Error": {"Code": "NoSuchDistribution", "Message": "gone"}}, "GetDistribution")
        return {"Distribution": {"ARN": DISTRIBUTION, "DistributionConfig": {"WebACLId": self.firewall}}}

    def list_web_acls(self, given: dict) -> dict:
        assert given["Scope"] == "CLOUDFRONT"
        other = {"Name": "another", "Id": "2", "LockToken": "t", "ARN": "arn:aws:wafv2:other"}
        if "NextMarker" not in given:
            return {"WebACLs": [other], "NextMarker": "more"}
        return {"WebACLs": [{"Name": n, "Id": "1", "LockToken": "t", "ARN": arn} for n, arn in self.firewalls.items()]}

    def create_web_acl(self, given: dict) -> dict:
        assert given["DefaultAction"] == {"Allow": {}}
        self.firewalls[given["Name"]] = OWN
        return {"Summary": {"ARN": OWN}}

    def delete_web_acl(self, given: dict) -> None:
        if self.firewall:
            raise ClientError({"Error": {"Code": "WAFAssociatedItemException", "Message": "in use"}}, "DeleteWebACL")
        del self.firewalls[given["Name"]]

    def list_subscriptions(self, given: dict) -> dict:
        return {"subscriptionSummaries": self.plans}

    def create_subscription(self, given: dict) -> dict:
        if self.refused:
            raise ClientError({"Error": {"Code": "ValidationException", "Message": self.refused}}, "CreateSubscription")
        assert (given["planFamily"], given["planTier"]) == ("CloudFront", "FREE")
        made = {"arn": "arn:plan", "eTag": "1", "status": "ACTIVE", **given}
        self.plans.append(made)
        return {"subscription": made}

    def cancel_subscription(self, given: dict) -> None:
        assert given == {"arn": "arn:plan", "ifMatch": "1"}
        if self.runs_on:
            self.plans[0]["scheduledChange"] = {"changeType": "CANCELLATION"}
        else:
            self.plans.clear()


def plan(account: Account) -> Any:
    return find_plan(FakeSession(account), "kinpics", DISTRIBUTION_ID)  # type: ignore[arg-type]


def found(account: Account) -> tuple[str, str]:
    target = Target(FakeSession(account), is_laptop=False)  # type: ignore[arg-type]
    stack = Stack(
        "kinpics", "eu-west-1", "CREATE_COMPLETE", stack_outputs(distribution=DISTRIBUTION_ID), {}, None, None
    )
    finding = account_checks.check_cloudfront_plan(target, stack)
    return finding.state, finding.text


def test_a_distribution_is_put_on_the_free_plan_once() -> None:
    account = Account()
    assert found(account) == ("ok", "none: CloudFront is billed by use")
    account.firewall = plan(account).prepare()
    assert account.firewall == plan(account).prepare() == OWN
    assert found(account)[0] == "warning", "a firewall that nobody pays for yet"
    assert plan(account).subscribe() == plan(account).subscribe() == "FREE"
    assert [item["resourceArns"] for item in account.plans] == [[DISTRIBUTION, OWN]]
    assert found(account) == ("ok", "Free, active")


def test_the_owners_firewall_stays_and_joins_the_plan() -> None:
    account = Account(firewall="arn:aws:wafv2:mine")
    assert plan(account).prepare() == "arn:aws:wafv2:mine"
    assert not account.firewalls
    assert not plan(account).has_own_firewall(), "so that `none` leaves it on"


def test_accounts_on_awss_free_plan_are_refused_first() -> None:
    account = Account(kind="FREE")
    with pytest.raises(DeployError, match=r"exclude accounts on AWS's Free plan.*upgrade-account-plan"):
        plan(account).prepare()
    assert not account.firewalls


def test_a_refused_plan_says_what_the_firewall_costs() -> None:
    account = Account(firewall=OWN, refused="Distribution uses a custom cache policy")
    with pytest.raises(DeployError, match=r"custom cache policy.*5 USD a month.*--cloudfront-plan none"):
        plan(account).subscribe()


@pytest.mark.parametrize("runs_on", [True, False])
def test_a_cancelled_plan_loses_its_firewall_when_it_can(runs_on: bool) -> None:
    account = Account(runs_on=runs_on)
    account.firewall = plan(account).prepare()
    plan(account).subscribe()
    assert plan(account).has_own_firewall()
    assert plan(account).cancel() == plan(account).cancel() == runs_on
    assert plan(account).remove_own_firewall(), "still in use"
    account.firewall = ""
    assert not plan(account).remove_own_firewall()
    assert not account.firewalls


def test_without_a_distribution_there_is_no_plan() -> None:
    account = Account(plans=[{"resourceArns": [DISTRIBUTION]}])
    for distribution_id in (None, "E2"):
        first: Any = find_plan(FakeSession(account), "kinpics", distribution_id)  # type: ignore[arg-type]
        assert (first.firewall, first.subscription(), first.cancel()) == ("", None, False)


# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
MANAGED = {"658327ea-f89d-4fab-a63d-7e88639e58f6", "b2884449-e4de-46a7-ac36-70bc7f1ddd6d"}


def test_the_distribution_fits_the_free_plan() -> None:
    resources = load_template()["Resources"]
    config = resources["Distribution"]["Properties"]["DistributionConfig"]
    behaviours = [config["DefaultCacheBehavior"], *config["CacheBehaviors"]]
    assert len(behaviours) <= 5
    assert {behaviour["CachePolicyId"] for behaviour in behaviours} == MANAGED
    assert not {"ForwardedValues", "MinTTL", "OriginRequestPolicyId", "LambdaFunctionAssociations"} & set().union(
        *behaviours
    )
    assert not {"Logging", "OriginGroups", "Staging"} & set(config)
    assert all(origin["S3OriginConfig"] == {"OriginAccessIdentity": ""} for origin in config["Origins"])
    kinds = {item["Type"] for item in resources.values()}
    assert not kinds & {"AWS::CloudFront::CachePolicy", "AWS::CloudFront::OriginRequestPolicy"}
