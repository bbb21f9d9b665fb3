"""What the owner's decisions come to: the fold of the journal's events.

It is made from all events at once, in the order of their ids, whatever the order they come in. What was undone is left
out before anything else is looked at, so an undo means "as if it had not happened", however old the event. Nothing here
fails on an event that can be read: of two owners at once, either may have merged, split or undone what the other means.

Each merged person points to the other one, and a fact about a face keeps the person it was first about. So undoing a
merge brings back both people, each with their own facts.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import TypeVar

from functions.people.decisions import (
    Assigned,
    Born,
    Drawn,
    Event,
    Hidden,
    Ignored,
    Imported,
    Merged,
    Named,
    PersonForgotten,
    PhotoReplaced,
    PortraitChosen,
    Rejected,
    SaidToBeIn,
    Shown,
    Split,
    Undone,
)
from functions.people.face_refs import FaceRef
from functions.people.ulid import ulid_of
from functions.photo_texts import same_name

_Value = TypeVar("_Value")
# The place of an imported name in the order of events: before all others.
_BY_IMPORT = 0


class Says(Enum):
    """What a fact says about a face."""

    IS = "is"
    IS_NOT = "is not"
    IGNORED = "ignored"
    # It is there, whoever it is.
    EXISTS = "exists"
    # Another program says who it is.
    IMPORTED = "imported"
    # It is the person's portrait.
    PORTRAIT = "portrait"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was said of one face. Who the person is after all merges, `Knowledge.root` says."""

    event: str
    face: FaceRef
    says: Says
    person: str | None = None
    # IS_NOT: the person, and those who were one with them at that time.
    people: frozenset[str] = frozenset()
    # IGNORED: `decisions.STRANGER` or `NO_FACE`.
    why: str | None = None
    # IMPORTED.
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, with all who were merged into them. Without a name, they are one of those to be asked about."""

    id: str
    name: str | None = None
    # Names of those merged into them, in order of their ids.
    other_names: tuple[str, ...] = ()
    hidden: bool = False
    birth: str | None = None


def nobody(name: str) -> bool:
    """Says of every name that it isn't a forgotten person's."""
    return False


@dataclass(frozen=True)
class Knowledge:
    """All that was decided. ``facts`` are in the order in which they hold: a later one wins."""

    people: Mapping[str, Person] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    # Who the merged people are now.
    merged: Mapping[str, str] = field(default_factory=dict)
    undone: frozenset[str] = frozenset()
    # How many people were forgotten.
    forgotten: int = 0
    # Who a name from another program means, by `photo_texts.same_name`.
    called: Mapping[str, str] = field(default_factory=dict)
    # People whose name only other programs gave.
    only_imported: frozenset[str] = frozenset()
    # For each file that a fact is about, the files that replaced it, one after another; all by SHA-256.
    replaced: Mapping[str, frozenset[str]] = field(default_factory=dict)
    # Names that other services say are in a photo, by its SHA-256, without saying where.
    said: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # Whether a name is that of somebody who was forgotten.
    is_forgotten: Callable[[str], bool] = nobody

    def root(self, person: str) -> str:
        """Who a person is after all merges."""
        return self.merged.get(person, person)

    def person_called(self, name: str) -> str:
        """Who is meant by a name that another program gave: somebody with that name, or one that only imports know."""
        key = same_name(name)
        return self.root(self.called.get(key) or imported_person(key))

    def is_withheld(self, name: str) -> bool:
        """Whether a name from another program means nobody: it is forgotten, and the owner gave it to nobody else."""
        return same_name(name) not in self.called and self.is_forgotten(name)


@lru_cache(maxsize=10_000)
def imported_person(name_key: str) -> str:
    """The id of a person that only imports know, by `photo_texts.same_name`; always the same."""
    return ulid_of(f"name {name_key}")


def fold(events: Iterable[Event], is_forgotten: Callable[[str], bool] = nobody) -> Knowledge:
    """What the events come to; the same for the same events, in whatever order they come.

    ``is_forgotten`` tells which names other programs can't give to anybody, unless the owner did.
    """
    ordered = _in_order(events)
    undone = undone_by(ordered)
    said = _Said(is_forgotten)
    for event in ordered:
        if event.id not in undone:
            said.add(event)
    return said.knowledge(frozenset(undone))


def _in_order(events: Iterable[Event]) -> list[Event]:
    """Each event once, by id. Of two with one id, which no journal has, the same one is always taken."""
    by_id: dict[str, Event] = {}
    for event in events:
        known = by_id.setdefault(event.id, event)
        if known is not event:
            by_id[event.id] = min(known, event, key=Event.to_json)
    return [by_id[event_id] for event_id in sorted(by_id)]


def undone_by(ordered: Sequence[Event]) -> set[str]:
    """Which of these events, in order of their ids, don't count. From the newest on: an undo may be undone itself."""
    undone: set[str] = set()
    for event in reversed(ordered):
        # Nobody can have meant an event that wasn't there yet.
        if isinstance(event, Undone) and event.id not in undone and event.event < event.id:
            undone.add(event.event)
    return undone


