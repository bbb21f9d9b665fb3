"""From the click on a face to its photos on the screen, against the bare invocation of the search function."""

import json
import statistics
import time

from bench import workplace
from bench.browser import chromium

CLICKS = 40


def run() -> list[str]:
    """Lines of the report."""
    with workplace.stack("click-stack") as stack:
        folders = workplace.sample_folders()
        stack.kinpics("upload", *map(str, folders))
        faces = [line.split("\t")[0] for line in stack.kinpics("collection", "faces").stdout.splitlines()]
        time.sleep(11)  # until answers are taken for current: functions/ledger.py
        _invocations(stack, faces[:1], 1)  # starts the function
        new = _invocations(stack, faces, len(faces))
        bare = _invocations(stack, faces, CLICKS)
        clicks = _clicks(stack)
    return [
        f"click on a face to photos on the screen, {CLICKS} clicks, {len(faces)} faces:",
        f"  in the browser   p50 {_p(clicks, 50):4.0f} ms, p95 {_p(clicks, 95):4.0f} ms (its page, with pictures)",
        f"  bare invocation  p50 {_p(bare, 50):4.0f} ms, p95 {_p(bare, 95):4.0f} ms of the search function, by boto3"
        f"   -> the browser {_p(clicks, 50) / _p(bare, 50):.1f}x",
        f"  a new search     p50 {_p(new, 50):4.0f} ms: counted, asked of Rekognition, kept; all others are kept",
    ]


def _p(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def _invocations(stack: object, faces: list[str], times: int) -> list[float]:
    client = stack.client("lambda")
    name = stack.outputs["SearchFunction"]
    taken = []
    for number in range(times):
        start = time.perf_counter()
        event = {"faceid": faces[number % len(faces)]}
        json.loads(client.invoke(FunctionName=name, Payload=json.dumps(event))["Payload"].read())
        taken.append((time.perf_counter() - start) * 1000)
    return taken


def _clicks(stack: object) -> list[float]:
    times = []
    with chromium() as browser:
        page = browser.new_page(base_url=stack.site_url)
        for number in range(CLICKS + 1):
            page.goto("/sets/2015_pioneers/?pic=group.jpg")
            face = page.locator(".face").nth(number % 4)
            face.wait_for()
            start = time.perf_counter()
            face.click()
            page.wait_for_function(
                """() => location.pathname === "/faces/"
                    && [...document.querySelectorAll("a.tile img")].some((image) => image.naturalWidth)"""
            )
            times.append((time.perf_counter() - start) * 1000)
    return times[1:]
