"""Check a deployed site's health, from the owner's credentials down to what a visitor's browser meets.

Each check says what it found and, if something is wrong, what to do. A failed check does not stop the others.
"""

import json
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from functions.aws_errors import code_of, message_of
from functions.keys import ImagePath
from functions.ledger import allowed_by, next_allowed
from local.state_folder import StateFolder
from scripts.common.config import load_config, undeployed
from scripts.common.pauses import growing_pauses
from scripts.common.stack import Stack, StackError
from scripts.common.template import load_defaults
from scripts.common.words import count
from scripts.deployment.account_limits import MORE_FUNCTIONS, UPGRADE, find_free_plan, read_concurrency
from scripts.deployment.closing import find_entrance, list_ways_in, new_guest
from scripts.deployment.cloudfront_plan import find_plan
from scripts.deployment.deploy import Target, has_room, list_notified_queues, list_unlimited
from scripts.health import reconcile
from scripts.health.integrity import check_originals, earlier_versions
from scripts.health.survey import drift, survey
from scripts.people import forgetting
from scripts.photos import dead_letters, manage

_ROUND_TRIP_SECONDS = 120
_HTTP_SECONDS = 15
_MAX_LINES = 5


@dataclass(frozen=True)
class Finding:
    """What a check found: ``state`` is `ok`, `warning` or `wrong`; ``advice`` says what to do."""

    check: str
    state: str
    text: str
    advice: str = ""


def examine(
    target: Target, stack: Stack, data: Path, *, round_trip: bool, originals: str = "sample"
) -> Iterator[Finding]:
    """Run every check; ``round_trip`` sends a picture through, at the price of one IndexFaces call.

    ``originals`` says how many are read: a `sample`, `all` or `none`.

    ``data`` is the laptop stack's folder; it is checked if that stack is the one examined.
    """
    closed = _is_closed(target, stack)
    checks: list[tuple[str, Callable[[], Finding]]] = [
        ("credentials", lambda: _credentials(target)),
        ("account", lambda: _account(target)),
        ("region", lambda: _region(target)),
        ("stack", lambda: _stack(stack)),
        ("events", lambda: _events(stack)),
        ("settings", lambda: _settings(stack)),
        ("closed", lambda: _closed(target, stack)),
        *([] if closed else [("site", lambda: _site(stack)), ("visitors", lambda: _visitors(stack))]),
        ("cross-origin calls", lambda: _cors(stack)),
        ("CloudFront's plan", lambda: _cloudfront_plan(target, stack)),
        ("concurrency", lambda: _concurrency(target, stack, closed=closed)),
        ("paid calls today", lambda: _paid_calls(stack)),
        ("maxima", lambda: _maxima(target, stack)),
        ("alarms", lambda: _alarms(target, stack)),
        ("dead letters", lambda: _dead_letters(stack)),
        ("removal requests", lambda: _removal_requests(stack)),
        ("agreement", lambda: _agreement(stack)),
    ]
    if originals != "none":
        checks.append(("originals", lambda: _originals(stack, whole=originals == "all")))
    if (running := StateFolder(data).running()) and running.api_url == stack.endpoint_url:
        checks.append(("set aside", lambda: _set_aside(data)))
    if round_trip:
        checks.append(("round trip", lambda: _round_trip(stack)))
    for name, check in checks:
        try:
            yield check()
        except ClientError as error:
            denied = "Denied" in code_of(error) or code_of(error) == "403"
            advice = "your credentials lack this permission" if denied else ""
            yield Finding(name, "wrong", f"{error.operation_name}: {code_of(error)}: {message_of(error)}", advice)
        except (BotoCoreError, OSError, StackError, reconcile.BusyError) as error:
            yield Finding(name, "wrong", str(error))


def _credentials(target: Target) -> Finding:
    identity = target.session.client("sts").get_caller_identity()
    is_root = identity["Arn"].endswith(":root") and not target.is_laptop
    advice = "use a user or role with fewer rights than the account's root" if is_root else ""
    return Finding("credentials", "warning" if is_root else "ok", identity["Arn"], advice)


def _account(target: Target) -> Finding:
    plan = None if target.is_laptop else find_free_plan(target.session)
    if plan:
        return Finding("account", "warning", str(plan), f"upgrade it: `{UPGRADE}`")
    return Finding("account", "ok", "AWS is not known to be about to close it")


