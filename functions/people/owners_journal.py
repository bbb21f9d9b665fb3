"""The journal of decisions as the owner's commands and pages read it, add to it and take somebody out of it.

What is added is taken in by the people function with its next round, which is asked for. Ids say what is there already.
"""

import uuid
from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass

from functions.dates import timestamp
from functions.people.decisions import Event, Named, PersonForgotten, Split
from functions.people.forgotten_names import all_of, done, finished, forget, late_people, pending
from functions.people.hanging import hang
from functions.people.inventory import Inventory
from functions.people.journal_lines import Journal, read_lines
from functions.people.journal_table import Decision, EventTakenError, JournalTable
from functions.people.knowledge import Knowledge, fold
from functions.people.people_files import PeopleFiles
from functions.people.people_lease import PeopleLease
from functions.people.people_round import INVENTORY, STATE
from functions.people.people_state import AUTOMATIC, State
from functions.people.ulid import new_ulid
from functions.people_queue import PeopleQueue

# More at once would be more than a table that was just made takes.
_AT_ONCE = 8
# For how long the lease of rounds may be held; and how long to wait for a round, which may take 300 seconds.
_HOLD_SECONDS, PATIENCE_SECONDS = 60.0, 330.0


@dataclass(frozen=True)
class OwnersJournal:
    """The journal of one site, with what the people function made from it, its lease of rounds and its queue.

    ``by`` is who changes it: an email address, or `cli`. It waits for a round that is at work for ``patience`` seconds.
    """

    table: JournalTable
    files: PeopleFiles
    lease: PeopleLease
    queue: PeopleQueue
    by: str = "cli"
    patience: float = PATIENCE_SECONDS

    def read(self) -> Journal:
        """All that was decided, without whoever is forgotten."""
        return finished(self._read())

    def read_state(self) -> State | None:
        """Who is who after the last round; None before the first, or if the file can't be read."""
        return State.from_json(self.files.read(STATE))

    def read_inventory(self) -> Inventory:
        """The photos as the last round knew them; none before the first."""
        return Inventory.from_json(self.files.read(INVENTORY)) or Inventory.of(())

    def add(self, events: Iterable[Event]) -> int:
        """Add events whose ids say what is there already; returns how many are new."""
        return self.add_rows([row_of(event) for event in events])

    def add_rows(self, rows: list[Decision]) -> int:
        """Add rows, those that this release can't read among them; returns how many are new."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            new = sum(pool.map(self._append, rows))
        if new:
            self.queue.go_on()
        return new

    def people_of(self, faces: Iterable[str]) -> dict[str, str]:
        """The names of the people whose faces these are, by their ids; decisions since the last round count."""
        state = self.read_state() or State()
        knowledge = fold(self.read().events)
        hung = hang(knowledge, self.read_inventory())
        names = {person.id: person.name for person in state.people}
        names |= {person.id: person.name for person in knowledge.people.values() if person.name}
        automatic = {
            face: whose.person
            for face, whose in state.whose.items()
            if whose.origin == AUTOMATIC
            and face not in hung.ignored
            and whose.person not in hung.rejected.get(face, ())
        }
        people = [hung.person_of(face) or knowledge.root(automatic.get(face, "")) for face in faces]
        return {person: names[person] for person in people if person in names}

    def names_of(self, people: Iterable[str]) -> set[str]:
        """All names that these people have or had, those by which files would still mean them included."""
        journal = self.read()
        knowledge = fold(journal.events)
        roots = set(map(knowledge.root, people))
        known = [knowledge.people[person] for person in roots if person in knowledge.people]
        names = {name for person in known for name in (person.name, *person.other_names) if name}
        said = {event.name for event in journal.events if isinstance(event, Named | Split) and event.name}
        return names | {name for name in said if knowledge.person_called(name) in roots}

    def forget(self, people: Iterable[str]) -> None:
        """Take all decisions about people out of the journal; it keeps that somebody was forgotten.

        If it is stopped, nobody reads of them any more from the moment it has begun; the next call, also one without
        ``people``, takes out what is left. Doing it twice does no harm. Raises ``RoundTakenError`` if rounds don't end.
        """
        # A round that has read the journal before would still write the name.
        with self.between_rounds():
            self.finish_forgetting()
            for person in people:
                journal = self.read()
                members = all_of(fold(journal.events), person)
                forgetting = forget(journal, members)
                if forgetting.gone or forgetting.changed:
                    begun = PersonForgotten(id=new_ulid(journal.latest), at=timestamp(), by=self.by, people=members)
                    self.table.append(row_of(begun))
                    self.finish_forgetting()
        self.queue.go_on()

    def between_rounds(self) -> AbstractContextManager[None]:
        """While no round is at work. Raises ``RoundTakenError`` if rounds don't end."""
        return self.lease.held(str(uuid.uuid4()), _HOLD_SECONDS, self.patience)

    def finish_forgetting(self) -> None:
        """Take what is left about forgotten people, or has come since, out of the journal."""
        for begun in pending(self._read()):
            self._take_out(self._read(), begun.people or ())
            self.table.rewrite(row_of(done(begun)))
        journal = self._read()
        self._take_out(journal, late_people(journal))

    def _take_out(self, journal: Journal, people: Collection[str]) -> None:
        forgetting = forget(journal, people)
        for event in forgetting.changed:
            self.table.rewrite(row_of(event))
        self.table.forget(forgetting.gone)

    def _read(self) -> Journal:
        return read_lines(decision.event for decision in self.table.read())

    def _append(self, row: Decision) -> bool:
        try:
            self.table.append(row)
        except EventTakenError:
            return False
        return True


def row_of(event: Event) -> Decision:
    """An event as the journal's table keeps it."""
    return Decision(id=event.id, event=event.to_json(), at=event.at, by=event.by, kind=event.kind)


def is_without(state: State | None, people: Collection[str], knowledge: Knowledge) -> bool:
    """Whether a state has neither these people nor a name that is forgotten; a missing or damaged one tells nothing."""
    if state is None or not state.by_id.keys().isdisjoint(people):
        return False
    return not any(knowledge.is_withheld(person.name) for person in state.people)
