"""The lookalike gallery, as its owner fills it and as a search sees it."""

import base64
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from running import RunningStack

SETS = {"obama.jpg": "2009_inauguration", "biden.jpg": "2009_inauguration", "obama3.jpg": "2016_weekend"}
SETS |= {"hopper.jpg": "2015_pioneers", "group.jpg": "2015_pioneers", "cat.png": "2016_weekend"}


@pytest.fixture(scope="module")
def portraits(demo_folders: list[Path]) -> dict[str, Path]:
    folders = {folder.name: folder for folder in demo_folders}
    return {name: folders[set_name] / name for name, set_name in SETS.items()}


@pytest.fixture
def gallery(stack: RunningStack) -> Iterator[RunningStack]:
    yield stack
    for line in stack.kinpics("gallery", "list").stdout.splitlines():
        stack.kinpics("gallery", "remove", line.split("\t")[0], "--yes")
    rekognition, gallery = stack.client("rekognition"), {"CollectionId": stack.outputs["CelebritiesCollection"]}
    assert rekognition.list_faces(**gallery)["Faces"] == rekognition.list_users(**gallery)["Users"] == []
    assert [row for row in stack.table("PicsByImageIdTable").scan()["Items"] if "person" in row] == []
    listed = stack.client("s3").list_objects_v2(Bucket=stack.outputs["ThumbnailsBucket"], Prefix="celebrities/")
    assert listed["KeyCount"] == 0


def search(stack: RunningStack, image: Path, **options: object) -> list[dict]:
    event = {"image": base64.b64encode(image.read_bytes()).decode(), "collection": "celebrities", **options}
    answer = stack.client("lambda").invoke(FunctionName=stack.outputs["SearchFunction"], Payload=json.dumps(event))
    found = json.loads(answer["Payload"].read())
    assert found["statusCode"] == 200, found
    return found["output"]


def add(stack: RunningStack, folder: Path) -> dict:
    return json.loads(stack.kinpics("gallery", "add", str(folder), "--no-build", "--json", check=False).stdout)


def test_a_gallery_names_the_person_a_picture_looks_most_like(
    gallery: RunningStack, portraits: dict[str, Path], tmp_path: Path
) -> None:
    for name, source in (("Barack_Obama_1.jpg", "obama.jpg"), ("Barack_Obama_2.jpg", "obama3.jpg")):
        shutil.copy(portraits[source], tmp_path / name)
    shutil.copy(portraits["hopper.jpg"], tmp_path / "hopper.jpg")
    (tmp_path / "credits.csv").write_text(
        "file,name,credit,licence,url\nhopper.jpg,Grace Hopper,U.S. Navy,public domain,https://example.com/hopper\n"
    )
    assert add(gallery, tmp_path) == {"added": 3, "already_there": 0, "failures": {}}
    assert add(gallery, tmp_path) == {"added": 0, "already_there": 3, "failures": {}}
    shutil.copy(portraits["biden.jpg"], tmp_path / "Barack_Obama_3.jpg")
    told = add(gallery, tmp_path)
    assert "does not look like the other portraits of Barack Obama" in told["failures"]["Barack_Obama_3.jpg"]
    assert gallery.kinpics("gallery", "list").stdout == "Barack Obama\t2 portraits\nGrace Hopper\t1 portrait\n"

    everyone = search(gallery, portraits["obama.jpg"], threshold=0)
    assert [found["person"] for found in everyone] == ["Barack Obama", "Grace Hopper"], "each once, best first"
    assert everyone[0]["similarity"] > 99 > everyone[1]["similarity"]
    assert "credit" not in everyone[0]
    assert everyone[1]["credit"] == "U.S. Navy"
    assert everyone[1]["licence"] == "public domain"
    assert everyone[1]["url"] == "https://example.com/hopper"
    assert search(gallery, portraits["biden.jpg"], threshold=0, limit=1), "always somebody"
    gallery.kinpics("export", str(tmp_path / "export"))
    for person in ("Barack Obama", "Grace Hopper"):
        gallery.kinpics("gallery", "remove", person, "--yes")
    assert add(gallery, tmp_path / "export" / "gallery")["added"] == 3, "what was exported can be put back"
    again = search(gallery, portraits["obama.jpg"], threshold=0)
    assert [(found["person"], found.get("credit")) for found in again] == [
        ("Barack Obama", None),
        ("Grace Hopper", "U.S. Navy"),
    ]
    assert gallery.kinpics("reconcile", "--dry-run", check=False).stdout.count("celebrities") == 0


def test_unusable_portraits_are_named_with_the_reason(
    gallery: RunningStack, portraits: dict[str, Path], tmp_path: Path
) -> None:
    for name in ("group.jpg", "cat.png", "biden.jpg"):
        shutil.copy(portraits[name], tmp_path / name)
    (tmp_path / "text.jpg").write_text("no image")
    Image.open(portraits["biden.jpg"]).resize((70, 70)).save(tmp_path / "a_small.jpg")
    (tmp_path / "people.csv").write_text("file,name\nbiden.jpg,Joe Biden\nmissing.jpg,Nobody\n")
    told = add(gallery, tmp_path)
    assert told["added"] == 1
    assert set(told["failures"]) == {"a_small.jpg", "group.jpg", "cat.png", "text.jpg", "missing.jpg"}
    assert "70x70 pixels" in told["failures"]["a_small.jpg"]
    assert "4 faces" in told["failures"]["group.jpg"]
    assert "no face" in told["failures"]["cat.png"]
    assert "not in" in told["failures"]["missing.jpg"]
    faces = gallery.client("rekognition").list_faces(CollectionId=gallery.outputs["CelebritiesCollection"])["Faces"]
    assert len(faces) == 1, "what was refused is not kept"


def test_an_unreadable_table_is_refused_with_its_line(gallery: RunningStack, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("file,name\na.jpg\n")
    result = gallery.kinpics("gallery", "add", str(tmp_path), check=False)
    assert result.returncode == 1
    assert "line 2" in result.stderr


def test_nobody_of_that_name(gallery: RunningStack) -> None:
    result = gallery.kinpics("gallery", "remove", "Nobody", "--yes", check=False)
    assert result.returncode == 1
    assert "nobody in the gallery is called Nobody" in result.stderr
