"""Closing and opening the site: what to close, whether visitors still get in, and deploying while it is closed."""

import contextlib
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from functions.aws_errors import code_of
from functions.site_access import SiteAccess, with_flag
from scripts.common.outputs import StackOutputs
from scripts.common.stack import Stack
from scripts.deployment.cloudformation import read_outputs

if TYPE_CHECKING:
    from types_boto3_cloudformation.type_defs import StackTypeDef

# IAM usually spreads a change within seconds; issued credentials may work until then.
_TIMEOUT_SECONDS = 300
_HTTP_SECONDS = 15
# A refused visitor must not retry.
_ONCE = Config(retries={"total_max_attempts": 1})
_REFUSALS = {"AccessDenied", "AccessDeniedException", "NotAuthorizedException"}
# What Lambda answers for a function without concurrency.
_NO_CONCURRENCY = "TooManyRequestsException"
_NOBODY = {"faceid": "00000000-0000-0000-0000-000000000000"}


def find_site_access(session: boto3.Session, outputs: StackOutputs) -> SiteAccess:
    """What lets visitors into a deployed stack."""
    return _site_access(session, outputs.identity_pool, outputs.closed_policy, outputs.router)


def _site_access(session: boto3.Session, identity_pool: str, closed_policy: str, router: str | None) -> SiteAccess:
    return SiteAccess(
        iam=session.client("iam"),
        lambda_=session.client("lambda"),
        cognito_identity=session.client("cognito-identity"),
        cloudfront=session.client("cloudfront"),
        identity_pool_id=identity_pool,
        policy_arn=closed_policy,
        router=router or "",
    )


@contextlib.contextmanager
def keep_closed(session: boto3.Session, described: "StackTypeDef | None") -> Iterator[bool]:
    """Keep a closed site closed, and an open one open, while it is deployed; yields whether it is closed.

    ``described`` is the stack as CloudFormation describes it, if there is one. CloudFormation opens what it updates,
    and after a failure it may restore what was there while the site was closed. A stack of an early release, which
    could not be closed, is open.
    """
    outputs = read_outputs(described)
    if "ClosedPolicy" not in outputs:
        yield False
        return
    site_access = _site_access(session, outputs["IdentityPool"], outputs["ClosedPolicy"], outputs.get("Router"))
    closed = site_access.is_closed()
    try:
        yield closed
    finally:
        if closed:
            site_access.close()
        else:
            site_access.show_pages()


def closed_template(template: dict[str, Any]) -> dict[str, Any]:
    """The template with the router closed, so that a deployment never shows the pages of a closed site."""
    resources = template["Resources"]
    router = resources["Router"]
    code = with_flag(router["Properties"]["FunctionCode"]["Fn::Sub"], closed=True)
    closed = {**router, "Properties": {**router["Properties"], "FunctionCode": {"Fn::Sub": code}}}
    return {**template, "Resources": {**resources, "Router": closed}}


def new_guest(stack: Stack) -> boto3.Session:
    """The credentials that a visitor's browser gets. Raises ``ClientError`` if guests are not let in."""
    anonymous = boto3.client("cognito-identity", config=Config(signature_version=UNSIGNED))
    identity = anonymous.get_id(IdentityPoolId=stack.outputs.identity_pool)["IdentityId"]
    keys = anonymous.get_credentials_for_identity(IdentityId=identity)["Credentials"]
    return boto3.Session(keys["AccessKeyId"], keys["SecretKey"], keys["SessionToken"], region_name=stack.region)


def try_new_guest(stack: Stack) -> boto3.Session | None:
    """A guest to check the closing with, who got in before; None if that fails, which must not stop the closing."""
    try:
        return new_guest(stack)
    except (ClientError, BotoCoreError):
        return None


def list_ways_in(stack: Stack, guest: Callable[[], boto3.Session] | None) -> dict[str, Callable[[], bool]]:
    """What visitors do, each with a check of whether it works now; rows and searches need a guest."""
    ways: dict[str, Callable[[], bool]] = {"new guests": lambda: _passes(lambda: new_guest(stack))}
    if stack.site_url:
        site = stack.site_url
        ways = {
            "pages": lambda: _is_served(f"{site}/"),
            "pictures": lambda: _is_served(f"{site}/thumbnails/photos/none.jpg"),
            **ways,
        }
    if guest:
        ways["rows"] = lambda: _passes(lambda: _read_row(guest(), stack.outputs.pics_table))
        ways["searches"] = lambda: _passes(lambda: _search(guest(), stack.outputs.search_function), _NO_CONCURRENCY)
    return ways


def watch_ways_in(
    ways: dict[str, Callable[[], bool]],
    *,
    closed: bool,
    tell: Callable[[str, float], None],
    pause: float = 1.0,
    timeout: float = _TIMEOUT_SECONDS,
) -> list[str]:
    """Wait until every way in is closed, or open; returns those that are not after ``timeout`` seconds."""
    started = time.monotonic()
    left = dict(ways)
    while left:
        for name, is_open in list(left.items()):
            if is_open() != closed:
                tell(name, time.monotonic() - started)
                del left[name]
        if not left or time.monotonic() - started > timeout:
            break
        time.sleep(pause)
    return list(left)


def _read_row(guest: boto3.Session, table: str) -> None:
    client = guest.client("dynamodb", config=_ONCE)
    client.get_item(TableName=table, Key={"primarykey": {"S": "/"}, "sortkey": {"S": "none"}})


def _search(guest: boto3.Session, function: str) -> None:
    guest.client("lambda", config=_ONCE).invoke(FunctionName=function, Payload=json.dumps(_NOBODY).encode())


def _passes(call: Callable[[], Any], *refusals: str) -> bool:
    """Whether a call is let through; a service that is busy or finds nothing still lets visitors in."""
    try:
        call()
    except ClientError as error:
        return code_of(error) not in _REFUSALS | set(refusals)
    return True


def _is_served(url: str) -> bool:
    """Whether the site answers, if only with 404, and doesn't say it is closed."""
    try:
        with urllib.request.urlopen(url, timeout=_HTTP_SECONDS):  # noqa: S310 - the owner's own
            return True
    except urllib.error.HTTPError as error:
        return error.code != 503
    except OSError:
        return False
