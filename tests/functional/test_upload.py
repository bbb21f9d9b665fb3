"""Uploading a folder, with S3, tables and queue in memory and the process function at once."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import BLUE, GREEN, RED, FakeAws, picture

from functions.keys import image_path
from functions.photo_originals import SHA256_METADATA
from scripts.common.progress import Progress
from scripts.common.stack import Stack
from scripts.upload.uploader import Report, carry_out, make_plan


class ProcessingQueue:
    """An SQS client that processes photos as soon as it is asked to."""

    def __init__(self, sqs: Any, process: Callable[[], None]):
        self._sqs, self._process = sqs, process

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sqs, name)

    def send_message_batch(self, **arguments: Any) -> Any:
        self._process()
        return {}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "set"
    folder.mkdir()
    for name, color in (("a.png", RED), ("b.png", GREEN), ("c.png", BLUE)):
        (folder / name).write_bytes(picture(color))
    return folder


@pytest.fixture
def upload(aws: FakeAws, folder: Path) -> Callable[[], Report]:
    stack = Stack("kinpics", "us-east-1", "CREATE_COMPLETE", aws.outputs, {}, None, None)

    def process() -> None:
        for path in folder.iterdir():
            aws.photo_sync.sync(aws.pics_bucket, image_path("set", path.name), owner="test", seconds=60, force=False)

    stack.__dict__["sqs"] = ProcessingQueue(aws.sqs, process)
    stack.__dict__["photos"] = aws.photos
    quiet = Progress(quiet=True)
    return lambda: carry_out(stack, make_plan(stack, folder, None, 2, quiet), None, 2, quiet)


def test_a_resumed_photo_counts_once(aws: FakeAws, folder: Path, upload: Callable[[], Report]) -> None:
    for name in ("a.png", "b.png", "c.png"):
        data = (folder / name).read_bytes()
        digest = {SHA256_METADATA: hashlib.sha256(data).hexdigest()}
        aws.s3.put_object(Bucket=aws.pics_bucket, Key=f"photos/set/{name}", Body=data, Metadata=digest)
    first = upload()
    assert (first.uploaded, first.resumed, first.processed, first.already_there) == (0, 3, 3, 0)
    again = upload()
    assert (again.uploaded, again.resumed, again.processed, again.already_there) == (0, 0, 0, 3)
