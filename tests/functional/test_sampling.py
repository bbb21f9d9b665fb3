"""A look at part of a large site finds what a look at all of it finds there, and costs the same for any size."""

from types import SimpleNamespace
from typing import Any

import pytest
from support import BLUE, RED, FakeAws, picture

from functions.access.audiences import PUBLIC
from functions.keys import ImagePath, image_path
from functions.photo_rows import PhotoSet
from functions.shown_photos import ShownPhotos
from scripts.health import sampling
from scripts.health.sampling import draw_stretches, look_at_sample

PATHS = [image_path(name, f"{number}.png") for name in ("one", "two") for number in range(3)]


@pytest.fixture
def stack(aws: FakeAws) -> Any:
    for number, path in enumerate(PATHS):
        aws.put(path.key, picture(RED, BLUE, size=(160 + number, 120)))
        aws.photo_sync.sync(aws.pics_bucket, path, owner=str(number), seconds=60)
    return SimpleNamespace(
        outputs=aws.outputs,
        s3=aws.s3,
        photos=aws.photos,
        access=aws.access,
        images=aws.images,
        faces=aws.faces,
        download_rule=aws.downloads,
    )


def test_a_sample_finds_what_is_wrong_with_its_photos(aws: FakeAws, stack: Any) -> None:
    found = look_at_sample(stack)
    assert (len(found.drift), found.photos, found.faces) == (0, 6, 12)
    middle, other = PATHS[1], PATHS[4]
    row = aws.photos.get_photo(other)
    assert row is not None
    # The first and the last of a set are where a stretch begins and ends.
    aws.s3.delete_object(Bucket=aws.thumbnails_bucket, Key=PATHS[0].large_key)
    aws.s3.delete_object(Bucket=aws.thumbnails_bucket, Key=PATHS[2].card_key)
    aws.faces.delete(sorted(row.face_ids)[:1])
    aws.dynamodb.delete_item(TableName=aws.pics_table, Key={"primarykey": middle.set_name, "sortkey": middle.file})
    aws.s3.put_object(Bucket=aws.thumbnails_bucket, Key=image_path("two", "0.png.gone").key, Body=b"x")
    drift = look_at_sample(stack).drift
    assert drift.check == {
        PATHS[0]: "a thumbnail is missing",
        middle: "it has no row",
        PATHS[2]: "the card for links to it is missing",
        image_path("two", "0.png.gone"): "its original is gone",
    }
    assert drift.redo == {other: "a face is missing from the collection"}


def test_a_sample_finds_rows_that_show_what_is_gone_or_not_for_all_who_see_them(aws: FakeAws, stack: Any) -> None:
    shown = ShownPhotos(aws.photos)
    for path in PATHS[:2]:
        shown.show(path, "three", "2026-01-01T00:00:00+00:00")
    assert len(look_at_sample(stack).drift) == 0
    gone = {"primarykey": PATHS[1].set_name, "sortkey": PATHS[1].file}
    aws.dynamodb.delete_item(TableName=aws.pics_table, Key=gone)
    aws.access.put_audience("three", PUBLIC)
    stack.photos.tables.refresh()
    drift = look_at_sample(stack).drift
    assert set(drift.shown) == {f"three/{path}" for path in PATHS[:2]}
    aws.access.put_audience("three", None)
    stack.photos.tables.refresh()
    assert list(look_at_sample(stack).drift.shown) == [f"three/{PATHS[1]}"]


class LargeSite:
    """Sets of made-up originals; counts the pages that are listed."""

    def __init__(self, sets: int, photos: int):
        self.rows = [PhotoSet(sortkey=f"set{number:03}", pic_count=photos) for number in range(sets)]
        self.pages = 0
        self._photos = photos
        self.photos = SimpleNamespace(list_sets=lambda: iter(self.rows))
        self.s3 = SimpleNamespace(get_paginator=lambda _: SimpleNamespace(paginate=self._list))
        self.outputs = SimpleNamespace(pics_bucket="pics")

    def _list(self, *, Prefix: str, **_: Any) -> Any:  # noqa: N803 - S3's words
        for start in range(0, self._photos, 1_000):
            self.pages += 1
            numbers = range(start, min(start + 1_000, self._photos))
            rest = {"ETag": "etag", "Size": 1, "LastModified": None}
            yield {"Contents": [{"Key": f"{Prefix}{number:06}.jpg", **rest} for number in numbers]}


@pytest.mark.parametrize(("sets", "photos"), [(3, 1_000), (100, 1_000), (1, 100_000)])
def test_a_sample_is_of_neighbours_and_as_large_for_any_site(sets: int, photos: int) -> None:
    site: Any = LargeSite(sets, photos)
    stretches = list(draw_stretches(site))
    assert 0 < len(stretches) <= sampling.STRETCHES
    assert all(len(stretch) == sampling.STRETCH_PHOTOS for stretch in stretches)
    for stretch in stretches:
        first = int(stretch[0].path.file[:6])
        names = [f"{first + place:06}.jpg" for place in range(len(stretch))]
        assert [one.path for one in stretch] == [ImagePath(stretch[0].path.set_name, name) for name in names]
    assert site.pages <= sampling.STRETCHES * sampling.MAX_LISTED / 1_000
