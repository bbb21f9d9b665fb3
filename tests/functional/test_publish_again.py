"""Publishing again: what hasn't changed is left alone, and the site is the one that rendering all of it makes."""

import contextlib
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support import FakeAws, kept, site_stack

import build
from functions.dates import timestamp
from functions.keys import ImagePath
from functions.photo_page import RECORD_KEY, page_key
from functions.photo_rows import Photo
from scripts.common.config import load_config
from scripts.deployment.publish import build_and_publish, is_behind

# Long enough ago that a set is known.
LONG_AGO = datetime.now(UTC) - timedelta(days=1)
MOMENTS = (timestamp(LONG_AGO + timedelta(seconds=second)) for second in itertools.count())


class Calls:
    """What S3 and DynamoDB are asked for: keys that are written, prefixes listed, and partitions queried."""

    def __init__(self, aws: FakeAws):
        self.written: list[str] = []
        self.listed: list[str] = []
        self.queried: list[str] = []
        # Raises instead of writing, once so many files have been written.
        self.fails_after: int | None = None
        # Called before the next file is written.
        self.interrupt: Callable[[], None] = lambda: None
        self._hooks = [
            (aws.s3, "provide-client-params.s3.PutObject", self._write),
            (aws.s3, "provide-client-params.s3.ListObjectsV2", self._list),
            (aws.dynamodb, "provide-client-params.dynamodb.Query", self._query),
        ]

    def _write(self, params: dict[str, Any], **_: Any) -> None:
        if params["Key"] == RECORD_KEY:
            return
        self.interrupt, interrupt = (lambda: None), self.interrupt
        interrupt()
        if self.fails_after is not None and len(self.written) >= self.fails_after:
            raise ConnectionError("the connection is lost")
        self.written.append(params["Key"])

    def _list(self, params: dict[str, Any], **_: Any) -> None:
        self.listed.append(params.get("Prefix", ""))

    def _query(self, params: dict[str, Any], **_: Any) -> None:
        if partition := params["ExpressionAttributeValues"].get(":p"):  # table `access` has another key
            self.queried.append(partition)

    def __enter__(self) -> "Calls":
        for client, event, hook in self._hooks:
            client.meta.events.register(event, hook)
        return self

    def __exit__(self, *_: object) -> None:
        for client, event, hook in self._hooks:
            client.meta.events.unregister(event, hook)


@contextlib.contextmanager
def in_english() -> Iterator[None]:
    """Pages in other languages are files beside those in English; where that isn't the point, they cost four times."""
    config = replace(load_config(), language="en")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "load_config", lambda: config)
        yield


@pytest.fixture
def stack(aws: FakeAws) -> Iterator[Any]:
    with in_english():
        yield site_stack(aws)


@pytest.fixture
def calls(aws: FakeAws) -> Iterator[Calls]:
    with Calls(aws) as noted:
        yield noted


def add_set(aws: FakeAws, name: str, files: int = 3) -> None:
    for number in range(files):
        add_photo(aws, name, f"{number}.jpg")


def add_photo(aws: FakeAws, name: str, file: str) -> None:
    face = {"FaceId": f"{number_of(name, file):08x}-0000-4000-8000-000000000000", "ImageId": f"image-{name}-{file}"}
    face |= {"BoundingBox": {"Left": 0.4, "Top": 0.3, "Width": 0.2, "Height": 0.3}}
    photo = Photo(
        primarykey=name,
        sortkey=file,
        grid_key=f"2026-04-0{len(file) % 7 + 1}/{file}",
        width=1500,
        height=1000,
        taken_at=f"2026-04-0{len(file) % 7 + 1}",
        keywords=["Boat", name],
        face_count=1,
        etag=f"etag-{file}",
        processed_at=next(MOMENTS),
        data={"FaceRecords": [{"Face": face}]},
    )
    aws.writer.put_photo(ImagePath(name, file), photo, next(MOMENTS))


def number_of(*texts: str) -> int:
    return sum(map(ord, "".join(texts)))


def site_of(aws: FakeAws) -> dict[str, bytes]:
    """Every file of the site bucket."""
    return {key: body for key, body in aws.files(aws.site_bucket).items() if key != RECORD_KEY}


def check_as_if_all_were_rendered(aws: FakeAws, stack: Any) -> None:
    """Publishing the whole site anew changes nothing."""
    published = site_of(aws)
    assert build_and_publish(stack, whole=True) == 0
    assert site_of(aws) == published


def test_one_changed_set_costs_the_same_among_few_and_many(aws: FakeAws, stack: Any, calls: Calls) -> None:
    counted = []
    for number in range(8):
        add_set(aws, f"set {number:02}")
        if number not in (2, 7):
            continue
        build_and_publish(stack)
        calls.written.clear(), calls.listed.clear(), calls.queried.clear()
        aws.writer.reword_photo(ImagePath("set 01", "1.jpg"), {"caption": f"words {number}"}, next(MOMENTS))
        build_and_publish(stack)
        assert calls.queried == ["/", "set 01"]
        assert {key.split("/")[1] for key in calls.written if key.startswith("sets/")} == {"set 01"}
        counted.append((len(calls.written), len(calls.listed)))
    assert counted[0] == counted[1]
    check_as_if_all_were_rendered(aws, stack)


def publish_three(aws: FakeAws) -> None:
    for name in ("one", "two", "three"):
        add_set(aws, name)
    build_and_publish(site_stack(aws))


def publish_three_in_english(aws: FakeAws) -> None:
    with in_english():
        publish_three(aws)


@pytest.fixture
def published(aws: FakeAws, stack: Any) -> Any:
    """A stack of three sets whose site is published."""
    kept(publish_three_in_english)(aws)
    return stack


