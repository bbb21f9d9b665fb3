"""Lookalikes: how often the right person comes first, and the time from the shutter to the portrait on the screen."""

import base64
import json
import shutil
import sqlite3
import statistics
import time
import uuid
from pathlib import Path

import numpy as np
from PIL import Image

from bench import workplace
from bench.accuracy import PHOTOS, Portrait, analyse_all, portraits_of
from bench.browser import chromium
from functions.keys import PERSON_PREFIX
from functions.photo_rows import ImageRecord
from local.rekognition.likeness import DLIB

LARGE = 10_000
SHOTS = 25
_SEVERAL = 3


def run() -> list[str]:
    """Lines of the report."""
    folder = PHOTOS / "lfw"
    if not folder.is_dir():
        return [f"lookalike: skipped, for there are no photographs for evaluation at {PHOTOS}"]
    analyses = analyse_all(folder.rglob("*.jpg"))
    people: dict[str, list[Portrait]] = {}
    for portrait in portraits_of(analyses):
        if len(portrait.descriptors):
            people.setdefault(portrait.person, []).append(portrait)
    return [*_ranks(people), *_several(people), *_times(people)]


def _gallery(people: dict[str, list[Portrait]]) -> dict[str, Portrait]:
    """The first photo of each person that `kinpics gallery add` takes: with one face in it."""
    firsts = {name: next((one for one in own if len(one.descriptors) == 1), None) for name, own in people.items()}
    return {name: first for name, first in firsts.items() if first}


def _ranks(people: dict[str, list[Portrait]]) -> list[str]:
    gallery = _gallery(people)
    names = list(gallery)
    matrix = np.array([portrait.descriptors[0] for portrait in gallery.values()])
    ranks = []
    for number, name in enumerate(names):
        for probe in people[name]:
            if probe is not gallery[name]:
                alike = np.array([DLIB.compare(portrait, probe.descriptors[0]) for portrait in matrix])
                ranks.append(int((alike > alike[number]).sum()) + 1)
    found = np.array(ranks)
    return [
        f"one portrait of each of {len(names)} people (LFW), another photo as the selfie, {len(found)} times:"
        f" first {100 * (found == 1).mean():.2f} %, among the first five {100 * (found <= 5).mean():.2f} %"
    ]


def _several(people: dict[str, list[Portrait]]) -> list[str]:
    """Several portraits of one person: the best of them, against their mean (Rekognition's Users API)."""
    best: list[np.ndarray] = []
    mean: list[np.ndarray] = []
    probes: list[tuple[int, np.ndarray]] = []
    for number, own in enumerate(people.values()):
        vectors = np.array([portrait.descriptors[0] for portrait in own])
        kept = vectors[:_SEVERAL] if len(vectors) > _SEVERAL else vectors[:1]
        best.append(kept)
        mean.append(kept.mean(axis=0))
        if len(vectors) > _SEVERAL:
            probes += [(number, vector) for vector in vectors[_SEVERAL:]]
    right_best = right_mean = 0
    for number, probe in probes:
        alike = [max(DLIB.compare(one, probe) for one in kept) for kept in best]
        right_best += int(np.argmax(alike) == number)
        right_mean += int(np.argmax([DLIB.compare(one, probe) for one in mean]) == number)
    return [
        f"{_SEVERAL} portraits of those with more, {len(probes)} photos of theirs among {len(people)} people:"
        f" the best of a person's portraits leads to them {100 * right_best / len(probes):.2f} %, their mean"
        f" {100 * right_mean / len(probes):.2f} %"
    ]


