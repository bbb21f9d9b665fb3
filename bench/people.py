"""How right the recognition of people is, and what it costs: the tables of docs/benchmarks.md under "People".

Faces are those that the engine finds in the photographs for evaluation, all as one site. Their names are those of the
folders; whoever else is in a photo is a stranger. The product's own functions run on what the laptop stack's search
answers, and on what it would answer if it compared faces one with one, which is the nearest there is here to AWS. To
show how much was fitted to these people, the same is measured on sites of other people of LFW, if their photos are
there. Large sites are made of descriptors that are drawn.
"""

import gzip
import itertools
import json
import random
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import numpy as np

from bench import accuracy, crowding
from functions.people.boxes import Box
from functions.people.evidence import SEARCH_THRESHOLD, Evidence, SearchesUsedUpError
from functions.people.hanging import Hung
from functions.people.inventory import Face, Inventory, PhotoFaces
from functions.people.recognition import Recognised, recognise
from local.rekognition import quality
from local.rekognition.engine import Analysis
from local.rekognition.likeness import DLIB
from local.rekognition.vectors import Vectors

DRAWS = 12
MAX_MATCHES = 4096
# The two people of each of these, from left to right; in one of them is somebody else.
TWO_PEOPLE = {
    "kit_with_rose.jpg": ("rose_leslie", "kit_harington"),
    "obama_and_biden.jpg": ("biden", "obama"),
    "two_people.jpg": ("obama", "biden"),
}
# Sites of other people: how many sites, how many people with several photos (many or few), how many with only one.
OTHERS, OTHERS_SEVERAL, OTHERS_ONCE = 4, 80, 120
MANY_PHOTOS, FEW_PHOTOS = range(5, crowding.PHOTOS_EACH + 1), (3, 4)
OTHERS_DRAWS = 3
# A question shows so many faces.
SHOWN = 4
RIGHT = 0.95
# So many searches at a time, until that share is right.
AT_A_TIME = 20
# What `DailyPeople` lets a site search in a day unless its owner says otherwise.
DAILY_SEARCHES = 2_000
NO_CEILING = 1_000_000
LARGE_PHOTOS, FACES_EACH, LARGE_PEOPLE, LATER_PHOTOS = 20_000, 3, 1_000, 10
# Of the descriptors that are drawn: as far apart as dlib's are on LFW, and as many directions as explain how much that
# varies between people.
DIMENSIONS, DIRECTIONS = 128, 30
BETWEEN_PEOPLE, WITHIN_PERSON, UNSTEADY = 0.0865, 0.0256, 0.2
# Of the laptop stack, which compares a face with all of its person's, and of an engine that compares one with one.
_SEARCHES = (("As the laptop stack searches", True), ("Face by face", False))
_HEAD = (
    "| who is named, by one photo each | searches | right | wrong | left to ask | paid searches a person |",
    "|---|---|---|---|---|---|",
)


@dataclass(frozen=True)
class Site:
    """Photos with faces; whose each is (None: a stranger), and the search that a round makes."""

    inventory: Inventory
    person_of: dict[str, str | None]
    answer: Callable[[str], list[tuple[str, float]]]
    # Those that may be drawn as the one photo of a person.
    portraits: frozenset[str]
    # As in `Searching`.
    is_one_sided: bool = False

    def people(self, least: int = 1) -> list[str]:
        """Who has at least so many faces."""
        counted = Counter(person for person in self.person_of.values() if person)
        return sorted(person for person, count in counted.items() if count >= least)

    def draw(self, seed: int, people: Iterable[str]) -> dict[str, str]:
        """One random face of each, with its person."""
        dice = random.Random(seed)  # noqa: S311 - draws, not secrets
        faces: dict[str, list[str]] = defaultdict(list)
        for face, person in self.person_of.items():
            if person and face in self.portraits:
                faces[person].append(face)
        return {dice.choice(faces[person]): person for person in people}


