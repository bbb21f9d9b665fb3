"""A state folder that something else has damaged, and a disk that takes no more: told in one line, nothing replaced.

Every kind of damage to the two databases is tried in tests/unit/test_state_folder.py; here a stack is started.
"""

import asyncio
import json
import re
import resource
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from running import RunningStack, free_port, run_kinpics, start_stack
from support import jpeg

from local.state_folder import Running
from scripts.laptop.laptop_site import prepare


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a stack with one photo, stopped when nothing was left to do."""
    folder = tmp_path_factory.mktemp("kept")
    (folder / "photos").mkdir()
    (folder / "photos" / "a.jpg").write_bytes(jpeg())
    stack = start_stack(folder / "data")
    stack.kinpics("upload", str(folder / "photos"))
    stack.wait_for_queue("PeopleQueue")
    stack.stop()
    return folder / "data"


def files(folder: Path) -> dict[str, bytes]:
    """All that is kept there; SQLite makes an empty log beside a file that it reads."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    kept = (path for path in paths if path.parts[0] != "tmp" and not path.name.endswith(("-wal", "-shm")))
    return {str(path): (folder / path).read_bytes() for path in kept}


def garble(path: Path) -> None:
    path.write_bytes(b"\xff" * 100 + path.read_bytes()[100:])


def halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def ports() -> tuple[str, ...]:
    return "--site-port", str(free_port()), "--api-port", str(free_port())


@pytest.mark.parametrize(
    ("pattern", "damage", "told"),
    [
        ("state.sqlite", garble, "state.sqlite is damaged"),
        ("faces.sqlite", empty, "faces.sqlite is empty"),
        ("lambda-blobs/*.zip", Path.unlink, "the code of the function"),
        ("lambda-blobs/*.zip", halve, "the code of the function"),
    ],
)
def test_damage_is_named_in_one_line_and_nothing_replaced(
    kept: Path, tmp_path: Path, pattern: str, damage: Callable, told: str
) -> None:
    data = tmp_path / "data"
    shutil.copytree(kept, data)
    damage(sorted(data.glob(pattern))[0])
    before = files(data)
    result = run_kinpics("local", "--data", str(data), *ports())
    assert (result.returncode, result.stdout) == (1, "")
    assert told in result.stderr
    assert f"restore {data} from a copy, or move it away" in result.stderr
    assert result.stderr.count("\n") == 1
    assert files(data) == before


