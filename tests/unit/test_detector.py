"""The face detector that is kept on disk is dlib's own."""

from pathlib import Path

import dlib
import pytest

from local.rekognition.detector import load_detector


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("detector") / "own"
    dlib.get_frontal_face_detector().save(str(path))
    return path.read_bytes()


@pytest.mark.parametrize("damage", [None, b"", b"rubbish"])
def test_the_kept_detector_is_dlibs_own(own: bytes, tmp_path: Path, damage: bytes | None) -> None:
    kept = tmp_path / "kept"
    if damage is not None:
        kept.write_bytes(damage)
    load_detector(kept)
    assert kept.read_bytes() == own
    load_detector(kept).save(str(tmp_path / "again"))
    assert (tmp_path / "again").read_bytes() == own


def test_half_a_kept_detector_is_replaced(own: bytes, tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(own[: len(own) // 2])
    load_detector(tmp_path / "kept")
    assert (tmp_path / "kept").read_bytes() == own


def test_the_detector_works_even_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert load_detector(tmp_path / "file" / "kept")
