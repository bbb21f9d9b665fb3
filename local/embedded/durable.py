"""ministack's state, kept: what a call changes is in the journal before the call is answered.

ministack itself writes its state only at a clean stop. Here what its calls change is noted (`watching`), and a call's
end writes what was noted, and whatever else of the called service changed, in one commit (`saving`). A start reads it
back (`loading`). What is written is in `cells`.
"""

import asyncio
import contextlib
from collections.abc import Callable, Collection
from pathlib import Path

from local.bodies import Bodies
from local.comparing import DATABASES, Found, compare, describe_unreadable, settle
from local.embedded import watching
from local.embedded.cells import Kept
from local.embedded.comparison import Comparison
from local.embedded.items import ItemStore
from local.embedded.loading import Loader
from local.embedded.object_cells import ObjectStore
from local.embedded.replacing import replace
from local.embedded.saving import AT_STOP, MODULES, Saver
from local.embedded.watching import Noted
from local.journal import Change, Journal, is_large
from local.state_folder import SET_ASIDE

# Objects that a start compares with their files before it goes on: 0.1 s.
_MOST_AT_START = 5_000


class Durable:
    """Loads ministack's state from a folder, and keeps it there."""

    def __init__(self, data: Path, journal: Journal):
        self._journal = journal
        self._bodies = Bodies(data / "objects")
        self._data = data
        self._failed: Callable[[Exception], None] | None = None
        self._broken = True  # until all is loaded: nothing is written over what could not be read
        self._kept = Kept({})
        self._noted = Noted()
        self._objects: ObjectStore | None = None
        self._saver: Saver | None = None
        self._items: ItemStore | None = None
        # Bodies that are removed, but that the journal still holds as `unused`.
        self._removed: list[str] = []
        self._is_stopping = False
        self._comparison: Comparison | None = None

    def start(self, failed: Callable[[Exception], None], told: Callable[[list[str]], None]) -> None:
        """Load what is kept and watch for changes; call in the event loop that serves. Raises ``DamagedError``.

        ``failed`` is told, once, when something could not be written: nothing can be acknowledged from then on.
        ``told`` gets a few lines about objects that can't be read: at once, or with many objects later, in a thread.
        """
        from ministack.app import _get_module

        self._failed = failed
        loop = asyncio.get_running_loop()
        modules = {name: _get_module(name) for name in (*MODULES, AT_STOP, "sts")}
        self._kept.modules = modules
        lambda_svc = modules["lambda_svc"]
        self._items = items = ItemStore(modules["dynamodb"], self._journal, self._fail)
        items.watch()
        self._objects = ObjectStore(modules["s3"], self._journal)
        self._saver = Saver(self._kept, self._journal, self._objects, self._bodies, self._noted)
        watching.watch_objects(modules["s3"], self._noted, self._bodies, self._fail)
        watching.watch_queues(modules["sqs"], lambda_svc, lambda: self._queues_changed(loop), lambda: self._is_stopping)
        watching.watch_sessions(modules["sts"], self._noted)
        for name in MODULES:
            watching.watch_calls(modules[name], name, self._noted)
        watching.watch_stacks(modules["cloudformation"], self._noted)
        Loader(self._kept, self._journal, items, self._objects, self._bodies).load()
        # While it tells its state it removes the files of code that it uses no more. Later on that would be before the
        # journal says so, and a kill in between would leave functions without code.
        lambda_svc.get_state()
        replace(lambda_svc, "_prune_orphan_code_blobs", lambda referenced: None, "(referenced)")
        self._broken = False

        self._compare(told, lambda error: loop.call_soon_threadsafe(self._fail, error))

    def _compare(self, told: Callable[[list[str]], None], failed: Callable[[Exception], object]) -> None:
        """Compare the objects with their files: few of them at once, many in a process beside this one."""

        def settled(found: Found | None, written: Collection[str]) -> None:
            if found is None:
                told(["The files of objects could not be compared with their records; the next start tries again."])
                return
            told(describe_unreadable(settle(self._journal, self._bodies, found, written, self._data / SET_ASIDE)))
            self._bodies.forget_written()

        is_large_database = any(is_large(self._data / name) for name in DATABASES)
        if self._journal.count("object") > _MOST_AT_START or is_large_database:
            written = self._bodies.note_written()
            self._comparison = Comparison(self._data, lambda found: settled(found, written), failed)
        else:
            settled(compare(self._journal, self._bodies), ())

    def keep(self) -> bool:
        """Write what changed since the last time; False when it could not be written, now or before."""
        if self._broken or self._objects is None or self._saver is None:
            return False
        if not self._noted and not self._journal.is_changed:
            self._objects.forget()
            return True
        try:
            changes, unused = self._saver.changes()
            done: list[Change] = [("unused", name, None) for name in self._removed]
            self._journal.write([*done, *changes])
            self._objects.forget()
            self._bodies.remove(unused)
            self._removed = unused
        except Exception as error:
            self._fail(error)  # whatever it is: what is not kept must not be acknowledged
        return not self._broken

    def count_changes(self, services: Collection[str], tables: Collection[str]) -> int:
        """A number that grows whenever one of these services, or an item of these tables, changes."""
        items = self._items.changes if self._items else {}
        return sum(self._noted.counts[name] for name in services) + sum(items.get(name, 0) for name in tables)

    def prepare_to_stop(self) -> None:
        """Call before functions are ended: the messages they have are given out again at the next start."""
        self._is_stopping = True
        if self._comparison:
            self._comparison.stop()

    def stop(self) -> None:
        """Write the rest at a clean stop."""
        self._noted.services |= {*MODULES, AT_STOP}
        self.keep()

    def _queues_changed(self, loop: asyncio.AbstractEventLoop) -> None:
        """Called in a thread of ministack's."""

        def keep() -> None:
            self._noted.services.add("sqs")
            self.keep()

        with contextlib.suppress(RuntimeError):  # the loop is closed: stopping writes it
            loop.call_soon_threadsafe(keep)

    def _fail(self, error: Exception) -> None:
        if not self._broken:
            self._broken = True
            if self._failed:
                self._failed(error)
