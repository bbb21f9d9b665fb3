"""Lighthouse's scores and times of a page, with its own phone and slow 4G or its own computer, as medians."""

import json
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench import browser, workplace

RUNS = 5
_CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
_AUDITS = {
    "CLS": "cumulative-layout-shift",
    "TBT": "total-blocking-time",
    "LCP": "largest-contentful-paint",
    "FCP": "first-contentful-paint",
}


@dataclass(frozen=True)
class Scores:
    """Medians: the categories' scores from 0 to 100, and CLS, TBT, LCP and FCP (ms); and why a score is below 100."""

    values: dict[str, float]
    complaints: list[str]


def score(url: str, flags: list[str], options: Sequence[str] = ()) -> Scores:
    """Run it several times on a page, in one Chromium with these flags; each run begins with an empty cache.

    ``options`` are Lighthouse's own; without any it is a phone's.
    A browser that has only just started draws its first frame late, whatever the page.
    """
    port = workplace.free_port()
    command = [workplace.node_command("lighthouse"), url, "--quiet", "--output=json", f"--port={port}"]
    command += [f"--only-categories={','.join(_CATEGORIES)}", *options]
    reports: list[dict[str, Any]] = []
    with browser.chromium(f"--remote-debugging-port={port}", *flags) as chromium:
        chromium.new_page().screenshot()
        for _ in range(RUNS):
            result = subprocess.run(command, check=True, capture_output=True)
            reports.append(json.loads(result.stdout))
    found = [_values(report) for report in reports]
    medians = {name: statistics.median(values[name] for values in found) for name in found[0]}
    typical = min(reports, key=lambda report: abs(_values(report)["performance"] - medians["performance"]))
    return Scores(medians, sorted(_complaints(typical)))


def _values(report: dict[str, Any]) -> dict[str, float]:
    scores = {name: report["categories"][name]["score"] * 100 for name in _CATEGORIES}
    return scores | {name: report["audits"][audit]["numericValue"] for name, audit in _AUDITS.items()}


def _complaints(report: dict[str, Any]) -> set[str]:
    """The audits that lower a category's score, each with what Lighthouse says about it."""
    return {
        f"{category}: {audit['title']} ({audit.get('displayValue') or audit['score']})"
        for category in _CATEGORIES
        for reference in report["categories"][category]["auditRefs"]
        if reference["weight"]
        for audit in [report["audits"][reference["id"]]]
        if audit["score"] is not None and audit["score"] < 0.995
    }
