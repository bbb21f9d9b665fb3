"""The face engine on one core: descriptors against dlib's own, and whole 12-megapixel photos against the calls that the
`face_recognition` library makes for `face_locations` and `face_encodings` with their defaults. Seconds are
CPU seconds, so it may run on a busy machine."""

import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dlib
import numpy as np
from PIL import Image, ImageOps

from bench import workplace
from local.rekognition import engine

PHOTOS = workplace.ROOT.parent / "shared" / "photos"
WHOLE = 12


def run() -> list[str]:
    """Lines of the report."""
    return _descriptors() + _whole_photos()


def _sources() -> tuple[str, list[Path]]:
    if PHOTOS.is_dir():
        return "the photos for evaluation", sorted(PHOTOS.rglob("*.jpg"))
    folders = workplace.sample_folders()
    return "the tests' photos", sorted(path for folder in folders for path in folder.glob("*.jpg"))


def _descriptors() -> list[str]:
    name, paths = _sources()
    recogniser = engine.load_models().recogniser
    predictor, descriptor = recogniser.predictor, recogniser.descriptor
    detector = dlib.get_frontal_face_detector()
    peer = dlib.face_recognition_model_v1(str(_weights("dlib_face_recognition_resnet_model_v1.dat")))

    def theirs_of(pixels: np.ndarray, shapes: list) -> list:
        return [peer.compute_face_descriptor(pixels, shape) for shape in shapes]

    def ours_of(pixels: np.ndarray, shapes: list) -> np.ndarray:
        return descriptor.describe(descriptor.align(pixels, shapes))

    theirs, ours = [], []
    their_seconds = our_seconds = 0.0
    for path in paths:
        pixels = np.array(ImageOps.exif_transpose(Image.open(path)).convert("RGB"))
        shapes = [predictor(pixels, box) for box in detector(pixels, 0)]
        seconds, found = _timed(theirs_of, pixels, shapes)
        their_seconds += seconds
        theirs += [np.array(one, dtype=np.float32) for one in found]
        seconds, found = _timed(ours_of, pixels, shapes)
        our_seconds += seconds
        ours += list(found)
    difference = np.abs(_distances(np.array(theirs)) - _distances(np.array(ours))).max()
    count = len(ours)
    return [
        f"descriptors of {count} faces in {name}, one core:",
        f"  kinpics            {count / our_seconds:6.1f} faces/s",
        f"  dlib               {count / their_seconds:6.1f} faces/s   -> kinpics {their_seconds / our_seconds:.1f}x",
        f"  distance between any two faces: differs by {difference:.0e} at most",
    ]


def _whole_photos() -> list[str]:
    photos = _large_photos()
    detector = dlib.get_frontal_face_detector()
    predictor = dlib.shape_predictor(str(_weights("shape_predictor_68_face_landmarks.dat")))
    describer = dlib.face_recognition_model_v1(str(_weights("dlib_face_recognition_resnet_model_v1.dat")))

    def library(photo: bytes) -> int:
        pixels = np.array(Image.open(io.BytesIO(photo)).convert("RGB"))
        boxes = detector(pixels, 1)
        return len([describer.compute_face_descriptor(pixels, predictor(pixels, box), 1) for box in boxes])

    our_seconds, ours = _timed(lambda: sum(len(engine.analyse(photo).faces) for photo in photos))
    their_seconds, theirs = _timed(lambda: sum(library(photo) for photo in photos))
    return [
        f"whole photos of 12 MP, {len(photos)} of them, one core:",
        f"  kinpics            {len(photos) / our_seconds:6.2f} photos/s, {ours} faces found",
        f"  face_recognition   {len(photos) / their_seconds:6.2f} photos/s, {theirs} faces found"
        f"   -> kinpics {their_seconds / our_seconds:.1f}x",
    ]


def _large_photos() -> list[bytes]:
    """Photos with faces, enlarged to 12 megapixels."""
    _, paths = _sources()
    groups = [path for path in paths if path.parent.name == "group"] or paths
    photos = []
    for number in range(WHOLE):
        image = Image.open(groups[number % len(groups)]).convert("RGB")
        scale = (12e6 / (image.width * image.height)) ** 0.5
        out = io.BytesIO()
        image.resize((round(image.width * scale), round(image.height * scale))).save(out, "JPEG", quality=90)
        photos.append(out.getvalue())
    return photos


def _timed(work: Callable[..., Any], *arguments: Any) -> tuple[float, Any]:
    """CPU seconds of this process, and the result."""
    start = time.process_time()
    result = work(*arguments)
    return time.process_time() - start, result


def _distances(descriptors: np.ndarray) -> np.ndarray:
    squares = (descriptors.astype(np.float64) ** 2).sum(axis=1)
    products = descriptors.astype(np.float64) @ descriptors.astype(np.float64).T
    return np.sqrt(np.maximum(squares[:, None] + squares[None] - 2 * products, 0))


def _weights(name: str) -> Path:
    return engine.models_folder() / name
