"""dlib's face descriptor on onnxruntime: the very same network and weights, several times as fast.

dlib runs its ResNet without a BLAS. The weights are read out of its model file when a worker starts and put into an
ONNX graph in memory; nothing is converted in advance or kept. The network is the one declared in dlib's example
`dnn_face_recognition_ex.cpp` (anet_type): http://dlib.net/dnn_face_recognition_ex.cpp.html
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dlib
import numpy as np
from onnx import NodeProto, TensorProto, helper, numpy_helper

from local.rekognition.networks import open_network

_CHIP_SIDE = 150
_PADDING = 0.25
# Of the convolutions after the first: output channels of each residual block, from the input on; True where the block
# halves the picture.
_BLOCKS = (
    *[(32, False)] * 3,
    *[(64, True), (64, False), (64, False), (64, False)],
    *[(128, True), (128, False), (128, False)],
    *[(256, True), (256, False), (256, False)],
    (256, True),
)
# So many faces at once keep memory small; more would be no faster.
_BATCH = 16
# dlib's input_rgb_image subtracts these means of red, green and blue, and divides by 256.
_MEANS = np.array([122.782, 117.001, 104.298], dtype=np.float32)


class ModelFileError(ValueError):
    """The file is not dlib's face recognition model."""


class Descriptor:
    """The network, on one core."""

    def __init__(self, model_file: Path):
        self._session = open_network(_graph(model_file.read_bytes()))

    @staticmethod
    def align(pixels: np.ndarray, shapes: list[Any]) -> list[np.ndarray]:
        """Each face of a picture, given by its landmarks, cut out and turned upright: what `describe` expects."""
        return [dlib.get_face_chip(pixels, shape, size=_CHIP_SIDE, padding=_PADDING) for shape in shapes]

    def describe(self, chips: list[np.ndarray]) -> np.ndarray:
        """Descriptors, (n, 128) float32, of aligned faces, each (150, 150, 3) uint8 in RGB."""
        found = np.empty((len(chips), 128), dtype=np.float32)
        for start in range(0, len(chips), _BATCH):
            batch = (np.stack(chips[start : start + _BATCH]).astype(np.float32) - _MEANS) / 256.0
            inputs = {"chips": np.ascontiguousarray(batch.transpose(0, 3, 1, 2))}
            (found[start : start + _BATCH],) = self._session.run(None, inputs)
        return found


def _graph(model: bytes) -> bytes:
    """The network as a serialised ONNX model, each affine layer folded into the convolution before it."""
    convolutions = _convolutions(model)
    nodes: list[NodeProto] = []
    weights: list[TensorProto] = []

    def constant(name: str, values: np.ndarray) -> str:
        weights.append(numpy_helper.from_array(values, name))
        return name

    def add(kind: str, *inputs: str, **attributes: Any) -> str:
        name = f"{kind.lower()}{len(nodes)}"
        nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def convolution(data: str, channels: int, kernel: int, stride: int) -> str:
        parameters, gamma, beta = next(convolutions)
        filters = parameters[:-channels].reshape(channels, -1, kernel, kernel) * gamma[:, None, None, None]
        bias = parameters[-channels:] * gamma + beta
        number = len(nodes)
        padding = kernel // 2 if stride == 1 else 0
        names = constant(f"filters{number}", filters), constant(f"bias{number}", bias)
        return add("Conv", data, *names, strides=[stride] * 2, pads=[padding] * 4)

    def padded(data: str, channels: int, pixels: int) -> str:
        """``data`` with zeros after its channels, rows and columns."""
        if not channels and not pixels:
            return data
        amounts = np.array([0, 0, 0, 0, 0, channels, pixels, pixels], dtype=np.int64)
        return add("Pad", data, constant(f"pads{len(nodes)}", amounts))

    data = add("Relu", convolution("chips", 32, 7, 2))
    data = add("MaxPool", data, kernel_shape=[3, 3], strides=[2, 2])
    side = ((_CHIP_SIDE - 7) // 2 + 1 - 3) // 2 + 1
    width = 32
    for channels, halves in _BLOCKS:
        inner = add("Relu", convolution(data, channels, 3, 2 if halves else 1))
        inner = convolution(inner, channels, 3, 1)
        if halves:
            # The sum of two tensors of unlike shape is as large as the larger in each dimension.
            pooled, convolved = (side - 2) // 2 + 1, (side - 3) // 2 + 1
            data = add("AveragePool", data, kernel_shape=[2, 2], strides=[2, 2])
            side = pooled
            inner = padded(inner, 0, pooled - convolved)
        data = padded(data, channels - width, 0)
        data = add("Relu", add("Add", inner, data))
        width = channels
    data = add("Flatten", add("GlobalAveragePool", data))
    nodes.append(helper.make_node("MatMul", [data, constant("last", _last_layer(model))], ["descriptors"]))
    graph = helper.make_graph(
        nodes,
        "dlib_face_recognition_resnet_model_v1",
        [helper.make_tensor_value_info("chips", TensorProto.FLOAT, ["n", 3, _CHIP_SIDE, _CHIP_SIDE])],
        [helper.make_tensor_value_info("descriptors", TensorProto.FLOAT, ["n", 128])],
        weights,
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    serialised: bytes = made.SerializeToString()
    return serialised


def _convolutions(model: bytes) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Parameters (filters, then biases), gamma and beta of each convolution and its affine layer, from the input on."""
    position = 0
    for _ in range(1 + 2 * len(_BLOCKS)):
        parameters, position = _tensor(model, b"\x05con_4", position)
        affine, position = _tensor(model, b"\x07affine_", position)
        gamma, beta = np.split(affine, 2)
        yield parameters.ravel(), gamma.ravel(), beta.ravel()


def _last_layer(model: bytes) -> np.ndarray:
    """The last layer's weights, (256, 128); it names its 128 outputs and 256 inputs before them."""
    return _tensor(model, b"\x04fc_2\x01\x80\x02\x00\x01", 0)[0].reshape(256, 128)


def _tensor(model: bytes, layer: bytes, start: int) -> tuple[np.ndarray, int]:
    """The parameters of the next layer of a kind from ``start`` on, and where they end.

    dlib writes a tensor as its version, 2, four dimensions, and little-endian floats; a whole number as the count of
    its bytes, then these, the lowest first. (dlib/dnn/tensor.h, dlib/serialize.h)
    """
    position = model.find(layer, start)
    if position < 0:
        raise ModelFileError(f"the model has no further layer {layer!r}")
    position += len(layer)
    numbers = []
    for _ in range(5):
        end = position + 1 + int.from_bytes(model[position : position + 1])
        numbers.append(int.from_bytes(model[position + 1 : end], "little"))
        position = end
    version, *shape = numbers
    end = position + 4 * int(np.prod(shape))
    if version != 2 or end > len(model):
        raise ModelFileError("the model's tensors are written in an unknown way")
    return np.frombuffer(model[position:end], dtype="<f4"), end
