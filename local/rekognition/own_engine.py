"""The owner's own face engine: ONNX files in the folder `engine` of the stack's data, described in `engine.toml`.

Only the description is read here. The networks are opened by the workers, in `own_networks`. docs/rekognition.md says
what is in the file.
"""

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.rekognition.likeness import Likeness

DESCRIPTION = "engine.toml"
# How many points a face has: the eyes, the nose and the corners of the mouth.
POINTS = 5
# Beyond these, a description is a slip of the pen: a network that takes larger pictures fits no laptop's memory, and
# larger numbers are infinite in a network.
_MAX_SIDE, _MAX_LENGTH, _MOST = 4096, 4096, 1e6
# Descriptors are of length 1, so no two of them are farther apart.
_FARTHEST = 2.0


class OwnEngineError(Exception):
    """The owner's engine can't be used; the message names the file and says why."""


@dataclass(frozen=True)
class Input:
    """What a network takes: (pixel - mean) · scale for each of three channels, in the order of ``channels``."""

    file: Path
    size: int
    channels: str
    mean: tuple[float, float, float]
    scale: float


@dataclass(frozen=True)
class DetectorFiles:
    """A detector's input, whose ``size`` is the picture's long side; and its outputs by what they are."""

    input: Input
    outputs: dict[str, str]
    order: tuple[int, ...]
    min_score: float


@dataclass(frozen=True)
class OwnEngine:
    """A description. ``points`` are where the recogniser wants a face's five points, in pixels of its input.

    ``fingerprint`` changes with whatever changes descriptors: not with ``likeness``.
    """

    detector: DetectorFiles | None
    recogniser: Input
    points: tuple[tuple[float, float], ...]
    likeness: Likeness
    fingerprint: str


def read(folder: Path) -> OwnEngine | None:
    """The engine described in a folder, or None where there is no description. Raises ``OwnEngineError``."""
    file = folder / DESCRIPTION
    if not file.exists():
        return None
    try:
        kept = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OwnEngineError(f"{file} can't be read: {error}") from None
    except RecursionError:
        raise OwnEngineError(f"{file} can't be read: it has too many brackets inside each other") from None
    described = _Table(file, "", kept, {"detector", "recogniser", "similarity"})
    detector = described.table("detector", {"outputs", "order", "min_score"}) if "detector" in kept else None
    recogniser = described.table("recogniser", {"points", "length"})
    similarity = described.table("similarity", set(), {"middle", "steepness"})
    own = OwnEngine(
        _read_detector(detector) if detector else None,
        _read_input(recogniser),
        _read_points(recogniser),
        Likeness(
            recogniser.whole("length", 1, _MAX_LENGTH),
            similarity.number("steepness", 0.001, _MOST),
            similarity.number("middle", 0.001, _FARTHEST),
        ),
        "",
    )
    return OwnEngine(own.detector, own.recogniser, own.points, own.likeness, _fingerprint(own))


_INPUT = {"file", "size", "channels", "mean", "scale"}


class _Table:
    """A table of the description, whose values are checked."""

    def __init__(self, file: Path, name: str, values: dict[str, Any], known: set[str]):
        self._file, self._name, self._values = file, name, values
        if unknown := sorted(values.keys() - known):
            raise self.error(unknown[0], f"is unknown; the names are {', '.join(sorted(known))}")

    @property
    def folder(self) -> Path:
        return self._file.parent

    def error(self, key: str, reason: str) -> OwnEngineError:
        name = f"{self._name}.{key}" if self._name else key
        return OwnEngineError(f"{self._file}: {name} {reason}")

    def table(self, key: str, more: set[str], known: set[str] | None = None) -> "_Table":
        values = self._values.get(key)
        if not isinstance(values, dict):
            raise self.error(key, "is missing" if values is None else "must be a table")
        return _Table(self._file, key, values, _INPUT | more if known is None else known)

    def text(self, key: str) -> str:
        value = self._values.get(key)
        if not isinstance(value, str) or not value:
            raise self.error(key, "must be text")
        return value

    def number(self, key: str, least: float, most: float, default: float | None = None) -> float:
        value: float | None = self._values.get(key, default)
        if value is None or not _is_number(value, least, most):
            raise self.error(key, f"must be a number from {least:g} to {most:g}")
        return value

    def whole(self, key: str, least: int, most: int) -> int:
        value = self.number(key, least, most)
        if value % 1:
            raise self.error(key, "must be a whole number")
        return int(value)

    def numbers(self, key: str, shape: tuple[int, ...], most: float, default: Any = None) -> Any:
        """Nested lists of numbers, none of them beyond ``most`` on either side of 0."""

        def is_right(value: Any, shape: tuple[int, ...]) -> bool:
            if not shape:
                return _is_number(value, -most, most)
            is_long = isinstance(value, list) and len(value) == shape[0]
            return is_long and all(is_right(part, shape[1:]) for part in value)

        value = self._values.get(key, default)
        if not is_right(value, shape):
            raise self.error(key, f"must be {' lists of '.join(map(str, shape))} numbers from {-most:g} to {most:g}")
        return value

    def texts(self, key: str) -> dict[str, str]:
        value = self._values.get(key)
        if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
            raise self.error(key, "must be a table of names")
        return value


def _is_number(value: Any, least: float, most: float) -> bool:
    """Whether a value of the description is a number in these limits; one that isn't finite is in none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most


def _read_input(table: _Table) -> Input:
    file = table.folder / table.text("file")
    if file.parent != table.folder or not file.is_file():
        raise table.error("file", f"names {file.name}, which is not in {table.folder}")
    channels = table.text("channels")
    if channels not in ("RGB", "BGR"):
        raise table.error("channels", "must be RGB or BGR")
    mean = table.numbers("mean", (3,), _MOST, [0.0, 0.0, 0.0])
    scale = table.number("scale", 1 / _MOST, _MOST, 1.0)
    return Input(file, table.whole("size", 16, _MAX_SIDE), channels, tuple(mean), scale)


def _read_points(table: _Table) -> tuple[tuple[float, float], ...]:
    points = tuple((x, y) for x, y in table.numbers("points", (POINTS, 2), _MAX_SIDE))
    if len(set(points)) == 1:
        raise table.error("points", "must not all be in one place")
    return points


def _read_detector(table: _Table) -> DetectorFiles:
    outputs = table.texts("outputs")
    if outputs.keys() != {"boxes", "scores", "points"}:
        raise table.error("outputs", "must name the network's outputs for boxes, scores and points")
    order = table.numbers("order", (POINTS,), POINTS, list(range(POINTS)))
    if sorted(order) != list(range(POINTS)):
        raise table.error("order", f"must have each of the numbers 0 to {POINTS - 1} once")
    return DetectorFiles(_read_input(table), outputs, tuple(map(int, order)), table.number("min_score", 0.0, 1.0, 0.5))


def _fingerprint(own: OwnEngine) -> str:
    """Of all that makes descriptors what they are."""
    digest = hashlib.sha256()
    for files in (own.detector.input if own.detector else None, own.recogniser):
        if files:
            with files.file.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
            digest.update(repr((files.size, files.channels, files.mean, files.scale)).encode())
    detector = (own.detector.outputs, own.detector.order, own.detector.min_score) if own.detector else None
    digest.update(repr((detector, own.points, own.likeness.dimensions)).encode())
    return digest.hexdigest()[:16]
