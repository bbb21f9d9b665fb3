"""Checks of the AWS account: who asks, and what the account allows."""

from scripts.common.stack import Stack
from scripts.common.template import load_defaults
from scripts.deployment.account_limits import MORE_FUNCTIONS, UPGRADE, find_free_plan, read_concurrency
from scripts.deployment.cloudfront_plan import find_plan
from scripts.deployment.deploy import Target, has_room
from scripts.health.finding import Finding, State


def check_credentials(target: Target) -> Finding:
    """Whose credentials these are."""
    identity = target.session.client("sts").get_caller_identity()
    is_root = identity["Arn"].endswith(":root") and not target.is_laptop
    advice = "use a user or role with fewer rights than the root user" if is_root else ""
    return Finding("credentials", "warning" if is_root else "ok", identity["Arn"], advice)


def check_account(target: Target) -> Finding:
    """Whether AWS is about to close the account."""
    plan = None if target.is_laptop else find_free_plan(target.session)
    if plan:
        return Finding("account", "warning", str(plan), f"upgrade it: `{UPGRADE}`")
    return Finding("account", "ok", "AWS has not said that it will close it")


def check_region(target: Target) -> Finding:
    """Whether the region has Rekognition."""
    region = target.session.region_name
    if target.has_rekognition():
        return Finding("region", "ok", f"Rekognition is in {region}")
    return Finding("region", "warning", f"Rekognition is not known to be in {region}", "see `kinpics deploy --help`")


def check_cloudfront_plan(target: Target, stack: Stack) -> Finding:
    """Whether CloudFront's plan is active, and no firewall is paid for without it."""
    plan = find_plan(target.session, stack.name, stack.outputs.distribution)
    if not plan.distribution_id:
        return Finding("CloudFront's plan", "ok", "there is no CloudFront on a laptop")
    if not plan.firewall:
        return Finding("CloudFront's plan", "ok", "none: CloudFront is billed by use")
    found = plan.subscription()
    if found:
        state: State = "ok" if found["status"] == "ACTIVE" else "warning"
        ends = ", and ends with the month" if found.get("scheduledChange") else ""
        text = f"{found['planTier'].title()}, {found['status'].lower()}{ends}"
        return Finding("CloudFront's plan", state, text, found.get("statusReason", ""))
    text = "the site has a firewall but no plan, so the firewall costs at least 5 USD a month"
    return Finding("CloudFront's plan", "warning", text, "run `kinpics deploy --cloudfront-plan free`, or `none`")


def check_concurrency(target: Target, stack: Stack, *, closed: bool) -> Finding:
    """Whether function executions are reserved for searches, which a new account has no room for."""
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
    # Releases that checked for room only once stored a lack of room as if the owner had asked for none.
    text = "nothing is reserved for searches (SearchConcurrency is 0), though the account has room"
    advice = f"if you did not choose that, run `kinpics deploy --search-concurrency {default}`"
    return Finding("concurrency", "ok", text, advice)
