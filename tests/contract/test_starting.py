"""The laptop stack as a program: starting, stopping, coming back."""

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from botocore.config import Config
from running import RunningStack, descendants, free_port, run_kinpics, start_stack, still_there
from serving import get
from support import jpeg

from local.demo.preparing import version


def ports() -> tuple[str, ...]:
    return "--site-port", str(free_port()), "--api-port", str(free_port())


@pytest.mark.parametrize("option", ["--site-port", "--api-port"])
def test_a_busy_port_is_one_line_of_error(tmp_path: Path, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        other = "--api-port" if option == "--site-port" else "--site-port"
        result = run_kinpics("local", "--data", str(tmp_path / "data"), option, str(port), other, str(free_port()))
    assert result.returncode == 1
    assert f"port {port} is in use" in result.stderr
    assert option in result.stderr
    assert result.stderr.count("\n") == 1


def test_an_unusable_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    result = run_kinpics("local", "--data", str(tmp_path / "file"), *ports())
    assert result.returncode in (1, 2)
    assert "file" in result.stderr


def stop_impatiently(stack: RunningStack, number: signal.Signals, folder: Path) -> None:
    """Whoever is impatient presses Ctrl-C again and again; nothing below ``folder`` is left at work."""
    assert descendants(stack.process.pid), "the functions and the engine have processes of their own"
    while stack.process.poll() is None:
        stack.process.send_signal(number)
        time.sleep(0.05)
    assert stack.process.returncode == 0
    assert [line for line in descendants(0).values() if str(folder) in line] == []
    assert not list((stack.data / "tmp").glob("ministack-lambda-*"))


def check_site(stack: RunningStack, first: RunningStack) -> None:
    """It has what was done in its first run, at its own address."""
    assert stack.api_url != first.api_url
    assert stack.outputs["ProcessQueue"].startswith(stack.api_url)
    assert stack.environment["AWS_ACCESS_KEY_ID"] == first.environment["AWS_ACCESS_KEY_ID"]
    assert stack.api_url.encode() in get(stack.site_url + "/")[2]
    assert b"1 photo<" in get(stack.site_url + "/sets/photos/")[2]
    assert get(stack.site_url + "/thumbnails/photos/photos/a.jpg")[0] == 200
    assert stack.kinpics("people", "list").stdout.startswith("Ann\t1 photo\t")


def test_a_stack_comes_back_as_it_was_on_other_ports_and_leaves_no_process(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "a.jpg").write_bytes(jpeg())
    first = start_stack(tmp_path / "data")
    first.kinpics("upload", str(photos))
    first.kinpics("people", "rebuild")
    face = {"path": "photos/a.jpg", "box": [0.1, 0.1, 0.3, 0.4]}
    drafts = [{"kind": "name", "person": "new", "name": "Ann"}, {"kind": "box", "person": "new", "face": face}]
    event = json.dumps({"action": "decide", "events": drafts})
    answer = first.client("lambda").invoke(FunctionName=first.outputs["PeopleFunction"], Payload=event)
    assert b'"statusCode": 200' in answer["Payload"].read()
    stop_impatiently(first, signal.SIGINT, tmp_path)
    second = start_stack(tmp_path / "data")
    try:
        check_site(second, first)
        (photos / "b.jpg").write_bytes(jpeg(color=(0, 0, 9)))
        report = json.loads(second.kinpics("upload", str(photos), "--json").stdout)["sets"][0]
        assert (report["already_there"], report["processed"]) == (1, 1)
        second.kinpics("delete", "photos/b.jpg", "--yes")
    finally:
        stop_impatiently(second, signal.SIGTERM, tmp_path)
    third = start_stack(tmp_path / "data")
    try:
        check_site(third, first)
    finally:
        assert third.stop() == 0


def test_a_stack_that_is_killed_leaves_no_process(tmp_path: Path) -> None:
    stack = start_stack(tmp_path / "data")
    stack.client("s3").put_object(Bucket=stack.outputs["PicsBucket"], Key="photos/set/a.jpg", Body=jpeg())
    deadline = time.monotonic() + 120
    while not any("ProcessFunction" in line for line in descendants(stack.process.pid).values()):
        assert time.monotonic() < deadline, "no function is at work"
        time.sleep(0.05)
    found = descendants(stack.process.pid)
    stack.stop(signal.SIGKILL)
    assert still_there(found, 60) == []


def stop_during_its_upload(data: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "scripts", "demo", "--data", str(data), *ports()]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 180
        while not any(" upload " in line for line in descendants(process.pid).values()):
            assert time.monotonic() < deadline, "no upload was seen"
            time.sleep(0.02)
        time.sleep(1)  # somewhere in the middle of it
        process.send_signal(number)
        output, errors = process.communicate(timeout=120)
    finally:
        process.kill()
    # Besides what it says it is at.
    assert (process.returncode, output) == (0, "")
    assert all(line.endswith("…") for line in errors.splitlines()), errors
    assert [line for line in descendants(0).values() if str(data) in line] == []


def test_a_demo_stopped_during_its_upload_ends_cleanly_and_resumes(tmp_path: Path, demo_folders: list[Path]) -> None:
    data = tmp_path / "data"
    shutil.copytree(demo_folders[0].parent, data / "demo-photos", ignore=shutil.ignore_patterns(".*"))
    (data / "demo-photos" / ".version").write_text(version())
    gallery = data / "demo-photos" / "galleries" / "celebrities"
    gallery.mkdir(parents=True)
    shutil.copy(demo_folders[0] / "biden.jpg", gallery / "Joe Biden.jpg")
    for number in (signal.SIGINT, signal.SIGTERM):
        stop_during_its_upload(data, number)
    again = start_stack(data, command="demo")
    try:
        assert b"6 photos<" in get(again.site_url + "/")[2]
    finally:
        assert again.stop() == 0


def test_throttling_by_rekognition_costs_time_and_loses_nothing(tmp_path: Path, demo_folders: list[Path]) -> None:
    stack = start_stack(tmp_path / "data", options=("--rekognition-tps", "1"))
    try:
        told = json.loads(stack.kinpics("upload", str(demo_folders[-1]), "--json").stdout)["sets"]
        assert [report["processed"] for report in told] == [6]
        assert len(stack.kinpics("collection", "faces").stdout.splitlines()) == sum(one["faces"] for one in told)
        client = stack.session().client(
            "rekognition", endpoint_url=stack.api_url, config=Config(retries={"total_max_attempts": 1})
        )
        client.list_collections()
        with pytest.raises(client.exceptions.ProvisionedThroughputExceededException):
            client.list_collections()
    finally:
        assert stack.stop() == 0
