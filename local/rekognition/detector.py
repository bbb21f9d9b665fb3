"""The face detector: CenterFace's network on onnxruntime. It sees faces of 15 pixels, and faces that are turned.

The network is at its largest where the picture still is: its first layers make 96 channels of half the picture's size.
These layers look at no more than a few pixels around, so they run in strips that overlap, one after the other, with the
very same result; run whole, they would take 250 MB more. Paper and model: https://arxiv.org/abs/1911.03599
"""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper

from local.rekognition.closeup import Detection
from local.rekognition.networks import open_network

# Below this score most finds are no faces; see docs/rekognition.md.
MIN_SCORE = 0.4
# Two finds that overlap by more than this share of both are one face.
_MAX_OVERLAP = 0.3
# The long side of the copy that is searched: of a picture with a longer side than the second it is the third, because
# small faces would be too small in it. docs/rekognition.md has the figures.
_LONG_SIDE, _LARGE_PICTURE, _LONG_SIDE_OF_LARGE = 1280, 5000, 1600
# Names in the model file.
_PICTURE, _QUARTER, _EIGHTH = "input.1", "387", "413"
_SCORES, _SIZES, _OFFSETS, _POINTS = _OUTPUTS = ("537", "538", "539", "540")
_CHANNELS = {_PICTURE: 3, _QUARTER: 24, _EIGHTH: 32}
# The sides of what the network takes are multiples of this.
_MULTIPLE = 32
# What its outputs are, in pixels of the picture.
_CELL = 4
# Rows of the picture in a strip.
_STRIP = 64
# How many more rows, of what it takes, the network's first and second part need on both sides: each looks 9 rows around
# at most, and an output row must stay whole.
_MARGIN = 16


class Detector:
    """The network, on one core. ``strip`` is a multiple of 32, and changes nothing in what is found."""

    def __init__(self, model_file: Path, strip: int = _STRIP):
        self._strip = strip
        model = onnx.load(str(model_file))
        made = [node.output[0] for node in model.graph.node]
        first, second = made.index(_QUARTER) + 1, made.index(_EIGHTH) + 1
        self._first = _session(model, slice(0, first), [_PICTURE], [_QUARTER])
        self._second = _session(model, slice(first, second), [_QUARTER], [_EIGHTH])
        self._rest = _session(model, slice(second, None), [_QUARTER, _EIGHTH], list(_OUTPUTS))

    @staticmethod
    def long_side(picture: int) -> int:
        """The long side, in pixels, of the copy that is searched of a picture with this long side."""
        return _LONG_SIDE if picture <= _LARGE_PICTURE else _LONG_SIDE_OF_LARGE

    def find(self, pixels: np.ndarray) -> list[Detection]:
        """The faces of a picture, (height, width, 3) uint8 in RGB, surest first."""
        scores, sizes, offsets, points = (output[0] for output in self._run(pixels))
        rows, columns = np.nonzero(scores[0] >= MIN_SCORE)
        score = scores[0, rows, columns]
        height, width = np.exp(sizes[:, rows, columns]) * _CELL
        y = (rows + offsets[0, rows, columns] + 0.5) * _CELL
        x = (columns + offsets[1, rows, columns] + 0.5) * _CELL
        # Points are fractions of the box, each as y and x.
        places = points[:, rows, columns].T.reshape(-1, 5, 2)[:, :, ::-1]
        corner, size = np.stack([x - width / 2, y - height / 2], 1), np.stack([width, height], 1)
        where = corner[:, None] + places * size[:, None]
        return [
            Detection(
                float(x[face]), float(y[face]), float(width[face]), float(height[face]), float(score[face]), where[face]
            )
            for face in distinct(corner, corner + size, score)
        ]

    def _run(self, pixels: np.ndarray) -> Any:
        height, width = (-(-side // _MULTIPLE) * _MULTIPLE for side in pixels.shape[:2])
        padded = np.zeros((1, 3, height, width), dtype=np.uint8)
        padded[0, :, : pixels.shape[0], : pixels.shape[1]] = pixels.transpose(2, 0, 1)
        quarter = _in_strips(self._first, padded, _CHANNELS[_QUARTER], 4, self._strip)
        eighth = _in_strips(self._second, quarter, _CHANNELS[_EIGHTH], 2, self._strip // 4)
        return self._rest.run(None, {_QUARTER: quarter, _EIGHTH: eighth})


def _session(model: Any, part: slice, inputs: list[str], outputs: list[str]) -> Any:
    """Some nodes of a model as a network of their own, for pictures of any size."""
    nodes = model.graph.node[part]
    needed = {name for node in nodes for name in node.input}
    graph = helper.make_graph(
        nodes,
        "centerface",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, _CHANNELS[name], None, None]) for name in inputs],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        [weights for weights in model.graph.initializer if weights.name in needed],
    )
    made = helper.make_model(graph, opset_imports=model.opset_import, ir_version=8)
    return open_network(made.SerializeToString())


def _in_strips(network: Any, data: np.ndarray, channels: int, shrinks: int, rows: int) -> np.ndarray:
    """What a network makes of ``data``, (1, channels, rows, columns), ``rows`` of it at a time."""
    _, _, height, width = data.shape
    (name,) = (taken.name for taken in network.get_inputs())
    made = np.empty((1, channels, height // shrinks, width // shrinks), dtype=np.float32)
    for top in range(0, height, rows):
        start, bottom = max(0, top - _MARGIN), min(height, top + rows)
        strip = np.ascontiguousarray(data[:, :, start : bottom + _MARGIN], dtype=np.float32)
        (found,) = network.run(None, {name: strip})
        made[:, :, top // shrinks : bottom // shrinks] = found[
            :, :, (top - start) // shrinks : (bottom - start) // shrinks
        ]
    return made


def distinct(low: np.ndarray, high: np.ndarray, scores: np.ndarray) -> list[int]:
    """Boxes, given by their corners, (n, 2) each, without those that overlap a surer one; surest first."""
    areas = np.prod(high - low, axis=1)
    left = np.argsort(-scores, kind="stable")
    kept = []
    while len(left):
        best, left = int(left[0]), left[1:]
        kept.append(best)
        shared = np.prod(
            np.clip(np.minimum(high[best], high[left]) - np.maximum(low[best], low[left]), 0, None), axis=1
        )
        left = left[shared / (areas[best] + areas[left] - shared) < _MAX_OVERLAP]
    return kept
