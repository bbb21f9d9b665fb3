"""Rows that the album's forerunner wrote, with names and faces alone: shown as they are, completed from originals."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from moto import mock_aws
from support import BLUE, COLLECTION, GREEN, RED, FakeAws, kept, make_fake_aws, picture

from build import build
from functions.face_collection import FaceCollection
from functions.keys import ImagePath, image_path
from functions.search.person_search import Searcher
from functions.search.search_request import parse_request
from functions.table_rows import from_dynamodb
from scripts.common.config import load_config
from scripts.common.progress import Progress
from scripts.health import reconcile
from scripts.health.drift import Drift
from scripts.health.stocktaking import look_for_drift

SET = "014_newportboston"
PATHS = [image_path(SET, f"Newport_pic_{number}.png") for number in range(1, 4)]
PICTURES = [picture(RED), picture(GREEN, RED), picture(BLUE)]


@pytest.fixture
def album(aws: FakeAws) -> FakeAws:
    """Three photos as the forerunner leaves them; its Rekognition was told no external image id."""
    kept(add_photos)(aws)
    return aws


def add_photos(aws: FakeAws) -> None:
    for path, body in zip(PATHS, PICTURES, strict=True):
        aws.put(path.key, body)
        found = aws.rekognition.index_faces(CollectionId=COLLECTION, Image={"Bytes": body})
        put_as_others_do(aws, path, found)


def put_as_others_do(aws: FakeAws, path: ImagePath, found: dict) -> None:
    import decimal
    import json

    data = json.loads(json.dumps(found), parse_float=decimal.Decimal)
    pics, by_image_id = aws.pics_table, aws.pics_by_image_id_table
    put(aws, pics, {"primarykey": "/", "sortkey": path.set_name, "pic": PATHS[0].file})
    put(aws, pics, {"primarykey": path.set_name, "sortkey": path.file, "data": data})
    image_id = data["FaceRecords"][0]["Face"]["ImageId"]
    put(aws, by_image_id, {"image_id": image_id, "image_path": str(path), "data": data})


def put(aws: FakeAws, table: str, item: dict) -> None:
    aws.dynamodb.put_item(TableName=table, Item=item)


def owners(aws: FakeAws) -> Any:
    """What the owner's commands and the generator use of a stack."""
    gallery = FaceCollection(aws.rekognition, "gallery")
    if gallery.collection_id not in aws.rekognition.list_collections()["CollectionIds"]:
        aws.rekognition.create_collection(CollectionId=gallery.collection_id)
    return SimpleNamespace(
        outputs=aws.outputs,
        s3=aws.s3,
        dynamodb=aws.dynamodb,
        photos=aws.photos,
        access=aws.access,
        images=aws.images,
        writer=aws.writer,
        faces=aws.faces,
        ledger=aws.ledger,
        forgotten=aws.photo_sync.forgotten,
        site_url=None,
        home_url=None,
        shared_url=None,
        gallery=gallery,
        rekognition=aws.rekognition,
        download_rule=aws.downloads,
        parameters={"SignUp": "no"},
        region="us-east-1",
        endpoint_url=None,
    )


def search(aws: FakeAws, face_id: str) -> set[str]:
    found = Searcher(
        {"album": FaceCollection(aws.rekognition, COLLECTION)}, aws.images, aws.ledger, 1000, 1000, aws.access
    )
    return {photo["image_path"] for photo in found.search(parse_request({"faceid": face_id}), None)["output"]}


def drift(aws: FakeAws) -> Drift:
    """What disagrees."""
    return look_for_drift(owners(aws), Progress(quiet=True)).drift


def mend(aws: FakeAws) -> Drift:
    """What `kinpics reconcile` does, with the process function at once; returns what is left."""
    found = drift(aws)
    for number, path in enumerate([*found.check, *found.redo]):
        aws.photo_sync.sync(aws.pics_bucket, path, owner=str(number), seconds=60, force=path in found.redo)
    reconcile.settle(owners(aws), found, reconcile.Mended())
    return drift(aws)


def test_a_set_of_others_is_shown_and_found_at_once(album: FakeAws, tmp_path: Path) -> None:
    dist = build(owners(album), tmp_path / "dist", load_config()).folder
    assert "014 newportboston" in (dist / "index.html").read_text()
    assert (dist / "sets" / SET / "index.html").read_text().count('class="tile"') == 3
    (face,) = face_ids(album, PATHS[0])
    assert search(album, face) == {str(PATHS[0]), str(PATHS[1])}


def face_ids(aws: FakeAws, path: ImagePath) -> set[str]:
    photo = aws.photos.get_photo(path)
    assert photo is not None
    return photo.face_ids


