"""An event's 500 guests add five photos each, all at once: how long until all are taken, and what guests are told.

Each guest is what the event's page is (site/js/uploading/): credentials, the event, forms for all photos in a call, a
POST for each photo, then looks at what became of them, again and again with growing pauses. What is refused is tried
again as the page does it: as long as it is open. The peer is S3 alone: the same photos, put into a bucket by as many at
once.
"""

import base64
import functools
import hashlib
import http.client
import io
import json
import random
import statistics
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from PIL import Image

from bench import workplace
from bench.load import Memory, RefusedError, Visitor

GUESTS = 500
PHOTOS = 5
_SET = "2026_party"
# As site/js/uploading/uploads.js: between two looks at what became of what was sent.
_FIRST_LOOK, _LONGEST_LOOK = 2.5, 120.0
# As site/js/aws/patience.js; then as site/js/uploading/crowd.js, which goes on.
_FIRST_PAUSE, _LONGEST_PAUSE, _PATIENCE = 0.5, 15.0, 120.0
_FIRST_CROWD_PAUSE = 2.0
_BUSY = ("TooManyRequests", "ThrottlingException", "ProvisionedThroughputExceededException")
# A benchmark ends some time, even if photos are still to come; then the guests who wait are counted as giving up.
_LONGEST = 900
_BOUNDARY = "kinpics-bench"


@dataclass
class Told:
    """What guests met: seconds until the page, the forms, all photos sent and all taken; and what was refused."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {"page": [], "forms": [], "sent": [], "taken": []})
    # Calls that were refused and tried again, and guests who were told to wait.
    refused: Counter[str] = field(default_factory=Counter)
    waited: set[int] = field(default_factory=set)
    # What guests saw as an error, by its code.
    errors: Counter[str] = field(default_factory=Counter)
    looks: int = 0
    # When a benchmark has lasted long enough.
    until: float = field(default_factory=lambda: time.monotonic() + _LONGEST)


def run(guests: int = GUESTS) -> Iterator[str]:
    """Lines of the report."""
    photos = [_made_up(guest, number) for guest in range(guests) for number in range(PHOTOS)]
    with workplace.stack("event-stack") as stack:
        opened = json.loads(stack.kinpics("event", _SET, "--json").stdout)
        secret = opened["address"].partition("#")[2]
        with Memory(stack.process.pid) as idle:
            peer = _put_all(stack, photos, guests)
        told, start = Told(), time.perf_counter()
        with ThreadPoolExecutor(guests) as pool, Memory(stack.process.pid) as memory:
            ready = threading.Barrier(guests)
            done = [
                pool.submit(
                    _attend, stack, secret, number, photos[number * PHOTOS : (number + 1) * PHOTOS], told, ready
                )
                for number in range(guests)
            ]
            for future in done:
                future.result()
            took = time.perf_counter() - start
        waiting = _owner(stack, {"action": "waiting"})["counts"].get(_SET, 0)
        size = statistics.mean(map(len, photos)) / 1000
        refused = ", ".join(f"{number} {code}" for code, number in told.refused.items()) or "none"
        errors = ", ".join(f"{number} {code}" for code, number in told.errors.items()) or "none"
        yield from [
            f"{guests} guests at once with {PHOTOS} photos each of {size:.0f} kB:",
            *_rows(told),
            f"  photos that wait for the owner: {waiting:,} of {len(photos):,}; errors that guests saw: {errors}",
            f"  calls refused and tried again: {refused}; guests told that the site is busy: {len(told.waited)}",
            f"  looks at what became of them: {told.looks:,}, {told.looks / guests:.1f} of each guest",
            f"  all {took:.1f} s, S3 alone {peer:.1f} s for the same photos   -> {took / peer:.1f}x",
            f"  memory of all processes: {memory.peak:.0f} MB at the most, {memory.processes} processes; "
            f"while S3 alone took them {idle.peak:.0f} MB",
        ]
        stack.process.kill()  # it would first finish what waits, and is thrown away


def _rows(told: Told) -> Iterator[str]:
    for name, seconds in told.seconds.items():
        if len(seconds) > 1:
            p50, p99 = (statistics.quantiles(seconds, n=100, method="inclusive")[at] for at in (49, 98))
            yield f"  {name:6} p50 {p50:6.2f} s, p99 {p99:6.2f} s, the last {max(seconds):6.2f} s"


class Guest(Visitor):
    """A guest's page, over one connection; ``told`` is what all guests met."""

    def __init__(self, stack: Any, secret: str, number: int, told: Told):
        super().__init__(stack)
        self._function = stack.outputs["UploadsFunction"]
        self._who = {"event": secret, "guest": hashlib.sha256(str(number).encode()).hexdigest()[:32]}
        self._number, self._told = number, told

    def become_guest(self) -> None:
        """Get a guest's credentials."""
        self._patiently(self.enter)

    def ask(self, action: str, **fields: Any) -> Any:
        """Call the uploads function. Raises ``RefusedError`` with what the page would show."""
        path = f"/2015-03-31/functions/{self._function}/invocations"
        who = {"event": self._who["event"]} if action == "event" else self._who
        event = {"action": action, **who, **fields}

        def call() -> Any:
            answer = self.call("lambda", path, event)
            if answer.get("statusCode") != 200:
                raise RefusedError(answer.get("err", {}).get("code", "FunctionFailed"))
            return answer["output"]

        return self._patiently(call)

    def send(self, post: dict[str, Any], photo: bytes) -> None:
        """Send a photo by its form. Raises ``RefusedError``."""
        body, kind = _form(post["fields"], photo)
        self.connection.request("POST", urllib.parse.urlsplit(post["url"]).path, body, {"content-type": kind})
        response = self.connection.getresponse()
        answer = response.read()
        if response.status >= 300:
            raise RefusedError(answer.partition(b"<Code>")[2].partition(b"<")[0].decode() or str(response.status))

    def _patiently(self, call: Callable[[], Any]) -> Any:
        pauses = _pauses()
        while True:
            try:
                return call()
            except RefusedError as error:
                code = str(error).split(" ")[-1]
                if not code.startswith(_BUSY) or time.monotonic() > self._told.until:
                    raise
                self._told.refused[code] += 1
                self._told.waited.add(self._number)
            time.sleep(next(pauses))


