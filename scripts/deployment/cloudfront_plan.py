"""CloudFront's Free plan: a distribution that is slowed down instead of billed.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/flat-rate-pricing-plan.html

The plan requires a firewall (a web ACL of AWS WAF) and includes its price; without a plan it costs 5 USD a month. Both
live in us-east-1, whatever the stack's region, so they are not part of the stack: the template gets the firewall's ARN.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from functions.aws_errors import code_of, is_not_found, message_of
from scripts.deployment.account_limits import UPGRADE, find_free_plan
from scripts.deployment.cloudformation import DeployError

if TYPE_CHECKING:
    from types_boto3_cloudfront.type_defs import DistributionTypeDef
    from types_boto3_pricing_plan_manager import PricingPlanManagerClient
    from types_boto3_pricing_plan_manager.type_defs import SubscriptionSummaryTypeDef
    from types_boto3_wafv2 import WAFV2Client
    from types_boto3_wafv2.type_defs import WebACLSummaryTypeDef

_REGION = "us-east-1"


@dataclass(frozen=True)
class CloudFrontPlan:
    """The plan of a stack's distribution, whose id is None before there is one; ``name`` is our own firewall's."""

    session: boto3.Session
    name: str
    distribution_id: str | None

    @cached_property
    def _plans(self) -> "PricingPlanManagerClient":
        return self.session.client("pricing-plan-manager", region_name=_REGION)

    @cached_property
    def _waf(self) -> "WAFV2Client":
        return self.session.client("wafv2", region_name=_REGION)

    @cached_property
    def _distribution(self) -> "DistributionTypeDef | None":
        if not self.distribution_id:
            return None
        try:
            return self.session.client("cloudfront").get_distribution(Id=self.distribution_id)["Distribution"]
        except ClientError as error:
            if not is_not_found(error):
                raise
            return None  # the stack is half deleted

    @property
    def firewall(self) -> str:
        """ARN of the distribution's firewall, ours or not; empty for none."""
        return self._distribution["DistributionConfig"].get("WebACLId", "") if self._distribution else ""

    def subscription(self) -> "SubscriptionSummaryTypeDef | None":
        """The plan as AWS has it, if the distribution is on one."""
        if self._distribution is None:
            return None
        for page in self._plans.get_paginator("list_subscriptions").paginate():
            for found in page["subscriptionSummaries"]:
                if self._distribution["ARN"] in found["resourceArns"]:
                    return found
        return None

    def prepare(self) -> str:
        """ARN of a firewall for the plan: the distribution's, or our own, made where it is missing.

        Raises ``DeployError`` if the account can't have a plan.
        """
        if plan := find_free_plan(self.session):
            raise DeployError(
                f"CloudFront's plans exclude accounts on AWS's Free plan. {plan}. Upgrade it: `{UPGRADE}`"
            )
        if self.firewall:
            return self.firewall
        own = self.own_firewall()
        if own:
            return own["ARN"]
        made = self._waf.create_web_acl(
            Scope="CLOUDFRONT",
            Name=self.name,
            DefaultAction={"Allow": {}},
            VisibilityConfig={
                "SampledRequestsEnabled": False,
                "CloudWatchMetricsEnabled": False,
                "MetricName": self.name,
            },
        )
        return made["Summary"]["ARN"]

    def subscribe(self) -> str:
        """Put the distribution on the Free plan, unless it has a plan; returns the plan. Raises ``DeployError``."""
        found = self.subscription()
        if found:
            return found["planTier"]
        if self._distribution is None:
            raise DeployError("CloudFront has no distribution for this site: run `kinpics deploy` again")
        try:
            made = self._plans.create_subscription(
                planFamily="CloudFront", planTier="FREE", resourceArns=[self._distribution["ARN"], self.firewall]
            )
        except ClientError as error:
            raise DeployError(
                f"CloudFront's Free plan was refused: {message_of(error)}. The site is deployed, and billed by use. "
                "Without a plan its firewall costs 5 USD a month: remove it with `kinpics deploy --cloudfront-plan "
                "none`, or try the plan in CloudFront's console"
            ) from None
        return made["subscription"]["planTier"]

    def cancel(self) -> bool:
        """Cancel the plan, if there is one; returns whether it goes on until the end of the month."""
        found = self.subscription()
        if found and not found.get("scheduledChange"):
            self._plans.cancel_subscription(arn=found["arn"], ifMatch=found["eTag"])
            found = self.subscription()
        return found is not None

    def own_firewall(self) -> "WebACLSummaryTypeDef | None":
        """Our own firewall, as a list has it."""
        # boto3 has no paginator for it.
        page = self._waf.list_web_acls(Scope="CLOUDFRONT")
        while True:
            for found in page["WebACLs"]:
                if found["Name"] == self.name:
                    return found
            if not page.get("NextMarker"):
                return None
            page = self._waf.list_web_acls(Scope="CLOUDFRONT", NextMarker=page["NextMarker"])

    def has_own_firewall(self) -> bool:
        """Whether the distribution's firewall is our own."""
        own = self.own_firewall() if self.firewall else None
        return own is not None and own["ARN"] == self.firewall

    def remove_own_firewall(self) -> bool:
        """Delete our own firewall, if there is one; returns whether it is still in use, and so stays."""
        own = self.own_firewall()
        if own is None:
            return False
        try:
            self._waf.delete_web_acl(Scope="CLOUDFRONT", Name=own["Name"], Id=own["Id"], LockToken=own["LockToken"])
        except ClientError as error:
            if code_of(error) != "WAFAssociatedItemException":
                raise
            return True
        return False


def find_plan(session: boto3.Session, stack_name: str, distribution_id: str | None) -> CloudFrontPlan:
    """The plan of a stack's distribution, if it has one."""
    return CloudFrontPlan(session, f"{stack_name}-{session.region_name}", distribution_id)
