"""How right the face engine is, on the photographs for evaluation: the tables of docs/rekognition.md.

People are known by their folders; the face in the middle of a photo is its person's. Boxes of the group photos come
from dlib's annotations.
"""

import io
import itertools
import os
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from PIL import Image

from bench import workplace
from bench.names import is_east_asian
from local.rekognition import quality
from local.rekognition.engine import Analysis, FoundFace, analyse, load_models
from local.rekognition.likeness import DLIB, Likeness
from local.rekognition.vectors import Vectors

PHOTOS = workplace.ROOT.parent / "shared" / "photos"
THRESHOLDS = (80, 90, 95, 99)
SITE_THRESHOLDS = (70, 80, 85, 90, 95, 97, 99)
FOLDS, DRAWS = 10, 20
ANNOTATIONS = ("training.xml", "testing.xml")
# It shows Rubens Barrichello: one of the wrong names that LFW's own list of errata is about.
WRONG_NAME = "Michael_Schumacher_0008.jpg"


# LFW's photos are this wide, and so much of that is the face's box, in the middle of each.
LFW_SIDE, LFW_FACE = 250, 110
# Width and height of large photos, and how wide the faces in them are.
LARGE = {(4000, 3000): (60, 72, 84), (6000, 4000): (60, 96, 120)}
LARGE_FACES = 300
TURNS = (40, 90, 180)
TURNED = 100
SMALL_ALBUM, SMALL_ALBUMS = 20, 25
_CLICK_HEAD = (
    "| similarity | precision | recall | clicks with a wrong photo | clicks that find all |",
    "|---|---|---|---|---|",
)


@dataclass(frozen=True)
class Portrait:
    """A photo of a person: all its faces' descriptors, (n, 128), the person's own first."""

    person: str
    path: Path
    descriptors: np.ndarray


def run() -> list[str]:
    """Lines of the report, as Markdown."""
    if not PHOTOS.is_dir():
        return [f"accuracy: skipped, for there are no photographs for evaluation at {PHOTOS}"]
    analyses = analyse_all(path for path in PHOTOS.rglob("*") if path.suffix in (".jpg", ".jpeg", ".png"))
    portraits = list(portraits_of(analyses))
    lfw = [portrait for portrait in portraits if "lfw" in portrait.path.parts]
    return [
        f"{WRONG_NAME} is left out: it shows somebody else.",
        "",
        *_verification(lfw),
        "",
        *_identification(lfw),
        *_users(lfw),
        "",
        *_detection(analyses),
        "",
        *_large_photos(lfw),
        "",
        *_turned(),
        "",
        *_clicks(portraits),
    ]


def analyse_all(photos: Iterable[Path]) -> dict[Path, Analysis]:
    """Pictures, in the order of their names."""
    paths = sorted(photos)
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn"), initializer=load_models) as pool:
        return dict(zip(paths, pool.map(analyse, (path.read_bytes() for path in paths)), strict=True))


def portraits_of(analyses: dict[Path, Analysis]) -> Iterator[Portrait]:
    """The pictures that are of one person."""
    for path, analysis in analyses.items():
        if path.parent.name in ("group", "noface") or path.name == WRONG_NAME:
            continue
        # As the site indexes them.
        faces = sorted(quality.split(analysis, "AUTO")[0], key=off_centre)
        vectors = [np.frombuffer(face.descriptor, dtype=np.float32) for face in faces]
        yield Portrait(path.parent.name, path, np.array(vectors, dtype=np.float32).reshape(-1, 128))


def off_centre(face: FoundFace) -> float:
    """How far a face's middle is from its photo's, as fractions of the photo, across and down."""
    return abs(face.left + face.width / 2 - 0.5) + abs(face.top + face.height / 2 - 0.5)


def distances(vectors: np.ndarray, how: Likeness = DLIB) -> np.ndarray:
    """Between all faces, in units of the room around them."""
    squares = (vectors**2).sum(axis=1)
    plain = np.sqrt(np.maximum(squares[:, None] + squares - 2 * vectors @ vectors.T, 0))
    room = np.sqrt(how.room(vectors))
    return plain / room[:, None] / room