class Owner:
    """Somebody who has named faces of a site, and has the rest recognised."""

    def __init__(self, site: Site, named: dict[str, str]):
        self.site = site
        self.named = named
        self.ignored: dict[str, str] = {}
        self.rejected: dict[str, frozenset[str]] = {}
        self.evidence = Evidence()
        self.searches = 0

    def recognise(self, ceiling: int = NO_CEILING) -> Recognised:
        """A round."""
        left = itertools.count(ceiling, -1)

        def search(face: str) -> list[tuple[str, float]]:
            if next(left) <= 0:
                raise SearchesUsedUpError("these were all")
            return self.site.answer(face)

        hung = Hung(confirmed=self.named, rejected=self.rejected, ignored=self.ignored)
        found = recognise(self.site.inventory, hung, {}, self.evidence, search, is_one_sided=self.site.is_one_sided)
        self.searches += found.searches
        return found

    def judge(self, found: Recognised, people: set[str]) -> tuple[float, float, float]:
        """Shares: of the named people's other faces, those that are right; of the names given, those that are wrong;
        of the same other faces, those without a name."""
        others = [face for face, person in self.site.person_of.items() if person in people and face not in self.named]
        right = sum(found.automatic.get(face) == self.site.person_of[face] for face in others)
        wrong = sum(self.site.person_of[face] != person for face, person in found.automatic.items())
        left = sum(face not in found.automatic for face in others)
        return right / max(1, len(others)), wrong / max(1, len(found.automatic)), left / max(1, len(others))

    def share_known(self, found: Recognised, people: set[str]) -> float:
        """Of all faces of these people, the share that has the right name."""
        names = dict(found.automatic) | self.named
        faces = [face for face, person in self.site.person_of.items() if person in people]
        return sum(names.get(face) == self.site.person_of[face] for face in faces) / len(faces)

    def answer_question(self, found: Recognised) -> bool:
        """Answer the first question: name the shown faces of whoever is on the first, or say that it's a stranger."""
        if not found.questions:
            return False
        shown = found.questions[0].faces[:SHOWN]
        person = self.site.person_of[shown[0]]
        alike = [face for face in shown if self.site.person_of[face] == person]
        if person is None:
            self.ignored |= dict.fromkeys(alike[:1], "stranger")
        else:
            self.named |= dict.fromkeys(alike, person)
        return True

    def answer_row(self, found: Recognised) -> bool:
        """Answer the longest row of "is this …?": yes or no for each face."""
        if not found.candidates:
            return False
        person, row = max(found.candidates.items(), key=lambda entry: (len(entry[1]), entry[0]))
        for face in row:
            if self.site.person_of[face] == person:
                self.named[face] = person
            else:
                self.rejected[face] = self.rejected.get(face, frozenset()) | {person}
        return True


def run() -> list[str]:
    """Lines of the report, as Markdown."""
    lines = []
    if accuracy.PHOTOS.is_dir():
        paths = [path for path in accuracy.PHOTOS.rglob("*") if path.suffix in (".jpg", ".jpeg", ".png")]
        lines += _photos(_found(accuracy.PHOTOS, paths))
    else:
        lines += [f"people: no photographs, for there are none at {accuracy.PHOTOS}", ""]
    if crowding.PEOPLE.is_dir():
        lines += _other_people()
    else:
        lines += [f"people: no photos of other people at {crowding.PEOPLE}", ""]
    return [*lines, *_large()]


def _found(folder: Path, paths: Iterable[Path]) -> dict[str, Analysis]:
    return {str(path.relative_to(folder)): analysis for path, analysis in accuracy.analyse_all(paths).items()}


def _photos(found: dict[str, Analysis]) -> list[str]:
    lines = []
    for title, is_person in _SEARCHES:
        site = site_of(found, is_person=is_person)
        lines += [f"{title}:", "", *_table([site], DRAWS), "", *_evenings(site), ""]
    return lines


def _other_people() -> list[str]:
    photos = {path: sorted(path.glob("*.jpg"))[: crowding.PHOTOS_EACH] for path in crowding.others()}
    dice = np.random.default_rng(5)
    many, once, few = (
        dice.permutation([path for path, own in photos.items() if len(own) in counts])
        for counts in (MANY_PHOTOS, (1,), FEW_PHOTOS)
    )
    lines = []
    for title, several, first in (("many", many, 0), ("few", few, OTHERS)):
        found = []
        for number in range(OTHERS):
            people = [
                *several[OTHERS_SEVERAL * number :][:OTHERS_SEVERAL],
                *once[OTHERS_ONCE * (first + number) :][:OTHERS_ONCE],
            ]
            found.append(_found(crowding.PEOPLE, (path for person in people for path in photos[person])))
        for how, is_person in _SEARCHES:
            sites = [site_of(one, is_person=is_person) for one in found]
            lines += [
                f"{OTHERS} sites of other people with {title} photos, {how.lower()}:",
                "",
                *_table(sites, OTHERS_DRAWS),
                "",
            ]
    return lines