def _cloudfront_plan(target: Target, stack: Stack) -> Finding:
    plan = find_plan(target.session, stack.name, stack.outputs.distribution)
    if not plan.distribution_id:
        return Finding("CloudFront's plan", "ok", "there is no CloudFront on a laptop")
    if not plan.firewall:
        return Finding("CloudFront's plan", "ok", "none: CloudFront is billed by use")
    found = plan.subscription()
    if found:
        state = "ok" if found["status"] == "ACTIVE" else "warning"
        ends = ", and ends with the month" if found.get("scheduledChange") else ""
        text = f"{found['planTier'].title()}, {found['status'].lower()}{ends}"
        return Finding("CloudFront's plan", state, text, found.get("statusReason", ""))
    text = "the site has a firewall but no plan, so the firewall costs 5 USD a month or more"
    return Finding("CloudFront's plan", "warning", text, "run `kinpics deploy --cloudfront-plan free`, or `none`")


def _concurrency(target: Target, stack: Stack, *, closed: bool) -> Finding:
    """Whether searches have executions of their own, which a new account has no room for."""
    if target.is_laptop or closed:
        return Finding("concurrency", "ok", "not checked on a laptop or while the site is closed")
    settings = target.session.client("lambda").get_function_concurrency(FunctionName=stack.outputs.search_function)
    limits = read_concurrency(target.session)
    if reserved := settings.get("ReservedConcurrentExecutions"):
        text = f"searches have {reserved} of the {limits.total} functions that the account may run at once"
        return Finding("concurrency", "ok", text)
    wanted = int(stack.parameters.get("SearchConcurrency", 0))
    default = int(load_defaults()["SearchConcurrency"])
    if not has_room(target, None, wanted or default):
        text = f"the account may run only {limits.total} functions at once, too few to reserve any for searches"
        return Finding("concurrency", "warning", text, MORE_FUNCTIONS)
    if wanted:
        text = f"the account now has room to reserve {wanted} functions at once for searches"
        return Finding("concurrency", "warning", text, "run `kinpics deploy`")
    # Releases that checked for room only once noted a lack of room as if the owner had asked for none.
    text = "no function is reserved for searches (SearchConcurrency is 0), though the account has room"
    advice = f"if you did not ask for that, run `kinpics deploy --search-concurrency {default}`"
    return Finding("concurrency", "ok", text, advice)


def _region(target: Target) -> Finding:
    region = target.session.region_name
    if target.has_rekognition():
        return Finding("region", "ok", f"{region} recognises faces")
    return Finding("region", "warning", f"Rekognition is not known to be in {region}", "see `kinpics deploy --help`")


def _stack(stack: Stack) -> Finding:
    if stack.status.endswith("_COMPLETE") and "ROLLBACK" not in stack.status:
        return Finding("stack", "ok", f"{stack.name} is {stack.status}")
    # The last deployment was taken back: what was there before is there.
    state = "warning" if stack.status == "UPDATE_ROLLBACK_COMPLETE" else "wrong"
    return Finding("stack", state, f"{stack.name} is {stack.status}", "run `kinpics deploy` again")


def _events(stack: Stack) -> Finding:
    queue = stack.sqs.get_queue_attributes(QueueUrl=stack.outputs.process_queue, AttributeNames=["QueueArn"])
    if list_notified_queues(stack) == {queue["Attributes"]["QueueArn"]}:
        return Finding("events", "ok", "the pics bucket notifies the queue")
    return Finding("events", "wrong", "the pics bucket does not notify this stack's queue", "run `kinpics deploy`")


def _is_closed(target: Target, stack: Stack) -> bool:
    try:
        return find_entrance(target.session, stack.outputs).is_closed()
    except (StackError, ClientError, BotoCoreError):
        return False  # `_closed` says why


def _closed(target: Target, stack: Stack) -> Finding:
    """Whether visitors are let in; if the site is closed, whether any way in is still open."""
    state = find_entrance(target.session, stack.outputs).state()
    if not any(state.values()):
        return Finding("closed", "ok", "the site is open to visitors")
    still = [name for name, is_closed in state.items() if not is_closed]
    still += [name for name, is_open in list_ways_in(stack, None).items() if is_open() and name not in still]
    if still:
        text = f"the site is only half closed; still open: {', '.join(still)}"
        return Finding("closed", "wrong", text, "run `kinpics close` or `kinpics open`")
    return Finding("closed", "warning", "the site is closed and visitors can't get in", "open it with `kinpics open`")


def _settings(stack: Stack) -> Finding:
    if told := undeployed(load_config(), stack.parameters):
        return Finding("settings", "warning", told, "run `kinpics deploy`, then `kinpics reconcile`")
    return Finding("settings", "ok", "the stack has the settings of kinpics.toml")


