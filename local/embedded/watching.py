"""Notes what ministack changes: replaces its functions that make a change or write a file."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from local.bodies import Bodies, UnreadableBodyError
from local.embedded import tries
from local.embedded.object_cells import Place
from local.embedded.replacing import replace

# Operations that only read, by the first word of their names.
_READS = ("Get", "BatchGet", "TransactGet", "Describe", "List", "Query", "Scan")
# Those of Cognito that make an identity, or link a member to one.
_GETS_THAT_WRITE = {"GetId", "GetCredentialsForIdentity", "GetOpenIdToken"}
# Those of DynamoDB that change items alone, which are kept by `items`.
_ON_ITEMS = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"}
# Where a form names the operation: CloudFormation's and IAM's calls are forms.
_ACTION = re.compile(rb"(?:^|&)Action=(\w+)")

HANDLE = "(method, path, headers, body, query_params)"
S3_HANDLE = (
    "(method, path, headers, body, query_params, signed_path=None, enforce_bucket_region=True, internal=False, "
    "access_point_region=None, access_point=None)"
)


@dataclass
class Noted:
    """What changed since it was last written: services by ministack's name, objects, keys of sessions."""

    services: set[str] = field(default_factory=set)
    objects: set[Place] = field(default_factory=set)
    sessions: set[str] = field(default_factory=set)
    # How often each service has changed; never forgotten.
    counts: Counter[str] = field(default_factory=Counter)

    def note(self, service: str) -> None:
        """Note that a service has changed, or may have."""
        self.services.add(service)
        self.counts[service] += 1

    def clear(self) -> None:
        """Forget what was noted, once it is written."""
        for noted in (self.services, self.objects, self.sessions):
            noted.clear()

    def __bool__(self) -> bool:
        return bool(self.services or self.objects or self.sessions)


def watch_calls(module: Any, name: str, noted: Noted) -> None:
    """Note that a call may have changed a service, apart from items, messages and objects."""

    async def handle_request(
        method: str, path: str, headers: dict[str, str], body: bytes, *rest: Any, **others: Any
    ) -> Any:
        answer = await original(method, path, headers, body, *rest, **others)
        operation = _operation(headers, body)
        reads = method in ("GET", "HEAD", "OPTIONS") or (
            operation.startswith(_READS) and operation not in _GETS_THAT_WRITE
        )
        on_object = name == "s3" and "/" in path.strip("/")
        if not (reads or on_object or operation in _ON_ITEMS or path.endswith("/invocations")):
            noted.note(name)
        return answer

    original = replace(module, "handle_request", handle_request, S3_HANDLE if name == "s3" else HANDLE)


def watch_stacks(cloudformation: Any, noted: Noted) -> None:
    """Note what CloudFormation has done since it answered, before a call hears of it: stacks' statuses and events."""
    known: list[Any] = []

    async def handle_request(*arguments: Any) -> Any:
        answer = await original(*arguments)
        now = [(place, stack["StackStatus"]) for place, stack in cloudformation._stacks._data.items()]
        now += [(place, len(events)) for place, events in cloudformation._stack_events._data.items()]
        if now != known:
            known[:] = now
            noted.note("cloudformation")
        return answer

    original = replace(cloudformation, "handle_request", handle_request, HANDLE)


def _operation(headers: dict[str, str], body: bytes) -> str:
    """The operation that a call is for; empty where the path says it, as with S3 and Lambda."""
    if target := headers.get("x-amz-target"):
        return target.rpartition(".")[2]
    is_form = headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    found = _ACTION.search(body) if is_form else None
    return found[1].decode() if found else ""