def site_of(analyses: dict[str, Analysis], *, is_person: bool) -> Site:
    """The photographs as one site, searched as the laptop stack does or face by face."""
    photos, person_of, portraits = [], {}, set()
    vectors = Vectors()
    for path, analysis in sorted(analyses.items()):
        faces = []
        for number, face in enumerate(sorted(quality.split(analysis, "AUTO")[0], key=accuracy.off_centre)):
            face_id = f"{path}#{number}"
            vectors.add(face_id, face.descriptor)
            faces.append(
                Face(face_id, Box(face.left, face.top, face.width, face.height), face.confidence, face.sharpness)
            )
        *_, folder, name = path.split("/")
        person_of |= {face.id: None for face in faces}
        if name in TWO_PEOPLE:
            ordered = sorted(faces, key=lambda face: face.box.left)
            person_of |= {face.id: person for face, person in zip(ordered, TWO_PEOPLE[name], strict=False)}
        elif faces and folder not in ("group", "noface") and name != accuracy.WRONG_NAME:
            person_of[faces[0].id] = folder
            portraits.add(faces[0].id)
        photos.append(_photo(path, analysis.width, analysis.height, faces))
    return Site(
        Inventory.of(photos), person_of, _answers(vectors, is_person=is_person), frozenset(portraits), is_person
    )


def _photo(path: str, width: int, height: int, faces: list[Face]) -> PhotoFaces:
    return PhotoFaces(path, None, None, width, height, None, None, tuple(faces), ())


def _answers(vectors: Vectors, *, is_person: bool) -> Callable[[str], list[tuple[str, float]]]:
    def answer(face: str) -> list[tuple[str, float]]:
        search = vectors.search_person if is_person else vectors.search
        found = search(vectors.get(face), SEARCH_THRESHOLD, MAX_MATCHES + 1)
        return [(other, similarity) for other, similarity in found if other != face][:MAX_MATCHES]

    return answer