def _site(stack: Stack) -> Finding:
    address = stack.site_url
    if not address:
        return Finding("site", "ok", "not served here: a laptop serves only the first stack's site")
    try:
        with urllib.request.urlopen(address + "/", timeout=_HTTP_SECONDS) as answer:  # noqa: S310 - the owner's own
            page, headers = answer.read().decode(errors="replace"), answer.headers
    except urllib.error.HTTPError as error:
        return Finding("site", "wrong", f"{address} answers {error.code}", "run `kinpics publish`")
    if stack.outputs.identity_pool not in page:
        return Finding("site", "wrong", f"{address} was made for another stack", "run `kinpics publish`")
    if "content-security-policy" not in headers:
        return Finding("site", "wrong", f"{address} sends no Content-Security-Policy", "run `kinpics deploy`")
    return Finding("site", "ok", f"{address} answers with this site's pages")


def _cors(stack: Stack) -> Finding:
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


def _visitors(stack: Stack) -> Finding:
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
        return Finding("visitors", "wrong", f"a search for a face that does not exist got the answer {code}", advice)
    status = json.dumps({"action": "status"}).encode()
    answer = guest.client("lambda").invoke(FunctionName=stack.outputs.removal_function, Payload=status)
    code = json.loads(answer["Payload"].read()).get("err", {}).get("code")
    if code:
        advice = "look at the removal function's log group"
        return Finding("visitors", "wrong", f"a guest asking about their removal request got the answer {code}", advice)
    text = f"guests get in, see {sets} sets, can search, and can ask to be removed from search"
    return Finding("visitors", "ok", text)


def _paid_calls(stack: Stack) -> Finding:
    searches, photos = (int(stack.parameters.get(name, 0)) for name in ("DailySearches", "DailyIndexing"))
    searched, indexed = stack.ledger.counted("search"), stack.ledger.counted("index")
    now = time.time()
    allowed, later = allowed_by(searches, now), next_allowed(searches, now)
    until = f"{datetime.fromtimestamp(later, UTC):%H:%M} UTC" if later else "they are allowed"
    text = f"{searched} of {searches} searches ({allowed} until {until}), {indexed} of {photos} photos indexed"
    if searched >= allowed:
        advice = f"new searches wait until {until}; raise DailySearches with `kinpics deploy --daily-searches`"
        return Finding("paid calls today", "warning", text, advice)
    if indexed >= photos:
        advice = "new photos wait until 00:00 UTC; raise DailyIndexing with `kinpics deploy --daily-indexing`"
        return Finding("paid calls today", "warning", text, advice)
    return Finding("paid calls today", "ok", text)


def _maxima(target: Target, stack: Stack) -> Finding:
    if target.is_laptop:
        return Finding("maxima", "ok", "tables on a laptop have none")
    lacking = list_unlimited(stack)
    if lacking:
        titles = ", ".join(limit.title for limit in lacking)
        return Finding(
            "maxima", "wrong", f"visitors may read or write more than they should: {titles}", "run `kinpics deploy`"
        )
    return Finding("maxima", "ok", "visitors' reads and writes have a maximum")


def _alarms(target: Target, stack: Stack) -> Finding:
    email = stack.parameters.get("AlarmEmail", "")
    if target.is_laptop:
        return Finding("alarms", "ok", "there are none on a laptop")
    if not email:
        return Finding("alarms", "warning", "nobody hears of failures", "run `kinpics deploy --email ADDRESS`")
    topic = boto3.client("cloudformation").describe_stack_resource(StackName=stack.name, LogicalResourceId="AlarmTopic")
    arn = topic["StackResourceDetail"]["PhysicalResourceId"]
    subscriptions = boto3.client("sns").list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
    if any(entry["SubscriptionArn"].startswith("arn:") for entry in subscriptions):
        return Finding("alarms", "ok", f"{email} gets mail about failures")
    return Finding("alarms", "warning", f"{email} has not confirmed yet", "click the link in the mail from AWS")


def _dead_letters(stack: Stack) -> Finding:
    letters = dead_letters.read(stack.sqs, stack.outputs.dead_letter_queue)
    if not letters:
        return Finding("dead letters", "ok", "none")
    advice = "see `kinpics dead-letters list`"
    return Finding("dead letters", "warning", f"{count(len(letters), 'photo')} could not be processed", advice)


def _set_aside(data: Path) -> Finding:
    told = StateFolder(data).set_aside()
    return Finding("set aside", "warning" if told else "ok", told or "nothing")


