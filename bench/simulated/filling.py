"""Filling a site with made-up photos: the process function's own code on this folder's AWS, and what came of it."""

import functools
import io
import json
import os
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

from PIL import Image

from bench.simulated.client import Client, Faults, Tally
from bench.simulated.dynamodb import DynamoDB, Table
from bench.simulated.latency import WORK_SECONDS, Latency
from bench.simulated.quotas import QUOTAS
from bench.simulated.rekognition import Rekognition, faces_in
from bench.simulated.s3 import S3
from bench.simulated.sqs import Mapping as QueueMapping
from bench.simulated.sqs import Queue
from bench.simulated.world import START, World
from functions.forgotten_people import MOVED
from functions.keys import ImagePath, encode_external_image_id, parse_key
from functions.photo_page import SKELETON_KEY, page_key
from functions.process import handler
from functions.process.images import Renditions
from functions.process.sync import PhotoSync
from functions.search import handler as search_handler
from functions.search.person_search import Searcher
from functions.search.search_request import parse_request
from functions.site_parts import SiteParts
from functions.visitor_calls import answer_visitor
from functions.visitor_rows import FORGOTTEN
from scripts.common.template import load_defaults, load_template

_BROKEN = b"no picture"


@dataclass(frozen=True)
class Plan:
    """What is filled in, and at which limits.

    ``calls`` is Rekognition's rate; ``concurrency``, ``max_reads``, ``max_writes``, ``daily_indexing`` and
    ``daily_searches`` are the template's parameters, 0 for their defaults. All photos are there at the beginning, or
    ``arrivals`` come a second; they are of so many ``sets_at_once``, and ``faces_before`` are in the collection
    already. Shares of the photos are ``replaced`` or ``deleted`` while others are processed, or ``broken``.
    ``searches`` come a second, for faces that are there then. AWS's answers take ``latency`` times as long as assumed;
    nothing happens after ``until`` seconds.
    """

    photos: int
    photos_a_set: int = 2_000
    sets_at_once: int = 1
    faces_before: int = 0
    calls: float = QUOTAS["rekognition_calls"].value
    concurrency: int = 0
    max_reads: int = 0
    max_writes: int = 0
    daily_indexing: int = 10_000_000
    daily_searches: int = 0
    arrivals: float = 0.0
    latency: float = 1.0
    replaced: float = 0.0
    deleted: float = 0.0
    searches: float = 0.0
    broken: float = 0.0
    faults: Faults = Faults()
    seed: int = 1
    until: float = float("inf")


@dataclass
class Outcome:
    """What came of it: seconds until the last photo was there, what is wrong (nothing, if all is well), and counts."""

    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)
    photos: int = 0
    faces: int = 0
    named: Counter[str] = field(default_factory=Counter)
    unnamed: int = 0
    expired: int = 0
    crashes: int = 0
    conflicts: int = 0
    most_in_flight: int = 0
    invocations: int = 0
    lambda_seconds: float = 0.0
    # Seconds that each search took, by its status and the code of its error, if it has one.
    searches: dict[str, list[float]] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)


