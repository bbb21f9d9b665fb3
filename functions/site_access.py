"""Closing the site to visitors, and opening it again: shared by the owner's commands and the close function.

Four things let visitors in, and each is closed where AWS is fastest at it:

- the router, CloudFront's function: pages and pictures, within seconds;
- the visitors' roles: a policy denies them everything, issued credentials too, once IAM has spread it;
- the functions visitors may invoke: no concurrency, at once;
- the identity pool: no new guests, at once.

Each step can be taken twice, and what was there before is kept beside what replaces it, so that a run that stopped
half-way is finished by the next.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.errors import KinpicsError

if TYPE_CHECKING:
    from types_boto3_cloudfront import CloudFrontClient
    from types_boto3_cognito_identity import CognitoIdentityClient
    from types_boto3_iam import IAMClient
    from types_boto3_lambda import LambdaClient

# The first line of the gate in template.yaml; publishing the other one closes pages and pictures.
OPEN_FLAG = "var closed = false;"
_FLAGS = {False: OPEN_FLAG, True: "var closed = true;"}
# A function's tag that keeps the concurrency it had reserved.
_RESERVED_TAG = "kinpics:reserved-concurrency"
_NONE_RESERVED = "none"
# UpdateIdentityPool replaces these, so they must be sent again. It takes no tags of AWS's own.
_POOL_FIELDS = (
    "IdentityPoolId",
    "IdentityPoolName",
    "AllowClassicFlow",
    "SupportedLoginProviders",
    "DeveloperProviderName",
    "OpenIdConnectProviderARNs",
    "CognitoIdentityProviders",
    "SamlProviderARNs",
)

PAGES, ROLES, FUNCTIONS, GUESTS = "pages and pictures", "visitors' roles", "functions", "new guests"


class NoFlagError(KinpicsError):
    """The published router comes from a release that can't be closed."""


def with_flag(code: str, *, closed: bool) -> str:
    """The router's code, closed or open. Raises ``NoFlagError``."""
    if _FLAGS[closed] in code:
        return code
    if _FLAGS[not closed] not in code:
        raise NoFlagError("the published site is too old to be closed: run `kinpics deploy` first")
    return code.replace(_FLAGS[not closed], _FLAGS[closed], 1)


def is_denied(iam: "IAMClient", role: str, policy_arn: str) -> bool:
    """Whether a role has the policy that denies everything."""
    pages = iam.get_paginator("list_attached_role_policies").paginate(RoleName=role)
    return any(policy["PolicyArn"] == policy_arn for page in pages for policy in page["AttachedPolicies"])


