"""The page of a thousand people, and that of the one on most photos, on a phone and on a computer.

Photos are generated, and nothing looks for faces in them: their boxes are drawn. Names and lists are made by the people
function's own code.
"""

import hashlib
import itertools
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench import browser, edge, filling, first_screen, lighthouse, workplace
from bench.page import Figure
from build import build
from functions.keys import ImagePath
from functions.people.boxes import Box
from functions.people.decisions import make_event
from functions.people.hanging import Hung
from functions.people.inventory import Face, Inventory, PhotoFaces, photo_faces
from functions.people.knowledge import fold
from functions.people.people_portraits import PeoplePortraits
from functions.people.people_state import Unknown, make_state
from functions.people.public_files import portraits_wanted, public_files
from functions.people.ulid import ulid_of
from local.state_folder import STACK_NAME
from scripts.common.config import load_config
from scripts.common.stack import Stack, connect
from scripts.deployment.publish import publish

PEOPLE, UNNAMED = 1000, 200
PHOTOS, FACES_EACH = 1500, 3
_SOURCES = 300
# Of a photo's width: from a face in a group to one that fills the picture.
_SMALLEST, _LARGEST = 0.04, 0.4
_PLACES = (0.2, 0.5, 0.8)
_FIGURES = (
    Figure("performance", 98, least=True),
    Figure("accessibility", 100, least=True),
    Figure("best-practices", 100, least=True),
    Figure("CLS", 0, digits=3),
    Figure("TBT", None, " ms"),
    Figure("LCP", None, " ms"),
    Figure("FCP", None, " ms"),
)
_SCREEN = (
    Figure("first portrait", None, " ms"),
    Figure("elements", None),
    Figure("requests", None),
    Figure("fetched", None, " kB"),
    Figure("of it pictures", None, " kB"),
    Figure("memory", None, " MB"),
    Figure("memory, scrolled to the end", None, " MB"),
)


def run() -> list[str]:
    """Lines of the report."""
    start = time.perf_counter()
    photos = workplace.photos(_SOURCES, workplace.SIZE_2_MP)
    with workplace.stack("people-page-stack") as stack:
        filling.fill(stack, photos, {"album": PHOTOS})
        with filling.as_owner(stack):
            seconds = _name(connect(STACK_NAME, stack.data))
        lines = [
            f"{PEOPLE:,} people and {UNNAMED} without a name, {PHOTOS:,} photos, {PHOTOS * FACES_EACH:,} faces;"
            f" medians of {lighthouse.RUNS} Lighthouse runs; published in {seconds:.1f} s:"
        ]
        for path in ("/people/", "/people/person-0/"):
            lines += _page(stack.site_url + path)
    return [*lines, f"  all of this took {time.perf_counter() - start:.0f} s"]


def _name(stack: Stack) -> float:
    """Write the lists of people, and publish; returns how long the publish took."""
    dice = random.Random(1)  # noqa: S311 - draws, not secrets
    _tell_apart(stack)
    rows = [photo_faces(photo, ()) for photo in stack.photos.list_photos("album")]
    inventory = Inventory.of(_with_faces(row, dice) for row in rows)
    people = [ulid_of(f"person {number}") for number in range(PEOPLE)]
    named = (
        {"kind": "name", "id": ulid_of(f"name {number}"), "at": "2026-01-01T00:00:00+00:00", "by": "cli"}
        | {"person": person, "name": f"Person {number}"}
        for number, person in enumerate(people)
    )
    knowledge = fold(map(make_event, named))
    # The first of them are on many photos, the last on a few.
    faces = list(inventory.faces)
    confirmed = {face: people[int(PEOPLE * dice.random() ** 2)] for face in faces[UNNAMED:]}
    state = make_state(
        knowledge, Hung(confirmed=confirmed), inventory, {}, [Unknown((face,)) for face in faces[:UNNAMED]]
    )
    _write_large(stack, inventory)
    outputs = stack.outputs
    portraits = PeoplePortraits(stack.photos, stack.s3, outputs.thumbnails_bucket, outputs.site_bucket)
    made = portraits.make(portraits_wanted(state, inventory), lambda: True)
    for key, body in public_files(state, inventory, made.names).items():
        stack.s3.put_object(Bucket=outputs.site_bucket, Key=key, Body=body, ContentType="application/json")
    start = time.perf_counter()
    publish(stack, build(stack, workplace.WORK / "dist", replace(load_config(), search_engines=True)))
    return time.perf_counter() - start