class Site:
    """A site's AWS, its process function, and the owner who uploads."""

    def __init__(self, plan: Plan):
        self.plan = plan
        self.world = World()
        self.tally = Tally()
        self.latency = Latency(plan.latency)
        self.random = random.Random(plan.seed)
        self.parameters = _parameters(plan)
        self.environment = _environment(self.parameters, "ProcessFunction")
        self.s3 = S3(self.world, self.tally, self.latency, made_up_picture())
        self.rekognition = Rekognition(self.world, self.tally, self.latency, plan.calls, self.s3.etag_of)
        before = (f"{number:08x}-0000-0000-0000-{number:012x}" for number in range(plan.faces_before))
        self._before = dict.fromkeys(before, ("before", "before"))
        self.rekognition.faces |= self._before
        self.dynamodb = DynamoDB(self.world, _tables(self.parameters), self.tally, self.latency)
        properties = load_template()["Resources"]["ProcessQueue"]["Properties"]
        self.queue = Queue(
            self.world,
            self.tally,
            self.latency,
            visibility=properties["VisibilityTimeout"],
            max_receives=properties["RedrivePolicy"]["maxReceiveCount"],
            retention=properties["MessageRetentionPeriod"],
        )
        function = load_template()["Resources"]["ProcessFunction"]["Properties"]
        self.mapping = QueueMapping(
            self.world,
            self.queue,
            self._make_environment,
            int(self.parameters["ProcessConcurrency"]),
            function["Timeout"],
            function["MemorySize"] / 1024,
        )
        self.s3.buckets["site"][SKELETON_KEY] = "skeleton"
        self.s3.bodies["skeleton"] = b"[[name]] in [[set_title]]"
        # `kinpics deploy` says so after each deployment (scripts/deployment/migration.py); else two tables are read.
        self.dynamodb.tables["ForgottenTable"].put({"kind": FORGOTTEN, "id": MOVED})
        # When the last row was written.
        self.last = START
        self.searches: dict[str, list[float]] = {}
        self._searching = 0
        self._messages = 0
        self._pictures = 0

    def fill(self) -> Outcome:
        """Upload, process, and look at what is there."""
        random.seed(self.plan.seed)
        os.environ.update({name: self.environment[name] for name in self.environment if name.isupper()})
        with self.world.clock():
            self.world.start(self._upload)
            if self.plan.searches:
                self.world.start(self._visit)
            self.world.run(START + self.plan.until)
        return self.audit()

    def upload(self, path: ImagePath) -> None:
        """Put a photo, of new bytes, as the owner does; S3 reports it, now and then twice."""
        self._pictures += 1
        etag = f"{self.random.getrandbits(32):08x}{self._pictures:08x}"
        if self.random.random() < self.plan.broken:
            self.s3.bodies[etag] = _BROKEN
        self.s3.buckets["pics"][path.key] = etag
        self._report(path, "ObjectCreated:Put")

    def delete(self, path: ImagePath) -> None:
        """Delete a photo, as the owner does."""
        self.s3.buckets["pics"].pop(path.key, None)
        self._report(path, "ObjectRemoved:Delete")

    def _upload(self) -> None:
        plan, roll = self.plan, self.random.random
        for number in range(plan.photos):
            block, place = divmod(number, plan.photos_a_set * plan.sets_at_once)
            set_number = block * plan.sets_at_once + place % plan.sets_at_once
            path = ImagePath(f"set{set_number:04}", f"photo{number:07}.jpg")
            self.upload(path)
            whole = plan.photos / plan.calls
            if roll() < plan.replaced:
                self.world.at(self.world.now + roll() * whole, functools.partial(self.upload, path))
            if roll() < plan.deleted:
                self.world.at(self.world.now + roll() * whole, functools.partial(self.delete, path))
            if plan.arrivals:
                self.world.sleep(1 / plan.arrivals)

    def _report(self, path: ImagePath, event: str) -> None:
        record = {"eventName": event, "s3": {"bucket": {"name": "pics"}, "object": {"key": path.key}}}
        body = json.dumps({"Records": [record]})
        for _ in range(1 + (self.random.random() < self.plan.faults.reported_twice)):
            self._messages += 1
            self.queue.put(f"message-{self._messages}", body)

    def _visit(self) -> None:
        """Search for somebody now and then, as long as photos are processed."""
        environment = _environment(self.parameters, "SearchFunction")
        clients = {
            name: Client(self.world, name, backend, search_handler.MAX_RETRIES, self.plan.faults, "standard")
            for name, backend in (("dynamodb", self.dynamodb), ("rekognition", self.rekognition))
        }
        parts = SiteParts(environment, clients.__getitem__, self.world.time, search_handler.PATIENCE_SECONDS)
        searcher = search_handler.wire(parts)
        while len(self.rekognition.faces) < self.plan.photos * 2.9 and not (self.queue.is_empty and self._messages):
            self.world.sleep(self.random.expovariate(self.plan.searches))
            if self.rekognition.faces:
                face_id = self.random.choice(list(self.rekognition.faces))
                self.world.start(functools.partial(self._search, searcher, face_id))

    def _search(self, searcher: Searcher, face_id: str) -> None:
        began = self.world.now
        result = "429 by Lambda"
        if self._searching < int(self.parameters["SearchConcurrency"]):
            self._searching += 1
            request = {"faceid": face_id}
            answer = answer_visitor(lambda: searcher.search(parse_request(request), None), "", "")
            result = " ".join((str(answer["statusCode"]), *([answer["err"]["code"]] if "err" in answer else [])))
            search_handler.metrics.clear_metrics()
            self._searching -= 1
        self.searches.setdefault(result, []).append(self.world.now - began)

    def _make_environment(self) -> Callable[[dict[str, Any], float], bool]:
        """One environment of the function, with clients of its own."""
        backends = {"s3": self.s3, "dynamodb": self.dynamodb, "rekognition": self.rekognition, "sqs": self.queue}

        @functools.cache
        def client(service: str) -> Any:
            return Client(self.world, service, backends[service], handler.MAX_RETRIES, self.plan.faults)

        parts = SiteParts(self.environment, client, self.world.time)
        sqs = client("sqs")
        photo_sync = with_made_up_pictures(handler.wire(parts), self.world)

        def process(record: dict[str, Any], stopped: float) -> bool:
            context = SimpleNamespace(get_remaining_time_in_millis=lambda: (stopped - self.world.now) * 1000)
            if self.random.random() < self.plan.faults.given_out_twice:
                self.world.at(self.world.now + self.random.random(), functools.partial(self._again, record))
            # Nothing comes from browsers here.
            is_done = handler.process_message(photo_sync, sqs, lambda _, changes: changes, record, context)
            handler.metrics.clear_metrics()
            self.last = self.world.now
            return is_done

        return process

    def _again(self, record: dict[str, Any]) -> None:
        self.queue.give_out_again(record)

    def audit(self) -> Outcome:
        """Hold every original against rows, renditions, page, faces and counts."""
        found = Outcome(
            seconds=self.last - START,
            unnamed=sum(1 for message in self.queue.dead if "code" not in message.attributes),
            named=Counter(m.attributes["code"] for m in self.queue.dead if "code" in m.attributes),
            expired=self.queue.expired,
            crashes=self.mapping.crashes,
            conflicts=self.dynamodb.conflicts,
            most_in_flight=self.queue.most_in_flight,
            invocations=self.mapping.invocations,
            lambda_seconds=self.mapping.seconds,
            tally=self.tally,
            searches=self.searches,
        )
        self.tally.units["cloudwatch_log_gb"] = self.mapping.invocations * 1500 / 1e9
        given_up = {json.loads(m.body)["Records"][0]["s3"]["object"]["key"] for m in self.queue.dead}
        wrong = found.wrong
        names = self.environment
        counts: dict[str, list[int]] = {}
        rows: set[str] = set()
        shown: set[str] = set()
        records = self.dynamodb.tables[names["PICS_BY_IMAGE_ID_TABLE"]]
        sets = {}
        for row in self.dynamodb.tables[names["PICS_TABLE"]].rows():
            if row["primarykey"] == "/":
                sets[row["sortkey"]] = row
                continue
            path = ImagePath(row["primarykey"], row["sortkey"])
            rows.add(path.key)
            etag = self.s3.buckets["pics"].get(path.key)
            if row.get("etag") != etag and path.key not in given_up:
                wrong.append(f"{path}: the row shows {row.get('etag')}, S3 has {etag}")
            faces = [record["Face"]["FaceId"] for record in row["data"]["FaceRecords"]]
            count = counts.setdefault(path.set_name, [0, 0])
            count[0] += 1
            count[1] += len(faces)
            shown.update(faces)
            if etag and len(faces) != faces_in(etag) and path.key not in given_up:
                wrong.append(f"{path}: {len(faces)} faces in place of {faces_in(etag)}")
            for face in row["data"]["FaceRecords"][:1]:
                if records.size((face["Face"]["ImageId"], None)) == 0:
                    wrong.append(f"{path}: no row by image id")
            keys = (path.key, path.large_key, path.card_key, path.download_key(names["DOWNLOADS"]))
            if any(self.s3.buckets["thumbnails"].get(key) != row.get("etag") for key in keys):
                wrong.append(f"{path}: a rendition is missing, or of another original")
            if page_key(path) not in self.s3.buckets["site"]:
                wrong.append(f"{path}: no page")
            found.photos += 1
            found.faces += len(faces)
        for key in self.s3.buckets["pics"].keys() - rows - given_up:
            wrong.append(f"{key}: lost")
        for name, row in sets.items():
            if [row["pic_count"], row["face_count"]] != counts.get(name, [0, 0]):
                wrong.append(f"{name}: counts {row['pic_count']}, {row['face_count']}, has {counts.get(name)}")
        for name in counts.keys() - sets.keys():
            wrong.append(f"{name}: no row of the set")
        unfinished = {encode_external_image_id(parse_key(key)) for key in given_up}
        for face_id in self.rekognition.faces.keys() - shown - self._before.keys():
            external = self.rekognition.faces[face_id][0]
            if external not in unfinished:
                wrong.append(f"{external}: a face that no row knows")
        for face_id in shown - self.rekognition.faces.keys():
            wrong.append(f"a face of a row is not in the collection: {face_id}")
        for row in self.dynamodb.tables[names["LEASES_TABLE"]].rows():
            if parse_key("photos/" + row["image_path"]).key not in given_up:
                wrong.append(f"{row['image_path']}: a lease is left")
        if not self.queue.is_empty and self.plan.until == float("inf"):
            wrong.append("messages are left in the queue")
        extra = self.s3.buckets["thumbnails"].keys() - {
            key for original in rows | given_up for key in parse_key(original).served_keys
        }
        wrong += [f"{key}: a rendition of nothing" for key in extra]
        return found


