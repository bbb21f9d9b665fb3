"""Fixes to SQS: a queue's address, which must outlive a change of the stack's port, and batches that are collected."""

import time
from collections.abc import Callable
from typing import Any

from local.embedded.replacing import replace, replace_value

_QUEUES_AT = "localhost:4566"


def apply() -> None:
    """Make all fixes of this module."""
    _name_queues_by_one_port()
    _read_malformed_queue_addresses()
    _collect_batches()


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


def _collect_batches() -> None:
    """A queue's mapping gave a function ten messages at most, and at once, whatever batch and time the mapping names.

    With a time (MaximumBatchingWindowInSeconds), a batch is given once its first message has waited that long, or once
    it is full. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    """
    from ministack.services import lambda_svc, sqs

    def receive_messages(queue_url: str, max_number: int) -> list[Any]:
        with sqs._queues_lock:
            queue = sqs._queues.get(queue_url) or {"messages": [], "attributes": {}}
            arn = queue["attributes"].get("QueueArn")
            now = time.time()
            waiting = [message["sent_at"] for message in queue["messages"] if message.get("visible_at", 0) <= now]
        windows = [
            int(mapping.get("MaximumBatchingWindowInSeconds") or 0)
            for mapping in lambda_svc._esms._data.copy().values()
            if mapping.get("EventSourceArn") == arn
        ]
        window = max(windows, default=0)
        return take_batch(lambda number: original(queue_url, number), max_number, waiting, now - window)

    original = replace(sqs, "_receive_messages_for_esm", receive_messages, "(queue_url, max_number)")


def take_batch(receive: Callable[[int], list[Any]], size: int, waiting: list[float], before: float) -> list[Any]:
    """A batch of ``size`` messages at most; none while the first of those ``waiting`` is not ``before`` a moment.

    ``waiting`` is when each was sent, ``receive`` gives so many or fewer.
    """
    if not waiting or (len(waiting) < size and min(waiting) > before):
        return []
    batch: list[Any] = []
    while len(batch) < size and (more := receive(size - len(batch))):
        batch += more
    return batch
