"""dlib's recogniser: its predictor places a face's eyes and nose in a closeup, its ResNet describes it."""

from pathlib import Path
from typing import Any, NamedTuple

import dlib
import numpy as np
from PIL import Image

from local.rekognition.closeup import Closeup, Detection
from local.rekognition.descriptor import Descriptor
from local.rekognition.likeness import Vector

Point = tuple[float, float]


class Recognised(NamedTuple):
    """A face: points in pixels of the picture, left and right as on the upright face in the picture; its descriptor."""

    left_eye: Point
    right_eye: Point
    nose: Point
    descriptor: Vector


class Recogniser:
    """Both networks, from the folder of dlib's weights."""

    def __init__(self, models: Path):
        self.predictor = dlib.shape_predictor(str(models / "shape_predictor_5_face_landmarks.dat"))
        self.descriptor = Descriptor(models / "dlib_face_recognition_resnet_model_v1.dat")

    def recognise(self, picture: Image.Image, found: list[Detection], closeups: list[Closeup]) -> list[Recognised]:
        """Eyes, nose and descriptor of each face of a picture."""
        del picture, found  # all is in the closeups
        shapes = [self._landmarks(shown) for shown in closeups]
        chips = [self.descriptor.align(shown.pixels, [shape])[0] for shown, shape in zip(closeups, shapes, strict=True)]
        return [
            Recognised(*_points(shown, shape), vector)
            for shown, shape, vector in zip(closeups, shapes, self._describe(chips), strict=True)
        ]

    def _landmarks(self, shown: Closeup) -> Any:
        first, last = shown.margin, shown.margin + shown.side - 1
        return self.predictor(shown.pixels, dlib.rectangle(first, first, last, last))

    def _describe(self, chips: list[np.ndarray]) -> Vector:
        """Descriptors, (n, 128) float32, of aligned faces: each the mean of the face's and of its mirror image's.

        That tells people apart better than either (docs/rekognition.md).
        """
        mirrored = [np.ascontiguousarray(chip[:, ::-1]) for chip in chips]
        both: Vector = self.descriptor.describe(chips + mirrored)
        mean: Vector = (both[: len(chips)] + both[len(chips) :]) / np.float32(2)
        return mean


def _points(shown: Closeup, shape: Any) -> tuple[Point, Point, Point]:
    points = [shown.place(point.x + 0.5, point.y + 0.5) for point in shape.parts()]
    # The predictor's five points: outer and inner corner of the eye on the picture's right, then left, then the nose.
    return _middle(points[2], points[3]), _middle(points[0], points[1]), points[4]


def _middle(a: Point, b: Point) -> Point:
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
