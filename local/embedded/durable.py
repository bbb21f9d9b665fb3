"""ministack's state, kept: what a call changes is in the journal before the call is answered.

ministack itself writes its state at a clean stop alone. Here what its calls change is noted (`watching`), and a call's
end writes what was noted, and whatever else of the called service changed, in one commit.

=============  ==========================================================  =============================================
kind of cell   key                                                         value
=============  ==========================================================  =============================================
``service``    ministack's name of a service                               its state without what has its own cells
``item``       table id, partition key, sort key                           an item of DynamoDB
``message``    account, region, queue URL, message id                      a message of SQS
``object``     account, bucket, key                                        an object of S3 with its versions and tags;
                                                                           their bytes are in ``Bodies``
``session``    access key                                                  a role session of STS
``unused``     name of a body                                              nothing: no object has it any more, and its
                                                                           file goes, at the next start at the latest
=============  ==========================================================  =============================================
"""

import asyncio
import contextlib
import hashlib
import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from local.bodies import Bodies
from local.embedded import tries, watching
from local.embedded.replacing import replace
from local.embedded.watching import Noted
from local.journal import Change, DamagedError, Journal
from local.state_folder import SET_ASIDE

# ministack's modules whose state is kept; logs are written at a clean stop, for no call waits for them.
_MODULES = ("s3", "dynamodb", "sqs", "lambda_svc", "cognito", "iam", "cloudformation")
_AT_STOP = "cloudwatch_logs"

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


