"""ministack's state, from the journal's cells, at a start."""

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.bodies import Bodies
from local.embedded import tries
from local.embedded.cells import Kept, decode_value, list_records_with_bodies, read_delivery
from local.embedded.identities import is_forgotten
from local.embedded.items import ItemStore
from local.journal import Change, DamagedError, Journal, decode_key

# Objects that can't be read, of which a start names each.
_MAX_NAMED = 10


class Loader:
    """Loads what the journal holds into ministack."""

    def __init__(self, kept: Kept, journal: Journal, items: ItemStore, bodies: Bodies, set_aside: Path):
        self._kept = kept
        self._items = items
        self._journal = journal
        self._bodies = bodies
        self._set_aside = set_aside

    def load(self) -> list[str]:
        """Load everything. Returns a few lines about objects that can't be read. Raises ``DamagedError``."""
        try:
            self._load_services()
            self._items.load()
            changes = [*load_messages(self._kept, self._journal), *self._load_objects(), *self._load_sessions()]
            unreadable, unused = sort_bodies(self._journal, self._bodies, self._set_aside)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DamagedError(f"the state can't be understood ({type(error).__name__}: {error})") from error
        self._journal.write([*changes, *unused])
        return describe_unreadable(unreadable)

    def _load_services(self) -> None:
        for name, value in list(self._journal.read("service")):
            self._kept.services[name] = value
            state = decode_value(value)
            if name == "lambda_svc":
                self._check_functions(state)
            self._kept.modules[name].load_persisted_state(state)

    def _check_functions(self, state: dict[str, Any]) -> None:
        """ministack carries on without a function's code where its file, named by its digest, is missing."""
        lambda_svc = self._kept.modules["lambda_svc"]
        for (_, _, name), function in state["functions"]._data.items():
            digest = function["code_zip"]["code_blob_ref"]
            code = Path(lambda_svc.CODE_BLOB_DIR, f"{digest}.zip")
            if not code.exists():
                raise DamagedError(f"{code}, the code of the function {name}, is missing")
            if hashlib.sha256(code.read_bytes()).hexdigest() != digest:
                raise DamagedError(f"{code}, the code of the function {name}, is damaged")

    def _load_objects(self) -> Iterator[Change]:
        s3 = self._kept.modules["s3"]
        for key, value in self._journal.read("object"):
            account, name, path = decode_key(key)
            bucket = s3._buckets._data.get((account, name))
            if bucket is None:
                yield "object", key, None
                continue
            cell = decode_value(value)
            if cell["current"] is not None:
                bucket["objects"][path] = {"body": None, **cell["current"]}
            if cell["versions"] or cell["tags"] or cell["acl"] or cell["annotations"]:
                s3._load_persisted_history(account, bucket, name, path, cell)

    def _load_sessions(self) -> Iterator[Change]:
        sessions = self._kept.modules["sts"]._sessions
        for key, value in self._journal.read("session"):
            session = decode_value(value)
            if not session.get("Expiration") or is_forgotten(session):
                yield "session", key, None
            else:
                sessions[key] = session


def load_messages(kept: Kept, journal: Journal) -> Iterator[Change]:
    """Load the messages of all queues; those of queues that are gone are to be removed."""
    queues = kept.modules["sqs"]._queues._data
    for key, value in journal.read("message"):
        account, region, url, _ = decode_key(key)
        queue = queues.get((account, region, url))
        if queue is None:
            yield "message", key, None
            continue
        message = decode_value(value)
        # No function outlives the stack, so a message that was with one when it stopped is with none now: nothing
        # needs to wait until its visibility timeout ends.
        if message["receipt_handle"] is not None:
            message["visible_at"] = time.time()
        tries.take_back(message)
        queue["messages"].append(message)
    for place, queue in queues.items():
        queue["messages"].sort(key=lambda message: message["sent_at"])
        # What was given back is written when it is given out again, with what it counts then.
        kept.messages[place] = {message["id"]: read_delivery(message) for message in queue["messages"]}


def sort_bodies(journal: Journal, bodies: Bodies, set_aside: Path) -> tuple[list[str], list[Change]]:
    """Compare the files of bodies with the journal's objects, and set aside what no object has.

    Returns what is wrong with each object whose bytes are missing or cut off, and changes to make. A body of the right
    size is not read here: where its bytes have changed, reading it fails.
    """
    stored = bodies.sizes()
    labels: dict[str, str] = {}
    unreadable = []
    for key, value in journal.read("object"):
        _, bucket, path = decode_key(key)
        for record in list_records_with_bodies(decode_value(value)):
            size = stored.get(record["body_name"])
            if size is None:
                unreadable.append(f"the bytes of s3://{bucket}/{path} are missing from the folder objects")
                continue
            if size != record["size"]:
                unreadable.append(f"the bytes of s3://{bucket}/{path} in the folder objects are damaged")
            labels[record["body_name"]] = f"{bucket}/{path}"
    unused = [name for name, _ in journal.read("unused")]
    bodies.remove(unused)
    bodies.set_aside(stored.keys() - labels.keys() - set(unused), set_aside / time.strftime("%Y-%m-%d"))
    bodies.keep_list(labels)
    return unreadable, [("unused", name, None) for name in unused]


def describe_unreadable(unreadable: list[str]) -> list[str]:
    """A line about each object that can't be read, up to a few, and what to do."""
    advice = "delete it and upload it again, or restore the folder from a copy; until then reading it fails"
    # Several versions of an object can have the same bytes.
    reasons = list(dict.fromkeys(unreadable))
    told = [f"{reason}: {advice}" for reason in reasons[:_MAX_NAMED]]
    if more := len(reasons) - len(told):
        told.append(f"{more} more objects can't be read: `kinpics doctor --originals all` names the photos among them")
    return told
