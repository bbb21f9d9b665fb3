"""Who is it, by machine.

A few faces of each person, their references, are searched: one paid call tells all faces that are like one. A face is
taken for the person it is most like, if it is like enough and that person leads by far enough over whoever comes
second; else the owner is asked. Somebody without a name may come second, too: unknown faces are grouped by searches of
their own, and a group of two or more counts as a person. While there are unknown faces that no search has reached, or
most faces have no name, faces must be more alike; and of somebody who may be in one photo alone, they must always be.

What a face is taken for depends on the owner's decisions, the photos and how alike faces are, never on the order in
which any of these came, on how many rounds it took, or on the ids of faces.

docs/people.md has the rule in words; `make bench ARGS=people` measures it. docs/benchmarks.md says which of the numbers
below were chosen on which people.
"""

import gc
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from functions.people.evidence import FLOOR, Evidence, Search, odds
from functions.people.faces_of_today import FacesOfToday
from functions.people.hanging import Hung
from functions.people.inventory import Inventory
from functions.people.likeness_to_people import Likenesses, Option
from functions.people.people_state import Unknown
from functions.people.searching import Searching
from functions.people.suggestions import Company
from functions.people.unknown_faces import SAME_GROUP, Group, group, join

# How alike a face must be to a person: when most faces have a name and searches have reached the others; when they
# haven't; and when most have none, so that whoever is nearest may well be nobody who has a name.
SURE, SURER, SUREST = odds(90), odds(94), odds(98)
# The share of all faces that searches needn't have reached: an upload on a day without searches takes no name away.
FEW_UNREACHED = 0.05
# How alike a face must be to somebody who may well be in one photo alone: no other face is surely theirs.
SURE_OF_ONE = odds(97)
# By how much a person must lead over the second.
LEAD = 1.25
# A face that is taken for a person is searched as a further reference from here on, but not if it is so like the others
# that it tells nothing new.
REFERENCE, SAME_AGAIN = odds(98), odds(99.95)
MAX_REFERENCES = 5
# An unknown group of fewer faces, which are like a person, is rather what is left of that person than somebody else.
MANY_FACES = 4
# From here on a face is like somebody: more likely them than not.
LIKE = odds(50)
# People less like a face than this make no difference to whose it is, not even in second place.
_MATTERS = SURE - LEAD
# As many as a row of "is this …?" shows.
MAX_CANDIDATES = 12


@dataclass(frozen=True)
class Recognised:
    """What a round found out about the faces that nobody decided on."""

    # Face → person.
    automatic: Mapping[str, str] = field(default_factory=dict)
    # Those in most photos first.
    questions: tuple[Unknown, ...] = ()
    # Person → faces to ask about: "is this …?", the likeliest first.
    candidates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # Unknown faces that no search has reached; they are in no question yet.
    unreached: int = 0
    # Whether the round had all the searches it asked for.
    is_finished: bool = True
    # How many were paid for.
    searches: int = 0


def recognise(
    inventory: Inventory,
    hung: Hung,
    births: Mapping[str, str],
    evidence: Evidence,
    search: Search,
    *,
    is_one_sided: bool = False,
) -> Recognised:
    """Who is it; ``births`` are dates (YYYY-MM-DD) by person. ``evidence`` grows by what ``search`` finds.

    ``is_one_sided`` is as in `Searching`.
    """
    faces = FacesOfToday(inventory, hung, births)
    with _without_collector():
        return _recognise(inventory, faces, evidence, search, is_one_sided)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Pause Python's search for cycles: a round makes none, and looking for them takes a third of its time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _recognise(
    inventory: Inventory, faces: FacesOfToday, evidence: Evidence, search: Search, is_one_sided: bool
) -> Recognised:
    evidence.meet(inventory.path_of)
    searching = Searching(evidence, search, is_one_sided=is_one_sided)
    searching.catch_up()
    round_ = _Round(faces, searching)
    round_.learn_decided()
    # Strictly at first, so that somebody who looks like a person is found among the faces that are left.
    verdicts = round_.decide(SURER)
    if _is_mostly_named(faces, verdicts):
        # A further reference tells of many faces at once. While most have no name, it could be somebody else's, so the
        # others must be known first.
        verdicts = round_.learn_more(SURER, verdicts)
    unreached = round_.meet_unknown(verdicts)
    is_explored = unreached <= FEW_UNREACHED * faces.count
    is_mostly_named = _is_mostly_named(faces, verdicts)
    round_.find_remainders(MANY_FACES if is_mostly_named else 0)
    bar = _bar(is_explored, is_mostly_named)
    return round_.result(round_.learn_more(bar, round_.decide(bar)))


