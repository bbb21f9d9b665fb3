"""Checks of the deployed stack: its state, settings, limits and alarms."""

from datetime import UTC, datetime

import boto3

from functions.ceilings import INDEX, SEARCH, todays_ceiling
from scripts.common.config import HOW_TO_DEPLOY, describe_undeployed, load_config
from scripts.common.stack import Stack
from scripts.deployment.deploy import Target, list_notified_queues, list_unlimited
from scripts.health.finding import Finding, State


def check_stack(stack: Stack) -> Finding:
    """Whether the last deployment succeeded."""
    if stack.status.endswith("_COMPLETE") and "ROLLBACK" not in stack.status:
        return Finding("stack", "ok", f"{stack.name} is {stack.status}")
    # The last deployment was rolled back: what was there before is there again.
    state: State = "warning" if stack.status == "UPDATE_ROLLBACK_COMPLETE" else "wrong"
    return Finding("stack", state, f"{stack.name} is {stack.status}", "run `kinpics deploy` again")


def check_events(stack: Stack) -> Finding:
    """Whether uploads reach the process function's queue."""
    queue = stack.sqs.get_queue_attributes(QueueUrl=stack.outputs.process_queue, AttributeNames=["QueueArn"])
    if list_notified_queues(stack) == {queue["Attributes"]["QueueArn"]}:
        return Finding("events", "ok", "the photos' bucket notifies the queue")
    return Finding("events", "wrong", "the photos' bucket does not notify this stack's queue", "run `kinpics deploy`")


def check_settings(stack: Stack) -> Finding:
    """Whether the deployed settings are those of `kinpics.toml`."""
    access = None if stack.endpoint_url else stack.access.read_access()
    if told := describe_undeployed(load_config(), stack.parameters, access):
        return Finding("settings", "warning", told, HOW_TO_DEPLOY)
    return Finding("settings", "ok", "the stack has the settings in kinpics.toml")


def check_paid_calls(stack: Stack) -> Finding:
    """Whether today's ceilings leave room."""
    searches, photos = (
        todays_ceiling(stack.ledger, purpose, int(stack.parameters.get(name, 0)))
        for purpose, name in ((SEARCH, "DailySearches"), (INDEX, "DailyIndexing"))
    )
    until = f"{datetime.fromtimestamp(searches.until, UTC):%H:%M} UTC" if searches.until else "they are allowed"
    text = (
        f"{searches.used} of {searches.most} searches ({searches.allowed} until {until}), "
        f"{photos.used} of {photos.most} photos indexed"
    )
    if searches.is_reached:
        advice = f"new searches wait until {until}; raise DailySearches with `kinpics deploy --daily-searches`"
        return Finding("paid calls today", "warning", text, advice)
    if photos.is_reached:
        advice = "new photos wait until 00:00 UTC; raise DailyIndexing with `kinpics deploy --daily-indexing`"
        return Finding("paid calls today", "warning", text, advice)
    return Finding("paid calls today", "ok", text)


def check_maxima(target: Target, stack: Stack) -> Finding:
    """Whether tables and indexes that visitors reach have a maximum."""
    if target.is_laptop:
        return Finding("maxima", "ok", "tables on a laptop have none")
    lacking = list_unlimited(stack)
    if lacking:
        titles = ", ".join(limit.title for limit in lacking)
        return Finding(
            "maxima", "wrong", f"visitors may read or write more than they should: {titles}", "run `kinpics deploy`"
        )
    return Finding("maxima", "ok", "visitors' reads and writes have a maximum")


def check_alarms(target: Target, stack: Stack) -> Finding:
    """Whether somebody gets the alarms."""
    email = stack.parameters.get("AlarmEmail", "")
    if target.is_laptop:
        return Finding("alarms", "ok", "there are none on a laptop")
    if not email:
        return Finding("alarms", "warning", "nobody is told about failures", "run `kinpics deploy --email ADDRESS`")
    topic = boto3.client("cloudformation").describe_stack_resource(StackName=stack.name, LogicalResourceId="AlarmTopic")
    arn = topic["StackResourceDetail"]["PhysicalResourceId"]
    subscriptions = boto3.client("sns").list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
    if any(entry["SubscriptionArn"].startswith("arn:") for entry in subscriptions):
        return Finding("alarms", "ok", f"{email} gets mail about failures")
    return Finding(
        "alarms", "warning", f"{email} has not confirmed the alarms yet", "click the link in the mail from AWS"
    )
