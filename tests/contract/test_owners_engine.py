"""The networks that come with the project, described as an engine of the owner's: they find and tell apart the same."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from PIL import Image, ImageOps

from local.rekognition import engine, own_engine
from local.rekognition.descriptor import _graph
from local.rekognition.detector import Detector
from local.rekognition.engine import Models, _find, detector_file, models_folder
from local.rekognition.likeness import Vector
from local.rekognition.own_networks import OwnDetector, OwnRecogniser

SIDE = 640
# Where CenterFace's points lie in the chips that dlib's network takes, on average.
DESCRIPTION = f"""
[detector]
file = "centerface.onnx"
size = {SIDE}
channels = "RGB"
outputs = {{ boxes = "boxes", scores = "537", points = "points" }}
min_score = 0.4

[recogniser]
file = "dlib.onnx"
size = 150
channels = "RGB"
mean = [122.782, 117.001, 104.298]
scale = 0.00390625
points = [[46.7, 46.8], [103.8, 46.6], [74.2, 79.7], [50.0, 104.9], [98.5, 104.5]]
length = 128

[similarity]
middle = 0.4
steepness = 60
"""


def centerface() -> bytes:
    """CenterFace for one picture of fixed size, with boxes and points worked out by nodes of its own."""
    model = onnx.load(str(detector_file()))
    cells = SIDE // 4
    rows, columns = np.divmod(np.arange(cells * cells), cells)
    constants: dict[str, np.ndarray] = {
        "grid": np.stack([columns, rows], 1).astype(np.float32) + np.float32(0.5),
        "cell": np.float32(4),
        "half": np.float32(0.5),
        "swap": np.array([1, 0]),
        "pairs": np.array([-1, 2]),
        "fives": np.array([-1, 5, 2]),
        "ones": np.array([-1, 1, 2]),
    }
    nodes: list[Any] = []

    def add(kind: str, *inputs: str, **attributes: Any) -> str:
        name = f"made{len(nodes)}"
        nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def of_cells(output: str, shape: str, axis: int) -> str:
        """What is said of each cell, as x and y."""
        return add("Gather", add("Reshape", add("Transpose", output, perm=[0, 2, 3, 1]), shape), "swap", axis=axis)

    size = add("Mul", add("Exp", of_cells("538", "pairs", 1)), "cell")
    middle = add("Mul", add("Add", "grid", of_cells("539", "pairs", 1)), "cell")
    low = add("Sub", middle, add("Mul", size, "half"))
    nodes.append(helper.make_node("Concat", [low, add("Add", low, size)], ["boxes"], axis=1))
    places = add("Mul", of_cells("540", "fives", 2), add("Reshape", size, "ones"))
    nodes.append(helper.make_node("Add", [add("Reshape", low, "ones"), places], ["points"]))
    graph = helper.make_graph(
        [*model.graph.node, *nodes],
        "centerface",
        [helper.make_tensor_value_info("input.1", TensorProto.FLOAT, [1, 3, SIDE, SIDE])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in ("boxes", "537", "points")],
        [*model.graph.initializer, *(numpy_helper.from_array(np.asarray(v), name) for name, v in constants.items())],
    )
    made: bytes = helper.make_model(graph, opset_imports=model.opset_import, ir_version=8).SerializeToString()
    return made


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Models:
    folder = tmp_path_factory.mktemp("engine")
    (folder / "engine.toml").write_text(DESCRIPTION, encoding="utf-8")
    (folder / "centerface.onnx").write_bytes(centerface())
    weights = models_folder() / "dlib_face_recognition_resnet_model_v1.dat"
    (folder / "dlib.onnx").write_bytes(_graph(weights.read_bytes()))
    own = own_engine.read(folder)
    assert own is not None
    assert own.detector is not None
    return Models(OwnDetector(own.detector), OwnRecogniser(own))


def test_the_same_faces_are_found(models: Models, with_faces: list[Path]) -> None:
    shipped = Detector(detector_file())
    for path in with_faces:
        pixels = np.asarray(ImageOps.exif_transpose(Image.open(path)).convert("RGB").resize((640, 480)))
        # The shipped detector isn't padded to a square, so its picture ends elsewhere.
        square = np.zeros((SIDE, SIDE, 3), np.uint8)
        square[:480] = pixels
        found, expected = models.detector.find(pixels), [face for face in shipped.find(square) if face.score >= 0.4]
        assert expected, path.name
        assert [face.score for face in found] == pytest.approx([face.score for face in expected], abs=1e-4)
        for one, other in zip(found, expected, strict=True):
            assert (one.x, one.y, one.width, one.height) == pytest.approx(
                (other.x, other.y, other.width, other.height), abs=0.05
            )
            assert one.points == pytest.approx(other.points, abs=0.05)


def test_people_are_told_apart(models: Models, demo_folders: list[Path]) -> None:
    def describe(name: str) -> Vector:
        (path,) = (path for folder in demo_folders for path in folder.glob(name))
        picture, _, _ = engine._decode(path.read_bytes())
        face = max(_find(models.detector, picture, max(picture.size)), key=lambda face: face.width)
        (recognised,) = models.recogniser.recognise(picture, [face], [])
        descriptor: Vector = recognised.descriptor
        return descriptor

    one, same, other = describe("obama.jpg"), describe("obama2.jpg"), describe("biden.jpg")
    assert np.linalg.norm(one - same) < np.linalg.norm(one - other)