def _pauses() -> Iterator[float]:
    """The pauses of a page that is told to wait, in seconds."""
    while True:
        waited, pause = 0.0, _FIRST_PAUSE
        while waited < _PATIENCE:
            spread = pause * (0.5 + random.random() / 2)  # noqa: S311
            yield spread
            waited += spread
            pause = min(2 * pause, _LONGEST_PAUSE)
        yield _FIRST_CROWD_PAUSE * (0.5 + random.random())  # noqa: S311


def _attend(stack: Any, secret: str, number: int, photos: list[bytes], told: Told, ready: threading.Barrier) -> None:
    guest = Guest(stack, secret, number, told)
    ready.wait()
    start = time.perf_counter()
    try:
        guest.become_guest()
        guest.ask("event")
        told.seconds["page"].append(time.perf_counter() - start)
        asked = time.perf_counter()
        began = _begin(guest, photos, told)
        took = time.perf_counter() - asked
        told.seconds["forms"].append(time.perf_counter() - start)
        for answer, photo in zip(began, photos, strict=True):
            if answer["do"] == "refused":
                told.errors[answer["code"]] += 1
            elif answer["do"] == "send":
                guest.send(answer["post"], photo)
        told.seconds["sent"].append(time.perf_counter() - start)
        _look(guest, [answer["id"] for answer in began if "id" in answer], took, told)
        told.seconds["taken"].append(time.perf_counter() - start)
    except RefusedError as error:
        told.errors[str(error)] += 1
    except (OSError, http.client.HTTPException) as error:
        told.errors[type(error).__name__] += 1
    finally:
        guest.connection.close()


