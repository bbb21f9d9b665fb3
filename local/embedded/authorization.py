"""Fixes to how ministack checks IAM: who is root, what a policy's conditions see, what is denied by default."""

import contextvars
import json
import os
import re
from typing import Any

from local.call_log import note_action
from local.embedded.replacing import replace

ENFORCE = "(access_key_id, iam_action, service, region, resource_arn='*', service_context=None)"

# Cognito's identity of the caller whose request is being checked.
_identity: contextvars.ContextVar[str] = contextvars.ContextVar("kinpics_identity", default="")


def apply() -> None:
    """Make all fixes of this module."""
    _know_one_root()
    _know_leading_keys()
    _know_the_visitors_own_identity()
    _know_the_action_of_every_call()


def _know_one_root() -> None:
    """ministack also takes no key, `test` and any account id for root, and checks no root key's signature."""
    from ministack.core import iam_evaluator
    from ministack.services import sts

    for module in (iam_evaluator, sts):
        replace(
            module,
            "is_root_access_key",
            lambda access_key: bool(access_key == os.environ["AWS_ACCESS_KEY_ID"]),
            "(access_key_id)",
        )
    # This one decides whose signatures are not checked: nobody's.
    replace(iam_evaluator, "_is_root_key", lambda access_key: False, "(access_key_id)")

    def enforce(access_key: str, action: str, service: str, *rest: Any, **others: Any) -> Any:
        note_action(action, iam_evaluator.caller_arn())
        # Calls that AWS serves unsigned, such as a guest's GetId, were allowed because no key was root.
        if not access_key and iam_evaluator._served_unsigned(service, action):
            return None
        return original(access_key, action, service, *rest, **others)

    original = replace(iam_evaluator, "enforce", enforce, ENFORCE)


def _know_leading_keys() -> None:
    """A policy can ask for the partition keys a call names (dynamodb:LeadingKeys) and the attributes it writes
    (dynamodb:Attributes).

    ministack does not know the first, and of the second only the attributes that a call reads.
    """
    from ministack.core import iam_actions

    def dynamodb_service_context(body: bytes) -> Any:
        context = original(body)
        if keys := _leading_keys(body):
            context["dynamodb:LeadingKeys"] = sorted(keys)
        if attributes := _written_attributes(body):
            context["dynamodb:Attributes"] = sorted({*context.get("dynamodb:Attributes", []), *attributes})
        return context

    original = replace(iam_actions, "dynamodb_service_context", dynamodb_service_context, "(body)")


def _leading_keys(body: bytes) -> set[str]:
    try:
        request = json.loads(body or b"{}")
        calls = _single_calls(request)
        return {key for call in calls for key in _partition_keys(call)}
    except (ValueError, TypeError, AttributeError, KeyError):
        return set()  # DynamoDB will refuse it for what it is


def _written_attributes(body: bytes) -> set[str]:
    try:
        return {name for call in _single_calls(json.loads(body or b"{}")) for name in call.get("Item") or {}}
    except (ValueError, TypeError, AttributeError, KeyError):
        return set()


def _single_calls(request: dict[str, Any]) -> list[dict[str, Any]]:
    """A request for several items as requests for one item each."""
    if "TransactItems" in request:
        return [call for item in request["TransactItems"] for call in item.values()]
    if "RequestItems" not in request:
        return [request]
    calls = []
    for table, wanted in request["RequestItems"].items():
        if isinstance(wanted, dict):
            calls += [{"TableName": table, "Key": key} for key in wanted["Keys"]]
        else:
            calls += [{"TableName": table, **call} for item in wanted for call in item.values()]
    return calls


def _partition_keys(call: dict[str, Any]) -> list[str]:
    from ministack.services import dynamodb

    table = dynamodb._tables.get(call["TableName"])
    name = table and table["pk_name"]
    item = call.get("Key") or call.get("Item")
    if item:
        return [str(value) for value in item.get(name, {}).values()]
    if index := call.get("IndexName"):
        indexes = (table or {}).get("GlobalSecondaryIndexes") or []
        schema: list[dict[str, str]] = next(
            (found["KeySchema"] for found in indexes if found["IndexName"] == index), []
        )
        name = next((key["AttributeName"] for key in schema if key["KeyType"] == "HASH"), name)
    names = call.get("ExpressionAttributeNames") or {}
    for left, right in re.findall(r"([#\w]+)\s*=\s*(:\w+)", call.get("KeyConditionExpression", "")):
        if names.get(left, left) == name:
            return [str(value) for value in call["ExpressionAttributeValues"][right].values()]
    return []


def _know_the_visitors_own_identity() -> None:
    """A policy can name a visitor's own Cognito identity; ministack takes every policy variable for plain text."""
    from ministack.core import iam_evaluator

    variable = "${cognito-identity.amazonaws.com:sub}"

    def enforce_for_visitor(access_key: str, *rest: Any, **others: Any) -> Any:
        _identity.set(_identity_of(access_key))
        return enforce(access_key, *rest, **others)

    def evaluate_single_condition(operator: str, actual: Any, expected: list[Any]) -> Any:
        identity = _identity.get()
        known = [str(value).replace(variable, identity) if identity else value for value in expected]
        return evaluate(operator, actual, known)

    enforce = replace(iam_evaluator, "enforce", enforce_for_visitor, ENFORCE)
    signature = "(operator, actual, expected_values)"
    evaluate = replace(iam_evaluator, "_evaluate_single_condition", evaluate_single_condition, signature)


def is_visitors_key(access_key: str) -> bool:
    """Whether Cognito gave this key to a visitor: it is not root's, nor that of a function or an IAM user."""
    return bool(_identity_of(access_key))


def _identity_of(access_key: str) -> str:
    from ministack.core import iam_evaluator

    caller = iam_evaluator.resolve_caller_identity(access_key) or {}
    return (caller.get("session") or {}).get("_identity_id") or ""


def _know_the_action_of_every_call() -> None:
    """ministack knows no IAM action of some calls, newer ones of Lambda, and let them through for any session.

    A batch of SQS needs the right to the single call; ministack asks for one that IAM doesn't know.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
    """
    from ministack.core import iam_actions

    def extract_iam_action(service: str, *rest: Any) -> Any:
        action = original(service, *rest)
        if action and action.startswith("sqs:"):
            return action.removesuffix("Batch")
        if action is None and service in iam_actions.SERVICE_TO_IAM_NAMESPACE:
            return f"{iam_actions.SERVICE_TO_IAM_NAMESPACE[service]}:UnknownOperation"
        return action

    signature = "(service, method, path, headers, body, query_params)"
    original = replace(iam_actions, "extract_iam_action", extract_iam_action, signature)
