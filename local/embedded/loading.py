"""ministack's state, from the journal's cells, at a start."""

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.bodies import Bodies
from local.embedded import tries
from local.embedded.cells import Kept, decode_value, read_delivery
from local.embedded.identities import is_forgotten
from local.embedded.items import ItemStore
from local.embedded.object_cells import ObjectStore
from local.journal import Change, DamagedError, Journal, decode_key


class Loader:
    """Loads what the journal holds into ministack."""

    def __init__(self, kept: Kept, journal: Journal, items: ItemStore, objects: ObjectStore, bodies: Bodies):
        self._kept = kept
        self._items = items
        self._objects = objects
        self._journal = journal
        self._bodies = bodies

    def load(self) -> None:
        """Load everything. Raises ``DamagedError``."""
        try:
            self._load_services()
            self._items.load()
            self._objects.load()
            changes = [*load_messages(self._kept, self._journal), *self._load_sessions()]
            changes += remove_unused(self._journal, self._bodies)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DamagedError(f"the state can't be understood ({type(error).__name__}: {error})") from error
        self._journal.write(changes)

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


def remove_unused(journal: Journal, bodies: Bodies) -> list[Change]:
    """Remove the bodies whose objects are gone, where a kill came before that; returns changes to make."""
    unused = [name for name, _ in journal.read("unused")]
    bodies.remove(unused)
    return [("unused", name, None) for name in unused]
