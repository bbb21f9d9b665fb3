"""What paid searches have found: how alike faces are.

A search of one face tells how alike it is to every face there is. What comes later, it doesn't know; but likeness goes
both ways, so the search of a later face completes it. So evidence is brought up to date by the cheaper of two ways:
search again what was searched before, or search each new face.

Some engines compare a face with all those of its person. Their answers change as these faces come and go, and one face
may be more like another than the other way round. Such an answer is *outdated* once a face like the searched one has
come or gone.

Similarity is kept as *odds*, ln(s / (100 - s)) for s percent: 0 at 50, 2.2 at 90, 4.6 at 99. Equal steps of odds are
equal steps of distance between faces, so that their means and differences say something; those of percentages don't.
"""

import base64
import math
from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from functions.errors import KinpicsError

VERSION = 1
# What searches ask for, in percent. It is low so that they also tell who else a face is like; the same call costs as
# much with a high one.
SEARCH_THRESHOLD = 40.0
# Odds are kept in thousandths, so that two faces are as alike from either side.
_STEPS = 1000
# Of 99.9999 percent. Engines round more than that to 100, whose odds are infinite.
_MOST = 13.8
# Numbers of faces take 4 bytes, odds 2.
_NUMBERS, _ODDS = "I", "h"

# Face id → [(face id, similarity in percent)], without itself: SearchFaces from SEARCH_THRESHOLD on, with as many
# matches as it gives at most. Raises `SearchesUsedUpError` or `FaceGoneError`.
Search = Callable[[str], list[tuple[str, float]]]


class SearchesUsedUpError(KinpicsError):
    """There are no more paid searches, or there is no more time, in this round. The next round carries on."""


class FaceGoneError(KinpicsError):
    """The collection doesn't have the face that was to be searched."""


def odds(similarity: float) -> float:
    """Of a similarity in percent, from -13.8 to 13.8."""
    if not 0 < similarity < 100:
        return math.copysign(_MOST, similarity - 50)
    return max(-_MOST, min(_MOST, math.log(similarity / (100.0 - similarity))))


# What a face that a search didn't find has at most.
FLOOR = odds(SEARCH_THRESHOLD)
# Less than any odds.
ANY = -_MOST - 1


@dataclass
class _Answer:
    """What the search of a face found: the numbers of other faces, and their odds in thousandths.

    It was asked of all faces whose number is below ``seen``.
    """

    seen: int
    others: "array[int]" = field(default_factory=lambda: array(_NUMBERS))
    steps: "array[int]" = field(default_factory=lambda: array(_ODDS))