def _table(sites: list[Site], draws: int) -> list[str]:
    def everybody(site: Site, _: int) -> list[str]:
        return site.people()

    def recurring(site: Site, _: int) -> list[str]:
        return site.people(least=2)

    def half(site: Site, seed: int) -> list[str]:
        people = site.people(least=2)
        return sorted(random.Random(1000 + seed).sample(people, len(people) // 2))  # noqa: S311 - as above

    counts = [
        f"{len(site.person_of)} faces: {len(site.people())} people, {len(site.people(least=2))} of them with several"
        f" photos, and {sum(person is None for person in site.person_of.values())} faces of strangers"
        for site in sites
    ]
    return [
        f"{'; '.join(counts)}. Means of {draws} draws each.",
        "",
        *_HEAD,
        _row(sites, draws, "everybody", everybody, one=True),
        _row(sites, draws, "everybody", everybody),
        _row(sites, draws, "everybody with several photos", recurring, one=True),
        _row(sites, draws, "everybody with several photos", recurring),
        _row(sites, draws, "half of these", half),
    ]


def _row(
    sites: list[Site], draws: int, title: str, people: Callable[[Site, int], list[str]], *, one: bool = False
) -> str:
    judged, searches = [], []
    for site, seed in itertools.product(sites, range(draws)):
        named = people(site, seed)
        owner = Owner(site, site.draw(seed, named))
        judged.append(owner.judge(owner.recognise(len(named)) if one else owner.recognise(), set(named)))
        searches.append(owner.searches / len(site.people()))
    right, wrong, left = (fmean(values) for values in zip(*judged, strict=True))
    how = "one for each person" if one else "up to five, and strangers"
    return f"| {title} | {how} | {right:.1%} | {wrong:.2%} | {left:.1%} | {fmean(searches):.1f} |"


def _evenings(site: Site) -> list[str]:
    """How many answers and searches it takes until nearly all faces are right.

    The owner is asked where no search is left to make.
    """
    everybody, recurring = site.people(), site.people(least=2)
    lines = [
        f"Until {RIGHT:.0%} of the faces of the {len(recurring)} people with several photos are right:",
        "",
        "| beginning with | answers | answers a person | paid searches | paid searches a person | wrong |",
        "|---|---|---|---|---|---|",
    ]
    for title, people, answer in (
        ("one photo of everybody, then rows", everybody, Owner.answer_row),
        ("one photo of everybody with several, then rows", recurring, Owner.answer_row),
        ("nobody, question after question", [], Owner.answer_question),
    ):
        counts = []
        for seed in range(DRAWS if people else 1):
            owner = Owner(site, site.draw(seed, people))
            answers, found = len(people), owner.recognise(AT_A_TIME)
            while owner.share_known(found, set(recurring)) < RIGHT and (not found.is_finished or answer(owner, found)):
                answers, found = answers + found.is_finished, owner.recognise(AT_A_TIME)
            counts.append((answers, owner.searches, owner.judge(found, set(recurring))[1]))
        answers, searches, wrong = (fmean(values) for values in zip(*counts, strict=True))
        named = len(people or recurring)
        lines.append(
            f"| {title} | {answers:.0f} | {answers / named:.2f} of {named} | {searches:.0f} |"
            f" {searches / named:.2f} of {named} | {wrong:.2%} |"
        )
    return lines


def _large() -> list[str]:
    """A large site, day by day: nobody named, everybody named once, and uploads before and after all is known.

    Searches are face by face: there are tens of thousands, and each takes ten times as long with companions.
    """
    site, *later = _drawn_sites()
    owner = Owner(site, {})
    lines = [
        f"{LARGE_PHOTOS:,} photos, {len(site.person_of):,} faces, {LARGE_PEOPLE:,} people (drawn descriptors), searched"
        " face by face; CPU seconds without those of the searches themselves:",
        "",
        "| round | paid searches | CPU seconds | faces unreached | right | wrong |",
        "|---|---|---|---|---|---|",
        _timed(owner, "the first day, nobody named", set()),
    ]
    owner.named = site.draw(0, site.people())
    everybody = set(site.people())
    lines.append(_timed(owner, "the second, everybody named by one face", everybody))
    owner.site = later[0]
    lines.append(_timed(owner, f"the third, {LATER_PHOTOS} more photos", everybody))
    lines.append(_timed(owner, "the days after, as one round", everybody, NO_CEILING))
    owner.site = later[1]
    lines.append(_timed(owner, f"then {LATER_PHOTOS} more photos", everybody))
    kept = gzip.compress(json.dumps(owner.evidence.to_json()).encode(), mtime=0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        *lines,
        "",
        f"Evidence takes {len(kept) / 1e6:.1f} MB, compressed; the process took {peak:.0f} MB at its peak.",
    ]


def _timed(owner: Owner, title: str, people: set[str], ceiling: int = DAILY_SEARCHES) -> str:
    spent, before = 0.0, owner.searches
    site = owner.site

    def answer(face: str) -> list[tuple[str, float]]:
        nonlocal spent
        start = time.process_time()
        found = site.answer(face)
        spent += time.process_time() - start
        return found

    owner.site = Site(site.inventory, site.person_of, answer, site.portraits)
    start = time.process_time()
    found = owner.recognise(ceiling)
    seconds = time.process_time() - start - spent
    owner.site = site
    judged = "| | |" if not people else "| {:.1%} | {:.2%} |".format(*owner.judge(found, people)[:2])
    return f"| {title} | {owner.searches - before:,} | {seconds:.1f} | {found.unreached:,} {judged}"


def _drawn_sites() -> list[Site]:
    """A site of drawn people, before and after two uploads. Some are in many more photos than others."""
    dice = np.random.default_rng(0)
    directions = np.linalg.qr(dice.normal(size=(DIMENSIONS, DIRECTIONS)))[0].T
    centres = dice.normal(0, BETWEEN_PEOPLE, (LARGE_PEOPLE, DIRECTIONS)) @ directions + _usual_room()
    chances = 1 / (np.arange(LARGE_PEOPLE) + 20)
    vectors, person_of, photos = Vectors(), {}, []
    sites = []
    for number in range(LARGE_PHOTOS + 2 * LATER_PHOTOS):
        if number in (LARGE_PHOTOS, LARGE_PHOTOS + LATER_PHOTOS):
            sites.append(_drawn(photos, person_of, vectors))
        path = f"{number // 500:03}/{number:06}.jpg"
        there = dice.choice(LARGE_PEOPLE, FACES_EACH, replace=False, p=chances / chances.sum())
        spread = WITHIN_PERSON * np.exp(dice.normal(0, UNSTEADY, (FACES_EACH, 1)))
        descriptors = (centres[there] + dice.normal(size=(FACES_EACH, DIMENSIONS)) * spread).astype(np.float32)
        ids = [f"{number:08x}-0000-0000-0000-{place:012x}" for place in range(FACES_EACH)]
        vectors.add_all(ids, [descriptor.tobytes() for descriptor in descriptors])
        person_of |= {face: f"person {person}" for face, person in zip(ids, there, strict=True)}
        sharpness = dice.uniform(30, 100, FACES_EACH)
        faces = [
            Face(face, Box(0.3 * place, 0.2, 0.1, 0.1), 99.0, float(sharp))
            for place, (face, sharp) in enumerate(zip(ids, sharpness, strict=True))
        ]
        photos.append(_photo(path, 4000, 3000, faces))
    return [*sites, _drawn(photos, person_of, vectors)]


def _usual_room() -> np.ndarray:
    """A descriptor around which there is as much room as there is on average."""
    assert DLIB.crowding
    weights = DLIB.crowding.weights
    return -DLIB.crowding.offset * weights / (weights @ weights)


def _drawn(photos: list[PhotoFaces], person_of: dict[str, str], vectors: Vectors) -> Site:
    whose: dict[str, str | None] = dict(person_of)
    return Site(Inventory.of(photos), whose, _answers(vectors, is_person=False), frozenset(person_of))