@dataclass(frozen=True)
class SiteAccess:
    """Everything that lets visitors in, to be closed and opened as one.

    ``policy_arn`` is the policy that denies everything, ``router`` the name of CloudFront's function, empty where there
    is none. Whose roles are visitors' and which functions they may invoke is read from the identity pool and the roles'
    own policies.
    """

    iam: "IAMClient"
    lambda_: "LambdaClient"
    cognito_identity: "CognitoIdentityClient"
    cloudfront: "CloudFrontClient"
    identity_pool_id: str
    policy_arn: str
    router: str

    def close(self) -> None:
        """Take every right from visitors. If a step fails, the others are taken before its error is raised."""
        self._take(
            [lambda: self._publish(closed=True), self._deny, self._stop_functions, lambda: self._let_guests_in(False)]
        )

    def open(self) -> None:
        """Give every right back, the pages last: they are no use without the rest."""
        self._take(
            [
                lambda: self._let_guests_in(True),
                self._restore_functions,
                self.stop_denying,
                lambda: self._publish(closed=False),
            ]
        )

    def show_pages(self) -> None:
        """Open only pages and pictures, if they are closed."""
        self._publish(closed=False)

    def state(self) -> dict[str, bool]:
        """Whether each thing that lets visitors in is closed."""
        pool = self.cognito_identity.describe_identity_pool(IdentityPoolId=self.identity_pool_id)
        found = {
            ROLES: all(is_denied(self.iam, role, self.policy_arn) for role in self.roles()),
            FUNCTIONS: all(self._reserved(function) == 0 for function in self.functions()),
            GUESTS: not pool["AllowUnauthenticatedIdentities"],
        }
        return {PAGES: _FLAGS[True] in self._published(), **found} if self.router else found

    def is_closed(self) -> bool:
        """Whether the site was closed, even half-way: pages are closed, or a visitor's role is denied everything."""
        denied = any(is_denied(self.iam, role, self.policy_arn) for role in self.roles())
        return denied or bool(self.router and _FLAGS[True] in self._published())

    def roles(self) -> list[str]:
        """Names of the roles that the identity pool gives to visitors."""
        given = self.cognito_identity.get_identity_pool_roles(IdentityPoolId=self.identity_pool_id)["Roles"]
        return sorted(arn.rpartition("/")[2] for arn in given.values())

    def functions(self) -> list[str]:
        """ARNs of the functions that visitors may invoke."""
        found: set[str] = set()
        for role in self.roles():
            for page in self.iam.get_paginator("list_role_policies").paginate(RoleName=role):
                for name in page["PolicyNames"]:
                    found.update(_invoked(self.iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]))
        return sorted(found)

    @staticmethod
    def _take(steps: list[Callable[[], None]]) -> None:
        failure: Exception | None = None
        for step in steps:
            try:
                step()
            except Exception as error:  # raised below
                failure = failure or error
        if failure:
            raise failure

    def _published(self) -> str:
        code: bytes = self.cloudfront.get_function(Name=self.router, Stage="LIVE")["FunctionCode"].read()
        return code.decode()

    def _publish(self, *, closed: bool) -> None:
        if not self.router:
            return
        live = self._published()
        wanted = with_flag(live, closed=closed)
        if wanted == live:
            return
        draft = self.cloudfront.describe_function(Name=self.router, Stage="DEVELOPMENT")
        written = self.cloudfront.update_function(
            Name=self.router,
            IfMatch=draft["ETag"],
            FunctionConfig=draft["FunctionSummary"]["FunctionConfig"],
            FunctionCode=wanted.encode(),
        )
        self.cloudfront.publish_function(Name=self.router, IfMatch=written["ETag"])

    def _deny(self) -> None:
        for role in self.roles():
            self.iam.attach_role_policy(RoleName=role, PolicyArn=self.policy_arn)

    def stop_denying(self) -> None:
        """Take the policy that denies everything from the visitors' roles."""
        for role in self.roles():
            if is_denied(self.iam, role, self.policy_arn):
                self.iam.detach_role_policy(RoleName=role, PolicyArn=self.policy_arn)

    def _reserved(self, function: str) -> int | None:
        return self.lambda_.get_function_concurrency(FunctionName=function).get("ReservedConcurrentExecutions")

    def _stop_functions(self) -> None:
        for function in self.functions():
            reserved = self._reserved(function)
            if reserved == 0:
                continue
            kept = _NONE_RESERVED if reserved is None else str(reserved)
            self.lambda_.tag_resource(Resource=function, Tags={_RESERVED_TAG: kept})
            self.lambda_.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)

    def _restore_functions(self) -> None:
        for function in self.functions():
            kept = self.lambda_.list_tags(Resource=function)["Tags"].get(_RESERVED_TAG)
            if kept is None:
                continue  # it was closed before: nobody but the owner sends photos (UploadConcurrency)
            if self._reserved(function) == 0:
                if kept == _NONE_RESERVED:
                    self.lambda_.delete_function_concurrency(FunctionName=function)
                else:
                    self.lambda_.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=int(kept))
            self.lambda_.untag_resource(Resource=function, TagKeys=[_RESERVED_TAG])

    def _let_guests_in(self, allowed: bool) -> None:
        pool: dict[str, Any] = {**self.cognito_identity.describe_identity_pool(IdentityPoolId=self.identity_pool_id)}
        if pool["AllowUnauthenticatedIdentities"] == allowed:
            return
        kept = {name: pool[name] for name in _POOL_FIELDS if pool.get(name)}
        self.cognito_identity.update_identity_pool(**kept, AllowUnauthenticatedIdentities=allowed)


def _invoked(policy: Any) -> Iterator[str]:
    """ARNs of the functions that a policy lets its holder invoke."""
    for statement in policy["Statement"]:
        if statement["Effect"] == "Allow" and "lambda:InvokeFunction" in _as_list(statement["Action"]):
            yield from _as_list(statement["Resource"])


def _as_list(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]
