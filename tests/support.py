"""Stand-ins for AWS in functional tests: moto for what it does well, our own Rekognition for faces."""

import asyncio
import concurrent.futures
import copy
import copyreg
import functools
import io
import pickle
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
import numpy as np
from botocore.config import Config
from botocore.paginate import Paginator
from fakes import stack_outputs
from PIL import Image

from functions.access.access_table import AccessTable
from functions.face_collection import FaceCollection
from functions.forgotten_people import ForgottenPeople
from functions.image_links import ImageLinks
from functions.kept_regions import KeptRegions
from functions.ledger import Ledger
from functions.people_queue import PeopleQueue
from functions.photo_labels import PhotoLabels
from functions.photo_page import SKELETON_KEY
from functions.photo_reader import PhotoReader
from functions.photo_rows import GRID_INDEX
from functions.photo_tables import PhotoTables
from functions.photo_writer import PhotoWriter
from functions.process.leases import Leases
from functions.process.objects import Objects
from functions.process.photo_pages import PhotoPages
from functions.process.sync import PhotoSync
from functions.site_parts import SiteParts
from functions.withheld_names import HiddenNames
from local.rekognition import classifier
from local.rekognition.engine import Analysis, FoundFace
from local.rekognition.service import Service
from local.rekognition.state import State
from local.rekognition.validation import service_model
from scripts.common.outputs import StackOutputs
from scripts.common.template import load_template

if TYPE_CHECKING:
    from functions.arrivals.handler import ArrivalsFunction
    from functions.people.handler import People

ROOT = Path(__file__).parents[1]
REGION = "us-east-1"
COLLECTION = "album"
RED, GREEN, BLUE, GREY = (224, 0, 0), (0, 224, 0), (0, 0, 224), (128, 128, 128)


class ColorEngine:
    """Sees people as colours: a picture in vertical stripes shows one person a stripe, grey ones aside.

    Real recognition is tested on real photographs elsewhere; here pictures only have to be told apart, fast.
    """

    workers = 1

    def submit(self, image: bytes) -> "concurrent.futures.Future[Analysis]":
        picture = Image.open(io.BytesIO(image)).convert("RGB")
        row = np.asarray(picture.resize((24, 1), Image.Resampling.NEAREST)).reshape(24, 3)
        people = list(
            dict.fromkeys(int(pixel.argmax()) for pixel in row if pixel.max() > 150 and np.median(pixel) < 80)
        )
        faces = [self._face(person, number, len(people)) for number, person in enumerate(people)]
        future: concurrent.futures.Future[Analysis] = concurrent.futures.Future()
        future.set_result(Analysis(picture.width, picture.height, faces))
        return future

    def classify(self, folder: Path, image: bytes) -> "concurrent.futures.Future[list[tuple[str, float]]]":
        """What the engine's workers do, here."""
        future: concurrent.futures.Future[list[tuple[str, float]]] = concurrent.futures.Future()
        try:
            future.set_result(classifier.classify(folder, image))
        except classifier.LabelModelError as error:
            future.set_exception(error)
        return future

    @staticmethod
    def _face(person: int, number: int, count: int) -> FoundFace:
        descriptor = np.random.default_rng(person).normal(0, 0.1, 128).astype(np.float32).tobytes()
        left = number / count
        return FoundFace(left, 0.1, 1 / count, 0.5, 1.0, {}, 0.0, 50.0, 50.0, descriptor)


@dataclass
class LambdaContext:
    """What Lambda tells a function beside its event."""

    milliseconds: int = 60_000
    function_name = "function"
    memory_limit_in_mb = 1024
    invoked_function_arn = "arn:aws:lambda:us-east-1:0:function:function"
    aws_request_id = "request"
    identity: Any = None

    def get_remaining_time_in_millis(self) -> int:
        """Less each time, as if work took five seconds."""
        self.milliseconds -= 5_000
        return self.milliseconds


@functools.cache
def _rekognition_exceptions() -> Any:
    return boto3.client("rekognition").exceptions


