"""Find and describe the faces of a picture, with dlib's HOG detector and its ResNet descriptor (run by onnxruntime).

dlib holds Python's global lock while it works, so pictures are analysed in worker processes; the models are loaded
once in each. Weights: the package `face_recognition_models` (CC0), of which only the data files are used.
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

from local.rekognition import classifier
from local.rekognition.vectors import Vector

Result = TypeVar("Result")

# Measured on annotated group photos: at this size, upsampled once, all faces are found; without upsampling a third.
_LONG_SIDE = 1600
_UPSAMPLE = 1
# Large boxes are faces even at a score just above zero; small boxes below this score were not.
_LARGE_WIDTH = 80
_MIN_SCORE, _MIN_SCORE_SMALL = 0.0, 0.15


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
        """How sure the detector is that this is a face, 0 to 100: its score through a logistic curve."""
        return 100.0 / (1.0 + math.exp(-(self.score + 1.0) * 3.5))

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
        from local.rekognition.detector import load_detector

        _models = (
            load_detector(),
            dlib.shape_predictor(str(models_folder() / "shape_predictor_5_face_landmarks.dat")),
            Descriptor(models_folder() / "dlib_face_recognition_resnet_model_v1.dat"),
        )
    return _models


def models_folder() -> Path:
    """Where the package with the weights keeps them; importing it needs an outdated package."""
    name = "face_recognition_models"
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(
            f"the package {name}, which has the face engine's weights, is not installed", name=name
        )
    return Path(spec.submodule_search_locations[0], "models")


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
    pixels, width, height = _decode(image)
    detector, predictor, descriptor = load_models()
    # In grey the detector finds the same faces in two thirds of the time.
    boxes, scores, _ = detector.run(np.array(Image.fromarray(pixels).convert("L")), _UPSAMPLE, _MIN_SCORE)
    found = [
        (box, score, predictor(pixels, box))
        for box, score in zip(boxes, scores, strict=True)
        if score >= _MIN_SCORE_SMALL or box.width() >= _LARGE_WIDTH
    ]
    descriptors = _describe(descriptor, descriptor.align(pixels, [shape for _, _, shape in found]))
    faces = [_face(pixels, *one, vector) for one, vector in zip(found, descriptors, strict=True)]
    faces.sort(key=lambda face: -face.width * face.height)
    return Analysis(width, height, faces)


def _describe(descriptor: Any, chips: list[np.ndarray]) -> np.ndarray:
    """Descriptors, (n, 128) float32, of aligned faces: each the mean of the face's and of its mirror image's.

    That tells people apart better than either (docs/rekognition.md).
    """
    mirrored = [np.ascontiguousarray(chip[:, ::-1]) for chip in chips]
    both: Vector = descriptor.describe(chips + mirrored)
    mean: Vector = (both[: len(chips)] + both[len(chips) :]) / np.float32(2)
    return mean


def _decode(image: bytes) -> tuple[np.ndarray, int, int]:
    try:
        with Image.open(io.BytesIO(image), formats=("JPEG", "PNG")) as opened:
            width, height = opened.size
            turned = opened.getexif().get(0x0112) if opened.format != "PNG" else None
            opened.draft("RGB", (_LONG_SIDE, _LONG_SIDE))
            opened.thumbnail((_LONG_SIDE, _LONG_SIDE), Image.Resampling.BILINEAR, reducing_gap=2.0)
            picture = ImageOps.exif_transpose(opened) if turned else opened
            pixels = np.array(picture.convert("RGB"))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ImageFormatError(str(error)) from None
    if turned in (5, 6, 7, 8):
        width, height = height, width
    return pixels, width, height


def _face(pixels: np.ndarray, box: Any, score: float, shape: Any, descriptor: np.ndarray) -> FoundFace:
    rows, columns = pixels.shape[:2]
    points = [(point.x / columns, point.y / rows) for point in shape.parts()]
    # The predictor's five points: outer and inner corner of the eye on the picture's right, then left, then the nose.
    eyes = {"eyeRight": _middle(points[0], points[1]), "eyeLeft": _middle(points[2], points[3])}
    if eyes["eyeLeft"][0] > eyes["eyeRight"][0]:  # Rekognition's left eye is the one on the left of the picture
        eyes = {"eyeLeft": eyes["eyeRight"], "eyeRight": eyes["eyeLeft"]}
    slope = (eyes["eyeRight"][1] - eyes["eyeLeft"][1]) * rows, (eyes["eyeRight"][0] - eyes["eyeLeft"][0]) * columns
    crop = pixels[max(0, box.top()) : max(1, box.bottom()), max(0, box.left()) : max(1, box.right())].mean(axis=2)
    return FoundFace(
        left=box.left() / columns,
        top=box.top() / rows,
        width=box.width() / columns,
        height=box.height() / rows,
        score=float(score),
        landmarks={**eyes, "nose": points[4]},
        roll=math.degrees(math.atan2(*slope)),
        brightness=float(crop.mean() / 2.55) if crop.size else 0.0,
        sharpness=_sharpness(crop),
        descriptor=descriptor.tobytes(),
    )


def _middle(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2


def _sharpness(crop: np.ndarray) -> float:
    """Mean gradient of the face as 0 to 100: comparable between faces, not with Rekognition's own figure."""
    if min(crop.shape) < 2:
        return 0.0
    down, across = np.gradient(crop)
    return float(min(100.0, np.hypot(down, across).mean() * 8))
