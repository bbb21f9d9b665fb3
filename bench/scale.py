"""The laptop stack with many photos: how fast it starts, its memory, a search, a page, and one more photo.

One photo of three people is uploaded and processed; all that is kept of it is then copied, with ids of its own and
descriptors of made-up people for each photo, so that nothing else has to look for faces.
"""

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import boto3
import numpy as np
from PIL import Image

from bench import workplace
from local.journal import FORMAT, Journal, decode_key, merge
from local.state_folder import STACK_NAME, StateFolder

COUNTS = (1_000, 20_000, 100_000)
PHOTOS_A_SET = 1_000
_PHOTOS_A_PERSON = 200
_SEARCHES = 15
_PAGES = 5
# Links of one file that every file system takes; ext4 ends at 65,000.
_LINKS = 30_000
# Of a descriptor's numbers: people lie 0.83 apart, faces of one person 0.41.
_PEOPLE_SPREAD = 0.83 / 256**0.5
_FACE_SPREAD = 0.41 / 256**0.5
# A set that has just changed is published once more the next time.
_LONG_AGO = "2026-01-01T00:00:00.000+00:00"
_UPKEEP = (("publish",), ("doctor", "--no-round-trip"), ("reconcile", "--yes"))
_FILE = "photo.jpg"
_SET = "template"


def run(counts: tuple[int, ...] = COUNTS) -> list[str]:
    """Lines of the report."""
    lines = [
        "photos (3 faces each)    start   memory   search p50   page of a set   one more photo"
        "   publish, one set changed   doctor   reconcile",
    ]
    for count in counts:
        lines.append(_line(count))
        print(lines[-1], file=sys.stderr, flush=True)
    return lines


def _line(count: int) -> str:
    data = folder_of(count)
    with _started(data) as (pid, seconds):
        _end_publishing(pid)
        memory = tree_memory(pid)
        search, page, more = _visit(data, count)
        after = tree_memory(pid)
        # The photo has changed one set.
        publish, doctor, reconcile = (_seconds_of(data, *command) for command in _UPKEEP)
    return (
        f"{count:12,}            {seconds:5.1f} s  {memory:4.0f}/{after:4.0f} MB  {search:7.3f} s"
        f"  {page:10.3f} s  {more:10.1f} s"
        f"  {publish:18.1f} s  {doctor:10.1f} s  {reconcile:6.1f} s"
    )


def folder_of(count: int) -> Path:
    """A state folder of so many photos, made once."""
    data = workplace.WORK / f"scale-{FORMAT}-{count}"
    if not (data / "filled").exists():
        print(f"writing a folder of {count:,} photos ...", file=sys.stderr, flush=True)
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(_template(), data, ignore=shutil.ignore_patterns("tmp"))
        fill(data, count)
        print("publishing its site ...", file=sys.stderr, flush=True)
        with _started(data) as (pid, _):
            _end_publishing(pid)
            _seconds_of(data, "publish")
        (data / "filled").touch()
    return data


def ports() -> tuple[int, int]:
    """Those that the site was published for, as a person's are: at others it is rendered anew before it is ready."""
    site, api = json.loads((_template() / "ports").read_text())
    return site, api


def _template() -> Path:
    """The folder of a stack that was given one photo of three people; made once."""
    name = f"scale-{FORMAT}-template"
    data = workplace.WORK / name
    if not (data / "filled").exists():
        with workplace.stack(name) as stack:
            folder = workplace.WORK / _SET
            folder.mkdir(exist_ok=True)
            _photo_of_three(folder / _FILE)
            stack.kinpics("upload", str(folder))
            stack.kinpics("publish")
            ports = [int(url.rpartition(":")[2]) for url in (stack.site_url, stack.api_url)]
        (data / "ports").write_text(json.dumps(ports))
        (data / "filled").touch()
    return data


