import os
from pathlib import Path

import pytest
from support import jpeg

from scripts.plan import PlanError, hash_photos, list_photos, picset_of


def names(photos: list) -> list[str]:
    return [photo.path.file for photo in photos]


def test_photos_go_and_the_rest_is_told(tmp_path: Path) -> None:
    (tmp_path / "b.JPG").write_bytes(jpeg())
    (tmp_path / "a.heic").write_bytes(b"whatever")  # judged when it is processed
    (tmp_path / "no_suffix").write_bytes(jpeg())
    (tmp_path / "notes.txt").write_text("text")
    (tmp_path / "movie.mov").write_bytes(b"x")
    (tmp_path / ".DS_Store").write_text("x")
    (tmp_path / "Thumbs.db").write_text("x")
    (tmp_path / "below").mkdir()
    plan = list_photos(tmp_path, "set")
    assert names(plan.uploads) == ["a.heic", "b.JPG", "no_suffix"]
    assert sorted(item.file for item in plan.left_out) == ["below", "movie.mov", "notes.txt"]
    assert plan.refused == []


@pytest.mark.parametrize("name", ["😀.jpg", "a + %20#?&.jpg", "ü" * 120 + ".jpg", " spaced .jpg", "'\"<b>.jpg"])
def test_strange_names_are_kept_as_they_are(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(jpeg())
    assert names(list_photos(tmp_path, "set").uploads) == [name]


def test_names_a_set_can_not_hold_are_refused(tmp_path: Path) -> None:
    (tmp_path / "line\nbreak.jpg").write_bytes(jpeg())
    with open(os.fsencode(tmp_path) + b"/\xff\xfe.jpg", "wb") as file:
        file.write(jpeg())
    (tmp_path / "fine.jpg").write_bytes(jpeg())
    plan = list_photos(tmp_path, "set")
    assert names(plan.uploads) == ["fine.jpg"]
    assert len(plan.refused) == 2
    assert all("rename" in item.reason for item in plan.refused)


def test_two_files_that_differ_by_case_both_go_with_a_note(tmp_path: Path) -> None:
    for name in ("A.jpg", "a.jpg"):
        (tmp_path / name).write_bytes(jpeg())
    plan = list_photos(tmp_path, "set")
    assert names(plan.uploads) == ["A.jpg", "a.jpg"]
    assert "case" in plan.warnings[0]


def test_two_spellings_of_one_name_clash(tmp_path: Path) -> None:
    for name in ("caf\u00e9.jpg", "cafe\u0301.jpg"):
        (tmp_path / name).write_bytes(jpeg())
    plan = list_photos(tmp_path, "set")
    assert len(plan.uploads) == len(plan.refused) == 1


def test_digests(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"abc")
    plan = list_photos(tmp_path, "set")
    steps = []
    hash_photos(plan, lambda: steps.append(1))
    assert plan.uploads[0].sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert len(steps) == 1


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="there is no folder"):
        list_photos(tmp_path / "nowhere", "set")
    (tmp_path / "file").write_text("x")
    with pytest.raises(PlanError, match="is not a folder"):
        list_photos(tmp_path / "file", "set")


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="no photos"):
        list_photos(tmp_path, "set")


def test_the_set_is_called_as_the_folder_unless_told_otherwise(tmp_path: Path) -> None:
    assert picset_of(tmp_path, None) == tmp_path.name
    assert picset_of(tmp_path, "Newport") == "Newport"
    with pytest.raises(PlanError, match="--set"):
        picset_of(tmp_path, ".hidden")