class Evidence:
    """The answers of all searches that still count. Faces are numbered in the order in which they came."""

    def __init__(self) -> None:
        self._faces: list[str] = []
        self._number: dict[str, int] = {}
        self._answers: dict[int, _Answer] = {}
        # The largest number of a face that wasn't searched; -1 if there is none.
        self._last_unsearched = -1
        # Faces whose answers are outdated.
        self._outdated: set[int] = set()
        # The searched faces that the last round needed.
        self.in_use: frozenset[str] = frozenset()
        # Faces that the collection didn't have when they were searched, and the day: they aren't searched again on it.
        self.missing: set[str] = set()
        self._missing_on = ""

    def begin_day(self, day: str) -> None:
        """On another day (YYYY-MM-DD), missing faces are searched again: the collection may have come to know them."""
        if day != self._missing_on:
            self.missing, self._missing_on = set(), day

    def meet(self, faces: Iterable[str]) -> None:
        """Take in the faces that there are now, and forget those that aren't there any more."""
        there = dict.fromkeys(faces)
        self.forget(self._number.keys() - there.keys())
        for face in there:
            if face not in self._number:
                self._number[face] = self._last_unsearched = len(self._faces)
                self._faces.append(face)

    def forget(self, faces: Iterable[str]) -> None:
        """Forget what was found of faces: they are gone, or described anew."""
        known = self._number.keys() & set(faces)
        self.missing -= known
        gone = {self._number[face] for face in known}
        if not gone:
            return
        left = [number for number in range(len(self._faces)) if number not in gone]
        new = {number: place for place, number in enumerate(left)}
        before = [0]
        for number in range(len(self._faces)):
            before.append(before[-1] + (number not in gone))
        answers = {}
        outdated = {new[number] for number in self._outdated if number in new}
        for number, answer in self._answers.items():
            if number in new:
                kept = [place for place, other in enumerate(answer.others) if other in new]
                if len(kept) < len(answer.others):
                    outdated.add(new[number])
                answers[new[number]] = _Answer(
                    before[answer.seen],
                    array(_NUMBERS, (new[answer.others[place]] for place in kept)),
                    array(_ODDS, (answer.steps[place] for place in kept)),
                )
        self._answers, self._outdated = answers, outdated
        self._faces = [self._faces[number] for number in left]
        self._number = {face: number for number, face in enumerate(self._faces)}
        self.in_use = self.in_use & self._number.keys()
        self._last_unsearched = len(left) - 1
        self._lower_last_unsearched()

    def keep(self, face: str, found: Iterable[tuple[str, float]]) -> None:
        """Keep what the search of a face has found just now; faces that weren't met are passed over."""
        number = self._number[face]
        is_first = number not in self._answers
        answer = _Answer(len(self._faces))
        for other_face, similarity in found:
            other = self._number.get(other_face)
            if other is None or other == number:
                continue
            step = round(odds(similarity) * _STEPS)
            answer.others.append(other)
            answer.steps.append(step)
            earlier = self._answers.get(other)
            if is_first and earlier is not None and number >= earlier.seen:
                earlier.others.append(number)
                earlier.steps.append(step)
                self._outdated.add(other)
        self._answers[number] = answer
        self._outdated.discard(number)
        self._lower_last_unsearched()

    def alike(self, face: str, least: float = ANY) -> list[tuple[str, float]]:
        """Other faces with their odds, as far as searches have found them and they are at least ``least``."""
        answer = self._answers.get(self._number[face])
        if answer is None:
            return []
        faces, lowest = self._faces, math.ceil(least * _STEPS)
        found = zip(answer.others, answer.steps, strict=True)
        return [(faces[other], step / _STEPS) for other, step in found if step >= lowest]

    def is_searched(self, face: str) -> bool:
        """Whether a search of the face is kept, however old."""
        return self._number[face] in self._answers

    def unknown_to(self, faces: Iterable[str]) -> list[str]:
        """The faces that came after one of these was searched, and weren't searched themselves."""
        start = min((self._answers[self._number[face]].seen for face in faces), default=len(self._faces))
        return [self._faces[number] for number in range(start, len(self._faces)) if number not in self._answers]

    def is_complete(self, face: str) -> bool:
        """Whether it is known of every face how alike it is to this searched one."""
        answer = self._answers.get(self._number[face])
        return answer is not None and answer.seen > self._last_unsearched

    def is_outdated(self, face: str) -> bool:
        """Whether a face like this searched one has come or gone since."""
        return self._number[face] in self._outdated

    def _lower_last_unsearched(self) -> None:
        while self._last_unsearched in self._answers:
            self._last_unsearched -= 1

    def to_json(self) -> dict[str, Any]:
        """All of it, to be kept: arrays in base64, little-endian."""
        return {
            "v": VERSION,
            "faces": self._faces,
            "in_use": sorted(self._number[face] for face in self.in_use),
            "outdated": sorted(self._outdated),
            "missing": [self._missing_on, sorted(self.missing)],
            "answers": [
                [number, answer.seen, _packed(answer.others), _packed(answer.steps)]
                for number, answer in sorted(self._answers.items())
            ],
        }

    @classmethod
    def from_json(cls, kept: Any) -> Self:
        """What `to_json` gave. Of nothing, or of another version's, there is no evidence."""
        evidence = cls()
        if not isinstance(kept, dict) or kept.get("v") != VERSION:
            return evidence
        evidence.meet(kept["faces"])
        evidence.in_use = frozenset(evidence._faces[number] for number in kept["in_use"])
        for number, seen, others, steps in kept["answers"]:
            evidence._answers[number] = _Answer(seen, _unpacked(_NUMBERS, others), _unpacked(_ODDS, steps))
        # Earlier releases didn't keep which are.
        evidence._outdated = set(kept.get("outdated", evidence._answers))
        # Nor did they keep these.
        evidence._missing_on, missing = kept.get("missing", ("", ()))
        evidence.missing = set(missing)
        evidence._lower_last_unsearched()
        return evidence


def _packed(numbers: "array[int]") -> str:
    return base64.b64encode(numbers.tobytes()).decode()


def _unpacked(kind: str, packed: str) -> "array[int]":
    numbers = array(kind)
    numbers.frombytes(base64.b64decode(packed))
    return numbers
