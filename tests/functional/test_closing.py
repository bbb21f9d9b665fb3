"""Closing and opening, on services in memory that take only what AWS's own models allow."""

import contextlib
import copy
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from fakes import FakeClient, FakeSession
from rendered import policy
from support import LambdaContext

from functions.close import handler
from functions.site_access import NoFlagError, SiteAccess, with_flag
from scripts.common.template import load_template
from scripts.deployment.closing import _passes, closed_template, keep_closed, watch_ways_in
from scripts.deployment.cloudformation import DeployError

ROOT = Path(__file__).parents[2]
ROUTER = load_template()["Resources"]["Router"]["Properties"]["FunctionCode"]["Fn::Sub"]
SEARCH = "arn:aws:lambda:us-east-1:123456789012:function:kinpics-SearchFunction"
OTHER = "arn:aws:lambda:us-east-1:123456789012:function:kinpics-OtherFunction"
GATES_CONFIG = {
    "Comment": "",
    "Runtime": "cloudfront-js-2.0",
    "KeyValueStoreAssociations": {
        "Quantity": 1,
        "Items": [{"KeyValueStoreARN": "arn:aws:cloudfront::123456789012:key-value-store/1"}],
    },
}
DENY = "arn:aws:iam::123456789012:policy/kinpics-ClosedPolicy"


@dataclass
class Account:
    """What `SiteAccess` reads and changes, and who is stopped after how many changes."""

    live: str = ROUTER
    draft: str = ROUTER
    version: int = 1
    attached: dict[str, set[str]] = field(
        default_factory=lambda: {"guest": {"arn:aws:iam::aws:policy/Kept"}, "member": set()}
    )
    inline: dict[str, Any] = field(default_factory=dict)
    reserved: dict[str, int] = field(default_factory=lambda: {SEARCH: 10})
    tags: dict[str, dict[str, str]] = field(default_factory=lambda: {SEARCH: {"mine": "kept"}, OTHER: {}})
    pool: dict[str, Any] = field(
        default_factory=lambda: {
            "IdentityPoolId": "us-east-1:1",
            "IdentityPoolName": "kinpics",
            "AllowUnauthenticatedIdentities": True,
            "AllowClassicFlow": False,
            "DeveloperProviderName": "",
            "CognitoIdentityProviders": [{"ClientId": "site", "ProviderName": "pool", "ServerSideTokenCheck": True}],
            "IdentityPoolTags": {"aws:cloudformation:stack-name": "kinpics"},
        }
    )
    changes_left: int = 1000
    failing: set[str] = field(default_factory=set)
    mails: list[dict] = field(default_factory=list)

    def __post_init__(self) -> None:
        functions = {"Effect": "Allow", "Action": ["lambda:InvokeFunction"], "Resource": [SEARCH, OTHER]}
        self.inline = {"guest": [policy("visitor"), {"Statement": [functions]}], "member": [policy("visitor")]}
        for statement in (
            found for documents in self.inline.values() for document in documents for found in document["Statement"]
        ):
            if statement["Action"] == "lambda:InvokeFunction":
                statement["Resource"] = SEARCH

    def kept(self) -> Any:
        """What must be the same after closing and opening."""
        return copy.deepcopy([self.live, self.attached, self.reserved, self.tags, self.pool])

    def site_access(self) -> SiteAccess:
        return SiteAccess(
            iam=FakeClient("iam", self),
            lambda_=FakeClient("lambda", self),
            cognito_identity=FakeClient("cognito-identity", self),
            cloudfront=FakeClient("cloudfront", self),
            identity_pool_id="us-east-1:1",
            policy_arn=DENY,
            router="kinpics-us-east-1-router",
        )

    def noticed(self, operation: str) -> None:
        """Before an operation: it may fail, and a change may be one too many."""
        if operation in self.failing:
            raise ClientError({"Error": {"Code": "Throttling", "Message": "later"}}, operation)
        if not operation.startswith(("get_", "list_", "describe_")):
            if not self.changes_left:
                raise KeyboardInterrupt
            self.changes_left -= 1

    # The operations, by their names in boto3.

    def publish(self, given: dict) -> None:
        self.mails.append(given)

    def get_function(self, given: dict) -> dict:
        return {"FunctionCode": io.BytesIO({"LIVE": self.live, "DEVELOPMENT": self.draft}[given["Stage"]].encode())}

    def describe_function(self, given: dict) -> dict:
        return {"ETag": f"v{self.version}", "FunctionSummary": {"FunctionConfig": GATES_CONFIG}}

    def update_function(self, given: dict) -> dict:
        assert given["IfMatch"] == f"v{self.version}"
        assert given["FunctionConfig"] == GATES_CONFIG, "without its store the gate would let nobody in"
        self.version, self.draft = self.version + 1, given["FunctionCode"].decode()
        return {"ETag": f"v{self.version}"}

    def publish_function(self, given: dict) -> dict:
        assert given["IfMatch"] == f"v{self.version}"
        self.live = self.draft
        return {}

    def list_attached_role_policies(self, given: dict) -> dict:
        return {"AttachedPolicies": [{"PolicyArn": arn} for arn in sorted(self.attached[given["RoleName"]])]}

    def attach_role_policy(self, given: dict) -> None:
        self.attached[given["RoleName"]].add(given["PolicyArn"])

    def detach_role_policy(self, given: dict) -> None:
        self.attached[given["RoleName"]].remove(given["PolicyArn"])

    def list_role_policies(self, given: dict) -> dict:
        return {"PolicyNames": [str(number) for number in range(len(self.inline[given["RoleName"]]))]}

    def get_role_policy(self, given: dict) -> dict:
        return {"PolicyDocument": self.inline[given["RoleName"]][int(given["PolicyName"])]}

    def get_function_concurrency(self, given: dict) -> dict:
        reserved = self.reserved.get(given["FunctionName"])
        return {} if reserved is None else {"ReservedConcurrentExecutions": reserved}

    def put_function_concurrency(self, given: dict) -> None:
        self.reserved[given["FunctionName"]] = given["ReservedConcurrentExecutions"]

    def delete_function_concurrency(self, given: dict) -> None:
        del self.reserved[given["FunctionName"]]

    def list_tags(self, given: dict) -> dict:
        return {"Tags": self.tags[given["Resource"]]}

    def tag_resource(self, given: dict) -> None:
        self.tags[given["Resource"]] |= given["Tags"]

    def untag_resource(self, given: dict) -> None:
        for key in given["TagKeys"]:
            self.tags[given["Resource"]].pop(key, None)

    def describe_identity_pool(self, given: dict) -> dict:
        return self.pool

    def update_identity_pool(self, given: dict) -> None:
        assert {name for name, value in self.pool.items() if value} - {"IdentityPoolTags"} <= set(given) | {
            "AllowUnauthenticatedIdentities"
        }
        self.pool |= given

    def get_identity_pool_roles(self, given: dict) -> dict:
        return {"Roles": {kind: f"arn:aws:iam::123456789012:role/{kind}" for kind in ("guest", "member")}}


