"""A command of the owner's that is stopped before any of its calls to AWS: run again, or mended, all agrees.

The stop is an exception at the n-th call that changes something, for every n, that no handler of ours catches. A stop
before a call that only reads leaves what the stop before the next change does.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support import BLUE, COLLECTION, GREEN, RED, FakeAws, picture

from functions.face_collection import FaceCollection
from functions.forgotten_people import is_reference
from functions.galleries import FIRST_GALLERY, Gallery
from functions.keys import image_path
from functions.manage.forgetting_people import Removals
from functions.photo_messages import parse_message
from scripts.common.site_galleries import list_galleries, open_gallery
from scripts.gallery.gallery_mending import mend_gallery
from scripts.gallery.gallery_people import detach_face
from scripts.gallery.gallery_survey import GallerySurvey, gallery_drift, survey_galleries, survey_gallery
from scripts.gallery.portrait_folder import Portrait
from scripts.gallery.portraits import (
    add_portrait,
    count_portraits,
    delete_record,
    list_portraits,
    list_portraits_of,
    remove_gallery,
    remove_person,
)
from scripts.people.removal_requests import forgetting_of
from scripts.photos.delete_originals import delete_photos
from scripts.photos.originals import PhotoNotFoundError, find_photos, list_originals
from scripts.photos.requesting import ask_to_process

GALLERY = "gallery"


READING = ("batch_get_", "describe_", "get_", "head_", "list_", "query", "scan", "search_")


class Stopped(BaseException):
    """The command is stopped here."""


class Stop:
    """Counts the calls of clients that change something, and stops before the n-th."""

    def __init__(self) -> None:
        self.left: int | None = None

    def wrap(self, client: Any) -> Any:
        return _Client(client, self)

    def step(self) -> None:
        if self.left is not None:
            if not self.left:
                raise Stopped
            self.left -= 1


class _Client:
    def __init__(self, client: Any, stop: Stop):
        self._client, self._stop = client, stop

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if name == "exceptions" or name.startswith(READING):
            return found

        def call(**arguments: Any) -> Any:
            self._stop.step()
            return found(**arguments)

        return call


@pytest.fixture
def stop() -> Stop:
    return Stop()


@pytest.fixture
def stack(aws: FakeAws, stop: Stop) -> Any:
    """What the owner's commands use of a stack; each call can be the one they are stopped before."""
    aws.rekognition.create_collection(CollectionId=GALLERY)
    rekognition, s3, dynamodb, sqs = map(stop.wrap, (aws.rekognition, aws.s3, aws.dynamodb, aws.sqs))
    return SimpleNamespace(
        outputs=aws.outputs,
        rekognition=rekognition,
        s3=s3,
        dynamodb=dynamodb,
        sqs=sqs,
        ledger=aws.ledger,
        photos=aws.photos,
        access=aws.access,
        images=aws.images,
        writer=aws.writer,
        forgotten=aws.photo_sync.forgotten,
        faces=FaceCollection(rekognition, COLLECTION),
        gallery=FaceCollection(rekognition, GALLERY),
    )


def stops(stop: Stop, command: Callable[[], Any]) -> Iterator[int]:
    """Run a command again and again, each time stopped one call later, until it comes to its end."""
    number = 0
    while True:
        stop.left = number
        try:
            command()
        except Stopped:
            stop.left = None
            yield number
            number += 1
        else:
            stop.left = None
            assert number > 2, "hardly anything was called"
            return


def make_portraits(folder: Path) -> list[Portrait]:
    """Two of one person, one of another."""
    found = []
    for number, (person, color) in enumerate((("Ada", RED), ("Ada", RED), ("Grace", GREEN))):
        path = folder / f"{number}.png"
        path.write_bytes(picture(color, size=(200 + number, 150)))
        found.append(Portrait(path, person, credit=f"credit {number}"))
    return found


def add_all(stack: Any, gallery: list[Portrait]) -> None:
    present = {record.image_path for record in list_portraits(stack)}
    for portrait in gallery:
        add_portrait(stack, portrait, present)


def mend(stack: Any) -> None:
    mend_gallery(stack, gallery_drift(survey_gallery(stack)))