def _times(people: dict[str, list[Portrait]]) -> list[str]:
    gallery = _gallery(people)
    work = workplace.WORK / "lookalike"
    shutil.rmtree(work, ignore_errors=True)
    (work / "portraits").mkdir(parents=True)
    for name, portrait in gallery.items():
        shutil.copyfile(portrait.path, work / "portraits" / f"{name}.jpg")
    video = _video(
        work, people["Ariel_Sharon"][1].path if "Ariel_Sharon" in people else next(iter(gallery.values())).path
    )
    lines = []
    with workplace.stack("lookalike-stack") as stack:
        told = stack.kinpics("gallery", "add", "--json", str(work / "portraits"), check=False)
        answer = json.loads(told.stdout)
        added = answer["added"]
        gallery = {name: one for name, one in gallery.items() if f"{name}.jpg" not in answer["failures"]}
        lines += _shots(stack, video, added)
        lines += _through_the_page(stack, people, gallery)
    records = _fill(workplace.WORK / "lookalike-stack", LARGE - added)
    from running import start_stack

    stack = start_stack(workplace.WORK / "lookalike-stack")
    try:
        with stack.table("PicsByImageIdTable").batch_writer() as batch:
            for record in records:
                batch.put_item(record.to_item())
        lines += _shots(stack, video, LARGE)
    finally:
        stack.stop()
    return lines


def _video(work: Path, photo: Path) -> Path:
    """What the camera sees: one photo, as Chromium's fake camera reads it."""
    with Image.open(photo) as image:
        canvas = Image.new("RGB", (640, 480), (120, 120, 120))
        canvas.paste(image.convert("RGB").resize((480, 480)), (80, 0))
    canvas.save(work / "frame.jpg", quality=95)
    video = work / "camera.mjpeg"
    video.write_bytes((work / "frame.jpg").read_bytes() * 20)
    return video


def _shots(stack: object, video: Path, size: int) -> list[str]:
    times: list[float] = []
    sent: list[int] = []
    calls: list[str] = []
    images: list[str] = []
    paid = _paid(stack)
    flags = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    with chromium(*flags, f"--use-file-for-fake-video-capture={video}") as browser:
        page = browser.new_page(base_url=stack.site_url)
        page.on("request", lambda request: calls.append(request.url) if stack.api_url in request.url else None)

        def note(request: object) -> None:
            if "/invocations" in request.url and request.method == "POST":
                sent.append(len(request.post_data or ""))
                images.append(json.loads(request.post_data)["image"])

        page.on("request", note)
        page.goto("/lookalike/")
        page.get_by_label("I agree").check()
        page.wait_for_load_state("networkidle")
        calls.clear()
        for _ in range(SHOTS + 1):
            page.locator("#shutter").click()
            page.locator("#finder[data-stage=live]").wait_for()
            page.locator("#shutter").click()
            times.append(page.evaluate(_SHUTTER_TO_RESULT))
    lines = [
        f"gallery of {size:,} people, {SHOTS} shots: {_p(times[1:])} from the shutter to the portrait on the screen"
    ]
    bare = _invocations(stack, images[-1])
    lines.append(f"  bare invocation of the search function, by boto3: {_p(bare)}")
    lines.append(
        f"  -> {statistics.median(times[1:]) / statistics.median(bare):.1f}x; {max(sent) / 1000:.0f} kB sent at most,"
        f" {(_paid(stack) - paid - len(bare)) / len(times):.2f} paid calls and {len(calls) / len(times):.1f} calls"
        " of AWS a shot"
    )
    return lines


def _through_the_page(stack: object, people: dict[str, list[Portrait]], gallery: dict[str, Portrait]) -> list[str]:
    """Every second selfie as a visitor's browser sends it: found, cut out and made small by the page."""
    probes = [(name, probe) for name in gallery for probe in people[name] if probe is not gallery[name]][::2]
    ranks: list[int] = []
    doubted = 0
    with chromium() as browser:
        for number, (name, probe) in enumerate(probes):
            if number % _A_VISITORS_SEARCHES == 0:
                page = browser.new_context(base_url=stack.site_url).new_page()
                page.goto("/lookalike/")
                page.get_by_label("I agree").check()
            page.locator("#picture").set_input_files(probe.path)
            page.wait_for_function(_ANSWERED)
            if page.locator(".outline").count():
                page.evaluate(_CHOOSE_THE_MIDDLE)
                page.wait_for_function(_ANSWERED_OR_DOUBTED)
            if page.locator("#finder[data-stage=trouble]").count():
                doubted += 1
                page.locator("#trouble button").click()
                page.wait_for_function(_ANSWERED_OR_DOUBTED)
            names = page.locator("#name, #lookalikes .person-link > span:not(.quiet)").all_inner_texts()
            wanted = name.replace("_", " ")
            ranks.append(names.index(wanted) + 1 if wanted in names else LARGE)
    found = np.array(ranks)
    return [
        f"through the page, {len(found)} selfies: first {100 * (found == 1).mean():.2f} %, among the first five"
        f" {100 * (found <= 5).mean():.2f} %; {doubted} of them doubted by the page and searched by all the same"
    ]


