"""Rows in the wrong table: readers pass them over, and `kinpics reconcile` takes them out of sight."""

from types import SimpleNamespace
from typing import Any

import pytest
from support import BLUE, GREEN, RED, FakeAws, picture

from functions.access.audiences import MEMBERS
from functions.access.moving import AudienceChanges
from functions.face_collection import FaceCollection
from functions.keys import ImagePath
from scripts.common.progress import Progress
from scripts.health import reconcile
from scripts.health.misplaced import hide_rows
from scripts.health.stocktaking import look_for_drift

SET = "party"
PATHS = [ImagePath(SET, f"{number}.png") for number in range(3)]


@pytest.fixture
def album(aws: FakeAws) -> FakeAws:
    """A set for members alone."""
    for number, (path, color) in enumerate(zip(PATHS, (RED, GREEN, BLUE), strict=True)):
        aws.put(path.key, picture(color))
        aws.photo_sync.sync(aws.pics_bucket, path, owner=str(number), seconds=60)
    changes_of(aws).change(SET, MEMBERS)
    return aws


def changes_of(aws: FakeAws) -> AudienceChanges:
    return AudienceChanges(aws.tables(), sleep=lambda seconds: None)


def stack_of(aws: FakeAws) -> Any:
    gallery = FaceCollection(aws.rekognition, "gallery")
    if gallery.collection_id not in aws.rekognition.list_collections()["CollectionIds"]:
        aws.rekognition.create_collection(CollectionId="gallery")
    return SimpleNamespace(
        outputs=aws.outputs,
        s3=aws.s3,
        dynamodb=aws.dynamodb,
        photos=aws.photos,
        images=aws.images,
        writer=aws.writer,
        faces=aws.faces,
        ledger=aws.ledger,
        forgotten=aws.photo_sync.forgotten,
        gallery=gallery,
        rekognition=aws.rekognition,
        download_rule=aws.downloads,
    )


def lay(aws: FakeAws, source: str, target: str, key: dict[str, str], *, keep: bool = False) -> None:
    """Put a row into the wrong table."""
    row = aws.dynamodb.get_item(TableName=source, Key=key)["Item"]
    aws.dynamodb.put_item(TableName=target, Item=row)
    if not keep:
        aws.dynamodb.delete_item(TableName=source, Key=key)


def test_a_private_row_in_the_public_table_is_drift_and_goes_back(album: FakeAws) -> None:
    rows = sorted(album.rows(album.private_pics_table), key=str)
    assert len(look_for_drift(stack_of(album), Progress(quiet=True)).drift) == 0
    tables = (album.private_pics_table, album.pics_table)
    lay(album, *tables, {"primarykey": SET, "sortkey": PATHS[0].file})
    lay(album, *tables, {"primarykey": SET, "sortkey": PATHS[1].file}, keep=True)
    lay(album, *tables, {"primarykey": "/", "sortkey": SET})
    assert album.photos.get_photo(PATHS[0]) is None
    assert list(album.photos.list_sets()) == [], "nor is it shown to anybody meanwhile"
    found = look_for_drift(stack_of(album), Progress(quiet=True)).drift
    assert found.misplaced == {SET, f"{SET}/{PATHS[0].file}", f"{SET}/{PATHS[1].file}"}
    assert len(found) == 3, "the photo, its faces and its record are there all the same"
    assert f"{SET}/0.png: its row lies in the table that everybody can read" in found.lines()
    assert hide_rows(stack_of(album), found.misplaced) == 3
    reconcile.settle(stack_of(album), found, reconcile.Mended())
    assert album.rows(album.pics_table) == []
    assert sorted(album.rows(album.private_pics_table), key=str) == rows
    assert len(look_for_drift(stack_of(album), Progress(quiet=True)).drift) == 0
    assert hide_rows(stack_of(album), found.misplaced) == 0


def test_a_hidden_row_of_a_public_set_is_only_told_of(album: FakeAws) -> None:
    """Whoever has lost who may see what would show it to everybody."""
    album.dynamodb.delete_item(TableName=album.access_table, Key={"kind": "audience", "id": SET})
    found = look_for_drift(stack_of(album), Progress(quiet=True)).drift
    assert len(found) == 0
    assert f"kinpics audience {SET} members" in found.unfinished[SET]
    assert len(album.rows(album.private_pics_table)) == 4
    # What it says to do.
    changes_of(album).change(SET, MEMBERS)
    changes_of(album).change(SET, None)
    assert len(album.rows(album.pics_table)) == 4
    assert not look_for_drift(stack_of(album), Progress(quiet=True)).drift.unfinished
