"""How long each function takes to be imported and to make its clients, which a cold start waits for."""

import os
import statistics
import subprocess
import sys

from bench.workplace import ROOT

RUNS = 7
_PEER = "import boto3; boto3.client('rekognition'); boto3.resource('dynamodb')"
_FUNCTIONS = {
    "process": "from functions.process import handler; handler._clients()",
    "search": "from functions.search import handler; handler._searcher()",
}
_TABLES = (
    "PICS_TABLE",
    "PRIVATE_PICS_TABLE",
    "ACCESS_TABLE",
    "PICS_BY_IMAGE_ID_TABLE",
    "LEASES_TABLE",
    "LEDGER_TABLE",
    "MATCHES_TABLE",
    "FORGOTTEN_TABLE",
)
_NAMES = (
    *_TABLES,
    "THUMBNAILS_BUCKET",
    "SITE_BUCKET",
    "DOWNLOADS",
    "LABELS",
    "COLLECTION_ID",
    "CELEBRITIES_COLLECTION_ID",
)
_NUMBERS = ("DAILY_INDEXING", "DAILY_SEARCHES", "VISITOR_DAILY_SEARCHES")


def run() -> list[str]:
    """Lines of the report."""
    environment = {"PATH": os.environ["PATH"], "AWS_DEFAULT_REGION": "us-east-1", "PYTHONPATH": str(ROOT)}
    environment |= {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "POWERTOOLS_METRICS_NAMESPACE": "bench"}
    environment |= dict.fromkeys(_NAMES, "name") | dict.fromkeys(_NUMBERS, "1")
    programs = {"boto3 and two clients": _PEER, **_FUNCTIONS}
    times: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(RUNS):
        for name, program in programs.items():
            times[name].append(_seconds(program, environment))
    peer = statistics.median(times["boto3 and two clients"])
    return [f"import and clients in a new process, median of {RUNS}:"] + [
        f"  {name:22} {statistics.median(values) * 1000:4.0f} ms   -> {statistics.median(values) / peer:.2f}x"
        for name, values in times.items()
    ]


def _seconds(program: str, environment: dict[str, str]) -> float:
    timed = f"import time; start = time.perf_counter()\n{program}\nprint(time.perf_counter() - start)"
    result = subprocess.run(
        [sys.executable, "-c", timed], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    return float(result.stdout.split()[-1])