def _tell_apart(stack: Stack) -> None:
    """Give each photo a SHA-256 of its own: they are copies of a few, and portraits go by it."""

    def write(file: str) -> None:
        stack.dynamodb.update_item(
            TableName=stack.outputs.pics_table,
            Key={"primarykey": "album", "sortkey": file},
            UpdateExpression="SET sha256 = :sha256",
            ExpressionAttributeValues={":sha256": hashlib.sha256(file.encode()).hexdigest()},
        )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, [photo.sortkey for photo in stack.photos.list_photos("album")]))


def _write_large(stack: Stack, inventory: Inventory) -> None:
    """The large renditions that `filling` leaves out because no grid shows them: portraits are cut from them."""
    paths = [ImagePath(*path.split("/")) for path in sorted(inventory.photos)]
    bucket = stack.outputs.thumbnails_bucket

    def copy(path: ImagePath, source: ImagePath) -> None:
        stack.s3.copy_object(Bucket=bucket, Key=path.large_key, CopySource={"Bucket": bucket, "Key": source.large_key})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(copy, paths[_SOURCES:], itertools.cycle(paths[:_SOURCES])))


def _with_faces(photo: PhotoFaces, dice: random.Random) -> PhotoFaces:
    def face(number: int, middle: float) -> Face:
        width = dice.uniform(_SMALLEST, _LARGEST / FACES_EACH if number else _LARGEST)
        height = width * photo.width / photo.height
        box = Box(max(0.0, middle - width / 2), max(0.0, 0.4 - height / 2), width, height)
        return Face(f"{photo.path}#{number}", box, 99.0, dice.uniform(20, 90))

    return photo._replace(faces=tuple(face(number, middle) for number, middle in enumerate(_PLACES)))


def _page(url: str) -> list[str]:
    with edge.running() as flags:
        screen = first_screen.fetch(url, flags)
        values = {
            "first portrait": first_screen.first_photo(url, flags),
            "requests": screen.requests,
            "fetched": screen.bytes / 1000,
            "of it pictures": screen.pictures / 1000,
            **_weight(url, flags),
        }
        devices = {
            "phone": lighthouse.score(url, flags),
            "computer": lighthouse.score(url, flags, ["--preset=desktop"]),
        }
    lines = [f"  {url.partition('/people')[1]}{url.partition('/people')[2]}"]
    for device, scores in devices.items():
        lines += [_line(f"{device}: {figure.name}", figure, scores.values[figure.name]) for figure in _FIGURES]
        lines += [f"    Lighthouse, {device}: {line}" for line in scores.complaints]
    return [*lines, *(_line(figure.name, figure, values[figure.name]) for figure in _SCREEN)]


def _line(name: str, figure: Figure, value: float) -> str:
    return f"    {name:32}{figure.write(value):>12}{figure.target():>12}  {figure.verdict(value)}".rstrip()


def _weight(url: str, flags: list[str]) -> dict[str, float]:
    """The document's elements, and the memory of the process that shows it."""
    with browser.chromium(*flags) as chromium:
        page, _ = first_screen.phone(chromium)
        page.goto(url)
        page.wait_for_load_state("networkidle")
        found = {"elements": page.evaluate("document.querySelectorAll('*').length"), "memory": _memory(chromium)}
        while page.evaluate(
            "scrollBy(0, innerHeight), scrollY + innerHeight < document.documentElement.scrollHeight - 1"
        ):
            page.wait_for_timeout(250)  # for the pictures: only those on the screen are loaded
        page.wait_for_load_state("networkidle")
        return found | {"memory, scrolled to the end": _memory(chromium)}


def _memory(chromium: Any) -> float:
    """Of the largest page's process, in MB, without what it shares with others."""
    processes = chromium.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    pages = [process["id"] for process in processes if process["type"] == "renderer"]
    return max(_private(Path(f"/proc/{page}/smaps_rollup")) for page in pages)


def _private(rollup: Path) -> float:
    sizes = [int(line.split()[1]) for line in rollup.read_text().splitlines() if line.startswith("Private_")]
    return sum(sizes) / 1000