def shown(found: GallerySurvey) -> dict[str, str | None]:
    """The gallery's portraits and the people in them; checks that all else agrees."""
    assert list(gallery_drift(found).lines()) == []
    paths = {record.image_path: record.person for record in found.portraits.values()}
    assert len(found.portraits) == len(found.faces) == len(paths)
    assert found.pictures == found.thumbnails == set(paths)
    assert len(found.users) == len(found.people) == len(set(paths.values()))
    return paths


def test_portraits_are_found_without_reading_every_photo(stack: Any, tmp_path: Path) -> None:
    add_all(stack, make_portraits(tmp_path))
    stack.dynamodb.get_paginator = pytest.fail
    assert count_portraits(stack) == {"Ada": 2, "Grace": 1}
    assert {record.person for record in list_portraits_of(stack, "Grace")} == {"Grace"}


@pytest.mark.parametrize("is_mended", [True, False])
def test_a_stopped_add_is_mended_or_finished(stack: Any, stop: Stop, tmp_path: Path, is_mended: bool) -> None:
    gallery = make_portraits(tmp_path)[:2]
    for number in stops(stop, lambda: add_all(stack, gallery)):
        if is_mended:
            mend(stack)
            assert len(shown(survey_gallery(stack))) <= 2, number
        add_all(stack, gallery)
        assert list(shown(survey_gallery(stack)).values()) == ["Ada", "Ada"], number
        remove_person(stack, "Ada")
        assert shown(survey_gallery(stack)) == {}


@pytest.mark.parametrize("is_mended", [True, False])
def test_a_stopped_remove_is_mended_or_finished(stack: Any, stop: Stop, tmp_path: Path, is_mended: bool) -> None:
    gallery = make_portraits(tmp_path)
    add_all(stack, gallery)
    for number in stops(stop, lambda: remove_person(stack, "Ada")):
        if is_mended:
            mend(stack)
            assert set(shown(survey_gallery(stack)).values()) in ({"Ada", "Grace"}, {"Grace"}), number
        if list_portraits_of(stack, "Ada"):
            remove_person(stack, "Ada")
        assert set(shown(survey_gallery(stack)).values()) == {"Grace"}, number
        add_all(stack, gallery)


@pytest.mark.parametrize("is_mended", [True, False])
def test_a_stopped_deletion_of_a_gallery_is_mended_or_finished(
    stack: Any, stop: Stop, tmp_path: Path, is_mended: bool
) -> None:
    bands = Gallery("bands")
    ada = make_portraits(tmp_path)[0]

    def add() -> None:
        add_portrait(stack, ada, (), open_gallery(stack, "bands"))

    add()
    for number in stops(stop, lambda: remove_gallery(stack, bands)):
        if is_mended:
            for gallery, drift in survey_galleries(stack).items():
                mend_gallery(stack, drift, gallery)
            assert not any(map(len, survey_galleries(stack).values())), number
            there = bands in list_galleries(stack)
            assert count_portraits(stack, bands) == {"Ada": 1} if there else not count_files(stack), number
        remove_gallery(stack, bands)
        assert list_galleries(stack) == [FIRST_GALLERY], number
        assert count_files(stack) == 0, number
        add()
    assert list_galleries(stack) == [FIRST_GALLERY]


def count_files(stack: Any) -> int:
    buckets = (stack.outputs.pics_bucket, stack.outputs.thumbnails_bucket)
    return sum(stack.s3.list_objects_v2(Bucket=bucket)["KeyCount"] for bucket in buckets)


def test_a_stopped_repair_resumes(stack: Any, stop: Stop, tmp_path: Path) -> None:
    gallery = make_portraits(tmp_path)

    def damage() -> None:
        add_all(stack, gallery)
        found = survey_gallery(stack)
        records = sorted(found.portraits.values(), key=lambda record: record.image_path)
        # Ada's first has lost its face, the second its thumbnail; Grace her record as a person.
        (face,) = records[0].face_records
        detach_face(stack.gallery, "Ada", face["Face"]["FaceId"])
        stack.gallery.delete([face["Face"]["FaceId"]])
        stack.s3.delete_object(Bucket=stack.outputs.thumbnails_bucket, Key=records[1].image_path)
        delete_record(stack, "person:Grace")
        stack.gallery.index("of:2Fnobody", {"Bytes": picture(BLUE, size=(100, 100))})

    damage()
    for number in stops(stop, lambda: mend(stack)):
        mend(stack)
        found = survey_gallery(stack)
        assert sorted(shown(found).values()) == ["Ada", "Ada", "Grace"], number
        assert {record.credit for record in found.portraits.values()} == {"credit 0", "credit 1", "credit 2"}
        damage()