def _photo_of_three(path: Path) -> None:
    names = ("obama.jpg", "biden.jpg", "hopper.jpg")
    found = [
        Image.open(next(folder.glob(name)))
        for name in names
        for folder in workplace.sample_folders()
        if list(folder.glob(name))
    ]
    portraits = [image.convert("RGB").resize((round(600 * image.width / image.height), 600)) for image in found]
    together = Image.new("RGB", (sum(image.width for image in portraits), 600))
    left = 0
    for image in portraits:
        together.paste(image, (left, 0))
        left += image.width
    together.save(path, quality=90)


def fill(data: Path, count: int) -> None:
    """Copy all that is kept of a folder's photo, until there are so many."""
    journal, log = Journal(data / "state.sqlite"), sqlite3.connect(data / "state.sqlite")
    kept = [(kind, key, value.decode()) for kind in ("item", "entry", "object") for key, value in journal.read(kind)]
    of_photo = [cell for cell in kept if _FILE in cell[1] or _FILE in cell[2]]
    of_set = [cell for cell in kept if cell[0] == "item" and decode_key(cell[1])[-1] == _SET]
    of_photo = [cell for cell in of_photo if cell not in of_set]
    faces = sqlite3.connect(data / "faces.sqlite", isolation_level=None)
    columns = "collection, image_digest, bounding_box, confidence, face_id, image_id, external_image_id, descriptor"
    rows = faces.execute(f"SELECT {columns} FROM faces").fetchall()  # noqa: S608
    random = np.random.default_rng(1)
    people = random.normal(0, _PEOPLE_SPREAD, (max(10, 3 * count // _PHOTOS_A_PERSON), 128))
    links = _Links(data / "objects")
    faces.execute("BEGIN")
    for start in range(0, count, 1_000):
        changes = []
        for number in range(start, min(start + 1_000, count)):
            name, file = f"set{number // PHOTOS_A_SET:04}", f"{number:06}.jpg"
            new = {old: str(uuid.uuid4()) for row in rows for old in row[4:6]}
            pairs = [(_FILE, file), (_SET, name), *new.items()]
            for kind, key, text in of_photo:
                key, text = _replaced(key, pairs), _replaced(text, pairs)
                changes.append((kind, key, links.linked(key, text).encode() if kind == "object" else text.encode()))
            chosen = random.integers(0, len(people), len(rows))
            descriptors = (people[chosen] + random.normal(0, _FACE_SPREAD, (len(rows), 128))).astype(np.float32)
            faces.executemany(
                f"INSERT INTO faces ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                [
                    (
                        row[0],
                        f"{number:064x}",
                        *row[2:4],
                        new[row[4]],
                        new[row[5]],
                        _replaced(row[6], pairs[:2]),
                        descriptor.tobytes(),
                    )
                    for row, descriptor in zip(rows, descriptors, strict=True)
                ],
            )
        for kind, key, text in of_set if start % PHOTOS_A_SET == 0 else ():
            inside = min(PHOTOS_A_SET, count - start)
            pairs = [(_FILE, f"{start:06}.jpg"), (_SET, f"set{start // PHOTOS_A_SET:04}")]
            item = json.loads(_replaced(text, pairs))
            item |= {"pic_count": {"N": str(inside)}, "face_count": {"N": str(inside * len(rows))}}
            item["updated_at"] = {"S": _LONG_AGO}
            changes.append((kind, _replaced(key, pairs), json.dumps(item).encode()))
        journal.write(changes)
        merge(log)
    faces.execute("UPDATE collections SET faces = (SELECT count(*) FROM faces WHERE collection = collections.id)")
    faces.execute("COMMIT")
    for file in (faces, log, journal, links):
        file.close()


def _replaced(text: str, pairs: list[tuple[str, str]]) -> str:
    for old, new in pairs:
        text = text.replace(old, new)
    return text


class _Links:
    """Gives each object a file of its own: a link to the one it was copied from."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._list = open(folder / "list", "a", encoding="utf-8")  # noqa: SIM115 - closed at the end
        self._made: dict[str, tuple[Path, int]] = {}

    def close(self) -> None:
        self._list.close()

    def linked(self, key: str, text: str) -> str:
        """An object's cell with a new name for each body."""
        cell = json.loads(text)
        for body in {record["body_name"] for record in (cell["current"], *cell["versions"]) if record}:
            copy = uuid.uuid4().hex + body[32:]
            source, used = self._made.get(body, (self._folder / body[:2] / body, 0))
            target = self._folder / copy[:2] / copy
            if used < _LINKS:
                os.link(source, target)
            else:
                shutil.copyfile(source, target)
                source, used = target, 0
            self._made[body] = source, used + 1
            self._list.write(json.dumps([copy, "/".join(decode_key(key)[1:])]) + "\n")
            text = text.replace(body, copy)
        return text


@contextlib.contextmanager
def _started(data: Path) -> Iterator[tuple[int, float]]:
    """A stack on a folder: its process id, and the seconds until it said that it is ready."""
    site, api = ports()
    command = [sys.executable, "-m", "scripts", "local", "--data", str(data)]
    command += ["--site-port", str(site), "--api-port", str(api)]
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=workplace.ROOT)
    try:
        assert process.stdout
        line = process.stdout.readline()
        assert "ready" in line, line
        yield process.pid, time.perf_counter() - begun
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()
        process.stdout.close()


def _end_publishing(pid: int) -> None:
    """End what brings the site up to date once the stack is ready: it is measured by itself."""
    time.sleep(0.5)
    for child in _children(pid):
        if b"publish" in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0"):
            os.kill(child, signal.SIGTERM)
    time.sleep(1)


def _seconds_of(data: Path, *command: str) -> float:
    """How long a command of the owner's takes, from the start of its process to the end."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-m", "scripts", "--data", str(data), *command], cwd=workplace.ROOT, check=True)
    return time.perf_counter() - begun


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def tree_memory(pid: int) -> float:
    """Memory in MB of a process and of all it has started; what they share is counted once."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    total = next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    return total + sum(map(tree_memory, _children(pid)))


def _visit(data: Path, count: int) -> tuple[float, float, float]:
    """Seconds of a search and of a page of a set (medians), and until one more photo is there."""
    running = StateFolder(data).running()
    assert running
    session = boto3.Session(running.access_key, running.secret_key, region_name=running.region)
    url = running.environment()["AWS_ENDPOINT_URL"]

    def client(name: str):
        return session.client(name, endpoint_url=url)

    stacks = client("cloudformation").describe_stacks(StackName=STACK_NAME)["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stacks[0]["Outputs"]}
    dynamodb = client("dynamodb")
    middle = f"set{count // PHOTOS_A_SET // 2:04}"
    asked = {"KeyConditionExpression": "primarykey = :p", "ExpressionAttributeValues": {":p": {"S": middle}}}
    pages, found = [], {}
    for _ in range(_PAGES):
        begun = time.perf_counter()
        dynamodb.query(TableName=outputs["PicsTable"], IndexName="grid", **asked)
        pages.append(time.perf_counter() - begun)
    found = dynamodb.query(TableName=outputs["PicsTable"], Limit=_SEARCHES + 1, **asked)["Items"]
    functions = client("lambda")
    searches = []
    for item in found:
        face = item["data"]["M"]["FaceRecords"]["L"][0]["M"]["Face"]["M"]["FaceId"]["S"]
        begun = time.perf_counter()
        answer = functions.invoke(FunctionName=outputs["SearchFunction"], Payload=json.dumps({"faceid": face}))
        body = json.load(answer["Payload"])
        searches.append(time.perf_counter() - begun)
        assert body["statusCode"] == 200, body
    body = (workplace.WORK / _SET / _FILE).read_bytes() + uuid.uuid4().bytes
    key = {"primarykey": {"S": middle}, "sortkey": {"S": f"{uuid.uuid4().hex}.jpg"}}
    begun = time.perf_counter()
    client("s3").put_object(Bucket=outputs["PicsBucket"], Key=f"photos/{middle}/{key['sortkey']['S']}", Body=body)
    while "Item" not in dynamodb.get_item(TableName=outputs["PicsTable"], Key=key):
        time.sleep(0.05)
    return statistics.median(searches[1:]), statistics.median(pages), time.perf_counter() - begun


if __name__ == "__main__":
    print("\n".join(run(tuple(int(argument) for argument in sys.argv[1:]) or COUNTS)))