def with_made_up_pictures(photo_sync: PhotoSync, world: World) -> PhotoSync:
    """The same, with pictures that are decoded and drawn once, and take time on the world's clock."""

    def render(data: bytes) -> Renditions:
        world.sleep(WORK_SECONDS * random.lognormvariate(0, 0.35))
        return _rendered(photo_sync.render, data)

    objects = replace(photo_sync.objects, make_card=lambda large, faces: b"card")
    return replace(photo_sync, render=render, objects=objects)


@functools.cache
def _rendered(render: Callable[[bytes], Renditions], data: bytes) -> Renditions:
    return render(data)


@functools.cache
def made_up_picture() -> bytes:
    """The bytes of every original: a small JPEG with a camera's date."""
    exif = Image.Exif()
    exif[0x0132] = "2026:05:01 12:00:00"
    out = io.BytesIO()
    Image.new("RGB", (320, 240), (90, 120, 150)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def _parameters(plan: Plan) -> dict[str, str]:
    own = {
        "ProcessConcurrency": plan.concurrency,
        "MaxReads": plan.max_reads,
        "MaxWrites": plan.max_writes,
        "DailyIndexing": plan.daily_indexing,
        "DailySearches": plan.daily_searches,
    }
    return load_defaults() | {name: str(value) for name, value in own.items() if value}


def _environment(parameters: Mapping[str, str], function: str) -> dict[str, str]:
    """A function's environment, as the template gives it; resources are called as they are there."""
    variables = load_template()["Resources"][function]["Properties"]["Environment"]["Variables"]
    names = {"ThumbnailsBucket": "thumbnails", "SiteBucket": "site"}
    return {
        name: parameters.get(value["Ref"], names.get(value["Ref"], value["Ref"])) if isinstance(value, dict) else value
        for name, value in variables.items()
    }


def _tables(parameters: Mapping[str, str]) -> list[Table]:
    """The template's tables, with its maxima."""
    found = []
    for name, resource in load_template()["Resources"].items():
        if resource["Type"] != "AWS::DynamoDB::Table":
            continue
        properties = resource["Properties"]
        throughput = {
            key: float(parameters[value["Ref"]]) for key, value in properties.get("OnDemandThroughput", {}).items()
        }
        indexed: tuple[str, ...] = ()
        for index in properties.get("GlobalSecondaryIndexes", []):
            keys = [entry["AttributeName"] for entry in index["KeySchema"]]
            indexed = (keys[1], keys[0], *index["Projection"].get("NonKeyAttributes", ()))
        found.append(
            Table(
                name,
                tuple(entry["AttributeName"] for entry in properties["KeySchema"]),
                throughput.get("MaxReadRequestUnits", 0),
                throughput.get("MaxWriteRequestUnits", 0),
                indexed,
            )
        )
    return found