class _Said:
    """What has been said so far, event by event."""

    def __init__(self, is_forgotten: Callable[[str], bool]) -> None:
        self.is_forgotten = is_forgotten
        self.mentioned: set[str] = set()
        self.names: dict[str, list[str]] = defaultdict(list)
        self.into: dict[str, str] = {}
        # For each person, whoever was merged into them directly.
        self.joined: dict[str, set[str]] = defaultdict(set)
        # The latest of each kind by person, each with its place in the order of events.
        self.hidden: dict[str, tuple[int, bool]] = {}
        self.births: dict[str, tuple[int, str | None]] = {}
        self.portraits: dict[str, tuple[int, Fact]] = {}
        self.named_at: dict[str, tuple[int, str]] = {}
        self.facts: list[Fact] = []
        self.imports: list[Imported] = []
        self.said: dict[str, dict[str, None]] = defaultdict(dict)
        self.replaced: dict[str, set[str]] = defaultdict(set)
        self.forgotten = 0
        self.count = 0

    def add(self, event: Event) -> None:
        self.count += 1
        match event:
            case Named(person=person, name=name):
                self._name(person, name)
            case Assigned(person=person, faces=faces):
                self._say(event, faces, Says.IS, person)
            case Rejected(person=person, faces=faces):
                self._say(event, faces, Says.IS_NOT, person)
            case Ignored(faces=faces, why=why):
                self.facts += (Fact(event.id, face, Says.IGNORED, why=why) for face in faces)
            case Drawn(face=face, person=None):
                self.facts.append(Fact(event.id, face, Says.EXISTS))
            case Drawn(face=face, person=str(person)):
                self._say(event, [face], Says.IS, person)
            case Merged(person=person, into=into):
                self._merge(person, into)
            case Split(person=person, faces=faces, to=to, name=name):
                self._say(event, faces, Says.IS_NOT, person)
                self._say(event, faces, Says.IS, to)
                if name is not None:
                    self._name(to, name)
            case Hidden(person=person) | Shown(person=person):
                self._mention(person)
                self.hidden[person] = self.count, isinstance(event, Hidden)
            case PortraitChosen(person=person, face=face):
                self._mention(person)
                self.portraits[person] = self.count, Fact(event.id, face, Says.PORTRAIT, person)
            case Born(person=person, date=date):
                self._mention(person)
                self.births[person] = self.count, date
            case Imported():
                self.imports.append(event)
            case SaidToBeIn(photo=photo, names=names):
                self.said[photo] |= dict.fromkeys(names)
            case PhotoReplaced(photo=photo, was=was):
                self.replaced[was].add(photo)
            case PersonForgotten():
                self.forgotten += 1

    def _mention(self, person: str) -> None:
        self.mentioned.add(person)

    def _name(self, person: str, name: str) -> None:
        self._mention(person)
        self.names[person].append(name)
        self.named_at[person] = self.count, name

    def _say(self, event: Event, faces: Iterable[FaceRef], says: Says, person: str) -> None:
        self._mention(person)
        people = frozenset(self._all_of(person) if says is Says.IS_NOT else ())
        self.facts += (Fact(event.id, face, says, person, people) for face in faces)

    def _merge(self, person: str, into: str) -> None:
        """Of two merges of one person the later holds. One that would close a ring says what is known already."""
        self.mentioned |= {person, into}
        if person in self._line(into):
            return
        if person in self.into:
            self.joined[self.into[person]].discard(person)
        self.into[person] = into
        self.joined[into].add(person)

    def _line(self, person: str) -> Iterator[str]:
        """The person, then the one they were merged into, and so on to the last."""
        yield person
        while person in self.into:
            person = self.into[person]
            yield person

    def _all_of(self, person: str) -> Iterator[str]:
        """The person and all who were merged into them."""
        yield from _reached(person, self.joined)

    def knowledge(self, undone: frozenset[str]) -> Knowledge:
        called = self._called()
        imported = [fact for fact in self._imported() if self._counts(fact.name or "", called)]
        for fact in imported:
            self._name_import(fact.name or "", called)
        roots = sorted(person for person in self.mentioned if person not in self.into)
        members = {root: sorted(self._all_of(root)) for root in roots}
        portraits = (_latest(root, members[root], self.portraits) for root in roots)
        facts = (*imported, *self.facts, *(portrait for portrait in portraits if portrait))
        # A file may be saved again every minute; only the first versions are ever asked for.
        asked = {fact.face.photo for fact in facts} & self.replaced.keys()
        return Knowledge(
            people={root: self._person(root, members[root]) for root in roots},
            facts=facts,
            merged={person: root for root, group in members.items() for person in group if person != root},
            undone=undone,
            forgotten=self.forgotten,
            called=called,
            only_imported=frozenset(person for person, (count, _) in self.named_at.items() if count == _BY_IMPORT),
            replaced={was: frozenset(_reached(was, self.replaced)) - {was} for was in sorted(filter(None, asked))},
            said={
                photo: tuple(name for name in names if self._counts(name, called)) for photo, names in self.said.items()
            },
            is_forgotten=self.is_forgotten,
        )

    def _counts(self, name: str, called: Mapping[str, str]) -> bool:
        return same_name(name) in called or not self.is_forgotten(name)

    def _imported(self) -> list[Fact]:
        """What other programs said, in order of time: the ids of imports have none in them."""
        imports = sorted(self.imports, key=lambda event: (event.at, event.id))
        return [Fact(event.id, face, Says.IMPORTED, name=name) for event in imports for face, name in event.faces]

    def _name_import(self, name: str, called: Mapping[str, str]) -> None:
        """A person known only from imports has the name as it was imported first."""
        key = same_name(name)
        person = imported_person(key)
        if called.get(key, person) == person and person not in self.named_at:
            self._mention(person)
            self.names[person].append(name)
            self.named_at[person] = _BY_IMPORT, name

    def _person(self, root: str, members: list[str]) -> Person:
        name = _latest(root, members, self.named_at)
        hidden = max((self.hidden[person] for person in members if person in self.hidden), default=(0, False))[1]
        others = {known: None for person in members for known in self.names.get(person, ())[-1:] if known != name}
        return Person(root, name, tuple(others), hidden, _latest(root, members, self.births))

    def _called(self) -> dict[str, str]:
        """Who a name means: who got it by an import, else the first that has it, else the first that had it."""
        now: dict[str, str] = {}
        once: dict[str, str] = {}
        for person, names in sorted(self.names.items()):
            now.setdefault(same_name(names[-1]), person)
            for name in names:
                once.setdefault(same_name(name), person)
        called = once | now
        return {
            key: imported_person(key) if imported_person(key) in self.mentioned else person
            for key, person in called.items()
        }


def _latest(root: str, members: Iterable[str], known: Mapping[str, tuple[int, _Value]]) -> _Value | None:
    """What was said of the person; else the latest that was said of one who was merged into them."""
    if root in known:
        return known[root][1]
    said = [known[person] for person in members if person in known]
    return max(said, key=lambda entry: entry[0])[1] if said else None


def _reached(start: str, steps: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """The start and all that steps from it lead to, each once."""
    seen = {start}
    waiting = [start]
    while waiting:
        here = waiting.pop()
        yield here
        further = [there for there in steps.get(here, ()) if there not in seen]
        seen.update(further)
        waiting += further
