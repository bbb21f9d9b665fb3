import json
from dataclasses import fields
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.photo_rows import ImageRecord, Photo, PhotoSet, grid_key
from functions.table_rows import attributes
from scripts.reference.data_page import TABLES

PIC = Photo(
    primarykey="set",
    sortkey="a.jpg",
    grid_key=grid_key(None, "a.jpg"),
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


@pytest.mark.parametrize("shape", [shape for shape, _, _ in TABLES])
def test_every_field_is_documented(shape: type) -> None:
    for name, field in attributes(shape).items():
        assert len(field.metadata["help"]) > 10, f"{shape.__name__}.{name} needs help text"
    assert {field.name for field in fields(shape)} - attributes(shape).keys() == {"source", "unread"}


def test_a_row_survives_dynamodb() -> None:
    item = PIC.to_item()
    assert item["data"]["FaceRecords"][0]["Face"]["Confidence"] == Decimal("99.5")
    assert "taken_at" not in item
    assert Photo.from_item(item) == PIC


def test_attributes_of_a_later_version_are_kept_as_they_are() -> None:
    item = {**PIC.to_item(), "of_the_future": Decimal(1)}
    assert Photo.from_item(item) == PIC
    assert Photo.from_item(item).to_item() == item


def test_numbers_may_come_as_text() -> None:
    item = {**PIC.to_item(), "width": "40", "height": Decimal(30)}
    item["data"]["FaceRecords"][0]["Face"]["BoundingBox"] = {"Left": "0.5", "Top": "0", "Width": "0.25", "Height": "1"}
    pic = Photo.from_item(item)
    assert (pic.width, pic.height, pic.unread) == (40, 30, ())
    assert pic.face_records[0]["Face"]["BoundingBox"] == {"Left": 0.5, "Top": 0, "Width": 0.25, "Height": 1}


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.text(max_size=5)
    | st.binary(max_size=5)
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.sets(st.text(max_size=3), min_size=1),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["FaceRecords", "Face", "FaceId", "ImageId", "BoundingBox", "Left"]), inner)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize("shape", [PhotoSet, Photo, ImageRecord])
@given(data=st.data())
def test_a_row_of_any_attributes_can_be_read(shape: type, data: st.DataObject) -> None:
    """Whatever program wrote it: unreadable attributes are named, and unknown ones are kept."""
    keys = {name: "x" for name in ("primarykey", "sortkey", "image_id") if name in attributes(shape)}
    names = st.sampled_from([*attributes(shape), "of_others"])
    item = data.draw(st.dictionaries(names, VALUES)) | keys
    row = shape.from_item(item)
    for name, value in item.items():
        known = getattr(row, name, None)
        assert name in row.unread or name in row.unknown or value is None or known is not None
    assert row.unknown.items() <= row.to_item().items()
    if shape is Photo:
        assert all(isinstance(face_id, str) for face_id in row.face_ids)
        assert row.image_id is None or isinstance(row.image_id, str)
        assert set(row.missing) <= attributes(Photo).keys()
    if shape is ImageRecord:
        assert all(isinstance(path, str) for path in row.paths)


def test_the_ids_of_a_photo_are_found_in_its_data() -> None:
    assert PIC.face_ids == {"f"}
    assert PIC.image_id == "i"


def test_undated_photos_sort_after_dated_ones() -> None:
    keys = [grid_key(None, "a"), grid_key("2020-01-01T00:00:00", "z"), grid_key(None, "b")]
    assert sorted(keys) == [keys[1], keys[0], keys[2]]


def test_sets_are_in_the_order_of_the_scripts_front_page() -> None:
    given = json.loads((Path(__file__).parents[1] / "data/set_order.json").read_text(encoding="utf-8"))
    sets = [PhotoSet.from_item({"primarykey": "/", **item}) for item in given["sets"]]
    assert [row.sortkey for row in sorted(sets, key=lambda row: row.rank, reverse=True)] == given["front_page"]
