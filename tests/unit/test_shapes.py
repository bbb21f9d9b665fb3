from dataclasses import fields
from decimal import Decimal

import pytest

from functions import shapes
from functions.shapes import ImageRecord, Pic, PicSet

PIC = Pic(
    primarykey="set",
    sortkey="a.jpg",
    grid_key=shapes.grid_key(None, "a.jpg"),
    width=40,
    height=30,
    placeholder="x",
    face_count=1,
    etag="e",
    size=3,
    content_type="image/jpeg",
    processed_at="2026-01-01T00:00:00+00:00",
    data={"FaceRecords": [{"Face": {"FaceId": "f", "ImageId": "i", "Confidence": 99.5}}]},
)


@pytest.mark.parametrize("shape", [PicSet, Pic, ImageRecord])
def test_every_field_is_documented(shape: type) -> None:
    for field in fields(shape):
        assert len(field.metadata.get("help", "")) > 10, f"{shape.__name__}.{field.name} needs help text"


def test_a_row_survives_dynamodb() -> None:
    item = PIC.to_item()
    assert item["data"]["FaceRecords"][0]["Face"]["Confidence"] == Decimal("99.5")
    assert "taken_at" not in item
    assert Pic.from_item(item) == PIC


def test_attributes_of_a_later_version_are_passed_over() -> None:
    assert Pic.from_item({**PIC.to_item(), "of_the_future": 1}) == PIC


def test_the_ids_of_a_pic_are_found_in_its_data() -> None:
    assert PIC.face_ids == {"f"}
    assert PIC.image_id == "i"


def test_undated_pics_sort_after_dated_ones() -> None:
    keys = [shapes.grid_key(None, "a"), shapes.grid_key("2020-01-01T00:00:00", "z"), shapes.grid_key(None, "b")]
    assert sorted(keys) == [keys[1], keys[0], keys[2]]
