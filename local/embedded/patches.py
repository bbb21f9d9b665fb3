"""What ministack does otherwise than a stack that is trusted should, changed where it does it."""

import contextvars
import inspect
import json
import os
import re
from typing import Any

from local.call_log import note_action
from local.embedded import refusals
from local.embedded.turns import Turns
from local.tether import end_with_parent


def know_one_root() -> None:
    """ministack takes no key, `test` and any account id for root too, and no root key's signature is checked."""
    from ministack.core import iam_evaluator
    from ministack.services import sts

    def is_root_access_key(access_key: str) -> bool:
        return access_key == os.environ["AWS_ACCESS_KEY_ID"]

    iam_evaluator.is_root_access_key = sts.is_root_access_key = is_root_access_key
    # This one decides whose signatures are left unchecked: nobody's.
    iam_evaluator._is_root_key = lambda access_key: False
    original = iam_evaluator.enforce

    def enforce(access_key: str, action: str, service: str, *rest: Any, **others: Any) -> Any:
        note_action(action)
        # Calls that AWS serves unsigned, such as a guest's GetId, were allowed because no key was root.
        if not access_key and iam_evaluator._served_unsigned(service, action):
            return None
        return original(access_key, action, service, *rest, **others)

    iam_evaluator.enforce = enforce


def know_leading_keys() -> None:
    """The partition keys that a call names (dynamodb:LeadingKeys) and the attributes it writes (dynamodb:Attributes).

    ministack does not know the first, and of the second only the attributes that a call reads.
    """
    from ministack.core import iam_actions

    original = iam_actions.dynamodb_service_context

    def dynamodb_service_context(body: bytes) -> dict:
        context = original(body)
        if keys := _leading_keys(body):
            context["dynamodb:LeadingKeys"] = sorted(keys)
        if attributes := _written_attributes(body):
            context["dynamodb:Attributes"] = sorted({*context.get("dynamodb:Attributes", []), *attributes})
        return context

    iam_actions.dynamodb_service_context = dynamodb_service_context


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


def _single_calls(request: dict) -> list[dict]:
    """A request of several items as requests of one item each."""
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


def _partition_keys(call: dict) -> list[str]:
    from ministack.services import dynamodb

    table = dynamodb._tables.get(call["TableName"])
    name = table and table["pk_name"]
    item = call.get("Key") or call.get("Item")
    if item:
        return [str(value) for value in item.get(name, {}).values()]
    if index := call.get("IndexName"):
        indexes = (table or {}).get("GlobalSecondaryIndexes") or []
        schema = next((found["KeySchema"] for found in indexes if found["IndexName"] == index), [])
        name = next((key["AttributeName"] for key in schema if key["KeyType"] == "HASH"), name)
    names = call.get("ExpressionAttributeNames") or {}
    for left, right in re.findall(r"([#\w]+)\s*=\s*(:\w+)", call.get("KeyConditionExpression", "")):
        if names.get(left, left) == name:
            return [str(value) for value in call["ExpressionAttributeValues"][right].values()]
    return []


# The Cognito identity of the caller whose request is being checked.
_identity: contextvars.ContextVar[str] = contextvars.ContextVar("kinpics_identity", default="")


def know_the_visitors_own_identity() -> None:
    """The policy variable for a visitor's Cognito identity; ministack takes every variable for plain text."""
    from ministack.core import iam_evaluator

    variable = "${cognito-identity.amazonaws.com:sub}"
    enforce, evaluate = iam_evaluator.enforce, iam_evaluator._evaluate_single_condition

    def enforce_for_visitor(access_key: str, *rest: Any, **others: Any) -> Any:
        _identity.set(_identity_of(access_key))
        return enforce(access_key, *rest, **others)

    def evaluate_single_condition(operator: str, actual: Any, expected: list) -> bool:
        identity = _identity.get()
        known = [str(value).replace(variable, identity) if identity else value for value in expected]
        return evaluate(operator, actual, known)

    iam_evaluator.enforce = enforce_for_visitor
    iam_evaluator._evaluate_single_condition = evaluate_single_condition


def _identity_of(access_key: str) -> str:
    from ministack.core import iam_evaluator

    caller = iam_evaluator.resolve_caller_identity(access_key) or {}
    return (caller.get("session") or {}).get("_identity_id") or ""


def refuse_guests_of_a_pool_that_has_none() -> None:
    """An identity pool gave guests an identity and credentials whether it lets them in or not."""
    from ministack.core.responses import error_response_json
    from ministack.services import cognito

    original = cognito._identity_logins_error

    def identity_logins_error(pool: dict, identity_id: str | None, logins: dict) -> Any:
        known = pool["_identities"].get(identity_id or "", {}).get("Logins")
        if not (logins or known or pool.get("AllowUnauthenticatedIdentities")):
            message = "Unauthenticated access is not supported for this identity pool."
            return error_response_json("NotAuthorizedException", message, 400)
        return original(pool, identity_id, logins)

    cognito._identity_logins_error = identity_logins_error


