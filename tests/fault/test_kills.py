"""A laptop stack killed at random moments while it is written to: what it acknowledged is there when it comes back.

A client works against it: uploads, replaces and deletes photos, writes items one by one and in transactions, sends
and deletes messages, asks for identities. Each call is written down as asked before it is sent, and as done when it is
answered; between the two the stack is free to have done it or not, in whole. The moments are drawn from a fixed seed.
"""

import contextlib
import functools
import hashlib
import io
import itertools
import os
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from PIL import Image
from running import RunningStack, descendants, start_stack, still_there

from functions.keys import decode_external_image_id, image_path
from functions.people.people_files import PRIVATE_PREFIX

KILLS_EACH = int(os.environ.get("KINPICS_FAULT_KILLS", "8"))  # of two stacks
TABLE = "ledger"
SET_NAME = "fault"
NAMES = [f"{number}.jpg" for number in range(6)]
ONCE = Config(retries={"total_max_attempts": 1}, read_timeout=20)


class Ledger:
    """For each key the values it may have now: one that was acknowledged, or two while a call is unanswered."""

    def __init__(self) -> None:
        self.allowed: dict[Any, set[Any]] = {}

    @contextlib.contextmanager
    def change(self, **values: Any) -> Any:
        for key, value in values.items():
            self.allowed[key] = self.allowed.get(key, {None}) | {value}
        yield
        for key, value in values.items():
            self.allowed[key] = {value}

    def settle(self, found: dict[str, Any]) -> None:
        """Hold what is there against what may be, and go on from what is."""
        for key, allowed in self.allowed.items():
            assert found.get(key) in allowed, f"{key} is {found.get(key)!r}, and may be one of {allowed!r}"
        assert found.keys() <= self.allowed.keys()
        self.allowed = {key: {found.get(key)} for key in self.allowed}


class Client:
    """Works against a stack until it no longer answers."""

    def __init__(self, draw: random.Random, pictures: list[bytes]):
        self._draw = draw
        self._pictures = pictures
        self._numbers = itertools.count()
        self.objects, self.items, self.messages = Ledger(), Ledger(), Ledger()
        self.identities: set[str] = set()
        self.calls = 0

    def work(self, stack: RunningStack) -> None:
        """Call after call, until one is not answered; only so many change photos, for each of those is processed."""
        on_pics = [self._upload] * 4 + [self._delete] * 2
        others = [self._put_item, self._transact, self._update_item]
        others += [self._send, self._receive_and_delete, self._identify]
        remaining = self._draw.randrange(1, 6)
        with contextlib.suppress(BotoCoreError, ClientError):
            while True:
                operation = self._draw.choice(on_pics + others if remaining else others)
                remaining -= operation in on_pics
                operation(stack)
                self.calls += 1

    def _upload(self, stack: RunningStack) -> None:
        name, body = self._draw.choice(NAMES), self._draw.choice(self._pictures)
        with self.objects.change(**{name: md5(body)}):
            client(stack, "s3").put_object(Bucket=stack.outputs["PicsBucket"], Key=key(name), Body=body)

    def _delete(self, stack: RunningStack) -> None:
        name = self._draw.choice(NAMES)
        with self.objects.change(**{name: None}):
            client(stack, "s3").delete_object(Bucket=stack.outputs["PicsBucket"], Key=key(name))

    def _put_item(self, stack: RunningStack) -> None:
        number = next(self._numbers)
        with self.items.change(single=number):
            client(stack, "dynamodb").put_item(TableName=TABLE, Item=item("single", number))

    def _update_item(self, stack: RunningStack) -> None:
        number = next(self._numbers)
        with self.items.change(updated=number):
            client(stack, "dynamodb").update_item(
                TableName=TABLE,
                Key={"name": {"S": "updated"}},
                UpdateExpression="SET n = :n",
                ExpressionAttributeValues={":n": {"N": str(number)}},
            )

    def _transact(self, stack: RunningStack) -> None:
        number = next(self._numbers)
        with self.items.change(left=number, right=number):
            puts = [{"Put": {"TableName": TABLE, "Item": item(name, number)}} for name in ("left", "right")]
            client(stack, "dynamodb").transact_write_items(TransactItems=puts)

    def _send(self, stack: RunningStack) -> None:
        body = f"message {next(self._numbers)}"
        with self.messages.change(**{body: 1}):
            client(stack, "sqs").send_message(QueueUrl=idle_queue(stack), MessageBody=body)

    def _receive_and_delete(self, stack: RunningStack) -> None:
        sqs = client(stack, "sqs")
        for message in sqs.receive_message(QueueUrl=idle_queue(stack)).get("Messages", []):
            with self.messages.change(**{message["Body"]: None}):
                sqs.delete_message(QueueUrl=idle_queue(stack), ReceiptHandle=message["ReceiptHandle"])

    def _identify(self, stack: RunningStack) -> None:
        if len(self.identities) < 20:
            answer = client(stack, "cognito-identity").get_id(IdentityPoolId=stack.outputs["IdentityPool"])
            self.identities.add(answer["IdentityId"])