def test_reconcile_completes_rows_of_others_and_keeps_their_faces(album: FakeAws) -> None:
    before = {path: face_ids(album, path) for path in PATHS}
    calls = album.rekognition.calls.count("IndexFaces")
    album.s3.delete_object(Bucket=album.pics_bucket, Key=PATHS[2].key)
    left = mend(album)
    assert (len(left), list(left.unfinished)) == (0, [str(PATHS[2])]), "what has no original stays, and is reported"
    album.put(PATHS[2].key, PICTURES[2])
    assert (len(mend(album)), mend(album).unfinished) == (0, {})
    assert {path: face_ids(album, path) for path in PATHS} == before
    assert album.rekognition.calls.count("IndexFaces") == calls, "faces that stand cost nothing"
    photo_set = album.photos.get_set(SET)
    assert photo_set is not None
    assert (photo_set.pic_count, photo_set.face_count, photo_set.pic) == (3, 4, PATHS[0].file)
    assert {item["sortkey"] for item in album.grid(SET)} == {path.file for path in PATHS}
    assert search(album, *before[PATHS[0]]) == {str(PATHS[0]), str(PATHS[1])}


def test_a_set_of_others_is_not_counted_by_halves(album: FakeAws) -> None:
    new = image_path(SET, "new.png")
    album.put(new.key, picture(RED, BLUE))
    for path in (new, PATHS[0]):
        album.photo_sync.sync(album.pics_bucket, path, owner=str(path), seconds=60)
    for gone in (PATHS[1], new):
        album.s3.delete_object(Bucket=album.pics_bucket, Key=gone.key)
        album.photo_sync.sync(album.pics_bucket, gone, owner=f"gone {gone}", seconds=60)
    photo_set = album.photos.get_set(SET)
    assert photo_set is not None
    assert photo_set.is_uncounted, "else the page would ask the grid's index, which lacks a photo"
    assert len(mend(album)) == 0
    for gone in (PATHS[0], PATHS[2]):
        album.s3.delete_object(Bucket=album.pics_bucket, Key=gone.key)
        album.photo_sync.sync(album.pics_bucket, gone, owner=f"gone {gone}", seconds=60)
    assert album.rows(album.pics_table) == album.rows(album.pics_by_image_id_table) == []
    assert list(album.faces.list_faces()) == []


def test_a_face_of_two_photos_outlives_one_of_them(album: FakeAws) -> None:
    twin = image_path(SET, "twin.png")
    album.put(twin.key, PICTURES[0])
    photo = album.photos.get_photo(PATHS[0])
    assert photo is not None
    put_as_others_do(album, twin, photo.data)
    assert len(mend(album)) == 0
    album.s3.delete_object(Bucket=album.pics_bucket, Key=twin.key)
    album.photo_sync.sync(album.pics_bucket, twin, owner="gone", seconds=60)
    assert search(album, *photo.face_ids) == {str(PATHS[0]), str(PATHS[1])}
    assert len(mend(album)) == 0


SCALARS = st.none() | st.booleans() | st.text(max_size=4) | st.integers(-9, 9).map(str) | st.integers(-9, 9)
VALUES = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(st.sampled_from(["FaceRecords", "x"]), SCALARS)
NAMES = ["pic", "title", "pic_count", "face_count", "etag", "processed_at", "width", "placeholder", "data", "of_others"]


@settings(
    deadline=None, max_examples=8, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.too_slow]
)
@example(rows=[{"face_count": None}], record={})
@example(rows=[{"pic_count": None, "pic": ["1"]}], record={"image_path": 5})
@given(
    rows=st.lists(st.dictionaries(st.sampled_from(NAMES), VALUES), max_size=3),
    record=st.dictionaries(st.sampled_from(["image_path", "data", "other_paths", "width"]), VALUES),
)
def test_no_row_stops_what_reads_them(rows: list[dict], record: dict) -> None:
    """Whatever is in them: they are surveyed, completed from their originals, exported and removed."""
    with mock_aws():
        aws = make_fake_aws()
        put(aws, aws.pics_by_image_id_table, {"image_id": "of others", **record})
        for number, row in enumerate(rows):
            key = ("/", SET) if not number else (SET, PATHS[number].file)
            put(aws, aws.pics_table, {"primarykey": key[0], "sortkey": key[1], **row})
        for path, body in zip(PATHS[:2], PICTURES, strict=False):
            aws.put(path.key, body)
        list(drift(aws).lines())
        assert len(mend(aws)) == 0
        for photo in aws.photos.list_photos(SET):
            from_dynamodb(photo.to_item())
        if len(rows) > 1 and "of_others" in rows[1]:
            (kept,) = [item for item in aws.rows(aws.pics_table) if item["sortkey"] == PATHS[1].file]
            assert "of_others" in kept
        for path in PATHS[:2]:
            aws.s3.delete_object(Bucket=aws.pics_bucket, Key=path.key)
            aws.photo_sync.sync(aws.pics_bucket, path, owner=f"gone {path}", seconds=60)
        assert not {path.file for path in PATHS[:2]} & {item["sortkey"] for item in aws.rows(aws.pics_table)}
