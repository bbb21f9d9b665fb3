"""The face engine on real photographs that are no part of the project."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from local.rekognition.engine import analyse

pytestmark = pytest.mark.photos


@pytest.mark.parametrize("name", ["training.xml", "testing.xml"])
def test_every_annotated_face_of_the_group_photos_is_found(photos: Path, name: str) -> None:
    annotated = found = wrong = 0
    for image in ET.parse(photos / "dlib_faces" / name).getroot().iter("image"):
        boxes = [
            tuple(float(box.get(side) or 0) for side in ("left", "top", "width", "height")) for box in image.iter("box")
        ]
        path = photos / "dlib_faces" / "group" / Path(image.get("file") or "").name
        analysis = analyse(path.read_bytes())
        annotated += len(boxes)
        for face in analysis.faces:
            x, y = (face.left + face.width / 2) * analysis.width, (face.top + face.height / 2) * analysis.height
            hit = next((box for box in boxes if box[0] < x < box[0] + box[2] and box[1] < y < box[1] + box[3]), None)
            if hit:
                boxes.remove(hit)
                found += 1
            else:
                wrong += 1
    assert (found, wrong) == (annotated, 0)


def test_a_photo_of_dogs_holds_no_face(photos: Path) -> None:
    assert analyse((photos / "dlib_faces" / "noface" / "dogs.jpg").read_bytes()).faces == []
