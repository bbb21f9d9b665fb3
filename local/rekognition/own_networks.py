"""The networks of the owner's engine (`own_engine`), on onnxruntime, in the workers."""

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from local.rekognition import closeup
from local.rekognition.closeup import Closeup, Detection
from local.rekognition.detector import distinct
from local.rekognition.likeness import Vector
from local.rekognition.networks import open_network
from local.rekognition.own_engine import DetectorFiles, Input, OwnEngine, OwnEngineError
from local.rekognition.recogniser import Recognised

# The sides of what a network of any size takes are multiples of this.
_MULTIPLE = 32
_BATCH = 16


class OwnDetector:
    """Finds faces by a network that gives boxes (n, 4: left, top, right, bottom), scores (n) and points (n, 5, 2 or
    n, 10: x, y), in pixels of what it takes. A leading dimension of 1 is allowed; boxes may overlap."""

    def __init__(self, files: DetectorFiles):
        self._files = files
        self._network = _Network(files.input)
        self._network.check_outputs(files.outputs.values())
        sides = files.input.size * 3 // 4, files.input.size
        self.find(np.random.default_rng(0).integers(0, 256, (*sides, 3), dtype=np.uint8))

    def long_side(self, picture: int) -> int:
        """The long side, in pixels, of the copy that is searched of a picture, whatever its own."""
        return self._files.input.size

    def find(self, pixels: np.ndarray) -> list[Detection]:
        """The faces of a picture, (height, width, 3) uint8 in RGB, surest first."""
        names = self._files.outputs
        found = self._network.run(self._padded(pixels), [names["boxes"], names["scores"], names["points"]])
        boxes, scores, points = self._shaped(found)
        sure = scores >= self._files.min_score
        boxes, scores, points = boxes[sure], scores[sure], points[sure][:, list(self._files.order)]
        low, high = boxes[:, :2], boxes[:, 2:]
        middle, size = (low + high) / 2, high - low
        return [
            Detection(
                float(middle[face, 0]),
                float(middle[face, 1]),
                float(size[face, 0]),
                float(size[face, 1]),
                float(scores[face]),
                points[face],
            )
            for face in distinct(low, high, scores)
        ]

    def _padded(self, pixels: np.ndarray) -> np.ndarray:
        """The picture at the top left of what the network takes."""
        height, width = self._network.sides(pixels.shape[0], pixels.shape[1])
        padded = np.zeros((1, height, width, 3), dtype=np.uint8)
        padded[0, : pixels.shape[0], : pixels.shape[1]] = pixels
        return padded

    def _shaped(self, found: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        boxes, scores, points = found
        count = scores.size
        if boxes.size != 4 * count or points.size != 10 * count:
            shapes = ", ".join(str(array.shape) for array in found)
            raise OwnEngineError(
                f"{self._files.input.file} isn't a detector: for n faces, boxes, scores and points must have 4n, n and"
                f" 10n numbers, but their shapes are {shapes}"
            )
        return boxes.reshape(count, 4), scores.reshape(count), points.reshape(count, 5, 2)


class OwnRecogniser:
    """Describes faces by a network that takes each with its five points in fixed places."""

    def __init__(self, own: OwnEngine):
        self._places = np.array(own.points, dtype=np.float64)
        self._files = own.recogniser
        self._length = own.likeness.dimensions
        self._network = _Network(own.recogniser)
        noise = np.random.default_rng(0).integers(0, 256, (2, self._files.size, self._files.size, 3), dtype=np.uint8)
        one, other = self._describe(list(noise))
        if np.array_equal(one, other):
            raise OwnEngineError(f"{self._files.file} gives the same descriptor for every picture")

    def recognise(self, picture: Image.Image, found: list[Detection], closeups: list[Closeup]) -> list[Recognised]:
        """Where the eyes and the nose of each face are in the picture, and its descriptor, of length 1."""
        size = self._files.size
        chips = [closeup.align(picture, face.points, self._places, size) for face in found]
        return [
            Recognised(tuple(face.points[0]), tuple(face.points[1]), tuple(face.points[2]), descriptor)
            for face, descriptor in zip(found, self._describe(chips), strict=True)
        ]

    def _describe(self, chips: list[np.ndarray]) -> list[Vector]:
        described: list[Vector] = []
        step = _BATCH if self._network.takes_many else 1
        for start in range(0, len(chips), step):
            batch = chips[start : start + step]
            (found,) = self._network.run(np.stack(batch))
            if found.size != len(batch) * self._length:
                raise OwnEngineError(
                    f"{self._files.file} gives {found.size // len(batch)} numbers for a face, but the description says"
                    f" {self._length}"
                )
            rows = found.reshape(len(batch), self._length).astype(np.float32)
            lengths = np.linalg.norm(rows, axis=1, keepdims=True)
            if not lengths.all():
                raise OwnEngineError(f"{self._files.file} gives only zeros")
            described += list(rows / lengths)
        return described


class _Network:
    """A network that takes one batch of pictures, (n, 3, height, width) float32."""

    def __init__(self, files: Input):
        self._files = files
        self._mean = np.array(files.mean, dtype=np.float32)
        try:
            self._session: Any = open_network(Path(files.file).read_bytes())
        except Exception as error:  # onnxruntime's errors have no common class
            raise OwnEngineError(f"{files.file} can't be loaded: {str(error).splitlines()[0]}") from None
        inputs = self._session.get_inputs()
        shape = inputs[0].shape if len(inputs) == 1 else []
        if len(shape) != 4 or shape[1] not in (3, None) or inputs[0].type != "tensor(float)":
            shapes = ", ".join(f"{taken.shape} of {taken.type}" for taken in inputs)
            raise OwnEngineError(
                f"{files.file} must take pictures as (n, 3, height, width) of tensor(float), but takes {shapes}"
            )
        self._name = inputs[0].name
        self._shape = shape

    @property
    def takes_many(self) -> bool:
        """Whether it takes several pictures at once."""
        return bool(self._shape[0] != 1)

    def sides(self, height: int, width: int) -> tuple[int, int]:
        """The height and width that a picture is padded to."""
        wanted = [
            side if isinstance(side, int) else -(-given // _MULTIPLE) * _MULTIPLE
            for side, given in zip(self._shape[2:], (height, width), strict=True)
        ]
        if wanted[0] < height or wanted[1] < width:
            raise OwnEngineError(
                f"{self._files.file} takes pictures of {wanted[1]}x{wanted[0]} pixels: `size` must be no larger"
            )
        return wanted[0], wanted[1]

    def check_outputs(self, names: Any) -> None:
        """Raise ``OwnEngineError`` where an output isn't there."""
        there = [made.name for made in self._session.get_outputs()]
        if missing := sorted(set(names) - set(there)):
            raise OwnEngineError(f"{self._files.file} has no output {missing[0]}; it has {', '.join(there)}")

    def run(self, pictures: np.ndarray, outputs: list[str] | None = None) -> list[np.ndarray]:
        """Outputs for pictures, (n, height, width, 3) uint8 in RGB; the first output where none is named."""
        ordered = pictures if self._files.channels == "RGB" else pictures[..., ::-1]
        data = (ordered.astype(np.float32) - self._mean) * np.float32(self._files.scale)
        data = np.ascontiguousarray(data.transpose(0, 3, 1, 2))
        wanted = outputs or [self._session.get_outputs()[0].name]
        try:
            found: list[np.ndarray] = self._session.run(wanted, {self._name: data})
        except Exception as error:  # as above
            size = f"{data.shape[3]}x{data.shape[2]}"
            raise OwnEngineError(
                f"{self._files.file} can't work on a picture of {size} pixels: {str(error).splitlines()[0]}"
            ) from None
        if not all(np.isfinite(array).all() for array in found):
            raise OwnEngineError(f"{self._files.file} gives values that aren't numbers")
        return found