def remove_photo(aws: FakeAws) -> None:
    """As the process function does."""
    path = ImagePath("two", "0.jpg")
    aws.writer.remove_photo(path, next(MOMENTS))
    aws.pages.delete(path)


def change_words(aws: FakeAws) -> None:
    aws.writer.reword_photo(ImagePath("two", "0.jpg"), {"title": "A word that nobody else has"}, next(MOMENTS))
    aws.writer.describe_set("three", {"title": "Third", "description": "A week"}, next(MOMENTS))


def change_photos(aws: FakeAws) -> None:
    remove_photo(aws)
    add_photo(aws, "one", "new.jpg")
    aws.writer.choose_cover(ImagePath("one", "2.jpg"), next(MOMENTS))


def forget(aws: FakeAws) -> str:
    """Index the front page's photo without its face, as for a forgotten person; returns the face's id."""
    index = aws.s3.get_object(Bucket=aws.site_bucket, Key="index.html")["Body"].read().decode()
    (face_id,) = re.findall(r"/faces/\?face=([0-9a-f-]+)", index)
    photos = [photo for name in ("one", "two", "three") for photo in aws.photos.list_photos(name)]
    for photo in photos:
        if face_id in photo.face_ids:
            anew = replace(photo, source={}, face_count=0, data={"FaceRecords": []}, processed_at=next(MOMENTS))
            aws.writer.put_photo(ImagePath(photo.primarykey, photo.sortkey), anew, next(MOMENTS))
    return face_id


def test_the_front_page_forgets_a_face_with_the_photo(aws: FakeAws, published: Any) -> None:
    def named_in(face_id: str) -> list[str]:
        files = aws.files(aws.site_bucket).items()
        return [key for key, body in files if face_id.encode() in body and key.endswith((".html", ".json", ".xml"))]

    face_id = forget(aws)
    assert "index.html" in named_in(face_id)
    build_and_publish(published)
    assert named_in(face_id) == []


def change_sets(aws: FakeAws) -> None:
    add_set(aws, "between", 1)
    for file in ("1.jpg", "2.jpg"):
        aws.writer.remove_photo(ImagePath("two", file), next(MOMENTS))


def test_publishing_what_changed_makes_the_same_site_as_publishing_all_in_all_languages(aws: FakeAws) -> None:
    publish_three(aws)
    published = site_stack(aws)
    assert "index.de.html" in site_of(aws)
    for change in (change_words, change_photos, change_sets):
        change(aws)
        build_and_publish(published)
        check_as_if_all_were_rendered(aws, published)
    assert not any(key.startswith("sets/two/") for key in site_of(aws)), "its photos are gone"
    assert build_and_publish(published) == 0


@pytest.mark.parametrize("files", [0, 3, 12])
def test_a_publish_that_was_stopped_is_made_good(aws: FakeAws, published: Any, calls: Calls, files: int) -> None:
    change_words(aws)
    remove_photo(aws)
    calls.written.clear()
    calls.fails_after = files
    with pytest.raises(ConnectionError):
        build_and_publish(published)
    calls.fails_after = None
    add_photo(aws, "one", "new.jpg")
    assert is_behind(published, ["one"])
    assert is_behind(published, ["none", "two"])
    build_and_publish(published)
    assert not is_behind(published, ["none", "one", "two"])
    assert page_key(ImagePath("two", "0.jpg")) not in site_of(aws)
    check_as_if_all_were_rendered(aws, published)


def test_a_change_of_the_whole_site_that_was_stopped_and_taken_back_leaves_no_page_of_it(
    aws: FakeAws, published: Any, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = build.load_config()
    calls.fails_after = 30
    with monkeypatch.context() as patch:
        patch.setattr(build, "load_config", lambda: replace(before, title="Another title"))
        with pytest.raises(ConnectionError):
            build_and_publish(published)
    assert any(b"Another title" in body for body in site_of(aws).values())
    calls.fails_after = None
    build_and_publish(published)
    check_as_if_all_were_rendered(aws, published)


def test_a_publish_during_another_leaves_nothing_old(aws: FakeAws, published: Any, calls: Calls) -> None:
    """The first one has rendered the photo that the second one no longer shows."""

    def publish_too() -> None:
        remove_photo(aws)
        build_and_publish(published)

    change_words(aws)
    calls.interrupt = publish_too
    build_and_publish(published)
    assert page_key(ImagePath("two", "0.jpg")) not in site_of(aws)
    check_as_if_all_were_rendered(aws, published)


def test_a_set_that_has_just_changed_is_rendered_once_more(aws: FakeAws, published: Any, calls: Calls) -> None:
    """The process function may still be writing a page of it."""
    aws.writer.describe_set("two", {"title": "Second"}, timestamp())
    build_and_publish(published)
    stale = page_key(ImagePath("two", "1.jpg"))
    aws.s3.put_object(Bucket=aws.site_bucket, Key=stale, Body=b"late")
    calls.queried.clear()
    build_and_publish(published)
    assert calls.queried == ["/", "two"]
    check_as_if_all_were_rendered(aws, published)


def test_a_damaged_record_makes_publishing_render_everything(aws: FakeAws, published: Any, calls: Calls) -> None:
    for body in (b"{", b'{"format": 1, "site": 1, "search_index": "", "sets": {"one": [1]}}'):
        aws.s3.put_object(Bucket=aws.site_bucket, Key=RECORD_KEY, Body=body)
        calls.queried.clear()
        assert build_and_publish(published) == 0
        assert sorted(calls.queried) == ["/", "one", "three", "two"]
