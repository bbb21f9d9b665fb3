"""Checks a deployed site's health, from the owner's credentials to what a visitor's browser meets.

Each check says what it found and, if something is wrong, what to do. A failed check doesn't stop the others.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from functions.aws_errors import code_of, message_of
from functions.errors import KinpicsError
from local.state_folder import StateFolder
from scripts.common.progress import Progress
from scripts.common.stack import Stack
from scripts.deployment.deploy import Target
from scripts.health import account_checks, edge_checks, photo_checks, stack_checks, stranger_checks, visitor_checks
from scripts.health.finding import Finding
from scripts.health.integrity import originals_file
from scripts.health.round_trip import check_round_trip
from scripts.health.stocktaking import survey_file


def examine(
    target: Target,
    stack: Stack,
    data: Path,
    progress: Progress,
    *,
    round_trip: bool,
    whole: bool = False,
    originals: str = "sample",
) -> Iterator[Finding]:
    """Run every check; ``round_trip`` sends a picture through, at the price of one IndexFaces call.

    ``whole`` compares all photos of a large site, not just a sample; ``originals`` says how many are read: a `sample`,
    `all` or `none`. ``data`` is the laptop stack's folder; it is checked if that stack is the one examined. It also
    keeps how far long checks have come.
    """
    closed = visitor_checks.is_closed(target, stack)
    checks: dict[str, Callable[[], Finding]] = {
        "credentials": lambda: account_checks.check_credentials(target),
        "account": lambda: account_checks.check_account(target),
        "region": lambda: account_checks.check_region(target),
        "stack": lambda: stack_checks.check_stack(stack),
        "events": lambda: stack_checks.check_events(stack),
        "settings": lambda: stack_checks.check_settings(stack),
        "closed": lambda: visitor_checks.check_closed(target, stack),
    }
    if not closed:
        checks |= {
            "site": lambda: visitor_checks.check_site(stack),
            "visitors": lambda: visitor_checks.check_visitors(stack),
            "private": lambda: stranger_checks.check_private(stack),
        }
    checks |= {
        "cross-origin calls": lambda: visitor_checks.check_cors(stack),
        "CloudFront's plan": lambda: account_checks.check_cloudfront_plan(target, stack),
        "concurrency": lambda: account_checks.check_concurrency(target, stack, closed=closed),
        "paid calls today": lambda: stack_checks.check_paid_calls(stack),
        "maxima": lambda: stack_checks.check_maxima(target, stack),
        "alarms": lambda: stack_checks.check_alarms(target, stack),
        "the gate's entries": lambda: edge_checks.check_edge_store(boto3.client("lambda"), stack.outputs),
        "audiences": lambda: photo_checks.check_audiences(stack),
        "dead letters": lambda: photo_checks.check_dead_letters(stack),
        "people": lambda: photo_checks.check_people(stack),
        "removal requests": lambda: photo_checks.check_removal_requests(stack),
        "agreement": lambda: photo_checks.check_agreement(stack, progress, survey_file(data, stack), whole=whole),
    }
    if originals != "none":
        read, every = originals_file(data, stack), originals == "all"
        checks["originals"] = lambda: photo_checks.check_originals(stack, progress, read, whole=every)
    if (running := StateFolder(data).running()) and running.api_url == stack.endpoint_url:
        checks["set aside"] = lambda: photo_checks.check_set_aside(data)
    if round_trip:
        checks["round trip"] = lambda: check_round_trip(stack)
    for name, check in checks.items():
        try:
            yield check()
        except ClientError as error:
            denied = "Denied" in code_of(error) or code_of(error) == "403"
            advice = "your credentials lack this permission" if denied else ""
            yield Finding(name, "wrong", f"{error.operation_name}: {code_of(error)}: {message_of(error)}", advice)
        except (BotoCoreError, OSError, KinpicsError) as error:
            yield Finding(name, "wrong", str(error))