class FakeRekognition:
    """The calls of a boto3 Rekognition client, answered by our service in this process."""

    def __init__(self, s3: Any, state: State | None = None):
        async def read(bucket: str, key: str) -> bytes:
            return s3.get_object(Bucket=bucket, Key=key)["Body"].read()

        self._s3 = s3
        self.state = state or State(":memory:")
        self._service = Service(self.state, ColorEngine(), read, "arn:aws:rekognition:us-east-1:0")
        self.calls: list[str] = []

    @property
    def exceptions(self) -> Any:
        return _rekognition_exceptions()

    def copy(self) -> "FakeRekognition":
        """Another one with the same faces."""
        database = State(":memory:")._db
        self.state._db.backup(database)
        return FakeRekognition(self._s3, copy.deepcopy(self.state, {id(self.state._db): database}))

    def get_paginator(self, name: str) -> Paginator:
        core = botocore.session.get_session()
        operation = "".join(part.capitalize() for part in name.split("_"))
        pages = core.get_paginator_model("rekognition").get_paginator(operation)
        return Paginator(getattr(self, name), pages, service_model().operation_model(operation))

    def __getattr__(self, name: str) -> Any:
        operation = "".join(part.capitalize() for part in name.split("_"))

        def call(**arguments: Any) -> dict:
            import base64
            import json

            self.calls.append(operation)
            if "Bytes" in arguments.get("Image", {}):
                arguments["Image"] = {"Bytes": base64.b64encode(arguments["Image"]["Bytes"]).decode()}
            target = f"RekognitionService.{operation}"
            status, answer = asyncio.run(self._service.handle(target, json.dumps(arguments).encode()))
            if status != 200:
                error = {"Error": {"Code": answer["__type"], "Message": answer["message"]}}
                raise self.exceptions.from_code(answer["__type"])(error, operation)
            return answer

        return call