def let_nobody_sign_up_where_only_the_owner_may() -> None:
    """A user pool let anybody sign up, whatever its settings."""
    from ministack.core.responses import error_response_json
    from ministack.services import cognito

    original = cognito._sign_up

    def sign_up(data: dict) -> Any:
        pools = (pool for pool in cognito._user_pools.values() if data.get("ClientId") in pool["_clients"])
        rules = next(pools, {}).get("AdminCreateUserConfig") or {}
        if str(rules.get("AllowAdminCreateUserOnly")).lower() == "true":
            return error_response_json("NotAuthorizedException", "SignUp is not permitted for this user pool", 400)
        return original(data)

    cognito._sign_up = sign_up


def print_mails() -> None:
    """Mails of the user pool are printed where the stack runs: there is nobody here to send them."""
    from ministack.services import cognito

    def deliver(pool: dict, to_email: str, subject: str, body: str, *rest: Any, **others: Any) -> None:
        print(f"Mail to {to_email}: {subject}: {body}", flush=True)

    cognito._deliver_cognito_email = deliver


def tell_functions_who_calls() -> None:
    """Functions called with a guest's credentials get no Cognito identity in their context, as they do on AWS."""
    from ministack.core import iam_evaluator, lambda_runtime
    from ministack.services import lambda_svc

    # Beside its event a call brings values for durable executions, which there are none of: a place for it.
    untold, told = '"identity": None,', '"identity": _kinpics_identity(_ms_ctx.get("durable") or {}),'
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    if script.count(untold) != 1:
        raise AssertionError("ministack's worker has changed: see tell_functions_who_calls")
    lambda_runtime._PYTHON_WORKER_SCRIPT = _IDENTITY_SCRIPT + script.replace(untold, told)
    worker = lambda_runtime.Worker
    original = worker.invoke

    def invoke(self: Any, event: Any, request_id: str, *, durable: dict | None = None, **others: Any) -> dict:
        caller = iam_evaluator.resolve_caller_identity(lambda_svc._request_access_key.get()) or {}
        session = caller.get("session") or {}
        if session.get("_identity_id"):
            durable = {**(durable or {}), "identity": [session["_identity_id"], session.get("_identity_pool_id")]}
        return original(self, event, request_id, durable=durable, **others)

    worker.invoke = invoke


_IDENTITY_SCRIPT = """
def _kinpics_identity(told):
    if "identity" not in told:
        return None
    names = ("cognito_identity_id", "cognito_identity_pool_id")
    return type("CognitoIdentity", (), dict(zip(names, told["identity"])))()

"""


def keep_reserved_concurrency() -> None:
    """ReservedConcurrentExecutions of a template is left out, so that any number of calls start a process each; and
    where it is set, calls beyond it are refused at once: see `turns`."""
    from ministack.services import lambda_svc
    from ministack.services.cloudformation import provisioners

    handlers = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
    create, update = handlers["create"], handlers["update"]

    def reserve(name: str, old: dict, new: dict) -> None:
        reserved = new.get("ReservedConcurrentExecutions")
        if reserved != old.get("ReservedConcurrentExecutions"):  # what the owner has set otherwise stays, as on AWS
            lambda_svc._functions[name]["concurrency"] = None if reserved is None else int(reserved)

    def create_function(logical_id: str, properties: dict, *rest: Any) -> tuple:
        made = create(logical_id, properties, *rest)
        reserve(made[0], {}, properties)
        return made

    def update_function(physical_id: str, old: dict, new: dict, *rest: Any, **others: Any) -> tuple:
        made = update(physical_id, old, new, *rest, **others)
        reserve(made[0], old, new)
        return made

    handlers |= {"create": create_function, "update": update_function}
    turns = Turns(lambda_svc._acquire_execution_slot, lambda_svc._release_execution_slot)

    def acquire(function: dict, config: dict) -> tuple:
        if lambda_svc._reserved_concurrency(function, config) == 0:
            return None, "function"  # it is switched off: there is no turn to wait for
        return turns.acquire(lambda_svc._inflight_key(config), function, config)

    lambda_svc._acquire_execution_slot = acquire
    lambda_svc._release_execution_slot = turns.release


def end_functions_with_the_stack() -> None:
    """A function at work when the stack is killed went on, calling a stack that is gone or the next one; and Ctrl-C in
    a terminal ended functions before the stack knew that it is to stop."""
    from ministack.core import lambda_runtime

    ignore = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    tether = f"{inspect.getsource(end_with_parent)}\n{end_with_parent.__name__}()\n"
    lambda_runtime._PYTHON_WORKER_SCRIPT = ignore + tether + lambda_runtime._PYTHON_WORKER_SCRIPT


# The buckets that the change set being executed takes over.
_taken_over: contextvars.ContextVar[frozenset[str]] = contextvars.ContextVar("kinpics_taken_over", default=frozenset())


