"""Fixes to how ministack reads requests: it refuses what can't be read, and every service that is not in use."""

import json
from typing import Any

from local.embedded import refusals
from local.embedded.replacing import replace, replace_value


def apply(services: str) -> None:
    """Make all fixes of this module. ``services`` are the ones to keep, with commas between them."""
    _refuse_what_cannot_be_read()
    _read_shallow_json()
    _keep_services(services)


def _refuse_what_cannot_be_read() -> None:
    """A body that a service can't read ended in a stack trace, here or in IAM's check of it."""
    from ministack import app as ministack
    from ministack.core import router

    async def dispatch(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, list[str]], request_id: str
    ) -> Any:
        service = router.detect_service(
            method, path, headers, ministack._routing_params(method, path, headers, body, query)
        )
        try:
            readable = refusals.check_body(service, path, headers, body)
        except refusals.RefusedError as error:
            return error.answer(service)
        return await original(method, path, headers, readable, query, request_id)

    signature = "(method, path, headers, body, query_params, request_id)"
    original = replace(ministack, "_dispatch_service_request", dispatch, signature)


class _ShallowJson:
    """The module `json`, but what is nested too deep for it is bad JSON."""

    def __getattr__(self, name: str) -> Any:
        return getattr(json, name)

    @staticmethod
    def loads(text: Any, **options: Any) -> Any:
        try:
            return json.loads(text, **options)
        except RecursionError:
            raise json.JSONDecodeError("nested too deep", str(text)[:80], 0) from None


def _read_shallow_json() -> None:
    """JSON within a string of a request, a token or a policy, was read at any depth, until Python's stack ended."""
    from ministack.core import iam_evaluator
    from ministack.services import cognito, sqs

    for module in (iam_evaluator, cognito, sqs):
        replace_value(module, "json", _ShallowJson(), "module")


def _keep_services(names: str) -> None:
    """Answer that every other service is not there, instead of loading it at the first call."""
    from ministack import app as ministack

    wanted = set(names.split(","))
    for name in list(ministack.SERVICE_HANDLERS):
        if name not in wanted:
            del ministack.SERVICE_HANDLERS[name]
