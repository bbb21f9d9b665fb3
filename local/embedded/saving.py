"""What has changed in ministack since it was last kept, as changes of the journal's cells."""

import contextlib
from collections.abc import Iterable
from typing import Any

from local.bodies import Bodies
from local.embedded.cells import Kept, encode_if_any, encode_value, list_body_names, read_delivery
from local.embedded.object_cells import ObjectStore, Place
from local.embedded.watching import Noted
from local.journal import Change, Journal, encode_key

# ministack's modules whose state is kept; logs are written only at a clean stop, because no call waits for them.
MODULES = ("s3", "dynamodb", "sqs", "lambda_svc", "cognito", "iam", "cloudformation")
AT_STOP = "cloudwatch_logs"

# What ministack keeps of DynamoDB beside the tables, each in a store of its own.
_TABLE_STORES = (
    "tags",
    "ttl_settings",
    "pitr_settings",
    "kinesis_destinations",
    "contributor_insights",
    "backups",
    "resource_policies",
    "exports",
    "imports",
)


# More often than this in a row no dictionary grows while it is read.
_MAX_READS = 20


class Saver:
    """Turns what was noted into changes of the journal."""

    def __init__(self, kept: Kept, journal: Journal, objects: ObjectStore, bodies: Bodies, noted: Noted):
        self._kept = kept
        self._objects = objects
        self._journal = journal
        self._bodies = bodies
        self._noted = noted

    def changes(self) -> tuple[list[Change], list[str]]:
        """All changes since the last time, and the names of bodies that nothing refers to after them."""
        modules = self._kept.modules
        touched = set(self._noted.services)
        objects, sessions = set(self._noted.objects), set(self._noted.sessions)
        self._noted.clear()
        changes: list[Change] = []
        unused: list[str] = []
        changes += self._service_changes(touched)
        if "sqs" in touched or objects:
            changes += find_message_changes(self._kept)
        for access_key in sessions:
            changes.append(("session", access_key, encode_if_any(modules["sts"]._sessions.get(access_key))))
        for place in objects:
            key = encode_key(*place)
            before, value = list_body_names(self._journal.get("object", key)), self.encode_object(place)
            changes.append(("object", key, value))
            unused += before - list_body_names(value)
        changes += [("unused", name, b"") for name in unused]
        return changes, unused

    def _service_changes(self, touched: set[str]) -> list[Change]:
        # Provisioning changes many services on its way; none of it is acknowledged before its end.
        statuses = {stack["StackStatus"] for stack in self._kept.modules["cloudformation"]._stacks._data.values()}
        if any(status.endswith("_IN_PROGRESS") for status in statuses - {"REVIEW_IN_PROGRESS"}):
            self._noted.services |= touched
            return []
        names = touched | set(MODULES) if "cloudformation" in touched else touched
        changes: list[Change] = []
        for name in sorted(names):
            value = read_state(name, self._kept.modules[name])
            if value != self._kept.services.get(name):
                self._kept.services[name] = value
                changes.append(("service", name, value))
        return changes

    def encode_object(self, place: Place) -> bytes | None:
        """An object of S3 as its cell; the bytes of versions that have none in a file yet are written."""
        cell = self._objects.cell(place)
        for version in cell.versions:
            if version.get("data") is not None:
                current = cell.current
                is_current = current is not None and (current.get("version_id") or "null") == version["version_id"]
                version["body_name"] = (
                    current["body_name"]
                    if current is not None and is_current
                    else self._bodies.write(version["data"], f"{place.bucket}/{place.key}")
                )
                version["data"] = None
        return cell.encode()


def find_message_changes(kept: Kept) -> list[Change]:
    """The changes of all queues' messages since the last time."""
    sqs = kept.modules["sqs"]
    changes: list[Change] = []
    with sqs._queues_lock:
        queues = {place: list(queue["messages"]) for place, queue in sqs._queues._data.items()}
    for place in [place for place in kept.messages if place not in queues]:
        queues[place] = []
    for place, messages in queues.items():
        known = kept.messages.get(place, {})
        now = {message["id"]: read_delivery(message) for message in messages}
        if now == known:
            continue
        kept.messages[place] = now
        changes += [("message", encode_key(*place, name), None) for name in known.keys() - now.keys()]
        changes += [
            ("message", encode_key(*place, message["id"]), encode_value(message))
            for message in messages
            if known.get(message["id"]) != now[message["id"]]
        ]
    return changes


def read_state(name: str, service: Any) -> bytes:
    """The state of a service as the value of its cell."""
    for _ in range(_MAX_READS):
        # Threads of ministack add to its dictionaries meanwhile, such as how a function's last batch went.
        with contextlib.suppress(RuntimeError):  # Python's word for a dictionary that grew while it was read
            return encode_value(_state(name, service))
    return encode_value(_state(name, service))


def _state(name: str, service: Any) -> Any:
    """The state of a service without items, messages and objects."""
    if name == "dynamodb":
        dynamodb = service
        tables = _emptied(
            dynamodb._tables, {"items": {}, "ItemCount": 0, "TableSizeBytes": 0}, {dynamodb._INDEX_MEMBERS}
        )
        return {"tables": tables, **{store: getattr(dynamodb, f"_{store}") for store in _TABLE_STORES}}
    if name == "sqs":
        sqs = service
        return {"queues": _emptied(sqs._queues, {"messages": []}), "queue_name_to_url": sqs._queue_name_to_url}
    if name == "cloudformation":  # it would copy all templates first, which takes longer than writing them
        return {key: store() for store, key in service._PERSISTED_STORES}
    return service.get_state()


def _emptied(store: Any, fields: dict[str, Any], left_out: Iterable[str] = ()) -> Any:
    """A store whose records have other values in some fields and lack others; it shares the rest."""
    copy = type(store)()
    for place, record in store._data.items():
        copy._data[place] = {name: value for name, value in record.items() if name not in left_out} | fields
    return copy
