"""What a survey finds in disagreement, and what mends it."""

from functions.keys import image_path
from scripts.health.survey import PhotoRow, Survey, find_drift


def test_a_missing_face_is_mended_though_the_download_is_wrong_too() -> None:
    path = image_path("set", "a.jpg")
    found = Survey(rule="stripped")
    found.originals[path] = "etag"
    found.rows[path] = PhotoRow("etag", "image", frozenset({"face"}), frozenset(), has_card=True)
    found.thumbnails[path] = len(path.rendition_keys)
    found.records["image"] = {str(path)}
    assert find_drift(found).redo == {path: "a face is missing from the collection"}
    assert find_drift(found).paid_calls == 1
    found.faces["face"] = "set:2Fa.jpg"
    assert find_drift(found).check == {path: "the card for links to it is missing"}
    assert find_drift(found).paid_calls == 0
    found.cards.add(path)
    assert "download" in find_drift(found).check[path]
