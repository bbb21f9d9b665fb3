"""A round: from what was decided and what the photos show to who is who, and the files that say so.

One round runs at a time, under a lease. It reads the journal, takes in the photos that have changed, recognises faces
with the paid searches that it may make, and writes what has changed. Everything it keeps can be thrown away and comes
out the same again: the journal alone holds what the owner said.
"""

import contextlib
import dataclasses
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from functions.access.access_table import AccessTable
from functions.access.audiences import Access
from functions.aws_errors import code_of
from functions.dates import timestamp
from functions.face_collection import FaceCollection
from functions.forgotten_people import ForgottenPeople, tell_names
from functions.kept_regions import KeptRegions
from functions.keys import ImagePath
from functions.ledger import CeilingReachedError
from functions.people.deciding import Door, replacements
from functions.people.decisions import Event
from functions.people.evidence import SEARCH_THRESHOLD, Evidence, FaceGoneError, SearchesUsedUpError
from functions.people.forgotten_names import finished
from functions.people.hanging import Hung, hang
from functions.people.inventory import Inventory, photo_faces, set_of
from functions.people.journal_lines import Journal, read_lines
from functions.people.journal_table import Decision, EventTakenError, JournalTable
from functions.people.knowledge import Knowledge, fold
from functions.people.owner_answers import Answers
from functions.people.people_files import PeopleFiles
from functions.people.people_portraits import PeoplePortraits
from functions.people.people_state import State, Suggestion, Unknown, make_state
from functions.people.posted_files import Posted, posted_files
from functions.people.posted_photos import PostedPhotos
from functions.people.public_files import portraits_allowed, portraits_wanted, public_files
from functions.people.recognition import Recognised, recognise
from functions.photo_reader import PhotoReader
from functions.posted_table import PostedTable
from functions.public_lists import set_list_key
from functions.withheld_names import HiddenNames

INVENTORY, EVIDENCE, STATE, CANDIDATES = "inventory", "evidence", "state", "candidates"
# At most 10, as many connections as boto3 keeps open.
_READERS = 8


@dataclass(frozen=True)
class Budget:
    """What a round may spend: how many searches, and seconds on these and on making portraits.

    Only searches count towards their seconds: a large site's round may take longer before it comes to its first one.
    """

    searches: int
    search_seconds: float
    portrait_seconds: float


@dataclass
class Spent:
    """How a round's searches went."""

    searches: int = 0
    search_seconds: float = 0.0
    # Whether there is more to search or to make, and another round may go on at once.
    has_more: bool = False
    ceiling_reached: bool = False