@functools.lru_cache(maxsize=16)
def client(stack: RunningStack, name: str) -> Any:
    return stack.session().client(name, endpoint_url=stack.api_url, config=ONCE)


def key(name: str) -> str:
    return image_path(SET_NAME, name).key


def md5(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


def item(name: str, number: int) -> dict:
    return {"name": {"S": name}, "n": {"N": str(number)}}


def idle_queue(stack: RunningStack) -> str:
    """A queue that no function reads."""
    return stack.outputs["ProcessQueue"].rpartition("/")[0] + "/idle"


def names_of(stack: RunningStack) -> dict[str, str]:
    """The stack's outputs, with the queues' paths alone: their addresses have the port of the day."""
    return {name: value.removeprefix(stack.api_url) for name, value in stack.outputs.items()}


def wait_until_processed(stack: RunningStack) -> None:
    """Wait for all photos; no message may end up a dead letter."""
    stack.wait_for_queue("ProcessQueue")
    assert stack.queue_length("DeadLetterQueue") == 0


def rows(stack: RunningStack, table: str) -> list[dict]:
    read = TypeDeserializer().deserialize
    items = client(stack, "dynamodb").scan(TableName=table)["Items"]
    return [{name: read(value) for name, value in item.items()} for item in items]


def check(stack: RunningStack, work: Client) -> None:
    """Hold all that is there against what the client was told."""
    items = rows(stack, TABLE)
    written = {row["name"]: int(row["n"]) for row in items}
    assert written.get("left") == written.get("right"), "a transaction took effect in half"
    work.items.settle(written)
    sqs = client(stack, "sqs")
    received: list[dict] = []
    while batch := sqs.receive_message(QueueUrl=idle_queue(stack), MaxNumberOfMessages=10, VisibilityTimeout=600).get(
        "Messages"
    ):
        received += batch
    bodies = [message["Body"] for message in received]
    assert len(bodies) == len(set(bodies)), "a message is there twice"
    work.messages.settle(dict.fromkeys(bodies, 1))
    for message in received:
        sqs.change_message_visibility(
            QueueUrl=idle_queue(stack), ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
        )
    for identity in work.identities:
        client(stack, "cognito-identity").get_credentials_for_identity(IdentityId=identity)
    check_album(stack, work)


def check_album(stack: RunningStack, work: Client) -> None:
    """S3 = tables = thumbnails = faces."""
    s3 = client(stack, "s3")
    listed = s3.list_objects_v2(Bucket=stack.outputs["PicsBucket"]).get("Contents", [])
    etags = {entry["Key"].rpartition("/")[2]: entry["ETag"].strip('"') for entry in listed}
    for name, etag in etags.items():
        body = s3.get_object(Bucket=stack.outputs["PicsBucket"], Key=key(name))["Body"].read()
        assert md5(body) == etag, "an object has the bytes of another"
    work.objects.settle(etags)
    found = rows(stack, stack.outputs["PicsTable"])
    photos = {row["sortkey"]: row for row in found if row["primarykey"] == SET_NAME}
    assert {name: photo["etag"] for name, photo in photos.items()} == etags
    sets = [row for row in found if row["primarykey"] == "/"]
    assert [int(row["pic_count"]) for row in sets] == ([len(etags)] if etags else [])
    listed = s3.list_objects_v2(Bucket=stack.outputs["ThumbnailsBucket"]).get("Contents", [])
    # The people function's files are about all photos; `kinpics people rebuild` makes them again.
    thumbnails = {entry["Key"] for entry in listed if not entry["Key"].startswith(PRIVATE_PREFIX)}
    paths = [image_path(SET_NAME, name) for name in etags]
    expected = {key for path in paths for key in (*path.rendition_keys, path.card_key, path.download_key("stripped"))}
    assert thumbnails == expected
    faces = client(stack, "rekognition").list_faces(CollectionId=stack.outputs["AlbumCollection"])["Faces"]
    by_name: dict[str, set[str]] = {name: set() for name in etags}
    for face in faces:
        by_name[decode_external_image_id(face["ExternalImageId"]).file].add(face["FaceId"])
    assert {
        name: {record["Face"]["FaceId"] for record in photo["data"]["FaceRecords"]} for name, photo in photos.items()
    } == by_name
    # Photos of one content share a row.
    shared = rows(stack, stack.outputs["PicsByImageIdTable"])
    images = {path for row in shared for path in (row["image_path"], *(row.get("other_paths") or ()))}
    assert images == {f"{SET_NAME}/{name}" for name, found in by_name.items() if found}


@pytest.fixture(scope="module")
def pictures(demo_folders: list[Path]) -> list[bytes]:
    """Small pictures of one face each, and one of none."""
    made = []
    for path in sorted(demo_folders[0].glob("*.jpg"))[:3]:
        with Image.open(path) as picture:
            picture.draft("RGB", (480, 480))
            picture.thumbnail((320, 320))
            buffer = io.BytesIO()
            picture.save(buffer, "JPEG")
            made.append(buffer.getvalue())
    return [*made, plain()]


def plain() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (96, 96), (90, 120, 60)).save(buffer, "JPEG")
    return buffer.getvalue()