def _verification(lfw: list[Portrait]) -> list[str]:
    found = [portrait for portrait in lfw if len(portrait.descriptors)]
    names = np.array([portrait.person for portrait in found])
    upper = np.triu_indices(len(found), 1)
    apart = distances(np.array([portrait.descriptors[0] for portrait in found]))[upper]
    one_person = names[upper[0]] == names[upper[1]]
    same, other = apart[one_person], apart[~one_person]
    accuracy = _accuracy(same, other)
    at_far = np.quantile(other, 1e-3)
    return [
        f"Verification, {len(found)} of {len(lfw)} photos with a face found, {len(same):,} pairs of one person and"
        f" {len(other):,} of two:",
        "",
        "| measure | value |",
        "|---|---|",
        f"| accuracy, {FOLDS} folds, mean of {DRAWS} draws of pairs of two | {100 * np.mean(accuracy):.2f} % |",
        f"| TAR at FAR 1e-3 (similarity {DLIB.similarity(at_far):.0f}) | {(same <= at_far).mean():.3f} |",
        *(
            f"| TAR, FAR at similarity {threshold} | {(same <= reach).mean():.3f}, {(other <= reach).mean():.1e} |"
            for threshold in THRESHOLDS
            for reach in [DLIB.largest_distance(threshold)]
        ),
        "",
        *_groups(names, upper, apart),
    ]


def _groups(names: np.ndarray, upper: tuple[np.ndarray, ...], apart: np.ndarray) -> list[str]:
    """Pairs of people whose names are East or South-East Asian, beside pairs of others."""
    asian = np.array([is_east_asian(name) for name in names])
    same = names[upper[0]] == names[upper[1]]
    groups = {
        "East and South-East Asian": asian[upper[0]] & asian[upper[1]],
        "others": ~asian[upper[0]] & ~asian[upper[1]],
    }
    lines = ["| names | people | pairs of two people | TAR, FAR at 90 | at 99 |", "|---|---|---|---|---|"]
    for title, group in groups.items():
        one, two = group & same, group & ~same
        shares = [
            f"{(apart[one] <= reach).mean():.3f}, {(apart[two] <= reach).mean():.2%} |"
            for reach in (DLIB.largest_distance(90), DLIB.largest_distance(99))
        ]
        count = len(set(names[upper[0][group]]) | set(names[upper[1][group]]))
        lines.append(f"| {title} | {count} | {two.sum():,} | " + " ".join(shares))
    wrong = ~same & (apart <= DLIB.largest_distance(99))
    people = set(names[upper[0][wrong]]) | set(names[upper[1][wrong]])
    lines += ["", f"Pairs of two people that match at 99: {wrong.sum()}, of {len(people)} people"]
    return lines


def _accuracy(same: np.ndarray, other: np.ndarray) -> list[float]:
    """Of each fold of each draw of pairs of two, at the threshold that is best on the draw's other folds."""
    grid = np.linspace(0.3, 1.0, 701)
    found = []
    for seed in range(DRAWS):
        draw = np.random.default_rng(seed)
        values = np.concatenate([same, draw.choice(other, len(same), replace=False)])
        truth = np.arange(len(values)) < len(same)
        fold = draw.permutation(len(values)) % FOLDS
        right = (values[:, None] <= grid) == truth[:, None]
        for number in range(FOLDS):
            best = right[fold != number].mean(axis=0).argmax()
            found.append(float(right[fold == number, best].mean()))
    return found


def _identification(lfw: list[Portrait]) -> list[str]:
    found = [portrait for portrait in lfw if len(portrait.descriptors)]
    names = np.array([portrait.person for portrait in found])
    apart = distances(np.array([portrait.descriptors[0] for portrait in found]))
    np.fill_diagonal(apart, np.inf)
    several = np.array([(names == name).sum() > 1 for name in names])
    rank_1 = (names[apart.argmin(axis=1)] == names)[several].mean()
    return [
        f"Rank-1 identification, {several.sum()} photos of people with several among {len(found)}: {100 * rank_1:.2f} %"
    ]