def watch_objects(s3: Any, noted: Noted, bodies: Bodies, failed: Callable[[Exception], None]) -> None:
    """Note changed objects, and keep their bytes. ``failed`` is told when bytes could not be written. A request for
    bytes that can't be read gets 500 (`InternalError`)."""

    def changed(bucket: str, key: str, *rest: Any) -> None:
        noted.objects.add(Place(s3.get_account_id(), bucket, key))

    def persist_object(bucket: str, key: str, record: dict[str, Any]) -> None:
        if record.get("body") is not None:
            try:
                record["body_name"] = bodies.write(record["body"], f"{bucket}/{key}")
            except OSError as error:
                failed(error)  # the call ends like every other from now on
                return
            record["body"] = None
        changed(bucket, key)

    async def handle_request(*arguments: Any, **options: Any) -> Any:
        try:
            return await handle(*arguments, **options)
        except UnreadableBodyError as error:
            return s3._error("InternalError", str(error), 500)

    def read_body(bucket: str, key: str, record: dict[str, Any]) -> bytes:
        body = record.get("body")
        return bodies.read(record["body_name"]) if body is None else body

    def version_body(bucket: dict[str, Any], name: str, key: str, version: dict[str, Any]) -> bytes | None:
        data = version.get("data")
        return bodies.read(version["body_name"]) if data is None and "body_name" in version else data

    handle = replace(s3, "handle_request", handle_request, S3_HANDLE)
    replace(s3, "_persist_object", persist_object, "(bucket, key, obj)")
    replace(s3, "_persist_delete_marker", lambda *place: changed(*place), "(bucket_name, key, marker)")
    replace(s3, "_delete_persisted_object", lambda *place: changed(*place), "(bucket_name, key)")
    # A version keeps the file it had while it was the current one.
    replace(s3, "_persist_displaced_version", _nothing(), "(bucket_name, key, prior_obj, versioning)")
    replace(s3, "_delete_version_file", _nothing(), "(bucket_name, key, version_id)")
    replace(s3, "_delete_persisted_bucket", _nothing(), "(name)")
    signature = "(bucket_name, key, version_id, account_id=None)"
    replace(s3, "_version_file_exists", lambda *arguments: True, signature)
    replace(s3, "_read_body", read_body, "(bucket_name, key, obj)")
    replace(s3, "_version_body", version_body, "(bucket, bucket_name, key, v)")

    def fire_s3_event(
        bucket: str,
        key: str,
        event: str,
        size: int = 0,
        etag: str = "",
        deletion_type: str | None = None,
        **extra: Any,
    ) -> None:
        """An event is a message in the queue when the call that caused it is acknowledged, not some time later."""
        if bucket in s3._bucket_notifications:
            extra["sequencer"] = s3._next_event_sequencer(event)
            s3._fire_s3_event(bucket, key, event, size, etag, deletion_type, **extra)

    signature = (
        "(bucket_name, key, event_name, size=0, etag='', deletion_type=None, version_id=None, object_extra=None, "
        "record_extra=None)"
    )
    replace(s3, "_fire_s3_event_async", fire_s3_event, signature)


def _nothing() -> Callable[..., None]:
    return lambda *arguments, **options: None


def watch_queues(sqs: Any, lambda_svc: Any, changed: Callable[[], None], is_stopping: Callable[[], bool]) -> None:
    """Note changed messages: the poller that feeds functions takes and deletes them in a thread of its own, without a
    call.

    A stack that stops ends its functions, and that does not count as a try.
    """

    def receive_messages(*arguments: Any) -> list[tries.Message]:
        messages: list[tries.Message] = receive(*arguments)
        if messages:
            tries.give(messages)
            changed()
        return messages

    def delete_messages(*arguments: Any) -> None:
        delete(*arguments)
        changed()

    def run_batch(
        mapping: dict[str, Any], function: dict[str, Any], event: dict[str, Any], batch: list[tries.Message], *rest: Any
    ) -> None:
        given = tries.counts(batch)
        run(mapping, function, event, batch, *rest)
        if not is_stopping():
            tries.finish(batch, given)
            changed()

    receive = replace(sqs, "_receive_messages_for_esm", receive_messages, "(queue_url, max_number)")
    delete = replace(sqs, "_delete_messages_for_esm", delete_messages, "(queue_url, receipt_handles)")
    signature = "(esm, func_rec, event, batch, queue_url, queue_name)"
    run = replace(lambda_svc, "_run_sqs_batch", run_batch, signature)


def watch_sessions(sts: Any, noted: Noted) -> None:
    """Note sessions: every session of a role is registered here, including a guest's."""

    def register_session(access_key: str, session: dict[str, Any]) -> None:
        original(access_key, session)
        noted.sessions.add(access_key)

    original = replace(sts, "register_session", register_session, "(access_key, session)")