def _is_mostly_named(faces: FacesOfToday, verdicts: Mapping[str, "_Verdict"]) -> bool:
    return len(faces.open) - len(verdicts) <= faces.count / 2


def _bar(is_explored: bool, is_mostly_named: bool) -> float:
    if not is_mostly_named:
        return SUREST
    return SURE if is_explored else SURER


class _Verdict(NamedTuple):
    """Who a face is taken for, and how alike it is."""

    person: str
    odds: float


class _Round:
    """One round's knowledge."""

    def __init__(self, faces: FacesOfToday, searching: Searching):
        self._faces = faces
        self._searching = searching
        # To people, and to groups, as far as those may matter.
        self._likenesses, self._to_groups = Likenesses(faces.open), Likenesses(faces.open)
        # Of two unknown faces or more, by seed.
        self._groups: dict[str, Group] = {}
        # The person whose leftover faces a group is.
        self._remainder_of: dict[str, str] = {}
        # By person: faces that were ever like one of their references enough to matter.
        self._near: dict[str, set[str]] = defaultdict(set)
        # By face: the people who matter, until one of them gets another reference.
        self._people: dict[str, list[Option]] = {}
        # How alike somebody's references are to somebody else's, in odds; at least one of both is a person.
        self._seen_by: dict[str, dict[str, float]] = defaultdict(dict)
        self._in_photo: dict[str, list[str]] = defaultdict(list)
        for face, photo in faces.open.items():
            self._in_photo[photo].append(face)

    def learn_decided(self) -> None:
        """References among the faces that somebody decided on: the best, then whichever is least like the others."""
        for person, known in sorted(self._faces.known.items()):
            nearest = dict.fromkeys(self._faces.best_first(known), FLOOR)
            while nearest and self._count_references(person) < MAX_REFERENCES:
                face = min(nearest, key=nearest.__getitem__)
                if nearest.pop(face) >= SAME_AGAIN:
                    break
                for other, likeness in self._learn(person, face):
                    if other in nearest:
                        nearest[other] = max(nearest[other], likeness)
        self._compare_references()

    def meet_unknown(self, verdicts: Mapping[str, _Verdict]) -> int:
        """Group the faces without a verdict; those groups are somebody, too. How many such faces no search reaches."""
        groups = self._group(verdicts)
        for found in groups:
            if len(found.faces) > 1:
                self._groups[found.seed] = found
                own = (found.seed, SAME_GROUP)
                self._to_groups.add(found.seed, found.seed, [own, *(self._searching.alike(found.seed, LIKE) or ())])
        self._compare_references()
        return self._count_unreached(verdicts, groups)

    def find_remainders(self, many: int) -> None:
        """Find the groups that are what is left of a person, not somebody who looks like them.

        They are like the person and have fewer than ``many`` faces, or are so like the person that they may well be
        pictures of that person, who is in the same photos once more: on a wall, in a strip of a photo booth.
        """
        for seed, found in self._groups.items():
            people = [who for who in self._people_like(found, SAME_AGAIN) if not self._are_denied(found, who)]
            if not people and len(found.faces) < many:
                people = [who for who in self._people_like(found) if self._may_all(found, who)]
            if people:
                self._remainder_of[seed] = people[0]

    def learn_more(self, bar: float, verdicts: dict[str, _Verdict]) -> dict[str, _Verdict]:
        """The verdicts after each person has got further references: again and again the face that is surely theirs
        and least like the others. One that turns out not to be surely theirs is given up for good."""
        given_up: set[str] = set()
        while True:
            wrong = self._wrong_references(verdicts)
            for face, person in wrong.items():
                self._unlearn(person, face)
            given_up |= wrong.keys()
            further = self._further_references(verdicts, given_up)
            learned = [face for face, person in further.items() if self._learn(person, face)]
            if not learned and not wrong:
                return self._without_doubtful(verdicts)
            photos = {
                self._faces.open[face] for who in {*wrong.values(), *further.values()} for face in self._near[who]
            }
            for photo in photos:
                for face in self._in_photo[photo]:
                    verdicts.pop(face, None)
            verdicts |= self.decide(bar, photos)

    def _without_doubtful(self, verdicts: Mapping[str, _Verdict]) -> dict[str, _Verdict]:
        """The verdicts, less the unsure ones about people with only one known face and no sure verdict.

        Most of the unsure ones are right for somebody who is in many photos, and wrong for somebody who is in one.
        """
        recurring = {person for person, faces in self._faces.known.items() if len(faces) > 1}
        recurring |= {verdict.person for verdict in verdicts.values() if verdict.odds >= SURE_OF_ONE}
        return {face: verdict for face, verdict in verdicts.items() if verdict.person in recurring}

    def decide(self, bar: float, photos: Iterable[str] | None = None) -> dict[str, _Verdict]:
        """Who is it, for the faces that are like enough to somebody; of one photo's faces the surest chooses first.

        In these ``photos``, or in all.
        """
        verdicts: dict[str, _Verdict] = {}
        for photo in self._in_photo if photos is None else photos:
            options = {face: found for face in self._in_photo[photo] if (found := self._options(face, bar))}
            alone = {found[0].who: (face, found[0].odds) for face, found in options.items() if len(found) == 1}
            if len(alone) == len(options):
                # Mostly each face is like one person, and no two are like the same one.
                verdicts |= {face: _Verdict(who, likeness) for who, (face, likeness) in alone.items()}
                continue
            claims = {face: claim for face in options if (claim := self._claim(face, options[face], bar))}
            while claims:
                *_, face, verdict = min(claims.values())
                verdicts[face] = verdict
                del options[face], claims[face]
                for other, others in options.items():
                    left = [option for option in others if option.who != verdict.person]
                    if len(left) < len(others):
                        options[other] = left
                        claims.pop(other, None)
                        if claim := self._claim(other, left, bar):
                            claims[other] = claim
        return verdicts

    def result(self, verdicts: Mapping[str, _Verdict]) -> Recognised:
        """All that there is to say after the last verdicts."""
        groups = join(self._group(verdicts), self._searching)
        people_of = defaultdict(set, {photo: set(people) for photo, people in self._faces.people_in.items()})
        for face, verdict in verdicts.items():
            people_of[self._faces.photo_of[face]].add(verdict.person)
        company = Company(people_of)
        questions = []
        for found in groups:
            may_be = partial(self._may_all, found)
            questions.append(Unknown(found.faces, company.suggest(found.photos, self._people_like(found), may_be)))
        return Recognised(
            automatic={face: verdict.person for face, verdict in sorted(verdicts.items())},
            questions=tuple(questions),
            candidates=self._candidates(verdicts, people_of),
            unreached=self._count_unreached(verdicts, groups),
            is_finished=self._searching.is_finished(),
            searches=self._searching.made,
        )

    def _group(self, verdicts: Mapping[str, _Verdict]) -> list[Group]:
        return group((face for face in self._faces.open if face not in verdicts), self._faces, self._searching)

    def _count_unreached(self, verdicts: Mapping[str, _Verdict], groups: list[Group]) -> int:
        return len(self._faces.open) - len(verdicts) - sum(len(found.faces) for found in groups)

    def _learn(self, who: str, face: str) -> list[tuple[str, float]]:
        """Make a face a reference, if its likenesses are known; returns the faces that are like it."""
        alike = self._searching.alike(face)
        if alike is None:
            return []
        self._likenesses.add(who, face, alike)
        open_ = self._faces.open
        self._near[who].update(other for other, likeness in alike if likeness >= _MATTERS and other in open_)
        self._forget_options(who)
        return alike

    def _unlearn(self, who: str, face: str) -> None:
        self._likenesses.remove(who, face)
        self._forget_options(who)

    def _forget_options(self, who: str) -> None:
        for face in self._near[who]:
            self._people.pop(face, None)

    def _compare_references(self) -> None:
        """Find out how alike everybody is to everybody else, as each of both sees it."""
        people = {face: who for who, faces in self._likenesses.references.items() for face in faces}
        everybody = people | {face: who for who, faces in self._to_groups.references.items() for face in faces}
        for one, who in everybody.items():
            whose = everybody if one in people else people
            for face, likeness in self._searching.alike(one) or () if whose else ():
                if face in whose and (other := whose[face]) != who:
                    seen = self._seen_by[who]
                    seen[other] = max(seen.get(other, FLOOR), likeness)

    def _count_references(self, who: str) -> int:
        return len(self._likenesses.references.get(who, ()))

    def _further_references(self, verdicts: Mapping[str, _Verdict], given_up: set[str]) -> dict[str, str]:
        """Face → person, at most one for each person."""
        least: dict[str, tuple[float, int, str]] = {}
        for face, (person, likeness) in verdicts.items():
            references = self._likenesses.references[person]
            if face in references or face in given_up or len(references) >= MAX_REFERENCES:
                continue
            if REFERENCE <= likeness < SAME_AGAIN:
                one = (likeness, self._faces.place[face], face)
                least[person] = min(least.get(person, one), one)
        return {face: person for person, (*_, face) in sorted(least.items())}

    def _wrong_references(self, verdicts: Mapping[str, _Verdict]) -> dict[str, str]:
        """Face → person, where nobody decided that the face is theirs and it isn't taken for theirs any more."""
        return {
            face: person
            for person, references in self._likenesses.references.items()
            for face in references
            if face in self._faces.open
            if face not in verdicts or verdicts[face].person != person
        }

    def _people_like(self, found: Group, least: float = LIKE) -> list[str]:
        """The people that a group's faces are like on average, the most alike first."""
        total: dict[str, float] = defaultdict(float)
        for face in found.faces:
            for likeness, who in self._likenesses.options(face):
                total[who] += likeness - FLOOR
        means = {who: FLOOR + sum_ / len(found.faces) for who, sum_ in total.items()}
        likest = sorted((-mean, who) for who, mean in means.items() if mean >= least)
        return [who for _, who in likest]

    def _may_all(self, found: Group, person: str) -> bool:
        return all(self._faces.may_be(face, person) for face in found.faces)

    def _are_denied(self, found: Group, person: str) -> bool:
        return any(self._faces.is_denied(face, person) for face in found.faces)

    def _candidates(
        self, verdicts: Mapping[str, _Verdict], people_of: Mapping[str, set[str]]
    ) -> dict[str, tuple[str, ...]]:
        """The faces without a verdict that are like a person, who isn't in the photo, more than like anybody else."""
        likest: dict[str, list[tuple[float, int, str]]] = defaultdict(list)
        for face in self._faces.open:
            if face in verdicts:
                continue
            options = self._with_groups(face, self._people_options(face, LIKE), LIKE)
            if options:
                best = options[0]
                person = self._remainder_of.get(best.who, best.who)
                is_there = person in people_of.get(self._faces.photo_of[face], ())
                if person not in self._groups and not is_there and self._faces.may_be(face, person):
                    likest[person].append((-best.odds, self._faces.place[face], face))
        return {
            person: tuple(face for *_, face in sorted(found)[:MAX_CANDIDATES])
            for person, found in sorted(likest.items())
        }

    def _options(self, face: str, bar: float) -> list[Option]:
        """Who a face may be, as far as it matters, best first; none where no person is as like it as ``bar``."""
        people = self._people.get(face)
        if people is None:
            people = self._people[face] = self._people_options(face, _MATTERS)
        return self._with_groups(face, people, _MATTERS) if people and people[0].odds >= bar else []

    def _people_options(self, face: str, least: float) -> list[Option]:
        return [option for option in self._likenesses.options(face, least) if self._faces.may_be(face, option.who)]

    def _with_groups(self, face: str, people: list[Option], least: float) -> list[Option]:
        """All options, best first, people before groups."""
        groups = [option for option in self._to_groups.options(face, least) if self._may_belong(face, option.who)]
        if not groups:
            return people
        return sorted(people + groups, key=lambda option: (-option.odds, self._faces.place.get(option.who, -1)))

    def _may_belong(self, face: str, who: str) -> bool:
        """Whether an open face may be in a group, by its photos."""
        group_ = self._groups[who]
        return self._faces.photo_of[face] not in group_.photos or face in group_.faces

    def _claim(self, face: str, options: list[Option], bar: float) -> tuple[float, int, str, _Verdict] | None:
        """The verdict on a face, if it is enough like one of these people; the surest sorts first."""
        best = next((option for option in options if option.who not in self._groups), None)
        if best is None or best.odds < bar:
            return None
        rivals = [
            option.odds - self._one_sided(option.who, best.who)
            for option in options
            if best.who not in (option.who, self._remainder_of.get(option.who))
        ]
        if best.odds - max(rivals, default=-LEAD) < LEAD:
            return None
        return -best.odds, self._faces.place[face], face, _Verdict(best.who, best.odds)

    def _one_sided(self, one: str, other: str) -> float:
        """By how much more alike one is to another than the other way round.

        An engine may compare with a face all those that it takes for the same person's. If it is wrong, everybody
        in the other's photos is like the one, but nobody in the one's like the other.
        """
        seen, back = self._seen_by[one].get(other, FLOOR), self._seen_by[other].get(one, FLOOR)
        return max(0.0, seen - back)