def _removal_requests(stack: Stack) -> Finding:
    waiting = len(forgetting.requests(stack))
    if not waiting:
        return Finding("removal requests", "ok", "none")
    text = f"{waiting} visitors ask" if waiting > 1 else "a visitor asks"
    advice = "look at them with `kinpics people requests`"
    return Finding("removal requests", "warning", f"{text} to be removed from search", advice)


def _agreement(stack: Stack) -> Finding:
    waiting = reconcile.waiting_messages(stack)
    if waiting:
        return Finding(
            "agreement", "warning", f"{count(waiting, 'photo')} being processed", "run this again when they are done"
        )
    found = survey(stack)
    differences = drift(found)
    dead_letters.take_out(stack, differences.check)
    if len(differences):
        lines = list(differences.lines())
        more = f" and {len(lines) - _MAX_LINES} more" if len(lines) > _MAX_LINES else ""
        text = "; ".join(lines[:_MAX_LINES]) + more
        return Finding("agreement", "wrong", text, "run `kinpics reconcile`")
    if differences.unfinished:
        name, reason = min(differences.unfinished.items())
        more = f", and {len(differences.unfinished) - 1} more like it" if len(differences.unfinished) > 1 else ""
        advice = "upload what is missing, then run `kinpics reconcile`"
        return Finding("agreement", "warning", f"{name}: {reason}{more}", advice)
    faces = sum(len(row.face_ids) for row in found.rows.values())
    text = f"{len(found.rows)} photos with {faces} faces agree in S3, tables and collection"
    return Finding("agreement", "ok", text)


def _originals(stack: Stack, *, whole: bool) -> Finding:
    """Read the originals: their bytes may be damaged although S3's listing looks as before."""
    checked = check_originals(stack, whole=whole)
    read = count(checked.read, "photo") + (" read" if whole else f" of {checked.total} read")
    if not checked.damaged:
        more = "" if checked.read == checked.total else "; `kinpics doctor --originals all` reads every one"
        return Finding("originals", "ok", f"{read}, none damaged{more}")
    lines = []
    for path, reason in sorted(checked.damaged.items()):
        kept = sum(1 for _ in earlier_versions(stack, path))
        lines.append(f"{path}: {reason}" + (f" ({count(kept, 'earlier version')} kept)" if kept else ""))
    text = f"{read}, {len(lines)} damaged: " + "; ".join(lines[:_MAX_LINES])
    more = f" and {len(lines) - _MAX_LINES} more" if len(lines) > _MAX_LINES else ""
    advice = "delete each and upload a good copy, or restore an earlier version: docs/deploying.md"
    return Finding("originals", "wrong", text + more, advice)


def _round_trip(stack: Stack) -> Finding:
    """Send a picture through the whole site and remove it again."""
    path = ImagePath(f"kinpics-doctor-{secrets.token_hex(4)}", "test.png")
    started = time.monotonic()
    stack.s3.put_object(Bucket=stack.outputs.pics_bucket, Key=path.key, Body=_test_picture(), ContentType="image/png")
    try:
        arrived = _wait(lambda: stack.photos.get_photo(path) is not None)
        seconds = time.monotonic() - started
    finally:
        manage.delete(stack, [path], for_good=True)
        gone = _wait(lambda: not _traces(stack, path))
    if not arrived:
        advice = "see `kinpics dead-letters list` and the process function's log group"
        return Finding("round trip", "wrong", f"a picture was not processed within {_ROUND_TRIP_SECONDS} s", advice)
    if not gone:
        return Finding("round trip", "wrong", f"parts of {path} are still there", "run `kinpics reconcile`")
    return Finding("round trip", "ok", f"a picture was on the site after {seconds:.1f} s, and was removed again")


def _test_picture() -> bytes:
    """A picture nobody is in."""
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.linear_gradient("L").resize((320, 240)).convert("RGB").save(out, "PNG")
    return out.getvalue()


def _traces(stack: Stack, path: ImagePath) -> bool:
    thumbnails = stack.outputs.thumbnails_bucket
    listed = (stack.s3.list_objects_v2(Bucket=thumbnails, Prefix=key).get("KeyCount", 0) for key in path.served_keys)
    return any(listed) or stack.photos.get_photo(path) is not None or stack.photos.get_set(path.set_name) is not None


def _wait(is_so: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + _ROUND_TRIP_SECONDS
    pauses = growing_pauses(0.5)
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(next(pauses))
    return True
