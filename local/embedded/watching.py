"""Where ministack makes a change or writes a file: its own functions, replaced by ones that note what changed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from local.bodies import Bodies
from local.embedded import tries

# Operations by JSON that change nothing, by the first word of their names.
_READS = ("Get", "BatchGet", "TransactGet", "Describe", "List", "Query", "Scan")
# Those of Cognito that make an identity, or link a member to one.
_NO_READS = {"GetId", "GetCredentialsForIdentity", "GetOpenIdToken"}
# Those of DynamoDB that change items alone, which are noted one by one, as S3's objects are.
_ON_ITEMS = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"}

Item = tuple[str, str, str]
Object = tuple[str, str, str]


@dataclass
class Noted:
    """What changed since it was last written: services by ministack's name, items with their tables, objects, keys of
    sessions."""

    services: set[str] = field(default_factory=set)
    items: dict[Item, dict] = field(default_factory=dict)
    objects: set[Object] = field(default_factory=set)
    sessions: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.services or self.items or self.objects or self.sessions)


def calls(module: Any, name: str, noted: Noted) -> None:
    """A call of a service may have changed it, other than by items, messages and objects."""
    original = module.handle_request

    async def handle_request(method: str, path: str, headers: dict, *rest: Any, **others: Any) -> tuple:
        answer = await original(method, path, headers, *rest, **others)
        operation = headers.get("x-amz-target", "").rpartition(".")[2]
        reads = method in ("GET", "HEAD", "OPTIONS") or (operation.startswith(_READS) and operation not in _NO_READS)
        on_object = name == "s3" and "/" in path.strip("/")
        if not (reads or on_object or operation in _ON_ITEMS or path.endswith("/invocations")):
            noted.services.add(name)
        return answer

    module.handle_request = handle_request


def items(dynamodb: Any, noted: Noted, kept: Callable[[str], Iterable[tuple[str, str]]]) -> None:
    """``kept`` tells the keys, partition and sort, of what is kept of a table."""
    set_item, remove_item, replaced = dynamodb._set_item, dynamodb._remove_item, dynamodb._items_replaced

    def watched_set_item(table: dict, partition: str, sort: str, item: dict) -> Any:
        noted.items[table["TableId"], partition, sort] = table
        return set_item(table, partition, sort, item)

    def watched_remove_item(table: dict, partition: str, sort: str) -> Any:
        noted.items[table["TableId"], partition, sort] = table
        return remove_item(table, partition, sort)

    def watched_replacement(table: dict) -> None:
        """All items of a table at once: after a rollback or a restored backup."""
        replaced(table)
        places = set(kept(table["TableId"]))
        places |= {(partition, sort) for partition, items in table["items"].items() for sort in items}
        for partition, sort in places:
            noted.items[table["TableId"], partition, sort] = table

    dynamodb._set_item = watched_set_item
    dynamodb._remove_item = watched_remove_item
    dynamodb._items_replaced = watched_replacement


def objects(s3: Any, noted: Noted, bodies: Bodies, failed: Callable[[Exception], None]) -> None:
    """``failed`` is told when the bytes of an object could not be written."""

    def changed(bucket: str, key: str, *rest: Any) -> None:
        noted.objects.add((s3.get_account_id(), bucket, key))

    def persist_object(bucket: str, key: str, record: dict) -> None:
        if record.get("body") is not None:
            try:
                record["body_name"] = bodies.write(record["body"], f"{bucket}/{key}")
            except OSError as error:
                failed(error)  # the call ends like every other from now on
                return
            record["body"] = None
        changed(bucket, key)

    def read_body(bucket: str, key: str, record: dict) -> bytes:
        body = record.get("body")
        return bodies.read(record["body_name"]) if body is None else body

    def version_body(bucket: dict, name: str, key: str, version: dict) -> bytes | None:
        data = version.get("data")
        return bodies.read(version["body_name"]) if data is None and "body_name" in version else data

    def nothing(*arguments: Any, **options: Any) -> None:
        """A version keeps the file it had while it was the current one."""

    s3._persist_object = persist_object
    s3._persist_delete_marker = s3._delete_persisted_object = changed
    s3._persist_displaced_version = s3._delete_version_file = s3._delete_persisted_bucket = nothing
    s3._version_file_exists = lambda *arguments: True
    s3._read_body = read_body
    s3._version_body = version_body
    # An event is a message in the queue when the call that caused it is acknowledged, not some time later.
    original = s3._fire_s3_event

    def fire_s3_event(
        bucket: str,
        key: str,
        event: str,
        size: int = 0,
        etag: str = "",
        deletion_type: str | None = None,
        **extra: Any,
    ) -> None:
        if bucket in s3._bucket_notifications:
            extra["sequencer"] = s3._next_event_sequencer(event)
            original(bucket, key, event, size, etag, deletion_type, **extra)

    s3._fire_s3_event_async = fire_s3_event


def queues(sqs: Any, lambda_svc: Any, changed: Callable[[], None], is_stopping: Callable[[], bool]) -> None:
    """The poller that feeds functions takes and deletes messages in a thread of its own, without a call.

    A stack that stops ends its functions: that is no try of theirs.
    """
    receive, delete, run = sqs._receive_messages_for_esm, sqs._delete_messages_for_esm, lambda_svc._run_sqs_batch

    def receive_messages(*arguments: Any) -> list[dict]:
        messages = receive(*arguments)
        if messages:
            tries.give(messages)
            changed()
        return messages

    def delete_messages(*arguments: Any) -> None:
        delete(*arguments)
        changed()

    def run_batch(mapping: dict, function: dict, event: dict, batch: list[dict], *rest: Any) -> None:
        given = tries.counts(batch)
        run(mapping, function, event, batch, *rest)
        if not is_stopping():
            tries.finish(batch, given)
            changed()

    sqs._receive_messages_for_esm = receive_messages
    sqs._delete_messages_for_esm = delete_messages
    lambda_svc._run_sqs_batch = run_batch


def sessions(sts: Any, noted: Noted) -> None:
    """Every session of a role is registered here, a guest's too."""
    original = sts.register_session

    def register_session(access_key: str, session: dict) -> None:
        original(access_key, session)
        noted.sessions.add(access_key)

    sts.register_session = register_session
