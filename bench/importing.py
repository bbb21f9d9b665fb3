"""Importing a made-up Instagram export of 5,000 posts and a Takeout of 20,000 photos in four zips, every trap in them.

How fast they are listed, how much memory it takes, and for how many photos set, date, caption, order and people are
right. Then a smaller import into a laptop stack, killed at ten random moments: it has to end as one that wasn't.
"""

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from bench import made_exports, workplace
from bench.made_exports import Export, sha256
from scripts.common.progress import Progress
from scripts.imports.found_table import FoundTable, Item
from scripts.imports.import_plan import ImportPlan, Wishes, list_found, make_import_plan
from scripts.imports.recognising import open_sources

POSTS, PHOTOS, PARTS = 5_000, 20_000, 4
KILLS = 10
_QUIET = Progress(quiet=True)
_POINTS = ("set", "date", "caption", "order", "people")
# Of a photo's row, what an import gives it.
_SHOWN = ("taken_at", "title", "caption", "keywords", "owner_words", "sha256", "face_count")


def run() -> list[str]:
    """Lines of the report."""
    lines = []
    for kind, what in (("instagram", f"Instagram, {POSTS:,} posts"), ("takeout", f"Takeout, {PHOTOS:,} photos")):
        command = [sys.executable, "-m", "bench.importing", kind]
        measured = json.loads(subprocess.run(command, check=True, cwd=workplace.ROOT, stdout=subprocess.PIPE).stdout)
        wrong = ", ".join(f"{point} {measured['wrong'][point]}" for point in _POINTS if point in measured["wrong"])
        rate = measured["files"] / measured["list_seconds"]
        lines += [
            f"{what} in {measured['files']:,} files:",
            f"  listed in {measured['list_seconds']:.1f} s: {rate:,.0f} files/s",
            f"  planned in {measured['plan_seconds']:.1f} s (first bytes, doubles, places), "
            f"memory at most {measured['peak_mb']:.0f} MB",
            f"  {measured['photos']:,} photos, "
            + (f"wrong: {wrong}" if wrong else f"all right in {', '.join(_POINTS)}"),
        ]
    return lines + _killed()


def measure(kind: str) -> dict[str, Any]:
    """List and plan an export in this process, and compare with the truth."""
    folder = workplace.WORK / f"import-{kind}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    # Pictures take memory to make: in a process of their own.
    subprocess.run([sys.executable, "-m", "bench.importing", "make", kind, str(folder)], check=True, cwd=workplace.ROOT)
    paths = sorted(folder.glob("*.zip"))
    start = time.perf_counter()
    sources, _ = open_sources(paths, None)
    listed = ImportPlan(sources, FoundTable())
    list_found(listed, Wishes())
    list_seconds = time.perf_counter() - start
    listed.close()
    start = time.perf_counter()
    plan = make_import_plan(paths, Wishes(), None, 8, _QUIET)
    plan_seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    truth = _read(folder / "truth.json", paths)
    wrong = compare(truth, plan)
    plan.close()
    return {
        "files": truth.files,
        "list_seconds": list_seconds,
        "plan_seconds": plan_seconds,
        "peak_mb": peak,
        "photos": len(truth.photos),
        "wrong": wrong,
    }


def compare(truth: Export, plan: ImportPlan) -> Counter[str]:
    """How many photos are wrong, by what is wrong about them; one that is missing is wrong in everything."""
    found: dict[str, Item] = {}
    for item in plan.table.items():
        found[sha256(plan.sources[item.source].container.read(item.found.entry.name))] = item
    wrong: Counter[str] = Counter()
    for digest, photo in truth.photos.items():
        item = found.get(digest)
        before = found.get(photo.after)
        right = {
            "set": item and {item.set_name, *item.also} == photo.sets,
            "date": item and item.found.taken_at == photo.taken_at,
            "caption": item and item.found.caption == photo.caption,
            "order": item and (not photo.after or (before and (before.file or "") < (item.file or ""))),
            "people": item and tuple(sorted(item.found.people)) == photo.people,
        }
        wrong.update(point for point, is_right in right.items() if not is_right)
    wrong.update({"set": len(found.keys() - truth.photos.keys())} if found.keys() - truth.photos.keys() else {})
    return wrong


def _make(kind: str, folder: Path) -> None:
    export = (
        made_exports.instagram(folder, POSTS) if kind == "instagram" else made_exports.takeout(folder, PHOTOS, PARTS)
    )
    photos = {digest: {**photo.__dict__, "sets": sorted(photo.sets)} for digest, photo in export.photos.items()}
    (folder / "truth.json").write_text(json.dumps({"files": export.files, "photos": photos}))


def _read(file: Path, paths: list[Path]) -> Export:
    whole = json.loads(file.read_text())
    photos = {
        digest: made_exports.Truth(**{**photo, "sets": set(photo["sets"]), "people": tuple(photo["people"])})
        for digest, photo in whole["photos"].items()
    }
    return Export(paths, photos, whole["files"])


def _killed() -> list[str]:
    folder = workplace.WORK / "import-killed"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    export = made_exports.takeout(folder, 60, parts=2, films=False)
    paths = [str(path) for path in export.paths]
    with workplace.stack("import-whole-stack") as stack:
        start = time.perf_counter()
        stack.kinpics("import", *paths, "--no-build", check=False)
        seconds = time.perf_counter() - start
        wanted = _site(stack, folder / "whole")
    moments = random.Random(7)  # noqa: S311 - no secret
    with workplace.stack("import-killed-stack") as stack:
        command = [sys.executable, "-m", "scripts", "--data", str(stack.data), "import", *paths, "--no-build"]
        environment, quiet, killed = os.environ | stack.environment, subprocess.DEVNULL, 0
        # The more has arrived, the sooner a run ends, so that some end before they are killed.
        for _ in range(3 * KILLS):
            if killed == KILLS:
                break
            running = subprocess.Popen(command, env=environment, cwd=workplace.ROOT, stdout=quiet, stderr=quiet)
            try:
                running.wait(moments.uniform(0, seconds / 6))
            except subprocess.TimeoutExpired:
                running.send_signal(signal.SIGKILL)
                running.wait()
                killed += 1
        stack.kinpics("import", *paths, "--no-build", check=False)
        ended = _site(stack, folder / "killed")
    same = "the same" if ended == wanted else "DIFFERENT"
    return [
        f"an import of {len(wanted)} rows in {seconds:.0f} s, killed {killed} times at random moments, then run again:",
        f"  the end is {same}",
    ]


def _site(stack: Any, folder: Path) -> dict[str, Any]:
    """What a site shows, by set and photo."""
    stack.kinpics("export", str(folder))
    shown: dict[str, Any] = {}
    for file in sorted((folder / "sets").glob("*.json")):
        whole = json.loads(file.read_text())
        shown[file.stem] = {name: whole["set"].get(name) for name in ("title", "description", "pic_chosen")}
        for photo in whole["pics"]:
            shown[f"{file.stem}/{photo['sortkey']}"] = {name: photo.get(name) for name in _SHOWN}
    return shown


if __name__ == "__main__":
    if sys.argv[1] == "make":
        _make(sys.argv[2], Path(sys.argv[3]))
    else:
        print(json.dumps(measure(sys.argv[1])))
