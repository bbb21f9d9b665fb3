"""The descriptor is dlib's own function: on the same faces, distances between any two are the same."""

from itertools import islice
from pathlib import Path
from typing import Any

import dlib
import numpy as np
import pytest
from PIL import Image, ImageOps

from local.rekognition.descriptor import Descriptor, ModelFileError
from local.rekognition.engine import models_folder

# What counts as the same: so small a difference moves a similarity by less than 0.01.
EXACT = 1e-5


@pytest.fixture(scope="module")
def models() -> Path:
    return models_folder()


@pytest.fixture(scope="module")
def descriptor(models: Path) -> Descriptor:
    return Descriptor(models / "dlib_face_recognition_resnet_model_v1.dat")


def both(models: Path, descriptor: Descriptor, paths: Any) -> tuple[np.ndarray, np.ndarray]:
    """dlib's descriptors and ours of all faces in some pictures."""
    detector = dlib.get_frontal_face_detector()
    predictor = dlib.shape_predictor(str(models / "shape_predictor_5_face_landmarks.dat"))
    peer = dlib.face_recognition_model_v1(str(models / "dlib_face_recognition_resnet_model_v1.dat"))
    theirs, ours = [], []
    for path in paths:
        pixels = np.array(ImageOps.exif_transpose(Image.open(path)).convert("RGB"))
        shapes = [predictor(pixels, box) for box in detector(pixels, 0)]
        theirs += [np.array(peer.compute_face_descriptor(pixels, shape), dtype=np.float32) for shape in shapes]
        ours += list(descriptor.describe(descriptor.align(pixels, shapes)))
    return np.array(theirs), np.array(ours)


def distances(descriptors: np.ndarray) -> np.ndarray:
    return np.linalg.norm(descriptors[:, None] - descriptors[None], axis=2)


def test_it_is_dlibs_own_function(models: Path, descriptor: Descriptor, demo_folders: list[Path]) -> None:
    names = {"group.jpg", "obama.jpg", "obama3.jpg", "biden.jpg", "hopper.jpg"}
    paths = [path for folder in demo_folders for path in sorted(folder.glob("*.jpg")) if path.name in names]
    theirs, ours = both(models, descriptor, paths)
    assert len(theirs) >= 8
    assert np.abs(distances(theirs) - distances(ours)).max() < EXACT


@pytest.mark.photos
def test_it_is_dlibs_own_function_on_many_faces(models: Path, descriptor: Descriptor, photos: Path) -> None:
    paths = islice(sorted((photos / "lfw").glob("*/*.jpg")), 0, None, 12)
    theirs, ours = both(models, descriptor, paths)
    assert len(theirs) >= 50
    assert np.abs(distances(theirs) - distances(ours)).max() < EXACT


def test_no_faces_have_no_descriptors_and_many_have_one_each(descriptor: Descriptor) -> None:
    assert descriptor.describe([]).shape == (0, 128)
    random = np.random.default_rng(1)
    faces = [random.integers(0, 255, (150, 150, 3), dtype=np.uint8) for _ in range(40)]
    together = descriptor.describe(faces)
    alone = np.concatenate([descriptor.describe([face]) for face in faces])
    assert np.abs(together - alone).max() < EXACT


@pytest.mark.parametrize("content", [b"", b"junk" * 100])
def test_another_file_is_refused_as_a_model(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.dat").write_bytes(content)
    with pytest.raises(ModelFileError):
        Descriptor(tmp_path / "model.dat")


@pytest.mark.parametrize("left", [330, 349, 350, 353, 10_000_000, 22_400_000])
def test_a_model_that_is_cut_off_is_refused(tmp_path: Path, models: Path, left: int) -> None:
    whole = (models / "dlib_face_recognition_resnet_model_v1.dat").read_bytes()
    (tmp_path / "model.dat").write_bytes(whole[:left])
    with pytest.raises(ModelFileError):
        Descriptor(tmp_path / "model.dat")