def let_buckets_be_taken_over() -> None:
    """A change set that takes over a bucket is refused for the name's being taken, though its tables are not."""
    from ministack.services.cloudformation import changesets, provisioners

    deploy = changesets._deploy_stack_async
    conflict = provisioners.s3_bucket_name_conflict

    async def deploy_stack(*arguments: Any, imports: dict | None = None, **others: Any) -> None:
        identifiers = (identifier.get("BucketName") for identifier in (imports or {}).values())
        _taken_over.set(frozenset(name for name in identifiers if name))
        await deploy(*arguments, imports=imports, **others)

    changesets._deploy_stack_async = deploy_stack
    provisioners.s3_bucket_name_conflict = lambda name: None if name in _taken_over.get() else conflict(name)


def refuse_what_has_no_action() -> None:
    """A call that ministack knows no IAM action of was let through for anyone with a session: newer ones of Lambda."""
    from ministack.core import iam_actions

    original = iam_actions.extract_iam_action

    def extract_iam_action(service: str, *rest: Any) -> str | None:
        action = original(service, *rest)
        if action is None and service in iam_actions.SERVICE_TO_IAM_NAMESPACE:
            return f"{iam_actions.SERVICE_TO_IAM_NAMESPACE[service]}:UnknownOperation"
        return action

    iam_actions.extract_iam_action = extract_iam_action


_QUEUES_AT = "localhost:4566"


def name_queues_by_one_port() -> None:
    """A queue's URL is its name, kept in the stack and in the functions' environment: it must outlive a change of port.

    Some clients send to the URL, though, so whoever asks is told it with the address that was asked: by SQS, as
    ministack does itself, and by CloudFormation, whose outputs and resources have it too.
    """
    from ministack.services import cloudformation, sqs

    sqs.DEFAULT_PORT = _QUEUES_AT.rpartition(":")[2]
    sqs._CANONICAL_NETLOC = _QUEUES_AT
    original = cloudformation.handle_request

    async def handle_request(method: str, path: str, headers: dict, *rest: Any, **others: Any) -> tuple:
        status, answered, body = await original(method, path, headers, *rest, **others)
        asked = headers.get("host", _QUEUES_AT)
        return status, answered, body.replace(f"http://{_QUEUES_AT}/".encode(), f"http://{asked}/".encode())

    cloudformation.handle_request = handle_request


def know_no_bad_queue_urls() -> None:
    """A malformed queue address ended in a stack trace."""
    from ministack.services import sqs

    original = sqs._queue_ref_from_urlish

    def queue_ref_from_urlish(url: str) -> tuple[str | None, str]:
        try:
            return original(url)
        except ValueError:
            return None, url  # there is no queue of that name

    sqs._queue_ref_from_urlish = queue_ref_from_urlish


def read_concurrency_as_a_number() -> None:
    """A number that comes to a queue's mapping through a template parameter stays text, which stops the poller."""
    from ministack.services import lambda_svc

    original = lambda_svc._sqs_esm_concurrency

    def sqs_esm_concurrency(mapping: dict, *rest: Any) -> int:
        scaling = mapping.get("ScalingConfig") or {}
        if isinstance(scaling.get("MaximumConcurrency"), str):
            scaling["MaximumConcurrency"] = int(scaling["MaximumConcurrency"])
        return original(mapping, *rest)

    lambda_svc._sqs_esm_concurrency = sqs_esm_concurrency


def refuse_what_can_not_be_read(ministack: Any) -> None:
    """A body that a service can't read ended in a stack trace, here or in IAM's check of it."""
    from ministack.core import router

    original = ministack._dispatch_service_request

    async def dispatch(method: str, path: str, headers: dict, body: bytes, query: dict, request_id: str) -> tuple:
        service = router.detect_service(
            method, path, headers, ministack._routing_params(method, path, headers, body, query)
        )
        try:
            readable = refusals.readable(service, path, headers, body)
        except refusals.RefusedError as error:
            return error.answer(service)
        return await original(method, path, headers, readable, query, request_id)

    ministack._dispatch_service_request = dispatch


class _ShallowJson:
    """The module `json`, which refuses as bad JSON what is nested too deep for it."""

    def __getattr__(self, name: str) -> Any:
        return getattr(json, name)

    @staticmethod
    def loads(text: Any, **options: Any) -> Any:
        try:
            return json.loads(text, **options)
        except RecursionError:
            raise json.JSONDecodeError("nested too deep", str(text)[:80], 0) from None


def read_shallow_json() -> None:
    """JSON within a string of a request, a token or a policy, was read at any depth, until Python's stack ended."""
    from ministack.core import iam_evaluator
    from ministack.services import cognito, sqs

    for module in (iam_evaluator, cognito, sqs):
        module.json = _ShallowJson()


def keep_services(ministack: Any, names: str) -> None:
    """Answer that every other service is not there, instead of loading it at the first call."""
    wanted = set(names.split(","))
    for name in list(ministack.SERVICE_HANDLERS):
        if name not in wanted:
            del ministack.SERVICE_HANDLERS[name]