def test_a_damaged_photo_is_named_and_the_stack_starts(kept: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(kept, data)
    listed = [json.loads(line) for line in (data / "objects" / "list").read_text().splitlines()]
    paths = {label: data / "objects" / name[:2] / name for name, label in listed}
    photo = re.compile(r"kinpics-(pics|thumbnails)-[a-z0-9-]+/photos/photos/a\.jpg")
    original, thumbnail = sorted(filter(photo.fullmatch, paths))
    halve(paths[original])
    paths[thumbnail].unlink()
    stack = start_stack(data)
    try:
        lines = stack.log.read_text().splitlines()
        assert [line for line in lines if f"s3://{original} in the folder objects are damaged: delete" in line]
        assert [line for line in lines if f"s3://{thumbnail} are missing from the folder objects: delete" in line]
        s3 = stack.session().client("s3", endpoint_url=stack.api_url, config=Config(retries={"total_max_attempts": 1}))
        for bucket, _, key in (original.partition("/"), thumbnail.partition("/")):
            with pytest.raises(ClientError, match="InternalError"):
                s3.get_object(Bucket=bucket, Key=key)
            assert s3.head_object(Bucket=bucket, Key=key)["ContentLength"] > 0
            assert key in [found["Key"] for found in s3.list_objects_v2(Bucket=bucket)["Contents"]]
        assert "photos/a.jpg" in stack.kinpics("doctor", "--originals", "all", "--no-round-trip", check=False).stdout
        bucket, _, key = original.partition("/")
        s3.put_object(Bucket=bucket, Key=key, Body=jpeg())
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == jpeg()
    finally:
        stack.stop()


def unknown_photo(data: Path, bucket: str) -> None:
    """A photo that the journal knows nothing of, as where an older journal is put back."""
    from local.bodies import Bodies

    Bodies(data / "objects").write(jpeg((30, 30, 200)), f"{bucket}/photos/found/b.jpg")


def test_a_full_disk_stops_the_stack_and_what_was_acknowledged_stays(kept: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(kept, data)
    stack = start_stack(data)
    bucket = "mine"
    s3 = stack.session().client("s3", endpoint_url=stack.api_url, config=Config(retries={"total_max_attempts": 1}))
    pics_bucket = stack.outputs["PicsBucket"]
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="before", Body=b"x" * 1000)
    s3.put_object(Bucket=bucket, Key="replaced", Body=b"old")
    resource.prlimit(stack.process.pid, resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
    with pytest.raises((ClientError, HTTPClientError)):
        s3.put_object(Bucket=bucket, Key="replaced", Body=b"x" * (2 << 20))
    assert stack.process.wait(120) == 1
    # What it says it is at, before it is ready, ends so.
    lines = [line for line in stack.log.read_text().splitlines() if line and not line.endswith("…")]
    assert lines[0].startswith("kinpics is ready")
    assert len(lines) == 3
    assert lines[1].startswith("Sign in as the owner: ")
    assert "could not write to" in lines[2]
    assert "File too large" in lines[2]
    unknown_photo(data, pics_bucket)
    again = start_stack(data)
    try:
        check_set_aside(again)
        s3 = again.client("s3")
        assert s3.get_object(Bucket=bucket, Key="before")["Body"].read() == b"x" * 1000
        assert s3.get_object(Bucket=bucket, Key="replaced")["Body"].read() == b"old"
    finally:
        again.stop()


def check_set_aside(stack: RunningStack) -> None:
    """The stack reports files it has no record of; the way its note describes brings them back."""
    lines = [line for line in stack.log.read_text().splitlines() if "no record of" in line]
    assert len(lines) == 1
    assert lines[0].startswith("1 file the stack has no record of: ")
    doctor = stack.kinpics("doctor", "--no-round-trip", check=False).stdout
    assert f"warning set aside: {lines[0]}" in doctor
    (day,) = [path for path in (stack.data / "set-aside").iterdir() if path.is_dir()]
    stack.kinpics("upload", "--no-build", str(day / stack.outputs["PicsBucket"] / "photos" / "found"))
    body = stack.client("s3").get_object(Bucket=stack.outputs["PicsBucket"], Key="photos/found/b.jpg")["Body"].read()
    assert body == jpeg((30, 30, 200))


def test_a_folder_of_another_format_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "credentials.json").write_text("{}")
    result = run_kinpics("local", "--data", str(tmp_path / "data"), *ports())
    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert "state.sqlite is missing" in result.stderr


def test_a_site_that_is_not_brought_up_to_date_does_not_end_the_stack(
    tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The site is there as published before; the API that `kinpics publish` calls is not."""
    running = Running(1, f"http://localhost:{free_port()}", "", "key", "secret", "us-east-1")
    for name, value in running.environment().items():
        monkeypatch.setenv(name, value)

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(running.api_url.encode())

        def log_message(self, *arguments: object) -> None:
            """Not here."""

    told = []
    with HTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running = replace(running, site_url=f"http://127.0.0.1:{server.server_port}")
        asyncio.run(prepare(running, tmp_path, lambda: told.append("ready"), demo=False))
        server.shutdown()
    assert told == ["ready"]
    audience, line = capsys.readouterr().err.splitlines()
    assert audience.startswith("Who may see the site could not be checked, and stays as it was: AWS can't be reached")
    assert line.startswith("The site could not be brought up to date and stays as it was: AWS can't be reached")
    assert "`kinpics publish` tries again" in line