def _users(lfw: list[Portrait]) -> list[str]:
    """Users of three faces each; every other photo of theirs, and those of strangers, searched among them."""
    people: dict[str, list[np.ndarray]] = {}
    for portrait in lfw:
        if len(portrait.descriptors):
            people.setdefault(portrait.person, []).append(portrait.descriptors[0])
    users = {name: np.mean(vectors[:3], axis=0) for name, vectors in people.items() if len(vectors) > 3}
    right = wrong = probes = strangers = 0
    for name, vectors in people.items():
        for vector in vectors[3:] if name in users else vectors:
            alike = {other: DLIB.compare(mean, vector) for other, mean in users.items()}
            best = max(alike, key=alike.__getitem__)
            best = best if alike[best] >= 80 else None
            if name in users:
                probes += 1
                right += best == name
            else:
                strangers += 1
                wrong += best is not None
    return [
        f"Users of three faces, at similarity 80: {right} of {probes} photos of theirs lead to them, {wrong} of"
        f" {strangers} of strangers to one of the {len(users)}"
    ]


def _detection(analyses: dict[Path, Analysis]) -> list[str]:
    lines = ["| photos | annotated faces | found | false |", "|---|---|---|---|"]
    for name in ANNOTATIONS:
        boxes_of = _annotated(name)
        hits = sum(_hits(analyses[path], boxes) for path, boxes in boxes_of.items())
        wrong = sum(len(analyses[path].faces) for path in boxes_of) - hits
        lines.append(f"| group photos ({name}) | {sum(map(len, boxes_of.values()))} | {hits} | {wrong} |")
    empty = [path for path in analyses if path.parent.name == "noface"]
    return [
        *lines,
        f"| photos without faces ({len(empty)}) | 0 | 0 | {sum(len(analyses[path].faces) for path in empty)} |",
    ]


def annotated() -> dict[Path, list[list[float]]]:
    """The group photos, with the boxes that were drawn around their faces: left, top, width and height in pixels."""
    return {path: boxes for name in ANNOTATIONS for path, boxes in _annotated(name).items()}


def _annotated(name: str) -> dict[Path, list[list[float]]]:
    sides = ("left", "top", "width", "height")
    return {
        PHOTOS / "dlib_faces" / "group" / Path(image.get("file")).name: [
            [float(box.get(side)) for side in sides] for box in image.iter("box")
        ]
        for image in ET.parse(PHOTOS / "dlib_faces" / name).getroot().iter("image")  # noqa: S314 - of known origin
    }


def _hits(analysis: Analysis, boxes: list[list[float]]) -> int:
    """Annotated boxes that hold the middle of a found face."""
    left = list(boxes)
    for face in analysis.faces:
        x, y = (face.left + face.width / 2) * analysis.width, (face.top + face.height / 2) * analysis.height
        hit = next((box for box in left if box[0] < x < box[0] + box[2] and box[1] < y < box[1] + box[3]), None)
        if hit:
            left.remove(hit)
    return len(boxes) - len(left)


def _large_photos(lfw: list[Portrait]) -> list[str]:
    """LFW's faces side by side in a large photo: how many are found, and TAR with their people's other photos."""
    lines = ["| photo | width of its faces | found | TAR at similarity 90 |", "|---|---|---|---|"]
    for (columns, rows), widths in LARGE.items():
        for width in widths:
            side = round(width * LFW_SIDE / LFW_FACE)
            places = [(x, y) for y in range(0, rows - side, side) for x in range(0, columns - side, side)]
            photo = Image.new("RGB", (columns, rows), "grey")
            shown = list(zip(places, lfw_photos(LARGE_FACES), strict=False))
            for place, path in shown:
                photo.paste(Image.open(path).convert("RGB").resize((side, side), Image.Resampling.LANCZOS), place)
            analysis = analyse(jpeg(photo))
            found, matches = 0, []
            for (x, y), path in shown:
                face = _face_at(analysis, x + side / 2, y + side / 2, side / 4)
                if face is None:
                    continue
                found += 1
                matches += [
                    DLIB.compare(other.descriptors[0], face.vector) >= 90
                    for other in lfw
                    if other.person == path.parent.name and other.path != path and len(other.descriptors)
                ]
            lines.append(
                f"| {columns * rows // 1_000_000} MP | {width} pixels | {found} of {len(shown)} |"
                f" {np.mean(matches) if matches else 0:.3f} |"
            )
    return lines


