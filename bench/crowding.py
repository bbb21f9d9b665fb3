"""Fit the engine's formula for how much room there is around a face (`local/rekognition/likeness.py`), and prove it on
people it wasn't fitted to.

The photos are those of Labeled Faces in the Wild, a folder for each person, without the people of the photographs for
evaluation, so that `accuracy` measures people that the formula has never seen. Numbers are written, no descriptor.
"""

import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench import accuracy, workplace
from bench.names import is_east_asian
from local.rekognition import likeness, quality
from local.rekognition.engine import Analysis
from local.rekognition.likeness import Crowding

PEOPLE = workplace.ROOT.parent / "shared" / "lfw"
NUMBERS = Path(likeness.__file__).with_name("crowding.json")
PHOTOS_EACH = 8
# So many strangers who are nearest to a face tell how much room there is around it.
NEIGHBOURS = 10
RIDGE = 1.0
# How much of what the formula says counts. All of it would treat a blurred face in the background, around which there
# seems to be much room, as surely somebody; docs/rekognition.md has the figures.
WEIGHT = 0.45
AT_ONCE = 1000
TAR = 0.90


def run() -> list[str]:
    """Lines of the report."""
    if not PEOPLE.is_dir():
        return [f"crowding: skipped, for there are no photos of people at {PEOPLE}"]
    photos = [sorted(person.glob("*.jpg"))[:PHOTOS_EACH] for person in others()]
    names, faces = faces_of(accuracy.analyse_all(itertools.chain.from_iterable(photos)))
    crowding = fit(names, faces)
    write(crowding)
    return [
        f"{len(faces):,} faces of {len(set(names)):,} people; the numbers are in {NUMBERS.name}",
        "",
        *prove(names, faces),
    ]


def others() -> list[Path]:
    """The folders of the people who aren't among those of the photographs for evaluation."""
    known = {path.name for path in (accuracy.PHOTOS / "lfw").iterdir()} if accuracy.PHOTOS.is_dir() else set()
    return [path for path in sorted(PEOPLE.iterdir()) if path.is_dir() and path.name not in known]


def faces_of(analyses: dict[Path, Analysis]) -> tuple[np.ndarray, np.ndarray]:
    """Name and descriptor of the face in the middle of each photo, where there is a good one."""
    found = list(_faces_of(analyses))
    return np.array([name for name, _ in found]), np.array([vector for _, vector in found], dtype=np.float64)


def _faces_of(analyses: dict[Path, Analysis]) -> Iterator[tuple[str, np.ndarray]]:
    for path, analysis in analyses.items():
        good, _ = quality.split(analysis, "AUTO")
        middle = min(good, key=accuracy.off_centre, default=None)
        if middle is not None and accuracy.off_centre(middle) < 0.3:
            yield path.parent.name, middle.vector


def fit(names: np.ndarray, faces: np.ndarray) -> Crowding:
    """Ridge regression of the room around faces on their descriptors."""
    wanted = np.log(_room(names, faces))
    average, level = faces.mean(axis=0), wanted.mean()
    centred = faces - average
    products = centred.T @ centred + RIDGE * np.eye(faces.shape[1])
    # Twice, because the room around two faces divides the square of their distance.
    weights = 2 * WEIGHT * np.linalg.solve(products, centred.T @ (wanted - level))
    room = np.exp(centred @ weights)
    return Crowding(weights.astype(np.float32), float(-average @ weights), float(room.min()), float(room.max()))


def _room(names: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """The mean distance of each face to the nearest faces of others."""
    squares = (faces**2).sum(axis=1)
    _, number = np.unique(names, return_inverse=True)
    found = np.empty(len(faces))
    for start in range(0, len(faces), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        near = squares[part, None] + squares - 2 * faces[part] @ faces.T
        near[number[part, None] == number] = np.inf
        nearest = np.partition(near, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
        found[part] = np.sqrt(np.maximum(nearest, 0)).mean(axis=1)
    return found


def write(crowding: Crowding) -> None:
    """Replace the numbers that the engine works with."""
    kept = {
        "offset": round(crowding.offset, 6),
        "least": round(crowding.least, 6),
        "most": round(crowding.most, 6),
        "weights": [round(float(weight), 6) for weight in crowding.weights],
    }
    NUMBERS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def prove(names: np.ndarray, faces: np.ndarray) -> list[str]:
    """Pairs of one half of the people, by the formula fitted to the other half, both ways, and without it."""
    people = np.random.default_rng(0).permutation(sorted(set(names)))
    halves = [np.isin(names, people[part::2]) for part in (0, 1)]
    plain = replace(likeness.DLIB, crowding=None)
    rows = {
        "as the network gives it": [(plain, half) for half in halves],
        "with the formula": [
            (replace(likeness.DLIB, crowding=fit(names[other], faces[other])), half)
            for half, other in (halves, halves[::-1])
        ],
    }
    lines = [
        f"Of pairs of two people, the share that match where TAR is {TAR}, both people by their names:",
        "",
        "| distance | East and South-East Asian | others | all | TAR of East and South-East Asian |",
        "|---|---|---|---|---|",
    ]
    for title, parts in rows.items():
        shares = np.mean([_shares(how, names[half], faces[half]) for how, half in parts], axis=0)
        lines.append(f"| {title} | {shares[0]:.2%} | {shares[1]:.1e} | {shares[2]:.1e} | {shares[3]:.3f} |")
    return lines


def _shares(how: likeness.Likeness, names: np.ndarray, faces: np.ndarray) -> tuple[float, ...]:
    upper = np.triu_indices(len(faces), 1)
    distances = accuracy.distances(faces, how)[upper]
    people, number = np.unique(names, return_inverse=True)
    same = number[upper[0]] == number[upper[1]]
    asian = np.array([is_east_asian(name) for name in people])[number]
    one, other = asian[upper[0]], asian[upper[1]]
    reach = np.quantile(distances[same], TAR)
    passes = distances <= reach
    groups = (one & other & ~same, ~one & ~other & ~same, ~same, one & same)
    return tuple(float(passes[group].mean()) for group in groups)
