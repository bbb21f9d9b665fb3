"""Count what one photo, one visit and one search come to in billed units: writes scripts/costs/counted.json."""

import datetime
import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

from bench import workplace
from bench.browser import chromium
from functions.keys import DOWNLOADS_PREFIX
from scripts.costs.estimate import COUNTED, count_units, without_rounds

OPENED_PHOTOS = 5


def run() -> list[str]:
    """Lines of the report."""
    log = Path(workplace.WORK) / "calls.jsonl"
    with workplace.stack("calls-stack", options=("--call-log", str(log))) as stack:
        folders = workplace.sample_folders()
        reader = _Log(log)
        reader.since()
        stack.kinpics("upload", "--no-build", *map(str, folders))
        photo = _of_photos(stack, reader.since())
        stack.kinpics("publish")
        with chromium() as browser:
            page = browser.new_page(base_url=stack.site_url)
            traffic: Counter[str] = Counter()
            page.on("response", lambda response: _note(traffic, stack.site_url, response))
            reader.since()
            _visit(page)
            visit = {"units": _of_visitor(reader.since()), **traffic}
            traffic.clear()
            _search(page)
            search = {"units": _of_visitor(reader.since()), **traffic}
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    counted = {"counted": today, "photo": photo, "visit": visit, "search": search}
    COUNTED.write_text(json.dumps(counted, indent=1) + "\n")
    return [f"billed units, written to {COUNTED.name}:"] + [
        f"  {name:7} " + ", ".join(f"{unit} {value:.3g}" for unit, value in sorted(entry["units"].items()))
        for name, entry in counted.items()
        if name != "counted"
    ]


class _Log:
    """The stack's call log, read in parts."""

    def __init__(self, path: Path):
        self._path = path
        self._seen = 0

    def since(self) -> list[dict[str, Any]]:
        """The calls since the last time."""
        time.sleep(1)
        lines = self._path.read_text().splitlines()
        new, self._seen = lines[self._seen :], len(lines)
        return [json.loads(line) for line in new]


def _of_photos(stack: Any, calls: list[dict[str, Any]]) -> dict[str, Any]:
    rows = [row for row in stack.table("PicsTable").scan()["Items"] if row["primarykey"] != "/"]
    objects = stack.client("s3").list_objects_v2(Bucket=stack.outputs["ThumbnailsBucket"])["Contents"]
    renditions = [item["Size"] for item in objects if not item["Key"].startswith(DOWNLOADS_PREFIX)]
    records = stack.table("PicsByImageIdTable").scan()["Items"]
    number = len(rows)
    return {
        "units": {name: round(value / number, 2) for name, value in count_units(without_rounds(calls)).items()},
        "rendition_bytes": sum(renditions) // number,
        "row_bytes": len(json.dumps([rows, records], default=str)) // number,
        "faces": round(sum(int(row["face_count"]) for row in rows) / number, 2),
        "counted_photos": number,
    }


def _of_visitor(calls: list[dict[str, Any]]) -> dict[str, float]:
    """Units of the visitor and of functions; the others are the site server's, which CloudFront stands in for."""
    return dict(count_units(call for call in calls if not call["caller"].endswith(":root")))


def _visit(page: Any) -> None:
    """Look at the index, a set, and some of its photos."""
    page.goto("/")
    page.get_by_role("link", name="2016 weekend").click()
    page.locator("a.tile img").first.wait_for()
    page.locator("a.tile").first.click()
    for _ in range(OPENED_PHOTOS - 1):
        page.wait_for_timeout(400)
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(800)


def _search(page: Any) -> None:
    """Click a face that nobody has clicked."""
    page.goto("/sets/2015_pioneers/?pic=group.jpg")
    page.locator(".face").first.click()
    page.locator("a.tile img").first.wait_for()
    page.wait_for_timeout(800)


def _note(traffic: Counter[str], site: str, response: Any) -> None:
    if response.url.startswith(site):
        traffic["requests"] += 1
        traffic["bytes"] += int(response.headers.get("content-length", 0))