def _turned() -> list[str]:
    """Of LFW's photos, turned without a word about it in EXIF, in how many the face in the middle is found."""
    lines = ["| photos turned by | faces found |", "|---|---|"]
    for degrees in TURNS:
        found = 0
        paths = lfw_photos(TURNED)
        for path in paths:
            photo = Image.open(path).convert("RGB").rotate(-degrees, Image.Resampling.BICUBIC, expand=True)
            analysis = analyse(jpeg(photo))
            found += _face_at(analysis, photo.width / 2, photo.height / 2, LFW_SIDE / 4) is not None
        lines.append(f"| {degrees}° | {found} of {len(paths)} |")
    return lines


def lfw_photos(count: int) -> list[Path]:
    """Photos of LFW of as many people as there are, one each and then another each."""
    people = [sorted(person.glob("*.jpg")) for person in sorted((PHOTOS / "lfw").iterdir())]
    return [path for turn in itertools.zip_longest(*people) for path in turn if path][:count]


def jpeg(photo: Image.Image) -> bytes:
    """A photo as a file."""
    out = io.BytesIO()
    photo.save(out, "JPEG", quality=92)
    return out.getvalue()


def _face_at(analysis: Analysis, x: float, y: float, reach: float) -> FoundFace | None:
    """The face whose middle is nearest to a point, in pixels, and no farther from it than ``reach`` in x and y."""

    def off(face: FoundFace) -> float:
        across = (face.left + face.width / 2) * analysis.width - x
        return max(abs(across), abs((face.top + face.height / 2) * analysis.height - y))

    nearest = min(analysis.faces, key=off, default=None)
    return nearest if nearest is not None and off(nearest) <= reach else None


def _clicks(portraits: list[Portrait]) -> list[str]:
    """All portraits in one album with all their faces; each person's face is clicked in each of their photos."""
    people = {portrait.person for portrait in portraits}
    lines = [
        f"Clicks on a face in an album of {len(portraits)} photos, {len(people)} people:",
        "",
        *_CLICK_HEAD,
        *(_click_row(threshold, clicks) for threshold, clicks in click_all(portraits).items()),
        "",
        f"The same in albums of {SMALL_ALBUM} people who are on several photos, {SMALL_ALBUMS} random ones:",
        "",
        *_CLICK_HEAD,
    ]
    several = sorted({person for person in people if sum(other.person == person for other in portraits) > 1})
    draws = [
        set(np.random.default_rng(seed).choice(several, SMALL_ALBUM, replace=False)) for seed in range(SMALL_ALBUMS)
    ]
    albums = [click_all([portrait for portrait in portraits if portrait.person in draw]) for draw in draws]
    return lines + [
        _click_row(threshold, [click for album in albums for click in album[threshold]])
        for threshold in SITE_THRESHOLDS
    ]


def _click_row(threshold: float, clicks: list[tuple[float, float]]) -> str:
    precision, recall = np.array(clicks).T
    return (
        f"| {threshold} | {precision.mean():.4f} | {recall.mean():.4f} | {100 * (precision < 1).mean():.1f} % |"
        f" {100 * (recall == 1).mean():.1f} % |"
    )


def click_all(portraits: list[Portrait]) -> dict[float, list[tuple[float, float]]]:
    """Precision and recall of each click on somebody's face who is on several photos, at each of the thresholds."""
    owners = np.array([number for number, portrait in enumerate(portraits) for _ in portrait.descriptors])
    people = np.array([portrait.person for portrait in portraits])
    faces = np.concatenate([portrait.descriptors for portrait in portraits])
    vectors = Vectors()
    vectors.add_all(
        [str(face) for face in range(len(faces))],
        [face.tobytes() for face in faces],
        [int(owner) + 1 for owner in owners],
    )
    clicked = [int(np.flatnonzero(owners == number)[0]) for number in sorted(set(owners))]
    found: dict[float, list[tuple[float, float]]] = {threshold: [] for threshold in SITE_THRESHOLDS}
    for face in clicked:
        wanted = set(np.flatnonzero(people == people[owners[face]])) - {owners[face]}
        if not wanted:
            continue
        matches = vectors.search_person(faces[face], min(SITE_THRESHOLDS), len(faces))
        for threshold, clicks in found.items():
            photos = {owners[int(other)] for other, value in matches if value >= threshold} - {owners[face]}
            right = len(photos & wanted)
            clicks.append((right / len(photos) if photos else 1.0, right / len(wanted)))
    return found
