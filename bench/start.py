"""Starting the laptop stack: without photos, and with ten thousand; against ministack started bare. And what a write to
a table takes, kept before it is answered, against ministack, which keeps nothing until it stops."""

import functools
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3

from bench import scale, workplace

PHOTOS = 10_000
RUNS = 3
WRITES = 5_000
_MEMORY = "VmRSS"


def run() -> list[str]:
    """Lines of the report."""
    folder = workplace.WORK / "start"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    first = [_start(folder / f"first-{number}") for number in range(RUNS)]
    again = [_start(folder / "first-0") for _ in range(RUNS)]
    bare = [_start_bare(folder / f"bare-{number}") for number in range(RUNS)]
    workers = _work(folder)
    full = [_start(scale.folder_of(PHOTOS), scale.ports()) for _ in range(RUNS)]
    seconds, megabytes = _medians(bare)
    lines = [f"start to ready, median of {RUNS}; memory of the process when ready:"]
    for name, found in (
        ("kinpics local, a new folder", first),
        ("kinpics local, no photos", again),
        (f"kinpics local, {PHOTOS:,} photos", full),
    ):
        mine, memory = _medians(found)
        lines.append(
            f"  {name:30} {mine:5.2f} s  {memory:4.0f} MB   -> {mine / seconds:.1f}x, {memory / megabytes:.1f}x"
        )
    lines.append(f"  {'ministack alone':30} {seconds:5.2f} s  {megabytes:4.0f} MB")
    lines.append(f"face engine at work: {len(workers)} workers, {sum(workers):.0f} MB together")
    return lines + _writes(folder)


def _start(data: Path, ports: tuple[int, int] | None = None) -> tuple[float, float]:
    """Seconds until a stack on a folder says that it is ready, and its memory then in MB."""
    site, api = ports or _ports()
    command = [sys.executable, "-m", "scripts", "local", "--data", str(data)]
    command += ["--site-port", str(site), "--api-port", str(api)]
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=workplace.ROOT)
    assert "ready" in process.stdout.readline()
    return _ended(process, time.perf_counter() - begun)


@functools.cache
def _ports() -> tuple[int, int]:
    """The same for all starts, as a person's are: where they change, the site is built anew before it is ready."""
    return workplace.free_port(), workplace.free_port()


def _start_bare(data: Path) -> tuple[float, float]:
    """The same of ministack by itself, until it answers."""
    process, _, seconds = _bare(data)
    return _ended(process, seconds)


def _bare(data: Path) -> tuple[subprocess.Popen, int, float]:
    """ministack by itself, its port, and the seconds until it answered."""
    port = workplace.free_port()
    environment = {**os.environ, "GATEWAY_PORT": str(port), "BIND_HOST": "127.0.0.1", "SFTP_ENABLED": "0"}
    environment |= {"STATE_DIR": str(data), "S3_DATA_DIR": str(data / "s3"), "IOT_MTLS_ENABLED": "0"}
    begun = time.perf_counter()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([sys.executable, "-m", "ministack"], env=environment, **quiet)
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_ministack/health").close()
            break
        except OSError:
            time.sleep(0.005)
    return process, port, time.perf_counter() - begun


def _writes(folder: Path) -> list[str]:
    with workplace.stack("start/writes") as stack:
        mine = _seconds_of_writes(stack.session(), stack.api_url)
    process, port, _ = _bare(folder / "bare-writes")
    theirs = _seconds_of_writes(boto3.Session("test", "test", region_name="us-east-1"), f"http://127.0.0.1:{port}")
    process.send_signal(signal.SIGINT)
    process.wait()
    lines = [f"put_item, {WRITES:,} one after the other: p50, p99, longest"]
    for name, found in (("kinpics, kept when answered", mine), ("ministack alone", theirs)):
        p50, p99, most = (1000 * found[place] for place in (WRITES // 2, WRITES * 99 // 100, -1))
        lines.append(f"  {name:30} {p50:5.2f} ms  {p99:5.2f} ms  {most:5.2f} ms")
    lines.append(f"  -> p50 {mine[WRITES // 2] / theirs[WRITES // 2]:.2f}x")
    return lines


def _seconds_of_writes(session: boto3.Session, url: str) -> list[float]:
    """Of each write of a row as large as a photo's; shortest first."""
    client = session.client("dynamodb", endpoint_url=url)
    client.create_table(
        TableName="writes",
        AttributeDefinitions=[{"AttributeName": "name", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "name", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    seconds = []
    for number in range(WRITES):
        item = {"name": {"S": str(number)}, "data": {"S": "x" * 2000}}
        begun = time.perf_counter()
        client.put_item(TableName="writes", Item=item)
        seconds.append(time.perf_counter() - begun)
    return sorted(seconds)


def _ended(process: subprocess.Popen, seconds: float) -> tuple[float, float]:
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    memory = next(int(line.split()[1]) for line in lines if line.startswith(_MEMORY)) / 1024
    process.send_signal(signal.SIGINT)
    process.wait()
    if process.stdout:
        process.stdout.close()
    return seconds, memory


def _medians(found: list[tuple[float, float]]) -> tuple[float, float]:
    return statistics.median(seconds for seconds, _ in found), statistics.median(memory for _, memory in found)


def _work(folder: Path) -> list[float]:
    """The memory of each of a stack's face workers, in MB, once they have found faces."""
    with workplace.stack(f"{folder.name}/work") as stack:
        photo = next(path for path in sorted(workplace.faces_folder().glob("*.jpg")))
        client, image = stack.client("rekognition"), {"Bytes": photo.read_bytes()}
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(lambda _: client.detect_faces(Image=image), range(4 * os.cpu_count())))
        return _workers(stack.process.pid)


def _workers(pid: int) -> list[float]:
    """Memory in MB of the processes that multiprocessing started for a process; what they share is shared out."""
    found = []
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
            lines = Path(f"/proc/{child}/smaps_rollup").read_text().splitlines()
            found.append(next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024)
    return found