def _begin(guest: Guest, photos: list[bytes], told: Told) -> list[dict[str, Any]]:
    """Forms for the photos; a page goes on asking as long as the site says that it is busy."""
    files = [
        {
            "name": f"IMG_{number}.jpg",
            "size": len(photo),
            "sha256": hashlib.sha256(photo).hexdigest(),
            "type": "image/jpeg",
        }
        for number, photo in enumerate(photos)
    ]
    while True:
        try:
            return guest.ask("begin", files=files, name="Ann")["files"]
        except RefusedError as error:
            if not str(error).endswith(("UploadsFailed", "FunctionFailed", *_BUSY)) or time.monotonic() > told.until:
                raise
        time.sleep(_FIRST_LOOK)


def _look(guest: Guest, ids: list[str], took: float, told: Told) -> None:
    """Look what became of the photos until all are taken; how long the forms ``took`` says how many others send."""
    pause = min(max(_FIRST_LOOK, took), _LONGEST_LOOK)
    while ids:
        if time.monotonic() > told.until:
            told.errors["NotTaken"] += len(ids)
            return
        time.sleep(min(pause, max(0.0, told.until - time.monotonic())))
        pause = min(2 * pause, _LONGEST_LOOK)
        told.looks += 1
        found = {photo["id"]: photo for photo in guest.ask("mine", ids=ids)["photos"]}
        for row in found.values():
            if row["state"] == "failed":
                told.errors[row["code"]] += 1
        ids = [row_id for row_id in ids if found.get(row_id, {"state": "begun"})["state"] == "begun"]


def _form(fields: dict[str, str], photo: bytes) -> tuple[bytes, str]:
    """A form's body, and its content type."""
    parts = [
        f'--{_BOUNDARY}\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{_BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'.encode()
    return b"".join(
        [*parts, head, photo, f"\r\n--{_BOUNDARY}--\r\n".encode()]
    ), f"multipart/form-data; boundary={_BOUNDARY}"


def _made_up(guest: int, number: int) -> bytes:
    """A small photo of some 40 kB that no other guest has."""
    base = _base(number)
    note = f"{guest}/{number}".encode()
    # A comment at the start of a JPEG: https://www.w3.org/Graphics/JPEG/itu-t81.pdf (B.2.4.5)
    return base[:2] + b"\xff\xfe" + (len(note) + 2).to_bytes(2, "big") + note + base[2:]


@functools.cache
def _base(number: int) -> bytes:
    out = io.BytesIO()
    with Image.open(io.BytesIO(workplace.make_photo(number + 1, (480, 360)))) as image:
        image.save(out, "JPEG", quality=85)
    return out.getvalue()


def _put_all(stack: Any, photos: list[bytes], guests: int) -> float:
    """Seconds that it takes to put the photos into a bucket, each guest's one after the other."""
    bucket = "bench-peer"
    stack.client("s3").create_bucket(Bucket=bucket)
    keys = Credentials(stack.environment["AWS_ACCESS_KEY_ID"], stack.environment["AWS_SECRET_ACCESS_KEY"])

    def put(guest: int) -> None:
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(stack.api_url).netloc, timeout=120)
        for number in range(guest * PHOTOS, (guest + 1) * PHOTOS):
            digest = hashlib.sha256(photos[number])
            headers = {
                "x-amz-content-sha256": digest.hexdigest(),
                "x-amz-checksum-sha256": base64.b64encode(digest.digest()).decode(),
            }
            path = f"/{bucket}/{number}.jpg"
            request = AWSRequest("PUT", stack.api_url + path, headers, photos[number])
            SigV4Auth(keys, "s3", stack.region).add_auth(request)
            connection.request("PUT", path, photos[number], dict(request.headers))
            response = connection.getresponse()
            response.read()
            if response.status != 200:
                raise RefusedError(str(response.status))
        connection.close()

    start = time.perf_counter()
    with ThreadPoolExecutor(guests) as pool:
        list(pool.map(put, range(guests)))
    return time.perf_counter() - start


def _owner(stack: Any, event: dict[str, Any]) -> Any:
    """A call of the arrivals function."""
    answer = stack.client("lambda").invoke(FunctionName=stack.outputs["ArrivalsFunction"], Payload=json.dumps(event))
    return json.loads(answer["Payload"].read())["output"]
