"""Large sets in a laptop stack without hours of uploading: renditions and rows as the process function makes them.

Each source is rendered once by the function's own code. A set with more photos than there are sources uses each several
times, under other names and dates. Nothing looks for faces: generated photos have none.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3

from bench import workplace
from build import build
from functions.keys import ImagePath
from functions.photo_rows import Photo, PhotoSet, grid_key
from functions.process.images import LARGE_TYPE, THUMBNAIL_TYPE, Renditions, render
from local.state_folder import STACK_NAME
from scripts.common.config import load_config
from scripts.common.stack import Stack, connect
from scripts.deployment.publish import publish
from scripts.laptop.laptop_deployment import deploy

# Photos a day, as on a trip or at a club.
PHOTOS_A_DAY = 25
_FIRST_DAY = datetime(2023, 1, 1, 9, tzinfo=UTC)


def fill(running: Any, sources: Path, counts: dict[str, int]) -> None:
    """Give a running stack sets with this many photos, open it to search engines, and publish its site."""
    with as_owner(running):
        stack = connect(STACK_NAME, running.data)
        with ProcessPoolExecutor() as pool:
            renditions = list(pool.map(_render, sorted(sources.iterdir())))
        for name, count in counts.items():
            print(f"writing a set of {count:,} photos ...", file=sys.stderr)
            _write_set(stack, name, count, renditions)
        config = replace(load_config(), search_engines=True)
        deploy(boto3.Session(), workplace.ROOT, STACK_NAME, stack.parameters | config.parameters)
        publish(stack, build(stack, workplace.WORK / "dist", config))


@contextlib.contextmanager
def as_owner(running: Any) -> Iterator[None]:
    """Whatever calls AWS meanwhile calls this stack."""
    before = dict(os.environ)
    os.environ.update(running.environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _render(path: Path) -> Renditions:
    return render(path.read_bytes())


def _write_set(stack: Stack, name: str, count: int, renditions: list[Renditions]) -> None:
    of_each = [renditions[number % len(renditions)] for number in range(count)]
    photos = [_photo(name, number, made) for number, made in enumerate(of_each)]

    def put(key: str, body: bytes, kind: str) -> None:
        stack.s3.put_object(Bucket=stack.outputs.thumbnails_bucket, Key=key, Body=body, ContentType=kind)

    paths = [ImagePath(name, photo.sortkey) for photo in photos]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda path, made: put(path.key, made.thumbnail, THUMBNAIL_TYPE), paths, of_each))
        # No grid shows these: one of each source is enough.
        list(pool.map(lambda path, made: put(path.large_key, made.large, LARGE_TYPE), paths, renditions))
    table = boto3.resource("dynamodb").Table(stack.outputs.pics_table)
    with table.batch_writer() as batch:
        for photo in photos:
            batch.put_item(photo.to_item())
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    row = PhotoSet(sortkey=name, pic=photos[0].sortkey, pic_count=count, face_count=0, created_at=now, updated_at=now)
    table.put_item(Item=row.to_item())


def _photo(name: str, number: int, renditions: Renditions) -> Photo:
    day, place = divmod(number, PHOTOS_A_DAY)
    taken = (_FIRST_DAY + timedelta(days=day, minutes=20 * place)).strftime("%Y-%m-%dT%H:%M:%S")
    file = f"{number:05}.jpg"
    return Photo(
        primarykey=name,
        sortkey=file,
        grid_key=grid_key(taken, file),
        width=renditions.width,
        height=renditions.height,
        placeholder=renditions.placeholder,
        face_count=0,
        etag=f"{number:032x}",
        content_type=renditions.content_type,
        taken_at=taken,
        processed_at=taken + "Z",
        data={"FaceRecords": [], "UnindexedFaces": []},
    )