# Below a visitor's allowance of a day.
_A_VISITORS_SEARCHES = 100
_ANSWERED_OR_DOUBTED = """() => document.getElementById("finder").dataset.stage === "trouble"
    || !document.getElementById("results").hidden"""
_ANSWERED = f"() => document.querySelector('.outline') || ({_ANSWERED_OR_DOUBTED})()"
# A ring stands where the middle of its face is.
_CHOOSE_THE_MIDDLE = """() => {
    const offCentre = ({ style: { left, top } }) => Math.abs(parseFloat(left) - 50) + Math.abs(parseFloat(top) - 50);
    [...document.querySelectorAll(".outline")].sort((a, b) => offCentre(a) - offCentre(b))[0].click();
}"""
_SHUTTER_TO_RESULT = """() => new Promise((resolve) => {
    const finder = document.getElementById("finder");
    let shutter = 0;
    const look = () => {
        if (!shutter && finder.dataset.stage !== "live") shutter = performance.now();
        const portrait = document.getElementById("best");
        const shown = !document.getElementById("results").hidden && portrait.complete && portrait.naturalWidth;
        if (shutter && shown) resolve(performance.now() - shutter);
        else requestAnimationFrame(look);
    };
    look();
})"""


def _invocations(stack: object, image: str) -> list[float]:
    client, name = stack.client("lambda"), stack.outputs["SearchFunction"]
    event = json.dumps({"image": image, "collection": "celebrities", "threshold": 0, "limit": 20})
    assert len(base64.b64decode(image)) < 150_000
    taken = []
    for _ in range(SHOTS):
        begun = time.perf_counter()
        assert json.loads(client.invoke(FunctionName=name, Payload=event)["Payload"].read())["output"]
        taken.append((time.perf_counter() - begun) * 1000)
    return taken


def _paid(stack: object) -> int:
    rows = stack.table("LedgerTable").scan()["Items"]
    return sum(int(row["calls"]) for row in rows if row["entry"].startswith("calls/search/"))


def _p(times: list[float]) -> str:
    p95 = statistics.quantiles(times, n=20, method="inclusive")[-1]
    return f"p50 {statistics.median(times):,.0f} ms, p95 {p95:,.0f} ms"


def _fill(data: Path, count: int) -> list[ImageRecord]:
    """Give a stopped stack's gallery people who never were; returns their records."""
    faces = sqlite3.connect(data / "faces.sqlite")
    columns = "collection, face_id, image_id, external_image_id, image_digest, bounding_box, confidence, descriptor"
    (like,) = faces.execute(
        f"SELECT {columns} FROM faces WHERE collection LIKE '%celebrities' LIMIT 1"  # noqa: S608
    ).fetchall()
    near = np.frombuffer(like[-1], dtype=np.float32)
    draw = np.random.default_rng(0)
    records = []
    for number in range(count):
        face_id, image_id = str(uuid.uuid4()), str(uuid.uuid4())
        descriptor = (near + draw.normal(0, 0.06, 128)).astype(np.float32).tobytes()
        faces.execute(
            f"INSERT INTO faces ({columns}, user_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
            (like[0], face_id, image_id, f"nobody-{number}", face_id, like[5], like[6], descriptor, f"nobody-{number}"),
        )
        faces.execute("INSERT INTO users (collection, user_id) VALUES (?, ?)", (like[0], f"nobody-{number}"))
        face = {"FaceId": face_id, "ImageId": image_id, "BoundingBox": json.loads(like[5])}
        records.append(
            ImageRecord(
                image_id=f"{PERSON_PREFIX}nobody-{number}",
                image_path=f"celebrities/Nobody {number}/none.jpg",
                width=250,
                height=250,
                placeholder="",
                data={"FaceRecords": [{"Face": face}]},
                person=f"Nobody {number}",
            )
        )
    faces.commit()
    faces.close()
    return records