def everything(is_closed: bool) -> dict[str, bool]:
    return dict.fromkeys(("pages and pictures", "visitors' roles", "functions", "new guests"), is_closed)


def test_a_closed_site_opens_just_as_it_was() -> None:
    account = Account()
    site_access, before = account.site_access(), account.kept()
    assert (site_access.state(), site_access.is_closed()) == (everything(False), False)
    site_access.close()
    assert (site_access.state(), site_access.is_closed()) == (everything(True), True)
    assert account.live == ROUTER.replace("var closed = false;", "var closed = true;")
    assert DENY in account.attached["guest"] & account.attached["member"]
    assert account.reserved == {SEARCH: 0, OTHER: 0}, "whatever visitors may invoke"
    site_access.close()
    site_access.open()
    site_access.open()
    assert account.kept() == before
    assert site_access.state() == everything(False)


def test_closing_that_was_stopped_half_way_is_finished_later() -> None:
    for changes in range(12):
        account = Account()
        site_access, before = account.site_access(), account.kept()
        for run in (site_access.close, site_access.open):
            account.changes_left = changes
            try:
                run()
            except KeyboardInterrupt:
                account.changes_left = 1000
                run()
            account.changes_left = 1000
            assert site_access.state() == everything(run == site_access.close), changes
        assert account.kept() == before, changes


@pytest.mark.parametrize("failing", ["update_function", "attach_role_policy", "tag_resource", "update_identity_pool"])
def test_a_step_that_fails_does_not_stop_the_others(failing: str) -> None:
    account = Account(failing={failing})
    with pytest.raises(ClientError, match="Throttling"):
        account.site_access().close()
    assert list(account.site_access().state().values()).count(True) == 3
    account.failing.clear()
    account.site_access().close()
    assert account.site_access().state() == everything(True)


def test_opening_brings_back_what_was_deployed_meanwhile() -> None:
    account = Account()
    account.site_access().close()
    account.reserved[SEARCH] = 20
    account.site_access().close()
    account.site_access().open()
    assert account.reserved == {SEARCH: 20}


def test_a_router_of_an_older_release_keeps_nothing_else_open() -> None:
    account = Account(live="function handler(event) {}")
    with pytest.raises(NoFlagError, match="kinpics deploy"):
        account.site_access().close()
    assert account.site_access().state() == everything(True) | {"pages and pictures": False}


