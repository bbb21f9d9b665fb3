"""Taking the album out, from S3 in memory."""

import resource
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import FakeAws

from scripts.common.progress import Progress
from scripts.common.stack import Stack
from scripts.photos.export import ExportError, export_site, find_left_over

LARGE, SMALL = "photos/set/b large.jpg", "photos/set/a.jpg"
MAX_BYTES = 100_000


@pytest.fixture
def stack(aws: FakeAws) -> Stack:
    found = Stack("kinpics", "us-east-1", "CREATE_COMPLETE", aws.outputs, {}, None, None)
    aws.rekognition.create_collection(CollectionId=aws.outputs.celebrities_collection)
    found.__dict__["rekognition"] = aws.rekognition
    return found


@pytest.fixture
def small_disk() -> Iterator[None]:
    """No file of this process grows beyond `MAX_BYTES`."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_BYTES, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_without_room_ends_the_export_in_one_line(
    aws: FakeAws, stack: Stack, small_disk: None, tmp_path: Path
) -> None:
    aws.put(SMALL, b"x")
    aws.put(LARGE, bytes(2 * MAX_BYTES))
    with pytest.raises(ExportError) as caught:
        export_site(stack, tmp_path, 1, Progress(quiet=True))
    assert "file too large; make room, and run the same command again" in str(caught.value)
    assert [path.name for path in (tmp_path / "photos" / "set").iterdir()] == ["a.jpg"], "nothing half written stays"


def test_photos_that_the_site_has_no_more_are_told_of(aws: FakeAws, stack: Stack, tmp_path: Path) -> None:
    aws.put(SMALL, b"x")
    aws.put("photos/set/gone.jpg", b"x")
    export_site(stack, tmp_path, 1, Progress(quiet=True))
    (tmp_path / "photos" / "set" / "a.jpg.xmp").write_bytes(b"")
    assert find_left_over(stack, tmp_path) == []
    aws.s3.delete_object(Bucket=aws.pics_bucket, Key="photos/set/gone.jpg")
    export_site(stack, tmp_path, 1, Progress(quiet=True))
    assert find_left_over(stack, tmp_path) == ["set/gone.jpg"]


def test_a_name_as_long_as_names_can_be_is_written(aws: FakeAws, stack: Stack, tmp_path: Path) -> None:
    name = "n" * 251 + ".jpg"
    aws.put(f"photos/set/{name}", b"x")
    assert export_site(stack, tmp_path, 1, Progress(quiet=True)) == (1, 0, {})
    assert (tmp_path / "photos" / "set" / name).read_bytes() == b"x"
