"""The owner's face engine: its description, networks made here, and faces of two engines in one folder."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from PIL import Image
from support import ColorEngine

from local.rekognition import engine, own_engine
from local.rekognition.closeup import align
from local.rekognition.engine import FoundFace
from local.rekognition.own_engine import OwnEngine, OwnEngineError
from local.rekognition.own_networks import OwnDetector, OwnRecogniser
from local.rekognition.service import Service
from local.rekognition.state import State

PLACES = [[10, 12], [22, 12], [16, 18], [11, 24], [21, 24]]
DESCRIPTION = f"""
[detector]
file = "detector.onnx"
size = 64
channels = "BGR"
outputs = {{ boxes = "boxes", scores = "scores", points = "points" }}

[recogniser]
file = "recogniser.onnx"
size = 32
channels = "RGB"
mean = [127.5, 127.5, 127.5]
scale = 0.0078125
points = {PLACES}
length = 3

[similarity]
middle = 0.5
steepness = 10
"""
# A face as the network below finds it in any picture, and a second that overlaps it and is less sure.
BOX = [8.0, 4.0, 40.0, 44.0]
POINTS = [[16, 16], [32, 16], [24, 24], [18, 34], [30, 34]]


def save(file: Path, shape: list[Any], outputs: dict[str, np.ndarray | None], more: list[Any] | None = None) -> None:
    """A network with these outputs: constants, or, for None, the mean of each channel of the picture."""
    nodes = [
        helper.make_node("ReduceMean", ["picture"], [name], axes=[2, 3], keepdims=0)
        if values is None
        else helper.make_node("Constant", [], [name], value=numpy_helper.from_array(np.asarray(values, np.float32)))
        for name, values in outputs.items()
    ]
    graph = helper.make_graph(
        [*nodes, *(more or [])],
        "small",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), str(file))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "engine.toml").write_text(DESCRIPTION, encoding="utf-8")
    save(
        tmp_path / "detector.onnx",
        [1, 3, 64, 64],
        {
            "boxes": np.array([BOX, [9.0, 5.0, 41.0, 45.0], [0.0, 0.0, 30.0, 30.0]]),
            "scores": np.array([[0.9, 0.8, 0.1]]),
            "points": np.array([POINTS] * 3).reshape(1, 3, 10),
        },
    )
    save(tmp_path / "recogniser.onnx", ["n", 3, 32, 32], {"descriptor": None})
    return tmp_path


def own_of(folder: Path) -> OwnEngine:
    own = own_engine.read(folder)
    assert own is not None
    return own


def test_a_folder_without_a_description_has_no_engine(tmp_path: Path) -> None:
    assert own_engine.read(tmp_path) is None


def test_faces_are_found_once_and_described(folder: Path) -> None:
    own = own_of(folder)
    engine.check(own)
    assert own.detector is not None
    (face,) = OwnDetector(own.detector).find(np.zeros((48, 64, 3), dtype=np.uint8))
    assert (face.x, face.y, face.width, face.height) == (24, 24, 32, 40)
    assert face.points.tolist() == POINTS
    red = Image.new("RGB", (64, 48), (255, 128, 0))
    (recognised,) = OwnRecogniser(own).recognise(red, [face], [])
    assert recognised.left_eye == (16, 16)
    # Red, green and blue in their order, and of length 1.
    assert recognised.descriptor == pytest.approx(np.array([1, 0, -1]) / 2**0.5, abs=0.02)


def test_a_face_is_moved_to_where_the_recogniser_wants_it() -> None:
    """A face that is turned by a quarter and three times as large."""
    picture = Image.new("RGB", (200, 200), "white")
    places = np.array(PLACES, dtype=float)
    turned = np.stack([150 - 3 * places[:, 1], 20 + 3 * places[:, 0]], axis=1)
    for x, y in turned:
        picture.paste((0, 0, 0), (round(x) - 4, round(y) - 4, round(x) + 5, round(y) + 5))
    chip = align(picture, turned, places, 32)
    assert chip.shape == (32, 32, 3)
    for x, y in PLACES:
        assert chip[y, x].max() < 60
    assert chip[4, 4].min() > 200


def replaced(old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        assert old in DESCRIPTION
        (folder / "engine.toml").write_text(DESCRIPTION.replace(old, new), encoding="utf-8")

    return change


def network(name: str, shape: list[Any], outputs: dict[str, np.ndarray | None]) -> Callable[[Path], None]:
    return lambda folder: save(folder / name, shape, outputs)


FOUND = {"boxes": np.zeros((2, 4)), "scores": np.zeros(2), "points": np.zeros((2, 10))}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            replaced("[recogniser]", "[recognizer]"),
            "recognizer is unknown; the names are detector, recogniser, similarity",
        ),
        (replaced("[similarity]\nmiddle = 0.5\nsteepness = 10\n", ""), "similarity is missing"),
        (replaced("length = 3", "length = 0"), "recogniser.length must be a number from 1 to 4096"),
        (replaced("length = 3", ""), "recogniser.length must be a number"),
        (replaced("length = 3", "length = true"), "recogniser.length must be a number"),
        (replaced("length = 3", "length = 3.5"), "recogniser.length must be a whole number"),
        (replaced("size = 64", "size = 1e300"), "detector.size must be a number from 16 to 4096"),
        (replaced("size = 32", "size = inf"), "recogniser.size must be a number from 16 to 4096"),
        (replaced("scale = 0.0078125", "scale = 1e300"), "recogniser.scale must be a number from 1e-06 to 1e+06"),
        (replaced("scale = 0.0078125", "scale = 0"), "recogniser.scale must be a number"),
        (replaced("[127.5, 127.5, 127.5]", "[0, 0, -inf]"), "recogniser.mean must be 3 numbers from -1e+06 to 1e+06"),
        (replaced("[10, 12]", "[nan, 12]"), "recogniser.points must be 5 lists of 2 numbers from -4096 to 4096"),
        (replaced(str(PLACES), str([[10, 12]] * 5)), "recogniser.points must not all be in one place"),
        (replaced("middle = 0.5", "middle = inf"), "similarity.middle must be a number from 0.001 to 2"),
        (replaced("steepness = 10", "steepness = 1e300"), "similarity.steepness must be a number from 0.001 to 1e+06"),
        (
            replaced("[detector]\n", "[detector]\nmin_score = 1e300\n"),
            "detector.min_score must be a number from 0 to 1",
        ),
        (replaced("[detector]\n", "[detector]\norder = [0, 1, 2, 3, inf]\n"), "detector.order must be 5 numbers"),
        (replaced("length = 3", f"length = {'[' * 5000}"), "it has too many brackets inside each other"),
        (replaced("length = 3", f"length = {'9' * 5000}"), "engine.toml can't be read"),
        (replaced('channels = "BGR"', 'channels = "GRB"'), "detector.channels must be RGB or BGR"),
        (replaced("[10, 12], ", ""), "recogniser.points must be 5 lists of 2 numbers"),
        (replaced(', points = "points"', ""), "must name the network's outputs"),
        (
            replaced("[detector]\n", "[detector]\norder = [0, 1, 2, 3, 3]\n"),
            "must have each of the numbers 0 to 4 once",
        ),
        (replaced("[detector]\n", "[detector\n"), "engine.toml can't be read"),
        (replaced("recogniser.onnx", "missing.onnx"), "recogniser.file names missing.onnx, which is not in"),
        (
            lambda folder: replaced("recogniser.onnx", f"../{folder.name}/recogniser.onnx")(folder),
            "recogniser.file names recogniser.onnx, which is not in",
        ),
        (lambda folder: (folder / "recogniser.onnx").write_bytes(b"no network"), "recogniser.onnx can't be loaded"),
        (network("detector.onnx", [1, 3, 64, 64], {"scores": np.zeros(2)}), "has no output boxes; it has scores"),
        (network("detector.onnx", [1, 3, 64, 64], {**FOUND, "scores": np.zeros(3)}), "detector.onnx isn't a detector"),
        (network("detector.onnx", [1, 3, 32, 32], FOUND), "takes pictures of 32x32 pixels: `size` must be no larger"),
        (network("detector.onnx", [1, 1, 64, 64], FOUND), "must take pictures as (n, 3, height, width)"),
        (network("recogniser.onnx", [1, 3, 16, 16], {"descriptor": None}), "recogniser.onnx can't work on a picture"),
        (network("recogniser.onnx", [1, 3, 32, 32], {"descriptor": np.ones(3)}), "same descriptor for every picture"),
        (network("recogniser.onnx", [1, 3, 32, 32], {"descriptor": np.ones(4)}), "gives 4 numbers for a face"),
        (network("recogniser.onnx", [1, 3, 32, 32], {"descriptor": np.zeros(3)}), "gives only zeros"),
        (network("recogniser.onnx", [1, 3, 32, 32], {"descriptor": np.full(3, np.nan)}), "values that aren't numbers"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_reason(folder: Path, change: Callable[[Path], None], reason: str) -> None:
    change(folder)
    with pytest.raises(OwnEngineError) as refused:
        engine.check(own_of(folder))
    assert reason in str(refused.value)
    assert str(folder) in str(refused.value)


def test_numbers_may_be_written_with_a_point(folder: Path) -> None:
    replaced("size = 64\n", "size = 64.0\norder = [0.0, 1, 2, 3, 4]\n")(folder)
    engine.check(own_of(folder))


def test_the_fingerprint_is_of_what_makes_descriptors(folder: Path) -> None:
    fingerprint = own_of(folder).fingerprint
    replaced("middle = 0.5", "middle = 0.6")(folder)
    assert own_of(folder).fingerprint == fingerprint
    replaced("scale = 0.0078125", "scale = 0.01")(folder)
    assert own_of(folder).fingerprint != fingerprint
    replaced("scale", "scale")(folder)
    save(folder / "recogniser.onnx", [1, 3, 32, 32], {"descriptor": None})
    assert own_of(folder).fingerprint != fingerprint


def face(descriptor: list[float], left: float = 0.1) -> FoundFace:
    return FoundFace(left, 0.1, 0.3, 0.5, 1.0, {}, 0.0, 50.0, 50.0, np.array(descriptor, np.float32).tobytes())


def test_faces_of_another_engine_are_never_compared_and_come_over_with_their_names(
    folder: Path, tmp_path: Path
) -> None:
    file, own = tmp_path / "faces.sqlite", own_of(folder)
    shipped = State(file)
    shipped.create_collection("album")
    (old,) = shipped.index("album", b"picture", "a.jpg", [face([0.1] * 128)])
    (other,) = shipped.index("album", b"another", "b.jpg", [face([0.1] * 128)])
    shipped.create_user("album", "ann")
    shipped.associate("album", "ann", [old.face_id], True)
    shipped.close()

    state = State(file, own)
    assert state.foreign_faces == 2
    assert state.describe("album")[0] == 2
    assert len(state.vectors("album")) == len(state.user_vectors("album")) == 0
    # Indexed again, as `kinpics reprocess` does, in a box of another engine.
    (new,) = state.index("album", b"picture", "a.jpg", [face([1, 0, 0], left=0.12)])
    assert (new.face_id, new.user_id) == (old.face_id, "ann")
    assert state.foreign_faces == 1
    assert state.describe("album")[0] == 2
    assert state.vectors("album").search(np.array([1, 0, 0], np.float32), 0, 9) == [
        (old.face_id, pytest.approx(99.3, abs=0.1))
    ]
    assert "ann" in state.user_vectors("album")
    assert state.compare("album", "ann", other.face_id) == 0
    state.delete_faces("album", [other.face_id])
    assert state.describe("album")[0] == 1
    state.close()
    assert State(file, own).foreign_faces == 0


def test_a_search_by_a_face_of_another_engine_says_so(folder: Path, tmp_path: Path) -> None:
    """So a forgotten person's reference face is never passed over in silence: see LostReferenceError."""

    async def no_object(bucket: str, key: str) -> bytes:
        raise AssertionError(f"{bucket}/{key} is not needed")

    shipped = State(tmp_path / "faces.sqlite")
    shipped.create_collection("album")
    (reference,) = shipped.index("album", b"picture", "forgotten", [face([0.1] * 128)])
    shipped.close()
    service = Service(State(tmp_path / "faces.sqlite", own_of(folder)), ColorEngine(), no_object, "arn:aws:rekognition")
    request = json.dumps({"CollectionId": "album", "FaceId": reference.face_id}).encode()
    status, answer = asyncio.run(service.handle("RekognitionService.SearchFaces", request))
    assert (status, answer["__type"]) == (400, "InvalidParameterException")
    assert "was described by another engine" in answer["Message"]


def test_a_file_of_an_earlier_release_belongs_to_the_shipped_engine(tmp_path: Path) -> None:
    state = State(tmp_path / "faces.sqlite")
    state.create_collection("album")
    state.index("album", b"picture", "a.jpg", [face([0.1] * 128)])
    state._db.execute("ALTER TABLE faces DROP COLUMN engine")
    state.close()
    state = State(tmp_path / "faces.sqlite")
    assert state.foreign_faces == 0
    assert len(state.vectors("album")) == 1