@dataclass(frozen=True)
class PeopleRounds:
    """Everything a round reads and writes. ``faces`` counts each paid search before it is made.

    ``is_one_sided`` is as in `Searching`.
    """

    photos: PhotoReader
    access: AccessTable
    regions: KeptRegions
    journal: JournalTable
    files: PeopleFiles
    portraits: PeoplePortraits
    faces: FaceCollection
    hidden: HiddenNames
    forgotten: ForgottenPeople
    posted: PostedTable
    # Without a slash at its end; empty on a laptop.
    site_url: str = ""
    is_one_sided: bool = False
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def known(self) -> Answers:
        """What is known after the last round."""
        journal = self._journal()
        knowledge = fold(journal.events, tell_names(self.forgotten.list_named()))
        inventory = Inventory.from_json(self.files.read(INVENTORY)) or Inventory.of(())
        state = State.from_json(self.files.read(STATE)) or State()
        return Answers(journal, knowledge, state, inventory, self.files.read(CANDIDATES) or {})

    def decide(self, drafts: Any, by: str) -> list[Event]:
        """Let decisions into the journal. Raises ``DecisionError``; then none of them is in it."""
        known = self.known()
        door = Door(known.journal, known.knowledge, known.state, known.inventory, self.now().date())
        events = door.events(drafts, by)
        for event in events:
            self._append(event)
        return events

    def run(self, changed: Iterable[ImagePath], budget: Budget) -> Spent:
        """One round: ``changed`` are photos that were processed or deleted. The caller holds the lease."""
        paths = set(changed)
        before = Inventory.from_json(self.files.read(INVENTORY)) or Inventory.of(())
        inventory = self._with_changed(before, paths)
        journal = self._journal()
        knowledge = fold(journal.events, tell_names(self.forgotten.list_named()))
        hung = hang(knowledge, inventory, inventory.replaced_since(before))
        spent = Spent()
        evidence = Evidence.from_json(self.files.read(EVIDENCE))
        evidence.forget(inventory.described_anew_since(before))
        evidence.begin_day(timestamp(self.now())[:10])
        # What was processed again may have been indexed again.
        again = {face.id for path in paths if (photo := inventory.photos.get(str(path))) for face in photo.faces}
        evidence.missing -= again
        births = {person.id: person.birth for person in knowledge.people.values() if person.birth}
        found = recognise(
            inventory,
            hung,
            births,
            evidence,
            lambda face: self._search(face, budget, spent),
            is_one_sided=self.is_one_sided,
        )
        # After a round that searched nothing, the next one would search nothing either.
        spent.has_more = not found.is_finished and not spent.ceiling_reached and spent.searches > 0
        state = make_state(knowledge, hung, inventory, found.automatic, _unknown(found))
        for event in replacements(hung, timestamp(self.now())):
            self._append(event)
        self.hidden.keep(
            name for person in state.people if person.hidden for name in (person.name, *person.other_names)
        )
        access = self.access.read_access()
        photos = PostedPhotos(state, inventory, access.is_everywhere)
        posted = posted_files(self.posted.list_open(), photos, self.site_url)
        shown = _Shown.of(state, inventory, access, knowledge, hung, found)
        self._show(shown, posted, paths, budget, spent)
        self.files.write(EVIDENCE, evidence.to_json())
        self.files.write(CANDIDATES, found.candidates)
        self.files.write(STATE, state.to_json())
        # Last: what changed in it is done.
        self.files.write(INVENTORY, inventory.to_json())
        return spent

    def _show(
        self, shown: "_Shown", posted: Posted, changed: Iterable[ImagePath], budget: Budget, spent: Spent
    ) -> None:
        """Portraits are made before a list names them, and deleted after it no longer does."""
        until = self.clock() + budget.portrait_seconds
        wanted = portraits_wanted(shown.state, shown.inventory)
        there = self.portraits.make(wanted, lambda: self.clock() < until)
        spent.has_more |= there.is_cut_short
        # The process function starts a set's list, but the set may be gone by now.
        begun = {set_list_key(path.set_name) for path in changed}
        files = public_files(shown.state, shown.inventory, there.names, shown.whole)
        self.files.publish(files | posted.files, begun)
        for address in posted.lost:
            self.posted.close(address)
        if others := there.names - wanted.keys():
            self.portraits.remove(others - portraits_allowed(shown.state, shown.inventory))

    def _journal(self) -> Journal:
        return finished(read_lines(decision.event for decision in self.journal.read()))

    def _append(self, event: Event) -> None:
        # Ids that are made from what events say are the same for the same.
        with contextlib.suppress(EventTakenError):
            self.journal.append(Decision(id=event.id, event=event.to_json(), at=event.at, by=event.by, kind=event.kind))

    def _with_changed(self, before: Inventory, paths: set[ImagePath]) -> Inventory:
        if not paths:
            return before
        rows = self.photos.get_photos(paths)
        with ThreadPoolExecutor(_READERS) as pool:
            regions = pool.map(self.regions.read, rows)
        return before.changed(map(photo_faces, rows.values(), regions), map(str, paths - rows.keys()))

    def _search(self, face: str, budget: Budget, spent: Spent) -> list[tuple[str, float]]:
        if spent.searches >= budget.searches or spent.search_seconds > budget.search_seconds:
            raise SearchesUsedUpError("this round has made its searches")
        start = self.clock()
        try:
            matches = self.faces.search(face, SEARCH_THRESHOLD)
        except CeilingReachedError as error:
            spent.ceiling_reached = True
            raise SearchesUsedUpError(str(error)) from None
        except ClientError as error:
            if code_of(error) != "InvalidParameterException":
                raise
            raise FaceGoneError(f"the collection has no face {face}") from None
        finally:
            spent.search_seconds += self.clock() - start
        spent.searches += 1
        return [(match["Face"]["FaceId"], match["Similarity"]) for match in matches]


@dataclass(frozen=True)
class _Shown:
    """Who is who in the sets that everybody may see who may see the site; ``whole`` where there are others."""

    state: State
    inventory: Inventory
    whole: tuple[State, Inventory] | None = None

    @classmethod
    def of(
        cls,
        state: State,
        inventory: Inventory,
        access: Access,
        knowledge: Knowledge,
        hung: Hung,
        found: Recognised,
    ) -> "_Shown":
        everywhere = inventory.only(access.is_everywhere)
        if len(everywhere.photos) == len(inventory.photos):
            return cls(state, inventory)
        kept = {face.id: face for face in hung.kept.values() if access.is_everywhere(set_of(face.path))}
        hung = dataclasses.replace(hung, kept=kept)
        of_site = make_state(knowledge, hung, everywhere, found.automatic, _unknown(found))
        return cls(of_site, everywhere, (state, inventory))


def _unknown(found: Recognised) -> Iterable[Unknown]:
    for question in found.questions:
        yield Unknown(question.faces, tuple(Suggestion(entry.person, entry.why) for entry in question.suggestions))
