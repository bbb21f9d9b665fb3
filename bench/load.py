"""A hundred visitors at once, while the owner uploads: what they wait, what is refused, what it takes.

A visitor takes guest credentials, reads a set, and searches a face, one call after the other; then the next visitor
comes at once. So there are as many as there ever may be, not as many as there usually are. A refused call is tried
again as the page does it.
"""

import http.client
import json
import random
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from bench import upload, workplace

VISITORS = 100
PHOTOS = 20
# The longest that visitors keep on; an upload takes a fraction of it.
MAX_SECONDS = 240
# As site/js/aws/ has aws4fetch do.
_RETRIES = 2
_FIRST_PAUSE = 0.05


@dataclass
class Seen:
    """What visitors met: seconds of whole visits and of their steps, and errors by their code."""

    seconds: dict[str, list[float]] = field(
        default_factory=lambda: {"visit": [], "credentials": [], "set": [], "search": []}
    )
    errors: Counter[str] = field(default_factory=Counter)


def run() -> list[str]:
    """Lines of the report."""
    folder = photos_to_upload()
    with workplace.stack("load-stack") as stack:
        stack.kinpics("upload", "--no-build", str(workplace.faces_folder()))
        stack.kinpics("upload", "--no-build", "--set", "warm", str(folder))  # the engine's models are loaded
        alone = _upload(stack, folder, "alone")
        faces = face_ids(stack)
        seen, stop = Seen(), threading.Event()
        with ThreadPoolExecutor(VISITORS) as pool, Memory(stack.process.pid) as memory:
            for number in range(VISITORS):
                pool.submit(_visit, stack, faces, random.Random(number), seen, stop)  # noqa: S311 - which face is met
            timer = threading.Timer(MAX_SECONDS, stop.set)
            timer.start()
            busy = _upload(stack, folder, "busy")
            stop.set()
            timer.cancel()
    lines = [f"{VISITORS} visitors at a time, the next at once, while {PHOTOS} photos are uploaded:"]
    for name, seconds in seen.seconds.items():
        p50, p99 = _percentile(seconds, 50), _percentile(seconds, 99)
        lines.append(f"  {name:12} {len(seconds):5} times, p50 {p50:6.2f} s, p99 {p99:6.2f} s   -> {p99 / p50:.1f}x")
    refused = ", ".join(f"{number} {code}" for code, number in seen.errors.items()) or "none"
    return [
        *lines,
        f"  refused: {refused}",
        f"  upload alone {alone:.1f} s, with the visitors {busy:.1f} s   -> {busy / alone:.1f}x",
        f"  memory of all processes: {memory.peak:.0f} MB at the most, {memory.processes} processes",
    ]


def photos_to_upload() -> Path:
    """A folder with some of the upload benchmark's photos."""
    folder = workplace.WORK / "load-photos"
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(upload.folder_of_faces().iterdir())[:PHOTOS]:
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


def _upload(stack: Any, folder: Path, set_name: str) -> float:
    start = time.perf_counter()
    stack.kinpics("upload", "--no-build", "--set", set_name, str(folder))
    return time.perf_counter() - start


def face_ids(stack: Any) -> list[str]:
    """The ids of all faces of a stack's photos."""
    rows = (row for row in stack.table("PicsTable").scan()["Items"] if row["primarykey"] != "/")
    return [record["Face"]["FaceId"] for row in rows for record in row["data"]["FaceRecords"]]


def _percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def _visit(stack: Any, faces: list[str], draw: random.Random, seen: Seen, stop: threading.Event) -> None:
    while not stop.is_set():
        visitor = Visitor(stack)
        try:
            with _timed(seen, "visit"):
                with _timed(seen, "credentials"):
                    visitor.enter()
                with _timed(seen, "set"):
                    visitor.read_set()
                with _timed(seen, "search"):
                    visitor.search(draw.choice(faces))
        except RefusedError as error:
            seen.errors[str(error)] += 1
        finally:
            visitor.connection.close()


class RefusedError(Exception):
    """A call was refused to the end; the message is the error's code."""


class _timed:  # noqa: N801 - a context manager that leaves failures out
    def __init__(self, seen: Seen, name: str):
        self._seconds = seen.seconds[name]

    def __enter__(self) -> None:
        self._start = time.perf_counter()

    def __exit__(self, kind: object, *rest: object) -> None:
        if kind is None:
            self._seconds.append(time.perf_counter() - self._start)


class Visitor:
    """The calls a page makes, over one connection."""

    def __init__(self, stack: Any):
        self._stack = stack
        self.connection = http.client.HTTPConnection(urlsplit(stack.api_url).netloc, timeout=60)
        self._keys: Credentials | None = None

    def enter(self) -> None:
        """Become a guest."""
        target = "AWSCognitoIdentityService."
        pool = {"IdentityPoolId": self._stack.outputs["IdentityPool"]}
        identity = self.call("cognito-identity", "/", pool, target + "GetId")
        answer = self.call("cognito-identity", "/", identity, target + "GetCredentialsForIdentity")
        keys = answer["Credentials"]
        self._keys = Credentials(keys["AccessKeyId"], keys["SecretKey"], keys["SessionToken"])

    def read_set(self) -> None:
        """Read the rows of a set's grid."""
        query = {
            "TableName": self._stack.outputs["PicsTable"],
            "IndexName": "grid",
            "KeyConditionExpression": "primarykey = :set",
            "ExpressionAttributeValues": {":set": {"S": "warm"}},
        }
        assert self.call("dynamodb", "/", query, "DynamoDB_20120810.Query")["Count"] == PHOTOS

    def search(self, face: str) -> None:
        """Search a face."""
        path = f"/2015-03-31/functions/{self._stack.outputs['SearchFunction']}/invocations"
        answer = self.call("lambda", path, {"faceid": face})
        if answer["statusCode"] != 200:
            raise RefusedError(answer["err"]["code"])

    def call(self, service: str, path: str, body: dict, target: str = "") -> Any:
        """One call; what is refused is tried again as aws4fetch does. Raises ``RefusedError``."""
        for attempt in range(1 if service == "lambda" else _RETRIES + 1):
            status, answer = self._try(service, path, body, target)
            if status == 200:
                return answer
            if status != 429 and status < 500:
                break
            time.sleep(random.random() * _FIRST_PAUSE * 2**attempt)  # noqa: S311
        raise RefusedError(f"{status} {answer.get('__type', '')}")

    def _try(self, service: str, path: str, body: dict, target: str) -> tuple[int, Any]:
        headers = {"content-type": "application/x-amz-json-1.1"} | ({"x-amz-target": target} if target else {})
        content = json.dumps(body)
        request = AWSRequest("POST", self._stack.api_url + path, headers, content)
        if self._keys:
            SigV4Auth(self._keys, service, self._stack.region).add_auth(request)
        self.connection.request("POST", path, content, dict(request.headers))
        response = self.connection.getresponse()
        return response.status, json.loads(response.read() or b"{}")


class Memory:
    """Looks after the memory of a process and all that it starts, in MB, a few times a second."""

    def __init__(self, pid: int):
        self._pid = pid
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.peak, self.processes = 0.0, 0

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *rest: object) -> None:
        self._end.set()
        self._thread.join()

    def _run(self) -> None:
        from running import descendants

        while not self._end.wait(0.3):
            found = {self._pid, *descendants(self._pid)}
            self.peak = max(self.peak, sum(_megabytes(found)))
            self.processes = max(self.processes, len(found))


def _megabytes(pids: set[int]) -> Iterator[float]:
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        except OSError:
            continue  # it has ended
        yield from (int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))
