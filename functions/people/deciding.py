"""The way into the journal: what the owner asks for is checked here, completed, and becomes events.

The fold takes any event that can be read; here an owner gets told what can't be meant. It is the same for the owner's
page and for the command line.

A *draft* is an event without ``v``, ``id``, ``at`` and ``by``. ``"new"`` stands for a person who isn't known yet, the
same one in all drafts of a call. A face needs only its ``path`` and its ``box``, or its id (``face``).
"""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from functions.dates import timestamp
from functions.people.boxes import BadBoxError, Box
from functions.people.decision_fields import DecisionError
from functions.people.decision_ids import import_id, replacement_id
from functions.people.decisions import (
    Born,
    Event,
    Imported,
    Merged,
    Named,
    PersonForgotten,
    PhotoReplaced,
    Split,
    Undone,
    make_event,
)
from functions.people.forgotten_names import marked
from functions.people.hanging import Hung
from functions.people.inventory import Inventory
from functions.people.journal_lines import Journal
from functions.people.knowledge import Knowledge
from functions.people.people_state import State
from functions.people.ulid import new_ulid
from functions.photo_texts import same_name

NEW = "new"
MAX_DRAFTS = 100
# A row of the table is at most 400 kB.
_MAX_EVENT_BYTES = 350_000
_PEOPLE = ("person", "into", "to")
# What answers say of a face besides, which may come back with it.
_TOLD = ("width", "height")


@dataclass(frozen=True)
class Door:
    """Lets decisions into a journal: what is known today is what they are checked against."""

    journal: Journal
    knowledge: Knowledge
    state: State
    inventory: Inventory
    # Today, by the clock of whoever decides.
    today: date

    def events(self, drafts: Any, by: str) -> list[Event]:
        """The events of these drafts, to be appended in this order: all of them or, with a ``DecisionError``, none."""
        if not isinstance(drafts, list) or not 1 <= len(drafts) <= MAX_DRAFTS:
            raise DecisionError(f"events has to be a list of 1 to {MAX_DRAFTS} decisions")
        return _Letting(self, by).all(drafts)


def replacements(hung: Hung, at: str) -> list[Event]:
    """What the journal has to keep of files that took another's place: decisions about one hold for the other."""
    return [
        PhotoReplaced(id=replacement_id(photo, was), at=at, by="kinpics", photo=photo, was=was)
        for was, photo in hung.replaced
    ]


