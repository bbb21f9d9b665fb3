"""Somebody who asked to be forgotten is not indexed again."""

from typing import Any

import pytest
from support import GREEN, RED, FakeAws, picture

from functions.keys import FORGOTTEN_PREFIX, image_path
from functions.ledger import CeilingReachedError
from functions.process.sync import LostReferenceError
from functions.shapes import Forgotten


def sync(aws: FakeAws, file: str, body: bytes, **options: Any) -> set[str]:
    """Process a pic; returns its row's face ids."""
    path = image_path("set", file)
    aws.put(path.key, body)
    aws.album.sync(aws.pics_bucket, path, owner="message", seconds=60, **options)
    pic = aws.tables.get_pic(path)
    return pic.face_ids if pic else set()


def keep_apart(aws: FakeAws, color: tuple[int, int, int]) -> str:
    found = aws.faces.index(f"{FORGOTTEN_PREFIX}1", {"Bytes": picture(color, size=(100, 100))})
    (face,) = [record["Face"]["FaceId"] for record in found["FaceRecords"]]
    row = Forgotten(kind=face, person="somebody", made_at="2026-01-01T00:00:00Z")
    aws.dynamodb.put_item(TableName=aws.matches_table, Item=row.to_item())
    return face


def in_collection(aws: FakeAws) -> set[str]:
    return {face["FaceId"] for face in aws.faces.faces()}


def test_a_forgotten_face_leaves_the_row_and_the_collection_and_the_others_stay(aws: FakeAws) -> None:
    reference = keep_apart(aws, RED)
    faces = sync(aws, "two.png", picture(RED, GREEN))
    assert len(faces) == 1
    assert in_collection(aws) == {reference, *faces}
    (record,) = aws.rows(aws.pics_by_image_id_table)
    assert {entry["Face"]["FaceId"] for entry in record["data"]["FaceRecords"]} == faces
    (picset,) = [row for row in aws.rows(aws.pics_table) if row["primarykey"] == "/"]
    assert picset["face_count"] == 1
    assert sync(aws, "alone.png", picture(RED)) == set()
    assert in_collection(aws) == {reference, *faces}


def test_doing_a_photo_again_forgets_who_was_indexed_before_and_keeps_the_ids_of_others(aws: FakeAws) -> None:
    before = sync(aws, "two.png", picture(RED, GREEN))
    reference = keep_apart(aws, RED)
    after = sync(aws, "two.png", picture(RED, GREEN), force=True)
    assert len(after) == 1
    assert after < before
    assert in_collection(aws) == {reference, *after}


def test_without_anybody_forgotten_nothing_is_searched(aws: FakeAws) -> None:
    sync(aws, "two.png", picture(RED, GREEN))
    assert "SearchFaces" not in aws.rekognition.calls


def test_beyond_the_ceiling_no_face_stays_that_could_not_be_looked_at(aws: FakeAws) -> None:
    reference = keep_apart(aws, RED)
    aws.daily_indexing = 2  # the reference and the photo, but not the search
    with pytest.raises(CeilingReachedError):
        sync(aws, "two.png", picture(RED, GREEN))
    assert in_collection(aws) == {reference}


def test_a_reference_that_is_lost_keeps_photos_from_being_indexed(aws: FakeAws) -> None:
    reference = keep_apart(aws, RED)
    aws.faces.delete([reference])
    with pytest.raises(LostReferenceError, match=reference):
        sync(aws, "two.png", picture(RED, GREEN))
    assert aws.tables.get_pic(image_path("set", "two.png")) is None
