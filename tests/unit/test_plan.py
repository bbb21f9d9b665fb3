import hashlib
import io
import os
import shutil
from pathlib import Path
from typing import Any, cast

import pillow_heif
import pytest
from PIL import Image
from support import jpeg

from functions.keys import image_path
from functions.media_types import HEAD_BYTES, media_type
from scripts.commands.upload import print_remarks
from scripts.common.folders import FolderError, Refusal, find_rows, sets_of
from scripts.upload.plan import UploadFile, digest_of, hash_files, plan_folder, read_photo, set_name_of
from scripts.upload.uploader import upload_file

pillow_heif.register_heif_opener(thumbnails=False)


def names(photos: list) -> list[str]:
    return [photo.path.file for photo in photos]


def test_photos_are_planned_and_the_rest_reported(tmp_path: Path) -> None:
    (tmp_path / "b.JPG").write_bytes(jpeg())
    (tmp_path / "a.heic").write_bytes(jpeg())  # as some phones name what they have converted
    (tmp_path / "no_suffix").write_bytes(jpeg())
    (tmp_path / "notes.txt").write_text("text")
    (tmp_path / "movie.avi").write_bytes(b"x")
    (tmp_path / ".DS_Store").write_text("x")
    (tmp_path / "Thumbs.db").write_text("x")
    (tmp_path / "below").mkdir()
    plan = plan_folder(tmp_path, "set")
    assert names(plan.uploads) == ["a.heic", "b.JPG", "no_suffix"]
    assert sorted(item.file for item in plan.left_out) == ["below", "movie.avi", "notes.txt"]
    assert plan.refused == []


def test_links_are_not_followed(tmp_path: Path) -> None:
    elsewhere, folder = tmp_path / "private", tmp_path / "set"
    elsewhere.mkdir()
    folder.mkdir()
    (elsewhere / "secret.jpg").write_bytes(jpeg())
    (folder / "a.jpg").write_bytes(jpeg())
    (folder / "b.jpg").symlink_to(elsewhere / "secret.jpg")
    (folder / "below").symlink_to(elsewhere)
    (folder / "broken.jpg").symlink_to(elsewhere / "none.jpg")
    plan = plan_folder(folder, "set")
    assert names(plan.uploads) == ["a.jpg"]
    assert [item.file for item in plan.left_out] == ["b.jpg", "below", "broken.jpg"]
    assert all("not followed" in item.reason for item in plan.left_out)


FILM = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"


def test_a_film_is_called_like_one(tmp_path: Path) -> None:
    for name in ("a.mp4", "b.MOV", "c.jpg"):
        (tmp_path / name).write_bytes(FILM)
    (tmp_path / "d.mp4").write_bytes(jpeg())
    plan = plan_folder(tmp_path, "set")
    assert names(plan.uploads) == ["a.mp4", "b.MOV"]
    refused = {item.file: item.reason for item in plan.refused}
    assert "ends in .mp4" in refused["c.jpg"]
    assert "a picture, not a film" in refused["d.mp4"]


