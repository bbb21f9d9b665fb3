"""Checks of what visitors meet: whether the site is open, its pages, and the calls their browsers make."""

import json
import urllib.error
import urllib.request

from botocore.exceptions import BotoCoreError, ClientError

from scripts.common.stack import Stack, StackError
from scripts.common.words import count
from scripts.deployment.closing import find_site_access, list_ways_in, new_guest
from scripts.deployment.deploy import Target
from scripts.health.finding import Finding

_HTTP_SECONDS = 15


def is_closed(target: Target, stack: Stack) -> bool:
    """Whether the site is closed to visitors; False if that can't be found out."""
    try:
        return find_site_access(target.session, stack.outputs).is_closed()
    except (StackError, ClientError, BotoCoreError):
        return False  # `check_closed` says why


def check_closed(target: Target, stack: Stack) -> Finding:
    """Whether visitors are let in; if the site is closed, whether any way in is still open."""
    state = find_site_access(target.session, stack.outputs).state()
    if not any(state.values()):
        return Finding("closed", "ok", "the site is open to visitors")
    still = [name for name, is_closed in state.items() if not is_closed]
    still += [name for name, is_open in list_ways_in(stack, None).items() if is_open() and name not in still]
    if still:
        text = f"the site is only half closed; still open: {', '.join(still)}"
        return Finding("closed", "wrong", text, "run `kinpics close` or `kinpics open`")
    return Finding("closed", "warning", "the site is closed to visitors", "open it with `kinpics open`")


def check_site(stack: Stack) -> Finding:
    """Whether the site's pages are served."""
    address = stack.site_url
    if not address:
        return Finding("site", "ok", "not served here: a laptop serves only the first stack's site")
    try:
        with urllib.request.urlopen(address + "/", timeout=_HTTP_SECONDS) as answer:  # noqa: S310 - the owner's own
            page, headers = answer.read().decode(errors="replace"), answer.headers
    except urllib.error.HTTPError as error:
        return Finding("site", "wrong", f"{address} answers {error.code}", "run `kinpics publish`")
    if stack.outputs.identity_pool not in page:
        return Finding("site", "wrong", f"{address} shows the pages of another stack", "run `kinpics publish`")
    if "content-security-policy" not in headers:
        return Finding("site", "wrong", f"{address} sends no Content-Security-Policy", "run `kinpics deploy`")
    return Finding("site", "ok", f"{address} answers with this site's pages")


def check_cors(stack: Stack) -> Finding:
    """Whether a page may call the services from its own origin: AWS's endpoints say so to a preflight request."""
    origin = stack.site_url or "https://example.com"
    refused = []
    for service in ("cognito-identity", "cognito-idp", "dynamodb", "lambda"):
        url = stack.endpoint_url or f"https://{service}.{stack.region}.amazonaws.com"
        headers = {
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type,x-amz-date,x-amz-security-token,x-amz-target",
        }
        path = f"/2015-03-31/functions/{stack.outputs.search_function}/invocations" if service == "lambda" else "/"
        request = urllib.request.Request(url + path, method="OPTIONS", headers=headers)  # noqa: S310 - AWS's
        try:
            with urllib.request.urlopen(request, timeout=_HTTP_SECONDS) as answer:  # noqa: S310 - AWS's
                allowed = answer.headers.get("access-control-allow-origin")
        except urllib.error.HTTPError as error:
            allowed = error.headers.get("access-control-allow-origin")
        if allowed not in ("*", origin):
            refused.append(service)
    if refused:
        return Finding("cross-origin calls", "wrong", f"{', '.join(refused)} would refuse calls from {origin}")
    return Finding("cross-origin calls", "ok", f"{origin} may call Cognito, DynamoDB and Lambda")


def check_visitors(stack: Stack) -> Finding:
    """Do what a visitor's browser does: take guest credentials, read the sets, call the functions."""
    guest = new_guest(stack)
    sets = guest.client("dynamodb").query(
        TableName=stack.outputs.pics_table,
        KeyConditionExpression="primarykey = :p",
        ExpressionAttributeValues={":p": {"S": "/"}},
    )["Count"]
    nobody = json.dumps({"faceid": "00000000-0000-0000-0000-000000000000"}).encode()
    answer = guest.client("lambda").invoke(FunctionName=stack.outputs.search_function, Payload=nobody)
    code = json.loads(answer["Payload"].read()).get("err", {}).get("code")
    if code != "FaceNotFound":
        advice = "look at the search function's log group"
        return Finding("visitors", "wrong", f"a search for a face that does not exist was answered with {code}", advice)
    status = json.dumps({"action": "status"}).encode()
    answer = guest.client("lambda").invoke(FunctionName=stack.outputs.removal_function, Payload=status)
    code = json.loads(answer["Payload"].read()).get("err", {}).get("code")
    if code:
        advice = "look at the removal function's log group"
        return Finding(
            "visitors", "wrong", f"a guest's question about a removal request was answered with {code}", advice
        )
    text = f"guests get in, see {count(sets, 'set')}, can search, and can ask to be removed from search"
    return Finding("visitors", "ok", text)