def killed_often(folder: Path, pictures: list[bytes], seed: int) -> Client:
    """What the client of one stack was told; the stack is killed again and again, and held against that each time."""
    draw = random.Random(f"moments {seed}")  # noqa: S311 - it has to come again
    work = Client(random.Random(f"calls {seed}"), pictures)  # noqa: S311
    stack = start_stack(folder)
    try:
        names = names_of(stack)
        stack.client("sqs").create_queue(QueueName="idle", Attributes={"VisibilityTimeout": "1"})
        stack.client("dynamodb").create_table(
            TableName=TABLE,
            AttributeDefinitions=[{"AttributeName": "name", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "name", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        for number in range(KILLS_EACH):
            worker = threading.Thread(target=work.work, args=(stack,))
            worker.start()
            # Functions and the engine take a second to start: most kills find them at work.
            time.sleep(draw.uniform(0.05, 2.0))
            started = descendants(stack.process.pid)
            stack.stop(signal.SIGKILL)
            worker.join()
            assert still_there(started, 60) == [], f"processes outlive kill {number} of seed {seed}"
            stack = start_stack(folder)
            assert names_of(stack) == names, f"other names after kill {number} of seed {seed}"
            wait_until_processed(stack)
            check(stack, work)
    finally:
        stack.stop()
    print(f"{KILLS_EACH} kills, {work.calls} calls answered, seed {seed}")
    return work


def test_nothing_acknowledged_is_lost_when_the_stack_is_killed(tmp_path: Path, pictures: list[bytes]) -> None:
    first = int(os.environ.get("KINPICS_FAULT_SEED", "1"))
    # Two beside each other: each waits a good deal.
    with ThreadPoolExecutor(2) as pool:
        clients = list(pool.map(lambda seed: killed_often(tmp_path / str(seed), pictures, seed), (first, first + 1)))
    assert sum(work.calls for work in clients) > 2 * KILLS_EACH