def test_a_portrait_whose_picture_is_gone_goes(stack: Any, tmp_path: Path) -> None:
    add_all(stack, make_portraits(tmp_path))
    for key in survey_gallery(stack).pictures:
        if "Grace" in key:
            stack.s3.delete_object(Bucket=stack.outputs.pics_bucket, Key=key)
    mend(stack)
    assert set(shown(survey_gallery(stack)).values()) == {"Ada"}


def test_running_a_stopped_deletion_again_finishes_it(stack: Any, aws: FakeAws, stop: Stop) -> None:
    aws.s3.put_bucket_versioning(Bucket=aws.pics_bucket, VersioningConfiguration={"Status": "Enabled"})

    def album() -> None:
        for name in ("a.png", "b.png", "b.png", "kept/c.png"):
            aws.put(f"photos/set/{name}" if "/" not in name else f"photos/{name}", picture(RED))

    def delete() -> None:
        with contextlib.suppress(PhotoNotFoundError):
            delete_photos(stack, find_photos(stack, "set", also_deleted=True), for_good=True)

    album()
    for number in stops(stop, delete):
        current = {original.path.file for original in list_originals(stack, "set")}
        assert current in (set(), {"a.png", "b.png"}), f"an old version is back after stop {number}"
        delete()
        left = aws.s3.list_object_versions(Bucket=aws.pics_bucket)
        assert {entry["Key"] for entry in left.get("Versions", [])} == {"photos/kept/c.png"}, number
        assert "DeleteMarkers" not in left, number
        album()


# Forgetting


def process(aws: FakeAws) -> None:
    """What the process function does with the queue's messages."""
    while messages := aws.sqs.receive_message(QueueUrl=aws.queue_url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            for change in parse_message(message["Body"]):
                path = image_path(*change.key.split("/")[1:])
                aws.photo_sync.sync(change.bucket, path, owner=message["MessageId"], seconds=60, force=change.force)
            aws.sqs.delete_message(QueueUrl=aws.queue_url, ReceiptHandle=message["ReceiptHandle"])


def remove_leftovers(aws: FakeAws, known: str) -> None:
    """As `reconcile` does: a face was indexed apart, but the command was stopped before it was noted."""
    aws.faces.delete(
        face["FaceId"] for face in aws.faces.list_faces() if is_reference(face) and face["FaceId"] != known
    )


@pytest.fixture
def forgetting(stack: Any) -> Callable[[], Removals]:
    """What forgets people, as a command has it each time; waiting until a stopped one's lease ends takes no time."""
    waited = 0.0

    def wait(seconds: float) -> None:
        nonlocal waited
        waited += seconds

    def make() -> Removals:
        made = forgetting_of(stack)
        lease = replace(made.journal.lease, clock=lambda: time.time() + waited, sleep=wait)
        return replace(made, journal=replace(made.journal, lease=lease))

    return make


def test_a_stopped_forget_is_finished_by_running_it_again(
    stack: Any, aws: FakeAws, stop: Stop, forgetting: Callable[[], Removals]
) -> None:
    paths = [image_path("set", name) for name in ("both.png", "red.png", "green.png")]
    colors = [(RED, GREEN), (RED,), (GREEN,)]
    for path, people_in_it in zip(paths, colors, strict=True):
        aws.put(path.key, picture(*people_in_it))
    red = ""

    def album() -> None:
        nonlocal red
        removals = forgetting()
        removals.allow_again(removals.list_forgotten())
        ask_to_process(stack, paths, force=True)
        process(aws)
        red = next(iter(aws.photos.get_photo(paths[1]).face_ids))

    def forget() -> None:
        removals = forgetting()
        if named := removals.find_faces([red]):
            removals.forget(named, lambda shown: ask_to_process(stack, shown, force=True))

    album()
    for number in stops(stop, forget):
        forget()
        process(aws)
        known = forgetting().list_forgotten()
        remove_leftovers(aws, known[0].id)
        assert len(known) == 1, f"known by {len(known)} faces after stop {number}"
        faces = {face["FaceId"] for face in aws.faces.list_faces()} - {known[0].id}
        rows = [aws.photos.get_photo(path).face_ids for path in paths]
        assert [len(row) for row in rows] == [1, 0, 1], number
        assert faces == set().union(*rows), number
        album()