@dataclass
class _Letting:
    """One call."""

    door: Door
    by: str
    at: str = field(default_factory=timestamp)
    made: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        knowledge, state = self.door.knowledge, self.door.state
        self.latest = self.door.journal.latest
        self.new = ""
        self.is_forgotten = marked(self.door.journal)
        # People merged or forgotten since the state was made are no people of their own any more.
        shown = {
            person.id: person.name
            for person in state.people
            if person.id not in knowledge.merged
            and not self.is_forgotten(person.id)
            and not knowledge.is_withheld(person.name)
        }
        self.people = {*knowledge.people, *shown}
        # Those whose name could go with the photos that say it.
        self.unsure = {person: name for person, name in shown.items() if person not in knowledge.people}
        for person in knowledge.only_imported & knowledge.people.keys():
            self.unsure[person] = knowledge.people[person].name or ""
        self.undone = set(knowledge.undone)
        self.known = {event.id: event for event in self.door.journal.events}

    def all(self, drafts: list[Any]) -> list[Event]:
        for number, draft in enumerate(drafts, 1):
            try:
                self._let_in(draft)
            except DecisionError as error:
                raise DecisionError(str(error), number, code=error.code, values=error.values) from None
        return self.made

    def _let_in(self, draft: Any) -> None:
        if not isinstance(draft, Mapping):
            raise DecisionError("a decision has to be an object with a kind")
        values = dict(draft)
        for part in _PEOPLE:
            if values.get(part) == NEW:
                values[part] = self._new_person()
        if isinstance(values.get("faces"), list):
            values["faces"] = list(map(self._complete, values["faces"]))
        if "face" in values:
            values["face"] = self._complete(values["face"])
        event = make_event(values | {"id": self._next_id(), "at": self.at, "by": self.by})
        self._check(event)
        self._name_for_good(event)
        if isinstance(event, Imported):
            event = replace(event, id=import_id(event.faces))
        if event.id not in self.known:
            self._add(event)

    def _add(self, event: Event) -> None:
        if len(event.to_json().encode()) > _MAX_EVENT_BYTES:
            raise DecisionError("faces: these are too many at once: decide on fewer at a time", code="TooManyFaces")
        self.made.append(event)
        self.known[event.id] = event

    def _next_id(self) -> str:
        self.latest = new_ulid(self.latest)
        return self.latest

    def _new_person(self) -> str:
        self.new = self.new or new_ulid()
        self.people.add(self.new)
        return self.new

    def _complete(self, face: Any) -> Any:
        """A face with what is known of its photo; as it is where nothing is, so that reading says what is missing."""
        if not isinstance(face, Mapping):
            return face
        values = dict(face)
        called = values.get("face")
        path = values.get("path")
        if path is None and isinstance(called, str):
            path = self.door.inventory.path_of.get(called)
        photo = self.door.inventory.photos.get(path) if isinstance(path, str) else None
        if photo is None:
            if path:
                raise DecisionError(f"path: there is no photo {path}", code="PhotoNotFound")
            raise DecisionError("a face needs the path of its photo")
        found = next((entry for entry in photo.faces if entry.id == called), None)
        box = found.box if found else _inside(values.get("box"))
        whole = {
            "photo": photo.sha256,
            "box": list(box) if isinstance(box, Box) else box,
            "path": photo.path,
            "face": found.id if found else None,
            "taken_at": photo.taken_at,
        }
        unknown = {name: value for name, value in values.items() if name not in {*whole, *_TOLD}}
        return whole | unknown

    def _check(self, event: Event) -> None:
        match event:
            case PersonForgotten() | PhotoReplaced():
                raise DecisionError(f"kind: only kinpics itself decides {event.kind!r}")
            case Named(person=named):
                if self.door.knowledge.root(named) != named:
                    self._check_known("person", named)
                self._check_new("person", named)
                self.people.add(named)
            case Split(person=person, to=to):
                self._check_known("person", person)
                if person == to:
                    raise DecisionError(
                        "to: the faces leave this person, so they have to be somebody else", code="SamePerson"
                    )
                self._check_new("to", to)
                self.people.add(to)
            case Merged(person=person, into=into):
                self._check_known("person", person)
                self._check_known("into", into)
                if person == into:
                    raise DecisionError("into: a person can't be merged with themselves", code="SamePerson")
            case Born(person=person, date=born):
                self._check_known("person", person)
                if born and born > self.door.today.isoformat():
                    raise DecisionError(f"date: {born} is in the future", code="BornInFuture")
            case Undone(event=undone):
                self._check_undo(undone)
            case _:
                # What is about no person has none to check.
                if meant := getattr(event, "person", None):
                    self._check_known("person", meant)

    def _check_known(self, part: str, person: str) -> None:
        if person in self.people:
            return
        root = self.door.knowledge.root(person)
        if root != person:
            raise DecisionError(
                f"{part}: this person was merged with {self._name_of(root)}: load the page again", code="PersonMerged"
            )
        raise DecisionError(f"{part}: there is no such person", code="PersonNotFound")

    def _check_new(self, part: str, person: str) -> None:
        if self.is_forgotten(person):
            raise DecisionError(f"{part}: this person was forgotten: load the page again", code="PersonForgotten")

    def _name_of(self, person: str) -> str:
        known = self.door.state.by_id.get(person)
        return known.name if known else "somebody without a name"

    def _check_undo(self, event_id: str) -> None:
        event = self.known.get(event_id)
        if event is None:
            raise DecisionError("event: the journal has no such decision")
        if isinstance(event, PersonForgotten):
            raise DecisionError("event: what was forgotten can't be brought back", code="GoneForGood")
        if event_id in self.undone:
            raise DecisionError("event: this is already undone", code="AlreadyUndone")
        self.undone.add(event_id)
        if isinstance(event, Undone):
            self.undone.discard(event.event)

    def _name_for_good(self, event: Event) -> None:
        """Names that so far only other programs gave become decisions, where this one is about who has them."""
        people = {getattr(event, part, None) for part in _PEOPLE} & self.unsure.keys()
        if isinstance(event, Named):
            people |= {who for who, name in self.unsure.items() if same_name(name) == same_name(event.name)}
            # Whoever is named now has a name for good.
            people.discard(event.person)
            self.unsure.pop(event.person, None)
        for person in sorted(filter(None, people)):
            name = self.unsure.pop(person)
            self._add(Named(id=self._next_id(), at=self.at, by=self.by, person=person, name=name))


def _inside(box: Any) -> Any:
    """The part of a drawn box that is in the photo; what is no box as it is, for reading to say so."""
    with contextlib.suppress(BadBoxError, TypeError):
        return Box.of(box).inside()
    return box
