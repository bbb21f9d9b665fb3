"""What ministack does otherwise than a stack that is trusted should, changed where it does it."""

import os
from typing import Any


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
        # Calls that AWS serves unsigned, such as a guest's GetId, were allowed because no key was root.
        if not access_key and iam_evaluator._served_unsigned(service, action):
            return None
        return original(access_key, action, service, *rest, **others)

    iam_evaluator.enforce = enforce


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


def name_queues_by_one_port() -> None:
    """A queue's URL is its name, kept in the stack and in the functions' environment: it must outlive a change of port.

    Clients send to the endpoint they were given, not to the URL's.
    """
    from ministack.services import sqs

    sqs.DEFAULT_PORT = "4566"


def do_not_wait_for_silent_functions() -> None:
    """ministack waits 50 ms for the log of a function that wrote none: a tenth of a search."""
    from ministack.core import lambda_runtime

    worker = lambda_runtime.Worker
    original = worker._drain_stderr_bounded
    worker._drain_stderr_bounded = lambda self: original(self, first_line_wait=0.003)


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


def keep_services(ministack: Any, names: str) -> None:
    """Answer that every other service is not there, instead of loading it at the first call."""
    wanted = set(names.split(","))
    for name in list(ministack.SERVICE_HANDLERS):
        if name not in wanted:
            del ministack.SERVICE_HANDLERS[name]