@dataclass
class FakeAws:
    """The album's resources on moto, made from the template, and what the functions use them through."""

    s3: Any
    sqs: Any
    dynamodb: Any
    rekognition: FakeRekognition
    queue_url: str
    dead_letter_queue_url: str
    people_queue_url: str
    arrivals_queue_url: str
    # The ledger's clock, seconds since 1970.
    now: float = 1_800_000_000.0
    pics_bucket = "pics"
    thumbnails_bucket = "thumbnails"
    site_bucket = "site"
    incoming_bucket = "incoming"
    pics_table = "pics"
    private_pics_table = "private_pics"
    access_table = "access"
    pics_by_image_id_table = "pics_by_image_id"
    leases_table = "leases"
    ledger_table = "ledger"
    matches_table = "matches"
    forgotten_table = "forgotten"
    requests_table = "requests"
    decisions_table = "decisions"
    contributions_table = "contributions"
    daily_indexing = 1000
    daily_people = 1000
    daily_uploads = 1000
    wants_labels = False
    downloads = "stripped"

    @property
    def photos(self) -> PhotoReader:
        return PhotoReader(self.tables())

    @property
    def access(self) -> AccessTable:
        return AccessTable(self.dynamodb, self.access_table)

    def tables(self, client: Any = None, clock: Callable[[], float] = time.time) -> PhotoTables:
        """The tables of photos, through a client, for somebody who has read nothing of them yet."""
        access = AccessTable(client or self.dynamodb, self.access_table)
        return PhotoTables(access, self.pics_table, self.private_pics_table, clock)

    @property
    def images(self) -> ImageLinks:
        return ImageLinks(self.pics_by_image_id_table, self.photos)

    @property
    def writer(self) -> PhotoWriter:
        return PhotoWriter(self.photos, self.images)

    @property
    def leases(self) -> Leases:
        return Leases(self.dynamodb, self.leases_table)

    @property
    def faces(self) -> FaceCollection:
        return FaceCollection(self.rekognition, COLLECTION, self._pay)

    @property
    def labels(self) -> PhotoLabels:
        return PhotoLabels(self.rekognition, self.wants_labels, self._pay)

    def _pay(self) -> None:
        self.ledger.count("index", self.daily_indexing)

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.dynamodb, self.ledger_table, lambda: self.now)

    @property
    def objects(self) -> Objects:
        return Objects(self.s3, self.thumbnails_bucket, self.downloads)

    @property
    def regions(self) -> KeptRegions:
        return KeptRegions(self.s3, self.thumbnails_bucket)

    @property
    def pages(self) -> PhotoPages:
        return PhotoPages(self.s3, self.site_bucket, self.photos)

    @property
    def photo_sync(self) -> PhotoSync:
        forgotten = ForgottenPeople(self.dynamodb, self.forgotten_table, self.matches_table)
        return PhotoSync(
            objects=self.objects,
            regions=self.regions,
            pages=self.pages,
            faces=self.faces,
            labels=self.labels,
            photos=self.photos,
            images=self.images,
            leases=self.leases,
            ledger=self.ledger,
            forgotten=forgotten,
            hidden=HiddenNames(self.s3, self.thumbnails_bucket),
            people=PeopleQueue(self.sqs, self.people_queue_url),
        )

    def parts(self, environment: dict[str, str], **others: Any) -> SiteParts:
        """What a function with this environment is made of; ``others`` are clients by the services' names."""
        return SiteParts(environment, lambda name: others.get(name, getattr(self, name, None)), lambda: self.now)

    @property
    def people(self) -> "People":
        from functions.people.handler import wire  # what it measures with reads the environment

        environment = {
            "PICS_TABLE": self.pics_table,
            "PRIVATE_PICS_TABLE": self.private_pics_table,
            "ACCESS_TABLE": self.access_table,
            "DECISIONS_TABLE": self.decisions_table,
            "FORGOTTEN_TABLE": self.forgotten_table,
            "SITE_URL": "https://album.example",
            "LEASES_TABLE": self.leases_table,
            "LEDGER_TABLE": self.ledger_table,
            "THUMBNAILS_BUCKET": self.thumbnails_bucket,
            "SITE_BUCKET": self.site_bucket,
            "COLLECTION_ID": COLLECTION,
            "DAILY_PEOPLE": str(self.daily_people),
            "PLATFORM": "laptop",
            "QUEUE_URL": self.people_queue_url,
        }
        return wire(self.parts(environment))

    @property
    def arrivals(self) -> "ArrivalsFunction":
        """The arrivals function; its ``uploads`` are what the uploads function works with."""
        from functions.arrivals.handler import wire_arrivals

        environment = {
            "ACCESS_TABLE": self.access_table,
            "CONTRIBUTIONS_TABLE": self.contributions_table,
            "PICS_TABLE": self.pics_table,
            "PRIVATE_PICS_TABLE": self.private_pics_table,
            "LEDGER_TABLE": self.ledger_table,
            "INCOMING_BUCKET": self.incoming_bucket,
            "PICS_BUCKET": self.pics_bucket,
            "QUEUE_URL": self.arrivals_queue_url,
            "DAILY_UPLOADS": str(self.daily_uploads),
        }
        return wire_arrivals(self.parts(environment))

    @property
    def outputs(self) -> StackOutputs:
        return stack_outputs(
            pics_bucket=self.pics_bucket,
            thumbnails_bucket=self.thumbnails_bucket,
            site_bucket=self.site_bucket,
            pics_table=self.pics_table,
            private_pics_table=self.private_pics_table,
            access_table=self.access_table,
            pics_by_image_id_table=self.pics_by_image_id_table,
            ledger_table=self.ledger_table,
            leases_table=self.leases_table,
            matches_table=self.matches_table,
            forgotten_table=self.forgotten_table,
            decisions_table=self.decisions_table,
            contributions_table=self.contributions_table,
            incoming_bucket=self.incoming_bucket,
            requests_table=self.requests_table,
            process_queue=self.queue_url,
            people_queue=self.people_queue_url,
            dead_letter_queue=self.dead_letter_queue_url,
        )

    def put(self, key: str, body: bytes) -> None:
        self.s3.put_object(Bucket=self.pics_bucket, Key=key, Body=body)

    def rows(self, table: str) -> list[dict]:
        return self.dynamodb.scan(TableName=table)["Items"]

    def row_keys(self, table: str) -> set[tuple[str, str]]:
        """The two keys of each row; read where moto keeps them, since a scan takes far longer."""
        database, _, _ = _backends()
        return {(item.hash_key.value, item.range_key.value) for item in database.tables[table].all_items()}

    def grid(self, set_name: str) -> list[dict]:
        """What a set's page reads."""
        return self.dynamodb.query(
            TableName=self.pics_table,
            IndexName=GRID_INDEX,
            KeyConditionExpression="primarykey = :p",
            ExpressionAttributeValues={":p": set_name},
        )["Items"]

    def keys(self, bucket: str) -> set[str]:
        return {item["Key"] for item in self.s3.list_objects_v2(Bucket=bucket).get("Contents", [])}

    def files(self, bucket: str) -> dict[str, bytes]:
        """What is in a bucket, by key; read where moto keeps it, since a call for each takes far longer."""
        _, objects, _ = _backends()
        keys = objects.buckets[bucket].keys
        return {key: keys[key].value for key in sorted(keys)}

    def dead_letters(self) -> list[dict]:
        response = self.sqs.receive_message(
            QueueUrl=self.dead_letter_queue_url,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            VisibilityTimeout=0,
        )
        return response.get("Messages", [])


@functools.cache
def _clients() -> tuple[Any, Any, Any]:
    """Made once: making a client takes longer than most tests.

    They say who calls in a word of ours: putting together botocore's own takes a fifth of a call's time.
    """
    config = Config(user_agent="kinpics-tests")
    s3, sqs = boto3.client("s3", config=config), boto3.client("sqs", config=config)
    return s3, sqs, boto3.resource("dynamodb", config=config).meta.client


@functools.cache
def _resources() -> dict[str, Any]:
    return load_template()["Resources"]