OUTPUTS = {"ClosedPolicy": DENY, "IdentityPool": "us-east-1:1", "Router": "kinpics-us-east-1-router"}
DESCRIBED = {"Outputs": [{"OutputKey": name, "OutputValue": value} for name, value in OUTPUTS.items()]}


def deployed(account: Account, router: str) -> None:
    """Deploy, in a way that publishes a router and gives the function its concurrency, and fails in the end."""
    with contextlib.suppress(DeployError), keep_closed(FakeSession(account), DESCRIBED):  # type: ignore[arg-type]
        account.live, account.reserved[SEARCH] = router, 10
        raise DeployError("it failed")


def test_a_failed_deployment_leaves_a_closed_site_closed() -> None:
    account = Account()
    account.site_access().close()
    deployed(account, ROUTER)
    assert account.site_access().state() == everything(True)


def test_a_deployment_that_is_rolled_back_closes_no_open_site() -> None:
    """CloudFormation may know the router of a deployment that was made while the site was closed."""
    account = Account()
    deployed(account, with_flag(ROUTER, closed=True))
    assert account.site_access().state() == everything(False)


def test_a_closed_template_changes_only_the_router() -> None:
    template = load_template()
    closed = closed_template(template)
    assert closed["Resources"]["Router"]["Properties"].pop("FunctionCode") == {
        "Fn::Sub": with_flag(ROUTER, closed=True)
    }
    assert template["Resources"]["Router"]["Properties"].pop("FunctionCode") == {"Fn::Sub": ROUTER}
    assert closed == template


@pytest.mark.parametrize(
    ("code", "refusals", "is_open"),
    [
        ("AccessDeniedException", (), False),
        ("NotAuthorizedException", (), False),
        ("TooManyRequestsException", ("TooManyRequestsException",), False),
        ("TooManyRequestsException", (), True),
        ("ThrottlingException", (), True),
    ],
)
def test_a_busy_service_does_not_count_as_closed(code: str, refusals: tuple[str, ...], is_open: bool) -> None:
    def call() -> None:
        raise ClientError({"Error": {"Code": code, "Message": ""}}, "Call")

    assert _passes(call, *refusals) == is_open


def test_closing_reports_what_stays_open() -> None:
    answers = iter([True, False])
    ways = {"pages": lambda: False, "rows": lambda: next(answers), "searches": lambda: True}
    told: list[str] = []
    left = watch_ways_in(ways, closed=True, tell=lambda name, _: told.append(name), pause=0, timeout=0.05)
    assert (told, left) == (["pages", "rows"], ["searches"])


@pytest.fixture
def alarmed(monkeypatch: pytest.MonkeyPatch) -> Callable[[Account], None]:
    """Let the close function hear an alarm, in an account."""
    monkeypatch.setenv("STACK_NAME", "kinpics")
    monkeypatch.setenv("IDENTITY_POOL", "us-east-1:1")
    monkeypatch.setenv("CLOSED_POLICY", DENY)
    monkeypatch.setenv("ROUTER", "kinpics-us-east-1-router")
    monkeypatch.setenv("ALARM_TOPIC", "arn:aws:sns:us-east-1:123456789012:kinpics-AlarmTopic")

    def hear(account: Account) -> None:
        monkeypatch.setattr(boto3, "client", lambda service, **_: FakeClient(service, account))
        handler._site_access.cache_clear()
        handler.handler(json.loads((ROOT / "tests" / "data" / "alarm.json").read_text()), LambdaContext())

    return hear


def test_an_alarm_closes_the_site_and_the_owner_is_mailed(alarmed: Callable[[Account], None]) -> None:
    account = Account()
    alarmed(account)
    assert account.site_access().state() == everything(True)
    (mail,) = account.mails
    assert mail["Subject"] == "kinpics has closed itself"
    assert all(words in mail["Message"] for words in ("80 % of its maximum", "98.5", "kinpics open"))


def test_an_alarm_that_cannot_close_everything_is_tried_again(alarmed: Callable[[Account], None]) -> None:
    account = Account(failing={"update_identity_pool"})
    with pytest.raises(ClientError):
        alarmed(account)
    assert account.site_access().state() == everything(True) | {"new guests": False}
    assert [mail["Subject"] for mail in account.mails] == ["kinpics could not close itself"]
    account.failing.clear()
    alarmed(account)
    assert account.site_access().state() == everything(True)


def test_the_policy_of_a_closed_site_denies_everything() -> None:
    properties = load_template()["Resources"]["ClosedPolicy"]["Properties"]
    (statement,) = json.loads(json.dumps(properties["PolicyDocument"]))["Statement"]
    assert (statement["Effect"], statement["Action"], statement["Resource"]) == ("Deny", "*", "*")
