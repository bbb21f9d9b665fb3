"""A laptop stack in use for an hour or more: whether its memory and its open files stay flat.

Visitors come one after the other, the owner uploads photos, publishes and deletes them again, so that the site stays as
large as it is. What stays from one round to the next is what grows. The first half of the time isn't counted: until
then caches fill, and logs up to their limit. Run it by `python -m bench.soak --minutes 60`.
"""

import argparse
import contextlib
import os
import random
import statistics
import threading
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import workplace
from bench.load import RefusedError, Seen, Visitor, face_ids, photos_to_upload
from bench.scale import tree_memory

VISITORS = 3
# Between two visits of each.
_PAUSE_SECONDS = 1.0
_ROUND_SECONDS = 60.0
_SAMPLE_SECONDS = 5.0
# Caches and logs fill first, and models are loaded: this part of the time counts for nothing.
_WARMING = 1 / 2
# What grows by less than this part of itself in an hour is flat.
_FLAT = 0.01
_ROWS = 12


@dataclass(frozen=True)
class Sample:
    """What the stack takes at a moment: ``main`` is its own process, ``all`` also what it has started; memory in MB."""

    minutes: float
    main_memory: float
    all_memory: float
    main_files: int
    all_files: int
    threads: int


def run(minutes: float = 60.0) -> list[str]:
    """Lines of the report."""
    with workplace.stack("soak-stack") as stack:
        stack.kinpics("upload", "--no-build", str(workplace.faces_folder()))
        stack.kinpics("upload", "--set", "warm", str(photos_to_upload()))
        faces = face_ids(stack)
        stop, seen, samples = threading.Event(), Seen(), []
        workers = [
            threading.Thread(target=_visit, args=(stack, faces, random.Random(number), seen, stop))  # noqa: S311
            for number in range(VISITORS)
        ]
        rounds: Counter[str] = Counter()
        workers.append(threading.Thread(target=_upload_and_delete, args=(stack, rounds, stop)))
        began = time.monotonic()
        for worker in workers:
            worker.start()
        try:
            while time.monotonic() - began < minutes * 60:
                time.sleep(_SAMPLE_SECONDS)
                samples.append(_measure(stack.process.pid, (time.monotonic() - began) / 60))
        finally:
            stop.set()
            for worker in workers:
                worker.join()
    done = ", ".join(f"{number} {name}" for name, number in rounds.items())
    refused = ", ".join(f"{number} {code}" for code, number in seen.errors.items()) or "none"
    return [
        f"a stack in use for {minutes:g} minutes: {len(seen.seconds['visit']):,} visits (refused: {refused}), {done}",
        "  minutes   memory, its own process / all   open files, its own / all   threads",
        *(_row(sample) for sample in samples[:: max(1, len(samples) // _ROWS)]),
        *verdicts(samples),
    ]


def verdicts(samples: list[Sample]) -> list[str]:
    """A line for each measure: how much it grows in an hour, with two standard errors, and whether that is flat."""
    counted = [sample for sample in samples if sample.minutes >= samples[-1].minutes * _WARMING]
    lines = []
    for name, unit in (("main_memory", "MB"), ("all_memory", "MB"), ("main_files", "files"), ("all_files", "files")):
        values = [float(getattr(sample, name)) for sample in counted]
        hours = [sample.minutes / 60 for sample in counted]
        slope, error = _slope(hours, values)
        allowed = max(_FLAT * statistics.mean(values), 1.0)
        verdict = "flat" if slope - 2 * error < allowed else f"GROWS by more than {_FLAT:.0%} an hour"
        lines.append(f"  {name.replace('_', ' '):12} {slope:+8.1f} +- {2 * error:.1f} {unit} an hour   -> {verdict}")
    return lines


def _slope(hours: list[float], values: list[float]) -> tuple[float, float]:
    """The slope of a straight line through these values, and its standard error."""
    slope, offset = statistics.linear_regression(hours, values)
    middle = statistics.mean(hours)
    spread = sum((hour - middle) ** 2 for hour in hours)
    left = sum((value - offset - slope * hour) ** 2 for hour, value in zip(hours, values, strict=True))
    return slope, (left / max(1, len(hours) - 2) / spread) ** 0.5


def _row(sample: Sample) -> str:
    return (
        f"  {sample.minutes:7.1f}   {sample.main_memory:12.0f} / {sample.all_memory:.0f} MB"
        f"   {sample.main_files:16} / {sample.all_files}   {sample.threads:7}"
    )


def _measure(pid: int, minutes: float) -> Sample:
    from running import descendants

    files = {process: _open_files(process) for process in (pid, *descendants(pid))}
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line)
    memory = int(status["VmRSS"].split()[0]) / 1024
    return Sample(minutes, memory, _all_memory(pid, memory), files[pid], sum(files.values()), int(status["Threads"]))


def _all_memory(pid: int, own: float) -> float:
    """Memory of a stack with all it has started; its functions come and go meanwhile."""
    for _ in range(5):
        with contextlib.suppress(OSError):
            return tree_memory(pid)
    return own


def _open_files(pid: int) -> int:
    with contextlib.suppress(OSError):  # it has ended
        return len(os.listdir(f"/proc/{pid}/fd"))
    return 0


def _visit(stack: Any, faces: list[str], draw: random.Random, seen: Seen, stop: threading.Event) -> None:
    """Come, look at two pages and a set, search a face, and go; then the next visitor comes."""
    while not stop.wait(_PAUSE_SECONDS):
        visitor = Visitor(stack)
        began = time.perf_counter()
        try:
            for path in ("/", "/sets/warm/"):
                with urllib.request.urlopen(stack.site_url + path) as page:  # noqa: S310 - the stack's own address
                    page.read()
            visitor.enter()
            visitor.read_set()
            visitor.search(draw.choice(faces))
            seen.seconds["visit"].append(time.perf_counter() - began)
        except (RefusedError, OSError) as error:
            seen.errors[str(error)] += 1
        finally:
            visitor.connection.close()


def _upload_and_delete(stack: Any, rounds: Counter[str], stop: threading.Event) -> None:
    """Upload a set, publish it, and delete it for good, each minute."""
    photos = sorted(photos_to_upload().iterdir())[:4]
    folder = workplace.WORK / "soak-photos"
    folder.mkdir(exist_ok=True)
    while not stop.is_set():
        began = time.monotonic()
        for photo in photos:
            (folder / photo.name).write_bytes(photo.read_bytes() + os.urandom(8))  # never the same bytes again
        stack.kinpics("upload", "--set", "round", str(folder))
        stack.kinpics("delete", "round", "--for-good", "--yes")
        rounds["photos uploaded, published and deleted"] += len(photos)
        stop.wait(max(0.0, _ROUND_SECONDS - (time.monotonic() - began)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Whether memory and open files of a stack in use stay flat.")
    parser.add_argument("--minutes", type=float, default=60.0, help="How long (60).")
    print(workplace.machine())
    print("\n".join(run(parser.parse_args().minutes)))