@pytest.mark.parametrize("content", [b"-----BEGIN OPENSSH PRIVATE KEY-----", b"%PDF-1.7"])
def test_what_a_file_is_goes_by_its_content(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key.jpg").write_bytes(content)
    (tmp_path / "key").write_bytes(content)
    (tmp_path / "raw.nef").write_bytes(b"II*\0rest")
    (tmp_path / "photo.dat").write_bytes(jpeg())
    (tmp_path / "empty.png").write_bytes(b"")
    plan = plan_folder(tmp_path, "set")
    assert names(plan.uploads) == ["photo.dat"]
    refused = {item.file: item.reason for item in plan.refused}
    assert set(refused) == {"empty.png", "key.jpg"}
    assert "not an image" in refused["key.jpg"]
    assert "empty" in refused["empty.png"]
    assert {item.file: item.reason for item in plan.left_out} == {
        "key": "not a photo",
        "raw.nef": "a camera's raw file: convert it to JPEG",
    }


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF", "HEIF"])
def test_every_format_that_is_read_is_known_by_its_content(kind: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, kind)
    known = media_type(out.getvalue()[:HEAD_BYTES])
    assert known == f"image/{kind.lower()}".replace("heif", "heic")


def test_many_files_left_out_take_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    left_out = [Refusal(f"{number}.mov", "not a photo") for number in range(9)]
    print_remarks([], [*left_out, Refusal("a.jpg", "a link")], [])
    assert capsys.readouterr().out.splitlines() == [
        "  left out  0.mov, 1.mov, 2.mov, 3.mov, 4.mov and 4 more: not a photo",
        "  left out  a.jpg: a link",
    ]


@pytest.mark.parametrize("name", ["😀.jpg", "a + %20#?&.jpg", "ü" * 120 + ".jpg", " spaced .jpg", "'\"<b>.jpg"])
def test_strange_names_are_kept_as_they_are(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(jpeg())
    assert names(plan_folder(tmp_path, "set").uploads) == [name]


def test_names_a_set_can_not_hold_are_refused(tmp_path: Path) -> None:
    for name in ("line\nbreak.jpg", "c1 \x9b.jpg"):
        (tmp_path / name).write_bytes(jpeg())
    with open(os.fsencode(tmp_path) + b"/\xff\xfe.jpg", "wb") as file:
        file.write(jpeg())
    (tmp_path / "fine.jpg").write_bytes(jpeg())
    plan = plan_folder(tmp_path, "set")
    assert names(plan.uploads) == ["fine.jpg"]
    assert [item.file for item in plan.refused] == ["c1 \\x9b.jpg", "line\\x0abreak.jpg", "\\xff\\xfe.jpg"]
    assert all("rename" in item.reason for item in plan.refused)


def test_names_that_are_left_out_are_text_too(tmp_path: Path) -> None:
    (tmp_path / "fine.jpg").write_bytes(jpeg())
    for name in (b"\xff.txt", b"\x1b[2J.txt"):
        with open(os.fsencode(tmp_path) + b"/" + name, "w") as file:
            file.write("text")
    left_out = [item.file for item in plan_folder(tmp_path, "set").left_out]
    assert sorted(left_out) == ["\\x1b[2J.txt", "\\xff.txt"]
    assert all(name.encode() for name in left_out), "any program can read them"


def test_a_folder_of_folders_says_how_to_upload_them(tmp_path: Path) -> None:
    parent = tmp_path / "my photos"
    for name in ("a", "b"):
        (parent / name).mkdir(parents=True)
        (parent / name / "1.jpg").write_bytes(jpeg())
    with pytest.raises(FolderError) as caught:
        plan_folder(parent, "set")
    assert f"but 2 folders: upload each as a set, with `kinpics upload '{parent}'/*/`" in str(caught.value)


def test_an_exported_site_is_a_folder_of_sets(tmp_path: Path) -> None:
    for name in ("b", "a", ".cache"):
        (tmp_path / "photos" / name).mkdir(parents=True)
    assert sets_of(tmp_path) == [tmp_path], "somebody's own folder of folders"
    (tmp_path / "sets").mkdir()
    (tmp_path / "sets" / "a.json").write_text("{}")
    assert sets_of(tmp_path) == [tmp_path / "photos" / "a", tmp_path / "photos" / "b"]
    assert find_rows(tmp_path / "photos" / "a") == tmp_path / "sets" / "a.json"
    assert find_rows(tmp_path / "photos" / "b") is None
    shutil.rmtree(tmp_path / "photos")
    (tmp_path / "photos").mkdir()
    with pytest.raises(FolderError, match="was this export stopped"):
        sets_of(tmp_path)


def test_a_photo_that_vanishes_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(jpeg())
    plan = plan_folder(tmp_path, "set")
    (tmp_path / "a.jpg").unlink()
    hash_files(plan, lambda: None)
    assert names(plan.uploads) == ["b.jpg"]
    assert plan.refused == [Refusal("a.jpg", "can't be read: no such file or directory")]


def test_two_files_that_differ_by_case_both_go_with_a_note(tmp_path: Path) -> None:
    for name in ("A.jpg", "a.jpg"):
        (tmp_path / name).write_bytes(jpeg())
    plan = plan_folder(tmp_path, "set")
    assert names(plan.uploads) == ["A.jpg", "a.jpg"]
    assert "case" in plan.warnings[0]


def test_two_spellings_of_one_name_clash(tmp_path: Path) -> None:
    for name in ("caf\u00e9.jpg", "cafe\u0301.jpg"):
        (tmp_path / name).write_bytes(jpeg())
    plan = plan_folder(tmp_path, "set")
    assert len(plan.uploads) == len(plan.refused) == 1


def test_digests(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(photo := jpeg())
    plan = plan_folder(tmp_path, "set")
    steps = []
    hash_files(plan, lambda: steps.append(1))
    assert plan.uploads[0].sha256 == hashlib.sha256(photo).hexdigest()
    assert len(steps) == 1


def test_a_path_that_isnt_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="there is no folder"):
        plan_folder(tmp_path / "nowhere", "set")
    (tmp_path / "file").write_text("x")
    with pytest.raises(FolderError, match="is not a folder"):
        plan_folder(tmp_path / "file", "set")


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="no photos"):
        plan_folder(tmp_path, "set")


def test_a_set_takes_its_folders_name_unless_given_another(tmp_path: Path) -> None:
    assert set_name_of(tmp_path, None) == tmp_path.name
    assert set_name_of(tmp_path, "Newport") == "Newport"
    with pytest.raises(FolderError, match="--set"):
        set_name_of(tmp_path, ".hidden")


def test_a_file_that_became_a_link_since_it_was_looked_at_is_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(b"\xff\xd8\xff")
    link = tmp_path / "a.jpg"
    link.symlink_to(secret)
    assert isinstance(read_photo(link, "set"), Refusal)
    with pytest.raises(OSError, match="symbolic links"):
        digest_of(link)
    with pytest.raises(OSError, match="symbolic links"):
        upload_file(cast("Any", None), "bucket", UploadFile(link, image_path("set", "a.jpg"), 3, "00" * 32))


def test_a_journal_counts_only_in_an_exported_site(tmp_path: Path) -> None:
    folder = tmp_path / "photos" / "trip"
    folder.mkdir(parents=True)
    (folder / "a.jpg").write_bytes(jpeg())
    for place in (folder, tmp_path):
        (place / "people.jsonl").write_text("{}")
    plan = plan_folder(folder, "trip")
    assert plan.journal is None
    assert [item.file for item in plan.left_out] == ["people.jsonl"]
    (tmp_path / "sets").mkdir()
    assert plan_folder(folder, "trip").journal == tmp_path / "people.jsonl"
