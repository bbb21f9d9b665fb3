"""Fixes to SQS: a queue's address, which must outlive a change of the stack's port."""

from typing import Any

from local.embedded.replacing import replace, replace_value

_QUEUES_AT = "localhost:4566"


def apply() -> None:
    """Make all fixes of this module."""
    _name_queues_by_one_port()
    _read_malformed_queue_addresses()


def _name_queues_by_one_port() -> None:
    """A queue's URL is its name, kept in the stack and in the functions' environment: it must outlive a change of port.

    Some clients send to the URL, though. So an answer has the address that was asked: SQS's, as ministack does
    itself, and CloudFormation's, whose outputs and resources have it too.
    """
    from ministack.services import cloudformation, sqs

    replace_value(sqs, "DEFAULT_PORT", _QUEUES_AT.rpartition(":")[2], "str")
    replace_value(sqs, "_CANONICAL_NETLOC", _QUEUES_AT, "str")

    async def handle_request(method: str, path: str, headers: dict[str, str], *rest: Any, **others: Any) -> Any:
        status, answered, body = await original(method, path, headers, *rest, **others)
        asked = headers.get("host", _QUEUES_AT)
        return status, answered, body.replace(f"http://{_QUEUES_AT}/".encode(), f"http://{asked}/".encode())

    signature = "(method, path, headers, body, query_params)"
    original = replace(cloudformation, "handle_request", handle_request, signature)


def _read_malformed_queue_addresses() -> None:
    """A malformed queue address ended in a stack trace."""
    from ministack.services import sqs

    def queue_ref_from_urlish(url: str) -> Any:
        try:
            return original(url)
        except ValueError:
            return None, url  # there is no queue of that name

    original = replace(sqs, "_queue_ref_from_urlish", queue_ref_from_urlish, "(url)")
