"""DetectLabels, with the owner's image classifier: `labels.onnx`, and its classes in `labels.txt`, one per line.

The model takes one picture, (1, 3, height, width) or (1, height, width, 3) float32, scaled and cut to its size and
normalised by ImageNet's mean and deviation, and gives a score for each class: probabilities, or numbers that a
softmax turns into them.
"""

import functools
import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps

MODEL = "labels.onnx"
NAMES = "labels.txt"
_SIDE = 224  # for a model that takes any size
_MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32)
_DEVIATION = np.array([0.229, 0.224, 0.225], dtype=np.float32)


class LabelModelError(Exception):
    """The owner's model can't be used; the message names the file and says why."""


def classify(folder: Path, image: bytes) -> list[tuple[str, float]]:
    """Labels of a picture, surest first: name and confidence, 0 to 100. Raises ``LabelModelError``."""
    session, names = _load(folder)
    name, channels_last, size = _input(session, folder)
    with Image.open(io.BytesIO(image)) as opened:
        picture = ImageOps.fit(ImageOps.exif_transpose(opened).convert("RGB"), size, Image.Resampling.BILINEAR)
    pixels = (np.asarray(picture, dtype=np.float32) / 255 - _MEAN) / _DEVIATION
    scores = session.run(None, {name: (pixels if channels_last else pixels.transpose(2, 0, 1))[None]})[0].ravel()
    if len(scores) != len(names):
        raise LabelModelError(f"{folder / NAMES} names {len(names)} classes, but {MODEL} gives {len(scores)} scores")
    if scores.min() < 0 or abs(scores.sum() - 1) > 0.01:
        scores = np.exp(scores - scores.max())
        scores = scores / scores.sum()
    return [(names[place], 100.0 * float(scores[place])) for place in np.argsort(-scores, kind="stable")]


def _input(session: Any, folder: Path) -> tuple[str, bool, tuple[int, int]]:
    """The name of the model's input, whether its channels come last, and its width and height."""
    inputs = session.get_inputs()
    if len(inputs) != 1 or len(inputs[0].shape) != 4:
        shapes = ", ".join(str(taken.shape) for taken in inputs)
        raise LabelModelError(f"{folder / MODEL} must take one picture, in four dimensions, but takes {shapes}")
    shape = inputs[0].shape
    channels_last = shape[-1] == 3
    height, width = (side if isinstance(side, int) else _SIDE for side in (shape[1:3] if channels_last else shape[2:4]))
    return inputs[0].name, channels_last, (width, height)


@functools.lru_cache(maxsize=1)
def _load(folder: Path) -> tuple[Any, list[str]]:
    import onnxruntime  # only workers load it, see the engine

    try:
        names = [line.strip() for line in (folder / NAMES).read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise LabelModelError(f"{folder / NAMES} can't be read: {error}") from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(str(folder / MODEL), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors have no common class
        raise LabelModelError(f"{folder / MODEL} can't be loaded: {str(error).splitlines()[0]}") from None
    return session, names