@functools.cache
def _made() -> tuple[Callable[[], None], list[str]]:
    """What gives a test the empty tables, buckets and queues, and the queues' addresses.

    Made once: making them takes longer than most tests.
    """
    s3, sqs, dynamodb = _clients()
    resources = _resources()
    for logical_id, name in (
        ("PicsTable", "pics"),
        ("PrivatePicsTable", "private_pics"),
        ("AccessTable", "access"),
        ("PicsByImageIdTable", "pics_by_image_id"),
        ("LeasesTable", "leases"),
        ("LedgerTable", "ledger"),
        ("MatchesTable", "matches"),
        ("ForgottenTable", "forgotten"),
        ("RequestsTable", "requests"),
        ("DecisionsTable", "decisions"),
        ("ContributionsTable", "contributions"),
    ):
        properties = resources[logical_id]["Properties"]
        needed = ("BillingMode", "AttributeDefinitions", "KeySchema")
        indexes = [
            {key: value for key, value in index.items() if key != "OnDemandThroughput"}
            for index in properties.get("GlobalSecondaryIndexes", [])
        ]
        more = {"GlobalSecondaryIndexes": indexes} if indexes else {}
        dynamodb.create_table(TableName=name, **{key: properties[key] for key in needed}, **more)
    for bucket in ("pics", "thumbnails", "site", "incoming"):
        s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket="site", Key=SKELETON_KEY, Body=b"[[name]] in [[set_title]]")
    queues = [sqs.create_queue(QueueName=name) for name in ("process", "dead-letters", "people", "arrivals")]
    return _keep(), [queue["QueueUrl"] for queue in queues]


def _backends() -> tuple[Any, Any, Any]:
    """Where moto keeps tables, where buckets, and where queues."""
    from moto.backends import get_backend  # the laptop stack's tests load this module, and do without moto
    from moto.core import DEFAULT_ACCOUNT_ID

    at = {"dynamodb": REGION, "s3": "aws", "sqs": REGION}
    tables, buckets, queues = (get_backend(name)[DEFAULT_ACCOUNT_ID][where] for name, where in at.items())
    return tables, buckets, queues


def make_fake_aws() -> FakeAws:
    """The album's resources, made in moto's memory."""
    s3, sqs, dynamodb = _clients()
    bring_back, queues = _made()
    bring_back()
    rekognition = FakeRekognition(s3)
    rekognition.create_collection(CollectionId=COLLECTION)
    return FakeAws(s3, sqs, dynamodb, rekognition, *queues)


@functools.cache
def kept(make: Callable[[FakeAws], None]) -> Callable[[FakeAws], None]:
    """What gives a test all that ``make`` brings into tables, buckets, queues and the collection, once for all tests.

    Of objects, it brings the newest versions alone.
    """
    aws = make_fake_aws()
    make(aws)
    bring_back, faces = _keep(), aws.rekognition.copy()

    def give(other: FakeAws) -> None:
        bring_back()
        other.rekognition, other.now = faces.copy(), aws.now

    return give


def _keep() -> Callable[[], None]:
    """Keep all tables, buckets and queues as they are now; returns what brings them back."""
    database, objects, messages = _backends()
    # As bytes: moto closes the files of all objects that it has ever made when a test ends.
    there = io.BytesIO()
    _Pickler(there).dump((database.tables, objects.buckets, messages.queues))

    def bring_back() -> None:
        database, objects, messages = _backends()
        database.tables, objects.buckets, messages.queues = pickle.loads(there.getbuffer())  # noqa: S301 - of this process

    return bring_back


class _Pickler(pickle.Pickler):
    """Keeps moto's queues too: nobody holds their locks."""

    dispatch_table = copyreg.dispatch_table | {threading.Condition: lambda _: (threading.Condition, ())}


def site_stack(aws: FakeAws) -> Any:
    """What publishing needs of a deployed stack, for a site without a lookalike gallery."""
    return SimpleNamespace(
        outputs=aws.outputs,
        s3=aws.s3,
        photos=aws.photos,
        access=aws.access,
        gallery=SimpleNamespace(count_faces=lambda: 0, count_people=lambda: 0, list_faces=lambda: iter(())),
        download_rule="none",
        parameters={},
        region="us-east-1",
        endpoint_url=None,
        site_url="https://photos.example",
        home_url=None,
        shared_url="https://photos.example",
        invalidate=lambda paths: None,
    )


def picture(*colors: tuple[int, int, int], size: tuple[int, int] = (160, 120), kind: str = "PNG") -> bytes:
    """A picture of one stripe a person."""
    image = Image.new("RGB", size)
    stripe = size[0] // len(colors)
    for number, color in enumerate(colors):
        image.paste(color, (number * stripe, 0, (number + 1) * stripe, size[1]))
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def jpeg(color: tuple[int, int, int] = (200, 30, 30), size: tuple[int, int] = (320, 240), **options: object) -> bytes:
    """A plain picture, as the bytes of a JPEG."""
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, "JPEG", **options)
    return out.getvalue()