class Durable:
    """Loads ministack's state from a folder, and keeps it there."""

    def __init__(self, data: Path, journal: Journal):
        self._journal = journal
        self._bodies = Bodies(data / "objects")
        self._set_aside = data / SET_ASIDE
        self._failed: Callable[[Exception], None] | None = None
        self._broken = True  # until all is loaded: nothing is written over what could not be read
        self._modules: dict[str, Any] = {}
        self._noted = Noted()
        # Bodies that are removed, but that the journal still holds as `unused`.
        self._removed: list[str] = []
        # What the journal holds of services and messages, to write what differs.
        self._known_services: dict[str, bytes] = {}
        self._known_messages: dict[tuple[str, str, str], dict[str, tuple[int, bool]]] = {}
        self._is_stopping = False
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self, failed: Callable[[Exception], None]) -> None:
        """Load what is kept and watch for changes; call in the event loop that serves. Raises ``DamagedError``.

        ``failed`` is told, once, when something could not be written: nothing can be acknowledged from then on.
        """
        from ministack.app import _get_module

        self._failed = failed
        self._loop = asyncio.get_running_loop()
        self._modules = {name: _get_module(name) for name in (*_MODULES, _AT_STOP, "sts")}
        watching.items(self._modules["dynamodb"], self._noted, self._kept_items)
        watching.objects(self._modules["s3"], self._noted, self._bodies, self._fail)
        watching.queues(
            self._modules["sqs"], self._modules["lambda_svc"], self._queues_changed, lambda: self._is_stopping
        )
        watching.sessions(self._modules["sts"], self._noted)
        for name in _MODULES:
            watching.calls(self._modules[name], name, self._noted)
        self._load()
        self._broken = False

    def keep(self) -> bool:
        """Write what changed since the last time; False when it could not be written, now or before."""
        if self._broken:
            return False
        if not self._noted:
            return True
        try:
            changes, unused = self._changes()
            if changes:
                self._journal.write(changes)
            self._bodies.remove(unused)
            self._removed = unused
        except Exception as error:
            self._fail(error)  # whatever it is: what is not kept must not be acknowledged
        return not self._broken

    def _queues_changed(self) -> None:
        """Called in a thread of ministack's."""

        def keep() -> None:
            self._noted.services.add("sqs")
            self.keep()

        with contextlib.suppress(RuntimeError):  # the loop is closed: stopping writes it
            self._loop.call_soon_threadsafe(keep)

    def prepare_to_stop(self) -> None:
        """Call before functions are ended: the messages they have are given out again at the next start."""
        self._is_stopping = True

    def stop(self) -> None:
        """Write the rest at a clean stop."""
        self._noted.services |= {*_MODULES, _AT_STOP}
        self.keep()

    def _fail(self, error: Exception) -> None:
        if not self._broken:
            self._broken = True
            if self._failed:
                self._failed(error)

    # Changes

    def _changes(self) -> tuple[list[Change], list[str]]:
        """All changes since the last time, and the names of bodies that nothing refers to after them."""
        touched, items = set(self._noted.services), dict(self._noted.items)
        objects, sessions = set(self._noted.objects), set(self._noted.sessions)
        for noted in (self._noted.services, self._noted.items, self._noted.objects, self._noted.sessions):
            noted.clear()
        changes: list[Change] = []
        unused: list[str] = []
        changes += self._service_changes(touched)
        if "sqs" in touched or objects:
            changes += self._message_changes()
        for (table, partition, sort), content in items.items():
            item = content["items"].get(partition, {}).get(sort)
            changes.append(("item", _key(table, partition, sort), _value(item)))
        for access_key in sessions:
            changes.append(("session", access_key, _value(self._modules["sts"]._sessions.get(access_key))))
        for place in objects:
            key = _key(*place)
            before, now = _bodies_of(self._journal.get("object", key)), self._object(*place)
            value = _value(now)
            changes.append(("object", key, value))
            unused += before - _bodies_of(value)
        changes += [("unused", name, None) for name in self._removed]
        changes += [("unused", name, b"") for name in unused]
        return changes, unused

    def _service_changes(self, touched: Iterable[str]) -> list[Change]:
        # Provisioning changes many services on its way; until it is at its end none of it is acknowledged.
        statuses = {stack["StackStatus"] for stack in self._modules["cloudformation"]._stacks._data.values()}
        if any(status.endswith("_IN_PROGRESS") for status in statuses - {"REVIEW_IN_PROGRESS"}):
            self._noted.services |= set(touched)
            return []
        names = set(touched)
        if "cloudformation" in names:
            names |= set(_MODULES)
        changes: list[Change] = []
        for name in sorted(names):
            value = _value(self._state(name))
            if value != self._known_services.get(name):
                self._known_services[name] = value
                changes.append(("service", name, value))
        return changes

    def _message_changes(self) -> list[Change]:
        sqs = self._modules["sqs"]
        changes: list[Change] = []
        with sqs._queues_lock:
            queues = {place: list(queue["messages"]) for place, queue in sqs._queues._data.items()}
        for place in [place for place in self._known_messages if place not in queues]:
            queues[place] = []
        for place, messages in queues.items():
            known = self._known_messages.get(place, {})
            now = {message["id"]: _delivery(message) for message in messages}
            if now == known:
                continue
            self._known_messages[place] = now
            changes += [("message", _key(*place, name), None) for name in known.keys() - now.keys()]
            changes += [
                ("message", _key(*place, message["id"]), _value(message))
                for message in messages
                if known.get(message["id"]) != now[message["id"]]
            ]
        return changes

    def _state(self, name: str) -> dict:
        """The state of a service without items, messages and objects."""
        module = self._modules[name]
        if name == "dynamodb":
            tables = _emptied(
                module._tables, {"items": {}, "ItemCount": 0, "TableSizeBytes": 0}, {module._INDEX_MEMBERS}
            )
            return {"tables": tables, **{name: getattr(module, f"_{name}") for name in _TABLE_STORES}}
        if name == "sqs":
            return {
                "queues": _emptied(module._queues, {"messages": []}),
                "queue_name_to_url": module._queue_name_to_url,
            }
        return module.get_state()

    def _object(self, account: str, bucket: str, key: str) -> dict | None:
        """An object of S3 as its cell: the current one, and what there is of versions, tags and ACLs."""
        s3 = self._modules["s3"]
        current = s3._buckets._data.get((account, bucket), {"objects": {}})["objects"].get(key)
        versions = s3._object_versions._data.get((account, (bucket, key)), [])
        if current is None and not versions:
            return None
        for version in versions:
            if version.get("data") is not None:
                is_current = current is not None and (current.get("version_id") or "null") == version["version_id"]
                version["body_name"] = (
                    current["body_name"] if is_current else self._bodies.write(version["data"], f"{bucket}/{key}")
                )
                version["data"] = None
        cell: dict = {"current": current, "versions": versions}
        names = {None, *(version["version_id"] for version in versions)}
        for field, store in (
            ("tags", s3._object_tags),
            ("acl", s3._object_acl),
            ("annotations", s3._object_annotations),
        ):
            cell[field] = {
                name or "null": store._data[(account, (bucket, key, name))]
                for name in names
                if (account, (bucket, key, name)) in store._data
            }
        return cell

    # Loading

    def _load(self) -> None:
        try:
            for name, value in list(self._journal.read("service")):
                self._known_services[name] = value
                state = _content(value)
                if name == "lambda_svc":
                    self._check_functions(state)
                self._modules[name].load_persisted_state(state)
            unused = [*self._load_items(), *self._load_messages(), *self._load_objects(), *self._load_sessions()]
            unused += self._sort_bodies()
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DamagedError(f"the state can't be understood ({type(error).__name__}: {error})") from error
        self._journal.write(unused)
        # While it tells its state it removes the files of code that it uses no more. Later on that would be before the
        # journal says so, and a kill in between would leave functions without code.
        lambda_svc = self._modules["lambda_svc"]
        lambda_svc.get_state()
        replace(lambda_svc, "_prune_orphan_code_blobs", lambda referenced: None, "(referenced)")

    def _check_functions(self, state: dict) -> None:
        """ministack carries on without a function's code where its file, named by its digest, is missing."""
        lambda_svc = self._modules["lambda_svc"]
        for (_, _, name), function in state["functions"]._data.items():
            digest = function["code_zip"]["code_blob_ref"]
            code = Path(lambda_svc.CODE_BLOB_DIR, f"{digest}.zip")
            if not code.exists():
                raise DamagedError(f"{code}, the code of the function {name}, is missing")
            if hashlib.sha256(code.read_bytes()).hexdigest() != digest:
                raise DamagedError(f"{code}, the code of the function {name}, is damaged")

    def _load_items(self) -> Iterable[Change]:
        dynamodb = self._modules["dynamodb"]
        tables = {table["TableId"]: table for table in dynamodb._tables._data.values()}
        for key, value in self._journal.read("item"):
            table_id, partition, sort = json.loads(key)
            table = tables.get(table_id)
            if table is None:
                yield "item", key, None  # a deleted table's
            else:
                table["items"][partition][sort] = json.loads(value)
        for table in tables.values():
            dynamodb._update_counts(table)

    def _kept_items(self, table_id: str) -> Iterable[tuple[str, str]]:
        keys = (json.loads(key) for key, _ in self._journal.read("item"))
        return [(partition, sort) for table, partition, sort in keys if table == table_id]

    def _load_messages(self) -> Iterable[Change]:
        queues = self._modules["sqs"]._queues._data
        for key, value in self._journal.read("message"):
            account, region, url, _ = json.loads(key)
            queue = queues.get((account, region, url))
            if queue is None:
                yield "message", key, None
                continue
            message = _content(value)
            # No function outlives the stack, so a message that was with one when it stopped is with none now: not to
            # be waited for until its visibility timeout ends.
            if message["receipt_handle"] is not None:
                message["visible_at"] = time.time()
            tries.take_back(message)
            queue["messages"].append(message)
        for place, queue in queues.items():
            queue["messages"].sort(key=lambda message: message["sent_at"])
            # What was given back is written when it is given out again, with what it counts then.
            self._known_messages[place] = {message["id"]: _delivery(message) for message in queue["messages"]}

    def _load_objects(self) -> Iterable[Change]:
        s3 = self._modules["s3"]
        for key, value in self._journal.read("object"):
            account, name, path = json.loads(key)
            bucket = s3._buckets._data.get((account, name))
            if bucket is None:
                yield "object", key, None
                continue
            cell = _content(value)
            if cell["current"] is not None:
                bucket["objects"][path] = {"body": None, **cell["current"]}
            if cell["versions"] or cell["tags"] or cell["acl"] or cell["annotations"]:
                s3._load_persisted_history(account, bucket, name, path, cell)

    def _sort_bodies(self) -> Iterable[Change]:
        """Hold the files of bodies against the journal's objects; what no object has is set aside."""
        stored = self._bodies.sizes()
        labels: dict[str, str] = {}
        for key, value in self._journal.read("object"):
            _, bucket, path = json.loads(key)
            for record in _records_with_bodies(_content(value)):
                size = stored.get(record["body_name"])
                if size is None:
                    raise DamagedError(f"the bytes of s3://{bucket}/{path} are missing from the folder objects")
                if size != record["size"]:
                    raise DamagedError(f"the bytes of s3://{bucket}/{path} in the folder objects are damaged")
                labels[record["body_name"]] = f"{bucket}/{path}"
        unused = [name for name, _ in self._journal.read("unused")]
        self._bodies.remove(unused)
        self._bodies.set_aside(stored.keys() - labels.keys() - set(unused), self._set_aside / time.strftime("%Y-%m-%d"))
        self._bodies.keep_list(labels)
        return [("unused", name, None) for name in unused]

    def _load_sessions(self) -> Iterable[Change]:
        sessions = self._modules["sts"]._sessions
        for key, value in self._journal.read("session"):
            session = _content(value)
            # An expired session is known for a day more, so that its keys are called expired, as on AWS, not unknown.
            if session.get("Expiration", 0) + 86_400 < time.time():
                yield "session", key, None
            else:
                sessions[key] = session


def _emptied(store: Any, fields: dict, left_out: Iterable[str] = ()) -> Any:
    """A store whose records have other values in some fields and lack others; it shares the rest."""
    copy = type(store)()
    for place, record in store._data.items():
        copy._data[place] = {name: value for name, value in record.items() if name not in left_out} | fields
    return copy


def _delivery(message: dict) -> tuple[int, bool]:
    """What changes of a message while it is in a queue."""
    return message["receive_count"], tries.is_given(message)


def _key(*parts: str) -> str:
    return json.dumps(parts)


def _value(content: dict | None) -> bytes | None:
    from ministack.core import persistence

    if content is None:
        return None
    return json.dumps(content, default=persistence._json_default).encode()


def _content(value: bytes) -> Any:
    from ministack.core import persistence

    return json.loads(value, object_hook=persistence._json_object_hook)


def _bodies_of(value: bytes | None) -> set[str]:
    return set() if value is None else {record["body_name"] for record in _records_with_bodies(json.loads(value))}


def _records_with_bodies(cell: dict) -> Iterable[dict]:
    """The current object and its versions, as far as they have bytes."""
    records = [*([cell["current"]] if cell["current"] else []), *cell["versions"]]
    return [record for record in records if record.get("body_name")]
